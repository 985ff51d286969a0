use serde::{Deserialize, Serialize};
use xrd_nn::{LayerSpec, NetworkSpec, Shape};

use super::POINTS;

/// Network of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperNetwork {
    /// Dense layers of 4000, 3000, 1000 and 800 values.
    Dense,
    /// Three convolutions of 80 filters, and dense layers of 2300 and 1150 values (Park et al. 2017).
    Convolutional,
}

/// Number of space groups.
const GROUPS: usize = 230;

impl PaperNetwork {
    /// Both networks.
    pub const ALL: [Self; 2] = [Self::Dense, Self::Convolutional];

    /// Returns the name as one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Convolutional => "convolutional",
        }
    }

    /// Description of the layers, for patterns of 8,500 points and 230 space groups.
    ///
    /// # References
    /// The figure of the paper is a picture. Sizes, pooling and dropout rates are those of the public
    /// re-implementation of J. Salgado et al., npj Comput. Mater. 9, 214 (2023). The dense network has 50
    /// million weights, the convolutional one 4.3 million.
    pub fn spec(self) -> NetworkSpec {
        let (mut layers, hidden): (_, &[(usize, f64)]) = match self {
            Self::Dense => (
                Vec::new(),
                &[(4000, 0.6), (3000, 0.5), (1000, 0.4), (800, 0.3)],
            ),
            Self::Convolutional => (convolutions(), &[(2300, 0.5), (1150, 0.5)]),
        };
        layers.push(LayerSpec::Flatten);
        for &(outputs, rate) in hidden {
            layers.extend([
                LayerSpec::Dense { outputs },
                LayerSpec::Relu,
                LayerSpec::Dropout { rate },
            ]);
        }
        layers.push(LayerSpec::Dense { outputs: GROUPS });
        let input = Shape::Sequence {
            length: POINTS,
            channels: 1,
        };
        NetworkSpec { input, layers }
    }
}

/// Convolutions with their pooling: kernel, stride and stride of the mean of three positions.
fn convolutions() -> Vec<LayerSpec> {
    let convolution = |(kernel, stride, pooled)| {
        [
            LayerSpec::Conv1d {
                filters: 80,
                kernel,
                stride,
                padding: 0,
            },
            LayerSpec::Relu,
            LayerSpec::Dropout { rate: 0.3 },
            LayerSpec::AveragePool {
                size: 3,
                stride: pooled,
            },
        ]
    };
    [(100, 5, 2), (50, 5, 3), (25, 2, 3)]
        .into_iter()
        .flat_map(convolution)
        .collect()
}
