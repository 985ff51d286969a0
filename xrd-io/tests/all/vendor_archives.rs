//! XML formats and archives, tested on files made for this purpose.

use crate::archives::{self, brml_raw_data, brml_route, brml_views, rasx_conditions, xrdml_scan};
use xrd_core::IntensityUnit;
use xrd_io::{
    AxisKind, ReadOptions, Result, Scan, SigmaOrigin, TimePerStep, read_patterns, read_scans,
};

fn with_file<T>(bytes: &[u8], read: impl Fn(&std::path::Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.b");
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

fn read(bytes: impl AsRef<[u8]>) -> Result<Vec<Scan>> {
    with_file(bytes.as_ref(), |path| read_scans(path))
}

/// The error message without the folder.
fn refusal(bytes: impl AsRef<[u8]>) -> String {
    let message = read(bytes).unwrap_err().to_string();
    message[message.find("a.b").unwrap()..].to_owned()
}

const RANGE: &str = "<positions axis=\"Omega\" unit=\"deg\"><startPosition>5</startPosition>\
    <endPosition>5.5</endPosition></positions><positions axis=\"2Theta\" unit=\"deg\">\
    <startPosition>10</startPosition><endPosition>11</endPosition></positions>\
    <commonCountingTime unit=\"seconds\">2</commonCountingTime>";

fn xrdml_of(attributes: &str, points: &str) -> String {
    archives::xrdml("2.3", "Scan", &[xrdml_scan(attributes, points)])
}

fn gonio(points: &str) -> String {
    xrdml_of("scanAxis=\"Gonio\" status=\"Completed\"", points)
}

#[test]
fn xrdml_of_both_schemas() {
    for tag in ["counts", "intensities"] {
        let file = gonio(&format!("{RANGE}<{tag} unit=\"counts\">7 8 9</{tag}>"));
        let scans = read(&file).unwrap();
        let scan = &scans[0];
        assert_eq!(scan.axis(), [10.0, 10.5, 11.0]);
        assert_eq!(scan.intensities(), [7.0, 8.0, 9.0]);
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
        assert_eq!(scan.unit(), IntensityUnit::Counts);
        assert!(scan.warnings().is_empty() && scan.sigma().is_none());
        let metadata = scan.metadata();
        assert_eq!(metadata.sample.as_deref(), Some("Si 7"));
        assert_eq!(metadata.comment.as_deref(), Some("a note"));
        assert_eq!(metadata.date.as_deref(), Some("2024-04-12T22:32:06"));
        assert_eq!(metadata.instrument.as_deref(), Some("AERIS"));
        assert_eq!(metadata.temperature_k, Some(301.0));
        assert_eq!(metadata.drive.as_deref(), Some("Gonio"));
        assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(2.0)));
        assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(metadata.radiation.k_alpha2_ratio, Some(0.5));
        assert_eq!(scan.wavelength().unwrap().as_angstrom(), 1.540598);
    }
}

#[test]
fn xrdml_counts_are_attenuated_and_intensities_are_not() {
    let factors = "<beamAttenuationFactors>1 100 1</beamAttenuationFactors>";
    let with = |tag: &str, numbers: &str| {
        let points = format!("{RANGE}{factors}<{tag} unit=\"counts\">{numbers}</{tag}>");
        read(gonio(&points)).unwrap().remove(0)
    };
    let counts = with("counts", "7 9 8");
    let intensities = with("intensities", "7 900 8");
    for scan in [&counts, &intensities] {
        assert_eq!(scan.intensities(), [7.0, 900.0, 8.0]);
        assert_eq!(scan.unit(), IntensityUnit::Counts);
        assert_eq!(scan.sigma().unwrap()[1], 300.0);
        assert_eq!(scan.sigma_origin(), Some(SigmaOrigin::Counting));
    }
    assert_eq!(counts.warnings().len(), 1);
    let common = "<commonBeamAttenuationFactor>10.5</commonBeamAttenuationFactor>";
    let points = format!("{RANGE}{common}<counts unit=\"counts\">7 9 8</counts>");
    let scan = read(gonio(&points)).unwrap().remove(0);
    assert_eq!(scan.intensities(), [73.5, 94.5, 84.0]);
    // Only the counts themselves are whole numbers, not their multiples.
    let undone = points
        .replace("counts>", "intensities>")
        .replace("<counts ", "<intensities ");
    let undone = read(gonio(&undone.replace("7 9 8", "73.5 94.5 84")))
        .unwrap()
        .remove(0);
    assert_eq!(undone.intensities(), scan.intensities());
    assert_eq!(undone.unit(), IntensityUnit::Counts);
    assert_eq!(undone.sigma(), scan.sigma());
    assert_eq!(scan.sigma().unwrap()[1], 31.5);
    let few = factors.replace("1 100 1", "1 100");
    let points = format!("{RANGE}{few}<counts>7 9 8</counts>");
    assert!(refusal(gonio(&points)).contains("2 attenuation factors (expected 3"));
}

#[test]
fn other_lines_than_k_alpha() {
    let beta = "<usedWavelength intended=\"K-Beta\"><kBeta>1.39225</kBeta>";
    let points = format!("{RANGE}<counts>7 9 8</counts>");
    let tube = "<usedWavelength intended=\"K-Alpha\">";
    let text = gonio(&points).replace(tube, beta);
    let conditions = rasx_conditions("TwoThetaTheta", "counts", ("1.0", "deg/min"), "");
    let conditions = conditions
        .replace(">Ka1<", ">Kb<")
        .replace(
            "<WavelengthKalpha1>",
            "<WavelengthKbeta>1.39225</WavelengthKbeta><WavelengthKalpha1>",
        )
        .replace("<StartTime>", "<DataCount>5</DataCount><StartTime>");
    let rasx = archives::rasx(&[(0, "10\t5\t1\n10.01\t6\t1\n", &conditions)]);
    for (file, warnings) in [
        (text.into_bytes(), &[][..]),
        (rasx, &["cut short: 2 of 5 points found"][..]),
    ] {
        let scan = read(file).unwrap().remove(0);
        let radiation = &scan.metadata().radiation;
        assert_eq!(scan.wavelength().unwrap().as_angstrom(), 1.39225);
        assert_eq!((radiation.k_alpha2, radiation.k_alpha2_ratio), (None, None));
        assert_eq!(scan.warnings(), warnings);
    }
}

#[test]
fn xrdml_axes_of_every_kind() {
    let listed = "<positions axis=\"2Theta\" unit=\"deg\"><listPositions>10 10.1 10.3\
        </listPositions></positions><countingTimes>1 2 3</countingTimes><counts>1 2 3</counts>";
    let scan = read(xrdml_of("scanAxis=\"2Theta\"", listed))
        .unwrap()
        .remove(0);
    assert_eq!(scan.axis(), [10.0, 10.1, 10.3]);
    let times = TimePerStep::Each(vec![1.0, 2.0, 3.0]);
    assert_eq!(scan.metadata().time_per_step, Some(times));
    let still = "<positions axis=\"2Theta\" unit=\"deg\"><commonPosition>30</commonPosition>\
        </positions><positions axis=\"Omega\" unit=\"deg\"><startPosition>14</startPosition>\
        <endPosition>16</endPosition></positions><counts>1 2 3</counts>";
    let scan = read(xrdml_of("scanAxis=\"Omega\"", still))
        .unwrap()
        .remove(0);
    assert_eq!(
        (scan.axis_kind(), scan.axis()[1]),
        (&AxisKind::OmegaDeg, 15.0)
    );
    assert_eq!(scan.not_powder(), Some("a scan over omega in degrees"));
    let ends = "<startPosition>30</startPosition><endPosition>30</endPosition>";
    let as_ends = still.replace("<commonPosition>30</commonPosition>", ends);
    let same = read(xrdml_of("scanAxis=\"Omega\"", &as_ends))
        .unwrap()
        .remove(0);
    assert_eq!(
        (same.axis_kind(), same.axis()),
        (scan.axis_kind(), scan.axis())
    );
    for corrections in [
        "<divergenceCorrections>1 1.1 1.2</divergenceCorrections><counts>",
        "<commonDivergenceCorrection>1.1</commonDivergenceCorrection><counts>",
    ] {
        let corrected = listed.replace("<counts>", corrections);
        let corrected = read(xrdml_of("scanAxis=\"2Theta\"", &corrected))
            .unwrap()
            .remove(0);
        assert_eq!(corrected.intensities(), [1.0, 2.0, 3.0]);
        assert!(corrected.warnings()[0].contains("divergence corrections"));
    }
    let moved = still.replace("\"Omega\" unit=\"deg\"", "\"Height\" unit=\"mm\"");
    let scan = read(xrdml_of("scanAxis=\"Height\"", &moved))
        .unwrap()
        .remove(0);
    assert_eq!(scan.axis_kind().to_string(), "Height in mm");
}

#[test]
fn xrdml_of_many_scans() {
    let scan = |counts: &str| {
        let points = format!("{RANGE}<intensities unit=\"counts\">{counts}</intensities>");
        xrdml_scan("scanAxis=\"2Theta\" status=\"Aborted\"", &points)
    };
    let file = archives::xrdml("1.3", "Area measurement", &[scan("1 2 3"), scan("4 5 6")]);
    let scans = read(&file).unwrap();
    assert_eq!(scans[1].intensities(), [4.0, 5.0, 6.0]);
    assert_eq!(scans[0].not_powder(), Some("a reciprocal-space map"));
    assert!(
        scans[0]
            .warnings()
            .contains(&"the status of the scan is 'Aborted'".to_owned())
    );
    // Cut in the second scan: the first is read, and the second is not stretched over its range.
    let second = file.find("4 5 6").unwrap();
    for end in second + 1..second + 19 {
        let scans = read(&file[..end]).unwrap();
        assert_eq!(scans.len(), 1, "{}", &file[second..end]);
        assert!(scans[0].warnings().last().unwrap().contains("cut short"));
    }
    let first = file.find("1 2 3").unwrap();
    assert!(refusal(&file[..first + 3]).contains("the file ends within the 'intensities'"));
}

#[test]
fn xrdml_that_is_broken() {
    let word = gonio(&format!("{RANGE}<counts>7 x 9</counts>"));
    let column = word.lines().find_map(|line| line.find("<counts>")).unwrap() + 1;
    let found = "'x' as number 2 of counts (expected a number)";
    assert_eq!(
        refusal(word),
        format!("a.b: line 6, column {column}: {found}")
    );
    assert!(refusal(gonio(RANGE)).contains("data points without intensities"));
    assert!(refusal(gonio("<counts>1 2</counts>")).contains("without positions that move"));
    let half = RANGE.replace("<endPosition>11</endPosition>", "");
    let half = gonio(&format!("{half}<counts>1 2</counts>"));
    assert!(refusal(half).contains("positions without start and end"));
    assert!(refusal(archives::xrdml("2.3", "Scan", &[])).contains("without a scan"));
    let not_closed = gonio(&format!("{RANGE}<counts>1</count>"));
    assert!(refusal(not_closed).contains("well-formed XML"));
    let deep = gonio(&"<a>".repeat(100_000));
    assert!(refusal(deep).contains("201 elements in each other (expected at most 200)"));
}

const ROWS: [&str; 3] = ["76.8,1,10,7", "76.8,1,10.5,8", "76.8,1,11,9"];

#[test]
fn brml_columns_are_where_the_views_say() {
    let route = brml_route(
        "Measured",
        "LockedCoupled",
        &brml_views("TwoTheta", 1),
        &ROWS,
    );
    let processed = route
        .replace("Measured\"", "Processed\"")
        .replace(",9<", ",99<");
    let raw_data = brml_raw_data(&format!("{processed}{route}"));
    let file = archives::brml(
        &["Experiment0/RawData0.xml"],
        &[("Experiment0/RawData0.xml", &raw_data)],
    );
    let scans = read(&file).unwrap();
    assert_eq!(scans.len(), 1);
    let scan = &scans[0];
    assert_eq!(scan.axis(), [10.0, 10.5, 11.0]);
    assert_eq!(scan.intensities(), [7.0, 8.0, 9.0]);
    assert_eq!(scan.unit(), IntensityUnit::Counts);
    let metadata = scan.metadata();
    assert_eq!(metadata.sample.as_deref(), Some("TiOF"));
    assert_eq!(metadata.comment, None);
    assert_eq!(metadata.instrument.as_deref(), Some("D2"));
    assert_eq!(metadata.date.as_deref(), Some("2025-02-26T10:47:52"));
    assert_eq!(metadata.drive.as_deref(), Some("LockedCoupled"));
    assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(76.8)));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(scan.wavelength().unwrap().as_angstrom(), 1.5406);
}

#[test]
fn brml_scans_are_in_the_order_of_their_list() {
    let raw_data = |flag: &str, count: &str| {
        let row = format!("1,1,10,{count}");
        let views = brml_views("Theta", 1);
        brml_raw_data(&brml_route(flag, "RockingCurve", &views, &[&row]))
    };
    let (a, b) = (raw_data("Measured", "1"), raw_data("Other", "2"));
    let members = [
        ("Experiment0\\RawData1.xml", a.as_str()),
        ("Experiment0\\RawData9.xml", &b),
    ];
    let listed = ["Experiment0/RawData9.xml", "Experiment0/RawData1.xml"];
    let scans = read(archives::brml(&listed, &members)).unwrap();
    assert_eq!(
        (scans[0].intensities(), scans[1].intensities()),
        (&[2.0][..], &[1.0][..])
    );
    assert_eq!(scans[0].axis_kind(), &AxisKind::OmegaDeg);
    let missing = refusal(archives::brml(&["Experiment0/RawData5.xml"], &members));
    assert!(
        missing.starts_with("a.b: no member 'Experiment0/RawData5.xml'"),
        "{missing}"
    );
}

fn brml_of(views: &str, rows: &[&str]) -> Vec<u8> {
    let route = brml_route("Measured", "LockedCoupled", views, rows);
    let raw_data = brml_raw_data(&route);
    archives::brml(&["RawData0.xml"], &[("RawData0.xml", &raw_data)])
}

#[test]
fn brml_intensities_are_those_without_absorber() {
    let rows = ["1,1,10,7", "2,8.3,10.5,83", "1,1,11,-9999", "1,1,11.5,9"];
    let scan = read(brml_of(&brml_views("TwoTheta", 1), &rows))
        .unwrap()
        .remove(0);
    assert_eq!(scan.axis(), [10.0, 10.5, 11.5]);
    assert_eq!(scan.intensities(), [7.0, 83.0, 9.0]);
    assert_eq!(scan.unit(), IntensityUnit::Counts);
    let sigma = scan.sigma().unwrap();
    assert!((sigma[1] - 8.3 * 10f64.sqrt()).abs() < 1e-12);
    let times = TimePerStep::Each(vec![1.0, 2.0, 1.0]);
    assert_eq!(scan.metadata().time_per_step, Some(times));
    assert!(
        scan.warnings()
            .contains(&"left out: 1 points that were not measured".to_owned())
    );
}

#[test]
fn brml_that_is_refused() {
    let frames = refusal(brml_of(&brml_views("TwoTheta", 192), &ROWS));
    assert!(
        frames.contains("a Bruker BRML file of frames of 192 channels"),
        "{frames}"
    );
    let short = refusal(brml_of(&brml_views("TwoTheta", 1), &["1,1,10,7", "1,1"]));
    assert!(short.contains("2 values (expected more than 2)"), "{short}");
    assert!(
        short.starts_with("a.b/RawData0.xml: line 1, column "),
        "{short}"
    );
    let word = refusal(brml_of(&brml_views("TwoTheta", 1), &["1,1,x,7"]));
    assert!(word.contains("'x' (expected a number)"), "{word}");
    assert!(refusal(brml_of("", &ROWS)).contains("no column of a moving axis"));
}

#[test]
fn rasx_scans_are_in_the_order_of_their_list() {
    let first = rasx_conditions("TwoThetaTheta", "counts", ("1.0", "deg/min"), "");
    let map = "<RSMInformation/>";
    let second = rasx_conditions("TwoTheta", "counts", ("1.2", "sec"), map);
    let file = archives::rasx(&[
        (4, "8.50\t591\t1\r\n8.51\t600\t1\r\n", &first),
        (1, "8.50\t0.59\t1\r\n8.51\t7\t2\r\n", &second),
    ]);
    let scans = read(&file).unwrap();
    assert_eq!(scans[0].axis(), [8.5, 8.51]);
    assert_eq!(scans[0].intensities(), [591.0, 600.0]);
    assert_eq!(scans[0].unit(), IntensityUnit::Counts);
    let metadata = scans[0].metadata();
    assert_eq!(metadata.sample.as_deref(), Some("Si 01"));
    assert_eq!(metadata.instrument.as_deref(), Some("Rigaku SmartLab"));
    assert_eq!(metadata.date.as_deref(), Some("2022-11-10T17:20:52Z"));
    assert_eq!(metadata.temperature_k, Some(823.15));
    assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(0.6)));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(metadata.radiation.k_alpha2_ratio, Some(0.0));
    // The stated unit "counts" is not trusted.
    assert_eq!(scans[1].unit(), IntensityUnit::Arbitrary);
    assert_eq!(
        scans[1].metadata().time_per_step,
        Some(TimePerStep::Same(1.2))
    );
    assert_eq!(scans[1].not_powder(), Some("a reciprocal-space map"));
    assert!(scans[1].warnings()[0].contains("the attenuation changes"));
}

#[test]
fn rasx_that_is_refused() {
    let conditions = rasx_conditions("Omega", "counts", ("1.0", "deg/min"), "");
    let scan = read(archives::rasx(&[(0, "8 5\n9 6\n", &conditions)]))
        .unwrap()
        .remove(0);
    assert_eq!(scan.axis_kind(), &AxisKind::OmegaDeg);
    let word = refusal(archives::rasx(&[(0, "8 5\n9 x\n", &conditions)]));
    assert!(
        word.starts_with("a.b/Data0/Profile0.txt: line 2, column 2: 'x'"),
        "{word}"
    );
    let image = archives::archive(&[
        (
            "root.xml",
            "<Root><Data0 Type=\"Image\"><ContentHashList Name=\"Image0.bin\"/></Data0></Root>",
        ),
        ("Data0/Image0.bin", "..."),
        ("Data0/MesurementConditions0.xml", &conditions),
    ]);
    assert!(refusal(image).contains("a Rigaku RASX file of images"));
}

#[test]
fn workbooks_are_tables() {
    let cells = |row: usize, values: [&str; 3]| {
        let cell = |(i, value): (usize, &&str)| {
            format!("<c r=\"{}{row}\"><v>{value}</v></c>", ["A", "B", "C"][i])
        };
        let cells: String = values.iter().enumerate().map(cell).collect();
        format!("<row r=\"{row}\">{cells}</row>")
    };
    let head = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\" t=\"inlineStr\"><is>\
        <t>first</t></is></c><c r=\"C1\" t=\"s\"><v>0</v></c></row>";
    let rows = [
        cells(2, ["10", "153.6662", "1"]),
        cells(3, ["10.5", "2.5", "3"]),
        cells(4, ["11", "4", "5E0"]),
    ];
    let file = archives::xlsx(&format!("{head}{}", rows.concat()), &["second", "2θ"]);
    let read = with_file(&file, |path| read_patterns(path, &ReadOptions::default())).unwrap();
    assert_eq!(read.set.names(), ["first", "second"]);
    assert_eq!(read.set.grid().angle(2), 11.0);
    assert_eq!(read.set.intensities(0), [153.6662, 2.5, 4.0]);
    assert_eq!(read.set.intensities(1), [1.0, 3.0, 5.0]);
}

#[test]
fn workbooks_without_a_table() {
    let text = "<row><c t=\"s\"><v>0</v></c></row>";
    let refused = refusal(archives::xlsx(text, &["nothing"]));
    assert!(
        refused.contains("an Excel workbook without numbers"),
        "{refused}"
    );
    let far: String = (1..=20)
        .map(|i| format!("<row><c r=\"XFD{i}\"><v>1</v></c></row>"))
        .collect();
    assert!(refusal(archives::xlsx(&far, &[])).contains("a table of"));
}

/// A zip archive without its end: the members before are read, with a warning.
#[test]
fn archives_without_their_directory_give_what_is_there() {
    let profile: String = (0..300)
        .map(|i| format!("{} {} 1\n", 10 + i, 7 * i % 50))
        .collect();
    let conditions = rasx_conditions("TwoThetaTheta", "counts", ("2", "deg/min"), "");
    let whole = archives::rasx(&[(0, &profile, &conditions)]);
    let at = |name: &str| {
        whole
            .windows(name.len())
            .position(|w| w == name.as_bytes())
            .unwrap()
    };
    let ends = [
        at("Profile0.txt") + 300,
        at("Data0/Mesure") + 400,
        whole.len() - 10,
    ];
    let mut points = 0;
    for end in ends {
        let scans = read(&whole[..end]).unwrap();
        let warnings = scans[0].warnings();
        assert!(
            warnings.iter().any(|w| w.contains("cut short")),
            "{warnings:?}"
        );
        assert!(scans[0].axis().len() >= points && scans[0].axis()[0] == 10.0);
        points = scans[0].axis().len();
    }
    assert_eq!(points, 300);
}
