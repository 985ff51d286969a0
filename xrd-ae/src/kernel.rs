//! The arithmetic of training, written once for every width of vectors.
//!
//! What is promised: the same bits for any number of threads, any tile and, where the processor
//! has fused multiply-add (AVX2, AVX-512), any width of vectors. Without it a product that is
//! added to is rounded twice, and the last digits differ. The products of batches of 128 patterns
//! and more are those of ndarray, whose last digits may differ between processors too.

mod lanes;
mod output_error;
mod padded;
mod pass;
mod products;
mod tile;

pub(crate) use lanes::Lanes;
pub(crate) use output_error::{OutputError, SMALLEST_ERROR};
pub(crate) use padded::Padded;
pub(crate) use pass::{Parameters, Pass, Source};
pub(crate) use products::{Dots, Step, Sums};

use pulp::WithSimd;

/// Which instructions the kernels use.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    /// The best that this processor has.
    Best,
    /// AVX2 and FMA.
    #[cfg(all(test, target_arch = "x86_64"))]
    Avx2(pulp::x86::V3),
    /// One number at a time.
    #[cfg(test)]
    Scalar,
}

impl Level {
    /// All that this processor can run.
    #[cfg(test)]
    pub(crate) fn available() -> Vec<Self> {
        let levels = [Self::Best, Self::Scalar].into_iter();
        #[cfg(target_arch = "x86_64")]
        let levels = levels.chain(pulp::x86::V3::try_new().map(Self::Avx2));
        levels.collect()
    }

    /// Whether a product that is added to is rounded once.
    #[cfg(test)]
    pub(crate) fn fuses(self) -> bool {
        match self {
            Self::Scalar => false,
            #[cfg(target_arch = "x86_64")]
            Self::Best => pulp::x86::V3::try_new().is_some(),
            #[allow(unreachable_patterns, reason = "processors differ")]
            _ => true,
        }
    }

    #[inline]
    pub(crate) fn run<Work: WithSimd>(self, work: Work) -> Work::Output {
        match self {
            Self::Best => pulp::Arch::new().dispatch(work),
            #[cfg(all(test, target_arch = "x86_64"))]
            Self::Avx2(simd) => pulp::Simd::vectorize(simd, work),
            #[cfg(test)]
            Self::Scalar => pulp::Simd::vectorize(pulp::Scalar::new(), work),
        }
    }
}
