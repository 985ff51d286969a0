//! What the benches share: inputs made by formulas, naive twins, and how an answer is held
//! against its reference before it is timed.
//!
//! `cargo bench -p xrd-benches` times every hot path, `-- --test` only checks the answers.

mod compare;
mod naive;
mod patterns;

pub use compare::{agree, criterion};
pub use naive::NaiveNetwork;
pub use patterns::{made_up_patterns, paper_grid};
