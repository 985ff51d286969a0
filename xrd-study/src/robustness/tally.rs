//! Scores over splits, and verdicts.

use xrd_core::Labels;
use xrd_latent::{delta, r_squared};

use super::condition::{Condition, DisturbanceKind};
use super::estimates::Estimates;
use super::report::{
    ROBUST_R2, RobustMethod, RobustnessReport, RobustnessRow, RobustnessVerdict, UndisturbedReport,
};
use crate::error::Result;
use crate::score::Spread;

/// Estimates of one method in one split.
pub(super) struct OfSplit {
    pub(super) method: RobustMethod,
    /// Indices of the held-out patterns.
    pub(super) rows: Vec<usize>,
    pub(super) estimates: Estimates,
}

/// Scores of one method under one condition, per split.
struct PerSplit {
    /// Labels × splits.
    r2: Vec<Vec<Option<f64>>>,
    delta: Vec<Option<f64>>,
}

impl PerSplit {
    fn of(labels: &Labels, splits: &[&OfSplit], condition: usize) -> Result<Self> {
        let columns = labels.columns().len();
        let mut found = Self {
            r2: vec![Vec::new(); columns],
            delta: Vec::new(),
        };
        for split in splits {
            let truths: Vec<&[f64]> = split.rows.iter().map(|&i| labels.row(i)).collect();
            let estimates = &split.estimates[condition];
            for (c, r2) in found.r2.iter_mut().enumerate() {
                let estimated: Vec<f64> = estimates.iter().map(|e| e[c]).collect();
                let truth: Vec<f64> = truths.iter().map(|t| t[c]).collect();
                r2.push(r_squared(&estimated, &truth)?);
            }
            let deltas = estimates.iter().zip(&truths).map(|(e, t)| Ok(delta(e, t)?));
            found.delta.push(median(deltas.collect::<Result<_>>()?));
        }
        Ok(found)
    }
}

/// Returns one row per condition, method and label.
pub(super) fn rows(
    labels: &Labels,
    conditions: &[Condition],
    splits: &[OfSplit],
) -> Result<Vec<RobustnessRow>> {
    let mut rows = Vec::new();
    for (k, condition) in conditions.iter().enumerate() {
        for method in RobustMethod::ALL {
            let own: Vec<&OfSplit> = splits.iter().filter(|s| s.method == method).collect();
            let found = PerSplit::of(labels, &own, k)?;
            let (delta_mean, delta_se, _) = mean(&found.delta);
            for (label, r2) in labels.columns().iter().zip(&found.r2) {
                let (r2_mean, r2_se, splits) = mean(r2);
                rows.push(RobustnessRow {
                    disturbance: condition.kind,
                    size: condition.size,
                    method,
                    label: label.clone(),
                    splits,
                    r2_mean,
                    r2_se,
                    delta_mean,
                    delta_se,
                });
            }
        }
    }
    Ok(rows)
}

/// Returns the mean of the defined values, its standard error and their number.
fn mean(values: &[Option<f64>]) -> (Option<f64>, Option<f64>, usize) {
    let defined: Vec<Option<f64>> = values.iter().copied().filter(Option::is_some).collect();
    let count = defined.len();
    if count == 0 {
        return (None, None, 0);
    }
    let Spread { mean, sd } = Spread::of(&defined);
    (mean, sd.map(|sd| sd / (count as f64).sqrt()), count)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let (below, above) = (values.len().checked_sub(1)? / 2, values.len() / 2);
    Some((values[below] + values[above]) / 2.0)
}

/// Returns the verdicts on the judged sizes. Disturbances without a defined R² have none.
pub(super) fn verdicts(report: &RobustnessReport) -> Vec<RobustnessVerdict> {
    let of = |kind: DisturbanceKind| {
        let size = kind.judged_size();
        let row = |method| report.row((kind, size), method, &report.label);
        let r2 = |method| row(method).and_then(|r| r.r2_mean);
        let plane = r2(RobustMethod::PlaneWithEffects)?;
        let neighbours = r2(RobustMethod::RawNeighbours)?;
        let ridge = r2(RobustMethod::RawRidge)?;
        Some(RobustnessVerdict {
            disturbance: kind,
            size,
            r2: plane,
            r2_se: row(RobustMethod::PlaneWithEffects).and_then(|r| r.r2_se),
            neighbours,
            ridge,
            holds: plane >= ROBUST_R2,
            better_than_raw: plane > neighbours && plane > ridge,
        })
    };
    DisturbanceKind::ALL.into_iter().filter_map(of).collect()
}

/// Compares the planes with and without effects on undisturbed patterns, the first condition. The
/// differences of R² are those of the same split.
pub(super) fn undisturbed(
    labels: &Labels,
    label: &str,
    splits: &[OfSplit],
) -> Result<Option<UndisturbedReport>> {
    let Some(c) = labels.column_index(label) else {
        return Ok(None);
    };
    let r2 = |method| -> Result<Vec<Option<f64>>> {
        let own: Vec<&OfSplit> = splits.iter().filter(|s| s.method == method).collect();
        Ok(PerSplit::of(labels, &own, 0)?.r2.swap_remove(c))
    };
    let with = r2(RobustMethod::PlaneWithEffects)?;
    let without = r2(RobustMethod::PlaneWithoutEffects)?;
    let pairs = with.iter().zip(&without);
    let differences: Vec<Option<f64>> = pairs.map(|(a, b)| Some((*a)? - (*b)?)).collect();
    let (difference, difference_se, _) = mean(&differences);
    let (Some(with_effects), Some(without_effects)) = (mean(&with).0, mean(&without).0) else {
        return Ok(None);
    };
    let loses_nothing = difference
        .zip(difference_se)
        .map(|(difference, se)| difference >= -2.0 * se);
    Ok(Some(UndisturbedReport {
        with_effects,
        without_effects,
        difference_se,
        loses_nothing,
    }))
}
