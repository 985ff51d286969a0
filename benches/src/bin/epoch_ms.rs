//! Time of training the paper's network on synthetic patterns, as one line of words and numbers:
//! `epoch_ms [--threads N] [--points N] [--patterns N] [--batch N] [--epochs N] [--seconds S]`.
//!
//! Trains until both the number of epochs and the number of seconds are reached. The loss is that of
//! epoch N.

use std::error::Error;

use xrd_ae::{Autoencoder, AutoencoderConfig, History, Training, TrainingConfig};
use xrd_benches::{PAPER_POINTS, argument, made_up_patterns_of};

fn main() -> Result<(), Box<dyn Error>> {
    let points = argument("--points", PAPER_POINTS)?;
    let (patterns, batch) = (argument("--patterns", 135)?, argument("--batch", 10)?);
    let (epochs, seconds) = (argument("--epochs", 5)?, argument("--seconds", 0.0)?);
    let config = TrainingConfig::default()
        .with_epochs(usize::MAX)
        .with_batch(batch);
    // 0 threads are as many as there are processors.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(argument("--threads", 0)?)
        .build()?;
    let set = made_up_patterns_of(points, patterns);
    let model = Autoencoder::initialise(&AutoencoderConfig::default(), &set)?;
    let train = || -> xrd_ae::Result<History> {
        let mut training = Training::new(model, &config, &set)?;
        let mut used = 0.0;
        while let Some(epoch) = training.epoch()? {
            used += epoch.seconds;
            if epoch.epoch >= epochs && used >= seconds {
                break;
            }
        }
        Ok(training.finish()?.1)
    };
    let history = pool.install(train)?;
    let loss = history.epochs[epochs - 1].train_loss;
    let (threads, ms) = (pool.current_num_threads(), history.ms_per_epoch());
    let step = ms / patterns.div_ceil(batch) as f64;
    let done = history.epochs.len();
    println!(
        "threads {threads} epochs {done} ms_per_epoch {ms:.3} ms_per_step {step:.4} train_loss {loss:.4}"
    );
    Ok(())
}
