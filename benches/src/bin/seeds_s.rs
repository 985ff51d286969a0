//! Time in seconds of trainings of the paper's network with several seeds, as one line of words
//! and numbers: `seeds_s [--workers N] [--seeds N] [--epochs N]`.
//!
//! As in `xrd study`, each worker has one thread and trains one seed after the other. All train on the
//! same patterns. `in_epochs` is the time of the slowest worker without the preparation before the first
//! epoch, which is a thousandth of a training of a thousand epochs.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use xrd_ae::{Autoencoder, AutoencoderConfig, TrainingConfig};
use xrd_benches::{argument, made_up_patterns};
use xrd_core::PatternSet;

fn main() -> Result<(), Box<dyn Error>> {
    let workers = argument("--workers", 2)?;
    let (seeds, epochs) = (argument("--seeds", 10)?, argument("--epochs", 10)?);
    let set = made_up_patterns(135);
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let work = || {
        let mine = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&seed| seed < seeds);
        let train = |seed| train(&set, seed, epochs);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let pool = pool.map_err(|e| e.to_string())?;
        let seconds: xrd_ae::Result<f64> =
            pool.install(|| std::iter::from_fn(mine).map(train).sum());
        seconds.map_err(|e| e.to_string())
    };
    let longest = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let seconds = workers.into_iter().map(|w| w.join().expect("no panic"));
        seconds.reduce(|a: Result<f64, String>, b| Ok(a?.max(b?)))
    });
    let longest = longest.ok_or("no worker")??;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "workers {workers} seeds {seeds} epochs {epochs} seconds {seconds:.3} \
         in_epochs {longest:.3}"
    );
    Ok(())
}

/// Trains one network and returns the time of its epochs in seconds.
fn train(set: &PatternSet, seed: u64, epochs: usize) -> xrd_ae::Result<f64> {
    let network = AutoencoderConfig::default().with_seed(seed);
    let training = TrainingConfig::default()
        .with_seed(seed)
        .with_epochs(epochs);
    let (_, history) = Autoencoder::fit(&network, &training, set)?;
    Ok(history.epochs.iter().map(|e| e.seconds).sum())
}
