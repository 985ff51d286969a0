//! Labels that are text.

use serde::{Deserialize, Serialize};

/// Classes of patterns: a label that is text, such as the name of the phase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Classes {
    /// Name of the label.
    pub column: String,
    /// Name of each class, in ascending order.
    pub names: Vec<String>,
    /// Class of each pattern: an index into [`names`](Self::names).
    pub of: Vec<usize>,
}

impl Classes {
    /// Returns the classes of patterns with these texts. Blanks around a text do not count.
    ///
    /// # Example
    /// ```
    /// use xrd_study::Classes;
    /// let classes = Classes::new("phase", &["rutile", "anatase", "rutile"]);
    /// assert_eq!(classes.names, ["anatase", "rutile"]);
    /// assert_eq!(classes.of, [1, 0, 1]);
    /// ```
    pub fn new(column: impl Into<String>, texts: &[&str]) -> Self {
        let mut names: Vec<String> = texts.iter().map(|t| t.trim().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        let class = |text: &&str| names.binary_search_by(|n| n.as_str().cmp(text.trim()));
        Self {
            of: texts.iter().map(|t| class(t).unwrap_or_default()).collect(),
            column: column.into(),
            names,
        }
    }

    /// Returns the classes of the patterns with these indices, in this order. Classes without such a
    /// pattern are left out.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let texts: Vec<&str> = rows.iter().map(|&i| self.name(i)).collect();
        Self::new(&self.column, &texts)
    }

    /// Returns the name of the class of a pattern.
    ///
    /// # Panics
    /// Panics if there is no such pattern.
    pub fn name(&self, pattern: usize) -> &str {
        &self.names[self.of[pattern]]
    }
}
