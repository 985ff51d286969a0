use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_ae::{Autoencoder, PatternSource, Subset, TrainingData};

use crate::options::{Input, Saving, Stopping, Threads, Training};
use crate::output::say;
use crate::progress;
use crate::split::Split;
use crate::training::{self, Saves};
use crate::training_patterns::{MEMORY_MIB, TrainingPatterns};

/// Patterns to a model: train the autoencoder on all of them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd train --patterns simulated/patterns.npz --out model.safetensors
  xrd train --patterns training/        a folder of shards that xrd simulate wrote
  xrd train --patterns scans/ --resume      goes on after Ctrl-C")]
pub(crate) struct Train {
    #[command(flatten)]
    input: Input,
    /// Where the model goes
    #[arg(long, value_name = "FILE", default_value = "model.safetensors")]
    out: PathBuf,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    stopping: Stopping,
    #[command(flatten)]
    saving: Saving,
    /// Read a .npy matrix or shards larger than this from disk, batch by batch
    #[arg(long, value_name = "MIB", default_value_t = MEMORY_MIB)]
    memory: u64,
    #[command(flatten)]
    threads: Threads,
}

impl Train {
    pub(crate) fn run(mut self) -> Result<()> {
        self.training.stopping = self.stopping.clone();
        let config = self.training.config(self.training.seed)?;
        if config.early_stopping.is_some() && self.stopping.validation_fraction.is_none() {
            bail!("--patience needs --validation-fraction here, to have patterns to watch");
        }
        let pool = self.threads.pool()?;
        self.input.inputs().spare(&self.out)?;
        xrd_io::check_writable(&self.out)?;
        let found = pool.install(|| TrainingPatterns::open(&self.input, self.memory))?;
        if found.len() < 3 {
            bail!("{} patterns (expected at least 3)", found.len());
        }
        let saves = Saves::in_file(&self.saving, &self.saving.file(&self.out)?);
        pool.install(|| match self.stopping.validation_fraction {
            None => self.train(&found, TrainingData::new(&found), &saves),
            Some(fraction) => {
                let split = Split::draw_validation(found.names(), fraction, config.seed)?;
                let validation = found.gathered(&split.test)?;
                let rest = Subset::new(&found, split.train)?;
                let data = TrainingData {
                    validation: Some(&validation),
                    ..TrainingData::new(&rest)
                };
                self.train(&found, data, &saves)
            }
        })
    }

    fn train(&self, all: &TrainingPatterns, data: TrainingData<'_>, saves: &Saves) -> Result<()> {
        let seed = self.training.seed;
        let model = Autoencoder::initialise(&self.training.network(seed), data.train)?
            .with_preparation(all.preparation().to_vec());
        let bar = progress::bar("training", self.training.epochs as u64);
        let config = self.training.config(seed)?;
        let (model, history) = training::train(model, &config, data, saves, (&bar, ""))?;
        bar.finish_and_clear();
        let bytes = model.to_bytes()?;
        xrd_io::write_atomically(&self.out, |f| f.write_all(&bytes))?;
        saves.remove()?;
        let explained = model.evaluate(all)?.explained_variance;
        let best = history
            .best_epoch
            .map(|epoch| format!(", epoch {epoch} the best"));
        say(&format!(
            "trained {} patterns for {} epochs ({:.1} ms each{}), explained variance {explained:.4}, {}",
            data.train.len(),
            history.epochs.len(),
            history.ms_per_epoch(),
            best.unwrap_or_default(),
            self.out.display(),
        ))
    }
}
