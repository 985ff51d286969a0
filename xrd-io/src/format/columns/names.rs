//! What the columns of a text are called.

use crate::column_names::{Role, role};
use crate::error::{Error, Place, Result, shorten};
use crate::source::Source;
use crate::table::{Line, Table};

/// The names of the columns, and the line they are in.
pub(super) struct Names {
    pub(super) line: usize,
    pub(super) names: Vec<String>,
}

/// The names of so many columns: a heading or one of the last comments that names what is known,
/// else the last heading that has a word for each.
pub(super) fn names(table: &Table, headings: &[Line], width: usize) -> Option<Names> {
    let named = |line: &Line| {
        // A scan of SPEC names its columns after "#L".
        let mut names = match line.text.strip_prefix("L ") {
            Some(text) => names_of_spec(text),
            None => {
                let cells = table.dialect.split(line.text).into_iter();
                cells.map(|c| c.into_owned()).collect()
            }
        };
        // Some name what stands in a few rows only.
        let is_longer = names.len() > width && names_a_pattern(&names);
        names.truncate(if is_longer { width } else { names.len() });
        let line = line.number;
        (names.len() == width && width > 1).then_some(Names { line, names })
    };
    // A note such as "wavelength: 1.54" is not a list of names.
    let is_name = |n: &String| !n.contains([':', '=']) && table.number(n).is_none();
    let known = |found: &Names| found.names.iter().all(is_name) && told(&found.names) > 0;
    let is_unknown = |n: &String| table.number(n).is_none() && role(n) == Role::Unknown;
    let any = |found: &Names| found.names.iter().all(is_unknown);
    let of_headings = headings.iter().filter_map(named).filter(known);
    let comments = table.comments.iter().rev().take(3);
    of_headings
        .max_by_key(|found| told(&found.names))
        .or_else(|| comments.filter_map(named).find(known))
        .or_else(|| headings.iter().rev().filter_map(named).find(any))
}

/// What parts the names of SPEC is two blanks, or one where there are never two.
fn names_of_spec(text: &str) -> Vec<String> {
    let by_two = text.split("  ").map(str::trim).filter(|n| !n.is_empty());
    let by_two: Vec<String> = by_two.map(str::to_owned).collect();
    match by_two.len() {
        0 | 1 => text.split_whitespace().map(str::to_owned).collect(),
        _ => by_two,
    }
}

/// How much names tell: 3 for an axis and an intensity, 2 for an axis before others, 1 for another
/// known name; 0 for none, and for two words of a note, such as "Scan axis" and "2theta/theta".
fn told(names: &[String]) -> usize {
    let roles: Vec<Role> = names.iter().map(|name| role(name)).collect();
    let axis = roles.iter().position(|r| matches!(r, Role::Axis(_)));
    let intensity = roles.iter().any(|r| matches!(r, Role::Intensity(_)));
    match axis {
        Some(_) if intensity => 3,
        Some(0) => 2,
        Some(_) => usize::from(names.len() > 2),
        None => usize::from(roles.iter().any(|r| *r != Role::Unknown)),
    }
}

/// Whether names begin with an axis and an intensity.
pub(crate) fn names_a_pattern(names: &[impl AsRef<str>]) -> bool {
    let mut roles = names.iter().map(|name| role(name.as_ref()));
    let axis = matches!(roles.next(), Some(Role::Axis(_)));
    axis && matches!(roles.next(), Some(Role::Intensity(_)))
}

/// Refuses a table of labels, whose rows have names.
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
    // Two words above two columns of numbers may be a title: "Sample A".
    let cells = row.map(|line| table.cells(line)).unwrap_or_default();
    let is_number = cells.get(at).is_some_and(|c| table.number(c).is_some());
    if table.dialect.separator.is_none() && is_number {
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
