use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use xrd_core::Wavelength;

use crate::{Error, Result};

/// Anode of an X-ray tube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
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
    /// All anodes.
    pub const ALL: [Self; 6] = [Self::Cr, Self::Fe, Self::Co, Self::Cu, Self::Mo, Self::Ag];

    /// Wavelengths of Kα1, Kα2 and Kβ1,3 in Å.
    ///
    /// # References
    /// International Tables for Crystallography C (2004), table 4.2.2.1.
    pub(crate) fn angstrom(self) -> [f64; 3] {
        match self {
            Self::Cr => [2.289_726_0, 2.293_651_0, 2.084_881_0],
            Self::Fe => [1.936_041_0, 1.939_973_0, 1.756_604_0],
            Self::Co => [1.788_996_0, 1.792_835_0, 1.620_826_0],
            Self::Cu => [1.540_592_9, 1.544_427_4, 1.392_234_0],
            Self::Mo => [0.709_317_15, 0.713_607_0, 0.632_303_0],
            Self::Ag => [0.559_421_78, 0.563_813_1, 0.497_082_0],
        }
    }

    /// Returns the wavelength of Kα1.
    pub fn k_alpha1(self) -> Wavelength {
        self.line(Series::KAlpha1).wavelength()
    }

    /// Returns a K line of this anode.
    pub fn line(self, series: Series) -> TubeLine {
        TubeLine {
            anode: self,
            series,
        }
    }
}

/// Kind of K line: Kα, Kα1, Kα2 or Kβ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Series {
    /// Mean of Kα1 and Kα2, with the weights 2 : 1.
    KAlpha,
    /// Stronger line of the Kα doublet.
    KAlpha1,
    /// Weaker line of the Kα doublet.
    KAlpha2,
    /// Lines Kβ1 and Kβ3 together. Diffractometers do not resolve them.
    KBeta,
}

impl Series {
    /// All K lines.
    pub const ALL: [Self; 4] = [Self::KAlpha, Self::KAlpha1, Self::KAlpha2, Self::KBeta];

    /// Weights of Kα1, Kα2 and Kβ in the line.
    pub(crate) fn shares(self) -> [f64; 3] {
        match self {
            Self::KAlpha => [2.0 / 3.0, 1.0 / 3.0, 0.0],
            Self::KAlpha1 => [1.0, 0.0, 0.0],
            Self::KAlpha2 => [0.0, 1.0, 0.0],
            Self::KBeta => [0.0, 0.0, 1.0],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::KAlpha => "Ka",
            Self::KAlpha1 => "Ka1",
            Self::KAlpha2 => "Ka2",
            Self::KBeta => "Kb",
        }
    }
}

/// Characteristic line of an X-ray tube, with a wavelength and a name such as CuKa1.
///
/// # Example
/// ```
/// use xrd_sim::TubeLine;
/// let line: TubeLine = "CuKa1".parse()?;
/// assert_eq!(line.wavelength().as_angstrom(), 1.5405929);
/// let mean: TubeLine = "Mo Kα".parse()?;
/// assert_eq!(mean.to_string(), "MoKa");
/// assert!("CuKa3".parse::<TubeLine>().is_err());
/// # Ok::<(), xrd_sim::Error>(())
/// ```
///
/// # References
/// International Tables for Crystallography C (2004), table 4.2.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TubeLine {
    /// Anode.
    pub anode: Anode,
    /// Kind of K line.
    pub series: Series,
}

impl TubeLine {
    /// Returns all lines of all anodes.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |anode: Anode| Series::ALL.map(|series| anode.line(series));
        Anode::ALL.into_iter().flat_map(of)
    }

    /// Finds the line with a given wavelength.
    ///
    /// The relative difference of the two wavelengths must be less than 10⁻⁴. The result is `None`
    /// if there is no such line.
    pub fn at(wavelength: Wavelength) -> Option<Self> {
        Self::all().find(|line| line.wavelength().same_as(wavelength))
    }

    /// Returns the wavelength.
    #[allow(
        clippy::missing_panics_doc,
        reason = "every line of the table is in range"
    )]
    pub fn wavelength(self) -> Wavelength {
        let parts = self.anode.angstrom().into_iter();
        let mean = parts.zip(self.series.shares()).map(|(x, share)| x * share);
        Wavelength::angstrom(mean.sum()).expect("the table's wavelengths are in range")
    }
}

impl fmt::Display for TubeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{}", self.anode, self.series.name())
    }
}

impl FromStr for TubeLine {
    type Err = Error;

    /// Parses a name such as "CuKa1".
    ///
    /// Case is ignored. The letters α and β are read as a and b. Spaces, `-` and `_` may separate
    /// the parts of the name.
    fn from_str(text: &str) -> Result<Self> {
        let plain = |text: &str| -> String {
            let letters = text.chars().filter(|c| !" -_".contains(*c));
            let latin = letters.flat_map(char::to_lowercase).map(|c| match c {
                'α' => 'a',
                'β' => 'b',
                c => c,
            });
            latin.collect()
        };
        let wanted = plain(text);
        Self::all()
            .find(|line| plain(&line.to_string()) == wanted)
            .ok_or_else(|| Error::NoSuchLine { name: text.into() })
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
    fn every_line_is_found_by_its_name_and_by_its_wavelength() {
        for line in TubeLine::all() {
            assert_eq!(line.to_string().parse(), Ok(line));
            assert_eq!(line.to_string().to_lowercase().parse(), Ok(line));
            assert_eq!(TubeLine::at(line.wavelength()), Some(line));
        }
        let cu = |series| Ok(Anode::Cu.line(series));
        assert_eq!("Cu-Kα2".parse(), cu(Series::KAlpha2));
        assert_eq!("CU K_B".parse(), cu(Series::KBeta));
    }

    /// Numbers as programs write them: rounded, of an older scale, the mean to fewer digits.
    #[test]
    fn wavelengths_in_use_are_lines() {
        let at = |angstrom| TubeLine::at(Wavelength::angstrom(angstrom).unwrap());
        for (angstrom, name) in [
            (1.5406, "CuKa1"),
            (1.54056, "CuKa1"),
            (1.5418, "CuKa"),
            (1.54184, "CuKa"),
            (1.39222, "CuKb"),
            (0.7107, "MoKa"),
            (0.70930, "MoKa1"),
            (1.79026, "CoKa"),
        ] {
            assert_eq!(at(angstrom).map(|l| l.to_string()).as_deref(), Some(name));
        }
        assert_eq!(at(0.496), None);
        assert_eq!(at(1.0), None);
    }

    #[test]
    fn other_names_are_refused_with_all_there_are() {
        for name in ["", "Cu", "CuKa3", "ZnKa", "1.5406", "CuKaKa1"] {
            let message = name.parse::<TubeLine>().unwrap_err().to_string();
            assert!(
                message.contains("Cu") && message.contains("Ka1"),
                "{message}"
            );
        }
    }
}
