//! Windows of angles that distinguish a group from the others.

use serde::{Deserialize, Serialize};

/// Window of angles at which a group differs from the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AngleWindow {
    /// First angle 2θ (degrees).
    pub from_deg: f64,
    /// Last angle 2θ (degrees).
    pub to_deg: f64,
    /// Angle 2θ of the largest difference (degrees).
    pub peak_deg: f64,
    /// Difference of the means of the lines at this angle, divided by the pooled spread. Above 0,
    /// the lines of the group are stronger than those of the others; below 0, they are weaker.
    pub difference: f64,
}

/// Largest number of windows per group.
const MOST_WINDOWS: usize = 10;

/// Smallest difference, in units of the pooled spread.
const LEAST_DIFFERENCE: f64 = 1.0;

/// A window ends where the difference is below this fraction of its largest value.
const EDGE: f64 = 0.5;

/// Smallest spread, as a fraction of the largest difference of the means. Without it, an angle at
/// which nothing happens could have the largest ratio.
const LEAST_SPREAD: f64 = 0.1;

/// Mean and sum of squared deviations per angle (Welford).
#[derive(Clone, Debug, Default)]
pub(super) struct Moments {
    count: f64,
    pub(super) mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    pub(super) fn add(&mut self, values: &[f64]) {
        self.mean.resize(values.len(), 0.0);
        self.squares.resize(values.len(), 0.0);
        self.count += 1.0;
        let sums = self.mean.iter_mut().zip(&mut self.squares);
        for ((mean, squares), v) in sums.zip(values) {
            let away = v - *mean;
            *mean += away / self.count;
            *squares += away * (v - *mean);
        }
    }

    pub(super) fn spread(&self) -> Vec<f64> {
        let free = (self.count - 1.0).max(1.0);
        self.squares.iter().map(|s| (s / free).sqrt()).collect()
    }
}

/// Windows of the group `own`, in the order of their differences. `angle` returns the angle of a
/// point.
pub(super) fn windows(
    groups: &[&Moments],
    own: usize,
    angle: impl Fn(usize) -> f64,
) -> Vec<AngleWindow> {
    let differences = differences(groups, own);
    let mut free = vec![true; differences.len()];
    let mut found = Vec::new();
    while found.len() < MOST_WINDOWS {
        let clearest = (0..differences.len())
            .filter(|&i| free[i] && differences[i].abs() >= LEAST_DIFFERENCE)
            .max_by(|&a, &b| differences[a].abs().total_cmp(&differences[b].abs()));
        let Some(peak) = clearest else { break };
        let inside = |i: &usize| free[*i] && differences[*i] / differences[peak] >= EDGE;
        let first = (0..peak).rev().take_while(inside).last().unwrap_or(peak);
        let last = (peak..differences.len()).take_while(inside).last();
        let last = last.unwrap_or(peak);
        free[first..=last].fill(false);
        found.push(AngleWindow {
            from_deg: angle(first),
            to_deg: angle(last),
            peak_deg: angle(peak),
            difference: differences[peak],
        });
    }
    found
}

/// Differences between a group and all others, in units of the pooled spread. Empty for one group.
fn differences(groups: &[&Moments], own: usize) -> Vec<f64> {
    let of = groups[own];
    let others: Vec<&&Moments> = groups
        .iter()
        .enumerate()
        .filter(|(g, _)| *g != own)
        .map(|(_, m)| m)
        .collect();
    let count: f64 = others.iter().map(|m| m.count).sum();
    if count == 0.0 {
        return Vec::new();
    }
    let rest = |i: usize| others.iter().map(|m| m.count * m.mean[i]).sum::<f64>() / count;
    let angles = 0..of.mean.len();
    let apart: Vec<f64> = angles.clone().map(|i| of.mean[i] - rest(i)).collect();
    let least = LEAST_SPREAD * apart.iter().fold(0.0f64, |most, d| most.max(d.abs()));
    let total = groups.iter().map(|m| m.count).sum::<f64>();
    let free = (total - groups.len() as f64).max(1.0);
    // The spread within all groups, so that a line that only some other groups have counts.
    let pooled = |i: usize| (groups.iter().map(|m| m.squares[i]).sum::<f64>() / free).sqrt();
    let ratio = |i: usize| match pooled(i).max(least) {
        spread if spread > 0.0 => apart[i] / spread,
        _ => 0.0,
    };
    angles.map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(rows: &[[f64; 6]]) -> Moments {
        let mut moments = Moments::default();
        rows.iter().for_each(|row| moments.add(row));
        moments
    }

    #[test]
    fn moments_are_mean_and_standard_deviation() {
        let found = moments(&[[1.0; 6], [2.0; 6], [6.0; 6]]);
        assert!((found.mean[3] - 3.0).abs() < 1e-12);
        assert!((found.spread()[3] - 7.0f64.sqrt()).abs() < 1e-12);
        assert_eq!(moments(&[[1.0; 6]]).spread(), [0.0; 6]);
    }

    #[test]
    fn windows_are_where_the_lines_differ() {
        let one = moments(&[
            [0.0, 3.0, 5.0, 3.0, 1.0, 0.0],
            [0.0, 3.2, 5.2, 3.2, 1.0, 0.0],
        ]);
        let other = moments(&[
            [0.0, 0.0, 0.0, 0.0, 1.0, 2.0],
            [0.0, 0.2, 0.2, 0.2, 1.0, 2.2],
        ]);
        let found = windows(&[&one, &other], 0, |i| i as f64);
        assert_eq!(
            (found[0].from_deg, found[0].to_deg, found[0].peak_deg),
            (1.0, 3.0, 2.0)
        );
        assert!(found[0].difference > 0.0 && found[1].difference < 0.0);
        assert_eq!(
            (found.len(), found[1].from_deg, found[1].to_deg),
            (2, 5.0, 5.0)
        );
        assert!(windows(&[&one], 0, |i| i as f64).is_empty());
        assert!(windows(&[&one, &one], 0, |i| i as f64).is_empty());
    }
}
