//! A study that is stopped after its training, and resumed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::study;
use crate::error::Error;
use crate::experiment::{DataSource, Experiment, Settings};
use crate::samples;
use crate::session::{Observer, Saving, Session, Stage};

/// Observer that asks to stop when a stage begins, and counts the epochs that are trained.
#[derive(Default)]
struct StopAt {
    stage: Option<Stage>,
    stops: AtomicBool,
    losses: AtomicUsize,
    begun: Mutex<Vec<Stage>>,
}

impl Observer for StopAt {
    fn begin(&self, stage: Stage, _steps: u64) {
        self.begun.lock().unwrap().push(stage);
        if self.stage == Some(stage) {
            self.stops.store(true, Ordering::SeqCst);
        }
    }

    fn loss(&self, _loss: f64) {
        self.losses.fetch_add(1, Ordering::SeqCst);
    }

    fn should_stop(&self) -> bool {
        self.stops.load(Ordering::SeqCst)
    }
}

fn experiment() -> Experiment {
    let settings = Settings::paper().with_hidden(vec![6, 4]).with_epochs(5);
    Experiment::new(DataSource::series(0.1, 0)).with_settings(settings)
}

#[test]
fn a_study_stopped_after_its_training_does_not_train_again() {
    for stage in [
        Stage::Reconstructing,
        Stage::LeavingOut,
        Stage::Painting,
        Stage::Relevance,
    ] {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("unfinished");
        let run = |saving: &Saving, observer: &StopAt| {
            let session = Session::new(saving).with_observer(observer);
            study(&experiment(), samples::dataset(|_, v| v), session)
        };
        let first = StopAt {
            stage: Some(stage),
            ..StopAt::default()
        };
        let stopped = run(&Saving::new(&path), &first).err().unwrap();
        assert!(matches!(stopped, Error::Interrupted { saved } if saved == path));
        assert_eq!(first.losses.into_inner(), 5);
        let again = StopAt::default();
        let resumed = run(&Saving::new(&path).with_resume(true), &again).unwrap();
        assert_eq!(again.losses.into_inner(), 0, "{stage:?}");
        let plain = run(&Saving::new(place.path().join("other")), &StopAt::default()).unwrap();
        assert_eq!(resumed.run.after, plain.run.after);
        assert_eq!(resumed.report.estimation, plain.report.estimation);
    }
}

#[test]
fn the_stages_of_a_study_are_told_in_order() {
    samples::in_session(|session| {
        let observer = StopAt::default();
        study(
            &experiment(),
            samples::dataset(|_, v| v),
            session.with_observer(&observer),
        )
        .unwrap();
        let told = observer.begun.into_inner().unwrap();
        let expected = [
            Stage::Training,
            Stage::Encoding,
            Stage::Encoding,
            Stage::Reconstructing,
            Stage::Estimating,
            Stage::LeavingOut,
            Stage::Comparing,
            Stage::Fitting,
            Stage::Painting,
            Stage::Generating,
            Stage::Relevance,
            Stage::Grouping,
            Stage::Mapping,
            Stage::Outliers,
            Stage::Fitting,
        ];
        assert_eq!(told, expected);
        let along = StopAt::default();
        let by_order = experiment().with_series("order".parse().unwrap());
        let session = session.with_observer(&along);
        study(&by_order, samples::dataset(|_, v| v), session).unwrap();
        let also = along.begun.into_inner().unwrap();
        let before_series = expected.len() - 1;
        assert_eq!(also[..before_series], expected[..before_series]);
        assert_eq!(also[before_series..], [Stage::Series, Stage::Fitting]);
        let names: Vec<&str> = told.iter().map(|stage| stage.name()).collect();
        assert_eq!(names[..2], ["training", "encoding"]);
    });
}
