//! `xrd maps`: the plane of a network compared with other maps.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use xrd_report::samples_of;
use xrd_study::{
    DataSource, Dataset, MAP_NEIGHBOURS, MapReport, MapsReport, check_fits, compare_maps,
    composition::Coloring, load_model, tables,
};

use crate::options::{Pictures, Source, Threads, count};
use crate::output::{self, pretty, print_notes, say};
use crate::progress::Terminal;

/// Compare the plane of a network with other maps of the same patterns.
///
/// The other maps need no network: principal components, and metric multidimensional scaling of 1 − r,
/// where r is Pearson's correlation of two patterns, as in PolySNAP. Without --patterns the set is the
/// built-in series.
///
/// Four scores are printed. Trustworthiness (trust) measures whether neighbours on the map are
/// neighbours in the full space, and continuity the reverse. The silhouette measures how well
/// compositions are separated. The adjusted Rand index (ARI) measures how well k-means clusters agree
/// with compositions.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd maps --patterns scans/ --labels labels.csv
  xrd maps --model out/model.safetensors     the built-in series, with the plane of a study")]
pub(crate) struct Maps {
    #[command(flatten)]
    source: Source,
    /// Model trained on such patterns, whose plane is compared with the other maps
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Number of neighbours for trustworthiness and continuity; fewer if there are too few patterns
    #[arg(long, value_name = "K", default_value_t = MAP_NEIGHBOURS, value_parser = count)]
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

/// Scores of the maps, with a description of the set (`maps.json`).
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    scores: MapsReport,
    patterns: usize,
    /// Number of patterns on the maps, which may be a sample.
    mapped: usize,
    points: usize,
    preparation: Vec<String>,
    labels: Vec<String>,
    notes: Vec<String>,
    version: &'static str,
}

impl Maps {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        let mut source = self.source.apply(DataSource::series(0.1, 0))?;
        let model = self.model.as_deref().map(load_model).transpose()?;
        if let (DataSource::Files(files), Some(model)) = (&mut source, &model) {
            files.reading.prepare_like(model)?;
        }
        let data = pool.install(|| Dataset::load(&source, &Terminal::default()))?;
        print_notes(&data.notes);
        let own = match &model {
            None => None,
            Some(model) => {
                check_fits(data.set.grid(), data.set.wavelength(), model)?;
                Some(pool.install(|| model.encode_source(&data.set))?.0)
            }
        };
        let mut out = output::open(&self.out)?.protecting(source.inputs(), &["maps.csv"])?;
        let files = self.pictures.files()?;
        let maps = pool.install(|| compare_maps(&data, own.as_deref(), self.neighbours))?;
        if maps.rows.len() < data.set.len() {
            let (mapped, all) = (maps.rows.len(), data.set.len());
            eprintln!("note: the maps show {mapped} evenly spaced patterns of {all}");
        }
        let coloring = Coloring::automatic(&data.classes, &data.labels, &[]).select(&maps.rows);
        let samples = samples_of(&coloring);
        let table = tables::maps(data.set.names(), &maps, &data.labels);
        let report = Report {
            scores: maps.report(),
            patterns: data.set.len(),
            mapped: maps.rows.len(),
            points: data.set.grid().len(),
            preparation: data.preparation.clone(),
            labels: data.labels.columns().to_vec(),
            notes: data.notes.iter().map(ToString::to_string).collect(),
            version: crate::VERSION,
        };
        let json = pretty(&report)?;
        files.write(&mut out, "maps", &xrd_report::draw_maps(&maps, &samples))?;
        out.write("maps.csv", |f| table.write(f))?;
        out.write_text("maps.json", &format!("{json}\n"))?;
        out.commit()?;
        if self.json {
            return say(&json);
        }
        lines(&report.scores)
            .iter()
            .try_for_each(|line| say(line))?;
        say(&format!("maps in {}", self.out.display()))
    }
}

/// The scores as text.
fn lines(report: &MapsReport) -> Vec<String> {
    let neighbours = report.neighbours.unwrap_or_default();
    let mut lines = vec![
        format!(
            "{:<28}{:^24}{:^24}{:^24}",
            format!("{neighbours} neighbours"),
            "by distance",
            "by shape (1 - r)",
            format!("{} compositions", report.compositions)
        ),
        format!(
            "{:<28}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}",
            "", "trust", "continuity", "trust", "continuity", "silhouette", "ARI"
        ),
    ];
    lines.extend(report.maps.iter().map(line));
    let angles = [report.angles.silhouette, report.angles.adjusted_rand_index];
    lines.push(row(
        "all angles, no map",
        &[[None; 4].as_slice(), &angles].concat(),
    ));
    lines
}

fn line(map: &MapReport) -> String {
    let name = match (map.explained_variance, map.stress) {
        (Some(share), _) => format!("{}, {:.0} % of variance", map.name, 100.0 * share),
        (_, Some(stress)) => format!("{}, stress {stress:.3}", map.name),
        _ => map.name.clone(),
    };
    let scores = [
        map.trustworthiness,
        map.continuity,
        map.trustworthiness_of_shapes,
        map.continuity_of_shapes,
        map.silhouette,
        map.adjusted_rand_index,
    ];
    row(&name, &scores)
}

fn row(name: &str, scores: &[Option<f64>]) -> String {
    let cell = |v: &Option<f64>| format!("{:>12}", v.map_or("-".to_owned(), |v| format!("{v:.3}")));
    format!("{name:<28}{}", scores.iter().map(cell).collect::<String>())
}
