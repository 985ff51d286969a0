//! `xrd generate`: patterns for wanted labels.

mod record;

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use serde_json::Value;
use xrd_ae::Autoencoder;
use xrd_core::{LatentMap, Pattern};

use xrd_report::Step;
use xrd_study::{
    GeneratedPattern, GenerationRule, Inputs, KnownPoints, NEAR, NamedEstimator, OutputFolder,
    TargetComposition, check_targets, file_name, generate_targets, load_model, paint,
    reachable_range,
};

use crate::options::{Estimating, Path, Pictures, PlaceName, Threads, composition, path};
use crate::output::{self, pretty, say};
use record::{Record, labels_there, path_table, targets_table};

/// Generate a plausible pattern for a value of a label, decoded from the contour of this value, or for
/// values of several labels, decoded from the point that agrees best with all of them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd generate --model out/model.safetensors --known out/latent.csv --target Ti=0.75 --out generated
  xrd generate --model out/model.safetensors --known out/latent.csv --target Mn=0.5,V=0.3,Nb=0.2
  xrd generate --model out/model.safetensors --known out/latent.csv --path Ti=0.5:1.5:11 --out series")]
pub(crate) struct Generate {
    /// Model file
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Table of known points (name, x, y, labels), as written by study and encode
    #[arg(long, value_name = "FILE")]
    known: PathBuf,
    /// Label and value of the pattern, or several labels of one composition, as Mn=0.5,V=0.3. May be
    /// repeated for more patterns
    #[arg(long = "target", value_name = "COL=VALUE,...", value_parser = composition, required_unless_present = "path")]
    targets: Vec<TargetComposition>,
    /// Generate N patterns from one value of a label to another, with a table and a figure (path.csv,
    /// path.svg). Values beyond the painted map are left out with a note
    #[arg(long, value_name = "COL=FROM:TO:N", value_parser = path, conflicts_with = "targets")]
    path: Option<Path>,
    /// Folder for one .xy file per pattern, and a table of the points with their estimated labels
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Rule by which the pattern of a target with one label is generated
    #[arg(long, value_enum, default_value_t = PlaceName::Between)]
    place: PlaceName,
    /// Print the points and their estimated labels as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    estimating: Estimating,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

/// Table of the points of several targets.
const TARGETS_TABLE: &str = "generated.csv";

/// The plane from which patterns are generated.
struct Plane {
    model: Autoencoder,
    known: KnownPoints,
    estimator: NamedEstimator,
    rule: GenerationRule,
}

impl Generate {
    pub(crate) fn run(self) -> Result<()> {
        let plane = self.plane()?;
        let files = self.pictures.files()?;
        let inputs = Inputs::new([&self.model, &self.known]);
        let tables = [TARGETS_TABLE, "path.csv"];
        let mut out = output::open(&self.out)?.protecting(inputs, &tables)?;
        let targets = self.targets()?;
        let columns = plane.known.labels().columns();
        check_targets(&targets, columns)?;
        let pool = self.threads.pool()?;
        let maps = pool.install(|| paint(&plane.known, &*plane.estimator))?;
        let generated = pool.install(|| plane.generate(&maps, &targets))?;
        match &self.path {
            Some(path) => note_unreachable(path, &generated, &plane.reach(&maps, &path.column))?,
            None => generated
                .iter()
                .try_for_each(|g| plane.check_reached(&maps, g))?,
        }
        let records = plane.write_patterns(&generated, &mut out)?;
        match &self.path {
            Some(path) => {
                let steps: Vec<Step> = generated.iter().filter_map(step).collect();
                let known = plane.known.plane.points();
                let figure = xrd_report::path(plane.model.grid(), known, &steps, &path.to_string());
                let table = path_table(&path.column, columns, &records);
                out.write("path.csv", |f| table.write(f))?;
                files.write(&mut out, "path", &figure)?;
            }
            None => out.write(TARGETS_TABLE, |f| targets_table(columns, &records).write(f))?,
        }
        out.commit()?;
        records.iter().for_each(|r| warn_if_not_near(r, columns));
        if self.json {
            let all: Vec<Value> = records.iter().map(|r| r.to_json(columns)).collect();
            return say(&pretty(&all)?);
        }
        records.iter().try_for_each(|r| say(&r.to_line(columns)))
    }

    fn plane(&self) -> Result<Plane> {
        let model = load_model(&self.model)?;
        let known = KnownPoints::read(&self.known, &model)?;
        Ok(Plane {
            estimator: self.estimating.in_latent_space(known.space.dimensions())?,
            rule: self.place.into(),
            model,
            known,
        })
    }

    /// The targets, each of which is given once.
    fn targets(&self) -> Result<Vec<TargetComposition>> {
        let targets = match &self.path {
            Some(path) => path.targets().into_iter().map(Into::into).collect(),
            None => self.targets.clone(),
        };
        match (1..targets.len()).find(|&i| targets[..i].contains(&targets[i])) {
            Some(again) => bail!("--target {}: given twice", targets[again]),
            None => Ok(targets),
        }
    }
}

impl Plane {
    fn generate(
        &self,
        maps: &[LatentMap],
        targets: &[TargetComposition],
    ) -> xrd_study::Result<Vec<GeneratedPattern>> {
        let known = (&self.known, &*self.estimator);
        generate_targets(&self.model, known, maps, targets, self.rule)
    }

    /// The range of a label for which patterns are generated, in words.
    fn reach(&self, maps: &[LatentMap], column: &str) -> String {
        match reachable_range(&self.known, maps, column, self.rule) {
            Some([low, high]) => format!("{column} = {low:.4} to {high:.4}"),
            None => format!("no value of {column}"),
        }
    }

    /// Fails if there is no pattern for a target.
    fn check_reached(&self, maps: &[LatentMap], generated: &GeneratedPattern) -> Result<()> {
        if generated.decoded.is_some() {
            return Ok(());
        }
        let target = &generated.target;
        let labels = target.targets().iter();
        let reach: Vec<String> = labels.map(|t| self.reach(maps, &t.column)).collect();
        let reach = reach.join(", ");
        Err(match &generated.labels {
            Some(labels) => {
                let best = labels_there(target, self.known.labels().columns(), labels);
                anyhow!(
                    "--target {target}: no point of the map comes near; the best has {best}; the map reaches {reach}"
                )
            }
            None => anyhow!(
                "--target {target}: the value has no contour, or no known composition on one side of it; the map reaches {reach}"
            ),
        })
    }

    /// Writes one file per pattern.
    fn write_patterns<'a>(
        &self,
        generated: &'a [GeneratedPattern],
        out: &mut OutputFolder,
    ) -> Result<Vec<Record<'a>>> {
        let mut records = Vec::new();
        for g in generated {
            let Some((_, intensities)) = &g.decoded else {
                continue;
            };
            let grid = *self.model.grid();
            let pattern = Pattern::new(grid, self.model.scale(), intensities.clone())?
                .with_wavelength(self.model.wavelength());
            let name = file_name(&g.target, "xy");
            out.write(&name, |f| xrd_io::write::pattern_xy(f, &pattern))?;
            records.extend(Record::new(g, name));
        }
        Ok(records)
    }
}

/// Largest number of values without a pattern that a note lists.
const LISTED: usize = 3;

/// Prints a note if some values of a path have no pattern, and fails if none has one.
fn note_unreachable(path: &Path, generated: &[GeneratedPattern], reach: &str) -> Result<()> {
    let missing: Vec<String> = generated
        .iter()
        .filter(|g| g.decoded.is_none())
        .map(|g| g.target.to_string())
        .collect();
    let (n, all) = (missing.len(), generated.len());
    if n == all {
        bail!("--path {path}: none of the values is on the map, which reaches {reach}");
    }
    if n > 0 {
        let listed = missing[..n.min(LISTED)].join(", ");
        let more = match n.saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        eprintln!(
            "note: --path {path}: {n} of {all} values are left out, because the map reaches {reach}: {listed}{more}"
        );
    }
    Ok(())
}

/// Warns if the point of a target with several labels is not near all of them.
fn warn_if_not_near(record: &Record<'_>, columns: &[String]) {
    let is_single = record.target.single().is_some();
    let difference = record.largest_difference.unwrap_or(0.0);
    if !is_single && difference > NEAR {
        eprintln!(
            "warning: {}: no point of the map has all of these values; the best has {}",
            record.target,
            labels_there(record.target, columns, record.labels)
        );
    }
}

fn step(generated: &GeneratedPattern) -> Option<Step<'_>> {
    let (point, intensities) = generated.decoded.as_ref()?;
    let name = generated.target.single()?.value.to_string();
    Some(Step::new(name, *point, intensities))
}
