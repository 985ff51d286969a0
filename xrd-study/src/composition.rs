//! Names of compositions, and categories of patterns for figures.

mod coloring;
mod ranges;
mod ternary;

use xrd_core::Labels;

use crate::dataset::Classes;

pub use crate::rounding::rounded;
pub(crate) use coloring::different;
pub use coloring::{BY_GROUP, Coloring};
pub use ternary::ternary;

/// Largest number of compositions that are categories of their own.
pub(crate) const MOST_COMPOSITIONS: usize = 12;

/// Returns the index of the category of each pattern, and the names of the categories. Figures show
/// the patterns of a category in one colour.
///
/// The categories are the classes of the first label that is text. Without such a label, they come
/// from the numeric labels ([`categories`]). Without any label, all patterns are one category.
pub fn categories_of(classes: &[Classes], labels: &Labels) -> (Vec<usize>, Vec<String>) {
    let found = Coloring::automatic(classes, labels, &[]);
    (found.category, found.names)
}

/// Returns a text with all labels of a pattern: its classes, and its [composition](name). Empty
/// without labels.
pub fn describe(classes: &[Classes], labels: &Labels, pattern: usize) -> String {
    let classes = classes.iter().map(|c| c.name(pattern).to_owned());
    let numbers = name(labels.columns(), labels.row(pattern));
    let texts = classes.chain([numbers]).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(", ")
}

/// Returns the index of the category of each pattern, and the names of the categories.
///
/// Each composition is a category. If there are more than twelve compositions, the categories come
/// from the label that varies most ([`Coloring::automatic`]): one per value, or ranges of its values
/// if it has more than twelve. All ranges contain about the same number of patterns. Zero is a
/// category of its own if several patterns have it, because it often means that a component is absent.
pub fn categories(labels: &Labels) -> (Vec<usize>, Vec<String>) {
    categories_of(&[], labels)
}

/// Returns one category per composition. `None` if there are more than twelve.
pub(crate) fn of_compositions(labels: &Labels) -> Option<(Vec<usize>, Vec<String>)> {
    let mut rows: Vec<&[f64]> = labels.rows().collect();
    rows.sort_by(|a, b| {
        let pairs = a.iter().rev().zip(b.iter().rev());
        pairs
            .map(|(a, b)| a.total_cmp(b))
            .find(|o| o.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    rows.dedup();
    if rows.len() > MOST_COMPOSITIONS {
        return None;
    }
    let category = |row| rows.iter().position(|r| *r == row).unwrap_or_default();
    let names = rows.iter().map(|row| name(labels.columns(), row)).collect();
    Some((labels.rows().map(category).collect(), names))
}

/// Returns the name of a composition. The name is a chemical formula if all label columns are
/// symbols of elements. If a column is not the symbol of an element, the name contains the text
/// `column = value` for each label. Values are [rounded] for people.
pub fn name(columns: &[String], row: &[f64]) -> String {
    let pairs = columns.iter().zip(row);
    let is_element = |c: &String| xrd_core::Element::from_symbol(c).is_ok();
    // T alone is a temperature, not tritium.
    if columns.iter().all(is_element) && columns != ["T"] {
        return pairs
            .filter(|(_, v)| **v != 0.0)
            .map(|(c, v)| {
                if *v == 1.0 {
                    c.clone()
                } else {
                    format!("{c}{}", rounded(*v))
                }
            })
            .collect();
    }
    let texts: Vec<String> = pairs
        .map(|(c, v)| format!("{c} = {}", rounded(*v)))
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_have_formulas_and_many_samples_ranges() {
        let columns = vec!["Fe".to_owned(), "Ti".to_owned()];
        let few = Labels::new(columns.clone(), vec![12.0, 0.0, 11.5, 0.5, 12.0, 0.0]).unwrap();
        let (category, names) = categories(&few);
        assert_eq!(category, [0, 1, 0]);
        assert_eq!(names, ["Fe12", "Fe11.5Ti0.5"]);
        let many: Vec<f64> = (0..100).flat_map(|i| [f64::from(i), 0.0]).collect();
        let (category, names) = categories(&Labels::new(columns, many).unwrap());
        assert!((0..5).all(|k| category.iter().filter(|c| **c == k).count() == 20));
        assert_eq!(names[0], "Fe 0 to 19");
        let sum = ["T".to_owned()];
        assert_eq!(name(&sum, &[0.1 + 10.000000000000001]), "T = 10.1");
        assert_eq!(name(&["p (MPa)".to_owned()], &[3.0]), "p (MPa) = 3");
    }
}
