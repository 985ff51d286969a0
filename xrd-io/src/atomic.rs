use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Result};

/// Writes a file completely or not at all.
///
/// The content is first written to a hidden file in the same folder. When this file is complete and
/// on disk, it is renamed to `path`. If anything fails, an existing file at `path` stays unchanged.
///
/// If `path` is a pipe or a device, the content is written to it directly.
///
/// # Example
/// ```
/// use std::io::Write;
/// let path = std::env::temp_dir().join(format!("xrd-io-atomic-{}", std::process::id()));
/// xrd_io::write::atomically(&path, |w| writeln!(w, "whole"))?;
/// assert_eq!(std::fs::read_to_string(&path)?, "whole\n");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Io`] with the path if the folder is not writable, if the disk is full, or if the
/// function `write` returns an error.
pub fn atomically(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let path = path.as_ref();
    let result = match fs::metadata(path) {
        Ok(about) if !about.is_file() && !about.is_dir() => write_into(path, write),
        _ => replace(path, write),
    };
    result.map_err(|e| Error::io(path, e))
}

/// Checks whether [`atomically`] can write a file. The folder must exist and be writable, and the
/// path must not be a folder.
///
/// Call this function before a long computation to find such problems early. No file is left
/// behind.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written.
pub fn check_writable(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let check = || match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(about) if !about.is_file() => Ok(()),
        _ => Litter::create_beside(path).map(|(litter, file)| {
            drop(file);
            drop(litter);
        }),
    };
    check().map_err(|e| Error::io(path, e))
}

fn write_into(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(OpenOptions::new().write(true).open(path)?);
    write(&mut writer)?;
    writer.flush()
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let (mut litter, file) = Litter::create_beside(path)?;
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    let file = writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&litter.path, path)?;
    litter.kept = true;
    Ok(())
}

/// Temporary file that is removed when dropped, also during a panic, unless it is kept.
struct Litter {
    path: PathBuf,
    kept: bool,
}

impl Litter {
    fn create_beside(path: &Path) -> io::Result<(Self, File)> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = path.file_name().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "is not the path of a file")
        })?;
        // A killed process, or a process on another machine, may have had the same number.
        for _ in 0..1000 {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let hidden = format!(
                ".{}.{}-{count}.tmp",
                name.to_string_lossy(),
                std::process::id()
            );
            let path = path.with_file_name(hidden);
            let file = OpenOptions::new().write(true).create_new(true).open(&path);
            match file {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                file => return Ok((Self { path, kept: false }, file?)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for Litter {
    fn drop(&mut self) {
        if !self.kept {
            // If removing fails too, nothing more can be done.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn what_cannot_be_written_is_told_before() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| check_writable(folder.path().join(name));
        of("new.txt").unwrap();
        assert!(names(folder.path()).is_empty());
        assert!(
            of("missing/new.txt")
                .unwrap_err()
                .to_string()
                .contains("new.txt")
        );
        fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(of("sub").is_err());
        fs::write(folder.path().join("old.txt"), "old").unwrap();
        of("old.txt").unwrap();
        assert_eq!(fs::read(folder.path().join("old.txt")).unwrap(), b"old");
        assert_eq!(names(folder.path()).len(), 2);
    }

    #[test]
    fn a_failing_writer_leaves_the_old_file_and_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        atomically(&path, |w| w.write_all(b"old")).unwrap();
        let error = atomically(&path, |w| {
            w.write_all(&[b'x'; 100_000])?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        let message = error.unwrap_err().to_string();
        assert!(
            message.contains("a.txt") && message.contains("no storage space"),
            "{message}"
        );
        let panicked = std::panic::catch_unwind(|| {
            let _ = atomically(&path, |_| panic!("in the writer"));
        });
        assert!(panicked.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a.txt"]);
        atomically(&path, |w| w.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_file_that_is_being_read_can_be_replaced() {
        // This works on Windows too, where an open file can be replaced only if its reader shares
        // it, as std's files do.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "earlier").unwrap();
        let mut reader = File::open(&path).unwrap();
        atomically(&path, |w| w.write_all(b"later")).unwrap();
        let mut text = String::new();
        io::Read::read_to_string(&mut reader, &mut text).unwrap();
        assert_eq!(text, "earlier");
        assert_eq!(fs::read_to_string(&path).unwrap(), "later");
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/a.txt");
        let refusal = |path: &Path| {
            let error = atomically(path, |w| w.write_all(b"x")).unwrap_err();
            assert!(matches!(error, Error::Io { .. }));
            error.to_string()
        };
        assert!(refusal(&path).contains("missing/a.txt: "));
        assert!(refusal(folder.path()).contains(&folder.path().display().to_string()));
        assert!(names(folder.path()).is_empty());
        assert!(refusal(Path::new("/")).contains("is not the path of a file"));
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_folder_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        let path = folder.path().join("a.txt");
        let result = atomically(&path, |w| w.write_all(b"x"));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        match result {
            Err(error) => assert!(error.to_string().contains("a.txt: ")),
            // The superuser may write everywhere.
            Ok(()) => assert_eq!(names(folder.path()), ["a.txt"]),
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_directly() {
        atomically("/dev/null", |w| w.write_all(b"x")).unwrap();
        let full = atomically("/dev/full", |w| w.write_all(b"x"));
        assert!(full.unwrap_err().to_string().starts_with("/dev/full: "));
    }
}
