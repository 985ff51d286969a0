//! Synthetic patterns from a formula. This file uses only the standard library, so that the peers written
//! in Rust can include it; `peers/pytorch_epoch.py` uses the same formula.

/// Number of different patterns; further ones repeat them.
const DIFFERENT: usize = 135;

/// Number of lines of a pattern.
const LINES: u32 = 40;

/// Range of the points in degrees, from 1°.
pub(crate) const RANGE_DEG: f64 = 119.0;

/// `count` patterns of forty Lorentzian lines, one after the other, at `points` angles from 1° to
/// 120°.
///
/// Pattern i has u = (i mod 15)/14 and v = ⌊i/15⌋/8. Line j lies at 6 + 2.5·j·(1 + 0.004·u)
/// degrees, has the height exp(−j/12)·(1 + 0.3·v·sin j) and is 0.1° wide at half its height. As in
/// patterns of crystals no intensity is exactly 0, so that no work can be skipped. Pattern 135 equals
/// pattern 0, and so on.
pub fn made_up_block(points: usize, count: usize) -> Vec<f32> {
    let different = (0..count.min(DIFFERENT)).flat_map(|i| made_up_pattern(points, i));
    repeated(&different.collect::<Vec<_>>(), points, count)
}

fn made_up_pattern(points: usize, i: usize) -> Vec<f32> {
    let (u, v) = ((i % 15) as f64 / 14.0, (i / 15) as f64 / 8.0);
    let mut sums = vec![0.0; points];
    for j in (0..LINES).map(f64::from) {
        let centre = 6.0 + 2.5 * j * (1.0 + 0.004 * u);
        let height = (-j / 12.0).exp() * (1.0 + 0.3 * v * j.sin());
        for (k, sum) in sums.iter_mut().enumerate() {
            let angle = 1.0 + RANGE_DEG / points as f64 * k as f64;
            let offset = (angle - centre) / 0.05;
            *sum += height / (1.0 + offset * offset);
        }
    }
    sums.into_iter().map(|sum| sum as f32).collect()
}

/// The rows of a block, repeated until there are `count`.
fn repeated(block: &[f32], points: usize, count: usize) -> Vec<f32> {
    let mut whole = Vec::with_capacity(points * count);
    while whole.len() < points * count {
        let missing = points * count - whole.len();
        whole.extend_from_slice(&block[..block.len().min(missing)]);
    }
    whole
}
