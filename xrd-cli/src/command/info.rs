//! `xrd info`: format and contents of files.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use xrd_ae::{Autoencoder, Checkpoint};
use xrd_core::IntensityUnit;
use xrd_io::{
    AxisKind, ReadKind, ReadOptions, Scan, SigmaOrigin, TimePerStep, read_file, read_patterns,
};

use xrd_study::load_model;

use crate::message;
use crate::options::Stating;
use crate::output::{say, with_advice};
use crate::structure_file;

mod crystal;
mod folder;
mod symmetry;

/// Show the format and contents of files: scans, patterns, structures, a model, or an unfinished
/// training.
///
/// A file that cannot be read is named, the others are shown, and the exit status is 2.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd info scan.brml patterns.npz NaCl.cif out/model.safetensors
  xrd info --model                     the model of xrd symmetry")]
pub(crate) struct Info {
    /// Files, or folders of scans
    #[arg(value_name = "FILE", required_unless_present = "model")]
    files: Vec<PathBuf>,
    /// Show the model of xrd symmetry that is part of the program, with its card: on what it was trained, its
    /// scores, and where it fails
    #[arg(long)]
    model: bool,
    #[command(flatten)]
    stating: Stating,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Info {
    pub(crate) fn run(self) -> Result<()> {
        let options = self.stating.options();
        let (mut all, mut failed) = (Vec::new(), Vec::new());
        if self.model {
            all.push(symmetry::shipped()?);
        }
        for file in &self.files {
            let mut about = match describe(file, &options) {
                Ok(about) => about,
                Err(error) => {
                    let about = json!({"kind": "not read", "error": message(&error)});
                    failed.push(error);
                    about
                }
            };
            about["file"] = json!(file.to_string_lossy());
            all.push(about);
        }
        if let (true, Some(_)) = (all.len() == failed.len(), failed.first()) {
            return Err(failed.swap_remove(0));
        }
        match self.json {
            true => say(&serde_json::to_string_pretty(&all)?)?,
            false => all.iter().try_for_each(|about| say(&to_lines(about)))?,
        }
        match failed.len() {
            0 => Ok(()),
            1 => Err(failed.swap_remove(0)),
            n => bail!("{n} of {} files cannot be read", self.files.len()),
        }
    }
}

fn describe(file: &Path, options: &ReadOptions) -> Result<Value> {
    let extension = file
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match extension.as_str() {
        "safetensors" => model(file),
        "checkpoint" => checkpoint(file),
        _ if symmetry::is_model(file) => symmetry::describe(file),
        _ if is_safetensors(file) => {
            model(file).or_else(|no_model| checkpoint(file).map_err(|_| no_model))
        }
        _ if structure_file::is_named_so(file) => crystal::describe(file, options),
        _ if file.is_dir() => {
            patterns(file, options).or_else(|no_set| folder::describe(file, no_set))
        }
        _ => scans(file, options),
    }
}

/// Whether a file begins like a safetensors file: the length of a JSON object, and its first
/// character.
fn is_safetensors(file: &Path) -> bool {
    let mut head = [0; 9];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut head));
    let [length @ .., first] = head;
    let length = u64::from_le_bytes(length);
    read.is_ok() && first == b'{' && length < file.metadata().map_or(0, |about| about.len())
}

/// The scans of a file; for a matrix, the properties that its patterns share.
fn scans(file: &Path, options: &ReadOptions) -> Result<Value> {
    let read = read_file(file, options)?;
    // Patterns over an axis other than 2θ are listed one by one.
    let over_angles = |s: &Scan| s.axis_kind() == &AxisKind::TwoThetaDeg;
    let is_set = read.kind == ReadKind::Matrix || read.is_archive;
    if is_set && read.scans.iter().all(over_angles) {
        return patterns(file, options);
    }
    let scans: Vec<Value> = read.scans.iter().map(scan).collect();
    Ok(json!({"kind": "scans", "format": read.format.name(), "scans": scans}))
}

fn scan(scan: &Scan) -> Value {
    let (x, y) = (scan.axis(), scan.intensities());
    let least = y.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let about = scan.metadata();
    json!({
        "name": scan.name(),
        "axis": scan.axis_kind().name(),
        "axis_unit": scan.axis_kind().unit(),
        "points": x.len(),
        "first": x.first(),
        "last": x.last(),
        "not_powder": scan.not_powder(),
        "intensities": unit_word(scan.unit()),
        "intensity_factor": scan.scale().factor,
        "unit_decided_by": scan.unit_evidence().to_string(),
        "least": least,
        "largest": largest,
        "sigma": scan.sigma_origin().map(|origin| match origin {
            SigmaOrigin::Counting => "counting",
            _ => "stated",
        }),
        "wavelength_angstrom": scan.wavelength().map(|w| w.as_angstrom()),
        "k_alpha2_angstrom": about.radiation.k_alpha2.map(|w| w.as_angstrom()),
        "k_alpha2_ratio": about.radiation.k_alpha2_ratio,
        "anode": about.radiation.anode,
        "drive": about.drive,
        "time_per_step_s": about.time_per_step.as_ref().map(|time| match time {
            TimePerStep::Same(seconds) => json!(seconds),
            TimePerStep::Each(seconds) => json!(seconds),
        }),
        "temperature_k": about.temperature_k,
        "sample": about.sample,
        "comment": about.comment,
        "date": about.date,
        "instrument": about.instrument,
        "preparation": scan.preparation().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "warnings": scan.warnings().iter().map(|w| with_advice(w)).collect::<Vec<_>>(),
    })
}

fn unit_word(unit: IntensityUnit) -> &'static str {
    match unit {
        IntensityUnit::Counts => "counts",
        IntensityUnit::CountsPerSecond => "counts per second",
        _ => "arbitrary",
    }
}

fn model(file: &Path) -> Result<Value> {
    let mut about = network(&load_model(file)?);
    about["kind"] = json!("model");
    Ok(about)
}

fn checkpoint(file: &Path) -> Result<Value> {
    let checkpoint = Checkpoint::load(file).with_context(|| file.display().to_string())?;
    let history = checkpoint.history();
    let mut about = network(checkpoint.model());
    about["kind"] = json!("unfinished training");
    about["epochs_done"] = json!(history.epochs.len());
    about["train_loss"] = json!(history.epochs.last().map(|e| e.train_loss));
    Ok(about)
}

fn network(model: &Autoencoder) -> Value {
    let training = model.training();
    json!({
        "grid": model.grid().to_string(),
        "wavelength_angstrom": model.wavelength().map(|w| w.as_angstrom()),
        "intensities": model.scale().to_string(),
        "preparation": model.preparation(),
        "hidden": model.config().hidden,
        "scaling": format!("{:?}", model.config().scaling),
        "seed": model.config().seed,
        "epochs": training.map(|t| t.epochs),
        "batch": training.map(|t| t.batch),
        "loss": training.map(|t| t.loss),
        "learning_rate": training.map(|t| t.learning_rate),
        "weight_decay": training.map(|t| t.weight_decay),
        "strain": training.and_then(|t| t.strain),
        "label_weight": training.map(|t| t.label_weight),
        "data_sha256": model.data_hash(),
    })
}

fn patterns(file: &Path, options: &ReadOptions) -> Result<Value> {
    let found = read_patterns(file, options)?;
    let set = &found.set;
    if set.is_empty() {
        bail!("{}: no patterns", file.display());
    }
    let shown = set.names().len().min(5);
    let (low, high) = set
        .block()
        .iter()
        .fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    Ok(json!({
        "kind": "patterns",
        "patterns": set.len(),
        "names": set.names()[..shown],
        "grid": set.grid().to_string(),
        "wavelength_angstrom": set.wavelength().map(|w| w.as_angstrom()),
        "intensities": set.scale().to_string(),
        "least": low,
        "largest": high,
        "notes": xrd_study::notes(&found).iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

/// Fields that are shown as blocks.
const BLOCKS: [&str; 3] = ["structures", "scans", "files"];

/// The file, then one line per field, and one block per structure or scan.
fn to_lines(about: &Value) -> String {
    let mut lines = vec![about["file"].as_str().unwrap_or_default().to_owned()];
    add_fields(&mut lines, about);
    let parts = BLOCKS.map(|name| about[name].as_array());
    for part in parts.into_iter().flatten().flatten() {
        lines.push(String::new());
        add_fields(&mut lines, part);
    }
    if let Some(card) = about["card"].as_str() {
        lines.extend([String::new(), card.trim_end().to_owned()]);
    }
    lines.join("\n")
}

fn add_fields(lines: &mut Vec<String>, about: &Value) {
    for (key, value) in about.as_object().into_iter().flatten() {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Array(items) if BLOCKS.contains(&key.as_str()) => items.len().to_string(),
            Value::Array(items) => items_in_words(items),
            other => word(other),
        };
        if key != "file" && key != "card" && !text.is_empty() {
            lines.push(format!("  {:<24}{text}", key.replace('_', " ")));
        }
    }
}

/// A value as text. Numbers are rounded to seven digits.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            let exact = number.as_f64().unwrap_or_default();
            let rounded: Option<f64> = format!("{exact:.6e}").parse().ok();
            rounded.unwrap_or(exact).to_string()
        }
        other => other.to_string(),
    }
}

/// The items of a list; of a long list the first two and the last.
fn items_in_words(items: &[Value]) -> String {
    match items {
        [a, b, .., z] if items.len() > 8 => format!("{}, {}, …, {}", word(a), word(b), word(z)),
        _ => items.iter().map(word).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_for_people() {
        let items = [
            json!(0.01342715252159843),
            json!(10.100000000000001),
            json!(3),
            json!("a"),
        ];
        assert_eq!(items_in_words(&items), "0.01342715, 10.1, 3, a");
        assert_eq!(word(&json!(1464.300048828125)), "1464.3");
    }
}
