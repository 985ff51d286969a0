//! Comparison of the space groups found with those stated in files of structures:
//!
//! ```text
//! cargo run --release -p xrd-benches --bin space_groups -- [SYMPREC] FILE.jsonl…
//! ```
//!
//! A file has one structure per line, as read by `xrd_io::StructureLines`, with a key `sg`. SYMPREC is the
//! tolerance in Å, 0.1 by default. The output lists the share of equal space groups in each file, the
//! pairs of different ones, and every structure that differs.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use rayon::prelude::*;
use serde::Deserialize;
use xrd_io::{StructureLine, StructureLines};
use xrd_sim::space_group;

/// The share that must be equal.
const WANTED: f64 = 0.995;

#[derive(Deserialize)]
struct Stated {
    sg: u16,
}

/// A structure whose space group differs or was not found.
struct Exception {
    name: String,
    stated: u16,
    found: Result<u16, String>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let mut symprec = 0.1;
    if let Some(number) = files.first().and_then(|first| first.parse().ok()) {
        symprec = number;
        files.remove(0);
    }
    let mut total = 0;
    let mut exceptions = Vec::new();
    for file in &files {
        let lines = StructureLines::open(file)?;
        let found: Vec<Option<Exception>> = lines
            .read(0..lines.len())?
            .par_iter()
            .map(|line| compare(line, symprec))
            .collect::<Result<_, String>>()?;
        let different: Vec<Exception> = found.into_iter().flatten().collect();
        let equal = lines.len() - different.len();
        println!("{file}: {equal} of {} equal", lines.len());
        total += lines.len();
        exceptions.extend(different);
    }
    let share = 1.0 - exceptions.len() as f64 / total.max(1) as f64;
    let equal = total - exceptions.len();
    println!(
        "in all: {equal} of {total} equal at symprec {symprec}, {:.3} %",
        100.0 * share
    );
    summary(&exceptions);
    Ok(ExitCode::from(u8::from(share < WANTED)))
}

fn compare(line: &StructureLine, symprec: f64) -> Result<Option<Exception>, String> {
    let told = |e: &dyn std::fmt::Display| format!("line {}: {e}", line.number());
    let stated: Stated = serde_json::from_str(line.text()).map_err(|e| told(&e))?;
    let (name, structure) = line.parse().map_err(|e| told(&e))?;
    let found = space_group(&structure, symprec).map_err(|e| e.to_string());
    let differs = found.as_ref().ok() != Some(&stated.sg);
    Ok(differs.then(|| Exception {
        name: name.unwrap_or_default(),
        stated: stated.sg,
        found,
    }))
}

/// The pairs of different space groups, how often each occurs, and where.
fn summary(exceptions: &[Exception]) {
    let mut kinds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for exception in exceptions {
        let found = match &exception.found {
            Ok(number) => number.to_string(),
            Err(reason) => format!("none ({reason})"),
        };
        let kind = format!("stated {}, found {found}", exception.stated);
        kinds.entry(kind).or_default().push(&exception.name);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    for (kind, names) in kinds {
        println!("{:4} {kind}: {}", names.len(), names.join(" "));
    }
}
