/// Intensity at a position between points, by a cubic through the four points around it
/// (Catmull–Rom). Beyond the ends, the first and the last intensity are repeated.
///
/// E. Catmull, R. Rom, in Computer Aided Geometric Design (1974), page 317.
pub(crate) fn sampled(pattern: &[f32], position: f64) -> f32 {
    let last = pattern.len() - 1;
    let position = position.clamp(0.0, last as f64);
    let (below, t) = (position as usize, position.fract() as f32);
    let at = |offset: usize| pattern[(below + offset).saturating_sub(1).min(last)];
    let [a, b, c, d] = [at(0), at(1), at(2), at(3)];
    let (slope_b, slope_c) = ((c - a) / 2.0, (d - b) / 2.0);
    let (rise, bend) = (c - b - slope_b, slope_c - slope_b);
    b + t * (slope_b + t * ((3.0 * rise - bend) + t * (bend - 2.0 * rise)))
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
