//! Saving and restoring the state of a trainer.

use super::{Layer, Trainer};
use crate::dense::Dense;
use crate::kernel::{Lanes, Padded};

/// State of Adam, in the shapes of the layers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State<F> {
    /// Number of steps taken.
    pub(crate) steps: u32,
    /// Running means of the gradients.
    pub(crate) first: Vec<Dense<F>>,
    /// Running means of the squared gradients.
    pub(crate) second: Vec<Dense<F>>,
}

/// Copy of weights and biases in their training layout, which is faster than a conversion to
/// layers.
pub(crate) struct Snapshot<F>(Vec<[Padded<F>; 2]>);

impl<F: Lanes> Snapshot<F> {
    pub(crate) fn of(layers: &[Dense<F>]) -> Self {
        Self(layers.iter().map(|l| parameters(&Layer::new(l))).collect())
    }
}

fn parameters<F: Lanes>(layer: &Layer<F>) -> [Padded<F>; 2] {
    [&layer.weights, &layer.bias].map(|trained| trained.values.clone())
}

impl<F: Lanes> Trainer<F> {
    pub(crate) fn state(&self) -> State<F> {
        let all = |of: fn(&super::layer::Trained<F>) -> &Padded<F>| {
            let layers = self.layers.iter();
            layers
                .map(|l| l.dense(of(&l.weights), of(&l.bias)))
                .collect()
        };
        State {
            steps: self.steps,
            first: all(|trained| &trained.first),
            second: all(|trained| &trained.second),
        }
    }

    /// Restores the state of the same layers.
    pub(crate) fn restore(&mut self, state: &State<F>) {
        self.steps = state.steps;
        let moments = state.first.iter().zip(&state.second);
        for (layer, (first, second)) in self.layers.iter_mut().zip(moments) {
            let [first, second] = [first, second].map(|m| parameters(&Layer::new(m)));
            [layer.weights.first, layer.bias.first] = first;
            [layer.weights.second, layer.bias.second] = second;
        }
    }

    /// Latent points of the last batch.
    pub(crate) fn points(&self) -> impl Iterator<Item = &[f64]> {
        self.points.iter().map(Vec::as_slice)
    }

    pub(super) fn note_points(&mut self, outputs: &[Padded<F>]) {
        let middle = (self.layers.len() / 2).checked_sub(1);
        let middle = middle.and_then(|i| outputs.get(i));
        self.points.clear();
        if let Some(y) = middle {
            let point = |n| y.row(n).iter().map(|v| v.wide()).collect();
            self.points.extend((0..y.rows()).map(point));
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot<F> {
        Snapshot(self.layers.iter().map(parameters).collect())
    }

    pub(crate) fn layers_of(&self, snapshot: &Snapshot<F>) -> Vec<Dense<F>> {
        let pairs = self.layers.iter().zip(&snapshot.0);
        pairs
            .map(|(layer, [weights, bias])| layer.dense(weights, bias))
            .collect()
    }
}

impl<F: Lanes> Layer<F> {
    fn dense(&self, weights: &Padded<F>, bias: &Padded<F>) -> Dense<F> {
        Dense {
            weights: self.as_inputs_outputs(weights),
            bias: bias.row(0).to_vec().into(),
            activation: self.activation,
        }
    }
}
