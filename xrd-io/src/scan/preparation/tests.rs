//! Each step on small scans.

use std::f64::consts::PI;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use xrd_core::{IntensityUnit, Scale, Wavelength};

use super::super::{AxisKind, Draft, Scan, SigmaOrigin, TimePerStep, UnitEvidence};
use super::*;
use crate::error::Place;
use crate::source::Source;

fn scan(axis_kind: AxisKind, axis: Vec<f64>, intensities: Vec<f64>) -> Scan {
    let source = Source::new(Path::new("a.xy"), vec![]);
    let mut draft = Draft::new(&source, axis_kind, axis, intensities);
    draft.unit(IntensityUnit::Counts, UnitEvidence::Format);
    draft.build(&source, |_| Place::File).unwrap()
}

/// Counts at 10, 10.1, ….
fn counts(intensities: &[f64]) -> Scan {
    let axis = (0..intensities.len()).map(|i| 10.0 + 0.1 * i as f64);
    scan(AxisKind::TwoThetaDeg, axis.collect(), intensities.to_vec())
}

fn copper(scan: &mut Scan) {
    let radiation = &mut Arc::make_mut(&mut scan.metadata).radiation;
    radiation.set_angstrom(Some(1.5406), Some(1.5444));
    radiation.k_alpha2_ratio = Some(0.5);
}

fn prepared(scan: &Scan, steps: &[&str]) -> Result<Scan> {
    let steps: Vec<Step> = steps.iter().map(|s| s.parse().unwrap()).collect();
    scan.prepare(&steps)
}

fn refusal(scan: &Scan, step: &str) -> String {
    prepared(scan, &[step]).unwrap_err().to_string()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

#[test]
fn nothing_is_done_unasked() {
    let scan = counts(&[1.0, 4.0, 9.0]);
    assert_eq!(scan.prepare(&[]).unwrap(), scan);
    assert!(scan.preparation().is_empty() && scan.sigma().is_none());
}

#[test]
fn square_roots_of_counts_have_one_noise() {
    let root = prepared(&counts(&[4.0, 0.0, -3.0, 100.0]), &["sqrt"]).unwrap();
    assert_eq!(root.intensities(), [2.0, 0.0, 0.0, 10.0]);
    let sigma = root.sigma().unwrap();
    assert!(near(&[sigma[0], sigma[3]], &[0.5, 0.5]));
    assert!(sigma.iter().all(|s| s.is_finite()));
    assert_eq!(root.scale(), Scale::ARBITRARY);
    assert!("sqrt:2".parse::<Step>().is_err());
}

#[test]
fn a_falling_axis_is_turned_and_counts_have_a_sigma() {
    let falling = scan(AxisKind::TwoThetaDeg, vec![12.0, 11.0], vec![4.0, 9.0]);
    let shifted = prepared(&falling, &["zero-shift:-0.5"]).unwrap();
    assert_eq!(shifted.axis(), [10.5, 11.5]);
    assert_eq!(shifted.intensities(), [9.0, 4.0]);
    assert_eq!(shifted.sigma(), Some([3.0, 2.0].as_slice()));
    assert_eq!(shifted.sigma_origin(), Some(SigmaOrigin::Counting));
    let back_and_forth = scan(AxisKind::TwoThetaDeg, vec![1.0, 3.0, 2.0], vec![1.0; 3]);
    assert!(refusal(&back_and_forth, "despike").contains("two-theta step is -1"));
}

#[test]
fn spikes_become_the_mean_of_their_neighbours_and_are_told() {
    let mut values = vec![16.0; 20];
    (values[7], values[8]) = (4_000.0, 20.0);
    let prepared = prepared(&counts(&values), &["despike"]).unwrap();
    assert_eq!(prepared.intensities()[6..9], [16.0, 18.0, 20.0]);
    let sigma = prepared.sigma().unwrap()[7];
    assert!((sigma - 0.5 * 36f64.sqrt()).abs() < 1e-12);
    assert_eq!(prepared.warnings(), ["spikes replaced: 1, at 10.7"]);
}

#[test]
fn of_a_doublet_only_the_first_wavelength_is_left() {
    let mut doublet = counts(&[30.0; 40]);
    assert!(refusal(&doublet, "strip-ka2").contains("states no K-alpha-1 and K-alpha-2"));
    copper(&mut doublet);
    let stripped = prepared(&doublet, &["strip-ka2"]).unwrap();
    assert!(near(stripped.intensities(), &[20.0; 40]));
    let radiation = &stripped.metadata().radiation;
    assert_eq!(
        (radiation.k_alpha2, radiation.k_alpha2_ratio),
        (None, Some(0.0))
    );
    assert_eq!(
        stripped.preparation()[0].to_string(),
        "strip-ka2:1.5406,1.5444,0.5"
    );
    let again = doublet.prepare(stripped.preparation()).unwrap();
    assert_eq!(again, stripped);
    Arc::make_mut(&mut doublet.metadata)
        .radiation
        .k_alpha2_ratio = None;
    assert!(refusal(&doublet, "strip-ka2").contains("no ratio"));
}

#[test]
fn backgrounds_are_subtracted() {
    let mut values = vec![50.0; 60];
    values[30] = 80.0;
    for step in ["snip:1", "arpls:1000"] {
        let found = prepared(&counts(&values), &[step]).unwrap();
        let mut expected = vec![0.0; 60];
        expected[30] = 30.0;
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 0.5;
        assert!(
            found.intensities().iter().zip(&expected).all(near),
            "{step}"
        );
        assert_eq!(found.sigma(), counts(&values).counting_sigma().as_deref());
    }
}

#[test]
fn steps_that_need_an_even_axis_say_which_point_is_off() {
    let uneven = scan(
        AxisKind::TwoThetaDeg,
        vec![1.0, 2.0, 3.5, 4.0],
        vec![1.0; 4],
    );
    for step in ["snip", "arpls", "smooth:3,1"] {
        assert!(refusal(&uneven, step).contains("point 2 is 3.5"), "{step}");
    }
    let one = scan(AxisKind::TwoThetaDeg, vec![1.0], vec![1.0]);
    for step in ["snip", "arpls", "smooth:1,0", "rebin:0.1"] {
        assert!(prepared(&one, &[step]).is_err(), "{step}");
    }
    let message = refusal(&counts(&[1.0; 5]), "smooth:7,2");
    assert!(
        message.starts_with("a: smooth:7,2: the smoothing window is 7"),
        "{message}"
    );
}

#[test]
fn bins_add_counts_and_average_rates() {
    let mut scan = scan(
        AxisKind::TwoThetaDeg,
        vec![0.5, 1.5, 2.5, 3.5, 4.5],
        vec![4.0; 5],
    );
    Arc::make_mut(&mut scan.metadata).time_per_step = Some(TimePerStep::Same(3.0));
    let counted = prepared(&scan, &["rebin:2"]).unwrap();
    assert_eq!(
        (counted.axis(), counted.intensities()),
        ([2.0, 4.0].as_slice(), [8.0, 8.0].as_slice())
    );
    assert!(near(counted.sigma().unwrap(), &[8f64.sqrt(); 2]));
    let time = Some(TimePerStep::Each(vec![6.0, 6.0]));
    assert_eq!(counted.metadata().time_per_step, time);
    let mean = prepared(&scan, &["rebin:2:mean"]).unwrap();
    assert_eq!(mean.intensities(), [4.0, 4.0]);
    assert!(near(mean.sigma().unwrap(), &[2f64.sqrt(); 2]));
    let time = Some(TimePerStep::Each(vec![3.0, 3.0]));
    assert_eq!(mean.metadata().time_per_step, time);
    scan.scale.unit = IntensityUnit::CountsPerSecond;
    let rate = prepared(&scan, &["rebin:2"]).unwrap();
    assert_eq!(rate.intensities(), [4.0, 4.0]);
    // With twice the counting time, the counts have the same statistics.
    assert!(near(rate.sigma().unwrap(), &rate.counting_sigma().unwrap()));
}

#[test]
fn crop_takes_its_ends_with_it() {
    let scan = counts(&[0.0, 1.0, 4.0, 9.0, 16.0]);
    let part = prepared(&scan, &["crop:10.1:10.3"]).unwrap();
    assert_eq!(
        (part.intensities(), part.sigma().unwrap()),
        ([1.0, 4.0, 9.0].as_slice(), [1.0, 2.0, 3.0].as_slice())
    );
    assert!(refusal(&scan, "crop:20:30").contains("no point from 20 to 30 in 10 to 10.4"));
}

#[test]
fn scales_are_noted() {
    let scan = counts(&[1.0, 4.0]);
    let half = prepared(&scan, &["scale:0.5"]).unwrap();
    assert_eq!(
        (half.intensities(), half.sigma().unwrap()),
        ([0.5, 2.0].as_slice(), [0.5, 1.0].as_slice())
    );
    assert_eq!(
        half.scale(),
        Scale {
            unit: IntensityUnit::Counts,
            factor: 0.5
        }
    );
    let largest = prepared(&scan, &["scale:max"]).unwrap();
    assert_eq!(
        (largest.intensities(), largest.scale()),
        ([0.25, 1.0].as_slice(), Scale::ARBITRARY)
    );
    assert!(refusal(&counts(&[0.0, -1.0]), "scale:max").contains("largest intensity is 0"));
    assert!(refusal(&counts(&[1e300, 1e305]), "scale:1e10").contains("too large"));
}

#[test]
fn q_and_d_become_angles() {
    let wavelength = Wavelength::angstrom(1.54).unwrap();
    let d = [8.0, 4.0, 2.0, 0.5];
    let expected: Vec<f64> = d
        .iter()
        .filter_map(|d| wavelength.two_theta_deg(*d))
        .collect();
    let q = |unit: f64| d.iter().map(|d| 2.0 * PI / d / unit).collect::<Vec<_>>();
    for (kind, axis) in [
        (AxisKind::DAngstrom, d.to_vec()),
        (AxisKind::QPerAngstrom, q(1.0)),
        (AxisKind::QPerNanometre, q(0.1)),
    ] {
        let found = prepared(
            &scan(kind, axis, vec![1.0, 2.0, 3.0, 4.0]),
            &["to-wavelength:1.54"],
        );
        let found = found.unwrap();
        assert!(near(found.axis(), &expected));
        assert_eq!(found.intensities(), [1.0, 2.0, 3.0]);
        assert_eq!(
            (found.axis_kind(), found.wavelength()),
            (&AxisKind::TwoThetaDeg, Some(wavelength))
        );
        assert_eq!(
            found.warnings().last().unwrap(),
            "left out: 1 points that 1.54 angstrom does not reach"
        );
    }
    let no_wavelength = counts(&[1.0, 2.0]);
    assert!(refusal(&no_wavelength, "to-wavelength:1").contains("states no wavelength"));
    let phi = scan(AxisKind::PhiDeg, vec![1.0, 2.0], vec![1.0, 2.0]);
    for step in ["to-wavelength:1", "zero-shift:1", "strip-ka2:1.5,1.6,0.5"] {
        assert!(
            matches!(prepared(&phi, &[step]), Err(Error::NotPowder { .. })),
            "{step}"
        );
    }
}

proptest! {
    #[test]
    fn a_wavelength_and_back_is_the_same(first in 5.0..60.0f64, step in 0.01..0.5f64, to in 0.5..1.7f64) {
        let axis: Vec<f64> = (0..50).map(|i| first + step * f64::from(i)).collect();
        let mut scan = scan(AxisKind::TwoThetaDeg, axis, vec![1.0; 50]);
        copper(&mut scan);
        let there = prepared(&scan, &[&format!("to-wavelength:{to}")]).unwrap();
        let back = prepared(&there, &["to-wavelength:1.5406"]).unwrap();
        prop_assert!(near(back.axis(), scan.axis()));
        let k_alpha2 = |s: &Scan| s.metadata().radiation.k_alpha2.unwrap().as_angstrom();
        prop_assert!((k_alpha2(&back) - k_alpha2(&scan)).abs() < 1e-12);
        prop_assert_eq!(back.preparation().len(), 2);
    }
}
