//! Bruker BRML, written by DIFFRAC.SUITE: a zip archive of XML files.
//!
//! ```text
//! Experiment0/DataContainer.xml
//!   RawDataReferenceList           string: "Experiment0/RawData0.xml", the scans in their order
//!   ExperimentInfo/InstrumentDescription   DeviceTypeDesc or InstrumentName
//!   MeasurementInfo                SampleName, Comment
//! Experiment0/RawData0.xml
//!   TimeStampStarted
//!   DataRoutes/DataRoute           RouteFlag="Measured"
//!     ScanInformation              ScanName="LockedCoupled", "TwoThetaOmegaScan", …
//!       MeasurementPoints, TimePerStepEffective
//!     Datum                        "76.8,1,10.0001,5.0001,1493", one per point
//!     DataViews/RawDataView        what the columns of Datum are: Start, Length and
//!       xsi:type="FixedRawDataView"     LogicName="MeasuredTime", "AbsorptionFactor"
//!       xsi:type="VaryingRawDataView"   FieldDefinitions AxisId="TwoTheta", one per column
//!       xsi:type="RecordedRawDataView"  Recording LogicName="ScanCounter" Category="Count",
//!                                       its Unit Base="Counts"
//!   FixedInformation/…/Tube        WaveLengthAlpha1, WaveLengthAlpha2, WaveLengthRatio: Value;
//!                                  TubeMaterial
//! ```
//!
//! The intensities are already multiplied by the absorption factor. Two facts show this. Where the
//! factor changes during a scan, the intensities continue smoothly. Divided by the factor, the
//! intensities are whole numbers. A `RecordedRawDataView` with more than one column is a frame of a
//! line detector. An intensity of −9999 means that the point was not measured.
//!
//! Sources: rietx and PyXRD for the meaning of the names; checked on three files, two of them
//! against the same scans in other formats.

use std::collections::HashSet;

use roxmltree::Node;

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::drives::axis_of_drive;
use super::kind::Format;
use super::members::{Members, has_member};
use super::xml::{Xml, children, find, name_of, number, text};
use crate::error::{Error, Result};
use crate::scan::{AxisKind, BLANK, Draft, Metadata, Scan, SigmaOrigin, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::BrukerBrml,
    |source| has_member(source, is_of_experiment),
    read,
);

fn is_container(name: &str) -> bool {
    name.ends_with("DataContainer.xml")
}

/// Whether a member belongs to the files that every experiment folder has.
fn is_of_experiment(name: &str) -> bool {
    is_raw_data(name) || name.starts_with("Experiment") && name.ends_with("Container.xml")
}

fn is_raw_data(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("RawData") && name.ends_with(".xml")
}

fn read(source: &Source) -> Result<Content> {
    let members = Members::open(source)?;
    if !members.names().any(is_container) {
        // A truncated file may lack the container.
        let mut scans = Vec::new();
        for name in members.names().filter(|name| is_raw_data(name)) {
            let about = Metadata::default();
            scans.extend(members.read(name, |member| raw_data_of(source, member, &about))?);
        }
        return Ok(Content::Scans(scans));
    }
    let (mut scans, mut seen) = (Vec::new(), HashSet::new());
    for container in members.names().filter(|name| is_container(name)) {
        let (raw_data, metadata) = members.read(container, container_of)?;
        // A list may repeat names; each member is read only once.
        for name in raw_data
            .into_iter()
            .filter(|name| seen.insert(name.clone()) && !members.is_lost(name))
        {
            scans.extend(members.read(&name, |member| raw_data_of(source, member, &metadata))?);
        }
    }
    Ok(Content::Scans(scans))
}

/// The names of the members that contain scans, and the metadata common to all scans.
fn container_of(member: &Source) -> Result<(Vec<String>, Metadata)> {
    let xml = Xml::new(member.path, member.require_text()?)?;
    let document = xml.document()?;
    let root = document.root_element();
    let list = find(root, &["RawDataReferenceList"]);
    let names = list.into_iter().flat_map(|list| children(list, "string"));
    let names = names
        .filter_map(|string| Some(string.text()?.trim().to_owned()))
        .collect();
    let owned = |text: Option<&str>| {
        text.map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let mut metadata = Metadata::default();
    let info = find(root, &["MeasurementInfo"]);
    metadata.sample = owned(info.and_then(|info| info.attribute("SampleName")));
    metadata.comment = owned(info.and_then(|info| info.attribute("Comment")));
    let instrument = find(root, &["ExperimentInfo", "InstrumentDescription"]);
    let instrument_text = |name| instrument.and_then(|i| text(i, &[name]));
    metadata.instrument =
        owned(instrument_text("DeviceTypeDesc").or_else(|| instrument_text("InstrumentName")));
    Ok((names, metadata))
}

/// The scans of a member: its measured routes, or all routes if none is marked as measured.
fn raw_data_of(source: &Source, member: &Source, metadata: &Metadata) -> Result<Vec<Scan>> {
    let xml = Xml::new(member.path, member.require_text()?)?;
    let document = xml.document()?;
    let root = document.root_element();
    let mut metadata = metadata.clone();
    metadata.date = text(root, &["TimeStampStarted"]).map(str::to_owned);
    tell_radiation(root, &mut metadata);
    let routes = find(root, &["DataRoutes"]);
    let routes: Vec<Node> = routes
        .iter()
        .flat_map(|routes| children(*routes, "DataRoute"))
        .collect();
    let is_measured = |route: &&Node| route.attribute("RouteFlag") == Some("Measured");
    let any_measured = routes.iter().any(|route| is_measured(&route));
    let routes = routes
        .iter()
        .filter(|route| is_measured(route) || !any_measured);
    let mut scans = Vec::new();
    for route in routes {
        let route = Route {
            source,
            xml: &xml,
            node: *route,
        };
        if route.rows().next().is_some() {
            scans.push(route.scan(metadata.clone())?);
        }
    }
    Ok(scans)
}

fn tell_radiation(root: Node, metadata: &mut Metadata) {
    let has_wavelength =
        |tube: &Node| name_of(*tube) == "Tube" && find(*tube, &["WaveLengthAlpha1"]).is_some();
    let Some(tube) = root.descendants().find(has_wavelength) else {
        return;
    };
    let value = |name| find(tube, &[name])?.attribute("Value")?.parse::<f64>().ok();
    let radiation = &mut metadata.radiation;
    radiation.anode = text(tube, &["TubeMaterial"]).map(str::to_owned);
    radiation.set_angstrom(value("WaveLengthAlpha1"), value("WaveLengthAlpha2"));
    radiation.k_alpha2_ratio = value("WaveLengthRatio");
}

struct Route<'a, 'i> {
    source: &'a Source<'a>,
    xml: &'a Xml<'a>,
    node: Node<'a, 'i>,
}

/// Meaning of the columns of a row.
#[derive(Default)]
struct Columns {
    time: Option<usize>,
    absorption: Option<usize>,
    axis: Option<(usize, String)>,
    counter: Option<(usize, Option<String>)>,
    /// Counters other than the first.
    other_counters: Vec<String>,
}

impl<'a, 'i: 'a> Route<'a, 'i> {
    fn rows(&self) -> impl Iterator<Item = Node<'a, 'i>> {
        children(self.node, "Datum")
    }

    fn scan(&self, metadata: Metadata) -> Result<Scan> {
        let columns = self.columns()?;
        let (axis_column, axis_name) = columns.axis.as_ref().ok_or_else(|| {
            self.xml.malformed(
                self.node,
                "no column of a moving axis",
                "a view of 'FieldDefinitions'",
            )
        })?;
        let (counter, unit) = columns.counter.as_ref().ok_or_else(|| {
            self.xml.malformed(
                self.node,
                "no column of a counter",
                "a 'RecordedRawDataView'",
            )
        })?;
        let mut table = Table::default();
        for row in self.rows() {
            let cells = self.cells(row)?;
            let cell = |column: usize| {
                cells.get(column).copied().ok_or_else(|| {
                    let found = format!("{} values", cells.len());
                    self.xml
                        .malformed(row, found, format!("more than {column}"))
                })
            };
            let optional = |column: Option<usize>| column.map(cell).transpose();
            table.push(
                cell(*axis_column)?,
                cell(*counter)?,
                optional(columns.absorption)?.unwrap_or(1.0),
                optional(columns.time)?,
            );
        }
        let kind = axis_of_drive(axis_name).unwrap_or_else(|| AxisKind::other(axis_name, ""));
        let mut draft = table.draft(self.source, kind, unit.as_deref(), metadata);
        let information = find(self.node, &["ScanInformation"]);
        let points = information.and_then(|i| number(i, &["MeasurementPoints"]));
        draft.warn_if_cut(points.map_or(0, |n| n as usize));
        draft.metadata.drive = information
            .and_then(|i| i.attribute("ScanName"))
            .map(str::to_owned);
        if !columns.other_counters.is_empty() {
            draft.warn(format!("not read: {}", columns.other_counters.join(", ")));
        }
        draft.build(self.source, |_| self.xml.place(self.node))
    }

    fn cells(&self, row: Node) -> Result<Vec<f64>> {
        let words = row.text().unwrap_or_default().split(',');
        let number = |word: &str| {
            let word = word.trim();
            word.parse()
                .map_err(|_| self.xml.malformed(row, format!("'{word}'"), "a number"))
        };
        words.map(number).collect()
    }

    fn columns(&self) -> Result<Columns> {
        let mut columns = Columns::default();
        let views = find(self.node, &["DataViews"]);
        for view in views
            .into_iter()
            .flat_map(|views| children(views, "RawDataView"))
        {
            let whole = |name: &str| view.attribute(name).and_then(|n| n.parse::<usize>().ok());
            let (Some(start), Some(length)) = (whole("Start"), whole("Length")) else {
                let expected = "'Start' and 'Length'";
                return Err(self
                    .xml
                    .malformed(view, "a view without its position", expected));
            };
            match view.attribute("LogicName") {
                Some("MeasuredTime") => columns.time = Some(start),
                Some("AbsorptionFactor") => columns.absorption = Some(start),
                _ => self.column(&mut columns, view, (start, length))?,
            }
        }
        Ok(columns)
    }

    fn column(&self, columns: &mut Columns, view: Node, place: (usize, usize)) -> Result<()> {
        let (start, length) = place;
        let axis = |field: Node<'_, '_>| {
            let name = ["AxisId", "FieldName"].into_iter().find_map(|name| {
                field
                    .attribute(name)
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
            });
            name.unwrap_or_default().to_owned()
        };
        let is_field = |node: &Node| name_of(*node) == "FieldDefinitions";
        let fields: Vec<String> = view.descendants().filter(is_field).map(axis).collect();
        let is_two_theta = |name: &String| name == "TwoTheta";
        if let Some(i) = fields.iter().position(is_two_theta) {
            columns.axis = Some((start.saturating_add(i), "TwoTheta".to_owned()));
        } else if let (None, Some(first)) = (&columns.axis, fields.first()) {
            columns.axis = Some((start, first.clone()));
        }
        let kind = view
            .attributes()
            .find(|attribute| attribute.name() == "type");
        let kind = kind.map_or("", |attribute| attribute.value());
        if !kind.ends_with("RecordedRawDataView") {
            return Ok(());
        }
        if length != 1 || kind.starts_with("Ext") {
            let what = format!("a Bruker BRML file of frames of {length} channels");
            return Err(Error::Unsupported {
                path: self.source.path.to_owned(),
                what,
                expected: "one intensity per point".to_owned(),
            });
        }
        let recording = find(view, &["Recording"]);
        let name = recording
            .and_then(|r| r.attribute("LogicName"))
            .unwrap_or("a counter");
        let unit = find(view, &["Recording", "Unit"]).and_then(|unit| unit.attribute("Base"));
        let counts = recording.is_none_or(|r| r.attribute("Category").is_none_or(|c| c == "Count"));
        match columns.counter {
            None if counts => columns.counter = Some((start, unit.map(str::to_owned))),
            _ => columns.other_counters.push(name.to_owned()),
        }
        Ok(())
    }
}

/// The columns of a route that are read.
#[derive(Default)]
struct Table {
    axis: Vec<f64>,
    intensities: Vec<f64>,
    absorption: Vec<f64>,
    times: Vec<f64>,
    blanks: usize,
}

impl Table {
    fn push(&mut self, angle: f64, intensity: f64, absorption: f64, time: Option<f64>) {
        if intensity == BLANK || angle == BLANK {
            self.blanks += 1;
            return;
        }
        self.axis.push(angle);
        self.intensities.push(intensity);
        self.absorption
            .push(if absorption > 0.0 { absorption } else { 1.0 });
        self.times.extend(time);
    }

    fn draft(
        self,
        source: &Source,
        axis: AxisKind,
        unit: Option<&str>,
        metadata: Metadata,
    ) -> Draft {
        let counted = self
            .intensities
            .iter()
            .zip(&self.absorption)
            .map(|(y, a)| y / a)
            .collect();
        let mut draft = Draft::new(source, axis, self.axis, counted);
        draft.metadata = metadata;
        draft.metadata.time_per_step = match self.times.first() {
            Some(first) if self.times.iter().all(|t| t == first) => Some(TimePerStep::Same(*first)),
            Some(_) => Some(TimePerStep::Each(self.times)),
            None => None,
        };
        decide_unit(&mut draft, unit);
        if self.absorption.iter().any(|factor| *factor != 1.0) {
            let sigma = |(counts, factor): (&f64, &f64)| counts.max(1.0).sqrt() * factor;
            let sigma = draft
                .intensities
                .iter()
                .zip(&self.absorption)
                .map(sigma)
                .collect();
            draft.sigma = Some((sigma, SigmaOrigin::Counting));
            draft.intensities = self.intensities;
        }
        if self.blanks > 0 {
            draft.warn(format!(
                "left out: {} points that were not measured",
                self.blanks
            ));
        }
        draft
    }
}
