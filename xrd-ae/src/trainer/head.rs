//! Linear layer that predicts the labels of a pattern from its latent point.

use super::layer::{Batch, Layer};
use super::products::Products;
use crate::adam::Adam;
use crate::dense::Dense;
use crate::kernel::{Lanes, Padded};
use crate::loss::Loss;

/// Label head: a linear layer from the latent point to the labels. It is trained together with the
/// network. Its loss is the mean squared error of the labels times a weight.
pub(crate) struct Head<F> {
    pub(crate) layer: Layer<F>,
    /// Weight of the label loss.
    weight: f64,
}

/// Slopes of the label loss of a batch.
pub(super) struct HeadSlopes<F> {
    /// Label loss without its weight, summed over the patterns.
    pub(super) loss: f64,
    /// Slopes at the outputs of the head, [n, labels].
    pub(super) delta: Padded<F>,
    /// Slopes at the latent points, [n, dimensions].
    pub(super) at_points: Padded<F>,
}

impl<F: Lanes> Head<F> {
    pub(crate) fn new(layer: &Dense<F>, weight: f64) -> Self {
        Self {
            layer: Layer::new(layer),
            weight,
        }
    }

    /// Loss and slopes for latent points [n, dimensions] and labels [n, labels].
    pub(super) fn slopes(
        &self,
        products: Products,
        points: &Padded<F>,
        labels: Batch<F>,
    ) -> HeadSlopes<F> {
        let mut predicted = self.layer.weighted(products, &points.row_slices());
        self.layer.activate(&mut predicted);
        let (loss, mut delta) = Loss::MeanSquaredError.with_slopes(&predicted, labels);
        let weight = F::of(self.weight);
        delta.all_mut().iter_mut().for_each(|d| *d *= weight);
        let at_points = self.layer.back(products, &delta);
        HeadSlopes {
            loss,
            delta,
            at_points,
        }
    }

    /// Takes one Adam step, with the learning rate of the layers after the first.
    pub(super) fn update(
        &mut self,
        products: Products,
        (adam, step): (&Adam, u32),
        (points, delta): (&Padded<F>, &Padded<F>),
    ) {
        let input = points.row_slices();
        let adam = adam.at_step(step, 1);
        self.layer.update(products, adam, (&input, delta), None);
    }
}
