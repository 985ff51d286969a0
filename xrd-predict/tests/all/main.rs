//! Tests of formulas, distances, peaks, splits and baselines.

#![allow(clippy::unwrap_used, reason = "a failure is a failed test")]

mod distances;
mod formulas;
mod foundations;
mod peaks;
mod predictor;
