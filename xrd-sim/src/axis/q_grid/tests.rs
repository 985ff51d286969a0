use std::f64::consts::PI;

use xrd_core::{Atom, Lattice, Structure, TwoThetaGrid, Wavelength};

use super::QGrid;
use crate::{
    AmorphousHump, Anode, Broadening, CountingNoise, Diffraction, Effects, Emission, Instrument,
    MarchDollase, PatternKey, Profile, SampleDisplacement, Shape, SurfaceRoughness, ZeroShift,
    measure, reflections, simulate,
};

const KEY: PatternKey = PatternKey::new(1, 2);

fn salt() -> Structure {
    let cell = Lattice::from_parameters(4.12, 4.12, 4.12, 90.0, 90.0, 90.0).unwrap();
    let atom = |s: &str, p| Atom::new(s.parse().unwrap(), p);
    Structure::new(cell, vec![atom("Cs", [0.0; 3]), atom("Cl", [0.5; 3])]).unwrap()
}

fn instrument(angstrom: f64) -> Instrument<QGrid> {
    Instrument {
        grid: QGrid::new(0.5, 0.001, 5001).unwrap(),
        diffraction: Diffraction::new(Wavelength::angstrom(angstrom).unwrap()),
        profile: Profile::new(Shape::PseudoVoigt { eta: 0.4 }, 0.1).unwrap(),
    }
}

/// Compares with the sum over the reflections at the angle of each Q.
#[test]
fn a_pattern_is_that_of_the_angles_worked_out_by_hand() {
    let cu = instrument(1.540_593);
    let wavelength = cu.diffraction.wavelength;
    let lines = reflections(&salt(), &cu.diffraction, 2.0..=120.0).unwrap();
    let at = |q: f64| {
        let angle = 2.0 * (q * 1.540_593 / (4.0 * PI)).asin().to_degrees();
        assert!((wavelength.q_per_angstrom(angle) - q).abs() < 1e-12);
        let values = lines.iter();
        let values = values.map(|l| l.intensity * cu.profile.at(angle - l.two_theta_deg));
        values.sum::<f64>()
    };
    let plain: Vec<f64> = (0..5001).map(|i| at(0.5 + 0.001 * f64::from(i))).collect();
    let top = plain.iter().copied().fold(0.0, f64::max);
    let found = measure(&salt(), &cu, &Effects::default(), KEY).unwrap();
    assert_eq!(found.intensities().len(), plain.len());
    for (i, (found, plain)) in found.intensities().iter().zip(plain).enumerate() {
        assert!(
            (f64::from(*found) - plain / top).abs() < 1e-5,
            "{i}: {found} {}",
            plain / top
        );
    }
}

/// Compares with the pattern over 2θ, interpolated linearly at each Q.
#[test]
fn effects_are_those_of_the_angle() {
    let cu = instrument(1.540_593);
    let effects = Effects {
        broadening: Some(Broadening::new([0.02, -0.01, 0.02], 300.0, 1e-3).unwrap()),
        zero_shift: Some(ZeroShift::new(0.07).unwrap()),
        ..Effects::default()
    };
    let over_angles = Instrument {
        grid: TwoThetaGrid::new(5.0, 0.002, 50_000).unwrap(),
        diffraction: cu.diffraction,
        profile: cu.profile,
    };
    let plain = measure(&salt(), &over_angles, &effects, KEY).unwrap();
    let carried = cu.grid.values().map(|q| {
        let angle = 2.0 * (q * 1.540_593 / (4.0 * PI)).asin().to_degrees();
        let x = (angle - 5.0) / 0.002;
        let (i, part) = (x as usize, (x - x.floor()) as f32);
        let values = plain.intensities();
        values[i] * (1.0 - part) + values[i + 1] * part
    });
    let carried: Vec<f32> = carried.collect();
    // The highest of these points is lower than that of the finer grid.
    let top = carried.iter().copied().fold(0.0, f32::max);
    let found = measure(&salt(), &cu, &effects, KEY).unwrap();
    for (i, (found, plain)) in found.intensities().iter().zip(carried).enumerate() {
        let plain = plain / top;
        assert!((found - plain).abs() < 5e-4, "{i}: {found} {plain}");
    }
}

/// Checks that a line is at 2π/d for any wavelength.
#[test]
fn lines_are_at_two_pi_over_d() {
    for angstrom in [0.7093, 1.540_593] {
        let pattern = measure(&salt(), &instrument(angstrom), &Effects::default(), KEY);
        let pattern = pattern.unwrap();
        for hkl in [[1, 1, 0], [2, 1, 1]] {
            let q = 2.0 * PI / salt().lattice().d_spacing(hkl);
            let at = ((q - 0.5) / 0.001).round() as usize;
            let near = &pattern.intensities()[at - 20..at + 21];
            let highest = (0..41)
                .max_by(|a, b| near[*a].total_cmp(&near[*b]))
                .unwrap();
            assert!(highest.abs_diff(20) <= 1, "{angstrom} {hkl:?}: {highest}");
        }
    }
}

#[test]
fn noise_is_drawn_for_each_point() {
    let noisy = Effects {
        vecsei_noise: true,
        counting_noise: Some(CountingNoise::new(1e4).unwrap()),
        ..Effects::default()
    };
    let cu = instrument(1.540_593);
    let [plain, one, same] = [&Effects::default(), &noisy, &noisy]
        .map(|effects| measure(&salt(), &cu, effects, KEY).unwrap());
    assert_eq!(one, same);
    let differ = plain
        .intensities()
        .iter()
        .zip(one.intensities())
        .filter(|(a, b)| a != b)
        .count();
    assert!(differ > 4900, "{differ}");
}

#[test]
fn what_no_angle_shows_is_refused() {
    let chromium = Wavelength::angstrom(2.289_7).unwrap();
    let error = QGrid::new(1.0, 0.01, 451)
        .unwrap()
        .angles(chromium)
        .unwrap_err();
    assert!(error.to_string().starts_with("end of Q is 5.5"), "{error}");
    assert!(QGrid::new(-1.0, 0.01, 2).is_err() && QGrid::new(1.0, 0.0, 2).is_err());
    assert!(QGrid::new(1.0, f64::NAN, 2).is_err() && QGrid::new(1.0, 0.1, 0).is_err());
}

#[test]
fn simulate_and_measure_agree_without_effects() {
    let cu = instrument(1.540_593);
    let simulated = simulate(&salt(), &cu.diffraction, &cu.grid, &cu.profile).unwrap();
    let measured = measure(&salt(), &cu, &Effects::default(), KEY).unwrap();
    assert_eq!(simulated.grid(), &cu.grid);
    assert_eq!(simulated.wavelength(), cu.diffraction.wavelength);
    let scale = simulated.scale().factor / measured.scale().factor;
    assert!((scale - 1.0).abs() < 3e-6, "{scale}");
    let pairs = simulated.intensities().iter().zip(measured.intensities());
    for (i, (a, b)) in pairs.enumerate() {
        assert!((a - b).abs() < 3e-6, "{i}: {a} {b}");
    }
}

/// Values of an earlier version of this crate, with a separate function for patterns over Q.
#[test]
fn values_with_effects_are_pinned() {
    let cell = Lattice::from_parameters(4.12, 4.12, 4.3, 90.0, 92.0, 90.0).unwrap();
    let atom = |s: &str, p| Atom::new(s.parse().unwrap(), p);
    let atoms = vec![atom("Cs", [0.0; 3]), atom("Cl", [0.5, 0.48, 0.51])];
    let structure = Structure::new(cell, atoms).unwrap();
    let effects = Effects::default()
        .with_zero_shift(ZeroShift::new(0.05).unwrap())
        .with_emission(Emission::new(Anode::Cu, 0.5, 0.02).unwrap())
        .with_sample_displacement(SampleDisplacement::new(0.1, 200.0).unwrap())
        .with_amorphous([AmorphousHump::new(22.0, 9.0, 0.3).unwrap()])
        .with_texture(MarchDollase::new([0, 0, 1], 0.8).unwrap())
        .with_surface_roughness(SurfaceRoughness::new(0.3, 0.2).unwrap());
    let grid = QGrid::new(0.5, 0.001, 5001).unwrap();
    let instrument = Instrument::laboratory(0.1).unwrap().with_grid(grid);
    let pattern = measure(&structure, &instrument, &effects, KEY).unwrap();
    for (i, expected) in [
        (0, 0.000_139_674_29),
        (700, 0.124_009_32),
        (1000, 0.300_163_87),
        (1525, 0.065_538_76),
        (2157, 0.003_236_512_4),
        (5000, 0.024_732_32),
    ] {
        let found = f64::from(pattern.intensities()[i]);
        assert!((found / expected - 1.0).abs() < 1e-6, "{i}: {found}");
    }
}
