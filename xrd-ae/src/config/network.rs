use crate::error::{Error, Result, check};

/// Largest number of latent dimensions.
const MAX_LATENT: usize = 16;

/// Settings of an autoencoder: layer widths, input scaling, and seed of the initial weights.
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
    /// Numbers of units in the hidden layers of the encoder, from the input to the latent layer.
    /// The decoder has the same hidden layers in reverse order.
    pub hidden: Vec<usize>,
    /// Number of latent dimensions, 2 to 16. The middle layer of the network has this number of
    /// units. The outputs of these units are the coordinates of a pattern in the latent space.
    ///
    /// With two dimensions, the latent plane is the whole latent space. With more dimensions, the
    /// latent plane is fitted to the latent points of the training patterns. The plane contains
    /// the mean of these points. The axes of the plane are the first two principal axes of these
    /// points: the two perpendicular directions in which the points vary most.
    pub latent: usize,
    /// Scaling of the intensities at the input of the network.
    pub scaling: InputScaling,
    /// Seed of the random initial weights.
    pub seed: u64,
}

impl AutoencoderConfig {
    /// Returns the settings of Utimula et al. (2022): hidden layers of 128, 64 and 12 units, and
    /// two latent dimensions.
    ///
    /// The paper does not state the input scaling. This function chooses [`InputScaling::Global`]
    /// and the seed 0.
    pub fn paper() -> Self {
        Self {
            hidden: vec![128, 64, 12],
            latent: 2,
            scaling: InputScaling::Global,
            seed: 0,
        }
    }

    /// Sets the numbers of units in the hidden layers of the encoder.
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

    /// Sets the seed of the random initial weights.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks the layer widths and the number of latent dimensions.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there is no hidden layer.
    /// - [`Error::OutOfRange`] if a hidden layer has no units, or if the number of latent
    ///   dimensions is less than 2 or greater than 16.
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

/// Scaling of the intensities at the input of the network. The output of the network is scaled back
/// to intensities.
///
/// Without scaling, patterns with a maximum of 1 have very small gradients. Weight decay (see
/// [`Decay`](crate::Decay)) is stronger than these gradients. The network then learns the mean
/// pattern only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InputScaling {
    /// Subtracts the mean training pattern, and divides all intensities by one number. This number
    /// is the root mean square of all differences between training patterns and their mean. A model
    /// that always returns the mean pattern then has a mean squared error of 1.
    #[default]
    Global,
    /// Subtracts the mean training pattern, and divides the intensity at each grid point by its
    /// standard deviation over the training patterns. The divisor is at least 1 % of the divisor of
    /// [`Global`](Self::Global). This limit prevents the amplification of noise at grid points
    /// where all training patterns have nearly the same intensity.
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
