//! Writer of scans as PANalytical XRDML 1.5. `format/xrdml.rs` documents the layout.

use std::io::{self, Write};

use xrd_core::IntensityUnit;

use super::refuse;
use crate::notes::{self, beyond_standards};
use crate::scan::{AxisKind, Metadata, Radiation, Scan, TimePerStep};

/// The address of the schema.
const SCHEMA: &str = "http://www.xrdml.com/XRDMeasurement/1.5";

/// Writes scans as XRDML of schema 1.5, one measurement per scan.
///
/// [`read_scans`](crate::read_scans) restores everything except standard deviations, which the
/// format cannot hold. Angles are exact to 1e-9 degrees.
///
/// The schema has no elements for the unit and scale of the intensities, the preparation steps, and
/// the reason why a scan is not a powder pattern. These values are written as lines `key: value` in
/// the comments of a measurement.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if the axis is not an angle of the
/// diffractometer (for example Q or d), or if the scans have different samples.
pub fn xrdml<W: Write + ?Sized>(to: &mut W, scans: &[Scan]) -> io::Result<()> {
    let drives: Vec<(&str, &str)> = scans.iter().map(drive).collect::<io::Result<_>>()?;
    let sample = one_sample(scans)?;
    writeln!(to, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        to,
        r#"<xrdMeasurements xmlns="{SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{SCHEMA} {SCHEMA}/XRDMeasurement.xsd" status="Completed">"#
    )?;
    writeln!(to, "\t<sample type=\"To be analyzed\">")?;
    element(to, 2, "id", "", sample.unwrap_or_default())?;
    writeln!(to, "\t\t<name/>\n\t</sample>")?;
    for (scan, drive) in scans.iter().zip(drives) {
        measurement(to, scan, drive)?;
    }
    writeln!(to, "</xrdMeasurements>")
}

/// The moving axis and its unit, as named in the format.
fn drive(scan: &Scan) -> io::Result<(&'static str, &'static str)> {
    match scan.axis_kind() {
        AxisKind::TwoThetaDeg => Ok(("2Theta", "deg")),
        AxisKind::OmegaDeg => Ok(("Omega", "deg")),
        AxisKind::PhiDeg => Ok(("Phi", "deg")),
        AxisKind::ChiDeg => Ok(("Psi", "deg")),
        other => refuse(format!("{}: XRDML has no axis {other}", scan.name())),
    }
}

fn one_sample(scans: &[Scan]) -> io::Result<Option<&str>> {
    let sample = |scan: &Scan| scan.metadata().sample.clone();
    let first = scans.first().and_then(|s| s.metadata().sample.as_deref());
    match scans.iter().find(|s| sample(s).as_deref() != first) {
        None => Ok(first),
        Some(other) => refuse(format!(
            "{}: its sample is not that of {} (an XRDML file has one sample)",
            other.name(),
            scans[0].name()
        )),
    }
}

fn measurement<W: Write + ?Sized>(to: &mut W, scan: &Scan, drive: (&str, &str)) -> io::Result<()> {
    let kind = match scan.not_powder() {
        Some("a pole figure") => "Texture pole figure",
        Some("a reciprocal-space map") => "Area measurement",
        _ => "Scan",
    };
    writeln!(
        to,
        "\t<xrdMeasurement measurementType=\"{kind}\" status=\"Completed\">"
    )?;
    let metadata = scan.metadata();
    comments(to, scan)?;
    wavelengths(to, &metadata.radiation)?;
    if let Some(anode) = &metadata.radiation.anode {
        writeln!(to, "\t\t<incidentBeamPath>\n\t\t\t<xRayTube>")?;
        element(to, 4, "anodeMaterial", "", anode)?;
        writeln!(to, "\t\t\t</xRayTube>\n\t\t</incidentBeamPath>")?;
    }
    let axis = metadata.drive.as_deref().unwrap_or(match drive.0 {
        "2Theta" => "Gonio",
        other => other,
    });
    writeln!(
        to,
        "\t\t<scan appendNumber=\"0\" mode=\"Continuous\" scanAxis=\"{}\" status=\"Completed\">",
        escaped(axis)
    )?;
    header(to, metadata)?;
    data_points(to, scan, drive)?;
    temperature(to, metadata)?;
    writeln!(to, "\t\t</scan>\n\t</xrdMeasurement>")
}

/// Writes the operator's comment (empty if there is none), then the notes.
fn comments<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    writeln!(to, "\t\t<comment>")?;
    element(
        to,
        3,
        "entry",
        "",
        scan.metadata().comment.as_deref().unwrap_or_default(),
    )?;
    for (key, value) in beyond_standards(scan) {
        element(to, 3, "entry", "", &format!("{key}: {value}"))?;
    }
    writeln!(to, "\t\t</comment>")
}

fn wavelengths<W: Write + ?Sized>(to: &mut W, radiation: &Radiation) -> io::Result<()> {
    let Radiation {
        wavelength,
        k_alpha2,
        k_alpha2_ratio,
        ..
    } = radiation;
    if wavelength.is_none() && k_alpha2.is_none() && k_alpha2_ratio.is_none() {
        return Ok(());
    }
    writeln!(to, "\t\t<usedWavelength intended=\"K-Alpha 1\">")?;
    for (name, wavelength) in [("kAlpha1", wavelength), ("kAlpha2", k_alpha2)] {
        if let Some(wavelength) = wavelength {
            let text = wavelength.as_angstrom().to_string();
            element(to, 3, name, r#" unit="Angstrom""#, &text)?;
        }
    }
    if let Some(ratio) = k_alpha2_ratio {
        element(to, 3, "ratioKAlpha2KAlpha1", "", &ratio.to_string())?;
    }
    writeln!(to, "\t\t</usedWavelength>")
}

fn header<W: Write + ?Sized>(to: &mut W, metadata: &Metadata) -> io::Result<()> {
    writeln!(to, "\t\t\t<header>")?;
    if let Some(date) = &metadata.date {
        element(to, 4, "startTimeStamp", "", date)?;
    }
    writeln!(to, "\t\t\t\t<source>")?;
    let version = format!(" version=\"{}\"", env!("CARGO_PKG_VERSION"));
    element(to, 5, "applicationSoftware", &version, notes::WRITER)?;
    if let Some(instrument) = &metadata.instrument {
        element(to, 5, "instrumentControlSoftware", "", instrument)?;
    }
    writeln!(to, "\t\t\t\t</source>\n\t\t\t</header>")
}

fn data_points<W: Write + ?Sized>(
    to: &mut W,
    scan: &Scan,
    (axis, unit): (&str, &str),
) -> io::Result<()> {
    writeln!(to, "\t\t\t<dataPoints>")?;
    writeln!(to, "\t\t\t\t<positions axis=\"{axis}\" unit=\"{unit}\">")?;
    match ends(scan.axis()) {
        Some((first, last)) => {
            element(to, 5, "startPosition", "", &first.to_string())?;
            element(to, 5, "endPosition", "", &last.to_string())?;
        }
        None => element(to, 5, "listPositions", "", &numbers(scan.axis()))?,
    }
    writeln!(to, "\t\t\t\t</positions>")?;
    let seconds = r#" unit="seconds""#;
    match &scan.metadata().time_per_step {
        Some(TimePerStep::Same(t)) => {
            element(to, 4, "commonCountingTime", seconds, &t.to_string())?
        }
        Some(TimePerStep::Each(t)) => element(to, 4, "countingTimes", seconds, &numbers(t))?,
        None => {}
    }
    let unit = match scan.unit() {
        IntensityUnit::Counts => r#" unit="counts""#,
        IntensityUnit::CountsPerSecond => r#" unit="cps""#,
        _ => r#" unit="arbitrary""#,
    };
    element(to, 4, "intensities", unit, &numbers(scan.intensities()))?;
    writeln!(to, "\t\t\t</dataPoints>")
}

/// The first and last value of an axis whose points are evenly spaced to 1e-9.
fn ends(axis: &[f64]) -> Option<(f64, f64)> {
    let (&first, &last) = (axis.first()?, axis.last()?);
    let steps = axis.len().saturating_sub(1).max(1) as f64;
    let near =
        |(i, x): (usize, &f64)| (first + (last - first) * i as f64 / steps - x).abs() <= 1e-9;
    axis.iter().enumerate().all(near).then_some((first, last))
}

fn temperature<W: Write + ?Sized>(to: &mut W, metadata: &Metadata) -> io::Result<()> {
    let Some(kelvin) = metadata.temperature_k else {
        return Ok(());
    };
    writeln!(
        to,
        "\t\t\t<nonAmbientPoints type=\"Temperature\" unit=\"K\">"
    )?;
    element(to, 4, "nonAmbientValues", "", &kelvin.to_string())?;
    writeln!(to, "\t\t\t</nonAmbientPoints>")
}

/// An element on its own line, indented by `depth` tabs.
fn element<W: Write + ?Sized>(
    to: &mut W,
    depth: usize,
    name: &str,
    attributes: &str,
    text: &str,
) -> io::Result<()> {
    let indent = "\t".repeat(depth);
    match escaped(text) {
        text if text.is_empty() => writeln!(to, "{indent}<{name}{attributes}/>"),
        text => writeln!(to, "{indent}<{name}{attributes}>{text}</{name}>"),
    }
}

fn numbers(values: &[f64]) -> String {
    let words: Vec<String> = values.iter().map(f64::to_string).collect();
    words.join(" ")
}

/// Escapes text for elements and attributes. Control characters, which XML does not allow, become
/// spaces.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
