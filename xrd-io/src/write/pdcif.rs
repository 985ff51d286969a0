//! Writer of scans as pdCIF. `format/pdcif.rs` documents the reader.

use std::io::{self, Write};

use xrd_core::IntensityUnit;

use super::refuse;
use crate::notes::{self, beyond_standards};
use crate::scan::{AxisKind, Metadata, Radiation, Scan, SigmaOrigin, TimePerStep};

/// Writes scans as pdCIF, one data block per scan.
///
/// Measured scans are written with `_pd_meas_` names. Scans with [preparation
/// steps](crate::Scan::preparation) are written with `_pd_proc_` names, together with these steps.
/// Q is written in Å⁻¹. Values for which the dictionary has no name are written as lines
/// `key: value` in `_pd_meas_special_details`.
///
/// Standard deviations are written in brackets after the intensity, in units of its last digit.
/// Standard deviations of measured counts are not written if they follow from counting statistics.
/// [`read_scans`](crate::read_scans) restores everything except the standard deviations that were
/// not written.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if the dictionary has no name for the
/// axis.
///
/// # References
/// B. H. Toby, R. B. Von Dreele, A. C. Larson, J. Appl. Cryst. 36 (2003) 1290; the dictionary
/// cif_pow of the International Union of Crystallography.
pub fn pdcif<W: Write + ?Sized>(to: &mut W, scans: &[Scan]) -> io::Result<()> {
    let axes: Vec<(&str, f64)> = scans.iter().map(axis).collect::<io::Result<_>>()?;
    for (i, (scan, axis)) in scans.iter().zip(axes).enumerate() {
        writeln!(to, "data_{}", block_code(scan.name(), i))?;
        writeln!(to, "_audit_creation_method {}", notes::WRITER)?;
        metadata(to, scan)?;
        points(to, scan, axis)?;
    }
    Ok(())
}

/// The dictionary name of the axis, and the factor for its values.
fn axis(scan: &Scan) -> io::Result<(&'static str, f64)> {
    let is_prepared = !scan.preparation().is_empty();
    match scan.axis_kind() {
        AxisKind::TwoThetaDeg if is_prepared => Ok(("_pd_proc_2theta_corrected", 1.0)),
        AxisKind::TwoThetaDeg => Ok(("_pd_meas_2theta_scan", 1.0)),
        AxisKind::QPerAngstrom => Ok(("_pd_proc_recip_len_Q", 1.0)),
        AxisKind::QPerNanometre => Ok(("_pd_proc_recip_len_Q", 0.1)),
        AxisKind::DAngstrom => Ok(("_pd_proc_d_spacing", 1.0)),
        AxisKind::OmegaDeg => Ok(("_pd_meas_angle_omega", 1.0)),
        AxisKind::PhiDeg => Ok(("_pd_meas_angle_phi", 1.0)),
        AxisKind::ChiDeg => Ok(("_pd_meas_angle_chi", 1.0)),
        AxisKind::TimeOfFlightUs => Ok(("_pd_meas_time_of_flight", 1.0)),
        AxisKind::EnergyKev => Ok(("_pd_proc_energy_incident", 1000.0)),
        other => refuse(format!("{}: pdCIF has no axis {other}", scan.name())),
    }
}

/// The dictionary name of the intensities, and the standard deviations if they are written in
/// brackets.
fn intensity(scan: &Scan) -> (&'static str, Option<&[f64]>) {
    let stated = scan
        .sigma()
        .filter(|_| scan.sigma_origin() != Some(SigmaOrigin::Counting));
    let is_counts = scan.unit() == IntensityUnit::Counts && scan.scale().factor == 1.0;
    match stated {
        _ if !scan.preparation().is_empty() => ("_pd_proc_intensity_total", scan.sigma()),
        None if is_counts => ("_pd_meas_counts_total", None),
        _ => ("_pd_meas_intensity_total", scan.sigma()),
    }
}

/// The name of a data block: letters, digits and a few marks, with a number.
fn block_code(name: &str, index: usize) -> String {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') => c,
        _ => '_',
    };
    let name: String = name.chars().take(60).map(plain).collect();
    format!("{name}_{}", index + 1)
}

fn metadata<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    let Metadata {
        sample,
        comment,
        date,
        instrument,
        temperature_k,
        drive,
        ..
    } = scan.metadata();
    let mut item = |name: &str, value: Option<&str>| match value {
        None => Ok(()),
        Some(text) => writeln!(to, "{name} {}", quoted(text)),
    };
    item("_pd_spec_description", sample.as_deref())?;
    item("_pd_meas_datetime_initiated", date.as_deref())?;
    item("_diffrn_measurement_device_type", instrument.as_deref())?;
    let temperature = temperature_k.map(|kelvin| kelvin.to_string());
    item("_diffrn_ambient_temperature", temperature.as_deref())?;
    let anode = scan.metadata().radiation.anode.as_ref();
    let tube = anode.map(|symbol| format!("{symbol} K\\a"));
    item("_diffrn_radiation_type", tube.as_deref())?;
    let steps: Vec<String> = scan.preparation().iter().map(|s| s.to_string()).collect();
    let steps = (!steps.is_empty()).then(|| steps.join("\n"));
    item("_pd_proc_info_data_reduction", steps.as_deref())?;
    if let Some(TimePerStep::Same(seconds)) = scan.metadata().time_per_step {
        item("_pd_meas_step_count_time", Some(&seconds.to_string()))?;
    }
    let mut notes = beyond_standards(scan);
    notes.extend(drive.iter().map(|d| ("drive", d.replace('\n', " "))));
    notes.extend(comment.iter().map(|c| ("comment", c.replace('\n', " "))));
    let lines: Vec<String> = notes
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    let notes = (!lines.is_empty()).then(|| lines.join("\n"));
    item("_pd_meas_special_details", notes.as_deref())?;
    wavelengths(to, &scan.metadata().radiation)
}

/// Writes one wavelength as an item, or two wavelengths as a loop with their weights.
fn wavelengths<W: Write + ?Sized>(to: &mut W, radiation: &Radiation) -> io::Result<()> {
    let Radiation {
        wavelength,
        k_alpha2,
        k_alpha2_ratio,
        ..
    } = radiation;
    let Some(ka1) = wavelength else {
        return Ok(());
    };
    let Some(ka2) = k_alpha2 else {
        return writeln!(to, "_diffrn_radiation_wavelength {}", ka1.as_angstrom());
    };
    let (ka1, ka2) = (ka1.as_angstrom(), ka2.as_angstrom());
    writeln!(
        to,
        "loop_\n_diffrn_radiation_wavelength_id\n_diffrn_radiation_wavelength"
    )?;
    match k_alpha2_ratio {
        None => writeln!(to, "1 {ka1}\n2 {ka2}"),
        Some(ratio) => {
            writeln!(
                to,
                "_diffrn_radiation_wavelength_wt\n1 {ka1} 1\n2 {ka2} {ratio}"
            )
        }
    }
}

fn points<W: Write + ?Sized>(to: &mut W, scan: &Scan, axis: (&str, f64)) -> io::Result<()> {
    let (name, sigma) = intensity(scan);
    let times = match &scan.metadata().time_per_step {
        Some(TimePerStep::Each(times)) => Some(times),
        _ => None,
    };
    writeln!(
        to,
        "_pd_meas_number_of_points {}\nloop_\n{}\n{name}",
        scan.axis().len(),
        axis.0
    )?;
    if times.is_some() {
        writeln!(to, "_pd_meas_step_count_time")?;
    }
    for (i, (x, y)) in scan.axis().iter().zip(scan.intensities()).enumerate() {
        let value = match sigma {
            None => y.to_string(),
            Some(sigma) => with_uncertainty(*y, sigma[i]),
        };
        match times {
            None => writeln!(to, "{} {value}", x * axis.1)?,
            Some(times) => writeln!(to, "{} {value} {}", x * axis.1, times[i])?,
        }
    }
    Ok(())
}

/// A value with its standard deviation in brackets, in units of the last digit of the value.
fn with_uncertainty(value: f64, sigma: f64) -> String {
    let (value, sigma) = (value.to_string(), sigma.to_string());
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, digits)| digits.len());
    let most = decimals(&value).max(decimals(&sigma));
    let padded = |text: &str| {
        let dot = if most > 0 && !text.contains('.') {
            "."
        } else {
            ""
        };
        format!("{text}{dot}{}", "0".repeat(most - decimals(text)))
    };
    let digits = padded(&sigma).replace('.', "");
    let digits = digits.trim_start_matches('0');
    format!(
        "{}({})",
        padded(&value),
        if digits.is_empty() { "0" } else { digits }
    )
}

/// A text in CIF syntax: in quotes if possible, otherwise as a text field of several lines.
fn quoted(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    let has = |c: char| clean.contains(c);
    match (has('\n'), has('\''), has('"')) {
        (false, false, _) => format!("'{clean}'"),
        (false, true, false) => format!("\"{clean}\""),
        // A line that starts with a semicolon would end the field.
        _ => format!("\n;{}\n;", clean.replace("\n;", "\n ;")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uncertainties_are_in_units_of_the_last_digit() {
        for (value, sigma, text) in [
            (1234.5, 12.25, "1234.50(1225)"),
            (3.0, 2.0, "3(2)"),
            (100.0, 0.5, "100.0(5)"),
            (-0.25, 10.0, "-0.25(1000)"),
            (1e21, 1.0, "1000000000000000000000(1)"),
            (7.0, 0.0, "7(0)"),
        ] {
            assert_eq!(with_uncertainty(value, sigma), text);
        }
    }

    #[test]
    fn texts_are_quoted_as_they_allow() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("it's \"x\""), "\n;it's \"x\"\n;");
        assert_eq!(quoted("a\n;b\tc"), "\n;a\n ;b c\n;");
        assert_eq!(block_code("a b/ä", 0), "a_b___1");
    }
}
