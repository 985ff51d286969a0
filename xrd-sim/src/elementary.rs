//! exp, ln, asin, sin and cos for loops that the compiler vectorises.
//!
//! Only +, −, ·, / and √ are used, without fused multiply-add. Every processor therefore gives the
//! same bits, unlike the functions of the system library.

use std::f64::consts::{FRAC_PI_2, LOG2_E, TAU};

/// 1.5·2⁵²: added to a number below 2⁵¹ it leaves the nearest integer in the last bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// 1/n! for n = 2, 4…12 and for n = 3, 5…11.
const EXP_EVEN: [f64; 6] = [
    1.0 / 2.0,
    1.0 / 24.0,
    1.0 / 720.0,
    1.0 / 40_320.0,
    1.0 / 3_628_800.0,
    1.0 / 479_001_600.0,
];
const EXP_ODD: [f64; 5] = [
    1.0 / 6.0,
    1.0 / 120.0,
    1.0 / 5_040.0,
    1.0 / 362_880.0,
    1.0 / 39_916_800.0,
];

/// c₀ + c₁z + c₂z² + …
#[inline(always)]
fn polynomial<const N: usize>(z: f64, c: &[f64; N]) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| sum * z + c)
}

/// eˣ with a relative error of 4·10⁻¹⁶ for −700 <= x <= 700, and the value at the end outside.
///
/// eˣ = 2ⁿ·eʳ, where n is the integer nearest to x/ln 2 and |r| <= ln 2/2. The error of the Taylor
/// series up to r¹² is 2·10⁻¹⁶.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let shifted = x * LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    // Two short dependency chains run faster than a long one.
    let z = r * r;
    let series = polynomial(z, &EXP_EVEN) + r * polynomial(z, &EXP_ODD);
    let mantissa = 1.0 + (r + z * series);
    // The last bits of `shifted` are n; moved up, they are added to the exponent.
    f64::from_bits(mantissa.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// eˣ in single precision with a relative error of 3·10⁻⁷ for −87 <= x <= 0, and the value at the
/// end below.
#[inline(always)]
pub(crate) fn exp_single(x: f32) -> f32 {
    const ROUND_SINGLE: f32 = 12_582_912.0;
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let x = x.max(-87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND_SINGLE;
    let n = shifted - ROUND_SINGLE;
    let r = (x - n * HIGH) - n * LOW;
    let z = r * r;
    let even = 0.5 + z * (1.0 / 24.0 + z * (1.0 / 720.0));
    let odd = 1.0 / 6.0 + z * (1.0 / 120.0);
    let mantissa = 1.0 + (r + z * (even + r * odd));
    f32::from_bits(mantissa.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// ln x for every normal x > 0, with an error of 2·10⁻¹⁶ relative to the larger of its value and 1.
///
/// ln x = n·ln 2 + ln m with m from √½ to √2, and ln m = 2·artanh s with s = (m − 1)/(m + 1).
/// The error of the series up to s²¹ is 10⁻¹⁸.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const SERIES: [f64; 11] = [
        2.0,
        2.0 / 3.0,
        2.0 / 5.0,
        2.0 / 7.0,
        2.0 / 9.0,
        2.0 / 11.0,
        2.0 / 13.0,
        2.0 / 15.0,
        2.0 / 17.0,
        2.0 / 19.0,
        2.0 / 21.0,
    ];
    /// The bits of √½.
    const ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
    let above = x.to_bits().wrapping_sub(ROOT);
    let m = f64::from_bits((above & ((1 << 52) - 1)) + ROOT);
    // Exponent bits added to those of 1.5·2⁵² give a number that is too large by 1.5·2⁵².
    let exponent = above.wrapping_add(1 << 62) >> 52;
    let n = f64::from_bits(exponent | ROUND.to_bits()) - (ROUND + 1024.0);
    let s = (m - 1.0) / (m + 1.0);
    n * LN_2_HIGH + (s * polynomial(s * s, &SERIES) + n * LN_2_LOW)
}

/// Fifth root of x >= 0 with a relative error of 10⁻¹⁵; 0 for x below the smallest normal number.
#[inline(always)]
pub(crate) fn fifth_root(x: f64) -> f64 {
    /// Four fifths of the bits of 1, without its last 32.
    const ONE: f64 = 0.8 * (1023u32 << 20) as f64;
    // A fifth of the exponent is accurate to some per cent; each Newton step squares the error.
    let shifted = 0.2 * f64::from((x.to_bits() >> 32) as i32) + (ONE + ROUND);
    let mut y = f64::from_bits(shifted.to_bits() << 32);
    for _ in 0..5 {
        let y2 = y * y;
        y += 0.2 * (x / (y2 * y2) - y);
    }
    if x < f64::MIN_POSITIVE { 0.0 } else { y }
}

/// Numerator and denominator of (asin(√z) − √z)/(z·√z) for 0 <= z <= 1/4, by FDLIBM's
/// `e_asin.c` (Sun Microsystems, 1993).
const ASIN_P: [f64; 6] = [
    1.666_666_666_666_666_6e-1,
    -3.255_658_186_224_009e-1,
    2.012_125_321_348_629_3e-1,
    -4.005_553_450_067_941e-2,
    7.915_349_942_898_145e-4,
    3.479_331_075_960_212e-5,
];
const ASIN_Q: [f64; 5] = [
    1.0,
    -2.403_394_911_734_414,
    2.020_945_760_233_505_7,
    -6.882_839_716_054_533e-1,
    7.703_815_055_590_194e-2,
];

/// asin x with an error of 3·10⁻¹⁶ for 0 <= x <= 1, and NaN above 1.
///
/// Above 1/2 it uses asin x = π/2 − 2·asin √((1 − x)/2).
#[inline(always)]
pub(crate) fn asin(x: f64) -> f64 {
    let (far, complement) = (x > 0.5, 0.5 * (1.0 - x));
    let z = if far { complement } else { x * x };
    let root = if far { complement.sqrt() } else { x };
    let near = root + root * (z * (polynomial(z, &ASIN_P) / polynomial(z, &ASIN_Q)));
    if far { FRAC_PI_2 - 2.0 * near } else { near }
}

/// (−1)ᵏ/(2k)! for k = 0…8 and (−1)ᵏ/(2k + 1)! for k = 0…7.
const COS_SERIES: [f64; 9] = [
    1.0,
    -1.0 / 2.0,
    1.0 / 24.0,
    -1.0 / 720.0,
    1.0 / 40_320.0,
    -1.0 / 3_628_800.0,
    1.0 / 479_001_600.0,
    -1.0 / 87_178_291_200.0,
    1.0 / 20_922_789_888_000.0,
];
const SIN_SERIES: [f64; 8] = [
    1.0,
    -1.0 / 6.0,
    1.0 / 120.0,
    -1.0 / 5_040.0,
    1.0 / 362_880.0,
    -1.0 / 39_916_800.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 1_307_674_368_000.0,
];

/// cos 2πx and sin 2πx with an error of 3·10⁻¹⁶ for |x| < 2⁴⁹; exact for multiples of 1/4.
///
/// x = n/4 + r with |r| <= 1/8. The error of the Taylor series up to the 16th power is 10⁻¹⁶.
#[inline(always)]
pub(crate) fn turn(x: f64) -> (f64, f64) {
    let shifted = 4.0 * x + ROUND;
    let r = TAU * (x - 0.25 * (shifted - ROUND));
    let z = r * r;
    let (cos, sin) = (polynomial(z, &COS_SERIES), r * polynomial(z, &SIN_SERIES));
    let quarter = shifted.to_bits() & 3;
    let (a, b) = if quarter & 1 == 0 {
        (cos, sin)
    } else {
        (sin, cos)
    };
    let cos_sign = if quarter == 1 || quarter == 2 {
        -1.0
    } else {
        1.0
    };
    let sin_sign = if quarter >= 2 { -1.0 } else { 1.0 };
    (cos_sign * a, sin_sign * b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn exp_is_that_of_std(x in -700.0..700.0f64, small in -1e-3..1e-3f64) {
            for x in [x, small, x / 100.0] {
                prop_assert!((exp(x) / x.exp() - 1.0).abs() < 7e-16, "{x}");
            }
        }

        #[test]
        fn ln_is_that_of_std(log in -700.0..700.0f64, near in 0.5..2.0f64) {
            for x in [log.exp(), near, 1.0 + near * 1e-9] {
                prop_assert!((ln(x) - x.ln()).abs() < 3e-16 * x.ln().abs().max(1.0), "{x}");
            }
        }

        #[test]
        fn single_exp_is_that_of_std(x in -87.0..0.0f32, small in -1e-3..0.0f32) {
            for x in [x, small, x / 30.0] {
                let exact = f64::from(x).exp();
                prop_assert!((f64::from(exp_single(x)) / exact - 1.0).abs() < 3e-7, "{x}");
            }
        }

        #[test]
        fn fifth_roots_are_roots(log in -200.0..200.0f64) {
            let root = fifth_root(log.exp());
            prop_assert!((root.powi(5) / log.exp() - 1.0).abs() < 1e-14, "{log}");
        }

        #[test]
        fn asin_is_that_of_std(x in 0.0..=1.0f64, small in 0.0..1e-3f64) {
            for x in [x, small, 1.0 - small] {
                prop_assert!((asin(x) - x.asin()).abs() <= 5e-16 * x.asin(), "{x}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn turns_are_those_of_std(x in -0.6..0.6f64, n in -1000i32..1000) {
            // Whole turns are subtracted exactly before std computes the rest.
            let rest = x - x.round();
            let (sin, cos) = (TAU * rest).sin_cos();
            let (c, s) = turn(x);
            prop_assert!((c - cos).abs() < 7e-16 && (s - sin).abs() < 7e-16, "{x}");
            let (c, s) = turn(f64::from(n) + 0.125);
            prop_assert!((c - s).abs() < 3e-16 && (c * c + s * s - 1.0).abs() < 5e-16);
        }
    }

    #[test]
    fn quarter_turns_are_exact() {
        let quarters = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        for n in -41i32..41 {
            assert_eq!(
                turn(0.25 * f64::from(n)),
                quarters[n.rem_euclid(4) as usize]
            );
        }
    }

    #[test]
    fn ends() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(
            (fifth_root(0.0), fifth_root(1e-320), ln(1.0)),
            (0.0, 0.0, 0.0)
        );
        assert_eq!(exp(-1e9), exp(-700.0));
        assert!(exp(-700.0) > 0.0 && exp(-700.0) < 1e-300);
        assert_eq!((asin(0.0), asin(1.0)), (0.0, FRAC_PI_2));
        assert!(asin(1.000_000_1).is_nan());
    }
}
