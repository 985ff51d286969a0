//! `xrd report`: the page of a study.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_report::{PAGE_FILE, page};
use xrd_study::{STUDY_FILE, StudyReport};

use crate::options::Threads;
use crate::output::say;

/// A study's folder to a page for the browser that needs no network: report.html, made anew.
///
/// A study writes it by itself. Tables and figures changed since then are in the new page as they
/// are now.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd report out/")]
pub(crate) struct Report {
    /// Folder of the study
    #[arg(value_name = "DIR", default_value = "out")]
    folder: PathBuf,
    /// Where the page goes; report.html in the folder by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
}

impl Report {
    pub(crate) fn run(self) -> Result<()> {
        let study = StudyReport::read(&self.folder.join(STUDY_FILE))?;
        let page = self
            .threads
            .pool()?
            .install(|| page(&self.folder, &study))?;
        let out = self.out.unwrap_or_else(|| self.folder.join(PAGE_FILE));
        xrd_io::write::atomically(&out, |f| f.write_all(page.as_bytes()))?;
        say(&format!("page in {}", out.display()))
    }
}
