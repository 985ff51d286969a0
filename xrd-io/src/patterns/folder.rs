use std::path::{Path, PathBuf};

use super::{ReadOptions, ReadPatterns, from_scans, no_patterns};
use crate::error::{Error, Result};
use crate::format::{self, Content};
use crate::scan::Scan;
use crate::source::Source;

/// Reads every file of a folder as one pattern.
pub(super) fn read(folder: &Path, options: &ReadOptions) -> Result<ReadPatterns> {
    let (mut scans, mut skipped) = (Vec::new(), Vec::new());
    let files = files(folder, options)?;
    for path in files {
        match scan(&path, options) {
            Ok(scan) => scans.push((path, scan)),
            Err(reason) => skipped.push((path, reason)),
        }
    }
    if scans.is_empty() {
        return Err(no_patterns(folder, skipped.len(), skipped.first()));
    }
    let mut read = from_scans(scans, options)?;
    read.skipped = skipped;
    Ok(read)
}

/// The files of a folder that are neither hidden nor excluded, sorted by name.
fn files(folder: &Path, options: &ReadOptions) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::io(folder, e);
    let excluded: Vec<PathBuf> = options
        .exclude
        .iter()
        .chain(&options.axis)
        .map(|p| same(p))
        .collect();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') && path.is_file() && !excluded.contains(&same(&path)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The path as the system knows it, so that two ways to one file compare equal.
fn same(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn scan(path: &Path, options: &ReadOptions) -> Result<Scan> {
    let refusal = |what: String| Error::Unsupported {
        path: path.to_owned(),
        what,
        expected: "one pattern a file in a folder".to_owned(),
    };
    match format::read(&Source::open(path)?, options)?.1 {
        Content::Scans(scans) if scans.len() == 1 => {
            let mut scans = scans;
            Ok(scans.remove(0))
        }
        Content::Scans(scans) => Err(refusal(format!("holds {} scans", scans.len()))),
        Content::Matrix(m) => Err(refusal(format!("holds {} patterns", m.names.len()))),
    }
}
