//! Tests of the program from the user's side: arguments in, files and text out.

#![allow(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

mod axes;
mod bad_input;
mod bad_places;
mod bad_structures;
mod beam;
mod beyond;
mod built_in_series;
mod checkpoints;
mod convert;
mod effects_in_training;
mod experiments;
mod facts;
mod figures;
mod first_views;
mod identify;
mod label_weight;
mod labels;
mod maps;
mod mixtures;
mod new_files;
mod not_a_pattern;
mod over_q;
mod page;
mod predict;
mod prepared;
mod program;
mod ramps;
mod robustness;
mod score;
mod series;
mod shards;
mod shifted;
mod steps;
mod study_json;
mod support;
mod symmetry;
mod symmetry_train;
mod tune;
mod unlabelled;
