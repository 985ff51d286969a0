//! Recognition of atoms by the symbols and labels in a file.

use xrd_core::{Element, Species};

use super::cell::HIGHEST_OCCUPANCY;
use super::formula::Amounts;

mod group;

/// One possible meaning of a symbol.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) species: Species,
    /// The symbol of the element, "D" for deuterium.
    pub(super) symbol: &'static str,
    /// Whether the symbol is that of a group with hydrogen, such as `NH4`. The hydrogen atoms have no
    /// positions.
    pub(super) is_group: bool,
}

impl Reading {
    fn of(symbol: &str) -> Option<Self> {
        let element = Element::from_symbol(symbol).or_else(|_| {
            let upper = symbol.to_ascii_uppercase();
            Element::from_symbol(&upper)
        });
        let species = Species::from(element.ok()?);
        let deuterium = symbol.eq_ignore_ascii_case("D");
        let symbol = if deuterium {
            "D"
        } else {
            species.element.symbol()
        };
        Some(Self {
            species,
            symbol,
            is_group: false,
        })
    }

    fn oxygen() -> Option<Self> {
        Self::of("O")
    }
}

/// The atoms of a type symbol: an element, an ion, or several elements that share the site.
///
/// Examples of single atoms are `Fe`, `FE`, `Fe3+`, `Fe+3`, `Fe(3+)`, `O2-`, `Cl-`, `D` and `Si0+`.
/// For shared sites, such as `0.75Si + 0.25Al` and `Si0.75Al0.25`, each element has its fraction. A
/// group with hydrogen, such as `H2O` or `NH4`, counts as its other atom. The list is empty if a symbol [names
/// several](names_several) elements without fractions.
pub(super) fn of_type(symbol: &str) -> Vec<(Reading, f64)> {
    let parts: Vec<&str> = symbol.split(" + ").collect();
    if parts.len() > 1 {
        let parts = parts.into_iter().map(share_of);
        return parts.collect::<Option<Vec<_>>>().unwrap_or_default();
    }
    if let Some(shares) = shares_after(symbol) {
        return shares;
    }
    let reading = single(symbol).filter(|_| !names_several(symbol));
    reading.map(|r| (r, 1.0)).into_iter().collect()
}

/// The fraction and the element in a text such as `0.967(4)Mg`.
fn share_of(part: &str) -> Option<(Reading, f64)> {
    let part = part.trim();
    let at = part.find(|c: char| c.is_ascii_alphabetic())?;
    let share = crate::cif::number(&part[..at])?.value;
    Some((single(&part[at..])?, share))
}

/// The elements and fractions in a symbol such as `Fe0.5Ni0.5`. The sum of the fractions is at most
/// 1.
pub(super) fn shares_after(symbol: &str) -> Option<Vec<(Reading, f64)>> {
    let mut shares = Vec::new();
    let mut rest = symbol;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "(),/+".contains(c));
        if rest.is_empty() {
            break;
        }
        let (name, after) = rest.split_at(letters(rest).len());
        let is_part = |c: char| !c.is_ascii_digit() && c != '.';
        let (share, after) = after.split_at(after.find(is_part).unwrap_or(after.len()));
        let share = crate::cif::number(share)?.value;
        if share <= 0.0 || share >= 1.0 {
            return None;
        }
        shares.push((Reading::of(name)?, share));
        rest = after;
    }
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    let are_shares = shares.len() > 1 && sum <= HIGHEST_OCCUPANCY;
    are_shares.then_some(shares)
}

/// Whether a type symbol names several elements, as in `Al/Si`, `Si,Al`, `Si+Al` and `AlSi`.
/// Hydrogen is ignored, because a group such as OH is identified by its other atom.
pub(super) fn names_several(symbol: &str) -> bool {
    let parts = symbol.split(|c: char| c.is_whitespace() || "/,+-&;".contains(c));
    let mut several = are_several(parts.filter_map(single));
    // Fe2Ni3 names both elements, but the label C1B only the first.
    let pieces = symbol
        .split(|c: char| c.is_ascii_digit() || c == '.')
        .enumerate();
    let pieces = pieces.filter(|(i, p)| *i == 0 || p.len() > 1 && letters(p).len() == p.len());
    several |= are_several(pieces.filter_map(|(_, p)| single(p)));
    let is_known = single(symbol).is_some();
    several || (!is_known && are_several(elements_in(letters(symbol)).into_iter()))
}

/// Like [`names_several`], but for a label. If the formula is known, only its elements are
/// considered.
pub(super) fn label_names_several(label: &str, formula: &Amounts) -> bool {
    let parts = label.split(['/', ',', '+']).filter_map(single);
    let is_there = |r: &Reading| formula.is_empty() || formula.contains_key(&r.species.element);
    are_several(parts.filter(is_there))
}

fn are_several(readings: impl Iterator<Item = Reading>) -> bool {
    let elements = readings.map(|r| r.species.element);
    let heavy: Vec<Element> = elements.filter(|e| e.number() > 1).collect();
    heavy.iter().any(|e| *e != heavy[0])
}

/// The elements whose symbols make up a word such as `FeNi`; empty if the word contains anything
/// else.
fn elements_in(word: &str) -> Vec<Reading> {
    let is_capital = |&(_, c): &(usize, char)| c.is_ascii_uppercase();
    let starts = word.char_indices().filter(is_capital).map(|(i, _)| i);
    let starts: Vec<usize> = starts.chain([word.len()]).collect();
    let symbols = starts.windows(2).map(|w| Reading::of(&word[w[0]..w[1]]));
    let all: Option<Vec<Reading>> = symbols.collect();
    let whole = starts[0] == 0 && word.contains(|c: char| c.is_ascii_lowercase());
    all.filter(|_| whole).unwrap_or_default()
}

fn single(symbol: &str) -> Option<Reading> {
    if let Some(group) = Reading::of_group(symbol) {
        return Some(group);
    }
    let letters = letters(symbol);
    let rest = &symbol[letters.len()..];
    let mut reading = Reading::of(letters).filter(|_| letters != "T")?;
    reading.species.charge = charge(rest);
    Some(reading)
}

/// The charge in `3+`, `+3`, `(3+)`, `-` or `1-`; `None` without a sign.
fn charge(text: &str) -> Option<i8> {
    let text = text.trim_matches(['(', ')']);
    let sign = text.find(['+', '-'])?;
    let negative = text.as_bytes()[sign] == b'-';
    let (before, after) = (&text[..sign], &text[sign + 1..]);
    let digits = if before.is_empty() { after } else { before };
    let size = match digits {
        "" => 1,
        _ => digits.parse::<i8>().ok().filter(|c| (0..=9).contains(c))?,
    };
    Some(if negative { -size } else { size })
}

/// Possible atoms of a label such as `FE1A`, `O-H2`, `Wat3` or `NbII`, most likely first.
///
/// Symbols of two letters come before symbols of one letter. If the formula is known, elements that
/// are not in the formula come last.
pub(super) fn of_label(label: &str, formula: &Amounts) -> Vec<Reading> {
    let letters = letters(label);
    let upper = letters.to_ascii_uppercase();
    let mut readings: Vec<Reading> = Vec::new();
    if upper.starts_with("WAT") {
        readings.extend(Reading::oxygen());
    }
    let water = label.starts_with("H2O") || label.starts_with("H3O") || upper == "OH";
    if water {
        readings.extend(Reading::oxygen());
    }
    let known = |symbol: &str| Reading::of(symbol).filter(|r| is_likely(r, symbol, formula));
    let starts = [letters.get(..2), letters.get(..1)];
    readings.extend(starts.into_iter().flatten().filter_map(known));
    // W means water if there is no tungsten.
    if upper.starts_with('W') {
        readings.extend(Reading::oxygen());
    }
    if formula.is_empty() {
        return readings;
    }
    let in_formula = |r: &Reading| formula.contains_key(&r.species.element);
    let (mut inside, outside): (Vec<_>, Vec<_>) = readings.into_iter().partition(in_formula);
    inside.extend(outside);
    inside.dedup();
    inside
}

/// Whether a reading is likely. A label T more often means a tetrahedral site than tritium. A label
/// W means water if the formula has no tungsten. Elements beyond fermium are accepted only if the
/// formula contains them.
fn is_likely(reading: &Reading, symbol: &str, formula: &Amounts) -> bool {
    let in_formula = formula.contains_key(&reading.species.element);
    match symbol {
        "T" => false,
        "W" => formula.is_empty() || in_formula,
        _ => reading.species.element.number() <= 100 || in_formula,
    }
}

/// Whether a label marks an empty site. It does not if the label may also name an element of the
/// formula: `VA` may be vanadium, and `CG1` may be carbon.
pub(super) fn label_is_nothing(label: &str, formula: &Amounts) -> bool {
    let lower = letters(label).to_ascii_lowercase();
    let in_formula = |r: &Reading| formula.contains_key(&r.species.element);
    let may_be_atom = ["va", "cg", "cnt", "cen"].contains(&lower.as_str())
        && of_label(label, formula).iter().any(in_formula);
    is_nothing(label) && !may_be_atom
}

/// Whether a label or symbol marks a position without an atom: a vacancy, a centroid or a
/// difference peak.
pub(super) fn is_nothing(name: &str) -> bool {
    let letters = letters(name).to_ascii_lowercase();
    let names = [
        "va", "vac", "vacancy", "dum", "dummy", "cg", "cnt", "cen", "q",
    ];
    names.contains(&letters.as_str())
}

pub(super) fn letters(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphabetic());
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::formula;

    fn typed(symbol: &str) -> String {
        let parts = of_type(symbol).into_iter();
        let parts = parts.map(|(r, share)| format!("{}:{}:{share}", r.symbol, r.species));
        parts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn type_symbols() {
        assert_eq!(typed("Fe3+"), "Fe:Fe3+:1");
        assert_eq!(typed("FE+3"), "Fe:Fe3+:1");
        assert_eq!(typed("O(2-)"), "O:O2-:1");
        assert_eq!(typed("Cl-"), "Cl:Cl1-:1");
        assert_eq!(typed("Si0+"), "Si:Si:1");
        assert_eq!(typed("o"), "O:O:1");
        assert_eq!(typed("D"), "D:H:1");
        assert_eq!(typed("d1+"), "D:H1+:1");
        assert_eq!(typed("OH2"), "O:O:1");
        assert_eq!(typed("H2O"), "O:O:1");
        assert_eq!(typed("0.967(4)Mg + 0.033(4)Fe"), "Mg:Mg:0.967 Fe:Fe:0.033");
        assert_eq!(of_type("Fe3")[0].0.species.charge, None);
        assert_eq!(of_type("Si0+")[0].0.species.charge, Some(0));
        for none in ["", "AA", "T", "?", "0.5Xx + 0.5Fe", "é", "3+"] {
            assert_eq!(typed(none), "", "{none}");
        }
    }

    #[test]
    fn several_elements_need_their_shares() {
        assert_eq!(typed("Fe0.5Ni0.5"), "Fe:Fe:0.5 Ni:Ni:0.5");
        assert_eq!(typed("(Fe.25, Ni.75)"), "Fe:Fe:0.25 Ni:Ni:0.75");
        for several in ["Al/Si", "Si,Al", "Si+Al", "AlSi", "O-F", "Fe2Ni3"] {
            assert!(names_several(several), "{several}");
            assert_eq!(typed(several), "", "{several}");
        }
        for one in [
            "Fe+3", "Cl-", "O-H", "OH2", "CO", "Fe3+", "NH4", "CH3", "AA", "C1B", "H2O", "Uani", "",
        ] {
            assert!(!names_several(one), "{one}");
        }
        let label = |label, text| label_names_several(label, &formula::parse(text));
        assert!(label("Si1/Al1", "") && label("SI,AL", "Al Si O4") && label("O/F2", ""));
        assert!(!label("Si1/Al1", "Si O2") && !label("O1,2", "") && !label("O-Ti", "Ti O2"));
    }

    fn labelled(label: &str, formula: &str) -> String {
        let found = of_label(label, &formula::parse(formula));
        found.first().map_or(String::new(), |r| r.symbol.to_owned())
    }

    #[test]
    fn labels() {
        for (label, formula, expected) in [
            ("FE1A", "", "Fe"),
            ("O-H2", "", "O"),
            ("OH1", "Ca O2 H2", "O"),
            ("Wat3", "", "O"),
            ("W1", "Ca S O6", "O"),
            ("W1", "W O3", "W"),
            ("W", "", "W"),
            ("NbII", "", "Nb"),
            ("IX", "Pb I", "I"),
            ("Cd1", "C8 H12", "C"),
            ("CA", "C8 H12", "C"),
            ("CA", "Ca O", "Ca"),
            ("CA", "", "Ca"),
            ("HO1", "H2 O", "H"),
            ("Sl", "Pb S", "S"),
            ("Dw", "H2 O", "D"),
            ("No1", "", "N"),
            ("C(12)", "", "C"),
            ("T1", "", ""),
            ("M1", "", ""),
            ("", "", ""),
            ("1", "", ""),
        ] {
            assert_eq!(labelled(label, formula), expected, "{label} in {formula}");
        }
    }

    #[test]
    fn what_is_no_atom() {
        assert!(["Va", "Q12", "Cg1", "DUM"].into_iter().all(is_nothing));
        assert!(!["V1", "Xe1", "C1", "A1", "X"].into_iter().any(is_nothing));
        let nothing = |label, text| label_is_nothing(label, &formula::parse(text));
        assert!(nothing("VA", "") && nothing("VA", "Fe O") && nothing("Cg1", "Si O2"));
        assert!(!nothing("VA", "V2 O") && !nothing("CG1", "C5 N O"));
        assert!(nothing("Q1", "C5 N O") && nothing("DUM", "D2 O"));
    }
}
