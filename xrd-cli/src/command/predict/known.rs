//! Known structures of files.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use xrd_study::predict::known_structure;
use xrd_study::xrd_predict::Known;
use xrd_study::{Observer, Stage};

use crate::simulation::{ListEntry, StructureList};

/// Number of structures that are read at a time.
const CHUNK: usize = 1024;

/// Number of structures that are skipped, and the reason of the first.
pub(super) type Skipped = Option<(usize, String)>;

/// Reads known structures on the threads of the current pool, in the order of the numbers in their identifiers.
/// Identifiers that occur again, and structures that cannot be used, are skipped. The second value is
/// about the latter.
pub(super) fn read(paths: &[PathBuf], observer: &dyn Observer) -> Result<(Vec<Known>, Skipped)> {
    let list = StructureList::open(paths)?;
    let (mut seen, mut known) = (HashSet::new(), Vec::new());
    let mut skipped: Skipped = None;
    observer.begin(Stage::Simulating, list.len() as u64);
    for start in (0..list.len()).step_by(CHUNK) {
        let entries = list.read(start..(start + CHUNK).min(list.len()))?;
        let read: Vec<Result<Known>> = entries.par_iter().map(one).collect();
        observer.advance(Stage::Simulating, read.len() as u64);
        for found in read {
            match found {
                Ok(found) if seen.insert(found.id().to_owned()) => known.push(found),
                Ok(_) => {}
                Err(error) => {
                    let (count, why) = skipped
                        .take()
                        .unwrap_or_else(|| (0, crate::message(&error)));
                    skipped = Some((count + 1, why));
                }
            }
        }
    }
    observer.end(Stage::Simulating);
    if known.is_empty() {
        bail!("no structures that can be used");
    }
    known.sort_by_cached_key(|k| number(k.id()));
    Ok((known, skipped))
}

fn one(entry: &ListEntry) -> Result<Known> {
    let read = entry.read();
    let source = || read.source.clone();
    let structure = read.structure.with_context(source)?;
    let id = read.facts.id.clone().unwrap_or(read.name);
    known_structure(&id, read.facts.space_group, &structure).with_context(|| read.source.clone())
}

/// The number in an identifier such as `mp-1234`, then the identifier.
fn number(id: &str) -> (u64, String) {
    let digits: String = id.chars().filter(char::is_ascii_digit).take(18).collect();
    (digits.parse().unwrap_or(u64::MAX), id.to_owned())
}
