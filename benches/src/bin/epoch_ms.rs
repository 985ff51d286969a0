//! Milliseconds an epoch of the paper's network takes on made-up patterns, as one line of words
//! and numbers: `epoch_ms [--threads N] [--epochs N] [--patterns N]`.

use std::error::Error;

use xrd_ae::{Autoencoder, AutoencoderConfig, TrainingConfig};
use xrd_benches::made_up_patterns;

fn main() -> Result<(), Box<dyn Error>> {
    let (threads, epochs) = (argument("--threads", 0)?, argument("--epochs", 5)?);
    let set = made_up_patterns(argument("--patterns", 135)?);
    let training = TrainingConfig {
        epochs,
        ..TrainingConfig::paper()
    };
    // 0 threads are as many as there are processors.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let fit = || Autoencoder::fit(&AutoencoderConfig::paper(), &training, &set);
    let (_, history) = pool.install(fit)?;
    let loss = history.epochs.last().map_or(f64::NAN, |e| e.train_loss);
    let (threads, ms) = (pool.current_num_threads(), history.ms_per_epoch());
    println!("threads {threads} epochs {epochs} ms_per_epoch {ms:.2} train_loss {loss:.4}");
    Ok(())
}

/// The number after `name` on the command line.
fn argument(name: &str, default: usize) -> Result<usize, Box<dyn Error>> {
    let mut arguments = std::env::args().skip_while(|a| a != name).skip(1);
    match (arguments.next(), std::env::args().any(|a| a == name)) {
        (Some(value), _) => Ok(value.parse().map_err(|e| format!("{name} {value}: {e}"))?),
        (None, true) => Err(format!("{name} needs a number").into()),
        (None, false) => Ok(default),
    }
}
