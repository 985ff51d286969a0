use std::path::Path;

use super::*;
use crate::scan::Scan;

fn read_text(text: &str) -> Option<Scan> {
    let source = Source::new(Path::new("a.dat"), text.as_bytes().to_vec());
    if !(READER.recognises)(&source) {
        return None;
    }
    match read(&source).unwrap() {
        Content::Scans(mut scans) => Some(scans.remove(0)),
        Content::Matrix(_) => unreachable!("a scan"),
    }
}

#[test]
fn every_program_of_the_family() {
    let rows = "  80  75  90  81\n  87\n";
    for head in [
        "10.000   0.025 10.1  a title\n",
        "   10.00    .025    10.1a title\n",
        "/* a title */\n10.0 0.025 10.1\n",
        "# a title\n# more\n10 10.1 0.025\n",
        "D1A5 a title\n Ident: 1 to 2\n 5 -1.0 100.0 1\n 10.0 0.025 10.1\n",
    ] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!(scan.axis(), [10.0, 10.025, 10.05, 10.075, 10.1], "{head}");
        assert_eq!(scan.intensities(), [80.0, 75.0, 90.0, 81.0, 87.0], "{head}");
        assert!(
            scan.metadata()
                .sample
                .as_deref()
                .unwrap()
                .contains("a title")
        );
        assert_eq!((scan.sigma(), scan.warnings().len()), (None, 0), "{head}");
    }
}

#[test]
fn as_many_numbers_again_are_standard_deviations() {
    let text = "T\n1.9114 A  LaNi2\n 10 0.5 11.5\n 80 75 90 81\n 8.9 8.7 9.5 9\n";
    let scan = read_text(text).unwrap();
    assert_eq!(scan.sigma(), Some([8.9, 8.7, 9.5, 9.0].as_slice()));
    assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(1.9114));
    let scan = read_text(&format!("{text}some words\n1 2\n")).unwrap();
    assert_eq!(scan.warnings(), ["not used: the text from line 6 on"]);
}

#[test]
fn counts_of_points_in_place_of_the_end() {
    let rows = "  80  75  90  81\n".repeat(5);
    for head in [
        "10 0.5 20\n",
        "20 0.5 10.0\n",
        "20, 10.0, 0.5\n",
        "a title\n20 10 0.5\n",
    ] {
        let scan = read_text(&format!("{head}{rows}")).unwrap();
        assert_eq!((scan.axis()[0], scan.axis()[19]), (10.0, 19.5), "{head}");
        assert_eq!(scan.warnings().len(), 0);
    }
    assert!(read_text(&format!("21 0.5 10.0\n{rows}")).is_none());
}

#[test]
fn more_numbers_after_the_three() {
    let rows = "80\n75\n90\n81\n".repeat(5);
    for more in ["1.0", "1.0 1.5406 1.5444", "2 0.5 1.5406 1 1"] {
        let scan = read_text(&format!("a title\n10 0.5 19.5 {more}\n{rows}")).unwrap();
        assert_eq!((scan.axis().len(), scan.axis()[19]), (20, 19.5), "{more}");
    }
    assert!(read_text("10 0.5 11.5 1 2\n10.5 2 3 4 5\n11 2 3 4 5\n").is_none());
}

#[test]
fn samples_in_quotes_and_heads_of_powdll() {
    let rows = "  80  75  90  81\n  87\n";
    let text = format!("HRPT, a\n10 0.5 12 18000000., sample=\"Nd Ni, 3\"\n{rows}");
    let scan = read_text(&text).unwrap();
    assert_eq!(scan.metadata().sample.as_deref(), Some("Nd Ni, 3"));
    let head = "SampleIdent S 1 DataFileName ______\nDiffrType ______   GeneratorVoltage __\n\
        Anode Cu    Alpha1  1.54060    Alpha2  1.54443    Ratio  0.50000\n\
        MonochromatorUsed __   DivergenceSlit _\n";
    let scan = read_text(&format!(
        "{head}10 0.5 12 MeasureDateTime 04/11/2024 10:43\n{rows}"
    ));
    let about = scan.unwrap().metadata().clone();
    assert_eq!(about.sample.as_deref(), Some("S 1"));
    assert_eq!(about.date.as_deref(), Some("04/11/2024 10:43"));
    assert_eq!(about.radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(about.radiation.k_alpha2_ratio, Some(0.5));
    assert_eq!(
        about.radiation.wavelength.map(|w| w.as_angstrom()),
        Some(1.5406)
    );
}

#[test]
fn cut_short_it_gives_what_is_there() {
    let scan = read_text("10 0.5 12\n80 75 90 81\n").unwrap();
    assert_eq!(scan.warnings(), ["cut short: 4 of 5 points found"]);
}

#[test]
fn a_rounded_step_is_that_of_the_points() {
    let whole = |head: &str, count: usize| {
        let numbers: Vec<String> = (0..count).map(|i| format!("{:6}", 100 + i % 7)).collect();
        let rows: Vec<String> = numbers.chunks(10).map(|row| row.concat() + "\n").collect();
        read_text(&format!("{head}\n{}", rows.concat()))
    };
    for (head, count, last) in [
        ("10.023 0.026 19.004", 343, 19.004),
        ("14.480 0.0131 60.042", 3471, 60.042),
        ("14.480 60.042 0.0131", 3471, 60.042),
        ("10.023 0.0167 70.166", 3600, 70.166),
    ] {
        let scan = whole(head, count).unwrap();
        assert_eq!(
            (scan.axis().len(), scan.warnings().len()),
            (count, 0),
            "{head}"
        );
        assert_eq!(scan.axis()[count - 1], last, "{head}");
    }
    let cut = whole("10.0 0.02 90.0", 3500).unwrap();
    assert_eq!(cut.axis()[1], 10.02);
    assert_eq!(cut.warnings(), ["cut short: 3500 of 4001 points found"]);
}

#[test]
fn far_more_numbers_than_points_are_of_something_else() {
    let rows = |count: usize| "  80  75  90  81\n".repeat(count / 4);
    assert!(read_text(&format!("10 0.5 29.5\n{}", rows(60))).is_none());
    let scan = read_text(&format!("10 0.5 29.5\n{}", rows(48))).unwrap();
    assert!(scan.warnings()[0].contains("8 numbers after"));
    let marked = read_text(&format!("10 0.5 29.5\n{}   -1000\n", rows(40))).unwrap();
    assert_eq!((marked.axis().len(), marked.warnings().len()), (40, 0));
}

#[test]
fn columns_are_not_taken() {
    for text in [
        "10.0 0.5 11.0\n10.5 0.7 12.0\n11.0 0.9 13.0\n",
        "10 0.5 12\n10 5\n10.5 6\n11 7\n11.5 8\n12 9\n",
        "10 1\n11 2\n",
        "10 90 0.02\nwords\n",
        "1.5406\n10 5\n11 6\n",
    ] {
        assert!(read_text(text).is_none(), "{text:?}");
    }
}
