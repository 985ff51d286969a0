//! Table of the patterns of a series.

use super::{Table, texts};
use crate::sequence::{SamplePlaces, Sequence};
use crate::series::{Series, SeriesChanges};

/// Returns the table `series.csv`.
///
/// For one variable, the rows are in ascending order of the variable. The columns are: name, value of the
/// variable, position along the path of the patterns (0 to 1), step to the next value (empty for the last
/// value), this step in the latent space, and distance from the line between the patterns of the
/// neighbouring values (empty for the first and the last value). For two variables, the columns are: name,
/// the two coordinates, and the mean step to the neighbouring places, in patterns and in the latent
/// space. The argument `names` contains the names of all patterns.
pub fn series(series: &Series, names: &[String]) -> Table {
    match &series.changes {
        SeriesChanges::Along(found) => along(found, names),
        SeriesChanges::Places(found) => places(found, names),
    }
}

fn along(found: &Sequence, names: &[String]) -> Table {
    let row = |k: usize, pattern: usize| {
        let step = |steps: &[f64]| text(steps.get(k).copied());
        vec![
            names[pattern].clone(),
            found.values[k].to_string(),
            found.positions[k].to_string(),
            step(&found.steps),
            step(&found.point_steps),
            text(found.residuals[k]),
        ]
    };
    Table {
        header: texts([
            "name",
            "value",
            "position",
            "step",
            "point_step",
            "residual",
        ]),
        rows: rows(&found.patterns, row),
    }
}

fn places(found: &SamplePlaces, names: &[String]) -> Table {
    let row = |k: usize, pattern: usize| {
        let [x, y] = found.places[k];
        vec![
            names[pattern].clone(),
            x.to_string(),
            y.to_string(),
            found.steps[k].to_string(),
            text(found.point_steps.get(k).copied()),
        ]
    };
    Table {
        header: texts(["name", "x", "y", "step", "point_step"]),
        rows: rows(&found.patterns, row),
    }
}

/// Returns one row per pattern of each value.
fn rows(patterns: &[Vec<usize>], row: impl Fn(usize, usize) -> Vec<String>) -> Vec<Vec<String>> {
    let pairs = patterns.iter().enumerate();
    let pairs = pairs.flat_map(|(k, of)| of.iter().map(move |&pattern| (k, pattern)));
    pairs.map(|(k, pattern)| row(k, pattern)).collect()
}

fn text(number: Option<f64>) -> String {
    number.map_or(String::new(), |v| v.to_string())
}
