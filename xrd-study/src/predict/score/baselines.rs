use std::collections::BTreeSet;

use rayon::prelude::*;
use xrd_predict::{Baseline, Known, Reduced};

use super::tally::{Prediction, Truth};
use crate::Result;
use crate::predict::{PatternRange, draw_pattern};
use crate::session::{Observer, Stage};

/// Number of compositions of the nearest ones.
const NEAREST: usize = 5;

/// Mean patterns of the ternary formulas that the method learns from, on both ranges.
pub(super) struct Baselines {
    ranges: [Baseline; 2],
}

impl Baselines {
    /// Simulates the first structure of each ternary formula.
    pub(super) fn new(known: &[Known], observer: &dyn Observer) -> Result<Self> {
        let mut seen = BTreeSet::new();
        let ternary = known.iter().filter(|k| k.formula().elements().len() == 3);
        let first: Vec<&Known> = ternary.filter(|k| seen.insert(k.formula())).collect();
        observer.begin(Stage::Simulating, first.len() as u64);
        let draw = |known: &&Known| {
            let of = |range| draw_pattern(known.structure(), range).ok();
            observer.advance(Stage::Simulating, 1);
            let patterns = (of(PatternRange::Measured)?, of(PatternRange::Paper)?);
            Some((known.formula().clone(), patterns))
        };
        let drawn: Vec<_> = first.par_iter().filter_map(draw).collect();
        observer.end(Stage::Simulating);
        let formulas: Vec<Reduced> = drawn.iter().map(|d| d.0.clone()).collect();
        let mut patterns = [Vec::new(), Vec::new()];
        for (_, (measured, paper)) in drawn {
            patterns[0].push(measured.pattern.into_intensities());
            patterns[1].push(paper.pattern.into_intensities());
        }
        let [measured, paper] = patterns;
        Ok(Self {
            ranges: [
                Baseline::new(formulas.clone(), measured)?,
                Baseline::new(formulas, paper)?,
            ],
        })
    }

    /// Predictions of each baseline for a formula.
    pub(super) fn predictions(&self, formula: &Reduced, truth: &Truth) -> Vec<Prediction> {
        let [measured, paper] = &self.ranges;
        let nearest = (
            measured.nearest(formula, NEAREST),
            paper.nearest(formula, NEAREST),
        );
        let all = [
            ("mean pattern", measured.mean(), paper.mean()),
            (
                "mean of the anonymous formula",
                measured.mean_of_anonymous(formula),
                paper.mean_of_anonymous(formula),
            ),
            (
                "mean of the 5 nearest compositions",
                &nearest.0[..],
                &nearest.1[..],
            ),
        ];
        let one =
            |(method, measured, paper)| Prediction::of_patterns(method, measured, paper, truth);
        all.into_iter().map(one).collect()
    }
}
