//! Time in milliseconds to encode many patterns in one call and to decode as many points, and the time of
//! the same matrix products by the crate `gemm`, as one line of words and numbers:
//! `products_ms [--threads N] [--count N] [--rounds N]`.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use xrd_ae::{Autoencoder, AutoencoderConfig};
use xrd_benches::{GemmNetwork, NaiveNetwork, argument, made_up_patterns};
use xrd_core::{Encoder, PatternSet};

fn main() -> Result<(), Box<dyn Error>> {
    let count = argument("--count", 10_000)?;
    let rounds = argument("--rounds", 5)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(argument("--threads", 0)?)
        .build()?;
    let set = made_up_patterns(count);
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set)?;
    let [encode, gemm_encode, decode, gemm_decode] =
        pool.install(|| medians(&model, &set, rounds))?;
    println!(
        "threads {} count {count} encode_ms {encode:.1} gemm_encode_ms {gemm_encode:.1} \
         decode_ms {decode:.1} gemm_decode_ms {gemm_decode:.1}",
        pool.current_num_threads()
    );
    Ok(())
}

/// Times in milliseconds: encoding, its products, decoding, its products.
fn medians(model: &Autoencoder, set: &PatternSet, rounds: usize) -> xrd_core::Result<[f64; 4]> {
    let gemm = GemmNetwork::of(&NaiveNetwork::of(model));
    let scaled = gemm.scaled(set.block());
    let points = model.encode_set(set)?;
    let mut times = [(); 4].map(|()| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        times[0].push(ms(|| model.encode_set(set)));
        times[1].push(ms(|| gemm.encode(scaled.view())));
        times[2].push(ms(|| model.decode_many(&points)));
        times[3].push(ms(|| gemm.decode(&points)));
    }
    Ok(times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        (times[(rounds - 1) / 2] + times[rounds / 2]) / 2.0
    }))
}

/// The time of the work, without dropping its result.
fn ms<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let answer = black_box(work());
    let time = 1e3 * start.elapsed().as_secs_f64();
    drop(answer);
    time
}
