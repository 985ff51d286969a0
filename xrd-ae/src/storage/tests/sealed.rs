//! Tests with damaged, edited and invalid files.

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::Value;
use xrd_core::Labels;

use super::*;
use crate::checkpoint::Checkpoint;
use crate::training::{Training, TrainingData};

/// Checkpoint in the middle of the third epoch, with all optional parts.
fn checkpoint() -> Checkpoint {
    let config = AutoencoderConfig {
        hidden: vec![5, 3],
        latent: 2,
        scaling: InputScaling::Global,
        seed: 4,
    };
    let (set, held_back) = (set(), set().select(&[2, 5]).unwrap());
    let values = (0..16).map(|i| f64::from(i * i % 7)).collect();
    let labels = Labels::new(vec!["a".to_owned(), "b".to_owned()], values).unwrap();
    let data = TrainingData {
        validation: Some(&held_back),
        ..TrainingData::new(&set)
    };
    let data = data.with_labels(&labels);
    let model = Autoencoder::initialise(&config, &set).unwrap();
    let config = TrainingConfig {
        batch: 3,
        ..unusual()
    };
    let mut training = Training::new(model, &config, data).unwrap();
    for _ in 0..8 {
        training.step().unwrap();
    }
    training.checkpoint().unwrap()
}

/// Bytes of a model and of a checkpoint.
fn files() -> &'static [Vec<u8>; 2] {
    static FILES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    FILES.get_or_init(|| {
        [
            model().to_bytes().unwrap(),
            checkpoint().to_bytes().unwrap(),
        ]
    })
}

/// Reads a file and writes it again.
fn rewritten(bytes: &[u8], is_checkpoint: bool) -> Result<Vec<u8>> {
    match is_checkpoint {
        true => Checkpoint::from_bytes(bytes)?.to_bytes(),
        false => Autoencoder::from_bytes(bytes)?.to_bytes(),
    }
}

#[test]
fn a_loaded_checkpoint_is_the_saved_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.checkpoint");
    let checkpoint = checkpoint();
    assert_eq!(checkpoint.history().epochs.len(), 2);
    assert!(checkpoint.state.head.is_some() && checkpoint.history().epochs[0].label_loss.is_some());
    assert!(checkpoint.best.is_some() && checkpoint.partial.steps == 2);
    checkpoint.save(&path).unwrap();
    let loaded = Checkpoint::load(&path).unwrap();
    assert_eq!(loaded.history(), checkpoint.history());
    assert!(loaded.model() == checkpoint.model() && loaded.state == checkpoint.state);
    assert_eq!(loaded.config(), checkpoint.config());
    assert!(loaded.to_bytes().unwrap() == checkpoint.to_bytes().unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn models_and_checkpoints_are_not_mistaken_for_each_other() {
    let [model, checkpoint] = files();
    let not = |error: Option<Error>| error.unwrap().to_string();
    let message = not(Autoencoder::from_bytes(checkpoint).err());
    assert!(
        message.contains("without the metadata entry 'xrd-ae'"),
        "{message}"
    );
    let message = not(Checkpoint::from_bytes(model).err());
    assert!(message.contains("'xrd-ae-checkpoint'"), "{message}");
}

#[test]
fn an_edited_description_is_refused() {
    let mut bytes = files()[0].clone();
    let digits = b"1.540593";
    let place = bytes
        .windows(digits.len())
        .position(|w| w == digits)
        .unwrap();
    bytes[place + digits.len() - 1] = b'4';
    let error = Autoencoder::from_bytes(&bytes).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("damaged or edited: the SHA-256 is ")
    );
}

#[test]
fn a_file_without_checksum_is_refused() {
    let model = model();
    let text = serde_json::to_string(&Description::of(&model).unwrap()).unwrap();
    let metadata = std::collections::HashMap::from([(KEY.to_owned(), text)]);
    let bytes = safetensors::serialize(model.named_tensors(), Some(metadata)).unwrap();
    assert!(matches!(
        Autoencoder::from_bytes(&bytes),
        Err(Error::NoChecksum)
    ));
}

#[test]
fn the_checksum_is_the_documented_one() {
    let (_, header) = SafeTensors::read_metadata(&files()[0]).unwrap();
    let text = &header.metadata().as_ref().unwrap()["xrd-ae"];
    let stated: Value = serde_json::from_str(text).unwrap();
    let end = text.rfind(",\"sha256\"").unwrap();
    let mut content = format!("{}}}", &text[..end]).into_bytes();
    let file = SafeTensors::deserialize(&files()[0]).unwrap();
    let mut names = file.names();
    names.sort_unstable();
    for name in names {
        content.extend(name.bytes());
        content.extend(file.tensor(name).unwrap().data());
    }
    use sha2::Digest;
    let sum = crate::source::hexadecimal(&sha2::Sha256::digest(&content));
    assert_eq!(stated["sha256"], sum);
}

/// The `n`-th leaf of a JSON value.
fn leaf(value: &mut Value, n: usize) -> &mut Value {
    fn leaves<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|v| leaves(v, found)),
            Value::Array(items) => items.iter_mut().for_each(|v| leaves(v, found)),
            other => found.push(other),
        }
    }
    let mut found = Vec::new();
    leaves(value, &mut found);
    let n = n % found.len();
    found.swap_remove(n)
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0u64..40).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z_0-9]{0,8}".prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn no_byte_can_be_changed(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        in_header in any::<bool>(),
        which in 0..2usize,
    ) {
        let whole = &files()[which];
        let mut bytes = whole.clone();
        // Half of the cases change the header.
        let reach = if in_header { 1500 } else { bytes.len() };
        bytes[place.index(reach)] = byte;
        // A change of white space in the header may be accepted.
        if let Ok(same) = rewritten(&bytes, which == 1) {
            prop_assert!(same == *whole);
        }
    }

    #[test]
    fn no_part_is_enough(cut in any::<prop::sample::Index>(), which in 0..2usize) {
        let whole = &files()[which];
        let part = &whole[..cut.index(whole.len())];
        prop_assert!(matches!(rewritten(part, which == 1), Err(Error::NotSafetensors(_))));
    }

    #[test]
    fn impossible_descriptions_with_a_right_checksum_never_panic(
        edits in prop::collection::vec((any::<usize>(), odd_value()), 1..4),
        which in 0..2usize,
    ) {
        let key = ["xrd-ae", "xrd-ae-checkpoint"][which];
        let (mut text, file): (Value, _) = seal::open(key, &files()[which]).unwrap();
        text.as_object_mut().unwrap().remove("sha256");
        for (n, value) in edits {
            *leaf(&mut text, n) = value;
        }
        let tensors = file.tensors();
        let tensors = tensors.iter().map(|(name, t)| {
            let tensor = Tensor::raw(t.dtype(), t.shape(), t.data());
            (name.clone(), tensor)
        });
        let bytes = seal::seal(key, &text, tensors.collect()).unwrap();
        if which == 0 {
            if let Ok(model) = Autoencoder::from_bytes(&bytes) {
                // An accepted model must be usable.
                let _ = xrd_core::Encoder::encode(&model, &vec![1.0; model.grid().len()]);
            }
        } else if let Ok(checkpoint) = Checkpoint::from_bytes(&bytes) {
            let set = set();
            let data = TrainingData::new(&set);
            if let Ok(mut training) = Training::resume(checkpoint, data) {
                let _ = training.step();
            }
        }
    }
}
