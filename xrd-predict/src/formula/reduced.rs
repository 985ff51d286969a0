use std::fmt;

use serde::{Deserialize, Serialize};
use xrd_core::Element;

/// Largest sum of the amounts of a reduced formula.
const LARGEST: f64 = 10_000.0;
/// Largest deviation of an amount from a whole number, relative to the amount.
const NEAR: f64 = 1e-9;

/// A formula in the smallest whole numbers: Ca₂H₄O₄ is CaH₂O₂. The elements are in the order of atomic
/// numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reduced(Vec<(Element, u32)>);

/// The amounts of a reduced formula without its elements, in ascending order: CaTiO₃ is 1:1:3, written ABC3.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Anonymous(Vec<u32>);

impl Reduced {
    /// Reduces positive amounts of different elements. `None` if there are none, or if they are not in ratios
    /// of whole numbers up to 10,000.
    pub fn of(amounts: &[(Element, f64)]) -> Option<Self> {
        let smallest = amounts
            .iter()
            .map(|(_, n)| *n)
            .fold(f64::INFINITY, f64::min);
        let sum: f64 = amounts.iter().map(|(_, n)| n / smallest).sum();
        if amounts.is_empty() || !(smallest > 0.0 && sum <= LARGEST) {
            return None;
        }
        let most = (LARGEST / sum) as u32;
        let whole = |units: u32| {
            let scaled = amounts.iter().map(|(_, n)| n / smallest * f64::from(units));
            let rounded: Vec<u32> = scaled.clone().map(|n| n.round() as u32).collect();
            let is_near = |(n, r): (f64, &u32)| (n - f64::from(*r)).abs() <= NEAR * n;
            scaled.zip(&rounded).all(is_near).then_some(rounded)
        };
        let counts = (1..=most).find_map(whole)?;
        let mut elements: Vec<(Element, u32)> =
            amounts.iter().map(|(e, _)| *e).zip(counts).collect();
        elements.sort_unstable();
        elements
            .windows(2)
            .all(|w| w[0].0 != w[1].0)
            .then_some(())?;
        Some(Self(elements))
    }

    /// Elements and their amounts, in the order of atomic numbers.
    pub fn elements(&self) -> &[(Element, u32)] {
        &self.0
    }

    /// Number of atoms of the formula.
    pub fn atoms(&self) -> u32 {
        self.0.iter().map(|(_, n)| n).sum()
    }

    /// The amounts without the elements.
    pub fn anonymous(&self) -> Anonymous {
        let mut counts: Vec<u32> = self.0.iter().map(|(_, n)| *n).collect();
        counts.sort_unstable();
        Anonymous(counts)
    }
}

impl Anonymous {
    /// The amounts in ascending order.
    pub fn counts(&self) -> &[u32] {
        &self.0
    }
}

impl fmt::Display for Reduced {
    /// The elements in alphabetical order, as in `CaO3Ti`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut symbols: Vec<(&str, u32)> = self.0.iter().map(|(e, n)| (e.symbol(), *n)).collect();
        symbols.sort_unstable();
        symbols
            .into_iter()
            .try_for_each(|(s, n)| write_part(f, s, n))
    }
}

impl fmt::Display for Anonymous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = ('A'..='Z').map(String::from);
        let more = (27..).map(|i| format!("X{i}_"));
        let mut names = letters.chain(more);
        self.0.iter().try_for_each(|n| {
            let name = names.next().unwrap_or_default();
            write_part(f, &name, *n)
        })
    }
}

fn write_part(f: &mut fmt::Formatter<'_>, name: &str, count: u32) -> fmt::Result {
    match count {
        1 => f.write_str(name),
        _ => write!(f, "{name}{count}"),
    }
}
