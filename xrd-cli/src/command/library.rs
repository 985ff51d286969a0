//! `xrd library`: line lists of known structures.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use rayon::prelude::*;
use xrd_core::{Structure, Wavelength};
use xrd_identify::{Entry, LineList};
use xrd_sim::{Diffraction, reflections};
use xrd_study::Inputs;

use crate::options::{Threads, not_negative};
use crate::output::say;
use crate::progress::LateBar;
use crate::simulation::{Label, ReadStructure, StructureList};

/// Number of structures that are read at a time.
const PART: usize = 1024;

/// Cu Kα1 in Å.
const WAVELENGTH: f64 = 1.540_593;

/// Name of structures without a name in the database of minerals.
const NO_NAME: &str = "<missing>";

/// Build a library of known structures for xrd identify.
///
/// Structures are read from CIFs, POSCARs, folders of them, and JSON lines. For each structure, the
/// strongest lines at Cu Ka1 are stored with its name, formula, space group and source. Structures
/// with the same key id are stored once. A structure that cannot be simulated is skipped with a
/// note.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd library cifs/ more.jsonl --out my.lines
  xrd identify scan.xy --library my.lines")]
pub(crate) struct Library {
    /// Structures: .cif, POSCAR and .jsonl files, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    structures: Vec<PathBuf>,
    /// Output file of the library
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Isotropic displacement parameter B in Å², for atoms without one
    #[arg(long, value_name = "X", default_value_t = 0.7, value_parser = not_negative)]
    b_iso: f64,
    #[command(flatten)]
    threads: Threads,
}

impl Library {
    pub(crate) fn run(self) -> Result<()> {
        Inputs::new(&self.structures).refuse_overwrite(&self.out)?;
        let list = StructureList::open(&self.structures)?;
        let beam = Diffraction::new(Wavelength::angstrom(WAVELENGTH)?).with_b_iso(self.b_iso);
        let pool = self.threads.pool()?;
        let bar = LateBar::new("structures");
        bar.set_length(list.len() as u64);
        let mut library = xrd_identify::Library::default();
        let (mut known, mut equal, mut skipped) = (HashSet::new(), 0, 0);
        for start in (0..list.len()).step_by(PART) {
            let entries = list.read(start..(start + PART).min(list.len()))?;
            let one = |entry: &crate::simulation::ListEntry| {
                let read = entry.read();
                bar.inc(1);
                let id = read.facts.id.clone();
                let source = read.source.clone();
                let found = entry_of(read, &beam).with_context(|| source);
                (id, found)
            };
            let found: Vec<_> = pool.install(|| entries.par_iter().map(one).collect());
            for (id, entry) in found {
                if id.is_some_and(|id| !known.insert(id)) {
                    equal += 1;
                    continue;
                }
                match entry.and_then(|e| Ok(library.push(&e)?)) {
                    Ok(()) => {}
                    Err(why) => {
                        skipped += 1;
                        eprintln!("note: skipped: {}", crate::message(&why));
                    }
                }
            }
        }
        bar.finish();
        if library.is_empty() {
            bail!("none of {} structures can be simulated", list.len());
        }
        let bytes = library.to_bytes();
        xrd_io::write::atomically(&self.out, |f| f.write_all(&bytes))?;
        say(&format!(
            "{} structures in {} ({} bytes; {skipped} skipped, {equal} with the id of another)",
            library.len(),
            self.out.display(),
            bytes.len()
        ))
    }
}

/// The entry of a structure: its texts as stated, else computed from the structure.
fn entry_of(read: ReadStructure, beam: &Diffraction) -> Result<Entry> {
    let structure = read.structure?;
    let lines = lines_of(&structure, beam)?;
    let facts = read.facts;
    let label = || Label::of(&structure, 0.1);
    let space_group = match facts.space_group {
        Some(number @ 1..=230) => number,
        _ => label().space_group?,
    };
    let name = facts.name.filter(|name| name != NO_NAME);
    Ok(Entry {
        name: shortened(name.unwrap_or_default()),
        formula: shortened(facts.formula.unwrap_or_else(|| label().formula)),
        space_group,
        source: shortened(facts.id.unwrap_or(read.name)),
        lines,
    })
}

/// The strongest lines of a structure.
fn lines_of(structure: &Structure, beam: &Diffraction) -> Result<LineList> {
    let all = reflections(structure, beam, 5.0..=90.0)?;
    if all.is_empty() {
        return Err(anyhow!("no lines between 5° and 90° for Cu Kα1"));
    }
    let pairs = all.iter().map(|r| (1.0 / r.d_angstrom, r.intensity));
    Ok(LineList::new(pairs)?)
}

/// At most 255 bytes of a text, on one line.
fn shortened(text: String) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    while text.len() > 255 {
        text.pop();
    }
    text
}
