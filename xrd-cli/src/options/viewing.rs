//! Options of what figures show beside the patterns.

use std::path::PathBuf;

use clap::Args;
use xrd_study::Experiment;

/// References below the patterns, and the label of the colours.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Viewing {
    /// Structure file (CIF, POSCAR) whose lines are drawn below the patterns, at the wavelength of the
    /// patterns. May be repeated
    #[arg(long = "reference", value_name = "FILE")]
    references: Vec<PathBuf>,
    /// Label or column of classes by which figures colour the patterns, or 'group' for the groups that
    /// were found [default: classes, else compositions if there are at most 12, else the label that
    /// varies most]
    #[arg(long, value_name = "LABEL")]
    color_by: Option<String>,
}

impl Viewing {
    /// Sets the given options in an experiment.
    pub(crate) fn apply(&self, experiment: &mut Experiment) {
        if !self.references.is_empty() {
            experiment.references.clone_from(&self.references);
        }
        if self.color_by.is_some() {
            experiment.color_by.clone_from(&self.color_by);
        }
    }
}
