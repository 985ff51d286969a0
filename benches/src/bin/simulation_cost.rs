//! Time of simulating patterns as a function of the number of atoms and planes:
//!
//! ```text
//! cargo run --release -p xrd-benches --bin simulation_cost -- [--effects FILE.toml] [--every N] FILE.jsonl…
//! ```
//!
//! Every N-th structure (10 by default) is simulated on one thread, Cu Kα1, 5.00 to 89.99 degrees
//! by 0.01: once the reflections only, and once a pattern with the effects of the file, if one is given.
//! Each time is the shortest of three. The times are fitted by relative least squares with
//!
//! ```text
//! time = a + b · atoms · planes + c · planes
//! ```
//!
//! where planes is the number of pairs (hkl), (−h −k −l) in the range. The time of each part is printed,
//! with the median and the 90 % quantile of the relative error of the fit.

use std::error::Error;
use std::time::Instant;

use nalgebra::{DMatrix, DVector};
use xrd_core::{Structure, Wavelength};
use xrd_io::StructureLines;
use xrd_sim::{
    Diffraction, Instrument, PatternKey, RandomEffects, measure, reflections, space_group,
};

struct Sample {
    atoms: f64,
    planes: f64,
    reflections_us: f64,
    pattern_us: f64,
    symmetry_us: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut every, mut effects, mut files) = (10, RandomEffects::default(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--every" => every = arguments.next().ok_or("--every N")?.parse()?,
            "--effects" => {
                let path = arguments.next().ok_or("--effects FILE")?;
                effects = toml::from_str(&std::fs::read_to_string(path)?)?;
            }
            _ => files.push(argument),
        }
    }
    let mut samples = Vec::new();
    for file in &files {
        let lines = StructureLines::open(file)?;
        for line in lines.read(0..lines.len())?.iter().step_by(every) {
            let (_, structure) = line.parse()?;
            samples.push(sample(&structure, &effects, samples.len() as u64)?);
        }
    }
    let mean = |f: fn(&Sample) -> f64| samples.iter().map(f).sum::<f64>() / samples.len() as f64;
    println!(
        "{} structures, {:.1} atoms, {:.0} planes on average",
        samples.len(),
        mean(|s| s.atoms),
        mean(|s| s.planes)
    );
    fit("reflections", &samples, |s| s.reflections_us);
    fit("pattern", &samples, |s| s.pattern_us);
    println!("space group: {:.0} us on average", mean(|s| s.symmetry_us));
    Ok(())
}

fn sample(
    structure: &Structure,
    effects: &RandomEffects,
    index: u64,
) -> Result<Sample, Box<dyn Error>> {
    let instrument = Instrument::laboratory(0.1)?;
    let key = PatternKey::new(0, index);
    let drawn = effects.draw(key)?;
    let cu = Diffraction::new(Wavelength::angstrom(1.540_593)?);
    let planes = reflections(structure, &cu, 5.0..=90.0)?;
    Ok(Sample {
        atoms: structure.atoms().len() as f64,
        planes: planes.iter().map(|r| r.multiplicity as f64).sum::<f64>() / 2.0,
        reflections_us: least_us(|| reflections(structure, &cu, 5.0..=90.0).map(drop))?,
        pattern_us: least_us(|| measure(structure, &instrument, &drawn, key).map(drop))?,
        symmetry_us: least_us(|| space_group(structure, 0.1).map(drop))?,
    })
}

/// The shortest time of three runs.
fn least_us(work: impl Fn() -> xrd_sim::Result<()>) -> xrd_sim::Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        work()?;
        least = least.min(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(least)
}

/// Fits the times and prints their parts.
fn fit(what: &str, samples: &[Sample], time: fn(&Sample) -> f64) {
    let row = |s: &Sample| [1.0, s.atoms * s.planes, s.planes];
    // Rows are weighted by 1/time, so that small structures count as much as large ones.
    let matrix = DMatrix::from_fn(samples.len(), 3, |i, j| {
        row(&samples[i])[j] / time(&samples[i])
    });
    let ones = DVector::from_element(samples.len(), 1.0);
    let Ok(x) = matrix.svd(true, true).solve(&ones, 1e-12) else {
        return println!("{what}: no fit");
    };
    let model = |s: &Sample| row(s).iter().zip(x.iter()).map(|(r, x)| r * x).sum::<f64>();
    let mut off: Vec<f64> = samples
        .iter()
        .map(|s| (model(s) / time(s) - 1.0).abs())
        .collect();
    off.sort_by(f64::total_cmp);
    let mean = samples.iter().map(time).sum::<f64>() / samples.len() as f64;
    println!(
        "{what}: {mean:.0} us on average; {:.1} us + {:.3} ns per atom and plane + {:.1} ns per plane; \
         error of the fit: median {:.0} %, 90 % quantile {:.0} %",
        x[0],
        1e3 * x[1],
        1e3 * x[2],
        100.0 * off[off.len() / 2],
        100.0 * off[off.len() * 9 / 10]
    );
}
