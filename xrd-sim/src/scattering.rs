mod table;

use xrd_core::Species;

use crate::elementary::exp;
use crate::{Error, Result};

/// Coefficients of five Gaussians and a constant: f(s) = Σ aᵢ·exp(−bᵢ·s²) + c.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Coefficients {
    pub(crate) a: [f64; 5],
    pub(crate) b: [f64; 5],
    pub(crate) c: f64,
}

/// X-ray form factor (atomic scattering factor) of an atom or ion, in electrons.
///
/// f(s) = Σ aᵢ·exp(−bᵢ·s²) + c with s = sin θ/λ in Å⁻¹, valid for 0 <= s <= 6 Å⁻¹. The table
/// contains the neutral atoms from hydrogen to californium and 111 ions.
/// [`Dispersion`](crate::Dispersion) gives the corrections f′ and f″.
///
/// # Example
/// ```
/// use xrd_core::{Element, Species};
/// use xrd_sim::FormFactor;
/// let iron: Element = "Fe".parse()?;
/// let atom = FormFactor::of(iron)?;
/// assert!((atom.at(0.0) - 26.0).abs() < 0.01);
/// assert!(atom.at(1.0) < atom.at(0.5));
/// let ion = FormFactor::of(Species { element: iron, charge: Some(3) })?;
/// assert!((ion.at(0.0) - 23.0).abs() < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// D. Waasmaier and A. Kirfel, Acta Cryst. A51, 416 (1995), eq. 1 and table 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormFactor(&'static Coefficients);

impl FormFactor {
    /// Returns the form factor of an atom or ion.
    ///
    /// If an ion, such as Fe⁴⁺, is not in the table, the result is the form factor of the neutral
    /// atom. The two form factors differ only at low angles.
    ///
    /// # Errors
    /// [`Error::NoFormFactor`] for elements after californium (Z = 98).
    pub fn of(species: impl Into<Species>) -> Result<Self> {
        let Species { element, charge } = species.into();
        let stated = find(element.number(), charge.unwrap_or(0));
        stated
            .or_else(|| find(element.number(), 0))
            .ok_or(Error::NoFormFactor { element })
    }

    /// Returns the form factor in electrons at s = sin θ/λ in Å⁻¹.
    pub fn at(self, s: f64) -> f64 {
        let Coefficients { a, b, c } = self.0;
        a.iter()
            .zip(b)
            .fold(*c, |sum, (a, b)| sum + a * exp(-b * s * s))
    }

    pub(crate) fn coefficients(self) -> &'static Coefficients {
        self.0
    }
}

fn find(number: u8, charge: i8) -> Option<FormFactor> {
    let found = table::FORM_FACTORS.binary_search_by_key(&(number, charge), |row| row.0);
    Some(FormFactor(&table::FORM_FACTORS[found.ok()?].1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::Element;

    fn every_factor() -> impl Iterator<Item = (u8, i8, FormFactor)> {
        let rows = table::FORM_FACTORS.iter();
        rows.map(|((z, charge), coefficients)| (*z, *charge, FormFactor(coefficients)))
    }

    #[test]
    fn at_zero_there_are_z_electrons_less_the_charge() {
        for (z, charge, factor) in every_factor() {
            let (f0, electrons) = (factor.at(0.0), f64::from(z) - f64::from(charge));
            // The fits miss f(0) by a few hundredths of an electron at most.
            assert!((f0 - electrons).abs() < 0.05, "{z} {charge}: f(0) = {f0}");
        }
    }

    #[test]
    fn every_species_of_the_table_is_found() {
        assert!(table::FORM_FACTORS.is_sorted_by(|a, b| a.0 < b.0));
        for (z, charge, factor) in every_factor() {
            let element = Element::from_number(z).unwrap();
            let charge = Some(charge);
            let found = FormFactor::of(Species { element, charge }).unwrap();
            assert!(std::ptr::eq(found.0, factor.0));
        }
        let neutral = |z: &u8| table::FORM_FACTORS.iter().any(|row| row.0 == (*z, 0));
        assert_eq!(
            (1..=118).filter(neutral).collect::<Vec<u8>>(),
            (1..=98).collect::<Vec<u8>>()
        );
    }

    #[test]
    fn factors_fall_with_angle_and_stay_positive() {
        for (z, charge, factor) in every_factor() {
            let values: Vec<f64> = (0..=60).map(|i| factor.at(0.1 * f64::from(i))).collect();
            assert!(
                values.windows(2).all(|v| v[1] < v[0] + 0.01),
                "{z} {charge}"
            );
            assert!(values.iter().all(|&v| v > -0.05), "{z} {charge}");
        }
    }

    #[test]
    fn an_unlisted_charge_is_neutral_and_beyond_the_table_is_refused() {
        let species = |z, charge| Species {
            element: Element::from_number(z).unwrap(),
            charge,
        };
        let neutral = FormFactor::of(species(26, None)).unwrap();
        assert_eq!(FormFactor::of(species(26, Some(4))).unwrap(), neutral);
        assert!(matches!(
            FormFactor::of(species(99, None)),
            Err(Error::NoFormFactor { .. })
        ));
    }
}
