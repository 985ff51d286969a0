use xrd_core::{Structure, TwoThetaGrid};
use xrd_sim::{Mixture, PhaseEffects, Symmetry};
use xrd_symmetry::SpaceGroup;

use super::Sampling;
use crate::Result;

/// Tolerance in Å of the search for symmetry, with which most databases name space groups.
const TOLERANCE: f64 = 0.1;

/// Crystal structure with a known space group, whose lines are computed once for many patterns.
#[derive(Clone, Debug)]
pub struct Crystal {
    pub(super) lines: Mixture<TwoThetaGrid>,
    pub(super) space_group: SpaceGroup,
    pub(super) sampling: Sampling,
    /// Strain tensors that keep the symmetry.
    pub(super) strains: Vec<[[f64; 3]; 3]>,
}

impl Crystal {
    /// Prepares a structure for patterns on the axis of the networks of `xrd-symmetry`. The space group is
    /// not searched, but given as a label.
    ///
    /// Cost: O(reflections · atoms), and the search for the symmetry operations.
    ///
    /// # Errors
    /// Any error of [`Mixture::add`], for example if the structure has no line within the axis.
    pub fn new(structure: Structure, space_group: SpaceGroup) -> Result<Self> {
        Self::sampled(structure, space_group, Sampling::networks()?)
    }

    /// Prepares a structure for patterns on another axis; see [`Crystal::new`].
    ///
    /// # Errors
    /// Any error of [`Crystal::new`].
    pub fn sampled(
        structure: Structure,
        space_group: SpaceGroup,
        sampling: Sampling,
    ) -> Result<Self> {
        let strains = strains(&structure);
        let mut lines = Mixture::new(sampling.instrument());
        lines.add(structure)?;
        // A structure without lines is found now, and not in the middle of a training.
        lines.draw(&[PhaseEffects::default()], &xrd_sim::Effects::default())?;
        Ok(Self {
            lines,
            space_group,
            sampling,
            strains,
        })
    }

    /// Returns the space group.
    pub fn space_group(&self) -> SpaceGroup {
        self.space_group
    }
}

/// An orthonormal set of symmetric tensors, each projected onto the tensors that keep the symmetry of
/// a structure. Without known symmetry, only uniform strains are kept.
fn strains(structure: &Structure) -> Vec<[[f64; 3]; 3]> {
    let lattice = structure.lattice();
    let Ok(symmetry) = Symmetry::within(structure, TOLERANCE) else {
        return Vec::new();
    };
    let off = std::f64::consts::FRAC_1_SQRT_2;
    let component = |i: usize, j: usize| {
        let mut tensor = [[0.0; 3]; 3];
        let size = if i == j { 1.0 } else { off };
        (tensor[i][j], tensor[j][i]) = (size, size);
        symmetry.invariant_strain(lattice, tensor)
    };
    let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];
    pairs.map(|(i, j)| component(i, j)).to_vec()
}
