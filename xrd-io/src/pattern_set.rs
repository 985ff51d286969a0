use std::borrow::Cow;
use std::path::{Path, PathBuf};

use xrd_core::{Pattern, PatternSet, TwoThetaGrid};

use crate::error::{Error, Result};
use crate::format::{self, Matrix};
use crate::join::ByOrder;
use crate::options::ReadOptions;
use crate::prepare::Step;
use crate::scan::{AxisKind, Scan};
use crate::source::Source;
use crate::threads;

mod facts;
mod grouped;
mod plan;
mod together;

pub use facts::Facts;
use grouped::grouped;
pub use plan::planned_steps;
use together::{Together, done_before, names};

/// Kind of source from which patterns were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// A matrix: one file that holds several patterns on one axis. The order of the patterns may
    /// have a meaning.
    Matrix,
    /// Files of scans: a folder of files, or one file with one or more scans.
    Files,
}

/// Patterns read from one or more files, with warnings and a list of skipped files.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReadPatterns {
    /// The patterns.
    pub set: PatternSet,
    /// Whether the patterns were read from a matrix or from files of scans.
    pub kind: ReadKind,
    /// Whether the patterns have names. Names are read from the file or derived from file names.
    /// The patterns of a matrix without names are called 1, 2, 3, …, and this field is then
    /// `false`.
    pub named: bool,
    /// The files of a folder that were skipped, each with the reason for skipping it.
    pub skipped: Vec<(PathBuf, Error)>,
    /// The preparation steps applied to every scan, in order: first the steps that the file states,
    /// then the steps that [`planned_steps`] returns.
    pub preparation: Vec<Step>,
    /// The facts that the files state about each pattern, in the order of the patterns. Empty for
    /// shards.
    pub facts: Vec<Facts>,
    /// Warnings for the user, one sentence each.
    pub warnings: Vec<String>,
}

impl ReadPatterns {
    /// The condition under which the rows of a label table may be matched to these patterns by
    /// order.
    pub fn by_order(&self) -> ByOrder {
        match (self.kind, self.named) {
            (ReadKind::Files, _) => ByOrder::Never,
            (ReadKind::Matrix, true) => ByOrder::WithoutNames,
            (ReadKind::Matrix, false) => ByOrder::Always,
        }
    }
}

/// Converts scans to patterns and combines them in one set.
///
/// The preparation steps and the resampling of the options are applied first. Each scan comes with
/// a path. Error messages state this path.
///
/// # Errors
/// - [`Error::NotPowder`], [`Error::NotTwoTheta`] or [`Error::NoGrid`] if a scan cannot be
///   converted to a pattern.
/// - [`Error::DifferentAxes`] or [`Error::Mixed`] if the scans differ in axis, wavelength or unit.
/// - [`Error::Argument`] if `scans` is empty.
/// - Any error of [`Scan::prepare`] and [`Scan::resample`].
pub fn pattern_set(scans: Vec<(PathBuf, Scan)>, options: &ReadOptions) -> Result<ReadPatterns> {
    match scans.is_empty() {
        false => from_scans(scans, options),
        true => Err(Error::Argument {
            what: "the number of scans",
            value: 0.0,
            expected: "at least 1",
        }),
    }
}

pub(crate) fn from_matrix(
    source: &Source,
    matrix: Matrix,
    options: &ReadOptions,
) -> Result<ReadPatterns> {
    let of_file = |warning: &String| format!("{}: {warning}", source.path.display());
    let mut warnings: Vec<String> = matrix.warnings.iter().map(of_file).collect();
    // A matrix may have no pattern; the set then says so.
    let rows = 0..matrix.names.len().min(1);
    let first = rows.map(|row| matrix.scan(source, row));
    let first = first.collect::<Result<Vec<_>>>()?;
    let borrowed: Vec<(&Path, &Scan)> = first.iter().map(|scan| (source.path, scan)).collect();
    let steps = planned_steps(&borrowed, options)?;
    let mut preparation = matrix.preparation.clone();
    preparation.extend(&steps);
    let named = matrix.named;
    let set = match steps.is_empty() {
        true => {
            warnings.extend(
                source
                    .is_cut()
                    .then(|| format!("{}: {}", source.path.display(), format::CUT)),
            );
            as_it_is(source.path, matrix)?
        }
        false => row_by_row(source, &matrix, &steps, &mut warnings)?,
    };
    warnings.extend(resampled(&steps));
    let of_all = first.first().map(|scan| Facts::from(scan.metadata()));
    let facts = vec![of_all.unwrap_or_default(); set.len()];
    Ok(ReadPatterns {
        set,
        kind: ReadKind::Matrix,
        named,
        facts,
        skipped: vec![],
        preparation,
        warnings,
    })
}

fn as_it_is(path: &Path, matrix: Matrix) -> Result<PatternSet> {
    if matrix.axis_kind != AxisKind::TwoThetaDeg {
        return Err(Error::NotTwoTheta {
            name: path.display().to_string(),
            axis: matrix.axis_kind.to_string(),
        });
    }
    let grid = uniform(path, &matrix.axis)?;
    let (scale, wavelength, names) = (matrix.scale, matrix.wavelength, matrix.names);
    let set = PatternSet::new(grid, scale, wavelength, names, matrix.intensities);
    set.map_err(|e| Error::invalid(path, e))
}

fn row_by_row(
    source: &Source,
    matrix: &Matrix,
    steps: &[Step],
    warnings: &mut Vec<String>,
) -> Result<PatternSet> {
    let path = source.path;
    let mut patterns = Vec::with_capacity(matrix.names.len());
    for (row, name) in matrix.names.iter().enumerate() {
        let scan = matrix.scan(source, row)?;
        let prepared = prepared(path, &scan, steps)?;
        let of_row = |warning: &String| format!("{}: {name}: {warning}", path.display());
        let own = |warning: &&String| !matrix.warnings.contains(warning);
        warnings.extend(prepared.warnings().iter().filter(own).map(of_row));
        patterns.push((name.clone(), to_pattern(path, &prepared)?));
    }
    PatternSet::from_patterns(patterns).map_err(|e| Error::invalid(path, e))
}

pub(crate) fn uniform(path: &Path, axis: &[f64]) -> Result<TwoThetaGrid> {
    TwoThetaGrid::from_angles(axis).map_err(|reason| no_grid(path, reason))
}

fn no_grid(path: &Path, reason: xrd_core::Error) -> Error {
    match reason {
        xrd_core::Error::NotUniform { .. } => Error::NoGrid {
            name: path.display().to_string(),
            reason,
        },
        _ => Error::invalid(path, reason),
    }
}

/// The warning that patterns were interpolated.
fn resampled(steps: &[Step]) -> Option<String> {
    steps.iter().find_map(|step| match step {
        Step::Resample(grid) => Some(format!("resampled by linear interpolation onto {grid}")),
        _ => None,
    })
}

/// Puts scans of several files into one set. `scans` contains at least one scan.
pub(crate) fn from_scans(
    scans: Vec<(PathBuf, Scan)>,
    options: &ReadOptions,
) -> Result<ReadPatterns> {
    let mut warnings = Vec::new();
    let mut preparation = done_before(&scans, &mut warnings);
    let borrowed: Vec<(&Path, &Scan)> = scans.iter().map(|(p, s)| (p.as_path(), s)).collect();
    let steps = planned_steps(&borrowed, options)?;
    preparation.extend(&steps);
    let names = names(&scans);
    // Side by side, each scan given back as soon as its pattern is there.
    let ready = threads::map(scans, |(path, scan)| ready(path, scan, &steps));
    let (mut paths, mut patterns) = (Vec::new(), Vec::with_capacity(ready.len()));
    let (mut facts, mut of_files) = (Vec::with_capacity(ready.len()), Vec::new());
    for ready in ready {
        let ready = ready?;
        facts.push(ready.facts);
        let of_file = |warning| (ready.path.clone(), warning);
        of_files.extend(ready.warnings.into_iter().map(of_file));
        paths.push(ready.path);
        patterns.push(ready.pattern);
    }
    warnings.extend(grouped(of_files));
    let together = Together {
        paths: &paths,
        patterns: &patterns,
    };
    let grid = together.grid()?;
    let wavelength = together.wavelength(&mut warnings)?;
    let scale = together.scale(&steps, &mut warnings)?;
    warnings.extend(resampled(&steps));
    let mut block = Vec::with_capacity(patterns.len() * grid.len());
    for pattern in patterns {
        block.extend_from_slice(&pattern.into_intensities());
    }
    let set = PatternSet::new(grid, scale, wavelength, names, block);
    Ok(ReadPatterns {
        set: set.map_err(|e| Error::invalid(&paths[0], e))?,
        kind: ReadKind::Files,
        named: true,
        facts,
        skipped: vec![],
        preparation,
        warnings,
    })
}

/// The pattern of a file, with its warnings.
struct Ready {
    path: PathBuf,
    pattern: Pattern,
    facts: Facts,
    warnings: Vec<String>,
}

fn ready(path: PathBuf, scan: Scan, steps: &[Step]) -> Result<Ready> {
    let prepared = prepared(&path, &scan, steps)?;
    let warnings = prepared.warnings().to_vec();
    let pattern = to_pattern(&path, &prepared)?;
    Ok(Ready {
        facts: Facts::from(prepared.metadata()),
        warnings,
        pattern,
        path,
    })
}

/// The scan after preparation steps. Without steps the scan is borrowed and not
/// copied.
fn prepared<'a>(path: &Path, scan: &'a Scan, steps: &[Step]) -> Result<Cow<'a, Scan>> {
    match steps {
        [] => Ok(Cow::Borrowed(scan)),
        steps => scan
            .prepare(steps)
            .map(Cow::Owned)
            .map_err(|e| with_path(path, e)),
    }
}

fn to_pattern(path: &Path, scan: &Scan) -> Result<Pattern> {
    scan.to_pattern().map_err(|e| with_path(path, e))
}

/// Replaces the name of the scan in an error by the path of its file, because there may be many
/// files.
fn with_path(path: &Path, error: Error) -> Error {
    let file = path.display().to_string();
    match error {
        Error::NoGrid { reason, .. } => no_grid(path, reason),
        Error::NotTwoTheta { axis, .. } => Error::NotTwoTheta { name: file, axis },
        Error::NotPowder { what, .. } => Error::NotPowder { name: file, what },
        Error::CannotPrepare { step, found, .. } => Error::CannotPrepare {
            name: file,
            step,
            found,
        },
        Error::Extrapolation {
            first_deg,
            last_deg,
            wanted,
            ..
        } => Error::Extrapolation {
            name: file,
            first_deg,
            last_deg,
            wanted,
        },
        other => other,
    }
}
