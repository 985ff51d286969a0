//! Experiments survive serialisation, and invalid ones are refused.

use super::*;

fn files() -> LabelledFiles {
    let reading = Reading::default()
        .with_axis("axis.txt")
        .with_grid(xrd_core::TwoThetaGrid::new(10.0, 0.02, 500).unwrap())
        .with_axis_kind(xrd_io::AxisKind::QPerAngstrom)
        .with_wavelength(xrd_core::Wavelength::angstrom(1.5406).ok())
        .with_steps(vec![
            "snip:1".parse().unwrap(),
            "scale:max".parse().unwrap(),
        ]);
    LabelledFiles::new("scans", "labels.csv")
        .with_group("sample")
        .with_label_columns(vec!["p".to_owned()])
        .with_reading(reading)
}

fn all_options() -> Experiment {
    Experiment {
        estimator: Some("idw:2:5".parse().unwrap()),
        targets: Some(vec![
            "Ti=0.75".parse().unwrap(),
            "Fe=11.5,Ti=0.5".parse().unwrap(),
        ]),
        leave_out: vec!["Ti=1".parse().unwrap()],
        generation_rule: GenerationRule::Strained,
        window_deg: Some(0.1),
        quick: true,
        splits: Splits::List {
            file: "test.txt".into(),
        },
        seeds: Seeds {
            first: 3,
            count: 10,
        },
        settings: Settings {
            clip: Some(1.5),
            strain: Some(0.003),
            label_weight: 2.5,
            validation_fraction: Some(0.2),
            early_stopping: Some(xrd_ae::EarlyStopping::new(20).with_min_improvement(0.1)),
            effects: Some(crate::laboratory_effects()),
            schedule: xrd_ae::Schedule::cosine(0.01)
                .unwrap()
                .with_warm_up(2.5)
                .unwrap(),
            ..Settings::paper()
        },
        ..Experiment::new(files().into())
    }
}

fn comparison() -> Experiment {
    Experiment {
        variations: one_at_a_time(&Settings::paper(), &around(&Settings::paper())),
        ..Experiment::new(DataSource::series(0.1, 0))
    }
}

fn scoring() -> Experiment {
    Experiment {
        networks: 3,
        splits: Splits::CrossValidation {
            schemes: vec![Scheme::Folds, Scheme::LeaveOneOut],
            folds: 5,
        },
        ..comparison()
    }
}

#[test]
fn every_experiment_is_read_as_it_was_written() {
    for experiment in [all_options(), comparison(), scoring()] {
        let toml = experiment.to_toml().unwrap();
        assert_eq!(Experiment::from_toml(&toml).unwrap(), experiment, "{toml}");
        let json = serde_json::to_string(&experiment).unwrap();
        assert_eq!(
            serde_json::from_str::<Experiment>(&json).unwrap(),
            experiment
        );
    }
}

#[test]
fn files_are_read_by_their_kind() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let experiment = scoring();
    let toml = file("e.toml", &experiment.to_toml().unwrap());
    assert_eq!(Experiment::read(&toml).unwrap(), experiment);
    let report = serde_json::json!({ "patterns": 3, "experiment": experiment });
    let report = file("scores.json", &report.to_string());
    assert_eq!(Experiment::read(&report).unwrap(), experiment);
    let older = Experiment::read(&file("study.json", "{\"seed\": 1}")).unwrap_err();
    assert!(matches!(older, Error::NoExperiment { .. }), "{older}");
    let wrong = Experiment::read(&file("w.toml", "[data]\nfrom = \"series\"\nfwhm = 1\n"));
    let wrong = wrong.unwrap_err().to_string();
    assert!(
        wrong.contains("w.toml: ") && wrong.contains("fwhm"),
        "{wrong}"
    );
    assert!(!wrong.contains('\n'));
}

#[test]
fn settings_not_given_are_those_of_the_paper() {
    let text = "[data]\nfrom = \"series\"\nfwhm_deg = 0.1\nseed = 0\n[settings]\nepochs = 3\n";
    let read = Experiment::from_toml(text).unwrap();
    let expected = Settings {
        epochs: 3,
        ..Settings::paper()
    };
    assert_eq!(read.settings, expected);
    assert_eq!((read.seeds, read.networks), (Seeds::default(), 1));
}

#[test]
fn impossible_experiments_are_refused() {
    let refused = |change: &dyn Fn(&mut Experiment)| {
        let mut experiment = comparison();
        change(&mut experiment);
        experiment.check().unwrap_err().to_string()
    };
    for (found, expected) in [
        (refused(&|e| e.seeds.count = 0), "seeds is 0"),
        (
            refused(&|e| e.seeds.first = u64::MAX),
            "1 seeds from 18446744073709551615 exceed",
        ),
        (refused(&|e| e.networks = 0), "networks per fold is 0"),
        (
            refused(&|e| e.splits = Splits::Fraction { test: 1.0 }),
            "fraction of test patterns is 1 (expected between 0 and 1)",
        ),
        (
            refused(&|e| {
                e.splits = Splits::CrossValidation {
                    schemes: vec![Scheme::Folds],
                    folds: 1,
                };
            }),
            "folds is 1 (expected at least 2)",
        ),
        (refused(&|e| e.settings.epochs = 0), "epochs"),
        (refused(&|e| e.settings.latent = 1), "latent dimensions"),
        (
            refused(&|e| e.variations = vec![Variation(vec![Change::Batch(0)])]),
            "batch size",
        ),
        (
            refused(&|e| {
                e.settings.latent = 3;
                e.estimator = Some("triangle".parse().unwrap());
            }),
            "triangle: ",
        ),
    ] {
        assert!(found.contains(expected), "{found}");
    }
    let huge = Experiment {
        seeds: Seeds {
            first: u64::MAX - 5,
            count: 1,
        },
        ..comparison()
    };
    assert_eq!(
        Experiment::from_toml(&huge.to_toml().unwrap()).unwrap(),
        huge
    );
}

#[test]
fn windows_are_at_least_a_step() {
    let mut experiment = comparison();
    assert_eq!(experiment.window_deg(0.01).unwrap(), 0.03);
    assert_eq!(experiment.window_deg(0.1).unwrap(), 0.1);
    experiment.window_deg = Some(0.02);
    assert!(matches!(
        experiment.window_deg(0.1),
        Err(Error::Window { .. })
    ));
}

#[test]
fn settings_follow_the_source_and_the_paper_has_its_own() {
    let series = DataSource::series(0.1, 0);
    let settings = Experiment::new(series.clone()).settings;
    assert_eq!(settings, Settings::of(&series));
    assert_eq!((settings.weight_decay, settings.border_weight), (0.0, 0.1));
    assert_eq!(schedule_name(&settings.schedule), "cosine");
    let files = DataSource::Files(files());
    assert_eq!(Experiment::new(files).settings, Settings::measured());
    assert_ne!(settings, Settings::paper());
    // A setting that a file does not name is that of the paper, as in files of older versions.
    let text = Experiment::new(series).with_settings(Settings::paper());
    let read = Experiment::from_toml(&text.to_toml().unwrap()).unwrap();
    assert_eq!(read.settings, Settings::paper());
}
