//! Models that name space groups.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xrd_study::xrd_symmetry::Model;

/// First bytes of the file of a model.
const START: &[u8] = b"xrd-symmetry ";

/// The model that is part of the program, with its card.
pub(super) fn shipped() -> Result<Value> {
    let mut about = describe_model(&Model::shipped()?);
    about["file"] = json!("model in the program");
    about["card"] = json!(Model::CARD);
    Ok(about)
}

/// Whether a file begins as the file of a model.
pub(super) fn is_model(file: &Path) -> bool {
    let mut start = [0; START.len()];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == START
}

pub(super) fn describe(file: &Path) -> Result<Value> {
    let name = || file.display().to_string();
    let bytes = std::fs::read(file).with_context(name)?;
    Ok(describe_model(
        &Model::from_bytes(&bytes).with_context(name)?,
    ))
}

fn describe_model(model: &Model) -> Value {
    let settings = model.settings();
    let [networks, nearest] = settings.exponents;
    json!({
        "kind": "model of space groups",
        "name": model.name(),
        "networks": model.networks().networks().len(),
        "structures_that_vote": settings.candidates,
        "sharpness_of_votes": settings.sharpness,
        "least_similarity": settings.least,
        "exponents_of_networks": networks,
        "exponents_of_votes": nearest,
        "threshold": settings.threshold,
        "most_unexplained": settings.most_unexplained,
    })
}
