use crate::activation::Activation;
use crate::adam::Adam;
use crate::dense::Dense;
use crate::kernel::{Lanes, Level, Padded};
use crate::loss::Loss;

mod clip;
mod large;
mod layer;
mod state;

pub(crate) use layer::{Batch, Layer};
pub(crate) use state::{Snapshot, State};

/// Layers in training: backpropagation of a loss, and Adam.
pub(crate) struct Trainer<F> {
    layers: Vec<Layer<F>>,
    adam: Adam,
    loss: Loss,
    /// The largest norm that the gradient over all layers may have.
    clip: Option<f64>,
    level: Level,
    steps: u32,
    /// The first layer's weighted sums of the batch that comes next.
    ahead: Option<Padded<F>>,
    /// The outputs of the middle layer for the last batch.
    points: Vec<Vec<f64>>,
}

impl<F: Lanes> Trainer<F> {
    pub(crate) fn new(layers: &[Dense<F>], adam: Adam, loss: Loss, clip: Option<f64>) -> Self {
        Self {
            layers: layers.iter().map(Layer::new).collect(),
            adam,
            loss,
            clip,
            level: Level::Best,
            steps: 0,
            ahead: None,
            points: Vec::new(),
        }
    }

    pub(crate) fn set_learning_rate(&mut self, rate: f64) {
        self.adam.learning_rate = rate;
    }

    /// The layers as they are now.
    pub(crate) fn layers(&self) -> Vec<Dense<F>> {
        self.layers.iter().map(Layer::to_dense).collect()
    }

    /// Whether every weight and bias is finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.layers.iter().all(Layer::is_finite)
    }

    /// The loss of a batch, summed over its patterns.
    pub(crate) fn evaluate(&self, x: Batch<F>, targets: Batch<F>) -> f64 {
        let outputs = self.outputs(self.first_sums(x), self.layers.len());
        let (loss, _) = self
            .loss
            .with_slopes(&outputs[self.layers.len() - 1], targets);
        loss
    }

    /// One Adam step on the mean loss of a batch; the loss before it, summed over the patterns.
    ///
    /// Where the batch `next` after this one is given, the pass that updates the first layer
    /// also makes that batch's weighted sums; the next step must then be on that batch.
    ///
    /// # Shapes
    /// `x` [n, inputs], `targets` [n, outputs], `next` [m, inputs].
    ///
    /// Cost O(n · number of weights).
    pub(crate) fn step(&mut self, x: Batch<F>, targets: Batch<F>, next: Option<Batch<F>>) -> f64 {
        let sums = self.ahead.take().unwrap_or_else(|| self.first_sums(x));
        self.steps += 1;
        let (loss, outputs, delta) = match self.is_fused() {
            true => self.step_output(sums, targets),
            false => self.output_delta(sums, targets),
        };
        self.note_points(&outputs);
        let mut deltas = self.passed_back(&outputs, delta);
        if let Some(limit) = self.clip {
            clip::clip(x, &outputs, &mut deltas, limit);
        }
        self.update(x, &outputs, &deltas, next);
        loss
    }

    /// Whether the whole step of the output layer fits in one pass over its weights.
    fn is_fused(&self) -> bool {
        let (last, before) = self.layers.split_last().expect("a network has layers");
        let linear = last.activation == Activation::Linear && last.widens();
        linear && self.loss == Loss::MeanSquaredError && self.clip.is_none() && !before.is_empty()
    }

    fn first_sums(&self, x: Batch<F>) -> Padded<F> {
        self.layers[0].weighted(self.level, x)
    }

    /// The outputs of the first `count` layers, from the weighted sums of the first.
    fn outputs(&self, sums: Padded<F>, count: usize) -> Vec<Padded<F>> {
        let mut outputs: Vec<Padded<F>> = Vec::with_capacity(count);
        let mut sums = Some(sums);
        for layer in &self.layers[..count] {
            let mut y = sums.take().unwrap_or_else(|| {
                let input = outputs.last().expect("the first layer has sums");
                layer.weighted(self.level, &input.row_slices())
            });
            layer.activate(&mut y);
            outputs.push(y);
        }
        outputs
    }

    /// Steps the output layer; the loss, the outputs of the layers before, and ∂E/∂z of the
    /// last of these.
    fn step_output(
        &mut self,
        sums: Padded<F>,
        targets: Batch<F>,
    ) -> (f64, Vec<Padded<F>>, Padded<F>) {
        let index = self.layers.len() - 1;
        let outputs = self.outputs(sums, index);
        let points = targets[0].len() as f64;
        let factor = F::of(2.0 / (points * targets.len() as f64));
        let adam = self.adam.at_step(self.steps, index);
        let input = &outputs[index - 1];
        let layer = &mut self.layers[index];
        let (squares, mut delta) = layer.update_output(self.level, adam, input, targets, factor);
        self.layers[index - 1].times_slopes(&outputs[index - 1], &mut delta);
        (squares / points, outputs, delta)
    }

    /// The loss, the outputs of all layers, and ∂E/∂z of the last.
    fn output_delta(
        &mut self,
        sums: Padded<F>,
        targets: Batch<F>,
    ) -> (f64, Vec<Padded<F>>, Padded<F>) {
        let outputs = self.outputs(sums, self.layers.len());
        let y = &outputs[outputs.len() - 1];
        let (loss, mut delta) = self.loss.with_slopes(y, targets);
        self.layers[outputs.len() - 1].times_slopes(y, &mut delta);
        (loss, outputs, delta)
    }

    /// ∂E/∂z of every layer that `outputs` is of, from that of the last.
    fn passed_back(&self, outputs: &[Padded<F>], last: Padded<F>) -> Vec<Padded<F>> {
        let mut deltas = vec![last];
        for index in (1..outputs.len()).rev() {
            let mut delta = self.layers[index].back(self.level, &deltas[deltas.len() - 1]);
            self.layers[index - 1].times_slopes(&outputs[index - 1], &mut delta);
            deltas.push(delta);
        }
        deltas.reverse();
        deltas
    }

    fn update(
        &mut self,
        x: Batch<F>,
        outputs: &[Padded<F>],
        deltas: &[Padded<F>],
        next: Option<Batch<F>>,
    ) {
        for (index, delta) in deltas.iter().enumerate() {
            let adam = self.adam.at_step(self.steps, index);
            let layer = &mut self.layers[index];
            match index {
                0 => self.ahead = layer.update(self.level, adam, x, delta, next),
                _ => {
                    let input = outputs[index - 1].row_slices();
                    layer.update(self.level, adam, &input, delta, None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
