//! `xrd predict fit`: a predictor of given structures.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_study::Inputs;
use xrd_study::xrd_predict::{CellSettings, FitSettings, Predictor};

use super::known;
use crate::options::Threads;
use crate::output::say;
use crate::progress::Terminal;

/// Make a predictor for xrd predict from known structures.
///
/// Structures are read from JSON lines, CIFs, POSCARs, and folders of them. Partly occupied structures are left
/// out.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd predict fit structures/ --out my.predictor
  xrd predict CsInBr3 --model my.predictor --out predicted")]
pub(crate) struct Fit {
    /// Structures: .jsonl, .cif and POSCAR files, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    structures: Vec<PathBuf>,
    /// Output file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

impl Fit {
    pub(crate) fn run(&self) -> Result<()> {
        Inputs::new(&self.structures).refuse_overwrite(&self.out)?;
        let pool = self.threads.pool()?;
        let terminal = Terminal::default();
        let (known, skipped) = pool.install(|| known::read(&self.structures, &terminal))?;
        if let Some((count, why)) = skipped {
            eprintln!("note: {count} structures are left out; the first: {why}");
        }
        let settings = (FitSettings::default(), CellSettings::default());
        let predictor = pool.install(|| Predictor::fit(known, &settings.0, &settings.1))?;
        let bytes = predictor.to_bytes();
        xrd_io::write::atomically(&self.out, |f| f.write_all(&bytes))?;
        say(&format!(
            "{} structures of {} formulas in {} ({} bytes)",
            predictor.known().len(),
            predictor.formulas().len(),
            self.out.display(),
            bytes.len()
        ))
    }
}
