use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use xrd_core::{Pattern, PatternSet, TwoThetaGrid};

use crate::error::{Error, Place, Result};
use crate::format::{self, Content, Listing, Matrix};
use crate::join::ByOrder;
use crate::prepare::Step;
use crate::scan::{AxisKind, Scan};
use crate::shards::{self, ShardFolder};
use crate::source::Source;

mod folder;
mod together;

use together::{Together, done_before, names};

/// What the caller decides about reading patterns. The default takes files as they are.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct ReadOptions {
    /// The file that holds the axis of a file without one (.npy), refused for others; comes before
    /// `grid`.
    pub axis: Option<PathBuf>,
    /// The axis of files without one (.npy).
    pub grid: Option<TwoThetaGrid>,
    /// What is done to every scan first, in this order.
    pub prepare: Vec<Step>,
    /// The grid to bring every pattern onto, by linear interpolation; without it, patterns must
    /// share a uniform axis.
    pub resample: Option<TwoThetaGrid>,
    /// Files of a folder that are no patterns, such as its label table.
    pub exclude: Vec<PathBuf>,
}

/// Whether patterns came from one file or from many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// One file that holds a matrix: the order of the patterns means something.
    Matrix,
    /// Files of one scan each: the order is that of their names.
    Files,
}

/// Patterns read, and what came with them.
#[derive(Debug)]
pub struct ReadPatterns {
    /// The patterns.
    pub set: PatternSet,
    /// Whether they came from a matrix.
    pub kind: ReadKind,
    /// Whether files name them; those of a matrix without names are called 1, 2, 3, …
    pub named: bool,
    /// The files of a folder that are not in the set, and why.
    pub skipped: Vec<(PathBuf, Error)>,
    /// What was done to every scan before it became a pattern, in this order: what its file tells
    /// of, then what was asked for.
    pub preparation: Vec<Step>,
    /// What was done or left out that a user should know, one sentence each.
    pub warnings: Vec<String>,
}

impl ReadPatterns {
    /// Whether the order of rows may join a table of labels to these patterns.
    pub fn by_order(&self) -> ByOrder {
        match (self.kind, self.named) {
            (ReadKind::Files, _) => ByOrder::Never,
            (ReadKind::Matrix, true) => ByOrder::WithoutNames,
            (ReadKind::Matrix, false) => ByOrder::Always,
        }
    }
}

/// Reads patterns: those of a file, or those of all files of a folder, sorted by name.
///
/// A file's format is found by its content. In a folder every file gives one pattern, its first,
/// named by the file without its extension; hidden files and folders in it are passed over, and
/// files that hold no pattern, and copies that editors keep (`a.xy~`), are listed in
/// [`ReadPatterns::skipped`]. A [`ShardFolder`] gives all patterns of its shards.
///
/// # Example
/// ```
/// use xrd_io::{ReadOptions, read_patterns};
/// let path = std::env::temp_dir().join(format!("xrd-io-{}.csv", std::process::id()));
/// std::fs::write(&path, "name,10,10.5,11\na,1,5,2\nb,3,4,4\n")?;
/// let read = read_patterns(&path, &ReadOptions::default())?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(read.set.names(), ["a", "b"]);
/// assert_eq!(read.set.intensities(1), [3.0, 4.0, 4.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Any [`enum@Error`] of a single file; for a folder, one without patterns, and files on different
/// axes, of different wavelengths or units.
pub fn read_patterns(path: impl AsRef<Path>, options: &ReadOptions) -> Result<ReadPatterns> {
    let path = path.as_ref();
    let about = std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
    if about.is_dir() {
        check_axis_unused(path, options)?;
        return match ShardFolder::is_one(path) {
            true => shards::read(path, options),
            false => folder::read(path, options),
        };
    }
    let source = Source::open(path)?;
    let (format, content) = format::read(&source, options)?;
    if format != format::NPY {
        check_axis_unused(path, options)?;
    }
    match content {
        Content::Matrix(matrix) => from_matrix(&source, matrix, options),
        Content::Scans(scans) => {
            let scans = scans.into_iter().map(|s| (path.to_owned(), s)).collect();
            from_scans(scans, options)
        }
    }
}

/// Refuses an axis that would be passed over.
fn check_axis_unused(path: &Path, options: &ReadOptions) -> Result<()> {
    match &options.axis {
        None => Ok(()),
        Some(axis) => Err(Error::Unsupported {
            path: path.to_owned(),
            what: format!("it has its own axis, and {} is another", axis.display()),
            expected: "a .npy matrix, which has none".to_owned(),
        }),
    }
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScanFile {
    /// The name of its format.
    pub format: &'static str,
    /// Whether its scans are patterns of one matrix.
    pub kind: ReadKind,
    /// The scans in the order of the file; at least one.
    pub scans: Vec<Scan>,
}

/// Reads a file as it was measured; a matrix gives a scan a pattern.
///
/// # Errors
/// Any [`enum@Error`] of reading.
pub fn read_file(path: impl AsRef<Path>) -> Result<ScanFile> {
    let source = Source::open(path.as_ref())?;
    let (format, content) = format::read(&source, &ReadOptions::default())?;
    let (kind, scans) = match content {
        Content::Scans(scans) => (ReadKind::Files, scans),
        Content::Matrix(matrix) => (ReadKind::Matrix, matrix.scans(&source)?),
    };
    Ok(ScanFile {
        format,
        kind,
        scans,
    })
}

/// The scans of a file; see [`read_file`].
///
/// # Errors
/// Any [`enum@Error`] of reading.
pub fn read_scans(path: impl AsRef<Path>) -> Result<Vec<Scan>> {
    read_file(path).map(|file| file.scans)
}

/// Puts scans into one set of patterns; each comes with its file, which messages name.
///
/// # Errors
/// [`Error::NotPowder`], [`Error::NotTwoTheta`] and [`Error::NoGrid`] for a scan that is no
/// pattern; [`Error::DifferentAxes`] and [`Error::Mixed`] where they do not fit together;
/// [`Error::Argument`] without a scan.
pub fn pattern_set(scans: Vec<(PathBuf, Scan)>, options: &ReadOptions) -> Result<ReadPatterns> {
    match scans.is_empty() {
        false => from_scans(scans, options),
        true => Err(Error::Argument {
            what: "the number of scans",
            value: 0.0,
            expected: "at least 1",
        }),
    }
}

/// Reads one scan of a file, counted from 1.
///
/// # Errors
/// Those of [`read_scans`]; [`Error::NoSuchScan`].
pub fn read_scan(path: impl AsRef<Path>, number: usize) -> Result<Scan> {
    let path = path.as_ref();
    let mut scans = read_scans(path)?;
    let count = scans.len();
    match number.checked_sub(1).filter(|i| *i < count) {
        Some(i) => Ok(scans.swap_remove(i)),
        None => Err(Error::NoSuchScan {
            path: path.to_owned(),
            number,
            count,
        }),
    }
}

/// What a file is and which scans it holds, without decoding them where the format allows.
///
/// # Example
/// ```
/// let path = std::env::temp_dir().join(format!("xrd-io-list-{}.xy", std::process::id()));
/// std::fs::write(&path, "10 1\n10.5 2\n11 3\n")?;
/// let listing = xrd_io::list(&path)?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(listing.format, "columns");
/// assert_eq!((listing.scans[0].points, listing.scans[0].range), (3, (10.0, 11.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Any [`enum@Error`] of reading.
pub fn list(path: impl AsRef<Path>) -> Result<Listing> {
    format::list(&Source::open(path.as_ref())?, &ReadOptions::default())
}

fn from_matrix(source: &Source, matrix: Matrix, options: &ReadOptions) -> Result<ReadPatterns> {
    let of_file = |warning: &String| format!("{}: {warning}", source.path.display());
    let mut warnings: Vec<String> = matrix.warnings.iter().map(of_file).collect();
    let mut preparation = matrix.preparation.clone();
    preparation.extend(&options.prepare);
    let named = matrix.named;
    let set = match (&options.resample, options.prepare.is_empty()) {
        (None, true) => {
            warnings.extend(
                source
                    .is_cut()
                    .then(|| format!("{}: {}", source.path.display(), format::CUT)),
            );
            as_it_is(source.path, matrix)?
        }
        _ => row_by_row(source, &matrix, options, &mut warnings)?,
    };
    warnings.extend(options.resample.iter().map(resampled));
    Ok(ReadPatterns {
        set,
        kind: ReadKind::Matrix,
        named,
        skipped: vec![],
        preparation,
        warnings,
    })
}

fn as_it_is(path: &Path, matrix: Matrix) -> Result<PatternSet> {
    if matrix.axis_kind != AxisKind::TwoThetaDeg {
        return Err(Error::NotTwoTheta {
            name: path.display().to_string(),
            axis: matrix.axis_kind.to_string(),
        });
    }
    let grid = uniform(path, &matrix.axis)?;
    let (scale, wavelength, names) = (matrix.scale, matrix.wavelength, matrix.names);
    let set = PatternSet::new(grid, scale, wavelength, names, matrix.intensities);
    set.map_err(|e| Error::invalid(path, e))
}

fn row_by_row(
    source: &Source,
    matrix: &Matrix,
    options: &ReadOptions,
    warnings: &mut Vec<String>,
) -> Result<PatternSet> {
    let path = source.path;
    let mut patterns = Vec::with_capacity(matrix.names.len());
    for (row, name) in matrix.names.iter().enumerate() {
        let scan = matrix.scan(source, row)?;
        let prepared = prepared(path, &scan, options)?;
        let of_row = |warning: &String| format!("{}: {name}: {warning}", path.display());
        let own = |warning: &&String| !matrix.warnings.contains(warning);
        warnings.extend(prepared.warnings().iter().filter(own).map(of_row));
        patterns.push((name.clone(), to_pattern(path, &prepared, options)?));
    }
    PatternSet::from_patterns(patterns).map_err(|e| Error::invalid(path, e))
}

pub(crate) fn uniform(path: &Path, axis: &[f64]) -> Result<TwoThetaGrid> {
    TwoThetaGrid::from_angles(axis).map_err(|reason| no_grid(path, reason))
}

fn no_grid(path: &Path, reason: xrd_core::Error) -> Error {
    match reason {
        xrd_core::Error::NotUniform { .. } => Error::NoGrid {
            name: path.display().to_string(),
            reason,
        },
        _ => Error::invalid(path, reason),
    }
}

fn resampled(grid: &TwoThetaGrid) -> String {
    format!("resampled by linear interpolation onto {grid}")
}

/// Puts scans of several files into one set; there is at least one.
fn from_scans(scans: Vec<(PathBuf, Scan)>, options: &ReadOptions) -> Result<ReadPatterns> {
    let mut warnings = Vec::new();
    let mut preparation = done_before(&scans, &mut warnings);
    preparation.extend(&options.prepare);
    let names = names(&scans);
    // Side by side, each scan given back as soon as its pattern is there.
    let ready: Vec<_> = scans
        .into_par_iter()
        .map(|(path, scan)| ready(path, scan, options))
        .collect();
    let (mut paths, mut patterns) = (Vec::new(), Vec::with_capacity(ready.len()));
    for ready in ready {
        let ready = ready?;
        warnings.extend(ready.warnings);
        paths.push(ready.path);
        patterns.push(ready.pattern);
    }
    let together = Together {
        paths: &paths,
        patterns: &patterns,
    };
    let grid = together.grid()?;
    let wavelength = together.wavelength(&mut warnings)?;
    let scale = together.scale(&options.prepare, &mut warnings)?;
    if let Some(grid) = &options.resample {
        warnings.push(resampled(grid));
    }
    let mut block = Vec::with_capacity(patterns.len() * grid.len());
    for pattern in patterns {
        block.extend_from_slice(&pattern.into_intensities());
    }
    let set = PatternSet::new(grid, scale, wavelength, names, block);
    Ok(ReadPatterns {
        set: set.map_err(|e| Error::invalid(&paths[0], e))?,
        kind: ReadKind::Files,
        named: true,
        skipped: vec![],
        preparation,
        warnings,
    })
}

/// The pattern of a file, and what there is to say of it.
struct Ready {
    path: PathBuf,
    pattern: Pattern,
    warnings: Vec<String>,
}

fn ready(path: PathBuf, scan: Scan, options: &ReadOptions) -> Result<Ready> {
    let prepared = prepared(&path, &scan, options)?;
    let of_file = |warning: &String| format!("{}: {warning}", path.display());
    let warnings = prepared.warnings().iter().map(of_file).collect();
    let pattern = to_pattern(&path, &prepared, options)?;
    Ok(Ready {
        warnings,
        pattern,
        path,
    })
}

/// The scan as the caller wants it prepared; as it is, and not copied, where nothing is asked for.
fn prepared<'a>(path: &Path, scan: &'a Scan, options: &ReadOptions) -> Result<Cow<'a, Scan>> {
    match options.prepare.as_slice() {
        [] => Ok(Cow::Borrowed(scan)),
        steps => scan
            .prepare(steps)
            .map(Cow::Owned)
            .map_err(|e| with_path(path, e)),
    }
}

fn to_pattern(path: &Path, scan: &Scan, options: &ReadOptions) -> Result<Pattern> {
    let pattern = match &options.resample {
        Some(grid) => scan.resample(grid),
        None => scan.to_pattern(),
    };
    pattern.map_err(|e| with_path(path, e))
}

/// Scans speak of their names; here there may be many files, so the path is said.
fn with_path(path: &Path, error: Error) -> Error {
    let file = path.display().to_string();
    match error {
        Error::NoGrid { reason, .. } => no_grid(path, reason),
        Error::NotTwoTheta { axis, .. } => Error::NotTwoTheta { name: file, axis },
        Error::NotPowder { what, .. } => Error::NotPowder { name: file, what },
        Error::CannotPrepare { step, found, .. } => Error::CannotPrepare {
            name: file,
            step,
            found,
        },
        Error::Extrapolation {
            first_deg,
            last_deg,
            wanted,
            ..
        } => Error::Extrapolation {
            name: file,
            first_deg,
            last_deg,
            wanted,
        },
        other => other,
    }
}

fn no_patterns(path: &Path, files: usize, first: Option<&(PathBuf, Error)>) -> Error {
    let found = match first {
        None => "a folder without files".to_owned(),
        Some((_, reason)) => format!("no pattern in {files} files, the first because of: {reason}"),
    };
    Error::malformed(path, Place::File, found, "a folder of pattern files")
}
