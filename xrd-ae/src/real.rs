use std::fmt::Debug;

use ndarray::{LinalgScalar, ScalarOperand};
use num_traits::{Float, NumAssign};

/// The numbers a network is made of: `f32` to train, `f64` to check the gradients with the very
/// same code.
pub(crate) trait Real:
    Float + NumAssign + LinalgScalar + ScalarOperand + Debug + Send + Sync
{
    /// The nearest number of this type.
    fn of(value: f64) -> Self;

    /// The number as `f64`, exactly.
    fn wide(self) -> f64;

    /// Zero where the size is below `limit`. NaN stays NaN, so that divergence is not hidden.
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
