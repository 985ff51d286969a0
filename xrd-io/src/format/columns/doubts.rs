//! Signs that two columns may not be a powder pattern.
//!
//! ```text
//! 4.26   22      d and intensity of peaks: very uneven steps
//! 3.34  100
//! 0.02  -0.28    a function of r or Q: many negative values, and no name of the axis
//! ```

use crate::scan::{AxisKind, Draft};

/// Warns about features that a pattern would not have. A short list over d with very uneven steps
/// is a list of peaks. Cost: O(points).
pub(super) fn note(draft: &mut Draft, axis_is_known: bool) {
    const MOST_PEAKS: usize = 300;
    if draft.axis.len() <= MOST_PEAKS && has_uneven_steps(&draft.axis) {
        match draft.axis_kind {
            AxisKind::DAngstrom if !draft.axis_is_assumed => {
                draft.not_powder =
                    Some("a list of peaks, judging by the uneven steps of d".to_owned());
            }
            _ => draft.warn("the steps of the axis are uneven: the file may be a list of peaks"),
        }
    }
    let points = draft.intensities.len();
    let negative = draft.intensities.iter().filter(|y| **y < 0.0).count();
    if !axis_is_known && 5 * negative > points {
        draft.warn(format!(
            "{negative} of {points} intensities are negative and the file does not name the axis: \
             it may not be a pattern"
        ));
    }
}

/// The type of a scan over an axis other than 2θ, if a title mentions one.
pub(super) fn other_scan(title: &str) -> Option<&'static str> {
    const SCANS: [&str; 9] = [
        "rocking curve",
        "phi scan",
        "phi-scan",
        "chi scan",
        "omega scan",
        "reflectivity",
        "pole figure",
        "saxs",
        "small-angle",
    ];
    let title = title.to_lowercase();
    SCANS.into_iter().find(|scan| title.contains(scan))
}

/// Whether neighbouring steps of the axis often differ by more than a factor of three, as the
/// distances between peaks do.
fn has_uneven_steps(axis: &[f64]) -> bool {
    const FEWEST: usize = 6;
    let steps: Vec<f64> = axis
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    let differs = |pair: &&[f64]| pair[0] > 3.0 * pair[1] || pair[1] > 3.0 * pair[0];
    let uneven = steps.windows(2).filter(differs).count();
    axis.len() >= FEWEST && 3 * uneven >= steps.len() - 1
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::Source;

    fn noted(kind: AxisKind, axis: &[f64], intensities: &[f64]) -> Draft {
        let source = Source::new(Path::new("a.txt"), vec![]);
        let mut draft = Draft::new(&source, kind, axis.to_vec(), intensities.to_vec());
        note(&mut draft, false);
        draft
    }

    #[test]
    fn peaks_have_uneven_steps() {
        let d = [4.26, 3.34, 2.45, 2.28, 2.23, 2.12, 1.98, 1.82];
        let peaks = noted(AxisKind::DAngstrom, &d, &[1.0; 8]);
        assert!(
            peaks
                .not_powder
                .is_some_and(|what| what.contains("list of peaks"))
        );
        let unnamed = noted(AxisKind::TwoThetaDeg, &d, &[1.0; 8]);
        assert_eq!(unnamed.warnings.len(), 1);
        assert_eq!(unnamed.not_powder, None);
        let falling: Vec<f64> = (0..40).map(|i| 5.0 * 0.98f64.powi(i)).collect();
        let pattern = noted(AxisKind::DAngstrom, &falling, &[1.0; 40]);
        assert_eq!((pattern.not_powder, pattern.warnings.len()), (None, 0));
    }

    #[test]
    fn much_below_zero_is_told() {
        let axis: Vec<f64> = (0..10).map(|i| 0.1 * f64::from(i)).collect();
        let function: Vec<f64> = (0..10).map(|i| f64::from(i).sin()).collect();
        let warnings = noted(AxisKind::TwoThetaDeg, &axis, &function).warnings;
        assert!(
            warnings[0].starts_with("3 of 10 intensities are negative"),
            "{warnings:?}"
        );
        let few: Vec<f64> = (0..10).map(|i| f64::from(i) - 1.5).collect();
        assert!(
            noted(AxisKind::TwoThetaDeg, &axis, &few)
                .warnings
                .is_empty()
        );
    }
}
