use std::f64::consts::TAU;

use super::*;
use crate::overlap::check_overlap;
use crate::{Dispersion, FormFactor, supercell};
use proptest::prelude::*;
use xrd_core::{Atom, Displacement, Element, Lattice};

fn cu_k_alpha() -> Diffraction {
    Diffraction::new(Wavelength::angstrom(1.540_593).unwrap())
}

fn element(symbol: &str) -> Element {
    symbol.parse().unwrap()
}

fn structure(cell: [f64; 6], atoms: &[(&str, [f64; 3])]) -> Structure {
    let [a, b, c, al, be, ga] = cell;
    let cell = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
    let atoms = atoms.iter().map(|(e, p)| Atom::new(element(e), *p));
    Structure::new(cell, atoms.collect()).unwrap()
}

fn cubic(a: f64, atoms: &[(&str, [f64; 3])]) -> Structure {
    structure([a, a, a, 90.0, 90.0, 90.0], atoms)
}

const FACE_CENTRED: [[f64; 3]; 4] = [
    [0.0, 0.0, 0.0],
    [0.0, 0.5, 0.5],
    [0.5, 0.0, 0.5],
    [0.5, 0.5, 0.0],
];

fn rock_salt() -> Structure {
    let mut atoms = Vec::new();
    for t in FACE_CENTRED {
        atoms.push(("Na", t));
        atoms.push(("Cl", [t[0] + 0.5, t[1], t[2]]));
    }
    cubic(5.6402, &atoms)
}

fn diamond() -> Structure {
    let second = FACE_CENTRED.map(|t| t.map(|x| x + 0.25));
    let atoms: Vec<_> = FACE_CENTRED
        .iter()
        .chain(&second)
        .map(|t| ("Si", *t))
        .collect();
    cubic(5.4309, &atoms)
}

/// |F|² of one reflection by the plain sum, independent of the rows.
fn plain_f_squared(structure: &Structure, d: &Diffraction, hkl: [i32; 3]) -> f64 {
    let s = 0.5 / structure.lattice().d_spacing(hkl);
    let dispersion = d.dispersion.then(|| Dispersion::at(d.wavelength).unwrap());
    let (mut re, mut im) = (0.0, 0.0);
    for atom in structure.atoms() {
        let phase: f64 = (0..3).map(|i| f64::from(hkl[i]) * atom.position[i]).sum();
        let stated = atom
            .displacement
            .unwrap_or(Displacement::from_b_iso(d.b_iso));
        let exponent = 2.0 * TAU * TAU * stated.along(hkl, structure.lattice()) * s * s;
        let of = |dispersion: Dispersion| dispersion.of(atom.element()).unwrap();
        let [f1, f2] = dispersion.map_or([0.0; 2], of);
        let f = FormFactor::of(atom.species).unwrap().at(s) + f1;
        let damped = atom.occupancy * (-exponent).exp();
        let (sin, cos) = (TAU * phase).sin_cos();
        re += damped * (f * cos - f2 * sin);
        im += damped * (f * sin + f2 * cos);
    }
    re * re + im * im
}

/// Indices, angle and intensity of all (hkl) up to an angle; (hkl) and (−h −k −l) count as two.
fn plain_reflections(
    structure: &Structure,
    d: &Diffraction,
    high: f64,
) -> Vec<([i32; 3], f64, f64)> {
    let volume = structure.lattice().volume();
    let mut found = Vec::new();
    let n = 9;
    for index in 0..(2 * n + 1i32).pow(3) {
        let hkl = [index / 361 - n, index / 19 % 19 - n, index % 19 - n];
        let spacing = structure.lattice().d_spacing(hkl);
        let angle = d.wavelength.two_theta_deg(spacing);
        if let Some(angle) = angle.filter(|a| *a > 0.0 && *a <= high) {
            let lp = d.polarization.lorentz_polarization(angle);
            let f_squared = plain_f_squared(structure, d, hkl);
            found.push((hkl, angle, f_squared * lp / (volume * volume)));
        }
    }
    found
}

/// Total intensity in each of 60 bins of angle.
fn histogram(lines: impl Iterator<Item = (f64, f64)>, high: f64) -> Vec<f64> {
    let mut bins = vec![0.0; 60];
    for (angle, intensity) in lines {
        // Shifted by a hundredth of a bin, so that rounding moves no line over an edge.
        bins[((angle / high * 59.0 + 0.013) as usize).min(59)] += intensity;
    }
    bins
}

fn binned(structure: &Structure, high: f64) -> Vec<f64> {
    let found = reflections(structure, &cu_k_alpha(), 0.0..=high).unwrap();
    histogram(found.iter().map(|r| (r.two_theta_deg, r.intensity)), high)
}

fn assert_same(a: &[f64], b: &[f64], tolerance: f64) {
    let top = a.iter().copied().fold(0.0, f64::max);
    assert!(top > 0.0);
    for (x, y) in a.iter().zip(b) {
        assert!(
            (x - y).abs() <= tolerance * top,
            "{x} against {y}, top {top}"
        );
    }
}

#[test]
fn rock_salt_shows_only_all_odd_or_all_even() {
    let found = reflections(&rock_salt(), &cu_k_alpha(), 0.0..=120.0).unwrap();
    for r in &found {
        let odd = r.hkl.iter().filter(|x| *x % 2 != 0).count();
        assert!(odd == 0 || odd == 3, "{:?}", r.hkl);
    }
    let first: Vec<_> = found
        .iter()
        .take(3)
        .map(|r| (r.hkl, r.multiplicity))
        .collect();
    assert_eq!(first, [([1, 1, 1], 8), ([2, 0, 0], 6), ([2, 2, 0], 12)]);
    let strongest = found
        .iter()
        .max_by(|a, b| a.intensity.total_cmp(&b.intensity));
    assert_eq!(strongest.unwrap().hkl, [2, 0, 0]);
    // a/2 at Cu K-alpha-1 by hand: 2 asin(1.540593 / 5.6402).
    assert!((found[1].two_theta_deg - 31.7).abs() < 0.02);
}

#[test]
fn reflections_of_one_spacing_stay_two_families() {
    let found = reflections(&diamond(), &cu_k_alpha(), 0.0..=140.0).unwrap();
    let shared = found
        .iter()
        .filter(|r| [[5, 1, 1], [3, 3, 3]].contains(&r.hkl));
    let mut counts: Vec<_> = shared.map(|r| r.multiplicity).collect();
    counts.sort_unstable();
    assert_eq!(counts, [8, 24]);
}

#[test]
fn a_distorted_cell_keeps_its_intensity() {
    let mut atoms = rock_salt().atoms().to_vec();
    atoms[0].position[0] += 1e-3;
    let distorted = Structure::new(*rock_salt().lattice(), atoms).unwrap();
    let total = |s: &Structure| -> f64 {
        let found = reflections(s, &cu_k_alpha(), 0.0..=100.0).unwrap();
        found.iter().map(|r| r.intensity).sum()
    };
    assert!((total(&distorted) / total(&rock_salt()) - 1.0).abs() < 1e-3);
}

#[test]
fn bad_ranges_are_refused() {
    let (salt, d) = (rock_salt(), cu_k_alpha());
    for range in [0.0..=180.0, 0.0..=f64::NAN, 50.0..=20.0] {
        assert!(reflections(&salt, &d, range).is_err());
    }
    let b_iso = f64::NAN;
    assert!(reflections(&salt, &Diffraction { b_iso, ..d }, 0.0..=50.0).is_err());
}

/// Cells of five crystal systems with restricted parameters, and a triclinic one.
fn cell(kind: usize, [a, b, c]: [f64; 3], [al, be, ga]: [f64; 3]) -> [f64; 6] {
    match kind {
        0 => [a, a, a, 90.0, 90.0, 90.0],
        1 => [a, a, c, 90.0, 90.0, 120.0],
        2 => [a, b, c, 90.0, 90.0, 90.0],
        _ => [a, b, c, al, be, ga],
    }
}

/// Four atoms on different sites: one is a partly occupied ion, one has an isotropic and one an
/// anisotropic displacement.
fn any_structure() -> impl Strategy<Value = Structure> {
    let position = prop::array::uniform3(-0.5..1.5f64);
    let lengths = prop::array::uniform3(4.0..7.0f64);
    let angles = prop::array::uniform3(80.0..105.0f64);
    let u = prop::array::uniform6(0.005..0.02f64);
    (
        prop::array::uniform4(position),
        0usize..4,
        lengths,
        angles,
        u,
    )
        .prop_map(|(positions, kind, lengths, angles, u)| {
            let symbols = ["Fe", "O", "O", "Zr"];
            let atoms = [0, 1, 2, 3].map(|i| (symbols[i], positions[i]));
            let made = structure(cell(kind, lengths, angles), &atoms);
            let mut atoms = made.atoms().to_vec();
            atoms[0].species.charge = Some(3);
            atoms[3].occupancy = 0.7;
            atoms[1].displacement = Some(Displacement::from_b_iso(1.3));
            atoms[2].displacement = Some(Displacement::Anisotropic(u));
            Structure::new(*made.lattice(), atoms).unwrap()
        })
        .prop_filter("atoms on one site", |s| check_overlap(s).is_ok())
}

/// Product of elementary matrices of determinant ±1.
fn any_unimodular() -> impl Strategy<Value = [[i32; 3]; 3]> {
    let step = (0usize..3, 1usize..3, -1i32..=1);
    prop::collection::vec(step, 0..4).prop_map(|steps| {
        let mut m = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        for (i, turn, times) in steps {
            let other = m[(i + turn) % 3];
            m[i] = [0, 1, 2].map(|k| m[i][k] + times * other[k]);
        }
        m
    })
}

/// Inverse of an integer matrix of determinant ±1.
fn inverse(m: [[i32; 3]; 3]) -> [[i32; 3]; 3] {
    let cofactor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: i32 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| cofactor(j, i) * determinant))
}

/// Crystal described by the cell vectors M·(a, b, c): hkl' = M·hkl, x' = M⁻ᵀ·x.
fn rebased(structure: &Structure, m: [[i32; 3]; 3]) -> Structure {
    let old = structure.lattice().vectors();
    let combine = |row: [i32; 3]| {
        [0, 1, 2].map(|k| (0..3).map(|j| f64::from(row[j]) * old[j][k]).sum::<f64>())
    };
    let lattice = Lattice::from_vectors(m.map(combine)).unwrap();
    let back = inverse(m);
    let atoms = structure.atoms().iter().map(|atom| {
        let coordinate = |i: usize| {
            (0..3)
                .map(|j| f64::from(back[j][i]) * atom.position[j])
                .sum()
        };
        Atom {
            position: [0, 1, 2].map(coordinate),
            displacement: None,
            ..*atom
        }
    });
    Structure::new(lattice, atoms.collect()).unwrap()
}

fn isotropic(structure: &Structure) -> Structure {
    let atoms = structure.atoms().iter().map(|a| Atom {
        displacement: None,
        ..*a
    });
    Structure::new(*structure.lattice(), atoms.collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_reflection_is_the_plain_sum(structure in any_structure(), low in 0.0..40.0f64) {
        let d = cu_k_alpha();
        let found = ReflectionColumns::pairs(&structure, &d, low..=100.0).unwrap();
        let strongest = found.f_squared.iter().copied().fold(0.0, f64::max);
        let plain = plain_reflections(&structure, &d, 100.0);
        let expected = plain.iter().filter(|p| p.0 > [0; 3] && p.1 >= low);
        prop_assert_eq!(found.hkl.len(), expected.clone().count());
        for (r, (hkl, angle, intensity)) in found.reflections().zip(expected) {
            let f_squared = plain_f_squared(&structure, &d, *hkl);
            prop_assert_eq!(r.hkl, *hkl);
            prop_assert!((r.structure_factor_squared - f_squared).abs() < 1e-12 * strongest);
            prop_assert!((r.two_theta_deg - angle).abs() < 1e-11);
            prop_assert!((r.intensity - 2.0 * intensity).abs() < 1e-10 * r.intensity.max(*intensity));
        }
    }

    #[test]
    fn dispersion_shows_the_mean_of_friedel_pairs(structure in any_structure()) {
        let d = Diffraction { dispersion: true, ..cu_k_alpha() };
        let found = ReflectionColumns::pairs(&structure, &d, 0.0..=100.0).unwrap();
        let strongest = found.f_squared.iter().copied().fold(0.0, f64::max);
        let mut unlike = 0;
        for (hkl, f_squared) in found.hkl.iter().zip(&found.f_squared) {
            let one = plain_f_squared(&structure, &d, *hkl);
            let other = plain_f_squared(&structure, &d, hkl.map(|x| -x));
            prop_assert!((f_squared - (one + other) / 2.0).abs() < 1e-12 * strongest);
            unlike += usize::from((one - other).abs() > 1e-3 * strongest);
        }
        // Four atoms in general positions have no centre of symmetry.
        prop_assert!(unlike > 0);
    }

    #[test]
    fn families_carry_the_plain_sum(structure in any_structure()) {
        let (d, high) = (cu_k_alpha(), 100.0);
        let plain = plain_reflections(&structure, &d, high);
        let slow = histogram(plain.into_iter().map(|(_, angle, i)| (angle, i)), high);
        assert_same(&slow, &binned(&structure, high), 1e-7);
    }

    #[test]
    fn origin_and_supercell_do_not_matter(
        structure in any_structure(), shift in prop::array::uniform3(-1.0..1.0f64), n in 1usize..4,
    ) {
        let structure = isotropic(&structure);
        let shifted = structure.atoms().iter().map(|a| {
            let position = [0, 1, 2].map(|i| a.position[i] + shift[i]);
            Atom { position, ..*a }
        });
        let shifted = Structure::new(*structure.lattice(), shifted.collect()).unwrap();
        let larger = supercell(&shifted, [1, n, 2]).unwrap();
        assert_same(&binned(&structure, 90.0), &binned(&larger, 90.0), 1e-7);
    }

    #[test]
    fn the_choice_of_cell_vectors_does_not_matter(
        structure in any_structure(), m in any_unimodular(),
    ) {
        let (one, other) = (isotropic(&structure), rebased(&structure, m));
        assert_same(&binned(&one, 90.0), &binned(&other, 90.0), 1e-7);
    }

    #[test]
    fn opposite_reflections_are_equal(structure in any_structure(), hkl in prop::array::uniform3(-6..7i32)) {
        prop_assume!(hkl != [0; 3]);
        let d = cu_k_alpha();
        let (one, other) = (hkl, hkl.map(|x| -x));
        let (one, other) =
            (plain_f_squared(&structure, &d, one), plain_f_squared(&structure, &d, other));
        prop_assert!((one - other).abs() <= 1e-12 * one.max(other));
        // Mirroring exchanges the reflections of the crystal.
        let mirrored = structure.atoms().iter().map(|a| {
            let position = a.position.map(|x| -x);
            Atom { position, ..*a }
        });
        let mirrored = Structure::new(*structure.lattice(), mirrored.collect()).unwrap();
        assert_same(&binned(&structure, 80.0), &binned(&mirrored, 80.0), 1e-9);
    }

    #[test]
    fn known_symmetry_gives_the_same_families(
        symbols in prop::sample::select(vec![["Na", "Cl"], ["Si", "Si"], ["Ca", "F"]]),
        x in 0.05..0.45f64, kind in 0usize..3, shift in prop::array::uniform3(0.0..1.0f64),
    ) {
        // Two primitive, body-centred or face-centred lattices, one of them split along c.
        let centres: &[[f64; 3]] = match kind {
            0 => &FACE_CENTRED[..1],
            1 => &[[0.0; 3], [0.5; 3]],
            _ => &FACE_CENTRED,
        };
        let at = |t: &[f64; 3], z: f64| [t[0] + shift[0], t[1] + shift[1], t[2] + z + shift[2]];
        let atoms: Vec<_> = centres
            .iter()
            .flat_map(|t| [(symbols[0], at(t, 0.0)), (symbols[1], at(t, x)), (symbols[1], at(t, -x))])
            .collect();
        let crystal = structure([4.6, 4.6, 6.1, 90.0, 90.0, 90.0], &atoms);
        let symmetry = Symmetry::within(&crystal, 1e-6).unwrap();
        prop_assert!(symmetry.rotations.len() >= 16 * centres.len());
        let d = cu_k_alpha();
        let plain = reflections(&crystal, &d, 5.0..=90.0).unwrap();
        let by_symmetry = reflections_by_symmetry(&crystal, &symmetry, &d, 5.0..=90.0).unwrap();
        let rows = |all: &[Reflection]| -> Vec<_> {
            all.iter().map(|r| (r.hkl, r.multiplicity)).collect()
        };
        prop_assert_eq!(rows(&plain), rows(&by_symmetry));
        for (a, b) in plain.iter().zip(&by_symmetry) {
            prop_assert!((a.intensity - b.intensity).abs() < 1e-9 * plain[0].intensity.max(a.intensity));
        }
    }
}
