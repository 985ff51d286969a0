use crate::error::{Error, Result};
use crate::peaks::Peak;
use crate::sweep::Sweep;

/// Peak with its relevance, as computed by [`rank`](fn@crate::rank).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PeakRelevance {
    /// The peak.
    pub peak: Peak,
    /// Relevance of the peak: the largest Dev(2θ) of the windows that have at least one grid point
    /// in common with [`Peak::extent`]. The field [`Sweep::dev`] defines Dev.
    pub dev: f64,
    /// Relative relevance: `dev` divided by the largest Dev of the sweep. The value is 0 if every
    /// Dev of the sweep is 0.
    pub relative_dev: f64,
    /// Rank by the field `dev`. The peak with the largest value has rank 1. Peaks with equal
    /// values are ranked in the order of the list of peaks.
    pub relevance_rank: usize,
    /// Rank by intensity. The peak with the largest intensity has rank 1. Peaks with equal
    /// intensity are ranked in the order of the list of peaks.
    pub intensity_rank: usize,
}

impl PeakRelevance {
    /// Ratio of relative relevance to relative intensity: `relative_dev / relative_intensity`.
    ///
    /// A strong peak whose ratio is at most 0.1 can be called almost irrelevant.
    pub fn ratio(&self) -> f64 {
        self.relative_dev / self.peak.relative_intensity
    }
}

/// Computes the relevance of each peak, and ranks the peaks by relevance and by intensity. The
/// result has the same order as `peaks`.
///
/// Cost: O(peaks × windows).
///
/// # Errors
/// [`Error::Uncovered`] if a peak extends beyond the last window of the sweep. The peaks and the
/// sweep then have different grids.
pub fn rank(peaks: &[Peak], sweep: &Sweep) -> Result<Vec<PeakRelevance>> {
    let covered = sweep.windows.last().map_or(0, |window| window.end);
    if let Some(index) = peaks.iter().position(|p| p.extent.end > covered) {
        let end = peaks[index].extent.end;
        return Err(Error::Uncovered {
            index,
            end,
            covered,
        });
    }
    let devs: Vec<f64> = peaks.iter().map(|peak| largest_over(peak, sweep)).collect();
    let relevance_ranks = ranks(&devs);
    let heights: Vec<f64> = peaks.iter().map(|p| f64::from(p.intensity)).collect();
    let intensity_ranks = ranks(&heights);
    let largest = sweep.largest_dev().max(f64::MIN_POSITIVE);
    let relevance = |i: usize| PeakRelevance {
        peak: peaks[i].clone(),
        dev: devs[i],
        relative_dev: devs[i] / largest,
        relevance_rank: relevance_ranks[i],
        intensity_rank: intensity_ranks[i],
    };
    Ok((0..peaks.len()).map(relevance).collect())
}

/// Largest Dev of the windows that overlap the extent of the peak.
fn largest_over(peak: &Peak, sweep: &Sweep) -> f64 {
    let windows = sweep.windows.iter().zip(&sweep.dev);
    windows
        .filter(|(w, _)| w.start < peak.extent.end && peak.extent.start < w.end)
        .map(|(_, &dev)| dev)
        .fold(0.0, f64::max)
}

/// Rank of each value in descending order, from 1. The first of equal values ranks first.
fn ranks(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let mut ranks = vec![0; values.len()];
    for (place, i) in order.into_iter().enumerate() {
        ranks[i] = place + 1;
    }
    ranks
}

/// Returns the strong peaks with the smallest ratios of relevance to intensity, in ascending order
/// of the [`ratio`](PeakRelevance::ratio).
///
/// A peak is strong if its [relative intensity](Peak::relative_intensity) is at least
/// `min_relative_intensity`. A common choice is 0.10. Peaks with equal ratios are in the order of
/// 2θ. The argument `n` is the largest number of returned peaks.
///
/// A returned peak can still be relevant, because the function only compares the ratios. Check the
/// ratio of each peak.
///
/// # Errors
/// [`Error::Share`] for a `min_relative_intensity` outside 0 to 1.
pub fn strongest_irrelevant(
    ranked: &[PeakRelevance],
    min_relative_intensity: f64,
    n: usize,
) -> Result<Vec<PeakRelevance>> {
    check_share("least relative intensity", min_relative_intensity)?;
    let strong = |r: &&PeakRelevance| r.peak.relative_intensity >= min_relative_intensity;
    let mut strong: Vec<&PeakRelevance> = ranked.iter().filter(strong).collect();
    strong.sort_by(|a, b| {
        let by_angle = a.peak.index.cmp(&b.peak.index);
        a.ratio().total_cmp(&b.ratio()).then(by_angle)
    });
    Ok(strong.into_iter().take(n).cloned().collect())
}

/// Fails unless `value` is a fraction, 0 to 1.
pub(crate) fn check_share(what: &'static str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(Error::Share { what, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PeakOptions, find_peaks};
    use xrd_core::{Latent2, TwoThetaGrid};

    /// Peaks of 2, 10, 1, 5 at grid points 2, 5, 8, 11.
    fn peaks() -> Vec<Peak> {
        let grid = TwoThetaGrid::new(10.0, 0.1, 14).unwrap();
        let mut y = [0.0; 14];
        for (at, height) in [(2, 2.0), (5, 10.0), (8, 1.0), (11, 5.0)] {
            y[at] = height;
        }
        find_peaks(&grid, &y, &PeakOptions::default()).unwrap()
    }

    /// Windows of two points at every point, with the given Dev at some.
    fn sweep_with(devs: &[(usize, f64)]) -> Sweep {
        let mut dev = vec![0.0; 14];
        for &(at, value) in devs {
            dev[at] = value;
        }
        Sweep {
            base: Latent2::default(),
            two_theta: (0..14).map(|i| 10.0 + 0.1 * f64::from(i)).collect(),
            windows: (0..14).map(|i| i..(i + 2).min(14)).collect(),
            displacement: dev.iter().map(|&d| Latent2::new(d, 0.0)).collect(),
            dev,
        }
    }

    #[test]
    fn a_peak_has_the_largest_dev_that_touches_it() {
        // The window from 1 covers point 2; the window from 3 does not.
        let sweep = sweep_with(&[(1, 0.3), (2, 0.2), (3, 0.9), (5, 0.6), (11, 0.1)]);
        let ranked = rank(&peaks(), &sweep).unwrap();
        let devs: Vec<f64> = ranked.iter().map(|r| r.dev).collect();
        assert_eq!(devs, [0.3, 0.6, 0.0, 0.1]);
        assert!((ranked[1].relative_dev - 0.6 / 0.9).abs() < 1e-15);
        let ranks: Vec<(usize, usize)> = ranked
            .iter()
            .map(|r| (r.relevance_rank, r.intensity_rank))
            .collect();
        assert_eq!(ranks, [(2, 3), (1, 1), (4, 4), (3, 2)]);
    }

    #[test]
    fn strong_peaks_that_matter_little_come_first() {
        let sweep = sweep_with(&[(2, 0.2), (5, 1.0), (11, 0.05)]);
        let ranked = rank(&peaks(), &sweep).unwrap();
        let places = |min: f64, n: usize| -> Vec<usize> {
            let list = strongest_irrelevant(&ranked, min, n).unwrap();
            list.iter().map(|r| r.peak.index).collect()
        };
        // Ratios: 1 at point 2, 1 at 5, 0 at 8, 0.1 at 11; heights 0.2, 1, 0.1, 0.5.
        assert_eq!(places(0.0, 9), [8, 11, 2, 5]);
        assert_eq!(places(0.15, 2), [11, 2]);
        assert_eq!(places(0.10, 1), [8]);
        assert!((ranked[3].ratio() - 0.1).abs() < 1e-12);
    }

    #[test]
    fn where_nothing_moves_all_is_irrelevant() {
        let ranked = rank(&peaks(), &sweep_with(&[])).unwrap();
        assert!(
            ranked
                .iter()
                .all(|r| r.relative_dev == 0.0 && r.ratio() == 0.0)
        );
        assert_eq!(rank(&[], &sweep_with(&[])), Ok(vec![]));
    }

    #[test]
    fn refuses_a_sweep_of_another_grid_and_a_limit_that_is_no_share() {
        let mut short = sweep_with(&[]);
        short.windows.truncate(5);
        let refused = Err(Error::Uncovered {
            index: 1,
            end: 6 + 1,
            covered: 6,
        });
        let mut peaks = peaks();
        peaks[1].extent = 4..7;
        assert_eq!(rank(&peaks, &short), refused);
        let ranked = rank(&peaks, &sweep_with(&[])).unwrap();
        for limit in [-0.1, 1.5, f64::NAN] {
            let refused = strongest_irrelevant(&ranked, limit, 1);
            assert!(matches!(refused, Err(Error::Share { .. })));
        }
    }
}
