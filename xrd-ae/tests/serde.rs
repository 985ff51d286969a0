//! Settings and training histories survive serde unchanged, and impossible schedules are refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use xrd_ae::{
    Autoencoder, AutoencoderConfig, Decay, EarlyStopping, FirstLayerRate, InputScaling, Loss,
    Schedule, Training, TrainingConfig, TrainingData,
};
use xrd_core::{PatternSet, Scale, TwoThetaGrid};

fn goes_round<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap();
    assert_eq!(&again, value, "{text}");
    text
}

/// Patterns with one line that moves from pattern to pattern.
fn patterns() -> PatternSet {
    let grid = TwoThetaGrid::new(10.0, 0.1, 30).unwrap();
    let line = |i: usize, k: usize| (-((k as f32 - 8.0 - 2.0 * i as f32) / 4.0).powi(2)).exp();
    let block = (0..8).flat_map(|i| (0..30).map(move |k| line(i, k)));
    let names = (0..8).map(|i| format!("sample {i}")).collect();
    PatternSet::new(grid, Scale::ARBITRARY, None, names, block.collect()).unwrap()
}

#[test]
fn settings_go_round() {
    goes_round(&AutoencoderConfig::paper());
    for scaling in [InputScaling::PerPoint, InputScaling::None] {
        let config = AutoencoderConfig::default().with_scaling(scaling);
        goes_round(&config.with_seed(u64::MAX));
    }
    let schedules = [
        Schedule::CONSTANT,
        Schedule::step(3, 1.0 / 3.0).unwrap(),
        Schedule::cosine(0.1).unwrap().with_warm_up(2.5).unwrap(),
    ];
    for schedule in schedules {
        let config = TrainingConfig::default()
            .with_schedule(schedule)
            .with_loss(Loss::Pearson)
            .with_decay(Decay::Decoupled)
            .with_clip(0.7)
            .with_first_layer(FirstLayerRate::Same)
            .with_strain(0.01)
            .with_label_weight(0.1 + 0.2)
            .with_early_stopping(EarlyStopping::new(7).with_min_improvement(1e-5));
        goes_round(&config);
    }
}

#[test]
fn the_course_of_a_training_goes_round() {
    let set = patterns();
    let config = AutoencoderConfig::default().with_hidden([6]);
    let model = Autoencoder::initialise(&config, &set).unwrap();
    // A learning rate so large that axes saturate, which causes warnings.
    let config = TrainingConfig::default()
        .with_epochs(12)
        .with_learning_rate(3.0);
    let data = TrainingData::new(&set).with_test(&set);
    let mut training = Training::new(model, &config, data).unwrap();
    while training.epoch().unwrap().is_some() {}
    let (model, history) = training.finish().unwrap();
    assert!(!history.warnings.is_empty());
    goes_round(&history);
    goes_round(&model.evaluate(&set).unwrap());
}

#[test]
fn a_share_that_is_no_number_stays_none() {
    let grid = TwoThetaGrid::new(10.0, 0.1, 2).unwrap();
    let of = |names: &[&str], block: &[f32]| {
        let names = names.iter().map(|&n| n.to_owned()).collect();
        PatternSet::new(grid, Scale::ARBITRARY, None, names, block.to_vec()).unwrap()
    };
    let config = AutoencoderConfig::default().with_hidden([4]);
    let model = Autoencoder::initialise(&config, &of(&["a", "b"], &[1.0, 3.0, 3.0, 1.0])).unwrap();
    // The set is the mean training pattern, so the total sum of squares is 0.
    let evaluation = model.evaluate(&of(&["mean"], &[2.0, 2.0])).unwrap();
    assert!(evaluation.explained_variance.is_nan());
    let text = serde_json::to_string(&evaluation).unwrap();
    let again: xrd_ae::Evaluation = serde_json::from_str(&text).unwrap();
    assert!(again.explained_variance.is_nan(), "{text}");
    assert_eq!(again.mse, evaluation.mse);
}

#[test]
fn impossible_schedules_and_unknown_settings_are_not_read() {
    let refusal = |text| {
        serde_json::from_str::<Schedule>(text)
            .unwrap_err()
            .to_string()
    };
    let factor = refusal(r#"{"course":{"step":{"every":3,"factor":1.5}},"warm_up":0}"#);
    assert!(factor.contains("factor of a step is 1.5"), "{factor}");
    let warm_up = refusal(r#"{"course":"constant","warm_up":-1}"#);
    assert!(warm_up.contains("warm-up is -1"), "{warm_up}");

    let text = goes_round(&TrainingConfig::paper()).replace("\"clip\"", "\"clop\"");
    let unknown = serde_json::from_str::<TrainingConfig>(&text).unwrap_err();
    assert!(unknown.to_string().contains("clop"));
}

#[test]
fn settings_that_are_missing_have_their_defaults() {
    let config: TrainingConfig = serde_json::from_str(r#"{"epochs":7}"#).unwrap();
    assert_eq!(config, TrainingConfig::default().with_epochs(7));
    let config: AutoencoderConfig = serde_json::from_str("{}").unwrap();
    assert_eq!(config, AutoencoderConfig::default());
}
