//! Estimated classes of the test patterns.

use std::collections::BTreeMap;

use crate::classifier::{EstimatedClass, PatternClassifier};
use crate::dataset::{Classes, Dataset};
use crate::error::Result;
use crate::report::ClassificationReport;
use crate::split::Split;
use crate::tables::{ClassRow, Table, classes as table_of};

/// Classifiers of the labels that are text, and their estimates of the test patterns.
#[derive(Default)]
pub(super) struct Classification {
    pub(super) classifiers: Vec<PatternClassifier>,
    pub(super) reports: Vec<ClassificationReport>,
    rows: Vec<ClassRow>,
}

impl Classification {
    /// Fits a classifier of each label that is text to the training patterns, and estimates the classes
    /// of the test patterns.
    pub(super) fn of(data: &Dataset, split: &Split) -> Result<Self> {
        let mut found = Self::default();
        if data.classes.is_empty() {
            return Ok(found);
        }
        let test_set = data.set.select(&split.test)?;
        for classes in &data.classes {
            let Some(classifier) = PatternClassifier::fit(data, classes, &split.train)? else {
                continue;
            };
            let estimated = classifier.estimate(&test_set)?;
            found
                .reports
                .push(report(classes, split, &classifier, &estimated));
            let rows = split
                .test
                .iter()
                .zip(estimated)
                .map(|(&i, estimate)| ClassRow {
                    name: data.set.names()[i].clone(),
                    label: classes.column.clone(),
                    truth: classes.name(i).to_owned(),
                    estimate,
                });
            found.rows.extend(rows);
            found.classifiers.push(classifier);
        }
        Ok(found)
    }

    /// Table of the estimates. `None` without classifiers.
    pub(super) fn table(&self) -> Option<Table> {
        (!self.classifiers.is_empty()).then(|| table_of(&self.rows))
    }
}

fn report(
    classes: &Classes,
    split: &Split,
    classifier: &PatternClassifier,
    estimated: &[EstimatedClass],
) -> ClassificationReport {
    let truth: Vec<&str> = split.test.iter().map(|&i| classes.name(i)).collect();
    let found: Vec<&str> = estimated.iter().map(|e| e.class.as_str()).collect();
    let most = most_frequent(classes, &split.train);
    ClassificationReport {
        label: classes.column.clone(),
        classes: classifier.names().len(),
        method: classifier.method(),
        count: truth.len(),
        accuracy: accuracy(&truth, &found),
        balanced_accuracy: balanced_accuracy(&truth, &found),
        majority_accuracy: accuracy(&truth, &vec![most; truth.len()]),
    }
}

/// Most frequent class of these patterns. Of equally frequent classes, the first.
fn most_frequent<'a>(classes: &'a Classes, rows: &[usize]) -> &'a str {
    let mut counts = vec![0usize; classes.names.len()];
    rows.iter().for_each(|&i| counts[classes.of[i]] += 1);
    let most = counts.iter().max().copied().unwrap_or_default();
    let first = counts.iter().position(|count| *count == most);
    first.map_or("", |class| &classes.names[class])
}

fn accuracy(truth: &[&str], found: &[&str]) -> f64 {
    let right = truth.iter().zip(found).filter(|(a, b)| a == b).count();
    right as f64 / truth.len().max(1) as f64
}

fn balanced_accuracy(truth: &[&str], found: &[&str]) -> f64 {
    let mut of_class: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (a, b) in truth.iter().zip(found) {
        let (right, all) = of_class.entry(a).or_default();
        *right += usize::from(a == b);
        *all += 1;
    }
    let recalls = of_class
        .values()
        .map(|(right, all)| *right as f64 / *all as f64);
    recalls.sum::<f64>() / of_class.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracies_are_their_definitions() {
        let truth = ["a", "a", "a", "a", "b", "b"];
        let found = ["a", "a", "a", "b", "b", "c"];
        assert!((accuracy(&truth, &found) - 4.0 / 6.0).abs() < 1e-12);
        assert!((balanced_accuracy(&truth, &found) - (0.75 + 0.5) / 2.0).abs() < 1e-12);
        assert_eq!(
            (accuracy(&[], &[]), balanced_accuracy(&[], &[])),
            (0.0, 0.0)
        );
        let classes = Classes::new("x", &["b", "a", "b", "c"]);
        assert_eq!(most_frequent(&classes, &[0, 1, 2, 3]), "b");
        assert_eq!(most_frequent(&classes, &[1, 3]), "a");
    }
}
