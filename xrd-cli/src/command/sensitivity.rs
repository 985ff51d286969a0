use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use xrd_ae::Autoencoder;
use xrd_core::{Encoder, Latent2, PatternSet, Scale, Structure, Wavelength};
use xrd_io::read_structure;
use xrd_sim::smfe12::{Composition, average_crystal};
use xrd_sim::{
    Effects, Instrument, PatternKey, Profile, Shape, ZeroShift, free_parameters, measure,
};

use crate::dataset::load;
use crate::figure::{self, Arrow, Pictures};
use crate::options::{Beam, Threads, positive, ti};
use crate::output::{OutputFolder, say};
use crate::plane::KnownPoints;
use crate::tables::Table;

/// What the axes mean: how far each change of a crystal or a measurement moves its point.
///
/// A structure is simulated on the model's grid with one thing changed at a time by a small step:
/// cell parameters, the free coordinates, occupancies and displacements of each Wyckoff position,
/// line width, background and zero shift. Of each step the table says how far the point moves and
/// where to, and how much the pattern changes, as a share of its length: their ratio tells what the
/// plane sees from what it overlooks.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd sensitivity --model out/model.safetensors --known out/latent.csv
  xrd sensitivity --model model.safetensors --structure NaCl.cif --out of-salt")]
pub(crate) struct Sensitivity {
    /// The model
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// A CIF or POSCAR; without it the average crystal of the built-in series
    #[arg(long, value_name = "FILE")]
    structure: Option<PathBuf>,
    /// Ti atoms a formula unit of the built-in series, a multiple of 0.25
    #[arg(long, value_name = "X", default_value = "1", value_parser = ti, conflicts_with = "structure")]
    ti: Composition,
    /// Known points, drawn behind the arrows: a table name, x, y, labels
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Line width in degrees
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    fwhm_deg: f64,
    /// Atoms this far from where symmetry has them, in Å, are there
    #[arg(long, value_name = "X", default_value_t = 1e-3, value_parser = positive)]
    tolerance: f64,
    #[command(flatten)]
    beam: Beam,
    /// Folder for sensitivity.csv, .json and .svg
    #[arg(long, value_name = "DIR", default_value = "sensitivity")]
    out: PathBuf,
    /// Print sensitivity.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

/// The share of the line width by which it changes.
const WIDTH_SHARE: f64 = 0.1;
/// Background, in units of the highest line.
const BACKGROUND: f64 = 0.01;
/// Zero shift in degrees.
const ZERO_SHIFT_DEG: f64 = 0.01;

/// One thing that is changed.
struct Step {
    name: String,
    unit: &'static str,
    amount: f64,
    /// The changes between which the difference is taken, and their patterns.
    ends: [(f64, Vec<f32>); 2],
}

/// What a step does.
struct Effect {
    name: String,
    unit: &'static str,
    amount: f64,
    moved: Latent2,
    /// |difference of the patterns| / |pattern|.
    pattern: f64,
    /// How far the point in the middle is from the middle of the ends, over half their distance.
    bend: Option<f64>,
}

impl Effect {
    fn length(&self) -> f64 {
        self.moved.x.hypot(self.moved.y)
    }
}

impl Sensitivity {
    pub(crate) fn run(self) -> Result<()> {
        let model = load(&self.model)?;
        if !model.preparation().is_empty() {
            bail!(
                "{}: its patterns were prepared ({}), which simulated ones are not",
                self.model.display(),
                model.preparation().join(", ")
            );
        }
        let structure = match &self.structure {
            Some(path) => read_structure(path)?,
            None => average_crystal(self.ti)?,
        };
        let known = self.known.as_deref().map(KnownPoints::read).transpose()?;
        let mut out = OutputFolder::open(&self.out)?.with_renderer(self.pictures.renderer()?);
        let (at, effects) = self
            .threads
            .pool()?
            .install(|| self.effects(&model, &structure))?;
        let json = self.to_json(at, &effects)?;
        out.write("sensitivity.csv", |f| to_table(&effects).write(f))?;
        out.write_text("sensitivity.json", &format!("{json}\n"))?;
        let points = known.as_ref().map_or(&[][..], |k| k.plane.points());
        let arrows: Vec<Arrow> = effects.iter().map(Effect::arrow).collect();
        out.write_figure("sensitivity", &figure::sensitivity(points, at, &arrows))?;
        out.commit()?;
        if self.json {
            return say(&json);
        }
        say(&format!("at ({:.4}, {:.4})", at.x, at.y))?;
        say("   moves by        dx        dy   pattern    ratio  step")?;
        for e in &effects {
            say(&format!(
                "{:11.5} {:9.5} {:9.5} {:9.5} {:8.3}  {}",
                e.length(),
                e.moved.x,
                e.moved.y,
                e.pattern,
                e.length() / e.pattern,
                e.step()
            ))?;
        }
        say(&format!("table and figure in {}", self.out.display()))
    }

    /// The point of the structure, and what each step does, the largest moves first.
    fn effects(
        &self,
        model: &Autoencoder,
        structure: &Structure,
    ) -> Result<(Latent2, Vec<Effect>)> {
        let instrument = self.instrument(model)?;
        let plain = pattern(structure, &instrument, &Effects::default())?;
        let steps = self.steps(structure, &instrument, &plain)?;
        let patterns = steps.iter().flat_map(|s| s.ends.iter().map(|(_, p)| p));
        let block: Vec<f32> = std::iter::once(&plain)
            .chain(patterns)
            .flatten()
            .copied()
            .collect();
        let names = (0..=2 * steps.len()).map(|i| i.to_string()).collect();
        let wavelength = Some(instrument.diffraction.wavelength);
        let set = PatternSet::new(instrument.grid, Scale::ARBITRARY, wavelength, names, block)?;
        let points = model.encode_set(&set)?;
        let at = points[0];
        let size = length(plain.iter().map(|v| f64::from(*v)));
        let effect = |(i, step): (usize, Step)| {
            let (low, high) = (points[2 * i + 1], points[2 * i + 2]);
            let moved = Latent2::new(high.x - low.x, high.y - low.y);
            let middle = Latent2::new((low.x + high.x) / 2.0, (low.y + high.y) / 2.0);
            let [(from, a), (to, b)] = &step.ends;
            let both_ways = *from < 0.0 && *to > 0.0 && low != high;
            let pairs = a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b));
            Effect {
                name: step.name,
                unit: step.unit,
                amount: step.amount,
                moved,
                pattern: length(pairs) / size,
                bend: both_ways.then(|| 2.0 * at.distance(middle) / low.distance(high)),
            }
        };
        let mut effects: Vec<Effect> = steps.into_iter().enumerate().map(effect).collect();
        effects.sort_by(|a, b| b.length().total_cmp(&a.length()));
        Ok((at, effects))
    }

    fn instrument(&self, model: &Autoencoder) -> Result<Instrument> {
        let wavelength = model.wavelength().map_or(Wavelength::angstrom(0.496), Ok)?;
        Ok(Instrument {
            grid: *model.grid(),
            diffraction: self.beam.diffraction(wavelength),
            profile: Profile::new(Shape::PseudoVoigt { eta: 0.5 }, self.fwhm_deg)?,
        })
    }

    fn steps(
        &self,
        structure: &Structure,
        instrument: &Instrument,
        plain: &[f32],
    ) -> Result<Vec<Step>> {
        let none = Effects::default();
        let mut steps = Vec::new();
        for free in free_parameters(structure, self.tolerance, &instrument.diffraction)? {
            let changed = |amount| pattern(&free.changed(structure, amount)?, instrument, &none);
            let (name, unit) = (free.name().to_owned(), free.unit());
            steps.push(step((name, unit, free.usual_change()), plain, changed)?);
        }
        let width = |amount| {
            let fwhm = (1.0 + amount) * self.fwhm_deg;
            let profile = Profile::new(Shape::PseudoVoigt { eta: 0.5 }, fwhm)?;
            pattern(
                structure,
                &Instrument {
                    profile,
                    ..*instrument
                },
                &none,
            )
        };
        let named = |name: &str| name.to_owned();
        steps.push(step(
            (named("line width"), "relative", WIDTH_SHARE),
            plain,
            width,
        )?);
        let background = |amount: f64| Ok(plain.iter().map(|v| v + amount as f32).collect());
        let unit = "of the highest line";
        steps.push(step(
            (named("background"), unit, BACKGROUND),
            plain,
            background,
        )?);
        let shift = |amount| {
            let zero_shift = Some(ZeroShift::new(amount)?);
            pattern(
                structure,
                instrument,
                &Effects {
                    zero_shift,
                    ..none.clone()
                },
            )
        };
        steps.push(step(
            (named("zero shift"), "degrees", ZERO_SHIFT_DEG),
            plain,
            shift,
        )?);
        Ok(steps)
    }

    fn to_json(&self, at: Latent2, effects: &[Effect]) -> Result<String> {
        let one = |e: &Effect| {
            json!({
                "parameter": e.name,
                "amount": e.amount,
                "unit": e.unit,
                "dx": e.moved.x,
                "dy": e.moved.y,
                "length": e.length(),
                "pattern_change": e.pattern,
                "ratio": e.length() / e.pattern,
                "bend": e.bend,
            })
        };
        let structure = match &self.structure {
            Some(path) => path.display().to_string(),
            None => format!("average crystal, Ti = {}", self.ti.x()),
        };
        let json: Value = json!({
            "structure": structure,
            "x": at.x,
            "y": at.y,
            "fwhm_deg": self.fwhm_deg,
            "steps": effects.iter().map(one).collect::<Vec<_>>(),
            "version": env!("CARGO_PKG_VERSION"),
        });
        Ok(serde_json::to_string_pretty(&json)?)
    }
}

impl Effect {
    /// The step in words, as in "c + 0.1 %".
    fn step(&self) -> String {
        let Self {
            name, amount, unit, ..
        } = self;
        match *unit {
            "relative" => format!("{name} + {} %", 100.0 * amount),
            "degrees" => format!("{name} + {amount}°"),
            "angstrom" => format!("{name} + {amount} Å"),
            "angstrom^2" => format!("{name} + {amount} Å²"),
            _ => format!("{name} + {amount}"),
        }
    }

    fn arrow(&self) -> Arrow {
        let kind = match (self.unit, self.name.as_str()) {
            (_, "line width" | "background" | "zero shift") => figure::Cause::Measurement,
            ("relative" | "degrees", _) => figure::Cause::Cell,
            ("angstrom", _) => figure::Cause::Coordinate,
            ("", _) => figure::Cause::Occupancy,
            _ => figure::Cause::Displacement,
        };
        Arrow {
            name: self.step(),
            cause: kind,
            moved: self.moved,
        }
    }
}

/// A step of `amount` in all: half of it both ways, or all of it the one way that there is.
fn step(
    (name, unit, amount): (String, &'static str, f64),
    plain: &[f32],
    changed: impl Fn(f64) -> Result<Vec<f32>>,
) -> Result<Step> {
    let half = amount / 2.0;
    let ends = match (changed(-half), changed(half)) {
        (Ok(below), Ok(above)) => [(-half, below), (half, above)],
        (Err(_), Ok(_)) => [(0.0, plain.to_vec()), (amount, changed(amount)?)],
        (Ok(_), Err(_)) => [(-amount, changed(-amount)?), (0.0, plain.to_vec())],
        (Err(e), Err(_)) => return Err(e).with_context(|| name),
    };
    Ok(Step {
        name,
        unit,
        amount,
        ends,
    })
}

fn pattern(structure: &Structure, instrument: &Instrument, effects: &Effects) -> Result<Vec<f32>> {
    let key = PatternKey { seed: 0, index: 0 };
    Ok(measure(structure, instrument, effects, key)?
        .intensities()
        .to_vec())
}

fn length(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

fn to_table(effects: &[Effect]) -> Table {
    let header = [
        "parameter",
        "amount",
        "unit",
        "dx",
        "dy",
        "length",
        "pattern_change",
        "ratio",
        "bend",
    ];
    let row = |e: &Effect| {
        vec![
            e.name.clone(),
            e.amount.to_string(),
            e.unit.to_owned(),
            e.moved.x.to_string(),
            e.moved.y.to_string(),
            e.length().to_string(),
            e.pattern.to_string(),
            (e.length() / e.pattern).to_string(),
            e.bend.map_or(String::new(), |b| b.to_string()),
        ]
    };
    Table {
        header: header.map(str::to_owned).to_vec(),
        rows: effects.iter().map(row).collect(),
    }
}
