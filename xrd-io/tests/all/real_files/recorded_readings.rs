//! Readings of real files compared with the record in `FILE.expected.json`: the number of points,
//! the ends and the sum of every scan, and the metadata in the record.

use std::path::PathBuf;

use serde_json::Value;
use xrd_core::Wavelength;
use xrd_io::{Error, Scan, TimePerStep, list, read_scans};

use super::{files, kinds};

/// The files with a record, and their records.
fn recorded() -> Vec<(PathBuf, Value)> {
    let files = kinds().into_iter().flat_map(|kind| files(&kind));
    let record = |path: PathBuf| {
        let text = std::fs::read_to_string(format!("{}.expected.json", path.display())).ok()?;
        Some((path, serde_json::from_str(&text).unwrap()))
    };
    let recorded: Vec<_> = files.filter_map(record).collect();
    assert!(!recorded.is_empty(), "no file has a record beside it");
    recorded
}

/// Whether a file is not read because this build lacks the feature `nexus`.
fn is_of_a_feature(error: &Error) -> bool {
    !cfg!(feature = "nexus") && error.to_string().contains("feature")
}

/// Whether two numbers are equal within a limit, or within the nine digits of a record.
fn near(found: f64, expected: f64, limit: f64) -> bool {
    (found - expected).abs() <= limit.max(6e-8 * expected.abs())
}

/// A text without quotes and without the white space used for padding.
fn bare(text: &str) -> String {
    text.replace(|c: char| c.is_whitespace() || matches!(c, '\'' | '"'), "")
        .to_lowercase()
}

/// The difference between a scan and the numbers recorded for it.
fn wrong_points(scan: &Scan, record: &Value) -> Option<String> {
    let number = |key: &str| record[key].as_f64();
    let (points, axis) = (record["n"].as_u64().unwrap() as usize, scan.axis());
    if axis.len() != points {
        return Some(format!("{} points (expected {points})", axis.len()));
    }
    let top = scan
        .intensities()
        .iter()
        .fold(0.0f64, |top, y| top.max(y.abs()));
    let sum: f64 = scan.intensities().iter().sum();
    let all = [
        ("x0", axis[0], 5e-4),
        ("x1", axis[points - 1], 5e-4),
        ("sum_y", sum, 2e-5 * top * points as f64),
    ];
    all.into_iter().find_map(|(key, found, limit)| {
        let expected = number(key)?;
        (!near(found, expected, limit)).then(|| format!("{key} is {found} (expected {expected})"))
    })
}

/// The difference between a scan and one item of metadata; `None` if they agree, or if the item
/// does not concern scans.
fn wrong_metadata(scan: &Scan, key: &str, expected: &Value) -> Option<String> {
    let metadata = scan.metadata();
    let radiation = &metadata.radiation;
    let angstrom = |w: Option<Wavelength>| w.map(|w| w.as_angstrom());
    let number = |found: Option<f64>, limit: f64| {
        let wanted = expected.as_f64()?;
        let same = found.is_some_and(|found| near(found, wanted, limit));
        (!same).then(|| format!("{key} is {found:?} (expected {wanted})"))
    };
    let text = |found: Option<&str>, same: fn(&str, &str) -> bool| {
        let wanted = expected.as_str()?;
        let same = same(&bare(found.unwrap_or("")), &bare(wanted));
        (!same).then(|| format!("{key} is {found:?} (expected {wanted:?})"))
    };
    match key {
        "wavelength_ka1" => number(angstrom(radiation.wavelength), 1e-6),
        "wavelength_ka2" => number(angstrom(radiation.k_alpha2), 1e-6),
        "ka2_ka1_ratio" => number(radiation.k_alpha2_ratio, 1e-6),
        "anode" => text(radiation.anode.as_deref(), str::eq),
        "sample" => text(metadata.sample.as_deref(), str::eq),
        // Some records have the day without the time.
        "date" => text(metadata.date.as_deref(), |found, wanted| {
            found.starts_with(wanted)
        }),
        "scan_axis" => text(metadata.drive.as_deref(), str::eq),
        "time_per_step_s" => {
            let time = metadata.time_per_step.as_ref();
            number(time.and_then(|t: &TimePerStep| t.at(0)), 1e-4)
        }
        _ => None,
    }
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn every_scan_and_its_metadata() {
    let mut faults = Vec::new();
    for (path, record) in recorded() {
        let Some(count) = record["n_scans"].as_u64() else {
            continue;
        };
        let mut fault = |what: String| faults.push(format!("{}: {what}", path.display()));
        let scans = match read_scans(&path) {
            Ok(scans) => scans,
            Err(error) if is_of_a_feature(&error) => continue,
            Err(error) => {
                fault(error.to_string());
                continue;
            }
        };
        if scans.len() as u64 != count {
            fault(format!("{} scans (expected {count})", scans.len()));
        }
        let records = record["scans"].as_array().unwrap();
        for (i, (scan, record)) in scans.iter().zip(records).enumerate() {
            if let Some(what) = wrong_points(scan, record) {
                fault(format!("scan {}: {what}", i + 1));
            }
        }
        for (key, value) in record["meta"].as_object().into_iter().flatten() {
            if let Some(what) = wrong_metadata(&scans[0], key, value) {
                fault(what);
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn what_is_listed_is_what_is_read() {
    for (path, record) in recorded() {
        let scans = match read_scans(&path) {
            Ok(scans) => scans,
            Err(error) if is_of_a_feature(&error) => continue,
            // A file without a pattern has no number of scans.
            Err(error) => {
                assert!(record["n_scans"].is_null(), "{error}");
                continue;
            }
        };
        let listed = list(&path).unwrap().scans;
        assert_eq!(listed.len(), scans.len(), "{}", path.display());
        for (entry, scan) in listed.iter().zip(&scans) {
            let about = (&*entry.name, &entry.axis_kind, entry.points);
            let found = (scan.name(), scan.axis_kind(), scan.axis().len());
            assert_eq!(about, found, "{}", path.display());
            let ends = (scan.axis()[0], scan.axis()[scan.axis().len() - 1]);
            let same = |a: f64, b: f64| near(a, b, 5e-4);
            let is_same = same(entry.range.0, ends.0) && same(entry.range.1, ends.1);
            assert!(is_same, "{}: {:?} {ends:?}", path.display(), entry.range);
        }
    }
}

/// GSAS defines its standard deviations: √(y / counters) for STD, separate columns otherwise. They
/// are recorded as a third column with eight digits.
#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn standard_deviations() {
    let mut compared = 0;
    for (path, _) in recorded() {
        let table = PathBuf::from(format!("{}.expected.csv", path.display()));
        let table = std::fs::read_to_string(table).unwrap_or_default();
        let Some(rows) = table.strip_prefix("x,y,sigma\n") else {
            continue;
        };
        let scans = read_scans(&path).unwrap();
        let found = scans[0].sigma().unwrap();
        assert_eq!(found.len(), rows.lines().count(), "{}", path.display());
        for (i, (row, sigma)) in rows.lines().zip(found).enumerate() {
            let expected: f64 = row.rsplit(',').next().unwrap().parse().unwrap();
            let same = near(*sigma, expected, 1e-7 * expected);
            assert!(
                same,
                "{}: point {i}: {sigma} (expected {expected})",
                path.display()
            );
        }
        compared += 1;
    }
    assert!(compared > 0, "no record has standard deviations");
}
