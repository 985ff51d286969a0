use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use xrd_io::{ReadKind, ReadOptions, Scan, ScanFile, read_file};

use crate::options::Threads;
use crate::output::{OutputFolder, say};
use crate::progress;

/// Pattern files of any kind to one kind.
///
/// OUT is a file where it ends with the name of a format, else a folder that gets a file for each
/// of the inputs. Several inputs into one csv or npz become a matrix of patterns.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd convert scan.brml scan.xy
  xrd convert --scan all rsm.xrdml scans/
  xrd convert measured/ converted/ --to xye
  xrd convert measured/ patterns.npz")]
pub(crate) struct Convert {
    /// Files, or folders of files
    #[arg(value_name = "IN", required = true, num_args = 1..)]
    inputs: Vec<PathBuf>,
    /// A file .xy, .xye, .csv, .npz, .xrdml or .cif, or a folder
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Which scan of a file that holds several: its number, or all; by default the first, or all
    /// where OUT can hold them
    #[arg(long, value_name = "N|all")]
    scan: Option<Choice>,
    /// The kind of the files in the folder OUT
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Target::Xy)]
    to: Target,
    #[command(flatten)]
    threads: Threads,
}

/// Which scans of a file.
#[derive(Clone, Copy, Debug)]
enum Choice {
    All,
    Number(usize),
}

impl std::str::FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            _ => crate::options::count(text)
                .map(Self::Number)
                .map_err(|e| e + ", or all"),
        }
    }
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Two columns
    Xy,
    /// Three columns, the third the standard deviation
    Xye,
    /// A table with names, or a matrix of several patterns
    Csv,
    /// NumPy arrays
    Npz,
    /// PANalytical XRDML 1.5
    Xrdml,
    /// pdCIF
    Cif,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

impl Target {
    const ALL: [Self; 6] = [
        Self::Xy,
        Self::Xye,
        Self::Csv,
        Self::Npz,
        Self::Xrdml,
        Self::Cif,
    ];

    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL
            .into_iter()
            .find(|t| extension.eq_ignore_ascii_case(t.extension()))
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Xy => "xy",
            Self::Xye => "xye",
            Self::Csv => "csv",
            Self::Npz => "npz",
            Self::Xrdml => "xrdml",
            Self::Cif => "cif",
        }
    }

    /// Whether a file of this kind can hold scans that share nothing.
    fn holds_many(self) -> bool {
        matches!(self, Self::Npz | Self::Xrdml | Self::Cif)
    }

    /// Whether several patterns on one grid can become a matrix.
    fn is_matrix(self) -> bool {
        matches!(self, Self::Csv | Self::Npz)
    }

    /// Writes scans, one where the kind holds no more.
    fn write(self, to: &mut dyn Write, scans: &[Scan]) -> io::Result<()> {
        match self {
            Self::Xy => xrd_io::write_scan_xy(to, &scans[0]),
            Self::Xye => xrd_io::write_scan_xye(to, &scans[0]),
            Self::Csv => xrd_io::write_scan_csv(to, &scans[0]),
            Self::Npz => xrd_io::write_scans_npz(to, scans),
            Self::Xrdml => xrd_io::write_xrdml(to, scans),
            Self::Cif => xrd_io::write_pdcif(to, scans),
        }
    }
}

impl Convert {
    pub(crate) fn run(self) -> Result<()> {
        let files = files(&self.inputs)?;
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

    /// One file to one file, or to numbered ones where all scans are asked for.
    fn one(&self, file: &Path, target: Target) -> Result<()> {
        let read = read_file(file)?;
        if read.kind == ReadKind::Matrix && target.is_matrix() && self.scan.is_none() {
            let scans = read
                .scans
                .into_iter()
                .map(|s| (file.to_owned(), s))
                .collect();
            return self.write_matrix(scans, target);
        }
        let (scans, notes) = self.chosen(file, read, target)?;
        notes.iter().for_each(|note| eprintln!("note: {note}"));
        let parts = match target.holds_many() || scans.len() == 1 {
            true => vec![(self.out.clone(), scans.as_slice())],
            false => numbered(&self.out, &scans),
        };
        for (path, scans) in &parts {
            xrd_io::write_atomically(path, |to| target.write(to, scans))?;
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

    /// The scans asked for, and what a user should know of them.
    fn chosen(
        &self,
        file: &Path,
        read: ScanFile,
        target: Target,
    ) -> Result<(Vec<Scan>, Vec<String>)> {
        let total = read.scans.len();
        let mut notes = Vec::new();
        let scans: Vec<Scan> = match self.scan {
            Some(Choice::All) => read.scans,
            None if target.holds_many() => read.scans,
            Some(Choice::Number(n)) => {
                let none = || {
                    format!(
                        "{}: there is no scan {n} (it holds {total})",
                        file.display()
                    )
                };
                vec![read.scans.into_iter().nth(n - 1).with_context(none)?]
            }
            None => {
                if total > 1 {
                    let name = file.display();
                    notes.push(format!(
                        "{name}: the first of {total} scans is taken (--scan N, --scan all)"
                    ));
                }
                read.scans.into_iter().take(1).collect()
            }
        };
        let told = |scan: &Scan, warning: &String| match total {
            1 => format!("{}: {warning}", file.display()),
            _ => format!("{}: {}: {warning}", file.display(), scan.name()),
        };
        notes.extend(
            scans
                .iter()
                .flat_map(|s| s.warnings().iter().map(move |w| told(s, w))),
        );
        Ok((scans, notes))
    }

    /// All files to one matrix.
    fn matrix(&self, files: &[PathBuf], target: Target) -> Result<()> {
        let mut scans = Vec::new();
        for (file, outcome) in self.each(files, |file| {
            let read = read_file(file)?;
            let scans = match read.kind {
                ReadKind::Matrix => read.scans,
                ReadKind::Files => self.chosen(file, read, Target::Xy)?.0,
            };
            // A scan that is no pattern is left out here, not in the middle of the set.
            match scans.iter().find_map(|s| s.not_powder()) {
                Some(what) => bail!("{}: no powder pattern but {what}", file.display()),
                None => Ok(scans),
            }
        })? {
            match outcome {
                Ok(of_file) => scans.extend(of_file.into_iter().map(|s| (file.clone(), s))),
                Err(why) => eprintln!("note: left out: {why:#}"),
            }
        }
        if scans.is_empty() {
            bail!("no pattern in {}", count(files.len(), "file"));
        }
        self.write_matrix(scans, target)
    }

    fn write_matrix(&self, scans: Vec<(PathBuf, Scan)>, target: Target) -> Result<()> {
        let read = xrd_io::pattern_set(scans, &ReadOptions::default())?;
        read.warnings
            .iter()
            .for_each(|warning| eprintln!("note: {warning}"));
        xrd_io::write_atomically(&self.out, |to| match target {
            Target::Csv => xrd_io::write_csv(to, &read.set),
            _ => xrd_io::write_npz(to, &read.set),
        })?;
        say(&format!(
            "{} in {}",
            count(read.set.len(), "pattern"),
            self.out.display()
        ))
    }

    /// Every file to files of its own in a folder.
    fn folder(&self, files: &[PathBuf]) -> Result<()> {
        let stems = stems(files);
        let mut output = OutputFolder::open(&self.out)?;
        let mut left_out = 0;
        let converted = self.each(files, |file| self.texts(file, &stems[file]))?;
        for (_, outcome) in converted {
            match outcome {
                Ok((texts, notes)) => {
                    notes.iter().for_each(|note| eprintln!("note: {note}"));
                    for (name, bytes) in texts {
                        output.write_unsynced(name, &bytes)?;
                    }
                }
                Err(why) => {
                    left_out += 1;
                    eprintln!("note: left out: {why:#}");
                }
            }
        }
        let written = output.files().len();
        if written == 0 {
            bail!("no pattern in {}", count(files.len(), "file"));
        }
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

    /// What one input becomes: names and contents, and notes.
    fn texts(&self, file: &Path, stem: &str) -> Result<Converted> {
        let target = self.to;
        let (scans, notes) = self.chosen(file, read_file(file)?, target)?;
        let out = PathBuf::from(format!("{stem}.{target}"));
        let parts = match target.holds_many() || scans.len() == 1 {
            true => vec![(out, scans.as_slice())],
            false => numbered(&out, &scans),
        };
        let write = |(name, scans): (PathBuf, &[Scan])| {
            let mut bytes = Vec::new();
            target
                .write(&mut bytes, scans)
                .with_context(|| file.display().to_string())?;
            Ok((name, bytes))
        };
        let texts = parts.into_iter().map(write).collect::<Result<_>>()?;
        Ok((texts, notes))
    }

    /// Does something with each file, on all threads, and shows how far it is. The results are in
    /// the order of the files.
    fn each<T: Send>(
        &self,
        files: &[PathBuf],
        step: impl Fn(&Path) -> Result<T> + Sync,
    ) -> Result<Vec<(PathBuf, Result<T>)>> {
        let bar = progress::bar("converting", files.len() as u64);
        let outcome = |file: &PathBuf| {
            let outcome = step(file);
            bar.inc(1);
            (file.clone(), outcome)
        };
        let pool = self.threads.pool()?;
        let outcomes = pool.install(|| files.par_iter().with_max_len(1).map(outcome).collect());
        bar.finish_and_clear();
        Ok(outcomes)
    }
}

/// The files named, and those in the folders named that are not hidden, by name.
fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        let name = || input.display().to_string();
        if !input.metadata().with_context(name)?.is_dir() {
            files.push(input.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in input.read_dir().with_context(name)? {
            let path = entry.with_context(name)?.path();
            let hidden = path
                .file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with('.'));
            if path.is_file() && !hidden {
                inside.push(path);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    if files.is_empty() {
        bail!("{}: a folder without files", inputs[0].display());
    }
    Ok(files)
}

/// What the output of each file is called: the file without its extension, with it where two
/// would be called alike.
fn stems(files: &[PathBuf]) -> HashMap<PathBuf, String> {
    let text =
        |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let mut count = HashMap::new();
    for file in files {
        *count.entry(text(file.file_stem())).or_insert(0) += 1;
    }
    let stem = |file: &PathBuf| match text(file.file_stem()) {
        stem if count[&stem] == 1 => stem,
        _ => text(file.file_name()),
    };
    files
        .iter()
        .map(|file| (file.clone(), stem(file)))
        .collect()
}

/// A file for each scan: a_1.xy, a_2.xy, …
fn numbered<'a>(out: &Path, scans: &'a [Scan]) -> Vec<(PathBuf, &'a [Scan])> {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let extension = out.extension().unwrap_or_default().to_string_lossy();
    let name = |i| out.with_file_name(format!("{stem}_{}.{extension}", i + 1));
    scans
        .chunks(1)
        .enumerate()
        .map(|(i, scan)| (name(i), scan))
        .collect()
}

fn count(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ => format!("{n} {what}s"),
    }
}

/// Files by name with their contents, and notes.
type Converted = (Vec<(PathBuf, Vec<u8>)>, Vec<String>);
