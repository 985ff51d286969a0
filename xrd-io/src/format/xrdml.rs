//! PANalytical XRDML, schemas 1.0 to 2.3. The namespace changes with the schema and is not used.
//!
//! ```text
//! xrdMeasurements
//!   sample                       id, name
//!   xrdMeasurement               measurementType="Scan", "Area measurement", …
//!     comment                    entry
//!     usedWavelength             intended="K-Alpha 1", "K-Beta", …
//!                                kAlpha1, kAlpha2, kBeta, ratioKAlpha2KAlpha1
//!     incidentBeamPath           xRayTube/anodeMaterial
//!     scan                       scanAxis="Gonio", "2Theta-Omega", "Phi", … status="Completed"
//!       header                   startTimeStamp, source/instrumentControlSoftware
//!       dataPoints
//!         positions              axis="2Theta" unit="deg"
//!           startPosition, endPosition  or  listPositions  or, for a fixed axis, commonPosition
//!         commonCountingTime     or countingTimes, one per point, in seconds
//!         commonBeamAttenuationFactor  or beamAttenuationFactors, one per point
//!         intensities            schemas 1: counts multiplied by the attenuation
//!         counts                 schemas 2: counts as measured
//!       nonAmbientPoints         type="Temperature" unit="K": nonAmbientValues
//! ```
//!
//! Files written by this crate have notes in their comments, after the operator's comment:
//! `key: value`.
//!
//! The element `counts` holds uncorrected values, which are multiplied by the attenuation factors
//! during reading. The element `intensities` already includes these factors. The points of a
//! continuous scan are the middles of its steps. A truncated file may end within the intensities of
//! a scan. If such a scan states only the start and the end of its axis, the step is unknown and
//! the scan is not read.
//!
//! Sources: the published schemas; checked on fourteen files of schemas 1.2 to 2.3. Four of the
//! files were compared with their .csv, .xy and .udf versions.

use std::borrow::Cow;

use roxmltree::Node;

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::drives::{axis_of_drive, measurement_of_area};
use super::kind::Format;
use super::xml::{self, Xml, children, find, name_of, number, text};
use crate::error::Result;
use crate::notes::{self, Notes};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, SigmaOrigin, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader =
    FormatReader::new(Format::PanalyticalXrdml, recognises, read);

const ROOT: &[u8] = b"xrdMeasurements";

/// Whether the first bytes contain the root element, with or without a prefix. Comments may come
/// before the root element.
fn recognises(source: &Source) -> bool {
    const HEAD: usize = 1 << 14;
    let bytes = source.bytes();
    let head = &bytes[..bytes.len().min(HEAD)];
    let is_xml = head.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<');
    let begins = |word: &[u8]| matches!(word[0], b'<' | b':') && word[1..] == *ROOT;
    is_xml && head.windows(ROOT.len() + 1).any(begins)
}

fn read(source: &Source) -> Result<Content> {
    let text = whole(source.require_text()?);
    let xml = Xml::new(source.path, &text)?;
    let document = xml.document()?;
    let root = document.root_element();
    let sample = |name| xml::text(root, &["sample", name]);
    let sample = sample("id").or_else(|| sample("name"));
    let mut scans = Vec::new();
    for measurement in children(root, "xrdMeasurement") {
        let measured = Measured::of(measurement, sample);
        for scan in children(measurement, "scan") {
            let Some(points) = find(scan, &["dataPoints"]) else {
                continue;
            };
            let reading = Reading {
                source,
                xml: &xml,
                measured: &measured,
                scan,
                points,
            };
            match reading.scan() {
                Err(_) if xml.is_cut_in(scan) && !scans.is_empty() => break,
                read => scans.push(read?),
            }
        }
    }
    if let Some(last) = scans.last_mut().filter(|_| xml.is_cut()) {
        last.warn("the file is cut short: only what comes before the cut is read");
    }
    Ok(Content::Scans(scans))
}

/// Information shared by the scans of a measurement.
struct Measured {
    metadata: Metadata,
    /// Whether the scans are part of a pole figure or of a map.
    kind: Kind,
}

impl Measured {
    fn of(measurement: Node, sample: Option<&str>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let element = find(measurement, &["usedWavelength"]);
        let used = |name| element.and_then(|element| number(element, &[name]));
        let intended = element.and_then(|element| element.attribute("intended"));
        let mut radiation = Radiation {
            anode: owned(text(
                measurement,
                &["incidentBeamPath", "xRayTube", "anodeMaterial"],
            )),
            ..Radiation::default()
        };
        if intended.is_some_and(|line| line.eq_ignore_ascii_case("K-Beta")) {
            radiation.set_angstrom(used("kBeta"), None);
        } else {
            radiation.set_angstrom(used("kAlpha1"), used("kAlpha2"));
            radiation.k_alpha2_ratio = used("ratioKAlpha2KAlpha1");
        }
        let metadata = Metadata {
            sample: owned(sample),
            comment: owned(text(measurement, &["comment", "entry"])),
            radiation,
            ..Metadata::default()
        };
        let kind = measurement.attribute("measurementType").unwrap_or_default();
        let kind = match kind.to_ascii_lowercase() {
            kind if kind.contains("pole figure") => Kind::PoleFigure,
            kind if kind.contains("area") => Kind::Area,
            _ => Kind::Scan,
        };
        Self { metadata, kind }
    }
}

/// Kind of a measurement.
#[derive(Clone, Copy)]
enum Kind {
    Scan,
    PoleFigure,
    Area,
}

/// Whether the first and the last position are equal, so that the axis does not move.
fn stands(positions: Node) -> bool {
    let end = |name: &str| number(positions, &[name]);
    matches!((end("startPosition"), end("endPosition")), (Some(a), Some(b)) if a == b)
}

/// A text without blank lines before its declaration, which XML does not allow, and without a DOS
/// end-of-file mark. The rest keeps its position.
fn whole(text: &str) -> Cow<'_, str> {
    let text = text.trim_end_matches(['\u{1a}', ' ', '\r', '\n']);
    let start = text.len() - text.trim_start().len();
    match text[start..].find("?>").filter(|_| start > 0) {
        Some(end) if text[start..].starts_with("<?xml") => {
            let (before, after) = text.split_at(start + end + 2);
            let blank = |c: char| if c.is_whitespace() { c } else { ' ' };
            let before: String = before.chars().map(blank).collect();
            Cow::Owned(before + after)
        }
        _ => Cow::Borrowed(text),
    }
}

struct Reading<'a, 'i> {
    source: &'a Source<'a>,
    xml: &'a Xml<'a>,
    measured: &'a Measured,
    scan: Node<'a, 'i>,
    points: Node<'a, 'i>,
}

impl<'a, 'i: 'a> Reading<'a, 'i> {
    fn scan(&self) -> Result<Scan> {
        let element = self.intensity_element()?;
        let read = self.xml.numbers(element)?;
        let (axis_kind, axis) = self.axis(element, read.len())?;
        let factors = self.attenuation(element, read.len())?.unwrap_or_default();
        let pairs = || read.iter().zip(&factors);
        let is_undone = name_of(element) == "intensities";
        let counted = match is_undone && !factors.is_empty() {
            true => pairs().map(|(y, factor)| y / factor).collect(),
            false => read.clone(),
        };
        let mut draft = Draft::new(self.source, axis_kind, axis, counted);
        draft.metadata = self.metadata()?;
        match self.own_notes() {
            Some(notes) => notes.apply(&mut draft),
            None => decide_unit(&mut draft, element.attribute("unit")),
        }
        if !factors.is_empty() {
            let counted = draft.intensities.iter().zip(&factors);
            let sigma = counted.map(|(y, factor)| y.max(1.0).sqrt() * factor);
            draft.sigma = Some((sigma.collect(), SigmaOrigin::Counting));
            draft.intensities = match is_undone {
                true => read,
                false => pairs().map(|(y, factor)| y * factor).collect(),
            };
            if !is_undone {
                draft.warn("counts are multiplied by their attenuation factors");
            }
        }
        self.note_divergence(&mut draft)?;
        let not_powder = match self.measured.kind {
            Kind::PoleFigure => Some("a pole figure"),
            Kind::Area => Some(measurement_of_area(&draft.axis_kind)),
            Kind::Scan => None,
        };
        draft.not_powder = draft.not_powder.or(not_powder.map(str::to_owned));
        match self.scan.attribute("status") {
            None | Some("Completed") => {}
            Some(status) => draft.warn(format!("the status of the scan is '{status}'")),
        }
        draft.build(self.source, |_| self.xml.place(element))
    }

    fn intensity_element(&self) -> Result<Node<'a, 'i>> {
        let element =
            find(self.points, &["counts"]).or_else(|| find(self.points, &["intensities"]));
        element.ok_or_else(|| {
            let found = "data points without intensities";
            self.xml
                .malformed(self.points, found, "'counts' or 'intensities'")
        })
    }

    /// The axis of the scan: 2θ if it moves, otherwise the axis that the scan is named after.
    fn axis(&self, element: Node, count: usize) -> Result<(AxisKind, Vec<f64>)> {
        let free = |positions: &Node| find(*positions, &["commonPosition"]).is_none();
        let any_moves = children(self.points, "positions").any(|p| free(&p) && !stands(p));
        // If nothing moves, as in a scan of one point, the axes that could move are used.
        let moves = |positions: &Node| free(positions) && !(any_moves && stands(*positions));
        let moving = || children(self.points, "positions").filter(moves);
        let named = |name: &str| moving().find(|p| p.attribute("axis") == Some(name));
        let scan_axis = self.scan.attribute("scanAxis").unwrap_or_default();
        let positions = named("2Theta")
            .or_else(|| named(scan_axis))
            .or_else(|| moving().next());
        let Some(positions) = positions else {
            let found = "data points without positions that move";
            return Err(self
                .xml
                .malformed(self.points, found, "'positions' with start and end"));
        };
        let name = positions.attribute("axis").unwrap_or_default();
        let unit = positions.attribute("unit").unwrap_or_default();
        let kind = axis_of_drive(name).unwrap_or_else(|| AxisKind::other(name, unit));
        Ok((kind, self.positions(positions, element, count)?))
    }

    /// Whether the scan was stopped, so that it may not have reached all listed positions.
    fn is_unfinished(&self) -> bool {
        let status = self.scan.attribute("status");
        status.is_some_and(|status| status != "Completed")
    }

    fn positions(&self, positions: Node, element: Node, count: usize) -> Result<Vec<f64>> {
        if let Some(list) = find(positions, &["listPositions"]) {
            let mut list = self.xml.numbers(list)?;
            if self.xml.is_cut_in(element) || self.is_unfinished() {
                list.truncate(count);
            }
            return Ok(list);
        }
        let ends = (
            number(positions, &["startPosition"]),
            number(positions, &["endPosition"]),
        );
        let (Some(start), Some(end)) = ends else {
            let found = "positions without start and end";
            return Err(self
                .xml
                .malformed(positions, found, "'startPosition' and 'endPosition'"));
        };
        if self.xml.is_cut_in(element) {
            let found = format!("the file ends within the '{}'", name_of(element));
            return Err(self.xml.malformed(
                element,
                found,
                "all of them, since the step follows from their number",
            ));
        }
        let steps = count.saturating_sub(1).max(1) as f64;
        Ok((0..count)
            .map(|i| start + (end - start) * i as f64 / steps)
            .collect())
    }

    /// The attenuation of each point, if stated.
    fn attenuation(&self, element: Node, points: usize) -> Result<Option<Vec<f64>>> {
        let common = find(self.points, &["commonBeamAttenuationFactor"]);
        let Some(place) = find(self.points, &["beamAttenuationFactors"]).or(common) else {
            return Ok(None);
        };
        let mut factors = self.xml.numbers(place)?;
        if let (true, [factor]) = (Some(place) == common, &factors[..]) {
            factors = vec![*factor; points];
        }
        if self.xml.is_cut_in(place) || self.xml.is_cut_in(element) {
            factors.resize(points, 1.0);
        }
        if factors.len() != points {
            let found = format!("{} attenuation factors", factors.len());
            let expected = format!("{points} as there are intensities");
            return Err(self.xml.malformed(place, found, expected));
        }
        let is_one = factors.iter().all(|factor| *factor == 1.0);
        Ok((!is_one).then_some(factors))
    }

    /// Warns about beam length corrections stored next to the intensities.
    fn note_divergence(&self, draft: &mut Draft) -> Result<()> {
        let common = find(self.points, &["commonDivergenceCorrection"]);
        if let Some(element) = find(self.points, &["divergenceCorrections"]).or(common) {
            let corrections = self.xml.numbers(element)?;
            if corrections.iter().any(|c| *c != 1.0) {
                draft.warn("not used: the divergence corrections; intensities are as measured");
            }
        }
        Ok(())
    }

    /// The notes in the comments of a file written by this crate, which state the unit.
    fn own_notes(&self) -> Option<Notes> {
        let software = find(self.scan, &["header", "source"])
            .and_then(|source| text(source, &["applicationSoftware"]));
        software.filter(|name| *name == notes::WRITER)?;
        let comment = find(self.scan.parent()?, &["comment"])?;
        let entries = children(comment, "entry").skip(1);
        Some(notes::read(entries.filter_map(|entry| entry.text())))
    }

    fn metadata(&self) -> Result<Metadata> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let source = find(self.scan, &["header", "source"]);
        Ok(Metadata {
            date: owned(text(self.scan, &["header", "startTimeStamp"])),
            instrument: owned(source.and_then(|s| text(s, &["instrumentControlSoftware"]))),
            temperature_k: self.temperature()?,
            drive: owned(self.scan.attribute("scanAxis")),
            time_per_step: self.time_per_step()?,
            ..self.measured.metadata.clone()
        })
    }

    fn time_per_step(&self) -> Result<Option<TimePerStep>> {
        if let Some(times) = find(self.points, &["countingTimes"]) {
            return Ok(Some(TimePerStep::Each(self.xml.numbers(times)?)));
        }
        let time = number(self.points, &["commonCountingTime"]);
        Ok(time.map(TimePerStep::Same))
    }

    /// The mean temperature during the scan.
    fn temperature(&self) -> Result<Option<f64>> {
        let kelvin = |points: &Node| {
            points.attribute("type") == Some("Temperature") && points.attribute("unit") == Some("K")
        };
        let points = children(self.scan, "nonAmbientPoints").find(kelvin);
        let Some(values) = points.and_then(|p| find(p, &["nonAmbientValues"])) else {
            return Ok(None);
        };
        let values = self.xml.numbers(values)?;
        Ok((!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64))
    }
}
