//! Errors of found shifts.

use super::LeftOut;
use super::search::Offset;

/// Fraction of the left-out patterns that count. The others may be far off.
const COUNTED: f64 = 0.9;

/// Number of standard deviations, of the patterns that count, that 90 % of all patterns do not exceed.
const DEVIATIONS: f64 = 2.0;

/// Returns two independent offsets, whose outer products sum to the covariance of the offsets of
/// left-out known patterns (its Cholesky factor), times the square of the number of deviations.
pub(super) fn typical_errors(left_out: &[LeftOut]) -> [Offset; 2] {
    let mut counted = left_out.to_vec();
    counted.sort_by(|a, b| a.size_deg.total_cmp(&b.size_deg));
    counted.truncate((COUNTED * counted.len() as f64).ceil() as usize);
    let offsets = || counted.iter().map(|one| one.offset);
    let mean = |product: fn(Offset) -> f64| {
        offsets().map(product).sum::<f64>() / counted.len().max(1) as f64
    };
    let zero = mean(|o| o.zero_deg * o.zero_deg).sqrt();
    let both = mean(|o| o.zero_deg * o.displacement_mm);
    let along = if zero > 0.0 { both / zero } else { 0.0 };
    let rest = mean(|o| o.displacement_mm * o.displacement_mm) - along * along;
    let scaled = |zero_deg: f64, displacement_mm: f64| Offset {
        zero_deg: DEVIATIONS * zero_deg,
        displacement_mm: DEVIATIONS * displacement_mm,
    };
    [scaled(zero, along), scaled(0.0, rest.max(0.0).sqrt())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_have_the_covariance_of_the_offsets() {
        let one = |i: usize| LeftOut {
            improvement: 1.0,
            size_deg: 0.0,
            offset: Offset {
                zero_deg: ((i * 7) % 10) as f64 / 100.0,
                displacement_mm: ((i * 3) % 10) as f64 / 50.0,
            },
        };
        let all: Vec<LeftOut> = (0..9).map(one).collect();
        let [a, b] = typical_errors(&all);
        let mean = |f: fn(Offset) -> f64| 4.0 * all.iter().map(|l| f(l.offset)).sum::<f64>() / 9.0;
        let of = |f: fn(Offset) -> f64| f(a) + f(b);
        let products: [fn(Offset) -> f64; 3] = [
            |o| o.zero_deg * o.zero_deg,
            |o| o.zero_deg * o.displacement_mm,
            |o| o.displacement_mm * o.displacement_mm,
        ];
        for product in products {
            assert!((mean(product) - of(product)).abs() < 1e-12);
        }
        assert_eq!(typical_errors(&[]), [Offset::default(); 2]);
    }
}
