use super::*;
use crate::supercell;
use proptest::prelude::*;
use xrd_core::{Atom, Displacement, Element, Lattice};

fn cu_k_alpha() -> Diffraction {
    Diffraction::new(Wavelength::angstrom(1.540_593).unwrap())
}

fn element(symbol: &str) -> Element {
    symbol.parse().unwrap()
}

fn cubic(a: f64, atoms: &[(&str, [f64; 3])]) -> Structure {
    let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
    let atoms = atoms.iter().map(|(e, p)| Atom::new(element(e), *p));
    Structure::new(cell, atoms.collect()).unwrap()
}

fn rock_salt() -> Structure {
    let mut atoms = Vec::new();
    for t in [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ] {
        atoms.push(("Na", t));
        atoms.push(("Cl", [t[0] + 0.5, t[1], t[2]]));
    }
    cubic(5.6402, &atoms)
}

/// The plain sum over all of reciprocal space: (angle, intensity) of every single plane.
fn naive(structure: &Structure, d: &Diffraction, high: f64) -> Vec<(f64, f64)> {
    let mut lines = Vec::new();
    let n = 9;
    for h in -n..=n {
        for k in -n..=n {
            for l in -n..=n {
                let spacing = structure.lattice().d_spacing([h, k, l]);
                let angle = d.wavelength.two_theta_deg(spacing);
                let Some(angle) = angle.filter(|a| *a > 0.0 && *a <= high) else {
                    continue;
                };
                let s = 0.5 / spacing;
                let (mut re, mut im) = (0.0, 0.0);
                for atom in structure.atoms() {
                    let p = atom.position;
                    let hr = f64::from(h) * p[0] + f64::from(k) * p[1] + f64::from(l) * p[2];
                    let stated = atom
                        .displacement
                        .map(|u| u.b_equivalent(structure.lattice()));
                    let b = stated.unwrap_or(d.b_iso);
                    let f = FormFactor::of(atom.element()).unwrap().at(s);
                    let f = atom.occupancy * f * (-b * s * s).exp();
                    re += f * (TAU * hr).cos();
                    im += f * (TAU * hr).sin();
                }
                let v = structure.lattice().volume();
                lines.push((
                    angle,
                    (re * re + im * im) * lorentz_polarization(angle) / (v * v),
                ));
            }
        }
    }
    lines
}

/// Total intensity in each of 60 bins of angle.
fn histogram(lines: impl Iterator<Item = (f64, f64)>, high: f64) -> Vec<f64> {
    let mut bins = vec![0.0; 60];
    for (angle, intensity) in lines {
        // A hundredth of a bin aside, so that rounding does not move lines over an edge.
        bins[((angle / high * 59.0 + 0.013) as usize).min(59)] += intensity;
    }
    bins
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
fn diamond_glide_and_screw_lines_are_extinct() {
    let fcc = [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ];
    let mut atoms = Vec::new();
    for t in fcc {
        atoms.push(("Si", t));
        atoms.push(("Si", t.map(|x| x + 0.25)));
    }
    let found = reflections(&cubic(5.4309, &atoms), &cu_k_alpha(), 0.0..=140.0).unwrap();
    assert!(found.iter().all(|r| {
        let sum: i32 = r.hkl.iter().sum();
        r.hkl.iter().all(|x| x % 2 != 0) || sum % 4 == 0
    }));
    assert!(found.iter().any(|r| r.hkl == [4, 0, 0]));
    // (333) and (511) share a spacing and stay two families.
    let at_511: Vec<_> = found
        .iter()
        .filter(|r| [[5, 1, 1], [3, 3, 3]].contains(&r.hkl))
        .collect();
    let counts: Vec<_> = at_511.iter().map(|r| r.multiplicity).collect();
    assert_eq!(counts.iter().sum::<usize>(), 32);
    assert_eq!(counts.len(), 2);
}

#[test]
fn forward_scattering_is_the_number_of_electrons() {
    let salt = rock_salt();
    let d = Diffraction {
        b_iso: 0.0,
        ..cu_k_alpha()
    };
    let atoms = Scatterers::new(&salt, &d, &[1, 1, 1]).unwrap();
    let f2 = atoms.structure_factor_squared(&atoms.row(0, 0), 0, 0.0);
    assert!((f2.sqrt() - 4.0 * (11.0 + 17.0)).abs() < 0.1);
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

/// A low-symmetry cell of four atoms, one of them partly occupied.
fn any_structure() -> impl Strategy<Value = Structure> {
    let position = prop::array::uniform3(0.0..1.0f64);
    let length = 4.0..7.0f64;
    let angle = 80.0..105.0f64;
    (
        prop::array::uniform4(position),
        (length.clone(), length.clone(), length),
        (angle.clone(), angle.clone(), angle),
    )
        .prop_map(|(positions, (a, b, c), (al, be, ga))| {
            let cell = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
            let kinds = ["Fe", "O", "O", "Zr"].map(element);
            let mut atoms: Vec<Atom> = (0..4).map(|i| Atom::new(kinds[i], positions[i])).collect();
            atoms[3].occupancy = 0.7;
            atoms[1].displacement = Some(Displacement::from_b_iso(1.3));
            Structure::new(cell, atoms).unwrap()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn families_carry_the_plain_sum(structure in any_structure()) {
        let (d, high) = (cu_k_alpha(), 100.0);
        let fast = reflections(&structure, &d, 0.0..=high).unwrap();
        let fast = histogram(fast.iter().map(|r| (r.two_theta_deg, r.intensity)), high);
        let slow = histogram(naive(&structure, &d, high).into_iter(), high);
        assert_same(&slow, &fast, 1e-7);
    }

    #[test]
    fn origin_and_supercell_do_not_matter(
        structure in any_structure(), shift in prop::array::uniform3(-1.0..1.0f64), n in 1usize..4,
    ) {
        let shifted = structure.atoms().iter().map(|a| {
            let position = [0, 1, 2].map(|i| a.position[i] + shift[i]);
            Atom { position, ..*a }
        });
        let shifted = Structure::new(*structure.lattice(), shifted.collect()).unwrap();
        let larger = supercell(&shifted, [1, n, 2]).unwrap();
        let lines = |s: &Structure| {
            let found = reflections(s, &cu_k_alpha(), 0.0..=90.0).unwrap();
            histogram(found.iter().map(|r| (r.two_theta_deg, r.intensity)), 90.0)
        };
        assert_same(&lines(&structure), &lines(&larger), 1e-7);
    }
}
