use std::fs::File;
use std::io::Read;
use std::path::Path;

use xrd_core::TwoThetaGrid;

use crate::error::{Error, Place, Result};
use crate::format;
use crate::options::ReadOptions;
use crate::pattern_set::uniform;

/// Number of bytes in which the header is searched.
const HEAD: u64 = 1 << 16;

/// Location of the patterns in a `.npy` matrix, which may be larger than the memory.
///
/// Each row of the matrix is one pattern of little-endian `f32` values. The first row starts at the
/// byte given in the field `offset`. The rows extend to the end of the file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RowsInFile {
    /// The grid of the patterns.
    pub grid: TwoThetaGrid,
    /// The number of bytes before the first pattern.
    pub offset: u64,
    /// The number of patterns.
    pub rows: usize,
}

/// Finds the patterns of a `.npy` matrix without reading them. The 2θ axis comes from one of the
/// options [`axis`](ReadOptions::axis) and [`grid`](ReadOptions::grid).
///
/// # Example
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_io::{ReadOptions, locate_rows};
/// let mut file = b"\x93NUMPY\x01\x00\x46\x00".to_vec();
/// file.extend(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".iter());
/// file.resize(80, b' ');
/// file.extend([0u8; 2 * 3 * 4]);
/// let path = std::env::temp_dir().join(format!("xrd-io-rows-{}.npy", std::process::id()));
/// std::fs::write(&path, file)?;
/// let grid = TwoThetaGrid::new(10.0, 0.5, 3)?;
/// let options = ReadOptions::default().with_grid(grid);
/// let found = locate_rows(&path, &options)?;
/// # std::fs::remove_file(&path)?;
/// assert_eq!((found.rows, found.offset), (2, 80));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// - [`Error::Io`] if the file cannot be opened.
/// - [`Error::Malformed`] if the file is not a row-major matrix of little-endian `f32`, or is
///   shorter than its header states.
/// - [`Error::Malformed`] if the axis does not have one value per column.
/// - Any error of reading the axis.
pub fn locate_rows(path: impl AsRef<Path>, options: &ReadOptions) -> Result<RowsInFile> {
    let path = path.as_ref();
    let io = |e| Error::io(path, e);
    let file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).map_err(io)?;
    locate(path, &head, length, options)
}

/// Finds the patterns in the bytes of a `.npy` matrix; see [`locate_rows`]. Error messages use
/// `name` as the name of the file.
///
/// # Errors
/// Any error of [`locate_rows`].
pub fn locate_rows_bytes(
    name: impl AsRef<Path>,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<RowsInFile> {
    locate(name.as_ref(), bytes, bytes.len() as u64, options)
}

/// The location of the rows in a file of `length` bytes that begins with `head`.
fn locate(path: &Path, head: &[u8], length: u64, options: &ReadOptions) -> Result<RowsInFile> {
    let (offset, rows, points) = format::locate_rows(path, head)?;
    let malformed = |found, expected| Error::malformed(path, Place::File, found, expected);
    let needed = offset as u128 + 4 * rows as u128 * points as u128;
    if u128::from(length) < needed {
        let found = format!("{length} bytes");
        return Err(malformed(
            found,
            format!("{needed} for {rows} rows of {points}"),
        ));
    }
    let axis = format::given_axis(path, &options.given_axis())?;
    if axis.len() != points {
        let found = format!("{points} columns");
        return Err(malformed(found, format!("{}, one per angle", axis.len())));
    }
    Ok(RowsInFile {
        grid: uniform(path, &axis)?,
        offset: offset as u64,
        rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8], points: usize) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.npy");
        std::fs::write(&path, bytes).unwrap();
        let options = ReadOptions::default().with_grid(TwoThetaGrid::new(5.0, 0.1, points).ok());
        locate_rows(&path, &options).unwrap_err().to_string()
    }

    #[test]
    fn other_files_and_matrices_are_refused_with_the_reason() {
        let file =
            |descr, shape: &[usize], bytes| crate::array::array_file(descr, shape, &vec![0; bytes]);
        let holds = |text: String, words: &str| assert!(text.contains(words), "{text}");
        holds(refusal(b"10 1\n11 2\n", 3), "a NumPy array");
        holds(refusal(&file("<f8", &[2, 3], 48), 3), "'<f4'");
        holds(refusal(&file(">f4", &[2, 3], 24), 3), "'<f4'");
        holds(refusal(&file("<f4", &[6], 24), 6), "one row per pattern");
        holds(refusal(&file("<f4", &[2, 3], 20), 3), "for 2 rows of 3");
        holds(refusal(&file("<f4", &[2, 3], 24), 4), "3 columns");
        holds(refusal(&file("<f4", &[usize::MAX, 3], 24), 3), "rows of 3");
    }
}
