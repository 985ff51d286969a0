//! Calibration of networks and nearest structures on simulated patterns of substances that were held out.

mod outside;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_symmetry::xrd_identify::{Library, Title};
use xrd_symmetry::{
    Answer, Calibration, Classifier, Evidence, Example, Exponents, Model, Prepared, Probabilities,
    Score, Settings, SpaceGroup,
};

use super::{KnownCrystal, PatternSource, SymmetryEffects};
use crate::error::{Error, Result};
use crate::session::{Observer, Running, Stage};

/// Plan of a calibration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationPlan {
    /// Number of patterns of the substances held out of each group. Each crystal gives at least one. A third each is of
    /// substances that the library knows as well as [`Known`] says.
    pub patterns: usize,
    /// Number of mixtures, and of patterns without lines.
    pub outside: usize,
    /// Largest share of mixtures, and of patterns without lines, that is answered.
    pub answered: f64,
    /// Least share of right space groups among the answers about single substances.
    pub right: f64,
    /// Seed of the patterns.
    pub seed: u64,
}

impl Default for CalibrationPlan {
    /// About 1,200 patterns per group, and 600 from outside, of which at most 8 % may be answered. Four of five answers
    /// are right.
    fn default() -> Self {
        Self {
            patterns: 1200,
            outside: 300,
            answered: 0.08,
            right: 0.8,
            seed: 1 << 32,
        }
    }
}

/// How well a library knows the substance of a simulated pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// It has the structure itself.
    Structure,
    /// It has other structures of the substance, if there are any, and not the structure itself.
    Substance,
    /// It has no structure of the substance.
    Nothing,
}

impl Known {
    const ALL: [Self; 3] = [Self::Structure, Self::Substance, Self::Nothing];

    /// Whether an entry of the library counts for a pattern of a crystal.
    fn allows(self, entry: &Title<'_>, crystal: &KnownCrystal) -> bool {
        let is_substance =
            || entry.name == crystal.substance || composition(entry.formula) == crystal.composition;
        match self {
            Self::Structure => true,
            Self::Substance => entry.source != crystal.id,
            Self::Nothing => entry.source != crystal.id && !is_substance(),
        }
    }
}

/// What a calibration found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CalibrationReport {
    /// Exponents of the networks and of the nearest structures.
    pub exponents: [Exponents; 2],
    /// Least certainty of an answer.
    pub threshold: f64,
    /// Largest share of the peaks that the nearest structure of an answer leaves unexplained.
    pub most_unexplained: f64,
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
    /// How well the library knew the substances.
    pub known: Known,
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
    known: Known,
}

/// What networks and nearest structures say about a pattern.
struct Said {
    /// Networks and nearest structures.
    sources: [Evidence; 2],
    unexplained: f64,
}

/// What decides about the refusal of a pattern.
#[derive(Clone, Copy)]
struct Sureness {
    certainty: f64,
    unexplained: f64,
    /// Whether the likeliest space group is right; `false` for patterns from outside.
    is_right: bool,
}

/// Combines networks with the nearest structures of a library, on simulated patterns of the crystals of each group that
/// were held out of the training of the networks.
///
/// The exponents are those with the smallest mean of −ln p(truth) ([`Calibration::fit`]). The limits of certainty and of
/// unexplained peaks are those with which most patterns of single substances are answered, among all with which few patterns
/// from outside are answered and enough answers are right ([`CalibrationPlan`]). The stage [`Stage::Estimating`] has one
/// step per pattern.
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
    let said = |patterns: &[Prepared], is_allowed: &(dyn Fn(usize, usize) -> bool + Sync)| {
        let of_networks = networks.probabilities(patterns)?;
        let one = |(k, of_networks): (usize, Probabilities)| {
            let nearest = settings.nearest(&patterns[k], library, |i| is_allowed(k, i))?;
            running.advance(1);
            Ok(Said {
                sources: [Evidence::from(&of_networks), nearest.evidence],
                unexplained: nearest.unexplained,
            })
        };
        let all = of_networks.into_par_iter().enumerate();
        all.map(one).collect::<Result<Vec<_>>>()
    };
    let patterns: Vec<Prepared> = cases.iter().map(|c| c.pattern.clone()).collect();
    let of_cases = said(&patterns, &|k, i| {
        let case = &cases[k];
        case.known
            .allows(&titles[i], &groups[case.group][case.crystal])
    })?;
    let examples: Vec<Example<'_>> = cases
        .iter()
        .zip(&of_cases)
        .map(|(case, said)| Example {
            sources: &said.sources,
            truth: case.truth,
        })
        .collect();
    let calibration = Calibration::fit(&examples)?;
    let combined = |all: &[Said]| -> Result<Vec<Probabilities>> {
        let one = |said: &Said| Ok(calibration.combine(&said.sources)?);
        all.iter().map(one).collect()
    };
    let outside = |patterns: &[Prepared]| -> Result<Vec<Sureness>> {
        let all = said(patterns, &|_, _| true)?;
        let found = combined(&all)?;
        let one = |(said, p): (&Said, &Probabilities)| Sureness {
            certainty: p.certainty(),
            unexplained: said.unexplained,
            is_right: false,
        };
        Ok(all.iter().zip(&found).map(one).collect())
    };
    let (mixtures, lineless) = (outside(&mixtures)?, outside(&lineless)?);
    let found = combined(&of_cases)?;
    let one = |((case, said), p): ((&Case, &Said), &Probabilities)| Sureness {
        certainty: p.certainty(),
        unexplained: said.unexplained,
        is_right: p.most_likely(1)[0].0 == case.truth,
    };
    let single: Vec<Sureness> = cases.iter().zip(&of_cases).zip(&found).map(one).collect();
    let limits = Limits::best(&single, [&mixtures, &lineless], plan);
    let alone = |k: usize| -> Result<Vec<Probabilities>> {
        let one = |said: &Said| Ok(said.sources[k].probabilities()?);
        of_cases.iter().map(one).collect()
    };
    let (of_networks, of_nearest) = (alone(0)?, alone(1)?);
    let mut scores = Vec::new();
    for (answers, found) in [
        ("networks", &of_networks),
        ("nearest", &of_nearest),
        ("both", &found),
    ] {
        scores.extend(scores_of(answers, &cases, found, &of_cases, limits)?);
    }
    let exponents = [calibration.exponents()[0], calibration.exponents()[1]];
    let report = CalibrationReport {
        exponents,
        threshold: limits.threshold,
        most_unexplained: limits.most_unexplained,
        scores,
        mixtures_answered: limits.answered(&mixtures),
        lineless_answered: limits.answered(&lineless),
    };
    let settings = Settings {
        exponents,
        threshold: limits.threshold,
        most_unexplained: limits.most_unexplained,
        ..settings
    };
    Ok((Model::new(networks, settings)?, report))
}

/// Limits of refusal.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Limits {
    threshold: f64,
    most_unexplained: f64,
}

impl Limits {
    /// The limits, multiples of 0.01, with which most patterns of single substances are answered, among those with which
    /// few patterns of each set from outside are answered and enough of the answers are right. If there are none, the
    /// strictest.
    fn best(single: &[Sureness], outside: [&[Sureness]; 2], plan: &CalibrationPlan) -> Self {
        let mut best = Self {
            threshold: 0.99,
            most_unexplained: 0.0,
        };
        let mut most = 0.0;
        let hundredth = |k: u32| f64::from(k) / 100.0;
        for threshold in (30..100).map(hundredth) {
            for most_unexplained in (0..=100).map(hundredth) {
                let limits = Self {
                    threshold,
                    most_unexplained,
                };
                let answered = limits.answered(single);
                let is_better = answered > most
                    && limits.right(single) >= plan.right
                    && outside
                        .into_iter()
                        .all(|o| limits.answered(o) <= plan.answered);
                if is_better {
                    (most, best) = (answered, limits);
                }
            }
        }
        best
    }

    fn is_answered(self, s: &Sureness) -> bool {
        s.certainty >= self.threshold && s.unexplained <= self.most_unexplained
    }

    /// Share of patterns that are answered.
    fn answered(self, all: &[Sureness]) -> f64 {
        let answered = all.iter().filter(|s| self.is_answered(s)).count();
        answered as f64 / all.len().max(1) as f64
    }

    /// Share of right answers among all answers; 0 without answers.
    fn right(self, all: &[Sureness]) -> f64 {
        let answered = || all.iter().filter(|s| self.is_answered(s));
        let right = answered().filter(|s| s.is_right).count();
        right as f64 / answered().count().max(1) as f64
    }
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
                known: Known::ALL[index % Known::ALL.len()],
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

fn scores_of(
    answers: &str,
    cases: &[Case],
    found: &[Probabilities],
    said: &[Said],
    limits: Limits,
) -> Result<Vec<HeldOutScore>> {
    let groups = cases.iter().map(|c| c.group).max().map_or(0, |g| g + 1);
    let mut scores = Vec::new();
    for (group, known) in (0..groups).flat_map(|g| Known::ALL.map(|known| (g, known))) {
        let of_set = |k: &usize| (cases[*k].group, cases[*k].known) == (group, known);
        let set: Vec<usize> = (0..cases.len()).filter(of_set).collect();
        if set.is_empty() {
            continue;
        }
        let answer = |k: &usize| Answer {
            probabilities: &found[*k],
            truth: cases[*k].truth,
        };
        let score = Score::of(&set.iter().map(answer).collect::<Vec<_>>())?;
        let sureness = |k: &usize| Sureness {
            certainty: found[*k].certainty(),
            unexplained: said[*k].unexplained,
            is_right: found[*k].most_likely(1)[0].0 == cases[*k].truth,
        };
        let sureness: Vec<Sureness> = set.iter().map(sureness).collect();
        scores.push(HeldOutScore {
            answers: answers.to_owned(),
            group: group + 1,
            known,
            patterns: set.len(),
            space_group: score.space_group,
            crystal_system: score.crystal_system,
            answered: limits.answered(&sureness),
            right: limits.right(&sureness),
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
    use xrd_core::{Atom, Lattice, Structure};
    use xrd_symmetry::xrd_identify::{Entry, LineList};

    use super::*;
    use crate::symmetry::Sampling;

    #[test]
    fn compositions_do_not_depend_on_the_order_and_spaces() {
        assert_eq!(composition("Ca C O3"), composition("CCaO3"));
        assert_ne!(composition("CaO"), composition("CO"));
    }

    fn sureness(certainty: f64, unexplained: f64, is_right: bool) -> Sureness {
        Sureness {
            certainty,
            unexplained,
            is_right,
        }
    }

    #[test]
    fn limits_answer_most_patterns_of_single_substances() {
        let plan = CalibrationPlan::default();
        let of = |single: &[Sureness], outside: &[Sureness]| {
            Limits::best(single, [outside, &[sureness(0.1, 1.0, false)]], &plan)
        };
        // Right answers above a certainty of 0.6, and mixtures with as much certainty.
        let single: Vec<Sureness> = (40..100)
            .map(|k| sureness(f64::from(k) / 100.0, 0.1, k >= 60))
            .collect();
        let mixtures = vec![sureness(0.9, 0.3, false); 10];
        let limits = of(&single, &mixtures);
        assert_eq!(limits.most_unexplained, 0.1);
        assert_eq!(limits.threshold, 0.5);
        assert!((limits.right(&single) - 0.8).abs() < 1e-12);
        // Certainty alone decides about mixtures without unexplained peaks.
        let explained = vec![sureness(0.7, 0.0, false); 10];
        assert_eq!(of(&single, &explained).threshold, 0.71);
        let none = of(&[sureness(0.9, 0.0, false)], &[]);
        assert_eq!((none.threshold, none.most_unexplained), (0.99, 0.0));
    }

    /// Entries: the structure itself, another of its name, one of its composition, and one of another substance.
    #[test]
    fn what_the_library_knows_decides_which_entries_count() {
        let cell = Lattice::from_parameters(5.64, 5.64, 5.64, 90.0, 90.0, 90.0).unwrap();
        let atoms = vec![Atom::new("Na".parse().unwrap(), [0.0; 3])];
        let crystal = KnownCrystal::new(
            "own".to_owned(),
            Some("Halite".to_owned()),
            "Na Cl".to_owned(),
            Structure::new(cell, atoms).unwrap(),
            SpaceGroup::from_number(221).unwrap(),
            Sampling::networks().unwrap(),
            None,
        )
        .unwrap();
        let entries = [
            ("own", "Halite", "NaCl"),
            ("other", "Halite", "NaCl"),
            ("third", "salt", "ClNa"),
            ("fourth", "Sylvite", "KCl"),
        ];
        let mut library = Library::default();
        for (source, name, formula) in entries {
            let entry = Entry {
                name: name.to_owned(),
                formula: formula.to_owned(),
                space_group: 225,
                source: source.to_owned(),
                lines: LineList::new([(0.3, 1.0)]).unwrap(),
            };
            library.push(&entry).unwrap();
        }
        let allowed =
            |known: Known| [0, 1, 2, 3].map(|i| known.allows(&library.title(i).unwrap(), &crystal));
        assert_eq!(allowed(Known::Structure), [true; 4]);
        assert_eq!(allowed(Known::Substance), [false, true, true, true]);
        assert_eq!(allowed(Known::Nothing), [false, false, false, true]);
    }
}
