use std::path::{Path, PathBuf};

use crate::error::{Error, Place, Result};
use crate::format::{self, Content};
use crate::options::ReadOptions;
use crate::pattern_set::{ReadPatterns, from_scans};
use crate::scan::Scan;
#[cfg(feature = "archives")]
use crate::source::Member;
use crate::source::Source;
use crate::stating;
use crate::threads;

/// The scan that is used of a file, and a note if the file has more.
type Read = Result<(Scan, Option<String>)>;

/// Reads every file of a folder as one pattern, on the threads of the caller's pool. The result
/// does not depend on the number of threads.
pub(crate) fn read(folder: &Path, options: &ReadOptions) -> Result<ReadPatterns> {
    let files = files(folder, options)?;
    let of_file = |path: &PathBuf| scan(&Source::open(path)?, options);
    let read = threads::map(files.iter().collect(), of_file);
    together(folder, files.into_iter().zip(read).collect(), options)
}

/// Reads every file in a zip archive as one pattern.
#[cfg(feature = "archives")]
pub(crate) fn read_archive(source: &Source, options: &ReadOptions) -> Result<ReadPatterns> {
    let of_member = |(path, member): (PathBuf, Member)| {
        let read = scan(&Source::of_member(&path, member), options);
        (path, read)
    };
    let read = members(source)?.into_iter().map(of_member).collect();
    together(source.path, read, options)
}

/// The files in a zip archive in order of their names, without hidden ones. Their paths are within
/// that of the archive.
#[cfg(feature = "archives")]
pub(crate) fn members(source: &Source) -> Result<Vec<(PathBuf, Member)>> {
    let archive = source.archive()?;
    let is_file = |name: &String| {
        let parts = || name.split(['/', '\\']);
        !name.ends_with(['/', '\\']) && !parts().any(|p| p.starts_with('.') || p == "__MACOSX")
    };
    let mut names = archive.names();
    names.retain(is_file);
    names.sort();
    let mut members = Vec::with_capacity(names.len());
    for name in names {
        // Messages stay on one line.
        let clean = name.replace(char::is_control, " ");
        if let Some(member) = archive.read(&name)? {
            members.push((source.path.join(clean.trim_start_matches('/')), member));
        }
    }
    Ok(members)
}

fn together(
    folder: &Path,
    read: Vec<(PathBuf, Read)>,
    options: &ReadOptions,
) -> Result<ReadPatterns> {
    let (mut scans, mut skipped, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (path, read) in read {
        match read {
            Ok((scan, note)) => {
                notes.extend(note);
                scans.push((path, scan));
            }
            Err(reason) => skipped.push((path, reason)),
        }
    }
    if scans.is_empty() {
        return Err(no_patterns(folder, skipped.len(), skipped.first()));
    }
    let mut read = from_scans(scans, options)?;
    read.skipped = skipped;
    read.warnings.splice(..0, notes);
    Ok(read)
}

/// The files of a folder that are neither hidden nor excluded, sorted by name.
fn files(folder: &Path, options: &ReadOptions) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::io(folder, e);
    let excluded: Vec<PathBuf> = options.exclude.iter().map(|p| same(p)).collect();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Looking up every path in the file system takes time.
        let is_excluded = || !excluded.is_empty() && excluded.contains(&same(&path));
        if !name.starts_with('.') && path.is_file() && !is_excluded() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The canonical path. Two paths to the same file then compare equal.
fn same(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The first scan of a file, named after the file, and a note if there are more scans.
fn scan(source: &Source, options: &ReadOptions) -> Read {
    let path = source.path;
    if is_backup(path) {
        return Err(Error::Unsupported {
            path: path.to_owned(),
            what: "a backup copy that an editor made".to_owned(),
            expected: "an original file".to_owned(),
        });
    }
    let (format, mut content) = format::read_as(source, options.format)?;
    stating::complete(path, format, &mut content, options)?;
    let mut scans = match content {
        Content::Scans(scans) => scans,
        Content::Matrix(m) => {
            return Err(Error::Unsupported {
                path: path.to_owned(),
                what: format!("holds {} patterns", m.names.len()),
                expected: "one pattern per file in a folder".to_owned(),
            });
        }
    };
    let total = scans.len();
    let mut scan = scans.swap_remove(0);
    if let Some(what) = scan.not_powder() {
        return Err(Error::NotPowder {
            name: path.display().to_string(),
            what: what.to_owned(),
        });
    }
    scan.set_name(source.stem());
    let first = || format!("{}: the first of {total} scans is used", path.display());
    Ok((scan, (total > 1).then(first)))
}

fn no_patterns(path: &Path, files: usize, first: Option<&(PathBuf, Error)>) -> Error {
    let found = match first {
        None => "a folder without files".to_owned(),
        Some((_, reason)) => format!("no pattern in {files} files, the first because of: {reason}"),
    };
    Error::malformed(path, Place::File, found, "a folder of pattern files")
}

/// Whether a file is the backup copy of an editor, such as `a.xy~` or `#a.xy#`. If backup copies
/// were read, one pattern could be both in the training set and in the validation set.
fn is_backup(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}
