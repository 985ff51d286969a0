use proptest::prelude::*;
use xrd_core::{Atom, Lattice, TwoThetaGrid};

use super::*;
use crate::{
    Anode, AxialDivergence, Broadening, CountingNoise, Dispersion, Emission, FormFactor,
    MarchDollase, RandomEffects, SampleDisplacement, Series, Shape, SurfaceRoughness, Symmetry,
    Transparency, ZeroShift, reflections, simulate,
};

const KEY: PatternKey = PatternKey { seed: 1, index: 2 };

fn structure(cell: [f64; 6], atoms: &[(&str, [f64; 3])]) -> Structure {
    let [a, b, c, alpha, beta, gamma] = cell;
    let lattice = Lattice::from_parameters(a, b, c, alpha, beta, gamma).unwrap();
    let atom =
        |&(symbol, position): &(&str, [f64; 3])| Atom::new(str::parse(symbol).unwrap(), position);
    Structure::new(lattice, atoms.iter().map(atom).collect()).unwrap()
}

fn iron() -> Structure {
    let a = 2.8665;
    structure(
        [a, a, a, 90.0, 90.0, 90.0],
        &[("Fe", [0.0; 3]), ("Fe", [0.5; 3])],
    )
}

/// Triclinic structure with lines at all angles.
fn triclinic() -> Structure {
    structure(
        [5.1, 6.2, 7.3, 84.0, 97.0, 109.0],
        &[
            ("Ca", [0.1, 0.2, 0.3]),
            ("Si", [0.6, 0.7, 0.1]),
            ("O", [0.4, 0.9, 0.55]),
        ],
    )
}

/// Drawn lines, in the unit of the intensities of reflections.
fn lines(structure: &Structure, instrument: &Instrument, effects: &Effects) -> Vec<f64> {
    Lines::new(instrument, effects)
        .unwrap()
        .draw(structure, &instrument.grid)
        .unwrap()
}

fn area(structure: &Structure, instrument: &Instrument, effects: &Effects) -> f64 {
    lines(structure, instrument, effects).iter().sum::<f64>() * instrument.grid.step()
}

/// Instrument with an axis that contains all lines of iron, with their tails.
fn whole() -> Instrument {
    Instrument {
        grid: TwoThetaGrid::new(5.0, 0.01, 17_000).unwrap(),
        ..Instrument::laboratory(0.1).unwrap()
    }
}

fn all_lines() -> Effects {
    Effects {
        emission: Some(Emission::new(Anode::Cu, 0.5, 0.01).unwrap()),
        broadening: Some(Broadening::new([0.02, -0.01, 0.01], 800.0, 1e-3).unwrap()),
        axial_divergence: Some(AxialDivergence::new(0.03, 0.02).unwrap()),
        zero_shift: Some(ZeroShift::new(0.02).unwrap()),
        sample_displacement: Some(SampleDisplacement::new(0.1, 217.5).unwrap()),
        transparency: Some(Transparency::new(10.0, 217.5).unwrap()),
        texture: Some(MarchDollase::new([1, 1, 0], 0.7).unwrap()),
        surface_roughness: Some(SurfaceRoughness::new(0.7, 0.1).unwrap()),
        ..Effects::default()
    }
}

#[test]
fn without_effects_it_is_simulate() {
    let instrument = Instrument::laboratory(0.1).unwrap();
    for crystal in [iron(), triclinic()] {
        let measured = measure(&crystal, &instrument, &Effects::default(), KEY).unwrap();
        let Instrument {
            diffraction,
            grid,
            profile,
        } = instrument;
        let simulated = simulate(&crystal, &diffraction, &grid, &profile).unwrap();
        let pairs = measured.intensities().iter().zip(simulated.intensities());
        assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 3e-6);
        assert_eq!(measured.wavelength(), simulated.wavelength());
        let factors = measured.scale().factor / simulated.scale().factor;
        assert!((factors - 1.0).abs() < 1e-5);
    }
}

#[test]
fn widths_shifts_and_asymmetry_keep_areas() {
    let none = Effects::default();
    let plain = area(&iron(), &whole(), &none);
    let all = all_lines();
    let alone = [
        Effects {
            broadening: all.broadening,
            ..none.clone()
        },
        Effects {
            axial_divergence: all.axial_divergence,
            ..none.clone()
        },
        Effects {
            zero_shift: all.zero_shift,
            ..none.clone()
        },
        Effects {
            sample_displacement: all.sample_displacement,
            ..none.clone()
        },
        Effects {
            transparency: all.transparency,
            ..none.clone()
        },
        Effects {
            profile: Some(Profile::new(Shape::Lorentzian, 0.2).unwrap()),
            ..none.clone()
        },
    ];
    for effects in alone {
        let ratio = area(&iron(), &whole(), &effects) / plain;
        assert!((ratio - 1.0).abs() < 1e-3, "{effects:?}: {ratio}");
    }
}

#[test]
fn satellites_have_their_share_at_their_angles() {
    let emission = Emission::new(Anode::Cu, 0.5, 0.2).unwrap();
    let effects = Effects {
        emission: Some(emission),
        ..Effects::default()
    };
    // Narrow enough to separate the three lines of (110); LP is constant to 1 %.
    let narrow = Effects {
        profile: Some(Profile::new(Shape::Gaussian, 0.025).unwrap()),
        ..effects
    };
    let drawn = lines(&iron(), &whole(), &narrow);
    let grid = whole().grid;
    let around = |wavelength: f64| -> f64 {
        let d = 2.8665 / 2f64.sqrt();
        let angle = Wavelength::angstrom(wavelength)
            .unwrap()
            .two_theta_deg(d)
            .unwrap();
        drawn[grid.window(angle - 0.055, 0.11)].iter().sum::<f64>()
            / crate::lorentz_polarization(angle)
    };
    let k_alpha1 = around(1.540593);
    assert!((around(1.5444274) / k_alpha1 - 0.5).abs() < 1e-3);
    assert!((around(1.392234) / k_alpha1 - 0.2).abs() < 1e-3);
    let molybdenum = Emission::new(Anode::Mo, 0.5, 0.0).unwrap();
    let other = Effects {
        emission: Some(molybdenum),
        ..Effects::default()
    };
    let message = measure(&iron(), &whole(), &other, KEY)
        .unwrap_err()
        .to_string();
    assert!(message.contains("Kα1 of the anode"), "{message}");
}

/// Copper's Kβ is on the other side of nickel's K edge than its Kα.
#[test]
fn each_wavelength_has_its_own_dispersion() {
    let a = 3.524;
    let nickel = structure([a, a, a, 90.0, 90.0, 90.0], &[("Ni", [0.0; 3])]);
    let effects = Effects {
        emission: Some(Emission::new(Anode::Cu, 0.0, 0.3).unwrap()),
        profile: Some(Profile::new(Shape::Gaussian, 0.025).unwrap()),
        ..Effects::default()
    };
    let ratio = |dispersion: bool| {
        let mut instrument = whole();
        instrument.diffraction.dispersion = dispersion;
        let drawn = lines(&nickel, &instrument, &effects);
        let [k_alpha1, k_beta] = [Series::KAlpha1, Series::KBeta].map(|series| {
            let angle = Anode::Cu
                .line(series)
                .wavelength()
                .two_theta_deg(a)
                .unwrap();
            drawn[instrument.grid.window(angle - 0.1, 0.2)]
                .iter()
                .sum::<f64>()
        });
        k_beta / k_alpha1
    };
    let s = 0.5 / a;
    let f_squared = |series| {
        let dispersion = Dispersion::at(Anode::Cu.line(series).wavelength()).unwrap();
        let nickel = "Ni".parse().unwrap();
        let [f1, f2] = dispersion.of(nickel).unwrap();
        (FormFactor::of(nickel).unwrap().at(s) + f1).powi(2) + f2 * f2
    };
    let expected = f_squared(Series::KBeta) / f_squared(Series::KAlpha1);
    assert!((ratio(true) / ratio(false) / expected - 1.0).abs() < 1e-6);
    assert!((expected - 1.0).abs() > 0.05, "{expected}");
}

/// Compares with the intensity of each family times the mean density over its members.
#[test]
fn texture_weighs_each_family_by_its_members() {
    let texture = MarchDollase::new([0, 0, 1], 0.5).unwrap();
    let effects = Effects {
        texture: Some(texture),
        profile: Some(Profile::new(Shape::Gaussian, 0.02).unwrap()),
        ..Effects::default()
    };
    let a = 4.2;
    let crystal = structure(
        [a, a, 5.5, 90.0, 90.0, 90.0],
        &[("Sn", [0.0; 3]), ("O", [0.5; 3])],
    );
    let instrument = whole();
    let drawn = lines(&crystal, &instrument, &effects);
    let reciprocal = crystal.lattice().reciprocal();
    let rotations = Symmetry::within(&crystal, 1e-6).unwrap().rotations;
    for r in reflections(&crystal, &instrument.diffraction, 20.0..=60.0).unwrap() {
        let members = rotations
            .iter()
            .map(|m| [0, 1, 2].map(|j| (0..3).map(|i| r.hkl[i] * m[i][j]).sum::<i32>()));
        let densities: Vec<f64> = members
            .map(|hkl| texture.density_of(&reciprocal, hkl))
            .collect();
        let mean = densities.iter().sum::<f64>() / densities.len() as f64;
        let window = instrument.grid.window(r.two_theta_deg - 0.05, 0.1);
        let found = drawn[window].iter().sum::<f64>() * instrument.grid.step();
        assert!(
            (found / (r.intensity * mean) - 1.0).abs() < 1e-3,
            "{:?}",
            r.hkl
        );
    }
}

#[test]
fn roughness_weighs_lines_by_angle() {
    let rough = SurfaceRoughness::new(0.6, 0.3).unwrap();
    let effects = Effects {
        surface_roughness: Some(rough),
        ..Effects::default()
    };
    let instrument = whole();
    let (plain, weighed) = (
        lines(&iron(), &instrument, &Effects::default()),
        lines(&iron(), &instrument, &effects),
    );
    let expected = rough.factor(44.67);
    let i = instrument.grid.window(44.67, 0.01).start;
    assert!((weighed[i] / plain[i] / expected - 1.0).abs() < 2e-3);
}

/// Compares with the plain sum of lines, each by the published convolution. The bound of 10⁻³ of
/// the maximum also holds for whole patterns.
#[test]
fn patterns_with_all_effects_are_within_the_bound_of_the_plain_sum() {
    let effects = all_lines();
    let instrument = Instrument {
        grid: TwoThetaGrid::new(8.0, 0.01, 4_000).unwrap(),
        ..Instrument::laboratory(0.1).unwrap()
    };
    let crystal = triclinic();
    let drawn = lines(&crystal, &instrument, &effects);
    let setup = Lines::new(&instrument, &effects).unwrap();
    let reach = setup.planes_in_reach(&instrument.grid).unwrap();
    let planes = Planes::between(&crystal, &setup.diffraction, reach.clone()).unwrap();
    let spacings = planes.spacings(&effects, &reach);
    let mut plain = vec![0.0; instrument.grid.len()];
    for &(wavelength, share) in &setup.wavelengths {
        for (q, strength) in spacings.inverse_d.iter().zip(&spacings.strength) {
            let Some(angle) = wavelength.two_theta_deg(1.0 / q).filter(|a| *a < 80.0) else {
                continue;
            };
            let area = share
                * strength
                * crate::lorentz_polarization(angle)
                * effects.surface_roughness.unwrap().factor(angle);
            let profile = setup.profile_at(angle, wavelength).unwrap();
            let centre = effects.apparent_deg(angle);
            for (centre, share) in effects.axial_divergence.unwrap().many_images(centre) {
                for (y, angle) in plain.iter_mut().zip(instrument.grid.angles()).step_by(7) {
                    *y += area * share * profile.at(angle - centre);
                }
            }
        }
    }
    let top = plain.iter().copied().fold(0.0, f64::max);
    let errors = plain
        .iter()
        .zip(&drawn)
        .step_by(7)
        .map(|(a, b)| (a - b).abs() / top);
    let worst = errors.fold(0.0, f64::max);
    assert!(worst < 1e-3, "{worst:.1e}");
}

/// A strain that turns lines near the end of the grid almost to 180° leaves them out: their broadening has no bound.
#[test]
fn lines_that_strain_moves_far_beyond_the_grid_are_left_out() {
    let strain = [[0.07, 0.0, 0.0], [0.0, -0.07, 0.0], [0.0; 3]];
    let effects = Effects {
        lattice_strain: Some(crate::LatticeStrain::tensor(strain).unwrap()),
        ..all_lines()
    };
    let instrument = Instrument {
        grid: TwoThetaGrid::new(75.0, 0.01, 3_000).unwrap(),
        ..Instrument::laboratory(0.1).unwrap()
    };
    let setup = Lines::new(&instrument, &effects).unwrap();
    let reach = setup.planes_in_reach(&instrument.grid).unwrap();
    let [least, most] = effects.lattice_strain.unwrap().bounds();
    let planes = Planes::between(&triclinic(), &setup.diffraction, reach.clone()).unwrap();
    let spacings = planes.spacings(&effects, &reach);
    let inside = reach.start() / least..=reach.end() / most;
    assert!(!spacings.inverse_d.is_empty());
    assert!(spacings.inverse_d.iter().all(|q| inside.contains(q)));
    let drawn = lines(&triclinic(), &instrument, &effects);
    assert!(drawn.iter().all(|y| y.is_finite()) && drawn.iter().any(|y| *y > 0.0));
}

fn everything() -> RandomEffects {
    toml::from_str(
        r#"
        broadening = { w = 0.01, size_angstrom = { log_uniform = [100, 1000] } }
        emission = { anode = "Cu", k_alpha2 = 0.5, k_beta = { uniform = [0, 0.02] } }
        axial_divergence = { s_over_l = { uniform = [0, 0.04] }, h_over_l = 0.02 }
        zero_shift = { deg = { normal = { mean = 0, sd = 0.02, min = -0.1, max = 0.1 } } }
        sample_displacement = { mm = { uniform = [-0.1, 0.1] }, radius_mm = 200 }
        transparency = { attenuation_per_mm = 10, radius_mm = 200 }
        texture = { probability = 0.5, planes = [[0, 0, 1], [1, 1, 0]], r = { uniform = [0.5, 1] } }
        surface_roughness = { p = 0.7, q = 0.1 }
        amorphous = [{ centre_deg = 25, fwhm_deg = 8, height = { uniform = [0, 0.2] } }]
        vecsei_background = {}
        vecsei_noise = {}
        counting_noise = { counts = { log_uniform = [1e3, 1e5] } }
        "#,
    )
    .unwrap()
}

#[test]
fn all_effects_together_give_a_pattern_that_seed_and_index_decide() {
    let instrument = Instrument::laboratory(0.1).unwrap();
    let pattern = |seed, index| {
        let key = PatternKey { seed, index };
        let effects = everything().draw(key).unwrap();
        measure(&triclinic(), &instrument, &effects, key).unwrap()
    };
    let one = pattern(5, 734_512);
    assert_eq!(one, pattern(5, 734_512));
    assert_ne!(one, pattern(5, 734_513));
    assert_ne!(one, pattern(6, 734_512));
    assert!(one.intensities().iter().all(|y| *y >= 0.0 && *y < 2.0));
}

#[test]
fn noise_comes_on_top_of_lines_of_height_one() {
    let instrument = Instrument::laboratory(0.1).unwrap();
    let plain = measure(&iron(), &instrument, &Effects::default(), KEY).unwrap();
    let noisy = Effects {
        vecsei_noise: true,
        ..Effects::default()
    };
    let noisy = measure(&iron(), &instrument, &noisy, KEY).unwrap();
    let differences = noisy
        .intensities()
        .iter()
        .zip(plain.intensities())
        .map(|(a, b)| a - b);
    for difference in differences {
        assert!((0.0019..0.0201).contains(&difference), "{difference}");
    }
    let counted = Effects {
        counting_noise: Some(CountingNoise::new(1e12).unwrap()),
        ..Effects::default()
    };
    let counted = measure(&iron(), &instrument, &counted, KEY).unwrap();
    let pairs = counted.intensities().iter().zip(plain.intensities());
    assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 1e-5);
}

#[test]
fn what_is_drawn_for_one_effect_does_not_depend_on_the_others() {
    let alone: RandomEffects = toml::from_str(
        "zero_shift = { deg = { normal = { mean = 0, sd = 0.02, min = -0.1, max = 0.1 } } }",
    )
    .unwrap();
    assert_eq!(
        alone.draw(KEY).unwrap().zero_shift,
        everything().draw(KEY).unwrap().zero_shift
    );
}

#[test]
fn effects_come_with_their_probability() {
    let there = (0..4000).filter(|&index| {
        let key = PatternKey { seed: 0, index };
        everything().draw(key).unwrap().texture.is_some()
    });
    let there = there.count() as f64;
    assert!((there - 2000.0).abs() < 5.0 * 1000f64.sqrt(), "{there}");
}

#[test]
fn tables_that_cannot_be_are_refused_when_read() {
    let refused = |text: &str| {
        toml::from_str::<RandomEffects>(text)
            .unwrap_err()
            .to_string()
    };
    assert!(
        refused("texture = { planes = [[0, 0, 1]], r = { uniform = [0, 1] } }").contains("March")
    );
    assert!(refused("texture = { planes = [], r = 1 }").contains("preferred orientations"));
    assert!(refused("vecsei_noise = { probability = 1.5 }").contains("probability is 1.5"));
    assert!(refused("zero_shfit = { deg = 0 }").contains("zero_shfit"));
    assert!(refused("emission = { anode = \"Zn\", k_alpha2 = 0.5 }").contains("Zn"));
    assert!(toml::from_str::<RandomEffects>("").unwrap().is_none());
    assert!(!everything().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_zero_shift_moves_everything(steps in -20i32..20) {
        let shift = Effects {
            zero_shift: Some(ZeroShift::new(0.01 * f64::from(steps)).unwrap()),
            ..Effects::default()
        };
        let instrument = Instrument::laboratory(0.1).unwrap();
        let plain = lines(&triclinic(), &instrument, &Effects::default());
        let moved = lines(&triclinic(), &instrument, &shift);
        let top = plain.iter().copied().fold(0.0, f64::max);
        for (i, y) in plain.iter().enumerate().take(8480).skip(20) {
            let j = i.checked_add_signed(steps as isize).unwrap();
            prop_assert!((y - moved[j]).abs() < 1e-9 * top);
        }
    }
}
