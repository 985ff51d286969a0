use std::fmt::Debug;

use ndarray::{LinalgScalar, ScalarOperand};
use num_traits::{Float, NumAssign};

/// Number type of a network: `f32` for training, `f64` for gradient checks of the same code.
pub(crate) trait Real:
    Float + NumAssign + LinalgScalar + ScalarOperand + Debug + Send + Sync
{
    /// Rounds to this type.
    fn of(value: f64) -> Self;

    /// Converts to `f64` exactly.
    fn wide(self) -> f64;

    /// Replaces numbers with an absolute value below `limit` by zero. NaN stays NaN, so that
    /// divergence is detected.
    #[inline(always)]
    fn flushed(self, limit: Self) -> Self {
        if self.abs() < limit {
            Self::zero()
        } else {
            self
        }
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
}
