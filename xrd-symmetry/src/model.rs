//! The shipped model: networks and nearest known structures, combined and calibrated.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_identify::{Library, Search, Votes};

use crate::container::{pack, unpack};
use crate::{Calibration, Classifier, Error, Prepared, Probabilities, Result};

/// Classifier that combines networks with the nearest known structures, and refuses uncertain patterns.
///
/// The probabilities of the networks and those of the nearest structures are multiplied with fitted exponents
/// ([`Calibration`]). A pattern is refused if its certainty is below a threshold.
#[derive(Debug)]
pub struct Model {
    networks: Classifier,
    settings: Settings,
    calibration: Calibration,
}

/// Settings of a [`Model`] beside its networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Number of known structures whose shifts are fitted, and which vote.
    pub candidates: usize,
    /// Factor of the similarity in the exponent of a vote ([`Votes`]).
    pub sharpness: f64,
    /// Similarity at which a vote has the weight 1.
    pub least: f64,
    /// Exponents of the probabilities of the networks and of the nearest structures.
    pub exponents: [f64; 2],
    /// Least certainty of an answer, 0 to 1.
    pub threshold: f64,
}

impl Settings {
    /// Returns the probabilities of the space groups that follow from the nearest entries of a library alone, and the
    /// similarity of the nearest (0 without one). Only entries for which `is_allowed` is true count.
    ///
    /// # Errors
    /// [`Error::Pattern`] if the votes have invalid settings.
    pub fn nearest(
        &self,
        pattern: &Prepared,
        library: &Library,
        is_allowed: impl Fn(usize) -> bool + Sync,
    ) -> Result<(Probabilities, f64)> {
        let search = Search {
            candidates: self.candidates,
        };
        let nearest = library.identify_of(pattern, &search, is_allowed);
        let nearest = nearest.neighbours();
        let votes = Votes {
            voters: self.candidates,
            sharpness: self.sharpness,
            least: self.least,
        };
        let weights = votes.weights(library, &nearest).map_err(Error::Pattern)?;
        let similarity = nearest.first().map_or(0.0, |n| n.similarity);
        Ok((Probabilities::from_weights(&weights)?, similarity))
    }
}

impl Default for Settings {
    /// Twenty candidates that vote with exp(40 · (similarity − 0.7)), equal exponents and the threshold 0.5.
    fn default() -> Self {
        Self {
            candidates: 20,
            sharpness: 40.0,
            least: 0.7,
            exponents: [0.5; 2],
            threshold: 0.5,
        }
    }
}

/// Answer of a [`Model`] about one pattern.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Classification {
    /// Probabilities of the space groups, also if the pattern is refused.
    pub probabilities: Probabilities,
    /// Whether the certainty is below the threshold of the model.
    pub is_refused: bool,
    /// Similarity of the nearest known structure, 0 to 1; 0 without one.
    pub similarity: f64,
}

impl Model {
    /// Model of these parts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless there is a candidate, the exponents are 0 to 10 and the threshold is 0 to 1.
    pub fn new(networks: Classifier, settings: Settings) -> Result<Self> {
        let calibration = Calibration::new(settings.exponents)?;
        if settings.candidates == 0 {
            return Err(Error::OutOfRange {
                what: "number of candidates",
                value: 0.0,
                expected: "1 or more",
            });
        }
        if !(0.0..=1.0).contains(&settings.threshold) {
            return Err(Error::OutOfRange {
                what: "threshold",
                value: settings.threshold,
                expected: "0 to 1",
            });
        }
        Ok(Self {
            networks,
            settings,
            calibration,
        })
    }

    /// The model that is part of this crate. Its card is in `data/CARD.md`.
    ///
    /// # Errors
    /// No error is expected.
    pub fn shipped() -> Result<Self> {
        Self::from_bytes(include_bytes!("../data/shipped.model"))
    }

    /// Returns the name and version of the model.
    pub fn name(&self) -> &str {
        self.networks.name()
    }

    /// Returns the networks.
    pub fn networks(&self) -> &Classifier {
        &self.networks
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Names the space groups of patterns, on the threads of rayon's current pool.
    ///
    /// # Errors
    /// Any error of [`Classifier::probabilities`], and [`Error::Pattern`] if the votes have invalid settings.
    pub fn classify(
        &self,
        patterns: &[Prepared],
        library: &Library,
    ) -> Result<Vec<Classification>> {
        let networks = self.networks.probabilities(patterns)?;
        let one = |(pattern, networks): (&Prepared, Probabilities)| {
            self.combine(pattern, networks, library)
        };
        patterns.par_iter().zip(networks).map(one).collect()
    }

    fn combine(
        &self,
        pattern: &Prepared,
        networks: Probabilities,
        library: &Library,
    ) -> Result<Classification> {
        let (nearest, similarity) = self.settings.nearest(pattern, library, |_| true)?;
        let sources = [networks, nearest];
        let probabilities = self.calibration.combine(&sources)?;
        Ok(Classification {
            is_refused: probabilities.certainty() < self.settings.threshold,
            similarity,
            probabilities,
        })
    }

    /// Bytes of a file. Equal models give equal bytes.
    ///
    /// # Errors
    /// Any error of [`Classifier::to_bytes`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        pack(&self.settings, &[self.networks.to_bytes()?])
    }

    /// Reads a file that [`to_bytes`](Self::to_bytes) has written.
    ///
    /// # Errors
    /// - [`Error::File`] if the bytes are not such a file.
    /// - Any error of [`Classifier::from_bytes`] and [`Model::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (settings, parts): (Settings, _) = unpack(bytes)?;
        let [networks] = parts[..] else {
            return Err(Error::File {
                reason: format!("{} parts (expected 1)", parts.len()),
            });
        };
        Self::new(Classifier::from_bytes(networks)?, settings)
    }
}
