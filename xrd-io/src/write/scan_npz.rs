//! Writer of scans as a NumPy archive. `format/scan_npz.rs` documents the layout.

use std::io::{self, Write};

use super::Archive;
use crate::array::array_file;
use crate::notes;
use crate::scan::Scan;

/// Writes scans as a NumPy archive: `axis`, `intensity`, `sigma` if known, and `notes` as UTF-8
/// bytes. If there are several scans, the arrays are numbered, as in `axis_1`.
///
/// [`read_scans`](crate::read_scans) restores the scans exactly.
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
