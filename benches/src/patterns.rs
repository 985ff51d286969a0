use xrd_core::{PatternSet, Scale, TwoThetaGrid};

use crate::made_up::{RANGE_DEG, made_up_block};

/// Number of points of the grid of Utimula et al. (2022).
pub const PAPER_POINTS: usize = 11_900;

/// The grid of Utimula et al. (2022): 11,900 points from 1° by 0.01°.
///
/// # Panics
/// Never: the values are valid.
pub fn paper_grid() -> TwoThetaGrid {
    grid(PAPER_POINTS)
}

fn grid(points: usize) -> TwoThetaGrid {
    TwoThetaGrid::new(1.0, RANGE_DEG / points as f64, points).expect("a grid has points")
}

/// `count` patterns by [`made_up_block`] on [`paper_grid`].
///
/// # Panics
/// Never: the formula is finite and the names are unique.
pub fn made_up_patterns(count: usize) -> PatternSet {
    made_up_patterns_of(PAPER_POINTS, count)
}

/// `count` patterns of `points` points by [`made_up_block`].
///
/// # Panics
/// If `points` is 0.
pub fn made_up_patterns_of(points: usize, count: usize) -> PatternSet {
    let names = (0..count).map(|i| format!("pattern {i}")).collect();
    let block = made_up_block(points, count);
    PatternSet::new(grid(points), Scale::ARBITRARY, None, names, block)
        .expect("whole rows of finite intensities, and names by number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_differ_and_lines_are_where_they_are_said_to_be() {
        let set = made_up_patterns(16);
        let at = |i: usize, angle: f64| set.intensities(i)[paper_grid().window(angle, 0.01).start];
        assert!((at(0, 6.0) - 1.0).abs() < 2e-3);
        assert!((f64::from(at(0, 31.0)) - (-10.0f64 / 12.0).exp()).abs() < 2e-3);
        assert!(set.block().iter().all(|&v| v > 1e-6));
        assert!(at(14, 31.0) < 0.9 * at(0, 31.0), "u moves lines");
        assert!(at(15, 8.5) > at(0, 8.5), "v raises lines");
    }

    #[test]
    fn patterns_repeat_behind_the_last_that_differs() {
        let set = made_up_patterns_of(100, 271);
        assert_eq!(set.len(), 271);
        assert_ne!(set.intensities(134), set.intensities(0));
        assert_eq!(set.intensities(135), set.intensities(0));
        assert_eq!(set.intensities(270), set.intensities(0));
    }
}
