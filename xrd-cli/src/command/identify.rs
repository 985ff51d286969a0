//! `xrd identify`: the known structures whose lines agree with patterns.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use xrd_identify::{Library, Search};
use xrd_report::FigureFiles;
use xrd_study::{Inputs, OutputFolder};

use crate::candidate::{figure_name, short_name};
use crate::message;
use crate::options::{Pictures, Stating, Threads, count};
use crate::output::{self, say};
use crate::pattern_files::files_of;
use crate::prepared::{PreparedScan, prepared_scans};

mod answer;

use answer::Answer;

/// Number of candidates whose shifts are fitted.
const CANDIDATES: usize = 100;

/// Name the known structures whose lines agree best with patterns.
///
/// The program contains the lines of 9,203 minerals (American Mineralogist Crystal Structure Database) and
/// 24,666 computed compounds (Materials Project). For each pattern, the nearest structures are listed with
/// formula, space group, similarity (1 for equal patterns), the lines that the pattern has, and
/// the fitted zero shift, displacement of the specimen and change of the lattice (up to 1 %).
/// Structures of one name or formula and one space group are listed once. A file that cannot be read
/// is named, the others are answered, and the exit status is 2.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd identify scan.xrdml
  xrd identify mixture.xy --phases 2 --json
  xrd identify scans/ --out figures
  xrd library cifs/ --out my.lines && xrd identify scan.xy --library my.lines")]
pub(crate) struct Identify {
    /// Pattern files, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    files: Vec<PathBuf>,
    /// Library of more structures, made by xrd library. May be repeated
    #[arg(long, value_name = "FILE")]
    library: Vec<PathBuf>,
    /// Use only the structures of --library
    #[arg(long, requires = "library")]
    only_library: bool,
    /// Largest number of phases of a mixture
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = phases)]
    phases: usize,
    /// Number of structures to list per pattern
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = count)]
    top: usize,
    /// Folder for a figure of each pattern above the lines of the nearest structures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    stating: Stating,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Identify {
    pub(crate) fn run(self) -> Result<()> {
        let mut figures = self.figures()?;
        let library = self.open()?;
        let pool = self.threads.pool()?;
        let (mut all, mut failed) = (Vec::new(), Vec::new());
        let files = files_of(&self.files);
        let several = files.len() > 1;
        for file in &files {
            let answers = self.answers(file, &library, &pool);
            match answers {
                Ok(answers) => {
                    for (name, answer) in answers {
                        self.show(&name, &answer, several, &mut all)?;
                        if let (Some(figures), Ok(answer)) = (&mut figures, &answer) {
                            figures.write(&name, answer)?;
                        }
                        failed.extend(answer.err());
                    }
                }
                Err(error) => {
                    let answer = Err(error);
                    self.show(&file.to_string_lossy(), &answer, several, &mut all)?;
                    failed.extend(answer.err());
                }
            }
        }
        if let Some(figures) = figures {
            figures.out.commit()?;
        }
        if self.json {
            say(&serde_json::to_string_pretty(&all)?)?;
        }
        match (failed.len(), all.len()) {
            (0, _) => Ok(()),
            (1, _) => Err(failed.swap_remove(0)),
            (n, total) => bail!(
                "{n} of {total} patterns cannot be identified: {}",
                message(&failed[0])
            ),
        }
    }

    /// The output folder, if figures are asked for.
    fn figures(&self) -> Result<Option<Figures>> {
        let files = self.pictures.files()?;
        let Some(out) = &self.out else {
            return Ok(None);
        };
        let inputs = Inputs::new(self.files.iter().chain(&self.library));
        let out = output::open(out)?.protecting(inputs, &[])?;
        Ok(Some(Figures { out, files }))
    }

    /// The known structures.
    fn open(&self) -> Result<Library> {
        let mut library = match self.only_library {
            true => Library::default(),
            false => xrd_line_lists::library(),
        };
        for file in &self.library {
            let name = || file.display().to_string();
            let bytes = std::fs::read(file).with_context(name)?;
            let own = Library::from_bytes(&bytes).with_context(name)?;
            library.append(&own).with_context(name)?;
        }
        Ok(library)
    }

    /// The answers about the patterns of a file, each with its name.
    fn answers(
        &self,
        file: &Path,
        library: &Library,
        pool: &rayon::ThreadPool,
    ) -> Result<Vec<(String, Result<Answer>)>> {
        let scans = prepared_scans(file, &self.stating.options())?;
        let answer = |(name, scan): (String, Result<PreparedScan>)| {
            let answer = scan.and_then(|scan| self.answer(&name, &scan, library, pool));
            (name, answer)
        };
        Ok(scans.into_iter().map(answer).collect())
    }

    fn answer(
        &self,
        name: &str,
        scan: &PreparedScan,
        library: &Library,
        pool: &rayon::ThreadPool,
    ) -> Result<Answer> {
        let search = Search {
            candidates: CANDIDATES.max(2 * self.top),
        };
        let work = || Answer::of(library, &scan.pattern, &search, self.phases, self.top);
        let mut answer = pool.install(work);
        answer.is_wavelength_assumed = scan.is_wavelength_assumed;
        if self.out.is_some() {
            answer.figure = Some(answer.draw(&short_name(name), scan)?);
        }
        Ok(answer)
    }

    /// Prints the answer about a pattern, or collects it for the array.
    fn show(
        &self,
        name: &str,
        answer: &Result<Answer>,
        several: bool,
        all: &mut Vec<Value>,
    ) -> Result<()> {
        let mut about = json!({"pattern": name});
        let more = match answer {
            Ok(answer) => answer.to_json(),
            Err(error) => json!({"error": message(error)}),
        };
        if let (Value::Object(about), Value::Object(more)) = (&mut about, more) {
            about.extend(more);
        }
        all.push(about);
        match answer {
            Ok(answer) if !self.json => answer.lines(name).iter().try_for_each(|l| say(l)),
            Ok(_) => Ok(()),
            // A single failure is the error of the program.
            Err(error) if several => {
                eprintln!("note: {}", message(error));
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }
}

/// Folder of figures.
struct Figures {
    out: OutputFolder,
    files: FigureFiles,
}

impl Figures {
    fn write(&mut self, pattern: &str, answer: &Answer) -> Result<()> {
        let Some(figure) = &answer.figure else {
            return Ok(());
        };
        let name = figure_name(pattern);
        Ok(self.files.write(&mut self.out, &name, figure)?)
    }
}

fn phases(text: &str) -> Result<usize, String> {
    match count(text)? {
        n @ 1..=5 => Ok(n),
        n => Err(format!("{n} phases (expected 1 to 5)")),
    }
}
