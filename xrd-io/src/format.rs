//! The formats of pattern files: one file each, found by their content.
//!
//! To add one, write `format/<name>.rs` with the layout drawn in its module documentation and a
//! `FORMAT` in it, and name it in `FORMATS` below, before those that would also take it.
//! The recipe is in `CONTRIBUTING.md`.

use xrd_core::{Scale, Wavelength};

use crate::error::{Error, Place, Result};
use crate::patterns::ReadOptions;
use crate::prepare::Step;
use crate::scan::{AxisKind, Draft, Scan};
use crate::source::Source;

// A file each.
mod brml;
mod bruker_raw1;
mod bruker_raw2;
mod bruker_raw3;
mod bruker_raw4;
mod bruker_raw4_text;
mod bruker_uxd;
mod chi;
mod columns;
mod cpi;
mod foreign;
mod fullprof_prf;
mod gaps;
mod gsas;
mod ill;
mod matrix;
mod mdi;
mod nexus;
mod no_pattern;
mod not_read;
mod npy;
mod npz;
mod opxrd;
mod panalytical_csv;
mod pdcif;
mod philips_rd;
mod philips_udf;
mod ras;
mod rasx;
mod rigaku_asc;
mod scan_npz;
mod side_by_side;
mod siemens_ascii;
mod start_step_end;
mod stoe_raw;
mod venezia;
mod wrapped;
mod xlsx;
mod xrdml;

// What formats share.
mod binary;
mod counting;
mod drives;
mod lines;
mod members;
mod steps;
mod stream;
mod xml;

pub(crate) use npy::{array_file, array_header, given_axis, locate_rows};

/// In the order in which they are tried.
const FORMATS: &[Format] = &[
    // Told by their first bytes.
    bruker_raw1::FORMAT,
    bruker_raw2::FORMAT,
    bruker_raw3::FORMAT,
    bruker_raw4::FORMAT,
    stoe_raw::FORMAT,
    philips_rd::FORMAT,
    nexus::FORMAT,
    npy::FORMAT,
    // Told by the members of an archive.
    scan_npz::FORMAT,
    npz::FORMAT,
    brml::FORMAT,
    rasx::FORMAT,
    xlsx::FORMAT,
    // Told by their first words.
    xrdml::FORMAT,
    pdcif::FORMAT,
    bruker_raw4_text::FORMAT,
    bruker_uxd::FORMAT,
    philips_udf::FORMAT,
    ras::FORMAT,
    rigaku_asc::FORMAT,
    panalytical_csv::FORMAT,
    cpi::FORMAT,
    siemens_ascii::FORMAT,
    opxrd::FORMAT,
    // Told by a line within.
    gsas::FORMAT,
    foreign::FORMAT,
    // Known and not read.
    not_read::FORMAT,
    // Told by their first lines.
    chi::FORMAT,
    mdi::FORMAT,
    fullprof_prf::FORMAT,
    ill::FORMAT,
    start_step_end::FORMAT,
    venezia::FORMAT,
    no_pattern::FORMAT,
    // Whatever else consists of numbers.
    gaps::FORMAT,
    side_by_side::FORMAT,
    wrapped::FORMAT,
    matrix::FORMAT,
    columns::FORMAT,
];

/// The format of files without an axis.
pub(crate) const NPY: &str = npy::FORMAT.name;

/// What is said of packed files and archives that end too early.
pub(crate) const CUT: &str = "the packed file is cut short: what came before is read";

type List = fn(&Source) -> Result<Vec<ScanEntry>>;

/// How one format is told and read.
struct Format {
    /// The field's name for it; empty for those that are known and not read.
    name: &'static str,
    /// Whether a file is of this format, by its content; the extension only breaks ties. Looks at
    /// little more than the beginning.
    recognises: fn(&Source) -> bool,
    /// Reads everything.
    read: fn(&Source, &ReadOptions) -> Result<Content>,
    /// Names the scans without reading them; `None` where reading is as cheap.
    list: Option<List>,
}

impl Format {
    /// A format whose scans are listed by reading them.
    const fn new(
        name: &'static str,
        recognises: fn(&Source) -> bool,
        read: fn(&Source, &ReadOptions) -> Result<Content>,
    ) -> Self {
        Self {
            name,
            recognises,
            read,
            list: None,
        }
    }
}

/// What a pattern file holds.
pub(crate) enum Content {
    /// Scans, each on an axis of its own.
    Scans(Vec<Scan>),
    /// Patterns that share an axis.
    Matrix(Matrix),
}

/// Patterns that share an axis, as the file has them.
pub(crate) struct Matrix {
    pub(crate) axis_kind: AxisKind,
    /// Finite and strictly increasing.
    pub(crate) axis: Vec<f64>,
    pub(crate) names: Vec<String>,
    /// Whether the file names its patterns; else they are numbered.
    pub(crate) named: bool,
    /// Pattern by pattern.
    pub(crate) intensities: Vec<f32>,
    pub(crate) scale: Scale,
    pub(crate) wavelength: Option<Wavelength>,
    /// The steps that were done before the file was written, where it tells.
    pub(crate) preparation: Vec<Step>,
    /// What a reader of the file should know.
    pub(crate) warnings: Vec<String>,
}

impl Matrix {
    /// One pattern as a scan.
    pub(crate) fn scan(&self, source: &Source, row: usize) -> Result<Scan> {
        let points = self.axis.len();
        let values = self.intensities[row * points..][..points].iter();
        let values = values.map(|&v| v.into()).collect();
        let mut draft = Draft::new(source, self.axis_kind.clone(), self.axis.clone(), values);
        draft.name = self.names[row].clone();
        draft.scale = self.scale;
        draft.metadata.radiation.wavelength = self.wavelength;
        draft.preparation = self.preparation.clone();
        draft.warnings = self.warnings.clone();
        draft
            .warnings
            .extend(source.is_cut().then(|| CUT.to_owned()));
        draft.build(source, |_| Place::File)
    }

    /// Names for patterns that have none: "1", "2", …
    fn numbers(count: usize) -> Vec<String> {
        (1..=count).map(|i| i.to_string()).collect()
    }

    /// A scan a pattern. O(patterns × points).
    pub(crate) fn scans(&self, source: &Source) -> Result<Vec<Scan>> {
        let rows = 0..self.names.len();
        rows.map(|row| self.scan(source, row)).collect()
    }
}

/// What a file is and which scans it holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Listing {
    /// The name of the format.
    pub format: &'static str,
    /// The scans in the order of the file, or the patterns of a matrix.
    pub scans: Vec<ScanEntry>,
}

/// A scan of a file, by what is known without decoding it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScanEntry {
    /// The name, as [`Scan::name`] will be.
    pub name: String,
    /// What the axis is.
    pub axis_kind: AxisKind,
    /// How many points there are.
    pub points: usize,
    /// The first and the last point of the axis.
    pub range: (f64, f64),
}

impl ScanEntry {
    fn of(scan: &Scan) -> Self {
        Self::new(
            scan.name().to_owned(),
            scan.axis_kind().clone(),
            scan.axis(),
        )
    }

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

/// Reads a file of whichever format it is; also the name of the format.
pub(crate) fn read(source: &Source, options: &ReadOptions) -> Result<(&'static str, Content)> {
    read_as(source, options, |_| true)
}

/// The same for a file of one of the formats whose names are `wanted`.
pub(crate) fn read_as(
    source: &Source,
    options: &ReadOptions,
    wanted: impl Fn(&str) -> bool,
) -> Result<(&'static str, Content)> {
    let format = find(source, wanted)?;
    let mut content = (format.read)(source, options)?;
    if let Content::Scans(scans) = &mut content {
        if scans.is_empty() {
            return Err(no_scan(source, format!("{} without a scan", format.name)));
        }
        number(scans);
        if source.is_cut() {
            scans.iter_mut().for_each(|scan| scan.warn(CUT));
        }
    }
    Ok((format.name, content))
}

/// What a file is and which scans it holds, without decoding where the format allows.
pub(crate) fn list(source: &Source, options: &ReadOptions) -> Result<Listing> {
    list_as(source, options, |_| true)
}

/// The same for a file of one of the formats whose names are `wanted`.
pub(crate) fn list_as(
    source: &Source,
    options: &ReadOptions,
    wanted: impl Fn(&str) -> bool,
) -> Result<Listing> {
    let format = find(source, &wanted)?;
    let scans = match format.list {
        Some(list) => list(source)?,
        None => match read_as(source, options, wanted)?.1 {
            Content::Scans(scans) => scans.iter().map(ScanEntry::of).collect(),
            Content::Matrix(m) => {
                let entry = |name| ScanEntry::new(name, m.axis_kind.clone(), &m.axis);
                m.names.into_iter().map(entry).collect()
            }
        },
    };
    Ok(Listing {
        format: format.name,
        scans,
    })
}

fn find(source: &Source, wanted: impl Fn(&str) -> bool) -> Result<&'static Format> {
    let mut formats = FORMATS.iter().filter(|f| wanted(f.name));
    match formats.find(|f| (f.recognises)(source)) {
        Some(format) => Ok(format),
        None => {
            source.require_text()?;
            Err(Error::Unsupported {
                path: source.path.to_owned(),
                what: "no line of numbers".to_owned(),
                expected: format!("one of {}", format_names().join(", ")),
            })
        }
    }
}

/// The refusal of a file that holds no scan, by what it is.
fn no_scan(source: &Source, what: String) -> Error {
    Error::Unsupported {
        path: source.path.to_owned(),
        what,
        expected: "a file with a scan".to_owned(),
    }
}

/// Numbers the names of several scans of one file: `a_1`, `a_2`, …
fn number(scans: &mut [Scan]) {
    if scans.len() > 1 {
        for (i, scan) in scans.iter_mut().enumerate() {
            scan.set_name(format!("{}_{}", scan.name(), i + 1));
        }
    }
}

/// The names of the pattern formats that can be read.
pub fn format_names() -> Vec<&'static str> {
    let readable = FORMATS.iter().map(|f| f.name).filter(|n| !n.is_empty());
    readable.collect()
}
