//! Lines of corundum, the impurity of a robustness test.

use xrd_core::{Atom, Element, Lattice, Structure, TwoThetaGrid, Wavelength};
use xrd_sim::{Diffraction, reflections};

use crate::error::Result;

/// Cell lengths a and c in Å: T. C. Huang, W. Parrish, N. Masciocchi and P. W. Wang, Adv. X-Ray
/// Anal. 33, 295 (1990), powder diffraction file 46-1212.
const CELL: [f64; 2] = [4.7587, 12.9929];

/// Coordinate z of Al on 12c and x of O on 18e: L. W. Finger and R. M. Hazen, J. Appl. Phys. 49, 5823
/// (1978).
const ALUMINIUM_Z: f64 = 0.3522;
const OXYGEN_X: f64 = 0.3062;

/// Smallest intensity of a line, relative to the strongest line of corundum.
const WEAKEST: f64 = 1e-3;

/// Largest angle 2θ of a line in degrees.
const LAST_DEG: f64 = 179.0;

/// Smallest d spacing in Å up to which the strongest line is searched. The strongest lines of corundum
/// have d spacings above 1.6 Å.
const SEARCHED_D: f64 = 1.5;

/// Lines of a phase: the angle 2θ in degrees and the relative intensity of each line.
pub(super) type Lines = Vec<(f64, f64)>;

/// Returns the lines of corundum, α-Al₂O₃, on a grid. Lines that are weaker than a thousandth of the
/// strongest line of corundum are left out. The list is empty if no line is in the range.
///
/// # Errors
/// Any error of [`reflections`].
pub(super) fn lines(grid: &TwoThetaGrid, wavelength: Wavelength) -> Result<Lines> {
    let sine = (wavelength.as_angstrom() / (2.0 * SEARCHED_D)).min(1.0);
    let searched = 2.0 * sine.asin().to_degrees();
    let to = grid.last().max(searched).min(LAST_DEG);
    let diffraction = Diffraction::new(wavelength).with_weakest(WEAKEST);
    let lines = reflections(&structure()?, &diffraction, 0.0..=to)?;
    let inside = |r: &&xrd_sim::Reflection| (grid.start()..=grid.last()).contains(&r.two_theta_deg);
    let line = |r: &xrd_sim::Reflection| (r.two_theta_deg, r.intensity);
    Ok(lines.iter().filter(inside).map(line).collect())
}

/// Returns the structure of corundum, space group R-3c, in its hexagonal cell.
fn structure() -> Result<Structure> {
    let [a, c] = CELL;
    let lattice = Lattice::from_parameters(a, a, c, 90.0, 90.0, 120.0)?;
    let (z, x) = (ALUMINIUM_Z, OXYGEN_X);
    let aluminium = [z, 0.5 - z, -z, 0.5 + z].map(|z| [0.0, 0.0, z]);
    let oxygen = [[x, 0.0], [0.0, x], [-x, -x]];
    let above = oxygen.map(|[x, y]| [x, y, 0.25]);
    let below = oxygen.map(|[x, y]| [-x, -y, 0.75]);
    let mut atoms = Vec::new();
    for (element, positions) in [("Al", &aluminium[..]), ("O", &[above, below].concat())] {
        let element: Element = element.parse()?;
        for centring in [
            [0.0; 3],
            [2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
            [1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0],
        ] {
            let moved =
                |p: &[f64; 3]| std::array::from_fn(|i| (p[i] + centring[i]).rem_euclid(1.0));
            atoms.extend(positions.iter().map(|p| Atom::new(element, moved(p))));
        }
    }
    Ok(Structure::new(lattice, atoms)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_sim::Anode;

    #[test]
    fn the_lines_are_those_of_the_powder_diffraction_file() {
        let found = structure().unwrap();
        assert_eq!(found.atoms().len(), 30);
        let grid = TwoThetaGrid::new(20.0, 0.02, 2500).unwrap();
        let lines = lines(&grid, Anode::Cu.k_alpha1()).unwrap();
        // Angles of 46-1212: 012, 104, 110, 113, 024, 116.
        for angle in [25.578, 35.152, 37.776, 43.355, 52.549, 57.496] {
            let near = lines.iter().any(|l| (l.0 - angle).abs() < 0.01);
            assert!(near, "{angle}: {lines:?}");
        }
        // 003 is absent because of the glide plane.
        assert!(lines.iter().all(|l| (l.0 - 20.49).abs() > 0.5), "{lines:?}");
        let strongest = lines.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert!(
            [35.152, 43.355, 57.496]
                .iter()
                .any(|a| (a - strongest.0).abs() < 0.01)
        );
        let outside = TwoThetaGrid::new(2.0, 0.02, 400).unwrap();
        assert!(
            super::lines(&outside, Anode::Cu.k_alpha1())
                .unwrap()
                .is_empty()
        );
    }
}
