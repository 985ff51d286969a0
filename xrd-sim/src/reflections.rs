use std::f64::consts::TAU;
use std::ops::{Range, RangeInclusive};

use xrd_core::{Structure, Wavelength};

use crate::{Error, FormFactor, Result, Symmetry};

/// Symmetry to within this joins planes to families: so little that their |F|² are equal.
const FAMILY_TOLERANCE_ANGSTROM: f64 = 1e-6;

/// A family of symmetry-equivalent lattice planes and what it diffracts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reflection {
    /// Miller indices of one plane of the family, in the basis of the cell.
    pub hkl: [i32; 3],
    /// How many planes the family has, (hkl) and (−h −k −l) counted both.
    pub multiplicity: usize,
    /// Spacing of the planes in Å.
    pub d_angstrom: f64,
    /// Diffraction angle in degrees.
    pub two_theta_deg: f64,
    /// |F|² of one plane, in electrons² per cell.
    pub structure_factor_squared: f64,
    /// multiplicity · |F|² · Lorentz-polarisation / (cell volume in Å³)². The division makes a
    /// supercell diffract as its cell does.
    pub intensity: f64,
}

/// How a powder diffracts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diffraction {
    /// The wavelength.
    pub wavelength: Wavelength,
    /// Isotropic displacement B in Å² of atoms that state none; 0.5 by default.
    pub b_iso: f64,
    /// Reflections weaker than this share of the strongest are left out; 10⁻⁹ by default.
    pub weakest: f64,
}

impl Diffraction {
    /// Unpolarised X-rays of this wavelength, B = 0.5 Å².
    pub fn new(wavelength: Wavelength) -> Self {
        Self {
            wavelength,
            b_iso: 0.5,
            weakest: 1e-9,
        }
    }
}

/// The Lorentz-polarisation factor of a powder in unpolarised X-rays.
///
/// LP = (1 + cos²2θ) / (sin²θ · cos θ), `two_theta` in degrees, 0 < 2θ < 180.
///
/// # References
/// International Tables for Crystallography C (2004), sections 6.2.5 and 6.2.6.
pub fn lorentz_polarization(two_theta: f64) -> f64 {
    let (sin, cos) = (two_theta.to_radians() / 2.0).sin_cos();
    let cos_2 = two_theta.to_radians().cos();
    (1.0 + cos_2 * cos_2) / (sin * sin * cos)
}

/// All reflections of a structure in a range of 2θ (degrees), by ascending angle.
///
/// F(hkl) = Σ occ·f(s)·exp(−B·s²)·exp(2πi(hx + ky + lz)), s = 1/(2d). Families are those of the
/// symmetry found to 1e-6 Å; where none is found (h k l) and (−h −k −l) alone form a family, so
/// that a small distortion changes the bookkeeping, not the pattern.
///
/// Cost: O(reciprocal-lattice points in the sphere · atoms).
///
/// # Errors
/// [`Error::OutOfRange`] unless 0 <= range < 180°, B is finite and there are fewer than 2·10⁸
/// candidate reflections; [`Error::NoFormFactor`].
///
/// # References
/// V. K. Pecharsky and P. Y. Zavalij, Fundamentals of Powder Diffraction (2009), eqs. 8.41, 9.3.
pub fn reflections(
    structure: &Structure,
    diffraction: &Diffraction,
    two_theta: RangeInclusive<f64>,
) -> Result<Vec<Reflection>> {
    let (low, high) = (two_theta.start().max(0.0), *two_theta.end());
    if !(low <= high && high < 180.0) {
        return Err(Error::OutOfRange {
            what: "end of the two-theta range",
            value: high,
            expected: "from the start of the range to under 180 degrees",
        });
    }
    let q =
        |angle: f64| 2.0 * (angle.to_radians() / 2.0).sin() / diffraction.wavelength.as_angstrom();
    let sphere = Sphere::new(structure, q(low)..=q(high))?;
    let atoms = Scatterers::new(structure, diffraction, &sphere.limits)?;
    let families = Families::of(structure);
    let volume = structure.lattice().volume();
    let mut found = Vec::new();
    sphere.for_each_row(|h, k, ls| {
        let row = atoms.row(h, k);
        for (l, q2) in ls {
            let Some(multiplicity) = families.multiplicity_if_first([h, k, l]) else {
                continue;
            };
            let d = 1.0 / q2.sqrt();
            let Some(angle) = diffraction.wavelength.two_theta_deg(d) else {
                continue;
            };
            let f2 = atoms.structure_factor_squared(&row, l, q2 / 4.0);
            found.push(Reflection {
                hkl: [h, k, l],
                multiplicity,
                d_angstrom: d,
                two_theta_deg: angle,
                structure_factor_squared: f2,
                intensity: multiplicity as f64 * f2 * lorentz_polarization(angle)
                    / (volume * volume),
            });
        }
    });
    let strongest = found.iter().map(|r| r.intensity).fold(0.0, f64::max);
    found.retain(|r| r.intensity > diffraction.weakest * strongest);
    found.sort_by(|a, b| {
        a.two_theta_deg
            .total_cmp(&b.two_theta_deg)
            .then(b.hkl.cmp(&a.hkl))
    });
    Ok(found)
}

/// The reciprocal-lattice points with 1/d in a range, one of each Friedel pair.
struct Sphere {
    reciprocal: [[f64; 3]; 3],
    squared: RangeInclusive<f64>,
    /// Largest |h|, |k|, |l|.
    limits: [i32; 3],
}

impl Sphere {
    fn new(structure: &Structure, q: RangeInclusive<f64>) -> Result<Self> {
        let lengths = structure.lattice().lengths();
        let box_points: f64 = lengths.iter().map(|a| 2.0 * a * q.end() + 1.0).product();
        if box_points.is_nan() || box_points >= 4e8 {
            return Err(Error::OutOfRange {
                what: "number of candidate reflections",
                value: box_points / 2.0,
                expected: "under 2e8 (a smaller cell, longer wavelength or shorter range)",
            });
        }
        Ok(Self {
            reciprocal: structure.lattice().reciprocal(),
            squared: q.start() * q.start()..=q.end() * q.end(),
            limits: lengths.map(|a| (a * q.end()).floor() as i32),
        })
    }

    /// Calls `f` with h, k and the (l, 1/d²) of each row that has any.
    fn for_each_row(&self, mut f: impl FnMut(i32, i32, &mut dyn Iterator<Item = (i32, f64)>)) {
        let [hmax, kmax, lmax] = self.limits;
        for h in 0..=hmax {
            for k in if h == 0 { 0 } else { -kmax }..=kmax {
                let first = match (h, k) {
                    (0, 0) => 1,
                    _ => -lmax,
                };
                let row = (first..=lmax).map(|l| (l, self.q_squared([h, k, l])));
                let mut inside = row.filter(|(_, q2)| self.squared.contains(q2)).peekable();
                if inside.peek().is_some() {
                    f(h, k, &mut inside);
                }
            }
        }
    }

    fn q_squared(&self, hkl: [i32; 3]) -> f64 {
        let component = |j| -> f64 {
            (0..3)
                .map(|i| f64::from(hkl[i]) * self.reciprocal[i][j])
                .sum()
        };
        (0..3).map(component).map(|q| q * q).sum()
    }
}

/// The rotations that join planes to families.
struct Families {
    rotations: Vec<[[i32; 3]; 3]>,
}

impl Families {
    fn of(structure: &Structure) -> Self {
        let identity = vec![[[1, 0, 0], [0, 1, 0], [0, 0, 1]]];
        let mut rotations = Symmetry::within(structure, FAMILY_TOLERANCE_ANGSTROM)
            .map_or(identity, |s| s.rotations);
        rotations.sort_unstable();
        rotations.dedup();
        Self { rotations }
    }

    /// The size of the family of a plane, if the plane is the first of its family.
    fn multiplicity_if_first(&self, hkl: [i32; 3]) -> Option<usize> {
        let mut planes = [[0; 3]; 96];
        let mut count = 0;
        for r in &self.rotations {
            let image = [0, 1, 2].map(|j| (0..3).map(|i| hkl[i] * r[i][j]).sum::<i32>());
            for plane in [image, image.map(|x| -x)] {
                if plane > hkl {
                    return None;
                }
                if count < planes.len() && !planes[..count].contains(&plane) {
                    planes[count] = plane;
                    count += 1;
                }
            }
        }
        Some(count)
    }
}

/// Atoms of one kind: one form factor, occupancy and displacement.
struct Kind {
    factor: FormFactor,
    occupancy: f64,
    b_iso: f64,
    atoms: Range<usize>,
}

/// exp(2πi·n·x) of every atom (columns) for n = −limit…limit (rows).
struct Phases {
    limit: i32,
    cos: Vec<f64>,
    sin: Vec<f64>,
    atoms: usize,
}

impl Phases {
    fn new(limit: i32, x: &[f64]) -> Self {
        let angles = || {
            (-limit..=limit).flat_map(|n| x.iter().map(move |x| TAU * (f64::from(n) * x).fract()))
        };
        Self {
            limit,
            cos: angles().map(f64::cos).collect(),
            sin: angles().map(f64::sin).collect(),
            atoms: x.len(),
        }
    }

    fn of(&self, n: i32) -> (&[f64], &[f64]) {
        let row =
            (n + self.limit) as usize * self.atoms..(n + self.limit + 1) as usize * self.atoms;
        (&self.cos[row.clone()], &self.sin[row])
    }
}

/// The atoms of the cell, ready to be summed.
struct Scatterers {
    kinds: Vec<Kind>,
    phases: [Phases; 3],
}

impl Scatterers {
    fn new(structure: &Structure, diffraction: &Diffraction, limits: &[i32; 3]) -> Result<Self> {
        if !diffraction.b_iso.is_finite() {
            return Err(Error::OutOfRange {
                what: "displacement B",
                value: diffraction.b_iso,
                expected: "a finite number of square angstrom",
            });
        }
        let lattice = structure.lattice();
        let b_iso = |a: &xrd_core::Atom| {
            let stated = a.displacement.map(|d| d.b_equivalent(lattice));
            stated.unwrap_or(diffraction.b_iso)
        };
        let key = |a: &xrd_core::Atom| (a.element(), a.occupancy.to_bits(), b_iso(a).to_bits());
        let mut atoms = structure.atoms().to_vec();
        atoms.sort_by_key(key);
        let mut kinds = Vec::new();
        let mut start = 0;
        for group in atoms.chunk_by(|a, b| key(a) == key(b)) {
            kinds.push(Kind {
                factor: FormFactor::of(group[0].element())?,
                occupancy: group[0].occupancy,
                b_iso: b_iso(&group[0]),
                atoms: start..start + group.len(),
            });
            start += group.len();
        }
        let coordinate = |i: usize| -> Vec<f64> { atoms.iter().map(|a| a.position[i]).collect() };
        let phases = [0, 1, 2].map(|i| Phases::new(limits[i], &coordinate(i)));
        Ok(Self { kinds, phases })
    }

    /// exp(2πi(hx + ky)) of every atom, real and imaginary parts.
    fn row(&self, h: i32, k: i32) -> (Vec<f64>, Vec<f64>) {
        let ((ch, sh), (ck, sk)) = (self.phases[0].of(h), self.phases[1].of(k));
        (0..ch.len())
            .map(|i| (ch[i] * ck[i] - sh[i] * sk[i], ch[i] * sk[i] + sh[i] * ck[i]))
            .unzip()
    }

    /// |F|² at (h k l), the row being that of h and k, and s² = (sin θ/λ)².
    fn structure_factor_squared(&self, row: &(Vec<f64>, Vec<f64>), l: i32, s2: f64) -> f64 {
        let (cl, sl) = self.phases[2].of(l);
        let s = s2.sqrt();
        let (mut re, mut im) = (0.0, 0.0);
        for kind in &self.kinds {
            let weight = kind.occupancy * kind.factor.at(s) * (-kind.b_iso * s2).exp();
            let i = kind.atoms.clone();
            let (a, b) = sum_of_products(
                (&row.0[i.clone()], &row.1[i.clone()]),
                (&cl[i.clone()], &sl[i]),
            );
            re += weight * a;
            im += weight * b;
        }
        re * re + im * im
    }
}

/// Σ p·q over complex numbers given as (real parts, imaginary parts).
fn sum_of_products(p: (&[f64], &[f64]), q: (&[f64], &[f64])) -> (f64, f64) {
    let real = p.0.iter().zip(p.1).zip(q.0.iter().zip(q.1));
    real.fold((0.0, 0.0), |(re, im), ((pr, pi), (qr, qi))| {
        (re + pr * qr - pi * qi, im + pr * qi + pi * qr)
    })
}

#[cfg(test)]
mod tests;
