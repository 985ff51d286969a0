use super::{PaperDataset, PaperLoss};

/// Learning rates of Tables 4 and 5.
pub(super) const LEARNING_RATES: [f64; 4] = [0.001, 0.002, 0.003, 0.004];

/// Rows: 10, 15, 20 and 25 layers. Columns: three batch sizes for each learning rate.
const TABLE_4: [[f64; 12]; 4] = [
    [
        0.58, 0.63, 0.57, 0.60, 0.64, 0.57, 0.58, 0.64, 0.60, 0.59, 0.61, 0.55,
    ],
    [
        0.58, 0.63, 0.63, 0.57, 0.62, 0.59, 0.58, 0.63, 0.65, 0.56, 0.59, 0.53,
    ],
    [
        0.57, 0.68, 0.59, 0.58, 0.65, 0.58, 0.56, 0.61, 0.57, 0.54, 0.59, 0.53,
    ],
    [
        0.54, 0.61, 0.59, 0.57, 0.59, 0.59, 0.59, 0.59, 0.56, 0.59, 0.56, 0.53,
    ],
];
const TABLE_5: [[f64; 12]; 4] = [
    [
        0.57, 0.57, 0.57, 0.57, 0.57, 0.57, 0.57, 0.59, 0.57, 0.55, 0.56, 0.57,
    ],
    [
        0.57, 0.59, 0.57, 0.57, 0.57, 0.57, 0.57, 0.58, 0.58, 0.56, 0.56, 0.54,
    ],
    [
        0.61, 0.63, 0.60, 0.57, 0.58, 0.58, 0.57, 0.59, 0.58, 0.53, 0.58, 0.57,
    ],
    [
        0.60, 0.61, 0.59, 0.53, 0.59, 0.56, 0.52, 0.58, 0.51, 0.56, 0.59, 0.57,
    ],
];

/// Batch sizes of Table 4 or 5.
pub(super) fn batch_sizes(dataset: PaperDataset) -> [usize; 3] {
    match dataset {
        PaperDataset::Abc3 => [32, 64, 128],
        PaperDataset::Ternary => [64, 128, 256],
    }
}

/// Value of Table 4 (ABC3) or 5 (ternary): row of the number of blocks, number of the learning rate and of the batch size,
/// from 0.
pub(super) fn tuned(dataset: PaperDataset, row: usize, rate: usize, batch: usize) -> f64 {
    let table = match dataset {
        PaperDataset::Abc3 => &TABLE_4,
        PaperDataset::Ternary => &TABLE_5,
    };
    table[row][3 * rate + batch]
}

/// Peak match of Table 3.
pub fn published_match(dataset: PaperDataset, loss: PaperLoss) -> f64 {
    let [square, logarithm, cosine, pearson] = match dataset {
        PaperDataset::Abc3 => [0.626, 0.644, 0.673, 0.681],
        PaperDataset::Ternary => [0.612, 0.631, 0.667, 0.678],
    };
    match loss {
        PaperLoss::MeanSquare => square,
        PaperLoss::MeanSquareLog => logarithm,
        PaperLoss::Cosine => cosine,
        PaperLoss::Pearson => pearson,
    }
}

/// Distances of Table 2: rows of all points, of peaks and of aligned peaks; columns cosine, Pearson, Jensen–Shannon and
/// dynamic time warping. The paper does not state of which set.
pub fn published_distances() -> [[f64; 4]; 3] {
    [
        [0.884, 0.885, 0.773, 4.54],
        [0.943, 0.950, 0.811, 3.92],
        [0.633, 0.633, 0.550, 3.57],
    ]
}
