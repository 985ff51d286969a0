//! Shared code of the fuzz targets: gives bytes to one parser and checks its limits.

#[path = "../../tests/made/allocations.rs"]
mod allocations;
// The seeds, like the files of the tests, are made with these modules.
#[path = "../../tests/made/archives.rs"]
pub mod archives;
#[path = "../../tests/made/binary.rs"]
pub mod binary;
#[path = "../../tests/made/parsers.rs"]
mod parsers;

use std::path::Path;

pub use libfuzzer_sys;

/// Defines a fuzz target for the parser with a name.
#[macro_export]
macro_rules! target {
    ($parser:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::run($parser, bytes));
    };
}

/// Parses bytes. Panics if that takes more than 50 times their size plus 64 MiB of memory, or if
/// the error message is longer than one line. libFuzzer stops a run of more than two seconds.
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
