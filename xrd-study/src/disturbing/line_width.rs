use xrd_ae::PatternSource;

use crate::error::Result;

/// Largest number of patterns in which a line is measured.
const MEASURED: usize = 100;

/// Returns the full width at half maximum in degrees of a typical line of the patterns.
///
/// The width is the median width of the highest lines of up to 100 patterns, evenly chosen. Heights
/// are measured from the median intensity of the pattern. The width is at least the step of the
/// grid.
///
/// Cost: O(points) per measured pattern.
///
/// # Errors
/// Any error of [`PatternSource::read`].
pub fn line_width_deg(patterns: &dyn PatternSource) -> Result<f64> {
    let grid = *patterns.grid();
    let mut pattern = vec![0.0; grid.len()];
    let every = patterns.len().div_ceil(MEASURED).max(1);
    let mut widths = Vec::new();
    for index in (0..patterns.len()).step_by(every) {
        patterns.read(index, &mut pattern)?;
        widths.extend(highest_line(&pattern));
    }
    widths.sort_by(f64::total_cmp);
    let points = widths.get(widths.len() / 2).copied().unwrap_or(1.0);
    // Wider than 10° is no line.
    Ok((points.max(1.0) * grid.step()).min(10.0))
}

/// Width of the highest line at half its height over the median, in points. `None` for a pattern
/// without a line.
fn highest_line(pattern: &[f32]) -> Option<f64> {
    let top = (0..pattern.len()).max_by(|&i, &j| pattern[i].total_cmp(&pattern[j]))?;
    let mut sorted = pattern.to_vec();
    let (_, median, _) = sorted.select_nth_unstable_by(pattern.len() / 2, f32::total_cmp);
    let half = (pattern[top] + *median) / 2.0;
    if pattern[top] <= *median {
        return None;
    }
    // Distance from the top to the half height, interpolated between points.
    let side = |along: &mut dyn Iterator<Item = f32>| {
        let mut before = pattern[top];
        for (i, y) in along.enumerate() {
            if y < half {
                return Some(i as f64 + f64::from((before - half) / (before - y)));
            }
            before = y;
        }
        None
    };
    let right = side(&mut pattern[top + 1..].iter().copied());
    let left = side(&mut pattern[..top].iter().rev().copied());
    match (left, right) {
        (Some(left), Some(right)) => Some(left + right),
        (side, None) | (None, side) => side.map(|s| 2.0 * s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{PatternSet, Scale, TwoThetaGrid};

    #[test]
    fn the_width_of_gaussian_lines_on_a_background_is_found() {
        let grid = TwoThetaGrid::new(20.0, 0.02, 2000).unwrap();
        let line = |a: f64, centre: f64, fwhm: f64| {
            (-4.0 * std::f64::consts::LN_2 * ((a - centre) / fwhm).powi(2)).exp()
        };
        let row = |centre: f64, fwhm: f64| {
            let at = move |a| (0.3 + line(a, centre, fwhm) + 0.5 * line(a, 50.0, 1.0)) as f32;
            grid.angles().map(at).collect::<Vec<f32>>()
        };
        // The last line is cut off by the end of the grid, and one pattern has no line.
        let mut block = [
            row(30.0, 0.1),
            row(35.0, 0.2),
            row(40.0, 0.3),
            row(20.0, 0.2),
        ]
        .concat();
        block.extend(vec![1.0; 2000]);
        let names = (0..5).map(|i| i.to_string()).collect();
        let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap();
        let width = line_width_deg(&set).unwrap();
        assert!((width - 0.2).abs() < 0.005, "{width}");
        let flat = set.select(&[4]).unwrap();
        assert_eq!(line_width_deg(&flat).unwrap(), 0.02);
    }
}
