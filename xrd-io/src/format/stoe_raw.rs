//! STOE RAW (`RAW_1.0x`) written by WinXPOW: records of 512 bytes, numbered from 1. All numbers are
//! little-endian.
//!
//! ```text
//! record 1:   0  "RAW_1.06"                    318  u16  kV, u16  mA
//!            16  text of 16: the date          322  f32  Kα1 in Å, f32  Kα2
//!            32  text of 80: the title         360  u16  1 a 2θ scan, 2 ω, 3 2θ with ω, 4 free
//!           112  text of 192: the comment      378  u16  ranges measured, 8 at most
//!           310  u16  the anode: 1 Ag, 2 Mo,   480  8 × u16  record numbers of the range headers
//!                3 Cu, 4 Co, 5 Fe, 6 Cr
//! range:      0  text of 16: its start         44  f32  first 2θ, f32  first ω
//!            34  u16  points                   60  f32  step of 2θ, f32  step of ω
//!            38  u16  0 for u32, 1 for u16     68  f32  seconds per step
//!            40  f32  scale of the numbers    118  u16  bits of the processing steps
//!           512  intensities times the scale, from the next record on
//! ```
//!
//! A scale below 1 counts as 1. The range header also has an average temperature. It is ignored,
//! because its unit depends on the device and is not stated.
//!
//! Source: the structures in DASH (CCDC, LoadRAWFiles.f90); checked on one file.

use super::binary::{Fields, begins};
use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader =
    FormatReader::new(Format::StoeRaw, |source| begins(source, b"RAW_1.0"), read);

const RECORD: usize = 512;
const MOST_RANGES: usize = 8;
const ANODES: [&str; 6] = ["Ag", "Mo", "Cu", "Co", "Fe", "Cr"];
/// Processing steps recorded in the history bits of a range, starting at bit 4.
const DONE: [&str; 6] = [
    "its 2θ scale was changed",
    "it was smoothed",
    "its background was subtracted",
    "its Kα2 was stripped",
    "it was modified",
    "it was corrected for absorption",
];

fn read(source: &Source) -> Result<Content> {
    let fields = Fields::of(source);
    let metadata = metadata(fields)?;
    let ranges = usize::from(fields.u16(378)?).min(MOST_RANGES);
    let mut scans: Vec<Scan> = Vec::new();
    for number in 0..ranges {
        let at = 480 + 2 * number;
        let record = usize::from(fields.u16(at)?);
        if record < 2 {
            return Err(fields.malformed(at, format!("record {record}"), "at least 2"));
        }
        let start = (record - 1) * RECORD;
        if number > 0 && fields.len() < start + RECORD {
            fields.warn_of_missing(&mut scans, ranges - number);
            break;
        }
        let points = usize::from(fields.u16(start + 34)?);
        if points > 0 {
            scans.push(range(source, start, points, metadata.clone())?);
        }
    }
    Ok(Content::Scans(scans))
}

fn metadata(fields: Fields) -> Result<Metadata> {
    let anode = ANODES.get(usize::from(fields.u16(310)?).wrapping_sub(1));
    let mut radiation = Radiation {
        anode: anode.map(|symbol| (*symbol).to_owned()),
        ..Radiation::default()
    };
    radiation.set_angstrom(Some(fields.f32(322)?), Some(fields.f32(326)?));
    Ok(Metadata {
        date: fields.some_text(16, 16),
        sample: fields.some_text(32, 80),
        comment: fields.some_text(112, 192),
        radiation,
        ..Metadata::default()
    })
}

fn range(source: &Source, start: usize, points: usize, metadata: Metadata) -> Result<Scan> {
    let fields = Fields::of(source);
    let data = start + RECORD;
    let size = if fields.u16(start + 38)? == 1 { 2 } else { 4 };
    let scale = fields.f32(start + 40)?.max(1.0);
    let records = fields.records(data, points, size);
    let intensities = records.map(|record| unsigned(record) / scale).collect();
    let (drive, axis_kind) = kind(fields.u16(360)?);
    let (first, step) = match axis_kind {
        AxisKind::OmegaDeg => (48, 64),
        _ => (44, 60),
    };
    let axis = (fields.f32(start + first)?, fields.f32(start + step)?);
    let mut draft = Draft::uniform(source, axis_kind, axis, intensities);
    draft.warn_if_cut(points);
    draft.metadata = metadata;
    draft.metadata.drive = Some(drive.to_owned());
    draft.metadata.time_per_step = Some(TimePerStep::Same(fields.f32(start + 68)?));
    let history = fields.u16(start + 118)?;
    for (bit, done) in DONE.iter().enumerate() {
        if history >> (bit + 4) & 1 == 1 {
            draft.warn(format!("the file says of this range that {done}"));
        }
    }
    decide_unit(&mut draft, None);
    draft.build(source, |i| Place::Byte(data + size * i))
}

fn unsigned(record: &[u8]) -> f64 {
    let bytes = record.iter().rev();
    bytes.fold(0.0, |value, byte| 256.0 * value + f64::from(*byte))
}

fn kind(code: u16) -> (&'static str, AxisKind) {
    match code {
        1 => ("2theta", AxisKind::TwoThetaDeg),
        2 => ("omega", AxisKind::OmegaDeg),
        3 => ("2theta/omega", AxisKind::TwoThetaDeg),
        _ => ("free", AxisKind::TwoThetaDeg),
    }
}
