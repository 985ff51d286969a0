#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod atomic;
mod cif;
mod column_names;
mod error;
mod format;
#[doc(hidden)]
pub mod fuzzing;
mod join;
mod labels;
mod notes;
mod number;
mod patterns;
pub mod prepare;
mod rows;
mod scan;
#[cfg(feature = "serde")]
mod serial;
mod shards;
mod source;
mod structure;
mod symmetry;
mod table;
mod write;

pub use atomic::{check_writable, write_atomically};
pub use error::{Error, Place, Result};
pub use format::{Listing, ScanEntry, format_names};
pub use join::{ByOrder, Matched, find_patterns, join, match_rows, matched};
pub use labels::{LabelTable, read_labels};
pub use patterns::{
    ReadKind, ReadOptions, ReadPatterns, ScanFile, list, pattern_set, read_file, read_patterns,
    read_scan, read_scans,
};
pub use prepare::{crop, each, normalise_max, resample, rescale};
pub use rows::{RowsInFile, locate_rows};
pub use scan::{AxisKind, Metadata, Radiation, Scan, SigmaOrigin, TimePerStep, UnitEvidence};
pub use shards::{MANIFEST, Shard, ShardFolder};
pub use structure::{
    Crystal, Disorder, Site, SpaceGroup, StructureLine, StructureLines, SymmetrySource,
    read_crystals, read_structure,
};
pub use write::{
    PatternsOverQ, write_csv, write_npy, write_npy_axis, write_npy_numbers, write_npz,
    write_npz_over_q, write_pdcif, write_prepared_csv, write_prepared_npz, write_scan_csv,
    write_scan_xy, write_scan_xye, write_scans_npz, write_xrdml, write_xy, write_xy_over_q,
};
