#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod arrangement;
mod baseline;
mod calibration;
mod cell;
pub mod distance;
mod environment;
mod error;
mod features;
mod formula;
mod known;
mod library;
mod linear;
mod network;
mod one_hot;
pub mod peaks;
mod predictor;
mod prototypes;
mod ranking;
pub mod split;
mod substitution;
mod trees;

pub use baseline::Baseline;
pub use cell::CellSettings;
pub use error::{Error, Result};
pub use features::composition_features;
pub use formula::{Anonymous, Formula, FormulaError, Reason, Reduced};
pub use known::Known;
pub use network::{NETWORK_POINTS, PaperNetwork, network_input};
pub use one_hot::{COLUMNS, ROWS, one_hot};
pub use predictor::{Candidate, Origin, Predictor};
pub use substitution::FitSettings;
pub use xrd_core;
pub use xrd_nn;
