//! The axis of columns: which column it is, and what kind.

use super::head::{Head, unused};
use super::rows::Rows;
use super::stated;
use crate::column_names::{Role, axis_factor, foreign_axis, is_doubtful, is_theta, role};
use crate::error::{Error, Place, Result, shorten};
use crate::number::{all, is_rising};
use crate::scan::{AxisKind, Draft, assumed};
use crate::source::Source;
use crate::table::{Line, Table};

/// Largest q in 1/Å of a file that is named after q. Larger values are more likely angles.
const LARGEST_Q: f64 = 40.0;

impl Head {
    /// Uses the axis of the heading if it belongs to another kind of measurement. Adds a warning if
    /// the meaning of the heading is unclear.
    pub(super) fn judge(&mut self, name: &str, is_told: bool, is_separated: bool) {
        let has_unit = name.contains(['(', '[', '/', '_']);
        match foreign_axis(name).filter(|_| is_told || is_separated || has_unit) {
            Some(kind) => {
                self.axis_kind = kind;
                self.axis_is_named = true;
            }
            None if is_told && !is_theta(name) && is_doubtful(name) => {
                let name = shorten(name);
                let warning = format!("the first column, headed '{name}', is read as two-theta");
                self.warnings.push(warning);
            }
            None => {}
        }
    }

    /// Uses the second column as the axis if the first column holds point numbers.
    pub(super) fn pass_numbers_of_points(&mut self, table: &Table, rows: &[Line]) {
        if self.wanted.width < 3 || self.axis_is_named || !table.counts_rows(rows) {
            return;
        }
        self.wanted.axis = 1;
        self.wanted.intensity = 2;
        self.wanted.sigma = (self.wanted.width == 4).then_some(3);
        let names: &[String] = &[];
        self.warnings = unused(&self.wanted, names).into_iter().collect();
    }

    /// Uses the third column as the intensities if the second column holds the d spacings for the
    /// angles in the first column. In this case 2 d sin θ is the same in all rows.
    pub(super) fn pass_spacings(&mut self, table: &Table, rows: &[Line]) {
        const ENOUGH: usize = 5;
        const MOST: usize = 50;
        if self.wanted.width < 3 || self.wanted.axis != 0 {
            return;
        }
        let wavelength = |line: &Line| {
            let cells = table.cells(line);
            let number = |i: usize| table.number(cells.get(i)?);
            Some(2.0 * number(1)? * (0.5 * number(0)?).to_radians().sin())
        };
        let found: Option<Vec<f64>> = rows.iter().take(MOST).map(wavelength).collect();
        let Some(found) = found.filter(|list| list.len() >= ENOUGH) else {
            return;
        };
        let (first, possible) = (found[0], 0.1..5.0);
        if possible.contains(&first) && all(&found, |w| (w - first).abs() < 1e-3 * first) {
            self.wanted.intensity = 2;
            self.wanted.sigma = (self.wanted.width == 4).then_some(3);
            let names: &[String] = &[];
            self.warnings = unused(&self.wanted, names).into_iter().collect();
        }
    }

    /// Uses the axis stated in the lines. If several axes are stated, the axis of the first scan is
    /// used.
    pub(super) fn take_stated(&mut self, stated: Vec<stated::Stated>) {
        match stated.first() {
            None => return,
            Some(stated::Stated::Theta) => {
                let warning = "the file calls the axis theta; it is read as two-theta";
                self.warnings.push(warning.to_owned());
            }
            Some(stated::Stated::Kind(kind)) => {
                self.axis_kind = kind.clone();
                self.axis_is_named = true;
                self.warnings.retain(|w| !w.ends_with("read as two-theta"));
            }
        }
        self.states_several = stated.iter().any(|other| *other != stated[0]);
    }

    /// Refuses a table whose first column increases and decreases irregularly. A table with few
    /// rows and columns is accepted.
    pub(super) fn refuse_disorder(&self, source: &Source, rows: &Rows) -> Result<()> {
        const ENOUGH: usize = 40;
        const WIDE: usize = 4;
        let is_doubtful = rows.axis.len() < ENOUGH && self.wanted.width < WIDE;
        if is_doubtful || is_rising(&rows.axis) {
            return Ok(());
        }
        let (rises, falls) = rows.rises_and_falls();
        let steps = rows.axis.len().saturating_sub(1);
        if rises.min(falls) <= steps / 4 && 2 * (rises + falls) >= steps {
            return Ok(());
        }
        let column = self.wanted.axis + 1;
        let found =
            format!("column {column} rises {rises} times and falls {falls} times in {steps} steps");
        let place = Place::Line(self.wanted.first_line);
        Err(Error::malformed(source.path, place, found, "an axis"))
    }

    /// Uses the axis of a scan type that Diffrac.EVA states. For an unknown type, 2θ is assumed.
    pub(super) fn take_drive(&mut self, kind: Option<AxisKind>, drive: Option<&str>) {
        match kind {
            Some(kind) => {
                self.axis_kind = kind;
                self.axis_is_named = true;
            }
            None if !self.axis_is_named => {
                let why = format!(
                    "the scan type '{}' is not known",
                    shorten(drive.unwrap_or(""))
                );
                self.warnings.push(assumed(&self.axis_kind, &why));
            }
            None => {}
        }
    }

    /// Sets the axis of a scan whose file states none, with a warning if there is a doubt.
    pub(super) fn assume_axis(&self, source: &Source, draft: &mut Draft) {
        let is_stated = self.axis_is_named || self.notes.has_axis();
        if is_stated || draft.axis_kind != AxisKind::TwoThetaDeg {
            return;
        }
        let is_q = is_named_after_q(source, &draft.axis);
        match AxisKind::guess(&draft.axis) {
            _ if is_q => {
                draft.assume_axis(AxisKind::QPerAngstrom, "the name of the file ends with q")
            }
            (kind, Some(why)) if kind == AxisKind::other("x", "") => {
                draft.axis_kind = kind;
                draft.warn(why);
            }
            (kind, Some(why)) => draft.assume_axis(kind, &why),
            (kind, None) => draft.axis_kind = kind,
        }
    }
}

/// The axis stated in a line that does not name all columns, and the factor of its unit: "TOF (us)
/// Intensity", "The X-axis unit is: Time-of-flight" or "First column represents Q values
/// (Angstroms)".
pub(super) fn axis_of_words(line: &str) -> Option<(AxisKind, f64)> {
    let lower = line.to_lowercase();
    let represents = lower.split_once("first column represents");
    let words = match (lower.split_once("x-axis"), represents) {
        (Some((_, after)), _) => after.rsplit(':').next()?,
        (None, Some((_, after))) => after.trim_start(),
        (None, None) => heading(&lower)?,
    };
    let Role::Axis(kind) = role(words) else {
        return None;
    };
    let factor = axis_factor(&kind, words);
    match kind {
        AxisKind::Other { .. } if kind != AxisKind::other("q", "") => None,
        AxisKind::TwoThetaDeg if factor == 1.0 => None,
        kind => Some((kind, factor)),
    }
}

/// Whether the name of a file says that its axis is q, as in `a.q` and `a_q.chi`. Values that are too
/// large for q are angles in spite of a name such as the second.
fn is_named_after_q(source: &Source, axis: &[f64]) -> bool {
    let stem = source.stem().to_lowercase();
    let ends = stem.ends_with("_q") || stem.ends_with("-q");
    source.has_extension("q") || ends && all(axis, |x| x.abs() <= LARGEST_Q)
}

/// The line, if it names intensities after its first word and is therefore a column heading. A
/// title or information about other motors may also start with the name of an axis.
fn heading(line: &str) -> Option<&str> {
    let is_intensity = |word: &str| matches!(role(word), Role::Intensity(_));
    let is_note = line.contains([':', '=']);
    let is_one = line.split_whitespace().skip(1).any(is_intensity);
    (is_one && !is_note).then_some(line)
}
