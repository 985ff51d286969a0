//! Scores of answers for patterns with known space groups.

use crate::space_group::COUNT;
use crate::{Error, Probabilities, Result, SpaceGroup};

/// Number of places of the top-n curve.
const PLACES: usize = 10;

/// Number of bins of the calibration error.
const BINS: usize = 10;

/// Probabilities of a pattern with a known space group.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Probabilities of the space groups.
    pub probabilities: &'a Probabilities,
    /// True space group.
    pub truth: SpaceGroup,
}

/// Scores of answers. All shares are 0 to 1.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// Number of answers.
    pub count: usize,
    /// Share of answers with the right space group.
    pub space_group: f64,
    /// Share of answers with the right crystal system.
    pub crystal_system: f64,
    /// Share of answers with the right extinction group.
    pub extinction_group: f64,
    /// Share of answers with the true space group among the first 1, 2, … 10.
    pub top: [f64; PLACES],
    /// Share of right space groups and crystal systems in the surer half of the answers, each by its
    /// own certainty.
    pub surer_half: [f64; 2],
    /// Mean of −ln of the probability of the true space group; probabilities below 10⁻⁹ count as
    /// 10⁻⁹.
    pub negative_log_likelihood: f64,
    /// Expected calibration error: mean over answers of |certainty − share that is right|, in ten
    /// bins of the certainty of the space group.
    pub calibration_error: f64,
    /// Number of wrong space groups at each distance on the graph of maximal subgroups; the first
    /// entry is the number of right ones.
    pub distances: Vec<usize>,
    /// Share of right answers when the least certain are refused, from the surest answer alone to
    /// all answers.
    pub refusal: Vec<RefusalPoint>,
    /// For each space group, the number of patterns and the number of right answers.
    pub by_space_group: Vec<(SpaceGroup, usize, usize)>,
}

/// Point of a curve over the share of refused answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefusalPoint {
    /// Least certainty of an answer that is given.
    pub threshold: f64,
    /// Share of patterns that are answered.
    pub answered: f64,
    /// Share of right space groups among the answers.
    pub right: f64,
}

impl Score {
    /// Scores answers.
    ///
    /// Cost: O(n · 230 + n · log n + wrong answers · edges of the graph).
    ///
    /// # Errors
    /// [`Error::Empty`] if there are no answers.
    pub fn of(answers: &[Answer<'_>]) -> Result<Self> {
        if answers.is_empty() {
            return Err(Error::Empty { what: "answers" });
        }
        let cases: Vec<Case> = answers.iter().map(Case::of).collect();
        let share = |is: &dyn Fn(&Case) -> bool| {
            cases.iter().filter(|c| is(c)).count() as f64 / cases.len() as f64
        };
        let mut distances = Vec::new();
        let mut by_space_group = vec![(0, 0); COUNT];
        for (case, answer) in cases.iter().zip(answers) {
            let steps = case.guess.distance(answer.truth);
            if distances.len() <= steps {
                distances.resize(steps + 1, 0);
            }
            distances[steps] += 1;
            let counts = &mut by_space_group[answer.truth.index()];
            counts.0 += 1;
            counts.1 += usize::from(case.rank == 0);
        }
        let log = |a: &Answer<'_>| -a.probabilities.of(a.truth).max(1e-9).ln();
        let groups = SpaceGroup::all().zip(by_space_group);
        Ok(Self {
            count: cases.len(),
            space_group: share(&|c| c.rank == 0),
            crystal_system: share(&|c| c.system_is_right),
            extinction_group: share(&|c| c.extinction_is_right),
            top: std::array::from_fn(|n| share(&|c| c.rank <= n)),
            surer_half: [
                surer_half(&cases, |c| (c.certainty, c.rank == 0)),
                surer_half(&cases, |c| (c.certainty_of_system, c.system_is_right)),
            ],
            negative_log_likelihood: answers.iter().map(log).sum::<f64>() / cases.len() as f64,
            calibration_error: calibration_error(&cases),
            distances,
            refusal: refusal(&cases),
            by_space_group: groups
                .filter(|(_, (patterns, _))| *patterns > 0)
                .map(|(group, (patterns, right))| (group, patterns, right))
                .collect(),
        })
    }
}

/// What is counted of an answer.
struct Case {
    guess: SpaceGroup,
    /// Number of space groups before the true one.
    rank: usize,
    certainty: f64,
    system_is_right: bool,
    certainty_of_system: f64,
    extinction_is_right: bool,
}

impl Case {
    fn of(answer: &Answer<'_>) -> Self {
        let order = answer.probabilities.most_likely(COUNT);
        let (system, certainty_of_system) = answer.probabilities.crystal_system();
        let (extinction, _) = answer.probabilities.extinction_groups()[0];
        Self {
            guess: order[0].0,
            rank: order.iter().take_while(|(g, _)| *g != answer.truth).count(),
            certainty: order[0].1,
            system_is_right: system == answer.truth.crystal_system(),
            certainty_of_system,
            extinction_is_right: extinction == answer.truth.extinction_group(),
        }
    }
}

/// Cases by falling certainty; equal ones keep their order.
fn by_certainty(cases: &[Case], of: impl Fn(&Case) -> (f64, bool)) -> Vec<(f64, bool)> {
    let mut sorted: Vec<_> = cases.iter().map(of).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    sorted
}

/// Share of right answers in the surer half; the middle one of an odd number is left out.
fn surer_half(cases: &[Case], of: impl Fn(&Case) -> (f64, bool)) -> f64 {
    let sorted = by_certainty(cases, of);
    let half = (sorted.len() / 2).max(1);
    sorted[..half].iter().filter(|(_, right)| *right).count() as f64 / half as f64
}

fn refusal(cases: &[Case]) -> Vec<RefusalPoint> {
    let sorted = by_certainty(cases, |c| (c.certainty, c.rank == 0));
    let mut right = 0;
    let points = sorted.iter().enumerate().map(|(i, (certainty, is_right))| {
        right += usize::from(*is_right);
        RefusalPoint {
            threshold: *certainty,
            answered: (i + 1) as f64 / sorted.len() as f64,
            right: right as f64 / (i + 1) as f64,
        }
    });
    points.collect()
}

fn calibration_error(cases: &[Case]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for case in cases {
        let bin = ((case.certainty * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += case.certainty;
        bins[bin].1 += f64::from(u8::from(case.rank == 0));
    }
    let gaps = bins.iter().map(|(sure, right)| (sure - right).abs());
    gaps.sum::<f64>() / cases.len() as f64
}
