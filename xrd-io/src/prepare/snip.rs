//! Background by SNIP, statistics-sensitive non-linear iterative peak clipping.

/// Calculates the background of a pattern by SNIP (statistics-sensitive non-linear iterative peak
/// clipping).
///
/// The intensities y are transformed to v = ln(ln(√(y + 1) + 1) + 1), which reduces the differences
/// between high and low peaks. For each p from `half_width` down to 1, every v(i) is then replaced
/// by min(v(i), (v(i−p) + v(i+p))/2). The result is transformed back.
///
/// If any intensity is negative, a constant is added to all intensities, so that the lowest is 0.
/// This constant is subtracted again at the end. In the round with the value p, points closer than
/// p to an end are not changed. The background is never larger than the intensity.
///
/// The argument `half_width` is a number of points. It should be larger than the width of the
/// widest group of lines. Cost: O(points · half_width).
///
/// # References
/// C. G. Ryan, E. Clayton, W. L. Griffin, S. H. Sie, D. R. Cousens, Nucl. Instrum. Methods B 34
/// (1988) 396 (operator and clipping); M. Morháč, J. Kliman, V. Matoušek, M. Veselský,
/// I. Turzo, Nucl. Instrum. Methods A 401 (1997) 113 (windows that shrink by one point).
///
/// # Example
/// ```
/// let background = xrd_io::prepare::snip(&[4.0, 4.0, 4.0, 90.0, 4.0, 4.0, 4.0], 2);
/// assert!(background.iter().all(|b| (b - 4.0).abs() < 1e-9));
/// ```
pub fn snip(intensities: &[f64], half_width: usize) -> Vec<f64> {
    let lift = intensities.iter().fold(0.0f64, |least, &y| least.min(y));
    let compressed = intensities.iter().map(|y| compress(y - lift)).collect();
    let clipped = clip(compressed, half_width);
    let background = |(v, y): (f64, &f64)| (expand(v) + lift).min(*y);
    clipped
        .into_iter()
        .zip(intensities)
        .map(background)
        .collect()
}

fn compress(y: f64) -> f64 {
    ((y + 1.0).sqrt() + 1.0).ln().ln_1p()
}

fn expand(v: f64) -> f64 {
    let root = v.exp_m1().exp() - 1.0;
    root * root - 1.0
}

/// Clips with the half widths `half_width`, …, 1.
fn clip(mut values: Vec<f64>, half_width: usize) -> Vec<f64> {
    let widest = half_width.min(values.len().saturating_sub(1) / 2);
    let mut before = values.clone();
    for p in (1..=widest).rev() {
        before.copy_from_slice(&values);
        let inner = p..values.len() - p;
        let sides = before.iter().zip(&before[2 * p..]);
        for (value, (left, right)) in values[inner].iter_mut().zip(sides) {
            *value = value.min(0.5 * (left + right));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::made_up::{Reference, assert_near, pattern};
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(-1e3..1e6f64, 0..80)
    }

    proptest! {
        #[test]
        fn lies_nowhere_above_the_pattern(values in values(), half_width in 0usize..50) {
            let background = snip(&values, half_width);
            prop_assert_eq!(background.len(), values.len());
            prop_assert!(background.iter().zip(&values).all(|(b, y)| b <= y));
        }

        #[test]
        fn a_constant_is_its_own_background(y in -1e3..1e6f64, half_width in 1usize..50) {
            let background = snip(&[y; 60], half_width);
            prop_assert!(background.iter().all(|b| (b - y).abs() <= 1e-9 * y.abs().max(1.0)));
        }

        #[test]
        fn clipping_leaves_a_line(a in -1e3..1e3f64, b in -10.0..10.0f64, half_width in 1usize..50) {
            let line: Vec<f64> = (0..60).map(|i| a + b * f64::from(i)).collect();
            let near = |(c, y): (&f64, &f64)| (c - y).abs() < 1e-9;
            prop_assert!(clip(line.clone(), half_width).iter().zip(&line).all(near));
        }

        #[test]
        fn mirrored_patterns_have_mirrored_backgrounds(values in values(), half_width in 0usize..50) {
            let mut mirrored: Vec<f64> = values.iter().rev().copied().collect();
            mirrored = snip(&mirrored, half_width);
            mirrored.reverse();
            prop_assert_eq!(mirrored, snip(&values, half_width));
        }

        #[test]
        fn expanding_inverts_compressing(y in 0.0..1e9f64) {
            prop_assert!((expand(compress(y)) - y).abs() <= 1e-9 * y.max(1.0));
        }
    }

    /// Values printed by `benches/peers/preparation.py`.
    #[test]
    fn agrees_with_pybaselines() {
        const REFERENCE: Reference = [
            (0, 54.0),
            (3, 54.9338267307),
            (40, 65.3134950682),
            (80, 74.5448533684),
            (84, 75.3340836359),
            (130, 82.3486396479),
            (200, 87.4112013446),
            (203, 87.7039923559),
            (250, 94.7670906181),
            (299, 111.797989132),
        ];
        assert_near(&snip(&pattern(), 25), &REFERENCE, 1e-9);
    }
}
