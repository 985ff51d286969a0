use serde::Deserialize;
use xrd_core::Wavelength;

use crate::Result;
use crate::error::within;

/// The anode of an X-ray tube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "element symbols")]
pub enum Anode {
    Cr,
    Fe,
    Co,
    Cu,
    Mo,
    Ag,
}

impl Anode {
    /// Every anode of the table.
    pub const ALL: [Self; 6] = [Self::Cr, Self::Fe, Self::Co, Self::Cu, Self::Mo, Self::Ag];

    /// Kα1, Kα2 and Kβ1,3 in Å.
    ///
    /// # References
    /// International Tables for Crystallography C (2004), table 4.2.2.1.
    fn angstrom(self) -> [f64; 3] {
        match self {
            Self::Cr => [2.289_726_0, 2.293_651_0, 2.084_881_0],
            Self::Fe => [1.936_041_0, 1.939_973_0, 1.756_604_0],
            Self::Co => [1.788_996_0, 1.792_835_0, 1.620_826_0],
            Self::Cu => [1.540_592_9, 1.544_427_4, 1.392_234_0],
            Self::Mo => [0.709_317_15, 0.713_607_0, 0.632_303_0],
            Self::Ag => [0.559_421_78, 0.563_813_1, 0.497_082_0],
        }
    }

    /// The wavelength of Kα1.
    pub fn k_alpha1(self) -> Wavelength {
        self.lines()[0]
    }

    fn lines(self) -> [Wavelength; 3] {
        self.angstrom()
            .map(|x| Wavelength::angstrom(x).expect("the table's wavelengths are in range"))
    }
}

/// The lines of a tube beside Kα1: Kα2, and what a filter leaves of Kβ.
///
/// Every reflection is seen at each wavelength, in proportion to the line's intensity. Kα2 has
/// about half the intensity of Kα1; Kβ about a seventh before any filter, a hundredth behind one,
/// and none behind a monochromator.
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
    /// The tube's anode and the intensities of Kα2 and Kβ relative to Kα1.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless both are 0 to 1.
    pub fn new(anode: Anode, k_alpha2: f64, k_beta: f64) -> Result<Self> {
        Ok(Self {
            anode,
            k_alpha2: within("Kα2 : Kα1", k_alpha2, 0.0..=1.0, "0 to 1")?,
            k_beta: within("Kβ : Kα1", k_beta, 0.0..=1.0, "0 to 1")?,
        })
    }

    /// The anode.
    pub fn anode(&self) -> Anode {
        self.anode
    }

    /// The lines that have any intensity besides Kα1, with their intensities relative to it.
    pub fn satellites(&self) -> impl Iterator<Item = (Wavelength, f64)> {
        let [_, k_alpha2, k_beta] = self.anode.lines();
        [(k_alpha2, self.k_alpha2), (k_beta, self.k_beta)]
            .into_iter()
            .filter(|(_, intensity)| *intensity > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moseley's law, 1/λ ∝ (Z − 1)², holds for the table row by row.
    #[test]
    fn wavelengths_follow_moseley() {
        let z = [24.0, 26.0, 27.0, 29.0, 42.0, 47.0];
        for (anode, z) in Anode::ALL.into_iter().zip(z) {
            let [k_alpha1, k_alpha2, k_beta] = anode.angstrom();
            let moseley: f64 = 1215.02 / ((z - 1.0) * (z - 1.0));
            assert!((k_alpha1 / moseley - 1.0).abs() < 0.03, "{anode:?}");
            assert!(k_alpha2 > k_alpha1 && k_alpha2 < 1.009 * k_alpha1);
            assert!((k_beta / k_alpha1 - 0.9).abs() < 0.013, "{anode:?}");
        }
    }

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
