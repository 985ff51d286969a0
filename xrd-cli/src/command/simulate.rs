use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_core::{PatternSet, TwoThetaGrid, Wavelength};
use xrd_io::read_structure;
use xrd_sim::smfe12::{Composition, Instrument};
use xrd_sim::{Diffraction, Profile, Shape, simulate};

use crate::dataset::Dataset;
use crate::options::{Target, Threads, not_negative, positive, target};
use crate::output::{OutputFolder, say};
use crate::tables;

/// Crystal structures (CIF), or the built-in series, to patterns.
///
/// Writes patterns.npz (readable by numpy and by every xrd command) and, for the built-in series,
/// labels.csv; with --xy also one .xy file a pattern. Every pattern is scaled to a maximum of 1.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd simulate NaCl.cif Fe.cif --wavelength 1.5406 --from 10 --to 90 --out simulated
  xrd simulate --out series            the 150 patterns of the built-in series
  xrd simulate --all Ti=0.75 --out odd every arrangement of one composition of it")]
pub(crate) struct Simulate {
    /// Structure files; none for the built-in series
    #[arg(value_name = "CIF")]
    structures: Vec<PathBuf>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "simulated")]
    out: PathBuf,
    /// Every inequivalent arrangement of a composition of the series (Ti = n/4 without Zr, or
    /// Zr = n/8 with Ti = 1)
    #[arg(long, value_name = "Ti=X|Zr=Y", value_parser = target, conflicts_with = "structures")]
    all: Option<Target>,
    /// Wavelength in Å
    #[arg(long, value_name = "X", default_value_t = 0.496, value_parser = positive)]
    wavelength: f64,
    /// First angle in degrees
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = not_negative)]
    from: f64,
    /// End of the angles in degrees, itself not included
    #[arg(long, value_name = "X", default_value_t = 120.0, value_parser = positive)]
    to: f64,
    /// Distance between angles in degrees
    #[arg(long, value_name = "X", default_value_t = 0.01, value_parser = positive)]
    step: f64,
    /// Full width at half maximum of the lines in degrees
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive)]
    fwhm_deg: f64,
    /// Share of the Lorentzian in the lines, 0 (Gaussian) to 1
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    eta: f64,
    /// Isotropic displacement B in Å² of atoms that state none
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = not_negative)]
    b_iso: f64,
    /// Seed of the arrangements drawn for the built-in series
    #[arg(long, value_name = "N", default_value_t = 0)]
    dataset_seed: u64,
    /// One .xy file a pattern as well
    #[arg(long)]
    xy: bool,
    #[command(flatten)]
    threads: Threads,
}

fn share(text: &str) -> Result<f64, String> {
    match not_negative(text) {
        Ok(x) if x <= 1.0 => Ok(x),
        _ => Err("expected a number from 0 to 1".into()),
    }
}

impl Simulate {
    pub(crate) fn run(self) -> Result<()> {
        let instrument = self.instrument()?;
        let mut out = OutputFolder::open(&self.out)?;
        let (set, labels) = if self.structures.is_empty() {
            let data = self.series(instrument)?;
            (data.0, Some(data.1))
        } else {
            (self.files(&instrument)?, None)
        };
        // An archive is written where one can go back; a buffer is such a place.
        let mut npz = Vec::new();
        xrd_io::write_npz(&mut npz, &set)?;
        out.write("patterns.npz", |f| f.write_all(&npz))?;
        if let Some(labels) = labels {
            let table = tables::labels(set.names(), &labels);
            out.write("labels.csv", |f| table.write(f))?;
        }
        if self.xy {
            for (i, name) in set.names().iter().enumerate() {
                let pattern = set.pattern(i);
                out.write(format!("{name}.xy"), |f| xrd_io::write_xy(f, &pattern))?;
            }
        }
        out.commit()?;
        say(&format!(
            "{} patterns of {} in {}",
            set.len(),
            set.grid(),
            self.out.display()
        ))
    }

    fn instrument(&self) -> Result<Instrument> {
        let points = ((self.to - self.from) / self.step).round();
        if !(1.0..=1e7).contains(&points) {
            bail!(
                "{} to {} degrees by {} are {points} points (expected 1 to 1e7)",
                self.from,
                self.to,
                self.step
            );
        }
        let mut diffraction = Diffraction::new(Wavelength::angstrom(self.wavelength)?);
        diffraction.b_iso = self.b_iso;
        Ok(Instrument {
            grid: TwoThetaGrid::new(self.from, self.step, points as usize)?,
            diffraction,
            profile: Profile::new(Shape::PseudoVoigt { eta: self.eta }, self.fwhm_deg)?,
        })
    }

    fn series(&self, instrument: Instrument) -> Result<(PatternSet, xrd_core::Labels)> {
        let pool = self.threads.pool()?;
        let data = pool.install(|| match &self.all {
            None => Dataset::series(instrument, xrd_sim::smfe12::paper_set(self.dataset_seed)?),
            Some(target) => {
                let composition = composition(target)?;
                let all = xrd_sim::smfe12::draw(composition, usize::MAX, self.dataset_seed)?;
                Dataset::series(instrument, all)
            }
        })?;
        Ok((data.set, data.labels))
    }

    fn files(&self, instrument: &Instrument) -> Result<PatternSet> {
        let Instrument {
            grid,
            diffraction,
            profile,
        } = instrument;
        let one = |path: &PathBuf| {
            let structure = read_structure(path)?;
            let pattern = simulate(&structure, diffraction, grid, profile)?;
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            // Each pattern has its own factor to a maximum of 1; a set has one scale.
            let pattern = xrd_core::Pattern::new(
                *grid,
                xrd_core::Scale::ARBITRARY,
                pattern.into_intensities(),
            )?;
            Ok((name, pattern.with_wavelength(Some(diffraction.wavelength))))
        };
        let patterns = self
            .structures
            .iter()
            .map(one)
            .collect::<Result<Vec<_>>>()?;
        Ok(PatternSet::from_patterns(patterns)?)
    }
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
        None => bail!("{target} is not in the series (Ti = 0, 0.25 ... 4 or Zr = 0, 0.125 ... 1)"),
    }
}
