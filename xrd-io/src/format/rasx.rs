//! Rigaku RASX, written by SmartLab Studio II: a zip archive.
//!
//! ```text
//! root.xml                          one element per scan, in their order:
//!   Data0  Type="Profile"             ContentHashList Name="Profile0.txt",
//!                                     ContentHashList Name="MesurementConditions0.xml"
//! Data0/Profile0.txt                "8.5000<tab>591<tab>1": axis, intensity, attenuation; with a BOM
//! Data0/MesurementConditions0.xml   so spelt
//!   GeneralInformation              SampleName, Comment or Memo, SystemName
//!   HWConfigurations/XrayGenerator  TargetName, WavelengthKalpha1, WavelengthKalpha2, WaveType="Ka1" behind a
//!                                     monochromator, or "Kb": WavelengthKbeta
//!   Axes/Axis                       Name="Temp" Unit="C" Position="550"
//!   ScanInformation                 AxisName="TwoThetaTheta", Mode, Step, Speed, SpeedUnit,
//!                                   PositionUnit, IntensityUnit, StartTime, DataCount
//!   RSMInformation                  in a scan of a reciprocal-space map
//! ```
//!
//! Some files state "counts" for intensities that are not whole numbers, so the unit is derived
//! from the intensities. Whole numbers are counts. Numbers that become whole when multiplied by the
//! time per step are counts per second. All others are in arbitrary units.
//!
//! It is not known whether intensities are already corrected for the attenuation; in all available
//! files the attenuation is constant. Intensities are therefore not corrected. A warning is added
//! if the attenuation changes. A file with images instead of a profile is refused.
//!
//! Sources: rietx and fairmat-readers-xrd for the names; checked on four files.

use std::collections::HashSet;

use roxmltree::Node;

use super::content::{Content, FormatReader, no_scan};
use super::counting::decide_unit;
use super::drives::{axis_of_drive, measurement_of_area};
use super::kind::Format;
use super::members::{Members, has_member};
use super::xml::{Xml, children, find, number, text};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(Format::RigakuRasx, recognises, read);

fn recognises(source: &Source) -> bool {
    has_member(source, |name| {
        name.split(['/', '\\'])
            .any(|part| part.starts_with("MesurementConditions"))
            || is_profile(name.rsplit(['/', '\\']).next().unwrap_or(name))
    })
}

fn is_profile(name: &str) -> bool {
    name.starts_with("Profile") && name.ends_with(".txt")
}

fn read(source: &Source) -> Result<Content> {
    let members = Members::open(source)?;
    let mut scans = Vec::new();
    for group in groups(&members)? {
        if members.is_lost(&group.profile) {
            continue;
        }
        let conditions = match &group.conditions {
            Some(name) if members.is_lost(name) => Conditions::default(),
            Some(name) => members.read(name, conditions)?,
            None => Conditions::default(),
        };
        scans.push(members.read(&group.profile, |member| scan(source, member, conditions))?);
    }
    if scans.is_empty() {
        return Err(no_scan(source, "a Rigaku RASX file of images".to_owned()));
    }
    Ok(Content::Scans(scans))
}

/// The members of one scan.
struct Group {
    profile: String,
    conditions: Option<String>,
}

/// The groups with a profile, in the order of the scans.
fn groups(members: &Members) -> Result<Vec<Group>> {
    if !members.names().any(|name| name == "root.xml") {
        return Ok(groups_by_name(members));
    }
    members.read("root.xml", |member| {
        let xml = Xml::new(member.path, member.require_text()?)?;
        let document = xml.document()?;
        let data = document.root_element().children().filter(Node::is_element);
        // A list may repeat names; each member is read only once.
        let mut seen = HashSet::new();
        let groups = data.filter_map(group);
        Ok(groups
            .filter(|group| seen.insert(group.profile.clone()))
            .collect())
    })
}

/// The groups derived from the member names, if there is no list of groups.
fn groups_by_name(members: &Members) -> Vec<Group> {
    let parts = |name: &str| {
        let (folder, file) = name.rsplit_once('/')?;
        Some((folder.to_owned(), file.to_owned()))
    };
    let group = |name: &str| {
        let (folder, file) = parts(name).filter(|(_, file)| is_profile(file))?;
        let number = file.strip_prefix("Profile")?.strip_suffix(".txt")?;
        Some(Group {
            profile: name.to_owned(),
            conditions: Some(format!("{folder}/MesurementConditions{number}.xml")),
        })
    };
    members.names().filter_map(group).collect()
}

fn group(data: Node) -> Option<Group> {
    let folder = data.tag_name().name();
    let contents = || children(data, "ContentHashList").filter_map(|c| c.attribute("Name"));
    let member = |name: &str| format!("{folder}/{name}");
    Some(Group {
        profile: contents().find(|name| is_profile(name)).map(member)?,
        conditions: contents().find(|name| name.ends_with(".xml")).map(member),
    })
}

/// The metadata of a scan.
#[derive(Default)]
struct Conditions {
    metadata: Metadata,
    axis_unit: String,
    intensity_unit: Option<String>,
    points: usize,
    is_map: bool,
}

fn conditions(member: &Source) -> Result<Conditions> {
    let xml = Xml::new(member.path, member.require_text()?)?;
    let document = xml.document()?;
    let root = document.root_element();
    let owned = |path: &[&str]| text(root, path).map(str::to_owned);
    let general = |name| owned(&["GeneralInformation", name]);
    let scan = |name| owned(&["ScanInformation", name]);
    let tube = ["HWConfigurations", "XrayGenerator"];
    let of_tube = |name| find(root, &tube).and_then(|tube| text(tube, &[name]));
    let wavelength = |name| of_tube(name)?.parse().ok();
    let wave_type = of_tube("WaveType");
    let mut radiation = Radiation {
        anode: of_tube("TargetName").map(str::to_owned),
        k_alpha2_ratio: (wave_type == Some("Ka1")).then_some(0.0),
        ..Radiation::default()
    };
    match wave_type {
        Some("Kb") => radiation.set_angstrom(wavelength("WavelengthKbeta"), None),
        _ => radiation.set_angstrom(
            wavelength("WavelengthKalpha1"),
            wavelength("WavelengthKalpha2"),
        ),
    }
    let metadata = Metadata {
        sample: general("SampleName"),
        comment: general("Comment").or_else(|| general("Memo")),
        date: scan("StartTime"),
        instrument: general("SystemName").map(|name| format!("Rigaku {name}")),
        temperature_k: temperature_k(root),
        drive: scan("AxisName"),
        time_per_step: time_per_step(root).map(TimePerStep::Same),
        radiation,
    };
    Ok(Conditions {
        metadata,
        axis_unit: scan("PositionUnit").unwrap_or_default(),
        intensity_unit: scan("IntensityUnit"),
        points: scan("DataCount").and_then(|n| n.parse().ok()).unwrap_or(0),
        is_map: find(root, &["RSMInformation"]).is_some(),
    })
}

/// Seconds per step: stated, or the step divided by the speed of a continuous scan.
fn time_per_step(root: Node) -> Option<f64> {
    let scan = find(root, &["ScanInformation"])?;
    let speed = number(scan, &["Speed"]).filter(|speed| *speed > 0.0)?;
    match text(scan, &["SpeedUnit"])? {
        "sec" | "s" => Some(speed),
        "deg/min" => Some(60.0 * number(scan, &["Step"])?.abs() / speed),
        "deg/sec" | "deg/s" => Some(number(scan, &["Step"])?.abs() / speed),
        _ => None,
    }
}

fn temperature_k(root: Node) -> Option<f64> {
    let axes = find(root, &["Axes"])?;
    let axis = children(axes, "Axis").find(|axis| axis.attribute("Name") == Some("Temp"))?;
    let value: f64 = axis.attribute("Position")?.parse().ok()?;
    match axis.attribute("Unit")? {
        "C" => Some(value + 273.15),
        "K" => Some(value),
        _ => None,
    }
}

fn scan(source: &Source, member: &Source, conditions: Conditions) -> Result<Scan> {
    let (mut axis, mut intensities, mut attenuation) = (Vec::new(), Vec::new(), Vec::new());
    for (i, line) in member.require_text()?.lines().enumerate() {
        let mut cells = line
            .split_ascii_whitespace()
            .enumerate()
            .map(|(column, cell)| {
                let found = shorten(cell);
                cell.parse::<f64>()
                    .map_err(|_| Error::not_a_number(member.path, i + 1, column + 1, &found))
            });
        let Some(angle) = cells.next() else { continue };
        let Some(intensity) = cells.next() else {
            let place = Place::Line(i + 1);
            return Err(Error::malformed(
                member.path,
                place,
                "one number",
                "axis and intensity",
            ));
        };
        axis.push(angle?);
        intensities.push(intensity?);
        attenuation.push(cells.next().transpose()?.unwrap_or(1.0));
    }
    let drive = conditions.metadata.drive.as_deref();
    let known = drive.map_or(Some(AxisKind::TwoThetaDeg), axis_of_drive);
    let other = || AxisKind::other(drive.unwrap_or_default(), &conditions.axis_unit);
    let mut draft = Draft::new(source, known.unwrap_or_else(other), axis, intensities);
    draft.metadata = conditions.metadata;
    draft.warn_if_cut(conditions.points);
    if attenuation.iter().any(|factor| *factor != attenuation[0]) {
        draft.warn("the attenuation changes; the file does not say whether the intensities are corrected for it");
    }
    decide_unit(&mut draft, conditions.intensity_unit.as_deref());
    draft.not_powder = conditions
        .is_map
        .then(|| measurement_of_area(&draft.axis_kind).to_owned());
    draft.build(source, |i| Place::Line(i + 1))
}
