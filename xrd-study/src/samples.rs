//! Small datasets for unit tests.

use xrd_core::{Labels, PatternSet, Scale, TwoThetaGrid};

use crate::dataset::Dataset;
use crate::session::{Saving, Session};

/// Returns twelve patterns of one line whose position depends on the label. `change` maps each
/// intensity.
pub(crate) fn dataset(change: impl Fn(usize, f32) -> f32) -> Dataset {
    let (n, angles) = (12, 20);
    let grid = TwoThetaGrid::new(10.0, 0.1, angles).unwrap();
    let names: Vec<String> = (0..n).map(|i| i.to_string()).collect();
    let line = |i: usize, k: usize| (-((k as f32 - 4.0 - i as f32) / 2.0).powi(2)).exp();
    let value = |i: usize, k: usize| change(i, line(i, k));
    let block = (0..n).flat_map(|i| (0..angles).map(move |k| (i, k)));
    let block = block.map(|(i, k)| value(i, k)).collect();
    let labels = (0..n).map(|i| i as f64).collect();
    let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap();
    let labels = Labels::new(vec!["p".to_owned()], labels).unwrap();
    Dataset::new(set, labels).unwrap()
}

/// Runs `run` with a session of one thread and a temporary folder.
pub(crate) fn in_session<T>(run: impl FnOnce(Session<'_>) -> T) -> T {
    let place = tempfile::tempdir().unwrap();
    run(Session::new(&Saving::new(place.path().join("unfinished"))))
}
