//! Siemens/Bruker RAW, version 2. All numbers are little-endian.
//!
//! ```text
//!   0  "RAW2"                              188  text of 2: the anode
//!   4  u16  ranges                         190  f32  Kα1 in Å, f32  Kα2, f32  Kα2 : Kα1
//!   8  text of 32: the sample              256  the first range:
//!  40  text of 128: the comment                 +0  u16  length of its header, at least 48
//! 168  text of 10: the date, 10: the time       +2  u16  points
//!                                               +8  f32  seconds per step, f32  step, f32  first 2θ
//!                                              +46  u16  temperature in K
//!                                                   f32  intensity, one per point; then the next
//! ```
//!
//! Source: the readers of xylib (M. Wojdyr) and DASH (CCDC), checked on one file.

use super::binary::{Fields, begins, leading_f32};
use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader =
    FormatReader::new(Format::BrukerRaw2, |source| begins(source, b"RAW2"), read);

const FIRST_RANGE: usize = 256;
const SHORTEST_HEADER: usize = 48;

fn read(source: &Source) -> Result<Content> {
    let fields = Fields::of(source);
    let ranges = usize::from(fields.u16(4)?);
    let metadata = metadata(fields)?;
    let mut scans: Vec<Scan> = Vec::new();
    let mut start = FIRST_RANGE;
    for number in 0..ranges {
        if number > 0 && fields.len() < start + SHORTEST_HEADER {
            fields.warn_of_missing(&mut scans, ranges - number);
            break;
        }
        let header = usize::from(fields.u16(start)?);
        if header < SHORTEST_HEADER {
            let found = format!("a header of {header} bytes");
            return Err(fields.malformed(start, found, "at least 48"));
        }
        let points = usize::from(fields.u16(start + 2)?);
        if points > 0 {
            scans.push(range(source, (start, header, points), metadata.clone())?);
        }
        start += header + 4 * points;
    }
    Ok(Content::Scans(scans))
}

fn metadata(fields: Fields) -> Result<Metadata> {
    let mut radiation = Radiation {
        anode: fields.some_text(188, 2),
        k_alpha2_ratio: Some(fields.f32(198)?),
        ..Radiation::default()
    };
    radiation.set_angstrom(Some(fields.f32(190)?), Some(fields.f32(194)?));
    Ok(Metadata {
        sample: fields.some_text(8, 32),
        comment: fields.some_text(40, 128),
        date: fields.date(168, 10),
        radiation,
        ..Metadata::default()
    })
}

fn range(
    source: &Source,
    (start, header, points): (usize, usize, usize),
    metadata: Metadata,
) -> Result<Scan> {
    let fields = Fields::of(source);
    let data = start + header;
    let intensities = fields.records(data, points, 4).map(leading_f32).collect();
    let axis = (fields.f32(start + 16)?, fields.f32(start + 12)?);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, intensities);
    draft.warn_if_cut(points);
    draft.metadata = metadata;
    draft.metadata.time_per_step = Some(TimePerStep::Same(fields.f32(start + 8)?));
    let kelvin = fields.u16(start + 46)?;
    let is_known = kelvin != 0 && kelvin != u16::MAX;
    draft.metadata.temperature_k = is_known.then(|| kelvin.into());
    decide_unit(&mut draft, None);
    draft.build(source, |i| Place::Byte(data + 4 * i))
}
