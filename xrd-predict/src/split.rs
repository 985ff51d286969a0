//! Splits of formulas into a training part and a test part.

use std::collections::BTreeSet;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use xrd_core::Element;

use crate::Reduced;

/// The formulas of the test part: a share of the different formulas, rounded down, chosen by a seed. All
/// structures of a formula are in one part.
pub fn by_formula(formulas: &[Reduced], share: f64, seed: u64) -> BTreeSet<Reduced> {
    chosen(formulas.iter().cloned().collect(), share, seed)
}

/// The formulas of the test part: those of a share of the chemical systems (sets of elements), chosen by a
/// seed. No formula of the training part has the elements of one of the test part.
pub fn by_chemical_system(formulas: &[Reduced], share: f64, seed: u64) -> BTreeSet<Reduced> {
    let system = |f: &Reduced| -> Vec<Element> { f.elements().iter().map(|e| e.0).collect() };
    let systems = chosen(formulas.iter().map(system).collect(), share, seed);
    let is_chosen = |f: &&Reduced| systems.contains(&system(f));
    formulas.iter().filter(is_chosen).cloned().collect()
}

/// The formulas of the test part: those of the later ones that do not occur among the earlier ones.
pub fn by_time(earlier: &[Reduced], later: &[Reduced]) -> BTreeSet<Reduced> {
    let known: BTreeSet<&Reduced> = earlier.iter().collect();
    let is_new = |f: &&Reduced| !known.contains(f);
    later.iter().filter(is_new).cloned().collect()
}

fn chosen<T: Ord>(all: BTreeSet<T>, share: f64, seed: u64) -> BTreeSet<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    let count = (share.clamp(0.0, 1.0) * all.len() as f64) as usize;
    all.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    all.into_iter().take(count).collect()
}
