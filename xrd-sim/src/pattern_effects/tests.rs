use proptest::prelude::*;
use xrd_core::{Atom, Lattice, Structure, TwoThetaGrid};

use super::*;
use crate::{
    Anode, Effects, Emission, Instrument, Profile, SampleDisplacement, Shape, ZeroShift, measure,
};

const EVERYTHING: &str = r#"
    zero_shift = { deg = { uniform = [-0.05, 0.05] } }
    sample_displacement = { mm = { uniform = [-0.2, 0.2] }, radius_mm = 240 }
    line_width = { factor = { uniform = [1, 2] } }
    emission = { anode = "Cu", k_alpha2 = { uniform = [0, 0.5] } }
    background = { height = { uniform = [0, 0.2] } }
    counting_noise = { counts = { log_uniform = [1e2, 1e5] } }
    intensity_drift = { change = { uniform = [-0.1, 0.1] } }
    line_heights = { sigma = 0.2, distance_deg = 2 }
    impurity = { probability = 0.5, lines = { uniform = [3, 20] }, height = 0.1 }
"#;

fn iron() -> Structure {
    let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0).unwrap();
    let atoms = [[0.0; 3], [0.5; 3]].map(|p| Atom::new("Fe".parse().unwrap(), p));
    Structure::new(cell, atoms.to_vec()).unwrap()
}

fn instrument(fwhm_deg: f64) -> Instrument {
    let mut instrument = Instrument::laboratory(fwhm_deg).unwrap();
    instrument.profile = Profile::new(Shape::PseudoVoigt { eta: 0.5 }, fwhm_deg).unwrap();
    instrument
}

/// Largest difference of two patterns in units of their maximum, away from the ends.
fn apart(a: &[f32], b: &[f32]) -> f32 {
    let pairs = a.iter().zip(b).skip(200);
    let differences = pairs.map(|(a, b)| (a - b).abs());
    let count = a.len() - 400;
    differences.take(count).fold(0.0, f32::max)
}

/// The effects on intensities are those of the simulation from the structure.
#[test]
fn effects_on_intensities_equal_effects_on_the_structure() {
    let key = PatternKey::new(1, 2);
    let plain = measure(&iron(), &instrument(0.1), &Effects::default(), key).unwrap();
    let frame = PatternFrame::new(*plain.grid(), 0.1)
        .unwrap()
        .with_wavelength(plain.wavelength());
    let zero = ZeroShift::new(0.043).unwrap();
    let displacement = SampleDisplacement::new(-0.15, 240.0).unwrap();
    let emission = Emission::new(Anode::Cu, 0.5, 0.1).unwrap();
    let cases = [
        (
            Effects::default().with_zero_shift(zero),
            PatternEffects::default().with_zero_shift(zero),
        ),
        (
            Effects::default().with_sample_displacement(displacement),
            PatternEffects::default().with_sample_displacement(displacement),
        ),
        (
            Effects::default().with_emission(emission),
            PatternEffects::default().with_emission(emission),
        ),
    ];
    for (of_structure, of_pattern) in cases {
        let expected = measure(&iron(), &instrument(0.1), &of_structure, key).unwrap();
        let mut found = plain.intensities().to_vec();
        of_pattern.apply(&frame, key, &mut found).unwrap();
        let apart = apart(&found, expected.intensities());
        // Lines of other wavelengths are simulated with the width of the first, but the copy of a
        // line is stretched with its angle.
        let most = if of_pattern.emission.is_some() {
            0.04
        } else {
            0.01
        };
        assert!(apart < most, "{apart} {of_pattern:?}");
        // The effect is not nothing.
        assert!(super::tests::apart(plain.intensities(), expected.intensities()) > 0.1);
    }
}

#[test]
fn broader_lines_are_those_of_a_broader_profile() {
    let key = PatternKey::new(1, 2);
    let [plain, expected] = [0.1, 0.15]
        .map(|width| measure(&iron(), &instrument(width), &Effects::default(), key).unwrap());
    let frame = PatternFrame::new(*plain.grid(), 0.1).unwrap();
    let broader = PatternEffects::default().with_line_width(LineWidth::new(1.5).unwrap());
    let mut found = plain.intensities().to_vec();
    broader.apply(&frame, key, &mut found).unwrap();
    // A Gaussian changes the shape of the line a little.
    assert!(apart(&found, expected.intensities()) < 0.06);
    assert!(apart(plain.intensities(), expected.intensities()) > 0.1);
}

#[test]
fn tables_are_checked_and_written_back() {
    let effects: RandomPatternEffects = toml::from_str(EVERYTHING).unwrap();
    let text = toml::to_string(&effects).unwrap();
    assert_eq!(
        toml::from_str::<RandomPatternEffects>(&text).unwrap(),
        effects
    );
    assert!(!effects.is_none() && RandomPatternEffects::default().is_none());
    for (wrong, part) in [
        ("[zero_shift]\ndeg = 20", "zero shift is 20"),
        (
            "[impurity]\nlines = 0\nheight = 0.1",
            "number of impurity lines is 0",
        ),
        (
            "[line_width]\nfactor = 0.5",
            "factor of the line width is 0.5",
        ),
        ("[texture]\nr = 1", "unknown field `texture`"),
        (
            "[background]\nheight = 0.1\nprobability = 2",
            "probability is 2",
        ),
    ] {
        let error = toml::from_str::<RandomPatternEffects>(wrong).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn effects_depend_on_the_key_alone_and_keep_the_maximum(seed: u64, index in 0..1_000_000u64) {
        let effects: RandomPatternEffects = toml::from_str(EVERYTHING).unwrap();
        let grid = TwoThetaGrid::new(20.0, 0.02, 3000).unwrap();
        let frame = PatternFrame::new(grid, 0.15).unwrap();
        let line = |a: f64| (3.0 * (-((a - 50.0) / 0.1).powi(2)).exp()) as f32;
        let pattern: Vec<f32> = grid.angles().map(line).collect();
        let key = PatternKey::new(seed, index);
        let disturbed = |key| {
            let mut pattern = pattern.clone();
            effects.draw(&frame, key).unwrap().apply(&frame, key, &mut pattern).unwrap();
            pattern
        };
        let found = disturbed(key);
        prop_assert_eq!(&found, &disturbed(key));
        prop_assert_ne!(&found, &disturbed(PatternKey::new(seed, index + 1)));
        prop_assert!((maximum(&found) - 3.0).abs() < 1e-5);
        prop_assert!(found.iter().all(|y| y.is_finite()));
    }
}

#[test]
fn no_effects_and_no_intensity_change_nothing() {
    let grid = TwoThetaGrid::new(20.0, 0.02, 5).unwrap();
    let frame = PatternFrame::new(grid, 0.15).unwrap();
    let key = PatternKey::new(0, 0);
    let mut pattern = [0.0, 1.0, 0.3, 0.2, 0.1];
    PatternEffects::default()
        .apply(&frame, key, &mut pattern)
        .unwrap();
    assert_eq!(pattern, [0.0, 1.0, 0.3, 0.2, 0.1]);
    let background = PatternEffects::default().with_background(SmoothBackground::new(0.5).unwrap());
    let mut nothing = [0.0; 5];
    background.apply(&frame, key, &mut nothing).unwrap();
    assert_eq!(nothing, [0.0; 5]);
    assert!(background.apply(&frame, key, &mut [1.0; 4]).is_err());
    assert!(PatternFrame::new(grid, 0.0).is_err() && PatternFrame::new(grid, f64::NAN).is_err());
}
