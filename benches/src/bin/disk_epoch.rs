//! Time of an epoch of the paper's network on patterns on disk and on the same patterns in memory, measured
//! in turn and printed as one line of words and numbers: `disk_epoch [--threads N] [--patterns N]`. The
//! file is written first, so that it is in the page cache.

use std::error::Error;

use xrd_ae::{
    Autoencoder, AutoencoderConfig, PatternSource, RowFile, RowFiles, Training, TrainingConfig,
    TrainingData,
};
use xrd_benches::{argument, made_up_patterns};

/// Number of timed epochs of each, after one that is not timed.
const EPOCHS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let (patterns, threads) = (argument("--patterns", 2000)?, argument("--threads", 2)?);
    let set = made_up_patterns(patterns);
    let path = std::env::temp_dir().join(format!("xrd-disk-epoch-{}", std::process::id()));
    let bytes: Vec<u8> = set.block().iter().flat_map(|v| v.to_le_bytes()).collect();
    std::fs::write(&path, bytes)?;
    let file = RowFile::new(&path, set.len());
    let files = RowFiles::open(*set.grid(), set.scale(), None, vec![file])?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let times = pool.build()?.install(|| epochs(&set, &files));
    std::fs::remove_file(&path)?;
    let [memory, disk] = times?;
    println!("patterns {patterns} threads {threads} memory_s {memory:.3} disk_s {disk:.3}");
    Ok(())
}

/// The time in seconds of the fastest epoch from each source. Both must have the same loss.
fn epochs(memory: &dyn PatternSource, disk: &dyn PatternSource) -> xrd_ae::Result<[f64; 2]> {
    let config = TrainingConfig::paper();
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), memory)?;
    let start = |source| Training::new(model.clone(), &config, TrainingData::new(source));
    let mut trainings = [start(memory)?, start(disk)?];
    let mut least = [f64::INFINITY; 2];
    for epoch in 0..=EPOCHS {
        let mut losses = Vec::new();
        for (training, least) in trainings.iter_mut().zip(&mut least) {
            let record = training.epoch()?.expect("a thousand epochs are asked for");
            losses.push(record.train_loss);
            if epoch > 0 {
                *least = least.min(record.seconds);
            }
        }
        assert_eq!(losses[0], losses[1]);
    }
    Ok(least)
}
