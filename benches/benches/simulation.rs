//! Reflections of a structure of 52 atoms, and its pattern of 11,900 points; reflections of its symmetric
//! host with and without known operations.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first error")]

use std::f64::consts::TAU;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_benches::{agree, criterion};
use xrd_core::Structure;
use xrd_sim::smfe12::{self, Composition, draw};
use xrd_sim::{
    Diffraction, Effects, FormFactor, Instrument, PatternFrame, PatternKey, RandomPatternEffects,
    Reflection, Symmetry, draw_pattern, lorentz_polarization, measure, reflections,
    reflections_by_symmetry,
};
use xrd_study::laboratory_effects;

fn simulation(c: &mut Criterion) {
    let arrangement = &draw(Composition::Titanium(4), 1, 0).unwrap()[0];
    let structure = arrangement.structure().unwrap();
    assert_eq!(structure.atoms().len(), 52);
    let Instrument {
        grid,
        diffraction,
        profile,
        ..
    } = smfe12::instrument(0.1).unwrap();

    let lines = reflections(&structure, &diffraction, 1.0..=120.0).unwrap();
    let mut by_degree = vec![0.0; 120];
    for r in &lines {
        by_degree[r.two_theta_deg as usize] += r.intensity;
    }
    agree(
        "intensity by degree",
        by_degree,
        naive(&structure, &diffraction),
        1e-6,
    );
    c.bench_function("simulation/reflections of 52 atoms", |b| {
        b.iter(|| reflections(black_box(&structure), &diffraction, 1.0..=120.0));
    });

    let pattern = draw_pattern(&lines, &grid, &profile).unwrap();
    let some = || (0..grid.len()).step_by(97);
    let expected = some().map(|i| {
        let at = |r: &xrd_sim::Reflection| profile.at(grid.angle(i) - r.two_theta_deg);
        lines.iter().map(|r| r.intensity * at(r)).sum()
    });
    let drawn = some().map(|i| f64::from(pattern.intensities()[i]));
    agree("pattern", drawn, expected, 1e-6);
    c.bench_function("simulation/pattern of 11900 points", |b| {
        b.iter(|| draw_pattern(black_box(&lines), &grid, &profile));
    });
}

/// The naive sum over reciprocal space, per degree of 2θ.
fn naive(structure: &Structure, diffraction: &Diffraction) -> Vec<f64> {
    let mut sums = vec![0.0; 120];
    let q = 2.0 * 60f64.to_radians().sin() / diffraction.wavelength.as_angstrom();
    let [hs, ks, ls] = structure.lattice().lengths().map(|a| (a * q) as i32);
    for h in -hs..=hs {
        for k in -ks..=ks {
            for l in -ls..=ls {
                let d = structure.lattice().d_spacing([h, k, l]);
                match diffraction.wavelength.two_theta_deg(d) {
                    Some(angle) if (1.0..120.0).contains(&angle) => {
                        let f2 = structure_factor_squared(structure, diffraction, [h, k, l], d);
                        sums[angle as usize] += f2 * lorentz_polarization(angle);
                    }
                    _ => {}
                }
            }
        }
    }
    let volume = structure.lattice().volume();
    sums.iter().map(|sum| sum / (volume * volume)).collect()
}

fn structure_factor_squared(
    structure: &Structure,
    diffraction: &Diffraction,
    hkl: [i32; 3],
    d: f64,
) -> f64 {
    let s = 0.5 / d;
    let damping = (-diffraction.b_iso * s * s).exp();
    let (mut re, mut im) = (0.0, 0.0);
    for atom in structure.atoms() {
        let f = damping * FormFactor::of(atom.element()).unwrap().at(s);
        let phase: f64 = (0..3)
            .map(|i| TAU * f64::from(hkl[i]) * atom.position[i])
            .sum();
        re += f * phase.cos();
        im += f * phase.sin();
    }
    re * re + im * im
}

/// The host of the series, which has high symmetry, with and without its operations.
fn symmetry(c: &mut Criterion) {
    let host = &draw(Composition::Titanium(0), 1, 0).unwrap()[0];
    let structure = host.structure().unwrap();
    let symmetry = Symmetry::within(&structure, 1e-3).unwrap();
    assert_eq!(symmetry.space_group, 139);
    let diffraction = Instrument::laboratory(0.1).unwrap().diffraction;
    let by_degree = |lines: Vec<Reflection>| {
        let mut sums = vec![0.0; 90];
        for r in lines {
            sums[r.two_theta_deg as usize] += r.intensity;
        }
        sums
    };
    let plain = || reflections(black_box(&structure), &diffraction, 5.0..=90.0).unwrap();
    let known = || {
        reflections_by_symmetry(black_box(&structure), &symmetry, &diffraction, 5.0..=90.0).unwrap()
    };
    agree(
        "intensity by degree, symmetry known",
        by_degree(known()),
        naive(&structure, &diffraction).into_iter().take(90),
        1e-6,
    );
    c.bench_function("simulation/reflections of the host", |b| b.iter(plain));
    c.bench_function("simulation/reflections of the host, symmetry known", |b| {
        b.iter(known);
    });
}

/// Effects on the intensities of a pattern of the series, one by one and as in training.
fn effects_on_intensities(c: &mut Criterion) {
    let arrangement = &draw(Composition::Titanium(4), 1, 0).unwrap()[0];
    let instrument = smfe12::instrument(0.1).unwrap();
    let pattern = {
        let structure = arrangement.structure().unwrap();
        measure(
            &structure,
            &instrument,
            &Effects::default(),
            PatternKey::new(0, 0),
        )
        .unwrap()
    };
    let frame = PatternFrame::new(instrument.grid, 0.1).unwrap();
    let mut bench = |name: &str, effects: RandomPatternEffects| {
        let mut index = 0;
        let mut disturbed = pattern.intensities().to_vec();
        c.bench_function(&format!("effects on intensities/{name}"), |b| {
            b.iter(|| {
                index += 1;
                let key = PatternKey::new(0, index);
                disturbed.copy_from_slice(black_box(pattern.intensities()));
                let effects = effects.draw(&frame, key).unwrap();
                effects.apply(&frame, key, &mut disturbed).unwrap();
            });
        });
        let highest = disturbed.iter().copied().fold(0.0, f32::max);
        assert!((highest - pattern.max()).abs() < 1e-5);
    };
    for (name, tables) in [
        ("zero shift", "zero_shift = { deg = 0.02 }"),
        ("line width", "line_width = { factor = 1.5 }"),
        ("emission", "emission = { anode = 'Cu', k_alpha2 = 0.1 }"),
        (
            "line heights",
            "line_heights = { sigma = 0.1, distance_deg = 2 }",
        ),
        ("impurity", "impurity = { lines = 10, height = 0.1 }"),
        ("background", "background = { height = 0.1 }"),
        ("1,000 counts", "counting_noise = { counts = 1000 }"),
        ("100,000 counts", "counting_noise = { counts = 100000 }"),
    ] {
        bench(name, toml::from_str(tables).unwrap());
    }
    bench("laboratory", laboratory_effects());
}

criterion_group!(
    name = benches;
    config = criterion();
    targets = simulation, symmetry, effects_on_intensities
);
criterion_main!(benches);
