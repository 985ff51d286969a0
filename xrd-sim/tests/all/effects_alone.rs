//! Tests of each effect alone: it is off by default, and it follows its formula when it is on.

use xrd_core::{Atom, Lattice, Structure, TwoThetaGrid};
use xrd_sim::{
    AmorphousHump, Anode, AxialDivergence, Broadening, CountingNoise, Effects, Emission,
    Instrument, MarchDollase, PatternKey, Profile, RandomEffects, SampleDisplacement, Series,
    Shape, SurfaceRoughness, Transparency, ZeroShift, lorentz_polarization, measure, simulate,
};

const A: f64 = 3.359;
const KEY: PatternKey = PatternKey::new(3, 9);

/// Polonium: one atom in a cube, with lines that are far apart.
fn polonium() -> Structure {
    let cell = Lattice::from_parameters(A, A, A, 90.0, 90.0, 90.0).unwrap();
    Structure::new(cell, vec![Atom::new("Po".parse().unwrap(), [0.0; 3])]).unwrap()
}

fn instrument() -> Instrument {
    let mut instrument = Instrument::laboratory(0.08).unwrap();
    instrument.grid = TwoThetaGrid::new(5.0, 0.005, 20_000).unwrap();
    instrument.profile = Profile::new(Shape::Gaussian, 0.08).unwrap();
    instrument
}

fn pattern(effects: &Effects) -> Vec<f64> {
    let found = measure(&polonium(), &instrument(), effects, KEY).unwrap();
    found.intensities().iter().map(|y| f64::from(*y)).collect()
}

fn plain() -> Vec<f64> {
    pattern(&Effects::default())
}

/// Angle of the reflections of this h² + k² + l² for copper Kα1.
fn angle(sum_of_squares: f64) -> f64 {
    let wavelength = instrument().diffraction.wavelength;
    wavelength.two_theta_deg(A / sum_of_squares.sqrt()).unwrap()
}

/// Area, mean angle and full width at half maximum of the pattern within a degree of an angle.
fn line(pattern: &[f64], at: f64) -> [f64; 3] {
    let grid = instrument().grid;
    let near = grid.window(at - 1.0, 2.0);
    let points = || near.clone().map(|i| (grid.angle(i), pattern[i]));
    let area: f64 = points().map(|p| p.1).sum();
    let mean = points().map(|p| p.0 * p.1).sum::<f64>() / area;
    let top = points().map(|p| p.1).fold(0.0, f64::max);
    let wide = points().filter(|p| p.1 >= top / 2.0).count() as f64;
    [area * grid.step(), mean, wide * grid.step()]
}

#[test]
fn nothing_is_on_by_default() {
    let Instrument {
        grid,
        diffraction,
        profile,
        ..
    } = instrument();
    let simulated = simulate(&polonium(), &diffraction, &grid, &profile).unwrap();
    let pairs = simulated.intensities().iter().zip(plain());
    let worst = pairs.map(|(a, b)| (f64::from(*a) - b).abs());
    assert!(worst.fold(0.0, f64::max) < 3e-6);
}

#[test]
fn shifts_move_lines_by_their_formulas() {
    let zero = Effects::default().with_zero_shift(ZeroShift::new(0.1).unwrap());
    let displaced =
        Effects::default().with_sample_displacement(SampleDisplacement::new(0.2, 200.0).unwrap());
    let transparent = Effects::default().with_transparency(Transparency::new(0.5, 200.0).unwrap());
    for at in [1.0, 4.0, 8.0].map(angle) {
        let theta = at.to_radians() / 2.0;
        let moved = |effects| line(&pattern(effects), at)[1] - line(&plain(), at)[1];
        assert!((moved(&zero) - 0.1).abs() < 1e-3);
        let expected = (-2.0 * 0.2 * theta.cos() / 200.0).to_degrees();
        assert!((moved(&displaced) - expected).abs() < 1e-3, "{at}");
        let expected = (-(2.0 * theta).sin() / (2.0 * 0.5 * 200.0)).to_degrees();
        assert!((moved(&transparent) - expected).abs() < 1e-3, "{at}");
    }
}

#[test]
fn satellites_of_the_tube_stand_where_their_wavelengths_put_them() {
    for (series, k_alpha2, k_beta) in [(Series::KAlpha2, 0.5, 0.0), (Series::KBeta, 0.0, 0.2)] {
        let effects =
            Effects::default().with_emission(Emission::new(Anode::Cu, k_alpha2, k_beta).unwrap());
        let wavelength = Anode::Cu.line(series).wavelength();
        let at = wavelength.two_theta_deg(A / 8f64.sqrt()).unwrap();
        let drawn = pattern(&effects);
        // Narrow enough to separate Kα2 from Kα1, which are a quarter of a degree apart there.
        let area = |at: f64| -> f64 {
            drawn[instrument().grid.window(at - 0.12, 0.24)]
                .iter()
                .sum()
        };
        let found = area(at) / area(angle(8.0));
        let lp = lorentz_polarization(at) / lorentz_polarization(angle(8.0));
        let expected = (k_alpha2 + k_beta) * lp;
        assert!((found / expected - 1.0).abs() < 0.01, "{series:?}: {found}");
    }
}

#[test]
fn widths_are_those_asked_for() {
    let effects = Effects::default().with_profile(Profile::new(Shape::Gaussian, 0.3).unwrap());
    assert!((line(&pattern(&effects), angle(4.0))[2] - 0.3).abs() < 0.011);
    let broad = Broadening::new([0.0, 0.0, 0.01], 150.0, 0.0).unwrap();
    let effects = Effects::default().with_broadening(broad);
    let drawn = pattern(&effects);
    for at in [1.0, 8.0].map(angle) {
        let expected = broad.profile(at, 1.540_593).unwrap().fwhm_deg();
        assert!((line(&drawn, at)[2] - expected).abs() < 0.011, "{at}");
    }
}

#[test]
fn axial_divergence_leans_lines_to_low_angles_and_keeps_their_areas() {
    let effects =
        Effects::default().with_axial_divergence(AxialDivergence::new(0.03, 0.03).unwrap());
    let drawn = pattern(&effects);
    let (low, high) = (angle(1.0), angle(5.0));
    let lean = |at| line(&plain(), at)[1] - line(&drawn, at)[1];
    assert!(
        lean(low) > 0.01 && lean(low) > 2.0 * lean(high),
        "{}",
        lean(low)
    );
    // Patterns are scaled to a height of 1; ratios of areas do not change.
    let ratio = |y: &[f64]| line(y, high)[0] / line(y, low)[0];
    assert!((ratio(&drawn) / ratio(&plain()) - 1.0).abs() < 5e-3);
}

#[test]
fn texture_and_roughness_change_areas_by_their_formulas() {
    let textured = Effects::default().with_texture(MarchDollase::new([1, 0, 0], 0.7).unwrap());
    let rough = SurfaceRoughness::new(0.6, 0.3).unwrap();
    let rougher = Effects::default().with_surface_roughness(rough);
    // A third of the planes {100} are parallel to (100) and two thirds are perpendicular to it. All
    // of {111} have cos² = 1/3.
    let texture = MarchDollase::new([1, 0, 0], 0.7).unwrap();
    let density = |cos2: f64| texture.density(cos2);
    let of_100 = (density(1.0) + 2.0 * density(0.0)) / 3.0;
    let ratio = |y: &[f64]| line(y, angle(1.0))[0] / line(y, angle(3.0))[0];
    let change = ratio(&pattern(&textured)) / ratio(&plain());
    assert!(
        (change / (of_100 / density(1.0 / 3.0)) - 1.0).abs() < 2e-3,
        "{change}"
    );
    let change = ratio(&pattern(&rougher)) / ratio(&plain());
    let expected = rough.factor(angle(1.0)) / rough.factor(angle(3.0));
    assert!((change / expected - 1.0).abs() < 2e-3, "{change}");
}

#[test]
fn humps_and_backgrounds_come_on_top() {
    let hump = AmorphousHump::new(25.0, 6.0, 0.2).unwrap();
    let effects = Effects::default().with_amorphous(vec![hump]);
    let grid = instrument().grid;
    for ((y, plain), angle) in pattern(&effects).iter().zip(plain()).zip(grid.angles()) {
        assert!((y - plain - hump.at(angle)).abs() < 1e-6);
    }
    let effects = Effects::default().with_vecsei_background(true);
    let background = |index| -> Vec<f64> {
        let key = PatternKey::new(KEY.seed, index);
        let found = measure(&polonium(), &instrument(), &effects, key).unwrap();
        let pairs = found.intensities().iter().zip(plain());
        pairs.map(|(y, plain)| f64::from(*y) - plain).collect()
    };
    let all: Vec<Vec<f64>> = (0..100).map(background).collect();
    assert!(all.iter().flatten().all(|y| (-1e-6..0.15).contains(y)));
    // One background in sixteen has no part.
    let nothing = |y: &&Vec<f64>| y.iter().all(|y| y.abs() < 1e-6);
    assert!((1..20).contains(&all.iter().filter(nothing).count()));
    assert!(all.windows(2).filter(|y| y[0] != y[1]).count() > 80);
}

#[test]
fn counts_scatter_about_what_is_expected() {
    let counts = 1e4;
    let effects =
        Effects::default().with_amorphous(vec![AmorphousHump::new(50.0, 180.0, 0.5).unwrap()]);
    let noisy = effects
        .clone()
        .with_counting_noise(CountingNoise::new(counts).unwrap());
    let (expected, counted) = (pattern(&effects), pattern(&noisy));
    let chi_squared = |(c, e): (&f64, &f64)| (c - e) * (c - e) * counts / e;
    let n = expected.len() as f64;
    let mean = counted.iter().zip(&expected).map(chi_squared).sum::<f64>() / n;
    assert!((mean - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{mean}");
}

/// The patterns of Vecsei et al.: Gaussians of random width, their background and their noise.
#[test]
fn vecsei_s_patterns_are_a_table_of_three_effects() {
    let effects: RandomEffects = toml::from_str(
        "profile = { fwhm_deg = { uniform = [0.1, 0.5] }, eta = 0 }\n\
         vecsei_background = {}\nvecsei_noise = {}",
    )
    .unwrap();
    let widths: Vec<f64> = (0..20)
        .map(|index| {
            let drawn = effects.draw(PatternKey::new(KEY.seed, index)).unwrap();
            assert!(drawn.vecsei_background && drawn.vecsei_noise);
            let profile = drawn.profile.unwrap();
            assert_eq!(profile.eta(), 0.0);
            profile.fwhm_deg()
        })
        .collect();
    assert!(widths.iter().all(|w| (0.1..=0.5).contains(w)));
    assert!(widths.windows(2).all(|w| w[0] != w[1]));
    let drawn = effects.draw(KEY).unwrap();
    let y = pattern(&drawn);
    assert!(y.iter().all(|y| (0.002..1.2).contains(y)));
    assert_eq!(y, pattern(&effects.draw(KEY).unwrap()));
}
