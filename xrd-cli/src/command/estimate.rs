//! `xrd estimate`: labels of unknown patterns.

use std::collections::BTreeSet;
use std::iter;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgAction, Args};
use serde_json::{Value, json};

use xrd_study::{
    COVERAGE, Estimated, Inputs, Intervals, KnownPoints, Latents, NetworkEstimates, Query,
    ensemble_mean, largest_disagreement, left_out_errors, residuals, tables,
};

use crate::options::{Estimating, Question, Threads};
use crate::output::{print_note, say};

/// Estimate labels of unknown patterns, by default from the triangle of known points around each.
///
/// Each estimate has an interval, and names the known points that it is based on. An estimate is
/// marked as a fallback if the pattern is outside the known points. It is also marked if the pattern
/// is far from all known points, or if the network reproduces it worse than any known pattern.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd estimate --model out/model.safetensors --known out/latent.csv --patterns new.xy
  xrd estimate --model a/model.safetensors --known a/latent.csv \\
      --also b/model.safetensors b/latent.csv --also c/model.safetensors c/latent.csv --patterns new.xy")]
pub(crate) struct Estimate {
    #[command(flatten)]
    question: Question,
    /// Table of known points (name, x, y, labels), as written by study and encode
    #[arg(long, value_name = "FILE")]
    known: PathBuf,
    /// Another model with its known points. Estimates are then the mean over all planes, because
    /// different planes have different errors. Named points, distances and marks refer to the first
    /// plane. A note follows an estimate if planes differ by more than the width of the interval. May
    /// be repeated
    #[arg(long, value_names = ["MODEL", "KNOWN"], num_args = 2, action = ArgAction::Append)]
    also: Vec<PathBuf>,
    #[command(flatten)]
    estimating: Estimating,
    /// Table of estimates with true values from which the intervals are made: held_out.csv of study
    /// or score. By default, each known point is left out in turn. Those intervals are somewhat too
    /// narrow for patterns that the network has not seen
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    /// Output file for a table, instead of printing
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
        if let Some(out) = &self.out {
            self.question
                .inputs(Some(&self.known))
                .refuse_overwrite(out)?;
            Inputs::new(self.also.iter().chain(&self.calibration)).refuse_overwrite(out)?;
        }
        let pool = self.threads.pool()?;
        let also = self.also.chunks_exact(2).map(|pair| (&pair[0], &pair[1]));
        let pairs = iter::once((&self.question.model, &self.known)).chain(also);
        let mut said = BTreeSet::new();
        let planes =
            pairs.map(|(model, known)| pool.install(|| self.on_plane(model, known, &mut said)));
        let planes: Vec<NetworkEstimates> = planes.collect::<Result<_>>()?;
        let (mut rows, left_out) = ensemble_mean(&planes)?;
        let known = &planes[0].known;
        let columns = known.labels().columns();
        let intervals = match &self.calibration {
            Some(path) => Intervals::from_table(path, columns)?,
            None => Intervals::from_left_out_errors(&left_out, columns.len())?,
        };
        intervals.apply_to(&mut rows);
        if let Some(out) = &self.out {
            let table = tables::estimates(&rows, columns, &known.names);
            xrd_io::write::atomically(out, |f| table.write(f))?;
            say(&format!("{} estimates in {}", rows.len(), out.display()))?;
        }
        if self.json {
            let all: Vec<Value> = rows
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    let mut json = to_json(r, columns, &known.names, &intervals);
                    json["on_planes"] = on_planes(&planes, i, columns);
                    json
                })
                .collect();
            return say(&serde_json::to_string_pretty(&all)?);
        }
        if self.out.is_none() {
            for (i, row) in rows.iter().enumerate() {
                let apart = largest_disagreement(&planes, i, &row.half_widths);
                let apart = apart.map_or(String::new(), |(c, [low, high])| {
                    format!(
                        "  (planes apart: {} from {low:.4} to {high:.4})",
                        columns[c]
                    )
                });
                let line = to_line(row, columns, &known.names, planes.len());
                say(&format!("{line}{apart}"))?;
            }
            if intervals.half_widths.iter().any(Option::is_some) {
                say(&format!(
                    "± contains the true value in {:.0} % of cases, from {} {}",
                    100.0 * COVERAGE,
                    intervals.errors,
                    intervals.from
                ))?;
            }
        }
        Ok(())
    }

    /// The estimates on one plane. Notes are printed once.
    fn on_plane(
        &self,
        model: &Path,
        known: &Path,
        said: &mut BTreeSet<String>,
    ) -> Result<NetworkEstimates> {
        let read = self.question.open_for(model, None)?;
        let (model, found) = (read.model, read.patterns);
        let known = KnownPoints::read(known, &model)?;
        for note in &read.notes {
            if said.insert(note.text.clone()) {
                print_note(note);
            }
        }
        let (latents, residuals) = (Latents::of(&model, &found)?, residuals(&model, &found)?);
        let query = Query::new(found.names(), &latents, &residuals);
        let estimator = self.estimating.estimator(known.space.dimensions())?;
        let estimated = known.estimate(&query, &*estimator)?;
        let left_out = match self.calibration {
            Some(_) => Vec::new(),
            None => left_out_errors(&known.space, &*estimator)?,
        };
        Ok(NetworkEstimates::new(known, estimated).with_left_out(left_out))
    }
}

/// The estimated labels of a pattern on each plane.
fn on_planes(planes: &[NetworkEstimates], row: usize, columns: &[String]) -> Value {
    let of = |plane: &NetworkEstimates| named(columns, &plane.estimated[row].estimate.values);
    planes.iter().map(of).collect()
}

fn named(columns: &[String], values: &[f64]) -> Value {
    let pairs = columns.iter().cloned().zip(values.iter().map(|v| json!(v)));
    Value::Object(pairs.collect())
}

fn to_line(row: &Estimated, columns: &[String], known: &[String], planes: usize) -> String {
    let value = |(c, column): (usize, &String)| {
        let value = row.estimate.values[c];
        let half = row.half_widths[c].map_or(String::new(), |h| format!(" ± {h:.4}"));
        format!("{column} = {value:.4}{half}")
    };
    let values: Vec<String> = columns.iter().enumerate().map(value).collect();
    let basis = row.basis(known);
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
    let others = match planes {
        1 => String::new(),
        _ => format!(" on the first of {planes} planes"),
    };
    format!(
        "{}: {}, from {}{others}{marks}",
        row.name,
        values.join(", "),
        basis.vertices.join(", ")
    )
}

fn to_json(row: &Estimated, columns: &[String], known: &[String], intervals: &Intervals) -> Value {
    let ends = columns.iter().enumerate();
    let ends: serde_json::Map<String, Value> = ends
        .map(|(c, column)| (column.clone(), json!(row.interval(c))))
        .collect();
    let basis = row.basis(known);
    json!({
        "name": row.name,
        "labels": named(columns, &row.estimate.values),
        "intervals": ends,
        "coverage": COVERAGE,
        "intervals_from": intervals.from.to_string(),
        "inside": row.estimate.is_inside(),
        "basis": basis.kind,
        "vertices": basis.vertices,
        "s": basis.s,
        "t": basis.t,
        "distance": row.distance,
        "far": row.far,
        "residual": row.residual,
        "unlike": row.unlike,
    })
}
