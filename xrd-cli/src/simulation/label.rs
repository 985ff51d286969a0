//! Labels of a structure: formula, composition and symmetry.

use xrd_core::{Element, Structure};
use xrd_sim::{CrystalSystem, space_group};

use xrd_study::Table;

/// Californium, the last element with a form factor.
const LAST_ELEMENT: u8 = 98;

/// Formula, composition and symmetry of a structure.
pub(crate) struct Label {
    pub(crate) formula: String,
    /// Number of the space group, or why none was found.
    pub(crate) space_group: Result<u16, xrd_sim::Error>,
    /// Share of each element among the atoms.
    pub(crate) composition: Vec<(Element, f64)>,
}

impl Label {
    /// The label of a structure. `symprec` is the tolerance of the space-group search in Å.
    pub(crate) fn of(structure: &Structure, symprec: f64) -> Self {
        let amounts = structure.composition();
        let total: f64 = amounts.iter().map(|(_, n)| n).sum();
        let share = |&(element, n): &(Element, f64)| (element, n / total);
        Self {
            formula: formula(&amounts),
            space_group: space_group(structure, symprec),
            composition: amounts.iter().map(share).collect(),
        }
    }

    /// The columns of a table of labels, after the column of names.
    pub(crate) fn columns() -> Vec<String> {
        let words = ["formula", "space_group", "crystal_system"].map(str::to_owned);
        words
            .into_iter()
            .chain(elements().map(|e| e.to_string()))
            .collect()
    }

    /// The cells of these columns. Those of an unknown space group are empty.
    pub(crate) fn cells(&self) -> Vec<String> {
        let number = self.space_group.as_ref().copied().unwrap_or_default();
        let mut cells = vec![self.formula.clone(), String::new(), String::new()];
        if let Ok(system) = CrystalSystem::of_space_group(number) {
            cells[1] = number.to_string();
            cells[2] = system.name().to_owned();
        }
        let share = |e: Element| self.composition.iter().find(|(other, _)| *other == e);
        cells.extend(elements().map(|e| share(e).map_or(0.0, |(_, x)| *x).to_string()));
        cells
    }
}

/// Removes the columns of elements that no row contains.
pub(crate) fn without_absent(table: Table) -> Table {
    let is_absent = |c: usize| {
        table.header[c].parse::<Element>().is_ok() && table.rows.iter().all(|row| row[c] == "0")
    };
    let kept: Vec<usize> = (0..table.header.len()).filter(|&c| !is_absent(c)).collect();
    let chosen = |cells: &Vec<String>| kept.iter().map(|&c| cells[c].clone()).collect();
    Table {
        header: chosen(&table.header),
        rows: table.rows.iter().map(chosen).collect(),
    }
}

fn elements() -> impl Iterator<Item = Element> {
    (1..=LAST_ELEMENT).filter_map(|z| Element::from_number(z).ok())
}

/// The chemical formula in the Hill order: carbon, hydrogen, then alphabetically; without carbon all
/// alphabetically. Numbers are the smallest whole ones if the cell contains whole numbers of atoms,
/// else atoms per cell.
///
/// E. A. Hill, J. Am. Chem. Soc. 22, 478 (1900).
pub(crate) fn formula(amounts: &[(Element, f64)]) -> String {
    let whole = amounts.iter().all(|(_, n)| (n - n.round()).abs() < 1e-6);
    let divisor = match whole {
        true => amounts
            .iter()
            .fold(0, |d, (_, n)| greatest_common_divisor(d, n.round() as u64)),
        false => 1,
    };
    let carbon = amounts.iter().any(|(e, _)| e.symbol() == "C");
    let order = |e: Element| match e.symbol() {
        "C" => (0, "C"),
        "H" if carbon => (1, "H"),
        symbol => (2, symbol),
    };
    let mut sorted = amounts.to_vec();
    sorted.sort_by_key(|(e, _)| order(*e));
    let part = |(element, n): (Element, f64)| {
        let n = (n / divisor.max(1) as f64 * 1e4).round() / 1e4;
        match n {
            1.0 => element.to_string(),
            _ => format!("{element}{n}"),
        }
    };
    sorted.into_iter().map(part).collect()
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Atom, Lattice};

    fn amounts(parts: &[(&str, f64)]) -> Vec<(Element, f64)> {
        parts
            .iter()
            .map(|(e, n)| (e.parse().unwrap(), *n))
            .collect()
    }

    #[test]
    fn formulas_are_reduced_and_in_hills_order() {
        let of = |parts: &[(&str, f64)]| formula(&amounts(parts));
        assert_eq!(of(&[("Ga", 4.0), ("Te", 4.0)]), "GaTe");
        assert_eq!(of(&[("H", 8.0), ("C", 4.0), ("Ca", 2.0)]), "C2H4Ca");
        assert_eq!(of(&[("H", 2.0), ("O", 1.0), ("Al", 1.0)]), "AlH2O");
        assert_eq!(of(&[("Fe", 1.25), ("O", 1.0)]), "Fe1.25O");
        assert_eq!(of(&[("Fe", 2.999_999_9), ("O", 3.0)]), "FeO");
    }

    #[test]
    fn labels_have_a_cell_a_column() {
        let cell = Lattice::from_parameters(4.1, 4.1, 4.1, 90.0, 90.0, 90.0).unwrap();
        let atom = |s: &str, p| Atom::new(s.parse().unwrap(), p);
        let atoms = vec![atom("Cs", [0.0; 3]), atom("Cl", [0.5; 3])];
        let label = Label::of(&Structure::new(cell, atoms).unwrap(), 0.1);
        let (columns, cells) = (Label::columns(), label.cells());
        assert_eq!(columns.len(), cells.len());
        let cell = |name: &str| &cells[columns.iter().position(|c| c == name).unwrap()];
        assert_eq!(cell("formula"), "ClCs");
        assert_eq!(
            (
                cell("space_group").as_str(),
                cell("crystal_system").as_str()
            ),
            ("221", "cubic")
        );
        assert_eq!(
            (
                cell("Cs").as_str(),
                cell("Cl").as_str(),
                cell("Fe").as_str()
            ),
            ("0.5", "0.5", "0")
        );
    }
}
