//! Tests of the public interface.

#![allow(clippy::unwrap_used, reason = "a test stops at the first fault")]

mod common;
mod gradients;
mod network;
mod training;
