//! Tests of the public interface.

#![allow(clippy::unwrap_used, reason = "a failure is a failed test")]

mod common;
mod gradients;
mod network;
mod training;
