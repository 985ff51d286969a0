//! How the patterns of a structure are computed.

use anyhow::Result;
use xrd_core::Structure;
use xrd_sim::{Instrument, PatternKey, QGrid, RandomEffects, measure, simulate};

use super::label::Label;
use super::structures::ReadStructure;

/// All that decides the patterns of a structure.
pub(crate) struct Recipe {
    pub(crate) instrument: Instrument,
    /// The points of patterns over Q, in place of the instrument's angles.
    pub(crate) q: Option<QGrid>,
    pub(crate) effects: RandomEffects,
    /// Seed of the effects.
    pub(crate) seed: u64,
    /// How many patterns are drawn of each structure.
    pub(crate) per_structure: usize,
    /// Tolerance of the space group in Å.
    pub(crate) symprec: f64,
}

/// The patterns of one structure.
pub(crate) struct Simulated {
    pub(crate) name: String,
    /// The file, and its line.
    pub(crate) source: String,
    /// What a user of the file should know.
    pub(crate) notes: Vec<String>,
    /// What is known of the structure, and its patterns; or why there are none.
    pub(crate) patterns: Result<(Label, Vec<Vec<f32>>)>,
}

impl Recipe {
    /// The patterns of the structure at a place of a list. They depend on the structure, the
    /// place and the recipe alone.
    pub(crate) fn simulate(&self, place: usize, read: ReadStructure) -> Simulated {
        let patterns = read.structure.map_err(Into::into).and_then(|structure| {
            let first = place * self.per_structure;
            let indices = first..first + self.per_structure;
            let patterns = indices.map(|index| self.pattern(&structure, index));
            let patterns = patterns.collect::<Result<Vec<_>>>()?;
            Ok((Label::of(&structure, self.symprec), patterns))
        });
        Simulated {
            name: read.name,
            source: read.source,
            notes: read.notes,
            patterns,
        }
    }

    /// One pattern, scaled to lines of height 1.
    pub(crate) fn pattern(&self, structure: &Structure, index: usize) -> Result<Vec<f32>> {
        let instrument = &self.instrument;
        let key = PatternKey::new(self.seed, index as u64);
        if self.q.is_none() && self.effects.is_none() {
            let (beam, profile) = (&instrument.diffraction, &instrument.profile);
            let pattern = simulate(structure, beam, &instrument.grid, profile)?;
            return Ok(pattern.into_intensities());
        }
        let effects = self.effects.draw(key)?;
        match self.q {
            Some(q) => {
                let over_q = measure(structure, &instrument.with_grid(q), &effects, key)?;
                Ok(over_q.into_intensities())
            }
            None => Ok(measure(structure, instrument, &effects, key)?.into_intensities()),
        }
    }

    /// How many points a pattern has.
    pub(crate) fn points(&self) -> usize {
        self.q.map_or(self.instrument.grid.len(), |q| q.len())
    }

    /// Names of a structure's patterns: its own, numbered where there are several.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        match self.per_structure {
            1 => vec![name.to_owned()],
            n => (0..n).map(|i| format!("{name}-{i}")).collect(),
        }
    }
}
