use std::fmt::Debug;

use num_traits::{Float, NumAssign};

/// Number type of a network: `f32` for training, `f64` for checks of gradients. The trait is sealed.
pub trait Real:
    Float + NumAssign + Debug + Default + Send + Sync + std::iter::Sum + 'static + sealed::Kernel
{
    /// Rounds to this type.
    fn of(value: f64) -> Self;

    /// Converts to `f64` exactly.
    fn wide(self) -> f64;
}

pub(crate) mod sealed {
    use safetensors::Dtype;

    /// Arguments of a matrix product, in the order of the crate `gemm`.
    pub struct Product<T> {
        pub m: usize,
        pub n: usize,
        pub k: usize,
        pub c: *mut T,
        pub c_cs: isize,
        pub add: bool,
        pub a: *const T,
        pub a_cs: isize,
        pub a_rs: isize,
        pub b: *const T,
        pub b_cs: isize,
        pub b_rs: isize,
    }

    /// Matrix product and bytes of a number type.
    pub trait Kernel: Sized {
        /// Type of the numbers in a file.
        const DTYPE: Dtype;

        /// Computes c = a·b, or c += a·b, with c in column-major order.
        ///
        /// # Safety
        /// All elements must be inside their allocations, and c must not overlap a or b.
        #[allow(unsafe_code, reason = "declared here, called in product.rs only")]
        unsafe fn multiply(product: Product<Self>);

        /// Appends the bytes, little-endian.
        fn write(self, bytes: &mut Vec<u8>);

        /// Reads little-endian bytes, which must have the size of the type.
        fn read(bytes: &[u8]) -> Option<Self>;
    }
}

macro_rules! real {
    ($t:ty, $gemm:path, $dtype:ident) => {
        impl Real for $t {
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $t
            }

            #[inline(always)]
            fn wide(self) -> f64 {
                self as f64
            }
        }

        impl sealed::Kernel for $t {
            const DTYPE: safetensors::Dtype = safetensors::Dtype::$dtype;

            #[allow(unsafe_code, reason = "the caller checks the ranges, in product.rs")]
            unsafe fn multiply(p: sealed::Product<Self>) {
                let kernel = $gemm();
                let old = if p.add { 1.0 } else { 0.0 };
                // SAFETY: the conditions are those of this function.
                unsafe {
                    kernel(
                        p.m,
                        p.n,
                        p.k,
                        p.c,
                        p.c_cs,
                        1,
                        p.add,
                        p.a,
                        p.a_cs,
                        p.a_rs,
                        p.b,
                        p.b_cs,
                        p.b_rs,
                        old,
                        1.0,
                        false,
                        false,
                        false,
                        gemm_common::Parallelism::None,
                    );
                }
            }

            fn write(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &[u8]) -> Option<Self> {
                Some(Self::from_le_bytes(bytes.try_into().ok()?))
            }
        }
    };
}

real!(f32, gemm_f32::gemm::f32::get_gemm_fn, F32);
real!(f64, gemm_f64::gemm::f64::get_gemm_fn, F64);
