//! Training epochs of a peer written in Rust: its patterns, their order, the timing, and the output line,
//! as in `epoch_ms`.

use std::time::Instant;

#[path = "../src/arguments.rs"]
mod arguments;
#[path = "../src/made_up.rs"]
mod made_up;

use arguments::argument;

/// Number of steps after which a long epoch is stopped.
const LONGEST: usize = 100;

pub const LEARNING_RATE: f64 = 1e-3;
pub const WEIGHT_DECAY: f64 = 1e-4;

/// The training patterns, one after the other.
pub struct Patterns {
    pub block: Vec<f32>,
    pub points: usize,
}

impl Patterns {
    /// Synthetic patterns minus their mean, divided by the root mean square of the difference.
    pub fn from_arguments() -> Self {
        let points = argument("--points", 11_900).unwrap();
        let patterns = argument("--patterns", 135).unwrap();
        let mut block = made_up::made_up_block(points, patterns);
        for k in 0..points {
            let column = || (0..patterns).map(|n| n * points + k);
            let mean = column().map(|i| f64::from(block[i])).sum::<f64>() / patterns as f64;
            column().for_each(|i| block[i] -= mean as f32);
        }
        let squares: f64 = block.iter().map(|&v| f64::from(v).powi(2)).sum();
        let rms = (squares / block.len() as f64).sqrt() as f32;
        block.iter_mut().for_each(|v| *v /= rms);
        Self { block, points }
    }

    pub fn len(&self) -> usize {
        self.block.len() / self.points
    }

    /// Widths of all layers, from the pattern to the plane and back.
    pub fn widths(&self) -> [usize; 9] {
        [self.points, 128, 64, 12, 2, 12, 64, 128, self.points]
    }
}

/// Trains by `step`, which takes the rows of a batch and returns the loss before the step. Prints the median
/// time of an epoch.
pub fn run(patterns: usize, mut step: impl FnMut(&[usize]) -> f64) {
    let batch: usize = argument("--batch", 10).unwrap();
    let (epochs, seconds) = (
        argument("--epochs", 5).unwrap(),
        argument("--seconds", 0.0).unwrap(),
    );
    let mut order: Vec<usize> = (0..patterns).collect();
    let mut random = 1;
    let (mut times, mut loss, mut used) = (Vec::new(), f64::NAN, 0.0);
    while times.len() < epochs || used < seconds {
        shuffle(&mut order, &mut random);
        let batches = order.chunks(batch).take(LONGEST);
        let (start, count) = (Instant::now(), batches.len());
        let squares: f64 = batches
            .clone()
            .map(|rows| step(rows) * rows.len() as f64)
            .sum();
        let time = start.elapsed().as_secs_f64();
        used += time;
        times.push(1e3 * time / count as f64);
        if times.len() == epochs {
            loss = squares / batches.map(<[usize]>::len).sum::<usize>() as f64;
        }
    }
    let done = times.len();
    times.sort_by(f64::total_cmp);
    let ms = (times[(done - 1) / 2] + times[done / 2]) / 2.0;
    println!("epochs {done} ms_per_step {ms:.4} train_loss {loss:.4}");
}

/// Fisher-Yates shuffle with a linear congruential generator.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for last in (1..order.len()).rev() {
        *random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        order.swap(last, (*random >> 33) as usize % (last + 1));
    }
}
