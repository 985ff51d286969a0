//! The formats of pattern files: one file per format, recognised by its content.
//!
//! To add one, write `format/<name>.rs` with the layout drawn in its module documentation and a
//! `READER` in it. Name the format in `format/kind.rs` and its reader in `format/registry.rs`,
//! before those that would also take it. The recipe is in `CONTRIBUTING.md`.

// The vocabulary of all, and the list of readers.
mod content;
mod kind;
mod registry;

// One file per format.
mod brml;
mod bruker_raw1;
mod bruker_raw2;
mod bruker_raw3;
mod bruker_raw4;
mod bruker_raw4_text;
mod bruker_uxd;
mod chi;
mod columns;
mod cpi;
mod foreign;
mod fullprof_prf;
mod gaps;
mod gsas;
mod ill;
mod matrix;
mod mdi;
mod nexus;
mod no_pattern;
mod not_read;
mod npy;
mod npz;
mod opxrd;
mod panalytical_csv;
mod pdcif;
mod philips_rd;
mod philips_udf;
mod ras;
mod rasx;
mod rigaku_asc;
mod scan_npz;
mod side_by_side;
mod siemens_ascii;
mod start_step_end;
mod stoe_raw;
mod venezia;
mod wrapped;
mod xlsx;
mod xrdml;

// Parts that formats share.
mod binary;
mod counting;
mod drives;
mod lines;
mod members;
mod steps;
mod stream;
mod xml;

pub(crate) use content::{CUT, Content, Matrix};
pub use kind::Format;
pub(crate) use npy::{given_axis, locate_rows};
#[cfg(test)]
pub(crate) use registry::read;
pub(crate) use registry::{detect, read_as};
