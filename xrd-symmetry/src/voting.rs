//! Answers of a model for chosen known structures.

use rayon::prelude::*;
use xrd_identify::{Library, Neighbour, Search, Votes};

use crate::{
    Calibration, Classification, Error, Model, Prepared, Probabilities, Result, SpaceGroup,
};

impl Model {
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
        let networks = self.networks().probabilities(patterns)?;
        let one = |(i, networks): (usize, Probabilities)| {
            let allowed = |entry| is_allowed(i, entry);
            let found = library.identify_of(&patterns[i], &self.search(), allowed);
            let nearest = found.neighbours();
            let probabilities = self.with_votes(networks, &nearest, library)?;
            Ok(Classification {
                is_refused: probabilities.certainty() < self.settings().threshold,
                similarity: nearest.first().map_or(0.0, |n| n.similarity),
                probabilities,
            })
        };
        networks.into_par_iter().enumerate().map(one).collect()
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
            let found = library.identify(pattern, &self.search());
            let nearest = found.matches.first().filter(|m| m.similarity > 0.0)?;
            let title = library.title(nearest.index)?;
            SpaceGroup::from_number(title.space_group).ok()
        };
        patterns.par_iter().map(one).collect()
    }

    /// Search for the structures that vote.
    pub(crate) fn search(&self) -> Search {
        Search {
            candidates: self.settings().candidates,
        }
    }

    /// Probabilities of the networks, combined with the votes of the nearest structures.
    pub(crate) fn with_votes(
        &self,
        networks: Probabilities,
        nearest: &[Neighbour],
        library: &Library,
    ) -> Result<Probabilities> {
        let settings = self.settings();
        let votes = Votes {
            voters: settings.candidates,
            sharpness: settings.sharpness,
            least: settings.least,
        };
        let weights = votes.weights(library, nearest).map_err(Error::Pattern)?;
        let sources = [networks, Probabilities::from_weights(&weights)?];
        Calibration::new(settings.exponents)?.combine(&sources)
    }
}
