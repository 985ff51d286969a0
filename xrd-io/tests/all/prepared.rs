//! Patterns prepared while they are read.

use std::fs;

use xrd_core::{PatternSet, TwoThetaGrid};
use xrd_io::prepare::Step;
use xrd_io::{Error, ReadOptions, ReadPatterns, read_patterns, read_scan, write};

/// Two patterns of whole numbers on a background of 20. The second is twice as strong and has a
/// spike.
fn set() -> PatternSet {
    let grid = TwoThetaGrid::new(10.0, 0.1, 60).unwrap();
    let line = |i: usize| (-((i as f32 - 25.0) / 2.0).powi(2)).exp();
    let pattern = |height: f32| (0..60).map(move |i| (20.0 + height * line(i)).round());
    let mut block: Vec<f32> = pattern(500.0).chain(pattern(1000.0)).collect();
    block[60 + 45] = 900.0;
    let names = vec!["a".to_owned(), "b".to_owned()];
    PatternSet::new(grid, xrd_core::Scale::ARBITRARY, None, names, block).unwrap()
}

fn steps(texts: &[&str]) -> ReadOptions {
    let steps: Vec<Step> = texts.iter().map(|t| t.parse().unwrap()).collect();
    ReadOptions::default().with_prepare(steps)
}

/// The set read from a matrix and from a folder, prepared in the same way.
fn both(options: &ReadOptions) -> [Result<ReadPatterns, Error>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let matrix = folder.path().join("matrix.csv");
    write::set_csv(&mut fs::File::create(&matrix).unwrap(), &set(), &[]).unwrap();
    let scans = folder.path().join("scans");
    fs::create_dir(&scans).unwrap();
    for (i, name) in set().names().iter().enumerate() {
        let mut file = fs::File::create(scans.join(format!("{name}.xy"))).unwrap();
        write::pattern_xy(&mut file, &set().pattern(i)).unwrap();
    }
    [matrix, scans].map(|path| read_patterns(path, options))
}

#[test]
fn nothing_is_done_unless_asked_for() {
    for read in both(&ReadOptions::default()) {
        let read = read.unwrap();
        assert_eq!(read.set, set());
        assert!(read.preparation.is_empty() && read.warnings.is_empty());
    }
}

#[test]
fn a_matrix_keeps_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let done = steps(&["snip:2", "crop:11:14"]).prepare;
    let (csv, npz) = (folder.path().join("a.csv"), folder.path().join("a.npz"));
    write::set_csv(&mut fs::File::create(&csv).unwrap(), &set(), &done).unwrap();
    write::set_npz(&mut fs::File::create(&npz).unwrap(), &set(), &done).unwrap();
    for path in [csv, npz] {
        let read = read_patterns(&path, &steps(&["scale:max"])).unwrap();
        let all = steps(&["snip:2", "crop:11:14", "scale:max"]).prepare;
        assert_eq!(read.preparation, all);
        assert_eq!(read_scan(&path, 2).unwrap().preparation(), done);
        assert_eq!(
            read_patterns(&path, &ReadOptions::default()).unwrap().set,
            set()
        );
    }
}

#[test]
fn files_prepared_differently_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for (name, note) in [("a", "# preparation: snip:1\n"), ("b", "")] {
        let text = format!("{note}10 1\n10.5 2\n11 3\n");
        fs::write(folder.path().join(format!("{name}.xy")), text).unwrap();
    }
    let read = read_patterns(folder.path(), &ReadOptions::default()).unwrap();
    assert!(read.preparation.is_empty());
    let told = "a.xy by snip:1";
    assert!(read.warnings[0].contains(told), "{:?}", read.warnings);
    assert!(
        read.warnings[0].ends_with("b.xy not"),
        "{:?}",
        read.warnings
    );
}

#[test]
fn a_matrix_and_a_folder_are_prepared_alike() {
    let options = steps(&["despike", "snip:2", "crop:11:14", "scale:max"]);
    let [matrix, folder] = both(&options).map(Result::unwrap);
    assert_eq!(matrix.set, folder.set);
    assert_eq!(matrix.preparation, options.prepare);
    assert_eq!(folder.preparation, options.prepare);
    assert_eq!(
        (matrix.set.grid().len(), matrix.set.grid().start()),
        (31, 11.0)
    );
    for i in 0..2 {
        assert_eq!(matrix.set.pattern(i).max(), 1.0);
        assert!(
            matrix.set.intensities(i)[0].abs() < 1e-3,
            "no background is left"
        );
    }
    for read in [matrix, folder] {
        let [warning] = &read.warnings[..] else {
            panic!("{:?}", read.warnings)
        };
        assert!(
            warning.ends_with("spikes replaced: 1, at 14.5"),
            "{warning}"
        );
        assert!(warning.contains("b"), "{warning}");
    }
}

#[test]
fn scans_of_other_steps_meet_in_bins() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, first: f64, step: f64, points: i32| {
        let line = |i: i32| format!("{} 7\n", first + step * f64::from(i));
        fs::write(
            folder.path().join(name),
            (0..points).map(line).collect::<String>(),
        )
        .unwrap();
    };
    write("a.xy", 10.003, 0.013, 300);
    write("b.xy", 9.9, 0.02, 200);
    let apart = read_patterns(folder.path(), &ReadOptions::default());
    assert!(matches!(apart, Err(Error::DifferentAxes { .. })));
    let read = read_patterns(folder.path(), &steps(&["rebin:0.05", "crop:10.1:13"])).unwrap();
    assert_eq!((read.set.len(), read.set.grid().len()), (2, 59));
    assert!(read.set.block().iter().all(|y| (y - 7.0).abs() < 1e-5));
}

#[test]
fn refusals_name_the_file_and_the_step() {
    for read in both(&steps(&["strip-ka2"])) {
        let message = read.unwrap_err().to_string();
        assert!(
            message.contains(": strip-ka2: the file states no K-alpha-1"),
            "{message}"
        );
        assert!(
            message.contains(".csv") || message.contains(".xy"),
            "{message}"
        );
    }
}

#[test]
fn what_was_done_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xy");
    write::pattern_xy(&mut fs::File::create(&path).unwrap(), &set().pattern(1)).unwrap();
    let scan = read_scan(&path, 1).unwrap();
    let prepared = scan
        .prepare(&steps(&["despike", "arpls", "smooth:5,2"]).prepare)
        .unwrap();
    let texts = prepared.preparation().iter().map(Step::to_string);
    let again: Vec<Step> = texts.map(|t| t.parse().unwrap()).collect();
    assert_eq!(scan.prepare(&again).unwrap(), prepared);
}
