//! What every target does: it gives bytes to one parser and holds it to the limits.

#[path = "../../tests/made/allocations.rs"]
mod allocations;
// What the seeds are made with; the tests make their files with it.
#[path = "../../tests/made/archives.rs"]
pub mod archives;
#[path = "../../tests/made/binary.rs"]
pub mod binary;
#[path = "../../tests/made/parsers.rs"]
mod parsers;

use std::path::Path;

pub use libfuzzer_sys;

/// A target for the parser of a name.
#[macro_export]
macro_rules! target {
    ($parser:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::run($parser, bytes));
    };
}

/// Parses bytes; panics where that takes more than 50 times their size and 64 MiB, or where the
/// refusal is longer than a line. libFuzzer stops what takes more than two seconds.
pub fn run(parser: &str, bytes: &[u8]) {
    let (result, memory) =
        allocations::measured(|| parsers::parse(parser, Path::new("file"), bytes));
    assert!(
        memory <= 50 * bytes.len() + (64 << 20),
        "{memory} bytes for {}",
        bytes.len()
    );
    if let Err(error) = result {
        let message = error.to_string();
        assert!(
            !message.contains('\n') && message.len() < 1000,
            "{message:?}"
        );
    }
}
