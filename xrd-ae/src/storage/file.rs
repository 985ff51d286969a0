//! Atomic writing of files.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(at(path))
}

/// Writes a temporary file in the same folder, then renames it.
///
/// The name of the temporary file is fixed. A process that is killed while writing therefore leaves
/// at most one such file, and the next write replaces it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = name_beside(path);
    let written = write_new(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // An error of the removal is ignored; the first error is returned.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(at(path))
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Hidden file name in the same folder, so that the rename stays within one file system.
fn name_beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    path.with_file_name(name)
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Io {
        path: path.to_owned(),
        source,
    }
}
