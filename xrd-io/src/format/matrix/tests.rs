use std::path::Path;

use super::*;
use crate::format::content::Matrix;
use crate::scan::AxisKind;

fn read_text(text: &str) -> Result<Matrix> {
    let source = Source::new(Path::new("m.csv"), text.as_bytes().to_vec());
    match crate::format::read(&source)?.1 {
        Content::Matrix(matrix) => Ok(matrix),
        Content::Scans(_) => panic!("read as columns: {text:?}"),
    }
}

fn refusal(text: &str) -> String {
    read_text(text).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn every_layout_gives_the_same_patterns() {
    for text in [
        "10,10.5,11,11.5\n1,5,2,2\n3,4,4,9\n",
        "name,10,10.5,11,11.5\n1,1,5,2,2\n2,3,4,4,9\n",
        ",10,10.5,11,11.5\n1,1,5,2,2\n2,3,4,4,9\n",
        ";10;10,5;11;11,5\n1;1;5;2;2\n2;3;4;4;9\n",
        "2theta 1x 2x\n10 1 3\n10.5 5 4\n11 2 4\n11.5 2 9\n",
    ] {
        let matrix = read_text(text).unwrap();
        assert_eq!(matrix.axis, [10.0, 10.5, 11.0, 11.5], "{text:?}");
        let names: Vec<_> = matrix
            .names
            .iter()
            .map(|n| n.trim_end_matches('x'))
            .collect();
        assert_eq!(names, ["1", "2"], "{text:?}");
        assert_eq!(
            matrix.intensities,
            [1., 5., 2., 2., 3., 4., 4., 9.],
            "{text:?}"
        );
    }
    let unnamed = read_text("10 1 3 7\n10.5 5 4 8\n11 2 4 9\n11.5 2 9 7\n").unwrap();
    assert_eq!(unnamed.names, ["1", "2", "3"]);
    assert_eq!(unnamed.axis, [10.0, 10.5, 11.0, 11.5]);
    assert_eq!(unnamed.intensities[4..8], [3.0, 4.0, 4.0, 9.0]);
}

#[test]
fn many_intensities_are_many_patterns() {
    let text = "2theta,Intensity at 30 °C,Intensity at 100 °C,Intensity at 200 °C\n\
        10,1,2,3\n10.5,4,5,6\n11,7,8,9\n";
    let matrix = read_text(text).unwrap();
    assert_eq!(matrix.names[1], "Intensity at 100 °C");
    assert_eq!(matrix.intensities[..3], [1.0, 4.0, 7.0]);
}

#[test]
fn standard_deviations_are_no_patterns() {
    let text = "2Theta,I1,sig1,I2,sig2\n10,1,5,3,6\n10.5,5,5,4,6\n11,2,5,4,6\n";
    let matrix = read_text(text).unwrap();
    assert_eq!(matrix.names, ["I1", "I2"]);
    assert_eq!(matrix.intensities, [1.0, 5.0, 2.0, 3.0, 4.0, 4.0]);
    assert_eq!(
        matrix.warnings,
        ["not used: the standard deviations in column sig1, sig2"]
    );
    let letters = "2Theta,A,B,F,G\n10,1,5,3,6\n10.5,5,5,4,6\n11,2,5,4,6\n";
    assert_eq!(read_text(letters).unwrap().names.len(), 4);
    let unnamed = read_text("10 1 3 7\n10.5 5 4 8\n11 2 4 9\n11.5 2 9 7\n").unwrap();
    assert!(unnamed.warnings[0].contains("the axis of 3 patterns"));
}

#[test]
fn units_stand_below_the_names() {
    let rows = "10\t1\t3\n10.5\t5\t4\n11\t2\t4\n";
    let text = format!("2theta\ta\tb\n(deg)\t(counts)\t(counts)\n{rows}");
    let matrix = read_text(&text).unwrap();
    assert_eq!(matrix.names, ["a", "b"]);
    assert_eq!(matrix.scale.unit, xrd_core::IntensityUnit::Counts);
    let text = format!("Azimuth (deg)\ta\tb\n{rows}");
    let kind = read_text(&text).unwrap().axis_kind;
    assert_eq!(kind, AxisKind::other("azimuth (deg)", ""));
    let rows = "P (GPa),10,10.5,11\n1,1,5,2\n2,3,4,4\n";
    assert_eq!(read_text(rows).unwrap().axis_kind, AxisKind::TwoThetaDeg);
    let nanometres = read_text("d (nm)\ta\tb\n0.1\t1\t3\n0.2\t5\t4\n0.3\t2\t4\n").unwrap();
    assert_eq!(
        (nanometres.axis_kind, nanometres.axis[0]),
        (AxisKind::DAngstrom, 1.0)
    );
}

#[test]
fn numbered_patterns_are_not_an_axis() {
    let matrix = read_text("2theta,1,2,3,4\n10,5,6,7,8\n10.5,5,6,7,8\n11,5,6,7,8\n");
    // Read by its first row this would be three patterns named 10, 10.5 and 11.
    let matrix = matrix.unwrap();
    assert_eq!(matrix.axis, [10.0, 10.5, 11.0]);
    assert_eq!(matrix.names, ["1", "2", "3", "4"]);
}

#[test]
fn numbers_may_name_the_patterns_of_columns() {
    let rows = |start: f64| -> String {
        (0..40)
            .map(|i| format!("{} {i} 6 7\n", start + 0.5 * f64::from(i)))
            .collect()
    };
    // Read by its first row this would be forty patterns of three points.
    for (head, start) in [
        ("2theta 30 40 50", 10.0),
        ("2theta 25 100 300", 10.0),
        ("x 30 40 50", 5.25),
    ] {
        let matrix = read_text(&format!("{head}\n{}", rows(start))).unwrap();
        assert_eq!(matrix.axis[..2], [start, start + 0.5], "{head}");
        assert_eq!((matrix.axis.len(), matrix.names.len()), (40, 3), "{head}");
    }
    let named = read_text("name 10 10.5 11 11.5 12\n300 1 2 3 4 5\n310 1 2 3 4 5\n320 1 2 3 4 5\n");
    assert_eq!(named.unwrap().names, ["300", "310", "320"]);
}

#[test]
fn refusals_name_the_place() {
    let axis = "10,10.5,11,11.5\n";
    let with = |rows: &str| refusal(&format!("{axis}{rows}"));
    assert_eq!(
        with("1,5,2,2\n3,4,x,9\n"),
        "m.csv: line 3, column 3: 'x' is not a number"
    );
    assert_eq!(
        with("abc,5,2,2\n3,4,1,9\n"),
        "m.csv: line 2, column 1: 'abc' is not a number"
    );
    assert_eq!(
        with("1,nan,2,2\n"),
        "m.csv: line 2, column 2: 'nan' is not a finite number"
    );
    assert_eq!(
        with("1,2,3\n1,2,3,4\n"),
        "m.csv: line 2: 3 values (expected 4 as in line 1)"
    );
    assert_eq!(
        with("1,5,1e39,2\n"),
        "m.csv: line 2, column 3: '1e39' is not a finite number"
    );
    assert_eq!(
        refusal("10,11,10.5,11.5,12,12.5\n3,1,4,1,5,9\n"),
        "m.csv: line 1, column 3: axis value 10.5 after 11 (expected an axis in the first row or column, increasing or decreasing)"
    );
    assert!(refusal("name,10,11\n,1,2\n").contains("without name"));
}

#[test]
fn columns_called_alike_are_told_apart() {
    let rows: String = (0..9)
        .map(|i| format!("{},{i},{},5\n", 10.0 + 0.5 * f64::from(i), i * i))
        .collect();
    let names = |head: &str| read_text(&format!("{head}{rows}")).map(|matrix| matrix.names);
    let numbered = names("2Theta,Intensity,Intensity,Intensity\n").unwrap();
    assert_eq!(numbered, ["Intensity", "Intensity (2)", "Intensity (3)"]);
    let above = "Sample,S1,S2,S3\n2theta,I,I,I\ndeg,cts,cts,cts\n";
    assert_eq!(names(above).unwrap(), ["S1", "S2", "S3"]);
    // Samples called alike are a mistake.
    assert_eq!(names("2Theta,A,A,B\n").unwrap(), ["A", "A", "B"]);
}

#[test]
fn the_corner_above_an_axis_may_name_the_heads() {
    for (corner, heads) in [
        ("T (K)", "300,350,400"),
        ("T (K)", "300K,350K,400K"),
        ("Pressure", "1,2.5,4"),
        ("depth (um)", "0,10,50"),
    ] {
        let row = |i: u32| format!("{},{i},5,{}\n", 10.0 + 0.05 * f64::from(i), 7 * i % 5);
        let text = format!("{corner},{heads}\n{}", (0..40).map(row).collect::<String>());
        let matrix = read_text(&text).unwrap();
        assert_eq!(matrix.axis_kind, AxisKind::TwoThetaDeg, "{corner} {heads}");
        assert_eq!(matrix.names.join(","), heads);
    }
}
