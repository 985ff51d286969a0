//! The subcommands, one per file.

mod cli;
mod completions;
mod convert;
mod encode;
mod estimate;
mod fit;
mod generate;
mod identify;
mod info;
mod library;
mod man;
mod maps;
mod predict;
mod relevance;
mod report;
mod robustness;
mod score;
mod sensitivity;
mod series;
mod simulate;
mod study;
mod symmetry;
mod train;
mod tune;

pub(crate) use cli::{Cli, Refused};
