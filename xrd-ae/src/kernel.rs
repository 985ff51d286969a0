//! Kernels of training on small batches, written once for all vector widths.
//!
//! The results are the same, bit for bit, for any number of threads and any tile size. On
//! processors with fused multiply-add (AVX2, AVX-512) they are also the same for any vector width.
//! Without fused multiply-add a multiply-add is rounded twice, and the last digits differ.

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

/// Instruction set of the kernels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    /// The best of this processor.
    Best,
    /// AVX2 and FMA.
    #[cfg(all(test, target_arch = "x86_64"))]
    Avx2(pulp::x86::V3),
    /// Without vectors.
    #[cfg(test)]
    Scalar,
}

impl Level {
    /// Levels that this processor supports.
    #[cfg(test)]
    pub(crate) fn available() -> Vec<Self> {
        let levels = [Self::Best, Self::Scalar].into_iter();
        #[cfg(target_arch = "x86_64")]
        let levels = levels.chain(pulp::x86::V3::try_new().map(Self::Avx2));
        levels.collect()
    }

    /// Whether a multiply-add is rounded once.
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
