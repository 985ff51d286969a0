mod npy;

pub use npy::{write_npy, write_npy_axis, write_npy_numbers};

use std::fmt::Display;
use std::io::{self, Cursor, Write};

use xrd_core::{Pattern, PatternSet, Scale, Wavelength};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::column_names::unit_word;
use crate::format::array_file;
use crate::notes;
use crate::number::clean_angle;
use crate::prepare::Step;

mod pdcif;
mod q_axis;
mod scan_npz;
mod scan_text;
mod xrdml;

pub(crate) use pdcif::METHOD as PDCIF_METHOD;
pub use pdcif::write_pdcif;
pub use q_axis::{PatternsOverQ, write_npz_over_q, write_xy_over_q};
pub use scan_npz::write_scans_npz;
pub use scan_text::{write_scan_csv, write_scan_xy, write_scan_xye};
pub(crate) use xrdml::SOFTWARE as XRDML_SOFTWARE;
pub use xrdml::write_xrdml;

/// Writes a pattern as two columns: the angle in degrees and the intensity.
///
/// Angles are rounded to 1e-9 degrees and intensities are in the shortest form that reads back
/// exactly. Comments state wavelength and scale where there is something to state.
///
/// # Example
/// ```
/// use xrd_core::{Pattern, Scale, TwoThetaGrid};
/// let grid = TwoThetaGrid::new(10.0, 0.1, 3)?;
/// let pattern = Pattern::new(grid, Scale::ARBITRARY, vec![1.0, 0.5, 2.0])?;
/// let mut text = Vec::new();
/// xrd_io::write_xy(&mut text, &pattern)?;
/// assert_eq!(text, b"10 1\n10.1 0.5\n10.2 2\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of the writer.
pub fn write_xy<W: Write + ?Sized>(to: &mut W, pattern: &Pattern) -> io::Result<()> {
    write_notes(to, pattern.wavelength(), pattern.scale())?;
    for (angle, intensity) in pattern.grid().angles().zip(pattern.intensities()) {
        writeln!(to, "{} {intensity}", clean_angle(angle))?;
    }
    Ok(())
}

/// Writes a set as a matrix that [`read_patterns`](crate::read_patterns) reads back: `name` and
/// the angles in the first row, then a row a pattern.
///
/// # Errors
/// Those of the writer; [`io::ErrorKind::InvalidInput`] for a name that is empty or reaches over
/// lines.
pub fn write_csv<W: Write + ?Sized>(to: &mut W, set: &PatternSet) -> io::Result<()> {
    write_prepared_csv(to, set, &[])
}

/// [`write_csv`], with a comment that tells which steps of preparation were done.
///
/// # Errors
/// Those of [`write_csv`].
pub fn write_prepared_csv<W: Write + ?Sized>(
    to: &mut W,
    set: &PatternSet,
    steps: &[Step],
) -> io::Result<()> {
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

/// Writes a set as a NumPy archive that [`read_patterns`](crate::read_patterns) reads back:
/// `two_theta`, `intensities` (patterns × points), `names` as UTF-8 bytes, one a line, `unit` and
/// `factor` of the scale, and `wavelength` in Å where it is known.
///
/// # Errors
/// Those of the writer; [`io::ErrorKind::InvalidInput`] for a name that is empty or reaches over
/// lines.
pub fn write_npz<W: Write + ?Sized>(to: &mut W, set: &PatternSet) -> io::Result<()> {
    write_prepared_npz(to, set, &[])
}

/// [`write_npz`], with an array `preparation` that tells which steps were done, as UTF-8 bytes.
///
/// # Errors
/// Those of [`write_npz`].
pub fn write_prepared_npz<W: Write + ?Sized>(
    to: &mut W,
    set: &PatternSet,
    steps: &[Step],
) -> io::Result<()> {
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
struct Archive(ZipWriter<Cursor<Vec<u8>>>);

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

/// Comments that the readers understand, for what is not the default.
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

/// What cannot be written as the caller wants it.
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
