//! Outputs of a network file, for comparison with another program. Reads `network.safetensors` and `patterns.f32`
//! (patterns × inputs), and writes `outputs.f32` (patterns × outputs) and the network again: `full.safetensors`,
//! `half.safetensors` and `byte.safetensors`. Numbers are little-endian.
//!
//! `cargo run --release -p xrd-benches --bin network_answers -- FOLDER`

use std::path::PathBuf;

use ndarray::Array2;
use xrd_nn::{Network, Precision};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    let network: Network<f32> =
        Network::from_bytes(&std::fs::read(folder.join("network.safetensors"))?)?;
    let bytes = std::fs::read(folder.join("patterns.f32"))?;
    let number = |b: &[u8]| b.try_into().map(f32::from_le_bytes);
    let numbers = bytes.chunks(4).map(number).collect::<Result<Vec<_>, _>>()?;
    let inputs = network.spec().input.len();
    let patterns = Array2::from_shape_vec((numbers.len() / inputs, inputs), numbers)?;
    let outputs = network.predict(patterns.view())?;
    let bytes: Vec<u8> = outputs.iter().flat_map(|v| v.to_le_bytes()).collect();
    std::fs::write(folder.join("outputs.f32"), bytes)?;
    for (name, precision) in [
        ("full", Precision::Full),
        ("half", Precision::Half),
        ("byte", Precision::Byte),
    ] {
        let path = folder.join(name).with_extension("safetensors");
        std::fs::write(path, network.to_bytes(precision)?)?;
    }
    Ok(())
}
