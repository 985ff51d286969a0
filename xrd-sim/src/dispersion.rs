mod energies;
mod table;

use xrd_core::{Element, Wavelength};

use crate::{Error, Result, TubeLine};

/// hc in eV Å.
const EV_ANGSTROM: f64 = 12_398.419_843_320_026;

/// Anomalous dispersion: the corrections f′ and f″ to X-ray form factors.
///
/// With dispersion, the form factor is f₀ + f′ + i·f″ in electrons, where f₀ is the
/// [`FormFactor`](crate::FormFactor). f′ and f″ do not depend on the angle. The elements from
/// hydrogen to uranium are available; f′ and f″ of hydrogen and helium are 0. The values have two
/// sources:
///
/// - For the wavelengths of a [`TubeLine`], the source is Cromer and Liberman (1981). For the mean
///   line Kα, f′ and f″ are the weighted means of the values for Kα1 and Kα2.
/// - For all other wavelengths from 0.0955 to 4.13 Å (3 to 130 keV), the source is the table of
///   Chantler (1995, 2000). The interpolation error is at most 0.02 electrons for f′ and 0.5 % for
///   f″.
///
/// At the wavelengths of tubes, the two sources differ by up to 5 % in f″. In f′ they usually
/// differ by less than 0.1 electrons, but by up to 1.1 electrons for heavy elements. Both sources
/// are uncertain if the photon energy is within 3 % of an absorption edge.
///
/// # Example
/// ```
/// use xrd_sim::{Dispersion, TubeLine};
/// let cu: TubeLine = "CuKa1".parse()?;
/// let [f1, f2] = Dispersion::at(cu.wavelength())?.of("Fe".parse()?)?;
/// assert_eq!([f1, f2], [-1.1308, 3.1974]); // above the K edge of iron
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// D. T. Cromer and D. A. Liberman, Acta Cryst. A37, 267 (1981), computed by `cromer_liberman` of
/// gemmi (M. Wojdyr, J. Open Source Softw. 7, 4200, 2022); International Tables for Crystallography
/// C (2004), section 4.2.6. C. T. Chantler, J. Phys. Chem. Ref. Data 24, 71 (1995) and 29, 597
/// (2000), from XrayDB (M. Newville).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion(Beam);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Beam {
    Tube(TubeLine),
    /// Photon energy in eV.
    Other(f64),
}

/// Range of the table in eV.
const ENERGIES: std::ops::RangeInclusive<f64> = 3_000.0..=130_000.0;

impl Dispersion {
    /// Creates the dispersion for a wavelength.
    ///
    /// # Errors
    /// [`Error::NoDispersion`] unless the wavelength is 0.0955 to 4.13 Å.
    pub fn at(wavelength: Wavelength) -> Result<Self> {
        if let Some(line) = TubeLine::at(wavelength) {
            return Ok(Self(Beam::Tube(line)));
        }
        let energy = EV_ANGSTROM / wavelength.as_angstrom();
        if !ENERGIES.contains(&energy) {
            return Err(Error::NoDispersion { wavelength });
        }
        Ok(Self(Beam::Other(energy)))
    }

    /// Returns f′ and f″ of an element in electrons.
    ///
    /// # Errors
    /// [`Error::NoDispersionOf`] for elements after uranium (Z = 92).
    pub fn of(self, element: Element) -> Result<[f64; 2]> {
        let row = table::DISPERSION.get(usize::from(element.number()) - 1);
        let row = row.ok_or(Error::NoDispersionOf { element })?;
        let line = match self.0 {
            Beam::Other(energy) => return Ok(energies::at(element, energy)),
            Beam::Tube(line) => line,
        };
        let (lines, shares) = (&row[line.anode as usize], line.series.shares());
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

    /// Checks that absorption grows steeply with the wavelength between edges and drops at an edge.
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
                // Without an edge between the two, f″ grows about as λ² to λ³.
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

    /// Compares the tables at each line of a tube, away from edges: f′ agrees mostly to 0.1
    /// electrons (1.2 for heavy elements), f″ to 8 %.
    #[test]
    fn other_wavelengths_continue_what_tubes_have() {
        let (mut primes, mut far) = (Vec::new(), 0);
        for anode in Anode::ALL {
            for series in [Series::KAlpha1, Series::KBeta] {
                let wavelength = anode.line(series).wavelength();
                // Outside the relative 1e-4 that counts as the line.
                let beside = Wavelength::angstrom(wavelength.as_angstrom() * 1.0002).unwrap();
                let [line, beside] = [wavelength, beside].map(|w| Dispersion::at(w).unwrap());
                for z in 1..=92 {
                    let element = Element::from_number(z).unwrap();
                    let [f1, f2] = line.of(element).unwrap();
                    let [g1, g2] = beside.of(element).unwrap();
                    primes.push((f1 - g1).abs());
                    let agrees = (f1 - g1).abs() < 1.2 && (f2 - g2).abs() < 0.003 + 0.08 * f2;
                    far += usize::from(!agrees);
                }
            }
        }
        primes.sort_by(f64::total_cmp);
        assert_eq!(primes.len(), 6 * 2 * 92);
        assert!(
            primes[primes.len() / 2] < 0.1,
            "{}",
            primes[primes.len() / 2]
        );
        assert!(20 * far < primes.len(), "{far}");
    }

    /// Values interpolated by the source of the table: f1_chantler and f2_chantler of XrayDB 4.5.8.
    const CHANTLER_AT_0_496: [(&str, [f64; 2]); 6] = [
        ("O", [0.00138, 0.00273]),
        ("Si", [0.03566, 0.03343]),
        ("Ti", [0.16349, 0.22352]),
        ("Fe", [0.23866, 0.43267]),
        ("Zr", [-0.16994, 2.14809]),
        ("Sm", [-0.65078, 1.83441]),
    ];

    #[test]
    fn a_synchrotron_has_the_values_of_chantler() {
        let at = Dispersion::at(Wavelength::angstrom(0.496).unwrap()).unwrap();
        for (symbol, expected) in CHANTLER_AT_0_496 {
            let found = at.of(symbol.parse().unwrap()).unwrap();
            assert!(
                (found[0] - expected[0]).abs() < 0.021,
                "{symbol}: {found:?}"
            );
            assert!(
                (found[1] / expected[1] - 1.0).abs() < 0.006,
                "{symbol}: {found:?}"
            );
        }
    }

    #[test]
    fn what_the_table_lacks_is_refused() {
        for angstrom in [0.09, 4.2] {
            let beyond = Wavelength::angstrom(angstrom).unwrap();
            let message = Dispersion::at(beyond).unwrap_err().to_string();
            assert!(message.contains(&angstrom.to_string()), "{message}");
        }
        let line = Dispersion::at(Anode::Cu.k_alpha1()).unwrap();
        let message = line.of("Np".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(
            message,
            "no f' and f'' of Np (Z = 93; the table ends at 92)"
        );
    }
}
