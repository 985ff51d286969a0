//! Bruker RAW, version 3 (`RAW1.01`), written by DIFFRAC plus. All numbers are little-endian.
//!
//! ```text
//!   0  "RAW1.01"                           386  text of 160: the comment
//!   8  u32  1 done, 2 running, 3 aborted,  564  f32  radius of the goniometer in mm
//!           4 interrupted                  608  text of 4: the anode
//!  12  u32  ranges                         624  f64  Kα1 in Å, f64  Kα2
//!  16  text of 10: the date, 10: the time  648  f64  Kα2 : Kα1
//! 326  text of 60: the sample              656  text of 4: the unit of the wavelengths, A or nm
//!                                          712  the first range:
//!
//!   +0  u32  length of this header, 304    +176  f64  step
//!   +4  u32  points                        +192  f32  seconds per step
//!   +8  f64  first θ, 2θ, χ, φ, x, y, z    +196  u32  type of the scan, as below
//!                                          +212  f32  temperature in K
//!  +240  f64  wavelength used, in Å        +252  u32  length of a record, 4 or more
//!  +248  u32  the varied axes: 1 is 2θ         +256  u32  length of further headers
//!  then the further headers, then one record per point, then the next range
//!
//!  record: f32  intensity, then one f64 for each bit of the varied axes, 2θ first
//! ```
//!
//! Sources: the manual of DIFFRAC plus XCH as quoted in xylib (A. Breslau, M. Wojdyr), reductus (P.
//! Kienzle) and DASH (CCDC); checked on eight files.

use super::binary::{Fields, begins, leading_f32};
use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::BrukerRaw3,
    |source| begins(source, b"RAW1.01"),
    read,
);

const FIRST_RANGE: usize = 712;
const RANGE_HEADER: usize = 304;

fn read(source: &Source) -> Result<Content> {
    let fields = Fields::of(source);
    let metadata = metadata(fields)?;
    let ranges = fields.count(12)?;
    let mut scans: Vec<Scan> = Vec::new();
    let mut start = FIRST_RANGE;
    for number in 0..ranges {
        if number > 0 && fields.len() < start.saturating_add(RANGE_HEADER) {
            fields.warn_of_missing(&mut scans, ranges - number);
            break;
        }
        let range = Range::at(fields, start)?;
        if range.points > 0 {
            scans.push(range.scan(source, metadata.clone())?);
        }
        start = range.end();
    }
    let fate = match fields.u32(8)? {
        2 => Some("the measurement was still running"),
        3 => Some("the measurement was aborted"),
        4 => Some("the measurement was interrupted"),
        _ => None,
    };
    if let (Some(fate), Some(last)) = (fate, scans.last_mut()) {
        last.warn(fate);
    }
    Ok(Content::Scans(scans))
}

fn metadata(fields: Fields) -> Result<Metadata> {
    let mut radiation = Radiation {
        anode: fields.some_text(608, 4),
        k_alpha2_ratio: Some(fields.f64(648)?),
        ..Radiation::default()
    };
    radiation.set_angstrom(Some(angstrom(fields, 624)?), Some(angstrom(fields, 632)?));
    Ok(Metadata {
        date: fields.date(16, 10),
        sample: fields.some_text(326, 60),
        comment: fields.some_text(386, 160),
        radiation,
        ..Metadata::default()
    })
}

/// A wavelength in Å, converted from the unit of the file.
fn angstrom(fields: Fields, at: usize) -> Result<f64> {
    let unit = fields.text(656, 4);
    let factor = if unit.eq_ignore_ascii_case("nm") {
        10.0
    } else {
        1.0
    };
    Ok(factor * fields.f64(at)?)
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
        let header = fields.count(start)?;
        if header < RANGE_HEADER {
            let found = format!("a range header of {header} bytes");
            return Err(fields.malformed(start, found, "at least 304"));
        }
        let record = fields.count(start + 252)?;
        if record < 4 {
            let found = format!("records of {record} bytes");
            return Err(fields.malformed(start + 252, found, "at least 4"));
        }
        let further = fields.count(start + 256)?;
        Ok(Self {
            fields,
            start,
            points: fields.count(start + 4)?,
            data: start.saturating_add(header).saturating_add(further),
            record,
        })
    }

    fn end(&self) -> usize {
        self.data
            .saturating_add(self.points.saturating_mul(self.record))
    }

    fn scan(&self, source: &Source, metadata: Metadata) -> Result<Scan> {
        let f64 = |offset| self.fields.f64(self.start + offset);
        let f32 = |offset| self.fields.f32(self.start + offset);
        let kind = ScanKind::of(self.fields.u32(self.start + 196)?);
        let intensities = self.records().map(leading_f32).collect();
        let axis = (f64(kind.first_at)?, f64(176)?);
        let mut draft = Draft::uniform(source, kind.axis, axis, intensities);
        if let Some(axis) = self.measured_two_theta(&draft.axis_kind)? {
            draft.axis = axis;
        }
        draft.warn_if_cut(self.points);
        draft.leave_out_blanks();
        draft.metadata = metadata;
        let radiation = &mut draft.metadata.radiation;
        radiation.set_used_angstrom(angstrom(self.fields, self.start + 240)?);
        draft.metadata.drive = Some(kind.drive);
        draft.metadata.time_per_step = Some(TimePerStep::Same(f32(192)?));
        draft.metadata.temperature_k = Some(f32(212)?).filter(|kelvin| *kelvin > 0.0);
        decide_unit(&mut draft, None);
        draft.build(source, |i| Place::Byte(self.data + self.record * i))
    }

    fn records(&self) -> std::slice::ChunksExact<'a, u8> {
        self.fields.records(self.data, self.points, self.record)
    }

    /// 2θ of each point, if the records contain it.
    fn measured_two_theta(&self, axis: &AxisKind) -> Result<Option<Vec<f64>>> {
        let varies = self.fields.u32(self.start + 248)? & 1 == 1;
        if !varies || self.record < 12 || *axis != AxisKind::TwoThetaDeg {
            return Ok(None);
        }
        let two_theta = |record: &[u8]| {
            let bytes = record[4..].first_chunk().copied().unwrap_or_default();
            f64::from_le_bytes(bytes)
        };
        Ok(Some(self.records().map(two_theta).collect()))
    }
}

/// The axis moved by a type of scan.
struct ScanKind {
    drive: String,
    axis: AxisKind,
    /// The offset in the range header of the first value of this axis.
    first_at: usize,
}

impl ScanKind {
    fn of(code: u32) -> Self {
        let mm = |name| AxisKind::other(name, "mm");
        let (drive, axis, first_at) = match code {
            0 => ("locked coupled", AxisKind::TwoThetaDeg, 16),
            1 => ("unlocked coupled", AxisKind::TwoThetaDeg, 16),
            2 => ("detector scan", AxisKind::TwoThetaDeg, 16),
            3 => ("rocking curve", AxisKind::OmegaDeg, 8),
            4 => ("chi scan", AxisKind::ChiDeg, 24),
            5 => ("phi scan", AxisKind::PhiDeg, 32),
            6 => ("x scan", mm("x"), 40),
            7 => ("y scan", mm("y"), 48),
            8 => ("z scan", mm("z"), 56),
            9 => ("aux1 scan", AxisKind::other("aux1", ""), 144),
            10 => ("aux2 scan", AxisKind::other("aux2", ""), 152),
            11 => ("aux3 scan", AxisKind::other("aux3", ""), 160),
            12 => ("psi scan", AxisKind::ChiDeg, 24),
            13 => ("hkl scan", AxisKind::other("hkl", ""), 16),
            14 => (
                "reciprocal space scan",
                AxisKind::other("reciprocal space", ""),
                16,
            ),
            20 => ("unlocked coupled", AxisKind::TwoThetaDeg, 16),
            129 => ("PSD fixed scan", AxisKind::TwoThetaDeg, 16),
            130 => ("PSD fast scan", AxisKind::TwoThetaDeg, 16),
            _ => return Self::unknown(code),
        };
        Self {
            drive: drive.to_owned(),
            axis,
            first_at,
        }
    }

    fn unknown(code: u32) -> Self {
        let drive = format!("scan of type {code}");
        Self {
            axis: AxisKind::other(drive.clone(), ""),
            drive,
            first_at: 16,
        }
    }
}
