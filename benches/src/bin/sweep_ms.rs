//! Time of a mask sweep over one pattern, as one line of words and numbers:
//! `sweep_ms --model FILE --patterns FILE --name NAME --dev FILE [--threads N] [--times N]`.
//!
//! The time is the median. Dev of every window is written to a file as little-endian f64.

use std::error::Error;
use std::time::Instant;

use xrd_ae::Autoencoder;
use xrd_benches::argument;
use xrd_io::{ReadOptions, read_patterns};
use xrd_relevance::{SweepOptions, sweep};

fn main() -> Result<(), Box<dyn Error>> {
    let word = |name: &str| argument(name, String::new());
    let model = Autoencoder::load(word("--model")?)?;
    let read = read_patterns(word("--patterns")?, &ReadOptions::default())?;
    let name = word("--name")?;
    let found = read.set.names().iter().position(|n| *n == name);
    let pattern = read.set.intensities(found.ok_or("no such pattern")?);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(argument("--threads", 0)?)
        .build()?;
    let mut times = Vec::new();
    let mut dev = Vec::new();
    for _ in 0..argument("--times", 9)?.max(1) {
        let start = Instant::now();
        dev = pool
            .install(|| sweep(&model, pattern, &SweepOptions::default()))?
            .dev;
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let bytes: Vec<u8> = dev.iter().flat_map(|d| d.to_le_bytes()).collect();
    std::fs::write(word("--dev")?, bytes)?;
    println!(
        "windows {} threads {} ms {}",
        dev.len(),
        pool.current_num_threads(),
        times[times.len() / 2]
    );
    Ok(())
}
