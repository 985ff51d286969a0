//! The task of a program written in Rust: arguments, patterns, timing and the output line.

use std::time::Instant;

pub const POINTS: usize = 8_500;
pub const CLASSES: usize = 230;
pub const LEARNING_RATE: f64 = 1e-4;

/// Returns the value after `name` on the command line, or `default`.
pub fn argument(name: &str, default: &str) -> String {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1).unwrap_or_else(|| default.to_owned())
}

/// Random patterns between 0 and 1, and their classes.
pub fn batch() -> (usize, Vec<f32>, Vec<u32>) {
    let size: usize = argument("--batch", "256").parse().unwrap();
    let mut state = 1u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state >> 40
    };
    let patterns = (0..size * POINTS).map(|_| next() as f32 / 16_777_216.0).collect();
    let classes = (0..size).map(|_| (next() % CLASSES as u64) as u32).collect();
    (size, patterns, classes)
}

/// Repeats `step`, which returns the loss, and prints the median time of a step.
pub fn run(mut step: impl FnMut() -> f64) {
    let steps: usize = argument("--steps", "8").parse().unwrap();
    let first = step();
    let (mut times, mut last) = (Vec::new(), first);
    for _ in 0..steps {
        let start = Instant::now();
        last = step();
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    println!("ms_per_step {:.2} first_loss {first:.4} last_loss {last:.4}", times[steps / 2]);
}
