//! The formats of pattern files: one file per format, recognised by its content.
//!
//! To add a format, write `format/<name>.rs` with a `READER`, and describe the layout in the
//! documentation of the module. Add the name of the format to `format/kind.rs` and its reader to
//! `format/registry.rs`, before all readers that would also recognise its files. `CONTRIBUTING.md`
//! lists all steps.

// The vocabulary of all, and the list of readers.
mod content;
mod kind;
mod registry;

// One file per format.
#[cfg(feature = "archives")]
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
#[cfg(feature = "archives")]
mod npz;
mod opxrd;
mod panalytical_csv;
mod pdcif;
mod philips_rd;
mod philips_udf;
mod ras;
#[cfg(feature = "archives")]
mod rasx;
mod rigaku_asc;
#[cfg(feature = "archives")]
mod scan_npz;
mod side_by_side;
mod siemens_ascii;
mod start_step_end;
mod stoe_raw;
mod venezia;
mod wrapped;
#[cfg(feature = "archives")]
mod xlsx;
mod xrdml;

// Parts that formats share.
mod binary;
mod counting;
mod drives;
mod lines;
#[cfg(feature = "archives")]
mod members;
mod steps;
mod stream;
mod xml;

pub(crate) use content::{CUT, Content, Matrix};
pub use kind::Format;
pub(crate) use npy::{given_axis, locate_rows};
#[cfg(feature = "archives")]
pub(crate) use registry::is_archive_of_files;
#[cfg(test)]
pub(crate) use registry::read;
pub(crate) use registry::{detect, read_as};
