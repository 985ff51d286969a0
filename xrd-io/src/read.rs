//! Functions that read files, folders and bytes.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};
use crate::folder;
use crate::format::{self, Content, Format};
use crate::options::ReadOptions;
use crate::pattern_set::{ReadKind, ReadPatterns, from_matrix, from_scans};
use crate::scan::{AxisKind, Scan};
use crate::shards::{self, ShardFolder};
use crate::source::Source;
use crate::stating;

/// Format and scans of one file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScanFile {
    /// The format of the file.
    pub format: Format,
    /// Whether the file holds scans or a matrix of patterns.
    pub kind: ReadKind,
    /// Whether the file is an archive of files, whose names the scans have.
    pub is_archive: bool,
    /// The scans in the order of the file, at least one.
    pub scans: Vec<Scan>,
}

/// Format of one file, and the name, axis and size of each scan in the file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Listing {
    /// The format of the file.
    pub format: Format,
    /// The scans in the order of the file. For a matrix, there is one entry per pattern.
    pub scans: Vec<ScanEntry>,
}

/// Name, axis and size of one scan.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScanEntry {
    /// The name of the scan, as in [`Scan::name`].
    pub name: String,
    /// The kind and unit of the axis.
    pub axis_kind: AxisKind,
    /// The number of points.
    pub points: usize,
    /// The first and the last value of the axis.
    pub range: (f64, f64),
}

impl ScanEntry {
    fn new(name: String, axis_kind: AxisKind, axis: &[f64]) -> Self {
        let end = |point: Option<&f64>| point.copied().unwrap_or(f64::NAN);
        Self {
            name,
            axis_kind,
            points: axis.len(),
            range: (end(axis.first()), end(axis.last())),
        }
    }
}

/// Reads the scans of a file as measured. A matrix gives one scan per pattern.
///
/// A zip archive of such files gives the scans of all of them.
///
/// The format is recognised by the content. This function uses only the options `format`, `axis`,
/// `grid`, `axis_kind` and `wavelength`; [`read_patterns`] also applies preparation steps and resampling.
///
/// # Errors
/// Any [`enum@Error`] about the file: it cannot be opened, its format is not supported, or its
/// content is invalid.
pub fn read_file(path: impl AsRef<Path>, options: &ReadOptions) -> Result<ScanFile> {
    scan_file(Source::open(path.as_ref())?, options)
}

/// Reads scans from the bytes of a file. The result is the same as when [`read_file`] reads a file
/// with these bytes.
///
/// The bytes may be an archive or compressed (`.gz`, `.bz2`). The argument `name` is used as the
/// name of the file: error messages state this name, and the scans are named after it. If the
/// content fits several formats, the extension of this name decides. No file is opened, except the
/// one in [`ReadOptions::axis`].
///
/// # Example
/// ```
/// use xrd_io::{Format, ReadOptions, read_bytes};
/// let file = read_bytes("quartz.xy", b"10 1\n10.5 2\n11 3\n", &ReadOptions::default())?;
/// assert_eq!(file.format, Format::Columns);
/// assert_eq!(file.scans[0].name(), "quartz");
/// assert_eq!(file.scans[0].intensities(), [1.0, 2.0, 3.0]);
/// # Ok::<(), xrd_io::Error>(())
/// ```
///
/// # Errors
/// Any error of [`read_file`].
pub fn read_bytes(name: impl AsRef<Path>, bytes: &[u8], options: &ReadOptions) -> Result<ScanFile> {
    scan_file(Source::unpacked(name.as_ref(), bytes.to_vec())?, options)
}

/// Reads scans from a [`Read`] to its end; see [`read_bytes`].
///
/// # Errors
/// Any error of [`read_bytes`]; [`Error::Io`] if the reader fails.
pub fn read_from(
    name: impl AsRef<Path>,
    mut reader: impl Read,
    options: &ReadOptions,
) -> Result<ScanFile> {
    let (name, mut bytes) = (name.as_ref(), Vec::new());
    let read = reader.read_to_end(&mut bytes);
    read.map_err(|e| Error::io(name, e))?;
    scan_file(Source::unpacked(name, bytes)?, options)
}

fn scan_file(source: Source, options: &ReadOptions) -> Result<ScanFile> {
    #[cfg(feature = "archives")]
    if let Some(file) = archive_file(&source, options)? {
        return Ok(file);
    }
    one_file(source, options)
}

/// The scans of all files in a zip archive; `None` if the file is not an archive of such files. Files
/// that cannot be read are left out with a warning.
#[cfg(feature = "archives")]
fn archive_file(source: &Source, options: &ReadOptions) -> Result<Option<ScanFile>> {
    if !format::is_archive_of_files(source) {
        return Ok(None);
    }
    let (mut found, mut left_out): (Option<ScanFile>, _) = (None, Vec::new());
    for (path, member) in folder::members(source)? {
        match (
            one_file(Source::of_member(&path, member), options),
            &mut found,
        ) {
            (Ok(file), Some(all)) => all.scans.extend(file.scans),
            (Ok(file), none) => *none = Some(file),
            (Err(why), _) => left_out.push(format!("left out: {why}")),
        }
    }
    Ok(found.map(|mut file| {
        if let Some(first) = file.scans.first_mut() {
            left_out.iter().for_each(|warning| first.warn(warning));
        }
        file.kind = ReadKind::Files;
        file.is_archive = true;
        file
    }))
}

fn one_file(source: Source, options: &ReadOptions) -> Result<ScanFile> {
    let source = source.with_axis(options.given_axis());
    let (format, content) = read_source(&source, options)?;
    let kind = match content {
        Content::Scans(_) => ReadKind::Files,
        Content::Matrix(_) => ReadKind::Matrix,
    };
    Ok(ScanFile {
        format,
        kind,
        is_archive: false,
        scans: content.into_scans(&source)?,
    })
}

fn read_source(source: &Source, options: &ReadOptions) -> Result<(Format, Content)> {
    let mut read = format::read_as(source, options.format)?;
    stating::complete(source.path, read.0, &mut read.1, options)?;
    if read.0 != Format::Npy {
        check_axis_unused(source.path, options)?;
    }
    Ok(read)
}

/// Refuses the option `axis` for a file that has its own axis.
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

/// Reads the scans of a file with the default options; see [`read_file`].
///
/// # Errors
/// Any error of [`read_file`].
pub fn read_scans(path: impl AsRef<Path>) -> Result<Vec<Scan>> {
    read_file(path, &ReadOptions::default()).map(|file| file.scans)
}

/// Reads one scan of a file. The argument `number` is the position of the scan in the file, counted
/// from 1.
///
/// # Errors
/// Any error of [`read_scans`]; [`Error::NoSuchScan`] if the file has fewer scans.
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

/// Recognises the format of a file by its bytes. The argument `name` is the name of the file. Its
/// extension is used only if several formats fit.
///
/// Returns `None` for an unsupported format. Without the feature `archives`, the function also
/// returns `None` for archives and compressed files.
///
/// # Example
/// ```
/// use xrd_io::{Format, detect};
/// assert_eq!(detect("a.xy", b"10 1\n10.5 2\n11 3\n"), Some(Format::Columns));
/// assert_eq!(detect("a.txt", b"no numbers"), None);
/// ```
pub fn detect(name: impl AsRef<Path>, bytes: &[u8]) -> Option<Format> {
    let source = Source::unpacked(name.as_ref(), bytes.to_vec()).ok()?;
    format::detect(&source)
}

/// Lists the scans of a file. For a matrix, this function needs less memory than [`read_file`],
/// because it does not build a [`Scan`] for each pattern.
///
/// # Example
/// ```
/// use xrd_io::Format;
/// let path = std::env::temp_dir().join(format!("xrd-io-list-{}.xy", std::process::id()));
/// std::fs::write(&path, "10 1\n10.5 2\n11 3\n")?;
/// let listing = xrd_io::list(&path)?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(listing.format, Format::Columns);
/// assert_eq!((listing.scans[0].points, listing.scans[0].range), (3, (10.0, 11.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Any error of [`read_file`].
pub fn list(path: impl AsRef<Path>) -> Result<Listing> {
    list_source(Source::open(path.as_ref())?, &ReadOptions::default())
}

/// Lists the scans in the bytes of a file; see [`list`] and [`read_bytes`].
///
/// # Errors
/// Any error of [`read_file`].
pub fn list_bytes(name: impl AsRef<Path>, bytes: &[u8], options: &ReadOptions) -> Result<Listing> {
    list_source(Source::unpacked(name.as_ref(), bytes.to_vec())?, options)
}

fn list_source(source: Source, options: &ReadOptions) -> Result<Listing> {
    let of_scan = |s: &Scan| ScanEntry::new(s.name().to_owned(), s.axis_kind().clone(), s.axis());
    #[cfg(feature = "archives")]
    if let Some(file) = archive_file(&source, options)? {
        return Ok(Listing {
            format: file.format,
            scans: file.scans.iter().map(of_scan).collect(),
        });
    }
    let source = source.with_axis(options.given_axis());
    let (format, content) = read_source(&source, options)?;
    let scans = match content {
        Content::Scans(scans) => scans.iter().map(of_scan).collect(),
        Content::Matrix(m) => {
            let entry = |name| ScanEntry::new(name, m.axis_kind.clone(), &m.axis);
            m.names.into_iter().map(entry).collect()
        }
    };
    Ok(Listing { format, scans })
}

/// Reads patterns on one common 2θ grid from a file or a folder.
///
/// From a single file, all patterns are read. From a folder, or a zip archive of pattern files, the
/// first scan of every file is read, in the order of the file names. Each pattern is named after its file, without the extension.
/// Hidden files and subfolders are ignored. Files that cannot be read as a powder pattern, files
/// with a matrix, and backup copies of editors (`a.xy~`) are listed in [`ReadPatterns::skipped`]. A
/// [`ShardFolder`] is read completely, with all patterns of all files.
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
/// - Any error of [`read_file`] for a single file.
/// - Any error of [`pattern_set`](fn@crate::pattern_set).
/// - [`Error::Malformed`] if no file of a folder can be read.
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
    patterns(Source::open(path)?, options)
}

/// Reads patterns from the bytes of one file; see [`read_patterns`] and [`read_bytes`].
///
/// # Example
/// ```
/// use xrd_io::{ReadOptions, read_patterns_bytes};
/// let csv = b"name,10,10.5,11\na,1,5,2\nb,3,4,4\n";
/// let read = read_patterns_bytes("patterns.csv", csv, &ReadOptions::default())?;
/// assert_eq!(read.set.names(), ["a", "b"]);
/// # Ok::<(), xrd_io::Error>(())
/// ```
///
/// # Errors
/// Any error of [`read_patterns`] for a single file.
pub fn read_patterns_bytes(
    name: impl AsRef<Path>,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<ReadPatterns> {
    patterns(Source::unpacked(name.as_ref(), bytes.to_vec())?, options)
}

fn patterns(source: Source, options: &ReadOptions) -> Result<ReadPatterns> {
    #[cfg(feature = "archives")]
    if format::is_archive_of_files(&source) {
        return folder::read_archive(&source, options);
    }
    let source = source.with_axis(options.given_axis());
    match read_source(&source, options)?.1 {
        Content::Matrix(matrix) => from_matrix(&source, matrix, options),
        Content::Scans(scans) => {
            let path = source.path;
            let scans = scans.into_iter().map(|s| (path.to_owned(), s)).collect();
            from_scans(scans, options)
        }
    }
}
