//! Tests of systematic absences by centrings, screw axes and glide planes.
//!
//! # References
//! International Tables for Crystallography A (2016), tables 1.6.4.1 to 1.6.4.3.

use super::*;
use xrd_core::{Atom, Lattice};

type Rotation = [[i32; 3]; 3];

const IDENTITY: Rotation = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const TWO_ALONG_B: Rotation = [[-1, 0, 0], [0, 1, 0], [0, 0, -1]];
const MIRROR_ACROSS_B: Rotation = [[1, 0, 0], [0, -1, 0], [0, 0, 1]];
const FOUR_ALONG_C: Rotation = [[0, -1, 0], [1, 0, 0], [0, 0, 1]];
const THREE_ALONG_C: Rotation = [[0, -1, 0], [1, -1, 0], [0, 0, 1]];
const SIX_ALONG_C: Rotation = [[1, -1, 0], [1, 0, 0], [0, 0, 1]];

const H: f64 = 1.0 / 2.0;
const Q: f64 = 1.0 / 4.0;
const T: f64 = 1.0 / 3.0;
const S: f64 = 1.0 / 6.0;

const MONOCLINIC: [f64; 6] = [5.1, 6.3, 7.2, 90.0, 101.0, 90.0];
const TETRAGONAL: [f64; 6] = [5.1, 5.1, 7.2, 90.0, 90.0, 90.0];
const ORTHORHOMBIC: [f64; 6] = [6.1, 7.3, 8.2, 90.0, 90.0, 90.0];
const HEXAGONAL: [f64; 6] = [5.1, 5.1, 7.2, 90.0, 90.0, 120.0];
const TRICLINIC: [f64; 6] = [5.1, 6.3, 7.2, 82.0, 101.0, 95.0];

/// Two kinds of atom in general positions, with all their images under powers of one operation and
/// under the centring translations.
fn crystal(
    cell: [f64; 6],
    (rotation, translation): (Rotation, [f64; 3]),
    centring: &[[f64; 3]],
) -> Structure {
    let [a, b, c, al, be, ga] = cell;
    let lattice = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
    let mut atoms: Vec<Atom> = Vec::new();
    for (symbol, position) in [("Fe", [0.113, 0.227, 0.071]), ("O", [0.391, 0.055, 0.302])] {
        let element = symbol.parse().unwrap();
        let mut image = position;
        for _ in 0..12 {
            for t in centring {
                let at = [0, 1, 2].map(|i| (image[i] + t[i]).rem_euclid(1.0));
                let same = |old: &Atom| {
                    let off = |i: usize| {
                        let x: f64 = old.position[i] - at[i];
                        (x - x.round()).abs() < 1e-9
                    };
                    old.element() == element && (0..3).all(off)
                };
                if !atoms.iter().any(same) {
                    atoms.push(Atom::new(element, at));
                }
            }
            let turned = |i: usize| {
                (0..3)
                    .map(|j| f64::from(rotation[i][j]) * image[j])
                    .sum::<f64>()
            };
            image = [0, 1, 2].map(|i| turned(i) + translation[i]);
        }
    }
    Structure::new(lattice, atoms).unwrap()
}

/// Checks that exactly the reflections of the rule are absent; atoms are in general positions.
fn assert_extinct(name: &str, structure: &Structure, absent: fn([i32; 3]) -> bool) {
    let d = Diffraction::new(Wavelength::angstrom(1.2).unwrap());
    let all = ReflectionColumns::pairs(structure, &d, 0.0..=100.0).unwrap();
    let strongest = all.f_squared.iter().copied().fold(0.0, f64::max);
    let (mut extinct, mut seen) = (0, 0);
    for (hkl, f_squared) in all.hkl.iter().zip(&all.f_squared) {
        if absent(*hkl) {
            assert!(
                f_squared < &(1e-24 * strongest),
                "{name}: {hkl:?} {f_squared:e}"
            );
            extinct += 1;
        } else {
            assert!(
                f_squared > &(1e-12 * strongest),
                "{name}: {hkl:?} {f_squared:e}"
            );
            seen += 1;
        }
    }
    assert!(extinct > 0 && seen > 0, "{name}");
    let symmetry = Symmetry::within(structure, 1e-5).unwrap();
    let by_symmetry =
        ReflectionColumns::of(structure, &d, 0.0..=100.0, &Families::of(&symmetry)).unwrap();
    assert!(!by_symmetry.hkl.iter().any(|hkl| absent(*hkl)), "{name}");
    let total = |p: &ReflectionColumns| p.intensity.iter().sum::<f64>();
    assert!(
        (total(&by_symmetry) / total(&all) - 1.0).abs() < 1e-9,
        "{name}"
    );
}

fn odd(n: i32) -> bool {
    n % 2 != 0
}

#[test]
fn centrings_extinguish_what_they_should() {
    let of = |cell, centring: &[[f64; 3]]| {
        let all = [&[[0.0; 3]], centring].concat();
        crystal(cell, (IDENTITY, [0.0; 3]), &all)
    };
    assert_extinct("A", &of(TRICLINIC, &[[0.0, H, H]]), |[_, k, l]| odd(k + l));
    assert_extinct("B", &of(TRICLINIC, &[[H, 0.0, H]]), |[h, _, l]| odd(h + l));
    assert_extinct("C", &of(TRICLINIC, &[[H, H, 0.0]]), |[h, k, _]| odd(h + k));
    assert_extinct("I", &of(TRICLINIC, &[[H, H, H]]), |[h, k, l]| {
        odd(h + k + l)
    });
    let f = of(TRICLINIC, &[[0.0, H, H], [H, 0.0, H], [H, H, 0.0]]);
    assert_extinct("F", &f, |[h, k, l]| odd(h + k) || odd(k + l));
    let r = of(HEXAGONAL, &[[2.0 * T, T, T], [T, 2.0 * T, 2.0 * T]]);
    assert_extinct("R", &r, |[h, k, l]| (-h + k + l) % 3 != 0);
}

#[test]
fn screw_axes_extinguish_what_they_should() {
    let of = |cell, rotation, translation| crystal(cell, (rotation, translation), &[[0.0; 3]]);
    let two = of(MONOCLINIC, TWO_ALONG_B, [0.0, H, 0.0]);
    assert_extinct("2_1", &two, |[h, k, l]| h == 0 && l == 0 && odd(k));
    for turn in [T, 2.0 * T] {
        let three = of(HEXAGONAL, THREE_ALONG_C, [0.0, 0.0, turn]);
        assert_extinct("3_1, 3_2", &three, |[h, k, l]| {
            h == 0 && k == 0 && l % 3 != 0
        });
    }
    for turn in [Q, 3.0 * Q] {
        let four = of(TETRAGONAL, FOUR_ALONG_C, [0.0, 0.0, turn]);
        assert_extinct("4_1, 4_3", &four, |[h, k, l]| {
            h == 0 && k == 0 && l % 4 != 0
        });
    }
    let four = of(TETRAGONAL, FOUR_ALONG_C, [0.0, 0.0, H]);
    assert_extinct("4_2", &four, |[h, k, l]| h == 0 && k == 0 && odd(l));
    let six = of(HEXAGONAL, SIX_ALONG_C, [0.0, 0.0, S]);
    assert_extinct("6_1", &six, |[h, k, l]| h == 0 && k == 0 && l % 6 != 0);
    let six = of(HEXAGONAL, SIX_ALONG_C, [0.0, 0.0, T]);
    assert_extinct("6_2", &six, |[h, k, l]| h == 0 && k == 0 && l % 3 != 0);
    let six = of(HEXAGONAL, SIX_ALONG_C, [0.0, 0.0, H]);
    assert_extinct("6_3", &six, |[h, k, l]| h == 0 && k == 0 && odd(l));
}

#[test]
fn glide_planes_extinguish_what_they_should() {
    let of = |translation| crystal(MONOCLINIC, (MIRROR_ACROSS_B, translation), &[[0.0; 3]]);
    assert_extinct("a", &of([H, 0.0, 0.0]), |[h, k, _]| k == 0 && odd(h));
    assert_extinct("c", &of([0.0, 0.0, H]), |[_, k, l]| k == 0 && odd(l));
    assert_extinct("n", &of([H, 0.0, H]), |[h, k, l]| k == 0 && odd(h + l));
    let faces = [[0.0; 3], [0.0, H, H], [H, 0.0, H], [H, H, 0.0]];
    let diamond = crystal(ORTHORHOMBIC, (MIRROR_ACROSS_B, [Q, 0.0, Q]), &faces);
    assert_extinct("d", &diamond, |[h, k, l]| {
        odd(h + k) || odd(k + l) || k == 0 && (h + l) % 4 != 0
    });
}
