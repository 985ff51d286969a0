use crate::{Error, Library, Neighbour, Result};

/// Number of space groups.
const GROUPS: usize = 230;

/// How the nearest entries of a library vote for space groups.
///
/// The weight of a space group is Σ exp(`sharpness` · (similarity − `least`)), summed over those of the
/// nearest entries that have it. Beside a floor of 1, the weights say little if no entry is much more similar than
/// `least`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Votes {
    /// Number of entries that vote.
    pub voters: usize,
    /// Factor of the similarity in the exponent.
    pub sharpness: f64,
    /// Similarity at which a vote has the weight 1.
    pub least: f64,
}

impl Default for Votes {
    fn default() -> Self {
        Self {
            voters: 50,
            sharpness: 30.0,
            least: 0.7,
        }
    }
}

impl Votes {
    /// Returns the weights of the space groups 1 to 230, in this order.
    ///
    /// `nearest` are entries of `library`, the most similar first. The weights are not
    /// negative, and not normalised.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the sharpness is not 0 to 500, if `least` is not 0 to 1, or if a similarity is
    /// not 0 to 1.
    pub fn weights(&self, library: &Library, nearest: &[Neighbour]) -> Result<Vec<f64>> {
        let within = |what, value: f64, most, expected| match (0.0..=most).contains(&value) {
            true => Ok(value),
            false => Err(Error::OutOfRange {
                what,
                value,
                expected,
            }),
        };
        within("sharpness of votes", self.sharpness, 500.0, "0 to 500")?;
        within("least similarity of votes", self.least, 1.0, "0 to 1")?;
        let mut weights = vec![0.0; GROUPS];
        for neighbour in nearest.iter().take(self.voters) {
            let similarity = within("similarity", neighbour.similarity, 1.0, "0 to 1")?;
            if let Some(title) = library.title(neighbour.index) {
                let weight = (self.sharpness * (similarity - self.least)).exp();
                weights[usize::from(title.space_group) - 1] += weight;
            }
        }
        Ok(weights)
    }
}
