//! Axes for the names that vendors use for scans and drives.

use crate::scan::AxisKind;

/// The axis of a scan, from the names that Bruker, PANalytical, Rigaku and Siemens use for scans
/// and drives: "Locked Coupled", "2Theta-Omega", "TwoThetaTheta", "Gonio", "Phi Scan", …
///
/// The axis is 2θ for scans that move θ or ω together with 2θ. `None` for unknown names.
pub(super) fn axis_of_drive(words: &str) -> Option<AxisKind> {
    let letters = words.chars().filter(char::is_ascii_alphanumeric);
    let word: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let has = |part: &str| word.contains(part);
    if has("2theta") || has("twotheta") || has("coupled") || word.starts_with("psd") {
        return Some(AxisKind::TwoThetaDeg);
    }
    match word.strip_suffix("scan").unwrap_or(&word) {
        "gonio" | "detector" => Some(AxisKind::TwoThetaDeg),
        "omega" | "theta" | "thetas" | "rocking" | "rockingcurve" => Some(AxisKind::OmegaDeg),
        "phi" => Some(AxisKind::PhiDeg),
        "chi" | "khi" | "psi" => Some(AxisKind::ChiDeg),
        drive @ ("x" | "y" | "z" | "zdrive") => Some(AxisKind::other(drive, "mm")),
        _ => None,
    }
}

/// The kind of a measurement of many scans over an area. A scan of φ is a circle of a pole figure.
pub(super) fn measurement_of_area(axis: &AxisKind) -> &'static str {
    match axis {
        AxisKind::PhiDeg => "a pole figure",
        AxisKind::Other { name, .. } if name.eq_ignore_ascii_case("beta") => "a pole figure",
        _ => "a reciprocal-space map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_vendor() {
        for words in [
            "Locked Coupled",
            "UnlockedCoupled",
            "Detector Scan",
            "PSD fast scan",
            "Gonio",
            "2Theta-Omega",
            "Omega-2Theta",
            "TwoThetaTheta",
            "TwoThetaOmegaScan",
            "2-Theta/Theta",
        ] {
            assert_eq!(axis_of_drive(words), Some(AxisKind::TwoThetaDeg), "{words}");
        }
        for words in ["Omega", "Rocking Curve", "RockingCurve", "THETA"] {
            assert_eq!(axis_of_drive(words), Some(AxisKind::OmegaDeg), "{words}");
        }
        assert_eq!(axis_of_drive("Phi Scan"), Some(AxisKind::PhiDeg));
        assert_eq!(axis_of_drive("Psi"), Some(AxisKind::ChiDeg));
        assert_eq!(
            axis_of_drive("Z-Drive"),
            Some(AxisKind::other("zdrive", "mm"))
        );
        assert_eq!(axis_of_drive("Divergence Slit"), None);
    }
}
