//! `xrd relevance`: the angles of a pattern that move its point.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use xrd_ae::Autoencoder;
use xrd_relevance::{
    PeakOptions, PeakRelevance, SweepOptions, find_peaks, rank, sweep, sweep_with,
};

use xrd_study::tables;

use crate::options::{Question, Threads, positive};
use crate::output::say;

/// Find the angles of a pattern that move its point: Dev(2θ) of Utimula et al. (2022), Fig. 5.
///
/// Each window of angles is masked in turn. Dev(2θ) is the distance by which the point moves.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd relevance --model out/model.safetensors --patterns new.xy --out relevance.csv")]
pub(crate) struct Relevance {
    #[command(flatten)]
    question: Question,
    /// Name of the pattern, if there are several [default: the first]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Width of the masked window in degrees [default: 0.03, or the step of the grid if that is
    /// wider]
    #[arg(long, value_name = "X", value_parser = positive)]
    window_deg: Option<f64>,
    /// Distance between windows in degrees [default: the step of the grid]
    #[arg(long, value_name = "X", value_parser = positive)]
    step_deg: Option<f64>,
    /// Intensities in the masked window
    #[arg(long, value_enum, default_value_t = Mask::Zero)]
    mask: Mask,
    /// Output file for the table of Dev(2θ)
    #[arg(long, value_name = "FILE", default_value = "relevance.csv")]
    out: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

/// The intensities in a masked window.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Mask {
    /// Zero, as in the paper
    Zero,
    /// The background of the pattern (SNIP, half window of 1 degree), so that no notch is cut into it
    Background,
    /// The mean training pattern
    Mean,
}

/// Half window of the background in degrees.
const BACKGROUND_DEG: f64 = 1.0;

/// Largest number of peaks that are printed.
const SHOWN: usize = 20;

impl Mask {
    /// The pattern whose intensities fill the windows; none for zeros.
    fn instead(self, model: &Autoencoder, intensities: &[f32]) -> Result<Option<Vec<f32>>> {
        match self {
            Self::Zero => Ok(None),
            Self::Background => {
                let step = model.grid().step();
                let half_width = (BACKGROUND_DEG / step).round().max(1.0) as usize;
                let wide: Vec<f64> = intensities.iter().map(|v| f64::from(*v)).collect();
                let background = xrd_io::prepare::snip(&wide, half_width);
                Ok(Some(background.into_iter().map(|v| v as f32).collect()))
            }
            Self::Mean => Ok(Some(model.mean_training_pattern())),
        }
    }
}

/// Prints the most relevant peaks with their intensities.
fn tell(mut ranked: Vec<PeakRelevance>) -> Result<()> {
    ranked.sort_by_key(|r| r.relevance_rank);
    let shown = ranked.len().min(SHOWN);
    say(&format!(
        "{shown} of {} peaks, the most relevant first; values as shares of the largest, with ranks",
        ranked.len()
    ))?;
    say(
        "  relevance: Dev, the distance that the point moves when the window at this angle is masked",
    )?;
    say("    2theta  relevance  rank  intensity  rank   ratio")?;
    for r in &ranked[..shown] {
        say(&format!(
            "  {:7.3}°  {:9.3}  {:4}  {:9.3}  {:4}  {:6.3}",
            r.peak.two_theta,
            r.relative_dev,
            r.relevance_rank,
            r.peak.relative_intensity,
            r.intensity_rank,
            r.ratio()
        ))?;
    }
    Ok(())
}

impl Relevance {
    pub(crate) fn run(self) -> Result<()> {
        self.question.inputs(None).refuse_overwrite(&self.out)?;
        let pool = self.threads.pool()?;
        let read = pool.install(|| self.question.read(None))?;
        let (model, found) = (read.model, read.patterns);
        let index = match &self.name {
            None => 0,
            Some(name) => found
                .set
                .names()
                .iter()
                .position(|n| n == name)
                .with_context(|| format!("--name: no pattern '{name}'"))?,
        };
        let grid = *model.grid();
        let options = SweepOptions::default();
        let window_deg = self.window_deg;
        let options = options
            .with_window_deg(window_deg.unwrap_or(options.window_deg.max(grid.step())))
            .with_step_deg(self.step_deg);
        let intensities = found.set.intensities(index);
        let swept = pool.install(|| match self.mask.instead(&model, intensities)? {
            None => Ok::<_, anyhow::Error>(sweep(&model, intensities, &options)?),
            Some(instead) => Ok(sweep_with(&model, intensities, &instead, &options)?),
        })?;
        let table = tables::relevance(&swept, intensities);
        xrd_io::write::atomically(&self.out, |f| table.write(f))?;
        let peaks = find_peaks(&grid, intensities, &PeakOptions::above_noise(intensities))?;
        say(&format!(
            "{}: {} windows in {}",
            found.set.names()[index],
            swept.dev.len(),
            self.out.display()
        ))?;
        tell(rank(&peaks, &swept)?)
    }
}
