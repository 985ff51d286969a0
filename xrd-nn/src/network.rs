use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::layer::{Mode, Place};
use crate::pass::{Buffers, Pass, Workspace};
use crate::plan::{Operation, Plan};
use crate::{Error, NetworkSpec, Parameter, Real, Result, Shape};

/// Number of patterns that pass through the layers together, outside training.
const ROWS: usize = 32;

/// Network with its weights. All methods that compute take `&self` and can be called from several threads.
#[derive(Clone, Debug)]
pub struct Network<T> {
    spec: NetworkSpec,
    pub(crate) plan: Arc<Plan<T>>,
    pub(crate) parameters: Vec<Parameter<T>>,
}

impl<T: Real> Network<T> {
    /// Network with random weights: normal with variance 2 / inputs (He et al. 2015), biases zero. The
    /// weights depend on the seed only.
    ///
    /// # Errors
    /// Returns an error that names the layer if its input has the wrong shape or a setting is outside its
    /// range.
    pub fn new(spec: &NetworkSpec, seed: u64) -> Result<Self> {
        let (plan, parameters) = Plan::new(spec, seed)?;
        Ok(Self {
            spec: spec.clone(),
            plan: Arc::new(plan),
            parameters,
        })
    }

    /// Description of the network.
    #[must_use]
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Shape of an output.
    #[must_use]
    pub fn output_shape(&self) -> Shape {
        self.plan.output_shape
    }

    /// Tensors in the order of the layers.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter<T>] {
        &self.parameters
    }

    /// Tensors in the order of the layers. Their values can be changed, their shapes cannot.
    #[must_use]
    pub fn parameters_mut(&mut self) -> &mut [Parameter<T>] {
        &mut self.parameters
    }

    /// Number of trained values.
    #[must_use]
    pub fn weights(&self) -> usize {
        let trained = self.parameters.iter().filter(|p| p.is_trained());
        trained.map(|p| p.values.len()).sum()
    }

    pub(crate) fn check_width(&self, found: usize) -> Result<()> {
        length("columns of the input", found, self.plan.sizes[0])
    }

    /// Outputs of patterns, without dropout and with the running statistics of batch normalisation. Outputs
    /// of a classifier are not probabilities; see [`softmax`](crate::softmax).
    ///
    /// # Shapes
    /// `inputs` is [patterns, inputs], the result [patterns, outputs].
    ///
    /// # Errors
    /// Returns [`Error::Length`] if the number of columns is not that of the input.
    pub fn predict(&self, inputs: ArrayView2<T>) -> Result<Array2<T>> {
        self.check_width(inputs.ncols())?;
        let (width, size) = (self.plan.sizes[self.plan.output], self.plan.sizes[0]);
        let standard = inputs.as_standard_layout();
        let x = standard.as_slice().unwrap_or_default();
        let mut y = vec![T::zero(); inputs.nrows() * width];
        y.par_chunks_mut(ROWS * width)
            .zip(x.par_chunks(ROWS * size))
            .for_each_init(Buffers::new, |buffers, (y, x)| {
                self.predict_rows(x, y, buffers)
            });
        Ok(array(inputs.nrows(), width, y))
    }

    /// Outputs of a few patterns. The buffer of a slot is given back after its last use.
    fn predict_rows(&self, x: &[T], y: &mut [T], buffers: &Buffers<T>) {
        let plan = &*self.plan;
        let rows = x.len() / plan.sizes[0];
        let place = Place {
            parameters: &self.parameters,
            mode: Mode::Infer,
            first: 0,
            rows,
        };
        let mut values: Vec<Vec<T>> = vec![Vec::new(); plan.sizes.len()];
        for (i, step) in plan.steps.iter().enumerate() {
            let mut out = match &step.operation {
                Operation::Change(_) => std::mem::take(&mut values[step.to]),
                _ => buffers.take(rows * plan.sizes[step.to]),
            };
            let slot = |slot: usize| if slot == 0 { x } else { &values[slot][..] };
            match &step.operation {
                Operation::Layer(layer) => layer.forward(&place, slot(step.from), &mut out),
                Operation::Change(change) => change.forward(&place, &mut out),
                Operation::Copy => out.copy_from_slice(slot(step.from)),
                Operation::Add(other) => {
                    let pairs = slot(step.from).iter().zip(slot(*other));
                    out.iter_mut()
                        .zip(pairs)
                        .for_each(|(y, (&a, &b))| *y = a + b);
                }
                Operation::Dense(dense) => dense.forward(&place, slot(step.from), &mut out),
                Operation::BatchNorm(norm) => {
                    norm.forward(&place, &norm.running(&place), slot(step.from), &mut out);
                }
            }
            values[step.to] = out;
            for (slot, value) in values.iter_mut().enumerate() {
                if plan.last_use[slot] == i && !value.is_empty() {
                    buffers.give(std::mem::take(value));
                }
            }
        }
        y.copy_from_slice(&values[plan.output]);
        buffers.give(std::mem::take(&mut values[plan.output]));
    }

    /// Gradient with respect to the input of Σ w·y, where w are the given weights of the outputs y. With
    /// w = 1 for one class, it shows which points of a pattern decide for that class.
    ///
    /// # Shapes
    /// `inputs` and the result are [patterns, inputs], `output_weights` is [patterns, outputs].
    ///
    /// # Errors
    /// Returns [`Error::Length`] if a shape does not match.
    pub fn input_gradient(
        &self,
        inputs: ArrayView2<T>,
        output_weights: ArrayView2<T>,
    ) -> Result<Array2<T>> {
        self.check_width(inputs.ncols())?;
        let patterns = inputs.nrows();
        length("rows of output weights", output_weights.nrows(), patterns)?;
        let width = self.plan.sizes[self.plan.output];
        length("columns of output weights", output_weights.ncols(), width)?;
        let mut gradient = Vec::with_capacity(inputs.len());
        // Slices of the batch, so that the memory does not grow with it.
        for start in (0..patterns).step_by(256) {
            let rows = start..patterns.min(start + 256);
            let x = inputs.slice(ndarray::s![rows.clone(), ..]);
            let w = output_weights.slice(ndarray::s![rows, ..]);
            let (x, w) = (x.as_standard_layout(), w.as_standard_layout());
            let pass = Pass {
                plan: &self.plan,
                parameters: &self.parameters,
                mode: Mode::Infer,
                input: x.as_slice().unwrap_or_default(),
            };
            let mut workspace = Workspace::new(&self.plan, &self.parameters, x.nrows());
            workspace.forward(&pass);
            let part = workspace.backward(&pass, w.as_slice().unwrap_or_default(), None, true);
            gradient.extend(part.unwrap_or_default());
        }
        Ok(array(patterns, inputs.ncols(), gradient))
    }
}

pub(crate) fn length(what: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Length {
        what,
        found,
        expected,
    })
}

fn array<T>(rows: usize, cols: usize, values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec((rows, cols), values).expect("one value per element")
}
