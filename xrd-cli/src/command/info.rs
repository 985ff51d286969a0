use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};
use xrd_io::{ReadOptions, read_patterns, read_structure};

use crate::dataset::load;
use crate::output::say;

/// What a file is and holds: patterns, a structure, or a model.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd info scan.xy patterns.npz NaCl.cif out/model.safetensors")]
pub(crate) struct Info {
    /// Files, or folders of scans
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Info {
    pub(crate) fn run(self) -> Result<()> {
        let mut all = Vec::new();
        for file in &self.files {
            let mut about = describe(file)?;
            about["file"] = json!(file.to_string_lossy());
            all.push(about);
        }
        if self.json {
            return say(&serde_json::to_string_pretty(&all)?);
        }
        all.iter().try_for_each(|about| say(&to_lines(about)))
    }
}

fn describe(file: &Path) -> Result<Value> {
    let extension = file
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match extension.as_str() {
        "safetensors" => model(file),
        "cif" => structure(file),
        _ => patterns(file),
    }
}

fn model(file: &Path) -> Result<Value> {
    let model = load(file)?;
    Ok(json!({
        "kind": "model",
        "grid": model.grid().to_string(),
        "wavelength_angstrom": model.wavelength().map(|w| w.as_angstrom()),
        "intensities": model.scale().to_string(),
        "preparation": model.preparation(),
        "hidden": model.config().hidden,
        "scaling": format!("{:?}", model.config().scaling),
        "seed": model.config().seed,
        "epochs": model.training().map(|t| t.epochs),
    }))
}

fn structure(file: &Path) -> Result<Value> {
    let structure = read_structure(file)?;
    let content = structure.composition();
    let content: Vec<String> = content.iter().map(|(e, n)| format!("{e}{n}")).collect();
    Ok(json!({
        "kind": "structure",
        "cell_angstrom": structure.lattice().lengths(),
        "volume_cubic_angstrom": structure.lattice().volume(),
        "atoms": structure.atoms().len(),
        "cell_content": content.join(" "),
        "space_group": xrd_sim::Symmetry::within(&structure, 1e-3).ok().map(|s| s.space_group),
    }))
}

fn patterns(file: &Path) -> Result<Value> {
    let found = read_patterns(file, &ReadOptions::default())?;
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
        "notes": crate::dataset::notes(&found),
    }))
}

fn to_lines(about: &Value) -> String {
    let mut lines = vec![about["file"].as_str().unwrap_or_default().to_owned()];
    for (key, value) in about.as_object().into_iter().flatten() {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let texts: Vec<String> = items
                    .iter()
                    .map(|v| v.to_string().replace('"', ""))
                    .collect();
                texts.join(", ")
            }
            other => other.to_string(),
        };
        if key != "file" && !text.is_empty() {
            lines.push(format!("  {:<24}{text}", key.replace('_', " ")));
        }
    }
    lines.join("\n")
}
