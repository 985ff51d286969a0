//! Which atoms the symbols and labels of a file stand for.

use xrd_core::{Element, Species};

use super::formula::Amounts;

/// An atom that a symbol stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) species: Species,
    /// The symbol of the element, "D" for deuterium.
    pub(super) symbol: &'static str,
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
        Some(Self { species, symbol })
    }

    fn oxygen() -> Option<Self> {
        Self::of("O")
    }
}

/// What a type symbol stands for: an element, an ion, or several elements that share the site.
///
/// `Fe`, `FE`, `Fe3+`, `Fe+3`, `Fe(3+)`, `O2-`, `Cl-`, `D`, `Si0+`; `0.75Si + 0.25Al` gives both
/// with their shares. Water and hydroxyl groups are their oxygen.
pub(super) fn of_type(symbol: &str) -> Vec<(Reading, f64)> {
    let parts: Vec<&str> = symbol.split(" + ").collect();
    if parts.len() > 1 {
        let parts = parts.into_iter().map(share_of);
        return parts.collect::<Option<Vec<_>>>().unwrap_or_default();
    }
    let reading = single(symbol);
    reading.map(|r| (r, 1.0)).into_iter().collect()
}

/// The share and element of `0.967(4)Mg`.
fn share_of(part: &str) -> Option<(Reading, f64)> {
    let part = part.trim();
    let at = part.find(|c: char| c.is_ascii_alphabetic())?;
    let share = crate::cif::number(&part[..at])?.value;
    Some((single(&part[at..])?, share))
}

fn single(symbol: &str) -> Option<Reading> {
    let letters = letters(symbol);
    if is_oxygen_group(symbol, letters) {
        return Reading::oxygen();
    }
    let rest = &symbol[letters.len()..];
    let mut reading = Reading::of(letters).filter(|_| letters != "T")?;
    reading.species.charge = charge(rest);
    Some(reading)
}

fn is_oxygen_group(symbol: &str, letters: &str) -> bool {
    let upper = symbol.to_ascii_uppercase();
    let groups = ["OH", "WAT", "OW"];
    groups.contains(&letters.to_ascii_uppercase().as_str()) || upper.starts_with("H2O")
}

/// The charge in `3+`, `+3`, `(3+)`, `-` or `1-`; none where no sign is.
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

/// What a label such as `FE1A`, `O-H2`, `Wat3` or `NbII` may stand for, the likeliest first.
///
/// Two letters come before one. Where the formula is known, elements outside it come last.
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
    // Water, where there is no tungsten.
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

/// T is a tetrahedral site more often than tritium; W is water where a formula has no tungsten;
/// and what looks like an element beyond fermium is another one unless the formula has it.
fn is_likely(reading: &Reading, symbol: &str, formula: &Amounts) -> bool {
    let in_formula = formula.contains_key(&reading.species.element);
    match symbol {
        "T" => false,
        "W" => formula.is_empty() || in_formula,
        _ => reading.species.element.number() <= 100 || in_formula,
    }
}

/// Whether a label or symbol says that nothing is there: a vacancy, a centroid, a difference peak.
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
    }
}
