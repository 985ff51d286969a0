//! Binary formats, tested on files made for this purpose.

use crate::binary::{self, Raw3Range, StoeRange};
use xrd_core::{IntensityUnit, Wavelength};
use xrd_io::{AxisKind, Result, Scan, TimePerStep, read_scans};

fn read(bytes: &[u8]) -> Result<Vec<Scan>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.raw");
    std::fs::write(&path, bytes).unwrap();
    read_scans(&path)
}

/// The error message without the path.
fn refusal(bytes: &[u8]) -> String {
    let message = read(bytes).unwrap_err().to_string();
    message.split_once("a.raw: ").unwrap().1.to_owned()
}

fn near(axis: &[f64], expected: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
    let same = axis.len() == expected.len() && axis.iter().zip(expected).all(close);
    assert!(same, "{axis:?}, expected {expected:?}");
}

fn wavelengths(scan: &Scan) -> (f64, f64) {
    let radiation = &scan.metadata().radiation;
    let angstrom = |w: Option<xrd_core::Wavelength>| w.unwrap().as_angstrom();
    (angstrom(radiation.wavelength), angstrom(radiation.k_alpha2))
}

/// A truncated file gives the points that it contains, with a warning, or an error if it contains
/// no more than a header. A file that does not state its number of ranges may be cut between two of
/// them.
fn check_cuts(whole: &[u8], ends: &[usize]) {
    let all = read(whole).unwrap();
    for length in 8..whole.len() {
        let Ok(scans) = read(&whole[..length]) else {
            continue;
        };
        let points = |scans: &[Scan]| scans.iter().map(|s| s.axis().len()).sum::<usize>();
        let warned = scans
            .last()
            .unwrap()
            .warnings()
            .iter()
            .any(|w| w.starts_with("cut short"));
        let complete = points(&scans) == points(&all) || ends.contains(&length);
        assert!(warned || complete, "{length} of {}", whole.len());
        for (scan, of_whole) in scans.iter().zip(&all) {
            assert!(
                of_whole.intensities().starts_with(scan.intensities()),
                "{length}"
            );
            assert!(of_whole.axis().starts_with(scan.axis()), "{length}");
        }
    }
    assert!(read(&whole[..whole.len() - 1]).is_ok());
}

#[test]
fn bruker_raw_1() {
    let first = binary::raw1_range(&[5.0, 6.0, 7.0], 1, true);
    for marked in [true, false] {
        let second = binary::raw1_range(&[8.0, 9.0], 0, marked);
        let file = [first.clone(), second].concat();
        let scans = read(&file).unwrap();
        assert_eq!(scans.len(), 2);
        assert_eq!((scans[0].name(), scans[1].name()), ("a_1", "a_2"));
        near(scans[0].axis(), &[10.0, 10.5, 11.0]);
        assert_eq!(scans[0].intensities(), [5.0, 6.0, 7.0]);
        assert_eq!(scans[1].intensities(), [8.0, 9.0]);
        assert_eq!(scans[0].unit(), IntensityUnit::Counts);
        assert_eq!(scans[0].metadata().sample.as_deref(), Some("quartz"));
        assert_eq!(
            scans[0].metadata().time_per_step,
            Some(TimePerStep::Same(2.0))
        );
        assert_eq!(wavelengths(&scans[0]), (1.5406, 1.5443));
        check_cuts(&file, &[]);
    }
    assert!(refusal(&binary::raw1_range(&[], 0, true)).contains("Bruker RAW 1 without a scan"));
    assert_eq!(
        refusal(&first[..100]),
        "byte 100: the file ends too early (expected a field at byte 152)"
    );
}

#[test]
fn bruker_raw_2() {
    let file = binary::raw2(&[&[5.0, 6.5], &[8.0, 9.0, 1.0]]);
    let scans = read(&file).unwrap();
    near(scans[0].axis(), &[10.0, 10.02]);
    assert_eq!(scans[0].unit(), IntensityUnit::Arbitrary);
    assert_eq!(scans[1].unit(), IntensityUnit::Counts);
    assert_eq!(scans[1].intensities(), [8.0, 9.0, 1.0]);
    let metadata = scans[0].metadata();
    assert_eq!(metadata.sample.as_deref(), Some("ZINCITE.DAT"));
    assert_eq!(metadata.date.as_deref(), Some("19-12-1997 21:57"));
    assert_eq!(metadata.temperature_k, Some(298.0));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(metadata.radiation.k_alpha2_ratio, Some(0.514));
    check_cuts(&file, &[]);
    let mut short = file;
    binary::put(&mut short, 256, &[12, 0]);
    assert_eq!(
        refusal(&short),
        "byte 256: a header of 12 bytes (expected at least 48)"
    );
}

fn raw3_range(scan_type: u32, counts: &[f32]) -> Raw3Range<'_> {
    Raw3Range {
        scan_type,
        counts,
        two_theta: None,
        extra: 0,
    }
}

#[test]
fn bruker_raw_3() {
    let counts = [5.0, 6.0, 7.0];
    let measured = Raw3Range {
        two_theta: Some(&[10.0, 10.021, 10.039]),
        ..raw3_range(1, &counts)
    };
    let supplemented = Raw3Range {
        extra: 40,
        ..raw3_range(130, &counts)
    };
    let file = binary::raw3(1, &[raw3_range(0, &counts), measured, supplemented]);
    let scans = read(&file).unwrap();
    assert_eq!(scans.len(), 3);
    for scan in &scans {
        assert_eq!(scan.intensities(), [5.0, 6.0, 7.0]);
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
    }
    near(scans[0].axis(), &[10.0, 10.02, 10.04]);
    assert_eq!(scans[1].axis(), [10.0, 10.021, 10.039]);
    let metadata = scans[0].metadata();
    assert_eq!(metadata.date.as_deref(), Some("10/13/03 20:54:36"));
    assert_eq!(metadata.sample.as_deref(), Some("KGa-1"));
    assert_eq!(metadata.comment.as_deref(), Some("spray dried"));
    assert_eq!(metadata.temperature_k, Some(300.0));
    assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(95.0)));
    assert_eq!(metadata.drive.as_deref(), Some("locked coupled"));
    assert_eq!(scans[2].metadata().drive.as_deref(), Some("PSD fast scan"));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Co"));
    assert_eq!(wavelengths(&scans[0]), (1.78897, 1.79285));
    check_cuts(&file, &[]);
}

#[test]
fn bruker_raw_3_of_every_drive() {
    let other = |name: &str, unit: &str| AxisKind::Other {
        name: name.to_owned(),
        unit: unit.to_owned(),
    };
    let drives = [
        (0, "locked coupled", AxisKind::TwoThetaDeg, 10.0),
        (1, "unlocked coupled", AxisKind::TwoThetaDeg, 10.0),
        (2, "detector scan", AxisKind::TwoThetaDeg, 10.0),
        (3, "rocking curve", AxisKind::OmegaDeg, 5.0),
        (4, "chi scan", AxisKind::ChiDeg, 20.0),
        (5, "phi scan", AxisKind::PhiDeg, 30.0),
        (6, "x scan", other("x", "mm"), 1.0),
        (7, "y scan", other("y", "mm"), 2.0),
        (8, "z scan", other("z", "mm"), 3.0),
        (9, "aux1 scan", other("aux1", ""), 4.0),
        (10, "aux2 scan", other("aux2", ""), 5.0),
        (11, "aux3 scan", other("aux3", ""), 6.0),
        (12, "psi scan", AxisKind::ChiDeg, 20.0),
        (13, "hkl scan", other("hkl", ""), 10.0),
        (
            14,
            "reciprocal space scan",
            other("reciprocal space", ""),
            10.0,
        ),
        (20, "unlocked coupled", AxisKind::TwoThetaDeg, 10.0),
        (129, "PSD fixed scan", AxisKind::TwoThetaDeg, 10.0),
        (130, "PSD fast scan", AxisKind::TwoThetaDeg, 10.0),
        (99, "scan of type 99", other("scan of type 99", ""), 10.0),
    ];
    let counts = [5.0, 6.0];
    let ranges: Vec<_> = drives.iter().map(|d| raw3_range(d.0, &counts)).collect();
    let scans = read(&binary::raw3(3, &ranges)).unwrap();
    assert_eq!(scans.len(), drives.len());
    for (scan, (_, drive, axis, first)) in scans.iter().zip(&drives) {
        assert_eq!(scan.metadata().drive.as_deref(), Some(*drive));
        assert_eq!((scan.axis_kind(), scan.axis()[0]), (axis, *first));
        let is_powder = *axis == AxisKind::TwoThetaDeg;
        assert_eq!(scan.to_pattern().is_ok(), is_powder, "{drive}");
    }
    assert!(scans[3].not_powder().is_some());
    for (status, fate) in [(2, "still running"), (3, "aborted"), (4, "interrupted")] {
        let scans = read(&binary::raw3(status, &ranges[..1])).unwrap();
        let last = scans[0].warnings().last().unwrap();
        assert_eq!(*last, format!("the measurement was {fate}"));
    }
}

#[test]
fn bruker_wavelengths_and_points_that_were_not_measured() {
    let used = |file: &[u8], at: usize, value: f64| {
        let mut file = file.to_vec();
        binary::put(&mut file, at, &value.to_le_bytes());
        let scan = read(&file).unwrap().remove(0);
        let radiation = &scan.metadata().radiation;
        let angstrom = |w: Option<Wavelength>| w.map(Wavelength::as_angstrom);
        (angstrom(radiation.wavelength), angstrom(radiation.k_alpha2))
    };
    let counts = [5.0, -9999.0, 6.0];
    let raw3 = binary::raw3(1, &[raw3_range(0, &counts)]);
    let raw4 = [
        binary::raw4_head(),
        binary::raw4_range("Locked Coupled", &counts, 4),
    ]
    .concat();
    let raw4_used = binary::raw4_head().len() + 112;
    // The mean of Kα is not another emission line, but Kβ is.
    assert_eq!(
        used(&raw3, 712 + 240, 1.7903),
        (Some(1.78897), Some(1.79285))
    );
    assert_eq!(used(&raw3, 712 + 240, 1.62082), (Some(1.62082), None));
    assert_eq!(
        used(&raw4, raw4_used, 1.5418),
        (Some(1.5406), Some(1.54439))
    );
    assert_eq!(used(&raw4, raw4_used, 1.39222), (Some(1.39222), None));
    for (file, last) in [(&raw3, 10.04), (&raw4, 21.0)] {
        let scan = read(file).unwrap().remove(0);
        assert_eq!(scan.intensities(), [5.0, 6.0]);
        assert_eq!(scan.axis()[1], last);
        assert_eq!(scan.unit(), IntensityUnit::Counts);
        assert_eq!(
            scan.warnings(),
            ["left out: 1 points that were not measured"]
        );
    }
    let mut nanometres = raw3.clone();
    binary::put(&mut nanometres, 624, &0.15406f64.to_le_bytes());
    binary::put(&mut nanometres, 656, b"nm");
    assert!((used(&nanometres, 632, 0.154439).0.unwrap() - 1.5406).abs() < 1e-9);
}

#[test]
fn bruker_raw_3_that_is_broken() {
    let file = binary::raw3(1, &[raw3_range(0, &[5.0, 6.0])]);
    let with = |at: usize, value: u32| {
        let mut broken = file.clone();
        binary::put(&mut broken, at, &value.to_le_bytes());
        broken
    };
    assert_eq!(
        refusal(&with(712, 40)),
        "byte 712: a range header of 40 bytes (expected at least 304)"
    );
    assert_eq!(
        refusal(&with(964, 2)),
        "byte 964: records of 2 bytes (expected at least 4)"
    );
    // Numbers larger than any file are limited to the size of the file.
    let scans = read(&with(716, u32::MAX)).unwrap();
    assert_eq!(
        scans[0].warnings(),
        ["cut short: 2 of 4294967295 points found"]
    );
    let scans = read(&with(12, 1 << 31)).unwrap();
    assert_eq!(
        scans[0].warnings(),
        ["cut short: 2147483647 more ranges should follow"]
    );
    let mut infinite = file.clone();
    binary::put(&mut infinite, 712 + 304, &f32::INFINITY.to_le_bytes());
    assert_eq!(
        refusal(&infinite),
        "byte 1016: intensity is inf (expected a finite number)"
    );
}

#[test]
fn bruker_raw_4() {
    for record in [4, 8, 12] {
        let ranges = [
            binary::raw4_range("Locked Coupled", &[5.0, 6.0, 7.0], record),
            binary::raw4_range("Rocking Curve", &[1.0], record),
            binary::raw4_range("Something New", &[2.0, 3.0], record),
        ];
        let file = [binary::raw4_head(), ranges.concat()].concat();
        let scans = read(&file).unwrap();
        assert_eq!(scans.len(), 3);
        near(scans[0].axis(), &[20.0, 20.5, 21.0]);
        assert_eq!(scans[0].intensities(), [5.0, 6.0, 7.0]);
        assert_eq!(scans[0].axis_kind(), &AxisKind::TwoThetaDeg);
        assert_eq!(scans[1].axis_kind(), &AxisKind::OmegaDeg);
        // For an unknown scan type, the axis is the drive that starts at the first point.
        assert_eq!(scans[2].axis_kind(), &AxisKind::OmegaDeg);
        let metadata = scans[0].metadata();
        assert_eq!(metadata.sample.as_deref(), Some("SbI3"));
        assert_eq!(metadata.date.as_deref(), Some("05/19/2025 14:24:14"));
        assert_eq!(metadata.drive.as_deref(), Some("Locked Coupled"));
        assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(76.8)));
        assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(metadata.radiation.k_alpha2_ratio, Some(0.5));
        assert_eq!(wavelengths(&scans[0]), (1.5406, 1.54439));
        let lengths = ranges.iter().map(Vec::len);
        let ends = lengths.scan(binary::raw4_head().len(), |end, length| {
            *end += length;
            Some(*end)
        });
        check_cuts(&file, &ends.collect::<Vec<_>>());
    }
}

#[test]
fn bruker_raw_4_that_is_broken() {
    let head = binary::raw4_head();
    let end = head.len();
    assert_eq!(
        refusal(&head),
        format!("byte {end}: the file ends too early (expected a field at byte {end})")
    );
    let mut segment = head.clone();
    binary::put(&mut segment, 65, &[3, 0, 0, 0]);
    assert_eq!(
        refusal(&segment),
        "byte 65: a segment of 3 bytes (expected at least 8)"
    );
    let mut record = [head, binary::raw4_range("Locked Coupled", &[5.0], 4)].concat();
    binary::put(&mut record, end + 136, &[0]);
    let expected = format!(
        "byte {}: records of 0 bytes (expected at least 4)",
        end + 136
    );
    assert_eq!(refusal(&record), expected);
}

#[test]
fn stoe_raw() {
    let range = |counts, short, scale, history| StoeRange {
        counts,
        short,
        scale,
        history,
    };
    let ranges = [
        range(&[5, 70_000, 7], false, 0.0, 0),
        range(&[40_000, 9], true, 4.0, 1 << 6),
    ];
    let file = binary::stoe(3, &ranges);
    let scans = read(&file).unwrap();
    near(scans[0].axis(), &[10.0, 10.015, 10.03]);
    assert_eq!(scans[0].intensities(), [5.0, 70_000.0, 7.0]);
    assert_eq!(scans[1].intensities(), [10_000.0, 2.25]);
    assert_eq!(scans[0].unit(), IntensityUnit::Counts);
    assert!(scans[1].warnings()[0].contains("background was subtracted"));
    let metadata = scans[0].metadata();
    assert_eq!(metadata.sample.as_deref(), Some("LaB6"));
    assert_eq!(metadata.date.as_deref(), Some("22-Sep-20 17:18"));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Mo"));
    assert_eq!(wavelengths(&scans[0]), (0.7093, 0.7136));
    let omega = read(&binary::stoe(2, &ranges)).unwrap();
    assert_eq!(omega[0].axis_kind(), &AxisKind::OmegaDeg);
    near(omega[0].axis(), &[5.0, 5.0075, 5.015]);
    let mut nowhere = file;
    binary::put(&mut nowhere, 480, &[0, 0]);
    assert_eq!(
        refusal(&nowhere),
        "byte 480: record 0 (expected at least 2)"
    );
}

#[test]
fn philips_rd() {
    let stored = [310, 25, 9];
    let counts = [961.0, 6.0, 0.0];
    let step = read(&binary::philips(b"V3RD", false, &stored, 250)).unwrap();
    near(step[0].axis(), &[5.0, 5.05, 5.1]);
    assert_eq!(step[0].intensities(), counts);
    let continuous = read(&binary::philips(b"V3RD", true, &stored, 250)).unwrap();
    near(continuous[0].axis(), &[5.025, 5.075, 5.125]);
    assert_eq!(continuous[0].intensities(), counts);
    for (kind, data) in [(b"D3RD", 250), (b"V5RD", 810), (b"V5RD", 806)] {
        let scans = read(&binary::philips(kind, false, &stored, data)).unwrap();
        near(scans[0].axis(), &[5.0, 5.05, 5.1]);
        assert_eq!(scans[0].intensities(), counts);
    }
    let metadata = step[0].metadata();
    assert_eq!(metadata.sample.as_deref(), Some("7059"));
    assert_eq!(metadata.instrument.as_deref(), Some("Philips PW3710"));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
    check_cuts(&binary::philips(b"V3RD", false, &stored, 250), &[]);
}

#[test]
fn philips_files_that_are_refused() {
    let file = binary::philips(b"V3RD", false, &[310, 25, 9], 250);
    let mut shifted = file.clone();
    shifted.splice(250..252, []);
    shifted.extend([0, 0]);
    assert_eq!(
        refusal(&shifted),
        "byte 136: 310 as the largest number stored (expected 25 as in the data)"
    );
    for (kind, what) in [(b"V3DI", "list of peaks"), (b"V5BK", "background")] {
        let other = binary::philips(kind, false, &[310, 25], 250);
        assert!(refusal(&other).contains(what));
    }
    let mut endless = file;
    binary::put(&mut endless, 214, &1e-300f64.to_le_bytes());
    assert!(refusal(&endless).starts_with("byte 214: steps of 0.000"));
}
