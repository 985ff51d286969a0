//! Files of this crate: a line of JSON, and any number of parts.
//!
//! The first line is `xrd-symmetry 2`, the second is a JSON object with the member `parts`, the lengths of the
//! parts in bytes, and the member `header`. The parts follow without gaps.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// First line of files with other exponents.
const BEFORE: &[u8] = b"xrd-symmetry 1\n";

const MAGIC: &[u8] = b"xrd-symmetry 2\n";

#[derive(Serialize, Deserialize)]
struct Head<H> {
    parts: Vec<usize>,
    header: H,
}

pub(crate) fn pack<H: Serialize>(header: &H, parts: &[Vec<u8>]) -> Result<Vec<u8>> {
    let head = Head {
        parts: parts.iter().map(Vec::len).collect(),
        header,
    };
    let json = serde_json::to_vec(&head).map_err(|e| invalid(&e.to_string()))?;
    let mut bytes = [MAGIC, &json, b"\n"].concat();
    parts.iter().for_each(|part| bytes.extend(part));
    Ok(bytes)
}

pub(crate) fn unpack<H: DeserializeOwned>(bytes: &[u8]) -> Result<(H, Vec<&[u8]>)> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| match bytes.starts_with(BEFORE) {
            true => invalid("a model of an earlier version; xrd symmetry train makes a new one"),
            false => invalid("the first line is not 'xrd-symmetry 2'"),
        })?;
    let end = rest
        .iter()
        .position(|b| *b == b'\n')
        .ok_or_else(|| invalid("the second line does not end"))?;
    let head: Head<H> =
        serde_json::from_slice(&rest[..end]).map_err(|e| invalid(&e.to_string()))?;
    let mut rest = &rest[end + 1..];
    let mut parts = Vec::new();
    for length in head.parts {
        let (part, after) = rest
            .split_at_checked(length)
            .ok_or_else(|| invalid("the file is cut off"))?;
        parts.push(part);
        rest = after;
    }
    match rest.is_empty() {
        true => Ok((head.header, parts)),
        false => Err(invalid("bytes after the last part")),
    }
}

fn invalid(reason: &str) -> Error {
    Error::File {
        reason: reason.to_owned(),
    }
}
