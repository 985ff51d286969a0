use xrd_core::{Atom, Element, Lattice, Structure};

use crate::{Error, Reduced, Result};

/// A known crystal structure: whole atoms in a primitive cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    id: String,
    formula: Reduced,
    space_group: u16,
    structure: Structure,
}

impl Known {
    /// A known structure with its identifier and the number of its space group.
    ///
    /// The cell should be primitive and in the standard setting, so that equal structures of different elements
    /// have equal cells (`xrd_sim::primitive_cell`).
    ///
    /// # Errors
    /// [`Error::PartlyOccupied`] if an occupancy is not 1, or the formula is too large to be reduced.
    /// [`Error::Structure`] if there is no such space group.
    pub fn new(id: impl Into<String>, space_group: u16, structure: Structure) -> Result<Self> {
        xrd_core::CrystalSystem::of_space_group(space_group)?;
        if structure.atoms().iter().any(|a| a.occupancy != 1.0) {
            return Err(Error::PartlyOccupied);
        }
        let formula = Reduced::of(&structure.composition()).ok_or(Error::PartlyOccupied)?;
        Ok(Self {
            id: id.into(),
            formula,
            space_group,
            structure,
        })
    }

    /// Identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Formula of the structure.
    pub fn formula(&self) -> &Reduced {
        &self.formula
    }

    /// Number of the space group.
    pub fn space_group(&self) -> u16 {
        self.space_group
    }

    /// The structure.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Volume per atom in Å³.
    pub(crate) fn atomic_volume(&self) -> f64 {
        self.structure.lattice().volume() / self.structure.atoms().len() as f64
    }

    /// The structure with other elements and another lattice: each element of `from` becomes the element at the
    /// same place of `to`.
    pub(crate) fn substituted(
        &self,
        from: &[Element],
        to: &[Element],
        lattice: Lattice,
    ) -> Result<Structure> {
        let replaced = |atom: &Atom| {
            let place = from.iter().position(|e| *e == atom.element());
            let element = place.map_or(atom.element(), |i| to[i]);
            Atom::new(element, atom.position)
        };
        let atoms = self.structure.atoms().iter().map(replaced).collect();
        Ok(Structure::new(lattice, atoms)?)
    }
}
