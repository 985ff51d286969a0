//! Writers of scans, patterns and sets of patterns.
//!
//! | function | data | file format |
//! |---|---|---|
//! | [`xy`], [`xye`], [`csv`](csv()) | one [`Scan`](crate::Scan) | columns of text |
//! | [`npz`](npz()) | scans | NumPy archive; needs the feature `archives` |
//! | [`xrdml`](xrdml()) | scans | PANalytical XRDML 1.5 |
//! | [`pdcif`](pdcif()) | scans | powder CIF |
//! | [`pattern_xy`] | one [`Pattern`] | two columns of text: 2θ and intensity |
//! | [`over_q_xy`] | one [`Pattern`] | two columns of text: Q and intensity |
//! | [`set_csv`] | a set of patterns over 2θ | matrix in text |
//! | [`set_npz`] | a set of patterns over 2θ | NumPy archive; needs the feature `archives` |
//! | [`over_q_npz`] | patterns over Q | NumPy archive; needs the feature `archives` |
//! | [`cif`](cif()) | a crystal structure | CIF |
//! | [`npy`](npy()) | rows of numbers | NumPy array |
//! | [`npy_axis`] | the angles of a grid | NumPy array |
//! | [`npy_numbers`] | a list of numbers | NumPy array |
//!
//! Each function writes to any [`Write`]. [`atomically`] writes a file completely or not at all.

use std::fmt::Display;
#[cfg(feature = "archives")]
use std::io::Cursor;
use std::io::{self, Write};

use xrd_core::{Pattern, PatternSet, Scale, Wavelength};
#[cfg(feature = "archives")]
use zip::write::SimpleFileOptions;
#[cfg(feature = "archives")]
use zip::{CompressionMethod, DateTime, ZipWriter};

#[cfg(feature = "archives")]
use crate::array::array_file;
use crate::column_names::unit_word;
use crate::notes;
use crate::number::clean_angle;
use crate::prepare::Step;
use crate::scan::AxisKind;

mod cif;
mod npy;
mod pdcif;
mod q_axis;
#[cfg(feature = "archives")]
mod scan_npz;
mod scan_text;
mod xrdml;

pub use crate::atomic::{atomically, check_writable};
pub use cif::cif;
pub use npy::{npy, npy_axis, npy_numbers};
pub use pdcif::pdcif;
#[cfg(feature = "archives")]
pub use q_axis::over_q_npz;
pub use q_axis::{PatternsOverQ, over_q_xy};
#[cfg(feature = "archives")]
pub use scan_npz::npz;
pub use scan_text::{csv, xy, xye};
pub use xrdml::xrdml;

/// Writes a pattern as two columns: the angle in degrees and the intensity.
///
/// Angles are rounded to 1e-9 degrees. Intensities are written with as many digits as are needed to
/// read the same values again. A comment states the wavelength if it is known. Another comment
/// states the unit of the intensities, unless the unit is arbitrary. Another one states the factor
/// of the scale, unless the factor is 1.
///
/// # Example
/// ```
/// use xrd_core::{Pattern, Scale, TwoThetaGrid};
/// let grid = TwoThetaGrid::new(10.0, 0.1, 3)?;
/// let pattern = Pattern::new(grid, Scale::ARBITRARY, vec![1.0, 0.5, 2.0])?;
/// let mut text = Vec::new();
/// xrd_io::write::pattern_xy(&mut text, &pattern)?;
/// assert_eq!(text, b"10 1\n10.1 0.5\n10.2 2\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Any error of the writer.
pub fn pattern_xy<W: Write + ?Sized>(to: &mut W, pattern: &Pattern) -> io::Result<()> {
    let angles: Vec<f64> = pattern.grid().angles().map(clean_angle).collect();
    notes::write_axis(to, &AxisKind::TwoThetaDeg, &angles)?;
    write_notes(to, pattern.wavelength(), pattern.scale())?;
    for (angle, intensity) in angles.iter().zip(pattern.intensities()) {
        writeln!(to, "{angle} {intensity}")?;
    }
    Ok(())
}

/// Writes a set of patterns as a matrix in text, which [`read_patterns`](crate::read_patterns)
/// reads again.
///
/// The first row holds the word `name` and the angles. Each further row holds one pattern. The
/// argument `steps` contains the preparation steps already applied to the patterns. If there are
/// any steps, a comment lists them.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if a name is empty or has several
/// lines.
pub fn set_csv<W: Write + ?Sized>(to: &mut W, set: &PatternSet, steps: &[Step]) -> io::Result<()> {
    check_names(set.names())?;
    write_notes(to, set.wavelength(), set.scale())?;
    if !steps.is_empty() {
        writeln!(to, "# preparation: {}", notes::words(steps))?;
    }
    write_row(to, "name", set.grid().angles().map(clean_angle))?;
    for (i, name) in set.names().iter().enumerate() {
        write_row(to, &quoted(name), set.intensities(i))?;
    }
    Ok(())
}

/// Writes a set of patterns as a NumPy archive, which [`read_patterns`](crate::read_patterns) reads
/// again.
///
/// The archive holds these arrays:
///
/// - `two_theta`: the angles in degrees.
/// - `intensities`: one row per pattern, one column per angle.
/// - `names`: UTF-8 bytes with one line per name.
/// - `unit` and `factor`: the scale of the intensities.
/// - `wavelength`: in Å; only if it is known.
/// - `preparation`: the preparation steps in the argument `steps`, which were already applied to
///   the patterns; only if there are any.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if a name is empty or has several
/// lines.
#[cfg(feature = "archives")]
pub fn set_npz<W: Write + ?Sized>(to: &mut W, set: &PatternSet, steps: &[Step]) -> io::Result<()> {
    check_names(set.names())?;
    let grid = set.grid();
    let numbers =
        |values: &[f64]| -> Vec<u8> { values.iter().flat_map(|v| v.to_le_bytes()).collect() };
    let angles: Vec<f64> = grid.angles().map(clean_angle).collect();
    let intensities: Vec<u8> = set.block().iter().flat_map(|v| v.to_le_bytes()).collect();
    let names = set.names().join("\n");
    let unit = unit_word(set.scale().unit);
    let mut archive = Archive::new();
    archive.add(
        "two_theta",
        array_file("<f8", &[grid.len()], &numbers(&angles)),
    )?;
    archive.add(
        "intensities",
        array_file("<f4", &[set.len(), grid.len()], &intensities),
    )?;
    archive.add("names", array_file("|u1", &[names.len()], names.as_bytes()))?;
    archive.add("unit", array_file("|u1", &[unit.len()], unit.as_bytes()))?;
    archive.add(
        "factor",
        array_file("<f8", &[], &numbers(&[set.scale().factor])),
    )?;
    if let Some(wavelength) = set.wavelength() {
        archive.add(
            "wavelength",
            array_file("<f8", &[], &numbers(&[wavelength.as_angstrom()])),
        )?;
    }
    if !steps.is_empty() {
        let steps = notes::words(steps);
        archive.add(
            "preparation",
            array_file("|u1", &[steps.len()], steps.as_bytes()),
        )?;
    }
    archive.write_to(to)
}

/// A zip archive of arrays in memory.
#[cfg(feature = "archives")]
struct Archive(ZipWriter<Cursor<Vec<u8>>>);

#[cfg(feature = "archives")]
impl Archive {
    fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    fn write_to<W: Write + ?Sized>(self, to: &mut W) -> io::Result<()> {
        to.write_all(&self.0.finish()?.into_inner())
    }

    /// Adds an array, with a fixed date so that the same set gives the same bytes.
    fn add(&mut self, name: &str, array: Vec<u8>) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(array.len() > 0xffff_0000);
        self.0.start_file(format!("{name}.npy"), options)?;
        self.0.write_all(&array)
    }
}

fn write_row<W: Write + ?Sized>(
    to: &mut W,
    name: &str,
    values: impl IntoIterator<Item = impl Display>,
) -> io::Result<()> {
    write!(to, "{name}")?;
    for value in values {
        write!(to, ",{value}")?;
    }
    writeln!(to)
}

/// Writes comments for all values that are not the default, in the form that the readers parse.
fn write_notes<W: Write + ?Sized>(
    to: &mut W,
    wavelength: Option<Wavelength>,
    scale: Scale,
) -> io::Result<()> {
    if let Some(wavelength) = wavelength {
        writeln!(to, "# wavelength_angstrom: {}", wavelength.as_angstrom())?;
    }
    if scale.unit != Scale::ARBITRARY.unit {
        writeln!(to, "# intensity_unit: {}", unit_word(scale.unit))?;
    }
    if scale.factor != Scale::ARBITRARY.factor {
        writeln!(to, "# intensity_factor: {}", scale.factor)?;
    }
    Ok(())
}

/// The name, in quotes unless it is a plain word.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.chars().all(plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns an error for values that cannot be written.
fn refuse<T>(why: String) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

fn check_names(names: &[String]) -> io::Result<()> {
    let broken = |name: &&String| name.is_empty() || name.chars().any(char::is_control);
    match names.iter().find(broken) {
        None => Ok(()),
        Some(name) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("pattern name {name:?} is empty or has control characters"),
        )),
    }
}
