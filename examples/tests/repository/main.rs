//! Tests of the repository as a whole: its graph of crates, its manifests and its public items.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of a test may fail as its assertions do"
)]

mod architecture;
mod auto_traits;
mod effects;
mod manifests;
// The wrapper of rustdoc is a shell script.
#[cfg(not(windows))]
mod public_api;
mod study_json;
