//! Files of patterns in folders.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The files of a folder in order of name, without hidden ones.
pub(crate) fn files_within(folder: &Path) -> Result<Vec<PathBuf>> {
    let name = || folder.display().to_string();
    let mut inside = Vec::new();
    for entry in folder.read_dir().with_context(name)? {
        let path = entry.with_context(name)?.path();
        let hidden = path
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if path.is_file() && !hidden {
            inside.push(path);
        }
    }
    inside.sort();
    Ok(inside)
}

/// The given files, and the files of the given folders. Paths that cannot be read are kept, so that each
/// gets its error where it is read. So is a folder without files.
pub(crate) fn files_of(inputs: &[PathBuf]) -> Vec<PathBuf> {
    let inside = |input: &PathBuf| match files_within(input) {
        Ok(files) if !files.is_empty() => files,
        _ => vec![input.clone()],
    };
    inputs.iter().flat_map(inside).collect()
}
