use std::path::PathBuf;

use xrd_core::{Displacement, Element, Lattice, Species, Structure};

use crate::error::{Error, Place, Result};

/// Crystal structure as stated in a file.
///
/// A cell, coordinates or an element may be missing if the file does not state them.
/// [`structure`](Self::structure) gives the full cell if everything needed is known.
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

/// Space group whose operations generate all atoms from the sites.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpaceGroup {
    /// The Hermann-Mauguin symbol as written in the file. If the file has none, the symbol of the
    /// tabulated setting with the same operations.
    pub name: Option<String>,
    /// The number in International Tables A, if it is stated or follows from the name.
    pub number: Option<u8>,
    /// The number of operations, including centring.
    pub operations: usize,
    /// The origin of the operations.
    pub source: SymmetrySource,
}

/// Origin of the symmetry operations of a crystal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SymmetrySource {
    /// The file lists them.
    Operations,
    /// They are derived from the Hall symbol.
    HallSymbol,
    /// They are derived from the Hermann-Mauguin symbol.
    HermannMauguinSymbol,
    /// They are derived from the space group number, in the setting that fits the cell, by default
    /// the standard setting.
    Number,
    /// The file states no symmetry, or lists all atoms of the cell.
    None,
}

/// Atom as listed in a file, before symmetry is applied.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Site {
    /// The label, as in "Fe1".
    pub label: String,
    /// The element and charge; `None` if the element is not stated or not known.
    pub species: Option<Species>,
    /// The symbol of the element, "D" for deuterium, or the text of the file if the element is
    /// unknown.
    pub symbol: String,
    /// Fractional coordinates; `None` if unknown, as for implied hydrogen.
    pub position: Option<[f64; 3]>,
    /// The stated occupancy; 1 if the file states none.
    pub occupancy: f64,
    /// The displacement, if known.
    pub displacement: Option<Displacement>,
    /// The disorder group of this site, if any.
    pub disorder: Option<Disorder>,
    /// The number of atoms in the cell that belong to this site; 0 until it is known.
    pub multiplicity: usize,
}

/// Disorder group of a site that is one of several alternatives.
///
/// Two sites in the same assembly but in different groups are never present at the same time. The
/// occupancy of a site is the fraction of cells in which it is present. A negative group number
/// means disorder about a special position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disorder {
    /// The assembly, often "A"; "." if not named.
    pub assembly: String,
    /// The group, often "1" or "2".
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
    /// The name of the data block, or the comment of a POSCAR.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The chemical formula as stated.
    pub fn formula(&self) -> Option<&str> {
        self.formula.as_deref()
    }

    /// The cell, if the file states it completely.
    pub fn lattice(&self) -> Option<&Lattice> {
        self.lattice.as_ref()
    }

    /// The symmetry.
    pub fn space_group(&self) -> &SpaceGroup {
        &self.space_group
    }

    /// The sites that the file lists, without vacancies and other points that are not atoms.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The number of atoms in the full cell. Partly occupied sites count as whole atoms.
    pub fn atoms(&self) -> usize {
        self.images.len()
    }

    /// Warnings for the user: what was missing, repaired or skipped.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The number of atoms of each element in the full cell, weighted by the stated occupancies and
    /// sorted by atomic number. Deuterium is listed as "D", separately from hydrogen. Unknown
    /// symbols come last.
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

    /// The full cell: every atom with its symmetry images.
    ///
    /// Sites without coordinates are skipped.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the missing or invalid item and its line; [`Error::Invalid`] for
    /// values that are impossible in a structure.
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
