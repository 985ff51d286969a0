//! Warnings about values in positions where none are allowed, mostly names without quotes.

use super::symmetry::{HALL, HERMANN_MAUGUIN};
use super::{FORMULA, Reader};
use crate::cif::begins;
use crate::error::shorten;

/// Prefixes of tags whose values determine the cell.
const WEIGHTY: [&str; 8] = [
    "_cell_length_",
    "_cell_angle_",
    "_cell_volume",
    "_cell_formula_units_z",
    "_space_group_name_",
    "_space_group_it_",
    "_symmetry_space_group_name_",
    "_symmetry_int_tables_",
];

impl Reader<'_> {
    /// Warns of extra values after important tags that already have one.
    pub(super) fn check_strays(&mut self) {
        let block = self.block;
        if let (Some(first), Some(line)) = (block.any(&FORMULA), block.line_of(&FORMULA))
            && first.known() != Some(line.as_str())
        {
            self.warn_of_missing_quotes(first.line, &line);
        }
        // Unquoted symbols of several words are reported where they are read.
        let is_symbol = |tag: &str, line: u32| {
            [&HERMANN_MAUGUIN[..], &HALL].into_iter().any(|tags| {
                let is_of_line = block.any(tags).is_some_and(|v| v.line == line);
                is_of_line && tags.iter().any(|name| begins(tag, name))
            })
        };
        let mut last = None;
        for (tag, value) in block.strays() {
            let place = (tag, value.line);
            let is_weighty = WEIGHTY.iter().any(|word| begins(tag, word));
            if !is_weighty || is_symbol(tag, value.line) || last == Some(place) {
                continue;
            }
            last = Some(place);
            self.warn(format!(
                "line {}: '{}' is left out: {} has a value already",
                value.line,
                shorten(value.text),
                shorten(tag)
            ));
        }
    }

    pub(super) fn warn_of_missing_quotes(&mut self, line: u32, whole: &str) {
        let whole = shorten(whole);
        self.warn(format!(
            "line {line}: '{whole}' has no quotes: the whole line is used"
        ));
    }
}
