//! Whether intensities are counts, where a format leaves it open or states it falsely.

use xrd_core::IntensityUnit;

use crate::scan::{Draft, UnitEvidence};

/// Decides the unit of a scan by arithmetic, after its time per step is known.
///
/// Counts are whole numbers. Counts per second are whole times the time per step. Whatever else
/// stays arbitrary, also when the file says otherwise: software writes "counts" over numbers
/// that were scaled. `stated` is the file's word for the unit.
pub(super) fn decide_unit(draft: &mut Draft, stated: Option<&str>) {
    // Counts of whole seconds divided by these may be whole as well.
    let says_rate = stated.and_then(unit_of) == Some(IntensityUnit::CountsPerSecond);
    let (unit, why) = if says_rate && is_rate(draft) {
        let why = "times the time per step all intensities are whole numbers";
        (IntensityUnit::CountsPerSecond, why)
    } else if draft.intensities.iter().all(|y| is_whole(*y)) {
        (IntensityUnit::Counts, "all intensities are whole numbers")
    } else if is_rate(draft) {
        let why = "times the time per step all intensities are whole numbers";
        (IntensityUnit::CountsPerSecond, why)
    } else {
        (
            IntensityUnit::Arbitrary,
            "the intensities are not whole numbers",
        )
    };
    match stated {
        Some(words) if unit_of(words) == Some(unit) => {
            draft.unit(unit, UnitEvidence::Stated(words.to_owned()));
        }
        Some(words) => {
            let why = format!("the file says '{words}', but {why}");
            draft.warn(why.clone());
            draft.unit(unit, UnitEvidence::Concluded(why));
        }
        None if unit == IntensityUnit::Arbitrary => {}
        None => draft.unit(unit, UnitEvidence::Concluded(why.to_owned())),
    }
}

/// The unit that a file's word for it means.
pub(super) fn unit_of(words: &str) -> Option<IntensityUnit> {
    match words.trim().to_ascii_lowercase().as_str() {
        "counts" | "count" => Some(IntensityUnit::Counts),
        "cps" | "counts per second" | "countspersecond" | "counts/s" | "counts/sec" => {
            Some(IntensityUnit::CountsPerSecond)
        }
        _ => None,
    }
}

fn is_rate(draft: &Draft) -> bool {
    let Some(time) = &draft.metadata.time_per_step else {
        return false;
    };
    let counts = |(i, y): (usize, &f64)| time.at(i).is_some_and(|t| is_whole(y * t));
    draft.intensities.iter().enumerate().all(counts)
}

/// Whether a number is whole up to the digits that a file keeps of it.
fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() <= 1e-4 + 1e-6 * value.abs() && value >= 0.0
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::{AxisKind, TimePerStep};
    use crate::source::Source;

    fn decided(intensities: &[f64], time: f64, stated: Option<&str>) -> (IntensityUnit, bool) {
        let source = Source::new(Path::new("a.raw"), vec![]);
        let axis = (0..intensities.len()).map(|i| i as f64).collect();
        let mut draft = Draft::new(&source, AxisKind::TwoThetaDeg, axis, intensities.to_vec());
        draft.metadata.time_per_step = Some(TimePerStep::Same(time));
        decide_unit(&mut draft, stated);
        (draft.scale.unit, draft.warnings.is_empty())
    }

    #[test]
    fn arithmetic_decides() {
        use IntensityUnit::{Arbitrary, Counts, CountsPerSecond};
        assert_eq!(decided(&[3.0, 0.0], 2.0, None), (Counts, true));
        assert_eq!(decided(&[1.5, 0.5], 2.0, None), (CountsPerSecond, true));
        assert_eq!(decided(&[1.51, 0.5], 2.0, None), (Arbitrary, true));
        assert_eq!(decided(&[3.0], 2.0, Some("counts")), (Counts, true));
        assert_eq!(decided(&[1.51], 2.0, Some("counts")), (Arbitrary, false));
        assert_eq!(decided(&[1.5], 2.0, Some("cps")), (CountsPerSecond, true));
        assert_eq!(decided(&[8.0], 0.5, Some("cps")), (CountsPerSecond, true));
        assert_eq!(decided(&[7.0], 0.3, Some("cps")), (Counts, false));
        assert_eq!(
            decided(&[-1.0, 2.0], 2.0, Some("counts")),
            (Arbitrary, false)
        );
    }
}
