use crate::Shape;

/// Reason why this crate refuses an input.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A layer cannot take the shape it gets.
    #[error("layer {layer} takes {expected}, but gets {found}")]
    Input {
        /// Position and kind of the layer, for example `2.conv1d`.
        layer: String,
        /// Shape of the input of the layer.
        found: Shape,
        /// Description of the shapes that the layer takes.
        expected: &'static str,
    },
    /// A window of a convolution or a pooling is longer than its padded input.
    #[error("layer {layer} has a window of {window} points, but its padded input has {found}")]
    Window {
        /// Position and kind of the layer.
        layer: String,
        /// Length of the window.
        window: usize,
        /// Length of the input with padding.
        found: usize,
    },
    /// The two branches of a residual block have different shapes.
    #[error("layer {layer} adds its input, {shortcut} after the shortcut, to {body}")]
    Residual {
        /// Position and kind of the layer.
        layer: String,
        /// Output shape of the body.
        body: Shape,
        /// Output shape of the shortcut, or the input shape of the block.
        shortcut: Shape,
    },
    /// A reshaped layer would have another number of values.
    #[error("layer {layer} reshapes {found}, {} values, to {wanted}, {} values", found.len(), wanted.len())]
    Reshape {
        /// Position and kind of the layer.
        layer: String,
        /// Shape of the input.
        found: Shape,
        /// Shape of the output.
        wanted: Shape,
    },
    /// A setting is outside its range.
    #[error("{name} is {value} ({allowed})")]
    Setting {
        /// Name of the setting, with the position of its layer.
        name: String,
        /// Value of the setting.
        value: f64,
        /// Description of the allowed values.
        allowed: &'static str,
    },
    /// A list or an array has the wrong length.
    #[error("{what}: {found}, expected {expected}")]
    Length {
        /// What is counted.
        what: &'static str,
        /// Number found.
        found: usize,
        /// Expected number.
        expected: usize,
    },
    /// A class is not smaller than the number of outputs.
    #[error("pattern {pattern} has class {class}, but the network has {classes} outputs")]
    Class {
        /// Index of the pattern in the batch.
        pattern: usize,
        /// Class of the pattern.
        class: u32,
        /// Number of outputs.
        classes: usize,
    },
    /// The loss function needs target values, and classes were given.
    #[error("the loss function {loss} needs target values, not classes")]
    ValuesNeeded {
        /// Name of the loss function.
        loss: &'static str,
    },
    /// The loss or the gradient is not finite. The weights were not changed by this step.
    #[error("training diverged at step {step}: loss {loss}, gradient norm {gradient_norm}")]
    Diverged {
        /// Number of steps before this one.
        step: u64,
        /// Loss of the batch.
        loss: f64,
        /// Euclidean norm of the gradient.
        gradient_norm: f64,
    },
    /// A file is not a network or a checkpoint of this crate.
    #[error("not a network file of xrd-nn: {reason}")]
    File {
        /// Description of the fault.
        reason: String,
    },
    /// A tensor of a file is missing, or has another shape or type.
    #[error("tensor {name}: {reason}")]
    Tensor {
        /// Name of the tensor.
        name: String,
        /// Description of the fault.
        reason: String,
    },
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;
