//! What the fuzz targets begin with, and what they found: each file by its parser.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "made/clock.rs"]
mod clock;

use std::fs;
use std::path::{Path, PathBuf};

use xrd_io::fuzzing;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(name)
}

/// The files of a folder of folders, each with the name of its own folder.
fn files(of: &str) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for parser in fs::read_dir(folder(of)).into_iter().flatten() {
        let parser = parser.unwrap().path();
        let name = parser.file_name().unwrap().to_string_lossy().into_owned();
        for file in fs::read_dir(&parser).into_iter().flatten() {
            files.push((name.clone(), file.unwrap().path()));
        }
    }
    files.sort();
    files
}

#[test]
fn crashes_of_old_are_refusals() {
    for (parser, path) in files("crashes") {
        let bytes = fs::read(&path).unwrap();
        let (result, time) = clock::timed(|| fuzzing::parse(&parser, Path::new("file"), &bytes));
        assert!(time < clock::LONGEST, "{}: {time:?}", path.display());
        let message = result.map_or_else(|e| e.to_string(), |()| String::new());
        let short = !message.contains('\n') && message.len() < 1000;
        assert!(short, "{}: {message:?}", path.display());
    }
}

#[test]
fn seeds_reach_their_parsers() {
    let seeds = files("seeds");
    if seeds.is_empty() {
        println!("skipped: the seeds are not in this package");
        return;
    }
    for (parser, path) in &seeds {
        let bytes = fs::read(path).unwrap();
        let read = fuzzing::parse(parser, Path::new("file"), &bytes);
        let message = read.map_or_else(|e| e.to_string(), |()| String::new());
        // Some are on axes of which no pattern is made.
        let read = message.is_empty() || message.contains("axis") || message.contains("no powder");
        assert!(read, "{}: {message}", path.display());
    }
    for parser in fuzzing::parsers() {
        assert!(
            seeds.iter().any(|(p, _)| *p == parser) || parser == "nexus",
            "no seed for {parser}"
        );
        let target = folder("fuzz_targets").join(format!("{parser}.rs"));
        assert!(target.exists(), "no target for {parser}");
    }
}
