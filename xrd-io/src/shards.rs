use std::path::{Path, PathBuf};

use serde::Deserialize;
use xrd_core::{PatternSet, Scale, TwoThetaGrid, Wavelength};

use crate::error::{Error, Place, Result};
use crate::labels::read_labels;
use crate::options::ReadOptions;
use crate::pattern_set::{ReadKind, ReadPatterns};
use crate::rows::locate_rows;
use crate::scan::AxisKind;

/// Name of the file that describes a [`ShardFolder`]. This file lists the other files, the content
/// of the set and the parameters of the simulation. It is written last, when all other files are
/// complete.
pub const MANIFEST: &str = "manifest.json";

/// Name of the file with the parameters of a set. It is written before all other files.
const PARAMETERS: &str = "parameters.json";

/// Folder with a set of patterns in many files, called shards, as `xrd simulate` writes it. The set
/// may be larger than the memory.
///
/// The file [`MANIFEST`] describes the set. It contains a JSON object. This crate reads only the
/// keys `two_theta`, `wavelength_angstrom` and `files` of this object:
///
/// ```text
/// two_theta            {"start": …, "step": …, "points": …} in degrees
/// wavelength_angstrom  the wavelength, or null
/// files                a list of {"patterns": {"file": …, "rows": …}, "labels": {"file": …}}
/// ```
///
/// The files of patterns and labels are in the same folder as the manifest. A pattern file is a
/// matrix of little-endian `f32` values (`.npy`) with one row per pattern. A label file is a table
/// with one row per pattern and a column called "name".
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ShardFolder {
    /// The grid of all patterns.
    pub grid: TwoThetaGrid,
    /// The wavelength, if known.
    pub wavelength: Option<Wavelength>,
    /// The files in the order of their patterns.
    pub shards: Vec<Shard>,
}

/// File of patterns, with the table of labels for these patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shard {
    /// The path of the pattern file.
    pub patterns: PathBuf,
    /// The number of bytes before the first pattern in the file.
    pub offset: u64,
    /// The number of patterns.
    pub rows: usize,
    /// The path of the table of labels.
    pub labels: PathBuf,
}

#[derive(Deserialize)]
struct Manifest {
    two_theta: Option<Axis>,
    wavelength_angstrom: Option<f64>,
    #[serde(default)]
    files: Vec<Files>,
}

#[derive(Deserialize)]
struct Axis {
    start: f64,
    step: f64,
    points: usize,
}

#[derive(Deserialize)]
struct Files {
    patterns: Rows,
    labels: Name,
}

#[derive(Deserialize)]
struct Rows {
    file: String,
    rows: usize,
}

#[derive(Deserialize)]
struct Name {
    file: String,
}

impl ShardFolder {
    /// Whether a path is a folder of shards. The result is also `true` if the set is not complete.
    pub fn is_one(path: impl AsRef<Path>) -> bool {
        let path = path.as_ref();
        path.join(MANIFEST).is_file() || path.join(PARAMETERS).is_file()
    }

    /// Reads the manifest, and checks the header and the length of every file.
    ///
    /// # Errors
    /// [`Error::Io`] if a file cannot be opened. [`Error::Malformed`] if the set is not complete,
    /// if the manifest is invalid, or if a file does not agree with the manifest.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let folder = path.as_ref();
        let path = folder.join(MANIFEST);
        if !path.is_file() {
            let (found, expected) = (
                "a set of patterns that is not complete",
                "the manifest of a complete one",
            );
            return Err(Error::malformed(&path, Place::File, found, expected));
        }
        let text = std::fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|e| {
            Error::malformed(&path, Place::File, e.to_string(), "the manifest of a set")
        })?;
        let invalid = |e| Error::invalid(&path, e);
        let Some(Axis {
            start,
            step,
            points,
        }) = manifest.two_theta
        else {
            let (found, expected) = (
                "no two_theta, as in a set over Q",
                "patterns over two-theta",
            );
            return Err(Error::malformed(&path, Place::File, found, expected));
        };
        let grid = TwoThetaGrid::new(start, step, points).map_err(invalid)?;
        let wavelength = manifest.wavelength_angstrom.map(Wavelength::angstrom);
        let shards = manifest.files.iter().map(|f| shard(folder, f, grid));
        Ok(Self {
            grid,
            wavelength: wavelength.transpose().map_err(invalid)?,
            shards: shards.collect::<Result<_>>()?,
        })
    }

    /// The number of patterns.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|s| s.rows).sum()
    }

    /// Whether the set has no patterns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the names of all patterns, which are read from the label tables.
    ///
    /// # Errors
    /// Any error of [`read_labels`]. [`Error::Malformed`] if a table has no column of names, or
    /// does not have one row per pattern.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::with_capacity(self.len());
        // The table of a shard without patterns has no rows, which `read_labels` would refuse.
        for shard in self.shards.iter().filter(|s| s.rows > 0) {
            let table = read_labels(&shard.labels)?;
            let column = table.name_column().filter(|_| table.len() == shard.rows);
            let Some(column) = column else {
                let found = format!("{} rows", table.len());
                let expected = format!("{} rows and a column called name", shard.rows);
                return Err(Error::malformed(
                    &shard.labels,
                    Place::File,
                    found,
                    expected,
                ));
            };
            names.extend((0..table.len()).map(|row| table.cell(row, column).to_owned()));
        }
        Ok(names)
    }
}

fn shard(folder: &Path, files: &Files, grid: TwoThetaGrid) -> Result<Shard> {
    let patterns = folder.join(&files.patterns.file);
    let options = ReadOptions {
        grid: Some(grid),
        ..ReadOptions::default()
    };
    let (rows, offset) = match files.patterns.rows {
        0 => (0, 0),
        _ => locate_rows(&patterns, &options).map(|found| (found.rows, found.offset))?,
    };
    if rows != files.patterns.rows {
        let expected = format!("{}, as the manifest says", files.patterns.rows);
        let found = format!("{rows} patterns");
        return Err(Error::malformed(&patterns, Place::File, found, expected));
    }
    Ok(Shard {
        patterns,
        offset,
        rows,
        labels: folder.join(&files.labels.file),
    })
}

/// Reads all patterns of a folder of shards.
pub(crate) fn read(folder: &Path, options: &ReadOptions) -> Result<ReadPatterns> {
    if !options.prepare.is_empty() || options.resample.is_some() {
        return Err(Error::Unsupported {
            path: folder.to_owned(),
            what: "patterns in shards cannot be changed".to_owned(),
            expected: "no preparation and no resampling".to_owned(),
        });
    }
    if let Some(given) = options
        .axis_kind
        .as_ref()
        .filter(|a| **a != AxisKind::TwoThetaDeg)
    {
        return Err(Error::OtherAxis {
            path: folder.to_owned(),
            axis: AxisKind::TwoThetaDeg.to_string().into(),
            given: given.to_string().into(),
        });
    }
    let set = ShardFolder::open(folder)?;
    let mut block = Vec::with_capacity(set.len() * set.grid.len());
    for shard in set.shards.iter().filter(|s| s.rows > 0) {
        let bytes = std::fs::read(&shard.patterns).map_err(|e| Error::io(&shard.patterns, e))?;
        let values = bytes[shard.offset as usize..].chunks_exact(4);
        let wanted = values.take(shard.rows * set.grid.len());
        block.extend(wanted.map(|v| f32::from_le_bytes([v[0], v[1], v[2], v[3]])));
    }
    let names = set.names()?;
    let wavelength = set.wavelength.or(options.wavelength);
    let set = PatternSet::new(set.grid, Scale::ARBITRARY, wavelength, names, block);
    Ok(ReadPatterns {
        set: set.map_err(|e| Error::invalid(folder, e))?,
        kind: ReadKind::Files,
        named: true,
        facts: vec![],
        skipped: vec![],
        preparation: vec![],
        warnings: vec![],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read_patterns, write};

    /// Three patterns of two points in two shards, and one empty shard.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rows: &[[f32; 2]], labels: &str| {
            let mut file = Vec::new();
            write::npy(&mut file, 2, rows.iter().map(|r| r.as_slice())).unwrap();
            std::fs::write(folder.path().join(format!("{name}.npy")), file).unwrap();
            std::fs::write(folder.path().join(format!("{name}.csv")), labels).unwrap();
        };
        write(
            "a",
            &[[1.0, 2.0], [3.0, 4.0]],
            "name,formula\nx,Fe\ny,\"a,b\"\n",
        );
        write("b", &[], "name,formula\n");
        write("c", &[[5.0, 6.0]], "name,formula\nz,Ni\n");
        manifest(folder.path(), 2);
        folder
    }

    fn manifest(folder: &Path, rows: usize) {
        let file = |name: &str, rows: usize| {
            format!(
                r#"{{"patterns": {{"file": "{name}.npy", "rows": {rows}}}, "labels": {{"file": "{name}.csv"}}}}"#
            )
        };
        let files = [file("a", rows), file("b", 0), file("c", 1)].join(", ");
        let axis = r#"{"start": 5.0, "step": 0.5, "points": 2}"#;
        let text =
            format!(r#"{{"two_theta": {axis}, "wavelength_angstrom": 1.5, "files": [{files}]}}"#);
        std::fs::write(folder.join(MANIFEST), text).unwrap();
    }

    #[test]
    fn all_patterns_are_read_in_order_with_their_names() {
        let folder = folder();
        assert!(ShardFolder::is_one(folder.path()));
        let set = read_patterns(folder.path(), &ReadOptions::default())
            .unwrap()
            .set;
        assert_eq!(set.names(), ["x", "y", "z"]);
        assert_eq!(set.block(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(set.grid().start(), 5.0);
        assert_eq!(set.wavelength().map(|w| w.as_angstrom()), Some(1.5));
    }

    #[test]
    fn what_does_not_fit_the_manifest_is_told() {
        let folder = folder();
        let path = folder.path();
        let refusal = || ShardFolder::open(path).unwrap_err().to_string();
        manifest(path, 3);
        assert!(
            refusal().contains("2 patterns (expected 3"),
            "{}",
            refusal()
        );
        std::fs::write(path.join(MANIFEST), "{}").unwrap();
        assert!(refusal().contains("two_theta"), "{}", refusal());
        std::fs::remove_file(path.join(MANIFEST)).unwrap();
        assert!(!ShardFolder::is_one(path));
        std::fs::write(path.join(PARAMETERS), "{}").unwrap();
        assert!(ShardFolder::is_one(path) && refusal().contains("not complete"));
        manifest(path, 2);
        std::fs::write(path.join("a.csv"), "name\nx\n").unwrap();
        let names = ShardFolder::open(path).unwrap().names();
        assert!(
            names
                .unwrap_err()
                .to_string()
                .contains("1 rows (expected 2")
        );
    }
}
