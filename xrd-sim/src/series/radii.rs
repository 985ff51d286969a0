//! Covalent radii of the elements.

use xrd_core::Element;

use crate::{Error, Result};

/// Covalent radii in Å of the elements 1 to 96; for sp³ carbon and low-spin manganese,
/// iron and cobalt.
///
/// B. Cordero et al., Dalton Trans. 2832 (2008), table 2, DOI 10.1039/b801115j.
#[rustfmt::skip]
const RADII: [f64; 96] = [
    0.31, 0.28,
    1.28, 0.96, 0.84, 0.76, 0.71, 0.66, 0.57, 0.58,
    1.66, 1.41, 1.21, 1.11, 1.07, 1.05, 1.02, 1.06,
    2.03, 1.76, 1.70, 1.60, 1.53, 1.39, 1.39, 1.32, 1.26, 1.24, 1.32, 1.22,
    1.22, 1.20, 1.19, 1.20, 1.20, 1.16,
    2.20, 1.95, 1.90, 1.75, 1.64, 1.54, 1.47, 1.46, 1.42, 1.39, 1.45, 1.44,
    1.42, 1.39, 1.39, 1.38, 1.39, 1.40,
    2.44, 2.15, 2.07, 2.04, 2.03, 2.01, 1.99, 1.98, 1.98, 1.96, 1.94, 1.92, 1.92, 1.89, 1.90, 1.87,
    1.87, 1.75, 1.70, 1.62, 1.51, 1.44, 1.41, 1.36, 1.36, 1.32,
    1.45, 1.46, 1.48, 1.40, 1.50, 1.50,
    2.60, 2.21, 2.15, 2.06, 2.00, 1.96, 1.90, 1.87, 1.80, 1.69,
];

/// Returns the covalent radius of an element in Å.
///
/// # Errors
/// [`Error::OutOfRange`] for elements after curium (Z = 96).
///
/// # References
/// B. Cordero et al., Dalton Trans. 2832 (2008), DOI 10.1039/b801115j.
pub fn covalent_radius(element: Element) -> Result<f64> {
    let number = usize::from(element.number());
    RADII.get(number - 1).copied().ok_or(Error::OutOfRange {
        what: "atomic number for a covalent radius",
        value: number as f64,
        expected: "1 to 96",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_table_end_with_noble_gases_and_metals() {
        let radius = |symbol: &str| covalent_radius(symbol.parse().unwrap()).unwrap();
        let radii = ["H", "Ar", "Zn", "Kr", "Cd", "Xe", "Lu", "Rn", "Cm"].map(radius);
        assert_eq!(
            radii,
            [0.31, 1.06, 1.22, 1.16, 1.44, 1.40, 1.87, 1.50, 1.69]
        );
        assert!(covalent_radius("Bk".parse().unwrap()).is_err());
    }
}
