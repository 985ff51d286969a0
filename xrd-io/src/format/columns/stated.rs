//! The axis that the header states for a scan whose columns have no names.
//!
//! ```text
//! ScanningMode<TAB>Theta                      MiniFlex of Rigaku
//! *MEAS_SCAN_AXIS_X_INTERNAL "Omega"          the header of a RAS file before columns
//! # x_units: q
//! #XUNITS : keV                               EMSA spectra
//! #S 1  ascan  th 10 13.98 199 1              SPEC: the motor that moved
//! ```

use crate::column_names::{Role, axis_factor, foreign_axis, is_theta, role};
use crate::format::drives::axis_of_drive;
use crate::scan::AxisKind;

/// The axis stated in a header.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stated {
    Kind(AxisKind),
    /// θ. Many programs write θ where they mean 2θ.
    Theta,
}

/// The axis stated in one line of a header, or in a comment without its mark.
pub(super) fn axis(line: &str) -> Option<Stated> {
    let line = line.trim_start_matches(['*', '#', ' ']);
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (key, value) = line.split_at(end);
    let value = value.trim_matches([' ', '\t', ':', '=', '"']);
    match key.to_ascii_lowercase().as_str() {
        "scanningmode" => of_drive(value),
        "meas_scan_axis_x_internal" | "meas_scan_axis_x" => of_drive(value),
        "x_units" | "xunits" => of_words(value),
        "s" => of_spec(value),
        _ => None,
    }
}

/// The axis of each scan in a SPEC text, if all are known.
pub(super) fn each(text: &str) -> Option<Vec<AxisKind>> {
    let scans = text.lines().filter_map(|line| line.strip_prefix("#S "));
    let kind = |scan: &str| match of_spec(scan)? {
        Stated::Kind(kind) => Some(kind),
        Stated::Theta => None,
    };
    scans.map(kind).collect()
}

fn of_drive(words: &str) -> Option<Stated> {
    let ascii = words.replace(['θ', 'Θ'], "theta");
    axis_of_drive(&ascii).map(Stated::Kind)
}

fn of_words(words: &str) -> Option<Stated> {
    match role(words) {
        Role::Axis(AxisKind::Other { .. }) if words.eq_ignore_ascii_case("kev") => {
            Some(Stated::Kind(AxisKind::EnergyKev))
        }
        // The values are not converted to another unit here.
        Role::Axis(kind) if axis_factor(&kind, words) != 1.0 => {
            Some(Stated::Kind(AxisKind::other(words, "")))
        }
        Role::Axis(kind) => Some(Stated::Kind(kind)),
        _ if is_theta(words) => Some(Stated::Theta),
        _ => foreign_axis(words).map(Stated::Kind),
    }
}

/// The axis for the motor of a one-motor SPEC scan.
fn of_spec(scan: &str) -> Option<Stated> {
    let mut words = scan.split_whitespace();
    words.next()?.parse::<u32>().ok()?;
    matches!(words.next()?, "ascan" | "dscan" | "lup").then_some(())?;
    let kind = match words.next()?.to_ascii_lowercase().as_str() {
        "th" | "theta" | "om" | "omega" => AxisKind::OmegaDeg,
        "phi" => AxisKind::PhiDeg,
        "chi" => AxisKind::ChiDeg,
        "tth" | "2th" | "twotheta" | "two_theta" | "ttheta" => AxisKind::TwoThetaDeg,
        _ => return None,
    };
    Some(Stated::Kind(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_several_programs() {
        for (line, kind) in [
            ("ScanningMode\tTheta", AxisKind::OmegaDeg),
            ("ScanningMode\t2Theta/Theta", AxisKind::TwoThetaDeg),
            ("*MEAS_SCAN_AXIS_X_INTERNAL \"Omega\"", AxisKind::OmegaDeg),
            ("*MEAS_SCAN_AXIS_X \"2θ/θ\"", AxisKind::TwoThetaDeg),
            ("x_units: q", AxisKind::other("q", "")),
            ("x_units: 2theta", AxisKind::TwoThetaDeg),
            ("XUNITS      : keV", AxisKind::EnergyKev),
            ("XUNITS : eV", AxisKind::other("ev", "")),
            ("S 1  ascan  th 10 13.98 199 1", AxisKind::OmegaDeg),
            ("S 2  ascan  tth 10 13.98 199 1", AxisKind::TwoThetaDeg),
        ] {
            assert_eq!(axis(line), Some(Stated::Kind(kind)), "{line}");
        }
        assert_eq!(axis("x_units: theta"), Some(Stated::Theta));
        for line in ["Sample\tx", "S 1 timescan 1", "x_units: ?", "Start 10", ""] {
            assert_eq!(axis(line), None, "{line}");
        }
    }
}
