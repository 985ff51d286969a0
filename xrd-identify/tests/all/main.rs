//! Tests of the public items.

#![allow(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

mod bytes;
mod identification;
mod made_up;
mod masking;
mod preparation;
mod ranking;
