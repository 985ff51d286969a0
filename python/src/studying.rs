//! Whole studies.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use xrd_core::{Labels, PatternSet};
use xrd_report::{FigureFiles, PAGE_FILE};
use xrd_study::{
    Dataset, Experiment, Observer, OutputFolder, Saving, Session, Stage, UnfinishedOutput,
};

use crate::errors::{OrRaise, value_error};
use crate::model::{NamedLabels, as_labels, pattern_set};
use crate::threads::pool;
use crate::watch::{Watch, watched};

/// Intensities, grid, wavelength in Å and names of patterns.
type Patterns<'py> = (
    PyReadonlyArray2<'py, f32>,
    (f64, f64, usize),
    Option<f64>,
    Vec<String>,
);

/// Runs a study and writes its files into a folder. Returns notes about it.
#[pyfunction]
#[pyo3(signature = (experiment, arrays, labels, folder, threads, progress))]
pub(crate) fn study<'py>(
    py: Python<'py>,
    experiment: &str,
    arrays: Option<Patterns<'py>>,
    labels: Option<NamedLabels<'py>>,
    folder: PathBuf,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<String>> {
    let experiment: Experiment = serde_json::from_str(experiment).or_raise()?;
    let set = arrays.map(|(patterns, grid, wavelength, names)| {
        let set = pattern_set(&patterns, grid, wavelength)?;
        match names.len() == set.len() {
            true => set.with_names(names).or_raise(),
            false => Err(value_error(format!(
                "{} names for {} patterns (expected as many)",
                names.len(),
                set.len()
            ))),
        }
    });
    let data = set.transpose()?;
    let labels = labels.map(as_labels).transpose()?;
    watched(py, progress, move |watch| {
        run(experiment, data, labels, folder, threads, watch)
    })
}

fn run(
    experiment: Experiment,
    arrays: Option<PatternSet>,
    labels: Option<Labels>,
    folder: PathBuf,
    threads: Option<usize>,
    watch: &Watch,
) -> PyResult<Vec<String>> {
    let observer = Observing(watch);
    let pool = pool(threads)?;
    let data = match (arrays, labels) {
        (None, _) => pool
            .install(|| Dataset::load_for(&experiment, &observer))
            .or_raise()?,
        (Some(set), Some(labels)) => Dataset::new(set, labels).or_raise()?,
        (Some(set), None) => Dataset::unlabelled(set),
    };
    let mut notes: Vec<String> = data.notes.iter().map(ToString::to_string).collect();
    let mut out = OutputFolder::open(&folder, &UnfinishedOutput::default()).or_raise()?;
    let unfinished = Unfinished::new();
    let saving = Saving::new(&unfinished.0);
    let number = NonZeroUsize::new(pool.current_num_threads()).unwrap_or(NonZeroUsize::MIN);
    let session = Session::new(&saving)
        .with_threads(number)
        .with_observer(&observer);
    let mut study = xrd_study::study(&experiment, data, session).or_raise()?;
    study.report.versions.xrd = env!("CARGO_PKG_VERSION").to_owned();
    study.write(&mut out).or_raise()?;
    watch.check()?;
    pool.install(|| xrd_report::draw_study(&study, &FigureFiles::svg(), &mut out))
        .or_raise()?;
    study.list_files(&out, &[PAGE_FILE]);
    watch.check()?;
    let page = pool
        .install(|| xrd_report::page(out.staging(), &study.report))
        .or_raise()?;
    out.write_text(PAGE_FILE, &page).or_raise()?;
    study.write_report(&mut out).or_raise()?;
    notes.extend(study.reference_notes.iter().map(ToString::to_string));
    out.commit().or_raise()?;
    study.remove_unfinished().or_raise()?;
    Ok(notes)
}

/// A place for what a stopped study saves. It is removed, because a call cannot be continued.
struct Unfinished(PathBuf);

impl Unfinished {
    fn new() -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let name = format!("xrd-study-{}-{call}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It does not exist unless the study was stopped.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Progress of the trainings, which take nearly all of the time.
struct Observing<'a>(&'a Watch);

impl Observer for Observing<'_> {
    fn begin(&self, stage: Stage, steps: u64) {
        if stage == Stage::Training {
            self.0.set_total(steps);
            self.0.set_done(0);
        }
    }

    fn advance(&self, stage: Stage, steps: u64) {
        if stage == Stage::Training {
            self.0.advance(steps);
        }
    }

    fn should_stop(&self) -> bool {
        self.0.is_stopped()
    }
}

/// The usual settings of a training, as JSON: for the built-in `series`, or for `measured` patterns.
#[pyfunction]
pub(crate) fn usual_settings(kind: &str) -> PyResult<String> {
    let settings = match kind {
        "series" => xrd_study::Settings::simulated(),
        "measured" => xrd_study::Settings::measured(),
        "paper" => xrd_study::Settings::paper(),
        _ => {
            return Err(value_error(format!(
                "'{kind}' are no settings (expected series, measured or paper)"
            )));
        }
    };
    serde_json::to_string(&settings).or_raise()
}
