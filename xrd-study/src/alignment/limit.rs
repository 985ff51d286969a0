//! Limits of shifts and improvements.

use serde::{Deserialize, Serialize};
use xrd_latent::conformal_radius;

use super::LeftOut;
use crate::error::Result;

/// Fraction of left-out known patterns that are not marked as shifted.
const NOT_SHIFTED: f64 = 0.95;

/// Limits above which a pattern is marked as shifted. Both must be exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShiftLimit {
    /// Improvement ([`PatternShift::improvement`](crate::PatternShift::improvement)).
    pub improvement: f64,
    /// Size of the shift in degrees ([`PatternShift::size_deg`](crate::PatternShift::size_deg)).
    pub size_deg: f64,
}

impl ShiftLimit {
    /// Computes the limits from improvements and sizes of left-out known patterns. Both limits have
    /// the same rank, so that at most 5 % of the patterns are above both. Returns `None` for fewer
    /// than 19 patterns.
    ///
    /// # Errors
    /// [`Error::Latent`](crate::Error::Latent). No error is expected.
    pub(super) fn of(left_out: &[LeftOut]) -> Result<Option<Self>> {
        let sorted = |value: fn(&LeftOut) -> f64| {
            let mut values: Vec<f64> = left_out.iter().map(value).collect();
            values.sort_unstable_by(f64::total_cmp);
            values
        };
        let (improvements, sizes) = (sorted(|l| l.improvement), sorted(|l| l.size_deg));
        let rank = |sorted: &[f64], value: f64| sorted.partition_point(|v| *v < value);
        let of = |one: &LeftOut| {
            let by_improvement = rank(&improvements, one.improvement);
            by_improvement.min(rank(&sizes, one.size_deg)) as f64
        };
        let ranks: Vec<f64> = left_out.iter().map(of).collect();
        let limit = conformal_radius(&ranks, NOT_SHIFTED)?;
        Ok(limit.map(|rank| Self {
            improvement: improvements[rank as usize],
            size_deg: sizes[rank as usize],
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_one_in_twenty_is_above_both_limits() {
        let one = |improvement: f64, size_deg: f64| LeftOut {
            improvement,
            size_deg,
            offset: Default::default(),
        };
        let pair = |i: usize| one(1.0 + (i * 37 % 101) as f64, (i * 53 % 101) as f64 / 100.0);
        let pairs: Vec<LeftOut> = (0..100).map(pair).collect();
        let limit = ShiftLimit::of(&pairs).unwrap().unwrap();
        let above = |p: &&LeftOut| p.improvement > limit.improvement && p.size_deg > limit.size_deg;
        let count = pairs.iter().filter(above).count();
        assert!((3..=5).contains(&count), "{count}");
        // Each limit alone is lower than the one of this value alone.
        let alone = pairs
            .iter()
            .filter(|p| p.improvement > limit.improvement)
            .count();
        assert!(alone > count, "{alone}");
        assert_eq!(ShiftLimit::of(&pairs[..18]).unwrap(), None);
        assert!(ShiftLimit::of(&pairs[..19]).unwrap().is_some());
        let equal = ShiftLimit::of(&[one(1.0, 0.0); 30]).unwrap().unwrap();
        assert_eq!([equal.improvement, equal.size_deg], [1.0, 0.0]);
    }
}
