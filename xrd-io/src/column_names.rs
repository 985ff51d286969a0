//! Meaning of a column, derived from its name.

use xrd_core::{IntensityUnit, Scale};

use crate::scan::AxisKind;

mod axes;
mod units;
mod wavelength;

pub(crate) use axes::{axis_factor, foreign_axis, is_doubtful};
use axes::{axis_kind, is_bragg};
pub(crate) use units::{are_units, is_unit, with_unit};
pub(crate) use wavelength::stated_wavelength;

/// Meaning of a named column of a pattern file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Role {
    Axis(AxisKind),
    Intensity(IntensityUnit),
    Sigma,
    /// Background, calculated pattern or weight: recognised, but not used.
    Other,
    Unknown,
}

/// The role that a column name indicates.
pub(crate) fn role(name: &str) -> Role {
    let name = name.trim().to_lowercase();
    if let Some(name) = of_diffpy(&name) {
        return role(name);
    }
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
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let has_word = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let is_linear = word == "lin" && name.contains(['(', '[']);
    let is_intensity = ["i", "y", "yobs", "iobs", "det", "cts"].contains(&word.as_str())
        || ["obs", "exp", "meas", "measured", "experimental"].contains(&compact.as_str())
        || is_linear
        || starts(&[
            "int", "count", "cps", "observed", "detector", "impulse", "coups",
        ])
        || starts(&["强度", "強度", "интенс", "natęż"]);
    if ["e", "s", "su", "sig", "dy", "sd", "unc"].contains(&word.as_str())
        || ["di", "δi", "ierr", "istd", "yerr", "ystd", "sigi"].contains(&quantity.as_str())
        || numbered("sig")
        || starts(&[
            "sigma",
            "esd",
            "err",
            "std",
            "standard dev",
            "uncert",
            "sint",
            "s.u.",
            "σ",
            "u(i",
        ])
        || starts(&["fehler", "误差", "誤差"])
        || has_word(&["err", "error", "errors", "esd", "uncertainty"])
        || is_intensity && has_word(&["std", "stdev", "sd", "sig", "sigma", "unc", "dev"])
    {
        return Role::Sigma;
    }
    if compact.contains("calc")
        || ["yc", "ycal", "ybkg", "ybackg", "ydiff"].contains(&compact.as_str())
        || [
            "used", "mask", "masked", "excluded", "flag", "epoch", "seconds",
        ]
        .contains(&compact.as_str())
        || word == "timer"
        || numbered("mon")
        || starts(&[
            "back", "bkg", "bg", "diff", "resid", "weight", "fit", "monitor",
        ])
        || ["log", "log10", "ln", "sqrt", "sqr"].contains(&word.as_str())
            && name.contains(['(', '['])
        || is_intensity
            && has_word(&[
                "fit",
                "fitted",
                "cal",
                "sim",
                "simulated",
                "model",
                "bkg",
                "background",
                "diff",
                "difference",
            ])
    {
        return Role::Other;
    }
    if is_intensity {
        return Role::Intensity(intensity_unit(&name));
    }
    Role::Unknown
}

/// The name without "chi_", which diffpy writes before the names of both columns: "chi_Q", "chi_I".
fn of_diffpy(name: &str) -> Option<&str> {
    const NAMES: [&str; 4] = ["q", "2theta", "tth", "i"];
    name.strip_prefix("chi_").filter(|own| NAMES.contains(own))
}

/// Whether a column is called θ. Many programs write θ where they mean 2θ.
pub(crate) fn is_theta(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let starts = name.starts_with("theta") || name.starts_with('θ');
    (starts || is_bragg(&name)) && axis_kind(&name).is_none()
}

/// The unit of intensities that a name indicates.
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

/// Applies the scale stated in the notes of [`write::set_csv`](crate::write::set_csv).
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

/// The word for a unit in files written by this crate.
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
            .chain([
                "Intensity error",
                "counts_err",
                "Intensity (esd)",
                "A_err",
                "Fehler",
            ])
            .chain(["Intensity_std", "Standard deviation", "Unc."])
        {
            assert_eq!(role(name), Role::Sigma, "{name}");
        }
        for name in [
            "background",
            "y_calc",
            "Ycal",
            "Intensity calc.",
            "monitor",
            "used",
        ]
        .into_iter()
        .chain([
            "Intensity_fit",
            "Int_bkg",
            "Intensity (simulated)",
            "Log (Counts)",
            "sqrt(I)",
            "timer",
            "mon1",
        ]) {
            assert_eq!(role(name), Role::Other, "{name}");
        }
        for name in [
            "y_obs",
            "Intensit\u{e4}t",
            "Iobs [cts]",
            "Detector",
            "obs",
            "Intensity (measured)",
            "强度",
            "Интенсивность",
        ] {
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
}
