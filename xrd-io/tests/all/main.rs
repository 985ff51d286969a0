//! Integration tests of this crate in one program, since linking one program per file takes
//! minutes.
//!
//! `limits` is a separate program, as it replaces the allocator.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

// Test files and clocks, shared with the tests of limits and the fuzz targets.
#[path = "../made/archives.rs"]
pub mod archives;
#[path = "../made/binary.rs"]
pub mod binary;
#[path = "../made/clock.rs"]
mod clock;
#[path = "../made/parsers.rs"]
mod parsers;

mod built;
mod bytes;
mod corpus;
mod damage;
mod folders;
mod hostile;
#[cfg(feature = "nexus")]
mod nexus;
mod odd_patterns;
mod odd_structures;
mod one_grid;
mod prepared;
mod real_files;
mod recipe;
mod round_trip;
mod round_trip_scans;
mod structures;
mod text_formats;
mod variants;
mod vendor_archives;
mod vendor_binary;
#[cfg(feature = "serde")]
mod with_serde;
