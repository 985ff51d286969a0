//! Outcomes as text, table and JSON.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::tally::{Difference, Row, student};
use super::vary::Change;
use super::{Outcome, Plan, figure};
use crate::dataset::Dataset;
use crate::output::say;
use crate::score::Spread;
use crate::tables::Table;

/// The rows as a table.
pub(crate) fn table(rows: &[Row<'_>]) -> Table {
    let cell = |value: Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let of = |row: &Row<'_>| row.figures().into_iter().map(|(_, v)| cell(v)).collect();
    let names = |row: &Row<'_>| row.figures().into_iter().map(|(name, _)| name).collect();
    Table {
        header: rows.first().map(names).unwrap_or_default(),
        rows: rows.iter().map(of).collect(),
    }
}

/// The rows as JSON with the figures of every seed, and what they were made with.
pub(crate) fn to_json(data: &Dataset, plan: &Plan<'_>, rows: &[Row<'_>]) -> Value {
    let of_seed = |((seed, _), outcome): (&(u64, _), &Option<Outcome>)| {
        let figure = |(i, name): (usize, &&str)| ((*name).to_owned(), json!(outcome.map(|o| o[i])));
        let seed = ("seed".to_owned(), json!(seed));
        let figures = figure::ALL.iter().enumerate().map(figure);
        Value::Object(std::iter::once(seed).chain(figures).collect())
    };
    let of = |row: &Row<'_>| {
        let seeds = plan.splits.iter().zip(row.outcomes);
        let mut object: Map<String, Value> = row.figures().into_iter().collect();
        object.insert("by_seed".to_owned(), seeds.map(of_seed).collect());
        Value::Object(object)
    };
    let (seed, split) = &plan.splits[0];
    let training = &plan.settings[0].training;
    json!({
        "patterns": data.set.len(),
        "points": data.set.grid().len(),
        "preparation": data.preparation,
        "labels": data.labels.columns(),
        "test_fraction": plan.test_fraction,
        "test_patterns": split.test.len(),
        "seed": seed,
        "estimator": plan.estimator.to_string(),
        "latent_dimensions": training.latent,
        "loss": training.loss_name(),
        "schedule": training.schedule.to_string(),
        "full_first_rate": training.full_first_rate,
        "scaling": training.scaling.to_string(),
        "notes": data.notes,
        "version": crate::VERSION,
        "settings": rows.iter().map(of).collect::<Vec<_>>(),
    })
}

/// Prints test error and delta by setting, and which settings beat the base.
pub(crate) fn print(plan: &Plan<'_>, rows: &[Row<'_>]) -> Result<()> {
    let base: Vec<String> = Change::all_of(&plan.settings[0].training)
        .iter()
        .map(Change::to_string)
        .collect();
    let (error, delta) = (
        Unit::of(rows, figure::TEST_MSE),
        Unit::of(rows, figure::DELTA),
    );
    let seeds = plan.splits.len();
    say(&format!("base: {}", base.join(" ")))?;
    say(&format!(
        "mean ± standard deviation over {seeds} seeds; difference to the base ± its standard error"
    ))?;
    say(&format!(
        "{:<24}{:>18}{:>18}{:>10}{:>18}{:>18}",
        "",
        format!("test error{error}"),
        "difference",
        "lower in",
        format!("delta{delta}"),
        "difference",
    ))?;
    for row in rows {
        say(line(row, [error, delta]).trim_end())?;
    }
    let names = |wanted: &dyn Fn(&Row<'_>) -> bool| {
        let found: Vec<String> = rows
            .iter()
            .filter(|r| wanted(r))
            .map(|r| r.setting.to_string())
            .collect();
        match found.is_empty() {
            true => "none".to_owned(),
            false => found.join(", "),
        }
    };
    say(&format!(
        "test error lower than the base's by more than chance ({:.2} standard errors): {}",
        student(seeds),
        names(&|row| row.differences[0].is_lower())
    ))?;
    say(&format!(
        "delta lower by as much: {}",
        names(&|row| row.differences[1].is_lower())
    ))
}

fn line(row: &Row<'_>, [error, delta]: [Unit; 2]) -> String {
    let name = row.setting.to_string();
    let (seeds, diverged) = (row.outcomes.len(), row.diverged());
    if diverged > 0 {
        return format!("{name:<24}diverged in {diverged} of {seeds} seeds");
    }
    let spread = |unit: Unit, f: usize| {
        let Spread { mean, sd } = row.spreads[f];
        unit.shown(mean, sd, false)
    };
    let [by_error, by_delta] = &row.differences;
    let difference = |unit: Unit, d: &Difference| match row.setting.changes.is_empty() {
        true => String::new(),
        false => unit.shown(d.mean, d.standard_error, true),
    };
    let lower = match row.setting.changes.is_empty() {
        true => String::new(),
        false => format!("{} of {seeds}", by_error.lower),
    };
    format!(
        "{name:<24}{:>18}{:>18}{lower:>10}{:>18}{:>18}",
        spread(error, figure::TEST_MSE),
        difference(error, by_error),
        spread(delta, figure::DELTA),
        difference(delta, by_delta),
    )
}

/// A power of ten that figures of one kind are shown in.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unit(i32);

impl Unit {
    /// So that the base's mean lies between 1 and 10.
    fn of(rows: &[Row<'_>], figure: usize) -> Self {
        let base = rows.first().and_then(|r| r.spreads[figure].mean);
        Self(
            base.filter(|b| *b > 0.0)
                .map_or(0, |b| b.log10().floor() as i32),
        )
    }

    fn shown(self, value: Option<f64>, about: Option<f64>, signed: bool) -> String {
        let scaled = |v: f64| v / 10_f64.powi(self.0);
        let value = match value.map(scaled) {
            None => return "none".to_owned(),
            Some(v) if signed => format!("{v:+.2}"),
            Some(v) => format!("{v:.2}"),
        };
        about.map_or(value.clone(), |a| format!("{value} ± {:.2}", scaled(a)))
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => Ok(()),
            power => write!(f, " /1e{power}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_in_the_unit_of_the_base() {
        let unit = Unit(-6);
        assert_eq!(
            unit.shown(Some(1.234e-6), Some(5.0e-7), false),
            "1.23 ± 0.50"
        );
        assert_eq!(unit.shown(Some(-2.0e-7), None, true), "-0.20");
        assert_eq!(
            (unit.to_string().as_str(), Unit(0).to_string().as_str()),
            (" /1e-6", "")
        );
    }
}
