use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use xrd_core::Encoder;

use crate::dataset::read_for;
use crate::options::{Estimating, Question, Threads};
use crate::output::say;
use crate::plane::{Estimated, KnownPoints};
use crate::tables;

/// Unknown patterns to estimated labels, by default from the triangle of known points around each.
///
/// An estimate of a pattern outside the known points is marked as a fallback.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd estimate --model out/model.safetensors --known out/latent.csv --patterns new.xy")]
pub(crate) struct Estimate {
    #[command(flatten)]
    question: Question,
    /// Known points: a table name, x, y, labels, as study and encode write it
    #[arg(long, value_name = "FILE")]
    known: PathBuf,
    #[command(flatten)]
    estimating: Estimating,
    /// Write a table here instead of printing
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

impl Estimate {
    pub(crate) fn run(self) -> Result<()> {
        let known = KnownPoints::read(&self.known)?;
        let pool = self.threads.pool()?;
        let (model, found) = pool.install(|| read_for(&self.question, None))?;
        let points = pool.install(|| model.encode_set(&found.set))?;
        let rows = known.estimate(
            found.set.names(),
            &points,
            None,
            &*self.estimating.estimator,
        )?;
        let columns = known.labels().columns();
        if let Some(out) = &self.out {
            let table = tables::estimates(&rows, columns, &known.names);
            xrd_io::write_atomically(out, |f| table.write(f))?;
            say(&format!("{} estimates in {}", rows.len(), out.display()))?;
        }
        if self.json {
            let all: Vec<Value> = rows
                .iter()
                .map(|r| to_json(r, columns, &known.names))
                .collect();
            return say(&serde_json::to_string_pretty(&all)?);
        }
        if self.out.is_none() {
            for row in &rows {
                say(&to_line(row, columns))?;
            }
        }
        Ok(())
    }
}

fn to_line(row: &Estimated, columns: &[String]) -> String {
    let pairs = columns.iter().zip(&row.estimate.values);
    let values: Vec<String> = pairs.map(|(c, v)| format!("{c} = {v:.4}")).collect();
    let mark = if row.estimate.is_inside() {
        ""
    } else {
        "  (fallback: outside the known points)"
    };
    format!("{}: {}{mark}", row.name, values.join(", "))
}

fn to_json(row: &Estimated, columns: &[String], known: &[String]) -> Value {
    let values: serde_json::Map<String, Value> = columns
        .iter()
        .cloned()
        .zip(row.estimate.values.iter().map(|v| json!(v)))
        .collect();
    let cells = row.basis_cells(known);
    let vertices: Vec<&String> = cells[2..5].iter().filter(|c| !c.is_empty()).collect();
    json!({
        "name": row.name,
        "labels": values,
        "inside": row.estimate.is_inside(),
        "basis": cells[1],
        "vertices": vertices,
        "s": cells[5].parse::<f64>().ok(),
        "t": cells[6].parse::<f64>().ok(),
    })
}
