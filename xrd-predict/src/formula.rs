//! Chemical formulas.

mod parse;
mod reduced;

pub use parse::{FormulaError, Reason};
pub use reduced::{Anonymous, Reduced};

use std::fmt;
use std::str::FromStr;

use xrd_core::Element;

/// A chemical formula: the text, and the amount of each element.
///
/// Brackets `()`, `[]` and `{}`, decimal fractions, subscript digits and hydrates (`·` or `*`) are
/// understood. Charges with a number (`Pb2+`, `Pb²⁺`, `Pb^2+^`) are passed over.
///
/// # Example
/// ```
/// use xrd_predict::Formula;
///
/// let gypsum: Formula = "CaSO4·2H2O".parse()?;
/// let amounts: Vec<String> = gypsum.amounts().iter().map(|(e, n)| format!("{e}{n}")).collect();
/// assert_eq!(amounts.join(" "), "H4 O6 S1 Ca1");
/// assert_eq!(gypsum.reduced().unwrap().to_string(), "CaH4O6S");
///
/// let error = "Fe2(O3".parse::<Formula>().unwrap_err();
/// assert_eq!(error.to_string(), "bracket '(' is not closed at character 4");
/// # Ok::<(), xrd_predict::FormulaError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    /// In the order of atomic numbers.
    amounts: Vec<(Element, f64)>,
}

impl Formula {
    /// The text from which the formula was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Amounts of the elements, all positive and finite, in the order of atomic numbers.
    pub fn amounts(&self) -> &[(Element, f64)] {
        &self.amounts
    }

    /// The smallest formula with the same ratios in whole numbers. `None` if the ratios are not those of
    /// whole numbers up to 10,000 (within 10⁻⁹).
    pub fn reduced(&self) -> Option<Reduced> {
        Reduced::of(&self.amounts)
    }
}

impl FromStr for Formula {
    type Err = FormulaError;

    fn from_str(text: &str) -> Result<Self, FormulaError> {
        Ok(Self {
            text: text.to_owned(),
            amounts: parse::amounts(text)?,
        })
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
