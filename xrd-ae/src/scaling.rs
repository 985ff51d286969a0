use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip};

use crate::config::InputScaling;
use crate::error::{Error, Result, check};
use crate::source::{PatternSource, each_pattern};

/// The least deviation of a point under [`InputScaling::PerPoint`], as a share of the global
/// root mean square.
const FLOOR: f64 = 0.01;

/// An [`InputScaling`] fitted to training patterns: scaled = (intensity − offset) / deviation,
/// point by point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scaling {
    pub(crate) kind: InputScaling,
    /// The mean training pattern, whatever the kind.
    pub(crate) mean: Array1<f32>,
    /// What each point is divided by; positive.
    pub(crate) deviation: Array1<f32>,
}

impl Scaling {
    /// Cost O(intensities); they are read twice.
    pub(crate) fn fit(kind: InputScaling, train: &dyn PatternSource) -> Result<Self> {
        let (mean, variance) = moments(train)?;
        let rms = variance.mean().unwrap_or(0.0).sqrt();
        if rms == 0.0 {
            let patterns = train.len();
            return Err(Error::Constant { patterns });
        }
        check(
            "root mean square of the training patterns about their mean",
            rms,
            (1e-30..1e30).contains(&rms),
            "1e-30 to 1e30",
        )?;
        let deviation = match kind {
            InputScaling::Global => Array1::from_elem(mean.len(), rms as f32),
            InputScaling::PerPoint => variance.mapv(|v| v.sqrt().max(FLOOR * rms) as f32),
            InputScaling::None => Array1::ones(mean.len()),
        };
        Ok(Self {
            kind,
            mean,
            deviation,
        })
    }

    /// Patterns, row by row in one block, as the network sees them: [n, points].
    pub(crate) fn scaled(&self, block: &[f32]) -> Array2<f32> {
        let mut rows = as_rows(block, self.mean.len()).to_owned();
        let along = "rows of an owned matrix lie along memory";
        for row in rows.rows_mut() {
            self.scale(row.into_slice().expect(along));
        }
        rows
    }

    /// One pattern as the network sees it.
    pub(crate) fn scale(&self, pattern: &mut [f32]) {
        let shifted = if self.shifts() { 1.0 } else { 0.0 };
        let fitted = self.mean.iter().zip(&self.deviation);
        for (value, (mean, deviation)) in pattern.iter_mut().zip(fitted) {
            *value = (*value - shifted * mean) / deviation;
        }
    }

    /// What the network answers, as intensities.
    pub(crate) fn unscaled(&self, mut rows: Array2<f32>) -> Array2<f32> {
        for mut row in rows.rows_mut() {
            row *= &self.deviation;
            if self.shifts() {
                row += &self.mean;
            }
        }
        rows
    }

    /// By how much the input of point `i` falls when its intensity goes to zero.
    pub(crate) fn share(&self, i: usize, intensity: f32) -> f32 {
        intensity / self.deviation[i]
    }

    fn shifts(&self) -> bool {
        self.kind != InputScaling::None
    }
}

/// Patterns in one block as the rows of a matrix.
pub(crate) fn as_rows(block: &[f32], points: usize) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((block.len() / points, points), block)
        .expect("a block holds whole patterns")
}

/// Mean pattern, and variance of each point about it.
fn moments(train: &dyn PatternSource) -> Result<(Array1<f32>, Array1<f64>)> {
    if train.is_empty() {
        return Err(Error::Empty {
            what: "training patterns",
        });
    }
    let n = train.len() as f64;
    let mut mean = Array1::<f64>::zeros(train.grid().len());
    add_patterns(&mut mean, train, |_, v| v / n)?;
    // Rounded first: the deviations of equal patterns are then exactly zero.
    let mean = mean.mapv(|m| m as f32);
    let mut variance = Array1::<f64>::zeros(mean.len());
    add_patterns(&mut variance, train, |i, v| {
        (v - f64::from(mean[i])).powi(2) / n
    })?;
    Ok((mean, variance))
}

fn add_patterns(
    sum: &mut Array1<f64>,
    train: &dyn PatternSource,
    term: impl Fn(usize, f64) -> f64,
) -> Result<()> {
    each_pattern(train, |pattern| {
        Zip::indexed(&mut *sum)
            .and(ArrayView1::from(pattern))
            .for_each(|i, sum, &v| *sum += term(i, f64::from(v)));
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::patterns;
    use ndarray::Axis;
    use proptest::prelude::*;
    use xrd_core::PatternSet;

    const KINDS: [InputScaling; 3] = [
        InputScaling::Global,
        InputScaling::PerPoint,
        InputScaling::None,
    ];

    #[test]
    fn global_scaling_gives_mean_zero_and_variance_one() {
        let set = patterns(20, 80);
        let scaled = Scaling::fit(InputScaling::Global, &set)
            .unwrap()
            .scaled(set.block());
        let means = scaled.mean_axis(Axis(0)).unwrap();
        assert!(means.iter().all(|m| m.abs() < 1e-5));
        assert!((scaled.mapv(|v| v * v).mean().unwrap() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn flat_points_do_not_become_loud() {
        let set = patterns(20, 80);
        let mut block = set.block().to_vec();
        for (i, row) in block.chunks_mut(80).enumerate() {
            row[79] = 1e-7 * i as f32;
            row[78] = 0.5;
        }
        let set = PatternSet::new(*set.grid(), set.scale(), None, set.names().to_vec(), block);
        let set = set.unwrap();
        let scaling = Scaling::fit(InputScaling::PerPoint, &set).unwrap();
        let scaled = scaling.scaled(set.block());
        let variance = |k: usize| scaled.column(k).mapv(|v| v * v).mean().unwrap();
        assert!((variance(5) - 1.0).abs() < 1e-4);
        assert!(variance(79) < 1e-3);
        assert_eq!(variance(78), 0.0);
    }

    #[test]
    fn without_scaling_patterns_stay_and_the_mean_is_known() {
        let set = patterns(20, 80);
        let none = Scaling::fit(InputScaling::None, &set).unwrap();
        assert_eq!(none.scaled(set.block()), as_rows(set.block(), 80));
        let global = Scaling::fit(InputScaling::Global, &set).unwrap();
        assert_eq!(none.mean, global.mean);
    }

    proptest! {
        #[test]
        fn scaling_is_undone(kind in 0..3usize, row in prop::collection::vec(-1e3f32..1e3, 80)) {
            let scaling = Scaling::fit(KINDS[kind], &patterns(9, 80)).unwrap();
            let back = scaling.unscaled(scaling.scaled(&row));
            for (a, b) in row.iter().zip(&back) {
                prop_assert!((a - b).abs() < 1e-3);
            }
        }
    }
}
