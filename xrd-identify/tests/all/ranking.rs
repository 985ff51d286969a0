//! The fast ranking, compared with a direct computation.

use proptest::prelude::*;
use xrd_identify::{Library, LineList, Neighbour, Prepared, Ranking, Votes};

use crate::made_up::{Numbers, entry, intensities, library, lines, prepared};

/// Similarity by sums over all points, lines and pairs of lines.
fn naive(lines: &LineList, pattern: &Prepared, ranking: &Ranking) -> f64 {
    let gauss = |x: f64, sd: f64| (-0.5 * (x / sd).powi(2)).exp();
    let [smoothing, width] = [ranking.smoothing_deg / 0.04, ranking.line_deg / 0.04];
    let values: Vec<f64> = pattern
        .values()
        .iter()
        .map(|v| f64::from(*v).powf(2.0 * ranking.power))
        .collect();
    let n = values.len();
    let area: f64 = (-200..=200).map(|i| gauss(f64::from(i), smoothing)).sum();
    let smooth: Vec<f64> = (0..n)
        .map(|i| {
            let near = i.saturating_sub(60)..(i + 60).min(n);
            near.map(|k| values[k] * gauss(i as f64 - k as f64, smoothing) / area)
                .sum()
        })
        .collect();
    let measured = pattern.measured();
    let norm: f64 = smooth[measured.clone()].iter().map(|v| v * v).sum();
    let drawn: Vec<(f64, f64)> = lines
        .lines()
        .map(|l| {
            (
                (l.two_theta_deg() - 5.0) / 0.04,
                l.intensity.powf(ranking.power),
            )
        })
        .filter(|l| l.0 >= measured.start as f64 - 0.5 && l.0 < measured.end as f64 - 0.5)
        .collect();
    if drawn.is_empty() {
        return 0.0;
    }
    let profile = |x: f64| {
        drawn
            .iter()
            .map(|l| l.1 * gauss(x - l.0, width))
            .sum::<f64>()
    };
    let squares: f64 = (-300..n as i32 + 300)
        .map(|i| profile(f64::from(i)).powi(2))
        .sum();
    let product: f64 = (0..n).map(|i| smooth[i] * profile(i as f64)).sum();
    (product / (norm * squares).sqrt()).clamp(0.0, 1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_fast_ranking_is_the_naive_one(
        seed in 0u64..1000,
        from in 0usize..800,
        points in 400usize..2125,
        power in 0.3f64..0.9,
        smoothing_deg in 0.04f64..0.2,
        line_deg in 0.14f64..0.2,
    ) {
        let ranking = Ranking { power, smoothing_deg, line_deg };
        let mut own = Library::default().with_ranking(ranking).unwrap();
        let lists: Vec<LineList> = (0..6).map(|i| lines(seed * 7 + i, 3 + 5 * i as usize)).collect();
        for list in &lists {
            own.push(&xrd_identify::Entry { lines: list.clone(), ..entry(seed) }).unwrap();
        }
        let values = intensities(&[(&lists[2], 0.02, 0.001, 1.0), (&lists[3], 0.0, 0.0, 0.3)]);
        let measured = from..(from + points).min(Prepared::POINTS);
        let Ok(pattern) = Prepared::within(values, measured) else {
            return Ok(());
        };
        for neighbour in own.neighbours(&pattern, 10) {
            let expected = naive(&lists[neighbour.index], &pattern, &ranking);
            // Places of single precision, and a polygon between points.
            prop_assert!((neighbour.similarity - expected).abs() < 0.01, "{neighbour:?} {expected}");
        }
    }
}

#[test]
fn a_pattern_of_an_entry_ranks_it_first() {
    let library = library(300);
    for seed in [0, 7, 77, 150, 299] {
        let pattern = prepared(&[(&entry(seed).lines, 0.01, 0.0, 1.0)]);
        let found = library.neighbours(&pattern, 3);
        assert_eq!(found[0].index, seed as usize);
        assert!(found[0].similarity > 0.9, "{found:?}");
        let others = library.neighbours_of(&pattern, 3, |i| i != seed as usize);
        assert_eq!(others[0], found[1]);
    }
}

#[test]
fn lines_outside_the_measured_range_do_not_count() {
    // The second list has one more strong line, at 60°.
    let short = LineList::new([(0.3, 1.0), (0.4, 0.5), (0.45, 0.2)]).unwrap();
    let long = LineList::new([(0.3, 1.0), (0.4, 0.5), (0.45, 0.2), (0.649, 1.0)]).unwrap();
    let mut library = Library::default();
    for lines in [&short, &long] {
        let lines = lines.clone();
        library
            .push(&xrd_identify::Entry { lines, ..entry(1) })
            .unwrap();
    }
    let values = || intensities(&[(&short, 0.0, 0.0, 1.0)]);
    let part = Prepared::within(values(), 0..1000).unwrap();
    let found = library.neighbours(&part, 2);
    assert!(
        (found[0].similarity - found[1].similarity).abs() < 1e-6,
        "{found:?}"
    );
    let whole = Prepared::within(values(), 0..Prepared::POINTS).unwrap();
    let found = library.neighbours(&whole, 2);
    assert!(found[0].similarity > found[1].similarity + 0.1, "{found:?}");
    // No line at all within the range.
    let low = Prepared::within(intensities(&[(&entry(3).lines, 0.0, 0.0, 1.0)]), 1500..2125);
    assert!(
        library
            .neighbours(&low.unwrap(), 2)
            .iter()
            .all(|n| n.similarity == 0.0)
    );
}

#[test]
fn numbers_of_neighbours_and_settings_have_bounds() {
    let library = library(20);
    let pattern = prepared(&[(&entry(2).lines, 0.0, 0.0, 1.0)]);
    for (n, expected) in [(0, 0), (1, 1), (20, 20), (1000, 20)] {
        assert_eq!(library.neighbours(&pattern, n).len(), expected);
    }
    assert!(Library::default().neighbours(&pattern, 5).is_empty());
    let usual = Ranking::default();
    for wrong in [
        Ranking {
            power: 0.0,
            ..usual
        },
        Ranking {
            power: f64::NAN,
            ..usual
        },
        Ranking {
            smoothing_deg: 0.0,
            ..usual
        },
        Ranking {
            line_deg: 5.0,
            ..usual
        },
        // Too narrow to be interpolated between points.
        Ranking {
            line_deg: 0.1,
            ..usual
        },
    ] {
        assert!(library.clone().with_ranking(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn results_do_not_depend_on_threads() {
    let library = library(2000);
    let mut numbers = Numbers(5);
    let mut values = intensities(&[(&entry(11).lines, 0.05, 0.002, 1.0)]);
    values
        .iter_mut()
        .for_each(|v| *v += 0.05 * numbers.next() as f32);
    let pattern = Prepared::within(values, 0..Prepared::POINTS).unwrap();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let search = xrd_identify::Search::default();
        pool.install(|| {
            let phases = library.phases(&pattern, &search, 2);
            (
                library.neighbours(&pattern, 30),
                library.identify(&pattern, &search).matches,
                phases.phases,
            )
        })
    };
    let one = with(1);
    assert!([2, 3, 5].into_iter().all(|threads| with(threads) == one));
}

#[test]
fn votes_are_those_of_the_formula() {
    let library = library(300);
    let pattern = prepared(&[(&entry(40).lines, 0.0, 0.0, 1.0)]);
    let nearest = library.neighbours(&pattern, 50);
    let votes = Votes {
        voters: 7,
        sharpness: 13.0,
        least: 0.4,
    };
    let weights = votes.weights(&library, &nearest).unwrap();
    assert_eq!(weights.len(), 230);
    for (i, weight) in weights.iter().enumerate() {
        let of_group =
            |n: &&Neighbour| library.title(n.index).unwrap().space_group as usize == i + 1;
        let vote = |n: &Neighbour| (13.0 * (n.similarity - 0.4)).exp();
        let expected = nearest[..7].iter().filter(of_group).map(vote).sum::<f64>();
        assert!((weight - expected).abs() <= 1e-12 * expected);
    }
    let best = (0..230)
        .max_by(|a, b| weights[*a].total_cmp(&weights[*b]))
        .unwrap();
    assert_eq!(best as u64, 40);
    for wrong in [
        Votes {
            sharpness: -1.0,
            ..votes
        },
        Votes {
            sharpness: f64::NAN,
            ..votes
        },
        Votes {
            least: 2.0,
            ..votes
        },
    ] {
        assert!(wrong.weights(&library, &nearest).is_err());
    }
}
