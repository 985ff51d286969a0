//! Scores of predicted patterns, and of baselines.

mod baselines;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_predict::{CellSettings, FitSettings, Known, Predictor, Reduced, split};

use self::baselines::Baselines;
pub use self::tally::MethodScore;
use self::tally::{Prediction, Truth};
use super::predicted_unknown;
use crate::session::{Observer, Stage};
use crate::{Error, Result};

/// Number of candidates of an answer.
const CANDIDATES: usize = 5;

/// How test formulas are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestSplit {
    /// A share of the formulas.
    Formula,
    /// The formulas of a share of the chemical systems.
    ChemicalSystem,
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
/// test formula. The truth is the first known structure of the formula.
///
/// Cost: minutes for 25,000 structures. The work is done on the threads of rayon's current pool.
///
/// # Errors
/// [`Error::Expected`] without test formulas. [`Error::Stopped`] if the observer stops the work.
pub fn score_prediction(
    known: &[Known],
    by: TestSplit,
    share: f64,
    seed: u64,
    observer: &dyn Observer,
) -> Result<PredictScore> {
    let ternary = known.iter().map(Known::formula);
    let ternary: Vec<Reduced> = ternary
        .filter(|f| f.elements().len() == 3)
        .cloned()
        .collect();
    let test = match by {
        TestSplit::Formula => split::by_formula(&ternary, share, seed),
        TestSplit::ChemicalSystem => split::by_chemical_system(&ternary, share, seed),
    };
    if test.is_empty() {
        return Err(Error::Expected("ternary formulas to test"));
    }
    let learned: Vec<Known> = known
        .iter()
        .filter(|k| !test.contains(k.formula()))
        .cloned()
        .collect();
    let predictor = Predictor::fit(learned, &FitSettings::default(), &CellSettings::default())?;
    check_unknown(&predictor, &test)?;
    let baselines = Baselines::new(predictor.known(), observer)?;
    let all = predictions(known, &test, &predictor, &baselines, observer)?;
    Ok(PredictScore {
        learned: predictor.known().len(),
        ternary: tally::scores(&all, |_| true),
        abc3: tally::scores(&all, |f| f.anonymous().counts() == [1, 1, 3]),
        reliability: tally::reliability(&all),
    })
}

/// No test formula may be known to the predictor.
fn check_unknown(predictor: &Predictor, test: &BTreeSet<Reduced>) -> Result<()> {
    match predictor.known().iter().any(|k| test.contains(k.formula())) {
        true => Err(Error::Expected("test formulas that are not known")),
        false => Ok(()),
    }
}

fn predictions(
    known: &[Known],
    test: &BTreeSet<Reduced>,
    predictor: &Predictor,
    baselines: &Baselines,
    observer: &dyn Observer,
) -> Result<Vec<(Reduced, Vec<Prediction>)>> {
    let mut polymorphs: BTreeMap<&Reduced, Vec<&Known>> = BTreeMap::new();
    for k in known.iter().filter(|k| test.contains(k.formula())) {
        polymorphs.entry(k.formula()).or_default().push(k);
    }
    let one = |(place, (formula, of)): (usize, (&&Reduced, &Vec<&Known>))| {
        if observer.should_stop() {
            return Err(Error::Stopped);
        }
        let truth = Truth::of(of)?;
        let found = predicted_unknown(predictor, formula, CANDIDATES);
        let mut all = baselines.predictions(formula, &truth);
        all.extend(tally::of_candidates(&found, &truth, place as u64));
        observer.advance(Stage::Simulating, 1);
        Ok(((*formula).clone(), all))
    };
    observer.begin(Stage::Simulating, polymorphs.len() as u64);
    let jobs: Vec<_> = polymorphs.iter().enumerate().collect();
    let all = jobs.into_par_iter().map(one).collect();
    observer.end(Stage::Simulating);
    all
}
