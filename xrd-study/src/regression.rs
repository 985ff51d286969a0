//! Regression of labels on raw patterns, in the file of a model.

use xrd_ae::{Attachment, Autoencoder, Numbers};
use xrd_core::{Labels, PatternSet};
use xrd_regression::{Comparison, Estimate, Regression, Settings, Stored};

use crate::dataset::Dataset;
use crate::digest::digest;
use crate::error::Result;
use crate::folds::numbered;
use crate::intervals::COVERAGE;
use crate::known_points::Estimated;
use crate::sample::{MOST_FITTED, sample};

/// Name of the attachment of a model with a regression.
const ATTACHMENT: &str = "regression";

/// Name of the attachment with the digest of the known patterns.
const DIGEST: &str = "regression-known";

/// Regression of labels on raw patterns, fitted to known patterns. The regression estimates labels
/// without the latent plane ([`Regression`]).
pub struct PatternRegression {
    regression: Regression,
    /// Digest of the names and labels of the known patterns.
    digest: String,
}

impl PatternRegression {
    /// Fits a regression to known patterns. The argument `known` contains the indices of these
    /// patterns in the data set. Of more than 1,000 known patterns, 1,000 that are evenly spaced are
    /// used.
    ///
    /// Returns `None` if there are too few samples for a cross-validation, or if the patterns are
    /// equal.
    ///
    /// # Errors
    /// [`Error::Regression`](crate::Error::Regression).
    pub fn fit(data: &Dataset, known: &[usize]) -> Result<Option<Self>> {
        let fitted = sample(known, MOST_FITTED);
        let (set, labels) = (data.set.select(&fitted)?, data.labels.select(&fitted));
        let samples = numbered(fitted.iter().map(|&i| &data.groups[i]));
        let settings = Settings::default()
            .with_coverage(COVERAGE)
            .with_most_known(MOST_FITTED);
        let names: Vec<String> = known.iter().map(|&i| data.set.names()[i].clone()).collect();
        match Regression::fit(&set, &labels, &samples, &settings) {
            Ok(regression) => Ok(Some(Self {
                digest: digest_of(&names, &data.labels.select(known)),
                regression,
            })),
            Err(xrd_regression::Error::TooFew { .. } | xrd_regression::Error::EqualPatterns) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the regression in the file of a model. Returns `None` if the file has none.
    ///
    /// # Errors
    /// [`Error::Regression`](crate::Error::Regression) for a damaged regression.
    pub fn of_model(model: &Autoencoder) -> Result<Option<Self>> {
        let Some(attachment) = model.attachment(ATTACHMENT) else {
            return Ok(None);
        };
        let digest = model.attachment(DIGEST).map(|a| a.text.clone());
        Ok(Some(Self {
            regression: from_attachment(attachment)?,
            digest: digest.unwrap_or_default(),
        }))
    }

    /// Returns the model with this regression in its file.
    ///
    /// # Errors
    /// [`Error::Regression`](crate::Error::Regression). No error is expected.
    pub fn attach_to(&self, model: Autoencoder) -> Result<Autoencoder> {
        let digest = Attachment::new(self.digest.clone(), Vec::new());
        Ok(model
            .with_attachment(ATTACHMENT, to_attachment(&self.regression)?)
            .with_attachment(DIGEST, digest))
    }

    /// Whether the regression was fitted to patterns with these names and labels, in this order.
    pub fn is_of(&self, names: &[String], labels: &Labels) -> bool {
        self.regression.columns() == labels.columns() && self.digest == digest_of(names, labels)
    }

    /// Returns the cross-validated errors of all candidates ([`Regression::comparisons`]).
    pub fn comparisons(&self) -> &[Comparison] {
        self.regression.comparisons()
    }

    /// Returns the number of known patterns.
    pub fn known(&self) -> usize {
        self.regression.known()
    }

    /// Estimates the labels of each pattern of a set.
    ///
    /// # Errors
    /// [`Error::Regression`](crate::Error::Regression) for patterns with another number of grid
    /// points, or with an intensity that is not finite.
    pub fn estimate(&self, set: &PatternSet) -> Result<Vec<Estimate>> {
        Ok(self.regression.estimate(set)?)
    }

    /// Overwrites estimates from the latent space with the results of the regression.
    ///
    /// The labels from the latent space are first moved from `estimate.values` to
    /// [`Estimated::in_latent_space`]. The labels of the regression are then written to
    /// `estimate.values`. The fields [`Estimated::intervals`], [`Estimated::residual`] and
    /// [`Estimated::unlike`] are overwritten. All other fields do not change.
    ///
    /// # Errors
    /// Any error of [`estimate`](Self::estimate).
    pub fn apply_to(&self, estimated: &mut [Estimated], set: &PatternSet) -> Result<()> {
        for (row, found) in estimated.iter_mut().zip(self.estimate(set)?) {
            let values = std::mem::replace(&mut row.estimate.values, found.values);
            row.in_latent_space = Some(values);
            row.intervals = found.intervals;
            row.residual = found.residual;
            row.unlike = Some(found.unlike);
        }
        Ok(())
    }
}

/// Returns a regression as an attachment of a model.
pub(crate) fn to_attachment(regression: &Regression) -> Result<Attachment> {
    let stored = regression.to_stored()?;
    let array = |(name, shape, numbers)| {
        let numbers = match numbers {
            xrd_regression::Numbers::F32(numbers) => Numbers::F32(numbers),
            xrd_regression::Numbers::F64(numbers) => Numbers::F64(numbers),
            _ => return None,
        };
        Some((name, shape, numbers))
    };
    let arrays = stored.arrays.into_iter().filter_map(array).collect();
    Ok(Attachment::new(stored.description, arrays))
}

/// Reads a regression from an attachment of a model.
pub(crate) fn from_attachment(attachment: &Attachment) -> Result<Regression> {
    let array = |(name, shape, numbers): &(String, Vec<usize>, Numbers)| {
        let numbers = match numbers {
            Numbers::F32(numbers) => xrd_regression::Numbers::F32(numbers.clone()),
            Numbers::F64(numbers) => xrd_regression::Numbers::F64(numbers.clone()),
            _ => return None,
        };
        Some((name.clone(), shape.clone(), numbers))
    };
    let arrays = attachment.arrays.iter().filter_map(array).collect();
    let stored = Stored::new(attachment.text.clone(), arrays);
    Ok(Regression::from_stored(&stored)?)
}

fn digest_of(names: &[String], labels: &Labels) -> String {
    let bytes = names.iter().flat_map(|name| name.bytes().chain([0]));
    let values = labels.rows().flatten().map(|v| (v + 0.0).to_bits());
    format!("{:016x}", digest(bytes.map(u64::from).chain(values)))
}
