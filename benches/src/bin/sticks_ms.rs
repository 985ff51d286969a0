//! Time in milliseconds to compute the reflections of a structure, without and with known symmetry.
//! `peers/stick_speed.py` runs it in turn with other programs.
//!
//! ```text
//! sticks_ms FILE [--wavelength X] [--from X] [--to X] [--tolerance X] [--threads N] [--repeats N]
//!     [--each 1]
//! ```
//!
//! The file has one structure per line. Reading and the search for symmetry are not timed. The output is
//! one line of JSON: the time of the fastest repeat, the total intensity of each structure by both
//! methods, and with `--each 1` the atoms, planes and time of each structure.

use std::hint::black_box;
use std::ops::RangeInclusive;
use std::time::Instant;

use rayon::prelude::*;
use xrd_benches::argument;
use xrd_core::{Structure, Wavelength};
use xrd_io::StructureLines;
use xrd_sim::{Diffraction, Reflection, Symmetry, reflections, reflections_by_symmetry};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A structure, its symmetry, and the options of its reflections.
struct Task {
    structure: Structure,
    symmetry: Symmetry,
    beam: Diffraction,
    range: RangeInclusive<f64>,
}

type Way = fn(&Task) -> xrd_sim::Result<Vec<Reflection>>;

const WAYS: [(&str, Way); 2] = [
    ("plain", |t| {
        reflections(&t.structure, &t.beam, t.range.clone())
    }),
    ("symmetry", |t| {
        reflections_by_symmetry(&t.structure, &t.symmetry, &t.beam, t.range.clone())
    }),
];

fn main() -> Outcome<()> {
    let path = std::env::args().nth(1).ok_or("usage: sticks_ms FILE")?;
    let tasks = read(&path)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(argument("--threads", 1)?);
    let pool = pool.build()?;
    let repeats = argument("--repeats", 5)?;

    let mut fields = Vec::new();
    for (name, way) in WAYS {
        let all = || -> Vec<_> { tasks.par_iter().map(way).collect() };
        let ms = fastest(repeats, || pool.install(all)) / tasks.len() as f64;
        fields.push(format!("\"{name}_ms\": {ms}"));
        let sums = each(&tasks, |t| way(t).map(|lines| total(&lines)))?;
        fields.push(format!("\"{name}_totals\": {sums:?}"));
        if argument("--each", 0)? == 1 {
            let times = each(&tasks, |t| Ok(fastest(repeats, || way(t))))?;
            fields.push(format!("\"{name}_each_ms\": {times:?}"));
        }
    }
    let atoms = each(&tasks, |t| Ok(t.structure.atoms().len() as f64))?;
    fields.push(format!("\"atoms\": {atoms:?}"));
    fields.push(format!("\"planes\": {:?}", each(&tasks, planes)?));
    println!("{{{}}}", fields.join(", "));
    Ok(())
}

fn read(path: &str) -> Outcome<Vec<Task>> {
    let mut beam = Diffraction::new(Wavelength::angstrom(argument("--wavelength", 1.540_593)?)?);
    beam.b_iso = 0.0;
    let range = argument("--from", 5.0)?..=argument("--to", 90.0)?;
    let tolerance = argument("--tolerance", 1e-3)?;
    let lines = StructureLines::open(path)?;
    let task = |line: xrd_io::StructureLine| {
        let structure = line.parse()?.1;
        Ok(Task {
            symmetry: Symmetry::within(&structure, tolerance)?,
            range: RangeInclusive::clone(&range),
            structure,
            beam,
        })
    };
    lines.read(0..lines.len())?.into_iter().map(task).collect()
}

/// The time of the fastest repeat in milliseconds.
fn fastest<T>(repeats: usize, work: impl Fn() -> T) -> f64 {
    let ms = || {
        let start = Instant::now();
        black_box(work());
        1e3 * start.elapsed().as_secs_f64()
    };
    (0..repeats).map(|_| ms()).fold(f64::INFINITY, f64::min)
}

fn each(tasks: &[Task], of: impl Fn(&Task) -> xrd_sim::Result<f64>) -> xrd_sim::Result<Vec<f64>> {
    tasks.iter().map(of).collect()
}

fn total(lines: &[Reflection]) -> f64 {
    lines.iter().map(|line| line.intensity).sum()
}

/// The number of pairs of planes (hkl), (−h −k −l) in the range, including extinct ones.
fn planes(task: &Task) -> xrd_sim::Result<f64> {
    let mut every = task.beam;
    every.weakest = -1.0;
    let lines = reflections(&task.structure, &every, task.range.clone())?;
    Ok(lines.iter().map(|r| r.multiplicity).sum::<usize>() as f64 / 2.0)
}
