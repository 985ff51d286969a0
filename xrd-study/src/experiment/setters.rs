//! Setters of an experiment.

use std::path::PathBuf;

use super::{
    Experiment, GenerationRule, NamedEstimator, Seeds, SeriesChoice, Settings, Splits, Target,
    TargetComposition, Variation,
};
use crate::dataset::Dataset;
use crate::limits::LabelRange;
use crate::output::Inputs;

impl Experiment {
    /// Returns the experiment as it is run with these patterns: without labels, there is no label
    /// loss.
    pub(crate) fn for_data(&self, data: &Dataset) -> Self {
        let mut own = self.clone();
        if data.labels.columns().is_empty() {
            own.settings.label_weight = 0.0;
        }
        own
    }

    /// Sets the method that estimates labels.
    #[must_use]
    pub fn with_estimator(mut self, estimator: NamedEstimator) -> Self {
        self.estimator = Some(estimator);
        self
    }

    /// Sets the ranges that the values of labels cannot leave.
    #[must_use]
    pub fn with_label_ranges(mut self, ranges: Vec<LabelRange>) -> Self {
        self.label_ranges = ranges;
        self
    }

    /// Sets the label values for which patterns are generated. A target is a [`Target`] or a
    /// [`TargetComposition`].
    #[must_use]
    pub fn with_targets(mut self, targets: Vec<impl Into<TargetComposition>>) -> Self {
        self.targets = Some(targets.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the label values whose patterns are excluded from training and testing.
    #[must_use]
    pub fn with_leave_out(mut self, values: Vec<Target>) -> Self {
        self.leave_out = values;
        self
    }

    /// Sets the rule that selects the latent point from which the pattern of a target is generated.
    #[must_use]
    pub fn with_generation_rule(mut self, rule: GenerationRule) -> Self {
        self.generation_rule = rule;
        self
    }

    /// Sets the variable along which the patterns form a series.
    #[must_use]
    pub fn with_series(mut self, series: SeriesChoice) -> Self {
        self.series = series;
        self
    }

    /// Sets the width in degrees of the window for the relevance of angles.
    #[must_use]
    pub fn with_window_deg(mut self, width: f64) -> Self {
        self.window_deg = Some(width);
        self
    }

    /// Sets the number of networks per fold and seed of a cross-validation.
    #[must_use]
    pub fn with_networks(mut self, networks: usize) -> Self {
        self.networks = networks;
        self
    }

    /// Sets whether the experiment is a quick trial with few epochs.
    #[must_use]
    pub fn with_quick(mut self, quick: bool) -> Self {
        self.quick = quick;
        self
    }

    /// Sets the files of reference structures.
    #[must_use]
    pub fn with_references(mut self, files: Vec<PathBuf>) -> Self {
        self.references = files;
        self
    }

    /// Sets the label, the classes or `group` by which figures colour the patterns.
    #[must_use]
    pub fn with_color_by(mut self, label: impl Into<String>) -> Self {
        self.color_by = Some(label.into());
        self
    }

    /// Returns the files and folders that a run of the experiment reads.
    pub fn inputs(&self) -> Inputs {
        self.data.inputs().and(&self.references)
    }

    /// Sets the variations that a comparison compares with the base settings.
    #[must_use]
    pub fn with_variations(mut self, variations: Vec<Variation>) -> Self {
        self.variations = variations;
        self
    }

    /// Sets the division into training and test patterns.
    #[must_use]
    pub fn with_splits(mut self, splits: Splits) -> Self {
        self.splits = splits;
        self
    }

    /// Sets the seeds.
    #[must_use]
    pub fn with_seeds(mut self, seeds: Seeds) -> Self {
        self.seeds = seeds;
        self
    }

    /// Sets the network and its training.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }
}
