//! A network as a list of steps between slots. A slot is the place of the values between two layers.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use crate::layer::activation::{Gelu, Prelu, Relu};
use crate::layer::batch_norm::BatchNorm;
use crate::layer::conv1d::Conv1d;
use crate::layer::conv2d::Conv2d;
use crate::layer::dense::Dense;
use crate::layer::dropout::Dropout;
use crate::layer::layer_norm::LayerNorm;
use crate::layer::pool::{Kind, Pool};
use crate::layer::upsample::Upsample;
use crate::layer::{Change, Layer};
use crate::parameter::Role;
use crate::{Error, LayerSpec, NetworkSpec, Parameter, Real, Result, Shape};

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

fn setting(layer: &str, name: &str, value: f64, ok: bool, allowed: &'static str) -> Result<()> {
    if ok {
        return Ok(());
    }
    Err(Error::Setting {
        name: format!("{name} of layer {layer}"),
        value,
        allowed,
    })
}

fn at_least_one(layer: &str, name: &str, value: usize) -> Result<()> {
    setting(layer, name, value as f64, value > 0, "expected ≥ 1")
}

fn refuse<V>(layer: &str, found: Shape, expected: &'static str) -> Result<V> {
    Err(Error::Input {
        layer: layer.to_owned(),
        found,
        expected,
    })
}

/// Number of windows.
fn windows(layer: &str, padded: usize, window: usize, stride: usize) -> Result<usize> {
    at_least_one(layer, "window", window)?;
    at_least_one(layer, "stride", stride)?;
    if window > padded {
        return Err(Error::Window {
            layer: layer.to_owned(),
            window,
            found: padded,
        });
    }
    Ok((padded - window) / stride + 1)
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
            LayerSpec::GlobalAverage => {
                if let Shape::Flat(_) = shape {
                    return refuse(name, shape, "a sequence or an image");
                }
                let [height, width, channels] = shape.axes();
                let pool = Pool {
                    kind: Kind::Average,
                    input: shape.axes(),
                    output: [1, 1],
                    size: [height, width],
                    stride: [1, 1],
                };
                self.map(pool, at, Shape::Flat(channels))
            }
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
            } => {
                let Shape::Image {
                    height,
                    width,
                    channels,
                } = shape
                else {
                    return refuse(name, shape, "an image");
                };
                at_least_one(name, "filters", filters)?;
                let mut output = [0; 2];
                for (axis, length) in [height, width].into_iter().enumerate() {
                    let (k, p) = (kernel[axis], padding[axis]);
                    setting(
                        name,
                        "padding",
                        p as f64,
                        p < k,
                        "expected below the kernel",
                    )?;
                    output[axis] = windows(name, length + 2 * p, k, stride[axis])?;
                }
                let conv = Conv2d {
                    weight: self.weight(name, &[kernel[0], kernel[1], channels, filters]),
                    bias: self.constant(name, "bias", filters, 0.0, Role::Offset),
                    input: [height, width, channels],
                    output,
                    filters,
                    kernel,
                    stride,
                    padding,
                };
                let shape = Shape::Image {
                    height: output[0],
                    width: output[1],
                    channels: filters,
                };
                self.map(conv, at, shape)
            }
            LayerSpec::Upsample {
                factor,
                interpolation,
            } => {
                at_least_one(name, "factor", factor)?;
                let (longer, shape) = match shape {
                    Shape::Flat(_) => return refuse(name, shape, "a sequence or an image"),
                    Shape::Sequence { length, channels } => {
                        let length = length * factor;
                        ([factor, 1], Shape::Sequence { length, channels })
                    }
                    Shape::Image {
                        height,
                        width,
                        channels,
                    } => {
                        let (height, width) = (height * factor, width * factor);
                        let shape = Shape::Image {
                            height,
                            width,
                            channels,
                        };
                        ([factor, factor], shape)
                    }
                };
                let layer = Upsample::new(at.shape.axes(), longer, interpolation);
                self.map(layer, at, shape)
            }
        })
    }

    fn pool(&mut self, name: &str, kind: Kind, size: usize, stride: usize, at: At) -> Result<At> {
        let input = at.shape.axes();
        let [height, width, channels] = input;
        let rows = windows(name, height, size, stride)?;
        let (shape, output, window) = match at.shape {
            Shape::Flat(_) => return refuse(name, at.shape, "a sequence or an image"),
            Shape::Sequence { .. } => {
                let shape = Shape::Sequence {
                    length: rows,
                    channels,
                };
                (shape, [rows, 1], [size, 1])
            }
            Shape::Image { .. } => {
                let columns = windows(name, width, size, stride)?;
                let shape = Shape::Image {
                    height: rows,
                    width: columns,
                    channels,
                };
                (shape, [rows, columns], [size, size])
            }
        };
        let pool = Pool {
            kind,
            input,
            output,
            size: window,
            stride: [stride, stride],
        };
        Ok(self.map(pool, at, shape))
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
