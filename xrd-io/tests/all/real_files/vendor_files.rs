//! Files in the formats of vendors, compared with the readings recorded next to them.

use std::path::Path;

use serde_json::Value;
use xrd_io::{Scan, TimePerStep, list, read_scans};

use super::{data, files};

fn recorded(path: &Path, suffix: &str) -> Option<String> {
    std::fs::read_to_string(format!("{}.expected.{suffix}", path.display())).ok()
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance.max(1e-7 * b.abs())
}

/// Compares every point of the first scan.
fn check_points(scan: &Scan, csv: &str) -> Result<(), String> {
    let point = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.parse::<f64>().unwrap());
        (cells.next().unwrap(), cells.next().unwrap())
    };
    let points: Vec<(f64, f64)> = csv.lines().skip(1).map(point).collect();
    let largest = points.iter().fold(0.0f64, |most, (_, y)| most.max(y.abs()));
    if points.len() != scan.axis().len() {
        return Err(format!(
            "{} points (expected {})",
            scan.axis().len(),
            points.len()
        ));
    }
    for (i, (x, y)) in points.into_iter().enumerate() {
        let (found_x, found_y) = (scan.axis()[i], scan.intensities()[i]);
        if !close(found_x, x, 5e-4) || !close(found_y, y, 2e-5 * largest) {
            return Err(format!(
                "point {i} is ({found_x}, {found_y}), expected ({x}, {y})"
            ));
        }
    }
    Ok(())
}

/// Compares the number of scans, and for each scan its number of points, ends and sum.
fn check_scans(scans: &[Scan], json: &Value) -> Result<(), String> {
    let recorded = json["scans"].as_array().map_or(&[][..], |scans| scans);
    if scans.len() != recorded.len() {
        return Err(format!(
            "{} scans (expected {})",
            scans.len(),
            recorded.len()
        ));
    }
    for (i, (scan, recorded)) in scans.iter().zip(recorded).enumerate() {
        let number = |name: &str| recorded[name].as_f64().unwrap();
        let sum: f64 = scan.intensities().iter().sum();
        let (first, last) = (scan.axis()[0], *scan.axis().last().unwrap());
        let same = scan.axis().len() as f64 == number("n")
            && close(first, number("x0"), 5e-4)
            && close(last, number("x1"), 5e-4)
            && close(sum, number("sum_y"), 1e-5 * number("sum_y").abs());
        if !same {
            return Err(format!(
                "scan {i}: {first} to {last}, sum {sum}, expected {recorded}"
            ));
        }
    }
    Ok(())
}

/// Compares the recorded metadata.
fn check_metadata(scan: &Scan, recorded: &Value) -> Result<(), String> {
    let metadata = scan.metadata();
    let radiation = &metadata.radiation;
    let time = metadata.time_per_step.as_ref().map(|time| match time {
        TimePerStep::Same(seconds) => *seconds,
        TimePerStep::Each(list) => list[0],
    });
    let numbers = [
        (
            "wavelength_ka1",
            radiation.wavelength.map(|w| w.as_angstrom()),
        ),
        (
            "wavelength_ka2",
            radiation.k_alpha2.map(|w| w.as_angstrom()),
        ),
        ("ka2_ka1_ratio", radiation.k_alpha2_ratio),
        ("time_per_step_s", time),
    ];
    for (name, found) in numbers {
        let Some(expected) = recorded[name].as_f64() else {
            continue;
        };
        if !found.is_some_and(|found| close(found, expected, 1e-6)) {
            return Err(format!("{name} is {found:?}, expected {expected}"));
        }
    }
    let texts = [
        ("anode", &radiation.anode),
        ("sample", &metadata.sample),
        ("date", &metadata.date),
        ("scan_axis", &metadata.drive),
        ("scan", &metadata.drive),
    ];
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    for (name, found) in texts {
        let Some(expected) = recorded[name].as_str() else {
            continue;
        };
        let expected = expected.trim_matches('\'');
        let begins = |found: &String| letters(found).starts_with(&letters(expected));
        if !found.as_ref().is_some_and(begins) {
            return Err(format!("{name} is {found:?}, expected {expected:?}"));
        }
    }
    Ok(())
}

fn check(path: &Path) -> Result<(), String> {
    let scans = read_scans(path).map_err(|e| e.to_string())?;
    let json: Value = serde_json::from_str(&recorded(path, "json").unwrap()).unwrap();
    if let Some(csv) = recorded(path, "csv") {
        check_points(&scans[0], &csv)?;
    }
    check_scans(&scans, &json)?;
    check_metadata(&scans[0], &json["meta"])?;
    let listed = list(path).map_err(|e| e.to_string())?;
    let names: Vec<&str> = listed
        .scans
        .iter()
        .map(|entry| entry.name.as_str())
        .collect();
    let read: Vec<&str> = scans.iter().map(|scan| scan.name()).collect();
    (names == read)
        .then_some(())
        .ok_or_else(|| format!("listed {names:?}, read {read:?}"))
}

const KINDS: [&str; 14] = [
    "bruker_brml",
    "bruker_raw1",
    "bruker_raw2",
    "bruker_raw3",
    "bruker_raw4",
    "bruker_uxd",
    "gsas",
    "nexus",
    "panalytical_udf",
    "panalytical_xrdml",
    "pdcif",
    "philips_rd",
    "rigaku_rasx",
    "stoe_raw",
];

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn readings_are_those_recorded() {
    let is_built = |kind: &&str| cfg!(feature = "nexus") || *kind != "nexus";
    for kind in KINDS.into_iter().filter(is_built) {
        for path in files(&data("patterns").join(kind)) {
            if let Err(difference) = check(&path) {
                panic!("{}: {difference}", path.display());
            }
        }
    }
}

/// The first scan of a file of the collection.
fn twin(kind: &str, name: &str) -> Scan {
    let path = data("patterns").join(kind).join(name);
    read_scans(path).unwrap().remove(0)
}

/// Asserts that two scans are equal within a tolerance for each value.
fn check_twins(a: &Scan, b: &Scan, axis: f64, tolerance: impl Fn(f64) -> f64) {
    assert_eq!(a.axis().len(), b.axis().len(), "{}", a.name());
    for (i, (x, other)) in a.axis().iter().zip(b.axis()).enumerate() {
        assert!(
            close(*x, *other, axis),
            "{}: x of point {i} is {x} and {other}",
            a.name()
        );
        let (y, other) = (a.intensities()[i], b.intensities()[i]);
        assert!(
            close(y, other, tolerance(y)),
            "{}: y of point {i} is {y} and {other}",
            a.name()
        );
    }
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn one_measurement_in_several_formats() {
    for number in ["2", "3"] {
        let raw = twin("bruker_raw3", &format!("powdR__D5000_{number}.RAW"));
        let xy = twin("xy", &format!("powdR__D5000_{number}.xy"));
        check_twins(&raw, &xy, 1e-9, |_| 0.0);
    }
    for number in ["7059", "7061"] {
        let named = |kind, end| twin(kind, &format!("Experimental-IV__{number}.{end}"));
        let xrdml = named("panalytical_xrdml", "xrdml");
        // The export has fewer digits; the older format stores the square roots of counts.
        check_twins(&xrdml, &named("xy", "xy"), 1e-4, |_| 1e-6);
        check_twins(&xrdml, &named("philips_rd", "rd"), 1e-6, |y| {
            1.0 + 0.1 * y.sqrt()
        });
    }
    let xrdml = twin("panalytical_xrdml", "yadg__210520step1_30min.xrdml");
    let xy = twin("xy", "yadg__210520step1_30min.xy");
    check_twins(&xrdml, &xy, 1e-4, |_| 1e-6);
    let raw = twin("bruker_raw4", "xrdconversion__SbI3.raw");
    let brml = twin("bruker_brml", "xrdconversion__SbI3.brml");
    check_twins(&raw, &brml, 6e-5, |_| 0.0);
    check_twins(&raw, &twin("xye", "xrdconversion__SbI3.xye"), 6e-5, |_| 0.0);
    assert_eq!(raw.metadata().radiation, brml.metadata().radiation);
    // EVA exports a rate, using the time that both files state.
    let rate = twin("xy", "xrdconversion__SbI3.xy");
    let time = |scan: &Scan| {
        scan.metadata()
            .time_per_step
            .as_ref()
            .unwrap()
            .at(0)
            .unwrap()
    };
    assert!(close(time(&raw), 76.8, 1e-9) && close(time(&brml), 76.8, 1e-9));
    for (counts, rate) in raw.intensities().iter().zip(rate.intensities()) {
        assert!(
            close(counts / time(&raw), *rate, 1e-3),
            "{counts} and {rate}"
        );
    }
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn workbooks() {
    for path in files(&data("patterns/xlsx")) {
        let read = xrd_io::read_patterns(&path, &xrd_io::ReadOptions::default()).unwrap();
        assert_eq!((read.set.len(), read.set.grid().len()), (21, 4501));
        assert_eq!(read.set.intensities(1)[0], 155.4666);
    }
}
