use std::fs::File;
use std::io;
use std::path::PathBuf;

use xrd_core::{Scale, TwoThetaGrid, Wavelength};

use super::PatternSource;
use crate::error::{Error, Result};

/// Source of patterns in binary files. Each pattern is read from its file when it is needed.
///
/// A pattern in a file is a row of little-endian `f32`, one per grid point. The rows follow each
/// other without gaps. A `.npy` file of NumPy has this format after its header if the array has the
/// type `<f4` and C order.
///
/// This type keeps no pattern in memory. All files stay open. Reading is supported on Unix and
/// Windows only.
///
/// # Example
/// ```
/// use xrd_ae::{PatternSource, RowFile, RowFiles};
/// use xrd_core::{Scale, TwoThetaGrid};
/// let path = std::env::temp_dir().join(format!("xrd-ae-{}.f32", std::process::id()));
/// std::fs::write(&path, [1f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes).concat())?;
///
/// let grid = TwoThetaGrid::new(10.0, 0.5, 2)?;
/// let file = RowFile::new(&path, 2);
/// let files = RowFiles::open(grid, Scale::ARBITRARY, None, vec![file])?;
/// let mut pattern = [0.0; 2];
/// files.read(1, &mut pattern)?;
/// assert_eq!(pattern, [3.0, 4.0]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RowFiles {
    grid: TwoThetaGrid,
    scale: Scale,
    wavelength: Option<Wavelength>,
    parts: Vec<Part>,
}

/// Binary file of patterns, for [`RowFiles`].
///
/// # Example
/// ```
/// use xrd_ae::RowFile;
/// // 500 patterns after a header of 128 bytes.
/// let file = RowFile::new("patterns.npy", 500).with_offset(128);
/// assert_eq!(file.offset, 128);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowFile {
    /// Path of the file.
    pub path: PathBuf,
    /// Offset of the first pattern from the start of the file, in bytes.
    pub offset: u64,
    /// Number of patterns.
    pub rows: usize,
}

impl RowFile {
    /// Creates the description of a file. The argument `rows` is the number of patterns. The first
    /// pattern starts at the first byte of the file.
    pub fn new(path: impl Into<PathBuf>, rows: usize) -> Self {
        Self {
            path: path.into(),
            offset: 0,
            rows,
        }
    }

    /// Sets the offset of the first pattern from the start of the file, in bytes.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }
}

#[derive(Debug)]
struct Part {
    about: RowFile,
    /// Number of patterns in the files before this one.
    before: usize,
    file: File,
}

impl RowFiles {
    /// Opens the files. Index 0 is the first pattern of the first file. The indices continue from
    /// file to file.
    ///
    /// # Errors
    /// - [`Error::Io`] if a file cannot be opened.
    /// - [`Error::ShortFile`] if a file is too short for its number of patterns.
    pub fn open(
        grid: TwoThetaGrid,
        scale: Scale,
        wavelength: Option<Wavelength>,
        files: Vec<RowFile>,
    ) -> Result<Self> {
        let mut parts: Vec<Part> = Vec::with_capacity(files.len());
        for about in files {
            let before = parts.last().map_or(0, |p| p.before + p.about.rows);
            let file = open(&about, grid.len())?;
            parts.push(Part {
                about,
                before,
                file,
            });
        }
        Ok(Self {
            grid,
            scale,
            wavelength,
            parts,
        })
    }
}

fn open(about: &RowFile, points: usize) -> Result<File> {
    let at = |source| Error::Io {
        path: about.path.clone(),
        source,
    };
    let file = File::open(&about.path).map_err(at)?;
    let found = file.metadata().map_err(at)?.len();
    let expected = about.offset as u128 + 4 * about.rows as u128 * points as u128;
    if u128::from(found) < expected {
        return Err(Error::ShortFile {
            path: about.path.clone(),
            found,
            expected,
        });
    }
    Ok(file)
}

impl PatternSource for RowFiles {
    fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    fn scale(&self) -> Scale {
        self.scale
    }

    fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    fn len(&self) -> usize {
        self.parts.last().map_or(0, |p| p.before + p.about.rows)
    }

    fn read(&self, index: usize, into: &mut [f32]) -> Result<()> {
        let part = self.parts.partition_point(|p| p.before <= index) - 1;
        let part = &self.parts[part];
        assert!(index - part.before < part.about.rows, "pattern {index}");
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(into);
        let place = part.about.offset + (index - part.before) as u64 * bytes.len() as u64;
        read_at(&part.file, bytes, place).map_err(|source| Error::Io {
            path: part.about.path.clone(),
            source,
        })?;
        for value in into {
            *value = f32::from_bits(u32::from_le(value.to_bits()));
        }
        Ok(())
    }
}

/// Reads `bytes` at an offset, without moving the position that all readers of a file share.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

/// Reads `bytes` at an offset, without moving the position that all readers of a file share.
#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut place: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        let read = file.seek_read(bytes, place)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        place += read as u64;
    }
    Ok(())
}

/// Reads nothing: the standard library has no read at an offset on this platform.
#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use crate::samples::patterns;
    use crate::source::{data_hash, each_pattern};

    /// Writes a set to two files, the second with a header of seven bytes.
    fn in_two_files(folder: &Path) -> (xrd_core::PatternSet, Vec<RowFile>) {
        let set = patterns(7, 30);
        let bytes = |rows: std::ops::Range<usize>| -> Vec<u8> {
            let block = &set.block()[30 * rows.start..30 * rows.end];
            block.iter().flat_map(|v| v.to_le_bytes()).collect()
        };
        let file = |name: &str, offset, rows| RowFile {
            path: folder.join(name),
            offset,
            rows,
        };
        let files = vec![file("a", 0, 3), file("b", 7, 4)];
        std::fs::write(&files[0].path, bytes(0..3)).unwrap();
        std::fs::write(&files[1].path, [b"header:".to_vec(), bytes(3..7)].concat()).unwrap();
        (set, files)
    }

    fn open(set: &xrd_core::PatternSet, files: Vec<RowFile>) -> Result<RowFiles> {
        RowFiles::open(*set.grid(), set.scale(), None, files)
    }

    #[test]
    fn patterns_are_counted_through_all_files() {
        let folder = tempfile::tempdir().unwrap();
        let (set, files) = in_two_files(folder.path());
        let source = open(&set, files).unwrap();
        assert_eq!(source.len(), 7);
        let mut block = Vec::new();
        each_pattern(&source, |pattern| block.extend_from_slice(pattern)).unwrap();
        assert_eq!(block, set.block());
        assert_eq!(data_hash(&source).unwrap(), data_hash(&set).unwrap());
        assert!(open(&set, vec![]).unwrap().is_empty());
    }

    #[test]
    fn files_that_end_too_early_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (set, mut files) = in_two_files(folder.path());
        files[1].rows = 5;
        let message = open(&set, files.clone()).unwrap_err().to_string();
        assert!(
            message.ends_with("487 bytes long (expected at least 607)"),
            "{message}"
        );
        files[1].rows = usize::MAX;
        assert!(matches!(
            open(&set, files.clone()),
            Err(Error::ShortFile { .. })
        ));
        files[1].path.push("none");
        assert!(matches!(open(&set, files), Err(Error::Io { .. })));
    }

    #[test]
    fn a_number_that_is_not_finite_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (set, files) = in_two_files(folder.path());
        let mut bytes = std::fs::read(&files[1].path).unwrap();
        bytes[7 + 4 * 32..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
        std::fs::write(&files[1].path, bytes).unwrap();
        let error = data_hash(&open(&set, files).unwrap()).unwrap_err();
        let message = "intensity 2 of pattern 4 is NaN (expected a finite number)";
        assert_eq!(error.to_string(), message);
    }
}
