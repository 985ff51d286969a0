use std::fmt;

use crate::error::{Error, Result, all_finite};
use crate::{Displacement, Element};

/// Crystal lattice: three cell vectors in Å, as rows of a matrix.
///
/// The three vectors may form a right-handed or a left-handed system. The volume of the cell is
/// not zero.
///
/// # Example
/// ```
/// use xrd_core::Lattice;
/// let cell = Lattice::from_parameters(4.0, 4.0, 5.0, 90.0, 90.0, 120.0)?;
/// assert!((cell.volume() - 80.0 * 120f64.to_radians().sin()).abs() < 1e-9);
/// assert!((cell.d_spacing([0, 0, 2]) - 2.5).abs() < 1e-12);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Lattice"))]
pub struct Lattice {
    vectors: [[f64; 3]; 3],
}

impl Lattice {
    /// Creates a lattice from its vectors in Å.
    ///
    /// # Errors
    /// - [`Error::NotFinite`] if a component is NaN or infinite.
    /// - [`Error::OutOfRange`] if the volume is below 1e-6 Å³.
    pub fn from_vectors(vectors: [[f64; 3]; 3]) -> Result<Self> {
        all_finite("cell vector component", vectors.into_iter().flatten())?;
        let lattice = Self { vectors };
        if lattice.volume() < 1e-6 {
            return Err(Error::OutOfRange {
                what: "cell volume",
                value: lattice.volume(),
                expected: "> 0 cubic angstrom",
            });
        }
        Ok(lattice)
    }

    /// Creates a lattice from cell lengths in Å and cell angles in degrees.
    ///
    /// The vector a is along x, and the vector b is in the xy plane.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the lengths are positive and a cell with these angles exists.
    pub fn from_parameters(
        a: f64,
        b: f64,
        c: f64,
        alpha: f64,
        beta: f64,
        gamma: f64,
    ) -> Result<Self> {
        for value in [a, b, c] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::OutOfRange {
                    what: "cell length",
                    value,
                    expected: "> 0 angstrom",
                });
            }
        }
        for value in [alpha, beta, gamma] {
            if !(value > 0.0 && value < 180.0) {
                return Err(Error::OutOfRange {
                    what: "cell angle",
                    value,
                    expected: "0 to 180 degrees",
                });
            }
        }
        let [ca, cb, cg] = [alpha, beta, gamma].map(cos_deg);
        let sg = gamma.to_radians().sin();
        let cy = (ca - cb * cg) / sg;
        let cz2 = 1.0 - cb * cb - cy * cy;
        if cz2 <= 0.0 {
            return Err(Error::OutOfRange {
                what: "squared height of the cell",
                value: cz2,
                expected: "> 0 (the three angles span no cell)",
            });
        }
        Self::from_vectors([
            [a, 0.0, 0.0],
            [b * cg, b * sg, 0.0],
            [c * cb, c * cy, c * cz2.sqrt()],
        ])
    }

    /// Cell vectors in Å, as rows.
    pub fn vectors(&self) -> &[[f64; 3]; 3] {
        &self.vectors
    }

    /// Lengths of the cell vectors in Å.
    pub fn lengths(&self) -> [f64; 3] {
        self.vectors.map(|v| dot(v, v).sqrt())
    }

    /// Volume of the cell in Å³.
    pub fn volume(&self) -> f64 {
        let [a, b, c] = self.vectors;
        dot(a, cross(b, c)).abs()
    }

    /// Reciprocal vectors in Å⁻¹, as rows. These vectors have no factor 2π: `a·a* = 1` and
    /// `a·b* = 0`.
    pub fn reciprocal(&self) -> [[f64; 3]; 3] {
        let [a, b, c] = self.vectors;
        let v = dot(a, cross(b, c));
        [cross(b, c), cross(c, a), cross(a, b)].map(|r| r.map(|x| x / v))
    }

    /// Spacing d of the lattice planes (hkl) in Å. The spacing is infinite for (000).
    pub fn d_spacing(&self, hkl: [i32; 3]) -> f64 {
        let q = combine(hkl.map(f64::from), &self.reciprocal());
        1.0 / dot(q, q).sqrt()
    }

    /// Converts fractional coordinates to Cartesian coordinates in Å.
    pub fn cartesian(&self, fractional: [f64; 3]) -> [f64; 3] {
        combine(fractional, &self.vectors)
    }

    /// Converts Cartesian coordinates in Å to fractional coordinates.
    pub fn fractional(&self, cartesian: [f64; 3]) -> [f64; 3] {
        self.reciprocal().map(|r| dot(r, cartesian))
    }
}

/// Species of an atom: its element and, if known, its charge.
///
/// # Example
/// ```
/// use xrd_core::{Element, Species};
/// let iron: Element = "Fe".parse()?;
/// let ion = Species { element: iron, charge: Some(3) };
/// assert_eq!(ion.to_string(), "Fe3+");
/// assert_eq!(Species::from(iron).to_string(), "Fe");
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Species {
    /// Element of the species.
    pub element: Element,
    /// Charge (oxidation state) in elementary charges; `None` if unknown.
    pub charge: Option<i8>,
}

impl From<Element> for Species {
    /// Species of unknown charge.
    fn from(element: Element) -> Self {
        let charge = None;
        Self { element, charge }
    }
}

impl fmt::Display for Species {
    /// Writes the symbol and the charge, for example "Fe3+". Only the symbol is written if the
    /// charge is 0 or unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.element.fmt(f)?;
        match self.charge.unwrap_or(0) {
            0 => Ok(()),
            charge => {
                let sign = if charge > 0 { '+' } else { '-' };
                write!(f, "{}{sign}", charge.unsigned_abs())
            }
        }
    }
}

/// Atom of a crystal structure.
///
/// If several species share one position, each species is stored as an atom of its own with an
/// occupancy below 1.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Atom {
    /// Element and charge.
    pub species: Species,
    /// Fractional coordinates.
    pub position: [f64; 3],
    /// Occupancy: the fraction of the unit cells that contain this atom, from 0 to 1.
    pub occupancy: f64,
    /// Displacement parameter of the atom; `None` if unknown.
    pub displacement: Option<Displacement>,
}

impl Atom {
    /// Creates an atom with occupancy 1. Its charge and displacement are unknown.
    pub fn new(element: Element, position: [f64; 3]) -> Self {
        Self {
            species: element.into(),
            position,
            occupancy: 1.0,
            displacement: None,
        }
    }

    /// Element of the atom.
    pub fn element(&self) -> Element {
        self.species.element
    }
}

/// Crystal structure: a lattice and all atoms of the unit cell.
///
/// The list of atoms contains all atoms of the cell, also those that are equivalent by symmetry. A
/// structure has at least one atom. Positions and displacements are finite, and occupancies are
/// from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Structure"))]
pub struct Structure {
    lattice: Lattice,
    atoms: Vec<Atom>,
}

impl Structure {
    /// Creates a structure from its lattice and atoms.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no atoms.
    /// - [`Error::NotFinite`] if a coordinate or displacement is NaN or infinite.
    /// - [`Error::OutOfRange`] for an occupancy outside 0 to 1.
    pub fn new(lattice: Lattice, atoms: Vec<Atom>) -> Result<Self> {
        if atoms.is_empty() {
            return Err(Error::Empty { what: "atoms" });
        }
        all_finite("coordinate", atoms.iter().flat_map(|a| a.position))?;
        let mut displacements = atoms.iter().filter_map(|a| a.displacement);
        displacements.try_for_each(|d| d.check())?;
        match atoms.iter().find(|a| !(0.0..=1.0).contains(&a.occupancy)) {
            Some(atom) => Err(Error::OutOfRange {
                what: "occupancy",
                value: atom.occupancy,
                expected: "0 to 1",
            }),
            None => Ok(Self { lattice, atoms }),
        }
    }

    /// Lattice of the structure.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// Atoms of the cell.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Number of atoms of each element in the cell, sorted by atomic number. Each atom counts with
    /// its occupancy.
    pub fn composition(&self) -> Vec<(Element, f64)> {
        let mut sums = std::collections::BTreeMap::new();
        for atom in &self.atoms {
            *sums.entry(atom.element()).or_insert(0.0) += atom.occupancy;
        }
        sums.into_iter().collect()
    }
}

/// Cosine of an angle in degrees, exact at 60°, 90° and 120°.
fn cos_deg(angle: f64) -> f64 {
    match angle {
        60.0 => 0.5,
        90.0 => 0.0,
        120.0 => -0.5,
        _ => angle.to_radians().cos(),
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// Sum of the rows of `m`, each multiplied by its coefficient.
fn combine(coefficients: [f64; 3], m: &[[f64; 3]; 3]) -> [f64; 3] {
    [0, 1, 2].map(|j| (0..3).map(|i| coefficients[i] * m[i][j]).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lattice() -> impl Strategy<Value = Lattice> {
        let (length, angle) = (2.0..12.0f64, 75.0..105.0f64);
        let lengths = (length.clone(), length.clone(), length);
        let angles = (angle.clone(), angle.clone(), angle);
        (lengths, angles).prop_map(|((a, b, c), (al, be, ga))| {
            Lattice::from_parameters(a, b, c, al, be, ga).unwrap()
        })
    }

    proptest! {
        #[test]
        fn cartesian_and_fractional_invert(cell in lattice(), p in prop::array::uniform3(-2.0..2.0f64)) {
            let back = cell.fractional(cell.cartesian(p));
            prop_assert!(p.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-9));
        }

        #[test]
        fn d_spacing_falls_with_order(cell in lattice(), n in 1i32..5) {
            let d = cell.d_spacing([n, 2 * n, -n]);
            prop_assert!((d * f64::from(n) / cell.d_spacing([1, 2, -1]) - 1.0).abs() < 1e-9);
        }
    }

    proptest! {
        #[test]
        fn a_cell_has_the_lengths_angles_and_volume_of_its_parameters(
            [a, b, c] in prop::array::uniform3(2.0..12.0f64),
            [al, be, ga] in prop::array::uniform3(75.0..105.0f64),
        ) {
            let cell = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
            let near = |x: f64, y: f64| (x - y).abs() < 1e-9 * y.abs().max(1.0);
            prop_assert!(cell.lengths().iter().zip([a, b, c]).all(|(x, y)| near(*x, y)));
            let [u, v, w] = *cell.vectors();
            let angle = |p, q| (dot(p, q) / (dot(p, p) * dot(q, q)).sqrt()).acos().to_degrees();
            prop_assert!(near(angle(v, w), al) && near(angle(w, u), be) && near(angle(u, v), ga));
            let [x, y, z] = [al, be, ga].map(|angle| angle.to_radians().cos());
            let share = (1.0 - x * x - y * y - z * z + 2.0 * x * y * z).sqrt();
            prop_assert!(near(cell.volume(), a * b * c * share));
        }

        #[test]
        fn reciprocal_vectors_are_dual(cell in lattice()) {
            let (direct, reciprocal) = (cell.vectors(), cell.reciprocal());
            for (i, d) in direct.iter().enumerate() {
                for (j, r) in reciprocal.iter().enumerate() {
                    let unit = if i == j { 1.0 } else { 0.0 };
                    prop_assert!((dot(*d, *r) - unit).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn planes_of_a_box_are_spaced_as_the_textbook_has_it() {
        let cell = Lattice::from_parameters(3.0, 4.0, 5.0, 90.0, 90.0, 90.0).unwrap();
        let expected = 1.0 / (1.0 / 9.0 + 4.0 / 16.0 + 9.0 / 25.0f64).sqrt();
        assert!((cell.d_spacing([1, -2, 3]) - expected).abs() < 1e-12);
        assert_eq!(cell.d_spacing([0, 0, 0]), f64::INFINITY);
        assert_eq!(cell.cartesian([0.5, 0.25, -1.0]), [1.5, 1.0, -5.0]);
        // Angles of crystals whose cosine is exact, but not in floating point.
        for (gamma, cosine) in [(60.0, 0.5), (90.0, 0.0), (120.0, -0.5)] {
            let cell = Lattice::from_parameters(2.0, 2.0, 2.0, 90.0, 90.0, gamma).unwrap();
            assert_eq!(cell.vectors()[1][0], 2.0 * cosine);
        }
    }

    #[test]
    fn a_left_handed_cell_has_a_volume_too() {
        let left = [[2.0, 0.0, 0.0], [0.0, 0.0, 3.0], [0.0, 4.0, 0.0]];
        let cell = Lattice::from_vectors(left).unwrap();
        assert_eq!(cell.volume(), 24.0);
        assert_eq!(cell.fractional([1.0, 1.0, 1.0]), [0.5, 1.0 / 3.0, 0.25]);
    }

    #[test]
    fn a_cell_holds_its_atoms_by_their_shares() {
        let [iron, oxygen] = ["Fe", "O"].map(|s| Element::from_symbol(s).unwrap());
        let mut half = Atom::new(iron, [0.5; 3]);
        half.occupancy = 0.5;
        half.species.charge = Some(2);
        let atoms = vec![
            Atom::new(oxygen, [0.25; 3]),
            half,
            Atom::new(iron, [0.0; 3]),
        ];
        let cell = Lattice::from_parameters(3.0, 3.0, 3.0, 90.0, 90.0, 90.0).unwrap();
        let structure = Structure::new(cell, atoms.clone()).unwrap();
        assert_eq!(structure.composition(), [(oxygen, 1.0), (iron, 1.5)]);
        assert_eq!(
            (structure.atoms(), structure.lattice()),
            (&atoms[..], &cell)
        );
        assert_eq!(
            (half.element(), half.species.to_string().as_str()),
            (iron, "Fe2+")
        );
    }

    #[test]
    fn charges_are_written_behind_the_symbol() {
        let words = |charge| {
            let element = Element::from_number(8).unwrap();
            Species { element, charge }.to_string()
        };
        let all = [None, Some(0), Some(2), Some(-2)].map(words);
        assert_eq!(all, ["O", "O", "O2+", "O2-"]);
    }

    #[test]
    fn refuses_what_is_no_cell() {
        assert!(Lattice::from_parameters(1.0, 1.0, 1.0, 20.0, 20.0, 60.0).is_err());
        assert!(Lattice::from_parameters(0.0, 1.0, 1.0, 90.0, 90.0, 90.0).is_err());
        assert!(
            Lattice::from_vectors([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]).is_err()
        );
        let cell = Lattice::from_parameters(3.0, 3.0, 3.0, 90.0, 90.0, 90.0).unwrap();
        assert!(Structure::new(cell, vec![]).is_err());
        let mut atom = Atom::new(Element::from_number(1).unwrap(), [0.0; 3]);
        atom.occupancy = 1.5;
        assert!(Structure::new(cell, vec![atom]).is_err());
        atom.occupancy = 1.0;
        assert!(Structure::new(cell, vec![atom]).is_ok());
        for displacement in [
            Displacement::Isotropic(f64::NAN),
            Displacement::Anisotropic([0.0, 0.0, f64::INFINITY, 0.0, 0.0, 0.0]),
        ] {
            atom.displacement = Some(displacement);
            let refused = Structure::new(cell, vec![atom]);
            assert!(matches!(refused, Err(Error::NotFinite { .. })));
        }
    }

    #[test]
    fn impossible_lengths_and_angles_are_named() {
        let refused = |length: f64, angle: f64| match Lattice::from_parameters(
            3.0, length, 3.0, 90.0, angle, 90.0,
        ) {
            Err(Error::OutOfRange { what, .. }) => what,
            other => panic!("{other:?}"),
        };
        for length in [0.0, -3.0, f64::INFINITY, f64::NAN] {
            assert_eq!(refused(length, 90.0), "cell length");
        }
        for angle in [0.0, -90.0, 180.0, 270.0, f64::NAN] {
            assert_eq!(refused(3.0, angle), "cell angle");
        }
    }

    #[test]
    fn a_cell_has_at_least_a_millionth_of_a_cubic_angstrom() {
        let of = |c: f64| Lattice::from_vectors([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, c]]);
        assert!(of(1e-6).is_ok() && of(0.99e-6).is_err());
    }
}
