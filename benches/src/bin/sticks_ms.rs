//! Milliseconds a structure that reflections take, without and with known symmetry, and what they
//! amount to: one round, for `peers/stick_speed.py`, which runs it in turn with other programs.
//!
//! ```text
//! sticks_ms FILE [--wavelength X] [--from X] [--to X] [--tolerance X] [--threads N] [--repeats N]
//! ```
//!
//! The file has a structure a line; it is read, and symmetry found, before the clock starts.

use std::ops::RangeInclusive;
use std::time::Instant;

use rayon::prelude::*;
use xrd_benches::argument;
use xrd_core::{Structure, Wavelength};
use xrd_io::StructureLines;
use xrd_sim::{Diffraction, Reflection, Symmetry, reflections, reflections_by_symmetry};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let path = std::env::args().nth(1).ok_or("usage: sticks_ms FILE")?;
    let wavelength = Wavelength::angstrom(argument("--wavelength", 1.540_593)?)?;
    let mut beam = Diffraction::new(wavelength);
    beam.b_iso = 0.0;
    let range: RangeInclusive<f64> = argument("--from", 5.0)?..=argument("--to", 90.0)?;
    let (tolerance, repeats) = (argument("--tolerance", 1e-3)?, argument("--repeats", 5)?);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(argument("--threads", 1)?);
    let pool = pool.build()?;

    let lines = StructureLines::open(path)?;
    let lines = lines.read(0..lines.len())?;
    let structures = lines.iter().map(|line| Ok(line.parse()?.1));
    let structures = structures.collect::<Outcome<Vec<Structure>>>()?;
    let symmetry = structures.iter().map(|s| Symmetry::within(s, tolerance));
    let symmetry = symmetry.collect::<Result<Vec<_>, _>>()?;
    let known: Vec<(&Structure, &Symmetry)> = structures.iter().zip(&symmetry).collect();

    let mut best = [f64::INFINITY; 2];
    let mut totals = [(0, 0.0); 2];
    for _ in 0..repeats {
        let start = Instant::now();
        totals[0] = pool.install(|| {
            total(
                structures
                    .par_iter()
                    .map(|s| reflections(s, &beam, range.clone())),
            )
        })?;
        best[0] = best[0].min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        totals[1] = pool.install(|| {
            let by_symmetry = |(s, y): &(&Structure, &Symmetry)| {
                reflections_by_symmetry(s, y, &beam, range.clone())
            };
            total(known.par_iter().map(by_symmetry))
        })?;
        best[1] = best[1].min(start.elapsed().as_secs_f64());
    }
    for ((name, seconds), (count, sum)) in ["plain", "symmetry"].iter().zip(best).zip(totals) {
        let ms = 1e3 * seconds / structures.len() as f64;
        println!("{name} {ms} {count} {sum:?}");
    }
    Ok(())
}

/// The number of families, and the sum of the strongest lines' shares of all intensity.
fn total(
    found: impl IndexedParallelIterator<Item = xrd_sim::Result<Vec<Reflection>>>,
) -> Outcome<(usize, f64)> {
    let share = |lines: Vec<Reflection>| {
        let strongest = lines.iter().map(|r| r.intensity).fold(0.0, f64::max);
        let all: f64 = lines.iter().map(|r| r.intensity).sum();
        (lines.len(), strongest / all.max(f64::MIN_POSITIVE))
    };
    let found: Vec<_> = found.map(|lines| lines.map(share)).collect();
    let mut sum = (0, 0.0);
    for lines in found {
        let (count, share) = lines?;
        sum = (sum.0 + count, sum.1 + share);
    }
    Ok(sum)
}
