//! Checks of the cell against the formula and the volume that the file states.

use xrd_core::{Element, Lattice};

use super::{Reader, amounts};
use crate::cif::number;
use crate::structure::crystal::Site;
use crate::structure::formula::Amounts;

/// Relative tolerance for rounded amounts and volumes.
const ROUNDING_OF_AMOUNTS: f64 = 0.05;
const ROUNDING_OF_VOLUMES: f64 = 0.01;

/// Tolerance for the amount of one element, relative to the total content of the cell.
const TRACE: f64 = 0.01;

impl Reader<'_> {
    /// Warns if the content of the cell is not a whole number of formula units.
    pub(super) fn check_content(&mut self, sites: &[Site]) {
        let content = amounts(sites);
        if self.formula.is_empty() || content.is_empty() {
            return;
        }
        let units = self.block.text(&["_cell_formula_units_z"]);
        let (off, what) = match units.and_then(number) {
            Some(units) if self.is_formula_of_cell(&content, units.value) => (Vec::new(), ""),
            Some(units) => (
                self.off_in_number(&content, units.value),
                "Z times the formula",
            ),
            None => (
                self.off_in_ratio(&content),
                "the elements of the formula in their ratios",
            ),
        };
        if !off.is_empty() {
            let parts: Vec<String> = off.iter().take(4).map(Off::to_string).collect();
            let text = parts.join(", ");
            self.warn(format!("the cell does not hold {what}: {text}"));
        }
    }

    /// Whether the formula is that of the whole cell and Z counts smaller units, as pymatgen writes.
    fn is_formula_of_cell(&self, content: &Amounts, units: f64) -> bool {
        let is_whole = |n: &f64| ((n / units) - (n / units).round()).abs() < 1e-6;
        units > 1.0
            && self.formula.values().all(is_whole)
            && self.off_in_number(content, 1.0).is_empty()
    }

    /// The elements whose amount in the cell differs from their amount in `units` formula units.
    fn off_in_number(&self, content: &Amounts, units: f64) -> Vec<Off> {
        let tolerance = |expected: f64| (ROUNDING_OF_AMOUNTS * expected).max(0.5);
        let all = self.formula.iter().map(|(e, n)| (*e, n * units));
        all.filter_map(|(element, expected)| {
            Off::of(element, content, expected, tolerance(expected))
        })
        .collect()
    }

    /// The elements whose amount in the cell does not fit any number of formula units.
    fn off_in_ratio(&self, content: &Amounts) -> Vec<Off> {
        let of = |amounts: &Amounts, e: &Element| amounts.get(e).copied().unwrap_or(0.0);
        let located = |e: &&Element| !is_hydrogen(**e);
        let formula = || self.formula.iter().filter(|(e, _)| located(e));
        let squares: f64 = formula().map(|(_, n)| n * n).sum();
        let products: f64 = formula().map(|(e, n)| n * of(content, e)).sum();
        if squares <= 0.0 || products <= 0.0 {
            return Vec::new();
        }
        let units = products / squares;
        let total: f64 = content
            .iter()
            .filter(|(e, _)| located(e))
            .map(|(_, n)| n)
            .sum();
        let extra = content.keys().filter(|e| !self.formula.contains_key(e));
        let all = self.formula.keys().chain(extra);
        all.filter_map(|element| {
            let expected = units * of(&self.formula, element);
            let tolerance = (ROUNDING_OF_AMOUNTS * expected).max(TRACE * total);
            Off::of(*element, content, expected, tolerance)
        })
        .collect()
    }

    /// Warns if the stated volume differs from the volume calculated from the cell.
    pub(super) fn check_volume(&mut self, lattice: Option<&Lattice>) {
        let stated = self.block.text(&["_cell_volume"]).and_then(number);
        let (Some(lattice), Some(stated)) = (lattice, stated) else {
            return;
        };
        let volume = lattice.volume();
        if (volume - stated.value).abs() > ROUNDING_OF_VOLUMES * volume {
            let stated = stated.value;
            self.warn(format!(
                "the volume of the cell is {volume:.2} cubic angstrom, _cell_volume {stated}"
            ));
        }
    }
}

/// An element whose amount in the cell is too large or too small.
struct Off {
    element: Element,
    found: f64,
    expected: f64,
}

impl Off {
    /// Returns the deviation of one element from its expected amount. Hydrogen is never reported,
    /// because it is often not located.
    fn of(element: Element, content: &Amounts, expected: f64, tolerance: f64) -> Option<Self> {
        let found = content.get(&element).copied().unwrap_or(0.0);
        let is_off = !is_hydrogen(element) && (found - expected).abs() > tolerance;
        is_off.then_some(Self {
            element,
            found,
            expected,
        })
    }
}

impl std::fmt::Display for Off {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let [found, expected] = [self.found, self.expected].map(rounded);
        write!(f, "{} {found} (formula: {expected})", self.element)
    }
}

/// An amount without the rounding error of its sum.
pub(super) fn rounded(amount: f64) -> f64 {
    (amount * 1e4).round() / 1e4
}

fn is_hydrogen(element: Element) -> bool {
    element.number() == 1
}
