//! The network of Dong et al. (2022).

use serde::{Deserialize, Serialize};
use xrd_nn::{Interpolation, LayerSpec, Network, NetworkSpec, Shape};

use crate::{COLUMNS, Error, ROWS, Reduced, Result, one_hot};

/// Number of points of a pattern of the network.
pub const NETWORK_POINTS: usize = 1024;
/// Kernel of all convolutions except the shortcuts.
const KERNEL: [usize; 2] = [3, 2];
/// Values between the two halves.
const CODE_PER_FILTER: usize = 4;

/// The network of Dong et al. (2022): from the one-hot matrix of a formula to a pattern of 1,024 points.
///
/// The first half is a convolution, residual blocks on images of 42 × 5, 21 × 3 and 11 × 2 positions, and a dense
/// layer of 128 values. The second half has five times a doubling of the image and residual blocks, up to 32 × 32
/// positions, and a convolution with one filter. Convolutions are 3 × 2, those of shortcuts 1 × 1. The pattern is the
/// last image row by row.
///
/// The following is stated in no part of the paper, and chosen here:
/// - A block has two convolutions with a PReLU between them, and a PReLU after the sum (He et al. 2016).
/// - The first block of each image size has the stride, and the convolution in its shortcut.
/// - Upsampling repeats values. The last convolution has no activation.
/// - Dropout is before and after the dense layer.
/// - Networks with another number of blocks than 20 have more or fewer blocks at each image size: each half gets
///   five at a time, the first half first. 10 are 5 + 5, 15 are 10 + 5, 25 are 15 + 10.
/// - The second convolution of each block begins with weights divided by the root of the number of blocks, because
///   values grow with every block otherwise. There is no normalisation.
///
/// # References
/// R. Dong et al., DeepXRD (2022), section 2.3 and Table 1. K. He et al., CVPR 2016, 770.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperNetwork {
    /// Number of residual blocks: 10, 15, 20 or 25. The paper calls them ResNet layers.
    pub blocks: usize,
    /// Number of filters of the first convolution, 32 in the paper. All other widths are multiples of it.
    pub filters: usize,
    /// Probability of dropout, at least 0 and below 1.
    pub dropout: f64,
}

impl Default for PaperNetwork {
    /// 20 blocks and 32 filters, as in Table 1 of the paper. Its dropout is not stated; it is 0.2 here.
    fn default() -> Self {
        Self {
            blocks: 20,
            filters: 32,
            dropout: 0.2,
        }
    }
}

impl PaperNetwork {
    /// Numbers of blocks in Tables 4 and 5 of the paper.
    pub const BLOCKS: [usize; 4] = [10, 15, 20, 25];

    /// Description of the layers.
    ///
    /// # Shapes
    /// The input has [`COLUMNS`] × [`ROWS`] values (see [`network_input`]), the output [`NETWORK_POINTS`].
    ///
    /// # Errors
    /// [`Error::Blocks`] if the number of blocks is none of [`PaperNetwork::BLOCKS`].
    pub fn spec(&self) -> Result<NetworkSpec> {
        if !Self::BLOCKS.contains(&self.blocks) {
            return Err(Error::Blocks { found: self.blocks });
        }
        let second = self.blocks / 10 * 5;
        let mut layers = self.first_half((self.blocks - second) / 5);
        layers.extend(self.second_half(second / 5));
        let input = Shape::Image {
            height: COLUMNS,
            width: ROWS,
            channels: 1,
        };
        Ok(NetworkSpec { input, layers })
    }

    /// The network with random weights that depend on the seed only.
    ///
    /// # Errors
    /// As [`PaperNetwork::spec`], and [`Error::Network`] if the number of filters or the dropout is out of range.
    pub fn network<T: xrd_nn::Real>(&self, seed: u64) -> Result<Network<T>> {
        let mut network = Network::new(&self.spec()?, seed)?;
        let factor = T::of((self.blocks as f64).sqrt().recip());
        let is_second = |name: &str| name.contains(".residual.2.") && name.ends_with("weight");
        for parameter in network.parameters_mut() {
            if is_second(parameter.name()) {
                parameter.values_mut().iter_mut().for_each(|w| *w *= factor);
            }
        }
        Ok(network)
    }

    /// Blocks from the matrix to the code. `repeats` is 1 for five blocks.
    fn first_half(&self, repeats: usize) -> Vec<LayerSpec> {
        let n = self.filters;
        let mut layers = vec![convolution(n, [1, 1]), LayerSpec::Prelu];
        for (filters, count) in [(2 * n, repeats), (4 * n, 3 * repeats), (2 * n, repeats)] {
            layers.extend(block(filters, Some([2, 2])));
            (1..count).for_each(|_| layers.extend(block(filters, None)));
        }
        let dropout = LayerSpec::Dropout { rate: self.dropout };
        let outputs = CODE_PER_FILTER * n;
        layers.extend([
            LayerSpec::Flatten,
            dropout.clone(),
            LayerSpec::Dense { outputs },
            LayerSpec::Prelu,
            dropout,
        ]);
        layers
    }

    /// Blocks from the code to the pattern. `repeats` is 1 for five blocks.
    fn second_half(&self, repeats: usize) -> Vec<LayerSpec> {
        let n = self.filters;
        let one = Shape::Image {
            height: 1,
            width: 1,
            channels: CODE_PER_FILTER * n,
        };
        let mut layers = vec![LayerSpec::Reshape { shape: one }];
        for (filters, is_first) in [
            (4 * n, true),
            (4 * n, false),
            (4 * n, false),
            (2 * n, true),
            (2 * n, true),
        ] {
            layers.push(LayerSpec::Upsample {
                factor: 2,
                interpolation: Interpolation::Nearest,
            });
            layers.extend(block(filters, is_first.then_some([1, 1])));
            (1..repeats).for_each(|_| layers.extend(block(filters, None)));
        }
        layers.extend([convolution(1, [1, 1]), LayerSpec::Flatten]);
        layers
    }
}

/// Convolution with the kernel of the paper. The output has the size of the input divided by the stride, rounded up.
fn convolution(filters: usize, stride: [usize; 2]) -> LayerSpec {
    LayerSpec::Conv2d {
        filters,
        kernel: KERNEL,
        stride,
        padding: [1, 0],
        extra: [0, 1],
    }
}

/// Residual block and its activation. With a stride, the shortcut has a convolution ("Res block1").
fn block(filters: usize, stride: Option<[usize; 2]>) -> [LayerSpec; 2] {
    let shortcut = stride.map(|stride| LayerSpec::Conv2d {
        filters,
        kernel: [1, 1],
        stride,
        padding: [0, 0],
        extra: [0, 0],
    });
    let residual = LayerSpec::Residual {
        layers: vec![
            convolution(filters, stride.unwrap_or([1, 1])),
            LayerSpec::Prelu,
            convolution(filters, [1, 1]),
        ],
        shortcut: shortcut.into_iter().collect(),
    };
    [residual, LayerSpec::Prelu]
}

/// The input of the network for a formula: the one-hot matrix with one row per element, 84 × 10, row by row.
///
/// # Errors
/// As [`one_hot()`].
pub fn network_input(formula: &Reduced) -> Result<Vec<f32>> {
    let matrix = one_hot(formula)?;
    let value = |i: usize| matrix[i % ROWS * COLUMNS + i / ROWS];
    Ok((0..ROWS * COLUMNS).map(value).collect())
}
