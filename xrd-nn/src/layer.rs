//! Layers. A chunk of patterns passes through most layers alone. Dense layers and batch normalisation work
//! on the whole batch, in `pass`.

pub(crate) mod activation;
pub(crate) mod batch_norm;
pub(crate) mod conv1d;
pub(crate) mod conv2d;
pub(crate) mod dense;
pub(crate) mod dropout;
pub(crate) mod layer_norm;
pub(crate) mod pool;
pub(crate) mod upsample;

use std::fmt::Debug;

use crate::{Parameter, Real};

/// Use of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Running statistics, no dropout.
    Infer,
    /// Statistics of the batch, dropout.
    Train {
        /// Seed of the training.
        seed: u64,
        /// Number of earlier steps.
        step: u64,
    },
}

/// Surroundings of a layer in a pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a, T> {
    pub(crate) parameters: &'a [Parameter<T>],
    pub(crate) mode: Mode,
    /// Index in the batch of the first pattern of the chunk.
    pub(crate) first: usize,
    /// Number of patterns of the chunk.
    pub(crate) rows: usize,
}

impl<'a, T> Place<'a, T> {
    pub(crate) fn values(&self, parameter: usize) -> &'a [T] {
        &self.parameters[parameter].values
    }
}

/// Layer that computes new values from each pattern.
pub(crate) trait Layer<T: Real>: Debug + Send + Sync {
    /// Writes all of `y`.
    ///
    /// # Shapes
    /// `x` is [rows, inputs], `y` is [rows, outputs].
    fn forward(&self, place: &Place<T>, x: &[T], y: &mut [T]);

    /// Writes all of `dx`, and adds the gradients of its parameters to `sums`, which has one list per
    /// parameter of the network. Either is left out if it is not needed.
    fn backward(
        &self,
        place: &Place<T>,
        x: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        sums: Option<&mut [Vec<T>]>,
    );
}

/// Layer that changes the values of each pattern in place.
pub(crate) trait Change<T: Real>: Debug + Send + Sync {
    fn forward(&self, place: &Place<T>, values: &mut [T]);

    /// Changes the gradient of the output to that of the input. `values` are the outputs.
    fn backward(&self, place: &Place<T>, values: &[T], gradient: &mut [T]);
}
