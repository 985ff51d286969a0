//! `xrd encode`: patterns to points.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use xrd_core::Labels;
use xrd_io::ReadPatterns;

use xrd_study::{LabelChoice, Latents, MODEL, model_name, residuals, tables};

use crate::options::{Question, Threads};
use crate::output::{print_notes, say};

/// Patterns to points: where a saved model puts them on its plane.
///
/// With --labels the table serves as known points for estimate and generate.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd encode --model model.safetensors --patterns known/ --labels known.csv --out latent.csv")]
pub(crate) struct Encode {
    #[command(flatten)]
    question: Question,
    /// Labels of the patterns
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// The columns of --labels that are labels; all columns of numbers by default
    #[arg(
        long,
        value_name = "COL,COL",
        value_delimiter = ',',
        requires = "labels"
    )]
    label_columns: Vec<String>,
    /// Where the table of points goes
    #[arg(long, value_name = "FILE", default_value = "latent.csv")]
    out: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

impl Encode {
    pub(crate) fn run(self) -> Result<()> {
        let inputs = self.question.inputs(self.labels.as_ref());
        inputs.spare(&self.out)?;
        let pool = self.threads.pool()?;
        let read = pool.install(|| self.question.read(self.labels.as_deref()))?;
        let (model, found) = (read.model, read.read);
        let labels = match &self.labels {
            Some(table) => Some(labels(table, &self.label_columns, &found)?),
            None => None,
        };
        let latents = pool.install(|| Latents::of(&model, &found.set))?;
        let residuals = pool.install(|| residuals(&model, &found.set))?;
        let more = [
            ("residual", residuals.iter().map(f64::to_string).collect()),
            (MODEL, vec![model_name(&model)?; residuals.len()]),
        ];
        let table = tables::latent(found.set.names(), &latents, labels.as_ref(), &more);
        xrd_io::write::atomically(&self.out, |f| table.write(f))?;
        say(&format!(
            "{} points in {}",
            latents.points.len(),
            self.out.display()
        ))
    }
}

/// Labels of the patterns from a table; notes are printed.
fn labels(table: &Path, columns: &[String], found: &ReadPatterns) -> Result<Labels> {
    let choice = LabelChoice {
        table,
        group: None,
        columns,
    };
    let labelled = choice.of(found)?;
    print_notes(&labelled.notes);
    Ok(labelled.labels)
}
