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
