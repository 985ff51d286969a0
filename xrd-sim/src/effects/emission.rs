use xrd_core::Wavelength;

use crate::error::within;
use crate::{Anode, Result, Series};

/// Emission lines Kα2 and Kβ of an X-ray tube, in addition to Kα1.
///
/// Every reflection appears once per emission line, and its intensity is proportional to the
/// intensity of the emission line. The intensity of Kα2 is about half that of Kα1. The intensity of
/// Kβ relative to Kα1 is about 1/7 without a filter, 1/100 with a filter and 0 with a
/// monochromator.
///
/// # References
/// International Tables for Crystallography C (2004), section 4.2.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Emission {
    anode: Anode,
    k_alpha2: f64,
    k_beta: f64,
}

impl Emission {
    /// Creates the effect from the anode of the tube and the intensities of Kα2 and Kβ relative to
    /// Kα1.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless both intensities are 0 to 1.
    pub fn new(anode: Anode, k_alpha2: f64, k_beta: f64) -> Result<Self> {
        Ok(Self {
            anode,
            k_alpha2: within("Kα2 : Kα1", k_alpha2, 0.0..=1.0, "0 to 1")?,
            k_beta: within("Kβ : Kα1", k_beta, 0.0..=1.0, "0 to 1")?,
        })
    }

    /// Returns the anode.
    pub fn anode(&self) -> Anode {
        self.anode
    }

    /// Returns the wavelengths of Kα2 and Kβ, each with its intensity relative to Kα1.
    ///
    /// Emission lines of zero intensity are skipped.
    pub fn satellites(&self) -> impl Iterator<Item = (Wavelength, f64)> {
        let of = |series| self.anode.line(series).wavelength();
        [
            (of(Series::KAlpha2), self.k_alpha2),
            (of(Series::KBeta), self.k_beta),
        ]
        .into_iter()
        .filter(|(_, intensity)| *intensity > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_intensity_are_none() {
        let lines = |a, b| Emission::new(Anode::Cu, a, b).unwrap().satellites().count();
        assert_eq!(
            [lines(0.0, 0.0), lines(0.5, 0.0), lines(0.5, 0.01)],
            [0, 1, 2]
        );
        assert!(Emission::new(Anode::Cu, f64::NAN, 0.0).is_err());
        assert!(Emission::new(Anode::Cu, 0.5, -0.1).is_err());
    }
}
