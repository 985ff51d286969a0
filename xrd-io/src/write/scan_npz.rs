//! Writer of scans as a NumPy archive. `format/scan_npz.rs` documents the layout.

use std::io::{self, Write};

use super::Archive;
use crate::array::array_file;
use crate::notes;
use crate::scan::Scan;

/// Writes scans as a NumPy archive. [`read_scans`](crate::read_scans) restores the scans exactly.
///
/// Each scan has the arrays `axis` and `intensity`, and the array `sigma` if its standard
/// deviations are known. The array `notes` holds the metadata as lines of UTF-8 text. If there are
/// several scans, the names of the arrays are numbered, as in `axis_1`.
///
/// # Errors
/// Any error of the writer.
pub fn npz<W: Write + ?Sized>(to: &mut W, scans: &[Scan]) -> io::Result<()> {
    let mut archive = Archive::new();
    for (i, scan) in scans.iter().enumerate() {
        let key = |name: &str| match scans.len() {
            1 => name.to_owned(),
            _ => format!("{name}_{}", i + 1),
        };
        archive.add(&key("axis"), column(scan.axis()))?;
        archive.add(&key("intensity"), column(scan.intensities()))?;
        if let Some(sigma) = scan.sigma() {
            archive.add(&key("sigma"), column(sigma))?;
        }
        let mut text = Vec::new();
        notes::write(&mut text, scan)?;
        archive.add(&key("notes"), array_file("|u1", &[text.len()], &text))?;
    }
    archive.write_to(to)
}

fn column(values: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    array_file("<f8", &[values.len()], &bytes)
}
