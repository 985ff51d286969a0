//! Experiments that are saved and run again.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_study::{DataSource, Experiment};

/// Experiments that are saved and run again.
#[derive(Args, Clone, Debug)]
pub(crate) struct Configuring {
    /// Run the experiment of this file: what --save-config wrote, or a report (study.json,
    /// scores.json, tuned.json), which holds the experiment it came from. Other options change it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the experiment to this file (TOML) before it runs
    #[arg(long, value_name = "FILE")]
    save_config: Option<PathBuf>,
}

impl Configuring {
    /// The experiment to start from: that of the file, or a study of the built-in series.
    pub(crate) fn experiment(&self) -> Result<Experiment> {
        match &self.config {
            Some(file) => Ok(Experiment::read(file)?),
            None => Ok(Experiment::new(DataSource::Series {
                fwhm_deg: 0.1,
                seed: 0,
            })),
        }
    }

    /// Whether there is a file to start from.
    pub(crate) fn is_given(&self) -> bool {
        self.config.is_some()
    }

    /// Name of the file to start from, for messages.
    pub(crate) fn file(&self) -> String {
        self.config
            .as_ref()
            .map_or(String::new(), |f| f.display().to_string())
    }

    /// Checks the experiment and writes it where that is asked for.
    pub(crate) fn save(&self, experiment: &Experiment) -> Result<()> {
        experiment.check()?;
        if let Some(file) = &self.save_config {
            experiment.data.inputs().spare(file)?;
            let text = experiment.to_toml()?;
            xrd_io::write::atomically(file, |f| f.write_all(text.as_bytes()))?;
        }
        Ok(())
    }
}
