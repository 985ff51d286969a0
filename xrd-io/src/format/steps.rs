//! Step of a uniform axis for which both ends and the number of points are also known.
//!
//! ```text
//! 10.023 0.026 89.988     3046 points: the step is 79.965 / 3045 = 0.026261, printed as 0.026
//! 10.0   0.03  90.0       2667 points: 90.0 was requested, 89.98 is the last point
//! 10.0   0.02  90.0       3500 points: cut short, though 0.0229 would be printed as 0.02
//! ```

/// Values that a file states about a uniform axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatedAxis {
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) step: f64,
    /// The number of decimals printed for the step; `None` if unknown.
    pub(super) decimals: Option<i32>,
}

/// Largest relative rounding error of a step with one digit. Such a step was probably requested, so
/// a larger deviation shows that the scan was stopped.
const SMALL: f64 = 0.005;
/// Largest relative rounding error of a step with more digits.
const LARGEST: f64 = 0.02;

impl StatedAxis {
    /// The step of a scan with `points` points in total. It is calculated from both ends if that
    /// value agrees with the printed digits and nothing shows that the scan was stopped early.
    /// Otherwise it is the stated step.
    pub(super) fn step_of(&self, points: usize) -> f64 {
        // A round end reached in whole steps was requested, so the scan was stopped early.
        let was_stopped =
            |mean: &f64| self.is_whole() && (is_round(self.last) || self.change(*mean) > SMALL);
        self.mean(points)
            .filter(|mean| !was_stopped(mean) && !self.ends_as_asked_for(points))
            .unwrap_or(self.step)
    }

    /// The step of a scan with `points` points, if the file states that these are all points
    /// between its actual ends. It is calculated from both ends if that value agrees with the
    /// printed digits.
    pub(super) fn step_between_ends(&self, points: usize) -> f64 {
        let was_stopped = |mean: &f64| is_round(self.last) && self.change(*mean) > SMALL;
        let is_open = !self.is_whole() && self.digits() >= 2 && !self.ends_as_asked_for(points);
        self.printed_mean(points)
            .filter(|mean| is_open && !was_stopped(mean))
            .unwrap_or_else(|| self.step_of(points))
    }

    /// The step calculated from both ends, if the file does not state that `points` is complete.
    /// `None` unless the stated end is the measured end, not the requested one, and the printed
    /// digits determine the step closely. If a whole number of the stated steps fits, the text must
    /// also be complete (`ends`).
    pub(super) fn step_unannounced(&self, points: usize, ends: bool) -> Option<f64> {
        let is_telling = match self.is_whole() {
            true => ends && self.digits() >= 3,
            false => self.digits() >= 2,
        };
        self.mean(points)
            .filter(|_| is_telling && !is_round(self.last))
    }

    fn is_whole(&self) -> bool {
        let steps = (self.last - self.first) / self.step;
        (steps - steps.round()).abs() < 0.02
    }

    /// (last - first) / (points - 1), if it agrees with the printed digits of the step.
    fn printed_mean(&self, points: usize) -> Option<f64> {
        let mean = (self.last - self.first) / points.checked_sub(1).filter(|n| *n > 0)? as f64;
        let half = 0.5 * 10f64.powi(-self.decimals?) * (1.0 + 1e-9);
        ((mean - self.step).abs() <= half && mean * self.step > 0.0).then_some(mean)
    }

    /// (last - first) / (points - 1), if it is close to the step.
    fn mean(&self, points: usize) -> Option<f64> {
        let most = if self.digits_but_zeros() < 2 {
            SMALL
        } else {
            LARGEST
        };
        self.printed_mean(points)
            .filter(|mean| self.change(*mean) <= most)
    }

    /// The relative difference between the mean step and the stated step.
    fn change(&self, mean: f64) -> f64 {
        (mean / self.step - 1.0).abs()
    }

    /// The number of digits of the step without zeros at both ends. For example, 0.020 has one
    /// digit, so it was probably chosen by the operator.
    fn digits_but_zeros(&self) -> usize {
        let digits = (self.step * 10f64.powi(self.decimals.unwrap_or(0))).round();
        let text = format!("{:.0}", digits.abs());
        text.trim_end_matches('0').len()
    }

    /// Whether the end is a round number within one step of the last point, and was probably
    /// requested.
    fn ends_as_asked_for(&self, points: usize) -> bool {
        let end = self.first + self.step * points.saturating_sub(1) as f64;
        (self.last - end).abs() < self.step.abs() && is_round(self.last)
    }

    /// The number of digits printed for the step from its first non-zero digit.
    fn digits(&self) -> i32 {
        self.decimals.unwrap_or(0) + 1 + self.step.abs().log10().floor() as i32
    }
}

/// Whether an angle is a whole number of tenths.
fn is_round(angle: f64) -> bool {
    (10.0 * angle - (10.0 * angle).round()).abs() < 1e-6
}

/// The number of decimals printed for a number; `None` if it has an exponent.
pub(super) fn decimals(text: &str) -> Option<i32> {
    let text = text.trim();
    let number = text.split('(').next()?;
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let after = number.split_once('.').map_or(0, |(_, after)| after.len());
    (number.chars().all(is_plain) && !number.is_empty()).then_some(after as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(first: f64, step: &str, last: f64) -> StatedAxis {
        StatedAxis {
            first,
            last,
            step: step.parse().unwrap(),
            decimals: decimals(step),
        }
    }

    #[test]
    fn rounded_steps_are_those_from_end_to_end() {
        let rounded = axis(10.023, "0.026", 89.988);
        assert_eq!(rounded.step_of(3046), 79.965 / 3045.0);
        assert_eq!(rounded.step_unannounced(3046, false), Some(79.965 / 3045.0));
        assert_eq!(rounded.step_of(3200), 0.026);
        // The number of steps is whole by chance.
        let whole = axis(14.48, "0.0131", 60.042);
        assert_eq!(whole.step_of(3471), 45.562 / 3470.0);
        assert_eq!(whole.step_unannounced(3471, false), None);
        assert_eq!(whole.step_unannounced(3471, true), Some(45.562 / 3470.0));
    }

    #[test]
    fn ends_that_a_file_has_tell_the_step() {
        let exported = axis(2.0, "0.0040", 62.371);
        assert_eq!(exported.step_between_ends(15_000), 60.371 / 14_999.0);
        assert_eq!(exported.step_of(15_000), 0.004);
        assert_eq!(axis(10.0, "0.03", 90.0).step_between_ends(2667), 0.03);
        assert_eq!(axis(10.0, "0.02", 90.0).step_between_ends(3500), 0.02);
    }

    #[test]
    fn ends_asked_for_and_cut_files_leave_the_step() {
        assert_eq!(axis(10.0, "0.03", 90.0).step_of(2667), 0.03);
        assert_eq!(
            axis(10.0, "0.030", 90.0).step_unannounced(2650, false),
            None
        );
        assert_eq!(axis(10.0, "0.02", 90.0).step_unannounced(3500, false), None);
        assert_eq!(
            axis(10.0, "0.02", 90.005).step_unannounced(3500, false),
            None
        );
        assert_eq!(axis(10.0, "0.02", 90.0).step_unannounced(3505, true), None);
        assert_eq!(axis(10.0, "0.02", 90.0).step_of(3505), 0.02);
        assert_eq!(axis(10.0, "0.02", 90.0).step_of(1), 0.02);
        for (step, last, points) in [
            ("0.02", 89.98, 3251),
            ("0.02", 89.99, 3300),
            ("0.01", 90.25, 6300),
            ("0.020", 89.99, 3950),
        ] {
            let stopped = axis(10.0, step, last);
            assert_eq!(stopped.step_of(points), stopped.step, "{step} to {last}");
        }
        assert_eq!(
            axis(0.5, "0.00100", 49.99654).step_of(49575),
            49.49654 / 49574.0
        );
    }

    #[test]
    fn decimals_are_those_printed() {
        let of = |text| decimals(text);
        assert_eq!(
            (of("0.00100"), of("0.05(1)"), of("1")),
            (Some(5), Some(2), Some(0))
        );
        assert_eq!((of("1e-3"), of("")), (None, None));
    }
}
