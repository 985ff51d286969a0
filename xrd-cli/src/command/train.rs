//! `xrd train`: trains a model on patterns.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_ae::{Autoencoder, PatternSource, Subset, TrainingConfig, TrainingData};
use xrd_study::{PatternDisturbance, Saving, Seeds, Settings, Split, TrainingPatterns};

use crate::options::{Input, SavingOptions, Stopping, Threads, Training};
use crate::output::{print_notes, say};
use crate::progress::Terminal;

/// Size in MiB above which patterns stay on disk.
const MEMORY_MIB: u64 = 1024;

/// Train an autoencoder on all patterns and save the model.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd train --patterns simulated/patterns.npz --out model.safetensors
  xrd train --patterns training/        a folder of shards that xrd simulate wrote
  xrd train --patterns scans/ --resume  continues after Ctrl-C")]
pub(crate) struct Train {
    #[command(flatten)]
    input: Input,
    /// Output file for the model
    #[arg(long, value_name = "FILE", default_value = "model.safetensors")]
    out: PathBuf,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    stopping: Stopping,
    #[command(flatten)]
    saving: SavingOptions,
    /// Size in MiB above which a .npy matrix or a folder of shards is read from disk batch by batch
    #[arg(long, value_name = "MIB", default_value_t = MEMORY_MIB)]
    memory: u64,
    #[command(flatten)]
    threads: Threads,
}

/// The training that the options describe.
struct Plan {
    settings: Settings,
    config: TrainingConfig,
    saving: Saving,
}

impl Train {
    pub(crate) fn run(self) -> Result<()> {
        let plan = self.plan()?;
        let pool = self.threads.pool()?;
        self.input.inputs().refuse_overwrite(&self.out)?;
        xrd_io::write::check_writable(&self.out)?;
        let (patterns, reading) = (&self.input.patterns, self.input.reading.reading());
        let found = pool.install(|| TrainingPatterns::open(patterns, &reading, self.memory))?;
        print_notes(found.notes());
        if found.len() < 3 {
            bail!("{} patterns (expected at least 3)", found.len());
        }
        pool.install(|| match plan.settings.validation_fraction {
            None => self.train(&found, TrainingData::new(&found), &plan),
            Some(fraction) => {
                let split = Split::draw_validation(found.names(), fraction, plan.config.seed)?;
                let validation = found.gathered(&split.test)?;
                let rest = Subset::new(&found, split.train)?;
                let data = TrainingData::new(&rest).with_validation(&validation);
                self.train(&found, data, &plan)
            }
        })
    }

    fn plan(&self) -> Result<Plan> {
        let mut settings = Settings::simulated();
        self.training.apply(&mut settings)?;
        self.stopping.apply(&mut settings);
        self.stopping.check_watched(&settings)?;
        if settings.label_weight != 0.0 {
            bail!("--label-weight needs labels, which xrd train does not read (use xrd study)");
        }
        let mut seeds = Seeds::default();
        self.training.apply_seeds(&mut seeds, None);
        Ok(Plan {
            config: settings.training(seeds.first)?,
            saving: self.saving.for_file(&self.out)?,
            settings,
        })
    }

    fn train(&self, all: &TrainingPatterns, data: TrainingData<'_>, plan: &Plan) -> Result<()> {
        let network = plan.settings.network(plan.config.seed);
        let disturbance = PatternDisturbance::of(&plan.settings, data.train, &plan.config)?;
        let data = data.with_disturbance(PatternDisturbance::as_dyn(&disturbance));
        let model = Autoencoder::initialise(&network, data.train)?
            .with_preparation(all.preparation().to_vec());
        let observer = Terminal::default();
        let (model, history) =
            xrd_study::train(model, &plan.config, data, &plan.saving, &observer)?;
        let bytes = model.to_bytes()?;
        xrd_io::write::atomically(&self.out, |f| f.write_all(&bytes))?;
        xrd_study::remove_saved(&plan.saving)?;
        let explained = model.evaluate(all)?.explained_variance;
        let best = history
            .best_epoch
            .map(|epoch| format!(", epoch {epoch} the best"));
        say(&format!(
            "trained on {} patterns for {} epochs ({:.1} ms each{}), explained variance {explained:.4}, {}",
            data.train.len(),
            history.epochs.len(),
            history.ms_per_epoch(),
            best.unwrap_or_default(),
            self.out.display(),
        ))
    }
}
