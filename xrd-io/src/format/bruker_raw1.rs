//! Siemens/Bruker RAW, version 1, written by DIFFRAC-AT. All numbers are little-endian. Offsets are
//! in bytes from the start of a range.
//!
//! ```text
//!   0  "RAW "                              12  f32  step in degrees
//!   4  u32  points                         24  f32  first 2θ
//!   8  f32  seconds per step               40  text of 32: the sample
//! 152  u32  number of ranges that follow         72  f32  Kα1 in Å, f32  Kα2
//! 156  f32  intensity, one per point; then the next range
//! ```
//!
//! Early files omit the signature "RAW " of further ranges, so that these ranges start with the
//! number of points. Source: the reader of xylib (M. Wojdyr), checked on a file from 1989.

use super::binary::{Fields, begins, leading_f32};
use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader =
    FormatReader::new(Format::BrukerRaw1, |source| begins(source, b"RAW "), read);

const HEADER: usize = 156;

fn read(source: &Source) -> Result<Content> {
    let fields = Fields::of(source);
    let mut scans: Vec<Scan> = Vec::new();
    let mut start = 0;
    loop {
        let points = fields.count(start + 4)?;
        let following = fields.u32(start + 152)?;
        if points > 0 {
            scans.push(range(source, fields, start, points)?);
        }
        let end = (start + HEADER).saturating_add(points.saturating_mul(4));
        if following == 0 {
            break;
        }
        start = if fields.text(end, 4) == "RAW" {
            end
        } else {
            end - 4
        };
        if fields.len() < start.saturating_add(HEADER) {
            fields.warn_of_missing(&mut scans, following as usize);
            break;
        }
    }
    Ok(Content::Scans(scans))
}

fn range(source: &Source, fields: Fields, start: usize, points: usize) -> Result<Scan> {
    let data = start + HEADER;
    let intensities = fields.records(data, points, 4).map(leading_f32).collect();
    let axis = (fields.f32(start + 24)?, fields.f32(start + 12)?);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, intensities);
    draft.warn_if_cut(points);
    draft.metadata.sample = fields.some_text(start + 40, 32);
    draft.metadata.time_per_step = Some(TimePerStep::Same(fields.f32(start + 8)?));
    let (k_alpha1, k_alpha2) = (fields.f32(start + 72)?, fields.f32(start + 76)?);
    draft
        .metadata
        .radiation
        .set_angstrom(Some(k_alpha1), Some(k_alpha2));
    decide_unit(&mut draft, None);
    draft.build(source, |i| Place::Byte(data + 4 * i))
}
