//! `xrd generate`: patterns for wanted labels.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_core::Pattern;

use xrd_report::Step;
use xrd_study::{
    GeneratedPattern, Inputs, KnownPoints, Table, Target, file_name, generate_targets, load_model,
    paint,
};

use crate::options::{Estimating, Path, Pictures, PlaceName, Threads, path, target};
use crate::output::{self, say};

/// Generate a plausible pattern for a value of a label, decoded from the contour of this value.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd generate --model out/model.safetensors --known out/latent.csv --target Ti=0.75 --out generated
  xrd generate --model out/model.safetensors --known out/latent.csv --path Ti=0.5:1.5:11 --out series")]
pub(crate) struct Generate {
    /// Model file
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Table of known points (name, x, y, labels), as written by study and encode
    #[arg(long, value_name = "FILE")]
    known: PathBuf,
    /// Label and value of the pattern. May be repeated
    #[arg(long = "target", value_name = "COL=VALUE", value_parser = target, required_unless_present = "path")]
    targets: Vec<Target>,
    /// Generate N patterns from one value of a label to another, with a table and a figure (path.csv,
    /// path.svg)
    #[arg(long, value_name = "COL=FROM:TO:N", value_parser = path, conflicts_with = "targets")]
    path: Option<Path>,
    /// Folder for one .xy file per target
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Point of the plane that is decoded
    #[arg(long, value_enum, default_value_t = PlaceName::Contour)]
    place: PlaceName,
    #[command(flatten)]
    estimating: Estimating,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Generate {
    pub(crate) fn run(self) -> Result<()> {
        let model = load_model(&self.model)?;
        let known = KnownPoints::read(&self.known, &model)?;
        let estimator = self.estimating.in_latent_space(known.space.dimensions())?;
        let files = self.pictures.files()?;
        let inputs = Inputs::new([&self.model, &self.known]);
        let mut out = output::open(&self.out)?.protecting(inputs, &[])?;
        let (option, targets) = match &self.path {
            Some(path) => ("--path", path.targets()),
            None => ("--target", self.targets.clone()),
        };
        if let Some(again) = (1..targets.len()).find(|&i| targets[..i].contains(&targets[i])) {
            bail!("--target {}: given twice", targets[again]);
        }
        let generated = self.threads.pool()?.install(|| {
            generate_targets(
                &model,
                &known,
                &paint(&known, &*estimator)?,
                &targets,
                self.place.into(),
            )
        })?;
        let mut lines = Vec::new();
        for g in &generated {
            let Some((point, intensities)) = &g.decoded else {
                bail!(
                    "{option}: {}: the value has no contour, or no known composition on one side of it",
                    g.target
                );
            };
            let pattern = Pattern::new(*model.grid(), model.scale(), intensities.clone())?
                .with_wavelength(model.wavelength());
            let name = file_name(&g.target, "xy");
            out.write(&name, |f| xrd_io::write::pattern_xy(f, &pattern))?;
            lines.push(format!(
                "{}: decoded at ({:.4}, {:.4}), {name}",
                g.target, point.x, point.y
            ));
        }
        if let Some(path) = &self.path {
            let steps: Vec<Step> = generated.iter().filter_map(step).collect();
            let known = known.plane.points();
            let figure = xrd_report::path(model.grid(), known, &steps, &path.to_string());
            out.write("path.csv", |f| to_table(path, &steps).write(f))?;
            files.write(&mut out, "path", &figure)?;
        }
        out.commit()?;
        lines.iter().try_for_each(|line| say(line))
    }
}

fn step(generated: &GeneratedPattern) -> Option<Step<'_>> {
    let (point, intensities) = generated.decoded.as_ref()?;
    let name = generated.target.value.to_string();
    Some(Step::new(name, *point, intensities))
}

fn to_table(path: &Path, steps: &[Step<'_>]) -> Table {
    let row = |s: &Step<'_>| vec![s.name.clone(), s.point.x.to_string(), s.point.y.to_string()];
    Table {
        header: vec![path.column.clone(), "x".to_owned(), "y".to_owned()],
        rows: steps.iter().map(row).collect(),
    }
}
