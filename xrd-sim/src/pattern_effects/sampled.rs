/// Intensity at a position between points, by a cubic through the four points around it
/// (Catmull–Rom). Beyond the ends, the first and the last intensity are repeated.
///
/// E. Catmull, R. Rom, in Computer Aided Geometric Design (1974), page 317.
pub(crate) fn sampled(pattern: &[f32], position: f64) -> f32 {
    let last = pattern.len() - 1;
    let position = position.clamp(0.0, last as f64);
    let below = position as usize;
    let t = (position - below as f64) as f32;
    let at = |offset: usize| pattern[(below + offset).saturating_sub(1).min(last)];
    cubic([at(0), at(1), at(2), at(3)], t)
}

/// Value of the cubic between the second and the third of four intensities, for t from 0 to 1.
#[inline(always)]
fn cubic([a, b, c, d]: [f32; 4], t: f32) -> f32 {
    let (slope_b, slope_c) = ((c - a) / 2.0, (d - b) / 2.0);
    let (rise, bend) = (c - b - slope_b, slope_c - slope_b);
    b + t * (slope_b + t * ((3.0 * rise - bend) + t * (bend - 2.0 * rise)))
}

/// Number of points between two points whose offset is computed. Offsets change so slowly along a
/// pattern that they are interpolated linearly between them, with errors below 10⁻⁵°.
const STRIDE: usize = 16;

/// Calls `see` for each point with the intensity at an offset from this point, in points. The
/// offset of a point is `offset(index)`; NaN skips the point.
pub(super) fn each_moved(
    pattern: &[f32],
    into: &mut [f32],
    offset: impl Fn(usize) -> f64,
    see: impl Fn(&mut f32, f32),
) {
    let mut next = offset(0);
    for (block, points) in into.chunks_mut(STRIDE).enumerate() {
        let start = block * STRIDE;
        let here = std::mem::replace(&mut next, offset(start + STRIDE));
        if here.is_nan() || next.is_nan() {
            continue;
        }
        let slope = (next - here) / STRIDE as f64;
        if let Some((window, t)) = window(pattern, start as f64 + here, next - here) {
            let slope = slope as f32;
            for (i, (y, w)) in points.iter_mut().zip(window.windows(4)).enumerate() {
                let t = t + slope * i as f32;
                see(y, cubic([w[0], w[1], w[2], w[3]], t));
            }
            continue;
        }
        for (i, y) in points.iter_mut().enumerate() {
            let place = (start + i) as f64 + (here + slope * i as f64);
            see(y, sampled(pattern, place));
        }
    }
}

/// Largest change of the offset between two points whose offset is computed, with which all points
/// between them use the same place of the cubic. The cubic is then used up to this far beyond its
/// ends, where it is still accurate.
const SAME_PLACE: f64 = 0.02;

/// Intensities around the points of a block, and the place of its first point between the second
/// and the third of them. `None` near the ends of the pattern, and where the offset changes faster.
fn window(pattern: &[f32], position: f64, change: f64) -> Option<(&[f32], f32)> {
    if position < 1.0 || change.abs() > SAME_PLACE {
        return None;
    }
    let below = position as usize;
    let window = pattern.get(below - 1..below + STRIDE + 2)?;
    Some((window, (position - below as f64) as f32))
}

/// Calls `see` for each point with a value that is interpolated linearly between knots. The first
/// point is at `first` and a point is `per_point` further than the one before it, in knots.
pub(super) fn each_between_knots(
    into: &mut [f32],
    (first, per_point): (f64, f64),
    mut knot: impl FnMut() -> f64,
    see: impl Fn(&mut f32, f32),
) {
    let (mut before, mut after) = (knot(), knot());
    let (mut done, mut index) = (0, 0);
    while done < into.len() {
        let end = ((f64::from(index + 1) - first) / per_point).ceil().max(0.0) as usize;
        let end = end.min(into.len());
        let at = |i: usize| first + i as f64 * per_point - f64::from(index);
        let (value, slope) = (
            before + at(done) * (after - before),
            (after - before) * per_point,
        );
        for (i, y) in into[done..end].iter_mut().enumerate() {
            see(y, (value + slope * i as f64) as f32);
        }
        done = end;
        if done < into.len() {
            (before, after, index) = (after, knot(), index + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn points_are_kept_and_quadratics_are_exact(
            [a, b, c] in prop::array::uniform3(-1.0..1.0f32),
            x in 1.0..7.9f64,
        ) {
            let of = |x: f64| f64::from(a) + x * (f64::from(b) + x * f64::from(c));
            let pattern: Vec<f32> = (0..10).map(|i| of(f64::from(i)) as f32).collect();
            for i in 0..10 {
                prop_assert_eq!(sampled(&pattern, i as f64), pattern[i]);
            }
            prop_assert!((f64::from(sampled(&pattern, x)) - of(x)).abs() < 1e-4);
        }
    }

    #[test]
    fn ends_are_repeated() {
        let pattern = [3.0, 1.0, 2.0];
        assert_eq!(sampled(&pattern, -5.0), 3.0);
        assert_eq!(sampled(&pattern, 9.0), 2.0);
        assert_eq!(sampled(&[4.0], 0.3), 4.0);
    }
}
