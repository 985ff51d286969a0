use std::io::{self, Write};

use xrd_core::TwoThetaGrid;

use crate::array::{array_file, array_header};
use crate::number::clean_angle;

/// Writes rows of numbers as a NumPy array file of type `<f4` in C order. The argument `points` is
/// the number of columns. NumPy can map the file into memory with `numpy.load(…, mmap_mode="r")`.
///
/// # Example
/// ```
/// let mut file = Vec::new();
/// xrd_io::write::npy(&mut file, 3, [[1f32, 2.0, 3.0], [4.0, 5.0, 6.0]].iter().map(|r| &r[..]))?;
/// assert_eq!(file.len(), 128 + 2 * 3 * 4);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if the number of values in a row is not
/// `points`.
pub fn npy<'a, W: Write + ?Sized>(
    to: &mut W,
    points: usize,
    rows: impl ExactSizeIterator<Item = &'a [f32]>,
) -> io::Result<()> {
    to.write_all(&array_header("<f4", &[rows.len(), points]))?;
    let mut bytes = Vec::with_capacity(4 * points);
    for row in rows {
        if row.len() != points {
            let message = format!("a row of {} numbers among rows of {points}", row.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        bytes.clear();
        bytes.extend(row.iter().flat_map(|v| v.to_le_bytes()));
        to.write_all(&bytes)?;
    }
    Ok(())
}

/// Writes the angles of a grid in degrees as a one-dimensional NumPy array file of type `<f8`.
/// [`ReadOptions::axis`](crate::ReadOptions::axis) accepts this file as the axis of a `.npy`
/// matrix.
///
/// # Errors
/// Any error of the writer.
pub fn npy_axis<W: Write + ?Sized>(to: &mut W, grid: &TwoThetaGrid) -> io::Result<()> {
    let angles: Vec<f64> = grid.angles().map(clean_angle).collect();
    npy_numbers(to, &angles)
}

/// Writes a list of numbers, such as an axis of any kind, as a one-dimensional NumPy array file of
/// type `<f8`.
///
/// # Errors
/// Any error of the writer.
pub fn npy_numbers<W: Write + ?Sized>(to: &mut W, numbers: &[f64]) -> io::Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    to.write_all(&array_file("<f8", &[numbers.len()], &bytes))
}
