use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use xrd_core::Encoder;
use xrd_relevance::{PeakOptions, SweepOptions, find_peaks, rank, sweep};

use crate::dataset::read_for;
use crate::options::{Question, Threads, positive};
use crate::output::say;
use crate::tables;

/// Which angles of a pattern move its point: Dev(2θ) of Utimula et al. (2022), Fig. 5.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd relevance --model out/model.safetensors --patterns new.xy --out relevance.csv")]
pub(crate) struct Relevance {
    #[command(flatten)]
    question: Question,
    /// Which pattern, where there are several; the first by default
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Width of the window that is set to zero, in degrees; 0.03, or the grid's step if that is
    /// wider, by default
    #[arg(long, value_name = "X", value_parser = positive)]
    window_deg: Option<f64>,
    /// Distance between windows in degrees; the grid's step by default
    #[arg(long, value_name = "X", value_parser = positive)]
    step_deg: Option<f64>,
    /// Where the table of Dev goes
    #[arg(long, value_name = "FILE", default_value = "relevance.csv")]
    out: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

impl Relevance {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        let (model, found) = pool.install(|| read_for(&self.question, None))?;
        let index = match &self.name {
            None => 0,
            Some(name) => found
                .set
                .names()
                .iter()
                .position(|n| n == name)
                .with_context(|| format!("no pattern '{name}'"))?,
        };
        let grid = *Encoder::grid(&model);
        let options = SweepOptions {
            window_deg: self
                .window_deg
                .unwrap_or(SweepOptions::default().window_deg.max(grid.step())),
            step_deg: self.step_deg,
        };
        let intensities = found.set.intensities(index);
        let swept = pool.install(|| sweep(&model, intensities, &options))?;
        let table = tables::relevance(&swept, intensities);
        xrd_io::write_atomically(&self.out, |f| table.write(f))?;
        let peaks = find_peaks(&grid, intensities, &PeakOptions::above_noise(intensities))?;
        say(&format!(
            "{}: {} windows in {}",
            found.set.names()[index],
            swept.dev.len(),
            self.out.display()
        ))?;
        say("    2theta  intensity  relevance  (shares of the largest)")?;
        for r in rank(&peaks, &swept)?.iter().take(20) {
            say(&format!(
                "  {:8.3}  {:9.3}  {:9.3}",
                r.peak.two_theta, r.peak.relative_intensity, r.relative_dev
            ))?;
        }
        Ok(())
    }
}
