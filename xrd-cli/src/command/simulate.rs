//! `xrd simulate`: patterns of crystal structures.

mod mixtures;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use xrd_core::{PatternSet, TwoThetaGrid};
use xrd_io::write::PatternsOverQ;
use xrd_sim::smfe12::{self, Composition, draw, paper_set};
use xrd_sim::{Anode, Instrument, Profile, QGrid, RandomEffects, Shape};

use xrd_study::{Observer, Stage, Table, Target, tables};

use self::mixtures::Mixtures;
use crate::options::{Beam, Threads, at_most, count, not_negative, positive, target};
use crate::output::{self, say};
use crate::progress::{LateBar, Terminal};
use crate::simulation::{
    Division, Notes, Part, ReadStructure, Recipe, Simulated, StructureList, Summary, Together,
    measured_series, set_of, together, write_shards,
};

/// Simulate patterns of crystal structures (CIF, POSCAR, JSON lines) or of the built-in series.
///
/// Writes patterns.npz, which numpy and every xrd command can read, and labels.csv. With --xy it also
/// writes one .xy file per pattern. The lines of every pattern are scaled to a maximum of 1.
///
/// JSON lines may hold millions of structures. Their patterns are written as shards:
/// shard-00000.npy (patterns × points; numpy.load(…, mmap_mode="r") maps it into memory),
/// shard-00000.csv (labels) and so on. manifest.json is written when all shards are complete.
///
/// With --grid q the points are uniform in Q = 4π sin θ/λ, in 1/Å. A line is then at 2π/d for any
/// wavelength. The arrays and files are named q instead of two_theta. xrd info and xrd convert read
/// such patterns.npz and .xy files. Networks can only be trained on patterns over 2θ.
///
/// With --mixtures the structures are phases, and every pattern is that of a mixture with random
/// fractions. labels.csv contains the weight fractions, mole_fractions.csv the mole fractions of the
/// formula units, and height_shares.csv the shares in the sum of the heights of the strongest lines, with
/// one column per phase, named by its file. The intensities of the phases are on one physical scale
/// (Hill and Howard, 1987). Microabsorption is not simulated.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd simulate NaCl.cif Fe.cif --from 10 --to 90 --out simulated
  xrd simulate Fe.cif --wavelength MoKa1 --dispersion --monochromator 12.1 --xy --axis q
  xrd simulate Fe.cif --grid q --from 1 --to 5.5 --step 0.002
  xrd simulate --out series            the 150 patterns of the built-in series
  xrd simulate --all Ti=0.75 --out odd   every arrangement of one composition of the series
  xrd simulate structures.jsonl --effects effects.toml --per-structure 20 --out training
  xrd simulate SrO.cif Li2O.cif Al2O3.cif --mixtures 2000 --fractions 0.05:0.9 --out mixtures
  xrd study mixtures/patterns.npz --labels mixtures/labels.csv   trains on these mixtures

Shards: start a stopped run again to continue it. Damaged shards are replaced. The work can be
divided among machines that share the folder: --shard 1/8 to --shard 8/8 together write the same
bytes as one run.")]
pub(crate) struct Simulate {
    /// Structure files, or folders of structure files [default: the built-in series]
    #[arg(value_name = "FILE|DIR")]
    structures: Vec<PathBuf>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "simulated")]
    out: PathBuf,
    /// Simulate all inequivalent arrangements of this composition of the built-in series (Ti = n/4
    /// without Zr, or Zr = n/8 with Ti = 1)
    #[arg(long, value_name = "Ti=X|Zr=Y", value_parser = target, conflicts_with = "structures")]
    all: Option<Target>,
    #[command(flatten)]
    beam: Beam,
    /// Axis on which the points are uniform. --from, --to and --step are in its unit, degrees or 1/Å
    #[arg(long, value_enum, default_value_t = Axis::TwoTheta)]
    grid: Axis,
    /// First point [default: 5 degrees, or 1 for the built-in series; with --grid q the Q of that angle]
    #[arg(long, value_name = "X", value_parser = not_negative)]
    from: Option<f64>,
    /// End of the range, not included [default: 90 degrees, or 120 for the built-in series; with
    /// --grid q the Q of that angle]
    #[arg(long, value_name = "X", value_parser = positive)]
    to: Option<f64>,
    /// Distance between points [default: 0.01 degrees, or 0.001 1/Å]
    #[arg(long, value_name = "X", value_parser = positive)]
    step: Option<f64>,
    /// Full width at half maximum of the lines in degrees
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    fwhm_deg: f64,
    /// Lorentzian share of the pseudo-Voigt profile, from 0 (Gaussian) to 1
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    eta: f64,
    #[command(flatten)]
    mixtures: Mixtures,
    /// Effects of instrument and specimen, drawn at random for each pattern: a TOML file such as
    /// examples/effects.toml, explained in xrd-cli/docs/effects.md; or 'laboratory', a diffractometer
    /// with a copper tube (Kα2, zero shift, displacement, widths, texture, lattice strain, background,
    /// noise); or 'none' [default: none, or laboratory for --mixtures]
    #[arg(long, value_name = "FILE|NAME")]
    effects: Option<PathBuf>,
    /// Random seed of the effects
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Number of patterns per structure, each with its own random effects
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_most::<1_000_000>)]
    per_structure: usize,
    /// Tolerance in Å of the space-group search
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    symprec: f64,
    /// Output format [default: shards if the structures are JSON lines, else npz]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Part of the shards to make, as in 2/8: the second of eight parts
    #[arg(long, value_name = "I/N", value_parser = part)]
    shard: Option<Part>,
    /// Approximate number of patterns per shard
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = count)]
    shard_patterns: usize,
    /// Seed of the random arrangements of the built-in series
    #[arg(long, value_name = "N", default_value_t = 0)]
    dataset_seed: u64,
    /// Also write one .xy file per pattern
    #[arg(long)]
    xy: bool,
    /// Axis of the .xy files: 2θ in degrees, or Q = 4π sin θ/λ in 1/Å at the same angles
    #[arg(long, value_enum, default_value_t = Axis::TwoTheta, requires = "xy")]
    axis: Axis,
    #[command(flatten)]
    threads: Threads,
}

/// Output format of the patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One file, patterns.npz
    Npz,
    /// Many .npy files, each with its table of labels
    Shards,
}

/// Axis of a pattern or of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Axis {
    /// The angle 2θ in degrees
    TwoTheta,
    /// The scattering vector Q = 4π sin θ/λ in 1/Å
    Q,
}

/// Largest size of a shard, because a shard is held in memory.
const LARGEST_SHARD_BYTES: usize = 1 << 27;

fn share(text: &str) -> Result<f64, String> {
    match not_negative(text) {
        Ok(x) if x <= 1.0 => Ok(x),
        _ => Err("expected a number from 0 to 1".into()),
    }
}

/// Reads I/N with 1 <= I <= N.
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
                bail!("--grid q needs structures; the built-in series is over 2θ");
            }
            return pool.install(|| self.series(&recipe));
        }
        let list = StructureList::open(&self.structures)?.with_unique_names()?;
        if list.len() == 0 {
            bail!("{}: no structures", self.structures[0].display());
        }
        if let Some(count) = self.mixtures.count {
            return pool.install(|| self.of_mixtures(&recipe, &list, count));
        }
        if let Some(phase) = recipe.effects.phase_names().next() {
            bail!("--effects has a table for the phase '{phase}' (only for --mixtures)");
        }
        let shards = self.shard.is_some() || list.has_lines();
        match self.format {
            Some(Format::Npz) => pool.install(|| self.one_file(&recipe, &list)),
            None if !shards => pool.install(|| self.one_file(&recipe, &list)),
            _ => pool.install(|| self.shards(&recipe, &list, &text)),
        }
    }

    fn read_effects(&self) -> Result<(RandomEffects, String)> {
        let preset = Path::new(match self.mixtures.count {
            Some(_) => "laboratory",
            None => "none",
        });
        let path = self.effects.as_deref().unwrap_or(preset);
        let named = || path.display().to_string();
        let text = match path.to_str() {
            Some("none") => return Ok(Default::default()),
            Some("laboratory") => mixtures::LABORATORY.to_owned(),
            _ => std::fs::read_to_string(path).with_context(named)?,
        };
        let effects = toml::from_str(&text).with_context(named)?;
        Ok((effects, text))
    }

    /// The instrument, and with --grid q the points of the patterns over Q.
    fn instrument_and_q(&self, effects: &RandomEffects) -> Result<(Instrument, Option<QGrid>)> {
        let defaults = match self.structures.is_empty() {
            true => smfe12::instrument(self.fwhm_deg)?,
            false => Instrument::laboratory(self.fwhm_deg)?,
        };
        let tube = effects.anode().map(Anode::k_alpha1);
        let wavelength = tube.unwrap_or(defaults.diffraction.wavelength);
        let profile = Profile::new(Shape::PseudoVoigt { eta: self.eta }, self.fwhm_deg)?;
        let mut instrument = defaults
            .with_diffraction(self.beam.diffraction(wavelength))
            .with_profile(profile);
        let (first, step) = (defaults.grid.start(), defaults.grid.step());
        let end = first + step * defaults.grid.len() as f64;
        let told = "--from, --to and --step";
        if self.grid == Axis::TwoTheta {
            let (from, step, points) = self.points(first, end, step)?;
            instrument.grid = TwoThetaGrid::new(from, step, points).context(told)?;
            return Ok((instrument, None));
        }
        let wavelength = instrument.diffraction.wavelength;
        // Rounded to hundredths, inside the range of angles.
        let from = (100.0 * wavelength.q_per_angstrom(first)).ceil() / 100.0;
        let to = (100.0 * wavelength.q_per_angstrom(end)).floor() / 100.0;
        let (from, step, points) = self.points(from, to, 0.001)?;
        let q = QGrid::new(from, step, points).context(told)?;
        q.angles(wavelength).context(told)?;
        Ok((instrument, Some(q)))
    }

    /// The first point, the step and the number of points.
    fn points(&self, from: f64, to: f64, step: f64) -> Result<(f64, f64, usize)> {
        let (from, to) = (self.from.unwrap_or(from), self.to.unwrap_or(to));
        let step = self.step.unwrap_or(step);
        let points = ((to - from) / step).round();
        if !(1.0..=1e7).contains(&points) {
            bail!("--from {from} --to {to} --step {step} is {points} points (expected 1 to 1e7)");
        }
        Ok((from, step, points as usize))
    }

    /// Simulates and writes the built-in series.
    fn series(&self, recipe: &Recipe) -> Result<()> {
        let arrangements = match &self.all {
            None => paper_set(self.dataset_seed)?,
            Some(target) => draw(composition(target)?, usize::MAX, self.dataset_seed)?,
        };
        let (set, labels) = match recipe.effects.is_none() {
            true => {
                let observer = Terminal::default();
                let count = arrangements.len() as u64;
                observer.begin(Stage::Simulating, count);
                let step = || observer.advance(Stage::Simulating, 1);
                let simulated = smfe12::patterns(&recipe.instrument, &arrangements, step);
                observer.end(Stage::Simulating);
                simulated?
            }
            false => measured_series(recipe, &arrangements)?,
        };
        let labels = tables::labels(set.names(), &labels);
        self.write(&set, &[("labels.csv", &labels)])
    }

    /// Writes the patterns of all structures into one file. Structures that fail are skipped with a
    /// note. It is an error if all fail.
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
        let all: Vec<Simulated> = read.into_par_iter().enumerate().map(one).collect();
        bar.finish();
        let mut notes = Notes::default();
        all.iter().for_each(|simulated| notes.add(&simulated.notes));
        notes.tell();
        let together = together(recipe, all)?;
        if let Some(q) = recipe.q {
            let labels = [("labels.csv", &together.labels)];
            return self.write_over_q(recipe, q, &together, &labels);
        }
        let (set, labels) = set_of(recipe, together)?;
        self.write(&set, &[("labels.csv", &labels)])
    }

    fn write_over_q(
        &self,
        recipe: &Recipe,
        grid: QGrid,
        patterns: &Together,
        tables: &[(&str, &Table)],
    ) -> Result<()> {
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
        for (file, table) in tables {
            out.write(file, |f| table.write(f))?;
        }
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

    /// Writes the patterns and tables such as the labels.
    fn write(&self, set: &PatternSet, tables: &[(&str, &Table)]) -> Result<()> {
        let mut out = output::open(&self.out)?;
        // Writing an archive needs a place where one can seek, such as a buffer.
        let mut npz = Vec::new();
        xrd_io::write::set_npz(&mut npz, set, &[])?;
        out.write("patterns.npz", |f| f.write_all(&npz))?;
        for (file, table) in tables {
            out.write(file, |f| table.write(f))?;
        }
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
            bail!("--xy writes one file per pattern, and shards do not (use --format npz)");
        }
        let patterns = self.shard_patterns.max(recipe.per_structure);
        if patterns > most {
            bail!(
                "--shard-patterns {patterns} (expected at most {most} with this number of points)"
            );
        }
        let division = Division::new(list.len(), recipe.per_structure, self.shard_patterns);
        let part = self.shard.unwrap_or(Part::WHOLE);
        let bar = LateBar::new("simulating");
        let summary = write_shards(list, recipe, &division, effects, part, &self.out, &bar)?;
        bar.finish();
        report(summary, &self.out)
    }
}

/// Prints how many patterns were made, how fast, and which shards exist.
fn report(summary: Summary, folder: &Path) -> Result<()> {
    summary.notes.tell();
    let seconds = summary.took.as_secs_f64();
    let rate = summary.made as f64 / seconds.max(1e-9);
    let (made, folder) = (summary.made, folder.display());
    say(&format!(
        "{made} patterns made in {seconds:.1} s ({rate:.0} per second)"
    ))?;
    let Some(manifest) = &summary.manifest else {
        let there = summary.shards - summary.missing;
        return say(&format!("{there} of {} shards in {folder}", summary.shards));
    };
    if manifest["failed"] != 0 {
        let failed = &manifest["failed"];
        eprintln!(
            "note: {failed} structures failed (listed under \"failed\" in {folder}/manifest.json)"
        );
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
