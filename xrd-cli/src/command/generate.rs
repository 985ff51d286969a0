use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_core::Pattern;

use crate::dataset::load;
use crate::options::{Estimating, Target, Threads, target};
use crate::output::{OutputFolder, say};
use crate::plane::KnownPoints;
use crate::targets::{Place, file_name, generate_targets, paint};

/// Wanted labels to plausible patterns, decoded from the contour of each value.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd generate --model out/model.safetensors --known out/latent.csv --target Ti=0.75 --out generated")]
pub(crate) struct Generate {
    /// The model
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Known points: a table name, x, y, labels, as study and encode write it
    #[arg(long, value_name = "FILE")]
    known: PathBuf,
    /// The value wanted; may be repeated
    #[arg(long = "target", value_name = "COL=VALUE", value_parser = target, required = true)]
    targets: Vec<Target>,
    /// Folder for one .xy file a target
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Which point is decoded
    #[arg(long, value_enum, default_value_t)]
    place: Place,
    #[command(flatten)]
    estimating: Estimating,
    #[command(flatten)]
    threads: Threads,
}

impl Generate {
    pub(crate) fn run(self) -> Result<()> {
        let known = KnownPoints::read(&self.known)?;
        let model = load(&self.model)?;
        let estimator = self.estimating.estimator(known.space.dimensions())?;
        let mut out = OutputFolder::open(&self.out)?;
        let generated = self.threads.pool()?.install(|| {
            generate_targets(
                &model,
                &known,
                &paint(&known, &*estimator)?,
                &self.targets,
                self.place,
            )
        })?;
        let mut lines = Vec::new();
        for g in generated {
            let Some((point, intensities)) = g.decoded else {
                bail!(
                    "--target {}: no contour, or no known composition on one side of it",
                    g.target
                );
            };
            let pattern = Pattern::new(*model.grid(), model.scale(), intensities)?
                .with_wavelength(model.wavelength());
            let name = file_name(&g.target, "xy");
            out.write(&name, |f| xrd_io::write_xy(f, &pattern))?;
            lines.push(format!(
                "{}: decoded at ({:.4}, {:.4}), {name}",
                g.target, point.x, point.y
            ));
        }
        out.commit()?;
        lines.iter().try_for_each(|line| say(line))
    }
}
