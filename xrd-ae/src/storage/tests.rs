use std::fs;

use xrd_core::{Encoder, IntensityUnit, PatternSet, Scale, TwoThetaGrid, Wavelength};

use super::*;
use crate::attachment::{Attachment, Numbers};
use crate::config::{AutoencoderConfig, Decay, EarlyStopping, InputScaling, TrainingConfig};
use crate::error::Error;
use crate::loss::Loss;
use crate::samples::patterns;
use crate::schedule::Schedule;

mod sealed;

/// Patterns with a unit, a wavelength and a grid whose numbers are not exact in binary.
fn set() -> PatternSet {
    let plain = patterns(8, 30);
    let scale = Scale {
        unit: IntensityUnit::CountsPerSecond,
        factor: 0.1,
    };
    let grid = TwoThetaGrid::new(5.3, 0.1 + 0.2, 30).unwrap();
    let wavelength = Wavelength::angstrom(1.540_593).ok();
    let (names, block) = (plain.names().to_vec(), plain.block().to_vec());
    PatternSet::new(grid, scale, wavelength, names, block).unwrap()
}

fn model() -> Autoencoder {
    let config = AutoencoderConfig {
        hidden: vec![5, 3],
        latent: 2,
        scaling: InputScaling::PerPoint,
        seed: u64::MAX,
    };
    let training = TrainingConfig {
        epochs: 3,
        learning_rate: 0.1 + 0.2,
        ..TrainingConfig::paper()
    };
    Autoencoder::fit(&config, &training, &set()).unwrap().0
}

#[test]
fn a_loaded_model_is_the_saved_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let model = model();
    fs::write(&path, "what was there before").unwrap();
    model.save(&path).unwrap();
    let loaded = Autoencoder::load(&path).unwrap();
    assert!(loaded == model);
    let points = |m: &Autoencoder| m.encode_set(&set()).unwrap();
    assert_eq!(points(&loaded), points(&model));
    assert_eq!(
        loaded.reconstruct(&set()).unwrap(),
        model.reconstruct(&set()).unwrap()
    );
    assert_eq!(fs::read(&path).unwrap(), model.to_bytes().unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_note_of_a_preparation_comes_back() {
    let steps = vec!["snip:1".to_owned(), "a \"b\" é".to_owned()];
    let noted = model().with_preparation(steps.clone());
    let loaded = Autoencoder::from_bytes(&noted.to_bytes().unwrap()).unwrap();
    assert_eq!(loaded.preparation(), steps);
    assert!(loaded == noted && loaded != model());
    assert!(model().preparation().is_empty());
}

#[test]
fn attachments_come_back_and_are_under_the_checksum() {
    let arrays = vec![
        ("a".to_owned(), vec![2, 1], Numbers::F32(vec![1.5, -2.0])),
        ("b".to_owned(), vec![1], Numbers::F64(vec![0.1])),
    ];
    let attachment = Attachment::new("{\"x\":1}".to_owned(), arrays);
    let model = model().with_attachment("regression", attachment.clone());
    let bytes = model.to_bytes().unwrap();
    let loaded = Autoencoder::from_bytes(&bytes).unwrap();
    assert_eq!(loaded, model);
    assert_eq!(loaded.attachment("regression"), Some(&attachment));
    assert_eq!(loaded.attachment("other"), None);
    let at = bytes.windows(4).position(|w| w == 1.5f32.to_le_bytes());
    let mut changed = bytes.clone();
    changed[at.unwrap()] ^= 1;
    let refused = Autoencoder::from_bytes(&changed).unwrap_err();
    assert!(matches!(refused, Error::Damaged { .. }), "{refused}");
}

#[test]
fn every_scaling_and_an_untrained_model_come_back() {
    for scaling in [
        InputScaling::Global,
        InputScaling::PerPoint,
        InputScaling::None,
    ] {
        for latent in [2, 3, 16] {
            let config = AutoencoderConfig {
                hidden: vec![4],
                latent,
                scaling,
                seed: 0,
            };
            let model = Autoencoder::initialise(&config, &patterns(5, 20)).unwrap();
            assert!(Autoencoder::from_bytes(&model.to_bytes().unwrap()).unwrap() == model);
        }
    }
}

/// Training settings that differ from the defaults.
fn unusual() -> TrainingConfig {
    TrainingConfig {
        loss: Loss::Pearson,
        schedule: Schedule::cosine(0.1 + 0.2)
            .unwrap()
            .with_warm_up(0.7)
            .unwrap(),
        decay: Decay::Decoupled,
        clip: Some(0.3),
        label_weight: 0.1 + 0.2,
        early_stopping: Some(EarlyStopping {
            patience: 7,
            min_improvement: 1e-5,
        }),
        seed: u64::MAX,
        ..TrainingConfig::paper()
    }
}

#[test]
fn every_training_configuration_comes_back() {
    let step = TrainingConfig {
        schedule: Schedule::step(30, 0.5).unwrap(),
        loss: Loss::Cosine,
        ..TrainingConfig::paper()
    };
    for config in [TrainingConfig::paper(), unusual(), step] {
        let mut model = model();
        model.training = Some(config);
        let again = Autoencoder::from_bytes(&model.to_bytes().unwrap()).unwrap();
        assert_eq!(again.training(), Some(&config));
        assert_eq!(again.data_hash(), model.data_hash());
    }
    assert_eq!(model().data_hash().map(str::len), Some(64));
}

#[test]
fn tensors_have_the_names_of_pytorch() {
    let bytes = model().to_bytes().unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let shape = |name: &str| file.tensor(name).unwrap().shape().to_vec();
    assert_eq!(shape("encoder.0.weight"), [30, 5]);
    assert_eq!(shape("encoder.4.weight"), [3, 2]);
    assert_eq!(shape("decoder.0.bias"), [3]);
    assert_eq!(shape("decoder.4.weight"), [5, 30]);
    assert_eq!(shape("scaling.mean"), [30]);
    assert_eq!(file.len(), 14);
}

#[test]
fn a_failed_save_leaves_the_file_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let error = model()
        .save(folder.path().join("missing/model"))
        .unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    // A file cannot replace a folder, so the rename fails after the bytes are written.
    let target = folder.path().join("model");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("inside"), "kept").unwrap();
    assert!(matches!(model().save(&target), Err(Error::Io { .. })));
    assert_eq!(fs::read_to_string(target.join("inside")).unwrap(), "kept");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(matches!(
        Autoencoder::load(target.join("none")),
        Err(Error::Io { .. })
    ));
}

/// Loads the file of the model with changed description and tensors and a correct checksum.
fn changed(
    edit: impl Fn(&mut serde_json::Value),
    tensors: impl Fn(&mut Vec<(String, Tensor<'_>)>),
) -> Result<Autoencoder> {
    let model = model();
    let mut description = serde_json::to_value(Description::of(&model)?).unwrap();
    edit(&mut description);
    let mut named = model.named_tensors();
    tensors(&mut named);
    Autoencoder::from_bytes(&seal::seal(KEY, &description, named)?)
}

fn described(edit: impl Fn(&mut serde_json::Value)) -> Error {
    changed(edit, |_| ()).unwrap_err()
}

#[test]
fn the_unchanged_file_is_read() {
    assert!(changed(|_| (), |_| ()).unwrap() == model());
}

#[test]
fn foreign_and_truncated_bytes_are_refused() {
    let bytes = model().to_bytes().unwrap();
    for end in [0, 7, 8, 100, bytes.len() - 1] {
        let error = Autoencoder::from_bytes(&bytes[..end]).unwrap_err();
        assert!(matches!(error, Error::NotSafetensors(_)), "{end}: {error}");
    }
    let text = Autoencoder::from_bytes(b"two theta, intensity").unwrap_err();
    assert!(matches!(text, Error::NotSafetensors(_)));
    let foreign = safetensors::serialize(model().named_tensors(), None).unwrap();
    let error = Autoencoder::from_bytes(&foreign).unwrap_err();
    assert!(matches!(error, Error::NotAModel { key: "xrd-ae" }));
}

#[test]
fn descriptions_that_are_not_understood_are_refused() {
    let of_version = |version: u64| {
        described(|v| *v = serde_json::json!({ "format_version": version })).to_string()
    };
    let newer = "model format is version 3 (this program reads up to 2); update the program";
    assert_eq!(of_version(3), newer);
    assert!(of_version(1).starts_with("model format is version 1 (this program reads version 2)"));
    let unknown = described(|v| v["input_scaling"] = "logarithmic".into());
    assert!(matches!(unknown, Error::Metadata(_)));
    let grid = described(|v| v["grid"]["step_deg"] = (-0.1).into());
    assert!(matches!(grid, Error::Core(_)));
    let wavelength = described(|v| v["wavelength_angstrom"] = 1e9.into());
    assert!(matches!(wavelength, Error::Core(_)));
    let factor = described(|v| v["intensity_factor"] = 0.0.into());
    assert!(matches!(factor, Error::OutOfRange { .. }));
    for (setting, value) in [
        ("weight_decay", serde_json::json!(-1)),
        (
            "schedule",
            serde_json::json!({ "step": { "every": 0, "factor": 0.5 } }),
        ),
        ("warm_up_epochs", serde_json::json!(3.0)),
        ("clip_norm", serde_json::json!(0.0)),
    ] {
        let error = described(|v| v["training"][setting] = value.clone());
        assert!(
            matches!(error, Error::OutOfRange { .. }),
            "{setting}: {error}"
        );
    }
    let loss = described(|v| v["training"]["loss"] = "hinge".into());
    assert!(matches!(loss, Error::Metadata(_)));
}

#[test]
fn layers_that_are_no_autoencoder_are_refused() {
    for widths in [
        vec![],
        vec![30, 2, 30],
        vec![30, 5, 3, 2, 5, 30],
        vec![30, 5, 0, 2, 0, 5, 30],
        vec![30, 5, 3, 17, 3, 5, 30],
        vec![30, 5, 3, 1, 3, 5, 30],
        vec![31, 5, 3, 2, 3, 5, 31],
    ] {
        let error = described(|v| v["widths"] = widths.clone().into());
        assert!(matches!(error, Error::WrongLayers { .. }), "{error}");
    }
    let tanh = described(|v| v["activations"][0] = "tanh".into());
    assert!(matches!(tanh, Error::WrongLayers { .. }));
    let wider = described(|v| v["widths"] = vec![30, 6, 3, 2, 3, 6, 30].into());
    assert!(matches!(wider, Error::WrongTensor { .. }), "{wider}");
    let deeper = described(|v| v["widths"] = vec![30, 5, 3, 3, 3, 5, 30].into());
    assert!(matches!(deeper, Error::WrongTensor { .. }), "{deeper}");
    let huge = described(|v| v["grid"]["points"] = u64::MAX.into());
    assert!(matches!(huge, Error::Core(_) | Error::WrongLayers { .. }));
}

#[test]
fn tensors_that_are_missing_or_wrong_are_refused() {
    let with = |edit: fn(&mut Vec<(String, Tensor<'_>)>)| changed(|_| (), edit).unwrap_err();
    let missing = with(|t| t.retain(|(name, _)| name != "decoder.2.bias"));
    assert_eq!(
        missing.to_string(),
        "the model has no tensor 'decoder.2.bias'"
    );
    let nan = with(|t| t[0].1 = Tensor::of(&[f32::NAN; 150], &[30, 5]));
    assert!(nan.to_string().contains("holds NaN at 0"), "{nan}");
    let flat = with(|t| t[13].1 = Tensor::of(&[0f32; 30], &[30]));
    assert!(matches!(flat, Error::WrongNumber { .. }), "{flat}");
    let turned = with(|t| t[0].1 = Tensor::of(&[0f32; 150], &[5, 30]));
    let message = "tensor 'encoder.0.weight' is F32 [5, 30] (expected F32 [30, 5])";
    assert_eq!(turned.to_string(), message);
}
