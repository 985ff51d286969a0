//! Parameters of a set of patterns. Equal parameters give equal bytes.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::recipe::Recipe;
use super::set_folder::SetFolder;
use super::structures::StructureList;

/// The file of the parameters, written first into the folder of a set.
const FILE: &str = "parameters.json";

/// Division of a set into shards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Division {
    pub(crate) structures: usize,
    pub(crate) structures_per_shard: usize,
}

impl Division {
    /// Shards of about `patterns_per_shard` patterns. All patterns of a structure are in one shard.
    pub(crate) fn new(structures: usize, per_structure: usize, patterns_per_shard: usize) -> Self {
        Self {
            structures,
            structures_per_shard: (patterns_per_shard / per_structure).max(1),
        }
    }

    pub(crate) fn shards(&self) -> usize {
        self.structures.div_ceil(self.structures_per_shard)
    }

    /// The structures of a shard, by their positions in the list.
    pub(crate) fn of_shard(&self, shard: usize) -> std::ops::Range<usize> {
        let start = shard * self.structures_per_shard;
        start..(start + self.structures_per_shard).min(self.structures)
    }
}

/// All parameters as JSON. File names are given without their folders, because the folders may differ
/// between machines.
pub(crate) fn parameters(
    list: &StructureList,
    recipe: &Recipe,
    division: &Division,
    effects: &str,
) -> Result<Value> {
    let files = list.files().iter().map(|path| {
        Ok(json!({
            "name": path.file_name().unwrap_or_default().to_string_lossy(),
            "sha256": sha256_of(path)?,
        }))
    });
    let files = files.collect::<Result<Vec<_>>>()?;
    let (grid, diffraction) = (&recipe.instrument.grid, &recipe.instrument.diffraction);
    let (axis, start, step) = match recipe.q {
        None => ("two_theta", grid.start(), grid.step()),
        Some(q) => ("q", q.start(), q.step()),
    };
    Ok(json!({
        "program": concat!("xrd ", env!("CARGO_PKG_VERSION")),
        "structures": { "count": division.structures, "files": files },
        "patterns_per_structure": recipe.per_structure,
        "structures_per_shard": division.structures_per_shard,
        "shards": division.shards(),
        axis: { "start": start, "step": step, "points": recipe.points() },
        "wavelength_angstrom": diffraction.wavelength.as_angstrom(),
        "b_iso": diffraction.b_iso,
        "polarization": diffraction.polarization.ratio(),
        "dispersion": diffraction.dispersion,
        "fwhm_deg": recipe.instrument.profile.fwhm_deg(),
        "eta": recipe.instrument.profile.eta(),
        "symprec": recipe.symprec,
        "seed": recipe.seed,
        "effects": effects,
    }))
}

/// Writes the parameters into the folder of a set, or compares them with those that are there.
pub(crate) fn write_or_compare(folder: &SetFolder, ours: &Value) -> Result<()> {
    let path = folder.path(FILE);
    if !path.exists() {
        return folder.write(FILE, format!("{ours:#}\n").as_bytes());
    }
    let named = || path.display().to_string();
    let text = std::fs::read_to_string(&path).with_context(named)?;
    let theirs: Value = serde_json::from_str(&text).with_context(named)?;
    match difference("", &theirs, ours) {
        None => Ok(()),
        Some(difference) => bail!("{}: {difference} (use another --out)", named()),
    }
}

/// A description of the first parameter in which two sets differ.
fn difference(name: &str, theirs: &Value, ours: &Value) -> Option<String> {
    if let (Value::Object(theirs), Value::Object(ours)) = (theirs, ours) {
        let keys = ours.keys().chain(theirs.keys());
        let missing = Value::Null;
        let of = |map: &serde_json::Map<String, Value>, key: &str| {
            map.get(key).unwrap_or(&missing).clone()
        };
        return keys.into_iter().find_map(|key| {
            let name = if name.is_empty() {
                key.clone()
            } else {
                format!("{name}.{key}")
            };
            difference(&name, &of(theirs, key), &of(ours, key))
        });
    }
    (theirs != ours).then(|| format!("the set in this folder has {name} {theirs}, not {ours}"))
}

/// The SHA-256 checksum of a file.
pub(crate) fn sha256_of(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    File::open(path)
        .and_then(|mut file| std::io::copy(&mut file, &mut hash))
        .with_context(|| path.display().to_string())?;
    Ok(in_hex(hash))
}

pub(crate) fn in_hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
