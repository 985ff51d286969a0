use xrd_core::{Lattice, Structure, TwoThetaGrid};
use xrd_sim::{Mixture, PhaseEffects, Symmetry};
use xrd_symmetry::SpaceGroup;

use super::Sampling;
use crate::Result;

/// Tolerance in Å of the search for symmetry, with which most databases name space groups.
pub(super) const TOLERANCE: f64 = 0.1;

/// Crystal structure with a known space group, whose lines are computed once for many patterns.
#[derive(Clone, Debug)]
pub struct Crystal {
    pub(super) lines: Mixture<TwoThetaGrid>,
    pub(super) space_group: SpaceGroup,
    pub(super) sampling: Sampling,
    /// Strain tensors that keep the symmetry.
    pub(super) strains: Vec<[[f64; 3]; 3]>,
    /// Factor of all strains.
    pub(super) strain_factor: f64,
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
        // Without known symmetry, only uniform strains are drawn.
        let strains = match Symmetry::within(&structure, TOLERANCE) {
            Ok(symmetry) => strains(structure.lattice(), &symmetry).to_vec(),
            Err(_) => Vec::new(),
        };
        let mut lines = Mixture::new(sampling.instrument());
        lines.add(structure)?;
        // A structure without lines is found now, and not in the middle of a training.
        lines.draw(&[PhaseEffects::default()], &xrd_sim::Effects::default())?;
        Ok(Self {
            lines,
            space_group,
            sampling,
            strains,
            strain_factor: 1.0,
        })
    }

    /// Sets the factor of the random strains of patterns of this crystal.
    pub fn with_strain_factor(mut self, factor: f64) -> Self {
        self.strain_factor = factor;
        self
    }

    /// Returns the space group.
    pub fn space_group(&self) -> SpaceGroup {
        self.space_group
    }
}

/// An orthonormal set of symmetric tensors, each projected onto the tensors that keep the symmetry.
pub(super) fn strains(lattice: &Lattice, symmetry: &Symmetry) -> [[[f64; 3]; 3]; 6] {
    let component = |(row, column): (usize, usize)| {
        let size = match row == column {
            true => 1.0,
            false => std::f64::consts::FRAC_1_SQRT_2,
        };
        let is_set = |i, j| (i, j) == (row, column) || (j, i) == (row, column);
        let component = tensor(|i, j| if is_set(i, j) { size } else { 0.0 });
        symmetry.invariant_strain(lattice, component)
    };
    [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)].map(component)
}

/// Tensor of its components.
pub(super) fn tensor(of: impl Fn(usize, usize) -> f64) -> [[f64; 3]; 3] {
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| of(i, j)))
}
