//! Options that save an experiment and run it again.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_study::{DataSource, Experiment};

/// Options that save an experiment and run it again.
#[derive(Args, Clone, Debug)]
pub(crate) struct Configuring {
    /// Run the experiment in this file, which --save-config wrote. A report (study.json, scores.json,
    /// robustness.json, tuned.json) also contains its experiment. Other options override the file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the experiment to this file (TOML) before it runs
    #[arg(long, value_name = "FILE")]
    save_config: Option<PathBuf>,
}

impl Configuring {
    /// The experiment in the file, or a study of the built-in series.
    pub(crate) fn experiment(&self) -> Result<Experiment> {
        match &self.config {
            Some(file) => Ok(Experiment::read(file)?),
            None => Ok(Experiment::new(DataSource::series(0.1, 0))),
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

    /// Checks the experiment, and writes it to the file of --save-config if that is given.
    pub(crate) fn save(&self, experiment: &Experiment) -> Result<()> {
        experiment.check()?;
        if let Some(file) = &self.save_config {
            experiment.inputs().refuse_overwrite(file)?;
            let text = experiment.to_toml()?;
            xrd_io::write::atomically(file, |f| f.write_all(text.as_bytes()))?;
        }
        Ok(())
    }
}
