mod families;
mod sphere;
mod structure_factor;

use std::f64::consts::PI;
use std::ops::RangeInclusive;

use multiversion::multiversion;
use xrd_core::{Structure, Wavelength};

use self::families::{Families, join_equal};
use self::sphere::Sphere;
use self::structure_factor::{ReflectionRow, Scatterers};
use crate::elementary::asin;
use crate::overlap::check_overlap;
use crate::{Diffraction, Error, Polarization, Result, Symmetry};

/// Bragg reflection: a family of equivalent lattice planes with its angle and intensity.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Reflection {
    /// Miller indices of one member of the family, in the basis of the cell.
    pub hkl: [i32; 3],
    /// Number of members of the family. (hkl) and (−h −k −l) count as two members.
    pub multiplicity: usize,
    /// d spacing in Å.
    pub d_angstrom: f64,
    /// Diffraction angle 2θ in degrees.
    pub two_theta_deg: f64,
    /// Squared structure factor |F|² of one member of the family, in electrons² per cell.
    ///
    /// With dispersion, |F|² of (hkl) and |F|² of (−h −k −l) may differ. This field is then their
    /// mean.
    pub structure_factor_squared: f64,
    /// Integrated intensity: multiplicity · |F|² · Lorentz-polarisation factor / V².
    ///
    /// V is the volume of the cell in Å³. Because of the division by V², a supercell has the same
    /// intensities as its cell.
    pub intensity: f64,
}

impl Reflection {
    /// Returns the length of the scattering vector, Q = 2π/d, in Å⁻¹.
    pub fn q_per_angstrom(&self) -> f64 {
        2.0 * PI / self.d_angstrom
    }
}

/// Computes the reflections of a structure in a range of 2θ in degrees, sorted by angle.
///
/// The structure factor is F(hkl) = Σ occ·f(s)·exp(−B·s²)·exp(2πi(hx + ky + lz)), summed over all
/// atoms, with s = 1/(2d). Here occ is the occupancy, f the form factor and B the displacement
/// parameter of an atom. For an atom with anisotropic displacement, exp(−2π² Σ Uᵢⱼ hᵢ hⱼ aᵢ* aⱼ*)
/// replaces exp(−B·s²).
///
/// With [`Dispersion`](crate::Dispersion), f is f₀ + f′ + i·f″. Let F₁ be the sum above with f₀ +
/// f′ as form factor, and F₂ the sum with f″ as form factor. For (hkl), the squared structure
/// factor is |F₁ + iF₂|². For (−h −k −l), it is |F₁ − iF₂|². These two reflections overlap in a
/// powder pattern. The mean of both values is |F₁|² + |F₂|².
///
/// Reflections form one family if they are equivalent by the symmetry of the lattice and have the
/// same squared structure factor, except for rounding. The function does not need the symmetry of
/// the crystal. The list is empty if the wavelength is greater than 2d for all lattice planes.
///
/// Cost: O(reciprocal-lattice points up to the largest angle · atoms).
///
/// # Errors
/// - [`Error::OutOfRange`] if the range ends below its start or below 0, or ends at 180° or above.
/// - [`Error::OutOfRange`] if B is not finite, or if there are 2·10⁸ candidate reflections or more.
/// - [`Error::NoFormFactor`] for an element without a form factor.
/// - [`Error::NoDispersion`] or [`Error::NoDispersionOf`] for a wavelength or an element without f′
///   and f″, if dispersion is on.
/// - [`Error::Overlap`] if atoms within 0.1 Å of each other have a total occupancy greater than
///   1.02.
///
/// # References
/// V. K. Pecharsky and P. Y. Zavalij, Fundamentals of Powder Diffraction (2009), eqs. 8.41, 9.3.
pub fn reflections(
    structure: &Structure,
    diffraction: &Diffraction,
    two_theta: RangeInclusive<f64>,
) -> Result<Vec<Reflection>> {
    let all = ReflectionColumns::of(structure, diffraction, two_theta, &Families::pairs())?;
    let families = join_equal(&all, structure.lattice());
    Ok(without_weak(families, diffraction.weakest))
}

/// Computes the reflections of a structure with known symmetry, faster than [`reflections()`].
///
/// The structure factor is computed for only one member of each family. Systematic absences caused
/// by centring, screw axes and glide planes are skipped. The result is only as accurate as the
/// symmetry. If the symmetry was found with a large tolerance, reflections that are only
/// approximately equivalent are treated as one family.
///
/// Cost: at best the cost of [`reflections()`] divided by the order of the Laue class.
///
/// # Errors
/// Any error of [`reflections()`].
///
/// # Example
/// ```
/// # use xrd_core::{Atom, Lattice, Structure, Wavelength};
/// use xrd_sim::{Diffraction, Symmetry, reflections, reflections_by_symmetry};
/// # let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// # let atoms = [[0.0; 3], [0.5; 3]].map(|p| Atom::new("Fe".parse().unwrap(), p)).to_vec();
/// # let iron = Structure::new(cell, atoms)?;
/// let cu = Diffraction::new(Wavelength::angstrom(1.540593)?);
/// let symmetry = Symmetry::within(&iron, 1e-6)?;
/// let lines = reflections_by_symmetry(&iron, &symmetry, &cu, 5.0..=90.0)?;
/// assert_eq!(lines.len(), reflections(&iron, &cu, 5.0..=90.0)?.len());
/// assert_eq!((lines[0].hkl, lines[0].multiplicity), ([1, 1, 0], 12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reflections_by_symmetry(
    structure: &Structure,
    symmetry: &Symmetry,
    diffraction: &Diffraction,
    two_theta: RangeInclusive<f64>,
) -> Result<Vec<Reflection>> {
    let all = ReflectionColumns::of(structure, diffraction, two_theta, &Families::of(symmetry))?;
    let mut families: Vec<Reflection> = all.reflections().collect();
    families.sort_unstable_by(|a, b| {
        let angle = a.two_theta_deg.total_cmp(&b.two_theta_deg);
        angle.then(b.hkl.cmp(&a.hkl))
    });
    Ok(without_weak(families, diffraction.weakest))
}

fn without_weak(mut families: Vec<Reflection>, weakest: f64) -> Vec<Reflection> {
    let strongest = families.iter().map(|r| r.intensity).fold(0.0, f64::max);
    families.retain(|r| r.intensity > weakest * strongest);
    families
}

/// Reflections of a structure in the order of their indices, before they are joined to families;
/// one vector per quantity.
pub(crate) struct ReflectionColumns {
    pub(crate) hkl: Vec<[i32; 3]>,
    pub(crate) multiplicity: Vec<usize>,
    pub(crate) inverse_d_squared: Vec<f64>,
    pub(crate) f_squared: Vec<f64>,
    pub(crate) two_theta_deg: Vec<f64>,
    pub(crate) intensity: Vec<f64>,
    /// Upper bound of |F|.
    forward: f64,
}

impl ReflectionColumns {
    /// Reflections in a range of 2θ, one of each pair (hkl), (−h −k −l).
    pub(crate) fn pairs(
        structure: &Structure,
        diffraction: &Diffraction,
        two_theta: RangeInclusive<f64>,
    ) -> Result<Self> {
        Self::of(structure, diffraction, two_theta, &Families::pairs())
    }

    /// Reflections in a range of 1/d (Å⁻¹), one of each pair, without angles and intensities.
    pub(crate) fn between(
        structure: &Structure,
        diffraction: &Diffraction,
        inverse_d: RangeInclusive<f64>,
    ) -> Result<Self> {
        let sphere = Sphere::new(structure.lattice(), inverse_d)?;
        Self::sum(structure, diffraction, &sphere, &Families::pairs())
    }

    fn of(
        structure: &Structure,
        diffraction: &Diffraction,
        two_theta: RangeInclusive<f64>,
        families: &Families,
    ) -> Result<Self> {
        let (low, high) = (two_theta.start().max(0.0), *two_theta.end());
        if !(low <= high && high < 180.0) {
            return Err(Error::OutOfRange {
                what: "end of the two-theta range",
                value: high,
                expected: "from the start of the range to under 180 degrees",
            });
        }
        let wavelength = diffraction.wavelength.as_angstrom();
        let q = |angle: f64| 2.0 * (angle.to_radians() / 2.0).sin() / wavelength;
        let sphere = Sphere::new(structure.lattice(), q(low)..=q(high))?;
        let mut all = Self::sum(structure, diffraction, &sphere, families)?;
        all.diffract(diffraction, structure.lattice().volume());
        Ok(all)
    }

    fn sum(
        structure: &Structure,
        diffraction: &Diffraction,
        sphere: &Sphere,
        families: &Families,
    ) -> Result<Self> {
        check_overlap(structure)?;
        let mut atoms = Scatterers::new(structure, diffraction, sphere.limits)?;
        let expected = sphere.expected_points();
        let mut all = Self {
            hkl: Vec::with_capacity(expected),
            multiplicity: Vec::with_capacity(expected),
            inverse_d_squared: Vec::with_capacity(expected),
            f_squared: Vec::with_capacity(expected),
            two_theta_deg: Vec::new(),
            intensity: Vec::new(),
            forward: atoms.forward(),
        };
        let mut row = ReflectionRow::default();
        for (h, k, ls) in sphere.rows() {
            if let Some(wanted) = row.choose(families, (h, k), ls) {
                atoms.row((h, k), wanted, sphere, &mut row);
                all.take(&row, (h, k), sphere);
            }
        }
        Ok(all)
    }

    /// Adds the reflections of a row that are needed and in the sphere.
    fn take(&mut self, row: &ReflectionRow, (h, k): (i32, i32), sphere: &Sphere) {
        let sums = row.inverse_d_squared.iter().zip(&row.f_squared);
        for ((multiplicity, (inverse_d_squared, f_squared)), l) in
            row.multiplicity.iter().zip(sums).zip(row.first_l..)
        {
            if *multiplicity > 0 && sphere.contains(*inverse_d_squared) {
                self.hkl.push([h, k, l]);
                self.multiplicity.push(*multiplicity);
                self.inverse_d_squared.push(*inverse_d_squared);
                self.f_squared.push(*f_squared);
            }
        }
    }

    /// Computes angles and intensities from spacings and |F|².
    fn diffract(&mut self, diffraction: &Diffraction, volume: f64) {
        self.two_theta_deg = vec![0.0; self.hkl.len()];
        let per_volume = 1.0 / (volume * volume);
        let strength = self.f_squared.iter().zip(&self.multiplicity);
        self.intensity = strength
            .map(|(f2, m)| f2 * *m as f64 * per_volume)
            .collect();
        let Diffraction {
            wavelength,
            polarization,
            ..
        } = *diffraction;
        diffract(
            wavelength,
            polarization,
            &self.inverse_d_squared,
            &mut self.two_theta_deg,
            &mut self.intensity,
        );
    }

    fn reflections(&self) -> impl Iterator<Item = Reflection> {
        (0..self.hkl.len()).map(|i| self.reflection(i))
    }

    fn reflection(&self, i: usize) -> Reflection {
        Reflection {
            hkl: self.hkl[i],
            multiplicity: self.multiplicity[i],
            d_angstrom: 1.0 / self.inverse_d_squared[i].sqrt(),
            two_theta_deg: self.two_theta_deg[i],
            structure_factor_squared: self.f_squared[i],
            intensity: self.intensity[i],
        }
    }
}

/// Sets angles by Bragg's law and multiplies intensities by the Lorentz-polarisation factor.
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn diffract(
    wavelength: Wavelength,
    polarization: Polarization,
    inverse_d_squared: &[f64],
    two_theta_deg: &mut [f64],
    intensity: &mut [f64],
) {
    let half = wavelength.as_angstrom() / 2.0;
    let lines = two_theta_deg.iter_mut().zip(intensity);
    for (q2, (two_theta_deg, intensity)) in inverse_d_squared.iter().zip(lines) {
        let sin_squared = half * half * q2;
        *two_theta_deg = 2.0 * asin(sin_squared.sqrt()).to_degrees();
        *intensity *= polarization.at_sin_squared(sin_squared);
    }
}

#[cfg(test)]
mod extinctions;
#[cfg(test)]
mod tests;
