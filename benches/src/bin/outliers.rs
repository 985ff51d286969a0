//! Outliers of sets of patterns, one line of JSON per set, for `benches/peers/outliers.py`.
//!
//! Usage: outliers FILE ... (each .npz, .csv or another matrix of patterns)

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use serde_json::json;
use xrd_io::{ReadOptions, read_patterns};
use xrd_study::{Patterns, find_outliers};

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1) {
        let set: Patterns = read_patterns(Path::new(&path), &ReadOptions::default())?
            .set
            .into();
        let start = Instant::now();
        let found = find_outliers(&set)?;
        let seconds = start.elapsed().as_secs_f64();
        let line = json!({
            "file": path,
            "seconds": seconds,
            "scores": found.scores,
            "report": found.report,
        });
        println!("{line}");
    }
    Ok(())
}
