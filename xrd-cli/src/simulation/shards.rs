//! A set of patterns in shards, made by any number of processes that share a folder.

use std::panic::resume_unwind;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::notes::Notes;
use super::parameters::{self, Division};
use super::recipe::Recipe;
use super::set_folder::{Part, SetFolder};
use super::shard::{self, Shard};
use super::structures::StructureList;
use crate::progress::LateBar;

/// The file of the axis of all patterns.
fn axis_file(recipe: &Recipe) -> &'static str {
    match recipe.q {
        None => "two_theta.npy",
        Some(_) => "q.npy",
    }
}

/// What a process did for a set.
pub(crate) struct Summary {
    /// Patterns it made, and how long it took.
    pub(crate) made: u64,
    pub(crate) took: Duration,
    /// The manifest of the set, if all of its shards are there.
    pub(crate) manifest: Option<Value>,
    pub(crate) shards: usize,
    pub(crate) missing: usize,
    /// What users should know of the files.
    pub(crate) notes: Notes,
}

/// Makes the shards of a part that are not there yet, or are damaged. When all shards of the set
/// are there, the manifest is written.
///
/// While one shard is written the next one is computed.
pub(crate) fn write_shards(
    list: &StructureList,
    recipe: &Recipe,
    division: &Division,
    effects: &str,
    part: Part,
    folder: &Path,
    bar: &LateBar,
) -> Result<Summary> {
    let folder = &SetFolder::open(folder)?;
    let parameters = parameters::parameters(list, recipe, division, effects)?;
    parameters::write_or_compare(folder, &parameters)?;
    write_axis(folder, recipe)?;
    let wanted = (part.remainder..division.shards()).step_by(part.of);
    let patterns = |shard| division.of_shard(shard).len() * recipe.per_structure;
    bar.set_length(wanted.clone().map(patterns).sum::<usize>() as u64);
    let mut missing = Vec::new();
    for shard in wanted {
        match shard::is_whole(folder, shard) {
            true => bar.skip(patterns(shard) as u64),
            false => missing.push(shard),
        }
    }
    let start = std::time::Instant::now();
    let simulate = |shard: usize| -> Result<Shard> {
        let places = division.of_shard(shard);
        let entries = list.read(places.clone())?;
        let progress = || bar.inc(recipe.per_structure as u64);
        Ok(Shard::simulate(
            shard,
            places.start,
            &entries,
            recipe,
            progress,
        ))
    };
    let mut done: Option<Shard> = None;
    let mut notes = Notes::default();
    for shard in missing.iter().map(|s| Some(*s)).chain([None]) {
        let write = || {
            done.take()
                .map_or(Ok(()), |done| done.write(folder, recipe))
        };
        // A thread that waits for the disk is none of those that compute.
        let (written, next) = std::thread::scope(|scope| {
            let writing = scope.spawn(write);
            let next = shard.map(simulate).transpose();
            let written = writing.join();
            (written.unwrap_or_else(|panic| resume_unwind(panic)), next)
        });
        written?;
        done = next?;
        done.iter().for_each(|shard| shard.note(&mut notes));
    }
    let left = (0..division.shards())
        .filter(|s| shard::record(folder, *s).is_none())
        .count();
    let records = missing.iter().filter_map(|s| shard::record(folder, *s));
    Ok(Summary {
        made: records.map(|record| shard::rows(&record)).sum(),
        took: start.elapsed(),
        manifest: (left == 0)
            .then(|| write_manifest(folder, parameters, division, axis_file(recipe)))
            .transpose()?,
        shards: division.shards(),
        missing: left,
        notes,
    })
}

/// The axis of all patterns, in degrees or 1/Å, as an array file.
fn write_axis(folder: &SetFolder, recipe: &Recipe) -> Result<()> {
    let mut axis = Vec::new();
    match recipe.q {
        None => xrd_io::write::npy_axis(&mut axis, &recipe.instrument.grid)?,
        Some(q) => xrd_io::write::npy_numbers(&mut axis, &q.values().collect::<Vec<_>>())?,
    }
    let file = axis_file(recipe);
    match std::fs::read(folder.path(file)) {
        Ok(there) if there == axis => Ok(()),
        _ => folder.write(file, &axis),
    }
}

/// The parameters of a set, how many patterns it has, and the records of its shards.
fn write_manifest(
    folder: &SetFolder,
    mut manifest: Value,
    division: &Division,
    axis: &str,
) -> Result<Value> {
    let shards: Vec<Value> = (0..division.shards())
        .filter_map(|s| shard::record(folder, s))
        .collect();
    let patterns: u64 = shards.iter().map(shard::rows).sum();
    let failed: usize = shards
        .iter()
        .filter_map(|s| Some(s["failed"].as_array()?.len()))
        .sum();
    manifest["axis"] = json!(axis);
    manifest["patterns"] = json!(patterns);
    manifest["failed"] = json!(failed);
    manifest["files"] = Value::Array(shards);
    folder.write(xrd_io::MANIFEST, format!("{manifest:#}\n").as_bytes())?;
    Ok(manifest)
}
