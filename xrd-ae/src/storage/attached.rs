//! Attachments in model files.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors};

use super::tensors::{Tensor, numbers};
use crate::attachment::{Attachment, Numbers};
use crate::error::Result;

/// Beginning of the names of attached tensors.
const PREFIX: &str = "attached.";

/// Returns the tensors of all attachments with their names.
pub(super) fn named(attachments: &BTreeMap<String, Attachment>) -> Vec<(String, Tensor<'_>)> {
    let mut all = Vec::new();
    for (name, attachment) in attachments {
        for (array, shape, numbers) in &attachment.arrays {
            let tensor = match numbers {
                Numbers::F32(numbers) => Tensor::of(numbers, shape),
                Numbers::F64(numbers) => Tensor::of(numbers, shape),
            };
            all.push((format!("{PREFIX}{name}.{array}"), tensor));
        }
    }
    all
}

/// Reads the attachments with these texts.
pub(super) fn read(
    file: &SafeTensors,
    texts: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Attachment>> {
    let one = |(name, text): (&String, &String)| {
        let attachment = Attachment::new(text.clone(), arrays(file, &format!("{PREFIX}{name}."))?);
        Ok((name.clone(), attachment))
    };
    texts.iter().map(one).collect()
}

/// Reads the arrays whose names begin with `prefix`, sorted by name. Arrays of other kinds of numbers
/// are left out.
fn arrays(file: &SafeTensors, prefix: &str) -> Result<Vec<(String, Vec<usize>, Numbers)>> {
    let mut names: Vec<&str> = file.names().into_iter().collect();
    names.sort_unstable();
    let mut found = Vec::new();
    for name in names {
        let Some(array) = name.strip_prefix(prefix) else {
            continue;
        };
        let Ok(tensor) = file.tensor(name) else {
            continue;
        };
        let shape = tensor.shape().to_vec();
        let numbers = match tensor.dtype() {
            Dtype::F32 => Numbers::F32(numbers(file, name, &shape)?),
            Dtype::F64 => Numbers::F64(numbers(file, name, &shape)?),
            _ => continue,
        };
        found.push((array.to_owned(), shape, numbers));
    }
    Ok(found)
}
