//! Wavelengths and anode of a block of a powder CIF.

use crate::cif::{Block, Column, number};
use crate::scan::Radiation;

pub(super) const RADIATION: &str = "_diffrn_radiation_type";

/// Tags of wavelengths, in order of preference: those of the dictionaries, and variants that programs
/// write.
const TAGS: [&str; 7] = [
    "_diffrn_radiation_wavelength",
    "_diffrn_radiation_wavelength_value",
    "_diffrn_radiation_wavelength_wavelength",
    "_diffrn_wavelength",
    "_pd_instr_wavelength",
    "_instr_wavelength",
    "_pd_meas_wavelength",
];

/// The wavelengths stated in a block, the one with the greatest weight first.
pub(super) fn radiation(block: &Block) -> Option<Radiation> {
    let tag = TAGS.iter().find(|tag| block.any(&[**tag]).is_some())?;
    let table = block.table(tag)?;
    let numbers = |tag: &str| -> Vec<Option<f64>> {
        let column = table.column(tag).into_iter().flat_map(Column::iter);
        column
            .map(|v| v.known().and_then(number).map(|n| n.value))
            .collect()
    };
    let weights = numbers("_diffrn_radiation_wavelength_wt");
    let weight = |i: usize| weights.get(i).copied().flatten().unwrap_or(1.0);
    let lines = numbers(tag).into_iter().enumerate();
    let mut lines: Vec<(f64, f64)> = lines.filter_map(|(i, w)| Some((w?, weight(i)))).collect();
    // With equal or missing weights, Kα1 is the shorter wavelength.
    lines.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
    let first = *lines.first()?;
    // Kα1 and Kα2 differ by some thousandths.
    let is_pair = |l: &&(f64, f64)| l.0 > first.0 && l.0 < 1.02 * first.0;
    let second = lines.iter().find(is_pair);
    let mut radiation = Radiation {
        anode: block.text(&[RADIATION]).and_then(anode),
        k_alpha2_ratio: second
            .map(|s| s.1 / first.1)
            .filter(|r| r.is_finite() && !weights.is_empty()),
        ..Radiation::default()
    };
    radiation.set_angstrom(Some(first.0), second.map(|s| s.0));
    Some(radiation)
}

/// The anode in `Cu K\a` or `CuK\alpha~1~`.
pub(super) fn anode(kind: &str) -> Option<String> {
    let (symbol, _) = kind.split_once('K')?;
    let element: xrd_core::Element = symbol.trim().parse().ok()?;
    Some(element.symbol().to_owned())
}
