//! Answers of the shipped model about scans of one structure on other instruments, compared with a plain scan:
//!
//! ```text
//! cargo run --release -p xrd-benches --bin any_scan -- LIBRARY.lines STRUCTURES.jsonl --patterns 300
//! ```
//!
//! Structures are chosen at random (`--seed 1`) and simulated with lines 0.1° wide and no other effect. LIBRARY.lines
//! is made by `xrd library` and has the structures; the entry of a pattern's own structure is left out, so that the
//! answer is no mere recognition. The plain scan has Cu Kα1, 5° to 90° and steps of 0.02°. Each row is one change, and
//! lists how many answers have the same space group and crystal system as the plain scan, the mean change of
//! the certainty, and how many are right.

use std::collections::HashMap;
use std::error::Error;

use rayon::prelude::*;
use xrd_benches::argument;
use xrd_core::{Pattern, Scale, Structure, TwoThetaGrid};
use xrd_identify::{Library, Prepared};
use xrd_io::StructureLines;
use xrd_sim::{
    AmorphousHump, Anode, CountingNoise, Effects, Emission, Instrument, PatternKey, Series, measure,
};
use xrd_study::xrd_symmetry::{Classification, Model, Probabilities};

type Res<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A way to measure a pattern.
struct Scan {
    name: &'static str,
    anode: Anode,
    /// First and last angle and step in degrees.
    range: [f64; 3],
    /// Heights of Kα2 and Kβ relative to Kα1.
    emission: [f64; 2],
    /// Height of a hump of scattering by air and of one of glass.
    background: f64,
    counts: Option<f64>,
    factor: f32,
}

const PLAIN: Scan = Scan {
    name: "plain: Cu Kα1, 5–90°, step 0.02°",
    anode: Anode::Cu,
    range: [5.0, 90.0, 0.02],
    emission: [0.0, 0.0],
    background: 0.0,
    counts: None,
    factor: 1.0,
};

/// All scans; the first is the plain one. Ranges of other anodes have the lattice spacings of the plain scan, as far as
/// 150° reaches.
fn scans() -> Vec<Scan> {
    let anode = |name, anode, to| Scan {
        name,
        anode,
        range: [2.0, to, 0.02],
        emission: [0.5, 0.0],
        ..PLAIN
    };
    let range = |name, range| Scan {
        name,
        range,
        ..PLAIN
    };
    vec![
        PLAIN,
        Scan {
            name: "scaled by 1000",
            factor: 1000.0,
            ..PLAIN
        },
        Scan {
            name: "Kα1 and Kα2",
            emission: [0.5, 0.0],
            ..PLAIN
        },
        Scan {
            name: "Kα1, Kα2 and Kβ 2 %",
            emission: [0.5, 0.02],
            ..PLAIN
        },
        Scan {
            name: "Kα1, Kα2 and Kβ 15 %",
            emission: [0.5, 0.15],
            ..PLAIN
        },
        anode("Co Kα, 2–111°", Anode::Co, 111.0),
        anode("Fe Kα, 2–126°", Anode::Fe, 126.0),
        anode("Cr Kα, 2–150°", Anode::Cr, 150.0),
        anode("Mo Kα, 2–39°", Anode::Mo, 39.0),
        range("10–80°", [10.0, 80.0, 0.02]),
        range("15–60°", [15.0, 60.0, 0.02]),
        range("step 0.05°", [5.0, 90.0, 0.05]),
        range("step 0.1°", [5.0, 90.0, 0.1]),
        Scan {
            name: "background 0.3 of the highest line",
            background: 0.3,
            ..PLAIN
        },
        Scan {
            name: "2,000 counts at the highest line",
            counts: Some(2000.0),
            ..PLAIN
        },
    ]
}

impl Scan {
    fn of(&self, structure: &Structure, key: PatternKey) -> Res<Prepared> {
        let [from, to, step] = self.range;
        let grid = TwoThetaGrid::new(from, step, ((to - from) / step) as usize + 1)?;
        let mut instrument = Instrument::laboratory(0.1)?.with_grid(grid);
        let line = self.anode.line(Series::KAlpha1);
        instrument.diffraction.wavelength = line.wavelength();
        let [k_alpha2, k_beta] = self.emission;
        let mut effects = Effects::default();
        effects.emission = Some(Emission::new(self.anode, k_alpha2, k_beta)?);
        if self.background > 0.0 {
            effects.amorphous = vec![
                AmorphousHump::new(0.0, 30.0, self.background)?,
                AmorphousHump::new(25.0, 12.0, self.background / 2.0)?,
            ];
        }
        effects.counting_noise = self.counts.map(CountingNoise::new).transpose()?;
        let pattern = measure(structure, &instrument, &effects, key)?;
        let scaled = pattern
            .intensities()
            .iter()
            .map(|v| v * self.factor)
            .collect();
        let scaled = Pattern::new(grid, Scale::ARBITRARY, scaled)?;
        Ok(Prepared::of(&scaled.with_wavelength(pattern.wavelength()))?)
    }
}

/// Structure with its entry in the library.
struct Known {
    entry: usize,
    structure: Structure,
}

fn main() -> Res<()> {
    let paths: Vec<String> = std::env::args().skip(1).take(2).collect();
    let [library, structures] = &paths[..] else {
        return Err("expected LIBRARY.lines STRUCTURES.jsonl".into());
    };
    let library = Library::from_bytes(&std::fs::read(library)?)?;
    let count = argument("--patterns", 300)?;
    let known = known(&library, structures, count, argument("--seed", 1u64)?)?;
    let model = Model::shipped()?;
    println!("{} structures, model {}", known.len(), model.name());
    println!(
        "| scan | same space group % | same crystal system % | change of the certainty | right space group % | right crystal system % |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let mut plain: Vec<Classification> = Vec::new();
    for scan in scans() {
        let pattern = |(i, k): (usize, &Known)| scan.of(&k.structure, PatternKey::new(1, i as u64));
        let patterns = known.par_iter().enumerate().map(pattern);
        let patterns: Vec<Prepared> = patterns.collect::<Res<_>>()?;
        let is_allowed = |i: usize, entry: usize| known[i].entry != entry;
        let found = model.classify_of(&patterns, &library, is_allowed)?;
        if plain.is_empty() {
            plain.clone_from(&found);
        }
        print(scan.name, &found, &plain, (&known, &library));
    }
    Ok(())
}

fn print(
    name: &str,
    found: &[Classification],
    plain: &[Classification],
    (known, library): (&[Known], &Library),
) {
    let group = |p: &Probabilities| p.most_likely(1)[0].0;
    let system = |p: &Probabilities| p.crystal_system().0;
    let pairs = || {
        found
            .iter()
            .zip(plain)
            .map(|(a, b)| (&a.probabilities, &b.probabilities))
    };
    let percent = |count: usize| 100.0 * count as f64 / found.len() as f64;
    let same = pairs().filter(|(a, b)| group(a) == group(b)).count();
    let same_system = pairs().filter(|(a, b)| system(a) == system(b)).count();
    let change: f64 = pairs().map(|(a, b)| a.certainty() - b.certainty()).sum();
    let truth = |k: &Known| library.title(k.entry).map_or(0, |t| t.space_group);
    let right = found.iter().zip(known);
    let right = right.map(|(a, k)| (&a.probabilities, truth(k)));
    let right_group = right
        .clone()
        .filter(|(a, t)| group(a).number() == *t)
        .count();
    let is_system = |t: u16| xrd_core::CrystalSystem::of_space_group(t).ok();
    let right_system = right
        .filter(|(a, t)| Some(system(a)) == is_system(*t))
        .count();
    println!(
        "| {name} | {:.1} | {:.1} | {:+.3} | {:.1} | {:.1} |",
        percent(same),
        percent(same_system),
        change / found.len() as f64,
        percent(right_group),
        percent(right_system),
    );
}

/// Random order by splitmix64.
fn mixed(seed: u64, index: u64) -> u64 {
    let mut z = (seed << 32 ^ index).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Structures of the library in random order, those that every scan can show.
fn known(library: &Library, file: &str, count: usize, seed: u64) -> Res<Vec<Known>> {
    let source = |i: usize| library.title(i).map_or("", |t| t.source);
    let entries: HashMap<&str, usize> = (0..library.len()).map(|i| (source(i), i)).collect();
    let lines = StructureLines::open(file)?;
    let all = lines.read(0..lines.len())?;
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|i| mixed(seed, *i as u64));
    let scans = scans();
    let one = |i: &usize| -> Option<Known> {
        let (id, structure) = all[*i].parse().ok()?;
        let entry = *entries.get(id?.as_str())?;
        let key = PatternKey::new(seed, *i as u64);
        scans
            .iter()
            .all(|s| s.of(&structure, key).is_ok())
            .then_some(Known { entry, structure })
    };
    Ok(order.par_iter().take(count).filter_map(one).collect())
}
