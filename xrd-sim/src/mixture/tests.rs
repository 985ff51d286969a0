use super::*;
use crate::{
    AmorphousHump, Anode, CountingNoise, Emission, Error, Profile, Shape, measure, reflections,
};
use xrd_core::{Atom, Displacement, Lattice, Pattern, TwoThetaGrid};

fn crystal(cell: [f64; 6], atoms: &[(&str, [f64; 3])]) -> Structure {
    let [a, b, c, al, be, ga] = cell;
    let cell = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
    let atom = |(symbol, at): &(&str, [f64; 3])| Atom::new(symbol.parse().unwrap(), *at);
    Structure::new(cell, atoms.iter().map(atom).collect()).unwrap()
}

fn cubic(a: f64, atoms: &[(&str, [f64; 3])]) -> Structure {
    crystal([a, a, a, 90.0, 90.0, 90.0], atoms)
}

/// A face-centred cell with further atoms at these distances from every point of its lattice.
fn face_centred(a: f64, basis: &[(&str, [f64; 3])]) -> Structure {
    let centres = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
    let atoms: Vec<_> = centres
        .iter()
        .flat_map(|c| {
            basis
                .iter()
                .map(|(s, p)| (*s, [0, 1, 2].map(|i| c[i] + p[i])))
        })
        .collect();
    cubic(a, &atoms)
}

fn iron() -> Structure {
    cubic(2.8665, &[("Fe", [0.0; 3]), ("Fe", [0.5; 3])])
}

fn salt() -> Structure {
    face_centred(5.6402, &[("Na", [0.0; 3]), ("Cl", [0.5; 3])])
}

/// α-Al₂O₃: E. N. Maslen et al., Acta Cryst. B 49, 973 (1993).
fn corundum() -> Structure {
    let (z, x) = (0.35216, 0.30624);
    let mut atoms = Vec::new();
    for [u, v, w] in [
        [0.0; 3],
        [2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
        [1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0],
    ] {
        for z in [z, 0.5 - z, 1.0 - z, 0.5 + z] {
            atoms.push(("Al", [u, v, w + z]));
        }
        for (sign, level) in [(1.0, 0.25), (-1.0, 0.75)] {
            for [p, q] in [[x, 0.0], [0.0, x], [-x, -x]] {
                atoms.push(("O", [u + sign * p, v + sign * q, w + level]));
            }
        }
    }
    crystal([4.7587, 4.7587, 12.9929, 90.0, 90.0, 120.0], &atoms)
}

/// The isotropic displacement parameter B in Å² of all atoms.
fn with_b(structure: &Structure, b: f64) -> Structure {
    let mut atoms = structure.atoms().to_vec();
    atoms
        .iter_mut()
        .for_each(|a| a.displacement = Some(Displacement::from_b_iso(b)));
    Structure::new(*structure.lattice(), atoms).unwrap()
}

fn instrument() -> Instrument {
    let grid = TwoThetaGrid::new(20.0, 0.02, 3500).unwrap();
    Instrument::laboratory(0.1).unwrap().with_grid(grid)
}

fn mixture(structures: &[Structure]) -> Mixture {
    let mut mixture = Mixture::new(instrument());
    for structure in structures {
        mixture.add(structure.clone()).unwrap();
    }
    mixture
}

const NONE: PhaseEffects = PhaseEffects {
    broadening: None,
    texture: None,
    grain_statistics: None,
    lattice_strain: None,
};

const KEY: PatternKey = PatternKey::new(3, 8);

fn largest_difference(a: &Pattern, b: &Pattern) -> f64 {
    let pairs = a.intensities().iter().zip(b.intensities());
    pairs
        .map(|(a, b)| f64::from((a - b).abs()))
        .fold(0.0, f64::max)
}

/// Effects of every kind: of the pattern, and of one phase.
fn effects() -> (Effects, PhaseEffects) {
    let of_pattern = Effects::default()
        .with_emission(Emission::new(Anode::Cu, 0.5, 0.02).unwrap())
        .with_sample_displacement(crate::SampleDisplacement::new(0.1, 200.0).unwrap())
        .with_amorphous(vec![AmorphousHump::new(25.0, 10.0, 0.1).unwrap()])
        .with_counting_noise(CountingNoise::new(1e4).unwrap());
    let of_phase = PhaseEffects::default()
        .with_broadening(Broadening::new([0.0, 0.0, 0.01], 300.0, 0.001).unwrap())
        .with_texture(MarchDollase::new([1, 1, 1], 0.7).unwrap())
        .with_grain_statistics(GrainStatistics::new(0.2, 1).unwrap())
        .with_lattice_strain(LatticeStrain::new(0.002).unwrap());
    (of_pattern, of_phase)
}

#[test]
fn one_phase_alone_has_its_own_pattern() {
    let (of_pattern, of_phase) = effects();
    for dispersion in [false, true] {
        let mut instrument = instrument();
        instrument.diffraction.dispersion = dispersion;
        let mut mixture = Mixture::new(instrument);
        for structure in [salt(), corundum()] {
            mixture.add(structure).unwrap();
        }
        for (weights, own) in [([2.0, 0.0], salt()), ([0.0, 0.1], corundum())] {
            for (of_pattern, of_phase) in [(of_pattern.clone(), of_phase), Default::default()] {
                let mixed = mixture
                    .measure(&weights, &[of_phase; 2], &of_pattern, KEY)
                    .unwrap();
                let alone = of_phase.within(&of_pattern);
                let alone = alone.with_amorphous(of_pattern.amorphous.clone());
                let own = measure(&own, &instrument, &alone, KEY).unwrap();
                // Noise is in whole counts of 10⁻⁴.
                assert!(largest_difference(&mixed, &own) < 3e-4);
            }
        }
    }
}

#[test]
fn a_mixture_is_the_sum_of_its_phases_by_weight() {
    let both = mixture(&[salt(), iron()]);
    let drawn = both.draw(&[NONE; 2], &Effects::default()).unwrap();
    let parts: Vec<_> = [[1.0, 0.0], [0.0, 1.0]]
        .map(|w| drawn.mix(&w, KEY).unwrap())
        .to_vec();
    let heights = drawn.heights();
    for weight in [0.05, 0.3, 0.8] {
        let weights = [weight, 1.0 - weight];
        let mixed = drawn.mix(&weights, KEY).unwrap();
        let scale = mixed.scale().factor;
        for i in 0..mixed.intensities().len() {
            let part = |p: usize| weights[p] * heights[p] * f64::from(parts[p].intensities()[i]);
            let sum = scale * (part(0) + part(1));
            assert!((f64::from(mixed.intensities()[i]) - sum).abs() < 1e-6);
        }
    }
}

/// A supercell and an inverted mixture are the same specimen.
#[test]
fn the_choice_of_the_cell_and_the_order_change_nothing() {
    let double = crate::supercell(&iron(), [2, 1, 1]).unwrap();
    let one = mixture(&[salt(), iron()]);
    let other = mixture(&[double, salt()]);
    let patterns = [
        one.measure(&[0.6, 0.4], &[NONE; 2], &Effects::default(), KEY)
            .unwrap(),
        other
            .measure(&[0.4, 0.6], &[NONE; 2], &Effects::default(), KEY)
            .unwrap(),
    ];
    assert!(largest_difference(&patterns[0], &patterns[1]) < 1e-5);
    let moles = one.mole_fractions(&[0.6, 0.4]).unwrap();
    let expected = (0.6 / 58.443) / (0.6 / 58.443 + 0.4 / 55.845);
    assert!((moles[0] - expected).abs() < 1e-5, "{moles:?}");
    assert!((other.mole_fractions(&[0.4, 0.6]).unwrap()[1] - expected).abs() < 0.2);
}

/// The intensity of the strongest line of a phase, divided by that of corundum in a mixture of equal
/// weights, against I/Ic of the Powder Diffraction File.
#[test]
fn ratios_to_corundum_are_those_of_the_powder_diffraction_file() {
    let zincite = crystal(
        [3.2498, 3.2498, 5.2066, 90.0, 90.0, 120.0],
        &[
            ("Zn", [1.0 / 3.0, 2.0 / 3.0, 0.0]),
            ("Zn", [2.0 / 3.0, 1.0 / 3.0, 0.5]),
            ("O", [1.0 / 3.0, 2.0 / 3.0, 0.3821]),
            ("O", [2.0 / 3.0, 1.0 / 3.0, 0.8821]),
        ],
    );
    let x = 0.3053;
    let rutile = crystal(
        [4.5937, 4.5937, 2.9587, 90.0, 90.0, 90.0],
        &[
            ("Ti", [0.0; 3]),
            ("Ti", [0.5; 3]),
            ("O", [x, x, 0.0]),
            ("O", [-x, -x, 0.0]),
            ("O", [0.5 + x, 0.5 - x, 0.5]),
            ("O", [0.5 - x, 0.5 + x, 0.5]),
        ],
    );
    let fluorite = face_centred(
        5.4631,
        &[("Ca", [0.0; 3]), ("F", [0.25; 3]), ("F", [0.75; 3])],
    );
    let narrow = instrument().with_profile(Profile::new(Shape::Gaussian, 0.05).unwrap());
    // The wavelength is Kα1 and f′ counts, as in calculated entries.
    let narrow = narrow.with_diffraction(narrow.diffraction.with_dispersion(true));
    for (structure, b, expected) in [
        (salt(), 1.5, 4.4),
        (zincite, 0.6, 5.4),
        (rutile, 0.5, 3.5),
        (fluorite, 0.7, 4.0),
    ] {
        let mut mixture = Mixture::new(narrow);
        mixture.add(with_b(&structure, b)).unwrap();
        mixture.add(with_b(&corundum(), 0.25)).unwrap();
        let heights = mixture
            .draw(&[NONE; 2], &Effects::default())
            .unwrap()
            .heights();
        let ratio = heights[0] / heights[1];
        assert!((ratio / expected - 1.0).abs() < 0.1, "{ratio} {expected}");
    }
}

/// The formula of the documentation, from the list of reflections.
#[test]
fn intensities_are_those_of_hill_and_howard() {
    let instrument = instrument();
    let drawn = mixture(&[salt(), iron()]);
    let heights = drawn
        .draw(&[NONE; 2], &Effects::default())
        .unwrap()
        .heights();
    let height = |structure: &Structure, mass: f64| {
        let lines = reflections(structure, &instrument.diffraction, 20.0..=89.0).unwrap();
        let strongest = lines.iter().map(|l| l.intensity).fold(0.0, f64::max);
        // The intensity of a reflection is divided by V².
        strongest * structure.lattice().volume() / mass * instrument.profile.at(0.0)
    };
    let expected = [height(&salt(), 4.0 * 58.443), height(&iron(), 2.0 * 55.845)];
    for (height, expected) in heights.iter().zip(expected) {
        // The points of the axis miss the highest point of a line by up to 0.01°.
        assert!(
            (height / expected - 1.0).abs() < 0.03,
            "{height} {expected}"
        );
    }
}

#[test]
fn fractions_can_be_converted_and_back() {
    let both = mixture(&[salt(), iron()]);
    let drawn = both.draw(&[NONE; 2], &Effects::default()).unwrap();
    let weights = [0.35, 0.65];
    let near = |found: Vec<f64>| {
        found
            .iter()
            .zip(weights)
            .all(|(a, b)| (a - b).abs() < 1e-12)
    };
    assert!(near(
        both.weights_of_moles(&both.mole_fractions(&weights).unwrap())
            .unwrap()
    ));
    let heights = drawn.height_shares(&weights).unwrap();
    assert!((heights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(near(drawn.weights_of_heights(&heights).unwrap()));
    assert_eq!(drawn.weights_of_heights(&[0.0, 1.0]).unwrap(), [0.0, 1.0]);
}

#[test]
fn a_strain_moves_lines_and_nothing_else() {
    let alone = mixture(&[iron()]);
    let strain = LatticeStrain::new(0.004).unwrap();
    let strained = NONE.with_lattice_strain(strain);
    let pattern = alone
        .measure(&[1.0], &[strained], &Effects::default(), KEY)
        .unwrap();
    let a = 2.8665 * 1.004;
    let larger = cubic(a, &[("Fe", [0.0; 3]), ("Fe", [0.5; 3])]);
    let expected = measure(&larger, &instrument(), &Effects::default(), KEY).unwrap();
    // The form factors and displacement factors change a little with the spacing.
    assert!(largest_difference(&pattern, &expected) < 3e-3);
    let effects = Effects::default().with_lattice_strain(strain);
    let same = measure(&iron(), &instrument(), &effects, KEY).unwrap();
    assert!(largest_difference(&pattern, &same) < 1e-6);
}

#[test]
fn mixtures_that_do_not_exist_are_refused() {
    let both = mixture(&[salt(), iron()]);
    let refused = |weights: &[f64], effects: usize| {
        let phases = vec![NONE; effects];
        both.measure(weights, &phases, &Effects::default(), KEY)
            .is_err()
    };
    assert!(refused(&[0.5], 2) && refused(&[0.5, 0.5], 1) && refused(&[0.0, 0.0], 2));
    assert!(refused(&[1.5, -0.5], 2) && refused(&[f64::NAN, 0.5], 2));
    assert!(refused(&[f64::INFINITY, 0.5], 2));
    assert!(
        mixture(&[])
            .measure(&[], &[], &Effects::default(), KEY)
            .is_err()
    );
    // Rock salt has no line from 20 to 26 degrees, and (100) and (110) are absent.
    let grid = TwoThetaGrid::new(20.0, 0.02, 300).unwrap();
    let mut narrow = Mixture::new(instrument().with_grid(grid));
    let refused = narrow.add(salt());
    assert!(
        matches!(refused, Err(Error::NoReflections { .. })),
        "{refused:?}"
    );
    narrow.add(corundum()).unwrap();
    // A strain can move the only line out, and its tails do not count.
    let out = NONE.with_lattice_strain(LatticeStrain::new(0.1).unwrap());
    let grid = TwoThetaGrid::new(25.0, 0.01, 110).unwrap();
    let mut one_line = Mixture::new(instrument().with_grid(grid));
    one_line.add(corundum()).unwrap();
    let survives = |effects| {
        let found = one_line.measure(&[1.0], &[effects], &Effects::default(), KEY);
        found.is_ok()
    };
    assert!(survives(NONE) && !survives(out));
}
