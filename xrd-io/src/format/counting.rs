//! Unit of intensities, for formats that leave it open or state it incorrectly.

use xrd_core::IntensityUnit;

use crate::scan::{Draft, UnitEvidence};

/// Determines the unit of a scan by arithmetic, once its time per step is known.
///
/// Counts are whole numbers. Counts per second are whole numbers when multiplied by the time per
/// step. Otherwise the unit is arbitrary, even if the file states another unit, because some
/// programs write "counts" even for scaled numbers. `stated` is the unit as written in the file.
pub(super) fn decide_unit(draft: &mut Draft, stated: Option<&str>) {
    // A rate may be a whole number too, for example counts in 10 s divided by 10.
    let says_rate = stated.and_then(unit_of) == Some(IntensityUnit::CountsPerSecond);
    let (unit, why) = if says_rate && (is_rate(draft) || is_rounded_rate(draft)) {
        let why = "all intensities times the time per step are whole numbers";
        (IntensityUnit::CountsPerSecond, why)
    } else if draft.intensities.iter().all(|y| is_whole(*y)) {
        (IntensityUnit::Counts, "all intensities are whole numbers")
    } else if is_rate(draft) {
        let why = "all intensities times the time per step are whole numbers";
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

/// The unit that the words in a file mean.
pub(super) fn unit_of(words: &str) -> Option<IntensityUnit> {
    match words.trim().to_ascii_lowercase().as_str() {
        "counts" | "count" => Some(IntensityUnit::Counts),
        "cps" | "counts per second" | "countspersecond" | "counts/s" | "counts/sec" => {
            Some(IntensityUnit::CountsPerSecond)
        }
        _ => None,
    }
}

/// Whether intensities multiplied by the time per step are counts.
fn is_rate(draft: &Draft) -> bool {
    counts(draft).is_some_and(|counts| counts.iter().all(|n| is_whole(*n)))
}

/// Like [`is_rate`], but for rates stored with few decimals. Many products are close to whole
/// numbers by chance only if all are small.
fn is_rounded_rate(draft: &Draft) -> bool {
    const MANY: usize = 50;
    const NEARLY: f64 = 0.1;
    let is_nearly = |n: &f64| (n - n.round()).abs() <= NEARLY && *n >= 0.0;
    let is_enough = |counts: &[f64]| counts.iter().filter(|n| **n >= 1.0).count() >= MANY;
    counts(draft).is_some_and(|counts| is_enough(&counts) && counts.iter().all(is_nearly))
}

/// Intensities multiplied by the time per step.
fn counts(draft: &Draft) -> Option<Vec<f64>> {
    let time = draft.metadata.time_per_step.as_ref()?;
    let intensities = draft.intensities.iter().enumerate();
    intensities.map(|(i, y)| Some(y * time.at(i)?)).collect()
}

/// Whether a number is whole within the digits that a file stores.
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
        let rounded: Vec<f64> = (0..60)
            .map(|n| (100.0 * n as f64 / 0.6).round() / 100.0)
            .collect();
        assert_eq!(decided(&rounded, 0.6, Some("cps")), (CountsPerSecond, true));
        assert_eq!(decided(&rounded, 0.5, Some("cps")), (Arbitrary, false));
        assert_eq!(decided(&rounded[..9], 0.6, Some("cps")), (Arbitrary, false));
        let small: Vec<f64> = (0..60).map(|n| 0.013 * n as f64).collect();
        assert_eq!(decided(&small, 0.05, Some("cps")), (Arbitrary, false));
        assert_eq!(
            decided(&[-1.0, 2.0], 2.0, Some("counts")),
            (Arbitrary, false)
        );
    }
}
