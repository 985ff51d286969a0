//! Simulates the reflections and the powder pattern of rock salt.

use std::error::Error;

use xrd_core::{Atom, Lattice, Structure, TwoThetaGrid, Wavelength};
use xrd_examples::figure;
use xrd_sim::{Diffraction, Profile, Shape, reflections, simulate};

/// NaCl: two face-centred lattices, shifted by half a cell edge.
fn rock_salt() -> Result<Structure, Box<dyn Error>> {
    let cell = Lattice::from_parameters(5.6402, 5.6402, 5.6402, 90.0, 90.0, 90.0)?;
    let faces = [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ];
    let (sodium, chlorine) = ("Na".parse()?, "Cl".parse()?);
    let mut atoms = Vec::new();
    for [x, y, z] in faces {
        atoms.push(Atom::new(sodium, [x, y, z]));
        atoms.push(Atom::new(chlorine, [x + 0.5, y, z]));
    }
    Ok(Structure::new(cell, atoms)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let structure = rock_salt()?;
    let copper = Diffraction::new(Wavelength::angstrom(1.5406)?);
    let lines = reflections(&structure, &copper, 20.0..=80.0)?;
    println!(" hkl   planes      d      2θ   |F|²");
    for r in &lines {
        let [h, k, l] = r.hkl;
        println!(
            "{h:2}{k:2}{l:2} {:6} {:8.4} {:7.3} {:6.0}",
            r.multiplicity, r.d_angstrom, r.two_theta_deg, r.structure_factor_squared
        );
    }

    // Face centring: h, k and l are all odd or all even.
    let alike = |hkl: [i32; 3]| hkl.iter().all(|i| (i - hkl[0]) % 2 == 0);
    assert!(lines.iter().all(|r| alike(r.hkl)));
    let strongest = lines
        .iter()
        .max_by(|a, b| a.intensity.total_cmp(&b.intensity));
    let strongest = strongest.ok_or("there are reflections")?;
    assert_eq!((strongest.hkl, strongest.multiplicity), ([2, 0, 0], 6));

    let grid = TwoThetaGrid::new(20.0, 0.02, 3001)?;
    let profile = Profile::new(Shape::PseudoVoigt { eta: 0.5 }, 0.1)?;
    let pattern = simulate(&structure, &copper, &grid, &profile)?;
    let top = pattern.intensities().iter().position(|&v| v == 1.0);
    let top = grid.angle(top.ok_or("the maximum is 1")?);
    println!("the pattern is highest at {top:.2}°");
    let curves = [("NaCl, Cu Kα₁", pattern.intensities())];
    figure("02_simulate_a_structure", &grid, &curves)?;
    assert!((top - strongest.two_theta_deg).abs() <= 0.01 + 1e-9);
    Ok(())
}
