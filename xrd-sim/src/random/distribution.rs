use rand::Rng;
use rand_distr::{Distribution as _, Normal};
use serde::{Deserialize, Serialize};

use crate::error::within;
use crate::{Error, Result};

/// Probability distribution of a number.
///
/// A plain number deserialises to a constant. The other distributions deserialise from a table, as
/// in these examples:
///
/// - `{ uniform = [0, 1] }`: uniform between two numbers.
/// - `{ log_uniform = [10, 1000] }`: uniform in the logarithm, between two numbers.
/// - `{ choice = [1, 2, 5] }`: one of the listed numbers, with equal probability.
/// - `{ normal = { mean = 0, sd = 1, min = -3, max = 3 } }`: normal, truncated to the range from
///   `min` to `max`. Before truncation, `mean` is the mean and `sd` the standard deviation.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Distribution(Written);

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected a number, { uniform = [low, high] }, { log_uniform = [low, high] }, \
                 { choice = [x, ...] } or { normal = { mean, sd, min, max } }"
)]
enum Written {
    Constant(f64),
    Drawn(Drawn),
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Drawn {
    Uniform([f64; 2]),
    LogUniform([f64; 2]),
    Choice(Vec<f64>),
    Normal(CutNormal),
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct CutNormal {
    mean: f64,
    sd: f64,
    min: f64,
    max: f64,
}

impl Distribution {
    /// Returns a random number from the distribution.
    pub fn draw<R: Rng>(&self, rng: &mut R) -> f64 {
        match &self.0 {
            Written::Constant(x) => *x,
            Written::Drawn(drawn) => drawn.draw(rng),
        }
    }

    /// Returns the smallest and the largest possible number.
    pub fn range(&self) -> [f64; 2] {
        match &self.0 {
            Written::Constant(x) => [*x, *x],
            Written::Drawn(drawn) => drawn.range(),
        }
    }
}

impl From<f64> for Distribution {
    /// Creates a distribution that always gives the same number.
    fn from(x: f64) -> Self {
        Self(Written::Constant(x))
    }
}

impl From<Distribution> for Written {
    fn from(distribution: Distribution) -> Self {
        distribution.0
    }
}

impl TryFrom<Written> for Distribution {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self> {
        match &written {
            Written::Drawn(Drawn::LogUniform([low, _])) => {
                within(
                    "start of a log-uniform distribution",
                    *low,
                    f64::MIN_POSITIVE..,
                    "over 0",
                )?;
            }
            Written::Drawn(Drawn::Choice(values)) => {
                for value in values {
                    within(
                        "number to choose",
                        *value,
                        f64::MIN..=f64::MAX,
                        "a finite number",
                    )?;
                }
            }
            Written::Drawn(Drawn::Normal(normal)) => normal.check()?,
            _ => (),
        }
        let distribution = Self(written);
        let [low, high] = distribution.range();
        within(
            "range of a distribution",
            high - low,
            0.0..=f64::MAX,
            "0 or more, and finite",
        )?;
        Ok(distribution)
    }
}

impl Drawn {
    fn draw<R: Rng>(&self, rng: &mut R) -> f64 {
        match self {
            Self::Uniform([low, high]) => rng.random_range(*low..=*high),
            Self::LogUniform([low, high]) => {
                let x = rng.random_range(low.ln()..=high.ln()).exp();
                x.clamp(*low, *high)
            }
            Self::Choice(values) => values[rng.random_range(0..values.len())],
            Self::Normal(normal) => normal.draw(rng),
        }
    }

    fn range(&self) -> [f64; 2] {
        match self {
            Self::Uniform(range) | Self::LogUniform(range) => *range,
            Self::Choice(values) => [
                values.iter().copied().fold(f64::INFINITY, f64::min),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ],
            Self::Normal(normal) => [normal.min, normal.max],
        }
    }
}

impl CutNormal {
    /// Checks the range. Numbers are drawn until one is in it, so it must contain part of the
    /// curve.
    fn check(&self) -> Result<()> {
        within(
            "standard deviation",
            self.sd,
            f64::MIN_POSITIVE..=f64::MAX,
            "over 0",
        )?;
        let beyond = (self.min - self.mean).max(self.mean - self.max) / self.sd;
        let (what, expected) = ("deviations from a mean to its range", "at most 2");
        within(what, beyond, ..=2.0, expected)?;
        let width = (self.max - self.min) / self.sd;
        within(
            "deviations in the range of a normal distribution",
            width,
            0.01..,
            "0.01 or more",
        )?;
        Ok(())
    }

    fn draw<R: Rng>(&self, rng: &mut R) -> f64 {
        let normal = Normal::new(self.mean, self.sd).expect("the deviation was checked");
        loop {
            let x = normal.sample(rng);
            if (self.min..=self.max).contains(&x) {
                return x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_2_PI;

    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn read(text: &str) -> std::result::Result<Distribution, String> {
        #[derive(Deserialize)]
        struct File {
            x: Distribution,
        }
        let file: std::result::Result<File, _> = toml::from_str(&format!("x = {text}"));
        file.map(|f| f.x).map_err(|e| e.message().to_owned())
    }

    /// Mean and standard deviation of 40,000 draws, after a check that all are in the range.
    fn moments(distribution: &Distribution) -> (f64, f64) {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let draws: Vec<f64> = (0..40_000).map(|_| distribution.draw(&mut rng)).collect();
        let [low, high] = distribution.range();
        assert!(draws.iter().all(|x| (low..=high).contains(x)));
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 40_000.0;
        (mean, variance.sqrt())
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        let ln2 = 2f64.ln();
        // exp of a uniform variate on 0…ln 2: the mean is 1/ln 2, the mean square 3/(2 ln 2).
        let log_sd = (1.5 / ln2 - 1.0 / (ln2 * ln2)).sqrt();
        let known = [
            ("3", (3.0, 0.0)),
            ("{ uniform = [1, 3] }", (2.0, 2.0 / 12f64.sqrt())),
            ("{ log_uniform = [1, 2] }", (1.0 / ln2, log_sd)),
            ("{ choice = [1, 1, 4] }", (2.0, 2f64.sqrt())),
            (
                "{ normal = { mean = 1, sd = 0.5, min = -4, max = 6 } }",
                (1.0, 0.5),
            ),
            // Half of a normal distribution: the mean is √(2/π), the mean square 1.
            (
                "{ normal = { mean = 0, sd = 1, min = 0, max = 9 } }",
                (FRAC_2_PI.sqrt(), (1.0 - FRAC_2_PI).sqrt()),
            ),
        ];
        for (text, (mean, sd)) in known {
            let (m, s) = moments(&read(text).unwrap());
            assert!(
                (m - mean).abs() <= 0.025 * sd && (s - sd).abs() <= 0.02 * sd,
                "{text}: {m} {s}"
            );
        }
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for text in [
            "\"wide\"",
            "{ uniform = [1] }",
            "{ uniform = [2, 1] }",
            "{ uniform = [0, inf] }",
            "{ log_uniform = [0, 1] }",
            "{ choice = [] }",
            "{ choice = [1, nan] }",
            "{ normal = { mean = 0, sd = 0, min = -1, max = 1 } }",
            "{ normal = { mean = 0, sd = 1, min = 5, max = 9 } }",
            "{ normal = { mean = 0, sd = 1, min = 1, max = 1 } }",
            "{ normal = { mean = 0, sd = 1 } }",
            "nan",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let message = read("{ unifrom = [1, 2] }").unwrap_err();
        assert!(message.contains("{ uniform = [low, high] }"), "{message}");
    }
}
