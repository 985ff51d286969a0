//! NumPy archive of scans: a zip archive of array files, in the layout written by this crate.
//!
//! ```text
//! axis.npy        (points) f8
//! intensity.npy   (points) f8
//! sigma.npy       (points) f8; optional
//! notes.npy       u8: UTF-8, lines "# key: value" as in notes.rs; optional
//! ```
//!
//! Several scans are numbered: axis_1.npy, intensity_1.npy, …, axis_2.npy, …
//!
//! Source: `numpy.savez` for the archive. The array names are defined by this crate.

use std::collections::HashSet;

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::npy::Array;
use crate::error::{Error, Place, Result};
use crate::notes;
use crate::scan::{AxisKind, Draft, Scan, SigmaOrigin};
use crate::source::{Archive, Source};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::NpzOfScans,
    |source| source.bytes().starts_with(b"PK") && holds_scans(source),
    read,
);

fn holds_scans(source: &Source) -> bool {
    let names = source.archive().map(|archive| archive.names());
    names.is_ok_and(|n| {
        n.iter()
            .any(|n| n == "intensity.npy" || n == "intensity_1.npy")
    })
}

fn read(source: &Source) -> Result<Content> {
    let archive = source.archive()?;
    let names: HashSet<String> = archive.names().into_iter().collect();
    let mut scans = Vec::new();
    let numbered = (1..).map(|i| format!("_{i}"));
    for suffix in std::iter::once(String::new()).chain(numbered) {
        match names.contains(&format!("intensity{suffix}.npy")) {
            true => scans.push(scan(source, &archive, &suffix)?),
            false if suffix.is_empty() => {}
            false => break,
        }
    }
    Ok(Content::Scans(scans))
}

fn scan(source: &Source, archive: &Archive, suffix: &str) -> Result<Scan> {
    let values = |name: &str| array(source, archive, &format!("{name}{suffix}"));
    let needed = |name: &str| {
        let missing = || {
            let found = format!("no {name}{suffix}");
            Error::malformed(source.path, Place::File, found, "axis and intensity")
        };
        values(name)?.ok_or_else(missing)
    };
    let (mut axis, mut intensities) = (needed("axis")?, needed("intensity")?);
    if source.is_cut() {
        let points = axis.len().min(intensities.len());
        axis.truncate(points);
        intensities.truncate(points);
    }
    let mut draft = Draft::new(source, AxisKind::TwoThetaDeg, axis, intensities);
    draft.sigma = values("sigma")?.map(|sigma| (sigma, SigmaOrigin::Stated));
    let bytes: Vec<u8> = values("notes")?
        .unwrap_or_default()
        .iter()
        .map(|&v| v as u8)
        .collect();
    let text = String::from_utf8_lossy(&bytes);
    notes::read(text.lines().filter_map(|line| line.strip_prefix('#'))).apply(&mut draft);
    draft.build(source, |_| Place::File)
}

fn array(source: &Source, archive: &Archive, name: &str) -> Result<Option<Vec<f64>>> {
    let Some(member) = archive.read(&format!("{name}.npy"))? else {
        return Ok(None);
    };
    let array = Array::of_member(&member).map_err(|e| e.at(source.path, name))?;
    Ok(Some(array.values))
}
