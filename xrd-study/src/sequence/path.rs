//! Transitions along the path of patterns.

use std::ops::Range;

use super::segments::Costs;
use crate::outliers::order::median;
use crate::report::TransitionReport;

/// Smallest standard deviation of the logarithm of a speed.
const SMALLEST_SPREAD: f64 = 0.2;
/// Smallest speed of a transition, divided by the usual speed.
const FASTER: f64 = 2.0;
/// Smallest difference of the mean logarithm of a transition, in standard errors.
const CLEAR: f64 = 3.0;
/// Standard deviation of a normal distribution divided by the median of absolute deviations.
const OF_DEVIATION: f64 = 1.4826;
/// Smallest distance, so that every distance has a logarithm.
const SMALLEST: f64 = 1e-9;

/// Path of the patterns.
pub(super) struct Path<'a> {
    pub(super) values: &'a [f64],
    pub(super) steps: &'a [f64],
    pub(super) speeds: &'a [f64],
}

impl Path<'_> {
    /// Finds the transitions, each with its steps. Finds none if patterns do not change.
    pub(super) fn transitions(&self, usual: f64) -> Vec<(TransitionReport, Range<usize>)> {
        if usual <= SMALLEST {
            return Vec::new();
        }
        let floor = SMALLEST * usual;
        let logs: Vec<f64> = self.speeds.iter().map(|s| s.max(floor).ln()).collect();
        let spread = spread(&logs);
        let costs = Costs::new(&logs, spread * spread);
        let segments = costs.segments();
        let excess = |s: &Range<usize>| costs.mean(s) - usual.ln();
        let is_fast = |s: &Range<usize>| {
            let clear = CLEAR * spread / (s.len() as f64).sqrt();
            excess(s) > clear.max(FASTER.ln())
        };
        let mut found = Vec::new();
        let mut next = 0;
        while next < segments.len() {
            let fast = segments[next..].iter().take_while(|s| is_fast(s)).count();
            let region = next..next + fast;
            next += fast.max(1);
            let fastest = region
                .clone()
                .max_by(|&a, &b| excess(&segments[a]).total_cmp(&excess(&segments[b])));
            let Some(f) = fastest else { continue };
            let segment = &segments[f];
            let from = match f {
                0 => 0,
                _ => costs.boundary(&segments[f - 1], segment).start,
            };
            let to = match segments.get(f + 1) {
                Some(after) => costs.boundary(segment, after).end,
                None => self.steps.len(),
            };
            let steps = segments[region.start].start..segments[region.end - 1].end;
            let speed = |i: &usize| self.speeds[*i];
            let steepest = steps.clone().max_by(|a, b| speed(a).total_cmp(&speed(b)));
            let steepest = steepest.unwrap_or(steps.start);
            let report = TransitionReport {
                steepest_from: self.values[steepest],
                steepest_to: self.values[steepest + 1],
                steepest_speed: self.speeds[steepest] / usual,
                value: self.middle(segment),
                from: self.values[from.min(segment.start)],
                to: self.values[to.max(segment.end)],
                begins: self.values[steps.start],
                ends: self.values[steps.end],
                speed: excess(segment).exp(),
                ..TransitionReport::default()
            };
            found.push((report, steps));
        }
        found
    }

    /// Value at which half of the length of some steps is over.
    fn middle(&self, steps: &Range<usize>) -> f64 {
        let half = self.steps[steps.clone()].iter().sum::<f64>() / 2.0;
        let mut before = 0.0;
        for i in steps.clone() {
            let step = self.steps[i];
            if before + step >= half {
                let share = if step > 0.0 {
                    (half - before) / step
                } else {
                    0.5
                };
                return self.values[i] + share * (self.values[i + 1] - self.values[i]);
            }
            before += step;
        }
        self.values[steps.end]
    }
}

/// Robust standard deviation of numbers around a mean that changes rarely.
fn spread(numbers: &[f64]) -> f64 {
    let changes = numbers.windows(2).map(|v| (v[1] - v[0]).abs());
    let usual = median(changes.collect());
    (OF_DEVIATION * usual / 2f64.sqrt()).max(SMALLEST_SPREAD)
}
