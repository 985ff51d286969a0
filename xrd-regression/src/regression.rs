//! Regression of labels on patterns: fit and estimates.

use std::collections::BTreeMap;

use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_core::{Labels, PatternSet};
use xrd_latent::conformal_radius;

use crate::basis::{Basis, Scored};
use crate::choice::{self, Known, Role, Tested, Tests, Together};
use crate::composition::Composition;
use crate::error::{Error, Result, check_value, same_length};
use crate::folds::sample;
use crate::interval::{Consulted, Widths};
use crate::method::{Candidate, Fit, Method};
use crate::settings::Settings;
use crate::transform::Transform;

/// Smallest number of samples.
pub(crate) const LEAST_SAMPLES: usize = 5;

/// Fraction of left-out patterns whose residual is below the limit of unlike patterns.
const ALIKE: f64 = 0.95;

/// Regression of labels on patterns, fitted to known patterns.
///
/// The method [`fit`](Self::fit) compares candidates by cross-validation. A candidate is a
/// combination of a [`Transform`] of the patterns and a [`Method`] that estimates labels from their
/// principal components. The estimate is the mean of the best candidates: those whose mean squared
/// error is at most 1.25 times the smallest mean squared error. Candidates with a mean squared
/// error of up to 3 times the smallest are also used, but only for the widths of the prediction
/// intervals.
///
/// Labels that are a composition are recognised ([`find_compositions`](crate::find_compositions)):
/// in every row, these labels are not negative, and their sum is 1 or 100, or any other constant if
/// they are named by elements. All labels of a composition are estimated by the same candidates,
/// and the estimates are a composition, too. For every other
/// label, the candidates are chosen separately.
///
/// The half width of a prediction interval is a constant times the difficulty of the pattern. The
/// difficulty is large if the candidates disagree. For a fraction of a composition, the difficulty
/// is smaller near 0 and near 1, because the errors are usually smaller there. The constant of each
/// label is computed from the errors of the left-out patterns in the cross-validation (normalised
/// conformal prediction).
///
/// # References
/// - H. Papadopoulos, A. Gammerman, V. Vovk, "Normalized nonconformity measures for regression
///   conformal prediction", AIA 2008.
/// - V. Vovk, Ann. Math. Artif. Intell. 74, 9 (2015), cross-conformal prediction.
///
/// # Example
/// ```
/// use xrd_core::{Labels, PatternSet, TwoThetaGrid};
/// use xrd_regression::{Regression, Settings};
///
/// // A line that moves with the label.
/// let grid = TwoThetaGrid::new(10.0, 0.1, 200)?;
/// let line = |x: f64| (0..200).map(move |i| (-((i as f64 - 80.0 - 20.0 * x) / 6.0).powi(2)).exp() as f32);
/// let known: Vec<f64> = (0..30).map(|i| f64::from(i) / 29.0).collect();
/// let set = PatternSet::unnamed(grid, known.iter().flat_map(|&x| line(x)).collect())?;
/// let labels = Labels::new(vec!["x".to_owned()], known)?;
///
/// let samples: Vec<usize> = (0..30).collect();
/// let regression = Regression::fit(&set, &labels, &samples, &Settings::default())?;
/// let new = PatternSet::unnamed(grid, line(0.415).collect())?;
/// let estimate = &regression.estimate(&new)?[0];
/// assert!((estimate.values[0] - 0.415).abs() < 0.005);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Regression {
    pub(crate) columns: Vec<String>,
    pub(crate) bases: Vec<Basis>,
    /// Labels of the known patterns.
    pub(crate) labels: DMatrix<f64>,
    pub(crate) parts: Vec<Part>,
    /// Residual above which a pattern is unlike the known patterns, for the first basis.
    pub(crate) limit: f64,
    pub(crate) comparisons: Vec<Comparison>,
}

/// Regression of labels that are estimated together.
pub(crate) struct Part {
    pub(crate) together: Together,
    pub(crate) widths: Widths,
    pub(crate) members: Vec<Member>,
}

/// Fitted candidate.
pub(crate) struct Member {
    /// Index of the basis.
    pub(crate) basis: usize,
    pub(crate) method: Method,
    pub(crate) parameters: Vec<f64>,
    /// Whether the candidate is part of the mean, not only of the widths of intervals.
    pub(crate) averaged: bool,
    pub(crate) fit: Fit,
}

/// Error of a candidate in the cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Names of the labels that the candidate estimates: the fractions of a composition, or a
    /// single label.
    pub labels: Vec<String>,
    /// The candidate.
    pub candidate: Candidate,
    /// Root mean squared error of the left-out patterns. The error of each label is divided by the
    /// standard deviation of this label. For a composition, the squared errors are averaged over
    /// the labels.
    pub error: f64,
    /// Whether this candidate contributes to the estimate, which is the mean of several candidates.
    pub averaged: bool,
}

/// Estimated labels of a pattern.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// Estimated labels, in the order of the labels of the known patterns. If the known labels
    /// contain a composition, its estimated labels are not negative and have the same sum.
    pub values: Vec<f64>,
    /// Lower and upper limit of the prediction interval of each label. `None` if the pattern is
    /// unlike the known patterns, or if the known patterns are too few for the intended coverage.
    pub intervals: Vec<Option<[f64; 2]>>,
    /// Relative size of the part of the pattern that the principal components do not reproduce. The
    /// residual is the Euclidean norm of this part, divided by the norm of the pattern. Before both
    /// norms are computed, the pattern is transformed by one of the transforms that the regression
    /// uses. All patterns of a regression are transformed in the same way. The residual of a
    /// pattern without intensity is 0.
    pub residual: f64,
    /// Whether the pattern is unlike the known patterns: its residual is larger than the residuals
    /// of 95 % of the left-out patterns in the cross-validation.
    pub unlike: bool,
}

/// Returns the index of the sample of each row, counted from 0 without gaps.
fn numbered(samples: &[usize]) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    let number = |&sample: &usize| {
        let next = numbers.len();
        *numbers.entry(sample).or_insert(next)
    };
    samples.iter().map(number).collect()
}

fn check(set: &PatternSet, labels: &Labels, samples: &[usize]) -> Result<()> {
    same_length("rows of labels", labels.len(), set.len())?;
    same_length("samples", samples.len(), set.len())?;
    check_intensities(set)?;
    for (i, row) in labels.rows().enumerate() {
        row.iter().try_for_each(|&v| check_value("label", i, v))?;
    }
    let found = numbered(samples)
        .into_iter()
        .max()
        .map_or(0, |last| last + 1);
    let least = LEAST_SAMPLES;
    match found < least {
        true => Err(Error::TooFew { found, least }),
        false => Ok(()),
    }
}

fn check_intensities(set: &PatternSet) -> Result<()> {
    for i in 0..set.len() {
        let mut row = set.intensities(i).iter();
        row.try_for_each(|&v| check_value("intensity", i, f64::from(v)))?;
    }
    Ok(())
}

fn matrix(labels: &Labels, rows: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), labels.columns().len(), |i, c| {
        labels.row(rows[i])[c]
    })
}

/// Returns the labels that are estimated together: each composition, and each other label.
fn together(labels: &Labels) -> Vec<Together> {
    let compositions = Composition::find_all(labels);
    let is_single = |c: &usize| compositions.iter().all(|found| !found.columns.contains(c));
    let single = (0..labels.columns().len()).filter(is_single);
    let mut all: Vec<Together> = single
        .map(|c| Together {
            columns: vec![c],
            total: None,
        })
        .collect();
    all.extend(compositions.into_iter().map(|c| Together {
        columns: c.columns,
        total: Some(c.total),
    }));
    all
}

impl Regression {
    /// Fits a regression to patterns with known labels. The row i of the argument `labels` contains
    /// the labels of the pattern i of the set.
    ///
    /// The argument `samples` contains one number per pattern: the index of its sample. Patterns of
    /// the same sample must have the same index. The cross-validation then leaves out all of them
    /// at the same time.
    ///
    /// The computation uses the threads of the current rayon pool. The result does not depend on
    /// their number.
    ///
    /// Cost: O(n² · angles + n³), where n is the number of known patterns, which is at most
    /// [`Settings::most_known`].
    ///
    /// # Errors
    /// - [`Error::Length`] unless there are one row of labels and one sample index per pattern.
    /// - [`Error::Value`] for an intensity or a label that is not finite or has an absolute value
    ///   above 1e30.
    /// - [`Error::TooFew`] for fewer than 5 samples.
    /// - [`Error::EqualPatterns`] if all patterns of a training fold are equal.
    /// - [`Error::Coverage`] if [`Settings::coverage`] is not between 0 and 1.
    pub fn fit(
        set: &PatternSet,
        labels: &Labels,
        samples: &[usize],
        settings: &Settings,
    ) -> Result<Self> {
        check(set, labels, samples)?;
        let rows = sample(set.len(), settings.most_known);
        let compared = sample(rows.len(), settings.most_compared);
        let compared: Vec<usize> = compared.into_iter().map(|i| rows[i]).collect();
        let known = Known {
            set,
            labels: matrix(labels, &compared),
            samples: numbered(&compared.iter().map(|&i| samples[i]).collect::<Vec<_>>()),
            rows: compared,
        };
        let together = together(labels);
        let tests = choice::test_all(&known, &together)?;
        let mut building = Building::new(set, matrix(labels, &rows), rows, labels.columns());
        for (together, tested) in together.into_iter().zip(&tests.tested) {
            building.add(together, tested, &known, settings)?;
        }
        building.finish(&tests)
    }

    /// Names of the labels, in the order of [`Estimate::values`].
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Number of known patterns that are used. This number is at most [`Settings::most_known`].
    pub fn known(&self) -> usize {
        self.labels.nrows()
    }

    /// Number of grid points of each pattern.
    pub fn points(&self) -> usize {
        self.bases.first().map_or(0, |basis| basis.mean.len())
    }

    /// Errors of all candidates in the cross-validation. The errors are grouped by the labels that
    /// are estimated together. In each group, the smallest error comes first.
    pub fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// Estimates the labels of each pattern of a set.
    ///
    /// Cost: O(components · angles + components · known patterns) per pattern.
    ///
    /// # Errors
    /// [`Error::Length`] for patterns with another number of grid points; [`Error::Value`] for an
    /// intensity that is not finite or has an absolute value above 1e30.
    pub fn estimate(&self, set: &PatternSet) -> Result<Vec<Estimate>> {
        same_length("grid points", set.grid().len(), self.points())?;
        check_intensities(set)?;
        let rows: Vec<usize> = (0..set.len()).collect();
        let scored: Vec<Scored> = self.bases.iter().map(|b| b.score(set, &rows)).collect();
        let residuals = scored.first().map_or(&[][..], |s| &s.residuals);
        let mut estimates: Vec<Estimate> = residuals
            .iter()
            .map(|&residual| Estimate {
                values: vec![0.0; self.columns.len()],
                intervals: vec![None; self.columns.len()],
                residual,
                unlike: residual > self.limit,
            })
            .collect();
        for part in &self.parts {
            part.estimate(&scored, &mut estimates);
        }
        Ok(estimates)
    }
}

impl Part {
    fn estimate(&self, scored: &[Scored], estimates: &mut [Estimate]) {
        let labels = self.together.columns.len();
        let of = |m: &Member| m.fit.estimate_each(&scored[m.basis].scores, labels);
        let found: Vec<DMatrix<f64>> = self.members.iter().map(of).collect();
        let averaged = self.members.iter().zip(&found);
        let averaged = averaged.filter(|(m, _)| m.averaged).map(|(_, f)| f);
        let mean = closed_mean(averaged, &self.together);
        let consulted = Consulted {
            all: found.iter().collect(),
            mean: &mean,
        };
        for (i, estimate) in estimates.iter_mut().enumerate() {
            for (k, &c) in self.together.columns.iter().enumerate() {
                let value = mean[(i, k)];
                estimate.values[c] = value;
                let half = self.widths.half(&consulted, i, k);
                let half = half.filter(|_| !estimate.unlike);
                estimate.intervals[c] = half.map(|h| self.limited([value - h, value + h]));
            }
        }
    }

    /// Cuts the interval of a fraction at 0 and at the total.
    fn limited(&self, [low, high]: [f64; 2]) -> [f64; 2] {
        match self.together.total {
            Some(total) => [low.max(0.0), high.min(total)],
            None => [low, high],
        }
    }
}

/// Returns the mean of estimates. If the labels are a composition, each row of the mean is replaced by
/// the nearest composition.
fn closed_mean<'a>(
    estimates: impl Iterator<Item = &'a DMatrix<f64>>,
    together: &Together,
) -> DMatrix<f64> {
    let all: Vec<&DMatrix<f64>> = estimates.collect();
    let (rows, columns) = all.first().map_or((0, 0), |m| m.shape());
    let mut mean = DMatrix::zeros(rows, columns);
    all.iter().for_each(|m| mean += *m);
    mean /= all.len().max(1) as f64;
    if let Some(total) = together.total {
        let columns = (0..columns).collect();
        let composition = Composition { columns, total };
        for i in 0..rows {
            let mut row: Vec<f64> = mean.row(i).iter().copied().collect();
            composition.close(&mut row);
            mean.row_mut(i).copy_from_slice(&row);
        }
    }
    mean
}

/// Regression that is being fitted.
struct Building<'a> {
    set: &'a PatternSet,
    rows: Vec<usize>,
    labels: DMatrix<f64>,
    columns: &'a [String],
    transforms: Vec<Transform>,
    parts: Vec<(Together, Widths, Vec<Chosen>)>,
    comparisons: Vec<Comparison>,
}

/// Candidate that is used.
struct Chosen {
    transform: usize,
    method: Method,
    parameters: Vec<f64>,
    averaged: bool,
}

impl<'a> Building<'a> {
    fn new(
        set: &'a PatternSet,
        labels: DMatrix<f64>,
        rows: Vec<usize>,
        columns: &'a [String],
    ) -> Self {
        Self {
            set,
            rows,
            labels,
            columns,
            transforms: Vec::new(),
            parts: Vec::new(),
            comparisons: Vec::new(),
        }
    }

    /// Chooses the candidates for labels that are estimated together.
    fn add(
        &mut self,
        together: Together,
        tested: &[Tested],
        known: &Known<'_>,
        settings: &Settings,
    ) -> Result<()> {
        let labels = known.labels.select_columns(&together.columns);
        let errors = choice::errors(tested, &labels);
        let roles = choice::roles(tested, &errors, settings.most_transforms.max(1));
        self.compare(&together, tested, (&errors, &roles));
        let of = |role: Role| {
            let used = tested.iter().zip(&roles).filter(move |(_, r)| **r <= role);
            used.map(|(t, _)| &t.estimates)
        };
        let mean = closed_mean(of(Role::Averaged), &together);
        let consulted = Consulted {
            all: of(Role::Consulted).collect(),
            mean: &mean,
        };
        let widths = Widths::of(&consulted, &labels, together.total, settings.coverage)?;
        let used = tested
            .iter()
            .zip(&roles)
            .filter(|(_, r)| **r != Role::Rejected);
        let chosen = used.map(|(t, role)| Chosen {
            transform: self.transform(t.candidate.transform),
            method: t.candidate.method,
            parameters: t.parameters.clone(),
            averaged: *role == Role::Averaged,
        });
        let chosen = chosen.collect();
        self.parts.push((together, widths, chosen));
        Ok(())
    }

    /// Returns the index of a transform, which is added if it is new.
    fn transform(&mut self, transform: Transform) -> usize {
        let found = self.transforms.iter().position(|t| *t == transform);
        found.unwrap_or_else(|| {
            self.transforms.push(transform);
            self.transforms.len() - 1
        })
    }

    fn compare(
        &mut self,
        together: &Together,
        tested: &[Tested],
        (errors, roles): (&[f64], &[Role]),
    ) {
        let names = together.columns.iter().map(|&c| self.columns[c].clone());
        let names: Vec<String> = names.collect();
        let of = |(t, (error, role)): (&Tested, (&f64, &Role))| Comparison {
            labels: names.clone(),
            candidate: t.candidate,
            error: error.sqrt(),
            averaged: *role == Role::Averaged,
        };
        let mut found: Vec<Comparison> = tested
            .iter()
            .zip(errors.iter().zip(roles))
            .map(of)
            .collect();
        found.sort_by(|a, b| a.error.total_cmp(&b.error));
        self.comparisons.extend(found);
    }

    /// Computes the bases and fits the chosen candidates to all known patterns.
    fn finish(self, tests: &Tests) -> Result<Regression> {
        let transforms = self.transforms.par_iter();
        let bases = transforms.map(|t| Basis::of(self.set, &self.rows, *t));
        let bases: Vec<Basis> = bases.collect::<Result<_>>()?;
        let first = self.transforms.first();
        let residuals = tests.residuals.iter().find(|(t, _)| Some(t) == first);
        let limit = residuals.and_then(|(_, r)| conformal_radius(r, ALIKE).ok().flatten());
        let parts = self.parts.into_iter().map(|(together, widths, chosen)| {
            Part::fitted(together, widths, chosen, &bases, &self.labels)
        });
        Ok(Regression {
            parts: parts.collect(),
            columns: self.columns.to_vec(),
            labels: self.labels,
            limit: limit.unwrap_or(f64::INFINITY),
            comparisons: self.comparisons,
            bases,
        })
    }
}

impl Part {
    fn fitted(
        together: Together,
        widths: Widths,
        chosen: Vec<Chosen>,
        bases: &[Basis],
        labels: &DMatrix<f64>,
    ) -> Self {
        let members = chosen.into_iter().map(|c| Member {
            basis: c.transform,
            method: c.method,
            parameters: c.parameters,
            averaged: c.averaged,
            fit: Fit::Unfitted,
        });
        let mut part = Self {
            members: members.collect(),
            together,
            widths,
        };
        part.refit(bases, labels);
        part
    }

    /// Fits each candidate to the known patterns.
    pub(crate) fn refit(&mut self, bases: &[Basis], labels: &DMatrix<f64>) {
        let labels = labels.select_columns(&self.together.columns);
        self.members.par_iter_mut().for_each(|m| {
            let scores = bases[m.basis].known();
            m.fit = m.method.fit(&scores, &labels, &m.parameters);
        });
    }
}
