//! `xrd encode`: points of patterns on the plane.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_core::Labels;

use xrd_study::{
    LabelChoice, LabelSource, Latents, MODEL, OpenedInput, model_name, residuals, tables,
};

use crate::options::{Question, Threads, label_source};
use crate::output::{print_notes, say};

/// Encode patterns: compute their points on the plane of a model.
///
/// With --labels, the table can be given to estimate and generate as known points.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd encode --model model.safetensors --patterns known/ --labels known.csv --out latent.csv")]
pub(crate) struct Encode {
    #[command(flatten)]
    question: Question,
    /// Table of labels of the patterns
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Labels from numbers in the names of files, as in 'T{T_C}C', or from their headers, as in
    /// header:temperature. May be repeated
    #[arg(long, value_name = "PATTERN|header:ENTRY", value_parser = label_source)]
    label_from: Vec<LabelSource>,
    /// Columns of --labels to use [default: all columns of numbers]
    #[arg(
        long,
        value_name = "COL,COL",
        value_delimiter = ',',
        requires = "labels"
    )]
    label_columns: Vec<String>,
    /// Output file for the table of points
    #[arg(long, value_name = "FILE", default_value = "latent.csv")]
    out: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

impl Encode {
    pub(crate) fn run(self) -> Result<()> {
        let inputs = self.question.inputs(self.labels.as_ref());
        inputs.refuse_overwrite(&self.out)?;
        let pool = self.threads.pool()?;
        let open = || {
            self.question
                .open_for(&self.question.model, self.labels.as_deref())
        };
        let read = pool.install(open)?;
        print_notes(&read.notes);
        let labels = match (&self.labels, self.label_from.is_empty()) {
            (None, true) => None,
            _ => Some(self.labels(&read)?),
        };
        let (model, found) = (read.model, read.patterns);
        let latents = pool.install(|| Latents::of(&model, &found))?;
        let residuals = pool.install(|| residuals(&model, &found))?;
        let more = [
            ("residual", residuals.iter().map(f64::to_string).collect()),
            (MODEL, vec![model_name(&model)?; residuals.len()]),
        ];
        let table = tables::latent(found.names(), &latents, labels.as_ref(), &more);
        xrd_io::write::atomically(&self.out, |f| table.write(f))?;
        say(&format!(
            "{} points in {}",
            latents.points.len(),
            self.out.display()
        ))
    }

    /// The labels of the patterns. Notes are printed.
    fn labels(&self, read: &OpenedInput) -> Result<Labels> {
        let mut choice = LabelChoice::default()
            .with_columns(&self.label_columns)
            .with_facts(&self.label_from);
        choice.table = self.labels.as_deref();
        let labelled = read.labels(&choice)?;
        print_notes(&labelled.notes);
        Ok(labelled.labels)
    }
}
