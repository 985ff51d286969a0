//! Recognition of the axis named by a heading.

use super::units::{is_foreign, is_telling, parts};
use crate::scan::AxisKind;

/// Quantities that are never the axis of a powder pattern, as named in headings, reduced to letters
/// and digits.
const FOREIGN: [&str; 57] = [
    "azimuth",
    "azimuthangle",
    "azimuthalangle",
    "eta",
    "η",
    "alpha",
    "α",
    "beta",
    "β",
    "kappa",
    "κ",
    "relomega",
    "relω",
    "strain",
    "stress",
    "pressure",
    "potential",
    "voltage",
    "current",
    "field",
    "magneticfield",
    "bindingenergy",
    "kineticenergy",
    "photonenergy",
    "eef",
    "lambda",
    "λ",
    "wavenumber",
    "ramanshift",
    "chemicalshift",
    "pixel",
    "pixels",
    "channel",
    "radius",
    "frequency",
    "temperature",
    "temp",
    "distance",
    "depth",
    "height",
    "thickness",
    "displacement",
    "concentration",
    "composition",
    "qx",
    "qy",
    "qz",
    "qr",
    "stl",
    "stol",
    "sinthetalambda",
    "sinthetaoverlambda",
    "dstar",
    "qstar",
    "q2",
    "d2",
    "time",
];

/// Names of an angle that is 2θ unless something else is stated.
const ANGLES: [&str; 10] = [
    "angle",
    "winkel",
    "ángulo",
    "ângulo",
    "angolo",
    "угол",
    "kąt",
    "角度",
    "衍射角",
    "回折角",
];

/// The axis that a column name in lower case indicates. The position of the column does not matter.
pub(super) fn axis_kind(name: &str) -> Option<AxisKind> {
    let compact = letters(name);
    let has = |words: &[&str]| words.iter().any(|w| compact.contains(w));
    let starts = |words: &[&str]| words.iter().any(|w| compact.starts_with(w));
    let is_two_theta = has(&["2th", "2θ", "twoth", "ttheta", "2teta"]) || starts(&["tth"]);
    if is_two_theta {
        return Some(AxisKind::TwoThetaDeg);
    }
    if let Some(kind) = other_angle(name) {
        return kind;
    }
    if starts(&ANGLES) || compact == "x" {
        return Some(AxisKind::TwoThetaDeg);
    }
    if let Some(kind) = named_with_unit(name) {
        return Some(kind);
    }
    if starts(&["dspacing", "dangstrom", "dvalue"]) || compact == "d" {
        return Some(AxisKind::DAngstrom);
    }
    let quantity = letters(parts(name).0);
    let is = |signs: &[&str]| signs.contains(&quantity.as_str());
    // Excludes "Philips", "China" and "tofu".
    let word: String = name.chars().take_while(|c| c.is_alphabetic()).collect();
    let word = word.strip_suffix("deg").unwrap_or(&word);
    if word == "omega" || is(&["ω"]) {
        return Some(AxisKind::OmegaDeg);
    }
    if word == "phi" || is(&["φ", "ϕ"]) {
        return Some(AxisKind::PhiDeg);
    }
    if word == "chi" && !compact.starts_with("chisq") || is(&["χ"]) {
        return Some(AxisKind::ChiDeg);
    }
    if starts(&["timeofflight"]) || word == "tofus" || word == "tof" || is(&["tof"]) {
        return Some(AxisKind::TimeOfFlightUs);
    }
    if name == "r"
        || ["r(", "r (", "r[", "r [", "r_"]
            .iter()
            .any(|r| name.starts_with(r))
    {
        return Some(AxisKind::other(name, ""));
    }
    let is_time = starts(&["time"]) && !has(&["per", "step", "count", "timer"]);
    let other = starts(&["energy", "kev", "wavelength", "wavenumber", "channel"])
        || starts(&["raman", "temperature", "magneticfield"])
        || is_time;
    other.then(|| AxisKind::other(name, ""))
}

/// The axis for the name of an angle other than 2θ. The inner `None` means θ, see [`is_bragg`].
fn other_angle(name: &str) -> Option<Option<AxisKind>> {
    let compact = letters(name);
    let has = |words: &[&str]| words.iter().any(|w| compact.contains(w));
    if !has(&ANGLES) {
        return None;
    }
    // Excludes "graphite".
    let is_word = |word| {
        name.split(|c: char| !c.is_alphanumeric())
            .any(|w| w == word)
    };
    let is_in_radians = matches!(parts(name).1, "rad" | "mrad" | "radian" | "radians");
    match () {
        () if is_bragg(name) => Some(None),
        () if has(&["incid", "einfall", "graz", "omega"]) => Some(Some(AxisKind::OmegaDeg)),
        () if is_word("phi") => Some(Some(AxisKind::PhiDeg)),
        () if is_word("chi") || is_word("psi") => Some(Some(AxisKind::ChiDeg)),
        () if is_in_radians || has(&["rotation", "takeoff", "azimut", "tilt"]) => {
            Some(Some(AxisKind::other(name, "")))
        }
        () => None,
    }
}

/// Whether a name indicates the Bragg angle θ.
pub(super) fn is_bragg(name: &str) -> bool {
    let compact = letters(name);
    let has = |words: &[&str]| words.iter().any(|w| compact.contains(w));
    has(&["angle", "winkel"]) && has(&["bragg", "glanc", "glanz", "crystal", "kristall"])
}

/// Q, d and energy, which are recognised by their units.
fn named_with_unit(name: &str) -> Option<AxisKind> {
    let (quantity, unit) = parts(name);
    match letters(quantity).as_str() {
        "q" if !quantity.contains('*') => Some(q_axis(name)),
        "qvec" | "qvector" | "dsmqvec" | "scatteringvector" | "momentumtransfer" => {
            Some(q_axis(unit))
        }
        _ if ["q_", "q ", "q("].iter().any(|q| name.starts_with(q)) => Some(q_axis(name)),
        "d" if matches!(unit, "a" | "å" | "ang" | "angstrom" | "nm" | "pm") => {
            Some(AxisKind::DAngstrom)
        }
        "e" | "energy" | "photonenergy" if unit == "kev" => Some(AxisKind::EnergyKev),
        _ => None,
    }
}

/// The axis that the name of the first column indicates if [`axis_kind`] recognises no column. It
/// is a quantity or unit of another kind of measurement.
pub(crate) fn foreign_axis(name: &str) -> Option<AxisKind> {
    let name = name.trim().to_lowercase();
    let (quantity, unit) = parts(&name);
    let compact = letters(quantity);
    if matches!(compact.as_str(), "psi" | "ψ") {
        return Some(AxisKind::ChiDeg);
    }
    let is_inverse = unit.contains("-1") || unit.contains("⁻¹") || unit.starts_with("1/");
    let is_reciprocal = is_inverse && matches!(compact.as_str(), "s" | "d");
    let is_function = ["log", "ln(", "sin", "1/d"]
        .iter()
        .any(|f| name.starts_with(f));
    // A single letter after "_" or a blank may be anything.
    let is_clear =
        unit.chars().count() > 1 || compact.chars().count() == 1 || name.contains(['(', '[', '/']);
    let foreign = FOREIGN.contains(&compact.as_str())
        || is_foreign(unit) && is_clear
        || is_telling(&name)
        || is_function
        || is_reciprocal
        || name.starts_with("q*")
        || name.starts_with("d*");
    foreign.then(|| AxisKind::other(name, ""))
}

/// Whether the name of a first column indicates neither an angle, a position nor a column number.
/// Plots and spreadsheets write these names.
pub(crate) fn is_doubtful(name: &str) -> bool {
    const USUAL: [&str; 8] = ["x", "pos", "deg", "ang", "ax", "col", "th", "2"];
    let name = name.trim().to_lowercase();
    let compact = letters(&name);
    let is_usual = USUAL.iter().any(|word| compact.starts_with(word))
        || compact.contains("angle")
        || compact.contains("theta");
    let is_plain = compact.is_ascii() && compact.len() > 1 && !name.contains(['.', '*']);
    is_plain && !is_usual
}

/// The factor that converts axis values to the unit of their axis kind, for example 10 for d in nm.
pub(crate) fn axis_factor(kind: &AxisKind, name: &str) -> f64 {
    let name = name.trim().to_lowercase();
    let is_in = |units: &[&str]| units.iter().any(|unit| letters(&name).ends_with(unit));
    let is_in_radians = is_in(&["rad", "radian", "radians"]) && !is_in(&["grad"]);
    match (kind, parts(&name).1) {
        (AxisKind::TwoThetaDeg, _) if is_in_radians => 1f64.to_degrees(),
        (AxisKind::DAngstrom, "nm") => 10.0,
        (AxisKind::DAngstrom, "pm") => 0.01,
        (AxisKind::TimeOfFlightUs, "ms") => 1e3,
        (AxisKind::TimeOfFlightUs, "s" | "sec") => 1e6,
        _ => 1.0,
    }
}

/// The Q axis in the unit that its name states.
fn q_axis(name: &str) -> AxisKind {
    match name {
        _ if name.contains("nm") => AxisKind::QPerNanometre,
        _ if name.contains(['a', 'å']) => AxisKind::QPerAngstrom,
        _ => AxisKind::other("q", ""),
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> Option<AxisKind> {
        axis_kind(&name.to_lowercase())
    }

    #[test]
    fn axes_of_powders_by_name_and_unit() {
        for name in [
            "d(A)",
            "d (Å)",
            "d [A]",
            "d/Å",
            "d_A",
            "d(nm)",
            "d-spacing (nm)",
        ] {
            assert_eq!(kind(name), Some(AxisKind::DAngstrom), "{name}");
        }
        assert_eq!(axis_factor(&AxisKind::DAngstrom, "d (nm)"), 10.0);
        assert_eq!(axis_factor(&AxisKind::TimeOfFlightUs, "TOF (ms)"), 1000.0);
        assert_eq!(axis_factor(&AxisKind::DAngstrom, "d (Å)"), 1.0);
        assert_eq!(kind("Qvec (1/nm)"), Some(AxisKind::QPerNanometre));
        assert_eq!(kind("scattering vector"), Some(AxisKind::other("q", "")));
        for name in ["tth_rad", "2th_rad", "2-Theta Angle (Radians)"] {
            assert_eq!(kind(name), Some(AxisKind::TwoThetaDeg), "{name}");
            let factor = axis_factor(&AxisKind::TwoThetaDeg, name);
            assert!((factor - 57.295_779_5).abs() < 1e-6, "{name}");
        }
        assert_eq!(axis_factor(&AxisKind::TwoThetaDeg, "2Theta [Grad]"), 1.0);
        assert_eq!(kind("DSM_Qvec"), Some(AxisKind::other("q", "")));
        assert_eq!(kind("2Theta [Grad]"), Some(AxisKind::TwoThetaDeg));
        assert_eq!(kind("E (keV)"), Some(AxisKind::EnergyKev));
        assert_eq!(kind("\u{3c9}"), Some(AxisKind::OmegaDeg));
        for name in [
            "Omega",
            "omega_deg",
            "Omega [°]",
            "Incident angle",
            "angle of incidence",
            "ángulo de incidencia",
        ] {
            assert_eq!(kind(name), Some(AxisKind::OmegaDeg), "{name}");
        }
        for name in [
            "Philips",
            "Chitosan",
            "China clay",
            "tofu",
            "Chi-square",
            "Bragg angle",
        ] {
            assert_eq!(kind(name), None, "{name}");
        }
        for name in [
            "Angle",
            "Angle 2",
            "Angle (deg)",
            "Winkel [°]",
            "Angle_2Theta",
            "Angle (graphite)",
            "衍射角",
            "Ángulo (°)",
        ] {
            assert_eq!(kind(name), Some(AxisKind::TwoThetaDeg), "{name}");
        }
        assert_eq!(kind("Phi angle"), Some(AxisKind::PhiDeg));
        for name in ["angle (mrad)", "rotation angle"] {
            assert_eq!(kind(name), Some(AxisKind::other(name, "")));
        }
        // The detector arm, and names used for integration.
        for name in ["gamma", "radial", "azimuthal"] {
            assert_eq!(foreign_axis(name), None, "{name}");
        }
        for name in ["E", "d*2_A^-2", "q*2_nm^-2", "qx_nm^-1", "alpha", "s"] {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn axes_of_something_else() {
        for name in [
            "azimuth (deg)",
            "eta",
            "psi",
            "Binding Energy (eV)",
            "T (K)",
            "T/K",
            "P (GPa)",
            "t(s)",
            "ppm",
            "cm-1",
            "Field (Oe)",
            "Pixel",
            "s (1/Å)",
            "sin(theta)/lambda",
            "log10(q)_nm",
            "d*2_A^-2",
            "q*2_nm^-2",
            "qx_nm^-1",
            "s_nm^-1",
            "E-Ef (eV)",
        ] {
            assert!(foreign_axis(name).is_some(), "{name}");
        }
        for name in [
            "x", "Angle", "pos", "2T", "Column1", "a.xy", "axis_c", "ángulo", "", "Degrees", "A",
        ] {
            assert!(foreign_axis(name).is_none() && !is_doubtful(name), "{name}");
        }
        assert!(is_doubtful("Foo") && is_doubtful("index"));
    }
}
