//! Integration tests of this crate in one program, because one program per file takes minutes to
//! link.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_structures;
mod effects_alone;
mod published_counts;
#[cfg(feature = "serde")]
mod with_serde;
