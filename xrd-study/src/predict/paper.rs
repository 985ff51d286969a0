//! The network of Dong et al. (2022) and its Tables 2 to 5, from known structures.
//!
//! The network learns patterns of 1,024 points from 0° to 180° with the maximum 100, from the one-hot matrices of
//! formulas. Of the formulas, 20 % are the test part, and 10 % the validation part, by which the training is stopped.
//!
//! Differences from the paper: the structures are those of the caller. The structure of a formula is the one with
//! the smallest identifier, because energies are not known. What the paper does not state about the network is listed
//! at [`PaperNetwork`](xrd_predict::PaperNetwork). Predicted patterns are scaled to the maximum 100 before peaks
//! above 10 are searched, because the cosine and Pearson's correlation do not determine the scale. The optimiser is
//! Adam; the paper does not name its own.
//!
//! # References
//! R. Dong et al., DeepXRD (2022).

mod data;
mod plan;
mod published;
mod saved;
mod score;
mod table;
mod training;

pub use data::{DatasetFacts, PaperDataset, PaperSet, PaperSplit, PaperTest};
pub use plan::{PaperLoss, PaperPlan};
pub use published::{published_distances, published_match};
pub use saved::train;
pub use score::{PaperScore, RangeScore};
pub use table::{
    PaperBaseline, PaperRow, PaperSettings, PaperTable, TableNumber, paper_table, remove_trainings,
};
pub use training::{PaperEpoch, PaperTraining};

#[cfg(test)]
mod tests;
