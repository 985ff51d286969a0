//! Time in seconds to read a file of two columns, and only to parse its numbers: the best of five runs of
//! each. `peers/read_columns.py` compares it with other readers.

use std::time::Instant;

use xrd_io::read_scans;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: read_columns FILE")?;
    let points = read_scans(&path)?[0].axis().len();
    let ours = best_of_five(|| {
        read_scans(&path)
            .map(|scans| scans[0].axis().len())
            .unwrap_or(0)
    });
    let bare = best_of_five(|| {
        let bytes = std::fs::read(&path).unwrap_or_default();
        numbers(&bytes).len() / 2
    });
    println!("{points} {ours} {bare}");
    Ok(())
}

fn best_of_five(run: impl Fn() -> usize) -> f64 {
    let seconds = |_| {
        let start = Instant::now();
        assert!(run() > 0, "nothing was read");
        start.elapsed().as_secs_f64()
    };
    (0..5).map(seconds).fold(f64::INFINITY, f64::min)
}

/// Parses every number between white space, and does nothing else.
fn numbers(bytes: &[u8]) -> Vec<f64> {
    let (mut at, mut list) = (0, Vec::with_capacity(bytes.len() / 8));
    while at < bytes.len() {
        match fast_float2::parse_partial(&bytes[at..]) {
            Ok((value, length)) => {
                list.push(value);
                at += length + 1;
            }
            Err(_) => at += 1,
        }
    }
    list
}
