//! Tests on real files from instruments and programs. The files are not part of this repository;
//! they are in the folder named by `XRD_TEST_DATA`, or in `shared/data` next to the checkout.
//!
//! All these tests are ignored by default, and fail if there are no files.

use std::path::{Path, PathBuf};

mod damaged;
mod patterns;
mod recorded_readings;
#[cfg(feature = "nexus")]
mod score;
mod structures;
mod vendor_files;

/// The folder of the collection next to a checkout.
fn beside() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data")
}

/// Whether the collection is the one used for the tables in `docs`.
fn is_that_of_docs() -> bool {
    let place = |folder: PathBuf| folder.canonicalize().ok();
    place(collection()) == place(beside())
}

/// The folder of the collection.
fn collection() -> PathBuf {
    std::env::var_os("XRD_TEST_DATA").map_or_else(beside, PathBuf::from)
}

/// A file or folder of the collection.
fn data(part: &str) -> PathBuf {
    let path = collection().join(part);
    assert!(
        path.exists(),
        "there is no {}: set XRD_TEST_DATA to the folder of the real files",
        path.display()
    );
    path
}

/// The files of a folder, without the records next to them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|p| !p.to_string_lossy().contains(".expected."));
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

/// The folders of the pattern files, one per kind.
fn kinds() -> Vec<PathBuf> {
    let mut kinds = files(&data("patterns"));
    kinds.retain(|p| p.is_dir());
    kinds
}
