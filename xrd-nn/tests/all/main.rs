//! Tests of the public interface.

mod common;
mod gradients;
mod network;
mod training;
