//! Patterns on different or irregular axes, brought onto one grid, and axes that files do not state.

use std::f64::consts::PI;
use std::path::Path;

use tempfile::TempDir;
use xrd_core::Wavelength;
use xrd_io::prepare::Step;
use xrd_io::{AxisKind, Error, ReadOptions, ReadPatterns, read_file, read_patterns};

const LAMBDA: f64 = 1.5406;

fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn columns(points: impl Iterator<Item = (f64, f64)>) -> String {
    points.map(|(x, y)| format!("{x} {y}\n")).collect()
}

/// A straight line over angles, measured at `len` angles.
fn line(first: f64, step: f64, len: u32) -> String {
    columns(
        (0..len)
            .map(|i| first + step * f64::from(i))
            .map(|x| (x, 3.0 * x + 5.0)),
    )
}

/// The same line over Q, at points that are uniform in ln Q.
fn line_over_log_q(first: f64, len: u32) -> String {
    let two_theta = |q: f64| 2.0 * (q * LAMBDA / (4.0 * PI)).asin().to_degrees();
    let q = (0..len).map(|i| first * 1.004f64.powi(i as i32));
    columns(q.map(|q| (q, 3.0 * two_theta(q) + 5.0)))
}

fn common() -> ReadOptions {
    ReadOptions::default().with_common_grid(true)
}

fn over_q() -> ReadOptions {
    let given = common().with_axis_kind(AxisKind::QPerAngstrom);
    given.with_wavelength(Wavelength::angstrom(LAMBDA).ok())
}

fn is_the_line(read: &ReadPatterns) -> bool {
    let grid = read.set.grid();
    let near = |(x, y): (f64, &f32)| (f64::from(*y) - 3.0 * x - 5.0).abs() < 0.01;
    (0..read.set.len()).all(|i| grid.angles().zip(read.set.intensities(i)).all(near))
}

#[test]
fn files_that_start_elsewhere_keep_their_common_range() {
    let files = [
        ("a.xy", line(10.0, 0.02, 500)),
        ("b.xy", line(10.012, 0.02, 499)),
    ];
    let folder = folder(&files);
    let read = read_patterns(folder.path(), &common()).unwrap();
    let grid = *read.set.grid();
    assert_eq!((grid.step(), grid.len()), (0.02, 498));
    assert!((grid.start() - 10.02).abs() < 1e-9 && (grid.last() - 19.96).abs() < 1e-9);
    assert!(is_the_line(&read));
    assert_eq!(read.preparation, [Step::Resample(grid)]);
    assert!(read.warnings.iter().any(|w| w.starts_with("resampled")));
    let again = ReadOptions::default().with_prepare(read.preparation);
    assert_eq!(read_patterns(folder.path(), &again).unwrap().set, read.set);
}

#[test]
fn files_on_one_grid_are_left_alone() {
    let folder = folder(&[
        ("a.xy", line(10.0, 0.02, 50)),
        ("b.xy", line(10.0, 0.02, 50)),
    ]);
    let read = read_patterns(folder.path(), &common()).unwrap();
    assert!(read.preparation.is_empty() && read.warnings.is_empty());
}

#[test]
fn points_uniform_in_log_q_become_a_grid_of_round_angles() {
    let files = [
        ("a.xy", line_over_log_q(1.0, 300)),
        ("b.xy", line_over_log_q(1.1, 300)),
    ];
    let folder = folder(&files);
    let read = read_patterns(folder.path(), &over_q()).unwrap();
    let grid = read.set.grid();
    assert_eq!(grid.step(), 0.11);
    let multiple = grid.start() / grid.step();
    assert!((multiple - multiple.round()).abs() < 1e-9);
    // From the first angle of b to the last of a.
    assert!((15.5..15.7).contains(&grid.start()) && (47.0..48.0).contains(&grid.last()));
    assert!(is_the_line(&read));
    let words: Vec<String> = read.preparation.iter().map(Step::to_string).collect();
    assert_eq!(words[0], "to-wavelength:1.5406");
    assert!(words[1].starts_with("resample:15.51:"), "{words:?}");
    assert_eq!(read.set.wavelength().map(|w| w.as_angstrom()), Some(LAMBDA));
}

#[test]
fn a_step_that_needs_a_uniform_axis_comes_after_the_interpolation() {
    let folder = folder(&[("a.xy", line_over_log_q(1.0, 300))]);
    let steps = |texts: &[&str]| {
        texts
            .iter()
            .map(|t| t.parse().unwrap())
            .collect::<Vec<Step>>()
    };
    let asked = steps(&["despike:8", "snip:1", "to-wavelength:1.5406", "crop:20:40"]);
    let read = read_patterns(folder.path(), &over_q().with_prepare(asked)).unwrap();
    let words: Vec<String> = read.preparation.iter().map(Step::to_string).collect();
    assert_eq!(words.len(), 5);
    assert_eq!(
        (&*words[0], &*words[1]),
        ("despike:8", "to-wavelength:1.5406")
    );
    assert!(words[2].starts_with("resample:"), "{words:?}");
    assert_eq!((&*words[3], &*words[4]), ("snip:1", "crop:20:40"));
    let range = (read.set.grid().start(), read.set.grid().last());
    assert!(range.0 >= 20.0 && range.1 <= 40.0);
}

#[test]
fn scans_without_a_common_range_are_named() {
    let folder = folder(&[("a.xy", line(10.0, 0.1, 50)), ("b.xy", line(20.0, 0.1, 50))]);
    let refused = read_patterns(folder.path(), &common());
    assert!(matches!(refused, Err(Error::NoCommonRange { .. })));
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("a.xy ends at 14.9 degrees"), "{message}");
    assert!(message.contains("b.xy begins at 20 (expected"), "{message}");
}

#[test]
fn what_a_file_does_not_state_is_completed() {
    let q_in_nm = columns((0..50).map(|i| (f64::from(i) * 10.0 + 10.0, 1.0)));
    let silver = ReadOptions::default().with_axis_kind(AxisKind::QPerNanometre);
    let beyond = folder(&[("a.xy", q_in_nm)]);
    let path = beyond.path().join("a.xy");
    let scan = |options: &ReadOptions| read_file(&path, options).unwrap().scans.remove(0);
    assert!(scan(&ReadOptions::default()).not_powder().is_some());
    let given = scan(&silver);
    assert_eq!(given.axis_kind(), &AxisKind::QPerNanometre);
    assert!(
        given.not_powder().is_none() && given.warnings().is_empty(),
        "{:?}",
        given.warnings()
    );
}

#[test]
fn what_a_file_states_stays() {
    let stated = format!(
        "# wavelength 0.7093\nq_A^-1 intensity\n{}",
        line(1.0, 0.1, 50)
    );
    let angles = format!("# wavelength 0.7093\n{}", line(1.0, 0.1, 50));
    let folder = folder(&[("q.xy", stated), ("angles.xy", angles)]);
    let read = |name: &str, options: &ReadOptions| read_file(folder.path().join(name), options);
    let d = ReadOptions::default().with_axis_kind(AxisKind::DAngstrom);
    let message = read("q.xy", &d).unwrap_err().to_string();
    assert!(
        message.contains("the axis is q in 1/angstrom (expected d-spacing"),
        "{message}"
    );
    let copper = ReadOptions::default().with_wavelength(Wavelength::angstrom(LAMBDA).ok());
    let scan = read("angles.xy", &copper).unwrap().scans.remove(0);
    assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(0.7093));
    let told = "the file states 0.7093 angstrom, which is used, not 1.5406 angstrom";
    assert!(
        scan.warnings().contains(&told.to_owned()),
        "{:?}",
        scan.warnings()
    );
}

#[test]
fn a_matrix_without_words_takes_the_axis_it_is_given() {
    let rows: String = (0..60)
        .map(|i| format!("{},{},7\n", 1.0 + 0.05 * f64::from(i), i))
        .collect();
    let folder = folder(&[("m.csv", format!("x,a,b\n{rows}"))]);
    let read = read_patterns(folder.path().join("m.csv"), &over_q()).unwrap();
    assert_eq!(read.set.names(), ["a", "b"]);
    // The first multiple of the median step above 14.06 degrees.
    assert_eq!(read.set.grid().start(), 14.8);
    let stated = read_patterns(Path::new("no/such"), &over_q());
    assert!(matches!(stated, Err(Error::Io { .. })));
}

#[test]
fn counts_of_other_steps_are_comparable_as_means() {
    let counts = |step: f64| {
        let len = (4.0 / step) as u32;
        format!("two-theta counts\n{}", line(10.0, step, len))
    };
    let folder = folder(&[("a.xy", counts(0.01)), ("b.xy", counts(0.04))]);
    let totals = |step: &str| {
        let steps: Vec<Step> = [step, "crop:11:13"].map(|s| s.parse().unwrap()).to_vec();
        let read = read_patterns(folder.path(), &ReadOptions::default().with_prepare(steps));
        let set = read.unwrap().set;
        [0, 1].map(|i| set.intensities(i).iter().sum::<f32>())
    };
    let [a, b] = totals("rebin:0.04:mean");
    assert!((a / b - 1.0).abs() < 1e-3, "{a} {b}");
    // The meaning of a step without a rule, as in files of earlier versions.
    let [a, b] = totals("rebin:0.04");
    assert!((a / b - 4.0).abs() < 0.01, "{a} {b}");
}
