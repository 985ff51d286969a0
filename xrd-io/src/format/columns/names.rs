//! Names of the columns of a text.

use std::borrow::Cow;

use xrd_core::IntensityUnit;

use crate::column_names::{Role, are_units, foreign_axis, intensity_unit, role, with_unit};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::AxisKind;
use crate::source::Source;
use crate::table::{Line, Table};

/// The names of the columns, and their line number.
pub(super) struct Names {
    pub(super) line: usize,
    pub(super) names: Vec<String>,
    /// The units on a line below the names; empty if there is none.
    units: Vec<String>,
    /// Whether the names come from a SPEC scan.
    pub(super) is_of_spec: bool,
}

impl Names {
    /// The names, each with its unit.
    pub(super) fn whole(&self) -> Vec<String> {
        let unit = |i: usize| self.units.get(i).map_or("", String::as_str);
        let names = self.names.iter().enumerate();
        names.map(|(i, name)| with_unit(name, unit(i))).collect()
    }

    /// Whether the score of the names, see [`told`], is above 0.
    pub(super) fn are_known(&self) -> bool {
        told(&self.names) > 0
    }
}

/// The role of a named column. An unknown name with a unit of counts is the name of a detector.
pub(super) fn role_of(name: &str) -> Role {
    match (role(name), name.rsplit_once('(')) {
        (Role::Unknown, Some((_, unit))) if intensity_unit(unit) != IntensityUnit::Arbitrary => {
            Role::Intensity(intensity_unit(unit))
        }
        (role, _) => role,
    }
}

/// The names of `width` columns. They come from a heading or one of the last comments if it
/// contains known names, or else from the last heading with one word per column.
pub(super) fn names(table: &Table, headings: &[Line], width: usize) -> Option<Names> {
    let cut = |line: &Line, cells: Vec<Cow<str>>| {
        // A SPEC scan names its columns after "#L".
        let line_of_spec = line.text.strip_prefix("L ");
        let mut names = match line_of_spec {
            Some(text) => names_of_spec(text),
            None => cells.into_iter().map(Cow::into_owned).collect(),
        };
        if table.dialect.separator.is_none() && names.len() > width {
            names = with_their_units(names, width);
        }
        // Some headings end with a separator that the rows do not have.
        while names.len() > width && names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        // Some headings name columns that only a few rows have.
        let is_longer = names.len() > width && names_a_pattern(&names);
        names.truncate(if is_longer { width } else { names.len() });
        let line = line.number;
        (names.len() == width && width > 1).then_some(Names {
            line,
            names,
            units: Vec::new(),
            is_of_spec: line_of_spec.is_some(),
        })
    };
    let named = |line: &Line| cut(line, table.cells(line));
    let of_comment = |line: &Line| cut(line, table.names(line, width));
    // A note such as "wavelength: 1.54" is not a list of names.
    let is_name = |n: &String| !n.contains([':', '=']) && table.number(n).is_none();
    let is_foreign = |name: &String| name.contains(['(', '[']) && foreign_axis(name).is_some();
    let known = |found: &Names| {
        let tells = told(&found.names) > 0 || found.names.first().is_some_and(is_foreign);
        found.names.iter().all(is_name) && tells
    };
    let is_unknown = |n: &String| table.number(n).is_none() && role(n) == Role::Unknown;
    let any = |found: &Names| found.names.iter().all(is_unknown);
    let of_headings = headings.iter().filter_map(named).filter(known);
    let comments = table.comments.iter().rev().take(3);
    let comments: Vec<Names> = comments.filter_map(of_comment).filter(known).collect();
    let is_of_units = |found: &Names| are_units(&found.names);
    let units_last = |found: Vec<Names>| {
        let at = found.iter().position(|f| !is_of_units(f)).unwrap_or(0);
        found.into_iter().nth(at)
    };
    let mut found = of_headings
        .max_by_key(|found| (told(&found.names), !is_of_units(found)))
        .or_else(|| units_last(comments))
        .or_else(|| headings.iter().rev().filter_map(named).find(any))?;
    let is_next = |line: &&Line| line.number > found.line;
    let below = headings.iter().chain(&table.comments).find(is_next);
    let cells = below
        .map(|line| table.names(line, width))
        .unwrap_or_default();
    if cells.len() == width && are_units(&cells) {
        found.units = cells.into_iter().map(Cow::into_owned).collect();
    }
    Some(found)
}

/// Joins each name with the brackets after it, if the result has `width` names. The names are
/// separated by blanks.
fn with_their_units(names: Vec<String>, width: usize) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for name in &names {
        let is_bracket = name.starts_with(['(', '[']) && name.ends_with([')', ']']);
        match joined.last_mut().filter(|_| is_bracket) {
            Some(last) => *last = format!("{last} {name}"),
            None => joined.push(name.clone()),
        }
    }
    if joined.len() == width { joined } else { names }
}

/// Splits the names of a SPEC file. They are separated by two blanks, or by one blank if two blanks
/// never occur.
fn names_of_spec(text: &str) -> Vec<String> {
    let by_two = text.split("  ").map(str::trim).filter(|n| !n.is_empty());
    let by_two: Vec<String> = by_two.map(str::to_owned).collect();
    match by_two.len() {
        0 | 1 => text.split_whitespace().map(str::to_owned).collect(),
        _ => by_two,
    }
}

/// Score of the names: 3 for an axis and an intensity, 2 for an axis before other columns, 1 for
/// another known name, 0 for no known name. The score is also 0 for two words of a note, such as
/// "Scan axis" and "2theta/theta".
pub(crate) fn told(names: &[impl AsRef<str>]) -> usize {
    let roles: Vec<Role> = names.iter().map(|name| role_of(name.as_ref())).collect();
    let axis = roles.iter().position(|r| matches!(r, Role::Axis(_)));
    let intensity = roles.iter().any(|r| matches!(r, Role::Intensity(_)));
    match axis {
        Some(_) if intensity => 3,
        Some(0) => 2,
        Some(_) => usize::from(names.len() > 2),
        None => usize::from(roles.iter().any(|r| *r != Role::Unknown)),
    }
}

/// Whether the first names indicate an axis and an intensity.
pub(crate) fn names_a_pattern(names: &[impl AsRef<str>]) -> bool {
    let mut roles = names.iter().map(|name| role(name.as_ref()));
    let axis = matches!(roles.next(), Some(Role::Axis(_)));
    axis && matches!(roles.next(), Some(Role::Intensity(_)))
}

/// Refuses a table of labels, which has named rows.
///
/// # Errors
/// [`Error::Malformed`] with the line of the names.
pub(super) fn refuse_labels(
    source: &Source,
    table: &Table,
    names: &Names,
    row: Option<&Line>,
) -> Result<()> {
    let of_names = |n: &String| crate::labels::is_name_column(n);
    let Some(at) = names.names.iter().position(of_names) else {
        return Ok(());
    };
    // Two words above two columns of numbers may be a title, as "Sample A", and a column next to
    // angles may be called "Sample".
    let cells = row.map(|line| table.cells(line)).unwrap_or_default();
    let is_number = cells.get(at).is_some_and(|c| table.number(c).is_some());
    let is_angle = |name: &String| role(name) == Role::Axis(AxisKind::TwoThetaDeg);
    let is_first_angle = names.names.first().is_some_and(is_angle);
    if is_number && (table.dialect.separator.is_none() || is_first_angle) {
        return Ok(());
    }
    let list = shorten(&names.names.join(", "));
    let found = format!("a table with the columns {list}");
    let place = Place::Line(names.line);
    Err(Error::malformed(
        source.path,
        place,
        found,
        "a pattern, not labels",
    ))
}
