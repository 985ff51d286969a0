//! Peaks are found, merged and paired as defined.

use proptest::prelude::*;
use xrd_predict::peaks::*;
use xrd_predict::xrd_core::TwoThetaGrid;

fn at(places: &[f64]) -> Vec<Peak> {
    let mut places = places.to_vec();
    places.sort_by(f64::total_cmp);
    let peak = |two_theta_deg| Peak {
        two_theta_deg,
        height: 1.0,
    };
    places.into_iter().map(peak).collect()
}

/// The largest number of pairs, by trying all.
fn most_pairs(truth: &[Peak], predicted: &[Peak], distance: f64) -> usize {
    let Some((first, rest)) = truth.split_first() else {
        return 0;
    };
    let mut best = most_pairs(rest, predicted, distance);
    for (j, peak) in predicted.iter().enumerate() {
        if (peak.two_theta_deg - first.two_theta_deg).abs() <= distance {
            let mut others = predicted.to_vec();
            others.remove(j);
            best = best.max(1 + most_pairs(rest, &others, distance));
        }
    }
    best
}

#[test]
fn peaks_are_the_maxima_above_a_share_of_the_highest() {
    let grid = TwoThetaGrid::new(10.0, 1.0, 9).unwrap();
    let found = peaks(
        &grid,
        &[5.0, 1.0, 100.0, 2.0, 9.0, 0.0, 20.0, 20.0, 0.0],
        LEAST_HEIGHT,
    );
    let places: Vec<(f64, f64)> = found.iter().map(|p| (p.two_theta_deg, p.height)).collect();
    assert_eq!(places, [(12.0, 100.0), (16.5, 20.0)]);
    assert!(peaks(&grid, &[0.0; 9], LEAST_HEIGHT).is_empty());
    assert_eq!(
        sticks(&grid, &found),
        [0.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 20.0, 0.0]
    );
}

#[test]
fn near_peaks_are_merged_to_their_middle() {
    let found = merged(&at(&[10.0, 11.0, 11.9, 13.0, 20.0]), 2.0);
    let places: Vec<f64> = found.iter().map(|p| p.two_theta_deg).collect();
    assert_eq!(places, [10.95, 13.0, 20.0]);
    assert!(merged(&[], 2.0).is_empty());
}

#[test]
fn a_dense_prediction_matches_everything_and_its_reverse_says_so() {
    let truth = at(&[20.0, 40.0, 60.0]);
    let comb = at(&(0..180).map(f64::from).collect::<Vec<_>>());
    assert_eq!(peak_match(&truth, &comb, 2.0), 1.0);
    assert!(peak_match(&comb, &truth, 2.0) < 0.1);
    assert!(peak_score(&truth, &comb, 2.0).precision < 0.02);
    let high = Peak {
        two_theta_deg: 21.0,
        height: 3.0,
    };
    let near = [at(&[20.0]), vec![high]].concat();
    assert_eq!(aligned(&truth, &near, 2.0), [Some(high), None, None]);
}

proptest! {
    #[test]
    fn pairs_are_as_many_as_possible(
        truth in proptest::collection::vec(0.0f64..10.0, 0..6),
        predicted in proptest::collection::vec(0.0f64..10.0, 0..6),
        distance in 0.1f64..3.0,
    ) {
        let (truth, predicted) = (at(&truth), at(&predicted));
        let score = peak_score(&truth, &predicted, distance);
        let pairs = most_pairs(&truth, &predicted, distance);
        if !truth.is_empty() {
            prop_assert!((score.recall * truth.len() as f64 - pairs as f64).abs() < 1e-9);
        }
        let reverse = peak_score(&predicted, &truth, distance);
        prop_assert_eq!((score.f1, score.precision), (reverse.f1, reverse.recall));
        prop_assert!(peak_match(&truth, &predicted, distance) >= score.recall - 1e-12);
    }

    #[test]
    fn random_peaks_are_in_their_range(count in 0usize..50, seed in 0u64..9) {
        let peaks = random_peaks(count, 5.0, 90.0, seed);
        prop_assert_eq!(peaks.len(), count);
        prop_assert!(peaks.windows(2).all(|w| w[0].two_theta_deg <= w[1].two_theta_deg));
        prop_assert!(peaks.iter().all(|p| (5.0..90.0).contains(&p.two_theta_deg)));
        prop_assert_eq!(peaks, random_peaks(count, 5.0, 90.0, seed));
    }
}
