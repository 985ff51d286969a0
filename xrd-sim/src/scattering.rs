mod table;

use xrd_core::Element;

use crate::{Error, Result};

/// Five Gaussians and a constant: f(s) = Σ aᵢ·exp(−bᵢ·s²) + c.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Coefficients {
    a: [f64; 5],
    b: [f64; 5],
    c: f64,
}

/// The scattering factor of a neutral atom in electrons.
///
/// f(s) = Σ aᵢ·exp(−bᵢ·s²) + c with s = sin θ/λ in Å⁻¹, valid for 0 <= s <= 6 Å⁻¹, for hydrogen
/// to californium. Dispersion (f′, f″) is not included.
///
/// # Example
/// ```
/// use xrd_sim::FormFactor;
/// let iron = FormFactor::of("Fe".parse()?)?;
/// assert!((iron.at(0.0) - 26.0).abs() < 0.01);
/// assert!(iron.at(1.0) < iron.at(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// D. Waasmaier and A. Kirfel, Acta Cryst. A51, 416 (1995), eq. 1 and table 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormFactor(&'static Coefficients);

impl FormFactor {
    /// The form factor of an element.
    ///
    /// # Errors
    /// [`Error::NoFormFactor`] beyond californium (Z = 98).
    pub fn of(element: Element) -> Result<Self> {
        table::NEUTRAL
            .get(usize::from(element.number()) - 1)
            .map(Self)
            .ok_or(Error::NoFormFactor { element })
    }

    /// f at s = sin θ/λ in Å⁻¹, in electrons.
    pub fn at(self, s: f64) -> f64 {
        let Coefficients { a, b, c } = self.0;
        a.iter()
            .zip(b)
            .fold(*c, |sum, (a, b)| sum + a * (-b * s * s).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_zero_there_are_z_electrons() {
        for z in 1..=98 {
            let element = Element::from_number(z).unwrap();
            let f0 = FormFactor::of(element).unwrap().at(0.0);
            // The fits miss f(0) by a few hundredths of an electron at most.
            assert!((f0 - f64::from(z)).abs() < 0.05, "{element}: f(0) = {f0}");
        }
    }

    #[test]
    fn factors_fall_with_angle_and_stay_positive() {
        for z in 1..=98 {
            let f = FormFactor::of(Element::from_number(z).unwrap()).unwrap();
            let values: Vec<f64> = (0..=60).map(|i| f.at(0.1 * f64::from(i))).collect();
            assert!(values.windows(2).all(|v| v[1] < v[0] + 0.01), "Z = {z}");
            assert!(values.iter().all(|&v| v > -0.05), "Z = {z}");
        }
    }

    #[test]
    fn beyond_the_table_is_refused() {
        let element = Element::from_number(99).unwrap();
        assert!(matches!(
            FormFactor::of(element),
            Err(Error::NoFormFactor { .. })
        ));
    }
}
