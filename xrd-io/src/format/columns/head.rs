//! Information in the lines before the first point.

use xrd_core::{IntensityUnit, Wavelength};

use super::axis::axis_of_words;
use super::names::{self, Names, role_of};
use super::rows::Wanted;
use super::{doubts, eva, stated, xydata};
use crate::column_names::{Role, axis_factor, is_theta, stated_wavelength};
use crate::error::{Error, Place, Result, shorten};
use crate::notes::{self, Notes};
use crate::scan::{AxisKind, Metadata, UnitEvidence};
use crate::source::Source;
use crate::table::{Line, Table};

/// Information in the lines before the first point.
pub(super) struct Head {
    pub(super) wanted: Wanted,
    pub(super) axis_kind: AxisKind,
    pub(super) unit: (IntensityUnit, UnitEvidence),
    /// Whether the column used for standard deviations has a name that states this.
    pub(super) sigma_is_named: bool,
    pub(super) axis_is_named: bool,
    pub(super) is_eva: bool,
    /// Whether the lines state further axes besides the one used.
    pub(super) states_several: bool,
    /// The factor for the axis values.
    pub(super) axis_factor: f64,
    /// Whether the text contains only rows and comments `key: value`.
    pub(super) says_no_more: bool,
    pub(super) metadata: Metadata,
    pub(super) factors: xydata::Factors,
    pub(super) notes: Notes,
    pub(super) warnings: Vec<String>,
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
        let mut head = Self::of_names(&names, width);
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
            let row = headings.last().map(|row| table.cells(row));
            if row.is_some_and(|cells| cells.iter().any(|cell| cell.is_empty())) {
                let (found, expected) = ("a row with an empty cell", "a number in each cell");
                return Err(Error::malformed(
                    source.path,
                    Place::Line(line),
                    found,
                    expected,
                ));
            }
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
            if let Some((kind, factor)) = said().rev().find_map(axis_of_words) {
                (head.axis_kind, head.axis_factor) = (kind, factor);
                head.axis_is_named = true;
            }
            head.take_stated(said().filter_map(stated::axis).collect());
        }
        if let Some(export) = said().find_map(eva::read) {
            head.is_eva = true;
            head.unit = of_eva();
            head.take_drive(export.axis_kind, export.metadata.drive.as_deref());
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
    fn of_names(names: &[String], width: usize) -> Self {
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

/// The warning that lists the unused columns.
pub(super) fn unused(wanted: &Wanted, names: &[String]) -> Option<String> {
    let used = [Some(wanted.axis), Some(wanted.intensity), wanted.sigma];
    let unused = |i: &usize| !used.contains(&Some(*i));
    let name = |i: usize| match names.get(i) {
        Some(name) if !name.is_empty() => shorten(name),
        _ => (i + 1).to_string(),
    };
    let list: Vec<String> = (0..wanted.width).filter(unused).map(name).collect();
    (!list.is_empty()).then(|| format!("not used: column {}", list.join(", ")))
}
