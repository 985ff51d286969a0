use std::collections::HashMap;
use std::sync::OnceLock;

use proptest::prelude::*;
use xrd_core::{Encoder, IntensityUnit, PatternSet, Scale, TwoThetaGrid, Wavelength};

use super::*;
use crate::config::{AutoencoderConfig, InputScaling, TrainingConfig};
use crate::samples::patterns;

/// Measured in counts, at a wavelength and on a grid that are not short in binary.
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
fn every_scaling_and_an_untrained_model_come_back() {
    for scaling in [
        InputScaling::Global,
        InputScaling::PerPoint,
        InputScaling::None,
    ] {
        let config = AutoencoderConfig {
            hidden: vec![4],
            scaling,
            seed: 0,
        };
        let model = Autoencoder::initialise(&config, &patterns(5, 20)).unwrap();
        assert!(Autoencoder::from_bytes(&model.to_bytes().unwrap()).unwrap() == model);
    }
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
    // A folder cannot be replaced by a file, so the rename fails after the bytes were written.
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

/// The model's file with its description and tensors changed.
fn changed(
    edit: impl Fn(&mut serde_json::Value),
    mut tensors: impl FnMut(&mut Vec<(String, Tensor)>),
) -> Result<Autoencoder> {
    let model = model();
    let json = &Description::of(&model)?.into_metadata()["xrd-ae"];
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    edit(&mut value);
    let metadata = HashMap::from([("xrd-ae".to_owned(), value.to_string())]);
    let mut named = model.named_tensors();
    tensors(&mut named);
    Autoencoder::from_bytes(&safetensors::serialize(named, Some(metadata)).unwrap())
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
    let newer = described(|v| {
        *v = serde_json::json!({ "format_version": 2 });
    });
    assert!(matches!(
        newer,
        Error::NewerFormat {
            found: 2,
            supported: 1
        }
    ));
    let unknown = described(|v| v["input_scaling"] = "logarithmic".into());
    assert!(matches!(unknown, Error::Metadata(_)));
    let grid = described(|v| v["grid"]["step_deg"] = (-0.1).into());
    assert!(matches!(grid, Error::Core(_)));
    let wavelength = described(|v| v["wavelength_angstrom"] = 1e9.into());
    assert!(matches!(wavelength, Error::Core(_)));
    let factor = described(|v| v["intensity_factor"] = 0.0.into());
    assert!(matches!(factor, Error::OutOfRange { .. }));
    let decay = described(|v| v["training"]["weight_decay"] = (-1).into());
    assert!(matches!(decay, Error::OutOfRange { .. }));
}

#[test]
fn layers_that_are_no_autoencoder_are_refused() {
    for widths in [
        vec![],
        vec![30, 2, 30],
        vec![30, 5, 3, 2, 5, 30],
        vec![30, 5, 0, 2, 0, 5, 30],
        vec![30, 5, 3, 3, 3, 5, 30],
        vec![31, 5, 3, 2, 3, 5, 31],
    ] {
        let error = described(|v| v["widths"] = widths.clone().into());
        assert!(matches!(error, Error::WrongLayers { .. }), "{error}");
    }
    let tanh = described(|v| v["activations"][0] = "tanh".into());
    assert!(matches!(tanh, Error::WrongLayers { .. }));
    let wider = described(|v| v["widths"] = vec![30, 6, 3, 2, 3, 6, 30].into());
    assert!(matches!(wider, Error::WrongTensor { .. }), "{wider}");
    let huge = described(|v| v["grid"]["points"] = u64::MAX.into());
    assert!(matches!(huge, Error::Core(_) | Error::WrongLayers { .. }));
}

#[test]
fn tensors_that_are_missing_or_wrong_are_refused() {
    let with = |edit: fn(&mut Vec<(String, Tensor)>)| changed(|_| (), edit).unwrap_err();
    let missing = with(|t| t.retain(|(name, _)| name != "decoder.2.bias"));
    assert_eq!(missing.to_string(), "model has no tensor 'decoder.2.bias'");
    let nan = with(|t| t[0].1 = Tensor::of(ndarray::Array2::from_elem((30, 5), f32::NAN).view()));
    assert!(nan.to_string().contains("holds NaN at 0"), "{nan}");
    let flat = with(|t| t[13].1 = Tensor::of(ndarray::Array1::zeros(30).view()));
    assert!(matches!(flat, Error::WrongNumber { .. }), "{flat}");
    let turned = with(|t| t[0].1 = Tensor::of(ndarray::Array2::zeros((5, 30)).view()));
    let message = "tensor 'encoder.0.weight' is F32 [5, 30] (expected F32 [30, 5])";
    assert_eq!(turned.to_string(), message);
}

proptest! {
    #[test]
    fn damage_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        header in any::<bool>(),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
        let mut bytes = BYTES.get_or_init(|| model().to_bytes().unwrap()).clone();
        // Half of the cases hit the part that is parsed.
        let reach = if header { 1500.min(bytes.len()) } else { bytes.len() };
        for (index, byte) in edits {
            bytes[index.index(reach)] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(model) = Autoencoder::from_bytes(&bytes) {
            // What is accepted can be used.
            let _ = model.encode(&vec![1.0; model.grid().len()]);
            prop_assert!(model.to_bytes().is_ok());
        }
    }
}
