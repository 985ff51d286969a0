//! `xrd convert`: conversion of pattern files to other formats.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use rayon::prelude::*;
use xrd_io::{ReadKind, ReadOptions, Scan, ScanFile, planned_steps, read_file};

mod files;
mod notes;
mod target;

use files::{files, named, numbered, stems};
use notes::FileNote;
use target::{Choice, Target};

use xrd_study::{Inputs, Note, OutputFolder};

use crate::options::{Preparing, Resampling, Stating, Threads, resampling};
use crate::output::{self, print_note, say};
use crate::progress;

/// Convert pattern files of any supported format to another format.
///
/// OUT is a file if it ends with the extension of a format. Otherwise it is a folder, with one file per
/// input. Several inputs with one csv or npz file as OUT become a matrix of patterns.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd convert scan.brml scan.xy
  xrd convert --scan all rsm.xrdml scans/
  xrd convert measured/ converted/ --to xye
  xrd convert measured/ patterns.npz --background snip --crop 10:80")]
pub(crate) struct Convert {
    /// Input files, or folders of files
    #[arg(value_name = "IN", required = true, num_args = 1..)]
    inputs: Vec<PathBuf>,
    /// Output file (.xy, .xye, .csv, .npz, .xrdml or .cif) or folder
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Number of the scan to convert if a file contains several, or all [default: all if the format
    /// of OUT can hold them, else the first]
    #[arg(long, value_name = "N|all")]
    scan: Option<Choice>,
    /// Format of the files in the folder OUT
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Target::Xy)]
    to: Target,
    #[command(flatten)]
    stating: Stating,
    /// Interpolate patterns with different or irregular angles to this grid. Without a value: to a
    /// grid over the range of all patterns of a matrix, or of each file
    #[arg(long, value_name = "FROM:TO:STEP", num_args = 0..=1, require_equals = true,
        default_missing_value = "", value_parser = resampling)]
    resample: Option<Resampling>,
    #[command(flatten)]
    preparing: Preparing,
    #[command(flatten)]
    threads: Threads,
}

/// The result for one input.
enum Outcome {
    /// Its output files with their final names, and notes.
    Written {
        staged: Vec<(PathBuf, PathBuf)>,
        notes: Vec<FileNote>,
    },
    LeftOut(anyhow::Error),
}

impl Convert {
    pub(crate) fn run(self) -> Result<()> {
        let files = files(&self.inputs)?;
        Inputs::new(&files).refuse_overwrite(&self.out)?;
        match (Target::of(&self.out), files.as_slice()) {
            (Some(target), [file]) if self.inputs[0].is_file() => self.one(file, target),
            (Some(target), _) if target.is_matrix() => self.matrix(&files, target),
            (Some(target), _) => bail!(
                "{} files do not fit into one {target} (expected a folder as OUT)",
                files.len()
            ),
            (None, _) => self.folder(&files),
        }
    }

    /// The options for reading and preparing.
    fn options(&self) -> ReadOptions {
        let mut options = self.stating.options().with_prepare(self.preparing.steps());
        options.common_grid = self.resample.is_some();
        options.resample = self.resample.and_then(|resampling| resampling.grid);
        options
    }

    /// Converts one file to one file, or to numbered ones if --scan all is given.
    fn one(&self, file: &Path, target: Target) -> Result<()> {
        let read = read_file(file, &self.options())?;
        let is_set = read.kind == ReadKind::Matrix || read.is_archive;
        if is_set && target.is_matrix() && self.scan.is_none() {
            let scans = read.scans.into_iter();
            return self.write_matrix(scans.map(|s| (file.to_owned(), s)).collect(), target);
        }
        let (scans, notes) = self.prepared(file, read, target)?;
        notes::print(notes);
        let parts = parts(&self.out, &scans, target);
        for (path, _) in &parts {
            Inputs::new([file]).refuse_overwrite(path)?;
        }
        for (path, scans) in &parts {
            xrd_io::write::atomically(path, |to| target.write(to, scans))?;
        }
        say(&match parts.as_slice() {
            [(path, scans)] => format!("{} in {}", count(scans.len(), "scan"), path.display()),
            [(first, _), .., (last, _)] => {
                format!(
                    "{} in {} to {}",
                    count(parts.len(), "scan"),
                    first.display(),
                    last.display()
                )
            }
            [] => String::new(),
        })
    }

    /// The selected scans, and a note if others are left out.
    fn chosen(
        &self,
        file: &Path,
        read: ScanFile,
        target: Target,
    ) -> Result<(Vec<Scan>, Option<String>)> {
        let total = read.scans.len();
        let name = file.display();
        match self.scan {
            Some(Choice::All) => Ok((read.scans, None)),
            None if target.holds_many() || read.is_archive => Ok((read.scans, None)),
            Some(Choice::Number(n)) => {
                let none =
                    || format!("{name}: scan {n} does not exist (the file contains {total})");
                let scan = read.scans.into_iter().nth(n - 1).with_context(none)?;
                Ok((vec![scan], None))
            }
            None => {
                let note = format!("used the first of {total} scans (--scan N, --scan all)");
                let first = read.scans.into_iter().take(1).collect();
                Ok((first, (total > 1).then_some(note)))
            }
        }
    }

    /// The selected scans after the requested preparation, and notes about them.
    fn prepared(
        &self,
        file: &Path,
        read: ScanFile,
        target: Target,
    ) -> Result<(Vec<Scan>, Vec<FileNote>)> {
        let total = read.scans.len();
        let (chosen, note) = self.chosen(file, read, target)?;
        let mut notes: Vec<FileNote> = note
            .into_iter()
            .map(|n| FileNote::of_file(file, n))
            .collect();
        let name = file.display().to_string();
        let options = self.options();
        let mut scans = Vec::with_capacity(chosen.len());
        for scan in chosen {
            let steps = planned_steps(&[(file, &scan)], &options)?;
            let scan = match steps.is_empty() {
                true => scan,
                false => scan.prepare(&steps).with_context(|| name.clone())?,
            };
            notes.extend(FileNote::all(file, &scan, total > 1));
            scans.push(scan);
        }
        Ok((scans, notes))
    }

    /// Converts all files to one matrix.
    fn matrix(&self, files: &[PathBuf], target: Target) -> Result<()> {
        let (mut scans, mut notes) = (Vec::new(), Vec::new());
        let outcomes = self.each(files, |_, file| Ok(self.patterns_of(file)))?;
        for (file, outcome) in files.iter().zip(outcomes) {
            match outcome {
                Ok((of_file, note)) => {
                    notes.extend(note.map(|note| FileNote::of_file(file, note)));
                    scans.extend(of_file.into_iter().map(|s| (file.clone(), s)));
                }
                Err(why) => eprintln!("note: left out: {why:#}"),
            }
        }
        notes::print(notes);
        if scans.is_empty() {
            bail!("no pattern in {}", count(files.len(), "file"));
        }
        self.write_matrix(scans, target)
    }

    /// The scans of a file for a matrix, and a note if some are left out.
    fn patterns_of(&self, file: &Path) -> Result<(Vec<Scan>, Option<String>)> {
        let read = read_file(file, &self.options())?;
        let (scans, note) = match read.kind {
            ReadKind::Matrix => (read.scans, None),
            ReadKind::Files => self.chosen(file, read, Target::Xy)?,
        };
        // A scan that is not a powder pattern is refused here, before the set is put together.
        match scans.iter().find_map(|s| s.not_powder()) {
            Some(what) => bail!("{}: not a powder pattern ({what})", file.display()),
            None => Ok((scans, note)),
        }
    }

    fn write_matrix(&self, scans: Vec<(PathBuf, Scan)>, target: Target) -> Result<()> {
        let read = xrd_io::pattern_set(scans, &self.options())?;
        for warning in read.warnings {
            print_note(&Note::from(warning));
        }
        xrd_io::write::atomically(&self.out, |to| match target {
            Target::Csv => xrd_io::write::set_csv(to, &read.set, &read.preparation),
            _ => xrd_io::write::set_npz(to, &read.set, &read.preparation),
        })?;
        say(&format!(
            "{} in {}",
            count(read.set.len(), "pattern"),
            self.out.display()
        ))
    }

    /// Converts every file to its own files in a folder, each written as soon as it is read.
    fn folder(&self, files: &[PathBuf]) -> Result<()> {
        let stems = stems(files);
        let mut output = output::open(&self.out)?;
        let outcomes = self.each(files, |i, file| self.stage(&output, (i, &stems[i]), file))?;
        let (mut left_out, mut all_notes) = (0, Vec::new());
        for outcome in outcomes {
            match outcome {
                Outcome::Written { staged, notes } => {
                    all_notes.extend(notes);
                    for (path, name) in staged {
                        output.adopt(&path, name)?;
                    }
                }
                Outcome::LeftOut(why) => {
                    left_out += 1;
                    eprintln!("note: left out: {why:#}");
                }
            }
        }
        notes::print(all_notes);
        let written = output.files().len();
        if written == 0 {
            bail!("no pattern in {}", count(files.len(), "file"));
        }
        let inputs = Inputs::new(files);
        let mut written_to = output.files().iter().map(|name| self.out.join(name));
        written_to.try_for_each(|path| inputs.refuse_overwrite(&path))?;
        output.commit()?;
        let rest = match left_out {
            0 => String::new(),
            n => format!(", {} left out", count(n, "file")),
        };
        say(&format!(
            "{} in {}{rest}",
            count(written, "file"),
            self.out.display()
        ))
    }

    /// Converts one input and writes its files. Fails only if writing fails.
    fn stage(
        &self,
        output: &OutputFolder,
        (number, stem): (usize, &str),
        file: &Path,
    ) -> Result<Outcome> {
        let (texts, notes) = match self.texts(file, stem) {
            Ok(converted) => converted,
            Err(why) => return Ok(Outcome::LeftOut(why)),
        };
        let mut staged = Vec::with_capacity(texts.len());
        for (part, (name, bytes)) in texts.into_iter().enumerate() {
            staged.push((output.stage(&format!("{number}-{part}"), &bytes)?, name));
        }
        Ok(Outcome::Written { staged, notes })
    }

    /// The names and contents of the output files of one input, and notes.
    fn texts(&self, file: &Path, stem: &str) -> Result<Converted> {
        let target = self.to;
        let read = read_file(file, &self.options())?;
        let has_names = read.kind == ReadKind::Matrix || read.is_archive;
        let (scans, notes) = self.prepared(file, read, target)?;
        let out = PathBuf::from(format!("{stem}.{target}"));
        let write = |(name, scans): (PathBuf, &[Scan])| {
            let mut bytes = Vec::new();
            target
                .write(&mut bytes, scans)
                .with_context(|| file.display().to_string())?;
            Ok((name, bytes))
        };
        let parts = match has_names && scans.len() > 1 && !target.holds_many() {
            true => named(&scans, target),
            false => parts(&out, &scans, target),
        };
        let texts = parts.into_iter().map(write);
        Ok((texts.collect::<Result<_>>()?, notes))
    }

    /// Applies a step to each file on all threads, with a progress bar. The results are in the order
    /// of the files. The first error ends it.
    fn each<T: Send>(
        &self,
        files: &[PathBuf],
        step: impl Fn(usize, &Path) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let bar = progress::bar("converting", files.len() as u64);
        let one = |(i, file): (usize, &PathBuf)| {
            let outcome = step(i, file);
            bar.inc(1);
            outcome
        };
        let pool = self.threads.pool()?;
        let each = || files.par_iter().enumerate().with_max_len(1).map(one);
        let outcomes = pool.install(|| each().collect());
        bar.finish_and_clear();
        outcomes
    }
}

/// The output files of scans: one file, or numbered files if the format holds a single scan.
fn parts<'a>(out: &Path, scans: &'a [Scan], target: Target) -> Vec<(PathBuf, &'a [Scan])> {
    match target.holds_many() || scans.len() == 1 {
        true => vec![(out.to_owned(), scans)],
        false => numbered(out, scans),
    }
}

fn count(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ => format!("{n} {what}s"),
    }
}

/// Names and contents of files, and notes.
type Converted = (Vec<(PathBuf, Vec<u8>)>, Vec<FileNote>);
