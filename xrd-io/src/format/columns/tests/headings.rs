//! What names and units say of columns.

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
            ["the first column, headed 'Foo', is taken for two-theta".to_owned()].as_slice()
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
