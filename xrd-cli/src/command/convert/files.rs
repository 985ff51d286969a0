//! Input files of a conversion, and the names of the outputs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xrd_io::Scan;

use super::Target;
use crate::pattern_files::files_within;
use xrd_study::safe_name;

/// The given files, and the files of the given folders in order of name, without hidden ones.
pub(super) fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        let name = || input.display().to_string();
        if !input.metadata().with_context(name)?.is_dir() {
            files.push(input.clone());
            continue;
        }
        files.extend(files_within(input)?);
    }
    if files.is_empty() {
        bail!("{}: the folder has no files", inputs[0].display());
    }
    Ok(files)
}

/// The names of the outputs: each file name without its extension. The extension is kept if two
/// names would be equal.
pub(super) fn stems(files: &[PathBuf]) -> Vec<String> {
    let text =
        |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let mut count = HashMap::new();
    for file in files {
        *count.entry(text(file.file_stem())).or_insert(0) += 1;
    }
    let stem = |file: &PathBuf| match text(file.file_stem()) {
        stem if count[&stem] == 1 => stem,
        _ => text(file.file_name()),
    };
    files.iter().map(stem).collect()
}

/// One file per pattern of a matrix, named like the pattern, so that tables of labels still match.
pub(super) fn named(scans: &[Scan], target: Target) -> Vec<(PathBuf, &[Scan])> {
    let name = |scan: &[Scan]| PathBuf::from(format!("{}.{target}", safe_name(scan[0].name())));
    scans.chunks(1).map(|scan| (name(scan), scan)).collect()
}

/// One numbered file per scan: a_1.xy, a_2.xy, …
pub(super) fn numbered<'a>(out: &Path, scans: &'a [Scan]) -> Vec<(PathBuf, &'a [Scan])> {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let extension = out.extension().unwrap_or_default().to_string_lossy();
    let name = |i| out.with_file_name(format!("{stem}_{}.{extension}", i + 1));
    scans
        .chunks(1)
        .enumerate()
        .map(|(i, scan)| (name(i), scan))
        .collect()
}
