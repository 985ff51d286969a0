//! A network as a list of steps between slots. A slot is the place of the values between two layers.

mod check;
mod images;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use crate::layer::activation::{Gelu, Prelu, Relu};
use crate::layer::batch_norm::BatchNorm;
use crate::layer::conv1d::Conv1d;
use crate::layer::dense::Dense;
use crate::layer::dropout::Dropout;
use crate::layer::layer_norm::LayerNorm;
use crate::layer::pool::Kind;
use crate::layer::{Change, Layer};
use crate::parameter::Role;
use crate::{Error, LayerSpec, NetworkSpec, Parameter, Real, Result, Shape};
use check::{at_least_one, refuse, setting, windows};

/// Operation of a step.
#[derive(Debug)]
pub(crate) enum Operation<T> {
    /// Chunk by chunk, from one slot to another.
    Layer(Box<dyn Layer<T>>),
    /// Chunk by chunk, in place.
    Change(Box<dyn Change<T>>),
    /// Copy of a slot whose values are needed later.
    Copy,
    /// Sum with another slot.
    Add(usize),
    /// Whole batch.
    Dense(Dense),
    /// Whole batch in training.
    BatchNorm(BatchNorm),
}

#[derive(Debug)]
pub(crate) struct Step<T> {
    pub(crate) operation: Operation<T>,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl<T> Step<T> {
    /// Whether all chunks must have arrived.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(
            self.operation,
            Operation::Dense(_) | Operation::BatchNorm(_)
        )
    }
}

/// Steps and slots of a network. Slot 0 is the input.
#[derive(Debug)]
pub(crate) struct Plan<T> {
    pub(crate) steps: Vec<Step<T>>,
    /// Number of values of each slot.
    pub(crate) sizes: Vec<usize>,
    pub(crate) output: usize,
    pub(crate) output_shape: Shape,
    /// Index of the last step that reads each slot.
    pub(crate) last_use: Vec<usize>,
}

/// Position in the network while it is built.
#[derive(Clone, Copy)]
struct At {
    slot: usize,
    shape: Shape,
    /// Whether the slot is read by a later step, so that it must not be changed.
    shared: bool,
}

struct Builder<T> {
    steps: Vec<Step<T>>,
    sizes: Vec<usize>,
    parameters: Vec<Parameter<T>>,
    seed: u64,
}

impl<T: Real> Plan<T> {
    /// Plan and initial parameters. Weights are normal with variance 2 / inputs (He et al. 2015), biases zero.
    pub(crate) fn new(spec: &NetworkSpec, seed: u64) -> Result<(Self, Vec<Parameter<T>>)> {
        let mut builder = Builder {
            steps: Vec::new(),
            sizes: vec![spec.input.len()],
            parameters: Vec::new(),
            seed,
        };
        if spec.input.is_empty() {
            return Err(Error::Length {
                what: "values of an input pattern",
                found: 0,
                expected: 1,
            });
        }
        let start = At {
            slot: 0,
            shape: spec.input,
            shared: true,
        };
        let mut end = builder.layers("", &spec.layers, start)?;
        if end.slot == 0 {
            end = builder.push(Operation::Copy, end, end.shape);
        }
        let mut last_use = vec![0; builder.sizes.len()];
        for (i, step) in builder.steps.iter().enumerate() {
            last_use[step.from] = i;
            if let Operation::Add(other) = step.operation {
                last_use[other] = i;
            }
        }
        last_use[end.slot] = builder.steps.len();
        let plan = Self {
            steps: builder.steps,
            sizes: builder.sizes,
            output: end.slot,
            output_shape: end.shape,
            last_use,
        };
        Ok((plan, builder.parameters))
    }
}

impl<T: Real> Builder<T> {
    fn layers(&mut self, prefix: &str, specs: &[LayerSpec], mut at: At) -> Result<At> {
        for (i, spec) in specs.iter().enumerate() {
            let name = format!("{prefix}{i}.{}", spec.name());
            at = self.layer(&name, spec, at)?;
        }
        Ok(at)
    }

    fn push(&mut self, operation: Operation<T>, from: At, shape: Shape) -> At {
        let slot = self.sizes.len();
        self.sizes.push(shape.len());
        self.steps.push(Step {
            operation,
            from: from.slot,
            to: slot,
        });
        At {
            slot,
            shape,
            shared: false,
        }
    }

    fn map(&mut self, layer: impl Layer<T> + 'static, from: At, shape: Shape) -> At {
        self.push(Operation::Layer(Box::new(layer)), from, shape)
    }

    /// Changes a slot in place, or a copy of it if it is read later.
    fn change(&mut self, change: impl Change<T> + 'static, from: At) -> At {
        let at = if from.shared {
            self.push(Operation::Copy, from, from.shape)
        } else {
            from
        };
        self.steps.push(Step {
            operation: Operation::Change(Box::new(change)),
            from: at.slot,
            to: at.slot,
        });
        at
    }

    fn parameter(&mut self, name: String, shape: &[usize], role: Role, values: Vec<T>) -> usize {
        self.parameters.push(Parameter {
            name,
            shape: shape.to_vec(),
            values,
            role,
        });
        self.parameters.len() - 1
    }

    fn constant(&mut self, layer: &str, name: &str, count: usize, value: f64, role: Role) -> usize {
        let values = vec![T::of(value); count];
        self.parameter(format!("{layer}.{name}"), &[count], role, values)
    }

    /// Weights of a layer; the last axis counts the outputs.
    fn weight(&mut self, layer: &str, shape: &[usize]) -> usize {
        let inputs: usize = shape[..shape.len() - 1].iter().product();
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&(self.parameters.len() as u64).to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(key);
        let deviation = (2.0 / inputs as f64).sqrt();
        let normal = Normal::new(0.0, deviation).expect("a positive deviation");
        let count = inputs * shape[shape.len() - 1];
        let values = (0..count)
            .map(|_| T::of(normal.sample(&mut random)))
            .collect();
        self.parameter(format!("{layer}.weight"), shape, Role::Weight, values)
    }

    fn layer(&mut self, name: &str, spec: &LayerSpec, at: At) -> Result<At> {
        let shape = at.shape;
        Ok(match *spec {
            LayerSpec::Dense { outputs } => {
                at_least_one(name, "outputs", outputs)?;
                let Shape::Flat(inputs) = shape else {
                    return refuse(name, shape, "a vector (see flatten)");
                };
                let dense = Dense {
                    weight: self.weight(name, &[inputs, outputs]),
                    bias: self.constant(name, "bias", outputs, 0.0, Role::Offset),
                    inputs,
                    outputs,
                };
                self.push(Operation::Dense(dense), at, Shape::Flat(outputs))
            }
            LayerSpec::Conv1d {
                filters,
                kernel,
                stride,
                padding,
            } => {
                let Shape::Sequence { length, channels } = shape else {
                    return refuse(name, shape, "a sequence");
                };
                at_least_one(name, "filters", filters)?;
                setting(
                    name,
                    "padding",
                    padding as f64,
                    padding < kernel,
                    "expected below the kernel",
                )?;
                let length_out = windows(name, length + 2 * padding, kernel, stride)?;
                let conv = Conv1d {
                    weight: self.weight(name, &[kernel, channels, filters]),
                    bias: self.constant(name, "bias", filters, 0.0, Role::Offset),
                    length,
                    channels,
                    filters,
                    kernel,
                    stride,
                    padding,
                };
                let shape = Shape::Sequence {
                    length: length_out,
                    channels: filters,
                };
                self.map(conv, at, shape)
            }
            LayerSpec::AveragePool { size, stride } => {
                self.pool(name, Kind::Average, size, stride, at)?
            }
            LayerSpec::MaxPool { size, stride } => self.pool(name, Kind::Max, size, stride, at)?,
            LayerSpec::GlobalAverage => self.global_average(name, at)?,
            LayerSpec::BatchNorm => {
                let n = shape.channels();
                let norm = BatchNorm {
                    scale: self.constant(name, "scale", n, 1.0, Role::Offset),
                    shift: self.constant(name, "shift", n, 0.0, Role::Offset),
                    mean: self.constant(name, "running_mean", n, 0.0, Role::Statistic),
                    variance: self.constant(name, "running_variance", n, 1.0, Role::Statistic),
                };
                self.push(Operation::BatchNorm(norm), at, shape)
            }
            LayerSpec::LayerNorm => {
                let n = shape.channels();
                let norm = LayerNorm {
                    scale: self.constant(name, "scale", n, 1.0, Role::Offset),
                    shift: self.constant(name, "shift", n, 0.0, Role::Offset),
                };
                self.map(norm, at, shape)
            }
            LayerSpec::Dropout { rate } => {
                setting(
                    name,
                    "rate",
                    rate,
                    (0.0..1.0).contains(&rate),
                    "expected 0 ≤ rate < 1",
                )?;
                let layer = self.steps.len();
                self.change(Dropout { rate, layer }, at)
            }
            LayerSpec::Relu => self.change(Relu, at),
            LayerSpec::Prelu => {
                let slope = self.constant(name, "slope", shape.channels(), 0.25, Role::Offset);
                self.map(Prelu { slope }, at, shape)
            }
            LayerSpec::Gelu => self.map(Gelu, at, shape),
            LayerSpec::Residual {
                ref layers,
                ref shortcut,
            } => self.residual(name, layers, shortcut, at)?,
            LayerSpec::Flatten => At {
                shape: Shape::Flat(shape.len()),
                ..at
            },
            LayerSpec::Reshape { shape: wanted } => {
                if wanted.len() != shape.len() {
                    return Err(Error::Reshape {
                        layer: name.to_owned(),
                        found: shape,
                        wanted,
                    });
                }
                At {
                    shape: wanted,
                    ..at
                }
            }
            LayerSpec::Conv2d {
                filters,
                kernel,
                stride,
                padding,
                extra,
            } => self.conv2d(name, filters, [kernel, stride, padding, extra], at)?,
            LayerSpec::Upsample {
                factor,
                interpolation,
            } => self.upsample(name, factor, interpolation, at)?,
        })
    }

    fn residual(
        &mut self,
        name: &str,
        body: &[LayerSpec],
        shortcut: &[LayerSpec],
        at: At,
    ) -> Result<At> {
        let shared = At { shared: true, ..at };
        let body = self.layers(&format!("{name}."), body, shared)?;
        let other = self.layers(&format!("{name}.shortcut."), shortcut, shared)?;
        if body.shape != other.shape {
            return Err(Error::Residual {
                layer: name.to_owned(),
                body: body.shape,
                shortcut: other.shape,
            });
        }
        Ok(self.push(Operation::Add(other.slot), body, body.shape))
    }
}
