//! Fitted shifts, matched lines and mixtures.

use xrd_identify::{Prepared, Search};

use crate::made_up::{Numbers, entry, intensities, library, prepared};

#[test]
fn zero_shift_and_strain_are_found_again() {
    let library = library(300);
    for (seed, zero, strain) in [
        (20, 0.0, 0.0),
        (21, 0.06, 0.0),
        (22, -0.05, 0.003),
        (53, 0.03, -0.006),
        (24, 0.0, 0.008),
        (85, 0.0, -0.0095),
    ] {
        let pattern = prepared(&[(&entry(seed).lines, zero, strain, 1.0)]);
        let found = library.identify(&pattern, &Search::default());
        let first = &found.matches[0];
        assert_eq!(first.index, seed as usize);
        assert!(first.similarity > 0.95, "{first:?}");
        // Zero shift and displacement are nearly the same shift, and a strain is similar at high angles.
        for line in found.lines(&library, first) {
            let sine = (1.0 / line.d_angstrom) / (1.0 + strain) * 1.540_593 / 2.0;
            let expected = 2.0 * sine.asin().to_degrees() + zero;
            assert!(
                (line.two_theta_deg - expected).abs() < 0.03,
                "{line:?} {expected}"
            );
        }
        assert!(
            (first.shifts.strain - strain).abs() < 0.001,
            "{first:?} {strain}"
        );
        assert!((found.fwhm_deg - 0.12).abs() < 0.03, "{}", found.fwhm_deg);
        assert!(!found.has_k_alpha2);
    }
}

#[test]
fn lines_and_peaks_are_matched() {
    let library = library(100);
    let own = entry(25).lines;
    let strange = xrd_identify::LineList::new([(0.2123, 1.0), (0.4217, 0.7)]).unwrap();
    let pattern = prepared(&[(&own, 0.02, 0.001, 1.0), (&strange, 0.0, 0.0, 0.5)]);
    let found = library.identify(&pattern, &Search::default());
    let first = &found.matches[0];
    assert_eq!(first.index, 25);
    let height = |peaks: &[xrd_identify::Peak]| peaks.iter().map(|p| p.height).sum::<f64>();
    let left_over = height(&found.unmatched(&library, &[first]));
    let unexplained = found.unexplained(&library);
    assert!((unexplained - left_over / height(&found.peaks)).abs() < 1e-12);
    assert!(unexplained > 0.02, "{unexplained}");
    let alone = prepared(&[(&own, 0.02, 0.001, 1.0)]);
    let alone = library.identify(&alone, &Search::default());
    assert_eq!(alone.unexplained(&library), 0.0);
    let nothing = xrd_identify::Library::default();
    let unknown = nothing.identify(&pattern, &Search::default());
    assert_eq!(unknown.unexplained(&nothing), 1.0);
    let lines = found.lines(&library, first);
    assert!(lines.iter().all(|l| l.is_found), "{lines:?}");
    let left: Vec<f64> = found
        .unmatched(&library, &[first])
        .iter()
        .map(|p| 1.0 / p.d_angstrom)
        .collect();
    for inverse_d in [0.2123, 0.4217] {
        let near = own.lines().any(|l| (l.inverse_d - inverse_d).abs() < 0.003);
        assert!(
            near || left.iter().any(|l| (l - inverse_d).abs() < 1e-3),
            "{left:?}"
        );
    }
    assert!(left.len() <= 2, "{left:?}");
    // A structure that is not there misses lines.
    let other = &found.matches[5];
    assert!(found.lines(&library, other).iter().any(|l| !l.is_found));
}

#[test]
fn doublets_are_seen() {
    let library = library(60);
    let own = entry(33).lines;
    let first = intensities(&[(&own, 0.0, 0.0, 1.0)]);
    // d spacings of Kα2 appear longer by 0.249 % in wavelength.
    let second = intensities(&[(&own, 0.0, -0.002_484, 0.5)]);
    let both = first.iter().zip(second).map(|(a, b)| a + b).collect();
    let pattern = Prepared::within(both, 0..Prepared::POINTS).unwrap();
    let found = library.identify(&pattern, &Search::default());
    assert_eq!(found.matches[0].index, 33);
    assert!(found.has_k_alpha2);
    assert!(found.matches[0].shifts.strain.abs() < 1e-3);
}

#[test]
fn two_phases_are_found() {
    let library = library(300);
    let mut right = 0;
    let pairs = [(10, 200), (44, 145), (81, 23), (250, 119)];
    for (a, b) in pairs {
        let (first, second) = (entry(a).lines, entry(b).lines);
        let mut numbers = Numbers(a);
        let mut values = intensities(&[(&first, 0.03, 0.001, 1.0), (&second, 0.03, -0.002, 0.35)]);
        values
            .iter_mut()
            .for_each(|v| *v += 0.01 * numbers.next() as f32);
        let pattern = Prepared::within(values, 0..Prepared::POINTS).unwrap();
        let found = library.phases(&pattern, &Search::default(), 2);
        let indices: Vec<usize> = found.phases.iter().map(|p| p.found.index).collect();
        let total: f64 = found.phases.iter().map(|p| p.share).sum();
        assert!((total - 1.0).abs() < 1e-9);
        assert!(found.phases.windows(2).all(|w| w[0].share >= w[1].share));
        right += usize::from(indices.contains(&(a as usize)) && indices.contains(&(b as usize)));
    }
    assert_eq!(right, pairs.len());
    // A single phase stays one.
    let alone = prepared(&[(&entry(10).lines, 0.0, 0.0, 1.0)]);
    let found = library.phases(&alone, &Search::default(), 3);
    assert_eq!(found.phases.len(), 1);
    assert_eq!(found.phases[0].found.index, 10);
}

#[test]
fn libraries_and_searches_may_be_empty() {
    let pattern = prepared(&[(&entry(10).lines, 0.0, 0.0, 1.0)]);
    let none = xrd_identify::Library::default();
    assert!(
        none.identify(&pattern, &Search::default())
            .matches
            .is_empty()
    );
    assert!(
        none.phases(&pattern, &Search::default(), 3)
            .phases
            .is_empty()
    );
    let few = library(20).identify(&pattern, &Search { candidates: 0 });
    assert!(few.matches.is_empty() && !few.peaks.is_empty());
    let found = library(20).phases(&pattern, &Search { candidates: 5 }, 0);
    assert_eq!(found.phases.len(), 1);
}

#[test]
fn noise_is_no_peak() {
    let library = library(100);
    let own = entry(25).lines;
    // Counts of the highest line and of the background: quick and slow scans.
    for (highest, background) in [(300.0, 100.0), (3000.0, 100.0), (30_000.0, 1000.0)] {
        let mut numbers = Numbers(7);
        let (mut left_over, mut seen, mut all) = (0, 0, 0);
        for _ in 0..10 {
            let mut counts = intensities(&[(&own, 0.0, 0.0, highest)]);
            for value in &mut counts {
                let mean = f64::from(*value) + background;
                let turn = std::f64::consts::TAU * numbers.next();
                let size = (-2.0 * numbers.next().ln()).sqrt();
                *value = (mean + mean.sqrt() * size * turn.cos()) as f32;
            }
            let pattern = Prepared::within(counts, 0..Prepared::POINTS).unwrap();
            let found = library.identify(&pattern, &Search::default());
            let first = &found.matches[0];
            assert_eq!(first.index, 25);
            left_over += found.unmatched(&library, &[first]).len();
            // Lines of ten standard deviations of the background.
            let lines = found.lines(&library, first).into_iter();
            for line in lines.filter(|l| l.intensity * highest > 10.0 * background.sqrt()) {
                seen += usize::from(line.is_found);
                all += 1;
            }
        }
        assert!(left_over <= 5, "{highest} {background}: {left_over}");
        assert!(seen as f64 >= 0.98 * f64::from(all), "{seen} of {all}");
    }
}
