//! The scans of stacked rows: a scan begins where the axis starts again.

use super::rows::Rows;
use crate::number::is_rising;

/// Smallest number of points of a scan. Fewer points are a step back within the scan before.
const FEWEST: usize = 5;

/// The points of one scan.
pub(super) struct Frame {
    pub(super) axis: Vec<f64>,
    pub(super) intensities: Vec<f64>,
    pub(super) sigma: Vec<f64>,
    pub(super) warnings: Vec<String>,
}

impl Rows {
    /// The points of each scan. A new scan starts where the axis decreases by more than half of the
    /// range covered before.
    pub(super) fn frames(mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        let starts = self.starts();
        self.drop_end_mark(&starts);
        for start in starts.into_iter().rev() {
            if start == self.axis.len() {
                continue;
            }
            let sigma_start = start.min(self.sigma.len());
            frames.push(Frame {
                axis: split_off(&mut self.axis, start),
                intensities: split_off(&mut self.intensities, start),
                sigma: split_off(&mut self.sigma, sigma_start),
                warnings: std::mem::take(&mut self.warnings),
            });
        }
        frames.reverse();
        frames
    }

    /// The number of increasing and of decreasing steps of the axis. Cost: O(points).
    pub(super) fn rises_and_falls(&self) -> (usize, usize) {
        let count = |is: fn(&[f64]) -> bool| self.axis.windows(2).filter(|pair| is(pair)).count();
        (
            count(|pair| pair[1] > pair[0]),
            count(|pair| pair[1] < pair[0]),
        )
    }

    /// Drops a single last row, such as "-1 -1", that marks the end. Its axis value is below 0.
    fn drop_end_mark(&mut self, starts: &[usize]) {
        let last = self.axis.len().saturating_sub(1);
        if starts.len() > 1 && starts.last() == Some(&last) && self.axis[last] < 0.0 {
            let warning = format!(
                "not used: the last row, where the axis is {}",
                self.axis[last]
            );
            self.warnings.push(warning);
            self.axis.truncate(last);
            self.intensities.truncate(last);
            self.sigma.truncate(last);
        }
    }

    /// The first point of each scan. A few points at the end that would be the only other scan are a
    /// step back within the scan before, except a single row that marks the end.
    fn starts(&self) -> Vec<usize> {
        let mut starts = self.falls();
        let points = self.axis.len();
        if let [0, last] = starts[..]
            && points - last < FEWEST
            && !(last + 1 == points && self.axis[last] < 0.0)
        {
            starts.pop();
        }
        starts
    }

    /// The first point, and each point where the axis starts again.
    fn falls(&self) -> Vec<usize> {
        let mut starts = vec![0];
        if is_rising(&self.axis) {
            return starts;
        }
        let mut start = 0;
        for i in 1..self.axis.len() {
            let (risen, fall) = (
                self.axis[i - 1] - self.axis[start],
                self.axis[i - 1] - self.axis[i],
            );
            if i - start >= FEWEST && risen > 0.0 && fall > 0.5 * risen {
                starts.push(i);
                start = i;
            }
        }
        starts
    }
}

/// The part of a list from `start` to the end. If `start` is 0, the list is moved, not copied.
fn split_off(list: &mut Vec<f64>, start: usize) -> Vec<f64> {
    match start {
        0 => std::mem::take(list),
        _ => list.split_off(start),
    }
}
