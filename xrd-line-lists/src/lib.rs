#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use xrd_identify;
use xrd_identify::Library;

/// Bytes of the library, as [`Library::from_bytes`] reads them.
pub const BYTES: &[u8] = include_bytes!("../data/known.lines");

/// Returns the library of known structures: minerals first, then computed compounds.
///
/// Cost: decoding takes tens of milliseconds and 20 MB of memory. Keep the result.
///
/// # Panics
/// It does not panic: a test decodes the bytes of the crate.
pub fn library() -> Library {
    Library::from_bytes(BYTES).expect("a test decodes the bytes of the crate")
}
