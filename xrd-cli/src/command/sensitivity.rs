//! `xrd sensitivity`: how far small changes of a crystal or a measurement move a point.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};
use xrd_ae::Autoencoder;
use xrd_core::{Latent2, Wavelength};
use xrd_io::read_structure;
use xrd_sim::smfe12::{Composition, average_crystal};
use xrd_sim::{Instrument, Profile, Shape};

use xrd_report::Arrow;
use xrd_study::{Effect, Inputs, KnownPoints, Table, load_model, sensitivity};

use crate::options::{Beam, Pictures, Threads, positive, ti};
use crate::output::{self, say};

/// Compute how far small changes of a crystal or a measurement move its point on the plane.
///
/// This shows what the axes of the plane mean. A structure is simulated on the grid of the model, with
/// one parameter changed at a time by a small step: cell parameters, the free coordinates, occupancies
/// and displacements of each Wyckoff position, line width, background and zero shift. For each step
/// the table lists how far and in which direction the point moves, and the relative change of the
/// pattern. A large ratio of the two means that the plane is sensitive to this parameter.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd sensitivity --model out/model.safetensors --known out/latent.csv
  xrd sensitivity --model model.safetensors --structure NaCl.cif --out of-salt")]
pub(crate) struct Sensitivity {
    /// Model file
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Structure file (CIF or POSCAR) [default: the average crystal of the built-in series]
    #[arg(long, value_name = "FILE")]
    structure: Option<PathBuf>,
    /// Ti atoms per formula unit of the built-in series, a multiple of 0.25
    #[arg(long, value_name = "X", default_value = "1", value_parser = ti, conflicts_with = "structure")]
    ti: Composition,
    /// Table of known points (name, x, y, labels), drawn behind the arrows
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Line width (full width at half maximum) in degrees
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    fwhm_deg: f64,
    /// Tolerance in Å of the symmetry search
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

/// Plausible maximum of the mean pattern, if the maximum of each pattern is 1.
const COMMON_HEIGHT: RangeInclusive<f32> = 0.01..=1.5;

impl Sensitivity {
    pub(crate) fn run(self) -> Result<()> {
        let model = load_model(&self.model)?;
        self.check_alike(&model)?;
        let structure = match &self.structure {
            Some(path) => read_structure(path)?,
            None => average_crystal(self.ti)?,
        };
        let instrument = self.instrument(&model)?;
        let known = self.known.as_deref();
        let known = known
            .map(|path| KnownPoints::read(path, &model))
            .transpose()?;
        let files = self.pictures.files()?;
        let inputs = Inputs::new(self.known.iter().chain([&self.model]));
        let mut out = output::open(&self.out)?.protecting(inputs, &[])?;
        let (at, effects) = self
            .threads
            .pool()?
            .install(|| sensitivity(&model, &structure, &instrument, self.tolerance))?;
        let json = self.to_json(at, &effects)?;
        out.write("sensitivity.csv", |f| to_table(&effects).write(f))?;
        out.write_text("sensitivity.json", &format!("{json}\n"))?;
        let points = known.as_ref().map_or(&[][..], |k| k.plane.points());
        let arrows: Vec<Arrow> = effects.iter().map(arrow).collect();
        let figure = xrd_report::sensitivity(points, at, &arrows);
        files.write(&mut out, "sensitivity", &figure)?;
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
                e.change.words()
            ))?;
        }
        say(&format!("table and figure in {}", self.out.display()))
    }

    /// Refuses a model whose training patterns are not comparable with simulated ones, which have a
    /// maximum of 1.
    fn check_alike(&self, model: &Autoencoder) -> Result<()> {
        let file = self.model.display();
        // The grid of the model is used anyway.
        let other = |step: &&String| *step != "scale:max" && !step.starts_with("resample:");
        if let Some(step) = model.preparation().iter().find(other) {
            bail!(
                "{file}: the training patterns were prepared ({step}), and simulated ones are not"
            );
        }
        let mean = model.mean_training_pattern();
        let highest = mean.iter().fold(0.0_f32, |m, v| m.max(*v));
        if !COMMON_HEIGHT.contains(&highest) {
            bail!(
                "{file}: the mean training pattern has a maximum of {highest}, simulated patterns have 1 \
                 (train on scaled patterns: --scale max)"
            );
        }
        Ok(())
    }

    fn instrument(&self, model: &Autoencoder) -> Result<Instrument> {
        let wavelength = match model.wavelength() {
            Some(wavelength) => wavelength,
            // Any value: the wavelength on the command line replaces it.
            None if self.beam.has_wavelength() => Wavelength::angstrom(1.0)?,
            None => bail!(
                "{}: the training patterns state no wavelength (use --wavelength)",
                self.model.display()
            ),
        };
        Ok(Instrument::new(
            *model.grid(),
            self.beam.diffraction(wavelength),
            Profile::new(Shape::PseudoVoigt { eta: 0.5 }, self.fwhm_deg)?,
        ))
    }

    fn to_json(&self, at: Latent2, effects: &[Effect]) -> Result<String> {
        let one = |e: &Effect| {
            json!({
                "parameter": e.change.name,
                "amount": e.change.amount,
                "unit": e.change.unit,
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
            "version": crate::VERSION,
        });
        Ok(serde_json::to_string_pretty(&json)?)
    }
}

fn arrow(effect: &Effect) -> Arrow {
    Arrow::new(effect.change.words(), effect.change.cause, effect.moved)
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
            e.change.name.clone(),
            e.change.amount.to_string(),
            e.change.unit.to_owned(),
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
