//! Names of the columns of a matrix.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::column_names::{Role, role};
use crate::table::{Line, Table};

/// The columns of standard deviations, if there is one after the column of each pattern.
pub(super) fn sigma_columns(names: &[Cow<str>]) -> Vec<usize> {
    let is_sigma = |name: &str| name.trim().chars().count() > 1 && role(name) == Role::Sigma;
    let is_one = |i: &usize| is_sigma(&names[*i]) || is_error_of(&names[*i], &names[i - 1]);
    let found: Vec<usize> = (2..names.len()).filter(is_one).collect();
    let of_one = |i: &usize| role(&names[i - 1]) != Role::Sigma;
    match 2 * found.len() + 1 == names.len() && found.iter().all(of_one) {
        true => found,
        false => Vec::new(),
    }
}

/// Whether "e1" is the error of "I1".
fn is_error_of(name: &str, before: &str) -> bool {
    let number = name.trim().strip_prefix(['e', 'E', 's', 'S']);
    let own = before.trim().trim_end_matches(|c: char| c.is_ascii_digit());
    let is_number = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let of_before = &before.trim()[own.len()..];
    number.filter(is_number) == Some(of_before) && !name.trim().starts_with(own)
}

/// Names for columns that all have the same heading. The names come from a line above, or are the
/// heading with a number.
pub(super) fn names_of_like(
    table: &Table,
    headings: &[Line],
    cells: &[Cow<str>],
) -> Option<Vec<String>> {
    let is_intensity = |name: &Cow<str>| matches!(role(name), Role::Intensity(_));
    let own: Vec<String> = cells.get(1..)?.iter().map(|c| c.to_string()).collect();
    let distinct = |names: &[String]| names.iter().collect::<HashSet<_>>().len() == names.len();
    if distinct(&own) || !cells[1..].iter().all(is_intensity) {
        return None;
    }
    let above = headings.iter().find_map(|line| {
        let names = table.cells(line);
        let is_full = names.len() == cells.len() && !names.iter().skip(1).any(|n| n.is_empty());
        let names: Vec<String> = names.iter().skip(1).map(|n| n.to_string()).collect();
        (is_full && distinct(&names)).then_some(names)
    });
    Some(above.unwrap_or_else(|| {
        let mut names = own;
        tell_apart(&mut names);
        names
    }))
}

/// Numbers repeated names: "a", "a (2)". Names repeat, for example, in a temperature series with
/// heating and cooling.
pub(in crate::format) fn tell_apart(names: &mut [String]) {
    let mut seen = HashMap::new();
    for name in names {
        let times = seen
            .entry(name.clone())
            .and_modify(|n| *n += 1)
            .or_insert(1);
        if *times > 1 {
            name.push_str(&format!(" ({times})"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_repeat_are_numbered() {
        let mut names = ["a", "b", "a", "a"].map(str::to_owned);
        tell_apart(&mut names);
        assert_eq!(names, ["a", "b", "a (2)", "a (3)"]);
    }

    #[test]
    fn columns_of_standard_deviations() {
        let found =
            |names: &str| sigma_columns(&names.split(',').map(Cow::from).collect::<Vec<_>>());
        assert_eq!(found("2theta,I1,e1,I2,e2"), [2, 4]);
        assert_eq!(found("2theta,A,A_err,B,B_err"), [2, 4]);
        assert!(found("2theta,E1,E2,E3,E4").is_empty());
        assert!(found("2theta,a,b,c,d").is_empty());
    }
}
