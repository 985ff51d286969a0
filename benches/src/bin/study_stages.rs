//! Time of each stage of a study, and of estimates from its known points. For peers/scaling.py.
//!
//! Prints one line of JSON per stage: its wall time and its processor time in seconds (all threads of
//! this process, user and system; 0 where the system has no /proc), and at the end the peak memory.
//!
//!     study_stages --patterns FOLDER --labels FILE --out FOLDER [--epochs 1] [--asked 200]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use serde_json::json;
use xrd_benches::argument;
use xrd_report::{FigureFiles, PAGE_FILE};
use xrd_study::{
    DataSource, Dataset, Experiment, KnownPoints, LabelledFiles, Latents, NamedEstimator, Observer,
    OutputFolder, PatternRegression, Query, Saving, Session, Settings, Stage, Study,
    UnfinishedOutput, left_out_errors, residuals,
};

/// Observer that prints each stage.
#[derive(Default)]
struct Stages {
    running: Mutex<Vec<(Stage, Clock)>>,
}

#[derive(Clone, Copy)]
struct Clock {
    start: Instant,
    processor: f64,
}

impl Clock {
    fn start() -> Self {
        Self {
            start: Instant::now(),
            processor: processor_seconds(),
        }
    }

    fn print(self, stage: &str) {
        let wall = self.start.elapsed().as_secs_f64();
        let processor = processor_seconds() - self.processor;
        println!(
            "{}",
            json!({ "stage": stage, "wall_s": wall, "processor_s": processor })
        );
    }
}

impl Observer for Stages {
    fn begin(&self, stage: Stage, _steps: u64) {
        let mut running = self.running.lock().expect("no thread panics");
        running.push((stage, Clock::start()));
    }

    /// A training lasts until the observer hears of its last epoch.
    fn loss(&self, _loss: f64) {
        let running = self.running.lock().expect("no thread panics");
        if let Some((stage, clock)) = running.iter().find(|(s, _)| *s == Stage::Training) {
            clock.print(stage.name());
        }
    }

    fn end(&self, stage: Stage) {
        let mut running = self.running.lock().expect("no thread panics");
        let Some(i) = running.iter().position(|(s, _)| *s == stage) else {
            return;
        };
        let (stage, clock) = running.remove(i);
        if stage != Stage::Training {
            clock.print(stage.name());
        }
    }
}

/// User and system time of this process. The kernel counts in hundredths of a second.
fn processor_seconds() -> f64 {
    let about = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = about
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: f64 = fields
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// Peak memory of this process in MB.
fn peak_mb() -> f64 {
    let about = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = about.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0 / 1e6
}

fn timed<T, E>(stage: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let clock = Clock::start();
    let done = work()?;
    clock.print(stage);
    Ok(done)
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = |name: &str| argument(name, String::new()).map(PathBuf::from);
    let (patterns, labels, out) = (path("--patterns")?, path("--labels")?, path("--out")?);
    let columns: String = argument("--columns", "space_group,O,Fe".to_owned())?;
    let mut files = LabelledFiles::new(patterns, labels);
    files.label_columns = columns.split(',').map(str::to_owned).collect();
    let settings = Settings::measured().with_epochs(argument("--epochs", 1)?);
    let experiment = Experiment::new(DataSource::Files(files)).with_settings(settings);
    let threads = std::thread::available_parallelism()?;
    let observer = Stages::default();
    let data = timed("reading", || Dataset::load(&experiment.data, &observer))?;
    let saving = Saving::new(out.with_extension("unfinished"));
    let session = Session::new(&saving)
        .with_threads(threads)
        .with_observer(&observer);
    let whole = Clock::start();
    let mut study = xrd_study::study(&experiment, data, session)?;
    whole.print("study without files");
    let mut folder = OutputFolder::open(&out, &UnfinishedOutput::default())?;
    timed("writing", || study.write(&mut folder))?;
    timed("drawing", || {
        xrd_report::draw_study(&study, &FigureFiles::svg(), &mut folder)
    })?;
    study.list_files(&folder, &[PAGE_FILE]);
    let page = timed("page", || xrd_report::page(folder.staging(), &study.report))?;
    folder.write_text(PAGE_FILE, &page)?;
    study.write_report(&mut folder)?;
    folder.commit()?;
    estimates(&out, &study, argument("--asked", 200)?)?;
    println!(
        "{}",
        json!({ "peak_mb": peak_mb(), "page_mb": page.len() as f64 / 1e6 })
    );
    Ok(())
}

/// Estimates of some patterns of the study as `xrd estimate` makes them: in the latent space, and by the
/// regression in the model. Then the leave-one-out errors, which only intervals of other estimators need.
fn estimates(out: &Path, study: &Study, asked: usize) -> Result<(), Box<dyn Error>> {
    let (model, experiment) = (&study.model, &study.experiment);
    let rows: Vec<usize> = (0..asked.min(study.data.set.len())).collect();
    let set = study.data.set.select(&rows)?;
    let known = timed("known points", || {
        KnownPoints::read(&out.join("latent.csv"), model)
    })?;
    let asked = experiment.estimator()?;
    let estimator = NamedEstimator::in_latent_space(Some(&asked), experiment.settings.latent)?;
    timed("estimates of 200", || {
        let (latents, residuals) = (Latents::of(model, &set)?, residuals(model, &set)?);
        let query = Query::new(set.names(), &latents, &residuals);
        let mut estimated = known.estimate(&query, &*estimator)?;
        match PatternRegression::of_model(model)? {
            Some(regression) => regression.apply_to(&mut estimated, &set),
            None => Ok(()),
        }
    })?;
    timed("leave-one-out errors", || {
        left_out_errors(&known.space, &*estimator)
    })?;
    Ok(())
}
