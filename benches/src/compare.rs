use std::time::Duration;

use criterion::Criterion;

/// Few samples and short measurements, because the ratios of hot paths need no high precision.
pub fn criterion() -> Criterion {
    Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

/// Compares a result with its reference and prints the error: the largest difference divided by the
/// largest value of the reference.
///
/// # Panics
/// If they differ in length, or by more than `limit`.
pub fn agree(
    what: &str,
    found: impl IntoIterator<Item = f64>,
    expected: impl IntoIterator<Item = f64>,
    limit: f64,
) {
    let (found, expected) = (Vec::from_iter(found), Vec::from_iter(expected));
    assert_eq!(found.len(), expected.len(), "{what}: number of answers");
    let size = expected.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let differences = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
    let worst = differences.fold(
        0.0,
        |most: f64, d| if d > most || d.is_nan() { d } else { most },
    );
    let error = if worst == 0.0 { 0.0 } else { worst / size };
    println!("{what}: error {error:.1e} (limit {limit:.0e})");
    assert!(error <= limit, "{what}: error {error:e} is over {limit:e}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agrees_passes() {
        agree("equal", [0.0, 2.0], [0.0, 2.0], 0.0);
        agree("near", [1.0, 2.0], [1.0, 2.1], 0.05);
        agree("nothing", [0.0], [0.0], 0.0);
    }

    #[test]
    #[should_panic = "far: error"]
    fn what_is_far_does_not() {
        agree("far", [1.0, 2.0], [1.0, 2.2], 0.05);
    }

    #[test]
    #[should_panic = "nan: error"]
    fn nan_does_not() {
        agree("nan", [f64::NAN, 2.0], [1.0, 2.0], 0.05);
    }

    #[test]
    #[should_panic = "number of answers"]
    fn a_missing_answer_does_not() {
        agree("short", [1.0], [1.0, 2.0], 0.05);
    }
}
