//! Structures with known space groups, prepared for simulated patterns.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use xrd_study::symmetry::{Crystal, Sampling};
use xrd_study::xrd_symmetry::SpaceGroup;
use xrd_study::{Observer, Stage};

use crate::simulation::{ListEntry as Entry, StructureList};

/// Number of structures that are read at a time.
const CHUNK: usize = 256;

/// Tolerance in Å of the search for space groups.
const TOLERANCE: f64 = 0.1;

/// Crystals with the names of their structures.
pub(crate) struct Crystals {
    pub(crate) named: Vec<(String, Crystal)>,
    /// Number of structures that cannot be simulated, and the reason of the first.
    pub(crate) skipped: Option<(usize, String)>,
}

impl Crystals {
    /// Reads structures on the threads of the current pool. The key `sg` of a line of JSON is the number of the
    /// space group; without it, and in other files, the group is searched. Structures that fail are skipped.
    pub(crate) fn read(
        paths: &[PathBuf],
        sampling: Sampling,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let list = StructureList::open(paths)?;
        let (mut named, mut skipped) = (Vec::new(), None);
        observer.begin(Stage::Simulating, list.len() as u64);
        for start in (0..list.len()).step_by(CHUNK) {
            let entries = list.read(start..(start + CHUNK).min(list.len()))?;
            let read: Vec<_> = entries.par_iter().map(|e| one(e, sampling)).collect();
            observer.advance(Stage::Simulating, read.len() as u64);
            for crystal in read {
                match crystal {
                    Ok(crystal) => named.push(crystal),
                    Err(error) => {
                        let first = skipped.take();
                        let (count, why) = first.unwrap_or_else(|| (0, crate::message(&error)));
                        skipped = Some((count + 1, why));
                    }
                }
            }
        }
        observer.end(Stage::Simulating);
        match (named.is_empty(), skipped) {
            (true, Some((_, why))) => bail!("no structure can be simulated; the first: {why}"),
            (true, None) => bail!("no structures"),
            (false, skipped) => Ok(Self { named, skipped }),
        }
    }
}

fn one(entry: &Entry, sampling: Sampling) -> Result<(String, Crystal)> {
    let read = entry.read();
    let source = || read.source.clone();
    let structure = read.structure.with_context(source)?;
    let known = entry.facts_of_line().with_context(source)?.space_group;
    let number = match known {
        Some(number) => number,
        None => xrd_sim::space_group(&structure, TOLERANCE).with_context(source)?,
    };
    let group = SpaceGroup::from_number(number).with_context(source)?;
    let crystal = Crystal::sampled(structure, group, sampling).with_context(source)?;
    Ok((read.name, crystal))
}
