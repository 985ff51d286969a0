//! Parsers of values on the command line.

use xrd_sim::smfe12::Composition;
use xrd_study::{LabelSource, SeriesChoice, Target, TargetComposition};

/// Reads a composition of the built-in series: its Ti atoms per formula unit.
pub(crate) fn ti(text: &str) -> Result<Composition, String> {
    let n = 4.0 * number(text)?;
    match n.fract() == 0.0 && (0.0..=16.0).contains(&n) {
        true => Ok(Composition::Titanium(n as usize)),
        false => Err("expected a multiple of 0.25 from 0 to 4".into()),
    }
}

/// Reads `COL=VALUE`.
pub(crate) fn target(text: &str) -> Result<Target, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}

/// Reads `COL=VALUE`, or several of them separated by commas.
pub(crate) fn composition(text: &str) -> Result<TargetComposition, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}

/// Reads the choice of the variable of a series.
pub(crate) fn series(text: &str) -> Result<SeriesChoice, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}

/// Reads a pattern for names of files, or an entry of their headers.
pub(crate) fn label_source(text: &str) -> Result<LabelSource, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}

/// `COL=FROM:TO:N`: evenly spaced values of a label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub(crate) column: String,
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) steps: usize,
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {} to {}", self.column, self.from, self.to)
    }
}

impl Path {
    /// The values, evenly spaced, both ends included.
    pub(crate) fn targets(&self) -> Vec<Target> {
        let value = |k: usize| {
            let share = k as f64 / (self.steps - 1) as f64;
            let value = self.from + share * (self.to - self.from);
            // Without rounding, file names would contain values such as 0.30000000000000004, and without
            // the zero, -0.
            (value * 1e9).round() / 1e9 + 0.0
        };
        let target = |k| Target {
            column: self.column.clone(),
            value: value(k),
        };
        (0..self.steps).map(target).collect()
    }
}

pub(crate) fn path(text: &str) -> Result<Path, String> {
    let expected = "expected COL=FROM:TO:N";
    let (column, values) = text.split_once('=').ok_or(expected)?;
    let [from, to, steps] = values.split(':').collect::<Vec<_>>()[..] else {
        return Err(expected.into());
    };
    let (from, to, steps) = (number(from)?, number(to)?, at_most::<1000>(steps)?);
    if steps < 2 || from == to {
        return Err("expected two values and at least 2 steps".into());
    }
    Ok(Path {
        column: column.to_owned(),
        from,
        to,
        steps,
    })
}

/// Reads a whole number from 1.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    at_most::<1_000_000_000>(text)
}

/// Reads a whole number from 1 to `MOST`.
pub(crate) fn at_most<const MOST: usize>(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(n) if (1..=MOST).contains(&n) => Ok(n),
        _ => Err(format!("expected a whole number from 1 to {MOST}")),
    }
}

pub(crate) fn positive(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        if x > 0.0 {
            Ok(x)
        } else {
            Err("expected a number above 0".into())
        }
    })
}

pub(crate) fn not_negative(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        if x >= 0.0 {
            Ok(x)
        } else {
            Err("expected 0 or more".into())
        }
    })
}

/// Reads a number from 0 to 1.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        (0.0..=1.0)
            .contains(&x)
            .then_some(x)
            .ok_or("expected a number from 0 to 1".into())
    })
}

pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        let inside = x > 0.0 && x < 1.0;
        inside
            .then_some(x)
            .ok_or("expected a number between 0 and 1".into())
    })
}

pub(super) fn number(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x),
        _ => Err("expected a finite number".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_refused() {
        assert!(at_most::<4>("5").is_err() && at_most::<4>("4").is_ok());
        let ti = target("Ti=0.75").unwrap();
        assert_eq!((ti.column.as_str(), ti.value), ("Ti", 0.75));
        assert!(["Ti", "Ti=", "Ti=nan"].iter().all(|t| target(t).is_err()));
        let values: Vec<f64> = path("Ti=0.5:0.8:4")
            .unwrap()
            .targets()
            .iter()
            .map(|t| t.value)
            .collect();
        assert_eq!(values, [0.5, 0.6, 0.7, 0.8]);
        let zero = path("Ti=-0.2:0.2:3").unwrap().targets()[1].to_string();
        assert_eq!(zero, "Ti=0");
        let refused = [
            "Ti=1", "Ti=1:2", "Ti=1:1:5", "Ti=1:2:1", "Ti=1:x:3", "1:2:3",
        ];
        assert!(refused.iter().all(|t| path(t).is_err()));
        assert!(positive("0").is_err() && not_negative("0").is_ok());
        assert!(
            ["0", "1", "1.5", "inf", "x"]
                .iter()
                .all(|t| fraction(t).is_err())
        );
    }
}
