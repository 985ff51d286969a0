//! Philips PC-APD scans (.rd, .sd): `V3RD`, `V5RD` and the older `D3RD`. All numbers are
//! little-endian.
//!
//! ```text
//!   0  "V3", "V5" or "D3"                 128  u16  step / 0.005°, u16  first, u16  last
//!   2  "RD": a scan                       136  u16  the largest number stored
//!      "DI": peaks, "BK": a background,   138  text of 8: the file, text of 20: the sample
//!      "2D": a second derivative          214  f64  step, f64  first, f64  last; not in D3
//!  84  u8   the diffractometer            250  u16  √(100 × counts), one per point; in V5 from
//!  94  f64  Kα1 in Å, Kα2, Kα2 : Kα1           810, or 806 by another source: the length of
//! 126  u8   0 step by step, else               the file decides
//!           continuous
//! ```
//!
//! Counts are ⌊v² / 100⌋, where v is the stored number. In a continuous scan each point is the
//! middle of its step. The first point is therefore half a step above the first angle, and there is
//! one point fewer than there are angles. Sources disagree on the meaning of the anode code at byte
//! 85, so the anode is derived from the wavelength.
//!
//! The format is not published. The reader is based on the sources below; the format is never
//! written.
//!
//! Sources: DASH (CCDC, PolyLoadFiles.f90), xylib (M. Wojdyr) and rietx; checked on two files
//! against their .xrdml versions. No real V5 or D3 file was available.

use xrd_core::IntensityUnit;

use super::binary::Fields;
use super::content::{Content, FormatReader, no_scan};
use super::kind::Format;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, UnitEvidence};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(Format::PhilipsRd, recognises, read);

/// Diffractometers by the code at byte 84.
const DIFFRACTOMETERS: [&str; 6] = ["PW1800", "PW1710", "PW1840", "PW3710", "", "X'Pert MPD"];

/// Kα1 in Å of the common anodes (Bearden, 1967).
const ANODES: [(&str, f64); 6] = [
    ("Cr", 2.28970),
    ("Fe", 1.936042),
    ("Co", 1.788965),
    ("Cu", 1.540562),
    ("Mo", 0.709300),
    ("Ag", 0.559408),
];

fn recognises(source: &Source) -> bool {
    match source.bytes() {
        [b'V', b'3' | b'5', kind @ ..] | [b'D', b'3', kind @ ..] => {
            ["RD", "DI", "BK", "2D"]
                .iter()
                .any(|k| kind.starts_with(k.as_bytes()))
                && source.text().is_none()
        }
        _ => false,
    }
}

fn read(source: &Source) -> Result<Content> {
    let what = match &source.bytes()[2..4] {
        b"DI" => Some("a Philips list of peaks"),
        b"BK" => Some("a Philips background"),
        b"2D" => Some("a Philips second derivative"),
        _ => None,
    };
    if let Some(what) = what {
        return Err(no_scan(source, what.to_owned()));
    }
    let fields = Fields::of(source);
    let range = Range::of(fields)?;
    let records = fields.records(range.data, range.points, 2);
    let stored: Vec<u16> = records.map(|r| u16::from_le_bytes([r[0], r[1]])).collect();
    range.check_largest(fields, &stored)?;
    let counts = stored
        .iter()
        .map(|&v| f64::from(u32::from(v).pow(2) / 100))
        .collect();
    let axis = (range.first, range.step);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, counts);
    draft.warn_if_cut(range.points);
    draft.metadata = metadata(fields)?;
    draft.unit(IntensityUnit::Counts, UnitEvidence::Format);
    let scan = draft.build(source, |i| Place::Byte(range.data + 2 * i))?;
    Ok(Content::Scans(vec![scan]))
}

struct Range {
    first: f64,
    step: f64,
    points: usize,
    /// The offset of the numbers.
    data: usize,
}

impl Range {
    fn of(fields: Fields) -> Result<Self> {
        let is_old = fields.text(0, 2) == "D3";
        let (step, first, last) = if is_old {
            let angle = |at| fields.u16(at).map(|packed| f64::from(packed) / 200.0);
            (angle(128)?, angle(130)?, angle(132)?)
        } else {
            (fields.f64(214)?, fields.f64(222)?, fields.f64(230)?)
        };
        let steps = ((last - first) / step).round();
        if !(step > 0.0 && (0.0..1e6).contains(&steps)) {
            let found = format!("steps of {step} from {first} to {last} degrees");
            let at = if is_old { 128 } else { 214 };
            return Err(fields.malformed(at, found, "an increasing range of angles"));
        }
        let is_continuous = fields.u8(126)? > 0;
        let points = steps as usize + usize::from(!is_continuous);
        Ok(Self {
            first: if is_continuous {
                first + step / 2.0
            } else {
                first
            },
            step,
            points,
            data: match &*fields.text(0, 2) {
                "V5" if fields.len() == 806 + 2 * points => 806,
                "V5" => 810,
                _ => 250,
            },
        })
    }

    /// Checks that the largest number of a complete file is the one stated in its header.
    fn check_largest(&self, fields: Fields, stored: &[u16]) -> Result<()> {
        let stated = fields.u16(136)?;
        let largest = stored.iter().copied().max().unwrap_or(0);
        if stored.len() == self.points && stated != 0 && stated != largest {
            let found = format!("{stated} as the largest number stored");
            return Err(fields.malformed(136, found, format!("{largest} as in the data")));
        }
        Ok(())
    }
}

fn metadata(fields: Fields) -> Result<Metadata> {
    let model = DIFFRACTOMETERS.get(usize::from(fields.u8(84)?));
    let model = model.filter(|model| !model.is_empty());
    let k_alpha1 = fields.f64(94)?;
    let anode = ANODES
        .iter()
        .find(|(_, of_anode)| (k_alpha1 - of_anode).abs() < 1e-3);
    let mut radiation = Radiation {
        anode: anode.map(|(symbol, _)| (*symbol).to_owned()),
        k_alpha2_ratio: Some(fields.f64(110)?),
        ..Radiation::default()
    };
    radiation.set_angstrom(Some(k_alpha1), Some(fields.f64(102)?));
    Ok(Metadata {
        sample: fields.some_text(146, 20),
        instrument: model.map(|model| format!("Philips {model}")),
        radiation,
        ..Metadata::default()
    })
}
