//! `xrd simulate`: structures to patterns.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use xrd_core::{PatternSet, TwoThetaGrid};
use xrd_io::write::PatternsOverQ;
use xrd_sim::smfe12::{Composition, draw, paper_set};
use xrd_sim::{Anode, Instrument, Profile, QGrid, RandomEffects, Shape};

use xrd_study::{Dataset, Table, Target, tables};

use crate::options::{Beam, Threads, at_most, count, not_negative, positive, target};
use crate::output::{self, say};
use crate::progress::{LateBar, Terminal};
use crate::simulation::{
    Division, Notes, Part, ReadStructure, Recipe, Simulated, StructureList, Summary, Together,
    check_names, measured_series, set_of, together, write_shards,
};

/// Crystal structures (CIF, POSCAR, JSON lines), or the built-in series, to patterns.
///
/// Writes patterns.npz (readable by numpy and by every xrd command) and labels.csv; with --xy also
/// one .xy file a pattern. Structures as JSON lines, of which there may be millions, become shards:
/// shard-00000.npy (patterns × points, mapped into memory by numpy.load(…, mmap_mode="r")),
/// shard-00000.csv (labels) and so on, and manifest.json when all are there. The lines of every
/// pattern are scaled to a maximum of 1.
///
/// With --grid q the points are uniform in Q = 4π sin θ/λ, where lines are at 2π/d whatever the
/// wavelength: the arrays and files are named q in place of two_theta, in 1/Å. xrd info and xrd
/// convert take such patterns.npz and .xy; networks are trained on angles.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd simulate NaCl.cif Fe.cif --from 10 --to 90 --out simulated
  xrd simulate Fe.cif --wavelength MoKa1 --dispersion --monochromator 12.1 --xy --axis q
  xrd simulate Fe.cif --grid q --from 1 --to 5.5 --step 0.002
  xrd simulate --out series            the 150 patterns of the built-in series
  xrd simulate --all Ti=0.75 --out odd every arrangement of one composition of it
  xrd simulate structures.jsonl --effects effects.toml --per-structure 20 --out training

Shards: a run that was stopped goes on where it was when it is started again, and makes damaged
shards anew. --shard 1/8 to --shard 8/8, on any machines that share the folder, make together the
bytes that one run makes.")]
pub(crate) struct Simulate {
    /// Structure files or folders of them; none for the built-in series
    #[arg(value_name = "FILE|DIR")]
    structures: Vec<PathBuf>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "simulated")]
    out: PathBuf,
    /// Every inequivalent arrangement of a composition of the series (Ti = n/4 without Zr, or
    /// Zr = n/8 with Ti = 1)
    #[arg(long, value_name = "Ti=X|Zr=Y", value_parser = target, conflicts_with = "structures")]
    all: Option<Target>,
    #[command(flatten)]
    beam: Beam,
    /// What the points are uniform in; --from, --to and --step are in degrees or in 1/Å
    #[arg(long, value_enum, default_value_t = Axis::TwoTheta)]
    grid: Axis,
    /// First point [default: 5 degrees, 1 for the series, or its Q]
    #[arg(long, value_name = "X", value_parser = not_negative)]
    from: Option<f64>,
    /// End of the points, itself not included [default: 90 degrees, 120 for the series, or its Q]
    #[arg(long, value_name = "X", value_parser = positive)]
    to: Option<f64>,
    /// Distance between points [default: 0.01 degrees, or 0.001 1/Å]
    #[arg(long, value_name = "X", value_parser = positive)]
    step: Option<f64>,
    /// Full width at half maximum of the lines in degrees
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    fwhm_deg: f64,
    /// Share of the Lorentzian in the lines, 0 (Gaussian) to 1
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    eta: f64,
    /// What instrument and specimen do to the patterns, drawn for each one (TOML; see the
    /// documentation of xrd_sim::RandomEffects)
    #[arg(long, value_name = "FILE")]
    effects: Option<PathBuf>,
    /// Seed of the effects
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Patterns of each structure, with effects drawn anew
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_most::<1_000_000>)]
    per_structure: usize,
    /// Tolerance in Å with which the space group is found
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    symprec: f64,
    /// One file or many [default: shards where structures are JSON lines, else npz]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Which part of the shards to make, as in 2/8
    #[arg(long, value_name = "I/N", value_parser = part)]
    shard: Option<Part>,
    /// Patterns in a shard, about
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = count)]
    shard_patterns: usize,
    /// Seed of the arrangements drawn for the built-in series
    #[arg(long, value_name = "N", default_value_t = 0)]
    dataset_seed: u64,
    /// One .xy file a pattern as well
    #[arg(long)]
    xy: bool,
    /// The axis of the .xy files: 2θ in degrees, or Q = 4π sin θ/λ in 1/Å at the same angles
    #[arg(long, value_enum, default_value_t = Axis::TwoTheta, requires = "xy")]
    axis: Axis,
    #[command(flatten)]
    threads: Threads,
}

/// How patterns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// patterns.npz
    Npz,
    /// Many .npy files, each with a table of labels
    Shards,
}

/// The axis of a pattern, or of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Axis {
    /// The angle 2θ in degrees
    TwoTheta,
    /// The scattering vector Q = 4π sin θ/λ in 1/Å
    Q,
}

/// More than this in one shard is too much to hold in memory.
const LARGEST_SHARD_BYTES: usize = 1 << 27;

fn share(text: &str) -> Result<f64, String> {
    match not_negative(text) {
        Ok(x) if x <= 1.0 => Ok(x),
        _ => Err("expected a number from 0 to 1".into()),
    }
}

/// I/N, 1 <= I <= N.
fn part(text: &str) -> Result<Part, String> {
    let (part, of) = text.split_once('/').ok_or("expected I/N, as in 2/8")?;
    match (part.parse::<usize>(), of.parse::<usize>()) {
        (Ok(part), Ok(of)) if 1 <= part && part <= of => Ok(Part {
            remainder: part - 1,
            of,
        }),
        _ => Err("expected I/N with I from 1 to N".into()),
    }
}

impl Simulate {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        let (effects, text) = self.read_effects()?;
        let (instrument, q) = self.instrument_and_q(&effects)?;
        let recipe = Recipe {
            instrument,
            q,
            effects,
            seed: self.seed,
            per_structure: self.per_structure,
            symprec: self.symprec,
        };
        if self.structures.is_empty() {
            if self.grid == Axis::Q {
                bail!("--grid q takes structures, not the built-in series");
            }
            return pool.install(|| self.series(&recipe));
        }
        let list = StructureList::open(&self.structures)?;
        if list.len() == 0 {
            bail!("{}: no structures", self.structures[0].display());
        }
        let shards = self.shard.is_some() || list.has_lines();
        match self.format {
            Some(Format::Npz) => pool.install(|| self.one_file(&recipe, &list)),
            None if !shards => pool.install(|| self.one_file(&recipe, &list)),
            _ => pool.install(|| self.shards(&recipe, &list, &text)),
        }
    }

    fn read_effects(&self) -> Result<(RandomEffects, String)> {
        let Some(path) = &self.effects else {
            return Ok(Default::default());
        };
        let named = || path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(named)?;
        let effects = toml::from_str(&text).with_context(named)?;
        Ok((effects, text))
    }

    /// The instrument, and the points of patterns over Q.
    fn instrument_and_q(&self, effects: &RandomEffects) -> Result<(Instrument, Option<QGrid>)> {
        let defaults = match self.structures.is_empty() {
            true => Instrument::paper(self.fwhm_deg)?,
            false => Instrument::laboratory(self.fwhm_deg)?,
        };
        let tube = effects.anode().map(Anode::k_alpha1);
        let wavelength = tube.unwrap_or(defaults.diffraction.wavelength);
        let mut instrument = Instrument {
            diffraction: self.beam.diffraction(wavelength),
            profile: Profile::new(Shape::PseudoVoigt { eta: self.eta }, self.fwhm_deg)?,
            ..defaults
        };
        let (first, step) = (defaults.grid.start(), defaults.grid.step());
        let end = first + step * defaults.grid.len() as f64;
        let told = "--from, --to and --step";
        if self.grid == Axis::TwoTheta {
            let (from, step, points) = self.points(first, end, step)?;
            instrument.grid = TwoThetaGrid::new(from, step, points).context(told)?;
            return Ok((instrument, None));
        }
        let wavelength = instrument.diffraction.wavelength;
        // In whole hundredths, inside the angles.
        let from = (100.0 * wavelength.q_per_angstrom(first)).ceil() / 100.0;
        let to = (100.0 * wavelength.q_per_angstrom(end)).floor() / 100.0;
        let (from, step, points) = self.points(from, to, 0.001)?;
        let q = QGrid::new(from, step, points).context(told)?;
        q.angles(wavelength).context(told)?;
        Ok((instrument, Some(q)))
    }

    /// The first point, the step and how many points there are.
    fn points(&self, from: f64, to: f64, step: f64) -> Result<(f64, f64, usize)> {
        let (from, to) = (self.from.unwrap_or(from), self.to.unwrap_or(to));
        let step = self.step.unwrap_or(step);
        let points = ((to - from) / step).round();
        if !(1.0..=1e7).contains(&points) {
            bail!("--from {from} --to {to} --step {step} is {points} points (expected 1 to 1e7)");
        }
        Ok((from, step, points as usize))
    }

    /// The built-in series.
    fn series(&self, recipe: &Recipe) -> Result<()> {
        let arrangements = match &self.all {
            None => paper_set(self.dataset_seed)?,
            Some(target) => draw(composition(target)?, usize::MAX, self.dataset_seed)?,
        };
        let (set, labels) = match recipe.effects.is_none() {
            true => {
                let data = Dataset::series(recipe.instrument, arrangements, &Terminal::default())?;
                (data.set, data.labels)
            }
            false => measured_series(recipe, &arrangements)?,
        };
        self.write(&set, &tables::labels(set.names(), &labels))
    }

    /// Patterns of all structures in one file. What cannot be computed is left out and told,
    /// unless nothing remains.
    fn one_file(&self, recipe: &Recipe, list: &StructureList) -> Result<()> {
        let bar = LateBar::new("simulating");
        bar.set_length(list.len() as u64);
        let one = |(place, read): (usize, ReadStructure)| {
            let simulated = recipe.simulate(place, read);
            bar.inc(1);
            simulated
        };
        let entries = list.read(0..list.len())?;
        let read: Vec<_> = entries.par_iter().map(|entry| entry.read()).collect();
        check_names(&read)?;
        let all: Vec<Simulated> = read.into_par_iter().enumerate().map(one).collect();
        bar.finish();
        let mut notes = Notes::default();
        all.iter().for_each(|simulated| notes.add(&simulated.notes));
        notes.tell();
        let together = together(recipe, all)?;
        if let Some(q) = recipe.q {
            return self.write_over_q(recipe, q, &together);
        }
        let (set, labels) = set_of(recipe, together)?;
        self.write(&set, &labels)
    }

    fn write_over_q(&self, recipe: &Recipe, grid: QGrid, patterns: &Together) -> Result<()> {
        let q: Vec<f64> = grid.values().collect();
        let set = PatternsOverQ::new(
            &q,
            &patterns.names,
            &patterns.intensities,
            recipe.instrument.diffraction.wavelength,
        );
        let mut out = output::open(&self.out)?;
        let mut npz = Vec::new();
        xrd_io::write::over_q_npz(&mut npz, &set)?;
        out.write("patterns.npz", |f| f.write_all(&npz))?;
        out.write("labels.csv", |f| patterns.labels.write(f))?;
        if self.xy {
            for (i, name) in patterns.names.iter().enumerate() {
                out.write(format!("{name}.xy"), |f| set.write_xy(f, i))?;
            }
        }
        out.commit()?;
        let (patterns, points, folder) = (patterns.names.len(), q.len(), self.out.display());
        let [from, to, step] =
            [grid.start(), grid.last(), grid.step()].map(|q| (q * 1e9).round() / 1e9);
        say(&format!(
            "{patterns} patterns of {points} points from {from} to {to} by {step} 1/Å in {folder}"
        ))
    }

    fn write(&self, set: &PatternSet, labels: &Table) -> Result<()> {
        let mut out = output::open(&self.out)?;
        // An archive is written where one can go back; a buffer is such a place.
        let mut npz = Vec::new();
        xrd_io::write::set_npz(&mut npz, set, &[])?;
        out.write("patterns.npz", |f| f.write_all(&npz))?;
        out.write("labels.csv", |f| labels.write(f))?;
        if self.xy {
            for (i, name) in set.names().iter().enumerate() {
                let pattern = set.pattern(i);
                out.write(format!("{name}.xy"), |f| match self.axis {
                    Axis::TwoTheta => xrd_io::write::pattern_xy(f, &pattern),
                    Axis::Q => xrd_io::write::over_q_xy(f, &pattern),
                })?;
            }
        }
        out.commit()?;
        let (patterns, grid) = (set.len(), set.grid());
        say(&format!(
            "{patterns} patterns of {grid} in {}",
            self.out.display()
        ))
    }

    fn shards(&self, recipe: &Recipe, list: &StructureList, effects: &str) -> Result<()> {
        let most = LARGEST_SHARD_BYTES / (4 * recipe.points());
        if self.xy {
            bail!("--xy writes a file a pattern, which shards are there to avoid (--format npz)");
        }
        let patterns = self.shard_patterns.max(recipe.per_structure);
        if patterns > most {
            bail!("--shard-patterns {patterns} (expected at most {most} of so many points)");
        }
        let division = Division::new(list.len(), recipe.per_structure, self.shard_patterns);
        let part = self.shard.unwrap_or(Part::WHOLE);
        let bar = LateBar::new("simulating");
        let summary = write_shards(list, recipe, &division, effects, part, &self.out, &bar)?;
        bar.finish();
        report(summary, &self.out)
    }
}

/// What was made, how fast, and what is there.
fn report(summary: Summary, folder: &Path) -> Result<()> {
    summary.notes.tell();
    let seconds = summary.took.as_secs_f64();
    let rate = summary.made as f64 / seconds.max(1e-9);
    let (made, folder) = (summary.made, folder.display());
    say(&format!(
        "{made} patterns made in {seconds:.1} s ({rate:.0} a second)"
    ))?;
    let Some(manifest) = &summary.manifest else {
        let there = summary.shards - summary.missing;
        return say(&format!("{there} of {} shards in {folder}", summary.shards));
    };
    if manifest["failed"] != 0 {
        let failed = &manifest["failed"];
        eprintln!("note: {failed} structures failed (see failed in {folder}/manifest.json)");
    }
    let patterns = &manifest["patterns"];
    say(&format!(
        "{patterns} patterns in {} shards in {folder}",
        summary.shards
    ))
}

fn composition(target: &Target) -> Result<Composition> {
    let whole = |times: f64, most: f64| {
        let n = times * target.value;
        (n.fract() == 0.0 && (0.0..=most).contains(&n)).then_some(n as usize)
    };
    let found = match target.column.as_str() {
        "Ti" => whole(4.0, 16.0).map(Composition::Titanium),
        "Zr" => whole(8.0, 8.0).map(Composition::Zirconium),
        _ => None,
    };
    match found {
        Some(composition) => Ok(composition),
        None => {
            bail!("--all {target} is not in the series (Ti = 0, 0.25 ... 4 or Zr = 0, 0.125 ... 1)")
        }
    }
}
