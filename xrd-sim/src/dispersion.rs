mod table;

use xrd_core::{Element, Wavelength};

use crate::{Error, Result, TubeLine};

/// f′ and f″: what a form factor is off near the absorption edges of its element.
///
/// f = f₀(s) + f′ + i·f″ in electrons, independent of the angle. There are values for hydrogen to
/// uranium (those of hydrogen and helium are 0) at the lines of [`TubeLine`]; the mean of Kα1 and
/// Kα2 has the mean of theirs. Other wavelengths, as of a synchrotron, have none.
///
/// By another table (Chantler, 1995) f″ is up to 5 % larger or smaller, and f′ mostly by less than
/// 0.1 electrons, by up to 1.1 in heavy elements; nearer than 3 % to an edge neither is certain.
///
/// # Example
/// ```
/// use xrd_sim::{Dispersion, TubeLine};
/// let cu: TubeLine = "CuKa1".parse()?;
/// let [f1, f2] = Dispersion::at(cu.wavelength())?.of("Fe".parse()?)?;
/// assert_eq!([f1, f2], [-1.1308, 3.1974]); // iron fluoresces in copper's light
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// D. T. Cromer and D. A. Liberman, Acta Cryst. A37, 267 (1981), as gemmi's `cromer_liberman` (M.
/// Wojdyr, J. Open Source Softw. 7, 4200, 2022) computes it; International Tables for
/// Crystallography C (2004), section 4.2.6.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion(TubeLine);

impl Dispersion {
    /// Dispersion at a wavelength.
    ///
    /// # Errors
    /// [`Error::NoDispersion`] unless the wavelength is within 10⁻⁴ of a tube's line.
    pub fn at(wavelength: Wavelength) -> Result<Self> {
        let line = TubeLine::at(wavelength).ok_or(Error::NoDispersion { wavelength })?;
        Ok(Self(line))
    }

    /// f′ and f″ of an element in electrons.
    ///
    /// # Errors
    /// [`Error::NoDispersionOf`] beyond uranium (Z = 92).
    pub fn of(self, element: Element) -> Result<[f64; 2]> {
        let row = table::DISPERSION.get(usize::from(element.number()) - 1);
        let lines = &row.ok_or(Error::NoDispersionOf { element })?[self.0.anode as usize];
        let shares = self.0.series.shares();
        Ok([0, 1].map(|i| (0..3).map(|line| shares[line] * lines[line][i]).sum()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Anode, Series};

    fn of(symbol: &str, line: &str) -> [f64; 2] {
        let line: TubeLine = line.parse().unwrap();
        let element = symbol.parse().unwrap();
        Dispersion::at(line.wavelength())
            .unwrap()
            .of(element)
            .unwrap()
    }

    /// A second table: D. C. Creagh and W. J. McAuley, International Tables C (1992), 4.2.6.8.
    #[test]
    fn well_known_values_are_those_of_the_international_tables() {
        for (symbol, line, expected) in [
            ("C", "CuKa", [0.0181, 0.0091]),
            ("O", "CuKa", [0.0492, 0.0322]),
            ("Si", "CuKa", [0.2541, 0.3302]),
            ("Fe", "CuKa", [-1.1336, 3.1974]),
            ("Cu", "CuKa", [-1.9646, 0.5888]),
            ("C", "MoKa", [0.0033, 0.0016]),
            ("O", "MoKa", [0.0106, 0.0060]),
            ("Si", "MoKa", [0.0817, 0.0704]),
            ("Fe", "MoKa", [0.3463, 0.8444]),
            ("Cu", "MoKa", [0.3201, 1.2651]),
            ("Br", "MoKa", [-0.2901, 2.4595]),
        ] {
            let found = of(symbol, line);
            for (found, expected) in found.iter().zip(expected) {
                let apart = (found - expected).abs();
                assert!(apart < 0.01 + 0.003 * expected.abs(), "{symbol} {line}");
            }
        }
    }

    /// Absorption between edges grows with the wavelength, steeply; an edge takes most of it away.
    #[test]
    fn f_double_prime_follows_the_edges() {
        let mut edges = Vec::new();
        for anode in Anode::ALL {
            let line = |series| Dispersion::at(anode.line(series).wavelength()).unwrap();
            for z in 3..=92 {
                let element = Element::from_number(z).unwrap();
                let at = |series| line(series).of(element).unwrap();
                let [one, two, mean] =
                    [Series::KAlpha1, Series::KAlpha2, Series::KAlpha].map(|s| at(s)[1]);
                assert!((0.0..30.0).contains(&one), "{element} {anode:?}: {one}");
                // Where no edge lies between the two, f″ grows about as λ² to λ³.
                let ratio = anode.angstrom()[1] / anode.angstrom()[0];
                let expected = one * ratio - 2e-4..=one * ratio.powf(3.5) + 2e-4;
                if !expected.contains(&two) {
                    edges.push(format!("{element} {anode:?}"));
                }
                assert!((mean - (2.0 * one + two) / 3.0).abs() < 1e-12);
                assert!((-25.0..2.0).contains(&at(Series::KAlpha1)[0]));
            }
        }
        // The K edge of ruthenium, 0.5605 Å, is between silver's Kα1 and Kα2.
        assert_eq!(edges, ["Ru Ag"]);
        // The K edge of nickel, 1.488 Å, is between copper's Kβ and Kα: it filters one.
        assert!(of("Ni", "CuKb")[1] > 5.0 * of("Ni", "CuKa1")[1]);
        assert!(of("Fe", "CuKa1")[1] > 5.0 * of("Fe", "CoKa1")[1]);
        assert!(of("Zr", "MoKb")[1] > 4.0 * of("Zr", "MoKa1")[1]);
    }

    #[test]
    fn what_the_table_lacks_is_refused() {
        let synchrotron = Wavelength::angstrom(0.496).unwrap();
        let message = Dispersion::at(synchrotron).unwrap_err().to_string();
        assert!(message.contains("0.496"), "{message}");
        let line = Dispersion::at(Anode::Cu.k_alpha1()).unwrap();
        let message = line.of("Np".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(
            message,
            "no f' and f'' of Np (Z = 93; the table ends at 92)"
        );
    }
}
