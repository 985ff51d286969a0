use xrd_core::{PatternSet, Scale, TwoThetaGrid};

/// The grid of Utimula et al. (2022): 11,900 points from 1° by 0.01°.
///
/// # Panics
/// Never: the numbers are those of a grid.
pub fn paper_grid() -> TwoThetaGrid {
    TwoThetaGrid::new(1.0, 0.01, 11_900).expect("the paper's numbers are those of a grid")
}

/// Lines of a made-up pattern.
const LINES: u32 = 40;

/// `count` patterns of forty Lorentzian lines on [`paper_grid`], by a formula that
/// `peers/pytorch_epoch.py` follows too.
///
/// Pattern i has u = (i mod 15)/14 and v = ⌊i/15⌋/8. Line j lies at 6 + 2.5·j·(1 + 0.004·u)
/// degrees, is exp(−j/12)·(1 + 0.3·v·sin j) high and 0.1° wide at half its height. As in patterns
/// of crystals no intensity is exactly 0, so that no work can be left out.
///
/// # Panics
/// Never: the formula is finite and the names are unique.
pub fn made_up_patterns(count: usize) -> PatternSet {
    let grid = paper_grid();
    let names = (0..count).map(|i| format!("pattern {i}")).collect();
    let block = (0..count).flat_map(|i| made_up_pattern(&grid, i)).collect();
    PatternSet::new(grid, Scale::ARBITRARY, None, names, block)
        .expect("whole rows of finite intensities, and names by number")
}

fn made_up_pattern(grid: &TwoThetaGrid, i: usize) -> Vec<f32> {
    let (u, v) = ((i % 15) as f64 / 14.0, (i / 15) as f64 / 8.0);
    let mut sums = vec![0.0; grid.len()];
    for j in (0..LINES).map(f64::from) {
        let centre = 6.0 + 2.5 * j * (1.0 + 0.004 * u);
        let height = (-j / 12.0).exp() * (1.0 + 0.3 * v * j.sin());
        for (sum, angle) in sums.iter_mut().zip(grid.angles()) {
            let offset = (angle - centre) / 0.05;
            *sum += height / (1.0 + offset * offset);
        }
    }
    sums.into_iter().map(|sum| sum as f32).collect()
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
}
