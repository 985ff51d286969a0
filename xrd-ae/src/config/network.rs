use crate::error::{Error, Result, check};

/// Largest number of latent dimensions.
const MAX_LATENT: usize = 16;

/// Layer widths, input scaling and weight seed of an autoencoder.
///
/// The default is [`paper`](Self::paper).
///
/// # Example
/// ```
/// use xrd_ae::{AutoencoderConfig, InputScaling};
/// let small = AutoencoderConfig::default().with_hidden([16, 8]).with_seed(7);
/// assert_eq!(small.hidden, [16, 8]);
/// assert_eq!(small.scaling, InputScaling::Global);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct AutoencoderConfig {
    /// Widths of the encoder's hidden layers, from the input to the latent layer. The decoder has
    /// the same widths in reverse order.
    pub hidden: Vec<usize>,
    /// Dimensions of the latent space, 2 to 16. With more than two dimensions, the first two
    /// principal axes of the training patterns span the latent plane.
    pub latent: usize,
    /// Scaling of the intensities before they enter the network.
    pub scaling: InputScaling,
    /// Seed of the initial weights.
    pub seed: u64,
}

impl AutoencoderConfig {
    /// The network of Utimula et al. (2022): hidden layers of 128, 64 and 12 units, and a latent
    /// space of two dimensions.
    ///
    /// The paper does not state the input scaling. This crate uses [`InputScaling::Global`] and the
    /// seed 0.
    pub fn paper() -> Self {
        Self {
            hidden: vec![128, 64, 12],
            latent: 2,
            scaling: InputScaling::Global,
            seed: 0,
        }
    }

    /// Sets the widths of the encoder's hidden layers.
    #[must_use]
    pub fn with_hidden(mut self, hidden: impl Into<Vec<usize>>) -> Self {
        self.hidden = hidden.into();
        self
    }

    /// Sets the number of latent dimensions.
    #[must_use]
    pub fn with_latent(mut self, latent: usize) -> Self {
        self.latent = latent;
        self
    }

    /// Sets the input scaling.
    #[must_use]
    pub fn with_scaling(mut self, scaling: InputScaling) -> Self {
        self.scaling = scaling;
        self
    }

    /// Sets the seed of the initial weights.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks the layer widths and the number of latent dimensions.
    ///
    /// # Errors
    /// [`Error::Empty`] if there is no hidden layer, [`Error::OutOfRange`] if a width is 0 or the
    /// number of latent dimensions is not 2 to 16.
    pub fn validate(&self) -> Result<()> {
        if self.hidden.is_empty() {
            return Err(Error::Empty {
                what: "hidden layers",
            });
        }
        let latent = self.latent;
        let possible = (2..=MAX_LATENT).contains(&latent);
        check("latent dimensions", latent as f64, possible, "2 to 16")?;
        self.hidden
            .iter()
            .try_for_each(|&width| check("hidden width", width as f64, width > 0, "at least 1"))
    }
}

impl Default for AutoencoderConfig {
    fn default() -> Self {
        Self::paper()
    }
}

/// Scaling of the intensities before they enter the network. The reconstructions are scaled back.
///
/// Without scaling, a network does not learn patterns with a maximum of 1: the gradients are so
/// small that weight decay outweighs them, and the network always returns the mean pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InputScaling {
    /// Subtracts the mean training pattern, then divides by the root mean square of all differences
    /// in the training set. A model that always returns the mean pattern then has a loss of 1.
    #[default]
    Global,
    /// Subtracts the mean training pattern, then divides each point by its own standard deviation
    /// over the training patterns. The divisor is at least 1 % of the global root mean square, so
    /// that noise is not amplified where the intensity is nearly constant.
    PerPoint,
    /// No scaling.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_networks_are_refused() {
        let of = |hidden: Vec<usize>| AutoencoderConfig::default().with_hidden(hidden);
        assert!(of(vec![3, 1]).validate().is_ok());
        assert!(matches!(of(vec![]).validate(), Err(Error::Empty { .. })));
        let message = of(vec![3, 0]).validate().unwrap_err().to_string();
        assert_eq!(message, "hidden width is 0 (expected at least 1)");
        for (latent, possible) in [(0, false), (1, false), (2, true), (16, true), (17, false)] {
            let config = AutoencoderConfig::default().with_latent(latent);
            assert_eq!(config.validate().is_ok(), possible, "{latent}");
        }
    }
}
