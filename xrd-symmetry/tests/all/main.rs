//! Tests of the tables of space groups, and of answers and their scores.

#![allow(clippy::unwrap_used, reason = "a failure is a failed test")]

mod answers;
mod explanation;
mod laws;
mod networks;
mod tables;
