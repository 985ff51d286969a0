use xrd_core::{Element, Wavelength};

use super::*;
use crate::smfe12::{Composition, average_crystal};
use crate::{Symmetry, reflections, supercell};

fn beam() -> Diffraction {
    Diffraction::new(Wavelength::angstrom(0.9).unwrap())
}

fn structure(cell: [f64; 6], sites: &[(&str, [f64; 3])]) -> Structure {
    let [a, b, c, alpha, beta, gamma] = cell;
    let lattice = Lattice::from_parameters(a, b, c, alpha, beta, gamma).unwrap();
    let atom = |(symbol, position): &(&str, [f64; 3])| {
        Atom::new(symbol.parse::<Element>().unwrap(), *position)
    };
    Structure::new(lattice, sites.iter().map(atom).collect()).unwrap()
}

fn free(structure: &Structure) -> Vec<FreeParameter> {
    free_parameters(structure, 1e-3, &beam()).unwrap()
}

fn names(structure: &Structure) -> Vec<String> {
    free(structure)
        .iter()
        .map(|p| p.name().to_owned())
        .collect()
}

/// Rutile: u of oxygen on 4f (x, x, 0) is its only coordinate.
fn rutile() -> Structure {
    let u = 0.305;
    let sites = [
        ("Ti", [0.0; 3]),
        ("Ti", [0.5; 3]),
        ("O", [u, u, 0.0]),
        ("O", [-u, -u, 0.0]),
        ("O", [0.5 + u, 0.5 - u, 0.5]),
        ("O", [0.5 - u, 0.5 + u, 0.5]),
    ];
    structure([4.594, 4.594, 2.959, 90.0, 90.0, 90.0], &sites)
}

#[test]
fn wyckoff_positions_have_their_free_coordinates() {
    let of_rutile = names(&rutile());
    assert_eq!(of_rutile[..3], ["a", "c", "c/a"]);
    let coordinates: Vec<&String> = of_rutile.iter().filter(|n| n.starts_with("x of")).collect();
    assert_eq!(coordinates, ["x of O 4f"]);
    assert!(
        !of_rutile
            .iter()
            .any(|n| n.starts_with("y of") || n.starts_with("z of"))
    );

    // The sites of ThMn12 are 8f (1/4, 1/4, 1/4), 8j (x, 1/2, 0) and 8i (x, 0, 0).
    let expected = [
        "a",
        "c",
        "c/a",
        "occupancy of Sm 2a",
        "B of Sm 2a",
        "occupancy of Fe 8f",
        "B of Fe 8f",
        "x of Fe 8j",
        "occupancy of Fe 8j",
        "B of Fe 8j",
        "x of Fe/Ti 8i",
        "Ti for Fe on 8i",
        "B of Fe/Ti 8i",
    ];
    let found = names(&average_crystal(Composition::Titanium(4)).unwrap());
    assert_eq!(found, expected);

    let cubic = structure([3.6, 3.6, 3.6, 90.0, 90.0, 90.0], &[("Cu", [0.0; 3])]);
    assert_eq!(names(&cubic), ["a", "occupancy of Cu 1a", "B of Cu 1a"]);
    let triclinic = structure(
        [3.0, 4.0, 5.0, 80.0, 95.0, 103.0],
        &[
            ("Na", [0.0; 3]),
            ("Cl", [0.4, 0.55, 0.61]),
            ("Cl", [0.6, 0.45, 0.39]),
        ],
    );
    let names = names(&triclinic);
    assert_eq!(names[..6], ["a", "b", "c", "alpha", "beta", "gamma"]);
    assert_eq!(names.iter().filter(|n| n.contains(" of Cl")).count(), 5);
}

/// Checks that each change keeps the space group (unless an atom of a mixed site runs out) and
/// changes the pattern.
#[test]
fn symmetry_stays_and_the_pattern_changes() {
    let mixed = average_crystal(Composition::Titanium(4)).unwrap();
    let doubled = supercell(&rutile(), [1, 1, 2]).unwrap();
    for structure in [mixed, rutile(), doubled] {
        let group = Symmetry::within(&structure, 1e-3).unwrap().space_group;
        let lines = |s: &Structure| reflections(s, &beam(), 10.0..=60.0).unwrap();
        let before = lines(&structure);
        for parameter in free(&structure) {
            let name = parameter.name();
            let amount = -5.0 * parameter.kind().usual_change();
            let changed = parameter.changed(&structure, amount).unwrap();
            assert_eq!(
                Symmetry::within(&changed, 1e-3).unwrap().space_group,
                group,
                "{name}"
            );
            let after = lines(&changed);
            let moved = before.len() != after.len()
                || before.iter().zip(&after).any(|(a, b)| {
                    let angle = (a.two_theta_deg - b.two_theta_deg).abs();
                    angle > 1e-5 || (a.intensity / b.intensity - 1.0).abs() > 1e-6
                });
            assert!(moved, "{name}");
            // The opposite change restores the structure.
            let back = parameter.changed(&changed, -amount).unwrap();
            for (a, b) in back.atoms().iter().zip(structure.atoms()) {
                let same = |(x, y): (&f64, &f64)| (x - y).abs() < 1e-9;
                assert!(a.position.iter().zip(&b.position).all(same), "{name}");
                assert!((a.occupancy - b.occupancy).abs() < 1e-9, "{name}");
            }
        }
    }
}

#[test]
fn changes_are_in_their_units() {
    let rutile = rutile();
    let free = free(&rutile);
    let of = |name: &str| free.iter().find(|p| p.name() == name).unwrap();
    let lengths = |s: &Structure| s.lattice().lengths();
    let longer = lengths(&of("a").changed(&rutile, 0.01).unwrap());
    assert!((longer[0] / 4.594 - 1.01).abs() < 1e-12 && (longer[2] - 2.959).abs() < 1e-9);
    let stretched = of("c/a").changed(&rutile, 0.001).unwrap();
    let ratio = |l: [f64; 3]| l[2] / l[0];
    let change = ratio(lengths(&stretched)) / ratio(lengths(&rutile)) - 1.0;
    assert!((change - 0.001).abs() < 1e-6);
    let volume = stretched.lattice().volume() / rutile.lattice().volume() - 1.0;
    assert!(volume.abs() < 1e-6);
    let x = of("x of O 4f");
    assert_eq!(x.kind(), ParameterKind::Coordinate);
    let moved = x.changed(&rutile, 0.1).unwrap();
    for i in 2..6 {
        let (a, b) = (moved.atoms()[i].position, rutile.atoms()[i].position);
        let way = rutile.lattice().cartesian([0, 1, 2].map(|k| a[k] - b[k]));
        let length = way.iter().map(|v| v * v).sum::<f64>().sqrt();
        assert!((length - 0.1).abs() < 1e-9, "{length}");
    }
    let wider = of("B of O 4f").changed(&rutile, 0.2).unwrap();
    let b = wider.atoms()[3]
        .displacement
        .unwrap()
        .b_equivalent(wider.lattice());
    assert!((b - beam().b_iso - 0.2).abs() < 1e-12);
    assert!(of("occupancy of Ti 2a").changed(&rutile, 0.01).is_err());
}

/// An isotropic displacement stays isotropic, also if written as an anisotropic one.
#[test]
fn anisotropic_displacements_widen_alike() {
    let lattice = Lattice::from_parameters(3.0, 4.0, 5.0, 80.0, 95.0, 103.0).unwrap();
    let flat = Displacement::Anisotropic([0.01, 0.02, 0.03, 0.001, 0.002, 0.003]);
    let wide = wider(flat, 0.4, &lattice);
    let Displacement::Isotropic(more) = Displacement::from_b_iso(0.4) else {
        unreachable!()
    };
    for hkl in [[1, 0, 0], [0, 1, 0], [1, 2, -3], [-2, 1, 1]] {
        let change = wide.along(hkl, &lattice) - flat.along(hkl, &lattice);
        assert!((change - more).abs() < 1e-12);
    }
}
