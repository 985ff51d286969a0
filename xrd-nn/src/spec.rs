use serde::{Deserialize, Serialize};

use crate::Shape;

/// Description of a network: the shape of a pattern and the layers in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkSpec {
    /// Shape of an input pattern.
    pub input: Shape,
    /// Layers, the first one at the input.
    pub layers: Vec<LayerSpec>,
}

/// Interpolation between the values of a layer that is upsampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// Each value is repeated.
    Nearest,
    /// Linear between the centres of the values, constant outside the first and the last centre.
    Linear,
}

/// Whether no zeros are added, which files do not state.
fn is_none(extra: &[usize; 2]) -> bool {
    *extra == [0, 0]
}

/// Description of a layer. Sizes are checked by [`Network::new`](crate::Network::new).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "layer", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LayerSpec {
    /// y = x·W + b, of a flat input.
    Dense {
        /// Number of outputs.
        outputs: usize,
    },
    /// Cross-correlation along a sequence with zeros outside:
    /// y(t, f) = b(f) + Σ W(k, c, f) · x(t · stride + k - padding, c).
    Conv1d {
        /// Number of output channels.
        filters: usize,
        /// Number of positions in a window.
        kernel: usize,
        /// Distance of two windows.
        stride: usize,
        /// Number of zeros added at each end; smaller than the kernel.
        padding: usize,
    },
    /// Cross-correlation of an image, as [`LayerSpec::Conv1d`] with rows and columns.
    Conv2d {
        /// Number of output channels.
        filters: usize,
        /// Rows and columns of a window.
        kernel: [usize; 2],
        /// Distances of two windows.
        stride: [usize; 2],
        /// Number of zeros added at each end; smaller than the kernel.
        padding: [usize; 2],
        /// Number of zeros added after the last row and column besides; with the padding smaller than the kernel.
        /// A kernel of two positions keeps the size with one of them.
        #[serde(default, skip_serializing_if = "is_none")]
        extra: [usize; 2],
    },
    /// Mean of each window of a sequence or, with square windows, of an image. Incomplete windows are left
    /// out.
    AveragePool {
        /// Number of positions in a window.
        size: usize,
        /// Distance of two windows.
        stride: usize,
    },
    /// Maximum of each window, as [`LayerSpec::AveragePool`].
    MaxPool {
        /// Number of positions in a window.
        size: usize,
        /// Distance of two windows.
        stride: usize,
    },
    /// Mean of all positions of each channel; the output is flat.
    GlobalAverage,
    /// Batch normalisation of each channel (Ioffe and Szegedy 2015), with ε = 1e-5. Running means and
    /// variances move by a tenth per step and are used outside training.
    BatchNorm,
    /// Layer normalisation over the channels of each position (Ba, Kiros and Hinton 2016), with ε = 1e-5;
    /// of a flat input over all values.
    LayerNorm,
    /// In training, values are set to zero with this probability, and the others are divided by 1 - rate.
    Dropout {
        /// Probability, at least 0 and below 1.
        rate: f64,
    },
    /// max(x, 0).
    Relu,
    /// x if positive, otherwise a trained slope of the channel times x (He et al. 2015). Slopes begin at 0.25.
    Prelu,
    /// Gaussian error linear unit in the form with tanh (Hendrycks and Gimpel 2016).
    Gelu,
    /// Sum of the output of the layers and the input of the block (He et al. 2016).
    Residual {
        /// Layers of the body.
        layers: Vec<LayerSpec>,
        /// Layers that the input passes before it is added. Empty if the body keeps the shape.
        #[serde(default)]
        shortcut: Vec<LayerSpec>,
    },
    /// Longer sequence, or larger image in both directions.
    Upsample {
        /// Number of output positions per input position.
        factor: usize,
        /// Interpolation.
        interpolation: Interpolation,
    },
    /// Vector of all values.
    Flatten,
    /// The same values with another shape.
    Reshape {
        /// Shape of the output.
        shape: Shape,
    },
}

impl LayerSpec {
    /// Word for the layer in errors and in names of tensors.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Dense { .. } => "dense",
            Self::Conv1d { .. } => "conv1d",
            Self::Conv2d { .. } => "conv2d",
            Self::AveragePool { .. } => "average_pool",
            Self::MaxPool { .. } => "max_pool",
            Self::GlobalAverage => "global_average",
            Self::BatchNorm => "batch_norm",
            Self::LayerNorm => "layer_norm",
            Self::Dropout { .. } => "dropout",
            Self::Relu => "relu",
            Self::Prelu => "prelu",
            Self::Gelu => "gelu",
            Self::Residual { .. } => "residual",
            Self::Upsample { .. } => "upsample",
            Self::Flatten => "flatten",
            Self::Reshape { .. } => "reshape",
        }
    }
}
