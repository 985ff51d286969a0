//! `xrd symmetry score`: accuracy of the classifier on patterns with known space groups.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use xrd_core::{Pattern, Wavelength};
use xrd_identify::Prepared;
use xrd_study::Stage;
use xrd_study::symmetry::{SymmetryAnswers, SymmetryReport, repeated_patterns};
use xrd_study::xrd_symmetry::Probabilities;

use super::labelled::Labelled;
use super::scores::{Beside, score_answers};
use super::shipped;
use crate::options::{Pictures, Threads};
use crate::output;
use crate::prepared::WAVELENGTH;
use crate::progress::Terminal;

/// Score the classifier on patterns with known space groups: accuracy, refusal, calibration, and figures.
///
/// Patterns without a wavelength are assumed to be measured with Cu Ka1.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd symmetry score --patterns scans/ --labels groups.csv --out scores")]
pub(crate) struct Score {
    #[command(flatten)]
    labelled: Labelled,
    /// Folder for symmetry.json and the figures
    #[arg(long, value_name = "DIR", default_value = "symmetry")]
    out: PathBuf,
    /// Model file, instead of the model in the program
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print symmetry.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Score {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        pool.install(|| self.run_on_threads())
    }

    fn run_on_threads(&self) -> Result<()> {
        let observer = Terminal::default();
        let out = output::open(&self.out)?.protecting(self.labelled.inputs(), &[])?;
        let files = self.pictures.files()?;
        let (data, truths) = self.labelled.read(None, &observer)?;
        let wavelength = match data.set.wavelength() {
            Some(wavelength) => wavelength,
            None => Wavelength::angstrom(WAVELENGTH)?,
        };
        let intensities = (0..data.set.len()).map(|i| Ok(data.set.intensities(i)?.into_owned()));
        let intensities = intensities.collect::<Result<Vec<Vec<f32>>>>()?;
        let repeated = repeated_patterns(&intensities)?;
        let grid = *data.set.grid();
        let prepare = |(y, name): (Vec<f32>, &String)| {
            let pattern = Pattern::new(grid, data.set.scale(), y)?;
            let pattern = pattern.with_wavelength(Some(wavelength));
            Prepared::of(&pattern).with_context(|| name.clone())
        };
        let patterns = intensities.into_iter().zip(data.set.names());
        let patterns = patterns.map(prepare).collect::<Result<Vec<_>>>()?;
        let (model, library) = (shipped(self.model.as_deref())?, xrd_line_lists::library());
        let found = observer.stage(Stage::Estimating, || model.classify(&patterns, &library))?;
        let probabilities = found.iter().map(|c| c.probabilities.clone());
        let probabilities: Vec<Probabilities> = probabilities.collect();
        let similarities: Vec<f64> = found.iter().map(|c| c.similarity).collect();
        let answers = SymmetryAnswers::new("measured", model.name(), &probabilities, &truths)
            .with_repeated(&repeated)
            .with_similarities(&similarities);
        let report = SymmetryReport::new(&answers)?;
        score_answers(vec![(report, Beside::default())], out, &files, self.json)
    }
}
