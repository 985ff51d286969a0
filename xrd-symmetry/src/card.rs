use crate::Model;

impl Model {
    /// Card of the model that is part of this crate, as Markdown: on what it was trained, how, its scores, and where
    /// it fails.
    pub const CARD: &'static str = include_str!("../data/CARD.md");
}
