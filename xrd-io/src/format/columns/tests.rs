use std::path::Path;

use proptest::prelude::*;
use xrd_core::{IntensityUnit, Wavelength};

use super::*;
use crate::scan::{AxisKind, Scan};

mod headings;

fn read_text(text: &str) -> Result<Scan> {
    let source = Source::new(Path::new("a.xy"), text.as_bytes().to_vec());
    match crate::format::read(&source)?.1 {
        Content::Scans(mut scans) => Ok(scans.remove(0)),
        Content::Matrix(_) => panic!("read as a matrix: {text:?}"),
    }
}

fn refusal(text: &str) -> String {
    read_text(text).unwrap_err().to_string()
}

#[test]
fn all_separators_give_the_same_scan() {
    let plain = read_text("10 1.5\n10.5 2.5\n11 3\n").unwrap();
    assert_eq!(plain.axis(), [10.0, 10.5, 11.0]);
    assert_eq!(plain.intensities(), [1.5, 2.5, 3.0]);
    for text in [
        "10\t1.5\r\n10.5\t2.5\r\n11\t3\r\n",
        "10,1.5\r10.5,2.5\r11,3",
        "10;1,5\n10,5;2,5\n11;3\n",
        "\u{feff}# by hand\n 10  1,5\n 10,5  2,5\n 11,0  3,0\n",
        "/* several\nlines */\n10 1.5\n// more\n10.5 2.5\n! more\n11 3",
    ] {
        assert_eq!(read_text(text).unwrap(), plain, "{text:?}");
    }
}

#[test]
fn names_tell_columns() {
    let scan = read_text("sigma counts 2theta\n1 5 10\n2 6 11\n1 7 12\n").unwrap();
    assert_eq!(scan.axis(), [10.0, 11.0, 12.0]);
    assert_eq!(scan.intensities(), [5.0, 6.0, 7.0]);
    assert_eq!(scan.unit(), IntensityUnit::Counts);
    let scan = read_text(
        "# wave_length 0.84\n# ttheta IntUP sIntUP IntDOWN sIntDOWN\n4 9 3 8 2\n5 7 2 9 3\n",
    );
    let scan = scan.unwrap();
    assert_eq!(scan.sigma(), Some([3.0, 2.0].as_slice()));
    assert_eq!(scan.wavelength().map(Wavelength::as_angstrom), Some(0.84));
    assert_eq!(scan.warnings(), ["not used: column IntDOWN, sIntDOWN"]);
    let scan = read_text("q_A^-1 I\n1 9\n2 7\n").unwrap();
    assert_eq!(scan.axis_kind(), &AxisKind::QPerAngstrom);
}

#[test]
fn a_first_line_may_be_a_wavelength() {
    let scan = read_text("1.5285\n8.01 2085.5 40.1\n8.02 2037.1 39.6\n").unwrap();
    assert_eq!(scan.wavelength().map(Wavelength::as_angstrom), Some(1.5285));
    assert_eq!(scan.axis(), [8.01, 8.02]);
}

#[test]
fn a_third_column_is_sigma_only_where_it_looks_like_it() {
    let file = |third: fn(usize, f64) -> f64| {
        let line = |i: usize| {
            let y = 1000.0 + (i * 7919 % 61) as f64;
            format!("{} {y} {}\n", 10 + i, third(i, y))
        };
        (0..50).map(line).collect::<String>()
    };
    assert!(read_text(&file(|_, y| y.sqrt())).unwrap().sigma().is_some());
    for not_sigma in [
        file(|_, _| 0.0),
        file(|_, _| f64::NAN),
        file(|_, _| -1.0),
        file(|_, y| y - 20.0),
    ] {
        let scan = read_text(&not_sigma).unwrap();
        assert_eq!(scan.sigma(), None);
        assert_eq!(scan.warnings().len(), 1);
    }
}

#[test]
fn a_falling_axis_stays_as_it_is() {
    let scan = read_text("# d I\n3 30\n2 20\n1 10\n").unwrap();
    assert_eq!(scan.axis_kind(), &AxisKind::DAngstrom);
    assert_eq!(
        (scan.axis(), scan.intensities()),
        ([3.0, 2.0, 1.0].as_slice(), [30.0, 20.0, 10.0].as_slice())
    );
    assert_eq!(scan.warnings(), ["the axis decreases"]);
}

#[test]
fn refusals_name_the_place() {
    assert_eq!(
        refusal("10 1\n11 abc\n12 3\n"),
        "a.xy: line 2, column 2: 'abc' is not a number"
    );
    assert_eq!(
        refusal("10 1\n11 2\n12 NaN\n"),
        "a.xy: line 3, column 2: 'NaN' is not a finite number"
    );
    assert_eq!(
        refusal("10 1\n11 inf\n"),
        "a.xy: line 2, column 2: 'inf' is not a finite number"
    );
    assert_eq!(
        refusal("10 1\n11 2 3\n12 3\n"),
        "a.xy: line 2: 3 values (expected 2 as in line 1)"
    );
    assert!(refusal("10 1\n").contains("at least 2"));
    assert!(refusal("10\n11\n12\n").contains("one column"));
    assert!(refusal("").contains("is empty"));
    assert!(refusal("nothing here\n").contains("no line of numbers"));
    assert!(refusal("sample,Fe\na,1\nb,2\n").contains("not labels"));
}

/// The scans of a text.
fn read_all(text: &str) -> Vec<Scan> {
    let source = Source::new(Path::new("a.xy"), text.as_bytes().to_vec());
    match read(&source).unwrap() {
        Content::Scans(scans) => scans,
        Content::Matrix(_) => unreachable!("columns are scans"),
    }
}

fn lines(from: usize, to: usize) -> String {
    (from..to).map(|i| format!("{i} {}\n", i * i)).collect()
}

#[test]
fn frames_one_after_the_other_are_scans() {
    let (frame, other) = (lines(10, 30), lines(12, 35));
    for between in ["", "# frame 2\n", "frame 2\n", "\n\n"] {
        let scans = read_all(&format!("{frame}{between}{other}"));
        let lengths: Vec<usize> = scans.iter().map(|s| s.axis().len()).collect();
        assert_eq!(lengths, [20, 23], "{between:?}");
        assert_eq!(scans[1].intensities()[0], 144.0);
    }
    let dip = format!("{}{}", lines(10, 30), lines(28, 40));
    assert_eq!(read_all(&dip).len(), 1);
}

#[test]
fn words_within_a_scan_are_refused_and_after_it_told() {
    let text = format!("{}end of file\n", lines(10, 30));
    assert_eq!(
        read_all(&text)[0].warnings(),
        ["not used: the text from line 21 on"]
    );
    let text = format!("{}a word\n{}", lines(10, 20), lines(20, 30));
    assert_eq!(
        refusal(&text),
        "a.xy: line 11: 'a word' (expected a row of numbers)"
    );
}

#[test]
fn points_without_intensity_are_left_out() {
    for unknown in ["*", "********"] {
        let scan = read_text(&format!("10 1\n11 {unknown}\n12 3\n13 {unknown}\n")).unwrap();
        assert_eq!(scan.axis(), [10.0, 12.0], "{unknown}");
        assert_eq!(scan.warnings(), ["left out: 2 points of unknown intensity"]);
    }
}

#[test]
fn numbers_in_a_heading_are_no_rows() {
    let rows = "10 5\n10.5 6\n11 7\n11.5 8\n";
    for head in [
        "4\n",
        "GENERAL\n 4\n",
        "10.0 0.5 11.5\n",
        "a title\nof 2 lines\n1 2 3 4\nmore\n",
    ] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!(scan.axis(), [10.0, 10.5, 11.0, 11.5], "{head:?}");
        assert_eq!(scan.wavelength(), None);
        assert!(scan.warnings()[0].contains("before the columns"));
    }
    let titled = read_text(&format!("Sample A\n{rows}")).unwrap();
    assert_eq!((titled.axis().len(), titled.warnings().len()), (4, 0));
}

#[test]
fn factors_of_fullprof() {
    let head = "XYDATA\nINTER 10.0 2.0 0 0.0\nTEMP 300\n! a\n! b\n! c\n";
    let scan = read_text(&format!("{head}1 5 2\n1.1 6 2\n1.2 9 3\n")).unwrap();
    assert_eq!(scan.axis(), [10.0, 11.0, 12.0]);
    assert_eq!(scan.intensities(), [10.0, 12.0, 18.0]);
    assert_eq!(scan.sigma(), Some([4.0, 4.0, 6.0].as_slice()));
}

#[test]
fn what_goes_up_and_down_is_no_axis() {
    let row = |i: usize| format!("{} {}\n", i * 7919 % 83, i * 31 % 17);
    let table: String = (0..60).map(row).collect();
    let refusal = refusal(&table);
    assert!(refusal.contains("column 1 rises") && refusal.contains("an axis"));
}

#[test]
fn a_column_that_numbers_the_points_is_no_axis() {
    let rows: String = (0..9)
        .map(|i| format!("{i},{},{}\n", 10.0 + 0.5 * i as f64, 7 * i % 5))
        .collect();
    for head in ["", ",0,1\n", "a title\n", ",angle,intensity\n"] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!((scan.axis().len(), scan.axis()[1]), (9, 10.5), "{head:?}");
        assert_eq!(scan.intensities()[..3], [0.0, 2.0, 4.0]);
    }
    let four = rows.replace('\n', ",1\n");
    assert_eq!(read_text(&four).unwrap().axis()[1], 10.5);
}

#[test]
fn the_heading_that_tells_most_names_the_columns() {
    let rows = "10 5\n10.5 6\n11 7\n11.5 8\n".replace(' ', "\t");
    for head in [
        "Scan Axis\t2theta/theta\nStart\t10\n2theta\tcps\n",
        "Scan Axis\t2theta/theta\nStart\t10\n",
        "Sample Name\tS 1\nAxis\t2theta\n",
    ] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!(scan.axis(), [10.0, 10.5, 11.0, 11.5], "{head:?}");
        assert_eq!(scan.intensities(), [5.0, 6.0, 7.0, 8.0]);
    }
    let units = read_text(&format!("Q\tI\n1/nm\tcounts\n{rows}")).unwrap();
    assert_eq!(units.axis_kind().name(), "q");
}

#[test]
fn an_axis_that_stands_still_is_none() {
    let rows: String = (0..60)
        .map(|i| format!("{},{:04}, {i}\n", 10 + i / 50, 200 * i))
        .collect();
    assert!(
        refusal(&rows).contains("column 1 rises 1 times"),
        "{}",
        refusal(&rows)
    );
}

#[test]
fn a_mark_at_the_end_is_no_scan() {
    let scans = read_all(&format!("{}-1 -1\n", lines(10, 30)));
    assert_eq!((scans.len(), scans[0].axis().len()), (1, 20));
    assert!(scans[0].warnings()[0].contains("the axis is -1"));
}

#[test]
fn two_theta_is_taken_before_other_axes() {
    let scan = read_text("Q,2Theta,I\n1,10,5\n2,20,6\n3,31,7\n").unwrap();
    assert_eq!(scan.axis(), [10.0, 20.0, 31.0]);
    let spec = read_text("#S 1 ascan\n#L tth  Monitor  Detector\n1 900 5\n2 900 6\n").unwrap();
    assert_eq!(spec.intensities(), [5.0, 6.0]);
    let spec = "#S 1 th2th\n#L Two Theta  Theta  H  K  Epoch  Detector\n1 2 0 0 900 5\n2 4 0 0 901 6\n3 6 0 0 902 7\n";
    assert_eq!(read_text(spec).unwrap().intensities(), [5.0, 6.0, 7.0]);
    // Without a known name, the last column holds the measured values.
    let spec = "#S 1 ascan\n#L tth  Epoch  ic0  pilatus\n1 9 900 5\n2 10 901 6\n3 11 899 9\n";
    assert_eq!(read_text(spec).unwrap().intensities(), [5.0, 6.0, 9.0]);
}

#[test]
fn half_a_line_at_the_end_is_told() {
    let scan = read_text("10 1\n11 2\n12 3\n1").unwrap();
    assert_eq!(scan.axis(), [10.0, 11.0, 12.0]);
    assert_eq!(scan.warnings(), ["cut short: the last line lacks columns"]);
}

#[test]
fn headings_that_name_only_the_axis() {
    let kind = |text: &str| read_text(text).unwrap().axis_kind().clone();
    let rows = "7004.5 53.1\n7010.0 55.2\n";
    assert_eq!(
        kind(&format!("# TOF (us)  Intensity\n{rows}")),
        AxisKind::TimeOfFlightUs
    );
    let mantid = "' The X-axis unit is: Time-of-flight\n' The Y-axis unit is: Counts\n";
    assert_eq!(kind(&format!("{mantid}{rows}")), AxisKind::TimeOfFlightUs);
    assert_eq!(
        kind("# Q (A^-1) I(Q) in counts\n1 9\n2 7\n"),
        AxisKind::QPerAngstrom
    );
    let beamline =
        "a\n  of powder\n  First column represents Q values (Angstroms) and second\n  ####\n";
    assert_eq!(
        kind(&format!("{beamline}{}", "1 9\n2 7\n")),
        AxisKind::QPerAngstrom
    );
    // The file does not name the axis, but no angle is that large.
    assert_eq!(kind(rows), AxisKind::other("x", ""));
}

#[test]
fn the_export_of_eva_holds_counts_per_second() {
    let head =
        "'Id: \"S1\" Anode: \"Cu\" Scantype: \"Coupled TwoTheta/Theta\" TimePerStep: \"96\"\n";
    let scan = read_text(&format!("{head}5.0001 4.852\n5.0103 4.097\n")).unwrap();
    assert_eq!(scan.unit(), IntensityUnit::CountsPerSecond);
    assert_eq!(scan.metadata().sample.as_deref(), Some("S1"));
    let sigma = scan.counting_sigma().unwrap();
    assert!((sigma[0] - (4.852f64 / 96.0).sqrt()).abs() < 1e-12);
}

proptest! {
    /// The fast path must read the same numbers as the general one.
    #[test]
    fn rows_are_the_numbers_that_were_written(
        rows in prop::collection::vec((0.0..180.0f64, -1e6..1e6f64), 2..40),
        separator in prop::sample::select(vec![" ", "\t", ",", ";", "  \t "]),
        end in prop::sample::select(vec!["\n", "\r\n", "\r", "\r\r\n"]),
        // The fast path does not accept a sign.
        sign in prop::sample::select(vec!["", "+"]),
    ) {
        let row = |(x, y): &(f64, f64)| format!("{sign}{x}{separator}{y}{end}");
        let scans = read_all(&rows.iter().map(row).collect::<String>());
        let axis: Vec<f64> = scans.iter().flat_map(|s| s.axis().to_vec()).collect();
        let values: Vec<f64> = scans.iter().flat_map(|s| s.intensities().to_vec()).collect();
        prop_assert_eq!(axis, rows.iter().map(|r| r.0).collect::<Vec<_>>());
        prop_assert_eq!(values, rows.iter().map(|r| r.1).collect::<Vec<_>>());
    }
}

/// The result of reading a text in pieces of at least `least` bytes, or line by line.
fn in_pieces(text: &str, least: Option<usize>) -> std::result::Result<rows::Rows, String> {
    let source = Source::new(Path::new("a.xy"), vec![]);
    let head = Head::of(&source, &Table::of_head(text)).map_err(|e| e.to_string())?;
    rows::read_in_pieces(&source, text, &head.wanted, least).map_err(|e| e.to_string())
}

proptest! {
    #[test]
    fn pieces_are_line_by_line(
        lines in prop::collection::vec((0usize..40, 1u32..1_000_000, 0u32..100_000), 3..60),
        width in 2usize..4,
        comma: bool,
        separator in prop::sample::select(vec![" ", "  ", "\t", ";", "; "]),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        least in 1usize..200,
        is_cut: bool,
    ) {
        let mut text = String::new();
        for (i, (kind, x, y)) in lines.iter().enumerate() {
            let row = format!("{}.{x} {y}.5 {kind}", 10 + i);
            let row = row.splitn(width + 1, ' ').take(width).collect::<Vec<_>>().join(" ");
            text += &match kind {
                0 => String::new(),
                1 => "# a note".to_owned(),
                2 => "words between".to_owned(),
                3 => format!("  {row}\t "),
                4 => format!("{row}e1"),
                5 => format!("-{row}"),
                _ => row,
            }
            .replace(' ', separator);
            text += end;
        }
        if comma {
            text = text.replace('.', ",");
        }
        if is_cut {
            text.truncate(text.len() - 3);
        }
        // An invalid standard deviation is NaN, which does not equal itself.
        let shown = |least| format!("{:?}", in_pieces(&text, least));
        prop_assert_eq!(shown(Some(least)), shown(None));
    }
}

#[test]
fn a_last_number_that_may_be_half_is_told() {
    let rows: String = (0..20).map(|i| format!("{}.5 100\n", 10 + i)).collect();
    assert_eq!(read_text(&rows).unwrap().warnings().len(), 0);
    assert_eq!(read_text(rows.trim_end()).unwrap().warnings().len(), 0);
    let cut = read_text(&rows[..rows.len() - 2]).unwrap();
    assert!(cut.warnings()[0].contains("may be incomplete"));
}

#[test]
fn names_of_spec_are_parted_by_two_blanks() {
    let text = "#S 1  ascan  tth 10 11 2 1\n#L Two Theta  Monitor  Detector\n\
        10 1000 5\n10.5 1001 6\n11 1000 7\n";
    let scan = read_text(text).unwrap();
    assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
    assert_eq!(scan.intensities(), [5.0, 6.0, 7.0]);
}

#[test]
fn what_the_heading_says_of_the_axis_is_told() {
    let theta = read_text("Theta (deg)\tIntensity\n5\t1\n5.5\t2\n6\t3\n").unwrap();
    assert_eq!(
        theta.warnings(),
        ["the axis is headed 'Theta (deg)' and read as two-theta"]
    );
    for name in ["2theta (deg)", "theta-2theta"] {
        let scan = read_text(&format!("{name}\tIntensity\n5\t1\n5.5\t2\n6\t3\n")).unwrap();
        assert!(scan.warnings().is_empty(), "{name}");
    }
    for name in ["Raman shift (cm-1)", "Temperature (K)", "Time (s)"] {
        let scan = read_text(&format!("{name},Intensity\n10,1\n20,2\n30,3\n")).unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::other(name.to_lowercase(), ""));
    }
    let radians = read_text("2theta (rad),counts\n0.1,1\n0.2,2\n0.3,3\n").unwrap();
    assert_eq!(radians.axis_kind(), &AxisKind::TwoThetaDeg);
    assert!((radians.axis()[0] - 5.729_578).abs() < 1e-6);
}

#[test]
fn rows_with_words_are_not_headings() {
    let text = "2theta I\n10 5 peak of quartz\n10.5 6\n11 7\n11.5 8\n";
    let warnings = read_text(text).unwrap().warnings().to_vec();
    assert_eq!(
        warnings,
        ["not used: line 2, a row with words, and the lines before it"]
    );
    assert!(
        read_text("run 3\n10.5 6\n11 7\n11.5 8\n")
            .unwrap()
            .warnings()
            .is_empty()
    );
}

#[test]
fn numbers_alone_may_stand_between_scans() {
    let points = |y: usize| -> String {
        let row = |i: usize| format!("{}, {}, 1.5\n", 10 + i, y + i);
        (0..6).map(row).collect()
    };
    let text = format!("# X , Y , E\n1\n{}2\n{}", points(5), points(50));
    let source = Source::new(Path::new("a.dat"), text.into_bytes());
    let content = crate::format::read(&source);
    let Ok((_, Content::Scans(scans))) = content else {
        panic!("no scans")
    };
    assert_eq!(scans.len(), 2);
    assert_eq!(scans[1].intensities()[..2], [50.0, 51.0]);
    let within = format!("{}7\n16, 11, 1.5\n17, 12, 1.5\n", points(5));
    assert_eq!(
        refusal(&within),
        "a.xy: line 7: '7' (expected a row of numbers)"
    );
}
