use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_ae::Autoencoder;

use crate::dataset::{notes, read, words};
use crate::options::{Input, Threads, Training};
use crate::output::say;
use crate::progress;

/// Patterns to a model: train the autoencoder on all of them.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd train --patterns simulated/patterns.npz --out model.safetensors")]
pub(crate) struct Train {
    #[command(flatten)]
    input: Input,
    /// Where the model goes
    #[arg(long, value_name = "FILE", default_value = "model.safetensors")]
    out: PathBuf,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    threads: Threads,
}

impl Train {
    pub(crate) fn run(self) -> Result<()> {
        let found = read(&self.input.patterns, &self.input.reading, None, &[])?;
        for note in notes(&found) {
            eprintln!("note: {note}");
        }
        if found.set.len() < 3 {
            anyhow::bail!("{} patterns (expected at least 3)", found.set.len());
        }
        let seed = self.training.seed;
        let mut model = Autoencoder::initialise(&self.training.network(seed), &found.set)?
            .with_preparation(words(&found.preparation));
        let bar = progress::bar("training", self.training.epochs as u64);
        let history = self.threads.pool()?.install(|| {
            model.train(&self.training.config(seed), &found.set, None, |epoch| {
                bar.inc(1);
                bar.set_message(format!("loss {:.4}", epoch.train_loss));
                ControlFlow::Continue(())
            })
        })?;
        bar.finish_and_clear();
        let bytes = model.to_bytes()?;
        xrd_io::write_atomically(&self.out, |f| f.write_all(&bytes))?;
        let explained = model.evaluate(&found.set)?.explained_variance;
        say(&format!(
            "trained {} patterns for {} epochs ({:.1} ms each), explained variance {explained:.4}, {}",
            found.set.len(),
            history.epochs.len(),
            history.ms_per_epoch(),
            self.out.display(),
        ))
    }
}
