//! Choice of the label that colours the patterns in figures.

use xrd_core::Labels;

use super::ranges::ranges;
use super::{MOST_COMPOSITIONS, name, of_compositions};
use crate::dataset::Classes;
use crate::error::{Error, Result};

/// Name that stands for the groups in [`Coloring::chosen`].
pub const BY_GROUP: &str = "group";

/// Number of parts of the range of a label, by which its variation is measured.
const PARTS: usize = 10;

/// Categories of patterns, or values of a label, by which figures colour the patterns.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Coloring {
    /// Name of the label or of the classes, `group`, or an empty text for compositions of all labels
    /// together.
    pub label: String,
    /// Index of the category of each pattern.
    pub category: Vec<usize>,
    /// Names of the categories.
    pub names: Vec<String>,
    /// Value of the label for each pattern, if the label has more than twelve different values. The
    /// categories are ranges of these values then.
    pub values: Option<Vec<f64>>,
}

impl Coloring {
    /// Returns the colours by a label, by classes, or by groups (`group`, unless a label has this name).
    /// Without a choice, returns the [automatic](Self::automatic) colours.
    ///
    /// The argument `groups` contains the group of each pattern. It is empty if groups are not known.
    ///
    /// # Errors
    /// [`Error::NoColor`] if there is no such label.
    pub fn chosen(
        by: Option<&str>,
        classes: &[Classes],
        labels: &Labels,
        groups: &[usize],
    ) -> Result<Self> {
        let Some(by) = by else {
            return Ok(Self::automatic(classes, labels, groups));
        };
        if let Some(classes) = classes.iter().find(|c| c.column == by) {
            return Ok(Self::of_classes(classes));
        }
        if let Some(column) = labels.column_index(by) {
            return Ok(Self::of_column(labels, column));
        }
        match by == BY_GROUP {
            true => Ok(Self::of_groups(groups, labels.len())),
            false => Err(Self::unknown(by, classes, labels)),
        }
    }

    /// Checks that the chosen label exists.
    ///
    /// # Errors
    /// [`Error::NoColor`] if there is no such label.
    pub(crate) fn check(by: Option<&str>, classes: &[Classes], labels: &Labels) -> Result<()> {
        let is_known = |by: &str| {
            by == BY_GROUP
                || labels.column_index(by).is_some()
                || classes.iter().any(|c| c.column == by)
        };
        match by {
            Some(by) if !is_known(by) => Err(Self::unknown(by, classes, labels)),
            _ => Ok(()),
        }
    }

    fn unknown(by: &str, classes: &[Classes], labels: &Labels) -> Error {
        let classes = classes.iter().map(|c| c.column.clone());
        let known = labels.columns().iter().cloned().chain(classes);
        Error::NoColor {
            found: by.to_owned(),
            known: known.chain([BY_GROUP.to_owned()]).collect(),
        }
    }

    /// Returns the colours without a choice:
    ///
    /// 1. The classes of the first label that is text.
    /// 2. The compositions, if there are at most twelve.
    /// 3. The numeric label that varies most: its values are spread most evenly over its range. The
    ///    measure is the entropy of a histogram of ten bins. Of equal labels, the first is chosen.
    /// 4. The groups, if there are no labels.
    pub fn automatic(classes: &[Classes], labels: &Labels, groups: &[usize]) -> Self {
        match (classes, labels.columns()) {
            ([classes, ..], _) => Self::of_classes(classes),
            ([], []) => Self::of_groups(groups, labels.len()),
            ([], columns) => match of_compositions(labels) {
                Some((category, names)) => Self {
                    label: match columns {
                        [only] => only.clone(),
                        _ => String::new(),
                    },
                    category,
                    names,
                    values: None,
                },
                None => Self::of_column(labels, most_varied(labels)),
            },
        }
    }

    /// Returns the colours of the patterns with these indices, in this order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let of = |values: &Vec<f64>| rows.iter().map(|&i| values[i]).collect();
        Self {
            label: self.label.clone(),
            category: rows.iter().map(|&i| self.category[i]).collect(),
            names: self.names.clone(),
            values: self.values.as_ref().map(of),
        }
    }

    fn of_classes(classes: &Classes) -> Self {
        Self {
            label: classes.column.clone(),
            category: classes.of.clone(),
            names: classes.names.clone(),
            values: None,
        }
    }

    /// Returns the groups as categories: `group 1` and so on. All patterns are one category if the
    /// argument `groups`, the group of each pattern from 0, is empty.
    pub fn of_groups(groups: &[usize], patterns: usize) -> Self {
        if groups.is_empty() {
            return Self {
                label: BY_GROUP.to_owned(),
                category: vec![0; patterns],
                names: vec!["patterns".to_owned()],
                values: None,
            };
        }
        let last = groups.iter().max().map_or(0, |last| last + 1);
        Self {
            label: BY_GROUP.to_owned(),
            category: groups.to_vec(),
            names: (1..=last).map(|n| format!("group {n}")).collect(),
            values: None,
        }
    }

    /// Colours by one numeric label: one category per value if there are few.
    fn of_column(labels: &Labels, column: usize) -> Self {
        let label = &labels.columns()[column];
        let values: Vec<f64> = labels.rows().map(|row| row[column]).collect();
        let different = different(&values);
        if different.len() <= MOST_COMPOSITIONS {
            let names = std::slice::from_ref(label);
            let place = |v: &f64| different.partition_point(|d| d < v);
            return Self {
                category: values.iter().map(place).collect(),
                names: different.iter().map(|v| name_of_value(names, *v)).collect(),
                label: label.clone(),
                values: None,
            };
        }
        let (category, names) = ranges(label, &values);
        Self {
            label: label.clone(),
            category,
            names,
            values: Some(values),
        }
    }
}

/// Name of a value. A component that is absent is written out, because the formula would be empty.
fn name_of_value(label: &[String], value: f64) -> String {
    match value == 0.0 {
        true => format!("{} = 0", label[0]),
        false => name(label, &[value]),
    }
}

/// Different values in ascending order.
pub(crate) fn different(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted
}

/// Index of the label whose values are spread most evenly over its range.
fn most_varied(labels: &Labels) -> usize {
    let entropy =
        |column: usize| evenness(&labels.rows().map(|row| row[column]).collect::<Vec<_>>());
    let all: Vec<f64> = (0..labels.columns().len()).map(entropy).collect();
    let most = all.iter().copied().fold(0.0, f64::max);
    all.iter().position(|e| *e >= most).unwrap_or_default()
}

/// Entropy of the histogram of values over their range, in natural units: 0 for equal values.
fn evenness(values: &[f64]) -> f64 {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high <= low {
        return 0.0;
    }
    let mut counts = [0usize; PARTS];
    for v in values {
        let part = ((v - low) / (high - low) * PARTS as f64) as usize;
        counts[part.min(PARTS - 1)] += 1;
    }
    let share = |count: usize| count as f64 / values.len() as f64;
    let filled = counts.iter().filter(|c| **c > 0);
    -filled.map(|&c| share(c) * share(c).ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    /// Ninety compositions: the first component is mostly absent, the second varies.
    fn labels() -> Labels {
        let row = |i: u32| {
            let rare = if i.is_multiple_of(9) {
                0.01 * f64::from(i)
            } else {
                0.0
            };
            [rare, 0.5 + 0.005 * f64::from(i), f64::from(i % 3)]
        };
        let values = (0..90).flat_map(row).collect();
        Labels::new(columns(&["Bi2O3", "SiO2", "batch"]), values).unwrap()
    }

    #[test]
    fn the_label_that_varies_most_colours() {
        let found = Coloring::automatic(&[], &labels(), &[]);
        assert_eq!(found.label, "SiO2");
        assert_eq!(found.values.as_ref().map(Vec::len), Some(90));
        assert_eq!(found.names.len(), 5);
        let few = Coloring::chosen(Some("batch"), &[], &labels(), &[]).unwrap();
        assert_eq!(few.names, ["batch = 0", "batch = 1", "batch = 2"]);
        assert_eq!((few.values, &few.category[..4]), (None, &[0, 1, 2, 0][..]));
        let rare = Coloring::chosen(Some("Bi2O3"), &[], &labels(), &[]).unwrap();
        assert_eq!(
            rare.names,
            ["Bi2O3 = 0", "Bi2O3 = 0.09"]
                .map(str::to_owned)
                .iter()
                .cloned()
                .chain((2..10).map(|k| name(&columns(&["Bi2O3"]), &[0.09 * f64::from(k)])))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn classes_groups_and_unknown_names() {
        let texts: Vec<&str> = (0..90).map(|i| ["a", "b"][i % 2]).collect();
        let classes = [Classes::new("phase", &texts)];
        let groups: Vec<usize> = (0..90).map(|i| i % 3).collect();
        let by = |by| Coloring::chosen(by, &classes, &labels(), &groups);
        assert_eq!(by(None).unwrap().names, ["a", "b"]);
        assert_eq!(by(Some("phase")).unwrap().label, "phase");
        assert_eq!(by(Some("group")).unwrap().names[2], "group 3");
        let message = by(Some("T")).unwrap_err().to_string();
        assert_eq!(
            message,
            "no label 'T' for the colours (expected one of Bi2O3, SiO2, batch, phase, group)"
        );
        assert!(Coloring::check(Some("T"), &classes, &labels()).is_err());
        assert!(Coloring::check(Some("group"), &[], &Labels::none(3)).is_ok());
        let unlabelled = Coloring::automatic(&[], &Labels::none(90), &groups);
        assert_eq!((unlabelled.category, unlabelled.names.len()), (groups, 3));
        let nothing = Coloring::automatic(&[], &Labels::none(2), &[]);
        assert_eq!(nothing.names, ["patterns"]);
    }
}
