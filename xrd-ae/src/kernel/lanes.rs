use std::fmt::Debug;

use pulp::Simd;

use crate::real::Real;

/// Number type with vector operations for any vector width.
///
/// Every operation except [`mul_add_lanes`](Self::mul_add_lanes) rounds like the scalar operation
/// on every processor. A multiply-add is rounded once with FMA instructions and twice without.
pub(crate) trait Lanes: Real {
    /// Vector of these numbers.
    type Vector<S: Simd>: Copy + Debug;

    /// Views a slice as vectors. Its length must be a multiple of the vector length.
    fn vectors<S: Simd>(numbers: &[Self]) -> &[Self::Vector<S>];
    fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [Self::Vector<S>];
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    fn add_lanes<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn sub_lanes<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn mul_lanes<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// Maximum. The result for a NaN depends on the processor.
    fn max_lanes<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn div_lanes<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn sqrt_lanes<S: Simd>(simd: S, a: Self::Vector<S>) -> Self::Vector<S>;
    /// Computes a·b + c.
    fn mul_add_lanes<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// Replaces numbers with an absolute value below `limit` by zero. NaN stays NaN.
    fn flush<S: Simd>(simd: S, a: Self::Vector<S>, limit: Self::Vector<S>) -> Self::Vector<S>;
}

macro_rules! lanes {
    ($real:ty, $vector:ident, $as_simd:ident, $as_mut_simd:ident, $splat:ident, $add:ident, $sub:ident,
     $mul:ident, $max:ident, $div:ident, $sqrt:ident, $mul_add:ident, $less_than:ident, $select:ident) => {
        impl Lanes for $real {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn vectors<S: Simd>(numbers: &[Self]) -> &[S::$vector] {
                S::$as_simd(numbers).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [S::$vector] {
                S::$as_mut_simd(numbers).0
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn add_lanes<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn sub_lanes<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$sub(a, b)
            }

            #[inline(always)]
            fn mul_lanes<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$mul(a, b)
            }

            #[inline(always)]
            fn max_lanes<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$max(a, b)
            }

            #[inline(always)]
            fn div_lanes<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$div(a, b)
            }

            #[inline(always)]
            fn sqrt_lanes<S: Simd>(simd: S, a: S::$vector) -> S::$vector {
                simd.$sqrt(a)
            }

            #[inline(always)]
            fn mul_add_lanes<S: Simd>(
                simd: S,
                a: S::$vector,
                b: S::$vector,
                c: S::$vector,
            ) -> S::$vector {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn flush<S: Simd>(simd: S, a: S::$vector, limit: S::$vector) -> S::$vector {
                let zero = simd.$splat(0.0);
                // The |a| of pulp is not inlined, and one call per vector costs 5 % of a training.
                let size = simd.$max(a, simd.$sub(zero, a));
                simd.$select(simd.$less_than(size, limit), zero, a)
            }
        }
    };
}

lanes!(
    f32,
    f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    max_f32s,
    div_f32s,
    sqrt_f32s,
    mul_add_e_f32s,
    less_than_f32s,
    select_f32s
);
lanes!(
    f64,
    f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    max_f64s,
    div_f64s,
    sqrt_f64s,
    mul_add_e_f64s,
    less_than_f64s,
    select_f64s
);
