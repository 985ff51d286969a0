use std::path::PathBuf;

use xrd_core::{Displacement, Element, Lattice, Species, Structure};

use crate::error::{Error, Place, Result};

/// Crystal structure as stated in a file.
///
/// The file may omit the cell, coordinates or elements. If no required value is missing,
/// [`structure`](Self::structure) returns the full cell with all atoms.
#[derive(Clone, Debug)]
pub struct Crystal {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) formula: Option<String>,
    pub(super) lattice: Option<Lattice>,
    pub(super) space_group: SpaceGroup,
    pub(super) sites: Vec<Site>,
    pub(super) images: Vec<Image>,
    pub(super) warnings: Vec<String>,
    /// The reason why there is no full cell.
    pub(super) obstacle: Option<Obstacle>,
}

/// Space group of a crystal. Its operations generate all atoms of the cell from the sites.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpaceGroup {
    /// The Hermann-Mauguin symbol as written in the file. If the file states none, this is the
    /// symbol of the tabulated setting with the same operations.
    pub name: Option<String>,
    /// The number of the space group in International Tables A, if it is stated or follows from the
    /// name.
    pub number: Option<u8>,
    /// The number of symmetry operations, including centring.
    pub operations: usize,
    /// The origin of the symmetry operations.
    pub source: SymmetrySource,
}

/// Origin of the symmetry operations of a crystal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SymmetrySource {
    /// The operations are listed in the file.
    Operations,
    /// The operations were derived from the Hall symbol.
    HallSymbol,
    /// The operations were derived from the Hermann-Mauguin symbol.
    HermannMauguinSymbol,
    /// The operations were derived from the space group number, in a setting that fits the cell. If
    /// several settings fit, the standard setting is used.
    Number,
    /// The file states no symmetry, or lists all atoms of the cell.
    None,
}

/// Atom as listed in a file, before symmetry is applied.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Site {
    /// The label, such as "Fe1".
    pub label: String,
    /// The element and the charge. `None` if the element is not stated or not known.
    pub species: Option<Species>,
    /// The symbol of the element, with "D" for deuterium. If the element is not known, the symbol
    /// is given as written in the file.
    pub symbol: String,
    /// The fractional coordinates. `None` if the file does not state them, as for hydrogen that was
    /// not located.
    pub position: Option<[f64; 3]>,
    /// The occupancy. It is 1 if the file states none.
    pub occupancy: f64,
    /// The displacement parameters, if the file states them.
    pub displacement: Option<Displacement>,
    /// The disorder group of this site, if any.
    pub disorder: Option<Disorder>,
    /// The number of atoms in the cell that this site generates. It is 0 if the number is not
    /// known, or if the site repeats another site.
    pub multiplicity: usize,
}

/// Disorder group of a site: a set of atoms that replaces other atoms in some of the cells.
///
/// Sites in the same assembly but in different groups are alternatives: each cell contains the
/// sites of one group only. The occupancy of a site is the fraction of cells in which it is
/// present. A negative group number means disorder about a special position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disorder {
    /// The name of the assembly, often "A". It is "." if the file states none.
    pub assembly: String,
    /// The name of the group, often "1" or "2".
    pub group: String,
}

/// An atom of the cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Image {
    pub(super) site: usize,
    pub(super) position: [f64; 3],
    pub(super) displacement: Option<Displacement>,
}

/// Reason why a crystal has no full cell.
#[derive(Clone, Debug)]
pub(super) struct Obstacle {
    pub(super) place: Place,
    pub(super) found: String,
    pub(super) expected: &'static str,
}

impl Crystal {
    /// The name of the data block in a CIF, or the comment of a POSCAR.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The chemical formula, if the file states it.
    pub fn formula(&self) -> Option<&str> {
        self.formula.as_deref()
    }

    /// The unit cell, if the file states it completely.
    pub fn lattice(&self) -> Option<&Lattice> {
        self.lattice.as_ref()
    }

    /// The space group and its operations.
    pub fn space_group(&self) -> &SpaceGroup {
        &self.space_group
    }

    /// The sites that the file lists. Vacancies and dummy atoms are skipped.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The number of atoms in the full cell. An atom with an occupancy below 1 counts as one atom.
    pub fn atoms(&self) -> usize {
        self.images.len()
    }

    /// The warnings for the user about values that were missing, repaired or skipped.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns the number of atoms of each element in the full cell, weighted by the occupancies.
    ///
    /// The list is sorted by atomic number, and unknown symbols come last. Deuterium is listed as
    /// "D", separately from hydrogen.
    pub fn content(&self) -> Vec<(String, f64)> {
        let mut content: Vec<(String, f64)> = Vec::new();
        for site in &self.sites {
            let amount = site.multiplicity as f64 * site.occupancy;
            match content
                .iter_mut()
                .find(|(symbol, _)| *symbol == site.symbol)
            {
                Some((_, sum)) => *sum += amount,
                None if amount != 0.0 => content.push((site.symbol.clone(), amount)),
                None => {}
            }
        }
        content.sort_by_key(|(symbol, _)| {
            let element = Element::from_symbol(symbol).map_or(u8::MAX, Element::number);
            (element, symbol.clone())
        });
        content
    }

    /// Returns the full cell: every site with its symmetry images. Sites without coordinates are
    /// skipped.
    ///
    /// # Errors
    /// [`Error::Malformed`] if an item is missing or invalid; the error states the item and its
    /// line. [`Error::Invalid`] if a value is impossible in a structure.
    pub fn structure(&self) -> Result<Structure> {
        let refused = |o: &Obstacle| Error::malformed(&self.path, o.place, &*o.found, o.expected);
        let (None, Some(lattice)) = (self.obstacle.as_ref().map(refused), self.lattice) else {
            let missing = || Error::malformed(&self.path, Place::File, "no cell", "a cell");
            return Err(self.obstacle.as_ref().map_or_else(missing, refused));
        };
        let atoms = self.images.iter().filter_map(|image| {
            let site = &self.sites[image.site];
            Some(xrd_core::Atom {
                species: site.species?,
                position: image.position,
                occupancy: site.occupancy.min(1.0),
                displacement: image.displacement,
            })
        });
        Structure::new(lattice, atoms.collect()).map_err(|e| Error::invalid(&self.path, e))
    }
}
