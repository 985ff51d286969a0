//! Crystal structures.

use std::sync::Arc;

use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyList;
use xrd_core::{Atom, Displacement, Element, Lattice, Species};

use crate::arrays::{matrix, vector};
use crate::errors::{OrRaise, value_error};

/// A displacement parameter U of an atom in Å²: one number, or U11, U22, U33, U12, U13, U23.
#[derive(Clone, FromPyObject, IntoPyObject)]
pub(crate) enum U {
    Isotropic(f64),
    Anisotropic([f64; 6]),
}

impl From<U> for Displacement {
    fn from(u: U) -> Self {
        match u {
            U::Isotropic(u) => Self::Isotropic(u),
            U::Anisotropic(u) => Self::Anisotropic(u),
        }
    }
}

impl From<Displacement> for U {
    fn from(displacement: Displacement) -> Self {
        match displacement {
            Displacement::Isotropic(u) => Self::Isotropic(u),
            Displacement::Anisotropic(u) => Self::Anisotropic(u),
        }
    }
}

/// A crystal structure: the vectors of its cell and all atoms in it.
///
/// Parameters
/// ----------
/// lattice : array_like of shape (3, 3)
///     Cell vectors in Å, one per row.
/// species : list of str
///     Element of each atom, with its charge if known: ``"Fe"``, ``"Fe3+"``, ``"O2-"``.
/// positions : array_like of shape (n, 3)
///     Fractional coordinates.
/// occupancies : list of float, optional
///     Share of the cells that contain the atom, 0 to 1. 1 by default.
/// displacements : list, optional
///     Displacement parameter U of each atom in Å²: a number, six numbers U11, U22, U33, U12, U13, U23, or None.
///
/// Raises
/// ------
/// ValueError
///     If lists have different lengths, an element is unknown, or a number is NaN or out of range.
///
/// Examples
/// --------
/// >>> import xrd
/// >>> iron = xrd.Structure([[2.87, 0, 0], [0, 2.87, 0], [0, 0, 2.87]], ["Fe", "Fe"], [[0, 0, 0], [0.5, 0.5, 0.5]])
/// >>> iron.formula
/// 'Fe2'
#[pyclass(frozen, module = "xrd._xrd")]
#[derive(Clone)]
pub(crate) struct Structure(pub(crate) Arc<xrd_core::Structure>);

/// All arguments of the constructor, for pickling.
type Parts = (
    [[f64; 3]; 3],
    Vec<String>,
    Vec<[f64; 3]>,
    Vec<f64>,
    Vec<Option<U>>,
);

#[pymethods]
impl Structure {
    #[new]
    #[pyo3(signature = (lattice, species, positions, occupancies=None, displacements=None))]
    fn new(
        lattice: [[f64; 3]; 3],
        species: Vec<String>,
        positions: Vec<[f64; 3]>,
        occupancies: Option<Vec<f64>>,
        displacements: Option<Vec<Option<U>>>,
    ) -> PyResult<Self> {
        let atoms = species.len();
        let occupancies = occupancies.unwrap_or_else(|| vec![1.0; atoms]);
        let displacements = displacements.unwrap_or_else(|| vec![None; atoms]);
        same_length("positions", positions.len(), atoms)?;
        same_length("occupancies", occupancies.len(), atoms)?;
        same_length("displacements", displacements.len(), atoms)?;
        let rest = positions.into_iter().zip(occupancies).zip(displacements);
        let atoms = species.iter().zip(rest);
        let atoms = atoms.map(|(name, ((position, occupancy), displacement))| {
            let (element, charge) = element_and_charge(name)?;
            let mut species = Species::from(element);
            species.charge = charge;
            let mut atom = Atom::new(element, position);
            atom.species = species;
            atom.occupancy = occupancy;
            atom.displacement = displacement.map(Into::into);
            Ok(atom)
        });
        let atoms = atoms.collect::<PyResult<Vec<_>>>()?;
        let lattice = Lattice::from_vectors(lattice).or_raise()?;
        Ok(Self(Arc::new(
            xrd_core::Structure::new(lattice, atoms).or_raise()?,
        )))
    }

    /// Cell vectors in Å, one per row, of shape (3, 3).
    #[getter]
    fn lattice<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        matrix(py, self.0.lattice().vectors().concat(), 3)
    }

    /// Element of each atom, with its charge if known.
    #[getter]
    fn species(&self) -> Vec<String> {
        self.0
            .atoms()
            .iter()
            .map(|atom| name(atom.species))
            .collect()
    }

    /// Fractional coordinates, of shape (n, 3).
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let atoms = self.0.atoms();
        matrix(
            py,
            atoms.iter().flat_map(|atom| atom.position).collect(),
            atoms.len(),
        )
    }

    /// Share of the cells that contain each atom, of shape (n,).
    #[getter]
    fn occupancies<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(
            py,
            self.0.atoms().iter().map(|atom| atom.occupancy).collect(),
        )
    }

    /// Displacement parameter U of each atom in Å²: a number, six numbers, or None.
    #[getter]
    fn displacements<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let of = |atom: &Atom| atom.displacement.map(U::from);
        PyList::new(py, self.0.atoms().iter().map(of))
    }

    /// Volume of the cell in Å³.
    #[getter]
    fn volume(&self) -> f64 {
        self.0.lattice().volume()
    }

    /// Content of the cell, such as ``'Na4Cl4'``.
    #[getter]
    fn formula(&self) -> String {
        let part = |(element, amount): (Element, f64)| {
            let amount = (amount * 1e4).round() / 1e4;
            match amount == 1.0 {
                true => element.to_string(),
                false => format!("{element}{amount}"),
            }
        };
        self.0.composition().into_iter().map(part).collect()
    }

    /// Finds the number of the space group, 1 to 230.
    ///
    /// Parameters
    /// ----------
    /// symprec : float
    ///     Tolerance of positions in Å.
    #[pyo3(signature = (symprec=0.01))]
    fn space_group(&self, symprec: f64) -> PyResult<u16> {
        xrd_sim::space_group(&self.0, symprec).or_raise()
    }

    fn __len__(&self) -> usize {
        self.0.atoms().len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Self>();
        other.is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        let atoms = self.0.atoms().len();
        format!(
            "Structure({}, {atoms} atoms, {:.3} Å³)",
            self.formula(),
            self.volume()
        )
    }

    fn __getnewargs__(&self) -> Parts {
        let atoms = self.0.atoms();
        (
            *self.0.lattice().vectors(),
            self.species(),
            atoms.iter().map(|atom| atom.position).collect(),
            atoms.iter().map(|atom| atom.occupancy).collect(),
            atoms
                .iter()
                .map(|atom| atom.displacement.map(U::from))
                .collect(),
        )
    }
}

fn same_length(what: &str, found: usize, atoms: usize) -> PyResult<()> {
    match found == atoms {
        true => Ok(()),
        false => Err(value_error(format!(
            "{found} {what} for {atoms} species (expected as many)"
        ))),
    }
}

/// "Fe", "Fe3+" or "Fe+3".
fn element_and_charge(text: &str) -> PyResult<(Element, Option<i8>)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (symbol, charge) = text.split_at(letters);
    let wrong = || {
        value_error(format!(
            "'{text}' is not a species (expected an element, as in Fe or Fe3+)"
        ))
    };
    let element = Element::from_symbol(symbol).map_err(|_| wrong())?;
    if charge.is_empty() {
        return Ok((element, None));
    }
    let number = charge.trim_matches(['+', '-']);
    let size: i8 = match number {
        "" => 1,
        _ => number.parse().map_err(|_| wrong())?,
    };
    let sign = charge.replace(number, "");
    match sign.as_str() {
        "+" => Ok((element, Some(size))),
        "-" => Ok((element, Some(-size))),
        _ => Err(wrong()),
    }
}

fn name(species: Species) -> String {
    match species.charge {
        None => species.element.to_string(),
        Some(charge) => {
            let sign = if charge < 0 { '-' } else { '+' };
            format!("{}{}{sign}", species.element, charge.unsigned_abs())
        }
    }
}
