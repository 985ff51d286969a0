//! Patterns in files that leave out something, or that hold more than a pattern. Every assumption is a
//! warning.

use std::fmt::Write;

use xrd_core::{IntensityUnit, Wavelength};
use xrd_io::{AxisKind, Format, ReadKind, ReadOptions, Scan, ScanFile, read_bytes, read_patterns};

fn read(name: &str, text: &str) -> Result<ScanFile, xrd_io::Error> {
    read_bytes(name, text.as_bytes(), &ReadOptions::default())
}

fn scans(name: &str, text: &str) -> Vec<Scan> {
    read(name, text).unwrap().scans
}

fn one(name: &str, text: &str) -> Scan {
    let mut scans = scans(name, text);
    assert_eq!(scans.len(), 1, "{name}");
    scans.remove(0)
}

/// The warning of a scan that has exactly one.
fn warning(scan: &Scan) -> &str {
    match scan.warnings() {
        [one] => one,
        all => panic!("{all:?}"),
    }
}

/// An intensity with a line at the middle of 60 points.
fn intensity(i: usize) -> usize {
    50 + i % 7 + if (28..32).contains(&i) { 900 } else { 0 }
}

/// Lines of an axis and an intensity.
fn rows(axis: impl Fn(f64) -> f64) -> String {
    let row = |i: usize| format!("{} {}\n", axis(i as f64), intensity(i));
    (0..60).map(row).collect()
}

#[test]
fn bytes_in_a_header_that_are_not_text_are_a_warning() {
    let bank = "BANK 1 4 1 CONST 1000 5 0 0 STD\n     100     121     144     100\n";
    let scan = one("a.gsa", &format!("LaMnO3 \0\u{1} at 300 K\n{bank}"));
    assert_eq!(scan.axis(), [10.0, 10.05, 10.1, 10.15]);
    assert_eq!(
        warning(&scan),
        "bytes in the header, from byte 7 on, are not text: read as blanks"
    );
    let refusal = read("a.gsa", "a title\n1 2\n3 \u{1}4\n").unwrap_err();
    assert!(refusal.to_string().contains("byte 14: 0x01 is not text"));
}

#[test]
fn siemens_headers_may_end_with_a_zero() {
    let head = ".RAW\r05-MAR-97\r09:05:25\ra sample\r 1\r 2\rCU\r 0\r1.541871\r1.540598\r\
        1.544418\r1.539062\r 20.000\r 0.050\r 3 1\r 12.00\r \r \r 73.\r \r \r";
    let scan = one("a.raw", &format!("{head} 70.\r 46.\r 73.\r"));
    assert_eq!(scan.axis(), [20.0, 20.05, 20.1]);
    assert_eq!(scan.intensities(), [70.0, 46.0, 73.0]);
    assert_eq!(scan.wavelength(), Wavelength::angstrom(1.540598).ok());
}

#[test]
fn names_of_diffpy_are_q_and_angles_not_chi() {
    let q = one(
        "a.chi",
        &format!("# chi_Q chi_I\n{}", rows(|i| 1.0 + 0.05 * i)),
    );
    assert_eq!(q.axis_kind(), &AxisKind::QPerAngstrom);
    let expected = "the axis is assumed to be q in 1/angstrom: the file states no unit of q";
    assert_eq!(warning(&q), expected);
    let angles = one(
        "a.txt",
        &format!("# chi_2theta chi_I\n{}", rows(|i| 20.0 + 0.05 * i)),
    );
    assert_eq!(angles.axis_kind(), &AxisKind::TwoThetaDeg);
    assert!(angles.warnings().is_empty());
    let chi = one("a.txt", &format!("# chi I\n{}", rows(|i| 20.0 + 0.05 * i)));
    assert_eq!(chi.axis_kind(), &AxisKind::ChiDeg);
}

#[test]
fn frames_with_dates_are_scans() {
    for (mark, date) in [(",", "date time"), ("\t", "date\ttime"), (" ", "date time")] {
        let mut text = ["twotheta", "position", "intensity", "frame_number", date].join(mark);
        for frame in 1..4 {
            for i in 0..20 {
                let cells = [
                    28.0 + 0.1 * f64::from(i),
                    1.0,
                    f64::from(5 * frame + i),
                    f64::from(frame),
                ];
                let cells = cells.map(|c| c.to_string()).join(mark);
                let date = date
                    .replace("date", "2021-03-01")
                    .replace("time", "12:30:15");
                write!(text, "\n{cells}{mark}{date}").unwrap();
            }
        }
        let frames = scans("a.txt", &text);
        assert_eq!(frames.len(), 3, "{mark:?}");
        assert_eq!(frames[2].axis()[..2], [28.0, 28.1]);
        assert_eq!(frames[2].intensities()[..2], [15.0, 16.0]);
        assert!(
            frames[0]
                .warnings()
                .iter()
                .any(|w| w.starts_with("not used: words"))
        );
    }
}

fn matrix(text: &str) -> Vec<Scan> {
    let file = read("m.csv", text).unwrap();
    assert_eq!(file.kind, ReadKind::Matrix, "{text}");
    file.scans
}

#[test]
fn matrices_may_lack_names_and_begin_with_any_axis() {
    // The names of the last column are empty, with and without values below.
    let rows = "20,1,5,7\n20.5,5,4,8\n21,2,4,9\n21.5,2,9,7\n";
    let unnamed = matrix(&format!("2theta,a,b,\n{rows}"));
    let names: Vec<&str> = unnamed.iter().map(Scan::name).collect();
    assert_eq!(names, ["a", "b", "column 4"]);
    assert_eq!(
        warning(&unnamed[0]),
        "no name above column 4: it is named by its number"
    );
    let longer = "2theta,a,b,\n20,1,5\n20.5,5,4\n21,2,4\n21.5,2,9\n";
    assert_eq!(matrix(longer)[1].intensities(), [5.0, 4.0, 4.0, 9.0]);
    // The axis is the first row, and the last column may name the patterns.
    let rows = "1,2,3,4,5,quartz\n6,7,9,8,2,quartz\n";
    for (text, names) in [
        (
            format!("20,20.5,21,21.5,22,\n{rows}"),
            ["quartz", "quartz (2)"],
        ),
        (
            format!("20,20.5,21,21.5,22,name\n{rows}"),
            ["quartz", "quartz (2)"],
        ),
        (
            "22,21.5,21,20.5,20\n5,4,3,2,1\n2,8,9,7,6\n".to_owned(),
            ["1", "2"],
        ),
    ] {
        let patterns = matrix(&text);
        assert_eq!(patterns[0].axis(), [20.0, 20.5, 21.0, 21.5, 22.0], "{text}");
        assert_eq!(
            patterns[1].intensities(),
            [6.0, 7.0, 9.0, 8.0, 2.0],
            "{text}"
        );
        assert_eq!([patterns[0].name(), patterns[1].name()], names);
        assert_eq!(patterns[0].warnings().len(), 1, "{text}");
    }
    // A number in the corner belongs neither to the axis nor to the patterns.
    for corner in ["0", "nan"] {
        let text =
            format!("{corner},20,20.5,21,21.5,22\n300,1,2,3,4,5\n310,6,7,9,8,2\n320,5,3,1,7,2\n");
        let patterns = matrix(&text);
        assert_eq!((patterns[1].name(), patterns[1].axis()[0]), ("310", 20.0));
    }
}

#[test]
fn columns_that_fall_without_a_name_are_spacings() {
    let inverse = |i: f64| 1.0 / (1.0 / 7.218 + (1.0 / 0.251 - 1.0 / 7.218) * i / 59.0);
    let scan = one("a.txt", &rows(inverse));
    assert_eq!(scan.axis_kind(), &AxisKind::DAngstrom);
    let (first, last) = (scan.axis()[0], scan.axis()[59]);
    let expected =
        format!("the axis is assumed to be d-spacing in angstrom: it falls from {first} to {last}");
    assert!(scan.warnings().contains(&expected), "{:?}", scan.warnings());
    let options = ReadOptions::default().with_axis_kind(AxisKind::TwoThetaDeg);
    let stated = read_bytes("a.txt", rows(inverse).as_bytes(), &options).unwrap();
    assert_eq!(stated.scans[0].axis_kind(), &AxisKind::TwoThetaDeg);
    assert_eq!(stated.scans[0].warnings(), ["the axis decreases"]);
    // A scan that ran backwards.
    let backwards = one("a.txt", &rows(|i| 60.0 - 0.5 * i));
    assert_eq!(backwards.axis_kind(), &AxisKind::TwoThetaDeg);
}

#[test]
fn a_folder_with_an_assumed_axis_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..5 {
        let path = folder.path().join(format!("s{i}.chi"));
        std::fs::write(path, rows(|i| 0.07 + 0.5 * i)).unwrap();
    }
    let read = read_patterns(folder.path(), &ReadOptions::default()).unwrap();
    let [said] = read.warnings.as_slice() else {
        panic!("{:?}", read.warnings);
    };
    let expected = "s0.chi and 4 other files: the axis is assumed to be two-theta in degrees: \
        the file does not name it, but its range also fits q in 1/angstrom";
    assert!(said.ends_with(expected), "{said}");
    let q = one("a_q.chi", &rows(|i| 0.5 + 0.2 * i));
    assert_eq!(q.axis_kind(), &AxisKind::QPerAngstrom);
    assert_eq!(
        warning(&q),
        "the axis is assumed to be q in 1/angstrom: the name of the file ends with q"
    );
    let angles = one("a_q.chi", &rows(|i| 10.0 + i));
    assert_eq!(angles.axis_kind(), &AxisKind::TwoThetaDeg);
}

#[test]
fn chiplot_says_how_many_points_are_missing() {
    for count in ["1455", "1455 1"] {
        let text = format!(
            "a\n2-Theta Angle (Degrees)\nIntensity\n {count}\n{}",
            rows(|i| 9.0 + i)
        );
        let file = read("a.chi", &text).unwrap();
        assert_eq!(file.format, Format::ChiPlot);
        assert_eq!(
            warning(&file.scans[0]),
            "cut short: 60 of 1455 points found"
        );
    }
}

#[test]
fn standard_deviations_under_su_and_with_gaps() {
    let row = |i: usize| {
        format!(
            "{} {} {}\n",
            9 + i,
            intensity(i),
            (intensity(i) as f64).sqrt()
        )
    };
    let text: String = (0..60).map(row).collect();
    let su = one("a.txt", &format!("2theta I su\n{text}"));
    assert_eq!(su.sigma().unwrap()[1], 51f64.sqrt());
    assert!(su.warnings().is_empty());
    let row = |i: usize| match i {
        3 | 40 => format!("{} -2 nan\n", 9 + i),
        _ => row(i),
    };
    let text: String = (0..60).map(row).collect();
    for (name, head) in [("a.xye", ""), ("a.txt", "2theta I sigma\n")] {
        let scan = one(name, &format!("{head}{text}"));
        let sigma = scan.sigma().unwrap();
        assert_eq!(
            (sigma[2], sigma[3], sigma[4]),
            (52f64.sqrt(), 52f64.sqrt(), 54f64.sqrt())
        );
        let expected = "2 standard deviations are missing: those of the points before are used";
        assert_eq!(warning(&scan), expected);
    }
}

#[test]
fn a_few_points_at_the_end_are_no_scan() {
    let text = "10 5\n11 6\n12 7\n13 8\n14 7\n15 6\n16 5\n17 4\n12.2 5\n12.4 6\n";
    let scan = one("a.xy", text);
    assert_eq!(scan.axis().len(), 10);
    assert_eq!(
        warning(&scan),
        "the axis does not increase at 1 points, first from 17 to 12.2"
    );
}

#[test]
fn the_drive_of_an_export_is_the_axis() {
    let head = "'Id: \"\" Anode: \"Cu\" Scantype: \"Z\" TimePerStep: \"1\"\n";
    let height = one("a.txt", &format!("{head}{}", rows(|i| -0.5 + 0.025 * i)));
    assert_eq!(height.not_powder(), Some("a scan over z in mm"));
    let unknown = head.replace("\"Z\"", "\"Sway\"");
    let scan = one("a.txt", &format!("{unknown}{}", rows(|i| 10.0 + 0.5 * i)));
    assert_eq!(
        warning(&scan),
        "the axis is assumed to be two-theta in degrees: the scan type 'Sway' is not known"
    );
}

#[test]
fn radians_are_converted_and_other_names_of_q_known() {
    let radians = one(
        "a.dat",
        &format!("# 2th_rad I\n{}", rows(|i| 0.2 + 0.01 * i)),
    );
    assert_eq!(radians.axis_kind(), &AxisKind::TwoThetaDeg);
    assert!((radians.axis()[0] - 0.2f64.to_degrees()).abs() < 1e-9);
    let q = one(
        "a.txt",
        &format!("DSM_Qvec I\n{}", rows(|i| 1.0 + 0.05 * i)),
    );
    assert_eq!(q.axis_kind(), &AxisKind::QPerAngstrom);
    let options = ReadOptions::default().with_axis_kind(AxisKind::QPerNanometre);
    let text = format!("DSM_Qvec I\n{}", rows(|i| 1.0 + 0.05 * i));
    let stated = read_bytes("a.txt", text.as_bytes(), &options).unwrap();
    assert_eq!(stated.scans[0].axis_kind(), &AxisKind::QPerNanometre);
    assert!(stated.scans[0].warnings().is_empty());
}

#[test]
fn the_place_in_the_line_says_which_scan_goes_on() {
    let row = |i: usize| {
        let axis = 20.0 + 0.1 * i as f64;
        let both = format!("{axis:8.1}{:8}{:8.2}{:8}\n", intensity(i), axis + 0.05, i);
        if i < 40 {
            both
        } else {
            format!("{:16}{}", "", &both[16..])
        }
    };
    let scans = scans("a.txt", &(0..60).map(row).collect::<String>());
    assert_eq!((scans[0].axis().len(), scans[1].axis().len()), (40, 60));
    assert_eq!(
        (scans[1].axis()[59], scans[1].intensities()[59]),
        (25.95, 59.0)
    );
}

#[test]
fn columns_that_touch_are_cut_by_the_widths_of_others() {
    let row = |i: usize| {
        let intensity = if i < 40 { 4.168110228 } else { 14.168110228 };
        format!("{:7.3}{intensity:12.9}\n", 99.0 + 0.025 * i as f64)
    };
    let text: String = (0..60).map(row).collect();
    assert!(text.contains("100.00014.168110228"));
    let scan = one("a.txt", &text);
    assert_eq!((scan.axis().len(), scan.axis()[40]), (60, 100.0));
    assert_eq!(scan.intensities()[40], 14.168110228);
    let expected =
        "the columns of 20 lines touch, first in line 41: cut where those of other lines end";
    assert_eq!(warning(&scan), expected);
}

#[test]
fn the_wavelength_of_a_powder_cif_has_many_tags() {
    for tag in [
        "_diffrn_radiation_wavelength",
        "_diffrn_radiation_wavelength.value",
        "_diffrn_radiation_wavelength.wavelength",
        "_diffrn.wavelength",
        "_pd_instr.wavelength",
        "_instr.wavelength",
    ] {
        let text = format!(
            "data_a\n{tag} 0.459\nloop_\n_pd_meas_2theta_scan\n_pd_meas_counts_total\n{}",
            rows(|i| 9.0 + i)
        );
        let scan = one("a.cif", &text);
        assert_eq!(scan.wavelength(), Wavelength::angstrom(0.459).ok(), "{tag}");
    }
}

#[test]
fn circles_of_phi_are_a_pole_figure() {
    let scan = |axis: &str| {
        format!(
            "<xrdMeasurements><xrdMeasurement measurementType=\"Area measurement\"><scan \
            scanAxis=\"{axis}\"><dataPoints><positions axis=\"{axis}\" unit=\"deg\"><startPosition>0\
            </startPosition><endPosition>10</endPosition></positions><intensities unit=\"counts\">\
            1 2 3</intensities></dataPoints></scan></xrdMeasurement></xrdMeasurements>"
        )
    };
    let kind = |axis| one("a.xrdml", &scan(axis)).not_powder().map(str::to_owned);
    assert_eq!(kind("Phi").as_deref(), Some("a pole figure"));
    assert_eq!(kind("2Theta").as_deref(), Some("a reciprocal-space map"));
}

#[test]
fn columns_written_by_us_keep_the_axis() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a_q.xy");
    for (kind, axis) in [
        (AxisKind::TwoThetaDeg, [0.123_456_789_012_345, 7.5, 29.57]),
        (AxisKind::TwoThetaDeg, [7.2, 3.1, 0.5]),
    ] {
        let scan = Scan::builder("a", kind.clone(), axis, [1.0, 1e9 / 7.0, 3.0]);
        let scan = scan.unit(IntensityUnit::Counts).build().unwrap();
        let mut bytes = Vec::new();
        xrd_io::write::xy(&mut bytes, &scan).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let back = xrd_io::read_scans(&path).unwrap().remove(0);
        assert_eq!(back.axis_kind(), &kind);
        assert_eq!(
            (back.axis(), back.intensities()),
            (scan.axis(), scan.intensities())
        );
    }
}

#[test]
fn text_of_no_format_is_shown() {
    let refusal = read("a.txt", "\nA note about samples.\nMore words.\n").unwrap_err();
    let start = "a.txt: line 2 is not understood: 'A note about samples.', and no line of numbers \
        follows (expected one of Bruker RAW 1,";
    assert!(refusal.to_string().starts_with(start), "{refusal}");
}
