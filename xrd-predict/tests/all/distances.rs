//! Laws of distances, and naive twins.

use proptest::prelude::*;
use xrd_predict::distance::*;

fn pattern() -> impl Strategy<Value = Vec<f32>> {
    proptest::collection::vec(0.0f32..100.0, 2..24)
}

/// Dynamic time warping by its definition: the best of all paths, without a table.
fn warped(s: &[f32], t: &[f32]) -> f64 {
    let (a, b) = (s[s.len() - 1], t[t.len() - 1]);
    let here = f64::from((a - b).abs());
    let (less_s, less_t) = (&s[..s.len() - 1], &t[..t.len() - 1]);
    let before = match (less_s.is_empty(), less_t.is_empty()) {
        (true, true) => 0.0,
        (true, false) => warped(s, less_t),
        (false, true) => warped(less_s, t),
        (false, false) => warped(less_s, t)
            .min(warped(s, less_t))
            .min(warped(less_s, less_t)),
    };
    here + before
}

#[test]
fn values_by_hand() {
    let (s, t) = ([0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(mean_square(&s, &t), 0.5);
    assert!((mean_square_log(&s, &t) - 0.5 * 2f64.ln().powi(2)).abs() < 1e-12);
    assert_eq!(cosine(&s, &t), 1.0);
    assert!((pearson(&s, &t) - 4.0 / 3.0).abs() < 1e-12);
    assert!((jensen_shannon(&s, &t) - 2f64.ln().sqrt()).abs() < 1e-12);
    assert_eq!(dynamic_time_warping(&s, &t), 0.0);
    let nothing = [0.0f32; 4];
    assert_eq!((cosine(&s, &nothing), pearson(&s, &nothing)), (1.0, 1.0));
    assert_eq!(jensen_shannon(&nothing, &nothing), 0.0);
    assert!((jensen_shannon(&s, &nothing) - 2f64.ln().sqrt()).abs() < 1e-12);
    assert_eq!(dynamic_time_warping(&[], &s), 0.0);
}

proptest! {
    #[test]
    fn distances_are_symmetric_and_vanish_between_equals(s in pattern(), t in pattern()) {
        let n = s.len().min(t.len());
        let (s, t) = (&s[..n], &t[..n]);
        for distance in [mean_square, mean_square_log, cosine, pearson, jensen_shannon, dynamic_time_warping] {
            prop_assert!((distance(s, t) - distance(t, s)).abs() < 1e-9);
            prop_assert!(distance(s, t) > -1e-12);
            let is_constant = s.windows(2).all(|w| w[0] == w[1]);
            prop_assert!(is_constant || distance(s, s).abs() < 1e-6);
        }
        prop_assert!(jensen_shannon(s, t) <= 2f64.ln().sqrt() + 1e-9);
        prop_assert!(dynamic_time_warping(s, t) <= n as f64 * 100.0);
    }

    #[test]
    fn scale_does_not_matter_to_correlations(s in pattern(), factor in 0.1f32..10.0) {
        let t: Vec<f32> = s.iter().rev().copied().collect();
        let scaled: Vec<f32> = t.iter().map(|y| factor * y).collect();
        for distance in [cosine, pearson, jensen_shannon] {
            prop_assert!((distance(&s, &t) - distance(&s, &scaled)).abs() < 1e-4);
        }
    }

    #[test]
    fn warping_is_the_best_of_all_paths(
        s in proptest::collection::vec(0.0f32..9.0, 1..7),
        t in proptest::collection::vec(0.0f32..9.0, 1..7),
    ) {
        prop_assert!((dynamic_time_warping(&s, &t) - warped(&s, &t)).abs() < 1e-9);
    }
}
