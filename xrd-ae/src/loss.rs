use serde::{Deserialize, Serialize};

use crate::kernel::{Lanes, Padded, SMALLEST_ERROR};

/// Loss function to minimise. Training minimises the mean of the loss over the patterns.
///
/// The loss compares a pattern t, scaled by [`InputScaling`](crate::InputScaling), with its
/// reconstruction y, the output of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// Mean squared error: Σ(y − t)² / (number of points).
    #[default]
    MeanSquaredError,
    /// Cosine loss: 1 − y·t / (|y| |t|). A positive factor on y or t does not change this loss.
    Cosine,
    /// Correlation loss: 1 − r, where r is the Pearson correlation coefficient of y and t.
    Pearson,
}

impl Loss {
    /// Loss summed over the patterns, and the slopes ∂(mean loss)/∂y, [n, points].
    ///
    /// If the norm of a pattern or of its reconstruction is 0, the cosine is undefined; the loss is
    /// then 1 and the slope 0.
    pub(crate) fn with_slopes<F: Lanes>(self, y: &Padded<F>, targets: &[&[F]]) -> (f64, Padded<F>) {
        let mut slopes = Padded::zeros(y.rows(), y.cols());
        let share = 1.0 / y.rows() as f64;
        let loss = targets.iter().enumerate().map(|(n, target)| {
            let (loss, slope) = self.of_pattern(y.row(n), target);
            for (k, out) in slopes.row_mut(n).iter_mut().enumerate() {
                *out = F::of(share * slope(k)).flushed(F::of(SMALLEST_ERROR));
            }
            loss
        });
        (loss.sum(), slopes)
    }

    /// Loss of one pattern and its slope at each point.
    fn of_pattern<F: Lanes>(self, y: &[F], t: &[F]) -> (f64, impl Fn(usize) -> f64) {
        let points = y.len() as f64;
        let centre = |values: &[F]| match self {
            Self::Pearson => values.iter().map(|v| v.wide()).sum::<f64>() / points,
            Self::Cosine | Self::MeanSquaredError => 0.0,
        };
        let (y_mean, t_mean) = (centre(y), centre(t));
        let pairs = || {
            let centred = |(y, t): (&F, &F)| (y.wide() - y_mean, t.wide() - t_mean);
            y.iter().zip(t).map(centred)
        };
        let dot: f64 = pairs().map(|(y, t)| y * t).sum();
        let (yy, tt) = pairs().fold((0.0, 0.0), |(yy, tt), (y, t)| (yy + y * y, tt + t * t));
        let size = (yy * tt).sqrt();
        let cosine = dot / size;
        let loss = match self {
            Self::MeanSquaredError => pairs().map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / points,
            Self::Cosine | Self::Pearson if size == 0.0 => 1.0,
            Self::Cosine | Self::Pearson => 1.0 - cosine,
        };
        let slope = move |k: usize| {
            let (y, t) = (y[k].wide() - y_mean, t[k].wide() - t_mean);
            match self {
                Self::MeanSquaredError => 2.0 / points * (y - t),
                Self::Cosine | Self::Pearson if size == 0.0 => 0.0,
                Self::Cosine | Self::Pearson => cosine * y / yy - t / size,
            }
        };
        (loss, slope)
    }
}
