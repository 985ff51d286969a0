//! NeXus files, as written by `nexus/make.py`.

use std::path::{Path, PathBuf};

use xrd_core::IntensityUnit;
use xrd_io::{AxisKind, SigmaOrigin, TimePerStep, read_scans};

fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nexus");
    folder.join(name)
}

#[test]
fn two_theta_comes_before_the_default_plot() {
    let scans = read_scans(file("xrd_pan.nxs")).unwrap();
    let [scan] = scans.as_slice() else {
        panic!("{} scans", scans.len());
    };
    assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
    assert_eq!(scan.axis(), [10.0, 10.5, 11.0]);
    assert_eq!(scan.intensities(), [7.0, 8.0, 9.0]);
    assert_eq!(scan.unit(), IntensityUnit::Counts);
    let metadata = scan.metadata();
    assert_eq!(metadata.sample.as_deref(), Some("Si"));
    assert_eq!(metadata.date.as_deref(), Some("2024-03-08T11:13:20"));
    assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(2.5)));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(metadata.radiation.k_alpha2_ratio, Some(0.5));
    assert_eq!(scan.wavelength().unwrap().as_angstrom(), 1.540598);
}

#[test]
fn older_marks_chunks_and_errors() {
    let scans = read_scans(file("monopd.nxs")).unwrap();
    assert_eq!(scans.len(), 2);
    assert_eq!(scans[0].intensities(), [1.5, 2.0, 3.0, 4.0]);
    assert_eq!(scans[1].intensities(), [5.0, 6.0, 7.0, 8.0]);
    for scan in &scans {
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
        assert!((scan.axis()[3] - 20.3).abs() < 1e-5);
        assert!((scan.wavelength().unwrap().as_angstrom() - 1.1).abs() < 1e-6);
        assert_eq!(scan.sigma_origin(), Some(SigmaOrigin::Stated));
    }
    assert!((scans[1].sigma().unwrap()[0] - 5f64.sqrt()).abs() < 1e-6);
}

#[test]
fn each_entry_has_its_pattern_and_its_facts() {
    let scans = read_scans(file("entries.nxs")).unwrap();
    let of = |scan: &xrd_io::Scan| {
        let sample = scan.metadata().sample.clone().unwrap();
        (
            sample,
            (1000.0 * scan.wavelength().unwrap().as_angstrom()).round(),
        )
    };
    let facts: Vec<_> = scans.iter().map(of).collect();
    assert_eq!(
        facts,
        [("Si".to_owned(), 1541.0), ("LaB6".to_owned(), 413.0)]
    );
    // An axis with one value more than there are points holds bin limits.
    assert_eq!(scans[0].axis(), [10.0, 10.5, 11.0]);
    assert_eq!(scans[1].axis(), [11.0, 11.5]);
    assert_eq!(
        scans[1].warnings(),
        ["left out: 1 points of unknown intensity"]
    );
}

#[test]
fn entries_that_share_their_data_are_bounded() {
    let refusal = read_scans(file("shared.nxs")).unwrap_err().to_string();
    assert!(refusal.contains("entries that hold more than"), "{refusal}");
}

#[test]
fn older_contiguous_data_do_not_state_their_size() {
    let scans = read_scans(file("older.nxs")).unwrap();
    let [scan] = scans.as_slice() else {
        panic!("{} scans", scans.len());
    };
    assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
    assert!((scan.axis()[3] - 18.9).abs() < 1e-6);
    assert_eq!(scan.intensities(), [700.0, 800.0, 90000.0, 10.0]);
    assert!((scan.wavelength().unwrap().as_angstrom() - 2.5666).abs() < 1e-6);
    assert_eq!(scan.metadata().comment.as_deref(), Some("a powder"));
}

#[test]
fn the_signature_may_come_later_and_angles_may_be_radians() {
    let scans = read_scans(file("user_block.nxs")).unwrap();
    assert_eq!(scans[0].axis_kind(), &AxisKind::TwoThetaDeg);
    assert!((scans[0].axis()[1] - 10.5).abs() < 1e-9);
    assert_eq!(scans[0].intensities(), [7.0, 8.0, 9.0]);
}

#[test]
fn what_holds_no_pattern_is_refused() {
    let refusal = read_scans(file("image.nxs")).unwrap_err().to_string();
    assert!(
        refusal.contains("an HDF5 file without data on an axis"),
        "{refusal}"
    );
}

#[test]
fn broken_files_end_in_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nxs");
    for name in ["xrd_pan.nxs", "monopd.nxs", "older.nxs"] {
        let whole = std::fs::read(file(name)).unwrap();
        for at in (8..whole.len()).step_by(61) {
            std::fs::write(&path, &whole[..at]).unwrap();
            let _ = read_scans(&path);
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            std::fs::write(&path, changed).unwrap();
            if let Err(e) = read_scans(&path) {
                assert!(!e.to_string().contains('\n'), "{e}");
            }
        }
    }
}
