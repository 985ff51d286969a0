use std::path::PathBuf;

use xrd_core::{Displacement, Element, Lattice, Species, Structure};

use crate::error::{Error, Place, Result};

/// A crystal structure as a file states it.
///
/// What a file leaves open is open here too: a cell, coordinates or an element may be missing.
/// [`structure`](Self::structure) gives the full cell where all that is needed is there.
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
    /// Why there is no full cell.
    pub(super) obstacle: Option<Obstacle>,
}

/// The symmetry that the sites were multiplied by.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpaceGroup {
    /// The Hermann-Mauguin symbol as the file has it, or, where it has none, that of the
    /// tabulated setting with the same operations.
    pub name: Option<String>,
    /// The number in International Tables A, where it is stated or follows from the name.
    pub number: Option<u8>,
    /// How many operations there are, those of centring included.
    pub operations: usize,
    /// Where the operations come from.
    pub source: SymmetrySource,
}

/// Where the symmetry operations of a crystal come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SymmetrySource {
    /// The file lists them.
    Operations,
    /// From the Hall symbol.
    HallSymbol,
    /// From the Hermann-Mauguin symbol.
    HermannMauguinSymbol,
    /// From the number of the space group, in its standard setting or that of the cell.
    Number,
    /// The file says nothing of symmetry, or lists all atoms of the cell.
    None,
}

/// An atom that a file lists, before symmetry.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Site {
    /// The label, as in "Fe1".
    pub label: String,
    /// The element and charge; none where the file names none that is known.
    pub species: Option<Species>,
    /// The symbol of the element, "D" for deuterium; what the file has where none is known.
    pub symbol: String,
    /// Fractional coordinates; none where they are not known, as of implied hydrogen.
    pub position: Option<[f64; 3]>,
    /// The occupancy as stated, 1 where it is not.
    pub occupancy: f64,
    /// The displacement, where it is known.
    pub displacement: Option<Displacement>,
    /// The alternatives that this site is one of.
    pub disorder: Option<Disorder>,
    /// How many atoms of the cell this site stands for; 0 before that is known.
    pub multiplicity: usize,
}

/// Which of several alternatives a disordered site belongs to.
///
/// Sites of one assembly and different groups are not there at once; their occupancies say how
/// often each is. A negative group is disordered about a special position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disorder {
    /// The assembly, often "A"; "." where none is named.
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

/// What keeps a crystal from being a full cell.
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

    /// The cell, where the file has a whole one.
    pub fn lattice(&self) -> Option<&Lattice> {
        self.lattice.as_ref()
    }

    /// The symmetry.
    pub fn space_group(&self) -> &SpaceGroup {
        &self.space_group
    }

    /// The sites that the file lists, vacancies and other points without atoms left out.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// How many atoms the full cell has, those of partly occupied sites counted whole.
    pub fn atoms(&self) -> usize {
        self.images.len()
    }

    /// What a reader of the file should know: what was missing, repaired or left out.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How much of each element the full cell holds by the stated occupancies, deuterium as "D"
    /// beside hydrogen, by atomic number; symbols that are no known element come last.
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
    /// Sites without coordinates are left out.
    ///
    /// # Errors
    /// [`Error::Malformed`] with what is missing or broken and its line; [`Error::Invalid`] for
    /// values that no structure can have.
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
