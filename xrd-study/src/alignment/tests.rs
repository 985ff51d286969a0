use super::*;
use xrd_core::{Labels, PatternSet, Scale};

use crate::samples;

const POINTS: usize = 1500;

fn grid() -> TwoThetaGrid {
    TwoThetaGrid::new(20.0, 0.04, POINTS).unwrap()
}

/// Returns a pattern of ten lines. The cell grows and the heights change with the label, and noise
/// differs between patterns.
fn pattern(label: f64, seed: usize, width: f64) -> Vec<f32> {
    let line = |k: usize| {
        let d = (1.0 + 0.01 * label) * 4.0 / (1.0 + 0.33 * k as f64);
        let angle = 2.0 * (0.77 / d).asin().to_degrees();
        (angle, 1.0 + 0.5 * label * ((k % 3) as f64 - 1.0))
    };
    let at = |(i, angle): (usize, f64)| {
        let lines = (0..10).map(line);
        let height =
            |(place, height): (f64, f64)| height * (-((angle - place) / width).powi(2)).exp();
        let noise = ((i * 7919 + seed * 104_729) % 1009) as f64 / 1009.0;
        (lines.map(height).sum::<f64>() + 0.01 * noise) as f32
    };
    grid().angles().enumerate().map(at).collect()
}

fn dataset(rows: Vec<Vec<f32>>, labels: Vec<f64>) -> Dataset {
    let names = (0..rows.len()).map(|i| i.to_string()).collect();
    let set = PatternSet::new(grid(), Scale::ARBITRARY, None, names, rows.concat()).unwrap();
    Dataset::new(set, Labels::new(vec!["p".to_owned()], labels).unwrap()).unwrap()
}

fn known(count: usize) -> Dataset {
    let labels: Vec<f64> = (0..count)
        .map(|i| (i * 7 % count) as f64 / count as f64)
        .collect();
    let rows = labels.iter().enumerate();
    let rows = rows.map(|(i, &p)| pattern(p, i, 0.2)).collect();
    dataset(rows, labels)
}

fn aligner(data: &Dataset) -> PatternAligner {
    let all: Vec<usize> = (0..data.set.len()).collect();
    PatternAligner::fit(data, &all).unwrap().unwrap()
}

fn patterns(rows: &[Vec<f32>]) -> Patterns {
    dataset(rows.to_vec(), vec![0.0; rows.len()]).set
}

/// Returns a pattern moved by a zero shift in degrees and a displacement in mm at 240 mm.
fn moved(row: &[f32], zero: f64, displacement: f64) -> Vec<f32> {
    let displacement = SampleDisplacement::new(displacement, 240.0).unwrap();
    let shift = AngleShift::new(ZeroShift::new(zero).unwrap(), displacement);
    let mut into = vec![0.0; row.len()];
    shift.apply(&grid(), row, &mut into).unwrap();
    into
}

#[test]
fn a_shift_is_found_and_corrected() {
    let aligner = aligner(&known(60));
    let shifts = [
        (0.05, 0.0),
        (-0.05, 0.0),
        (0.0, 0.2),
        (0.2, 0.0),
        (0.05, 0.1),
        (-0.03, -0.2),
    ];
    for (i, (zero, displacement)) in shifts.into_iter().enumerate() {
        let plain = pattern(0.1 + 0.15 * i as f64, 1000 + i, 0.2);
        let set = patterns(&[moved(&plain, zero, displacement)]);
        let found = aligner.shifts(&set, 240.0).unwrap();
        assert_eq!(
            found[0].is_shifted(),
            Some(true),
            "{zero} {displacement} {found:?}"
        );
        let shift = found[0].angle_shift().unwrap();
        let displaced = SampleDisplacement::new(displacement, 240.0).unwrap();
        for angle in [20.0, 40.0, 60.0, 80.0] {
            let off = shift.shift_deg(angle) - zero - displaced.shift_deg(angle);
            assert!(off.abs() < 0.005, "{zero} {displacement} {angle}: {off}");
        }
        let corrected = align(set, &found).unwrap();
        let corrected = corrected.intensities(0).unwrap();
        let away = |a: &[f32]| {
            a.iter()
                .zip(&plain)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max)
        };
        assert!(away(&corrected) < 0.05, "{}", away(&corrected));
    }
}

#[test]
fn patterns_without_a_shift_are_seldom_marked_and_never_changed() {
    let aligner = aligner(&known(100));
    let rows: Vec<Vec<f32>> = (0..50)
        .map(|i| pattern(f64::from(i) / 50.0 + 0.003, 500 + i as usize, 0.2))
        .collect();
    let set = patterns(&rows);
    let shifts = aligner.shifts(&set, 240.0).unwrap();
    let marked = shifts
        .iter()
        .filter(|s| s.is_shifted() == Some(true))
        .count();
    assert!(marked <= 5, "{marked}");
    let corrected = align(set, &shifts).unwrap();
    for (i, shift) in shifts.iter().enumerate() {
        if shift.is_shifted() == Some(false) {
            assert_eq!(*corrected.intensities(i).unwrap(), rows[i]);
        }
    }
    assert_eq!(
        corrected.select(&[3]).unwrap().intensities(0),
        &*corrected.intensities(3).unwrap()
    );
}

#[test]
fn a_shift_as_large_as_those_of_the_known_patterns_is_not_marked() {
    let labels: Vec<f64> = (0..100).map(|i| f64::from(i * 7 % 100) / 100.0).collect();
    let by = |i: usize| 0.1 * ((i * 13 % 21) as f64 / 10.0 - 1.0);
    let rows = labels.iter().enumerate();
    let rows = rows
        .map(|(i, &p)| moved(&pattern(p, i, 0.2), by(i), 0.0))
        .collect();
    let shifting = aligner(&dataset(rows, labels));
    let row = pattern(0.41, 777, 0.2);
    let is_marked = |zero: f64| {
        let set = patterns(&[moved(&row, zero, 0.0)]);
        shifting.shifts(&set, 240.0).unwrap()[0].is_shifted()
    };
    assert_eq!(is_marked(0.05), Some(false));
    assert_eq!(is_marked(0.25), Some(true));
}

#[test]
fn the_displacement_scales_with_the_radius() {
    let aligner = aligner(&known(60));
    let set = patterns(&[moved(&pattern(0.5, 900, 0.2), 0.0, 0.2)]);
    let of = |radius| aligner.shifts(&set, radius).map(|s| s[0]);
    let (near, far) = (of(120.0).unwrap(), of(240.0).unwrap());
    assert!((2.0 * near.displacement_mm - far.displacement_mm).abs() < 1e-12);
    assert_eq!(near.zero_shift_deg, far.zero_shift_deg);
    for radius in [0.0, -240.0, f64::NAN, 1e6] {
        assert!(matches!(of(radius), Err(Error::Simulation(_))), "{radius}");
    }
}

#[test]
fn few_known_patterns_give_no_marks() {
    assert!(
        PatternAligner::fit(&known(4), &[0, 1, 2, 3])
            .unwrap()
            .is_none()
    );
    let data = known(12);
    let found = aligner(&data).shifts(&data.set, 240.0).unwrap();
    assert!(found.iter().all(|s| s.is_shifted().is_none()));
    let equal = dataset(vec![pattern(0.5, 0, 0.2); 8], vec![0.0; 8]);
    let all: Vec<usize> = (0..8).collect();
    assert!(PatternAligner::fit(&equal, &all).unwrap().is_none());
    let empty = dataset(vec![vec![0.0; POINTS]; 8], vec![0.0; 8]);
    assert!(PatternAligner::fit(&empty, &all).unwrap().is_none());
}

#[test]
fn patterns_without_intensity_and_on_other_grids_are_no_panic() {
    let aligner = aligner(&known(60));
    let found = aligner
        .shifts(&patterns(&[vec![0.0; POINTS]]), 240.0)
        .unwrap();
    assert!(found[0].improvement >= 1.0);
    let small = samples::dataset(|_, v| v);
    let error = aligner.shifts(&small.set, 240.0).unwrap_err();
    assert!(matches!(
        error,
        Error::Alignment {
            points: POINTS,
            found: 20
        }
    ));
}

#[test]
fn a_stored_aligner_finds_the_same() {
    let aligner = aligner(&known(40));
    let attachment = stored::to_attachment(&aligner);
    let read = stored::from_attachment(&attachment).unwrap();
    let set = patterns(&[moved(&pattern(0.3, 5, 0.2), 0.04, 0.0)]);
    assert_eq!(
        read.shifts(&set, 240.0).unwrap(),
        aligner.shifts(&set, 240.0).unwrap()
    );
    let mut damaged = attachment.clone();
    damaged.arrays.pop();
    assert!(matches!(
        stored::from_attachment(&damaged),
        Err(Error::DamagedAlignment)
    ));
    let mut damaged = attachment;
    damaged.text = "{".to_owned();
    assert!(matches!(
        stored::from_attachment(&damaged),
        Err(Error::DamagedAlignment)
    ));
}
