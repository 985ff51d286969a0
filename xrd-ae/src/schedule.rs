//! Schedules of the learning rate.

use std::f64::consts::PI;

use crate::error::{Result, check};

/// Schedule of the learning rate: an optional warm-up, and a [`Course`].
///
/// The learning rate of a step is α·w·c. The number α is
/// [`TrainingConfig::learning_rate`](crate::TrainingConfig::learning_rate). The factor w belongs to
/// the warm-up, and the factor c belongs to the course.
///
/// A training has T epochs, and each epoch has S steps. The steps are counted from 0. Step t takes
/// place at the time e = t/S, in epochs.
///
/// - Warm-up of W epochs: w = min(1, (t + 1)/(W·S)). The factor w rises linearly, and reaches 1 at
///   the last step of the warm-up. Without a warm-up, w is 1.
/// - Constant course: c = 1.
/// - Step course with a factor f and an interval of n epochs: c = fᵏ, where k = ⌊e/n⌋.
/// - Cosine course with a final factor m: c = m + (1 − m)·(1 + cos(π·(e − W)/(T − W)))/2. During
///   the warm-up, c is 1. The formula is eq. 5 of Loshchilov & Hutter (2017) without restarts.
///
/// # Example
/// ```
/// use xrd_ae::Schedule;
/// let cosine = Schedule::cosine(0.0)?.with_warm_up(10.0)?;
/// // 14 steps per epoch, 100 epochs.
/// assert_eq!(cosine.share(0, 14, 100), 1.0 / 140.0);
/// assert_eq!(cosine.share(140, 14, 100), 1.0);
/// assert!((cosine.share(55 * 14, 14, 100) - 0.5).abs() < 1e-12);
/// # Ok::<(), xrd_ae::Error>(())
/// ```
///
/// # References
/// I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR (2017).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Schedule"))]
pub struct Schedule {
    course: Course,
    warm_up: f64,
}

/// Course of the learning rate over the training, apart from the warm-up.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Course {
    /// Constant learning rate.
    Constant,
    /// Learning rate that is multiplied by a factor at regular intervals.
    Step {
        /// Interval in epochs. The first interval begins at the start of the training.
        every: usize,
        /// Factor by which the learning rate is multiplied.
        factor: f64,
    },
    /// Learning rate that decreases along half a period of a cosine, from the end of the warm-up to
    /// the end of the training.
    Cosine {
        /// Ratio of the final learning rate to the largest learning rate.
        down_to: f64,
    },
}

impl Schedule {
    /// Constant learning rate without warm-up.
    pub const CONSTANT: Self = Self {
        course: Course::Constant,
        warm_up: 0.0,
    };

    /// Learning rate that falls to zero along half a period of a cosine, without warm-up.
    pub const COSINE: Self = Self {
        course: Course::Cosine { down_to: 0.0 },
        warm_up: 0.0,
    };

    /// Creates a schedule that multiplies the learning rate by a factor at regular intervals. The
    /// argument `every` is the interval in epochs, and `factor` is the factor.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless `every` > 0 and 0 < `factor` < 1.
    pub fn step(every: usize, factor: f64) -> Result<Self> {
        check("epochs of a step", every as f64, every > 0, "at least 1")?;
        let inside = factor > 0.0 && factor < 1.0;
        check("factor of a step", factor, inside, "between 0 and 1")?;
        Ok(Self::of(Course::Step { every, factor }))
    }

    /// Creates a schedule that decreases the learning rate along half a period of a cosine. The
    /// argument `down_to` is the final learning rate divided by the largest learning rate.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless 0 ≤ `down_to` < 1.
    pub fn cosine(down_to: f64) -> Result<Self> {
        let inside = (0.0..1.0).contains(&down_to);
        check("last share of a cosine", down_to, inside, "0 to below 1")?;
        Ok(Self::of(Course::Cosine { down_to }))
    }

    /// Sets the length of the warm-up in epochs. The length may be a fraction of an epoch.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) if `epochs` is negative or not finite.
    pub fn with_warm_up(self, epochs: f64) -> Result<Self> {
        check("warm-up", epochs, epochs >= 0.0, "0 epochs or more")?;
        Ok(Self {
            warm_up: epochs,
            ..self
        })
    }

    fn of(course: Course) -> Self {
        Self {
            course,
            ..Self::CONSTANT
        }
    }

    /// Course of the learning rate, apart from the warm-up.
    pub fn course(&self) -> Course {
        self.course
    }

    /// Length of the warm-up in epochs.
    pub fn warm_up(&self) -> f64 {
        self.warm_up
    }

    /// Computes the factor w·c of the learning rate at a step. The argument `step` is the number
    /// of this step, counted from 0 over all epochs.
    ///
    /// The argument `steps` is the number of steps per epoch, and `epochs` is the number of
    /// epochs.
    pub fn share(&self, step: u64, steps: usize, epochs: usize) -> f64 {
        let rising = (step + 1) as f64 / (self.warm_up * steps as f64);
        rising.min(1.0) * self.course_at(step as f64 / steps as f64, epochs as f64)
    }

    fn course_at(&self, epoch: f64, epochs: f64) -> f64 {
        match self.course {
            Course::Constant => 1.0,
            Course::Step { every, factor } => factor.powf((epoch / every as f64).floor()),
            Course::Cosine { down_to } => {
                let passed = (epoch - self.warm_up).max(0.0) / (epochs - self.warm_up);
                down_to + (1.0 - down_to) * (1.0 + (PI * passed).cos()) / 2.0
            }
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self::CONSTANT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shares(schedule: Schedule, steps: usize, epochs: usize) -> Vec<f64> {
        let all = 0..(steps * epochs) as u64;
        all.map(|t| schedule.share(t, steps, epochs)).collect()
    }

    #[test]
    fn without_a_warm_up_the_first_step_is_a_whole_one() {
        assert_eq!(shares(Schedule::CONSTANT, 3, 2), [1.0; 6]);
        assert_eq!(Schedule::cosine(0.1).unwrap().share(0, 14, 1000), 1.0);
    }

    #[test]
    fn a_warm_up_rises_in_a_straight_line_to_one() {
        let schedule = Schedule::CONSTANT.with_warm_up(1.5).unwrap();
        assert_eq!(
            shares(schedule, 4, 2)[..7],
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0].map(|s| s / 6.0)
        );
    }

    #[test]
    fn steps_come_at_the_start_of_an_epoch() {
        let schedule = Schedule::step(2, 0.5).unwrap();
        let expected = [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25];
        assert_eq!(shares(schedule, 2, 5), expected);
    }

    #[test]
    fn a_cosine_is_halfway_down_halfway_through() {
        let schedule = Schedule::cosine(0.2).unwrap().with_warm_up(4.0).unwrap();
        assert!((schedule.share(12 * 5, 5, 20) - 0.6).abs() < 1e-12);
        let last = schedule.share(20 * 1000 - 1, 1000, 20);
        assert!((last - 0.2).abs() < 1e-6, "{last}");
    }

    proptest! {
        #[test]
        fn a_share_is_positive_and_falls_after_the_warm_up(
            kind in 0..3usize,
            warm_up in 0.0..5.0,
            steps in 1..20usize,
            epochs in 6..30usize,
        ) {
            let course = [
                Schedule::CONSTANT,
                Schedule::step(3, 0.3).unwrap(),
                Schedule::cosine(0.05).unwrap(),
            ][kind];
            let shares = shares(course.with_warm_up(warm_up).unwrap(), steps, epochs);
            prop_assert!(shares.iter().all(|s| *s > 0.0 && *s <= 1.0));
            let after = (warm_up * steps as f64).ceil() as usize;
            prop_assert!(shares[after..].windows(2).all(|p| p[1] <= p[0]));
        }
    }

    #[test]
    fn impossible_schedules_are_refused() {
        assert!(Schedule::step(0, 0.5).is_err());
        for factor in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(Schedule::step(1, factor).is_err(), "{factor}");
        }
        assert!(Schedule::cosine(1.0).is_err() && Schedule::cosine(-0.1).is_err());
        let message = Schedule::CONSTANT.with_warm_up(-1.0).unwrap_err();
        assert_eq!(
            message.to_string(),
            "warm-up is -1 (expected 0 epochs or more)"
        );
    }
}
