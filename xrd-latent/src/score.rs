use xrd_core::Labels;

use crate::error::{Error, Result, check_values, same_length};
use crate::estimate::Estimate;

/// Squared error δ of one estimate, summed over its labels: `δ = Σ_a (estimated_a − truth_a)²`.
///
/// The index a counts the labels. The formula is Eq. (3) of Utimula et al., Adv. Theory Simul.
/// (2022). All labels should have the same unit; δ has the square of this unit.
///
/// # Errors
/// - [`Error::Empty`] if there are no true values.
/// - [`Error::Length`] if the two lists have different lengths.
/// - [`Error::Value`] for a number that is not finite or has an absolute value above 1e100.
///
/// # Example
/// ```
/// // The worst case of the paper's Table II: Sm, Zr, Fe, Ti.
/// let delta = xrd_latent::delta(&[1.0, 0.0, 10.733, 1.267], &[1.0, 0.0, 11.0, 1.0])?;
/// assert!((delta - 0.143).abs() < 1e-3);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
pub fn delta(estimated: &[f64], truth: &[f64]) -> Result<f64> {
    check_pair(estimated, truth)?;
    Ok(squared_difference(estimated, truth))
}

/// Mean absolute error of the estimates of one label: the mean of |estimated − truth| over the
/// samples.
///
/// The result has the unit of the label.
///
/// # Errors
/// Returns the same errors as [`delta`].
pub fn mean_absolute_error(estimated: &[f64], truth: &[f64]) -> Result<f64> {
    check_pair(estimated, truth)?;
    let pairs = estimated.iter().zip(truth);
    let sum: f64 = pairs.map(|(e, t)| (e - t).abs()).sum();
    Ok(sum / truth.len() as f64)
}

/// Coefficient of determination R² of the estimates of one label:
/// `R² = 1 − Σ (estimated − truth)² / Σ (truth − mean truth)²`.
///
/// Both sums are over the samples. R² is 1 if all estimates are exact. R² is 0 if every estimate is
/// the mean of the true values. R² is negative if the estimates are less accurate than this mean.
///
/// The result is `None` if all true values are equal, because R² is then undefined. True values
/// count as equal if their differences from the mean are only rounding errors (below about 1e-12 of
/// their size).
///
/// # Errors
/// Returns the same errors as [`delta`].
pub fn r_squared(estimated: &[f64], truth: &[f64]) -> Result<Option<f64>> {
    check_pair(estimated, truth)?;
    let mean = truth.iter().sum::<f64>() / truth.len() as f64;
    let total: f64 = truth.iter().map(|t| (t - mean).powi(2)).sum();
    let size: f64 = truth.iter().map(|t| t * t).sum();
    // Constant numbers differ from their mean only by rounding.
    if total <= 1e-24 * size {
        return Ok(None);
    }
    Ok(Some(1.0 - squared_difference(estimated, truth) / total))
}

fn check_pair(estimated: &[f64], truth: &[f64]) -> Result<()> {
    if truth.is_empty() {
        return Err(Error::Empty {
            what: "true values",
        });
    }
    same_length("estimated values", estimated.len(), truth.len())?;
    check_values("estimated value", estimated)?;
    check_values("true value", truth)
}

fn squared_difference(estimated: &[f64], truth: &[f64]) -> f64 {
    let pairs = estimated.iter().zip(truth);
    pairs.map(|(e, t)| (e - t).powi(2)).sum()
}

/// Errors of a list of estimates: the distribution of [`delta`], and one score per label.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// Number of estimates.
    pub count: usize,
    /// Number of estimates that are inside the known points ([`Estimate::is_inside`]). All other
    /// estimates are fallbacks.
    pub inside: usize,
    /// One [`delta`] per estimate, in descending order.
    pub delta_sorted: Vec<f64>,
    /// Median of the deltas. For an even number of estimates, this is the mean of the two middle
    /// deltas.
    pub delta_median: f64,
    /// Largest delta.
    pub delta_worst: f64,
    /// One score per label column, in the order of the columns.
    pub per_label: Vec<LabelScore>,
}

/// Errors of the estimates of one label.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LabelScore {
    /// Name of the label column.
    pub name: String,
    /// Result of [`mean_absolute_error`], in the unit of the label.
    pub mean_absolute_error: f64,
    /// Result of [`r_squared`].
    pub r_squared: Option<f64>,
}

impl Summary {
    /// Compares estimates with the true labels of the same samples.
    ///
    /// The scores include fallbacks; see [`Estimate::is_inside`]. To exclude fallbacks, pass only
    /// the other estimates. Select the true labels of the same samples with [`Labels::select`].
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no estimates.
    /// - [`Error::Length`] if there is not exactly one row of true labels per estimate, or if there
    ///   is not exactly one label column per estimated value.
    /// - [`Error::Value`] for a number that is not finite or has an absolute value above 1e100.
    pub fn new(estimates: &[Estimate], truth: &Labels) -> Result<Self> {
        if estimates.is_empty() {
            return Err(Error::Empty { what: "estimates" });
        }
        same_length("rows of true labels", truth.len(), estimates.len())?;
        let pairs = estimates.iter().zip(truth.rows());
        let deltas: Result<Vec<f64>> = pairs.map(|(e, row)| delta(&e.values, row)).collect();
        let mut delta_sorted = deltas?;
        delta_sorted.sort_by(|a, b| b.total_cmp(a));
        let columns = truth.columns().iter().enumerate();
        let per_label: Result<_> = columns
            .map(|(c, name)| label_score(name, c, estimates, truth))
            .collect();
        Ok(Self {
            count: estimates.len(),
            inside: estimates.iter().filter(|e| e.is_inside()).count(),
            delta_median: median(&delta_sorted),
            delta_worst: delta_sorted[0],
            delta_sorted,
            per_label: per_label?,
        })
    }
}

fn label_score(name: &str, c: usize, estimates: &[Estimate], truth: &Labels) -> Result<LabelScore> {
    let estimated: Vec<f64> = estimates.iter().map(|e| e.values[c]).collect();
    let truth: Vec<f64> = truth.rows().map(|row| row[c]).collect();
    Ok(LabelScore {
        name: name.to_owned(),
        mean_absolute_error: mean_absolute_error(&estimated, &truth)?,
        r_squared: r_squared(&estimated, &truth)?,
    })
}

/// Median of a sorted list that is not empty.
fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Basis;

    fn estimate(values: [f64; 2], inside: bool) -> Estimate {
        let points = vec![0];
        let basis = if inside {
            Basis::Coincident { points }
        } else {
            Basis::Nearest {
                reason: crate::FallbackReason::OutsideHull,
                from: points.clone(),
                to: points,
                t: 0.0,
                distance: 1.0,
            }
        };
        Estimate {
            values: values.to_vec(),
            basis,
        }
    }

    fn truth(values: &[f64]) -> Labels {
        Labels::new(vec!["a".to_owned(), "b".to_owned()], values.to_vec()).unwrap()
    }

    #[test]
    fn scores_are_their_formulas() {
        assert_eq!(delta(&[1.0, 5.0], &[2.0, 3.0]), Ok(5.0));
        assert_eq!(mean_absolute_error(&[1.0, 5.0], &[2.0, 3.0]), Ok(1.5));
        assert_eq!(r_squared(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), Ok(Some(1.0)));
        assert_eq!(r_squared(&[2.0; 3], &[1.0, 2.0, 3.0]), Ok(Some(0.0)));
        assert_eq!(
            r_squared(&[3.0, 2.0, 1.0], &[1.0, 2.0, 3.0]),
            Ok(Some(-3.0))
        );
        assert_eq!(r_squared(&[1.0, 2.0, 3.0], &[0.1; 3]), Ok(None));
        assert_eq!(r_squared(&[1.0], &[0.0]), Ok(None));
        for n in 1..50 {
            let constant = vec![1e15 / 3.0; n];
            assert_eq!(r_squared(&vec![1.0; n], &constant), Ok(None), "{n}");
        }
    }

    #[test]
    fn a_summary_sorts_and_counts() {
        let estimates = [
            estimate([1.0, 0.0], true),
            estimate([2.0, 2.0], false),
            estimate([0.0, 1.0], true),
        ];
        let truth = truth(&[1.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        let summary = Summary::new(&estimates, &truth).unwrap();
        assert_eq!((summary.count, summary.inside), (3, 2));
        assert_eq!(summary.delta_sorted, [4.0, 1.0, 0.0]);
        assert_eq!((summary.delta_worst, summary.delta_median), (4.0, 1.0));
        assert_eq!(summary.per_label[1].name, "b");
        assert!((summary.per_label[1].mean_absolute_error - 1.0 / 3.0).abs() < 1e-15);
        let even = Summary::new(&estimates[..2], &truth.select(&[0, 1])).unwrap();
        assert_eq!(even.delta_median, 2.0);
    }

    #[test]
    fn refuses_what_cannot_be_scored() {
        assert!(matches!(delta(&[], &[]), Err(Error::Empty { .. })));
        assert!(matches!(
            delta(&[1.0], &[1.0, 2.0]),
            Err(Error::Length { .. })
        ));
        let nan = [f64::NAN];
        assert!(matches!(r_squared(&nan, &[1.0]), Err(Error::Value { .. })));
        assert!(matches!(
            mean_absolute_error(&[1.0], &nan),
            Err(Error::Value { .. })
        ));
        let one = [estimate([1.0, 0.0], true)];
        assert!(matches!(
            Summary::new(&[], &truth(&[])),
            Err(Error::Empty { .. })
        ));
        assert!(matches!(
            Summary::new(&one, &truth(&[])),
            Err(Error::Length { .. })
        ));
        let narrow = Labels::new(vec!["a".to_owned()], vec![1.0]).unwrap();
        assert!(matches!(
            Summary::new(&one, &narrow),
            Err(Error::Length { .. })
        ));
    }
}
