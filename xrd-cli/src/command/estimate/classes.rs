//! Classes of unknown patterns, for labels that are text.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use xrd_study::{EstimatedClass, LatentTable, PatternClassifier, Table, load_model};

use super::ROWS;
use super::shifted::{Aligning, Shifted};
use crate::options::Question;
use crate::output::{print_notes, say};

/// Estimated classes of all patterns.
pub(super) struct Classified {
    names: Vec<String>,
    labels: Vec<String>,
    /// Classes of each label, one per pattern.
    classes: Vec<Vec<EstimatedClass>>,
    /// Whether the known points have no labels that are numbers.
    is_alone: bool,
    shifted: Option<Shifted>,
}

impl Classified {
    /// Estimates the classes, if the model was studied with labels that are text. `known` is the table
    /// of known points.
    pub(super) fn of(
        question: &Question,
        known: &Path,
        aligning: &Aligning,
    ) -> Result<Option<Self>> {
        let model = load_model(&question.model)?;
        let classifiers = PatternClassifier::all_of_model(&model)?;
        if classifiers.is_empty() {
            return Ok(None);
        }
        let is_alone = LatentTable::read(known, &model)?
            .labels
            .columns()
            .is_empty();
        let read = question.open_for(&question.model, None)?;
        if is_alone {
            print_notes(&read.notes);
        }
        let (patterns, shifted) = aligning.apply(&model, read.patterns)?;
        let all: Vec<usize> = (0..patterns.len()).collect();
        let mut classes = vec![Vec::new(); classifiers.len()];
        // Patterns on disk are read a few at a time.
        for rows in all.chunks(ROWS) {
            let set = patterns.select(rows)?;
            for (classifier, classes) in classifiers.iter().zip(&mut classes) {
                classes.extend(classifier.estimate(&set)?);
            }
        }
        Ok(Some(Self {
            names: patterns.names().to_vec(),
            labels: classifiers.iter().map(|c| c.label().to_owned()).collect(),
            classes,
            is_alone,
            shifted,
        }))
    }

    pub(super) fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// Classes of a pattern in words.
    pub(super) fn words(&self, row: usize) -> String {
        let of_label = |(label, classes): (&String, &Vec<EstimatedClass>)| {
            let one = &classes[row];
            format!("{label} = {} (share {:.2})", one.class, one.share)
        };
        let all: Vec<String> = self
            .labels
            .iter()
            .zip(&self.classes)
            .map(of_label)
            .collect();
        all.join(", ")
    }

    /// Classes of a pattern as JSON.
    pub(super) fn to_json(&self, row: usize) -> Value {
        let of_label = |(label, classes): (&String, &Vec<EstimatedClass>)| {
            let one = &classes[row];
            let value = json!({"class": one.class, "share": one.share, "unlike": one.unlike});
            (label.clone(), value)
        };
        let all = self.labels.iter().zip(&self.classes).map(of_label);
        Value::Object(all.collect())
    }

    /// Adds one column per label to a table of all patterns.
    pub(super) fn add_to(&self, table: &mut Table) {
        for (label, classes) in self.labels.iter().zip(&self.classes) {
            table.header.push(format!("{label}_estimated"));
            for (row, one) in table.rows.iter_mut().zip(classes) {
                row.push(one.class.clone());
            }
        }
    }

    /// Prints or writes the classes alone.
    pub(super) fn finish(&self, out: Option<&Path>, as_json: bool) -> Result<()> {
        let rows = 0..self.names.len();
        if let Some(out) = out {
            let mut table = Table {
                header: vec!["name".to_owned()],
                rows: self.names.iter().map(|name| vec![name.clone()]).collect(),
            };
            self.add_to(&mut table);
            if let Some(shifted) = &self.shifted {
                shifted.add_to(&mut table);
            }
            xrd_io::write::atomically(out, |f| table.write(f))?;
            say(&format!("{} estimates in {}", rows.len(), out.display()))?;
        }
        if as_json {
            let one = |i: usize| {
                let shift = self.shifted.as_ref().map(|s| s.to_json(i));
                json!({"name": self.names[i], "classes": self.to_json(i), "shift": shift})
            };
            let all: Vec<Value> = rows.map(one).collect();
            return say(&serde_json::to_string_pretty(&all)?);
        }
        if out.is_some() {
            return Ok(());
        }
        for i in rows {
            let unlike = match self.classes.iter().any(|classes| classes[i].unlike) {
                true => "  (unlike all known patterns)",
                false => "",
            };
            let shift = self.shifted.as_ref().map_or(String::new(), |s| s.words(i));
            say(&format!(
                "{}: {}{unlike}{shift}",
                self.names[i],
                self.words(i)
            ))?;
        }
        if let Some(meaning) = self.shifted.as_ref().and_then(Shifted::meaning) {
            say(meaning)?;
        }
        say("share: 1 for a clear case; the shares of all classes sum to 1")
    }
}
