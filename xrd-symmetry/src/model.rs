//! The shipped model: networks and nearest known structures, combined and calibrated.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_identify::{Library, Neighbour, Search, Votes};

use crate::container::{pack, unpack};
use crate::{
    Calibration, Classifier, Error, Evidence, Exponents, Prepared, Probabilities, Result,
    SpaceGroup,
};

/// Classifier that combines networks with the nearest known structures, and refuses uncertain patterns.
///
/// The probabilities of the networks and the votes of the nearest structures are multiplied with fitted exponents
/// ([`Calibration`]). A pattern is refused if its certainty is below a threshold, and if the nearest structure leaves too
/// much of its peaks unexplained, as for a mixture ([`Classification::refusal`]).
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
    /// Exponents of the networks and of the nearest structures.
    pub exponents: [Exponents; 2],
    /// Least certainty of an answer, 0 to 1.
    pub threshold: f64,
    /// Largest share of the heights of the peaks that the nearest structure may leave unexplained, 0 to 1; 1 refuses no
    /// pattern.
    pub most_unexplained: f64,
}

/// What the nearest entries of a library say about a pattern.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Nearest {
    /// Votes of the entries.
    pub evidence: Evidence,
    /// Similarity of the nearest entry, 0 to 1; 0 without one.
    pub similarity: f64,
    /// Share of the heights of the peaks that the nearest entry does not explain ([`unexplained`](xrd_identify::Identification::unexplained)).
    pub unexplained: f64,
}

impl Settings {
    /// Compares a pattern with a library. Only entries for which `is_allowed` is true count.
    ///
    /// # Errors
    /// [`Error::Pattern`] if the votes have invalid settings.
    pub fn nearest(
        &self,
        pattern: &Prepared,
        library: &Library,
        is_allowed: impl Fn(usize) -> bool + Sync,
    ) -> Result<Nearest> {
        let found = library.identify_of(pattern, &self.search(), is_allowed);
        let nearest = found.neighbours();
        Ok(Nearest {
            evidence: self.votes(&nearest, library)?,
            similarity: nearest.first().map_or(0.0, |n| n.similarity),
            unexplained: found.unexplained(library),
        })
    }

    /// Returns why a pattern with this certainty and this share of unexplained peaks is refused, if it is.
    pub fn refusal(&self, certainty: f64, unexplained: f64) -> Option<Refusal> {
        if certainty < self.threshold {
            Some(Refusal::Uncertain)
        } else if unexplained > self.most_unexplained {
            Some(Refusal::Unexplained)
        } else {
            None
        }
    }

    /// Search for the structures that vote.
    pub(crate) fn search(&self) -> Search {
        Search {
            candidates: self.candidates,
        }
    }

    /// Votes of entries of a library, the nearest first. Their floor is the vote of an entry with the least similarity.
    pub(crate) fn votes(&self, nearest: &[Neighbour], library: &Library) -> Result<Evidence> {
        let votes = Votes {
            voters: self.candidates,
            sharpness: self.sharpness,
            least: self.least,
        };
        let weights = votes.weights(library, nearest).map_err(Error::Pattern)?;
        Evidence::new(&weights, 1.0)
    }
}

impl Default for Settings {
    /// Twenty candidates that vote with exp(40 · (similarity − 0.7)), equal exponents and the threshold 0.5, and
    /// any share of unexplained peaks.
    fn default() -> Self {
        Self {
            candidates: 20,
            sharpness: 40.0,
            least: 0.7,
            exponents: [Exponents::all(0.5); 2],
            threshold: 0.5,
            most_unexplained: 1.0,
        }
    }
}

/// Answer of a [`Model`] about one pattern.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Classification {
    /// Probabilities of the space groups, also if the pattern is refused.
    pub probabilities: Probabilities,
    /// Why the model refuses the pattern, if it does.
    pub refusal: Option<Refusal>,
    /// Similarity of the nearest known structure, 0 to 1; 0 without one.
    pub similarity: f64,
    /// Share of the heights of the peaks that the nearest known structure does not explain, 0 to 1.
    pub unexplained: f64,
}

/// Reason to refuse a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The certainty is below the threshold.
    Uncertain,
    /// The nearest known structure leaves too much of the peaks unexplained: perhaps a mixture.
    Unexplained,
}

impl Model {
    /// Model of these parts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless there is a candidate, the exponents are 0 to 10, and threshold and share
    /// of unexplained peaks are 0 to 1.
    pub fn new(networks: Classifier, settings: Settings) -> Result<Self> {
        let calibration = Calibration::new(settings.exponents)?;
        if settings.candidates == 0 {
            return Err(Error::OutOfRange {
                what: "number of candidates",
                value: 0.0,
                expected: "1 or more",
            });
        }
        for (what, value) in [
            ("threshold", settings.threshold),
            ("share of unexplained peaks", settings.most_unexplained),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::OutOfRange {
                    what,
                    value,
                    expected: "0 to 1",
                });
            }
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

    /// The networks of the model, to calibrate them anew.
    pub fn into_networks(self) -> Classifier {
        self.networks
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
        self.classify_of(patterns, library, |_, _| true)
    }

    /// Names the space groups of patterns as [`classify`](Self::classify), with some known structures left out.
    ///
    /// `is_allowed` says for the index of a pattern and that of an entry of the library whether the entry counts. A
    /// pattern's own structures are left out this way, to see how much of an answer is recognition.
    ///
    /// # Errors
    /// Any error of [`classify`](Self::classify).
    pub fn classify_of(
        &self,
        patterns: &[Prepared],
        library: &Library,
        is_allowed: impl Fn(usize, usize) -> bool + Sync,
    ) -> Result<Vec<Classification>> {
        let networks = self.networks.probabilities(patterns)?;
        let one = |(i, networks): (usize, Probabilities)| {
            let is_allowed = |entry| is_allowed(i, entry);
            let settings = &self.settings;
            let nearest = settings.nearest(&patterns[i], library, is_allowed)?;
            let probabilities = self.combine(&networks, nearest.evidence)?;
            let certainty = probabilities.certainty();
            Ok(Classification {
                refusal: settings.refusal(certainty, nearest.unexplained),
                similarity: nearest.similarity,
                unexplained: nearest.unexplained,
                probabilities,
            })
        };
        networks.into_par_iter().enumerate().map(one).collect()
    }

    /// Combines the probabilities of the networks with the votes of the nearest structures.
    pub(crate) fn combine(
        &self,
        networks: &Probabilities,
        nearest: Evidence,
    ) -> Result<Probabilities> {
        let networks = Evidence::from(networks);
        self.calibration.combine(&[networks, nearest])
    }

    /// Returns the space group of the nearest known structure of each pattern: the answer of a search without
    /// networks. `None` without a similar structure.
    ///
    /// Cost: as [`classify`](Self::classify).
    pub fn nearest_groups(
        &self,
        patterns: &[Prepared],
        library: &Library,
    ) -> Vec<Option<SpaceGroup>> {
        let one = |pattern: &Prepared| {
            let found = library.identify(pattern, &self.settings.search());
            let nearest = found.matches.first().filter(|m| m.similarity > 0.0)?;
            let title = library.title(nearest.index)?;
            SpaceGroup::from_number(title.space_group).ok()
        };
        patterns.par_iter().map(one).collect()
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
