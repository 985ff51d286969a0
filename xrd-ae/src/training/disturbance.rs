use crate::error::Result;

/// Random disturbance of training patterns.
///
/// A training with a disturbance teaches the network to return the undisturbed pattern: in each
/// epoch, the encoder gets a disturbed copy of each training pattern, and the loss compares the
/// output of the decoder with the pattern itself (P. Vincent et al., J. Mach. Learn. Res. 11, 3371
/// (2010)). With [`strain`](crate::TrainingConfig::strain), the pattern is strained first, and the
/// strained pattern is the one to return. Test and validation patterns are not disturbed.
pub trait Disturbance: Sync {
    /// Disturbs the intensities of the training pattern `index`, counted from 0, in an epoch,
    /// counted from 0.
    ///
    /// The result may depend only on the arguments and on the disturbance itself. The same seed
    /// then gives the same weights for any number of threads and after a pause.
    ///
    /// # Errors
    /// An error if the pattern cannot be disturbed.
    fn disturb(&self, epoch: usize, index: usize, pattern: &mut [f32]) -> Result<()>;

    /// Text that is the same for two disturbances only if they disturb every pattern in the same
    /// way. A training can only be resumed with the disturbance that it began with.
    fn fingerprint(&self) -> String;
}
