//! Trains a small model and writes it with some of its results, for comparison with another program:
//! `model.safetensors`, `patterns.f32` (patterns × points), `latent.f32` (patterns × 2) and
//! `decoded.f32` (patterns × points), all little-endian.
//!
//! `cargo run --release -p xrd-benches --bin model_answers -- FOLDER global|per-point|none`

use std::path::{Path, PathBuf};

use xrd_ae::{Autoencoder, AutoencoderConfig, InputScaling, TrainingConfig};
use xrd_benches::made_up_patterns;
use xrd_core::Encoder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let scaling = match arguments.next().as_deref() {
        Some("global") => InputScaling::Global,
        Some("per-point") => InputScaling::PerPoint,
        Some("none") => InputScaling::None,
        _ => return Err("name a scaling: global, per-point or none".into()),
    };
    let set = made_up_patterns(60);
    let config = AutoencoderConfig::default().with_scaling(scaling);
    let training = TrainingConfig::default().with_epochs(5);
    let (model, _) = Autoencoder::fit(&config, &training, &set)?;
    model.save(folder.join("model.safetensors"))?;
    let points = model.encode_set(&set)?;
    let latent: Vec<f32> = points
        .iter()
        .flat_map(|p| [p.x as f32, p.y as f32])
        .collect();
    write(&folder.join("patterns.f32"), set.block())?;
    write(&folder.join("latent.f32"), &latent)?;
    write(&folder.join("decoded.f32"), &model.decode_many(&points)?)?;
    Ok(())
}

fn write(path: &Path, numbers: &[f32]) -> std::io::Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
    std::fs::write(path, bytes)
}
