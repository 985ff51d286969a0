//! Scores of predicted patterns, and of baselines.

mod baselines;
mod saved;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_predict::{CellSettings, FitSettings, Known, Predictor, Reduced, split};

use self::baselines::Baselines;
use self::saved::Saved;
pub use self::tally::MethodScore;
use self::tally::{Prediction, Truth};
use super::predicted_unknown;
use crate::session::{Observer, Saving, Stage};
use crate::{Error, Result};

/// Number of candidates of an answer.
const CANDIDATES: usize = 5;
/// Number of formulas that are saved together.
const CHUNK: usize = 64;

/// How test formulas are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestSplit {
    /// A share of the formulas.
    Formula,
    /// The formulas of a share of the chemical systems.
    ChemicalSystem,
    /// The formulas of later structures that do not occur among the earlier ones.
    Time,
}

/// Settings of a score of predictions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreSettings {
    /// Kind of the split.
    pub split: TestSplit,
    /// Share of the test part. Not used by the split by time.
    pub share: f64,
    /// Seed of the split.
    pub seed: u64,
    /// Whether a second part is chosen from the other formulas with the next seed, and scored instead of the test
    /// part. Nothing is learned from either part, so that settings can be compared without the test part.
    pub is_validation: bool,
}

/// Scores of all methods on the test formulas of one split.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct PredictScore {
    /// Number of structures from which the methods learned.
    pub learned: usize,
    /// Scores on all ternary test formulas.
    pub ternary: Vec<MethodScore>,
    /// Scores on those with the amounts 1:1:3.
    pub abc3: Vec<MethodScore>,
    /// For each tenth of the predictions by probability: mean probability, share with the right space group, and
    /// mean F1 of peaks at 0.5°.
    pub reliability: Vec<[f64; 3]>,
}

/// Learns from known structures without those of the ternary test formulas, and scores the prediction of each
/// test formula. The truth is the first known structure of the formula. The list `later` has the structures of the
/// split by time, and is empty for the others.
///
/// The predictor and the finished predictions are saved in the folder of `saving`, and removed at the end.
///
/// Cost: minutes for 25,000 structures. The work is done on the threads of rayon's current pool.
///
/// # Errors
/// [`Error::Expected`] without test formulas. [`Error::Stopped`] or [`Error::Interrupted`] if the observer stops the
/// work. [`Error::Unfinished`] if saved work may not be continued or has other settings.
pub fn score_prediction(
    known: &[Known],
    later: &[Known],
    settings: ScoreSettings,
    saving: Option<&Saving>,
    observer: &dyn Observer,
) -> Result<PredictScore> {
    let (test, left_out) = parts(known, later, settings);
    if test.is_empty() {
        return Err(Error::Expected("ternary formulas to test"));
    }
    let learned: Vec<Known> = known
        .iter()
        .filter(|k| !left_out.contains(k.formula()))
        .cloned()
        .collect();
    let saved = Saved::open(saving, &described(settings, known.len(), later.len()))?;
    let predictor = saved
        .predictor(|| Predictor::fit(learned, &FitSettings::default(), &CellSettings::default()))?;
    check_unknown(&predictor, &test)?;
    let baselines = Baselines::new(predictor.known(), observer)?;
    let truths = known.iter().chain(later);
    let truths: Vec<&Known> = truths.filter(|k| test.contains(k.formula())).collect();
    let all = predictions(&truths, &predictor, &baselines, &saved, observer)?;
    saved.remove()?;
    Ok(PredictScore {
        learned: predictor.known().len(),
        ternary: tally::scores(&all, |_| true),
        abc3: tally::scores(&all, |f| f.anonymous().counts() == [1, 1, 3]),
        reliability: tally::reliability(&all),
    })
}

/// Formulas to score, and formulas that are not learned from.
fn parts(
    known: &[Known],
    later: &[Known],
    settings: ScoreSettings,
) -> (BTreeSet<Reduced>, BTreeSet<Reduced>) {
    let ternary = |all: &[Known]| -> Vec<Reduced> {
        let all = all.iter().map(Known::formula);
        all.filter(|f| f.elements().len() == 3).cloned().collect()
    };
    let formulas = ternary(known);
    let chosen = |formulas: &[Reduced], seed| match settings.split {
        TestSplit::Formula => split::by_formula(formulas, settings.share, seed),
        TestSplit::ChemicalSystem => split::by_chemical_system(formulas, settings.share, seed),
        TestSplit::Time => split::by_time(formulas, &ternary(later)),
    };
    let test = chosen(&formulas, settings.seed);
    if !settings.is_validation || settings.split == TestSplit::Time {
        return (test.clone(), test);
    }
    let others = formulas.into_iter().filter(|f| !test.contains(f));
    let others: Vec<Reduced> = others.collect();
    let validation = chosen(&others, settings.seed + 1);
    let both = test.union(&validation).cloned().collect();
    (validation, both)
}

/// Settings of the work, one per line.
fn described(settings: ScoreSettings, known: usize, later: usize) -> String {
    format!(
        "split {:?}\nshare {}\nseed {}\nvalidation {}\nstructures {known} + {later}\n",
        settings.split, settings.share, settings.seed, settings.is_validation
    )
}

/// No test formula may be known to the predictor.
fn check_unknown(predictor: &Predictor, test: &BTreeSet<Reduced>) -> Result<()> {
    match predictor.known().iter().any(|k| test.contains(k.formula())) {
        true => Err(Error::Expected("test formulas that are not known")),
        false => Ok(()),
    }
}

fn predictions(
    known: &[&Known],
    predictor: &Predictor,
    baselines: &Baselines,
    saved: &Saved,
    observer: &dyn Observer,
) -> Result<Vec<(Reduced, Vec<Prediction>)>> {
    let mut polymorphs: BTreeMap<&Reduced, Vec<&Known>> = BTreeMap::new();
    for k in known {
        polymorphs.entry(k.formula()).or_default().push(k);
    }
    let one = |(place, (formula, of)): &(usize, (&Reduced, Vec<&Known>))| {
        let truth = Truth::of(of)?;
        let found = predicted_unknown(predictor, formula, CANDIDATES);
        let mut all = baselines.predictions(formula, &truth);
        all.extend(tally::of_candidates(&found, &truth, *place as u64));
        Ok(all)
    };
    let jobs: Vec<_> = polymorphs.into_iter().enumerate().collect();
    observer.begin(Stage::Estimating, jobs.len() as u64);
    let mut all: Vec<Vec<Prediction>> = Vec::with_capacity(jobs.len());
    for (part, chunk) in jobs.chunks(CHUNK).enumerate() {
        if observer.should_stop() {
            return Err(saved.stopped());
        }
        let finished = match saved.read(part)? {
            Some(finished) => finished,
            None => {
                let new = chunk.par_iter().map(one).collect::<Result<Vec<_>>>()?;
                saved.write(part, &new)?;
                new
            }
        };
        observer.advance(Stage::Estimating, chunk.len() as u64);
        all.extend(finished);
    }
    observer.end(Stage::Estimating);
    let formulas = jobs.into_iter().map(|(_, (formula, _))| formula.clone());
    Ok(formulas.zip(all).collect())
}
