use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

const SYMBOLS: [&str; 118] = [
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl",
    "Ar", "K", "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As",
    "Se", "Br", "Kr", "Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In",
    "Sn", "Sb", "Te", "I", "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb",
    "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl",
    "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U", "Np", "Pu", "Am", "Cm", "Bk",
    "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh",
    "Fl", "Mc", "Lv", "Ts", "Og",
];

/// Chemical element with atomic number 1 to 118.
///
/// # Example
/// ```
/// use xrd_core::Element;
/// let iron: Element = "Fe".parse()?;
/// assert_eq!((iron.number(), iron.symbol()), (26, "Fe"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Element(u8);

impl Element {
    /// Element with this atomic number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the number is 1 to 118.
    pub fn from_number(number: u8) -> Result<Self> {
        if (1..=118).contains(&number) {
            return Ok(Self(number));
        }
        Err(Error::OutOfRange {
            what: "atomic number",
            value: f64::from(number),
            expected: "1 to 118",
        })
    }

    /// Element with this symbol. Upper and lower case are not distinguished, with two exceptions:
    /// the symbols "D" (deuterium) and "T" (tritium) give hydrogen, but "d" and "t" are refused.
    ///
    /// # Errors
    /// [`Error::UnknownElement`] for any other symbol.
    pub fn from_symbol(symbol: &str) -> Result<Self> {
        if ["D", "T"].contains(&symbol) {
            return Ok(Self(1));
        }
        SYMBOLS
            .iter()
            .position(|s| s.eq_ignore_ascii_case(symbol))
            .map(|i| Self(i as u8 + 1))
            .ok_or_else(|| Error::UnknownElement {
                symbol: symbol.to_owned(),
            })
    }

    /// Atomic number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Symbol of the element, such as "Fe".
    pub fn symbol(self) -> &'static str {
        SYMBOLS[usize::from(self.0) - 1]
    }
}

impl FromStr for Element {
    type Err = Error;

    fn from_str(symbol: &str) -> Result<Self> {
        Self::from_symbol(symbol)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_and_numbers_agree() {
        for number in 1..=118 {
            let element = Element::from_number(number).unwrap();
            assert_eq!(Element::from_symbol(element.symbol()), Ok(element));
            assert_eq!(element.to_string(), element.symbol());
        }
        let number = |s| Element::from_symbol(s).unwrap().number();
        let known = [("Fe", 26), ("Zr", 40), ("Sm", 62), ("U", 92), ("og", 118)];
        assert!(known.iter().all(|&(s, z)| number(s) == z));
        assert!(Element::from_number(0).is_err() && Element::from_number(119).is_err());
        assert!(Element::from_symbol("Xx").is_err());
    }
}
