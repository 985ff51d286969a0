//! Bruker RAW, version 4 (`RAW4.00`), written by DIFFRAC.SUITE. All numbers are little-endian.
//!
//! ```text
//!   0  "RAW4.00"
//!  12  text of 12: the date, 10: the time
//!  61  segments:    +0  u32  kind, other than 0 and 160
//!                   +4  u32  length, with these eight bytes
//!       kind 10    +12  text of 24: a key, then its value to the end
//!       kind 30    +80  f64  Kα1 in Å, f64  Kα2          +116  text of 4: the anode
//!                 +104  f64  Kα2 : Kα1
//!      then ranges: +0  u32  0 or 160                     +88  u32  points
//!                  +32  text of 24: the kind of scan      +92  f32  seconds per step
//!                  +72  f64  first point, f64  step     +112  f64  wavelength used, in Å
//!                                                       +136  u32  length of a record
//!                                                       +140  u32  length of the rest
//!                 +160  segments as above;
//!                       kind 50: a drive   +12  text of 24: its name   +52  u32  whether it moves
//!                                                                      +56  f64  its position
//!                       then one record per point: f32  intensity, then data that are not read
//! ```
//!
//! For a line detector, the time per step of a point is the sum of the counting times of all
//! channels at this point. Sources: the readers of xylib (M. Wojdyr) and rietx; checked on three
//! files of two programs. One of the files was compared with its .brml and .xy versions.

use super::binary::{Fields, begins, leading_f32};
use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::drives::axis_of_drive;
use super::kind::Format;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::BrukerRaw4,
    |source| begins(source, b"RAW4.00"),
    read,
);

const FIRST_SEGMENT: usize = 61;
const SEGMENT_HEADER: usize = 8;
const RANGE_HEADER: usize = 160;
const KEY: u32 = 10;
const TUBE: u32 = 30;
const DRIVE: u32 = 50;

fn read(source: &Source) -> Result<Content> {
    let fields = Fields::of(source);
    let mut metadata = Metadata {
        date: fields.date(12, 12),
        ..Metadata::default()
    };
    let mut scans: Vec<Scan> = Vec::new();
    let mut at = FIRST_SEGMENT;
    while scans.is_empty() || at < fields.len() {
        let is_range = fields.u32(at).is_ok_and(|kind| matches!(kind, 0 | 160));
        let header = if is_range {
            RANGE_HEADER
        } else {
            SEGMENT_HEADER
        };
        if !scans.is_empty() && fields.len() < at.saturating_add(header) {
            fields.warn_of_missing(&mut scans, 1);
            break;
        }
        if is_range {
            let range = Range::at(fields, at)?;
            if range.points > 0 {
                scans.push(range.scan(source, metadata.clone())?);
            }
            at = range.end();
        } else {
            let segment = Segment::at(fields, at)?;
            segment.tell(&mut metadata)?;
            at = segment.end();
        }
    }
    Ok(Content::Scans(scans))
}

/// A segment of a header.
struct Segment<'a> {
    fields: Fields<'a>,
    start: usize,
    kind: u32,
    length: usize,
}

impl<'a> Segment<'a> {
    fn at(fields: Fields<'a>, start: usize) -> Result<Self> {
        let (kind, length) = (fields.u32(start)?, fields.count(start + 4)?);
        if length < SEGMENT_HEADER {
            let found = format!("a segment of {length} bytes");
            return Err(fields.malformed(start + 4, found, "at least 8"));
        }
        Ok(Self {
            fields,
            start,
            kind,
            length,
        })
    }

    fn end(&self) -> usize {
        self.start.saturating_add(self.length)
    }

    /// Copies the information of the segment into the metadata.
    fn tell(&self, metadata: &mut Metadata) -> Result<()> {
        let Self { fields, start, .. } = *self;
        match self.kind {
            KEY => {
                let value = fields.some_text(start + 36, self.length.saturating_sub(36));
                match fields.text(start + 12, 24).as_str() {
                    "SAMPLEID" => metadata.sample = value,
                    "COMMENT" => metadata.comment = value,
                    _ => {}
                }
            }
            TUBE if self.length >= 120 => {
                let radiation = &mut metadata.radiation;
                radiation
                    .set_angstrom(Some(fields.f64(start + 80)?), Some(fields.f64(start + 88)?));
                radiation.k_alpha2_ratio = Some(fields.f64(start + 104)?);
                radiation.anode = fields.some_text(start + 116, 4);
            }
            _ => {}
        }
        Ok(())
    }

    /// The name of the drive, if it moves and starts at the first point.
    fn moves_from(&self, first: f64) -> Result<Option<String>> {
        if self.kind != DRIVE || self.length < 64 || self.fields.u32(self.start + 52)? == 0 {
            return Ok(None);
        }
        let position = self.fields.f64(self.start + 56)?;
        let name = self.fields.text(self.start + 12, 24);
        Ok(((position - first).abs() < 1e-6).then_some(name))
    }
}

struct Range<'a> {
    fields: Fields<'a>,
    start: usize,
    points: usize,
    /// The offset of the records.
    data: usize,
    /// The length of a record.
    record: usize,
}

impl<'a> Range<'a> {
    fn at(fields: Fields<'a>, start: usize) -> Result<Self> {
        let record = fields.count(start + 136)?;
        if record < 4 {
            let found = format!("records of {record} bytes");
            return Err(fields.malformed(start + 136, found, "at least 4"));
        }
        let segments = fields.count(start + 140)?;
        Ok(Self {
            fields,
            start,
            points: fields.count(start + 88)?,
            data: (start + RANGE_HEADER).saturating_add(segments),
            record,
        })
    }

    fn end(&self) -> usize {
        self.data
            .saturating_add(self.points.saturating_mul(self.record))
    }

    fn scan(&self, source: &Source, metadata: Metadata) -> Result<Scan> {
        let Self { fields, start, .. } = *self;
        let records = fields.records(self.data, self.points, self.record);
        let axis = (fields.f64(start + 72)?, fields.f64(start + 80)?);
        let (drive, axis_kind) = self.axis(axis.0)?;
        let intensities = records.map(leading_f32).collect();
        let mut draft = Draft::uniform(source, axis_kind, axis, intensities);
        draft.warn_if_cut(self.points);
        draft.leave_out_blanks();
        draft.metadata = metadata;
        let radiation = &mut draft.metadata.radiation;
        radiation.set_used_angstrom(fields.f64(start + 112)?);
        draft.metadata.drive = Some(drive);
        draft.metadata.time_per_step = Some(TimePerStep::Same(fields.f32(start + 92)?));
        decide_unit(&mut draft, None);
        draft.build(source, |i| Place::Byte(self.data + self.record * i))
    }

    /// The scan type as named in the file, and the axis. The axis follows from that type, or else
    /// from the drive that starts at the first point.
    fn axis(&self, first: f64) -> Result<(String, AxisKind)> {
        let scan = self.fields.text(self.start + 32, 24);
        if let Some(axis) = axis_of_drive(&scan) {
            return Ok((scan, axis));
        }
        let mut at = self.start + RANGE_HEADER;
        while at.saturating_add(SEGMENT_HEADER) <= self.data.min(self.fields.len()) {
            let segment = Segment::at(self.fields, at)?;
            if let Some(drive) = segment.moves_from(first)? {
                let axis = axis_of_drive(&drive);
                return Ok((scan, axis.unwrap_or_else(|| AxisKind::other(drive, ""))));
            }
            at = segment.end();
        }
        Ok((scan.clone(), AxisKind::other(scan, "")))
    }
}
