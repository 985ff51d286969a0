//! Meaning of column names and units.

use super::*;

const ROWS: [[f64; 3]; 5] = [
    [10.0, 5.0, 100.0],
    [10.5, 5.25, 107.0],
    [11.0, 5.5, 98.0],
    [11.5, 5.75, 104.0],
    [12.0, 6.0, 101.0],
];

fn rows(columns: &[usize]) -> String {
    let row = |row: &[f64; 3]| -> String {
        let cells: Vec<String> = columns.iter().map(|i| row[*i].to_string()).collect();
        cells.join("\t") + "\n"
    };
    ROWS.iter().map(row).collect()
}

#[test]
fn units_below_names() {
    let with =
        |head: &str, columns: &[usize]| read_text(&format!("{head}{}", rows(columns))).unwrap();
    for (head, columns) in [
        ("TwoTheta\tTheta\tPSD(0D)\n[°]\t[°]\t[Counts]\n", [0, 1, 2]),
        (
            "Column2\tColumn3\tColumn4\nTheta\tTwoTheta\tPSD\n[°]\t[°]\t[Counts]\n",
            [1, 0, 2],
        ),
        (
            "2Theta\tTheta\tIntensity\n(deg)\t(deg)\t(counts)\n",
            [0, 1, 2],
        ),
    ] {
        let scan = with(head, &columns);
        assert_eq!(
            (scan.axis()[1], scan.intensities()[1]),
            (10.5, 107.0),
            "{head}"
        );
        assert_eq!(scan.unit(), IntensityUnit::Counts, "{head}");
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
        assert_eq!(scan.warnings().len(), 1, "{head}");
    }
    let q = with("q\tI\tdI\n1/nm\ta.u.\ta.u.\n", &[0, 2, 1]);
    assert_eq!(q.axis_kind(), &AxisKind::QPerNanometre);
    assert_eq!(q.sigma().map(|s| s[0]), Some(5.0));
    let q = with("Q\tIntensity\n1/A\tcps\n", &[0, 2]);
    assert_eq!(q.axis_kind(), &AxisKind::QPerAngstrom);
    assert_eq!(q.unit(), IntensityUnit::CountsPerSecond);
    let theta = with("Theta\tIntensity\ndeg\tcps\n", &[0, 2]);
    assert!(theta.warnings()[0].contains("'Theta (deg)'"));
}

#[test]
fn first_columns_of_something_else() {
    let read = |name: &str| read_text(&format!("{name}\tIntensity\n{}", rows(&[0, 2]))).unwrap();
    for name in [
        "azimuth",
        "Binding Energy",
        "T (K)",
        "t (s)",
        "ppm",
        "Strain",
        "sin(theta)/lambda",
    ] {
        let scan = read(name);
        assert_eq!(scan.axis_kind(), &AxisKind::other(name.to_lowercase(), ""));
        assert!(scan.to_pattern().is_err());
    }
    assert_eq!(read("d (nm)").axis()[0], 100.0);
    assert_eq!(read("psi").axis_kind(), &AxisKind::ChiDeg);
    let foo = read("Foo");
    assert_eq!(
        (foo.axis_kind(), foo.warnings()),
        (
            &AxisKind::TwoThetaDeg,
            ["the first column, headed 'Foo', is read as two-theta".to_owned()].as_slice()
        )
    );
    for name in ["X", "Angle", "Pos.", "2T", "Column1", "ángulo", "Winkel"] {
        assert!(read(name).warnings().is_empty(), "{name}");
    }
    let energies = read_text(&format!(
        "# E-Ef (eV) DOS\n{}",
        rows(&[0, 2]).replace('\t', " ")
    ))
    .unwrap();
    assert_eq!(energies.axis_kind(), &AxisKind::other("e-ef (ev)", ""));
}

#[test]
fn the_head_may_state_the_axis() {
    let rows = rows(&[0, 2]);
    for (head, kind) in [
        (
            "Sample\tx\nScanningMode\tTheta\nStart\t10\n",
            AxisKind::OmegaDeg,
        ),
        (
            "*MEAS_SCAN_AXIS_X_INTERNAL\t\"Omega\"\n",
            AxisKind::OmegaDeg,
        ),
        ("#XUNITS : keV\n", AxisKind::EnergyKev),
        (
            "#S 1  ascan  th 10 12 4 1\n#L Theta  Detector\n",
            AxisKind::OmegaDeg,
        ),
    ] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!(scan.axis_kind(), &kind, "{head}");
        assert_eq!(scan.warnings().len(), 1, "{head} {:?}", scan.warnings());
    }
    let more: String = (0..9).map(|i| format!("{} 900 5.5\n", 10 + i)).collect();
    let scan = |motor: &str| {
        format!("#S 1  ascan  {motor} 10 18 8 1\n#L {motor}  Monitor  Detector\n{more}")
    };
    let scans = read_all(&format!("{}{}", scan("tth"), scan("th")));
    assert_eq!(scans[0].axis_kind(), &AxisKind::TwoThetaDeg);
    assert_eq!(scans[1].axis_kind(), &AxisKind::OmegaDeg);
    let theta = read_text(&format!("#x_units: theta\n{rows}")).unwrap();
    assert_eq!(
        theta.warnings(),
        ["the file calls the axis theta; it is read as two-theta"]
    );
}

#[test]
fn columns_beside_the_intensities() {
    let row = |i: usize, more: &str| {
        let angle = 10.0 + 0.5 * i as f64;
        let d = 1.5406 / (2.0 * (0.5 * angle).to_radians().sin());
        let y = 100 + i * 7919 % 61;
        more.replace('d', &format!("{d:.5}"))
            .replace('x', &format!("{angle}"))
            .replace('y', &y.to_string())
    };
    let text = |more: &str| (0..40).map(|i| row(i, more)).collect::<String>();
    let spacings = read_text(&text("x d y\n")).unwrap();
    assert_eq!(spacings.intensities()[0], 100.0);
    assert_eq!(spacings.warnings(), ["not used: column 2"]);
    let ones = read_text(&text("x y 1.0\n")).unwrap();
    assert_eq!(
        (ones.sigma(), ones.warnings()),
        (
            None,
            ["not used: column 3, which is 1 in all rows".to_owned()].as_slice()
        )
    );
    let attenuated = text("x y 1.0\n").replacen(" 1.0\n", " 10.0\n", 9);
    assert_eq!(read_text(&attenuated).unwrap().sigma(), None);
    let fit = read_text(&format!("'quartz Yobs Ycalc\n{}", text("x,y,99,3\n"))).unwrap();
    assert_eq!(fit.warnings(), ["not used: column 3, 4"]);
    let calculated = read_text(&format!("2Theta Calc\n{}", text("x y\n"))).unwrap();
    assert_eq!(
        calculated.warnings(),
        ["the column 'Calc' is read as the intensities"]
    );
}

#[test]
fn each_export_of_eva_has_its_own_head() {
    let head = |id: &str, kind: &str| {
        format!("'Id: \"{id}\" Anode: \"Cu\" Scantype: \"{kind}\" TimePerStep: \"2\"\n")
    };
    let rows: String = (0..9).map(|i| format!("{} 5.5\n", 10 + i)).collect();
    let text = format!(
        "{}{rows}{}{rows}",
        head("A", "Coupled TwoTheta/Theta"),
        head("B", "Rocking Curve")
    );
    let scans = read_all(&text);
    let told: Vec<_> = scans
        .iter()
        .map(|s| s.metadata().sample.as_deref())
        .collect();
    assert_eq!(told, [Some("A"), Some("B")]);
    assert_eq!(scans[0].axis_kind(), &AxisKind::TwoThetaDeg);
    assert_eq!(scans[1].axis_kind(), &AxisKind::OmegaDeg);
}

#[test]
fn a_title_of_two_words_names_no_axis() {
    for title in ["radial integration", "azimuthal integration"] {
        let scan = read_text(&format!("{title}\n{}", rows(&[0, 2]))).unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg, "{title}");
    }
}

#[test]
fn notes_and_titles_that_begin_as_axes_do_name_none() {
    for head in [
        "Philips X'Pert",
        "Chitosan film",
        "# d-spacing list to follow",
        "q calibrant Si",
        "# Phi: 0.0",
        "%d",
        "Date: 05/01/2024",
        "# Temperature: 300K",
    ] {
        let scan = read_text(&format!("{head}\n{}", rows(&[0, 2]))).unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg, "{head}");
        assert_eq!(scan.axis().len(), ROWS.len(), "{head}");
    }
    let tof = read_text(&format!(
        "TOF (us)  Intensity of the bank\n{}",
        rows(&[0, 2])
    ))
    .unwrap();
    assert_eq!(tof.axis_kind(), &AxisKind::TimeOfFlightUs);
    let rocking = read_text(&format!("# rocking curve of 004\n{}", rows(&[0, 2]))).unwrap();
    assert!(rocking.warnings()[0].contains("'rocking curve'"));
}

#[test]
fn flags_and_errors_are_no_intensities() {
    let read = |names: &str| read_text(&format!("{names}\n{}", rows(&[1, 0, 2]))).unwrap();
    for names in [
        "used\t2theta (deg)\tobs",
        "Intensity error\t2theta\tIntensity",
        "Intensity_fit\t2theta\tIntensity_exp",
        "fit\t2theta\tfilm",
    ] {
        let scan = read(names);
        assert_eq!(
            (scan.axis()[1], scan.intensities()[1]),
            (10.5, 107.0),
            "{names}"
        );
    }
    let log = read_text(&format!("2theta\tLog (Counts)\n{}", rows(&[0, 2]))).unwrap();
    assert_eq!(log.unit(), IntensityUnit::Arbitrary);
    assert!(log.warnings()[0].contains("'Log (Counts)' is read as the intensities"));
}

#[test]
fn comments_may_part_names_otherwise() {
    let nicos = "### NICOS data file\n### Scan data\n# stt;timer;mon1;ctr1\n# deg;s;cts;cts\n";
    let blanks = nicos.replace(';', "  ");
    let row = |i: usize| format!("{}\t30.0\t100{i}\t5{i}\n", 10.0 + 0.02 * i as f64);
    let rows: String = (0..6).map(row).collect();
    for (head, rows) in [(nicos, &rows), (&blanks, &rows.replace('\t', " "))] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!(scan.intensities()[..3], [50.0, 51.0, 52.0], "{head}");
        assert_eq!(scan.unit(), IntensityUnit::Counts);
        assert_eq!(scan.warnings()[0], "not used: column timer (s), mon1 (cts)");
    }
    let tabs = "# 2 Theta\tLin (Counts) all\n10 50\n10.1 51\n10.2 65\n";
    assert_eq!(read_text(tabs).unwrap().unit(), IntensityUnit::Counts);
    let maud = "'2theta' 'I obs' 'I fit' 'Bkg'\n10 50 52 3\n10.1 51 53 3\n10.2 65 66 3\n";
    let scan = read_text(maud).unwrap();
    assert_eq!(scan.intensities(), [50.0, 51.0, 65.0]);
    assert_eq!(scan.warnings(), ["not used: column I fit, Bkg"]);
}
