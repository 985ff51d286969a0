//! Rebinning of counts.

use crate::error::{Error, Result};

/// Intensities in bins of equal width.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rebinned {
    /// The bin centres, which are multiples of the bin width.
    pub axis: Vec<f64>,
    /// The intensities.
    pub intensities: Vec<f64>,
    /// The standard deviations, if those of the input are given.
    pub sigma: Option<Vec<f64>>,
}

/// Rule by which the points in a bin are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The sum of the points, for counts.
    Sum,
    /// The mean of the points, for rates and all other quantities that are not counts.
    Mean,
}

/// Combines the points of a scan in bins of equal width. The centres of the bins are multiples of
/// the bin width. Scans with different first points or steps then have common angles.
///
/// Each point of the scan represents the interval that extends halfway to its neighbours. If an
/// interval overlaps two bins, the intensity is divided between them in proportion to the overlap.
/// The variances are divided in the same proportion, as for independent counts. Incomplete bins at
/// the ends are dropped.
///
/// In the complete bins, [`Combine::Sum`] preserves the sum of the intensities, and
/// [`Combine::Mean`] preserves the area under the curve. Cost: O(points before + points after).
///
/// The argument `width` is the bin width, in units of the axis. The values of the argument `axis`
/// must be increasing.
///
/// # Errors
/// [`Error::Argument`] in these cases:
///
/// - The scan has fewer than two points.
/// - The bin width is not positive and finite.
/// - There is no complete bin, or there are more than a hundred bins per point.
///
/// # Panics
/// If the slices differ in length.
pub fn rebin(
    axis: &[f64],
    intensities: &[f64],
    sigma: Option<&[f64]>,
    width: f64,
    combine: Combine,
) -> Result<Rebinned> {
    if axis.len() < 2 {
        return Err(Error::Argument {
            what: "the number of points to rebin",
            value: axis.len() as f64,
            expected: "at least 2",
        });
    }
    let edges = edges(axis);
    let bins = bins(&edges, width)?;
    let lower = |k: i64| (k as f64 - 0.5) * width;
    let mut overlaps = Overlaps {
        edges: &edges,
        next: 0,
    };
    let mut out = Rebinned {
        axis: bins.clone().map(|k| k as f64 * width).collect(),
        intensities: Vec::with_capacity(axis.len()),
        sigma: sigma.map(|_| Vec::with_capacity(axis.len())),
    };
    for k in bins {
        let parts = overlaps.with(lower(k), lower(k + 1));
        let (mut sum, mut variance) = (0.0, 0.0);
        for (i, share) in parts {
            let stands_for = match combine {
                Combine::Sum => 1.0,
                Combine::Mean => (edges[i + 1] - edges[i]) / width,
            };
            sum += share * stands_for * intensities[i];
            let spread = sigma.map_or(0.0, |s| s[i]);
            variance += share * (stands_for * spread).powi(2);
        }
        out.intensities.push(sum);
        if let Some(sigma) = &mut out.sigma {
            sigma.push(variance.sqrt());
        }
    }
    Ok(out)
}

/// The edges of the intervals that points represent. They are halfway between the points; the outer
/// edges are half a step outside.
fn edges(axis: &[f64]) -> Vec<f64> {
    let n = axis.len();
    let first = 1.5 * axis[0] - 0.5 * axis[1];
    let last = 1.5 * axis[n - 1] - 0.5 * axis[n - 2];
    let halfway = axis.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
    std::iter::once(first)
        .chain(halfway)
        .chain([last])
        .collect()
}

/// The indices of the bins inside the edges. A bin may extend beyond the edges by a millionth of
/// its width.
fn bins(edges: &[f64], width: f64) -> Result<std::ops::Range<i64>> {
    let refusal = |expected| Error::Argument {
        what: "the bin width",
        value: width,
        expected,
    };
    if !(width > 0.0 && width.is_finite()) {
        return Err(refusal("a positive number"));
    }
    let first = (edges[0] / width + 0.5 - 1e-6).ceil();
    let end = (edges[edges.len() - 1] / width + 0.5 + 1e-6).floor();
    if end <= first {
        return Err(refusal("at most the length of the scan"));
    }
    if end - first > 100.0 * edges.len() as f64 || first.abs().max(end.abs()) > 1e15 {
        return Err(refusal("at least a hundredth of a step"));
    }
    Ok(first as i64..end as i64)
}

/// Iterates over bins in increasing order.
struct Overlaps<'a> {
    edges: &'a [f64],
    next: usize,
}

impl Overlaps<'_> {
    /// The bins that overlap an interval, each with the fraction of the interval that it covers.
    fn with(&mut self, from: f64, to: f64) -> Vec<(usize, f64)> {
        let bins = self.edges.len() - 1;
        while self.next < bins && self.edges[self.next + 1] <= from {
            self.next += 1;
        }
        let share = |i: usize| {
            let (low, high) = (self.edges[i], self.edges[i + 1]);
            (high.min(to) - low.max(from)) / (high - low)
        };
        let inside = (self.next..bins).take_while(|&i| self.edges[i] < to);
        inside.map(|i| (i, share(i))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Points a few hundredths apart, with counts.
    fn scans() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
        let points = prop::collection::vec((0.01..0.05f64, 0.0..1e5f64), 2..80);
        (-10.0..100.0f64, points).prop_map(|(first, points)| {
            let along = |x: &mut f64, (step, y): (f64, f64)| {
                *x += step;
                Some((*x, y))
            };
            points.into_iter().scan(first, along).unzip()
        })
    }

    /// The integral of the histogram from its start to x.
    fn below(edges: &[f64], y: &[f64], x: f64) -> f64 {
        let part = |i: usize| ((x - edges[i]) / (edges[i + 1] - edges[i])).clamp(0.0, 1.0);
        y.iter().enumerate().map(|(i, y)| part(i) * y).sum()
    }

    proptest! {
        #[test]
        fn counts_are_conserved((axis, y) in scans(), width in 0.005..0.3f64) {
            let Ok(found) = rebin(&axis, &y, Some(&y), width, Combine::Sum) else { return Ok(()) };
            let old = edges(&axis);
            let (first, last) = (found.axis[0], found.axis[found.axis.len() - 1]);
            let inside = below(&old, &y, last + 0.5 * width) - below(&old, &y, first - 0.5 * width);
            let total: f64 = found.intensities.iter().sum();
            let scale = y.iter().sum::<f64>().max(1e-300);
            prop_assert!((total - inside).abs() <= 1e-12 * scale, "{total} {inside}");
            // Less than one bin is dropped at each end.
            prop_assert!(first - old[0] < 1.5 * width + 1e-9);
            prop_assert!(old[old.len() - 1] - last < 1.5 * width + 1e-9);
        }

        #[test]
        fn every_bin_is_a_difference_of_the_integral((axis, y) in scans(), width in 0.005..0.3f64) {
            let Ok(found) = rebin(&axis, &y, None, width, Combine::Sum) else { return Ok(()) };
            let old = edges(&axis);
            for (x, sum) in found.axis.iter().zip(&found.intensities) {
                let naive = below(&old, &y, x + 0.5 * width) - below(&old, &y, x - 0.5 * width);
                prop_assert!((sum - naive).abs() < 1e-6);
            }
        }

        #[test]
        fn the_mean_of_a_constant_is_the_constant((axis, _) in scans(), width in 0.005..0.3f64, level in 0.0..1e5f64) {
            let level = vec![level; axis.len()];
            let Ok(found) = rebin(&axis, &level, None, width, Combine::Mean) else { return Ok(()) };
            prop_assert!(found.intensities.iter().all(|y| (y - level[0]).abs() <= 1e-6 * level[0]));
        }

        #[test]
        fn the_same_bins_stay_as_they_are(k in -50i64..5000, n in 2usize..60, width in 0.005..0.1f64) {
            let axis: Vec<f64> = (k..k + n as i64).map(|i| i as f64 * width).collect();
            let y: Vec<f64> = (0..n).map(|i| (i * 7919 % 61) as f64).collect();
            let found = rebin(&axis, &y, Some(&y), width, Combine::Sum).unwrap();
            prop_assert_eq!(&found.axis, &axis);
            let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-6;
            prop_assert!(found.intensities.iter().zip(&y).all(near));
            prop_assert!(found.sigma.unwrap().iter().zip(&y).all(|(a, b)| (a - b).abs() < 1e-3));
        }

        #[test]
        fn the_variance_of_counts_stays_the_count(n in 4u32..60, width in 0.03..0.5f64) {
            let axis: Vec<f64> = (0..n).map(|i| 10.0 + 0.02 * f64::from(i)).collect();
            let y: Vec<f64> = (0..n).map(|i| f64::from(i * 7919 % 61)).collect();
            let sigma: Vec<f64> = y.iter().map(|y| y.sqrt()).collect();
            let Ok(found) = rebin(&axis, &y, Some(&sigma), width, Combine::Sum) else { return Ok(()) };
            let pairs = found.intensities.iter().zip(found.sigma.as_ref().unwrap());
            prop_assert!(pairs.clone().all(|(y, s)| (s * s - y).abs() < 1e-9 * y.max(1.0)));
        }
    }

    #[test]
    fn neighbours_add_up() {
        let axis = [0.5, 1.5, 2.5, 3.5, 4.5];
        let found = rebin(&axis, &[1.0, 2.0, 3.0, 4.0, 5.0], None, 2.0, Combine::Sum).unwrap();
        assert_eq!(
            (found.axis, found.intensities),
            (vec![2.0, 4.0], vec![5.0, 9.0])
        );
    }

    #[test]
    fn widths_of_no_use_are_refused() {
        let refused =
            |width| rebin(&[1.0, 2.0, 3.0], &[1.0; 3], None, width, Combine::Sum).is_err();
        assert!(
            [0.0, -1.0, f64::NAN, f64::INFINITY, 50.0, 1e-3, 1e-300]
                .into_iter()
                .all(refused)
        );
    }
}
