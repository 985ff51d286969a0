//! Calibration of networks and nearest structures on simulated patterns of substances that were held out.

mod outside;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_symmetry::xrd_identify::{Library, Title};
use xrd_symmetry::{
    Answer, Calibration, Classifier, Example, Model, Prepared, Probabilities, Score, Settings,
    SpaceGroup,
};

use super::{KnownCrystal, PatternSource, SymmetryEffects};
use crate::error::{Error, Result};
use crate::session::{Observer, Running, Stage};

/// Plan of a calibration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationPlan {
    /// Number of patterns of the substances held out of each group. Each crystal gives at least one.
    pub patterns: usize,
    /// One in this number of patterns is compared with a library without any entry of its substance, as if the
    /// substance were unknown. The others are compared with a library without their own structure.
    pub unknown: usize,
    /// Number of mixtures, and of patterns without lines.
    pub outside: usize,
    /// Largest share of mixtures, and of patterns without lines, that is answered.
    pub answered: f64,
    /// Seed of the patterns.
    pub seed: u64,
}

impl Default for CalibrationPlan {
    /// About 1,200 patterns per group, a third of them of unknown substances, and 600 from outside, of which at most 8 %
    /// may be answered.
    fn default() -> Self {
        Self {
            patterns: 1200,
            unknown: 3,
            outside: 300,
            answered: 0.08,
            seed: 1 << 32,
        }
    }
}

/// What a calibration found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CalibrationReport {
    /// Exponents of the networks and of the nearest structures.
    pub exponents: [f64; 2],
    /// Least certainty of an answer.
    pub threshold: f64,
    /// Scores, by what was asked and for which patterns.
    pub scores: Vec<HeldOutScore>,
    /// Share of mixtures of two crystals that is answered.
    pub mixtures_answered: f64,
    /// Share of patterns of humps and noise that is answered.
    pub lineless_answered: f64,
}

/// Score on a set of simulated patterns of substances that were held out. All shares are 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeldOutScore {
    /// Source of the answers: "networks", "nearest" or "both".
    pub answers: String,
    /// Number of the group of structures, from 1.
    pub group: usize,
    /// Whether the library had no entry of the substances.
    pub is_unknown: bool,
    /// Number of patterns.
    pub patterns: usize,
    /// Share of right space groups.
    pub space_group: f64,
    /// Share of right crystal systems.
    pub crystal_system: f64,
    /// Share of answered patterns.
    pub answered: f64,
    /// Share of right space groups among the answers.
    pub right: f64,
}

/// Simulated pattern of a substance that was held out.
struct Case {
    pattern: Prepared,
    truth: SpaceGroup,
    group: usize,
    /// Index of the crystal in its group.
    crystal: usize,
    is_unknown: bool,
}

/// Combines networks with the nearest structures of a library, on simulated patterns of the crystals of each group that
/// were held out of the training of the networks.
///
/// The exponents are those with the smallest mean of −ln p(truth) ([`Calibration::fit`]). The threshold is the least certainty
/// at which few patterns from outside are answered ([`CalibrationPlan`]). The stage
/// [`Stage::Estimating`] has one step per pattern.
///
/// Cost: about 20 ms per pattern for a library of 34,000 structures, on each thread of rayon's current pool.
///
/// # Errors
/// [`Error::Expected`] without crystals. Any error of the simulation, of the networks and of [`Model::new`].
pub fn calibrate(
    networks: Classifier,
    groups: &[Vec<KnownCrystal>],
    effects: &SymmetryEffects,
    library: &Library,
    plan: &CalibrationPlan,
    observer: &dyn Observer,
) -> Result<(Model, CalibrationReport)> {
    let cases = cases(groups, effects, plan)?;
    let crystals = groups.iter().flatten().map(|c| (c.crystal.clone(), 1.0));
    let mixtures = PatternSource::new(crystals.collect(), effects.clone(), plan.seed)?;
    let mixtures = outside::mixtures(&mixtures, plan.outside)?;
    let lineless = outside::lineless(plan.seed, plan.outside)?;
    let titles: Vec<Title<'_>> = (0..library.len())
        .filter_map(|i| library.title(i))
        .collect();
    let steps = cases.len() + mixtures.len() + lineless.len();
    let running = Running::new(observer, Stage::Estimating, steps as u64);
    let settings = Settings::default();
    // The probabilities of the networks and of the nearest structures for each pattern.
    let both = |patterns: &[Prepared], is_allowed: &(dyn Fn(usize, usize) -> bool + Sync)| {
        let of_networks = networks.probabilities(patterns)?;
        let one = |(k, of_networks): (usize, Probabilities)| {
            let (nearest, _) = settings.nearest(&patterns[k], library, |i| is_allowed(k, i))?;
            running.advance(1);
            Ok([of_networks, nearest])
        };
        let pairs = of_networks.into_par_iter().enumerate();
        pairs.map(one).collect::<Result<Vec<_>>>()
    };
    let patterns: Vec<Prepared> = cases.iter().map(|c| c.pattern.clone()).collect();
    let of_cases = both(&patterns, &|k, i| {
        let case = &cases[k];
        is_allowed(
            &titles[i],
            &groups[case.group][case.crystal],
            case.is_unknown,
        )
    })?;
    let examples: Vec<Example<'_>> = cases
        .iter()
        .zip(&of_cases)
        .map(|(case, sources)| Example {
            sources,
            truth: case.truth,
        })
        .collect();
    let calibration = Calibration::fit(&examples)?;
    let combined = |sources: &[[Probabilities; 2]]| -> Result<Vec<Probabilities>> {
        let one = |s: &[Probabilities; 2]| Ok(calibration.combine(s)?);
        sources.iter().map(one).collect()
    };
    let certainties = |patterns: &[Prepared]| -> Result<Vec<f64>> {
        let found = combined(&both(patterns, &|_, _| true)?)?;
        Ok(found.iter().map(Probabilities::certainty).collect())
    };
    let (mixtures, lineless) = (certainties(&mixtures)?, certainties(&lineless)?);
    let found = combined(&of_cases)?;
    let threshold = threshold([&mixtures, &lineless], plan.answered);
    let share = |certainties: &[f64]| {
        let answered = certainties.iter().filter(|c| **c >= threshold).count();
        answered as f64 / certainties.len().max(1) as f64
    };
    let [of_networks, of_nearest] =
        [0, 1].map(|k| of_cases.iter().map(|s| s[k].clone()).collect::<Vec<_>>());
    let mut scores = Vec::new();
    for (answers, found) in [
        ("networks", &of_networks),
        ("nearest", &of_nearest),
        ("both", &found),
    ] {
        scores.extend(scores_of(answers, &cases, found, threshold)?);
    }
    let exponents = [calibration.exponents()[0], calibration.exponents()[1]];
    let report = CalibrationReport {
        exponents,
        threshold,
        scores,
        mixtures_answered: share(&mixtures),
        lineless_answered: share(&lineless),
    };
    let settings = Settings {
        exponents,
        threshold,
        ..settings
    };
    Ok((Model::new(networks, settings)?, report))
}

/// Simulated patterns of all crystals, those of each group about equally many.
fn cases(
    groups: &[Vec<KnownCrystal>],
    effects: &SymmetryEffects,
    plan: &CalibrationPlan,
) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (group, crystals) in groups.iter().enumerate().filter(|(_, g)| !g.is_empty()) {
        let weighted = crystals.iter().map(|c| (c.crystal.clone(), 1.0));
        let seed = plan.seed.wrapping_add(1 + group as u64);
        let source = PatternSource::new(weighted.collect(), effects.clone(), seed)?;
        let count = plan.patterns.div_ceil(crystals.len()) * crystals.len();
        let one = |index: usize| {
            let crystal = index % crystals.len();
            let (intensities, truth) = source.pattern_of(crystal, index as u64)?;
            let pattern = Prepared::within(intensities, 0..Prepared::POINTS);
            Ok(Case {
                pattern: pattern.map_err(xrd_symmetry::Error::from)?,
                truth,
                group,
                crystal,
                is_unknown: index.is_multiple_of(plan.unknown.max(1)),
            })
        };
        let made: Result<Vec<Case>> = (0..count).into_par_iter().map(one).collect();
        cases.extend(made?);
    }
    match cases.is_empty() {
        true => Err(Error::Expected("at least one structure that is held out")),
        false => Ok(cases),
    }
}

/// Whether an entry of the library counts for a pattern of a crystal.
fn is_allowed(title: &Title<'_>, crystal: &KnownCrystal, is_unknown: bool) -> bool {
    let is_substance =
        || title.name == crystal.substance || composition(title.formula) == crystal.composition;
    title.source != crystal.id && !(is_unknown && is_substance())
}

/// The least threshold, a multiple of 0.01 and 0.5 or more, at which at most a share `most` of each set of patterns from
/// outside is answered.
fn threshold(outside: [&[f64]; 2], most: f64) -> f64 {
    let is_enough = |threshold: &f64| {
        outside.into_iter().all(|certainties| {
            let answered = certainties.iter().filter(|c| *c >= threshold).count();
            answered as f64 <= most * certainties.len() as f64
        })
    };
    let thresholds = (50..100).map(|percent| f64::from(percent) / 100.0);
    thresholds.into_iter().find(is_enough).unwrap_or(0.99)
}

fn scores_of(
    answers: &str,
    cases: &[Case],
    found: &[Probabilities],
    threshold: f64,
) -> Result<Vec<HeldOutScore>> {
    let groups = cases.iter().map(|c| c.group).max().map_or(0, |g| g + 1);
    let mut scores = Vec::new();
    for (group, is_unknown) in (0..groups).flat_map(|g| [(g, false), (g, true)]) {
        let of_set = |case: &Case| (case.group, case.is_unknown) == (group, is_unknown);
        let set = cases.iter().zip(found).filter(|(case, _)| of_set(case));
        let set: Vec<Answer<'_>> = set
            .map(|(case, probabilities)| Answer {
                probabilities,
                truth: case.truth,
            })
            .collect();
        if set.is_empty() {
            continue;
        }
        let score = Score::of(&set)?;
        let given = |p: &&Answer<'_>| p.probabilities.certainty() >= threshold;
        let given: Vec<&Answer<'_>> = set.iter().filter(given).collect();
        let right = given
            .iter()
            .filter(|a| a.probabilities.most_likely(1)[0].0 == a.truth);
        scores.push(HeldOutScore {
            answers: answers.to_owned(),
            group: group + 1,
            is_unknown,
            patterns: set.len(),
            space_group: score.space_group,
            crystal_system: score.crystal_system,
            answered: given.len() as f64 / set.len() as f64,
            right: right.count() as f64 / given.len().max(1) as f64,
        });
    }
    Ok(scores)
}

/// Elements of a formula and their numbers, in alphabetical order. Formulas of one composition that are written
/// otherwise give the same text, unless they have brackets.
pub(super) fn composition(formula: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for symbol in formula.chars().filter(|c| !c.is_whitespace()) {
        match parts.last_mut() {
            Some(part) if !symbol.is_ascii_uppercase() => part.push(symbol),
            _ => parts.push(symbol.to_string()),
        }
    }
    parts.sort_unstable();
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_do_not_depend_on_the_order_and_spaces() {
        assert_eq!(composition("Ca C O3"), composition("CCaO3"));
        assert_ne!(composition("CaO"), composition("CO"));
    }

    #[test]
    fn the_threshold_is_the_least_that_answers_few_from_outside() {
        let mixtures = [
            0.8, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1,
        ];
        assert_eq!(threshold([&[0.1; 20], &[]], 0.08), 0.5);
        assert_eq!(threshold([&mixtures, &[]], 0.08), 0.81);
        assert_eq!(threshold([&[0.1; 20], &mixtures], 0.08), 0.81);
        assert_eq!(threshold([&[1.0; 20], &mixtures], 0.08), 0.99);
    }
}
