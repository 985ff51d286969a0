//! What a folder holds whose files make no one set of patterns.

use std::path::{Path, PathBuf};

use anyhow::{Error, Result};
use serde_json::{Value, json};
use xrd_io::Listing;

/// Each file of a folder by its format and its scans, or by why it is left out, and why they are
/// no set; that reason alone where no file can be read.
pub(super) fn describe(folder: &Path, no_set: Error) -> Result<Value> {
    let files = files(folder);
    let listed: Vec<_> = files.iter().map(xrd_io::list).collect();
    if listed.iter().all(|listing| listing.is_err()) {
        return Err(no_set);
    }
    let about = files.iter().zip(&listed).map(|(file, listing)| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match listing {
            Ok(listing) => of(&name, listing),
            Err(reason) => json!({"name": name, "left_out": reason.to_string()}),
        }
    });
    let about: Vec<Value> = about.collect();
    Ok(json!({"kind": "folder", "no_set_of_patterns": format!("{no_set:#}"), "files": about}))
}

fn of(name: &str, listing: &Listing) -> Value {
    let first = listing.scans.first();
    json!({
        "name": name,
        "format": listing.format.name(),
        "scans": listing.scans.len(),
        "axis": first.map(|s| s.axis_kind.name()),
        "axis_unit": first.map(|s| s.axis_kind.unit()),
        "points": first.map(|s| s.points),
        "first": first.map(|s| s.range.0),
        "last": first.map(|s| s.range.1),
    })
}

/// The files of a folder that are not hidden, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}
