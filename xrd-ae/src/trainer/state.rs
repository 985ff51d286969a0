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
    /// Label head, if there is one.
    pub(crate) head: Option<HeadState<F>>,
}

/// Label head with its moments of Adam.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeadState<F> {
    pub(crate) layer: Dense<F>,
    /// Running means of the gradients.
    pub(crate) first: Dense<F>,
    /// Running means of the squared gradients.
    pub(crate) second: Dense<F>,
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
            head: self.head.as_ref().map(|head| head.layer.state()),
        }
    }

    /// Restores the state of the same layers.
    pub(crate) fn restore(&mut self, state: &State<F>) {
        self.steps = state.steps;
        let moments = state.first.iter().zip(&state.second);
        for (layer, (first, second)) in self.layers.iter_mut().zip(moments) {
            layer.restore_moments(first, second);
        }
        if let Some((head, state)) = self.head.as_mut().zip(state.head.as_ref()) {
            head.layer = Layer::new(&state.layer);
            head.layer.restore_moments(&state.first, &state.second);
        }
    }

    /// Latent points of the last batch.
    pub(crate) fn points(&self) -> impl Iterator<Item = &[f64]> {
        self.points.iter().map(Vec::as_slice)
    }

    pub(super) fn note_points(&mut self, outputs: &[Padded<F>]) {
        let middle = self.middle().and_then(|i| outputs.get(i));
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

    fn state(&self) -> HeadState<F> {
        let of = |weights, bias| self.dense(weights, bias);
        HeadState {
            layer: self.to_dense(),
            first: of(&self.weights.first, &self.bias.first),
            second: of(&self.weights.second, &self.bias.second),
        }
    }

    /// Restores the moments of Adam.
    fn restore_moments(&mut self, first: &Dense<F>, second: &Dense<F>) {
        let [first, second] = [first, second].map(|m| parameters(&Layer::new(m)));
        [self.weights.first, self.bias.first] = first;
        [self.weights.second, self.bias.second] = second;
    }
}
