use super::condition::Condition;
use super::*;
use crate::experiment::{DataSource, Seeds, Settings};
use crate::samples;
use crate::session::Saving;
use xrd_core::{Labels, PatternSet, Scale, TwoThetaGrid, Wavelength};
use xrd_sim::RandomPatternEffects;

/// Thirty patterns of a line whose position is the label and of a line that stays.
fn data() -> Dataset {
    let (n, angles) = (30, 400);
    let grid = TwoThetaGrid::new(40.0, 0.02, angles).unwrap();
    let line = |at: f64, a: f64| (-((a - at) / 0.06).powi(2)).exp();
    let row = |i: usize| {
        let at = 42.0 + 0.05 * i as f64;
        grid.angles()
            .map(|a| (0.8 * line(at, a) + line(46.5, a)) as f32)
            .collect::<Vec<f32>>()
    };
    let names = (0..n).map(|i| i.to_string()).collect();
    let wavelength = Wavelength::angstrom(1.5406).unwrap();
    let block = (0..n).flat_map(row).collect();
    let set = PatternSet::new(grid, Scale::ARBITRARY, Some(wavelength), names, block).unwrap();
    let labels = (0..n).flat_map(|i| [2.0, i as f64]).collect();
    let columns = ["constant", "p"].map(str::to_owned).to_vec();
    Dataset::new(set, Labels::new(columns, labels).unwrap()).unwrap()
}

fn experiment(epochs: usize) -> Experiment {
    let effects: RandomPatternEffects =
        toml::from_str("[zero_shift]\ndeg = { uniform = [-0.05, 0.05] }").unwrap();
    let settings = Settings::paper()
        .with_hidden(vec![8, 4])
        .with_epochs(epochs);
    Experiment::new(DataSource::series(0.1, 0))
        .with_settings(settings.with_effects(effects))
        .with_seeds(Seeds::new(3, 2))
}

fn tested(experiment: &Experiment, data: &Dataset) -> RobustnessReport {
    samples::in_session(|session| {
        let options = RobustnessOptions::default();
        robustness(experiment, &options, data, session)
            .unwrap()
            .report
    })
}

#[test]
fn every_disturbance_is_scored_by_every_method() {
    let (data, experiment) = (data(), experiment(3));
    let report = tested(&experiment, &data);
    // Six disturbances in four sizes and none, four methods, two labels.
    assert_eq!(report.scores.len(), 25 * 4 * 2);
    assert_eq!(report.label, "p");
    assert_eq!((report.splits, report.held_out), (2, 3));
    assert!((report.fwhm_deg - 0.1).abs() < 0.01, "{}", report.fwhm_deg);
    assert_eq!(report.verdicts.len(), 6);
    for row in &report.scores {
        assert_eq!(row.r2_mean.is_none(), row.label == "constant", "{row:?}");
        assert!(row.delta_mean.is_some() && row.delta_se.is_some());
    }
    let r2 = |kind, size, method| {
        report
            .row((kind, size), method, "p")
            .unwrap()
            .r2_mean
            .unwrap()
    };
    // The three nearest of the training patterns are around a pattern, and a shift moves it.
    let near = |size| {
        r2(
            DisturbanceKind::ZeroShift,
            size,
            RobustMethod::RawNeighbours,
        )
    };
    let clean = r2(DisturbanceKind::None, 0.0, RobustMethod::RawNeighbours);
    assert!(clean > 0.95 && near(0.05) < clean, "{clean} {}", near(0.05));
    let rows = report.table().rows;
    assert_eq!(rows.len(), report.scores.len());
    assert_eq!(
        rows[0][..4],
        ["none", "0", "plane, with effects", "constant"]
    );
    assert_eq!(report, tested(&experiment, &data));
}

#[test]
fn shifts_have_both_signs_and_other_disturbances_none() {
    let data = data();
    let conditions = Conditions::of(&data, 240.0).unwrap();
    assert_eq!(conditions.all.len(), 25);
    let rows = [4, 5];
    let patterns = data.set.select(&rows).unwrap();
    let top = |set: &PatternSet, i: usize| {
        let y = set.intensities(i);
        (0..y.len()).max_by(|&a, &b| y[a].total_cmp(&y[b])).unwrap() as i64
    };
    let disturbed = |kind, size| {
        let condition = Condition { kind, size };
        conditions
            .disturbed(condition, &patterns, (0, &rows))
            .unwrap()
    };
    // The line that stays is the highest.
    let middle = top(&patterns, 0);
    assert_eq!(top(&patterns, 1), middle);
    for (kind, size, moved) in [
        (DisturbanceKind::ZeroShift, 0.04, 2),
        // −2·0.1/240·cos 23.25° = −0.0439°.
        (DisturbanceKind::Displacement, 0.1, -2),
        (DisturbanceKind::LineWidth, 2.0, 0),
        (DisturbanceKind::None, 0.0, 0),
    ] {
        let set = disturbed(kind, size);
        assert_eq!(
            [0, 1].map(|i| top(&set, i) - middle),
            [moved, -moved],
            "{kind:?}"
        );
    }
    // Background, noise and an impurity add intensities and keep the maximum.
    for kind in [
        DisturbanceKind::Background,
        DisturbanceKind::Impurity,
        DisturbanceKind::Counts,
    ] {
        let set = disturbed(kind, kind.judged_size());
        assert_ne!(set.intensities(0), patterns.intensities(0));
        let highest = |set: &PatternSet| set.intensities(0).iter().copied().fold(0.0, f32::max);
        assert!((highest(&set) - highest(&patterns)).abs() < 1e-6);
    }
    assert_eq!(
        disturbed(DisturbanceKind::None, 0.0).intensities(1),
        patterns.intensities(1)
    );
}

#[test]
fn judged_sizes_are_among_the_sizes() {
    for kind in DisturbanceKind::ALL {
        assert_eq!(kind.sizes().len(), 4);
        assert!(kind.sizes().contains(&kind.judged_size()), "{kind:?}");
    }
    let text = |kind: DisturbanceKind| kind.size_text(kind.judged_size());
    let all = DisturbanceKind::ALL.map(text);
    assert_eq!(all, ["0.02°", "0.1 mm", "10 %", "1000", "× 1.5", "5 %"]);
}

#[test]
fn a_range_without_lines_of_the_impurity_has_none() {
    let mut data = data();
    let grid = TwoThetaGrid::new(2.0, 0.02, 400).unwrap();
    let set = data.set.select(&(0..30).collect::<Vec<_>>()).unwrap();
    let block = (0..30).flat_map(|i| set.intensities(i).to_vec()).collect();
    let names = set.names().to_vec();
    data.set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block)
        .unwrap()
        .into();
    let conditions = Conditions::of(&data, 240.0).unwrap();
    assert_eq!(conditions.all.len(), 21);
    assert!(conditions.notes[0].contains("corundum has no line"));
}

#[test]
fn wrong_arguments_are_refused_before_training() {
    let data = data();
    let refused = |experiment: &Experiment, options: &RobustnessOptions| {
        samples::in_session(|session| {
            let found = robustness(experiment, options, &data, session);
            found.err().unwrap().to_string()
        })
    };
    let (usual, options) = (experiment(1_000_000), RobustnessOptions::default());
    let settings = usual.settings.clone().with_effects(None);
    let without = usual.clone().with_settings(settings);
    assert_eq!(
        refused(&without, &options),
        "no effects on the training patterns (expected at least one)"
    );
    let other = options.clone().with_label("q".to_owned());
    assert_eq!(
        refused(&usual, &other),
        "no label 'q' (expected one of constant, p)"
    );
    let small = options.with_radius_mm(1.0);
    assert!(refused(&usual, &small).contains("radius"));
}

#[test]
fn stored_work_is_used_again_and_damaged_work_is_refused() {
    let (data, experiment) = (data(), experiment(2));
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("unfinished");
    let saving = Saving::new(&folder).with_resume(true).with_keep(true);
    let run = || {
        robustness(
            &experiment,
            &RobustnessOptions::default(),
            &data,
            Session::new(&saving),
        )
    };
    let first = run().unwrap().report;
    assert_eq!(run().unwrap().report, first);
    for name in ["effects-3", "plain-4", "raw-3"] {
        let file = folder.join(format!("{name}.json"));
        let text = std::fs::read_to_string(&file).unwrap();
        let damaged = match name {
            "raw-3" => "[]",
            _ => r#"{"train": [], "held_out": []}"#,
        };
        std::fs::write(&file, damaged).unwrap();
        let error = run().err().unwrap().to_string();
        assert!(error.contains("25 disturbances of 3 patterns"), "{error}");
        std::fs::write(&file, text).unwrap();
    }
}
