//! Intervals around the estimates of a study, and their coverage.

use super::run::SeedFigures;
use crate::error::Result;
use crate::intervals::{COVERAGE, ErrorSource, Intervals, difference};
use crate::report::{IntervalReport, IntervalsReport};

/// Coverage of intervals over all seeds.
struct Coverage {
    held: usize,
    all: usize,
}

impl Coverage {
    fn fraction(&self) -> Option<f64> {
        (self.all > 0).then(|| self.held as f64 / self.all as f64)
    }
}

/// Returns the intervals of the estimates of a seed: from the test patterns of the other seeds, or
/// from the training patterns of the seed if the other seeds have too few.
pub(super) fn of_seed(seeds: &[SeedFigures], seed: u64, labels: usize) -> Result<Intervals> {
    let others = seeds.iter().filter(|s| s.seed != seed);
    let errors: Vec<Vec<f64>> = others.flat_map(errors).collect();
    let intervals = Intervals::from_errors(&errors, labels, ErrorSource::OtherSeeds)?;
    let own = seeds.iter().find(|s| s.seed == seed);
    Ok(match own {
        Some(own) if intervals.half_widths.contains(&None) => own.left_out.clone(),
        _ => intervals,
    })
}

fn errors(seed: &SeedFigures) -> impl Iterator<Item = Vec<f64>> + '_ {
    seed.held_out
        .iter()
        .map(|h| difference(&h.estimated, &h.truth))
}

/// Returns the intervals of the regression: the mean half width of the chosen seed, and the coverage
/// over all seeds. `None` if the labels are estimated in the latent space.
pub(super) fn of_regression(
    seeds: &[SeedFigures],
    chosen: u64,
    labels: &[String],
) -> Option<IntervalsReport> {
    let own = seeds
        .iter()
        .find(|s| s.seed == chosen)?
        .own_intervals
        .as_ref()?;
    let half_width = |c: usize| {
        let halves = own.iter().filter_map(|row| row[c]);
        let halves: Vec<f64> = halves.map(|[low, high]| (high - low) / 2.0).collect();
        (!halves.is_empty()).then(|| halves.iter().sum::<f64>() / halves.len() as f64)
    };
    let held = |c: usize| {
        let mut coverage = Coverage { held: 0, all: 0 };
        for seed in seeds {
            let rows = seed.own_intervals.iter().flatten().zip(&seed.held_out);
            for ([low, high], truth) in rows.filter_map(|(r, h)| Some((r[c]?, h.truth[c]))) {
                coverage.all += 1;
                coverage.held += usize::from((low..=high).contains(&truth));
            }
        }
        coverage.fraction()
    };
    let of = |c: usize| IntervalReport {
        half_width: half_width(c),
        held: held(c),
        held_left_out: None,
    };
    Some(IntervalsReport {
        coverage: COVERAGE,
        from: ErrorSource::CrossValidation.to_string(),
        errors: seeds.iter().find(|s| s.seed == chosen)?.known,
        estimates: seeds.iter().map(|s| s.held_out.len()).sum(),
        per_label: (0..labels.len())
            .map(|c| (labels[c].clone(), of(c)))
            .collect(),
    })
}

/// Returns the intervals of the chosen seed, and the coverage of such intervals over all seeds.
pub(super) fn report(
    seeds: &[SeedFigures],
    chosen: &Intervals,
    labels: &[String],
) -> Result<IntervalsReport> {
    let mut by_others: Vec<Coverage> = labels
        .iter()
        .map(|_| Coverage { held: 0, all: 0 })
        .collect();
    let mut by_left_out: Vec<Coverage> = labels
        .iter()
        .map(|_| Coverage { held: 0, all: 0 })
        .collect();
    for seed in seeds {
        let others = of_seed(seeds, seed.seed, labels.len())?;
        let others = (others.from != seed.left_out.from).then_some(others);
        for error in errors(seed) {
            for (c, e) in error.iter().enumerate() {
                let count = |held: &mut Coverage, intervals: &Intervals| {
                    if let Some(half) = intervals.half_widths[c] {
                        held.all += 1;
                        held.held += usize::from(e.abs() <= half);
                    }
                };
                count(&mut by_left_out[c], &seed.left_out);
                if let Some(others) = &others {
                    count(&mut by_others[c], others);
                }
            }
        }
    }
    let of = |c: usize| IntervalReport {
        half_width: chosen.half_widths[c],
        held: by_others[c].fraction(),
        held_left_out: by_left_out[c].fraction(),
    };
    let labels = labels.iter().enumerate();
    Ok(IntervalsReport {
        coverage: COVERAGE,
        from: chosen.from.to_string(),
        errors: chosen.errors,
        estimates: seeds.iter().map(|s| s.held_out.len()).sum(),
        per_label: labels.map(|(c, label)| (label.clone(), of(c))).collect(),
    })
}
