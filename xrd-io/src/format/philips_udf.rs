//! Philips and PANalytical UDF: one scan as text.
//!
//! ```text
//! SampleIdent,7059,/                       name, value, /
//! Anode,Cu,/
//! LabdaAlpha1, 1.540598,/                  Kα1 in Å; LabdaAlpha2, RatioAlpha21 = Kα2 : Kα1
//! FileDateTime,11-mar-2025 12:20,/         values may have commas
//! DataAngleRange,   5.02626,  79.97391,/   first and last 2θ
//! ScanStepSize, 0.05252112726,/
//! ScanType,CONTINUOUS,/                    the angles are already those of the bin centres
//! ScanStepTime, 43.605,/                   seconds
//! RawScan
//!     3383,    3406,    3171 ...           intensities, no comma at the end of a line
//!      603,     571,/
//! ```
//!
//! Sources: files of PC-APD and X'Pert, one of them compared with its XRDML version; DASH (CCDC).

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use super::lines::{Line, lines};
use super::steps::{StatedAxis, decimals};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Metadata, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(Format::PhilipsUdf, recognises, read);

/// Whether the first line is a header name with its value and the closing slash. The slash may be
/// missing after the sample name.
fn recognises(source: &Source) -> bool {
    const LONGEST_HEAD: usize = 100;
    let text = source.text().unwrap_or_default();
    let mut head = lines(text)
        .map(|l| l.text.trim())
        .filter(|l| !l.is_empty())
        .take(LONGEST_HEAD);
    let starts = |line: &str, word: &str| {
        let start = line.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let Some(first) = head.next() else {
        return false;
    };
    let is_pair = first.contains(',') && first.ends_with('/');
    starts(first, "SampleIdent,") || is_pair && head.any(|line| starts(line, "RawScan"))
}

fn read(source: &Source) -> Result<Content> {
    let mut lines = lines(source.require_text()?);
    let mut head = Head::default();
    for line in lines.by_ref() {
        let text = line.text.trim();
        if text
            .get(..7)
            .is_some_and(|t| t.eq_ignore_ascii_case("RawScan"))
        {
            break;
        }
        if let Some((name, value)) = text.split_once(',') {
            let value = value.trim_end_matches('/').trim_end_matches(',').trim();
            head.set(name.trim(), value);
        }
    }
    let (Some((start, end)), Some(step)) = (head.range, head.step) else {
        let found = "no DataAngleRange or ScanStepSize before RawScan";
        return Err(Error::malformed(source.path, Place::File, found, "both"));
    };
    let mut intensities = Vec::new();
    let mut is_whole = false;
    for line in lines {
        is_whole = take(source, line, &mut intensities)?;
        if is_whole {
            break;
        }
    }
    let stated = StatedAxis {
        first: start,
        last: end,
        step,
        decimals: head.decimals,
    };
    let step = match is_whole {
        true => stated.step_of(intensities.len()),
        false => step,
    };
    let axis = (start, step);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, intensities);
    draft.metadata = head.metadata;
    let announced = ((end - start) / step).round().clamp(0.0, 1e9) as usize + 1;
    let found = draft.intensities.len();
    if !is_whole {
        draft.warn_if_cut(announced);
    } else if found != announced {
        draft.warn(format!(
            "{found} points, where range and step announce {announced}"
        ));
    }
    decide_unit(&mut draft, None);
    let scan = draft.build(source, |_| Place::File)?;
    Ok(Content::Scans(vec![scan]))
}

/// Adds the intensities of a line; returns true if the line ends the scan.
fn take(source: &Source, line: Line, intensities: &mut Vec<f64>) -> Result<bool> {
    let (values, is_end) = match line.text.split_once('/') {
        Some((values, _)) => (values, true),
        None => (line.text, false),
    };
    let mut words = values
        .split([',', ' ', '\t'])
        .filter(|w| !w.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        // A number at the end of the file may be incomplete.
        if line.is_open && !is_end && words.peek().is_none() {
            break;
        }
        let Some(value) = word.parse::<f64>().ok().filter(|v| v.is_finite()) else {
            let found = format!("'{}'", shorten(word));
            let place = Place::Line(line.number);
            return Err(Error::malformed(source.path, place, found, "an intensity"));
        };
        intensities.push(value);
    }
    Ok(is_end)
}

#[derive(Default)]
struct Head {
    metadata: Metadata,
    range: Option<(f64, f64)>,
    step: Option<f64>,
    /// The number of decimals of the step.
    decimals: Option<i32>,
}

impl Head {
    fn set(&mut self, name: &str, value: &str) {
        let text = Some(value.to_owned()).filter(|v| !v.is_empty());
        let number = value.parse::<f64>().ok().filter(|v| v.is_finite());
        let radiation = &mut self.metadata.radiation;
        match name.to_ascii_lowercase().as_str() {
            "sampleident" => self.metadata.sample = text,
            "title1" => self.metadata.comment = text,
            "filedatetime" => self.metadata.date = text,
            "diffrtype" => self.metadata.instrument = text,
            "scantype" => self.metadata.drive = text,
            "scansteptime" => self.metadata.time_per_step = number.map(TimePerStep::Same),
            "anode" => radiation.anode = text,
            "labdaalpha1" => {
                radiation.set_angstrom(number, radiation.k_alpha2.map(|w| w.as_angstrom()));
            }
            "labdaalpha2" => {
                radiation.set_angstrom(radiation.wavelength.map(|w| w.as_angstrom()), number);
            }
            "ratioalpha21" => radiation.k_alpha2_ratio = number,
            "scanstepsize" => {
                self.step = number.filter(|s| *s != 0.0);
                self.decimals = decimals(value);
            }
            "dataanglerange" => self.range = pair(value),
            _ => {}
        }
    }
}

/// Two numbers separated by a comma.
fn pair(text: &str) -> Option<(f64, f64)> {
    let (a, b) = text.split_once(',')?;
    let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite());
    Some((number(a)?, number(b)?))
}
