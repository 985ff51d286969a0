//! Windows of lines, and similarities of masked patterns.

use xrd_identify::{Prepared, Search};

use crate::made_up::{entry, library, prepared};

#[test]
fn masked_points_are_background_and_the_others_stay() {
    let pattern = prepared(&[(&entry(25).lines, 0.0, 0.0, 1.0)]);
    let masked = pattern.masked(700..900);
    for (i, (before, after)) in pattern.values().iter().zip(masked.values()).enumerate() {
        let expected = if (700..900).contains(&i) {
            0.0
        } else {
            *before
        };
        assert_eq!(*after, expected, "{i}");
    }
    assert_eq!(masked.measured(), pattern.measured());
    assert_eq!(pattern.masked(40..40), pattern);
    assert_eq!(pattern.masked(2200..2300), pattern);
}

#[test]
fn windows_are_apart_and_each_has_its_peak() {
    let library = library(60);
    for seed in [3, 25, 29, 58] {
        let pattern = prepared(&[(&entry(seed).lines, 0.02, 0.001, 1.0)]);
        let found = library.identify(&pattern, &Search::default());
        let windows = found.windows();
        assert!(!windows.is_empty() && windows.len() <= found.peaks.len());
        assert!(
            windows
                .windows(2)
                .all(|w| w[0].points.end <= w[1].points.start)
        );
        for window in &windows {
            let place = ((window.peak.two_theta_deg - 5.0) / 0.04).round() as usize;
            assert!(window.points.contains(&place), "{window:?}");
            assert!(window.points.end <= Prepared::POINTS);
        }
        // Every peak is in a window.
        for peak in &found.peaks {
            let place = ((peak.two_theta_deg - 5.0) / 0.04).round() as usize;
            assert!(
                windows.iter().any(|w| w.points.contains(&place)),
                "{peak:?}"
            );
        }
    }
}

#[test]
fn an_empty_window_changes_nothing_and_a_line_of_a_match_lowers_its_similarity() {
    let library = library(200);
    let pattern = prepared(&[(&entry(25).lines, 0.02, 0.001, 1.0)]);
    let found = library.identify(&pattern, &Search::default());
    let mut windows = vec![std::ops::Range::default()];
    windows.extend(found.windows().into_iter().map(|w| w.points));
    let all = library.neighbours_masked(&pattern, &found, &windows);
    assert_eq!(all.len(), windows.len());
    assert_eq!(all[0], found.neighbours());
    assert_eq!(all[0][0].index, 25);
    for masked in &all[1..] {
        assert!(masked[0].similarity < all[0][0].similarity);
        assert!(masked.iter().zip(&all[0]).all(|(a, b)| a.index == b.index));
    }
}
