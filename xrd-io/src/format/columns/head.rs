//! Information in the lines before the first point, and construction of scans with this
//! information.

use xrd_core::{IntensityUnit, Wavelength};

use super::names::{self, Names, role_of};
use super::rows::{Frame, Rows, Wanted};
use super::sigma::{goes_otherwise, has_few_values, is_like_noise, is_sigma};
use super::{doubts, eva, stated, xydata};
use crate::column_names::{
    Role, axis_factor, foreign_axis, is_doubtful, is_theta, role, stated_wavelength,
};
use crate::error::{Error, Place, Result, shorten};
use crate::notes::{self, Notes};
use crate::number::{all, is_rising};
use crate::scan::{AxisKind, BEYOND, Draft, Metadata, Scan, SigmaOrigin, UnitEvidence};
use crate::source::Source;
use crate::table::{Line, Table};

/// Information in the lines before the first point.
pub(super) struct Head {
    pub(super) wanted: Wanted,
    pub(super) axis_kind: AxisKind,
    unit: (IntensityUnit, UnitEvidence),
    /// Whether the column used for standard deviations has a name that states this.
    sigma_is_named: bool,
    axis_is_named: bool,
    pub(super) is_eva: bool,
    /// Whether the lines state further axes besides the one used.
    pub(super) states_several: bool,
    /// The factor for the axis values.
    axis_factor: f64,
    /// Whether the text contains only rows and comments `key: value`.
    says_no_more: bool,
    metadata: Metadata,
    factors: xydata::Factors,
    notes: Notes,
    warnings: Vec<String>,
}

impl Head {
    pub(super) fn of(source: &Source, table: &Table) -> Result<Self> {
        let (first, numbers) = table.first_row_of_columns();
        let (headings, rows) = table.lines.split_at(first);
        let before = &headings[first - numbers..];
        let mut lone = before.iter();
        let alone = lone.find_map(|line| Some((line, lone_wavelength(table, line)?)));
        let width = rows.first().map_or(0, |line| table.cells(line).len());
        if width < 2 {
            let place = rows.first().map_or(Place::File, |l| Place::Line(l.number));
            let expected = "an angle and an intensity on each line";
            return Err(Error::malformed(source.path, place, "one column", expected));
        }
        let named = names::names(table, headings, width);
        if let Some(named) = &named {
            names::refuse_labels(source, table, named, rows.first())?;
        }
        let names = named.as_ref().map(Names::whole).unwrap_or_default();
        let mut head = Self::of_names(source, &names, width);
        let is_told = named.as_ref().is_some_and(Names::are_known);
        head.take_last(named.as_ref());
        if let Some(name) = names.get(head.wanted.axis).filter(|_| !head.axis_is_named) {
            head.judge(name, is_told, table.dialect.separator.is_some());
        }
        head.pass_numbers_of_points(table, rows);
        if names.is_empty() {
            head.pass_spacings(table, rows);
        }
        head.note_numbers(table, before, alone.as_ref().map(|(line, _)| *line));
        if let Some(line) = table.row_with_words_before(first) {
            let warning =
                format!("not used: line {line}, a row with words, and the lines before it");
            head.warnings.push(warning);
        }
        let is_note = |line: &Line| line.text.contains(':');
        head.says_no_more = headings.is_empty() && table.comments.iter().all(is_note);
        head.factors = xydata::Factors::of(headings);
        head.wanted.dialect = table.dialect;
        head.wanted.first_line = rows.first().map_or(1, |line| line.number);
        head.notes = notes::read(table.comments.iter().map(|line| line.text));
        let said = || headings.iter().chain(&table.comments).map(|line| line.text);
        if !head.axis_is_named {
            head.axis_kind = said()
                .rev()
                .find_map(axis_of_words)
                .unwrap_or(head.axis_kind);
            head.take_stated(said().filter_map(stated::axis).collect());
        }
        if let Some(export) = said().find_map(eva::read) {
            head.is_eva = true;
            head.unit = of_eva();
            head.axis_kind = export.axis_kind.unwrap_or(head.axis_kind);
            head.metadata = export.metadata;
        }
        let other = said().find_map(doubts::other_scan);
        let is_open = !head.axis_is_named && head.axis_kind == AxisKind::TwoThetaDeg;
        if let Some(scan) = other.filter(|_| is_open) {
            let warning = format!("the header mentions '{scan}': the axis may not be two-theta");
            head.warnings.push(warning);
        }
        let stated = || said().find_map(stated_wavelength);
        head.metadata.radiation.wavelength = alone.map(|(_, w)| w).or_else(stated);
        Ok(head)
    }

    /// Assigns the columns by their names.
    fn of_names(source: &Source, names: &[String], width: usize) -> Self {
        let roles: Vec<Role> = names.iter().map(|n| role_of(n)).collect();
        let is_axis = |r: &Role| matches!(r, Role::Axis(_));
        let is_angle = |r: &Role| *r == Role::Axis(AxisKind::TwoThetaDeg);
        let axis = roles.iter().position(is_angle);
        let axis = axis.or_else(|| roles.iter().position(is_axis)).unwrap_or(0);
        let is_unknown = |i: usize| roles.get(i).is_none_or(|r| *r == Role::Unknown);
        let intensity = (0..width)
            .find(|&i| i != axis && matches!(roles.get(i), Some(Role::Intensity(_))))
            .or_else(|| (axis + 1..width).chain(0..axis).find(|&i| is_unknown(i)))
            .or_else(|| (0..width).find(|&i| i != axis))
            .unwrap_or(1);
        let sigma_is_named = roles.get(intensity + 1) == Some(&Role::Sigma);
        let unnamed = roles.iter().all(|r| *r == Role::Unknown);
        let sigma = sigma_is_named || (unnamed && width == 3 && axis == 0);
        let wanted = Wanted {
            axis,
            intensity,
            sigma: sigma.then_some(intensity + 1),
            width,
            ..Wanted::default()
        };
        let axis_kind = match roles.get(axis) {
            Some(Role::Axis(kind)) => kind.clone(),
            _ if source.has_extension("q") => AxisKind::QPerAngstrom,
            _ => AxisKind::TwoThetaDeg,
        };
        let unit = match (roles.get(intensity), names.get(intensity)) {
            (Some(Role::Intensity(unit)), Some(name)) if *unit != IntensityUnit::Arbitrary => {
                (*unit, UnitEvidence::Stated(name.clone()))
            }
            _ => (IntensityUnit::Arbitrary, UnitEvidence::None),
        };
        let mut warnings: Vec<String> = unused(&wanted, names).into_iter().collect();
        let is_other = |r: &&Role| !matches!(r, Role::Intensity(_) | Role::Unknown);
        if roles.get(intensity).filter(is_other).is_some() {
            let name = shorten(&names[intensity]);
            warnings.push(format!("the column '{name}' is read as the intensities"));
        }
        if let Some(name) = names.get(axis).filter(|name| is_theta(name)) {
            let name = shorten(name);
            warnings.push(format!("the axis is headed '{name}' and read as two-theta"));
        }
        Self {
            warnings,
            wanted,
            unit,
            sigma_is_named,
            is_eva: false,
            states_several: false,
            axis_factor: names.get(axis).map_or(1.0, |n| axis_factor(&axis_kind, n)),
            axis_is_named: roles.get(axis).is_some_and(is_axis),
            axis_kind,
            says_no_more: false,
            metadata: Metadata::default(),
            factors: xydata::Factors::default(),
            notes: Notes::default(),
        }
    }

    /// Uses the last column for the intensities if no name indicates them. SPEC does the same in
    /// its plots.
    fn take_last(&mut self, named: Option<&Names>) {
        let is_open =
            |n: &&Names| n.is_of_spec && role_of(&n.names[self.wanted.intensity]) == Role::Unknown;
        let Some(named) = named.filter(is_open) else {
            return;
        };
        if let Some(last) = named
            .names
            .last()
            .filter(|name| role_of(name) == Role::Unknown)
        {
            self.wanted.intensity = self.wanted.width - 1;
            self.wanted.sigma = None;
            self.warnings
                .retain(|warning| !warning.starts_with("not used: column"));
            let last = shorten(last);
            self.warnings.extend(unused(&self.wanted, &named.names));
            self.warnings.push(format!(
                "the last column, '{last}', is read as the intensities"
            ));
        }
    }

    /// Uses the axis of the heading if it belongs to another kind of measurement. Adds a warning if
    /// the meaning of the heading is unclear.
    fn judge(&mut self, name: &str, is_told: bool, is_separated: bool) {
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
    fn pass_numbers_of_points(&mut self, table: &Table, rows: &[Line]) {
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
    fn pass_spacings(&mut self, table: &Table, rows: &[Line]) {
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

    /// Warns of numbers before the rows that belong to no column.
    fn note_numbers(&mut self, table: &Table, before: &[Line], wavelength: Option<&Line>) {
        let is_numbers = |line: &&Line| {
            let cells = table.cells(line);
            cells.iter().all(|cell| table.number(cell).is_some()) && Some(*line) != wavelength
        };
        let lines = before.iter().filter(is_numbers);
        let lines: Vec<String> = lines.map(|line| line.number.to_string()).collect();
        if !lines.is_empty() {
            let list = shorten(&lines.join(", "));
            self.warnings.push(format!(
                "not used: the numbers before the columns, in line {list}"
            ));
        }
    }

    /// Uses the axis stated in the lines. If several axes are stated, the axis of the first scan is
    /// used.
    fn take_stated(&mut self, stated: Vec<stated::Stated>) {
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

    /// The scan of a group of rows. `export` is the information in a Diffrac.EVA line before them.
    pub(super) fn scan(
        &self,
        source: &Source,
        mut frame: Frame,
        export: Option<&eva::Eva>,
    ) -> Result<Scan> {
        let factor = self.axis_factor * self.factors.of_axis();
        if factor != 1.0 {
            frame.axis.iter_mut().for_each(|x| *x *= factor);
        }
        let axis_kind = self.axis_kind_of(&frame);
        let mut warnings = self.warnings.clone();
        warnings.extend(frame.warnings);
        let mut draft = Draft::new(source, axis_kind, frame.axis, frame.intensities);
        (draft.scale.unit, draft.unit_evidence) = self.unit.clone();
        draft.metadata = self.metadata.clone();
        draft.warnings = warnings;
        if let Some(export) = export {
            let wavelength = draft.metadata.radiation.wavelength;
            draft.metadata = export.metadata.clone();
            draft.metadata.radiation.wavelength = wavelength;
            draft.axis_kind = export.axis_kind.clone().unwrap_or(draft.axis_kind);
        }
        if self.wanted.sigma.is_some() {
            self.take_sigma(source, &mut draft, frame.sigma);
        }
        if draft.axis_kind == AxisKind::other("x", "") {
            draft.warn(BEYOND);
        }
        doubts::note(&mut draft, self.axis_is_named || self.says_no_more);
        self.factors.apply(&mut draft);
        self.notes.apply(&mut draft);
        draft.build(source, |_| Place::File)
    }

    /// The stated axis. If none is stated, an axis that is possible for the values.
    fn axis_kind_of(&self, frame: &Frame) -> AxisKind {
        let is_within = all(&frame.axis, |x| x.abs() <= 180.0);
        match &self.axis_kind {
            AxisKind::TwoThetaDeg if !is_within => AxisKind::other("x", ""),
            kind => kind.clone(),
        }
    }

    fn take_sigma(&self, source: &Source, draft: &mut Draft, sigma: Vec<f64>) {
        let trusted = self.sigma_is_named || self.notes.has_sigma() || source.has_extension("xye");
        let is_one_number = sigma.windows(2).all(|pair| pair[0] == pair[1]) && !trusted;
        let is_likely = is_like_noise(&draft.intensities, &sigma)
            && !has_few_values(&sigma, &draft.intensities)
            && !goes_otherwise(&draft.intensities, &sigma);
        if is_sigma(&sigma) && (trusted || is_likely) && !is_one_number {
            draft.sigma = Some((sigma, SigmaOrigin::Stated));
            return;
        }
        let column = self.wanted.intensity + 2;
        draft.warn(match sigma.first() {
            Some(value) if is_one_number => {
                format!("not used: column {column}, which is {value} in all rows")
            }
            _ => format!("not used: column {column}, which does not look like standard deviations"),
        });
    }
}

/// The unit of a Diffrac.EVA export.
fn of_eva() -> (IntensityUnit, UnitEvidence) {
    let why = "an export of Diffrac.EVA holds counts divided by the time per step";
    let evidence = UnitEvidence::Concluded(why.to_owned());
    (IntensityUnit::CountsPerSecond, evidence)
}

/// The wavelength in a line before the rows that contains nothing else.
fn lone_wavelength(table: &Table, line: &Line) -> Option<Wavelength> {
    let is_count = !line.text.contains(['.', ',']);
    match table.cells(line).as_slice() {
        [cell] if !is_count => {
            let value = table.number(cell).filter(|v| (0.05..=10.0).contains(v))?;
            Wavelength::angstrom(value).ok()
        }
        _ => None,
    }
}

/// The axis stated in a line that does not name all columns: "TOF (us)  Intensity", "The X-axis
/// unit is: Time-of-flight" or "First column represents Q values (Angstroms)".
fn axis_of_words(line: &str) -> Option<AxisKind> {
    let lower = line.to_lowercase();
    let represents = lower.split_once("first column represents");
    let words = match (lower.split_once("x-axis"), represents) {
        (Some((_, after)), _) => after.rsplit(':').next()?,
        (None, Some((_, after))) => after.trim_start(),
        (None, None) => heading(&lower)?,
    };
    match role(words) {
        Role::Axis(AxisKind::TwoThetaDeg) | Role::Axis(AxisKind::Other { .. }) => None,
        Role::Axis(kind) => Some(kind),
        _ => None,
    }
}

/// The line, if it names intensities after its first word and is therefore a column heading. A
/// title or information about other motors may also start with the name of an axis.
fn heading(line: &str) -> Option<&str> {
    let is_intensity = |word: &str| matches!(role(word), Role::Intensity(_));
    let is_note = line.contains([':', '=']);
    let is_one = line.split_whitespace().skip(1).any(is_intensity);
    (is_one && !is_note).then_some(line)
}

/// The warning that lists the unused columns.
fn unused(wanted: &Wanted, names: &[String]) -> Option<String> {
    let used = [Some(wanted.axis), Some(wanted.intensity), wanted.sigma];
    let unused = |i: &usize| !used.contains(&Some(*i));
    let name = |i: usize| match names.get(i) {
        Some(name) if name.is_empty() => None,
        Some(name) => Some(shorten(name)),
        None => Some((i + 1).to_string()),
    };
    let list: Vec<String> = (0..wanted.width).filter(unused).filter_map(name).collect();
    (!list.is_empty()).then(|| format!("not used: column {}", list.join(", ")))
}
