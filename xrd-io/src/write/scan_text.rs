//! Writer of one scan as text with two or three columns.

use std::io::{self, Write};

use crate::notes;
use crate::scan::Scan;

/// Writes a scan as two columns, axis and intensity, in the order of the scan.
///
/// Metadata are written in comments of the form `# key: value`. Such comments also state the kind
/// of axis and the unit of the intensities, unless these are the defaults (2θ and arbitrary units).
/// [`read_scans`](crate::read_scans) restores all values exactly, except axis values of 100000 or
/// more. Such values occur only for times of flight in µs and are rounded to 0.01 µs. This rounding
/// error is at most a tenth of the resolution of any instrument. The other functions for scans do
/// not round such values.
///
/// # Errors
/// Any error of the writer.
pub fn xy<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    notes::write(to, scan)?;
    for (x, y) in scan.axis().iter().zip(scan.intensities()) {
        writeln!(to, "{} {y}", plain_point(*x))?;
    }
    Ok(())
}

/// Writes a scan as three columns: axis, intensity and standard deviation. If the scan has no
/// standard deviations, they are calculated from [counting
/// statistics](crate::Scan::counting_sigma), and a comment states this.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if the scan has no standard deviations
/// and they cannot be calculated.
pub fn xye<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    let sigma = sigma_or_counting(scan)?;
    notes::write(to, scan)?;
    writeln!(to, "# sigma: {}", notes::sigma_word(scan))?;
    for ((x, y), s) in scan.axis().iter().zip(scan.intensities()).zip(&sigma) {
        writeln!(to, "{x} {y} {s}")?;
    }
    Ok(())
}

/// Writes a scan as comma-separated text with column names. The columns are axis, intensity and, if
/// they are known, standard deviations. The comments are the same as in [`xy`].
///
/// # Errors
/// Any error of the writer.
pub fn csv<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    notes::write(to, scan)?;
    if scan.sigma().is_some() {
        writeln!(to, "# sigma: {}", notes::sigma_word(scan))?;
    }
    let axis = heading(scan);
    match scan.sigma() {
        None => {
            writeln!(to, "{axis},intensity")?;
            for (x, y) in scan.axis().iter().zip(scan.intensities()) {
                writeln!(to, "{x},{y}")?;
            }
        }
        Some(sigma) => {
            writeln!(to, "{axis},intensity,sigma")?;
            for ((x, y), s) in scan.axis().iter().zip(scan.intensities()).zip(sigma) {
                writeln!(to, "{x},{y},{s}")?;
            }
        }
    }
    Ok(())
}

/// An axis value as written in two columns; see [`xy`] for its digits.
fn plain_point(x: f64) -> f64 {
    match x.abs() < 1e5 {
        true => x,
        false => (x * 100.0).round() / 100.0,
    }
}

fn sigma_or_counting(scan: &Scan) -> io::Result<Vec<f64>> {
    let sigma = scan.sigma().map(<[f64]>::to_vec);
    sigma.or_else(|| scan.counting_sigma()).ok_or_else(|| {
        let words = format!(
            "{} has no standard deviations, nor counts to take them from",
            scan.name()
        );
        io::Error::new(io::ErrorKind::InvalidInput, words)
    })
}

/// The name of the axis as a table cell.
fn heading(scan: &Scan) -> String {
    let odd = |c: char| c.is_control() || matches!(c, ',' | ';' | '"');
    let name = scan.axis_kind().name().replace(odd, " ");
    match name.trim() {
        "" => "axis".to_owned(),
        name => name.to_owned(),
    }
}
