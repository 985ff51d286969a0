//! Structure factors of whole rows of reciprocal-lattice points.

use std::f64::consts::PI;
use std::ops::Range;

use multiversion::multiversion;
use xrd_core::{Atom, Displacement, Structure};

use super::families::{Families, ImageRow};
use super::sphere::{Sphere, inverse_d_squared};
use crate::elementary::{exp, turn};
use crate::{Diffraction, Dispersion, FormFactor, Result};

/// Number of l summed together.
const LANES: usize = 8;

type Lanes = [f64; LANES];

/// Atoms of one kind, with the same form factor at every (hkl).
struct Kind {
    /// aᵢ·occupancy and bᵢ of the Gaussians.
    a: [f64; 5],
    b: [f64; 5],
    /// The constant and f′, times the occupancy.
    c: f64,
    /// f″ times the occupancy.
    absorbed: f64,
    b_iso: f64,
    atoms: Range<usize>,
    /// 2π²·Uᵢⱼ·aᵢ*·aⱼ* of each atom, in the order of [`Displacement`]; empty for isotropic
    /// atoms.
    anisotropic: Vec<[f64; 6]>,
}

impl Kind {
    /// Kind of atoms with equal factors, except for anisotropic displacements.
    fn new(
        group: &[&Atom],
        first: usize,
        structure: &Structure,
        (b_iso, dispersion): (f64, Option<Dispersion>),
    ) -> Result<Self> {
        let stars = structure.lattice().reciprocal().map(|r| dot(r, r).sqrt());
        let anisotropic = group
            .iter()
            .filter_map(|a| anisotropic(a, &stars))
            .collect::<Vec<_>>();
        let b_iso = match group[0].displacement {
            None => b_iso,
            Some(u) if anisotropic.is_empty() => u.b_equivalent(structure.lattice()),
            Some(_) => 0.0,
        };
        let factor = FormFactor::of(group[0].species)?.coefficients();
        let of = |d: Dispersion| d.of(group[0].species.element);
        let [f1, f2] = dispersion.map_or(Ok([0.0; 2]), of)?;
        let occupancy = group[0].occupancy;
        Ok(Self {
            a: factor.a.map(|a| a * occupancy),
            b: factor.b,
            c: (factor.c + f1) * occupancy,
            absorbed: f2 * occupancy,
            b_iso,
            atoms: first..first + group.len(),
            anisotropic,
        })
    }

    /// Occupancy · (f(s) + f′).
    #[inline(always)]
    fn weights(&self, s2: &Lanes) -> Lanes {
        let mut sum = [self.c; LANES];
        for (a, b) in self.a.iter().zip(&self.b) {
            for (sum, s2) in sum.iter_mut().zip(s2) {
                *sum += a * exp(-b * s2);
            }
        }
        sum
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn anisotropic(atom: &Atom, stars: &[f64; 3]) -> Option<[f64; 6]> {
    let Some(Displacement::Anisotropic(u)) = atom.displacement else {
        return None;
    };
    let [a, b, c] = *stars;
    let products = [a * a, b * b, c * c, a * b, a * c, b * c];
    Some([0, 1, 2, 3, 4, 5].map(|i| 2.0 * PI * PI * u[i] * products[i]))
}

/// cos and sin of 2π·n·x, with a row of `width` numbers per atom or per n.
struct Phases {
    cos: Vec<f64>,
    sin: Vec<f64>,
    width: usize,
}

impl Phases {
    fn new(width: usize, turns: impl Iterator<Item = f64>) -> Self {
        let turns: Vec<f64> = turns.collect();
        let (mut cos, mut sin) = (vec![0.0; turns.len()], vec![0.0; turns.len()]);
        cos_and_sin(&turns, &mut cos, &mut sin);
        Self { cos, sin, width }
    }

    fn row(&self, index: usize) -> (&[f64], &[f64]) {
        let row = index * self.width..(index + 1) * self.width;
        (&self.cos[row.clone()], &self.sin[row])
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn cos_and_sin(turns: &[f64], cos: &mut [f64], sin: &mut [f64]) {
    for ((x, cos), sin) in turns.iter().zip(cos).zip(sin) {
        (*cos, *sin) = turn(*x);
    }
}

/// Atoms of a cell with the phases for any row of reflections inside a sphere.
pub(super) struct Scatterers {
    kinds: Vec<Kind>,
    /// One row of all atoms for each n = 0…limit.
    x: Phases,
    y: Phases,
    /// One row of n = −limit…limit for each atom, with room for the last lanes.
    z: Phases,
    l_limit: i32,
    /// exp(2πi(hx + ky)) of every atom in the current row.
    re: Vec<f64>,
    im: Vec<f64>,
}

impl Scatterers {
    pub(super) fn new(
        structure: &Structure,
        diffraction: &Diffraction,
        limits: [i32; 3],
    ) -> Result<Self> {
        diffraction.check()?;
        let key = |a: &&Atom| {
            let isotropic = a
                .displacement
                .filter(|u| matches!(u, Displacement::Isotropic(_)));
            let u = isotropic.map(|u| u.u_equivalent(structure.lattice()).to_bits());
            (
                a.species,
                a.occupancy.to_bits(),
                a.displacement.is_some(),
                u,
            )
        };
        let mut atoms: Vec<&Atom> = structure.atoms().iter().collect();
        atoms.sort_by_key(key);
        let dispersion = match diffraction.dispersion {
            true => Some(Dispersion::at(diffraction.wavelength)?),
            false => None,
        };
        let terms = (diffraction.b_iso, dispersion);
        let mut kinds = Vec::new();
        let mut first = 0;
        for group in atoms.chunk_by(|a, b| key(a) == key(b)) {
            kinds.push(Kind::new(group, first, structure, terms)?);
            first += group.len();
        }
        // Moved into the cell, to keep all digits.
        let inside = |axis: usize| atoms.iter().map(move |a| a.position[axis].rem_euclid(1.0));
        let positions = [0, 1, 2].map(|axis| inside(axis).collect::<Vec<f64>>());
        let by_n = |axis: usize| {
            let x = &positions[axis];
            let all = (0..=limits[axis]).flat_map(|n| x.iter().map(move |x| f64::from(n) * x));
            Phases::new(atoms.len(), all)
        };
        let ls = -limits[2]..limits[2] + 1 + LANES as i32;
        let z = positions[2].iter();
        let by_atom = z.flat_map(|z| ls.clone().map(move |n| f64::from(n) * z));
        Ok(Self {
            x: by_n(0),
            y: by_n(1),
            z: Phases::new(ls.len(), by_atom),
            l_limit: limits[2],
            re: vec![0.0; atoms.len()],
            im: vec![0.0; atoms.len()],
            kinds,
        })
    }

    /// |F(000)|, an upper bound of |F| (except for form factors that rise at small angles).
    pub(super) fn forward(&self) -> f64 {
        let of = |kind: &Kind| {
            let scattered = kind.a.iter().sum::<f64>() + kind.c;
            kind.atoms.len() as f64 * (scattered.abs() + kind.absorbed)
        };
        self.kinds.iter().map(of).sum()
    }

    /// Sets 1/d² and |F|² of (h k l) for every l of the range, and for up to seven l beyond it.
    /// They are zero if none of eight is needed.
    pub(super) fn row(
        &mut self,
        (h, k): (i32, i32),
        ls: Range<i32>,
        sphere: &Sphere,
        out: &mut ReflectionRow,
    ) {
        let ((ch, sh), (ck, sk)) = (
            self.x.row(h as usize),
            self.y.row(k.unsigned_abs() as usize),
        );
        let sign = f64::from(k.signum());
        for (i, (re, im)) in self.re.iter_mut().zip(&mut self.im).enumerate() {
            *re = ch[i] * ck[i] - sh[i] * (sign * sk[i]);
            *im = ch[i] * (sign * sk[i]) + sh[i] * ck[i];
        }
        sum_row(self, (h, k), ls, sphere, out);
    }

    /// Σ exp(2πi(hx + ky + lz)) over the atoms of a kind for eight l.
    #[inline(always)]
    fn phase_sum(&self, kind: &Kind, l: usize) -> (Lanes, Lanes) {
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        for atom in kind.atoms.clone() {
            let (cos, sin) = self.lanes(atom, l);
            let (p, q) = (self.re[atom], self.im[atom]);
            for j in 0..LANES {
                re[j] += p * cos[j] - q * sin[j];
                im[j] += p * sin[j] + q * cos[j];
            }
        }
        (re, im)
    }

    /// Phase sum with each atom damped by its anisotropic displacement along (hkl).
    #[inline(always)]
    fn damped_sum(&self, kind: &Kind, (h, k): (i32, i32), l: usize) -> (Lanes, Lanes) {
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        let (h, k) = (f64::from(h), f64::from(k));
        for (atom, [aa, bb, cc, ab, ac, bc]) in kind.atoms.clone().zip(&kind.anisotropic) {
            let (cos, sin) = self.lanes(atom, l);
            let (p, q) = (self.re[atom], self.im[atom]);
            let constant = aa * h * h + bb * k * k + 2.0 * ab * h * k;
            let linear = 2.0 * (ac * h + bc * k);
            for j in 0..LANES {
                let l = (l + j) as f64 - f64::from(self.l_limit);
                let damping = exp(-(constant + l * (linear + cc * l)));
                re[j] += damping * (p * cos[j] - q * sin[j]);
                im[j] += damping * (p * sin[j] + q * cos[j]);
            }
        }
        (re, im)
    }

    #[inline(always)]
    fn lanes(&self, atom: usize, l: usize) -> (&Lanes, &Lanes) {
        let first = atom * self.z.width + l;
        let lanes = |v| <&Lanes>::try_from(v).expect("a slice of eight");
        let (cos, sin) = (&self.z.cos[first..][..LANES], &self.z.sin[first..][..LANES]);
        (lanes(cos), lanes(sin))
    }
}

/// Row of reflections, one for each l from the first.
#[derive(Default)]
pub(super) struct ReflectionRow {
    pub(super) first_l: i32,
    /// Multiplicity; 0 for reflections that are not needed.
    pub(super) multiplicity: Vec<usize>,
    pub(super) inverse_d_squared: Vec<f64>,
    pub(super) f_squared: Vec<f64>,
    images: Vec<ImageRow>,
}

impl ReflectionRow {
    /// Sets the multiplicities and returns the range of l that is needed, if any.
    pub(super) fn choose(
        &mut self,
        families: &Families,
        (h, k): (i32, i32),
        ls: Range<i32>,
    ) -> Option<Range<i32>> {
        self.first_l = ls.start;
        self.multiplicity.clear();
        if families.are_pairs() {
            self.multiplicity.resize(ls.len(), 2);
            return Some(ls);
        }
        families.row((h, k), &mut self.images);
        let of = |l| families.multiplicity_if_first([h, k, l], &self.images);
        let mut wanted = ls
            .map(|l| (l, of(l)))
            .skip_while(|(_, m)| *m == 0)
            .peekable();
        self.first_l = wanted.peek()?.0;
        self.multiplicity.extend(wanted.map(|(_, m)| m));
        let last = self.multiplicity.iter().rposition(|m| *m > 0)?;
        Some(self.first_l..self.first_l + last as i32 + 1)
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn sum_row(
    atoms: &Scatterers,
    hk: (i32, i32),
    ls: Range<i32>,
    sphere: &Sphere,
    out: &mut ReflectionRow,
) {
    out.inverse_d_squared.clear();
    out.f_squared.clear();
    let points = sphere.row(hk.0, hk.1);
    for (first, wanted) in ls.step_by(LANES).zip(out.multiplicity.chunks(LANES)) {
        if wanted.iter().all(|m| *m == 0) {
            out.inverse_d_squared.extend_from_slice(&[0.0; LANES]);
            out.f_squared.extend_from_slice(&[0.0; LANES]);
            continue;
        }
        let (mut q2, mut s2) = ([0.0; LANES], [0.0; LANES]);
        for j in 0..LANES {
            q2[j] = inverse_d_squared(&points, f64::from(first) + j as f64);
            s2[j] = 0.25 * q2[j];
        }
        let l = (first + atoms.l_limit) as usize;
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        let (mut re2, mut im2) = ([0.0; LANES], [0.0; LANES]);
        // Most atoms have the same B; its factor is computed once.
        let (mut b_iso, mut damping) = (0.0, [1.0; LANES]);
        for kind in &atoms.kinds {
            if kind.b_iso != b_iso {
                b_iso = kind.b_iso;
                damping = s2.map(|s2| exp(-b_iso * s2));
            }
            let (a, b) = match kind.anisotropic[..] {
                [] => atoms.phase_sum(kind, l),
                _ => atoms.damped_sum(kind, hk, l),
            };
            let weights = kind.weights(&s2);
            for j in 0..LANES {
                let weight = damping[j] * weights[j];
                re[j] += weight * a[j];
                im[j] += weight * b[j];
            }
            if kind.absorbed != 0.0 {
                for j in 0..LANES {
                    let weight = damping[j] * kind.absorbed;
                    re2[j] += weight * a[j];
                    im2[j] += weight * b[j];
                }
            }
        }
        let mut f_squared = [0.0; LANES];
        for j in 0..LANES {
            let absorbed = re2[j] * re2[j] + im2[j] * im2[j];
            f_squared[j] = re[j] * re[j] + im[j] * im[j] + absorbed;
        }
        out.inverse_d_squared.extend_from_slice(&q2);
        out.f_squared.extend_from_slice(&f_squared);
    }
}
