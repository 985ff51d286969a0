//! A scan as text of two or three columns.

use std::io::{self, Write};

use crate::notes;
use crate::scan::Scan;

/// Writes a scan as two columns, axis and intensity, in the numbers and the order of the scan.
///
/// Comments `# key: value` state what is not the default: another axis than 2θ in degrees, the
/// unit of the intensities, wavelengths, sample, … [`read_scans`](crate::read_scans) reads all of
/// it back, exactly but for points of the axis from 100000 on, which only times of flight reach:
/// they are rounded to hundredths (of a microsecond), a tenth of what any instrument resolves.
/// The other kinds of file hold them exactly.
///
/// # Errors
/// Those of the writer.
pub fn xy<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    notes::write(to, scan)?;
    for (x, y) in scan.axis().iter().zip(scan.intensities()) {
        writeln!(to, "{} {y}", plain_point(*x))?;
    }
    Ok(())
}

/// Writes a scan as three columns: axis, intensity, standard deviation. Where the scan has none,
/// those of counting statistics are written, and a comment says so.
///
/// # Errors
/// Those of the writer; [`io::ErrorKind::InvalidInput`] where there are no standard deviations
/// and no counts to take them from.
pub fn xye<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    let sigma = sigma_or_counting(scan)?;
    notes::write(to, scan)?;
    writeln!(to, "# sigma: {}", notes::sigma_word(scan))?;
    for ((x, y), s) in scan.axis().iter().zip(scan.intensities()).zip(&sigma) {
        writeln!(to, "{x} {y} {s}")?;
    }
    Ok(())
}

/// Writes a scan as a table with names: axis, intensity and, where the scan has them, standard
/// deviations. Comments as in [`xy`].
///
/// # Errors
/// Those of the writer.
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

/// A point of the axis as two columns have it; see [`xy`] for its digits.
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

/// The name of the axis as a cell of a table.
fn heading(scan: &Scan) -> String {
    let odd = |c: char| c.is_control() || matches!(c, ',' | ';' | '"');
    let name = scan.axis_kind().name().replace(odd, " ");
    match name.trim() {
        "" => "axis".to_owned(),
        name => name.to_owned(),
    }
}
