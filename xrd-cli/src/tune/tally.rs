//! From outcomes to what the seeds say of a setting.

use serde_json::{Value, json};

use super::{Outcome, Plan, Setting, figure};
use crate::score::Spread;

/// What the seeds say of a setting.
pub(crate) struct Row<'a> {
    pub(super) setting: &'a Setting,
    /// By seed; none where the training diverged.
    pub(super) outcomes: &'a [Option<Outcome>],
    /// Of each figure, over seeds; none where a training diverged.
    pub(super) spreads: Vec<Spread>,
    /// Of the test error and of delta.
    pub(super) differences: [Difference; 2],
}

/// How a figure differs from that of the base, seed by seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Difference {
    pub(super) mean: Option<f64>,
    pub(super) standard_error: Option<f64>,
    /// How many are compared.
    pub(super) seeds: usize,
    /// In how many of them it is lower.
    pub(super) lower: usize,
}

impl Difference {
    fn of(values: &[Option<f64>], base: &[Option<f64>]) -> Self {
        let pairs = values.iter().zip(base);
        let all: Vec<Option<f64>> = pairs.map(|(v, b)| Some((*v)? - (*b)?)).collect();
        let spread = Spread::of(&all);
        Self {
            mean: spread.mean,
            standard_error: spread.sd.map(|sd| sd / (all.len() as f64).sqrt()),
            seeds: all.len(),
            lower: all.iter().flatten().filter(|d| **d < 0.0).count(),
        }
    }

    /// Whether it is lower than the base's by more than chance has it in 95 % of such comparisons.
    pub(super) fn is_lower(&self) -> bool {
        let noise = self.standard_error.map(|se| student(self.seeds) * se);
        matches!((self.mean, noise), (Some(mean), Some(noise)) if mean < -noise)
    }
}

/// How many standard errors 95 % of the means of so many differences that are noise lie within:
/// Student's t for a degree of freedom less (Abramowitz and Stegun, 1964, 26.7.5).
pub(super) fn student(differences: usize) -> f64 {
    const FEW: [f64; 8] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306];
    let freedom = differences.saturating_sub(1);
    if let Some(t) = freedom.checked_sub(1).and_then(|i| FEW.get(i)) {
        return *t;
    }
    let (z, n) = (1.959964_f64, freedom as f64);
    let second = (z.powi(3) + z) / 4.0;
    let third = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let fourth = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + second / n + third / n.powi(2) + fourth / n.powi(3)
}

fn column(outcomes: &[Option<Outcome>], figure: usize) -> Vec<Option<f64>> {
    outcomes.iter().map(|o| o.map(|o| o[figure])).collect()
}

/// A row a setting, from the outcomes by setting and seed.
pub(crate) fn rows<'a>(plan: &'a Plan<'_>, outcomes: &'a [Vec<Option<Outcome>>]) -> Vec<Row<'a>> {
    let row = |(setting, own): (&'a Setting, &'a Vec<Option<Outcome>>)| {
        let difference = |f| Difference::of(&column(own, f), &column(&outcomes[0], f));
        let spread = |f| Spread::of(&column(own, f));
        Row {
            setting,
            outcomes: own,
            spreads: (0..figure::ALL.len()).map(spread).collect(),
            differences: [figure::TEST_MSE, figure::DELTA].map(difference),
        }
    };
    plan.settings.iter().zip(outcomes).map(row).collect()
}

impl Row<'_> {
    pub(super) fn diverged(&self) -> usize {
        self.outcomes.iter().filter(|o| o.is_none()).count()
    }

    /// What stands in the table and in JSON, by name.
    pub(super) fn figures(&self) -> Vec<(String, Value)> {
        let t = &self.setting.training;
        let mut figures = vec![
            ("setting".to_owned(), json!(self.setting.to_string())),
            ("hidden".to_owned(), json!(t.hidden.to_string())),
            ("batch".to_owned(), json!(t.batch)),
            ("epochs".to_owned(), json!(t.epochs)),
            ("learning_rate".to_owned(), json!(t.lr)),
            ("weight_decay".to_owned(), json!(t.weight_decay)),
            ("seeds".to_owned(), json!(self.outcomes.len())),
            ("diverged".to_owned(), json!(self.diverged())),
        ];
        for (name, spread) in figure::ALL.iter().zip(&self.spreads) {
            figures.push((format!("{name}_mean"), json!(spread.mean)));
            figures.push((format!("{name}_sd"), json!(spread.sd)));
        }
        for (index, d) in [figure::TEST_MSE, figure::DELTA]
            .iter()
            .zip(self.differences)
        {
            let name = figure::ALL[*index];
            figures.push((format!("{name}_difference"), json!(d.mean)));
            figures.push((format!("{name}_standard_error"), json!(d.standard_error)));
            figures.push((format!("{name}_lower"), json!(d.lower)));
        }
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_seeds_need_a_larger_difference() {
        // Published quantiles.
        for (differences, t) in [
            (2, 12.706),
            (10, 2.262),
            (11, 2.228),
            (31, 2.042),
            (121, 1.980),
        ] {
            assert!((student(differences) - t).abs() < 6e-4, "{differences}");
        }
        let some = |values: [f64; 2]| values.map(Some);
        let two = Difference::of(&some([0.9, 4.7]), &some([1.0, 5.0]));
        // Two standard errors, which two seeds have by chance in 30 % of comparisons.
        assert!(two.mean.unwrap() <= -2.0 * two.standard_error.unwrap() + 1e-12);
        assert!(!two.is_lower());
    }

    #[test]
    fn differences_are_taken_seed_by_seed() {
        let some = |values: [f64; 4]| values.map(Some);
        let (base, own) = (some([1.0, 5.0, 2.0, 9.0]), some([0.5, 4.5, 2.5, 8.5]));
        let d = Difference::of(&own, &base);
        // −0.5, −0.5, 0.5, −0.5: mean −0.25, standard deviation 0.5.
        assert_eq!(
            (d.mean, d.standard_error, d.lower),
            (Some(-0.25), Some(0.25), 3)
        );
        assert!(!d.is_lower());
        assert!(Difference::of(&some([0.9, 4.8, 1.9, 8.8]), &base).is_lower());
        let one = Difference::of(&own[..1], &base[..1]);
        assert_eq!(
            (one.mean, one.standard_error, one.is_lower()),
            (Some(-0.5), None, false)
        );
        let diverged = Difference::of(&[None, Some(4.0)], &base[..2]);
        assert_eq!((diverged.mean, diverged.lower), (None, 1));
    }
}
