//! Variants within one format: case, order, separators, missing parts.

use xrd_io::{Result, Scan, read_scans};

const Y: [f64; 24] = [
    26.0, 15.0, 22.0, 14.0, 31.0, 19.0, 25.0, 17.0, 21.0, 30.0, 45.0, 80.0, 61.0, 33.0, 20.0, 18.0,
    27.0, 16.0, 24.0, 13.0, 29.0, 22.0, 23.0, 12.0,
];

fn read(text: &str) -> Result<Vec<Scan>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.b");
    std::fs::write(&path, text).unwrap();
    read_scans(&path)
}

/// The text must contain the points from 10 to 21.5 and no other scan.
fn check(text: &str) {
    let scans = read(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(scans.len(), 1, "{text}");
    assert_eq!(scans[0].intensities(), Y, "{text}");
    let near = |(i, x): (usize, &f64)| (x - 10.0 - 0.5 * i as f64).abs() < 1e-9;
    assert!(scans[0].axis().iter().enumerate().all(near), "{text}");
}

fn rows(separator: &str) -> String {
    let row = |(i, y): (usize, &f64)| format!("{}{separator}{y}\n", 10.0 + 0.5 * i as f64);
    Y.iter().enumerate().map(row).collect()
}

/// All intensities, eight per line.
fn lines(separator: &str) -> String {
    let line = |part: &[f64]| part.iter().map(f64::to_string).collect::<Vec<_>>();
    let lines: Vec<String> = Y.chunks(8).map(|part| line(part).join(separator)).collect();
    lines.join(&format!("{}\n", separator.trim_end()))
}

#[test]
fn uxd() {
    let head = "_STEPSIZE=0.5\n_START=10.0\n";
    let counts = format!("_COUNTS\n{}\n", lines("  "));
    check(&format!(
        "; a\n_FILEVERSION=2\n_DRIVE='COUPLED'\n{head}{counts}"
    ));
    check(&format!("_GONIOMETER_CODE=1\n{head}{counts}"));
    check(&format!(
        "_fileversion = 1\n_start = 10.0\n_stepsize = 0.5\n{counts}"
    ));
    let eight = counts.replace("_COUNTS", "_COUNTS=8");
    check(&format!("_FILEVERSION=2\n{head}{eight}"));
    check(&format!("_drive='2THETA'\n_2thetacps\n{}", rows("  ")));
    check(&format!(
        "_SAMPLE='a'\n{head}{}",
        counts.replace("COUNTS", "COUNT")
    ));
    let stands = "_DRIVE='COUPLED'\n_STEPSIZE=0.5\n_2THETA=10.0\n_THETA=5.0\n";
    check(&format!("_SAMPLE='a'\n{stands}{counts}"));
    let with_commas = format!("{head}_2THETACOUNTS\n{}", rows("  ")).replace('.', ",");
    check(&format!("_FILEVERSION=2\n_WL1=1,5406\n{with_commas}"));
}

#[test]
fn udf() {
    let head = "DataAngleRange,10.0,21.5,/\nScanStepSize,0.5,/\n";
    let data = format!("RawScan\n{}/\n", lines(", "));
    check(&format!("SampleIdent,s,/\n{head}{data}"));
    check(&format!("Title1,t,/\nSampleIdent,s,/\n{head}{data}"));
    check(&format!("{head}{data}").to_uppercase());
}

#[test]
fn gsas() {
    let part = |part: &[f64]| part.iter().map(|y| format!("  {y:6}")).collect::<String>() + "\n";
    let counts: String = Y.chunks(10).map(part).collect();
    check(&format!(
        "a title\nBANK 1 24 3 CONST 1000.0 50.0 0 0 STD\n{counts}"
    ));
    check(&format!(
        "a title\nbank 1 24 3 const 1000.0 50.0 0 0 std\n{counts}"
    ));
}

#[test]
fn gsas_free_positions_in_hundredths_or_degrees() {
    let row = |scale: f64| {
        let row =
            move |(i, y): (usize, &f64)| format!("{} {y} 1\n", (10.0 + 0.5 * i as f64) * scale);
        Y.iter().enumerate().map(row).collect::<String>()
    };
    let bank = "a title\nBANK 1 24 24 CONST 1000.0 50.0 0 0 FXYE\n";
    check(&format!("{bank}{}", row(100.0)));
    check(&format!("{bank}{}", row(1.0)));
    let std = "a title\nBANK 1 24 24 CONST 1000.0 50.0 0 0 STD\n";
    check(&format!("{std}{}", Y.map(|y| format!("{y}\n")).concat()));
    check(&format!("{std}{}", Y.map(|y| format!("{y:8}")).concat()));
    let large = Y.map(|y| format!("{}\n", 100_000.0 + y)).concat();
    let scan = read(&format!("{std}{large}")).unwrap().remove(0);
    assert_eq!(scan.intensities()[..2], [100_026.0, 100_015.0]);
    let fixed: String = Y.map(|y| format!("10{:6}", 100_000.0 + y)).concat();
    let scan = read(&format!("{std}{fixed}\n")).unwrap().remove(0);
    assert_eq!(scan.intensities()[..2], [100_026.0, 100_015.0]);
    let records: String = std.lines().map(|line| format!("{line:80}")).collect();
    check(&format!(
        "{records}{}",
        Y.map(|y| format!("{y:8}")).concat()
    ));
    let other = "a title\nBANK 1 24 24 CONST 0 0.5 0 0 FXYE\n";
    check(&format!("{other}{}", row(100.0)));
}

#[test]
fn xrdml() {
    let points = format!(
        "<positions axis=\"2Theta\" unit=\"deg\"><startPosition>10</startPosition>\
         <endPosition>21.5</endPosition></positions><counts unit=\"counts\">{}</counts>",
        lines(" ").replace('\n', " ")
    );
    let scan = |points: &str, status: &str| {
        format!(
            "<xrdMeasurements><xrdMeasurement><scan scanAxis=\"Gonio\" status=\"{status}\">\
             <dataPoints>{points}</dataPoints></scan></xrdMeasurement></xrdMeasurements>"
        )
    };
    let plain = scan(&points, "Completed");
    check(&plain);
    check(&format!("{}{plain}", "<!-- a comment -->\n".repeat(400)));
    check(&format!("\n  \n<?xml version=\"1.0\"?>\n{plain}\n\u{1a}"));
    let prefixed = plain
        .replace("</", "</x:")
        .replace('<', "<x:")
        .replace("<x:/x:", "</x:");
    check(&prefixed.replacen(
        '>',
        " xmlns:x=\"http://www.xrdml.com/XRDMeasurement/1.5\">",
        1,
    ));
    let positions: Vec<String> = (0..40)
        .map(|i| (10.0 + 0.5 * f64::from(i)).to_string())
        .collect();
    let (_, counts) = points.split_once("</positions>").unwrap();
    let listed = format!(
        "<positions axis=\"2Theta\" unit=\"deg\"><listPositions>{}</listPositions></positions>{counts}",
        positions.join(" ")
    );
    check(&scan(&listed, "Aborted"));
    assert!(read(&scan(&listed, "Completed")).is_err());
}

#[test]
fn pdcif() {
    let intensities = Y.map(|y| format!("{y}\n")).concat();
    let column = format!("loop_\n_pd_meas_counts_total\n{intensities}");
    let range = "_pd_meas_2theta_range_min 10.0\n_pd_meas_2theta_range_max 21.5\n";
    check(&format!("data_a\n{range}{column}"));
    check(&format!(
        "data_a\n{range}_pd_meas_2theta_range_inc 0.5\n{column}"
    ));
    let inc = "_pd_meas_number_of_points 24\n_pd_meas_2theta_range_inc 0.12\n";
    let end = |text: &str| read(text).unwrap()[0].axis()[23];
    let rounded = range.replace("21.5", "12.7692");
    assert_eq!(end(&format!("data_a\n{rounded}{inc}{column}")), 12.7692);
    // If the range is a quarter longer, the scan was stopped.
    let stopped = range.replace("21.5", "13.45");
    assert!(end(&format!("data_a\n{stopped}{inc}{column}")) < 12.761);
    let cut = inc.replace("24", "25");
    assert!(end(&format!("data_a\n{rounded}{cut}{column}")) < 12.761);
    let hundredths = range.replace("10.0", "1000").replace("21.5", "2150");
    let scan = read(&format!("data_a\n{hundredths}{column}"))
        .unwrap()
        .remove(0);
    assert!(scan.to_pattern().is_err() && scan.warnings()[0].contains("beyond 180"));
}

#[test]
fn rietan_and_others_state_the_count_of_points() {
    check(&format!("GENERAL\n24\n{}", rows("  ")));
    check(&format!(
        "a title\n* a comment\nGENERAL$\n  24\n{}",
        rows("\t")
    ));
    check(&format!("24, 10.0, 0.5\n{}\n", lines(" ")));
    check(&format!("24 0.5 10.0\n{}\n", lines(" ")));
}

#[test]
fn a_heading_of_three_lines_is_not_of_chiplot() {
    for separator in [" ", "\t", "  "] {
        check(&format!(
            "Sample A\nmeasured by me\nCu\n{}",
            rows(separator)
        ));
        check(&format!("DIFFRAC\n[Data]\nAngle, PSD\n{}", rows(separator)));
    }
}
