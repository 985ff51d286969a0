//! Real files, where a collection of them is at hand: `XRD_TEST_DATA`, or `shared/data` beside
//! the workspace. None of them is part of this repository.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

use xrd_core::{IntensityUnit, TwoThetaGrid};
use xrd_io::{
    AxisKind, ReadKind, ReadOptions, join, read_labels, read_patterns, read_scans, read_structure,
};

/// The folder or file of the collection, or a note that it is not there.
fn data(part: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let folder = std::env::var("XRD_TEST_DATA").unwrap_or_else(|_| beside.to_owned());
    let path = Path::new(&folder).join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|p| !p.to_string_lossy().contains(".expected."));
    files.sort();
    files
}

#[test]
fn what_headings_say() {
    let scan = |part: &str| {
        Some(
            read_scans(data(&format!("patterns/{part}"))?)
                .unwrap()
                .remove(0),
        )
    };
    let Some(dash) = scan("xye/dash__Tutorial_03.xye") else {
        return;
    };
    assert_eq!(dash.wavelength().map(|w| w.as_angstrom()), Some(1.5285));
    assert!(dash.sigma().is_some());
    let eva = scan("xy/datalab__example_evadiffract.xy").unwrap();
    assert_eq!(eva.unit(), IntensityUnit::CountsPerSecond);
    let flight = scan("xye/GSAS-II-tutorials__PG3_20254-2_10K.xye").unwrap();
    assert_eq!(flight.axis_kind(), &AxisKind::TimeOfFlightUs);
    for part in [
        "xy/geddes__sample.xy",
        "xy/XRD-AutoAnalyzer__Li2MnO3+MnO+TiO2.xy",
    ] {
        let scan = scan(part).unwrap();
        assert_eq!(scan.sigma(), None, "{part}");
        assert_eq!(scan.warnings().len(), 1);
    }
    let polarised = scan("multicolumn_dat/easyDiffraction__Data_full.dat").unwrap();
    assert_eq!(polarised.wavelength().map(|w| w.as_angstrom()), Some(0.84));
    assert!(polarised.sigma().is_some());
    let beamline = scan("xye/datalab__example_bmb.xye").unwrap();
    assert_eq!(
        beamline.wavelength().map(|w| w.as_angstrom()),
        Some(0.414581)
    );
}

#[test]
fn a_measured_matrix_and_its_labels() {
    let Some(folder) = data("measured/fe-ga-pd/data") else {
        return;
    };
    let read = read_patterns(folder.join("FeGaPd_XRD.txt"), &ReadOptions::default()).unwrap();
    assert_eq!((read.set.len(), read.kind), (278, ReadKind::Matrix));
    let grid = TwoThetaGrid::new(37.0, 0.02, 551).unwrap();
    assert_eq!(*read.set.grid(), grid);
    let table = read_labels(folder.join("FeGaPd_CMP.txt")).unwrap();
    let labels = join(&table, read.set.names(), true, &[]).unwrap();
    assert_eq!(
        (labels.columns(), labels.len()),
        (["Fe", "Ga", "Pd"].map(String::from).as_slice(), 278)
    );
    assert_eq!(labels.row(0), [0.8216, 0.1285, 0.0499]);
}

#[test]
fn measured_arrays() {
    let Some(folder) = data("measured/rruff908") else {
        return;
    };
    let path = folder.join("patterns_u16.npy");
    assert!(read_patterns(&path, &ReadOptions::default()).is_err());
    let grid = TwoThetaGrid::new(5.0, 0.01, 8500).ok();
    let read = read_patterns(
        &path,
        &ReadOptions {
            grid,
            ..Default::default()
        },
    )
    .unwrap();
    assert_eq!((read.set.len(), read.set.grid().len()), (908, 8500));
    let table = read_labels(folder.join("labels.csv")).unwrap();
    assert_eq!(table.len(), 908);
}

#[test]
fn nothing_else_is_taken_for_columns() {
    let Some(folder) = data("patterns") else {
        return;
    };
    let text = ["xy", "xye", "csv", "txt", "prn", "multicolumn_dat"];
    for kind in files(&folder).into_iter().filter(|p| p.is_dir()) {
        if text.contains(&kind.file_name().unwrap().to_str().unwrap()) {
            continue;
        }
        for path in files(&kind) {
            match read_patterns(&path, &ReadOptions::default()) {
                Ok(read) => println!("{}: {} patterns", path.display(), read.set.len()),
                Err(e) => assert!(!e.to_string().contains('\n'), "{e:?}"),
            }
        }
    }
}

#[test]
fn structures_of_the_series() {
    let Some(folder) = data("smfe12") else { return };
    for path in files(&folder)
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "cif"))
    {
        let structure = read_structure(path).unwrap();
        let volume = structure.lattice().volume();
        let atoms = structure.atoms().len();
        assert!(atoms % 13 == 0, "{}: {atoms} atoms", path.display());
        assert!(
            (12.0..14.5).contains(&(volume / atoms as f64)),
            "{}",
            path.display()
        );
    }
}
