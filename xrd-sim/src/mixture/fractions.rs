use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::error::within;
use crate::random::Purpose;
use crate::{PatternKey, Result};

/// Number of times that each fraction is drawn again, on average.
const SWEEPS: usize = 40;

/// Number of times that the absent phases are drawn before all phases are taken.
const TRIES: usize = 1000;

/// Room for rounding in sums of fractions.
const ROUNDING: f64 = 1e-9;

/// Random fractions of the phases of a mixture, uniform within a range per phase.
///
/// The fractions of a mixture add up to 1. All combinations of fractions that are within the ranges
/// and add up to 1 are equally probable. [`with_absent`](Self::with_absent) leaves out phases at
/// random.
///
/// Two fractions at a time are drawn again between the limits that keep their sum (Gibbs sampling),
/// until the result no longer depends on the start. This needs O(phases) steps for any ranges.
///
/// # Example
/// ```
/// use xrd_sim::{FractionRanges, PatternKey};
/// let ranges = FractionRanges::new(vec![[0.1, 0.3], [0.0, 1.0], [0.0, 1.0]])?;
/// let fractions = ranges.draw(PatternKey::new(0, 5));
/// assert!((0.1..=0.3).contains(&fractions[0]));
/// assert!((fractions.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// # Ok::<(), xrd_sim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FractionRanges {
    /// Smallest and largest fraction of each phase.
    ranges: Vec<[f64; 2]>,
    absent: f64,
    /// Range of each impurity, and the index of the phase to which it is relative.
    impurities: Vec<([f64; 2], Option<usize>)>,
}

impl FractionRanges {
    /// Creates the ranges from the smallest and the largest fraction of each phase.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for fewer than 2 phases, for a range that is
    /// not within 0 to 1 or that ends below its start, and if no fractions within the ranges add up
    /// to 1.
    pub fn new(ranges: Vec<[f64; 2]>) -> Result<Self> {
        within("number of phases", ranges.len() as f64, 2.0.., "2 or more")?;
        for &[low, high] in &ranges {
            within("smallest fraction of a phase", low, 0.0..=1.0, "0 to 1")?;
            let expected = "its smallest fraction to 1";
            within("largest fraction of a phase", high, low..=1.0, expected)?;
        }
        let sum = |end: usize| ranges.iter().map(|r| r[end]).sum();
        let (least, most) = (sum(0), sum(1));
        let top = 1.0 + ROUNDING;
        within("sum of the smallest fractions", least, ..=top, "at most 1")?;
        let bottom = 1.0 - ROUNDING;
        within("sum of the largest fractions", most, bottom.., "1 or more")?;
        Ok(Self {
            ranges,
            absent: 0.0,
            impurities: Vec::new(),
        })
    }

    /// Sets the probability that a phase is absent from a mixture.
    ///
    /// Only phases whose smallest fraction is 0 can be absent. Each is absent independently of the
    /// others, except that the largest fractions of the remaining phases must add up to at least 1.
    /// The ranges hold for the phases that are present.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the probability is from 0 to below 1.
    pub fn with_absent(mut self, probability: f64) -> Result<Self> {
        let (what, expected) = ("probability of an absent phase", "0 to below 1");
        self.absent = within(what, probability, 0.0..1.0, expected)?;
        Ok(self)
    }

    /// Adds an impurity: a phase with a random amount that does not count in the sum of 1.
    ///
    /// The amount is uniform in the range. It is relative to the sum of the fractions, or to the
    /// fraction of the phase with the index `of`, for example the phase from which the impurity
    /// forms.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the range is within 0 to 100 and in
    /// order, and for the index of a phase that does not exist.
    pub fn with_impurity(mut self, range: [f64; 2], of: Option<usize>) -> Result<Self> {
        let [low, high] = range;
        within(
            "smallest amount of an impurity",
            low,
            0.0..=100.0,
            "0 to 100",
        )?;
        let expected = "its smallest amount to 100";
        within("largest amount of an impurity", high, low..=100.0, expected)?;
        if let Some(phase) = of {
            let phases = self.ranges.len() as f64;
            let expected = "less than the number of phases";
            within("index of a phase", phase as f64, 0.0..phases, expected)?;
        }
        self.impurities.push((range, of));
        Ok(self)
    }

    /// Returns random fractions, one per phase, and then the amount of each impurity. They depend
    /// only on the ranges and the key.
    ///
    /// Cost: O(phases).
    pub fn draw(&self, key: PatternKey) -> Vec<f64> {
        let mut all = self.of_phases(key);
        let mut rng = key.numbers(Purpose::Impurities);
        for ([low, high], of) in &self.impurities {
            let part = low + (high - low) * rng.random::<f64>();
            all.push(part * of.map_or(1.0, |phase| all[phase]));
        }
        all
    }

    fn of_phases(&self, key: PatternKey) -> Vec<f64> {
        let mut rng = key.numbers(Purpose::Fractions);
        let ranges = self.of_present(&mut rng);
        let mut fractions = start(&ranges);
        let free: Vec<usize> = (0..ranges.len())
            .filter(|&i| ranges[i][1] > ranges[i][0])
            .collect();
        if free.len() < 2 {
            return fractions;
        }
        for _ in 0..SWEEPS * free.len() {
            let i = rng.random_range(0..free.len());
            let j = (i + rng.random_range(1..free.len())) % free.len();
            exchange(&mut fractions, &ranges, [free[i], free[j]], &mut rng);
        }
        fractions
    }

    /// The ranges, which are 0 to 0 for absent phases.
    fn of_present(&self, rng: &mut ChaCha8Rng) -> Vec<[f64; 2]> {
        if self.absent == 0.0 {
            return self.ranges.clone();
        }
        for _ in 0..TRIES {
            let mut present = self.ranges.clone();
            for range in &mut present {
                // Always drawn, so that each phase has its own number.
                let is_absent = rng.random::<f64>() < self.absent;
                if is_absent && range[0] == 0.0 {
                    range[1] = 0.0;
                }
            }
            if present.iter().map(|r| r[1]).sum::<f64>() >= 1.0 - ROUNDING {
                return present;
            }
        }
        self.ranges.clone()
    }
}

/// Fractions within the ranges that add up to 1: each at the same part of its range.
fn start(ranges: &[[f64; 2]]) -> Vec<f64> {
    let least: f64 = ranges.iter().map(|r| r[0]).sum();
    let room: f64 = ranges.iter().map(|r| r[1] - r[0]).sum();
    let part = match room > 0.0 {
        true => ((1.0 - least) / room).clamp(0.0, 1.0),
        false => 0.0,
    };
    let at = |&[a, b]: &[f64; 2]| (a + part * (b - a)).clamp(a, b);
    ranges.iter().map(at).collect()
}

/// Draws two fractions again. Their sum stays.
fn exchange(fractions: &mut [f64], ranges: &[[f64; 2]], [i, j]: [usize; 2], rng: &mut ChaCha8Rng) {
    let sum = fractions[i] + fractions[j];
    let low = ranges[i][0].max(sum - ranges[j][1]);
    let high = ranges[i][1].min(sum - ranges[j][0]);
    if high > low {
        fractions[i] = low + rng.random::<f64>() * (high - low);
        // Rounding must not leave the range.
        fractions[j] = (sum - fractions[i]).clamp(ranges[j][0], ranges[j][1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(ranges: &FractionRanges, count: u64) -> Vec<Vec<f64>> {
        (0..count)
            .map(|index| ranges.draw(PatternKey::new(7, index)))
            .collect()
    }

    proptest! {
        #[test]
        fn fractions_are_within_their_ranges_and_add_up_to_one(
            ends in prop::collection::vec(prop::array::uniform2(0.0..1.0f64), 2..7),
            absent in 0.0..0.9f64,
        ) {
            let ordered = ends.iter().map(|[a, b]| [a.min(*b), a.max(*b)]);
            let Ok(ranges) = FractionRanges::new(ordered.collect()) else {
                return Ok(());
            };
            let ranges = ranges.with_absent(absent).unwrap();
            for fractions in drawn(&ranges, 20) {
                prop_assert!((fractions.iter().sum::<f64>() - 1.0).abs() < 1e-8);
                for (x, [low, high]) in fractions.iter().zip(&ranges.ranges) {
                    prop_assert!((*low..=*high).contains(x), "{x} {low} {high}");
                }
            }
        }
    }

    /// The distribution of one fraction of a uniform simplex of n is Beta(1, n − 1).
    #[test]
    fn the_whole_simplex_is_uniform() {
        for n in [2, 3, 5] {
            let ranges = FractionRanges::new(vec![[0.0, 1.0]; n]).unwrap();
            let count = 4000;
            let all = drawn(&ranges, count);
            for phase in 0..n {
                let mut of_phase: Vec<f64> = all.iter().map(|f| f[phase]).collect();
                of_phase.sort_by(f64::total_cmp);
                let distance = of_phase.iter().enumerate().map(|(i, x)| {
                    let expected = 1.0 - (1.0 - x).powi(n as i32 - 1);
                    (expected - (i as f64 + 0.5) / count as f64).abs()
                });
                // Kolmogorov–Smirnov: 1.95/√n is passed by chance once in a thousand.
                let largest = distance.fold(0.0, f64::max);
                assert!(largest < 1.95 / (count as f64).sqrt(), "{n}: {largest}");
            }
        }
    }

    /// The naive twin: fractions of the whole simplex, of which those outside the ranges are
    /// discarded.
    #[test]
    fn ranges_cut_the_simplex() {
        let ends = vec![[0.1, 0.5], [0.0, 0.4], [0.2, 0.9]];
        let ranges = FractionRanges::new(ends.clone()).unwrap();
        let whole = FractionRanges::new(vec![[0.0, 1.0]; 3]).unwrap();
        let inside = |f: &Vec<f64>| f.iter().zip(&ends).all(|(x, e)| e[0] <= *x && *x <= e[1]);
        let twin: Vec<_> = drawn(&whole, 40_000).into_iter().filter(inside).collect();
        let drawn = drawn(&ranges, 10_000);
        let mean = |all: &[Vec<f64>], i: usize, power: i32| {
            all.iter().map(|f| f[i].powi(power)).sum::<f64>() / all.len() as f64
        };
        for i in 0..3 {
            for power in 1..=3 {
                let (a, b) = (mean(&drawn, i, power), mean(&twin, i, power));
                assert!((a - b).abs() < 6e-3, "{i} {power}: {a} {b}");
            }
        }
    }

    #[test]
    fn phases_are_absent_as_often_as_stated() {
        let ranges = FractionRanges::new(vec![[0.0, 1.0], [0.0, 1.0], [0.1, 1.0]]).unwrap();
        let all = drawn(&ranges.with_absent(0.3).unwrap(), 4000);
        let share = |i: usize| all.iter().filter(|f| f[i] == 0.0).count() as f64 / 4000.0;
        assert!((share(0) - 0.3).abs() < 0.03 && (share(1) - 0.3).abs() < 0.03);
        assert_eq!(share(2), 0.0);
        // Absent or not, one phase cannot be more than its range.
        let tight = FractionRanges::new(vec![[0.0, 0.5]; 2]).unwrap();
        assert_eq!(drawn(&tight.with_absent(0.99).unwrap(), 1)[0], [0.5, 0.5]);
    }

    #[test]
    fn impurities_come_on_top() {
        let plain = FractionRanges::new(vec![[0.0, 1.0]; 2]).unwrap();
        let ranges = plain.clone().with_impurity([0.1, 0.3], None).unwrap();
        let ranges = ranges.with_impurity([0.5, 0.5], Some(1)).unwrap();
        for (with, without) in drawn(&ranges, 200).iter().zip(drawn(&plain, 200)) {
            assert_eq!(with[..2], without);
            assert!((0.1..=0.3).contains(&with[2]));
            assert!((with[3] - 0.5 * with[1]).abs() < 1e-15);
        }
        let refused = |range, of| plain.clone().with_impurity(range, of).is_err();
        assert!(refused([0.3, 0.1], None) && refused([-0.1, 1.0], None));
        assert!(refused([0.0, 101.0], None) && refused([0.0, 1.0], Some(2)));
    }

    #[test]
    fn ranges_without_a_mixture_are_refused() {
        for bad in [
            vec![[0.0, 1.0]],
            vec![[0.0, 0.4], [0.0, 0.5]],
            vec![[0.6, 1.0], [0.5, 1.0]],
            vec![[0.0, 1.1], [0.0, 1.0]],
            vec![[0.5, 0.2], [0.0, 1.0]],
            vec![[-0.1, 1.0], [0.0, 1.0]],
            vec![[0.0, f64::NAN], [0.0, 1.0]],
        ] {
            assert!(FractionRanges::new(bad.clone()).is_err(), "{bad:?}");
        }
        let ranges = FractionRanges::new(vec![[0.0, 1.0]; 2]).unwrap();
        assert!(ranges.clone().with_absent(1.0).is_err() && ranges.with_absent(-0.1).is_err());
    }
}
