//! Backpropagation and Adam on the layers of a network.

use crate::activation::Activation;
use crate::adam::Adam;
use crate::dense::Dense;
use crate::kernel::{Lanes, Level, Padded};
use crate::loss::Loss;

mod clip;
mod head;
mod layer;
mod products;
mod state;

pub(crate) use head::Head;
use head::HeadSlopes;
pub(crate) use layer::{Batch, Layer};
use products::Products;
pub(crate) use state::{HeadState, Snapshot, State};

/// Network in training: its layers, the state of Adam, and the loss.
pub(crate) struct Trainer<F> {
    layers: Vec<Layer<F>>,
    /// Predicts the labels from the latent points, if the labels are part of the loss.
    head: Option<Head<F>>,
    adam: Adam,
    loss: Loss,
    /// Largest norm of the gradient over all layers.
    clip: Option<f64>,
    /// Weight of the border loss.
    border: f64,
    level: Level,
    steps: u32,
    /// Weighted sums of the first layer for the next batch.
    ahead: Option<Padded<F>>,
    /// Outputs of the middle layer for the last batch.
    points: Vec<Vec<f64>>,
}

/// Absolute value of a latent coordinate from which the border loss counts.
const BORDER: f64 = 0.9;

/// Path of a training step, chosen in [`Trainer::path`] alone.
#[derive(Clone, Copy)]
struct Path {
    products: Products,
    output: OutputStep,
}

/// Work on the output layer.
#[derive(Clone, Copy)]
enum OutputStep {
    /// Output, error, gradient, update and slopes in one pass over the weights.
    OnePass,
    /// The output first, then the slopes of the loss, then the update as in the other layers.
    Separate,
}

impl<F: Lanes> Trainer<F> {
    pub(crate) fn new(layers: &[Dense<F>], adam: Adam, loss: Loss, clip: Option<f64>) -> Self {
        Self {
            layers: layers.iter().map(Layer::new).collect(),
            head: None,
            adam,
            loss,
            clip,
            border: 0.0,
            level: Level::Best,
            steps: 0,
            ahead: None,
            points: Vec::new(),
        }
    }

    /// Adds the label loss, with a head that predicts the labels.
    pub(crate) fn with_head(mut self, head: impl Into<Option<Head<F>>>) -> Self {
        self.head = head.into();
        self
    }

    /// Adds the border loss with this weight.
    pub(crate) fn with_border(mut self, weight: f64) -> Self {
        self.border = weight;
        self
    }

    pub(crate) fn set_learning_rate(&mut self, rate: f64) {
        self.adam.learning_rate = rate;
    }

    /// Current layers.
    pub(crate) fn layers(&self) -> Vec<Dense<F>> {
        self.layers.iter().map(Layer::to_dense).collect()
    }

    /// Whether every weight and bias is finite.
    pub(crate) fn is_finite(&self) -> bool {
        let head = self.head.iter().map(|head| &head.layer);
        self.layers.iter().chain(head).all(Layer::is_finite)
    }

    /// Loss of a batch, summed over its patterns.
    pub(crate) fn evaluate(&self, x: Batch<F>, targets: Batch<F>) -> f64 {
        let products = Products::of_batch(self.level, x.len());
        let sums = self.layers[0].weighted(products, x);
        let outputs = self.outputs(products, sums, self.layers.len());
        let (loss, _) = self
            .loss
            .with_slopes(&outputs[self.layers.len() - 1], targets);
        loss
    }

    /// Takes one Adam step on the mean loss of a batch without labels. Returns the loss before the
    /// step, summed over the patterns.
    ///
    /// If the `next` batch is given, the pass that updates the first layer also computes the
    /// weighted sums of that batch. The next step must then be on that batch.
    ///
    /// # Shapes
    /// `x` [n, inputs], `targets` [n, outputs], `next` [m, inputs].
    ///
    /// Cost: O(n · number of weights).
    #[cfg(test)]
    pub(crate) fn step(&mut self, x: Batch<F>, targets: Batch<F>, next: Option<Batch<F>>) -> f64 {
        self.labelled_step((x, targets), None, next).0
    }

    /// Takes one Adam step on the mean loss of a batch, plus the label loss if there are a head and
    /// `labels`. Returns both losses before the step, summed over the patterns; the label loss is
    /// without its weight.
    ///
    /// If the `next` batch is given, the pass that updates the first layer also computes the
    /// weighted sums of that batch. The next step must then be on that batch.
    ///
    /// # Shapes
    /// `x` [n, inputs], `targets` [n, outputs], `labels` [n, labels], `next` [m, inputs].
    ///
    /// Cost: O(n · number of weights).
    pub(crate) fn labelled_step(
        &mut self,
        (x, targets): (Batch<F>, Batch<F>),
        labels: Option<Batch<F>>,
        next: Option<Batch<F>>,
    ) -> (f64, f64) {
        let Path { products, output } = self.path(x.len());
        let sums = self.ahead.take();
        let sums = sums.unwrap_or_else(|| self.layers[0].weighted(products, x));
        self.steps += 1;
        let (loss, outputs, delta) = match output {
            OutputStep::OnePass => self.step_output(products, sums, targets),
            OutputStep::Separate => self.output_delta(products, sums, targets),
        };
        self.note_points(&outputs);
        let mut of_labels = self.label_slopes(products, &outputs, labels);
        let mut deltas = self.passed_back(products, &outputs, (delta, of_labels.as_ref()));
        if let Some(limit) = self.clip {
            let points = self.middle().map(|middle| &outputs[middle]);
            let head = points.zip(of_labels.as_mut().map(|slopes| &mut slopes.delta));
            clip::clip(x, &outputs, (&mut deltas, head), limit);
        }
        if let Some(slopes) = &of_labels {
            self.update_head(products, &outputs, &slopes.delta);
        }
        self.update(products, x, (&outputs, &deltas), next);
        (loss, of_labels.map_or(0.0, |slopes| slopes.loss))
    }

    /// Chooses the path of a step on this number of patterns.
    ///
    /// One pass over the output layer needs a loss whose slope at each point depends on that point
    /// alone, and a gradient that is not clipped. Both hold for the mean squared error without
    /// clipping. The layer must be linear and wider than its input.
    fn path(&self, patterns: usize) -> Path {
        let (last, before) = self.layers.split_last().expect("a network has layers");
        let linear = last.activation == Activation::Linear && last.widens();
        let local = self.loss == Loss::MeanSquaredError && self.clip.is_none();
        Path {
            products: Products::of_batch(self.level, patterns),
            output: match linear && local && !before.is_empty() {
                true => OutputStep::OnePass,
                false => OutputStep::Separate,
            },
        }
    }

    /// Outputs of the first `count` layers, from the weighted sums of the first layer.
    fn outputs(&self, products: Products, sums: Padded<F>, count: usize) -> Vec<Padded<F>> {
        let mut outputs: Vec<Padded<F>> = Vec::with_capacity(count);
        let mut sums = Some(sums);
        for layer in &self.layers[..count] {
            let mut y = sums.take().unwrap_or_else(|| {
                let input = outputs.last().expect("the first layer has sums");
                layer.weighted(products, &input.row_slices())
            });
            layer.activate(&mut y);
            outputs.push(y);
        }
        outputs
    }

    /// Updates the output layer in one pass. Returns the loss, the outputs of the other layers, and
    /// ∂E/∂z of the last of them.
    fn step_output(
        &mut self,
        products: Products,
        sums: Padded<F>,
        targets: Batch<F>,
    ) -> (f64, Vec<Padded<F>>, Padded<F>) {
        let index = self.layers.len() - 1;
        let outputs = self.outputs(products, sums, index);
        let points = targets[0].len() as f64;
        let factor = F::of(2.0 / (points * targets.len() as f64));
        let adam = self.adam.at_step(self.steps, index);
        let input = &outputs[index - 1];
        let layer = &mut self.layers[index];
        let (squares, mut delta) = layer.update_output(products, adam, input, (targets, factor));
        self.layers[index - 1].times_slopes(&outputs[index - 1], &mut delta);
        (squares / points, outputs, delta)
    }

    /// Loss, outputs of all layers, and ∂E/∂z of the last layer.
    fn output_delta(
        &self,
        products: Products,
        sums: Padded<F>,
        targets: Batch<F>,
    ) -> (f64, Vec<Padded<F>>, Padded<F>) {
        let outputs = self.outputs(products, sums, self.layers.len());
        let y = &outputs[outputs.len() - 1];
        let (loss, mut delta) = self.loss.with_slopes(y, targets);
        self.layers[outputs.len() - 1].times_slopes(y, &mut delta);
        (loss, outputs, delta)
    }

    /// Index of the layer whose outputs are the latent points.
    fn middle(&self) -> Option<usize> {
        (self.layers.len() / 2).checked_sub(1)
    }

    /// Label loss of a batch and its slopes, if there are a head and labels.
    fn label_slopes(
        &self,
        products: Products,
        outputs: &[Padded<F>],
        labels: Option<Batch<F>>,
    ) -> Option<HeadSlopes<F>> {
        let points = &outputs[self.middle()?];
        Some(self.head.as_ref()?.slopes(products, points, labels?))
    }

    fn update_head(&mut self, products: Products, outputs: &[Padded<F>], delta: &Padded<F>) {
        let points = self.middle().map(|middle| &outputs[middle]);
        if let Some((head, points)) = self.head.as_mut().zip(points) {
            head.update(products, (&self.adam, self.steps), (points, delta));
        }
    }

    /// ∂E/∂z of every layer in `outputs`, from ∂E/∂z of the last of them and the slopes of the label
    /// loss at the latent points.
    fn passed_back(
        &self,
        products: Products,
        outputs: &[Padded<F>],
        (last, of_labels): (Padded<F>, Option<&HeadSlopes<F>>),
    ) -> Vec<Padded<F>> {
        let mut deltas = vec![last];
        for index in (1..outputs.len()).rev() {
            let mut delta = self.layers[index].back(products, &deltas[deltas.len() - 1]);
            if let Some(slopes) = of_labels.filter(|_| self.middle() == Some(index - 1)) {
                let more = slopes.at_points.all();
                let sums = delta.all_mut().iter_mut().zip(more);
                sums.for_each(|(sum, &more)| *sum += more);
            }
            self.layers[index - 1].times_slopes(&outputs[index - 1], &mut delta);
            if self.middle() == Some(index - 1) {
                self.add_border(&outputs[index - 1], &mut delta);
            }
            deltas.push(delta);
        }
        deltas.reverse();
        deltas
    }

    /// Adds the slopes of the border loss of the latent points z to those at the weighted sums.
    fn add_border(&self, points: &Padded<F>, delta: &mut Padded<F>) {
        if self.border == 0.0 {
            return;
        }
        let factor = F::of(self.border / points.rows() as f64);
        let limit = F::of(BORDER);
        for (slope, &z) in delta.all_mut().iter_mut().zip(points.all()) {
            let beyond = z.abs() - limit;
            if beyond > F::zero() {
                *slope += factor * beyond * z.signum();
            }
        }
    }

    fn update(
        &mut self,
        products: Products,
        x: Batch<F>,
        (outputs, deltas): (&[Padded<F>], &[Padded<F>]),
        next: Option<Batch<F>>,
    ) {
        let level = self.level;
        let next = next.map(|next| (Products::of_batch(level, next.len()), next));
        for (index, delta) in deltas.iter().enumerate() {
            let adam = self.adam.at_step(self.steps, index);
            let layer = &mut self.layers[index];
            match index {
                0 => self.ahead = layer.update(products, adam, (x, delta), next),
                _ => {
                    let input = outputs[index - 1].row_slices();
                    layer.update(products, adam, (&input, delta), None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
