//! `xrd estimate`: labels of unknown patterns.

mod classes;
mod shifted;

use std::collections::BTreeSet;
use std::iter;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgAction, Args};
use serde_json::{Value, json};

use xrd_study::xrd_ae::Autoencoder;
use xrd_study::{
    COVERAGE, ErrorSource, Estimated, Inputs, Intervals, KnownPoints, LabelLimits, Latents,
    NetworkEstimates, PatternRegression, Patterns, Query, ensemble_mean, largest_disagreement,
    left_out_errors, residuals, tables,
};

use classes::Classified;
use shifted::{Aligning, Shifted};

use crate::options::{Estimating, Question, Ranges, Threads};
use crate::output::{print_note, say};

/// Number of patterns that are read at a time.
const ROWS: usize = 1024;

/// Estimate labels of unknown patterns.
///
/// By default the labels are estimated from the patterns themselves, by the methods of regression that
/// the study has chosen and stored in the model (--estimator auto). Each estimate has an interval, and
/// names the nearest known points of the plane. A pattern that is unlike the known patterns is marked
/// and has no interval. With another estimator, the labels are estimated from the known points of the
/// plane, as by the triangle of the paper, and an estimate is marked as a fallback if the pattern is
/// outside the known points. A pattern whose lines are shifted along 2θ relative to the known patterns
/// is marked, and --align corrects it. If the study had labels that are text, the class of each pattern is
/// estimated too.
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
    #[command(flatten)]
    aligning: Aligning,
    #[command(flatten)]
    ranges: Ranges,
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
        let classified =
            pool.install(|| Classified::of(&self.question, &self.known, &self.aligning))?;
        if let Some(classified) = classified.as_ref().filter(|c| c.is_alone()) {
            return classified.finish(self.out.as_deref(), self.json);
        }
        let also = self.also.chunks_exact(2).map(|pair| (&pair[0], &pair[1]));
        let pairs = iter::once((&self.question.model, &self.known)).chain(also);
        let mut said = BTreeSet::new();
        let planes =
            pairs.map(|(model, known)| pool.install(|| self.on_plane(model, known, &mut said)));
        let (planes, shifted): (Vec<NetworkEstimates>, Vec<Option<Shifted>>) =
            planes.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        // Marks refer to the first plane.
        let shifted = shifted.into_iter().next().flatten();
        let (mut rows, left_out) = ensemble_mean(&planes)?;
        let known = &planes[0].known;
        let columns = known.labels().columns();
        let by_regression = rows.iter().any(|r| r.in_latent_space.is_some());
        let intervals = match &self.calibration {
            Some(path) => Intervals::from_table(path, columns)?,
            None => Intervals::from_left_out_errors(&left_out, columns.len())?,
        };
        if self.calibration.is_some() || !by_regression {
            intervals.apply_to(&mut rows);
        }
        if let Some(shifted) = &shifted {
            shifted.widen(&mut rows);
        }
        LabelLimits::of(known.labels(), self.ranges.given())?.apply_to(&mut rows);
        let from = match by_regression && self.calibration.is_none() {
            true => (ErrorSource::CrossValidation.to_string(), String::new()),
            false => (intervals.from.to_string(), format!("{} ", intervals.errors)),
        };
        let (from, count) = from;
        if let Some(out) = &self.out {
            let mut table = tables::estimates(&rows, columns, &known.names);
            if let Some(classified) = &classified {
                classified.add_to(&mut table);
            }
            if let Some(shifted) = &shifted {
                shifted.add_to(&mut table);
            }
            xrd_io::write::atomically(out, |f| table.write(f))?;
            say(&format!("{} estimates in {}", rows.len(), out.display()))?;
        }
        if self.json {
            let all: Vec<Value> = rows
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    let mut json = to_json(r, columns, &known.names, &from);
                    json["shift"] = shifted.as_ref().map_or(Value::Null, |s| s.to_json(i));
                    json["on_planes"] = on_planes(&planes, i, columns);
                    if let Some(classified) = &classified {
                        json["classes"] = classified.to_json(i);
                    }
                    json
                })
                .collect();
            return say(&serde_json::to_string_pretty(&all)?);
        }
        if self.out.is_none() {
            for (i, row) in rows.iter().enumerate() {
                let apart = largest_disagreement(&planes, i, &half_widths(row));
                let apart = apart.map_or(String::new(), |(c, [low, high])| {
                    format!(
                        "  (planes apart: {} from {low:.4} to {high:.4})",
                        columns[c]
                    )
                });
                let line = to_line(row, columns, &known.names, planes.len());
                let classes = classified.as_ref().map_or(String::new(), |c| c.words(i));
                let classes = match &classes[..] {
                    "" => classes,
                    words => format!("; {words}"),
                };
                let shift = shifted.as_ref().map_or(String::new(), |s| s.words(i));
                say(&format!("{line}{shift}{apart}{classes}"))?;
            }
            let of_shifts = shifted.as_ref().and_then(Shifted::meaning);
            meanings(&rows)
                .into_iter()
                .chain(of_shifts)
                .try_for_each(say)?;
            if rows.iter().any(|r| r.intervals.iter().any(Option::is_some)) {
                say(&format!(
                    "± contains the true value in {:.0} % of cases, from {count}{from}",
                    100.0 * COVERAGE,
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
    ) -> Result<(NetworkEstimates, Option<Shifted>)> {
        let read = self.question.open_for(model, None)?;
        let model = read.model;
        let (found, shifted) = self.aligning.apply(&model, read.patterns)?;
        let known = KnownPoints::read(known, &model)?;
        for note in &read.notes {
            if said.insert(note.text.clone()) {
                print_note(note);
            }
        }
        let note = shifted.as_ref().and_then(Shifted::note);
        if let Some(note) = note.filter(|note| said.insert((*note).to_owned())) {
            print_note(&note.to_owned().into());
        }
        let estimator = self.estimating.in_latent_space(known.space.dimensions())?;
        let regression = match self.estimating.is_auto() {
            true => regression_of(&model, &known, said)?,
            false => None,
        };
        let estimate = |found: &Patterns| {
            let (latents, residuals) = (Latents::of(&model, found)?, residuals(&model, found)?);
            let query = Query::new(found.names(), &latents, &residuals);
            let mut estimated = known.estimate(&query, &*estimator)?;
            if let Some(regression) = &regression {
                let rows: Vec<usize> = (0..found.len()).collect();
                // Patterns on disk are read a few at a time.
                for (rows, estimated) in rows.chunks(ROWS).zip(estimated.chunks_mut(ROWS)) {
                    regression.apply_to(estimated, &found.select(rows)?)?;
                }
            }
            Ok(estimated)
        };
        let estimated = estimate(&found)?;
        let shifted = match shifted {
            Some(shifted) => Some(shifted.with_errors(&found, &estimated, estimate)?),
            None => None,
        };
        let needs_none = self.calibration.is_some() || regression.is_some();
        let left_out = match needs_none || knows_labels(&model, said) {
            true => Vec::new(),
            false => left_out_errors(&known.space, &*estimator)?,
        };
        let estimates = NetworkEstimates::new(known, estimated).with_left_out(left_out);
        Ok((estimates, shifted))
    }
}

/// Whether labels were part of the loss. A note says that there are no intervals then: the errors of
/// known points, in whose places their labels had a part, are smaller than those of new patterns.
fn knows_labels(model: &Autoencoder, said: &mut BTreeSet<String>) -> bool {
    let knows = model.training().is_some_and(|t| t.label_weight > 0.0);
    let text = "labels were part of the loss, so the known points do not show how large errors are: no \
                intervals (--calibration held_out.csv makes them, or --estimator auto)";
    if knows && said.insert(text.to_owned()) {
        print_note(&text.to_owned().into());
    }
    knows
}

/// The regression in the model, if it was fitted to these known points. A note says why not.
fn regression_of(
    model: &Autoencoder,
    known: &KnownPoints,
    said: &mut BTreeSet<String>,
) -> Result<Option<PatternRegression>> {
    let found = PatternRegression::of_model(model)?;
    let why = match &found {
        Some(regression) if regression.is_of(&known.names, known.labels()) => return Ok(found),
        Some(_) => "the known points are not those that the regression in the model was fitted to",
        None => "the model has no regression (xrd study stores one)",
    };
    let text = format!("{why}: labels are estimated from the known points of the plane");
    if said.insert(text.clone()) {
        print_note(&text.into());
    }
    Ok(None)
}

fn half_widths(row: &Estimated) -> Vec<Option<f64>> {
    (0..row.intervals.len())
        .map(|c| row.half_width(c))
        .collect()
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

/// The interval of a label: as ±, or by its ends where a limit of the label cuts it.
fn interval(row: &Estimated, label: usize) -> String {
    let (Some([low, high]), Some(half)) = (row.interval(label), row.half_width(label)) else {
        return String::new();
    };
    let off = (low + high) / 2.0 - row.estimate.values[label];
    match off.abs() <= 1e-9 * half {
        true => format!(" ± {half:.4}"),
        false => format!(" ({low:.4} to {high:.4})"),
    }
}

fn to_line(row: &Estimated, columns: &[String], known: &[String], planes: usize) -> String {
    let value = |(c, column): (usize, &String)| {
        let value = row.estimate.values[c];
        format!("{column} = {value:.4}{}", interval(row, c))
    };
    let values: Vec<String> = columns.iter().enumerate().map(value).collect();
    let basis = row.basis(known);
    let by_regression = row.in_latent_space.is_some();
    let marks = [
        (
            !by_regression && !row.estimate.is_inside(),
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
        "{}: {}, {} {}{others}{marks}",
        row.name,
        values.join(", "),
        if by_regression { "near" } else { "from" },
        basis.vertices.join(", ")
    )
}

/// One line for each mark that occurs.
fn meanings(rows: &[Estimated]) -> Vec<&'static str> {
    let marks = [
        (
            rows.iter().any(|row| row.far),
            "far: farther from the known points than any of them from its nearest neighbour",
        ),
        (
            rows.iter().any(|row| row.unlike == Some(true)),
            "unlike: the pattern has a part that no mixture of the known patterns gives, or that the network \
             does not reproduce; do not rely on the estimate",
        ),
    ];
    let occurring = marks.into_iter().filter(|(occurs, _)| *occurs);
    occurring.map(|(_, meaning)| meaning).collect()
}

fn to_json(row: &Estimated, columns: &[String], known: &[String], from: &str) -> Value {
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
        "intervals_from": from,
        "on_plane": row.in_latent_space.as_ref().map(|values| named(columns, values)),
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
