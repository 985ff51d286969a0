use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip};
use pulp::{Simd, WithSimd};

use crate::config::InputScaling;
use crate::error::{Error, Result, check};
use crate::kernel::Level;
use crate::source::{PatternSource, each_pattern};

/// Smallest deviation of a point with [`InputScaling::PerPoint`], as a share of the global root
/// mean square.
const FLOOR: f64 = 0.01;

/// [`InputScaling`] fitted to training patterns: scaled = (intensity − offset) / deviation at each
/// point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scaling {
    pub(crate) kind: InputScaling,
    /// Mean training pattern, for every kind of scaling.
    pub(crate) mean: Array1<f32>,
    /// Divisor of each point; positive.
    pub(crate) deviation: Array1<f32>,
}

impl Scaling {
    /// Fits the scaling. The patterns are read twice.
    ///
    /// Cost: O(intensities).
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

    /// Scales a block of patterns, [n, points].
    pub(crate) fn scaled(&self, block: &[f32]) -> Array2<f32> {
        let mut rows = as_rows(block, self.mean.len()).to_owned();
        let along = "rows of an owned matrix lie along memory";
        for row in rows.rows_mut() {
            self.scale(0, row.into_slice().expect(along));
        }
        rows
    }

    /// Scales intensities; the first one belongs to point `start`.
    pub(crate) fn scale(&self, start: usize, intensities: &mut [f32]) {
        let (mean, deviation) = self.fitted(start, intensities.len());
        Level::Best.run(Scale {
            values: intensities,
            mean,
            deviation,
            shift: self.shift(),
        });
    }

    /// Scales outputs of the network back to intensities; the first one belongs to point `start`.
    /// Returns whether all are finite.
    pub(crate) fn unscale(&self, start: usize, answers: &mut [f32]) -> bool {
        let (mean, deviation) = self.fitted(start, answers.len());
        Level::Best.run(Unscale(Scale {
            values: answers,
            mean,
            deviation,
            shift: self.shift(),
        }))
    }

    fn fitted(&self, start: usize, len: usize) -> (&[f32], &[f32]) {
        let along = "owned vectors lie along memory";
        let part =
            |fitted| -> &[f32] { &ArrayView1::to_slice(fitted).expect(along)[start..][..len] };
        (part(&self.mean.view()), part(&self.deviation.view()))
    }

    fn shift(&self) -> f32 {
        match self.kind {
            InputScaling::None => 0.0,
            InputScaling::Global | InputScaling::PerPoint => 1.0,
        }
    }

    /// Decrease of the network input at point `i` when its intensity is set to 0.
    pub(crate) fn share(&self, i: usize, intensity: f32) -> f32 {
        intensity / self.deviation[i]
    }
}

/// Loop that the compiler vectorises for the best instruction set.
struct Scale<'a> {
    values: &'a mut [f32],
    mean: &'a [f32],
    deviation: &'a [f32],
    /// Factor of the mean, 1 or 0.
    shift: f32,
}

impl WithSimd for Scale<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let fitted = self.mean.iter().zip(self.deviation);
        for (value, (mean, deviation)) in self.values.iter_mut().zip(fitted) {
            *value = (*value - self.shift * mean) / deviation;
        }
    }
}

struct Unscale<'a>(Scale<'a>);

impl WithSimd for Unscale<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let Self(scale) = self;
        let fitted = scale.mean.iter().zip(scale.deviation);
        let mut finite = true;
        for (value, (mean, deviation)) in scale.values.iter_mut().zip(fitted) {
            *value = *value * deviation + scale.shift * mean;
            finite &= value.abs() < f32::INFINITY;
        }
        finite
    }
}

/// Views a block of patterns as the rows of a matrix.
pub(crate) fn as_rows(block: &[f32], points: usize) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((block.len() / points, points), block)
        .expect("a block holds whole patterns")
}

/// Mean pattern, and variance of each point.
fn moments(train: &dyn PatternSource) -> Result<(Array1<f32>, Array1<f64>)> {
    if train.is_empty() {
        return Err(Error::Empty {
            what: "training patterns",
        });
    }
    let n = train.len() as f64;
    let mut mean = Array1::<f64>::zeros(train.grid().len());
    add_patterns(&mut mean, train, |_, v| v / n)?;
    // The mean is rounded first, so that the deviations of equal patterns are exactly 0.
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

    #[test]
    fn what_is_not_finite_is_noticed() {
        let scaling = Scaling::fit(InputScaling::Global, &patterns(9, 80)).unwrap();
        for (i, bad) in [f32::NAN, f32::INFINITY, -f32::INFINITY, f32::MAX]
            .into_iter()
            .enumerate()
        {
            let mut row = vec![1e6; 80];
            assert!(scaling.unscale(0, &mut row));
            row[19 * i] = bad / scaling.deviation[0].min(1.0);
            assert!(!scaling.unscale(0, &mut row), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn scaling_is_undone(kind in 0..3usize, row in prop::collection::vec(-1e3f32..1e3, 80)) {
            let scaling = Scaling::fit(KINDS[kind], &patterns(9, 80)).unwrap();
            let mut back = scaling.scaled(&row).into_raw_vec_and_offset().0;
            let (left, right) = back.split_at_mut(33);
            prop_assert!(scaling.unscale(0, left) && scaling.unscale(33, right));
            for (a, b) in row.iter().zip(&back) {
                prop_assert!((a - b).abs() < 1e-3);
            }
        }
    }
}
