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
    /// In how many seeds it is lower.
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
            lower: all.iter().flatten().filter(|d| **d < 0.0).count(),
        }
    }

    /// Whether it is lower than the base's by more than twice the standard error.
    pub(super) fn is_lower(&self) -> bool {
        let noise = self.standard_error.map(|se| 2.0 * se);
        matches!((self.mean, noise), (Some(mean), Some(noise)) if mean < -noise)
    }
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
