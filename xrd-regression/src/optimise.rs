//! Minimisation without derivatives.

/// Minimises a function by the simplex method (J. A. Nelder, R. Mead, Comput. J. 7, 308, 1965).
///
/// The first simplex is `start` and, for each coordinate, `start` moved by its step. The argument
/// `most` is the largest number of evaluations, which may be exceeded by a few. Returns the best
/// point.
pub(crate) fn minimise<const N: usize>(
    function: impl Fn(&[f64; N]) -> f64,
    start: [f64; N],
    steps: [f64; N],
    most: usize,
) -> [f64; N] {
    let mut simplex = vec![(function(&start), start)];
    for k in 0..N {
        let mut corner = start;
        corner[k] += steps[k];
        simplex.push((function(&corner), corner));
    }
    let mut evaluations = N + 1;
    loop {
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        if evaluations >= most {
            return simplex[0].1;
        }
        evaluations += step(&function, &mut simplex);
    }
}

/// Replaces the worst corner of a sorted simplex, or shrinks the simplex. Returns the number of
/// evaluations.
fn step<const N: usize>(
    function: &impl Fn(&[f64; N]) -> f64,
    simplex: &mut [(f64, [f64; N])],
) -> usize {
    let worst = simplex[N];
    let mean: [f64; N] =
        std::array::from_fn(|k| simplex[..N].iter().map(|(_, x)| x[k]).sum::<f64>() / N as f64);
    let along = |t: f64| -> (f64, [f64; N]) {
        let x = std::array::from_fn(|k| mean[k] + t * (worst.1[k] - mean[k]));
        (function(&x), x)
    };
    let reflected = along(-1.0);
    if reflected.0 < simplex[0].0 {
        let expanded = along(-2.0);
        simplex[N] = if expanded.0 < reflected.0 {
            expanded
        } else {
            reflected
        };
        return 2;
    }
    if reflected.0 < simplex[N - 1].0 {
        simplex[N] = reflected;
        return 1;
    }
    let contracted = along(if reflected.0 < worst.0 { -0.5 } else { 0.5 });
    if contracted.0 < worst.0.min(reflected.0) {
        simplex[N] = contracted;
        return 2;
    }
    let best = simplex[0].1;
    for corner in &mut simplex[1..] {
        let x = std::array::from_fn(|k| best[k] + 0.5 * (corner.1[k] - best[k]));
        *corner = (function(&x), x);
    }
    2 + N
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_is_followed_to_its_end() {
        let valley = |x: &[f64; 2]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let found = minimise(valley, [-1.2, 1.0], [0.5, 0.5], 400);
        assert!(valley(&found) < 1e-8, "{found:?}");
    }

    #[test]
    fn regions_without_a_value_are_avoided() {
        let function = |x: &[f64; 1]| if x[0] < 0.5 { f64::INFINITY } else { x[0] };
        let found = minimise(function, [3.0], [1.0], 60);
        assert!((found[0] - 0.5).abs() < 1e-3, "{found:?}");
    }
}
