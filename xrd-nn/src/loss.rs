use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Error, Real, Result};

/// Loss function of a pattern. The loss of a batch is the mean over its patterns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// -Σ t ln p with p = softmax(y).
    CrossEntropy {
        /// Label smoothing ε: t becomes (1 - ε) t + ε / K with K classes. 0 is none.
        smoothing: f64,
    },
    /// Σ (p - t)² with p = softmax(y).
    Quadratic {
        /// Label smoothing, as above.
        smoothing: f64,
    },
    /// Mean of (y - t)² over the outputs.
    MeanSquare,
    /// Mean of (ln(1 + y) - ln(1 + t))² over the outputs. Values below -0.999 count as -0.999.
    MeanSquareLog,
    /// 1 - cosine of the angle between y and t; 1 with gradient 0 if one of them is zero.
    Cosine,
    /// 1 - correlation of y and t (Pearson); 1 with gradient 0 if one of them is constant.
    Pearson,
}

/// Targets of a batch.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Targets<'a, T> {
    /// Class of each pattern, from 0.
    Classes(&'a [u32]),
    /// Target values [patterns, outputs]. For the losses of classes they are probabilities.
    Values(ArrayView2<'a, T>),
}

/// Lowest argument of the logarithmic loss.
const LOWEST: f64 = -0.999;

/// Replaces each row by its softmax, exp(y) / Σ exp(y).
pub fn softmax<T: Real>(outputs: &mut Array2<T>) {
    for mut row in outputs.rows_mut() {
        let largest = row.iter().fold(T::neg_infinity(), |a, &b| a.max(b));
        row.mapv_inplace(|y| (y - largest).exp());
        let sum: T = row.iter().copied().sum();
        row.mapv_inplace(|y| y / sum);
    }
}

/// Loss and number of correct classes of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    pub(crate) loss: f64,
    pub(crate) correct: Option<usize>,
}

impl Loss {
    /// Mean loss of a batch.
    ///
    /// # Shapes
    /// `outputs` is [patterns, outputs]; there is one target per pattern.
    ///
    /// # Errors
    /// Returns an error if the targets do not match the outputs or the loss function.
    pub fn mean<T: Real>(&self, outputs: ArrayView2<T>, targets: Targets<T>) -> Result<f64> {
        let (patterns, width) = outputs.dim();
        let standard = outputs.as_standard_layout();
        let all: Vec<T> = standard.iter().copied().collect();
        let mut gradient = vec![T::zero(); patterns * width];
        let value = self.gradient(&all, width, targets, &mut gradient)?;
        Ok(value.loss)
    }

    fn name(self) -> &'static str {
        match self {
            Self::CrossEntropy { .. } => "cross-entropy",
            Self::Quadratic { .. } => "quadratic",
            Self::MeanSquare => "mean square",
            Self::MeanSquareLog => "mean square of logarithms",
            Self::Cosine => "cosine",
            Self::Pearson => "Pearson",
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        match *self {
            Self::CrossEntropy { smoothing } | Self::Quadratic { smoothing }
                if !(0.0..1.0).contains(&smoothing) =>
            {
                Err(Error::Setting {
                    name: "label smoothing".to_owned(),
                    value: smoothing,
                    allowed: "expected 0 ≤ smoothing < 1",
                })
            }
            _ => Ok(()),
        }
    }

    fn check_targets<T: Real>(
        self,
        patterns: usize,
        width: usize,
        targets: &Targets<T>,
    ) -> Result<()> {
        let length = |what, found, expected| match found == expected {
            true => Ok(()),
            false => Err(Error::Length {
                what,
                found,
                expected,
            }),
        };
        match targets {
            Targets::Classes(classes) => {
                if !matches!(self, Self::CrossEntropy { .. } | Self::Quadratic { .. }) {
                    return Err(Error::ValuesNeeded { loss: self.name() });
                }
                length("classes", classes.len(), patterns)?;
                match classes.iter().position(|&c| c as usize >= width) {
                    None => Ok(()),
                    Some(pattern) => Err(Error::Class {
                        pattern,
                        class: classes[pattern],
                        classes: width,
                    }),
                }
            }
            Targets::Values(values) => {
                length("rows of target values", values.nrows(), patterns)?;
                length("columns of target values", values.ncols(), width)
            }
        }
    }

    /// Writes the gradient of the mean loss with respect to the outputs.
    ///
    /// # Shapes
    /// `outputs` and `gradient` are [patterns, width] in row-major order.
    pub(crate) fn gradient<T: Real>(
        &self,
        outputs: &[T],
        width: usize,
        targets: Targets<T>,
        gradient: &mut [T],
    ) -> Result<Value> {
        self.check()?;
        let patterns = outputs.len() / width;
        self.check_targets(patterns, width, &targets)?;
        let row = |(i, (y, g)): (usize, (&[T], &mut [T]))| {
            let mut target = vec![T::zero(); width];
            match &targets {
                Targets::Classes(classes) => target[classes[i] as usize] = T::one(),
                Targets::Values(values) => {
                    target
                        .iter_mut()
                        .zip(values.row(i))
                        .for_each(|(t, &v)| *t = v);
                }
            }
            let correct = best(y) == best(&target);
            let loss = self.row(y, &mut target, g);
            let share = T::of(1.0 / patterns as f64);
            g.iter_mut().for_each(|g| *g *= share);
            (loss, correct)
        };
        let rows: Vec<(f64, bool)> = outputs
            .par_chunks(width)
            .zip(gradient.par_chunks_mut(width))
            .enumerate()
            .map(row)
            .collect();
        Ok(Value {
            loss: rows.iter().map(|r| r.0).sum::<f64>() / patterns as f64,
            correct: matches!(self, Self::CrossEntropy { .. } | Self::Quadratic { .. })
                .then(|| rows.iter().filter(|r| r.1).count()),
        })
    }

    /// Loss of one pattern and its gradient. `t` is changed by label smoothing.
    fn row<T: Real>(self, y: &[T], t: &mut [T], g: &mut [T]) -> f64 {
        match self {
            Self::CrossEntropy { smoothing } => {
                smooth(t, smoothing);
                let log_sum = softmax_row(y, g);
                let pairs = || y.iter().zip(t.iter());
                let loss = pairs().map(|(y, t)| t.wide() * (log_sum - y.wide())).sum();
                let total: T = t.iter().copied().sum();
                g.iter_mut().zip(t).for_each(|(p, t)| *p = *p * total - *t);
                loss
            }
            Self::Quadratic { smoothing } => {
                smooth(t, smoothing);
                softmax_row(y, g);
                let two = T::of(2.0);
                let loss = g
                    .iter()
                    .zip(t.iter())
                    .map(|(p, t)| (p.wide() - t.wide()).powi(2))
                    .sum();
                let mean: T = g
                    .iter()
                    .zip(t.iter())
                    .map(|(&p, &t)| two * (p - t) * p)
                    .sum();
                g.iter_mut()
                    .zip(t)
                    .for_each(|(p, t)| *p *= two * (*p - *t) - mean);
                loss
            }
            Self::MeanSquare => mean_of(y, t, g, |y, t| (y - t, T::one())),
            Self::MeanSquareLog => mean_of(y, t, g, |y, t| {
                let inside = |v: T| T::one() + v.max(T::of(LOWEST));
                (inside(y).ln() - inside(t).ln(), T::one() / inside(y))
            }),
            Self::Cosine => one_minus_cosine(y, t, g),
            Self::Pearson => {
                let y = centred(y);
                let loss = one_minus_cosine(&y, &centred(t), g);
                let mean = g.iter().copied().sum::<T>() / T::of(g.len() as f64);
                g.iter_mut().for_each(|g| *g -= mean);
                loss
            }
        }
    }
}

fn best<T: Real>(row: &[T]) -> usize {
    let mut best = 0;
    for (i, v) in row.iter().enumerate() {
        if *v > row[best] {
            best = i;
        }
    }
    best
}

fn smooth<T: Real>(t: &mut [T], smoothing: f64) {
    let (kept, added) = (T::of(1.0 - smoothing), T::of(smoothing / t.len() as f64));
    t.iter_mut().for_each(|t| *t = kept * *t + added);
}

/// Writes the softmax of y into p, and returns ln Σ exp(y).
fn softmax_row<T: Real>(y: &[T], p: &mut [T]) -> f64 {
    let largest = y.iter().fold(T::neg_infinity(), |a, &b| a.max(b));
    p.iter_mut()
        .zip(y)
        .for_each(|(p, &y)| *p = (y - largest).exp());
    let sum: T = p.iter().copied().sum();
    p.iter_mut().for_each(|p| *p /= sum);
    largest.wide() + sum.wide().ln()
}

/// Mean of d² and its gradient, where `difference` returns d and its derivative with respect to y.
fn mean_of<T: Real>(y: &[T], t: &[T], g: &mut [T], difference: impl Fn(T, T) -> (T, T)) -> f64 {
    let share = T::of(2.0 / y.len() as f64);
    let mut sum = 0.0;
    for ((&y, &t), g) in y.iter().zip(t).zip(g) {
        let (d, slope) = difference(y, t);
        sum += d.wide().powi(2);
        *g = share * d * slope;
    }
    sum / y.len() as f64
}

fn centred<T: Real>(v: &[T]) -> Vec<T> {
    let mean = v.iter().copied().sum::<T>() / T::of(v.len() as f64);
    v.iter().map(|&v| v - mean).collect()
}

fn one_minus_cosine<T: Real>(y: &[T], t: &[T], g: &mut [T]) -> f64 {
    let dot = |a: &[T], b: &[T]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| a.wide() * b.wide())
            .sum::<f64>()
    };
    let (yy, tt, yt) = (dot(y, y), dot(t, t), dot(y, t));
    let norm = (yy * tt).sqrt();
    if norm == 0.0 {
        g.fill(T::zero());
        return 1.0;
    }
    let cosine = yt / norm;
    for ((&y, &t), g) in y.iter().zip(t).zip(g) {
        *g = T::of(cosine * y.wide() / yy - t.wide() / norm);
    }
    1.0 - cosine
}
