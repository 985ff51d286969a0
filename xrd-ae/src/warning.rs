use std::fmt;

use serde::{Deserialize, Serialize};

/// Warning about a problem of a training. The training continues.
///
/// A warning contains the first epoch with the problem. The text from `Display` suggests which
/// settings to change. A warning about an axis is removed from the [`History`](crate::History)
/// after an epoch without the problem.
///
/// # Example
/// ```
/// use xrd_ae::{Axis, Warning};
/// let warning = Warning::DeadAxis { epoch: 3, axis: Axis(0), spread: 0.002 };
/// assert!(warning.to_string().starts_with("epoch 3: latent axis x is dead"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// All patterns have nearly the same coordinate on an axis.
    DeadAxis {
        /// First epoch with the problem, counted from 1.
        epoch: usize,
        /// Axis of the latent space.
        axis: Axis,
        /// Standard deviation of the coordinates in this epoch. The value is less than 0.01.
        spread: f64,
    },
    /// Nearly all patterns lie close to −1 or 1 on an axis. Training hardly moves their points,
    /// because the slope of tanh is nearly 0 there.
    SaturatedAxis {
        /// First epoch with the problem, counted from 1.
        epoch: usize,
        /// Axis of the latent space.
        axis: Axis,
        /// Fraction of the patterns with a coordinate below −0.99 or above 0.99 in this epoch. The
        /// fraction is greater than 0.95.
        share: f64,
    },
    /// The loss of the training patterns is more than twice the loss before the first step.
    Diverging {
        /// First epoch with the problem, counted from 1.
        epoch: usize,
        /// Loss of the training patterns in this epoch.
        loss: f64,
        /// Loss before the first step, computed from at most 64 training patterns.
        untrained: f64,
        /// Learning rate of the last step of this epoch.
        learning_rate: f64,
    },
}

/// Index of an axis of the latent space, counted from 0.
///
/// `Display` writes the index 0 as `x`, the index 1 as `y`, and each index i from 2 on as the
/// number i + 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis(pub usize);

impl Warning {
    /// First epoch with the problem, counted from 1.
    pub fn epoch(&self) -> usize {
        match *self {
            Self::DeadAxis { epoch, .. }
            | Self::SaturatedAxis { epoch, .. }
            | Self::Diverging { epoch, .. } => epoch,
        }
    }

    /// Whether the warning is removed after an epoch without the problem.
    pub(crate) fn may_pass(&self) -> bool {
        !matches!(self, Self::Diverging { .. })
    }

    /// Whether both warnings concern the same problem, in any epoch.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::DeadAxis { axis: a, .. }, Self::DeadAxis { axis: b, .. })
            | (Self::SaturatedAxis { axis: a, .. }, Self::SaturatedAxis { axis: b, .. }) => a == b,
            (Self::Diverging { .. }, Self::Diverging { .. }) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("x"),
            1 => f.write_str("y"),
            more => write!(f, "{}", more + 1),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}: ", self.epoch())?;
        match self {
            Self::DeadAxis { axis, spread, .. } => write!(
                f,
                "latent axis {axis} is dead (the patterns' standard deviation on it is \
                 {spread:.1e}); try another seed, or a smaller weight decay or learning rate"
            ),
            Self::SaturatedAxis { axis, share, .. } => write!(
                f,
                "latent axis {axis} is saturated ({:.0} % of the patterns lie beyond ±0.99 \
                 on it); try another seed, a smaller learning rate, or a warm-up",
                100.0 * share
            ),
            Self::Diverging {
                loss,
                untrained,
                learning_rate,
                ..
            } => write!(
                f,
                "the loss diverges ({loss:.3e}, before training {untrained:.3e}); try a learning \
                 rate below {learning_rate:.1e}, a warm-up, or clipping of the gradient"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(epoch: usize) -> [Warning; 3] {
        let axis = Axis(2);
        let (loss, untrained, learning_rate) = (9.0, 2.0, 0.1);
        [
            Warning::DeadAxis {
                epoch,
                axis,
                spread: 0.002,
            },
            Warning::SaturatedAxis {
                epoch,
                axis,
                share: 0.97,
            },
            Warning::Diverging {
                epoch,
                loss,
                untrained,
                learning_rate,
            },
        ]
    }

    #[test]
    fn each_says_where_it_began_and_what_to_try() {
        for (warning, found) in warnings(3).iter().zip([
            "axis 3 is dead (the patterns' standard deviation on it is 2.0e-3)",
            "axis 3 is saturated (97 % of the patterns",
            "diverges (9.000e0, before training 2.000e0); try a learning rate below 1.0e-1",
        ]) {
            let text = warning.to_string();
            assert!(
                text.starts_with("epoch 3: ") && text.contains(found),
                "{text}"
            );
        }
        assert_eq!([Axis(0), Axis(1)].map(|a| a.to_string()), ["x", "y"]);
    }

    #[test]
    fn one_is_like_another_of_its_kind_and_axis() {
        for (i, a) in warnings(1).iter().enumerate() {
            for (j, b) in warnings(8).iter().enumerate() {
                assert_eq!(a.is_like(b), i == j);
            }
            assert_eq!(a.may_pass(), i < 2);
        }
        let other = Warning::DeadAxis {
            epoch: 1,
            axis: Axis(0),
            spread: 0.002,
        };
        assert!(!other.is_like(&warnings(1)[0]));
    }
}
