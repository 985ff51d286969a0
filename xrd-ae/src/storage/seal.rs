//! Safetensors files with a description and a checksum in their metadata.
//!
//! The description is JSON. Its last entry, `sha256`, is the SHA-256 in hexadecimal of
//!
//! 1. the JSON without that entry,
//! 2. for each tensor in the order of their names: its name, then its bytes.
//!
//! The checksum detects damage and careless edits. It is not a signature, because anyone can
//! compute a new one.

use std::collections::HashMap;

use safetensors::SafeTensors;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::description::FORMAT_VERSION;
use super::tensors::Tensor;
use crate::error::{Error, Result};
use crate::source::hexadecimal;

/// Text between the description and its checksum, and after the checksum.
const BEFORE: &str = ",\"sha256\":\"";
const BEHIND: &str = "\"}";

/// Format version. It is read first, because other entries may differ between versions.
#[derive(Deserialize)]
struct Version {
    format_version: u64,
}

/// Writes a safetensors file with these tensors and a description under `key`.
///
/// There is one metadata entry only. Several entries would be written in random order, and the same
/// content would not always give the same bytes.
pub(super) fn seal(
    key: &str,
    description: &impl Serialize,
    mut tensors: Vec<(String, Tensor<'_>)>,
) -> Result<Vec<u8>> {
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    let text = serde_json::to_string(description).map_err(Error::metadata)?;
    let contents = tensors.iter().map(|(name, t)| (name.as_str(), t.bytes()));
    let sum = checksum(&text, contents);
    let open = text.strip_suffix('}').unwrap_or(&text);
    let sealed = format!("{open}{BEFORE}{sum}{BEHIND}");
    let metadata = HashMap::from([(key.to_owned(), sealed)]);
    safetensors::serialize(tensors, Some(metadata)).map_err(Error::not_safetensors)
}

/// Reads the description under `key` and the tensors. Returns an error for another format version
/// or a wrong checksum.
pub(super) fn open<'a, D: DeserializeOwned>(
    key: &'static str,
    bytes: &'a [u8],
) -> Result<(D, SafeTensors<'a>)> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(Error::not_safetensors)?;
    let metadata = header.metadata().as_ref();
    let text = metadata
        .and_then(|m| m.get(key))
        .ok_or(Error::NotAModel { key })?;
    let version: Version = serde_json::from_str(text).map_err(Error::metadata)?;
    let (found, supported) = (version.format_version, FORMAT_VERSION);
    if found > supported {
        return Err(Error::NewerFormat { found, supported });
    }
    if found < supported {
        return Err(Error::OlderFormat { found, supported });
    }
    let file = SafeTensors::deserialize(bytes).map_err(Error::not_safetensors)?;
    check(text, &file)?;
    Ok((serde_json::from_str(text).map_err(Error::metadata)?, file))
}

fn check(text: &str, file: &SafeTensors) -> Result<()> {
    let parts = text
        .strip_suffix(BEHIND)
        .and_then(|t| t.rsplit_once(BEFORE));
    let (open, expected) = parts.ok_or(Error::NoChecksum)?;
    let mut tensors = file.tensors();
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    let contents = tensors.iter().map(|(name, t)| (name.as_str(), t.data()));
    let found = checksum(&format!("{open}}}"), contents);
    if found == expected {
        return Ok(());
    }
    Err(Error::Damaged {
        found,
        expected: expected.to_owned(),
    })
}

fn checksum<'a>(text: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new_with_prefix(text);
    for (name, bytes) in tensors {
        hash.update(name);
        hash.update(bytes);
    }
    hexadecimal(&hash.finalize())
}
