//! Simulation of patterns from structure files, from one to millions.

mod label;
mod notes;
mod parameters;
mod recipe;
mod set_folder;
mod shard;
mod shards;
mod structures;
mod together;

pub(crate) use label::Label;
pub(crate) use notes::Notes;
pub(crate) use parameters::Division;
pub(crate) use recipe::{Recipe, Simulated};
pub(crate) use set_folder::Part;
pub(crate) use shards::{Summary, write_shards};
pub(crate) use structures::{Entry as ListEntry, ReadStructure, StructureList};
pub(crate) use together::{Together, check_names, measured_series, set_of, together};
