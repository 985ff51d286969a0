use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::dataset::read_for;
use crate::intervals::{COVERAGE, Intervals};
use crate::latents::Latents;
use crate::novelty::residuals;
use crate::options::{Estimating, Question, Threads};
use crate::output::say;
use crate::plane::{Asked, Estimated, KnownPoints};
use crate::tables;

/// Unknown patterns to estimated labels, by default from the triangle of known points around each.
///
/// An estimate of a pattern outside the known points is marked as a fallback, and one of a pattern
/// that is far from all known points, or that the network reproduces worse than any known pattern,
/// is marked too. Each has an interval and the known points that it rests on.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd estimate --model out/model.safetensors --known out/latent.csv --patterns new.xy")]
pub(crate) struct Estimate {
    #[command(flatten)]
    question: Question,
    /// Known points: a table name, x, y, labels, as study and encode write it
    #[arg(long, value_name = "FILE")]
    known: PathBuf,
    #[command(flatten)]
    estimating: Estimating,
    /// Estimates with their truths that make the intervals: held_out.csv of study or score; the
    /// known points, each left out in turn, by default, which gives intervals that are somewhat
    /// too narrow for patterns that the network has not seen
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    /// Write a table here instead of printing
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

impl Estimate {
    pub(crate) fn run(self) -> Result<()> {
        let known = KnownPoints::read(&self.known)?;
        let pool = self.threads.pool()?;
        let (model, found) = pool.install(|| read_for(&self.question, None))?;
        let latents = pool.install(|| Latents::of(&model, &found.set))?;
        let residuals = pool.install(|| residuals(&model, &found.set))?;
        let asked = Asked {
            names: found.set.names(),
            latents: &latents,
            residuals: &residuals,
            truth: None,
        };
        let estimator = self.estimating.estimator(known.space.dimensions())?;
        let estimator = &*estimator;
        let mut rows = known.estimate(&asked, estimator)?;
        let columns = known.labels().columns();
        let intervals = match &self.calibration {
            Some(path) => Intervals::from_table(path, columns)?,
            None => pool.install(|| Intervals::by_leaving_out(&known.space, estimator))?,
        };
        intervals.put_to(&mut rows);
        if let Some(out) = &self.out {
            let table = tables::estimates(&rows, columns, &known.names);
            xrd_io::write_atomically(out, |f| table.write(f))?;
            say(&format!("{} estimates in {}", rows.len(), out.display()))?;
        }
        if self.json {
            let all: Vec<Value> = rows
                .iter()
                .map(|r| to_json(r, columns, &known.names, &intervals))
                .collect();
            return say(&serde_json::to_string_pretty(&all)?);
        }
        if self.out.is_none() {
            for row in &rows {
                say(&to_line(row, columns, &known.names))?;
            }
            if intervals.half_widths.iter().any(Option::is_some) {
                say(&format!(
                    "± holds the truth in {:.0} % of cases, by {} {}",
                    100.0 * COVERAGE,
                    intervals.errors,
                    intervals.from
                ))?;
            }
        }
        Ok(())
    }
}

fn to_line(row: &Estimated, columns: &[String], known: &[String]) -> String {
    let value = |(c, column): (usize, &String)| {
        let value = row.estimate.values[c];
        let half = row.half_widths[c].map_or(String::new(), |h| format!(" ± {h:.4}"));
        format!("{column} = {value:.4}{half}")
    };
    let values: Vec<String> = columns.iter().enumerate().map(value).collect();
    let cells = row.basis_cells(known);
    let vertices: Vec<&str> = cells[2..5].iter().map(String::as_str).collect();
    let vertices: Vec<&str> = vertices.into_iter().filter(|v| !v.is_empty()).collect();
    let marks = [
        (
            !row.estimate.is_inside(),
            "  (fallback: outside the known points)",
        ),
        (row.far, "  (far from all known points)"),
        (row.unlike == Some(true), "  (unlike all known patterns)"),
    ];
    let marks: String = marks
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, text)| *text)
        .collect();
    format!(
        "{}: {}, from {}{marks}",
        row.name,
        values.join(", "),
        vertices.join(", ")
    )
}

fn to_json(row: &Estimated, columns: &[String], known: &[String], intervals: &Intervals) -> Value {
    let values: serde_json::Map<String, Value> = columns
        .iter()
        .cloned()
        .zip(row.estimate.values.iter().map(|v| json!(v)))
        .collect();
    let ends = columns.iter().enumerate();
    let ends: serde_json::Map<String, Value> = ends
        .map(|(c, column)| (column.clone(), json!(row.interval(c))))
        .collect();
    let cells = row.basis_cells(known);
    let vertices: Vec<&String> = cells[2..5].iter().filter(|c| !c.is_empty()).collect();
    json!({
        "name": row.name,
        "labels": values,
        "intervals": ends,
        "coverage": COVERAGE,
        "intervals_from": intervals.from,
        "inside": row.estimate.is_inside(),
        "basis": cells[1],
        "vertices": vertices,
        "s": cells[5].parse::<f64>().ok(),
        "t": cells[6].parse::<f64>().ok(),
        "distance": row.distance,
        "far": row.far,
        "residual": row.residual,
        "unlike": row.unlike,
    })
}
