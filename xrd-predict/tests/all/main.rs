//! Tests of formulas, distances, peaks, splits, baselines and networks.

#![allow(clippy::unwrap_used, reason = "a failure is a failed test")]

mod distances;
mod formulas;
mod foundations;
mod network;
mod peaks;
mod predictor;
