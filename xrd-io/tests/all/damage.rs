//! Files truncated or damaged at any position: every reader returns a value or an error, quickly.
//!
//! `XRD_DAMAGE=200` truncates and damages each file 200 times. That is the default for files below
//! 5 kB; larger files are truncated and damaged 4 times.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::clock;
use crate::corpus::fuzz_crate;
use crate::parsers;

/// How often a file is truncated and damaged.
fn times(file: &[u8]) -> usize {
    let asked = std::env::var("XRD_DAMAGE").ok();
    let default = if file.len() < 5000 { 200 } else { 4 };
    asked.and_then(|n| n.parse().ok()).unwrap_or(default)
}

pub(crate) fn files_below(folder: PathBuf) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![folder], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap();
        for path in entries.map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    let is_reading = |path: &PathBuf| path.to_string_lossy().contains(".expected.");
    files.retain(|path| !is_reading(path));
    files.sort();
    assert!(!files.is_empty(), "no files to damage");
    files
}

/// Reads a damaged file with its parsers and checks the time and the message.
fn read(parsers: &[&str], path: &Path, what: &str, bytes: &[u8]) {
    for parser in parsers {
        let (read, time) = clock::timed(|| parsers::parse(parser, path, bytes));
        let limit = clock::LONGEST;
        assert!(time < limit, "{} {what}: {time:?}", path.display());
        let line = read.map_or_else(|e| e.to_string(), |()| String::new());
        assert!(!line.contains('\n'), "{} {what}: {line}", path.display());
    }
}

fn damage(parsers: &[&str], path: &Path) -> usize {
    let whole = std::fs::read(path).unwrap();
    let times = times(&whole);
    // A linear congruential generator is random enough and reproducible.
    let mut state = whole.len() as u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for i in 0..times {
        // In the middle of each part, since with few cuts the very beginning would tell little.
        let cut = (whole.len() * (2 * i + 1)) / (2 * times);
        read(parsers, path, &format!("cut at {cut}"), &whole[..cut]);
        let (at, by) = (random(whole.len()), 1 + random(255) as u8);
        let mut flipped = whole.clone();
        flipped.iter_mut().skip(at).take(1).for_each(|b| *b ^= by);
        read(
            parsers,
            path,
            &format!("byte {at} changed by {by}"),
            &flipped,
        );
    }
    2 * times
}

/// Damages files on two threads.
pub(crate) fn damage_all(files: &[PathBuf], parsers: impl Fn(&Path) -> Vec<String> + Sync) {
    let (next, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let parsers = parsers(path);
            let parsers: Vec<&str> = parsers.iter().map(String::as_str).collect();
            count.fetch_add(damage(&parsers, path), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    println!("{} files, {} damaged", files.len(), count.into_inner());
}

#[test]
fn seeds() {
    let Some(fuzz) = fuzz_crate() else { return };
    damage_all(&files_below(fuzz.join("seeds")), |path| {
        let folder = path.parent().and_then(Path::file_name);
        vec![folder.unwrap_or_default().to_string_lossy().into_owned()]
    });
}

#[test]
fn files_of_nexus() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    damage_all(&files_below(here.join("tests/nexus")), |_| {
        vec!["any".to_owned()]
    });
}
