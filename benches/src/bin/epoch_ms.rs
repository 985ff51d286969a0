//! Time of training the paper's network on synthetic patterns, as one line of words and numbers:
//! `epoch_ms [--threads N] [--points N] [--patterns N] [--batch N] [--epochs N] [--seconds S]`.
//!
//! Trains until both the number of epochs and the number of seconds are reached. The loss is that of
//! epoch N.

use std::error::Error;
use std::ops::ControlFlow;

use xrd_ae::{Autoencoder, AutoencoderConfig, EpochRecord, TrainingConfig};
use xrd_benches::{PAPER_POINTS, argument, made_up_patterns_of};

fn main() -> Result<(), Box<dyn Error>> {
    let points = argument("--points", PAPER_POINTS)?;
    let (patterns, batch) = (argument("--patterns", 135)?, argument("--batch", 10)?);
    let (epochs, seconds) = (argument("--epochs", 5)?, argument("--seconds", 0.0)?);
    let training = TrainingConfig {
        epochs: usize::MAX,
        batch,
        ..TrainingConfig::paper()
    };
    // 0 threads means one thread per processor.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(argument("--threads", 0)?)
        .build()?;
    let mut used = 0.0;
    let until = |epoch: &EpochRecord| {
        used += epoch.seconds;
        match epoch.epoch >= epochs && used >= seconds {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let set = made_up_patterns_of(points, patterns);
    let mut model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set)?;
    let history = pool.install(|| model.train(&training, &set, None, until))?;
    let loss = history.epochs[epochs - 1].train_loss;
    let (threads, ms) = (pool.current_num_threads(), history.ms_per_epoch());
    let step = ms / patterns.div_ceil(batch) as f64;
    let done = history.epochs.len();
    println!(
        "threads {threads} epochs {done} ms_per_epoch {ms:.3} ms_per_step {step:.4} train_loss {loss:.4}"
    );
    Ok(())
}
