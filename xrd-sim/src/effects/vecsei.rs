use multiversion::multiversion;
use rand::Rng;
use rand_distr::{Distribution, Normal};

use crate::elementary::exp;

/// Random background of Vecsei et al. (2019).
///
/// The background is the sum of four parts. Each part is present with the probability 1/2.
///
/// In the formulas, x runs from 0 to 1 over the range of angles. T is 0.1 divided by the number of
/// parts that are present. The unit of all heights is the maximum of the lines alone, without
/// humps, background and noise (see [`Effects`](crate::Effects)). U(a, b) is the uniform
/// distribution from a to b. N(μ, σ, t) is the normal distribution of mean μ and standard deviation
/// σ, truncated to the range from 0 to t. The parts are:
///
/// - step up: h/(1 + exp(a(x − s))) with h from N(T/3, T/7, T), a from U(10, 60) and s from U(0,
///   1/7);
/// - step down: h(1 − 1/(1 + exp(a(x − s)))) with h and a as for the step up, and s from U(6/7, 1);
/// - polynomial: |c₀ + c₁x + … + cₙxⁿ| with n from {0, …, 4}. Each coefficient is 0 with the
///   probability 1/2, and otherwise from 3T/(2(n + 1))·U(−1, 1);
/// - bump: h(nx)²·exp(−nx) with h from N(2T/5, 3T/35, 3T/5) and n from U(40, 70).
///
/// The names and the signs are those of the paper. With these signs, the step up decreases with the
/// angle, and the step down increases.
///
/// # References
/// P. M. Vecsei, K. Choo, J. Chang, T. Neupert, Phys. Rev. B 99, 245120 (2019), appendix A.
#[derive(Clone, Debug, PartialEq)]
pub struct VecseiBackground {
    step_up: Option<Step>,
    step_down: Option<Step>,
    /// Coefficients by ascending power, at most five.
    polynomial: Option<Vec<f64>>,
    bump: Option<Bump>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    height: f64,
    steepness: f64,
    place: f64,
}

impl Step {
    fn draw<R: Rng>(rng: &mut R, threshold: f64, places: std::ops::Range<f64>) -> Self {
        Self {
            height: truncated_normal(rng, threshold / 3.0, threshold / 7.0, threshold),
            steepness: rng.random_range(10.0..60.0),
            place: rng.random_range(places),
        }
    }

    #[inline(always)]
    fn logistic(&self, x: f64) -> f64 {
        1.0 / (1.0 + exp(self.steepness * (x - self.place)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bump {
    height: f64,
    n: f64,
}

impl Bump {
    #[inline(always)]
    fn at(&self, x: f64) -> f64 {
        let nx = self.n * x;
        self.height * nx * nx * exp(-nx)
    }
}

impl VecseiBackground {
    /// Creates a random background.
    pub fn draw<R: Rng>(rng: &mut R) -> Self {
        let there: [bool; 4] = std::array::from_fn(|_| rng.random());
        let t = 0.1 / there.iter().filter(|part| **part).count() as f64;
        Self {
            step_up: there[0].then(|| Step::draw(rng, t, 0.0..1.0 / 7.0)),
            step_down: there[1].then(|| Step::draw(rng, t, 6.0 / 7.0..1.0)),
            polynomial: there[2].then(|| polynomial(rng, t)),
            bump: there[3].then(|| Bump {
                height: truncated_normal(rng, 2.0 * t / 5.0, 3.0 * t / 35.0, 3.0 * t / 5.0),
                n: rng.random_range(40.0..70.0),
            }),
        }
    }

    /// Returns the background at `x`, where `x` is 0 at the first angle and 1 at the last angle.
    pub fn at(&self, x: f64) -> f64 {
        let up = self.step_up.map_or(0.0, |s| s.height * s.logistic(x));
        let down = self
            .step_down
            .map_or(0.0, |s| s.height * (1.0 - s.logistic(x)));
        let polynomial = self.polynomial.as_deref();
        let polynomial = polynomial.map_or(0.0, |c| polynomial_at(c, x).abs());
        let bump = self.bump.map_or(0.0, |b| b.at(x));
        up + down + polynomial + bump
    }

    /// Adds the background to intensities at equal steps over the whole range of angles.
    pub fn add(&self, intensities: &mut [f64]) {
        let [up, down] = [self.step_up, self.step_down];
        if let Some(step) = up {
            add_step(&step, 0.0, step.height, intensities);
        }
        if let Some(step) = down {
            add_step(&step, step.height, -step.height, intensities);
        }
        if let Some(bump) = &self.bump {
            add_bump(bump, intensities);
        }
        if let Some(coefficients) = &self.polynomial {
            add_polynomial(coefficients, intensities);
        }
    }
}

/// Index of the last intensity, which is at x = 1.
fn last_place(intensities: &[f64]) -> f64 {
    intensities.len().max(2) as f64 - 1.0
}

/// Adds `base` and `height` times the logistic function of a step.
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn add_step(step: &Step, base: f64, height: f64, intensities: &mut [f64]) {
    let per_point = 1.0 / last_place(intensities);
    for (i, y) in intensities.iter_mut().enumerate() {
        *y += base + height * step.logistic(i as u32 as f64 * per_point);
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn add_bump(bump: &Bump, intensities: &mut [f64]) {
    let per_point = 1.0 / last_place(intensities);
    for (i, y) in intensities.iter_mut().enumerate() {
        *y += bump.at(i as u32 as f64 * per_point);
    }
}

/// c₀ + c₁x + c₂x² + …
#[inline(always)]
fn polynomial_at(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn add_polynomial(coefficients: &[f64], intensities: &mut [f64]) {
    let per_point = 1.0 / last_place(intensities);
    // An array of fixed length lets the compiler unroll the loop.
    let mut five = [0.0; 5];
    five[..coefficients.len()].copy_from_slice(coefficients);
    for (i, y) in intensities.iter_mut().enumerate() {
        *y += polynomial_at(&five, i as u32 as f64 * per_point).abs();
    }
}

fn polynomial<R: Rng>(rng: &mut R, threshold: f64) -> Vec<f64> {
    let order = rng.random_range(0..=4);
    let largest = 3.0 * threshold / (2.0 * f64::from(order + 1));
    let coefficient = |_| match rng.random() {
        true => largest * rng.random_range(-1.0..1.0),
        false => 0.0,
    };
    (0..=order).map(coefficient).collect()
}

/// Normal variate of this mean and standard deviation, truncated to 0…`most`.
fn truncated_normal<R: Rng>(rng: &mut R, mean: f64, sd: f64, most: f64) -> f64 {
    let normal = Normal::new(mean, sd).expect("a threshold is positive and finite");
    loop {
        let x = normal.sample(rng);
        if (0.0..=most).contains(&x) {
            return x;
        }
    }
}

/// Adds the uniform noise of Vecsei et al.
///
/// To each intensity, a new random number from 0.002 to 0.02 is added. The intensities must have
/// the scale of [`Effects`](crate::Effects), in which the lines alone, without humps, background
/// and noise, have a maximum of 1.
///
/// # References
/// See [`VecseiBackground`].
pub fn add_vecsei_noise<R: Rng>(rng: &mut R, intensities: &mut [f64]) {
    let mut bits = [0u32; 64];
    for block in intensities.chunks_mut(bits.len()) {
        rng.fill(&mut bits[..block.len()]);
        for (y, bits) in block.iter_mut().zip(bits) {
            *y += 0.002 + 0.018 / 4_294_967_296.0 * f64::from(bits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    const DRAWS: usize = 40_000;

    fn backgrounds() -> Vec<VecseiBackground> {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        (0..DRAWS)
            .map(|_| VecseiBackground::draw(&mut rng))
            .collect()
    }

    impl VecseiBackground {
        fn parts(&self) -> [bool; 4] {
            [
                self.step_up.is_some(),
                self.step_down.is_some(),
                self.polynomial.is_some(),
                self.bump.is_some(),
            ]
        }

        fn threshold(&self) -> f64 {
            0.1 / self.parts().iter().filter(|p| **p).count() as f64
        }
    }

    /// Mean and standard deviation.
    fn moments(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        (mean, variance.sqrt())
    }

    /// Mean and standard deviation of a normal distribution truncated to 0…`most`, by the plain
    /// sum.
    fn truncated(mean: f64, sd: f64, most: f64) -> (f64, f64) {
        let points = || (0..4000).map(|i| most * (f64::from(i) + 0.5) / 4000.0);
        let density = |x: f64| (-0.5 * ((x - mean) / sd).powi(2)).exp();
        let sum = |f: &dyn Fn(f64) -> f64| points().map(|x| f(x) * density(x)).sum::<f64>();
        let m = sum(&|x| x) / sum(&|_| 1.0);
        (m, (sum(&|x| (x - m) * (x - m)) / sum(&|_| 1.0)).sqrt())
    }

    fn assert_moments(what: &str, values: &[f64], (mean, sd): (f64, f64)) {
        let (m, s) = moments(values);
        let error = sd / (values.len() as f64).sqrt();
        assert!(
            (m - mean).abs() < 5.0 * error,
            "{what}: mean {m}, not {mean}"
        );
        assert!((s - sd).abs() < 5.0 * error, "{what}: sd {s}, not {sd}");
    }

    fn uniform(low: f64, high: f64) -> (f64, f64) {
        ((low + high) / 2.0, (high - low) / 12f64.sqrt())
    }

    #[test]
    fn what_is_added_is_the_sum_of_the_parts() {
        for background in backgrounds().iter().take(40) {
            let mut added = vec![0.5; 1001];
            background.add(&mut added);
            for (i, y) in added.iter().enumerate() {
                let expected = 0.5 + background.at(i as f64 / 1000.0);
                assert!((y - expected).abs() < 1e-14, "{i}: {y} {expected}");
            }
        }
    }

    #[test]
    fn each_part_is_there_half_the_time_independently() {
        let all = backgrounds();
        let mut counts = [0; 16];
        for b in &all {
            let code = b
                .parts()
                .iter()
                .fold(0, |code, &p| 2 * code + usize::from(p));
            counts[code] += 1;
        }
        for count in counts {
            let expected = DRAWS as f64 / 16.0;
            assert!(
                (f64::from(count) - expected).abs() < 5.0 * expected.sqrt(),
                "{counts:?}"
            );
        }
    }

    #[test]
    fn heights_steepness_and_places_have_the_moments_of_the_paper() {
        let all = backgrounds();
        let up: Vec<(f64, Step)> = all
            .iter()
            .filter_map(|b| Some((b.threshold(), b.step_up?)))
            .collect();
        let down: Vec<(f64, Step)> = all
            .iter()
            .filter_map(|b| Some((b.threshold(), b.step_down?)))
            .collect();
        let bump: Vec<(f64, Bump)> = all
            .iter()
            .filter_map(|b| Some((b.threshold(), b.bump?)))
            .collect();
        for steps in [&up, &down] {
            let heights: Vec<f64> = steps.iter().map(|(t, s)| s.height / t).collect();
            assert_moments(
                "step height",
                &heights,
                truncated(1.0 / 3.0, 1.0 / 7.0, 1.0),
            );
            let steepness: Vec<f64> = steps.iter().map(|(_, s)| s.steepness).collect();
            assert_moments("steepness", &steepness, uniform(10.0, 60.0));
        }
        let places = |steps: &[(f64, Step)]| steps.iter().map(|(_, s)| s.place).collect::<Vec<_>>();
        assert_moments("step up", &places(&up), uniform(0.0, 1.0 / 7.0));
        assert_moments("step down", &places(&down), uniform(6.0 / 7.0, 1.0));
        let heights: Vec<f64> = bump.iter().map(|(t, b)| b.height / t).collect();
        assert_moments("bump height", &heights, truncated(0.4, 3.0 / 35.0, 0.6));
        let n: Vec<f64> = bump.iter().map(|(_, b)| b.n).collect();
        assert_moments("bump n", &n, uniform(40.0, 70.0));
    }

    #[test]
    fn polynomials_have_the_orders_and_coefficients_of_the_paper() {
        let all = backgrounds();
        let drawn: Vec<(f64, &[f64])> = all
            .iter()
            .filter_map(|b| Some((b.threshold(), b.polynomial.as_deref()?)))
            .collect();
        for order in 0..=4 {
            let of_order: Vec<_> = drawn.iter().filter(|(_, c)| c.len() == order + 1).collect();
            let expected = drawn.len() as f64 / 5.0;
            assert!((of_order.len() as f64 - expected).abs() < 5.0 * expected.sqrt());
            let largest = |t: f64| 1.5 * t / (order + 1) as f64;
            let scaled =
                |(t, c): &&(f64, &[f64])| c.iter().map(|x| x / largest(*t)).collect::<Vec<_>>();
            let coefficients: Vec<f64> = of_order.iter().flat_map(scaled).collect();
            let zero = coefficients.iter().filter(|c| **c == 0.0).count() as f64;
            let half = coefficients.len() as f64 / 2.0;
            assert!((zero - half).abs() < 5.0 * (half / 2.0).sqrt());
            let rest: Vec<f64> = coefficients.into_iter().filter(|c| *c != 0.0).collect();
            assert_moments("coefficient", &rest, uniform(-1.0, 1.0));
        }
    }

    #[test]
    fn values_follow_the_printed_formulas() {
        let step = Step {
            height: 0.03,
            steepness: 20.0,
            place: 0.1,
        };
        let none = VecseiBackground {
            step_up: None,
            step_down: None,
            polynomial: None,
            bump: None,
        };
        let up = VecseiBackground {
            step_up: Some(step),
            ..none.clone()
        };
        let down = VecseiBackground {
            step_down: Some(step),
            ..none.clone()
        };
        assert!((up.at(0.1) - 0.015).abs() < 1e-15);
        assert!((up.at(0.15) - 0.03 / (1.0 + 1f64.exp())).abs() < 1e-15);
        assert!((up.at(0.7) + down.at(0.7) - 0.03).abs() < 1e-15);
        let polynomial = VecseiBackground {
            polynomial: Some(vec![0.01, -0.05, 0.02]),
            ..none.clone()
        };
        assert!((polynomial.at(0.5) - 0.01).abs() < 1e-15);
        // The bump is highest, 4h/e², where nx = 2.
        let bump = VecseiBackground {
            bump: Some(Bump {
                height: 0.05,
                n: 50.0,
            }),
            ..none.clone()
        };
        assert!((bump.at(0.04) - 0.05 * 4.0 * (-2f64).exp()).abs() < 1e-15);
        assert!(bump.at(0.039) < bump.at(0.04) && bump.at(0.041) < bump.at(0.04));
        assert_eq!(none.at(0.3), 0.0);
        let mut intensities = [1.0; 3];
        bump.add(&mut intensities);
        assert_eq!(intensities, [1.0, 1.0 + bump.at(0.5), 1.0 + bump.at(1.0)]);
    }

    #[test]
    fn no_background_is_higher_than_its_parts_allow() {
        // The parts share 0.1; the polynomial may reach 1.5 times its share.
        for background in backgrounds().iter().take(2000) {
            let highest = (0..=500)
                .map(|i| background.at(f64::from(i) / 500.0))
                .fold(0.0, f64::max);
            assert!(highest <= 0.15, "{background:?}");
        }
    }

    #[test]
    fn noise_is_uniform() {
        let mut noise = vec![0.0; DRAWS];
        add_vecsei_noise(&mut ChaCha8Rng::seed_from_u64(1), &mut noise);
        assert!(noise.iter().all(|y| (0.002..0.02).contains(y)));
        assert_moments("noise", &noise, uniform(0.002, 0.02));
    }
}
