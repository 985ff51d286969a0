//! Thinning of long curves to short paths.

use super::svg::{hundredths, hundredths_text};

/// Width of the columns for thinning a curve, in points (about 1/290 inch).
const COLUMN: f64 = 0.25;

/// Thins a curve to the first, lowest, highest and last point of each column of the page.
///
/// `points` are page coordinates with ascending x; their order is kept. At the resolution of the columns
/// the result looks like the whole curve. O(n).
///
/// # References
/// Jugel, Jerzak, Hackenbroich, Markl (2014), "M4: a visualization-oriented time series data
/// aggregation".
pub(crate) fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let column = |p: &(f64, f64)| (p.0 / COLUMN).floor();
    points
        .chunk_by(|a, b| column(a) == column(b))
        .flat_map(extremes)
        .collect()
}

fn extremes(column: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let by_y = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
    let least = (0..column.len()).min_by(by_y).unwrap_or(0);
    let greatest = (0..column.len()).max_by(by_y).unwrap_or(0);
    let mut keep = vec![0, least, greatest, column.len() - 1];
    keep.sort_unstable();
    keep.dedup();
    keep.into_iter().map(|i| column[i]).collect()
}

/// Returns the thinned curve through `points` as path data, with a gap at points that are not finite.
pub(crate) fn path(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let points: Vec<_> = points.into_iter().collect();
    points
        .split(|p| !(p.0.is_finite() && p.1.is_finite()))
        .map(|run| unthinned_path(&thinned(run)))
        .collect()
}

/// Returns the line through all `points`, which are finite, as path data.
pub(crate) fn unthinned_path(points: &[(f64, f64)]) -> String {
    let rounded: Vec<_> = points
        .iter()
        .map(|p| (hundredths(p.0), hundredths(p.1)))
        .collect();
    let mut data = String::new();
    let mut at = (0, 0);
    for (k, &(x, y)) in rounded.iter().enumerate() {
        if k == 0 {
            data = format!("M{}{}l", hundredths_text(x), separated(y));
        } else if !is_on_level(&rounded, k) {
            // Differences of rounded positions do not accumulate rounding errors.
            let dx = if k == 1 {
                hundredths_text(x - at.0)
            } else {
                separated(x - at.0)
            };
            data += &dx;
            data += &separated(y - at.1);
        } else {
            continue;
        }
        at = (x, y);
    }
    // A single point becomes a line of zero length.
    if rounded.len() == 1 {
        data += "0 0";
    }
    data
}

/// Returns whether point `k` lies between two points of the same height, so that it can be omitted.
fn is_on_level(points: &[(i64, i64)], k: usize) -> bool {
    k > 1
        && k + 1 < points.len()
        && points[k - 1].1 == points[k].1
        && points[k + 1].1 == points[k].1
}

/// Returns a number of hundredths, with a space before it unless it has a sign.
fn separated(value: i64) -> String {
    let text = hundredths_text(value);
    if text.starts_with('-') {
        return text;
    }
    format!(" {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::Lcg;

    fn noisy(n: usize, seed: u64) -> Vec<(f64, f64)> {
        let mut random = Lcg::new(seed);
        let place = |k: usize| 30.0 + 200.0 * k as f64 / n as f64;
        (0..n)
            .map(|k| (place(k), random.between(-50.0, 50.0)))
            .collect()
    }

    /// Parses the corners of a path as a viewer does.
    fn corners(data: &str) -> Vec<(f64, f64)> {
        let spaced = data.replace('-', " -").replace(['M', 'l'], " ");
        let numbers: Vec<f64> = spaced
            .split_whitespace()
            .map(|t| t.parse().unwrap())
            .collect();
        let mut at = (0.0, 0.0);
        let steps = numbers.chunks_exact(2);
        steps
            .map(|s| {
                at = (at.0 + s[0], at.1 + s[1]);
                at
            })
            .collect()
    }

    #[test]
    fn thinning_keeps_both_extremes_of_every_column() {
        let points = noisy(20_000, 4);
        let thin = thinned(&points);
        assert!(thin.len() <= 4 * 801 && thin.len() < points.len());
        let columns = |p: &[(f64, f64)]| {
            let mut found = std::collections::BTreeMap::new();
            for &(x, y) in p {
                let e = found.entry((x / COLUMN).floor() as i64).or_insert((y, y));
                *e = (e.0.min(y), e.1.max(y));
            }
            found
        };
        assert_eq!(columns(&points), columns(&thin));
        assert!(thin.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(thin.iter().all(|p| points.contains(p)));
    }

    #[test]
    fn sparse_curves_are_not_thinned() {
        let points = noisy(300, 5);
        assert_eq!(thinned(&points), points);
    }

    #[test]
    fn a_path_meets_every_point_to_two_decimals() {
        let points = noisy(300, 6);
        let read = corners(&path(points.clone()));
        assert_eq!(read.len(), points.len());
        for (a, b) in read.iter().zip(&points) {
            assert!((a.0 - b.0).abs() < 0.00501 && (a.1 - b.1).abs() < 0.00501);
        }
    }

    #[test]
    fn a_level_stretch_keeps_only_its_ends() {
        let points = [
            (0.0, 1.0),
            (1.0, 1.0),
            (2.0, 1.0),
            (3.0, 1.0),
            (4.0, 5.0),
            (5.0, 1.0),
        ];
        let read = corners(&path(points));
        assert_eq!(read.first(), Some(&(0.0, 1.0)));
        assert!(read.contains(&(3.0, 1.0)) && read.contains(&(4.0, 5.0)));
        assert!(read.len() < points.len());
    }

    #[test]
    fn gaps_and_single_points() {
        assert_eq!(path([]), "");
        assert_eq!(path([(1.0, 2.0)]), "M1 2l0 0");
        let gap = path([
            (0.0, 0.0),
            (1.0, 1.0),
            (2.0, f64::NAN),
            (3.0, 0.0),
            (4.0, 1.0),
        ]);
        assert_eq!(gap.matches('M').count(), 2);
    }
}
