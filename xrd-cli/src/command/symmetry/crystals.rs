//! Structures with known space groups, prepared for simulated patterns.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use xrd_study::symmetry::{KnownCrystal, Sampling};
use xrd_study::xrd_symmetry::SpaceGroup;
use xrd_study::{Observer, Stage};

use crate::simulation::{ListEntry as Entry, StructureList};

/// Number of structures that are read at a time.
const CHUNK: usize = 256;

/// Tolerance in Å of the search for space groups.
const TOLERANCE: f64 = 0.1;

/// Name of structures without a name in the database of minerals.
const NO_NAME: &str = "<missing>";

/// Crystals of the structures of several paths.
pub(crate) struct Crystals {
    /// The crystals of each path.
    pub(crate) groups: Vec<Vec<KnownCrystal>>,
    /// Number of structures that cannot be simulated, and the reason of the first.
    pub(crate) skipped: Option<(usize, String)>,
}

impl Crystals {
    /// Reads structures on the threads of the current pool. The key `sg` of a line of JSON is the number of the
    /// space group; without it, and in other files, the group is searched. Structures that fail are skipped, and of several
    /// with one identifier all but the first. With a seed, variants are made as well.
    pub(crate) fn read(
        paths: &[PathBuf],
        sampling: Sampling,
        variants: Option<u64>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let mut reading = Reading {
            sampling,
            variants,
            observer,
            known: HashSet::new(),
            skipped: None,
        };
        let groups = paths.iter().map(|path| reading.group(path));
        let groups = groups.collect::<Result<Vec<_>>>()?;
        match (groups.iter().all(Vec::is_empty), reading.skipped) {
            (true, Some((_, why))) => bail!("no structure can be simulated; the first: {why}"),
            (true, None) => bail!("no structures"),
            (false, skipped) => Ok(Self { groups, skipped }),
        }
    }

    /// Says on stderr which structures are skipped.
    pub(crate) fn warn(&self) {
        if let Some((count, why)) = &self.skipped {
            eprintln!("warning: skipped {count} structures; the first: {why}");
        }
    }

    /// Divides each group into crystals for training and crystals that are held out.
    ///
    /// # Errors
    /// If there are no crystals of one kind.
    pub(crate) fn divided(self, is_held_out: impl Fn(&KnownCrystal) -> bool) -> Result<Divided> {
        let groups = self.groups.into_iter();
        let divided = groups.map(|g| g.into_iter().partition(&is_held_out));
        let (held_out, training): (Vec<Vec<_>>, Vec<Vec<_>>) = divided.unzip();
        let [rest, apart] = [&training, &held_out].map(|g| g.iter().map(Vec::len).sum::<usize>());
        if rest == 0 || apart == 0 {
            bail!(
                "{rest} structures for training and {apart} held out (expected at least one each)"
            );
        }
        Ok(Divided { training, held_out })
    }
}

/// Groups of crystals.
pub(crate) struct Divided {
    pub(crate) training: Vec<Vec<KnownCrystal>>,
    pub(crate) held_out: Vec<Vec<KnownCrystal>>,
}

struct Reading<'a> {
    sampling: Sampling,
    variants: Option<u64>,
    observer: &'a dyn Observer,
    /// Identifiers that were read.
    known: HashSet<String>,
    skipped: Option<(usize, String)>,
}

impl Reading<'_> {
    fn group(&mut self, path: &Path) -> Result<Vec<KnownCrystal>> {
        let list = StructureList::open(&[path.to_owned()])?;
        let mut group = Vec::new();
        self.observer.begin(Stage::Simulating, list.len() as u64);
        for start in (0..list.len()).step_by(CHUNK) {
            if self.observer.should_stop() {
                return Err(xrd_study::Error::Stopped.into());
            }
            let entries = list.read(start..(start + CHUNK).min(list.len()))?;
            let one = |entry: &Entry| one(entry, self.sampling, self.variants);
            let read: Vec<_> = entries.par_iter().map(one).collect();
            self.observer.advance(Stage::Simulating, read.len() as u64);
            for crystal in read {
                match crystal {
                    Ok(crystal) if self.known.insert(crystal.id.clone()) => group.push(crystal),
                    Ok(_) => {}
                    Err(error) => {
                        let first = self.skipped.take();
                        let (count, why) = first.unwrap_or_else(|| (0, crate::message(&error)));
                        self.skipped = Some((count + 1, why));
                    }
                }
            }
        }
        self.observer.end(Stage::Simulating);
        Ok(group)
    }
}

fn one(entry: &Entry, sampling: Sampling, variants: Option<u64>) -> Result<KnownCrystal> {
    let read = entry.read();
    let source = || read.source.clone();
    let structure = read.structure.with_context(source)?;
    let facts = read.facts;
    let known = entry.facts_of_line().with_context(source)?.space_group;
    let number = match known {
        Some(number) => number,
        None => xrd_sim::space_group(&structure, TOLERANCE).with_context(source)?,
    };
    let group = SpaceGroup::from_number(number).with_context(source)?;
    let name = facts.name.filter(|n| !n.is_empty() && n != NO_NAME);
    let (id, formula) = (facts.id.unwrap_or(read.name), facts.formula);
    let formula = formula.unwrap_or_else(|| id.clone());
    KnownCrystal::new(id, name, formula, structure, group, sampling, variants).with_context(source)
}
