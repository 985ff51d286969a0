//! Operations that a block lists.

use super::Stated;
use crate::cif::{Column, Value};
use crate::error::shorten;
use crate::structure::cif::{Reader, Symmetry};
use crate::structure::crystal::SymmetrySource;
use crate::symmetry::{Operation, Setting, generate, same_group, same_group_elsewhere};

/// Largest accepted number of operations. No space group has more in any cell.
const MOST_OPERATIONS: usize = 1024;

const OPERATIONS: [&str; 3] = [
    "_space_group_symop_operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_space_group_symop_magn_operation_xyz",
];
/// Translations of a magnetic cell, which are listed apart from the other operations.
const CENTRING: &str = "_space_group_symop_magn_centering_xyz";

impl Reader<'_> {
    /// The operations listed in the block.
    pub(super) fn listed(&mut self, stated: &mut Stated) -> Option<Symmetry> {
        let has_text = |v: Value| v.known().is_some_and(|t| !t.is_empty());
        let columns = OPERATIONS.iter().filter_map(|tag| self.block.column(tag));
        let column = columns.into_iter().find(|c| c.iter().any(has_text))?;
        let operations = match parse_all(column).and_then(|all| self.with_centring(all)) {
            Ok(operations) => operations,
            Err((line, found)) => {
                self.warn(format!(
                    "line {line}: {found}: the operations listed are not used"
                ));
                stated.broken = Some((line, found));
                return None;
            }
        };
        let is_named = |s: &Setting| {
            let own = s.operations();
            same_group(&own, &operations) || same_group_elsewhere(&own, &operations)
        };
        if let (Some(name), false) = (
            &stated.name,
            stated.named.is_empty() || stated.named.iter().any(is_named),
        ) {
            stated.is_contradicted = true;
            let (line, count) = (column.get(0).map_or(0, |v| v.line), operations.len());
            self.warn(format!(
                "line {line}: the {count} operations listed, which are used, are not those of '{name}'"
            ));
        }
        Some(Symmetry::new(operations, SymmetrySource::Operations))
    }

    /// The operations with the translations of a magnetic cell.
    fn with_centring(&self, operations: Vec<Operation>) -> Result<Vec<Operation>, (u32, String)> {
        let Some(column) = self.block.column(CENTRING) else {
            return Ok(operations);
        };
        let all = [operations, parse_all(column)?].concat();
        let line = column.get(0).map_or(0, |v| v.line);
        let too_many = || (line, format!("over {MOST_OPERATIONS} symmetry operations"));
        generate(&all, MOST_OPERATIONS).ok_or_else(too_many)
    }
}

/// Parses the operations of a column. An error gives the line and the reason.
///
/// An operation without quotes that contains blanks, as in `x, y, z`, consists of several values.
fn parse_all(column: Column) -> Result<Vec<Operation>, (u32, String)> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut part = String::new();
    for value in column.iter().filter(|v| v.known() != Some("")) {
        let text = value.text.trim();
        part.push_str(text);
        if text.ends_with(',') {
            continue;
        }
        let none = || {
            (
                value.line,
                format!("'{}' is not a symmetry operation", shorten(&part)),
            )
        };
        let operation = Operation::parse(without_time_reversal(&part));
        operations.push(operation.ok_or_else(none)?);
        part.clear();
        if operations.len() > MOST_OPERATIONS {
            return Err((
                value.line,
                format!("over {MOST_OPERATIONS} symmetry operations"),
            ));
        }
    }
    // A group contains the identity, even if it is not listed.
    if !operations
        .iter()
        .any(|o| same_group(&[*o], &[Operation::IDENTITY]))
    {
        operations.insert(0, Operation::IDENTITY);
    }
    Ok(operations)
}

/// A magnetic operation such as `x,y,z,-1` without its last number, which concerns moments only.
fn without_time_reversal(operation: &str) -> &str {
    match operation.rsplit_once(',') {
        Some((rest, "1" | "+1" | "-1")) if rest.matches(',').count() == 2 => rest,
        _ => operation,
    }
}
