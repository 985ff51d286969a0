use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Learning rate of each step, as a multiple of the highest one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Schedule {
    /// Always 1.
    Constant,
    /// Linear rise over `warm_up` steps, then half a cosine down to `last` at step `steps`, then constant
    /// (Loshchilov and Hutter 2017).
    Cosine {
        /// Number of steps of the rise.
        warm_up: u64,
        /// Number of steps in total.
        steps: u64,
        /// Multiple at the end, between 0 and 1.
        last: f64,
    },
    /// Half a cosine from `first` to 1 during the part `rise` of the steps, then half a cosine down to
    /// `last` (Smith and Topin 2018).
    OneCycle {
        /// Number of steps in total.
        steps: u64,
        /// Part of the steps in which the rate rises, between 0 and 1.
        rise: f64,
        /// Multiple at the beginning, between 0 and 1.
        first: f64,
        /// Multiple at the end, between 0 and 1.
        last: f64,
    },
    /// Cycles, each of which rises linearly over `warm_up` steps and then falls to 0 along half a cosine
    /// (Loshchilov and Hutter 2017). The networks at the ends of cycles form an ensemble (G. Huang et al.,
    /// Snapshot ensembles, ICLR 2017).
    Restarts {
        /// Number of steps of the first cycle.
        first: u64,
        /// Number of steps of every other cycle.
        next: u64,
        /// Number of steps of the rise.
        warm_up: u64,
        /// Highest multiple in every cycle but the first, between 0 and 1.
        peak: f64,
    },
}

/// Half a cosine from `from` to `to` for x from 0 to 1.
fn half_cosine(from: f64, to: f64, x: f64) -> f64 {
    to + (from - to) * 0.5 * (1.0 + (PI * x.clamp(0.0, 1.0)).cos())
}

impl Schedule {
    /// Multiple of the learning rate at a step, from 0.
    #[must_use]
    pub fn factor(&self, step: u64) -> f64 {
        let now = step as f64;
        match *self {
            Self::Constant => 1.0,
            Self::Cosine { warm_up, .. } if step < warm_up => (now + 1.0) / warm_up as f64,
            Self::Cosine {
                warm_up,
                steps,
                last,
            } => {
                let rest = steps.saturating_sub(warm_up).max(1) as f64;
                half_cosine(1.0, last, (now - warm_up as f64) / rest)
            }
            Self::Restarts {
                first,
                next,
                warm_up,
                peak,
            } => {
                let (within, length, peak) = match step.checked_sub(first) {
                    None => (step, first, 1.0),
                    Some(later) => (later % next.max(1), next, peak),
                };
                let cycle = Self::Cosine {
                    warm_up,
                    steps: length,
                    last: 0.0,
                };
                peak * cycle.factor(within)
            }
            Self::OneCycle {
                steps,
                rise,
                first,
                last,
            } => {
                let top = rise * steps as f64;
                if now < top {
                    half_cosine(first, 1.0, now / top)
                } else {
                    half_cosine(1.0, last, (now - top) / (steps as f64 - top).max(1.0))
                }
            }
        }
    }

    /// # Errors
    /// Returns [`Error::Setting`] if a part or a multiple is not between 0 and 1.
    pub(crate) fn check(&self) -> Result<()> {
        let parts: &[(&str, f64)] = match self {
            Self::Constant => &[],
            Self::Cosine { last, .. } => &[("schedule.last", *last)],
            Self::Restarts { peak, .. } => &[("schedule.peak", *peak)],
            Self::OneCycle {
                rise, first, last, ..
            } => &[
                ("schedule.rise", *rise),
                ("schedule.first", *first),
                ("schedule.last", *last),
            ],
        };
        match parts.iter().find(|(_, v)| !(0.0..=1.0).contains(v)) {
            None => Ok(()),
            Some(&(name, value)) => Err(Error::Setting {
                name: name.to_owned(),
                value,
                allowed: "between 0 and 1",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_rises_and_falls() {
        let schedule = Schedule::Cosine {
            warm_up: 4,
            steps: 24,
            last: 0.1,
        };
        let at = |step| schedule.factor(step);
        assert_eq!((at(0), at(3), at(4)), (0.25, 1.0, 1.0));
        assert!((at(14) - 0.55).abs() < 1e-12);
        assert!((at(24) - 0.1).abs() < 1e-12 && at(24) == at(1000));
    }

    #[test]
    fn one_cycle_has_its_corners() {
        let schedule = Schedule::OneCycle {
            steps: 100,
            rise: 0.3,
            first: 0.04,
            last: 0.0,
        };
        for (step, factor) in [(0, 0.04), (15, 0.52), (30, 1.0), (65, 0.5), (100, 0.0)] {
            assert!((schedule.factor(step) - factor).abs() < 1e-12, "{step}");
        }
    }

    #[test]
    fn restarts_are_cosines_one_after_the_other() {
        let schedule = Schedule::Restarts {
            first: 20,
            next: 10,
            warm_up: 2,
            peak: 0.5,
        };
        let cosine = |steps| Schedule::Cosine {
            warm_up: 2,
            steps,
            last: 0.0,
        };
        for step in 0..60 {
            let expected = match step {
                0..20 => cosine(20).factor(step),
                _ => 0.5 * cosine(10).factor((step - 20) % 10),
            };
            assert_eq!(schedule.factor(step), expected, "{step}");
        }
        assert!(schedule.factor(19) < 0.02 && schedule.factor(22) == 0.5);
    }

    #[test]
    fn a_part_above_one_is_refused() {
        let schedule = Schedule::Cosine {
            warm_up: 0,
            steps: 1,
            last: 1.5,
        };
        assert!(schedule.check().unwrap_err().to_string().contains("1.5"));
    }
}
