//! Shared parts of the benches: inputs from formulas, naive twins, and the comparison of a result with its
//! reference before it is timed.
//!
//! `cargo bench -p xrd-benches` times every hot path; `-- --test` only checks the results. With
//! `--features gemm` encoding is also compared with the products of the crate `gemm`.

mod arguments;
mod compare;
#[cfg(feature = "gemm")]
mod gemm_network;
mod made_up;
mod naive;
mod networks;
mod patterns;

pub use arguments::argument;
pub use compare::{agree, criterion};
#[cfg(feature = "gemm")]
pub use gemm_network::GemmNetwork;
pub use made_up::made_up_block;
pub use naive::NaiveNetwork;
pub use networks::{NETWORK_CLASSES, NETWORK_POINTS, network_batch, network_spec};
pub use patterns::{PAPER_POINTS, made_up_patterns, made_up_patterns_of, paper_grid};
