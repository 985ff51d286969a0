//! Computes the patterns of a structure.

use anyhow::Result;
use xrd_core::Structure;
use xrd_sim::{Instrument, PatternKey, QGrid, RandomEffects, measure, simulate};

use super::label::Label;
use super::structures::ReadStructure;

/// All parameters that determine the patterns of a structure.
pub(crate) struct Recipe {
    pub(crate) instrument: Instrument,
    /// The points of patterns over Q, which replace the angles of the instrument.
    pub(crate) q: Option<QGrid>,
    pub(crate) effects: RandomEffects,
    /// Seed of the effects.
    pub(crate) seed: u64,
    /// Number of patterns per structure.
    pub(crate) per_structure: usize,
    /// Tolerance of the space-group search in Å.
    pub(crate) symprec: f64,
}

/// The patterns of one structure.
pub(crate) struct Simulated {
    pub(crate) name: String,
    /// The file and the line in it.
    pub(crate) source: String,
    /// Notes about the file.
    pub(crate) notes: Vec<String>,
    /// The labels and the patterns, or why there are none.
    pub(crate) patterns: Result<(Label, Vec<Vec<f32>>)>,
}

impl Recipe {
    /// Computes the patterns of the structure at position `place` of a list. They depend on the
    /// structure, the position and the recipe only.
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

    /// Computes one pattern, with its lines scaled to a maximum of 1.
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

    /// The number of points of a pattern.
    pub(crate) fn points(&self) -> usize {
        self.q.map_or(self.instrument.grid.len(), |q| q.len())
    }

    /// The names of the patterns of a structure: its own name, numbered if there are several.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        match self.per_structure {
            1 => vec![name.to_owned()],
            n => (0..n).map(|i| format!("{name}-{i}")).collect(),
        }
    }
}
