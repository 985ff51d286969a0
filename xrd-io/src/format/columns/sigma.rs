//! Whether an unnamed column may hold standard deviations.

/// Finite, nowhere negative, not all zero.
pub(super) fn is_sigma(values: &[f64]) -> bool {
    values.iter().all(|v| v.is_finite() && *v >= 0.0) && values.iter().any(|v| *v > 0.0)
}

/// Whether the typical value is at most ten times the noise that neighbouring intensities show:
/// a background is far above it.
pub(super) fn is_like_noise(intensities: &[f64], sigma: &[f64]) -> bool {
    let steps = intensities.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let noise = median(steps.collect()) / (2f64.sqrt() * 0.6745);
    median(sigma.to_vec()) <= 10.0 * noise
}

/// Whether a column has no more than some values where the intensities have many, as factors of an
/// attenuator do.
pub(super) fn has_few_values(column: &[f64], intensities: &[f64]) -> bool {
    const FEW: usize = 4;
    const MANY: usize = 20;
    let values = |list: &[f64], most: usize| {
        let mut known: Vec<f64> = Vec::new();
        for value in list {
            if known.len() < most && !known.contains(value) {
                known.push(*value);
            }
        }
        known.len()
    };
    values(column, FEW + 1) <= FEW && values(intensities, MANY) >= MANY
}

/// The middle value; 0 of none. O(n).
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
