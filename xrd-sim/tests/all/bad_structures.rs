//! Tests of impossible and unusual structures: each gives a clear error or a defined result.

use xrd_core::{Atom, Element, Lattice, Structure, TwoThetaGrid, Wavelength};
use xrd_sim::{Diffraction, Error, Profile, Shape, reflections, simulate, supercell};

fn cubic(a: f64, positions: &[[f64; 3]]) -> xrd_core::Result<Structure> {
    let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0)?;
    let iron = "Fe".parse()?;
    Structure::new(
        cell,
        positions.iter().map(|p| Atom::new(iron, *p)).collect(),
    )
}

fn cu() -> Diffraction {
    Diffraction::new(Wavelength::angstrom(1.540_593).unwrap())
}

fn message<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.err().unwrap().to_string()
}

#[test]
fn a_cell_of_no_volume_is_refused() {
    let flat = Lattice::from_vectors([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [3.0, 3.0, 0.0]]);
    assert_eq!(
        message(flat),
        "cell volume is 0 (expected > 0 cubic angstrom)"
    );
    let angles = Lattice::from_parameters(3.0, 3.0, 3.0, 30.0, 30.0, 90.0);
    assert!(message(angles).contains("the three angles span no cell"));
}

#[test]
fn coordinates_that_are_no_numbers_are_refused() {
    let found = message(cubic(3.0, &[[0.0, f64::NAN, 0.0]]));
    assert_eq!(found, "coordinate 1 is NaN (expected a finite number)");
    assert!(cubic(3.0, &[[f64::INFINITY, 0.0, 0.0]]).is_err());
}

#[test]
fn coordinates_far_outside_the_cell_are_moved_into_it() {
    let lines = |shift: f64| {
        let crystal = cubic(3.0, &[[0.25 + shift, 0.0, 0.0], [0.5, 0.5, 0.5 - shift]]).unwrap();
        reflections(&crystal, &cu(), 5.0..=90.0).unwrap()
    };
    assert_eq!(lines(0.0), lines(1024.0));
}

#[test]
fn unknown_elements_are_refused() {
    assert!(message("Xx".parse::<Element>()).contains("Xx"));
    let mut atom = Atom::new("Es".parse().unwrap(), [0.0; 3]);
    atom.species.charge = Some(3);
    let cell = Lattice::from_parameters(4.0, 4.0, 4.0, 90.0, 90.0, 90.0).unwrap();
    let einsteinium = Structure::new(cell, vec![atom]).unwrap();
    let found = message(reflections(&einsteinium, &cu(), 5.0..=90.0));
    assert_eq!(
        found,
        "no form factor for Es (Z = 99; the table ends at 98)"
    );
}

#[test]
fn occupancies_over_one_are_refused() {
    let mut atoms = cubic(3.0, &[[0.0; 3]]).unwrap().atoms().to_vec();
    atoms[0].occupancy = 1.25;
    let cell = Lattice::from_parameters(3.0, 3.0, 3.0, 90.0, 90.0, 90.0).unwrap();
    assert_eq!(
        message(Structure::new(cell, atoms)),
        "occupancy is 1.25 (expected 0 to 1)"
    );
}

#[test]
fn atoms_on_one_site_are_refused_unless_they_share_it() {
    let doubled = cubic(3.0, &[[0.0; 3], [0.5; 3], [0.999, 0.0, 0.0]]).unwrap();
    assert_eq!(
        message(reflections(&doubled, &cu(), 5.0..=90.0)),
        "atoms 0 and 2 are 0.003 angstrom apart with occupancies that add up to 2 \
         (expected at most 1 per site)"
    );
    let mut atoms = doubled.atoms().to_vec();
    (atoms[0].occupancy, atoms[2].occupancy) = (0.7, 0.41);
    let crowded = Structure::new(*doubled.lattice(), atoms.clone()).unwrap();
    // Rounded from 1.1099999999999999.
    let told = message(reflections(&crowded, &cu(), 5.0..=90.0));
    assert!(told.contains("add up to 1.11 (expected"), "{told}");
    (atoms[0].occupancy, atoms[2].occupancy) = (0.4, 0.6);
    let shared = Structure::new(*doubled.lattice(), atoms).unwrap();
    assert!(!reflections(&shared, &cu(), 5.0..=90.0).unwrap().is_empty());
}

#[test]
fn ten_thousand_atoms_diffract_as_their_cell_does() {
    let cell = cubic(3.0, &[[0.0; 3], [0.5, 0.5, 0.4]]).unwrap();
    let crystal = supercell(&cell, [20, 20, 13]).unwrap();
    assert_eq!(crystal.atoms().len(), 10_400);
    let few = reflections(&cell, &cu(), 5.0..=40.0).unwrap();
    let many = reflections(&crystal, &cu(), 5.0..=40.0).unwrap();
    let total = |lines: &[xrd_sim::Reflection]| lines.iter().map(|r| r.intensity).sum::<f64>();
    assert!((total(&many) / total(&few) - 1.0).abs() < 1e-9);
}

#[test]
fn a_cell_too_large_to_count_its_reflections_is_refused() {
    let vast = cubic(1e4, &[[0.0; 3]]).unwrap();
    assert!(message(reflections(&vast, &cu(), 5.0..=90.0)).contains("candidate reflections"));
}

#[test]
fn a_wavelength_longer_than_twice_the_spacing_shows_nothing() {
    let iron = cubic(2.8665, &[[0.0; 3], [0.5; 3]]).unwrap();
    let long = Diffraction::new(Wavelength::angstrom(6.0).unwrap());
    assert_eq!(reflections(&iron, &long, 0.0..=179.0).unwrap(), []);
    let grid = TwoThetaGrid::new(5.0, 0.01, 8500).unwrap();
    let profile = Profile::new(Shape::Gaussian, 0.1).unwrap();
    let pattern = simulate(&iron, &long, &grid, &profile);
    assert!(matches!(pattern, Err(Error::NoReflections { .. })));
    assert_eq!(
        message(pattern),
        "no reflection between 5.00 and 89.99 degrees at 6 angstrom \
         (the largest d spacing is 2.8665 angstrom)"
    );
}
