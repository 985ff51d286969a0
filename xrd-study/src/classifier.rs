//! Classes of patterns, estimated by regression on raw patterns.

use serde::{Deserialize, Serialize};
use xrd_ae::{Attachment, Autoencoder};
use xrd_core::{Labels, PatternSet};
use xrd_regression::{Regression, Settings};

use crate::dataset::{Classes, Dataset};
use crate::error::{Error, Result};
use crate::folds::numbered;
use crate::regression::{from_attachment, to_attachment};
use crate::sample::{MOST_FITTED, sample};

/// Largest number of classes, for speed.
const MOST_CLASSES: usize = 50;

/// Beginning of the names of the attachments of a model with classifiers.
const ATTACHMENT: &str = "classes";

/// Estimate of a label that is text, from raw patterns.
///
/// Each class is a number that is 1 for the patterns of the class and 0 for all others. These numbers
/// are estimated by [`Regression`], which compares its methods by cross-validation. The estimated class
/// has the largest number.
pub struct PatternClassifier {
    about: About,
    regression: Regression,
}

/// Description of a classifier in the file of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct About {
    label: String,
    names: Vec<String>,
}

/// Estimated class of a pattern.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EstimatedClass {
    /// Name of the estimated class.
    pub class: String,
    /// Estimated share of the class, from 0 to 1. The shares of all classes sum to 1.
    pub share: f64,
    /// Whether the pattern is unlike the known patterns
    /// ([`Estimate::unlike`](xrd_regression::Estimate::unlike)).
    pub unlike: bool,
}

impl PatternClassifier {
    /// Fits a classifier to known patterns. The argument `known` contains their indices in the data
    /// set. Of more than 1,000 known patterns, 1,000 that are evenly spaced are used.
    ///
    /// Returns `None` if the known patterns have one class only or more than 50 classes, if there are
    /// too few samples for a cross-validation, or if the patterns are equal.
    ///
    /// # Errors
    /// [`Error::Regression`].
    pub fn fit(data: &Dataset, classes: &Classes, known: &[usize]) -> Result<Option<Self>> {
        let fitted = sample(known, MOST_FITTED);
        let classes = classes.select(&fitted);
        if !(2..=MOST_CLASSES).contains(&classes.names.len()) {
            return Ok(None);
        }
        let samples = numbered(fitted.iter().map(|&i| &data.groups[i]));
        let settings = Settings::default().with_most_known(MOST_FITTED);
        let set = data.set.select(&fitted)?;
        match Regression::fit(&set, &shares(&classes)?, &samples, &settings) {
            Ok(regression) => Ok(Some(Self {
                about: About {
                    label: classes.column,
                    names: classes.names,
                },
                regression,
            })),
            Err(xrd_regression::Error::TooFew { .. } | xrd_regression::Error::EqualPatterns) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Name of the label.
    pub fn label(&self) -> &str {
        &self.about.label
    }

    /// Names of the classes that can be estimated.
    pub fn names(&self) -> &[String] {
        &self.about.names
    }

    /// Method with the smallest error in the cross-validation.
    pub fn method(&self) -> String {
        let best = self.regression.comparisons().first();
        best.map_or(String::new(), |c| c.candidate.to_string())
    }

    /// Estimates the class of each pattern of a set.
    ///
    /// # Errors
    /// [`Error::Regression`] for patterns with another number of grid points, or with an intensity that
    /// is not finite.
    pub fn estimate(&self, set: &PatternSet) -> Result<Vec<EstimatedClass>> {
        let estimates = self.regression.estimate(set)?.into_iter();
        let largest = |estimate: xrd_regression::Estimate| {
            let shares = estimate.values.iter().copied().zip(&self.about.names);
            let best = shares.fold(None, |best: Option<(f64, &String)>, own| match best {
                Some(best) if best.0 >= own.0 => Some(best),
                _ => Some(own),
            });
            let (share, class) = best.ok_or(Error::MissingPiece)?;
            Ok(EstimatedClass {
                class: class.clone(),
                share: share.clamp(0.0, 1.0),
                unlike: estimate.unlike,
            })
        };
        estimates.map(largest).collect()
    }

    /// Returns the model with these classifiers in its file.
    ///
    /// # Errors
    /// [`Error::Regression`] and [`Error::ToJson`]. No error is expected.
    pub fn attach_all(all: &[Self], mut model: Autoencoder) -> Result<Autoencoder> {
        for (k, classifier) in all.iter().enumerate() {
            let about = serde_json::to_string(&classifier.about).map_err(Error::ToJson)?;
            let about = Attachment::new(about, Vec::new());
            let regression = to_attachment(&classifier.regression)?;
            model = model
                .with_attachment(name(k, "about"), about)
                .with_attachment(name(k, "regression"), regression);
        }
        Ok(model)
    }

    /// Reads the classifiers in the file of a model, one per label that is text. Empty if the file has
    /// none.
    ///
    /// # Errors
    /// [`Error::Regression`] and [`Error::Expected`] for a damaged classifier.
    pub fn all_of_model(model: &Autoencoder) -> Result<Vec<Self>> {
        let both = |k| {
            let about = model.attachment(&name(k, "about"))?;
            Some((about, model.attachment(&name(k, "regression"))?))
        };
        let read = |(about, regression): (&Attachment, &Attachment)| {
            let about: About = serde_json::from_str(&about.text)
                .map_err(|_| Error::Expected("the classes of a classifier in the model"))?;
            let regression = from_attachment(regression)?;
            match about.names.len() == regression.columns().len() {
                true => Ok(Self { about, regression }),
                false => Err(Error::Expected("one regression per class in the model")),
            }
        };
        (0..).map_while(both).map(read).collect()
    }
}

fn name(k: usize, part: &str) -> String {
    format!("{ATTACHMENT}-{k}-{part}")
}

/// One column per class: 1 for the patterns of the class, else 0.
fn shares(classes: &Classes) -> Result<Labels> {
    let columns = (0..classes.names.len()).map(|c| format!("class {c}"));
    let own = |(of, c): (&usize, usize)| f64::from(u8::from(*of == c));
    let values = classes
        .of
        .iter()
        .flat_map(|of| (0..classes.names.len()).map(move |c| own((of, c))));
    Ok(Labels::new(columns.collect(), values.collect())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::TwoThetaGrid;

    /// Patterns of two phases whose lines shift, and their classes.
    fn two_phases(patterns: usize) -> (Dataset, Classes) {
        let grid = TwoThetaGrid::new(10.0, 0.1, 80).unwrap();
        let line = |at: f64, i: usize| (-((i as f64 - at) / 3.0).powi(2)).exp() as f32;
        let row = |k: usize| {
            let at = [20.0, 50.0][k % 2] + 0.3 * (k % 5) as f64;
            (0..80)
                .map(move |i| line(at, i) + 0.1)
                .collect::<Vec<f32>>()
        };
        let block = (0..patterns).flat_map(row).collect();
        let set = PatternSet::unnamed(grid, block).unwrap();
        let texts: Vec<&str> = (0..patterns)
            .map(|k| ["rutile", "anatase"][k % 2])
            .collect();
        (Dataset::unlabelled(set), Classes::new("phase", &texts))
    }

    #[test]
    fn classes_of_new_patterns_are_estimated() {
        let (data, classes) = two_phases(30);
        let known: Vec<usize> = (0..20).collect();
        let found = PatternClassifier::fit(&data, &classes, &known)
            .unwrap()
            .unwrap();
        assert_eq!((found.label(), found.names().len()), ("phase", 2));
        assert!(!found.method().is_empty());
        let test: Vec<usize> = (20..30).collect();
        let estimated = found.estimate(&data.set.select(&test).unwrap()).unwrap();
        for (i, one) in test.iter().zip(&estimated) {
            assert_eq!(one.class, classes.name(*i));
            assert!((0.8..=1.0).contains(&one.share), "{}", one.share);
        }
    }

    #[test]
    fn one_class_and_few_patterns_have_no_classifier() {
        let (data, classes) = two_phases(12);
        let fit = |known: &[usize]| PatternClassifier::fit(&data, &classes, known).unwrap();
        assert!(fit(&[0, 2, 4, 6, 8, 10]).is_none());
        assert!(fit(&[0, 1, 2]).is_none());
        assert!(fit(&(0..12).collect::<Vec<_>>()).is_some());
        // A class with a single member.
        assert!(fit(&[0, 1, 2, 4, 6, 8, 10]).is_some());
    }
}
