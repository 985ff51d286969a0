//! The seeds and the findings of the fuzz targets, each file read by its parser.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use xrd_io::Format;

use crate::{clock, parsers};

/// The crate of the fuzz targets; `None` in the published archive of this crate, which does not
/// contain it.
pub(crate) fn fuzz_crate() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fuzz = here.join("fuzz");
    // Cargo adds this file to every published archive.
    let is_archive = here.join("Cargo.toml.orig").exists();
    assert!(is_archive || fuzz.is_dir(), "no {}", fuzz.display());
    fuzz.is_dir().then_some(fuzz)
}

/// The files in the subfolders of a folder, each with the name of its subfolder.
fn files(of: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for parser in fs::read_dir(of).unwrap() {
        let parser = parser.unwrap().path();
        let name = parser.file_name().unwrap().to_string_lossy().into_owned();
        for file in fs::read_dir(&parser).unwrap() {
            files.push((name.clone(), file.unwrap().path()));
        }
    }
    files.sort();
    assert!(!files.is_empty(), "{} is empty", of.display());
    files
}

#[test]
fn crashes_of_old_are_refusals() {
    let Some(fuzz) = fuzz_crate() else { return };
    for (parser, path) in files(&fuzz.join("crashes")) {
        let bytes = fs::read(&path).unwrap();
        let (result, time) = clock::timed(|| parsers::parse(&parser, Path::new("file"), &bytes));
        assert!(time < clock::LONGEST, "{}: {time:?}", path.display());
        let message = result.map_or_else(|e| e.to_string(), |()| String::new());
        let short = !message.contains('\n') && message.len() < 1000;
        assert!(short, "{}: {message:?}", path.display());
    }
}

#[test]
fn seeds_reach_their_parsers() {
    let Some(fuzz) = fuzz_crate() else { return };
    let seeds = files(&fuzz.join("seeds"));
    for (parser, path) in &seeds {
        let bytes = fs::read(path).unwrap();
        let read = parsers::parse(parser, Path::new("file"), &bytes);
        let message = read.map_or_else(|e| e.to_string(), |()| String::new());
        // Some have an axis from which no pattern can be made.
        let read =
            message.is_empty() || message.contains("axis") || message.contains("not a powder");
        assert!(read, "{}: {message}", path.display());
    }
    for parser in parsers::names() {
        assert!(
            seeds.iter().any(|(p, _)| *p == parser) || parser == "nexus",
            "no seed for {parser}"
        );
        let target = fuzz.join("fuzz_targets").join(format!("{parser}.rs"));
        assert!(target.exists(), "no target for {parser}");
    }
}

/// Formats that no seed is recognised as: the seeds of archives are their members, and arrays have
/// no axis. `nexus`, `round_trip`, `round_trip_scans` and `vendor_archives` test these formats.
const WITHOUT_SEEDS: [&str; 7] = [
    "Bruker BRML",
    "Excel workbook",
    "NeXus",
    "Rigaku RASX",
    "npy",
    "npz",
    "npz of scans",
];

#[test]
fn every_format_recognises_a_seed() {
    let Some(fuzz) = fuzz_crate() else { return };
    let found: BTreeSet<Format> = files(&fuzz.join("seeds"))
        .iter()
        .filter_map(|(_, path)| xrd_io::list(path).ok())
        .map(|listing| listing.format)
        .collect();
    let missing: Vec<&Format> = Format::ALL
        .iter()
        .filter(|format| !found.contains(format) && !WITHOUT_SEEDS.contains(&format.name()))
        .collect();
    assert!(missing.is_empty(), "no seed is of {missing:?}");
}
