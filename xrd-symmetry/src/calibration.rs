//! Combination of several sources of evidence.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::space_group::COUNT;
use crate::{Error, Evidence, Probabilities, Result, SpaceGroup};

/// Largest exponent.
const LARGEST: f64 = 10.0;

/// Exponents of a source, one for each question that is asked in turn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exponents {
    /// For the crystal system.
    pub crystal_system: f64,
    /// For the extinction group within a crystal system.
    pub extinction_group: f64,
    /// For the space group within a crystal system and an extinction group.
    pub space_group: f64,
}

impl Exponents {
    /// The same exponent for all questions.
    pub fn all(exponent: f64) -> Self {
        Self::of([exponent; 3])
    }

    fn of([crystal_system, extinction_group, space_group]: [f64; 3]) -> Self {
        Self {
            crystal_system,
            extinction_group,
            space_group,
        }
    }

    fn numbers(self) -> [f64; 3] {
        [self.crystal_system, self.extinction_group, self.space_group]
    }
}

/// Exponents with which sources of evidence are multiplied.
///
/// Three questions are asked in turn: the crystal system, the extinction group within this system, and the space
/// group within both. For sources with the weights Wₖ(c) of the possible answers c ([`Evidence`]), the probability of an
/// answer is proportional to ∏ₖ Wₖ(c)^wₖ, where each source has an exponent wₖ for each question. The probability of a space
/// group is the product of the three probabilities. With a single question this is temperature scaling with the temperature 1/w
/// (C. Guo et al., ICML 2017).
///
/// The questions are asked separately because a source can know much about one and little about another, and because many
/// improbable space groups of one crystal system would otherwise make this system probable.
///
/// # Example
/// ```
/// use xrd_symmetry::{Calibration, Evidence, Example, SpaceGroup};
/// // A source that is always sure of Pnma with P2_1/c as the other choice, and right in three of four cases.
/// let mut weights = [0.0; 230];
/// (weights[61], weights[13]) = (1.0, 0.01);
/// let sure = [Evidence::new(&weights, 1e-60)?];
/// let [right, wrong] = [62, 14].map(|n| SpaceGroup::from_number(n).unwrap());
/// let cases = [right, right, right, wrong];
/// let examples = cases.map(|truth| Example { sources: &sure, truth });
/// let fitted = Calibration::fit(&examples)?;
/// let (_, certainty) = fitted.combine(&sure)?.crystal_system();
/// assert!((certainty - 0.75).abs() < 0.01);
/// # Ok::<(), xrd_symmetry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration(Vec<Exponents>);

/// A pattern with a known space group, from which exponents are fitted.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// Evidence from each source.
    pub sources: &'a [Evidence],
    /// True space group.
    pub truth: SpaceGroup,
}

impl Calibration {
    /// Combination with these exponents, those of one source after the other.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are none.
    /// - [`Error::OutOfRange`] unless each is 0 to 10.
    pub fn new(exponents: impl Into<Vec<Exponents>>) -> Result<Self> {
        let exponents = exponents.into();
        if exponents.is_empty() {
            return Err(Error::Empty { what: "exponents" });
        }
        let mut numbers = exponents.iter().flat_map(|e| e.numbers());
        match numbers.find(|w| !(0.0..=LARGEST).contains(w)) {
            None => Ok(Self(exponents)),
            Some(value) => Err(Error::OutOfRange {
                what: "exponent",
                value,
                expected: "0 to 10",
            }),
        }
    }

    /// Finds the exponents with the smallest mean of −ln p(truth) over examples.
    ///
    /// For each question, this mean is convex in the exponents (they are the parameters of a log-linear model), so that
    /// searching one exponent after the other finds the only minimum. The result depends neither on
    /// random numbers nor on threads.
    ///
    /// Cost: O(rounds · sources · examples · 230), with at most 50 rounds of 40 steps.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no examples or no sources.
    /// - [`Error::OutOfRange`] unless all examples have the same number of sources.
    pub fn fit(examples: &[Example<'_>]) -> Result<Self> {
        let first = examples.first().ok_or(Error::Empty { what: "examples" })?;
        let count = first.sources.len();
        if count == 0 {
            return Err(Error::Empty { what: "sources" });
        }
        if let Some(other) = examples.iter().find(|e| e.sources.len() != count) {
            return Err(Error::OutOfRange {
                what: "number of sources",
                value: other.sources.len() as f64,
                expected: "the same for all examples",
            });
        }
        let fitted = QUESTIONS.each_ref().map(|q| q.fit(examples, count));
        let of_source = |k: usize| Exponents::of(fitted.each_ref().map(|w| w[k]));
        Self::new((0..count).map(of_source).collect::<Vec<_>>())
    }

    /// Returns the exponents of each source.
    pub fn exponents(&self) -> &[Exponents] {
        &self.0
    }

    /// Combines the evidence of all sources.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless there is one source per exponent.
    pub fn combine(&self, sources: &[Evidence]) -> Result<Probabilities> {
        if sources.len() != self.0.len() {
            return Err(Error::OutOfRange {
                what: "number of sources",
                value: sources.len() as f64,
                expected: "one per exponent",
            });
        }
        // The probability of the answer before is 1 for the first question.
        let mut probabilities = vec![1.0];
        for (level, question) in QUESTIONS.iter().enumerate() {
            let exponents: Vec<f64> = self.0.iter().map(|e| e.numbers()[level]).collect();
            let scores = weighted(&question.logarithms(sources), &exponents);
            probabilities = question.probabilities(&scores, &probabilities);
        }
        Probabilities::from_weights(&probabilities)
    }
}

/// A question about the space group: the possible answers, and to which answer of the question before they belong.
struct Question {
    /// Answer for each space group.
    of_group: [usize; COUNT],
    /// Answer of the question before, for each answer.
    before: Vec<usize>,
}

/// Crystal system; extinction group within it; space group within both. The answers to the last are the space groups in
/// order.
static QUESTIONS: LazyLock<[Question; 3]> = LazyLock::new(|| {
    let system = Question::new([0; COUNT], SpaceGroup::crystal_system);
    let extinction = Question::new(system.of_group, SpaceGroup::extinction_group);
    let group = Question::new(extinction.of_group, |group| group);
    [system, extinction, group]
});

impl Question {
    /// Question whose answers are told apart by the answer before and by `of`. Answers are numbered in the order of their first
    /// space groups.
    fn new<T: PartialEq>(before: [usize; COUNT], of: impl Fn(SpaceGroup) -> T) -> Self {
        let mut known: Vec<(usize, T)> = Vec::new();
        let mut of_group = [0; COUNT];
        for group in SpaceGroup::all() {
            let answer = (before[group.index()], of(group));
            let place = known.iter().position(|k| *k == answer);
            of_group[group.index()] = place.unwrap_or(known.len());
            if place.is_none() {
                known.push(answer);
            }
        }
        Self {
            of_group,
            before: known.into_iter().map(|k| k.0).collect(),
        }
    }

    /// Logarithms of the weights of all answers, for each source.
    fn logarithms(&self, sources: &[Evidence]) -> Vec<Vec<f64>> {
        let of = |source: &Evidence| {
            let mut weights = vec![source.floor(); self.before.len()];
            for (answer, weight) in self.of_group.iter().zip(source.weights()) {
                weights[*answer] += weight;
            }
            weights.iter().map(|w| w.ln()).collect()
        };
        sources.iter().map(of).collect()
    }

    /// Probabilities of the answers, from their scores and the probabilities of the answers before.
    fn probabilities(&self, scores: &[f64], before: &[f64]) -> Vec<f64> {
        let mut top = vec![f64::NEG_INFINITY; before.len()];
        for (score, b) in scores.iter().zip(&self.before) {
            top[*b] = top[*b].max(*score);
        }
        let mut sum = vec![0.0; before.len()];
        for (score, b) in scores.iter().zip(&self.before) {
            sum[*b] += (score - top[*b]).exp();
        }
        let one = |(score, b): (&f64, &usize)| before[*b] * (score - top[*b]).exp() / sum[*b];
        scores.iter().zip(&self.before).map(one).collect()
    }

    /// The exponents with the smallest mean of −ln p(right answer | right answer before).
    fn fit(&self, examples: &[Example<'_>], count: usize) -> Vec<f64> {
        // Logarithms of the possible answers, the right one first.
        let prepare = |example: &Example<'_>| {
            let right = self.of_group[example.truth.index()];
            let possible = (0..self.before.len())
                .filter(|a| *a != right && self.before[*a] == self.before[right]);
            let order: Vec<usize> = std::iter::once(right).chain(possible).collect();
            let of_source = |logs: Vec<f64>| order.iter().map(|a| logs[*a]).collect::<Vec<_>>();
            let logarithms = self.logarithms(example.sources);
            logarithms.into_iter().map(of_source).collect::<Vec<_>>()
        };
        let prepared: Vec<_> = examples.iter().map(prepare).collect();
        let loss = |exponents: &[f64]| -> f64 {
            let one = |logarithms: &Vec<Vec<f64>>| {
                let scores = weighted(logarithms, exponents);
                let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = scores.iter().map(|s| (s - top).exp()).sum();
                top + sum.ln() - scores[0]
            };
            prepared.iter().map(one).sum()
        };
        let mut exponents = vec![1.0 / count as f64; count];
        for _ in 0..50 {
            let before = exponents.clone();
            for k in 0..count {
                exponents[k] = least(|w| {
                    let mut tried = exponents.clone();
                    tried[k] = w;
                    loss(&tried)
                });
            }
            let moved = before.iter().zip(&exponents).map(|(a, b)| (a - b).abs());
            if moved.fold(0.0, f64::max) < 1e-4 {
                break;
            }
        }
        exponents
    }
}

fn weighted(logarithms: &[Vec<f64>], exponents: &[f64]) -> Vec<f64> {
    let mut scores = vec![0.0; logarithms[0].len()];
    for (logs, w) in logarithms.iter().zip(exponents) {
        scores.iter_mut().zip(logs).for_each(|(s, l)| *s += w * l);
    }
    scores
}

/// Place of the minimum of a convex function between 0 and the largest exponent (golden section).
fn least(of: impl Fn(f64) -> f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (0.0, LARGEST);
    let mut inner = [high - RATIO * (high - low), low + RATIO * (high - low)];
    let mut values = inner.map(&of);
    for _ in 0..38 {
        if values[0] <= values[1] {
            high = inner[1];
            inner = [high - RATIO * (high - low), inner[0]];
            values = [of(inner[0]), values[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + RATIO * (high - low)];
            values = [values[1], of(inner[1])];
        }
    }
    (low + high) / 2.0
}
