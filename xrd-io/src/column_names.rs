//! What a column holds, by its name.

use xrd_core::{IntensityUnit, Scale, Wavelength};

use crate::scan::AxisKind;

mod axes;
mod units;

use axes::axis_kind;
pub(crate) use axes::{axis_factor, foreign_axis, is_doubtful};
pub(crate) use units::{are_units, with_unit};

/// What a named column of a pattern file holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Role {
    Axis(AxisKind),
    Intensity(IntensityUnit),
    Sigma,
    /// Background, calculated pattern, weight: known, and of no use here.
    Other,
    Unknown,
}

/// The role that a column's name tells.
pub(crate) fn role(name: &str) -> Role {
    let name = name.trim().to_lowercase();
    if let Some(kind) = axis_kind(&name) {
        return Role::Axis(kind);
    }
    let word: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|p| name.starts_with(p));
    let compact: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let quantity = units::parts(&name)
        .0
        .chars()
        .filter(|c| c.is_alphanumeric());
    let quantity: String = quantity.collect();
    let numbered = |prefix: &str| {
        let number = word.strip_prefix(prefix).filter(|n| !n.is_empty());
        number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    };
    if ["e", "s", "sig", "dy", "sd"].contains(&word.as_str())
        || ["di", "δi", "ierr", "istd", "yerr", "ystd"].contains(&quantity.as_str())
        || numbered("sig")
        || starts(&[
            "sigma", "esd", "err", "std", "uncert", "sint", "s.u.", "σ", "u(i",
        ])
    {
        return Role::Sigma;
    }
    if compact.contains("calc")
        || ["yc", "ycal", "ybkg", "ybackg", "ydiff"].contains(&compact.as_str())
        || starts(&[
            "back", "bkg", "bg", "diff", "resid", "weight", "fit", "monitor",
        ])
    {
        return Role::Other;
    }
    let is_linear = word == "lin" && name.contains(['(', '[']);
    if ["i", "y", "yobs", "iobs", "det", "cts"].contains(&word.as_str())
        || is_linear
        || starts(&[
            "int", "count", "cps", "observed", "detector", "impulse", "coups",
        ])
        || name.starts_with("強度")
    {
        return Role::Intensity(intensity_unit(&name));
    }
    Role::Unknown
}

/// Whether a name is that of θ, by which many mean 2θ.
pub(crate) fn is_theta(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let starts = name.starts_with("theta") || name.starts_with('θ');
    starts && axis_kind(&name).is_none()
}

/// The unit of intensities that is named so.
pub(crate) fn intensity_unit(name: &str) -> IntensityUnit {
    let name = name.to_lowercase();
    if name.contains("cps") || name.contains("/s") || name.contains("per sec") {
        return IntensityUnit::CountsPerSecond;
    }
    match (name.contains("count") || name.contains("cts")) && !name.contains("per") {
        true => IntensityUnit::Counts,
        false => IntensityUnit::Arbitrary,
    }
}

/// The wavelength that a line of a heading states, in whichever of Å, nm and m.
pub(crate) fn stated_wavelength(line: &str) -> Option<Wavelength> {
    let line = line.to_lowercase();
    let at = ["wavelength", "wave_length", "wave length", "lambda"]
        .iter()
        .find_map(|word| line.find(word).map(|i| i + word.len()))?;
    let (value, unit) = first_number(&line[at..])?;
    let angstrom = match value {
        v if v < 1e-6 => v * 1e10,
        v if unit.starts_with("nm") || line[at..].contains("nm]") => v * 10.0,
        v => v,
    };
    let plausible = (0.05..=10.0).contains(&angstrom);
    plausible.then(|| Wavelength::angstrom(angstrom).ok())?
}

/// Sets what the notes of [`write_csv`](crate::write_csv) state of a scale.
pub(crate) fn stated_scale<'a>(scale: &mut Scale, lines: impl Iterator<Item = &'a str>) {
    for (key, value) in lines.filter_map(|line| line.split_once(':')) {
        match (key.trim(), value.trim()) {
            ("intensity_unit", unit) => scale.unit = unit_from_word(unit).unwrap_or(scale.unit),
            ("intensity_factor", factor) => {
                let factor = factor
                    .parse()
                    .ok()
                    .filter(|f: &f64| f.is_finite() && *f > 0.0);
                scale.factor = factor.unwrap_or(scale.factor);
            }
            _ => {}
        }
    }
}

/// The word that stands for a unit in this crate's files.
pub(crate) fn unit_word(unit: IntensityUnit) -> &'static str {
    match unit {
        IntensityUnit::Counts => "counts",
        IntensityUnit::CountsPerSecond => "counts_per_second",
        _ => "arbitrary",
    }
}

pub(crate) fn unit_from_word(word: &str) -> Option<IntensityUnit> {
    use IntensityUnit::{Arbitrary, Counts, CountsPerSecond};
    [Counts, CountsPerSecond, Arbitrary]
        .into_iter()
        .find(|u| unit_word(*u) == word)
}

/// The first number in a text that nothing but marks and a unit precede, and what follows it.
fn first_number(text: &str) -> Option<(f64, &str)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    if text[..start].contains(['=', ':', ' ', '\t', '_']) || start == 0 {
        let rest = &text[start..];
        let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | '-' | '+');
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let value = rest[..end].trim_end_matches(['e', '-', '+', '.']).parse();
        return Some((value.ok()?, rest[end..].trim_start()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_met_in_files() {
        for name in [
            "2theta",
            "2th_deg",
            "Two-Theta",
            "ttheta",
            "Pos. [°2Th.]",
            "2θ (deg)",
            "x",
        ] {
            assert_eq!(role(name), Role::Axis(AxisKind::TwoThetaDeg), "{name}");
        }
        assert_eq!(role("q_A^-1"), Role::Axis(AxisKind::QPerAngstrom));
        assert_eq!(role("d-spacing"), Role::Axis(AxisKind::DAngstrom));
        assert!(matches!(
            role("Time-of-flight"),
            Role::Axis(AxisKind::TimeOfFlightUs)
        ));
        for name in ["counts", "cts", "I [cts]", "Lin (Counts)"] {
            assert_eq!(role(name), Role::Intensity(IntensityUnit::Counts), "{name}");
        }
        assert_eq!(
            role("Intensity (cps)"),
            Role::Intensity(IntensityUnit::CountsPerSecond)
        );
        assert_eq!(role("IntUP"), Role::Intensity(IntensityUnit::Arbitrary));
        for name in ["sIntUP", "Error", "esd", "E", "sigma(I)", "sig1", "σ"]
            .into_iter()
            .chain(["dI", "ΔI", "I_err", "I_std", "yerr", "u(I)"])
        {
            assert_eq!(role(name), Role::Sigma, "{name}");
        }
        for name in ["background", "y_calc", "Ycal", "Intensity calc.", "monitor"] {
            assert_eq!(role(name), Role::Other, "{name}");
        }
        for name in ["y_obs", "Intensit\u{e4}t", "Iobs [cts]", "Detector"] {
            assert!(matches!(role(name), Role::Intensity(_)), "{name}");
        }
        for name in ["r(\u{c5})", "r_mm", "r"] {
            assert_eq!(
                role(name),
                Role::Axis(AxisKind::other(name.to_lowercase(), ""))
            );
        }
        assert_eq!(role("sample 3"), Role::Unknown);
        assert_eq!(role("rwp"), Role::Unknown);
    }

    #[test]
    fn wavelengths_met_in_files() {
        let angstrom = |line| stated_wavelength(line).map(Wavelength::as_angstrom);
        assert_eq!(angstrom("wave_length 0.84"), Some(0.84));
        assert_eq!(angstrom("Calibrated wavelength = 0.414581"), Some(0.414581));
        assert_eq!(angstrom("USED_LAMBDA: 1.5406"), Some(1.5406));
        assert_eq!(angstrom("wavelength_angstrom: 0.496"), Some(0.496));
        assert!((angstrom("Wavelength: 3.1e-11 m").unwrap() - 0.31).abs() < 1e-12);
        assert!((angstrom("wavelength 0.154 nm").unwrap() - 1.54).abs() < 1e-12);
        assert_eq!(angstrom("wavelength unknown"), None);
        assert_eq!(angstrom("run 3"), None);
    }
}
