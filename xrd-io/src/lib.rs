#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod array;
mod atomic;
#[cfg_attr(
    not(feature = "structures"),
    allow(dead_code, reason = "powder data need less of a CIF than structures")
)]
mod cif;
mod column_names;
mod error;
mod folder;
mod format;
mod join;
mod labels;
mod notes;
mod number;
mod options;
mod pattern_set;
pub mod prepare;
mod read;
mod rows;
mod scan;
mod scan_builder;
#[cfg(feature = "serde")]
mod serial;
mod shards;
mod source;
mod stating;
#[cfg(feature = "structures")]
mod structure;
#[cfg(feature = "structures")]
mod symmetry;
mod table;
mod threads;
pub mod write;

/// The crate with the types for patterns, grids, wavelengths and structures that this crate uses.
pub use xrd_core;

pub use error::{Error, Place, Result};
pub use format::Format;
pub use join::{ByOrder, Matched, find_patterns, join, match_rows, matched};
pub use labels::{LabelTable, read_labels, read_labels_bytes};
pub use options::ReadOptions;
pub use pattern_set::{Facts, ReadKind, ReadPatterns, pattern_set, planned_steps};
pub use prepare::{crop, each, normalise_max, resample, rescale};
pub use read::{
    Listing, ScanEntry, ScanFile, detect, list, list_bytes, read_bytes, read_file, read_from,
    read_patterns, read_patterns_bytes, read_scan, read_scans,
};
pub use rows::{RowsInFile, locate_rows, locate_rows_bytes};
pub use scan::{AxisKind, Metadata, Radiation, Scan, SigmaOrigin, TimePerStep, UnitEvidence};
pub use scan_builder::ScanBuilder;
pub use shards::{MANIFEST, Shard, ShardFolder};
#[cfg(feature = "structures")]
pub use structure::{
    Crystal, Disorder, Site, SpaceGroup, StructureFacts, StructureLine, StructureLines,
    SymmetrySource, read_crystals, read_crystals_bytes, read_structure, read_structure_bytes,
};
