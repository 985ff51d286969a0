use xrd_core::{PatternSet, Scale, TwoThetaGrid};

/// The grid of Utimula et al. (2022): 11,900 points from 1° by 0.01°.
///
/// # Panics
/// Never: the numbers are those of a grid.
pub fn paper_grid() -> TwoThetaGrid {
    TwoThetaGrid::new(1.0, 0.01, 11_900).expect("the paper's numbers are those of a grid")
}

/// Lines of a made-up pattern.
const LINES: usize = 40;

/// `count` patterns of forty Gaussian lines on [`paper_grid`], by a formula that
/// `peers/pytorch_epoch.py` follows too.
///
/// Pattern i has u = (i mod 15)/14 and v = ⌊i/15⌋/8. Line j lies at 6 + 2.5·j·(1 + 0.004·u)
/// degrees, is exp(−j/12)·(1 + 0.3·v·sin j) high and falls as exp(−(offset/0.1°)²) up to 1°.
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
    let mut intensities = vec![0.0; grid.len()];
    for j in (0..LINES).map(|j| j as f64) {
        let centre = 6.0 + 2.5 * j * (1.0 + 0.004 * u);
        let height = (-j / 12.0).exp() * (1.0 + 0.3 * v * j.sin());
        for k in grid.window(centre - 1.0, 2.0) {
            let offset = (grid.angle(k) - centre) / 0.1;
            intensities[k] += (height * (-offset * offset).exp()) as f32;
        }
    }
    intensities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_differ_and_lines_are_where_they_are_said_to_be() {
        let set = made_up_patterns(16);
        let at = |i: usize, angle: f64| set.intensities(i)[paper_grid().window(angle, 0.01).start];
        assert!((at(0, 6.0) - 1.0).abs() < 1e-6);
        assert!((f64::from(at(0, 31.0)) - (-10.0f64 / 12.0).exp()).abs() < 1e-6);
        assert!(at(14, 31.0) < 0.9 * at(0, 31.0), "u moves lines");
        assert!(at(15, 8.5) > at(0, 8.5), "v raises lines");
    }
}
