//! Folders of files, and the properties that their patterns must share.

use std::fs;
use std::path::Path;

use xrd_core::{IntensityUnit, TwoThetaGrid};
use xrd_io::{Error, ReadKind, ReadOptions, ReadPatterns, read_patterns, read_scans};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn read(folder: &Path) -> Result<ReadPatterns, Error> {
    read_patterns(folder, &ReadOptions::default())
}

fn refusal(files: &[(&str, &str)]) -> String {
    read(folder(files).path()).unwrap_err().to_string()
}

const A: &str = "10 1\n10.5 2\n11 3\n";
const B: &str = "10,4\n10.5,5\n11,6\n";

#[test]
fn every_file_is_a_pattern_and_the_rest_is_listed() {
    let folder = folder(&[
        ("b.csv", B),
        ("a.xy", A),
        (".hidden", A),
        ("labels.csv", "name,Fe\na,1\nb,2\n"),
        ("matrix.csv", "name,10,10.5,11\nx,1,2,3\ny,1,2,3\n"),
        ("notes.txt", "a, then b\n"),
        ("picture.png", "\u{1}"),
    ]);
    fs::create_dir(folder.path().join("more")).unwrap();
    let read = read(folder.path()).unwrap();
    assert_eq!(read.kind, ReadKind::Files);
    assert_eq!(read.set.names(), ["a", "b"]);
    assert_eq!(read.set.block(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let skipped: Vec<_> = read
        .skipped
        .iter()
        .map(|(p, _)| p.file_name().unwrap())
        .collect();
    assert_eq!(
        skipped,
        ["labels.csv", "matrix.csv", "notes.txt", "picture.png"]
    );
}

#[test]
fn an_editors_copy_is_no_other_pattern() {
    let folder = folder(&[("a.xy", A), ("a.xy~", A), ("#a.xy#", A), ("#1.xy", B)]);
    let read = read(folder.path()).unwrap();
    assert_eq!(read.set.names(), ["#1", "a"]);
    let reasons: Vec<String> = read.skipped.iter().map(|(_, e)| e.to_string()).collect();
    assert!(reasons[0].contains("#a.xy#: a backup copy"), "{reasons:?}");
    assert!(reasons[1].contains("a.xy~: a backup copy"), "{reasons:?}");
}

#[test]
fn of_a_file_of_several_scans_the_first_is_taken_if_it_is_a_pattern() {
    let line = |i: u32| format!("{} {i}\n", 10.0 + 0.5 * f64::from(i));
    let scan: String = (0..9).map(line).collect();
    let folder = folder(&[
        ("one.xy", &scan),
        ("stacked.xy", &(scan.clone() + &scan)),
        ("rocking.xy", &format!("omega intensity\n{scan}")),
    ]);
    let read = read(folder.path()).unwrap();
    assert_eq!(read.set.names(), ["one", "stacked"]);
    assert_eq!(read.set.intensities(0), read.set.intensities(1));
    assert!(read.warnings[0].ends_with("stacked.xy: the first of 2 scans is used"));
    let [(path, Error::NotPowder { what, .. })] = &read.skipped[..] else {
        panic!("{:?}", read.skipped);
    };
    assert!(path.ends_with("rocking.xy") && what == "a scan over omega in degrees");
}

#[test]
fn excluded_files_are_not_looked_at() {
    let folder = folder(&[("a.xy", A), ("labels.txt", "1 2\n2 3\n3 4\n")]);
    let refused = read(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("labels.txt has 3 points"), "{refused}");
    let options = ReadOptions::default().with_exclude([
        folder.path().join("more/../labels.txt"),
        folder.path().join("labels.txt"),
    ]);
    let read = read_patterns(folder.path(), &options).unwrap();
    assert_eq!(
        (read.set.names(), read.skipped.len()),
        (["a".to_owned()].as_slice(), 0)
    );
}

#[test]
fn files_of_one_stem_keep_their_extension() {
    let folder = folder(&[("a.xy", A), ("a.csv", B), ("c.xy", A)]);
    assert_eq!(
        read(folder.path()).unwrap().set.names(),
        ["a.csv", "a.xy", "c"]
    );
}

#[test]
fn different_axes_are_refused_by_both_names_unless_resampled() {
    let files = [("a.xy", A), ("b.xy", "10.2 4\n10.7 5\n11.2 6\n")];
    let message = refusal(&files);
    for part in [
        "a.xy has 3 points from 10 to 11 by 0.5",
        "b.xy has 3 points from 10.2 to 11.2",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let folder = folder(&files);
    let options =
        |start, len| ReadOptions::default().with_resample(TwoThetaGrid::new(start, 0.25, len).ok());
    let read = read_patterns(folder.path(), &options(10.25, 4)).unwrap();
    let expected = [1.5, 2.0, 2.5, 3.0, 4.1, 4.6, 5.1, 5.6];
    assert!(
        read.set
            .block()
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-5)
    );
    assert!(read.warnings.iter().any(|w| w.contains("resampled")));
    let beyond = read_patterns(folder.path(), &options(10.0, 4))
        .unwrap_err()
        .to_string();
    assert!(beyond.contains("b.xy covers 10.2 to 11.2"), "{beyond}");
}

#[test]
fn an_irregular_axis_is_refused_unless_resampled() {
    let files = [("a.xy", "10 1\n10.7 2\n11 3\n")];
    let message = refusal(&files);
    assert!(
        message.contains("a.xy: two-theta of point 1 is 10.7"),
        "{message}"
    );
    assert!(message.contains("resample"), "{message}");
    let matrix = [("m.csv", "name,10,10.7,11\nx,1,2,3\n")];
    let folder = folder(&matrix);
    let path = folder.path().join("m.csv");
    assert!(
        read_patterns(&path, &ReadOptions::default())
            .unwrap_err()
            .to_string()
            .contains("10.7")
    );
    let options = ReadOptions::default().with_resample(TwoThetaGrid::new(10.0, 0.35, 3).ok());
    let read = read_patterns(&path, &options).unwrap();
    assert_eq!(read.set.intensities(0)[..2], [1.0, 1.5]);
}

#[test]
fn wavelengths_and_units_are_not_mixed() {
    let with = |note: &str| format!("# {note}\n{A}");
    let (cu, mo) = (with("wavelength 1.5406"), with("wavelength 0.7093"));
    let message = refusal(&[("a.xy", &cu), ("b.xy", A), ("c.xy", &mo)]);
    assert!(
        message.contains("c.xy has the wavelength 0.7093"),
        "{message}"
    );
    assert!(message.contains("a.xy has 1.5406 angstrom"), "{message}");
    let one_states = folder(&[("a.xy", A), ("b.xy", &cu)]);
    let one_states = read(one_states.path()).unwrap();
    assert_eq!(
        one_states.set.wavelength().map(|w| w.as_angstrom()),
        Some(1.5406)
    );
    assert!(one_states.warnings[0].contains("1 of 2 files state no wavelength"));

    let (counts, cps) = (format!("angle counts\n{A}"), format!("angle cps\n{A}"));
    let message = refusal(&[("a.xy", &counts), ("b.xy", &cps)]);
    assert!(
        message.contains("b.xy has intensities in counts per second"),
        "{message}"
    );
    let one_states = folder(&[("a.xy", A), ("b.xy", &cps)]);
    let one_states = read(one_states.path()).unwrap();
    assert_eq!(one_states.set.scale().unit, IntensityUnit::Arbitrary);
    assert_eq!(one_states.warnings.len(), 1);
}

#[test]
fn other_axes_than_two_theta_are_refused() {
    assert!(
        refusal(&[("a.xy", "q_nm^-1 intensity\n1 2\n2 3\n")]).contains("the axis is q in 1/nm")
    );
    assert!(refusal(&[("a.xy", "phi intensity\n1 2\n2 3\n")]).contains("a scan over phi"));
    let matrix = folder(&[("m.csv", "q,a,b\n1,1,2\n2,3,4\n")]);
    let message = read(&matrix.path().join("m.csv")).unwrap_err().to_string();
    assert!(message.contains("the axis is q"), "{message}");
}

#[test]
fn nothing_to_read_is_said() {
    assert!(refusal(&[]).contains("without files"));
    let message = refusal(&[("a.txt", "words\n"), ("b.txt", "words\n")]);
    assert!(message.contains("no pattern in 2 files"), "{message}");
    assert!(!message.contains('\n'));
    let missing = read(Path::new("no/such/place")).unwrap_err().to_string();
    assert!(missing.starts_with("no/such/place: "), "{missing}");
    let matrix = folder(&[("m.csv", "name,10,11\nx,1,2\ny,1,2\n")]);
    let scans = read_scans(matrix.path().join("m.csv")).unwrap();
    assert_eq!(
        (scans[1].name(), scans[1].intensities()),
        ("y", [1.0, 2.0].as_slice())
    );
}

#[test]
fn an_archive_of_files_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("set.zip");
    let members = [
        ("data/b.csv", B),
        ("data/a.xy", A),
        ("data/.hidden", A),
        ("__MACOSX/a.xy", A),
        ("notes.txt", "a, then b\n"),
    ];
    fs::write(&path, crate::archives::archive(&members)).unwrap();
    let set = read(&path).unwrap();
    assert_eq!(set.kind, ReadKind::Files);
    assert_eq!(set.set.names(), ["a", "b"]);
    assert_eq!(set.set.block(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let [(skipped, _)] = set.skipped.as_slice() else {
        panic!("{:?}", set.skipped);
    };
    assert_eq!(*skipped, path.join("notes.txt"));
    let file = xrd_io::read_file(&path, &ReadOptions::default()).unwrap();
    let names: Vec<&str> = file.scans.iter().map(xrd_io::Scan::name).collect();
    assert_eq!((names, file.is_archive), (vec!["a", "b"], true));
    assert!(file.scans[0].warnings()[0].starts_with("left out: "));
    assert_eq!(xrd_io::list(&path).unwrap().scans.len(), 2);
    fs::write(&path, crate::archives::archive(&members[4..])).unwrap();
    let other = read_scans(&path).unwrap_err().to_string();
    assert!(other.contains("a zip archive of another kind"), "{other}");
}
