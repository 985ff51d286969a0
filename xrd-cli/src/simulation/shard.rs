//! One shard: an array of patterns, a table of labels, and what is known of both.

use std::io::{self, Write};

use anyhow::Result;
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use xrd_io::write;

use super::label::Label;
use super::notes::Notes;
use super::parameters::{in_hex, sha256_of};
use super::recipe::{Recipe, Simulated};
use super::set_folder::SetFolder;
use super::structures::Entry;
use xrd_study::OutputFolder;
use xrd_study::Table;

/// What the structures of a shard gave.
pub(crate) struct Shard {
    number: usize,
    /// The place of its first structure in their list.
    first: usize,
    simulated: Vec<Simulated>,
}

/// The patterns of a shard with their labels.
struct Contents {
    rows: Vec<Vec<f32>>,
    labels: Table,
    failed: Vec<Value>,
    without_symmetry: Vec<Value>,
}

/// The files of a shard; the record is written last.
struct Files {
    patterns: String,
    labels: String,
    record: String,
}

impl Files {
    fn of(shard: usize) -> Self {
        let named = |extension| format!("shard-{shard:05}.{extension}");
        Self {
            patterns: named("npy"),
            labels: named("csv"),
            record: named("json"),
        }
    }
}

impl Shard {
    /// Simulates the structures of a shard, the first of them at place `first` of their list.
    /// `progress` is called after each structure.
    pub(crate) fn simulate(
        number: usize,
        first: usize,
        entries: &[Entry],
        recipe: &Recipe,
        progress: impl Fn() + Sync,
    ) -> Self {
        let one = |(i, entry): (usize, &Entry)| {
            let simulated = recipe.simulate(first + i, entry.read());
            progress();
            simulated
        };
        Self {
            number,
            first,
            simulated: entries.par_iter().enumerate().map(one).collect(),
        }
    }

    /// Adds what users should know of its files.
    pub(crate) fn note(&self, notes: &mut Notes) {
        self.simulated.iter().for_each(|s| notes.add(&s.notes));
    }

    /// Writes the files of the shard into a folder, all or none.
    pub(crate) fn write(self, folder: &SetFolder, recipe: &Recipe) -> Result<()> {
        let files = Files::of(self.number);
        let mut contents = Contents::new();
        for (place, simulated) in (self.first..).zip(self.simulated) {
            contents.add(place, simulated, recipe);
        }
        let Contents {
            rows,
            labels: table,
            failed,
            without_symmetry,
        } = contents;
        let mut out = folder.output()?;
        let patterns = hashed(&mut out, &files.patterns, |f| {
            let points = recipe.points();
            write::npy(f, points, rows.iter().map(Vec::as_slice))
        })?;
        let labels = hashed(&mut out, &files.labels, |f| table.write(f))?;
        let mut record = json!({
            "patterns": { "file": files.patterns, "rows": rows.len(), "sha256": patterns },
            "labels": { "file": files.labels, "sha256": labels },
            "failed": failed,
            "without_symmetry": without_symmetry,
        });
        record["seal"] = json!(seal(&record));
        out.write_text(&files.record, &format!("{record:#}\n"))?;
        Ok(out.commit()?)
    }
}

impl Contents {
    fn new() -> Self {
        let header = ["name".to_owned(), "pattern".to_owned()];
        Self {
            rows: Vec::new(),
            labels: Table {
                header: header.into_iter().chain(Label::columns()).collect(),
                rows: Vec::new(),
            },
            failed: Vec::new(),
            without_symmetry: Vec::new(),
        }
    }

    fn add(&mut self, place: usize, simulated: Simulated, recipe: &Recipe) {
        let reason = |e: &dyn std::fmt::Display| {
            let (name, reason) = (&simulated.name, e.to_string());
            json!({ "structure": place, "name": name, "reason": reason })
        };
        let (label, patterns) = match simulated.patterns {
            Ok(patterns) => patterns,
            Err(error) => return self.failed.push(reason(&format!("{error:#}"))),
        };
        if let Err(error) = &label.space_group {
            self.without_symmetry.push(reason(error));
        }
        let first = place * recipe.per_structure;
        for (index, name) in (first..).zip(recipe.names(&simulated.name)) {
            let cells = [name, index.to_string()].into_iter().chain(label.cells());
            self.labels.rows.push(cells.collect());
        }
        self.rows.extend(patterns);
    }
}

/// The record of a shard, if there is one and it is as it was written.
pub(crate) fn record(folder: &SetFolder, shard: usize) -> Option<Value> {
    let text = std::fs::read_to_string(folder.path(&Files::of(shard).record)).ok()?;
    let mut record: Value = serde_json::from_str(&text).ok()?;
    let written = record.as_object_mut()?.remove("seal")?;
    (written == seal(&record)).then_some(record)
}

/// How many patterns a shard holds, by its record.
pub(crate) fn rows(record: &Value) -> u64 {
    record["patterns"]["rows"].as_u64().unwrap_or(0)
}

/// The checksum of a record without its seal.
fn seal(record: &Value) -> String {
    in_hex(Sha256::new().chain_update(record.to_string()))
}

/// Whether the files of a shard are there and are those that were written.
pub(crate) fn is_whole(folder: &SetFolder, shard: usize) -> bool {
    let Some(record) = record(folder, shard) else {
        return false;
    };
    let files = Files::of(shard);
    [("patterns", files.patterns), ("labels", files.labels)]
        .iter()
        .all(|(what, file)| {
            let found = sha256_of(&folder.path(file));
            found.is_ok_and(|found| record[what]["sha256"] == found)
        })
}

/// Writes a file and gives its checksum.
fn hashed(
    out: &mut OutputFolder,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<String> {
    let mut hash = Sha256::new();
    out.write(name, |f| {
        write(&mut Hashing {
            to: f,
            hash: &mut hash,
        })
    })?;
    Ok(in_hex(hash))
}

struct Hashing<'a> {
    to: &'a mut dyn Write,
    hash: &'a mut Sha256,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
