//! Laws of probabilities, their calibration and their scores.

use proptest::prelude::*;
use xrd_symmetry::{
    Answer, Calibration, Error, Evidence, Example, Exponents, Probabilities, Score, SpaceGroup,
};

fn group(number: u16) -> SpaceGroup {
    SpaceGroup::from_number(number).unwrap()
}

/// Numbers from 0 to 1, always the same.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn weights() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.0..10.0f64, 230)
}

proptest! {
    #[test]
    fn probabilities_are_normalised_and_sums_agree(weights in weights()) {
        let p = Probabilities::from_weights(&weights).unwrap();
        let sum = |v: &[f64]| v.iter().sum::<f64>();
        prop_assert!((sum(p.values()) - 1.0).abs() < 1e-12);
        prop_assert!((sum(&p.crystal_systems()) - 1.0).abs() < 1e-12);
        let extinction: f64 = p.extinction_groups().iter().map(|e| e.1).sum();
        prop_assert!((extinction - 1.0).abs() < 1e-12);
        let order = p.most_likely(230);
        prop_assert!(order.windows(2).all(|w| w[0].1 > w[1].1 || (w[0].1 == w[1].1 && w[0].0 < w[1].0)));
        prop_assert_eq!(order[0].1, p.certainty());
    }

    /// Softmax does not depend on a constant, and is the inverse of the logarithm.
    #[test]
    fn scores_are_logarithms(weights in weights(), shift in -300.0..300.0f64) {
        let scores: Vec<f64> = weights.iter().map(|w| w.ln() + shift).collect();
        prop_assume!(weights.iter().any(|w| *w > 0.0));
        let p = Probabilities::from_weights(&weights).unwrap();
        let q = Probabilities::from_scores(&scores).unwrap();
        for (a, b) in p.values().iter().zip(q.values()) {
            prop_assert!((a - b).abs() < 1e-12);
        }
    }

    /// The naive twin of the curves.
    #[test]
    fn curves_are_shares(truths in prop::collection::vec(1..=230u16, 1..40), seed in 0..1000u64) {
        let mut next = numbers(seed);
        let probabilities: Vec<_> = truths.iter().map(|_| {
            let weights: Vec<f64> = (0..230).map(|_| next().powi(20)).collect();
            Probabilities::from_weights(&weights).unwrap()
        }).collect();
        let answers: Vec<_> = probabilities.iter().zip(&truths)
            .map(|(probabilities, n)| Answer { probabilities, truth: group(*n) }).collect();
        let score = Score::of(&answers).unwrap();
        for n in 1..=10 {
            let hits = answers.iter().filter(|a| a.probabilities.most_likely(n).iter().any(|g| g.0 == a.truth));
            prop_assert_eq!(score.top[n - 1], hits.count() as f64 / answers.len() as f64);
        }
        for point in &score.refusal {
            let given: Vec<_> = answers.iter().filter(|a| a.probabilities.certainty() >= point.threshold).collect();
            let right = given.iter().filter(|a| a.probabilities.most_likely(1)[0].0 == a.truth).count();
            prop_assert!((point.answered - given.len() as f64 / answers.len() as f64).abs() < 1e-12);
            prop_assert!((point.right - right as f64 / given.len() as f64).abs() < 1e-12);
        }
        prop_assert_eq!(score.distances.iter().sum::<usize>(), answers.len());
        prop_assert_eq!(score.distances[0] as f64, score.space_group * answers.len() as f64);
        prop_assert_eq!(score.by_space_group.iter().map(|g| g.1).sum::<usize>(), answers.len());
    }
}

#[test]
fn invalid_probabilities_are_refused() {
    let mut weights = vec![0.0; 230];
    assert_eq!(
        Probabilities::from_weights(&weights),
        Err(Error::Sum { sum: 0.0 })
    );
    assert_eq!(
        Probabilities::from_weights(&weights[1..]),
        Err(Error::Length { found: 229 })
    );
    weights[61] = -1.0;
    let expected = Error::Probability {
        space_group: 62,
        value: -1.0,
    };
    assert_eq!(Probabilities::from_weights(&weights), Err(expected));
    weights[61] = f64::NAN;
    assert!(Probabilities::from_weights(&weights).is_err());
    assert!(Probabilities::from_scores(&weights).is_err());
    assert!(Probabilities::from_scores(&[f64::NEG_INFINITY; 230]).is_err());
    assert!(Probabilities::mean([]).is_err());
}

/// Truths drawn with an exponent for each question have these exponents; a source that knows nothing has none.
#[test]
fn exponents_are_found_again() {
    let mut next = numbers(1);
    let exponents = Exponents {
        crystal_system: 0.5,
        extinction_group: 2.0,
        space_group: 1.0,
    };
    let truly = Calibration::new([exponents]).unwrap();
    let mut cases = Vec::new();
    for _ in 0..3000 {
        let scores: Vec<f64> = (0..230).map(|_| 6.0 * next()).collect();
        let noise: Vec<f64> = (0..230).map(|_| 6.0 * next()).collect();
        let sources =
            [&scores, &noise].map(|s| Evidence::from(&Probabilities::from_scores(s).unwrap()));
        let drawn = truly.combine(&sources[..1]).unwrap();
        let mut left = next();
        let truth = SpaceGroup::all().find(|g| {
            left -= drawn.of(*g);
            left <= 0.0
        });
        cases.push((sources, truth.unwrap_or(group(230))));
    }
    let examples: Vec<_> = cases
        .iter()
        .map(|(sources, truth)| Example {
            sources,
            truth: *truth,
        })
        .collect();
    let fitted = Calibration::fit(&examples).unwrap();
    let [found, noise] = fitted.exponents() else {
        panic!("two sources");
    };
    let near = |a: f64, b: f64| (a - b).abs() < 0.15;
    assert!(
        near(found.crystal_system, 0.5)
            && near(found.extinction_group, 2.0)
            && near(found.space_group, 1.0),
        "{found:?}"
    );
    let all = [
        noise.crystal_system,
        noise.extinction_group,
        noise.space_group,
    ];
    assert!(all.into_iter().all(|w| w < 0.15), "{noise:?}");
    let combined: Vec<_> = cases
        .iter()
        .map(|(sources, _)| fitted.combine(sources).unwrap())
        .collect();
    let answers: Vec<_> = combined
        .iter()
        .zip(&cases)
        .map(|(probabilities, (_, truth))| Answer {
            probabilities,
            truth: *truth,
        })
        .collect();
    let score = Score::of(&answers).unwrap();
    assert!(
        score.calibration_error < 0.03,
        "{}",
        score.calibration_error
    );
}

#[test]
fn the_surer_half_is_the_better_one_of_a_calibrated_source() {
    let sure = |n: u16, share: f64| {
        let mut weights = vec![(1.0 - share) / 229.0; 230];
        weights[usize::from(n) - 1] = share;
        Probabilities::from_weights(&weights).unwrap()
    };
    let answers = [
        (sure(14, 0.9), 14),
        (sure(62, 0.8), 62),
        (sure(2, 0.4), 15),
        (sure(225, 0.3), 221),
    ];
    let answers: Vec<_> = answers
        .iter()
        .map(|(probabilities, n)| Answer {
            probabilities,
            truth: group(*n),
        })
        .collect();
    let score = Score::of(&answers).unwrap();
    assert_eq!((score.space_group, score.crystal_system), (0.5, 0.75));
    assert_eq!(score.surer_half, [1.0, 1.0]);
    // Fm-3m is of the same extinction group as F23 and not as Pm-3m.
    assert_eq!(score.extinction_group, 0.5);
    assert!(Score::of(&[]).is_err());
}

#[test]
fn sources_are_counted() {
    let p = [1, 2].map(|_| Evidence::from(&Probabilities::uniform()));
    let one = |w| Calibration::new([Exponents::all(w)]);
    assert!(one(1.0).unwrap().combine(&p).is_err());
    assert!(Calibration::new([]).is_err() && one(11.0).is_err() && one(f64::NAN).is_err());
    let [one, two] = [&p[..1], &p].map(|sources| Example {
        sources,
        truth: group(1),
    });
    assert!(Calibration::fit(&[one, two]).is_err() && Calibration::fit(&[]).is_err());
}

/// A naive twin: the three probabilities by their definition.
#[test]
fn combined_probabilities_are_those_of_the_three_questions() {
    let mut next = numbers(5);
    let weights = |scale: f64, next: &mut dyn FnMut() -> f64| -> Vec<f64> {
        (0..230).map(|_| (scale * next()).exp()).collect()
    };
    let sources = [(3.0, 1e-6), (8.0, 1.0)]
        .map(|(scale, floor)| Evidence::new(&weights(scale, &mut next), floor).unwrap());
    let exponents = [[0.8, 1.3, 0.4], [0.3, 0.0, 1.1]];
    let of = |[crystal_system, extinction_group, space_group]: [f64; 3]| Exponents {
        crystal_system,
        extinction_group,
        space_group,
    };
    let found = Calibration::new(exponents.map(of)).unwrap();
    let found = found.combine(&sources).unwrap();
    let score = |set: &dyn Fn(SpaceGroup) -> bool, level: usize| -> f64 {
        let of_source = |(source, exponents): (&Evidence, &[f64; 3])| {
            let all = SpaceGroup::all().zip(source.weights());
            let sum: f64 = all.filter(|(g, _)| set(*g)).map(|(_, w)| w).sum();
            (sum + source.floor()).powf(exponents[level])
        };
        sources.iter().zip(&exponents).map(of_source).product()
    };
    let systems: Vec<_> = (0..7).collect();
    let system = |g: SpaceGroup| g.crystal_system() as usize;
    let total: f64 = systems.iter().map(|s| score(&|g| system(g) == *s, 0)).sum();
    for group in SpaceGroup::all() {
        let in_system = |g: SpaceGroup| system(g) == system(group);
        let is_like =
            |g: SpaceGroup| in_system(g) && g.extinction_group() == group.extinction_group();
        let mut extinctions: Vec<_> = SpaceGroup::all()
            .filter(|g| in_system(*g))
            .map(SpaceGroup::extinction_group)
            .collect();
        extinctions.sort();
        extinctions.dedup();
        let of_extinctions: f64 = extinctions
            .iter()
            .map(|e| score(&|g| in_system(g) && g.extinction_group() == *e, 1))
            .sum();
        let of_groups: f64 = SpaceGroup::all()
            .filter(|g| is_like(*g))
            .map(|one| score(&|g| g == one, 2))
            .sum();
        let expected = score(&in_system, 0) / total * score(&is_like, 1) / of_extinctions
            * score(&|g| g == group, 2)
            / of_groups;
        assert!((found.of(group) / expected - 1.0).abs() < 1e-9, "{group}");
    }
}
