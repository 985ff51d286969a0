//! `xrd fit`: the point whose decoded pattern fits best.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use rayon::prelude::*;
use serde_json::{Value, json};
use xrd_core::{Encoder, Latent2, Pattern};
use xrd_interp::{Fit as Found, best_fit};

use xrd_study::{LatentTable, Table, residuals, safe_name};

use crate::options::{Question, Threads};
use crate::output::{self, say};

/// The way back: of each pattern the point of the plane whose decoded pattern fits it best.
///
/// An encoder puts a pattern somewhere in one step; the decoded pattern of that point need not be
/// the most similar one. Here it is sought by least squares, from where the encoder puts the
/// pattern and, with --known, from the known points whose patterns fit best. The decoded patterns
/// are written beside a table of both points and residuals, |pattern − decoded| / |pattern|.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd fit --model out/model.safetensors --known out/latent.csv --patterns new.xy --out fitted")]
pub(crate) struct Fit {
    #[command(flatten)]
    question: Question,
    /// Known points to start from too: a table name, x, y, as study and encode write it
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Folder for fit.csv and one decoded .xy file a pattern
    #[arg(long, value_name = "DIR", default_value = "fitted")]
    out: PathBuf,
    /// Print the table as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

/// So many of the known points are started from.
const STARTS: usize = 5;

impl Fit {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        let read = pool.install(|| self.question.read(None))?;
        let (model, found) = (read.model, read.read);
        let known = match &self.known {
            Some(path) => LatentTable::read(path, &model)?.latents.points,
            None => Vec::new(),
        };
        let mut out = output::open(&self.out)?;
        out = out.sparing(self.question.inputs(self.known.as_ref()), &["fit.csv"])?;
        let set = &found.set;
        let encoded = pool.install(|| model.encode_set(set))?;
        let before = pool.install(|| residuals(&model, set))?;
        let of_known = pool.install(|| model.decode_many(&known))?;
        let fit = |i: usize| -> Result<Found> {
            let intensities = set.intensities(i);
            let mut starts = vec![encoded[i]];
            starts.extend(nearest(intensities, &known, &of_known));
            Ok(best_fit(&model, intensities, &starts)?)
        };
        let fits: Vec<Found> = pool.install(|| {
            (0..set.len())
                .into_par_iter()
                .map(fit)
                .collect::<Result<_>>()
        })?;
        let points: Vec<Latent2> = fits.iter().map(|f| f.point).collect();
        let block = pool.install(|| model.decode_many(&points))?;
        for (name, row) in set.names().iter().zip(block.chunks(set.grid().len())) {
            let pattern = Pattern::new(*set.grid(), model.scale(), row.to_vec())?;
            let pattern = pattern.with_wavelength(model.wavelength());
            out.write(format!("{}.xy", safe_name(name)), |f| {
                xrd_io::write::pattern_xy(f, &pattern)
            })?;
        }
        let rows: Vec<Row> = (0..set.len())
            .map(|i| Row {
                name: &set.names()[i],
                fit: fits[i],
                encoded: Found {
                    point: encoded[i],
                    residual: before[i],
                },
            })
            .collect();
        out.write("fit.csv", |f| to_table(&rows).write(f))?;
        out.commit()?;
        if self.json {
            let all: Vec<Value> = rows.iter().map(Row::to_json).collect();
            return say(&serde_json::to_string_pretty(&all)?);
        }
        for row in &rows {
            say(&row.to_line())?;
        }
        say(&format!(
            "table and decoded patterns in {}",
            self.out.display()
        ))
    }
}

/// The known points whose decoded patterns are nearest to a pattern.
fn nearest(intensities: &[f32], known: &[Latent2], decoded: &[f32]) -> Vec<Latent2> {
    let away = |row: &[f32]| -> f64 {
        let pairs = row.iter().zip(intensities);
        pairs
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
            .sum()
    };
    let rows = decoded.chunks(intensities.len().max(1));
    let mut all: Vec<(f64, Latent2)> = rows.map(away).zip(known.iter().copied()).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().take(STARTS).map(|(_, p)| p).collect()
}

struct Row<'a> {
    name: &'a str,
    fit: Found,
    /// What the encoder says.
    encoded: Found,
}

impl Row<'_> {
    fn to_line(&self) -> String {
        let (a, b) = (&self.fit, &self.encoded);
        format!(
            "{}: residual {:.4} at ({:.4}, {:.4}); encoded at ({:.4}, {:.4}), residual {:.4}",
            self.name, a.residual, a.point.x, a.point.y, b.point.x, b.point.y, b.residual
        )
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "x": self.fit.point.x,
            "y": self.fit.point.y,
            "residual": self.fit.residual,
            "x_encoded": self.encoded.point.x,
            "y_encoded": self.encoded.point.y,
            "residual_encoded": self.encoded.residual,
        })
    }
}

fn to_table(rows: &[Row<'_>]) -> Table {
    let header = [
        "name",
        "x",
        "y",
        "residual",
        "x_encoded",
        "y_encoded",
        "residual_encoded",
    ];
    let row = |r: &Row<'_>| {
        let numbers = |f: &Found| [f.point.x, f.point.y, f.residual].map(|v| v.to_string());
        let mut row = vec![r.name.to_owned()];
        row.extend(numbers(&r.fit));
        row.extend(numbers(&r.encoded));
        row
    };
    Table {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.iter().map(row).collect(),
    }
}
