//! What estimators say of patterns that were left out.

use xrd_latent::{Estimator, LabelledSpace};

use super::networks::{Encoded, Networks};
use super::{Guess, Marks};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::intervals::{self, Intervals};
use crate::novelty::{loneliest, nearest_distance};
use crate::planes::mean_of;
use crate::split::Split;

/// What one estimator says of the test patterns of some parts, from their training patterns: by the
/// best network and, where there are several, the mean of what it says by all of them.
pub(super) fn guesses(
    data: &Dataset,
    networks: &Networks,
    splits: &[(usize, Split)],
    estimator: &dyn Estimator,
) -> Result<Vec<Vec<Guess>>> {
    let (mut best, mut all) = (Vec::new(), Vec::new());
    for split in splits {
        let of = |encoded: &Encoded| Answers::of(data, encoded, split, estimator);
        let answers: Vec<Answers> = networks.all.iter().map(of).collect::<Result<_>>()?;
        best.extend(mean(std::slice::from_ref(&answers[networks.best]))?);
        if answers.len() > 1 {
            all.extend(mean(&answers)?);
        }
    }
    let several = networks.all.len() > 1;
    Ok([Some(best), several.then_some(all)]
        .into_iter()
        .flatten()
        .collect())
}

/// What an estimator says of the test patterns of a part by one network.
struct Answers {
    /// Without what is known from leaving out training patterns.
    guesses: Vec<Guess>,
    /// The errors of estimates of each training pattern, left out.
    left_out: Vec<Vec<f64>>,
}

impl Answers {
    fn of(
        data: &Dataset,
        encoded: &Encoded,
        (part, split): &(usize, Split),
        estimator: &dyn Estimator,
    ) -> Result<Self> {
        let points = || split.train.iter().map(|&i| encoded.points[i].as_slice());
        let residuals = split.train.iter().map(|&i| encoded.residuals[i]);
        let (loneliest, worst) = (loneliest(points()), residuals.fold(0.0, f64::max));
        let (dimensions, coordinates) = (encoded.dimensions(), points().flatten().copied());
        let labels = data.labels.select(&split.train);
        let space = LabelledSpace::new(dimensions, coordinates.collect(), labels)?;
        let guess = |&pattern: &usize| {
            let point = &encoded.points[pattern];
            let estimate = space.estimate(point, estimator)?;
            let away = nearest_distance(point, space.points());
            Ok::<_, Error>(Guess {
                pattern,
                part: *part,
                inside: estimate.is_inside(),
                values: estimate.values,
                left_out_radius: Vec::new(),
                marks: Some(Marks {
                    far: away.unwrap_or(0.0) > loneliest,
                    unlike: encoded.residuals[pattern] > worst,
                }),
            })
        };
        Ok(Self {
            guesses: split.test.iter().map(guess).collect::<Result<_>>()?,
            left_out: intervals::left_out_errors(&space, estimator)?,
        })
    }
}

/// The mean of what several networks say of the same patterns. A mark stays where more than half of
/// them set it.
fn mean(answers: &[Answers]) -> Result<Vec<Guess>> {
    let labels = answers[0].guesses.first().map_or(0, |g| g.values.len());
    let left_out = |i: usize| mean_of(answers.iter().map(|a| a.left_out[i].as_slice()));
    let left_out: Vec<Vec<f64>> = (0..answers[0].left_out.len()).map(left_out).collect();
    let radius = Intervals::of_left_out(&left_out, labels)?.half_widths;
    let guess = |i: usize| {
        let same = || answers.iter().map(|a| &a.guesses[i]);
        let most =
            |is: &dyn Fn(&Guess) -> bool| 2 * same().filter(|g| is(g)).count() > answers.len();
        let marked = |is: fn(&Marks) -> bool| most(&|g| g.marks.as_ref().is_some_and(is));
        Guess {
            values: mean_of(same().map(|g| g.values.as_slice())),
            inside: most(&|g| g.inside),
            left_out_radius: radius.clone(),
            marks: Some(Marks {
                far: marked(|m| m.far),
                unlike: marked(|m| m.unlike),
            }),
            ..answers[0].guesses[i].clone()
        }
    };
    Ok((0..answers[0].guesses.len()).map(guess).collect())
}
