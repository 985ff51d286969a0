use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use xrd_core::Structure;
use xrd_symmetry::SpaceGroup;

use super::calibrating::composition;
use super::{Crystal, PatternSource, Sampling, SymmetryEffects, variant};
use crate::{Error, Result};

/// Factor of the random strains of variants.
const VARIANT_STRAIN: f64 = 3.0;

/// One in this number of substances is held out.
const HELD_OUT: u64 = 20;

/// Crystal of a database, with its identifier and the name of its substance.
#[derive(Clone, Debug)]
pub struct KnownCrystal {
    /// Identifier of the structure.
    pub id: String,
    /// Name of the mineral, or formula. Several structures can be of one substance.
    pub substance: String,
    /// Composition, by which entries of the same substance are found in libraries.
    pub(super) composition: String,
    /// The crystal.
    pub crystal: Crystal,
    /// A structure with the same symmetry and other elements, coordinates and axes ([`variant()`]).
    pub variant: Option<Crystal>,
}

impl KnownCrystal {
    /// Prepares a structure for patterns. `name` is that of the mineral, if it has one. With a seed, a variant is
    /// made as well; it depends on the seed and the identifier.
    ///
    /// # Errors
    /// Any error of [`Crystal::sampled`]. A variant that cannot be simulated is left out.
    pub fn new(
        id: String,
        name: Option<String>,
        formula: String,
        structure: Structure,
        space_group: SpaceGroup,
        sampling: Sampling,
        variants: Option<u64>,
    ) -> Result<Self> {
        let changed = variants.and_then(|seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(hash(&id));
            variant(&structure, space_group, &mut rng)
        });
        let changed = changed.and_then(|s| Crystal::sampled(s, space_group, sampling).ok());
        Ok(Self {
            crystal: Crystal::sampled(structure, space_group, sampling)?,
            variant: changed.map(|c| c.with_strain_factor(VARIANT_STRAIN)),
            composition: composition(&formula),
            substance: name.unwrap_or(formula),
            id,
        })
    }

    /// Returns whether the substance is held out for the test: about one in twenty, by the hash of its name. All
    /// structures of a substance are held out together, because networks recognise a substance.
    pub fn is_held_out(&self) -> bool {
        is_held_out(&self.substance)
    }
}

/// Returns whether a name is held out for the test: about one in twenty, by its hash (FNV-1a).
pub fn is_held_out(name: &str) -> bool {
    let hash = hash(name);
    // The high bits are mixed better than the low ones.
    (hash ^ (hash >> 32)).is_multiple_of(HELD_OUT)
}

fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    text.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, step)
}

impl PatternSource {
    /// Source for the training of networks, of groups of crystals that are drawn equally often. Within a group all
    /// crystals are equally likely. `variants` is the share of patterns of variants.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the share is 0 to 1, without 1. Any error of [`PatternSource::new`].
    pub fn of_groups(
        groups: Vec<Vec<KnownCrystal>>,
        variants: f64,
        effects: SymmetryEffects,
        seed: u64,
    ) -> Result<Self> {
        if !(0.0..1.0).contains(&variants) {
            return Err(Error::OutOfRange {
                what: "share of variants",
                found: variants,
                expected: "0 to 1, without 1",
            });
        }
        let mut weighted = Vec::new();
        for group in groups {
            let known = group.len();
            let changed = group.iter().filter(|c| c.variant.is_some()).count();
            for crystal in group {
                weighted.push((crystal.crystal, (1.0 - variants) / known as f64));
                if let Some(variant) = crystal.variant.filter(|_| variants > 0.0) {
                    weighted.push((variant, variants / changed as f64));
                }
            }
        }
        Self::new(weighted, effects, seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Atom, Lattice};

    fn crystal(name: &str, number: u16) -> KnownCrystal {
        let cell = Lattice::from_parameters(2.87, 2.87, 2.87, 90.0, 90.0, 90.0).unwrap();
        let iron = |p| Atom::new("Fe".parse().unwrap(), p);
        let atoms = match number {
            221 => vec![iron([0.0; 3])],
            _ => vec![iron([0.0; 3]), iron([0.5; 3])],
        };
        let structure = Structure::new(cell, atoms).unwrap();
        let group = SpaceGroup::from_number(number).unwrap();
        let sampling = Sampling::networks().unwrap();
        let id = format!("{name}-{number}");
        let name = Some(name.to_owned());
        KnownCrystal::new(id, name, "Fe".into(), structure, group, sampling, Some(3)).unwrap()
    }

    #[test]
    fn groups_have_equal_shares_and_substances_are_held_out_together() {
        let [one, two] = [crystal("iron", 221), crystal("iron", 229)];
        assert_eq!(one.is_held_out(), two.is_held_out());
        assert!(one.variant.is_some());
        // Three crystals against one.
        let groups = vec![vec![one.clone(), one.clone(), one], vec![two]];
        let effects = SymmetryEffects::default();
        let source = PatternSource::of_groups(groups.clone(), 0.5, effects.clone(), 1).unwrap();
        assert_eq!(source.len(), 8);
        let second = (0..200).filter(|i| source.pattern(*i).unwrap().1.number() == 229);
        let count = second.count();
        assert!((70..=130).contains(&count), "{count}");
        assert!(PatternSource::of_groups(groups, 1.0, effects, 1).is_err());
    }

    #[test]
    fn one_name_in_twenty_is_held_out() {
        let held_out = (0..4000).filter(|i| is_held_out(&format!("mineral {i}")));
        let count = held_out.count();
        assert!((140..=260).contains(&count), "{count}");
    }
}
