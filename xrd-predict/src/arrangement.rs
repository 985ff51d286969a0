//! Structures of a formula in the prototypes with the largest shares of votes.

use rayon::prelude::*;
use xrd_core::{Element, Structure, TwoThetaGrid};
use xrd_sim::{Diffraction, Profile, Shape};

use crate::Reduced;
use crate::cell::CellModel;
use crate::library::Library;
use crate::peaks::{LEAST_HEIGHT, Peak, peak_score, peaks};
use crate::prototypes::{Block, Member, ordered};
use crate::substitution::{Poll, Vote};

/// Distance in degrees of equal peaks.
const DISTANCE_DEG: f64 = 0.5;

/// A structure of a formula, and its peaks.
#[derive(Clone, Debug)]
pub(crate) struct Arrangement {
    pub(crate) vote: Vote,
    /// Elements of the formula in the roles of the prototype.
    pub(crate) elements: Vec<Element>,
    pub(crate) structure: Structure,
    pub(crate) peaks: Vec<Peak>,
}

impl Arrangement {
    /// Arrangements of the first `count` votes that have lines.
    pub(crate) fn all(
        library: &Library,
        cells: &CellModel,
        block: &Block,
        formula: &Reduced,
        poll: &Poll,
        count: usize,
        is_hidden: &(impl Fn(&Member) -> bool + Sync),
    ) -> Vec<Self> {
        let elements = ordered(formula);
        let one = |vote: &Vote| {
            let nearest = &block.members[vote.nearest];
            let roles = block.permutations[vote.permutation].iter();
            let to: Vec<Element> = roles.map(|r| elements[usize::from(*r)]).collect();
            let known = &library.known;
            let lattice = cells.lattice(block, known, vote.nearest, formula, &to, is_hidden)?;
            let prototype = &known[nearest.known];
            let structure = prototype
                .substituted(&nearest.elements, &to, lattice)
                .ok()?;
            Some(Self {
                peaks: peaks_of(&structure)?,
                vote: vote.clone(),
                elements: to,
                structure,
            })
        };
        let first = &poll.votes[..poll.votes.len().min(count)];
        first.par_iter().filter_map(one).collect()
    }
}

/// Peaks at Cu Kα1 from 5° to 90°, with Gaussian lines 0.15° wide. `None` without lines.
pub(crate) fn peaks_of(structure: &Structure) -> Option<Vec<Peak>> {
    let grid = TwoThetaGrid::new(5.0, 0.02, 4251).ok()?;
    let profile = Profile::new(Shape::Gaussian, 0.15).ok()?;
    let pattern = xrd_sim::simulate(structure, &Diffraction::default(), &grid, &profile).ok()?;
    Some(peaks(pattern.grid(), pattern.intensities(), LEAST_HEIGHT))
}

/// F1 of peaks at 0.5°.
pub(crate) fn similarity(a: &[Peak], b: &[Peak]) -> f64 {
    peak_score(a, b, DISTANCE_DEG).f1
}
