//! Scores of estimates.

use xrd_core::Labels;
use xrd_latent::{conformal_radius, mean_absolute_error, r_squared};

use super::{FoldEstimate, Novelty, SchemeEstimates, ScoreRow};
use crate::error::Result;
use crate::intervals::COVERAGE;

/// Mean and sample standard deviation over seeds. `None` if a number is missing; no standard
/// deviation for one seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) mean: Option<f64>,
    pub(crate) sd: Option<f64>,
}

impl Spread {
    pub(crate) fn of(values: &[Option<f64>]) -> Self {
        let Some(values) = values.iter().copied().collect::<Option<Vec<f64>>>() else {
            return Self {
                mean: None,
                sd: None,
            };
        };
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Self {
            mean: Some(mean).filter(|m| m.is_finite()),
            sd: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
        }
    }
}

/// Returns one row of scores per scheme, method and label.
pub(super) fn rows(labels: &Labels, estimates: &[SchemeEstimates]) -> Result<Vec<ScoreRow>> {
    let mut rows = Vec::new();
    for of_scheme in estimates {
        for (method, seeds) in &of_scheme.methods {
            for (c, label) in labels.columns().iter().enumerate() {
                let (mut r2, mut mae) = (Vec::new(), Vec::new());
                for guesses in seeds {
                    let estimated: Vec<f64> = guesses.iter().map(|g| g.values[c]).collect();
                    let truth = truths(labels, guesses, c);
                    r2.push(r_squared(&estimated, &truth)?);
                    mae.push(Some(mean_absolute_error(&estimated, &truth)?));
                }
                let all = || seeds.iter().flatten();
                let estimates = all().count();
                let (covered, half_width) = match own_coverage(labels, seeds, c) {
                    Some(own) => own,
                    None => coverage(labels, seeds, c)?,
                };
                let (r2, mae) = (Spread::of(&r2), Spread::of(&mae));
                rows.push(ScoreRow {
                    scheme: of_scheme.scheme,
                    method: method.clone(),
                    label: label.clone(),
                    seeds: seeds.len(),
                    estimates,
                    r2_mean: r2.mean,
                    r2_sd: r2.sd,
                    mae_mean: mae.mean,
                    mae_sd: mae.sd,
                    inside: all().filter(|g| g.inside).count() as f64 / estimates as f64,
                    far: flagged(seeds, |m| m.far),
                    unlike: flagged(seeds, |m| m.unlike),
                    covered,
                    half_width,
                    covered_left_out: covered_left_out(labels, seeds, c),
                    width_follows_error: width_follows_error(labels, seeds, c),
                });
            }
        }
    }
    Ok(rows)
}

/// Returns the fraction of estimates with a flag. `None` if an estimate has no flags.
fn flagged(seeds: &[Vec<FoldEstimate>], is: impl Fn(&Novelty) -> bool) -> Option<f64> {
    let flags = seeds.iter().flatten().map(|g| g.novelty.as_ref());
    let flags: Vec<&Novelty> = flags.collect::<Option<_>>()?;
    Some(flags.iter().filter(|m| is(m)).count() as f64 / flags.len() as f64)
}

fn truths(labels: &Labels, guesses: &[FoldEstimate], c: usize) -> Vec<f64> {
    guesses.iter().map(|g| labels.row(g.pattern)[c]).collect()
}

fn error(labels: &Labels, guess: &FoldEstimate, c: usize) -> f64 {
    guess.values[c] - labels.row(guess.pattern)[c]
}

/// Returns the coverage and the mean half width of intervals from the errors in the other folds of
/// the same seed. `None` with too few errors.
fn coverage(
    labels: &Labels,
    seeds: &[Vec<FoldEstimate>],
    c: usize,
) -> Result<(Option<f64>, Option<f64>)> {
    let (mut held, mut width, mut count) = (0, 0.0, 0);
    for guesses in seeds {
        let folds = guesses.iter().map(|g| g.fold).max().map_or(0, |f| f + 1);
        for fold in 0..folds {
            let others = guesses.iter().filter(|g| g.fold != fold);
            let errors: Vec<f64> = others.map(|g| error(labels, g, c)).collect();
            let own: Vec<&FoldEstimate> = guesses.iter().filter(|g| g.fold == fold).collect();
            let Some(radius) = conformal_radius(&errors, COVERAGE)? else {
                return Ok((None, None));
            };
            held += own
                .iter()
                .filter(|g| error(labels, g, c).abs() <= radius)
                .count();
            width += radius * own.len() as f64;
            count += own.len();
        }
    }
    let mean = |x: f64| (count > 0).then(|| x / count as f64);
    Ok((mean(held as f64), mean(width)))
}

/// Returns the coverage and the mean half width of the own intervals of a method. `None` for a method
/// without own intervals.
fn own_coverage(
    labels: &Labels,
    seeds: &[Vec<FoldEstimate>],
    c: usize,
) -> Option<(Option<f64>, Option<f64>)> {
    let all = || seeds.iter().flatten();
    if all().next()?.intervals.is_empty() {
        return None;
    }
    let (mut held, mut width, mut count) = (0, 0.0, 0);
    for guess in all() {
        if let Some([low, high]) = guess.intervals[c] {
            held += usize::from((low..=high).contains(&labels.row(guess.pattern)[c]));
            width += (high - low) / 2.0;
            count += 1;
        }
    }
    let mean = |x: f64| (count > 0).then(|| x / count as f64);
    Some((mean(held as f64), mean(width)))
}

/// Returns the rank correlation of the widths of own intervals and the absolute errors: the median
/// over the seeds. `None` for a method without own intervals.
fn width_follows_error(labels: &Labels, seeds: &[Vec<FoldEstimate>], c: usize) -> Option<f64> {
    let of_seed = |guesses: &Vec<FoldEstimate>| {
        let pair = |g: &FoldEstimate| {
            let [low, high] = (*g.intervals.get(c)?)?;
            Some((high - low, error(labels, g, c).abs()))
        };
        let (widths, errors): (Vec<f64>, Vec<f64>) = guesses.iter().filter_map(pair).unzip();
        rank_correlation(&widths, &errors)
    };
    let mut all: Vec<f64> = seeds.iter().filter_map(of_seed).collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

/// Returns Spearman's rank correlation. Equal values share their mean rank. `None` if all values of a
/// list are equal.
fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| -> f64 {
        let pairs = x.iter().zip(y);
        pairs.map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let size = (product(&a, &a) * product(&b, &b)).sqrt();
    (size > 0.0).then(|| product(&a, &b) / size)
}

/// Returns the rank of each value, from 0. Equal values share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|&i, &j| values[i] == values[j]) {
        let rank = first as f64 + (equal.len() as f64 - 1.0) / 2.0;
        equal.iter().for_each(|&i| ranks[i] = rank);
        first += equal.len();
    }
    ranks
}

/// Returns the coverage of intervals from leaving out each training pattern.
fn covered_left_out(labels: &Labels, seeds: &[Vec<FoldEstimate>], c: usize) -> Option<f64> {
    let (mut held, mut count) = (0, 0);
    for guess in seeds.iter().flatten() {
        let radius = (*guess.left_out_half_widths.get(c)?)?;
        held += usize::from(error(labels, guess, c).abs() <= radius);
        count += 1;
    }
    (count > 0).then(|| held as f64 / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folds::Scheme;

    fn guess(pattern: usize, fold: usize, value: f64) -> FoldEstimate {
        FoldEstimate {
            pattern,
            fold,
            values: vec![value],
            inside: fold == 0,
            left_out_half_widths: vec![Some(0.15)],
            intervals: Vec::new(),
            novelty: Some(Novelty {
                far: pattern == 7,
                unlike: fold == 1,
            }),
        }
    }

    #[test]
    fn scores_are_of_all_folds_of_a_seed_together() {
        // Errors 0, ±0.1 and ±0.2, in two folds.
        let truth: Vec<f64> = (0..40).map(f64::from).collect();
        let labels = Labels::new(vec!["p".to_owned()], truth).unwrap();
        let off = |i: usize| 0.1 * (i % 5) as f64 - 0.2;
        let seed = || {
            (0..40)
                .map(|i| guess(i, i % 2, i as f64 + off(i)))
                .collect()
        };
        let guesses = SchemeEstimates {
            scheme: Scheme::Folds,
            methods: vec![("m".to_owned(), vec![seed(), seed()])],
        };
        let row = rows(&labels, &[guesses]).unwrap().remove(0);
        assert_eq!((row.seeds, row.estimates, row.inside), (2, 80, 0.5));
        assert!((row.mae_mean.unwrap() - 0.12).abs() < 1e-9);
        assert_eq!(row.mae_sd, Some(0.0));
        assert!(row.r2_mean.unwrap() > 0.999);
        assert!((row.half_width.unwrap() - 0.2).abs() < 1e-9);
        assert_eq!(row.covered_left_out, Some(0.6));
        assert_eq!((row.far, row.unlike), (Some(0.025), Some(0.5)));
    }

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [2.5, 0.0, 2.5, 1.0]);
        assert_eq!(
            rank_correlation(&[1.0, 2.0, 5.0], &[0.1, 0.2, 0.3]),
            Some(1.0)
        );
        assert_eq!(rank_correlation(&[1.0, 2.0], &[4.0, 3.0]), Some(-1.0));
        assert_eq!(rank_correlation(&[1.0, 1.0], &[4.0, 3.0]), None);
    }

    #[test]
    fn own_intervals_are_scored_where_there_are_any() {
        let labels = Labels::new(vec!["p".to_owned()], vec![0.0; 4]).unwrap();
        let own = |pattern: usize, value: f64, half: Option<f64>| FoldEstimate {
            intervals: vec![half.map(|h| [value - h, value + h])],
            ..guess(pattern, 0, value)
        };
        let seed = vec![
            own(0, 1.0, Some(1.5)),
            own(1, 3.0, Some(2.5)),
            own(2, 0.5, Some(0.5)),
            own(3, 9.0, None),
        ];
        let (covered, half_width) = own_coverage(&labels, &[seed.clone()], 0).unwrap();
        assert_eq!((covered, half_width), (Some(2.0 / 3.0), Some(1.5)));
        assert_eq!(width_follows_error(&labels, &[seed], 0), Some(1.0));
        assert_eq!(own_coverage(&labels, &[vec![guess(0, 0, 1.0)]], 0), None);
    }

    #[test]
    fn intervals_hold_nine_of_ten() {
        // Errors that do not depend on the order of the patterns.
        let n = 400;
        let labels = Labels::new(vec!["p".to_owned()], vec![0.0; n]).unwrap();
        let off = |i: usize| (43_758.545 * (i as f64).sin()).fract();
        let seed: Vec<FoldEstimate> = (0..n).map(|i| guess(i, i % 5, off(i))).collect();
        let (covered, _) = coverage(&labels, &[seed], 0).unwrap();
        assert!((covered.unwrap() - 0.9).abs() < 0.03);
        let few: Vec<FoldEstimate> = (0..8).map(|i| guess(i, i % 2, off(i))).collect();
        assert_eq!(coverage(&labels, &[few], 0).unwrap(), (None, None));
    }
}
