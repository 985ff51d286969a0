//! Setters of the settings.

use xrd_ae::{Decay, EarlyStopping, FirstLayerRate, InputScaling, Loss, Schedule};
use xrd_sim::RandomPatternEffects;

use super::Settings;

impl Settings {
    /// Sets the weight of the border loss. 0 trains without it.
    #[must_use]
    pub fn with_border_weight(mut self, weight: f64) -> Self {
        self.border_weight = weight;
        self
    }

    /// Sets the widths of the hidden layers.
    #[must_use]
    pub fn with_hidden(mut self, hidden: Vec<usize>) -> Self {
        self.hidden = hidden;
        self
    }

    /// Sets the dimensions of the latent space.
    #[must_use]
    pub fn with_latent(mut self, latent: usize) -> Self {
        self.latent = latent;
        self
    }

    /// Sets the scaling of the intensities.
    #[must_use]
    pub fn with_scaling(mut self, scaling: InputScaling) -> Self {
        self.scaling = scaling;
        self
    }

    /// Sets the number of epochs.
    #[must_use]
    pub fn with_epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Sets the batch size.
    #[must_use]
    pub fn with_batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// Sets the loss function.
    #[must_use]
    pub fn with_loss(mut self, loss: Loss) -> Self {
        self.loss = loss;
        self
    }

    /// Sets the learning rate of Adam.
    #[must_use]
    pub fn with_learning_rate(mut self, learning_rate: f64) -> Self {
        self.learning_rate = learning_rate;
        self
    }

    /// Sets the weight decay.
    #[must_use]
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = weight_decay;
        self
    }

    /// Sets the form of the weight decay.
    #[must_use]
    pub fn with_decay(mut self, decay: Decay) -> Self {
        self.decay = decay;
        self
    }

    /// Sets the learning rate of the first layer.
    #[must_use]
    pub fn with_first_layer(mut self, first_layer: FirstLayerRate) -> Self {
        self.first_layer = first_layer;
        self
    }

    /// Sets the largest norm of the gradient.
    #[must_use]
    pub fn with_clip(mut self, norm: f64) -> Self {
        self.clip = Some(norm);
        self
    }

    /// Sets the largest random strain Δd/d of the training patterns (augmentation).
    #[must_use]
    pub fn with_strain(mut self, strain: f64) -> Self {
        self.strain = Some(strain);
        self
    }

    /// Sets the weight of the label loss; 0 trains without labels.
    #[must_use]
    pub fn with_label_weight(mut self, weight: f64) -> Self {
        self.label_weight = weight;
        self
    }

    /// Sets the fraction of the training patterns that are used as validation patterns.
    #[must_use]
    pub fn with_validation_fraction(mut self, fraction: f64) -> Self {
        self.validation_fraction = Some(fraction);
        self
    }

    /// Sets the schedule of the learning rate.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Sets the criterion to end the training before the last epoch.
    #[must_use]
    pub fn with_early_stopping(mut self, stopping: EarlyStopping) -> Self {
        self.early_stopping = Some(stopping);
        self
    }

    /// Sets the random effects that disturb the training patterns, or removes them.
    #[must_use]
    pub fn with_effects(mut self, effects: impl Into<Option<RandomPatternEffects>>) -> Self {
        self.effects = effects.into();
        self
    }
}
