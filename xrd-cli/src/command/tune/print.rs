//! Prints a comparison of settings.

use anyhow::Result;
use xrd_study::{Change, Experiment, TuneReport, TuneRow, student};

use crate::output::say;

/// Prints test error and delta of each setting, and the settings that are better than the base.
pub(super) fn print(experiment: &Experiment, report: &TuneReport) -> Result<()> {
    let base = Change::all_of(&experiment.settings).map(|c| c.to_string());
    let rows = &report.settings;
    let (error, delta) = (
        Unit::of(rows.first().and_then(|r| r.test_mse_mean)),
        Unit::of(rows.first().and_then(|r| r.delta_mean)),
    );
    let seeds = experiment.seeds.count;
    say(&format!("base: {}", base.join(" ")))?;
    say(&format!(
        "mean ± standard deviation over {seeds} seeds; difference from the base ± its standard error"
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
    let names = |wanted: fn(&TuneRow) -> bool| {
        let found = rows.iter().filter(|r| wanted(r));
        let found: Vec<&str> = found.map(|r| r.setting.as_str()).collect();
        match found.is_empty() {
            true => "none".to_owned(),
            false => found.join(", "),
        }
    };
    say(&format!(
        "test error lower than the base's by more than chance ({:.2} standard errors): {}",
        student(seeds),
        names(TuneRow::has_lower_error)
    ))?;
    say(&format!(
        "delta lower than the base's by more than chance: {}",
        names(TuneRow::has_lower_delta)
    ))
}

fn line(row: &TuneRow, [error, delta]: [Unit; 2]) -> String {
    let (name, seeds) = (&row.setting, row.seeds);
    if row.diverged > 0 {
        return format!("{name:<24}diverged in {} of {seeds} seeds", row.diverged);
    }
    let [by_error, by_delta, lower] = match row.is_base() {
        true => [const { String::new() }; 3],
        false => [
            error.shown(row.test_mse_difference, row.test_mse_standard_error, true),
            delta.shown(row.delta_difference, row.delta_standard_error, true),
            format!("{} of {seeds}", row.test_mse_lower),
        ],
    };
    format!(
        "{name:<24}{:>18}{by_error:>18}{lower:>10}{:>18}{by_delta:>18}",
        error.shown(row.test_mse_mean, row.test_mse_sd, false),
        delta.shown(row.delta_mean, row.delta_sd, false),
    )
}

/// A power of ten, the unit in which values of one column are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unit(i32);

impl Unit {
    /// The unit in which the mean of the base lies between 1 and 10.
    fn of(base: Option<f64>) -> Self {
        let positive = base.filter(|b| *b > 0.0);
        Self(positive.map_or(0, |b| b.log10().floor() as i32))
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
        let unit = Unit::of(Some(1.5e-6));
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
