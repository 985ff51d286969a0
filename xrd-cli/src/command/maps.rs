use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};
use xrd_core::Encoder;

use crate::dataset::{Dataset, check_fits, load};
use crate::figure::{self, Samples};
use crate::maps::{self, MOST, NEIGHBOURS};
use crate::options::{Pictures, Source, Threads, count};
use crate::output::{OutputFolder, say};
use crate::study::categories;
use crate::tables;

/// The plane of a network beside the maps that others draw, of the same patterns, with scores.
///
/// Principal components, and metric multidimensional scaling of 1 − r between patterns, r being
/// Pearson's correlation (as PolySNAP does), need no network. Trust tells how far neighbours on a
/// map are neighbours in truth, continuity the other way round, silhouette how well compositions
/// are apart, and the adjusted Rand index how far k-means clusters are compositions. Without
/// --patterns the set is the built-in series.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd maps --patterns scans/ --labels labels.csv
  xrd maps --model out/model.safetensors     the built-in series, beside the plane of a study")]
pub(crate) struct Maps {
    #[command(flatten)]
    source: Source,
    /// A model trained on such patterns, whose plane is held against the other maps
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Neighbours that trust and continuity look at; fewer where there are too few patterns
    #[arg(long, value_name = "K", default_value_t = NEIGHBOURS, value_parser = count)]
    neighbours: usize,
    /// Folder for maps.json, maps.csv and maps.svg
    #[arg(long, value_name = "DIR", default_value = "maps")]
    out: PathBuf,
    /// Print maps.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Maps {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        let data = pool.install(|| self.source.dataset())?;
        for note in &data.notes {
            eprintln!("note: {note}");
        }
        let patterns = data.set.len();
        if !(2..=MOST).contains(&patterns) {
            bail!("--patterns: {patterns} patterns (expected from 2 to {MOST})");
        }
        let own = match &self.model {
            None => None,
            Some(path) => {
                let model = load(path)?;
                check_fits(&data.set, &model)?;
                Some(pool.install(|| model.encode_set(&data.set))?)
            }
        };
        let mut out = OutputFolder::open(&self.out)?
            .sparing(self.source.inputs(), &["maps.csv"])?
            .with_renderer(self.pictures.renderer()?);
        let maps = maps::maps(&data, own.as_deref(), self.neighbours)?;
        let (category, names) = categories(&data.labels);
        let samples = Samples {
            category: &category,
            names: &names,
            test: &[],
        };
        let table = tables::maps(data.set.names(), &maps, &data.labels);
        let json = serde_json::to_string_pretty(&with_about(&data, maps.to_json()))?;
        out.write_figure("maps", &figure::maps(&maps.panels(), &samples))?;
        out.write("maps.csv", |f| table.write(f))?;
        out.write_text("maps.json", &format!("{json}\n"))?;
        out.commit()?;
        if self.json {
            return say(&json);
        }
        maps.lines().iter().try_for_each(|line| say(line))?;
        say(&format!("maps in {}", self.out.display()))
    }
}

fn with_about(data: &Dataset, mut scores: Value) -> Value {
    scores["patterns"] = json!(data.set.len());
    scores["points"] = json!(data.set.grid().len());
    scores["preparation"] = json!(data.preparation);
    scores["labels"] = json!(data.labels.columns());
    scores["notes"] = json!(data.notes);
    scores["version"] = json!(crate::VERSION);
    scores
}
