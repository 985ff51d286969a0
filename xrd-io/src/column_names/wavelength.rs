//! Wavelength stated in a heading line.
//!
//! ```text
//! Wavelength: 3.1e-11 m
//! #lambda1: 1.540598
//! K-Alpha1 wavelength,1.54060
//! Calibrated wavelength = 0.414581
//! wave_length 0.84                    without a mark, a decimal point or a unit is required
//! Lambda ratio = 0.5                  not a wavelength, nor are ranges, other emission lines and detectors
//! ```

use xrd_core::Wavelength;

const KEYS: [&str; 5] = ["wavelength", "wave_length", "wave length", "lambda", "λ"];

const UNITS: [&str; 7] = ["å", "a", "ang", "angstrom", "angstroms", "nm", "pm"];

/// Words before the key that show that the number is another quantity.
const OTHERS: [&str; 16] = [
    "ratio",
    "range",
    "max",
    "maximum",
    "min",
    "minimum",
    "cut",
    "cutoff",
    "spread",
    "resolution",
    "band",
    "bandwidth",
    "step",
    "error",
    "esd",
    "beta",
];

/// The wavelength that a heading line states, in Å, nm, pm or m.
pub(crate) fn stated_wavelength(line: &str) -> Option<Wavelength> {
    let line = line.to_lowercase();
    let (start, key) = KEYS.iter().find_map(|key| Some((line.find(key)?, key)))?;
    let before = words(&line[..start]);
    if is_of_another(&before) {
        return None;
    }
    let text = after_index(&line[start + key.len()..])?;
    let (between, number) = text.split_at(start_of_number(text)?);
    let is_marked = between.contains([':', '=', ',', ';', '\t', '"']);
    let between_words = words(between);
    let (value, unit) = number_and_rest(number)?;
    let has_unit = words(unit).first().is_some_and(|w| UNITS.contains(w));
    let is_exact = has_unit || number[..number.len() - unit.len()].contains(['.', ',']);
    let is_other = |w: &&str| OTHERS.contains(w) || is_second(w);
    if between_words.iter().any(is_other) || between.contains('/') || !(is_marked || is_exact) {
        return None;
    }
    let is_in = |name: &str| unit.starts_with(name) || between_words.contains(&name);
    let angstrom = match value {
        v if v < 1e-6 => v * 1e10,
        v if is_in("nm") => v * 10.0,
        v if is_in("pm") => v * 0.01,
        v => v,
    };
    let plausible = (0.05..=10.0).contains(&angstrom);
    plausible.then(|| Wavelength::angstrom(angstrom).ok())?
}

/// Whether the words before the key refer to another emission line than Kα1, or to another
/// quantity.
fn is_of_another(before: &[&str]) -> bool {
    match before {
        [.., "alpha", "2"] => true,
        [.., last] => is_second(last) || OTHERS.contains(last),
        [] => false,
    }
}

/// Whether a word refers to Kα2, as in "ka2" and "cukα2".
fn is_second(word: &str) -> bool {
    ["alpha2", "ka2", "α2"]
        .iter()
        .any(|end| word.ends_with(end))
}

/// The start of the first number that is not part of a word such as "cuka1".
fn start_of_number(text: &str) -> Option<usize> {
    let mut before = ' ';
    let mut found = text.char_indices().filter(|(_, c)| {
        let is_start = c.is_ascii_digit() && !before.is_alphanumeric();
        before = *c;
        is_start
    });
    found.next().map(|(at, _)| at)
}

fn words(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|word| !word.is_empty()).collect()
}

/// The text after the index of a Kα line, as in "lambda1" and "wavelength alpha1"; `None` for an
/// index other than 1.
fn after_index(text: &str) -> Option<&str> {
    const MARKS: [char; 4] = [' ', '_', '-', '('];
    let marked = text.trim_start_matches(MARKS);
    let bare = marked.strip_prefix('k').unwrap_or(marked);
    let line = ["alpha", "α", "a"]
        .iter()
        .find_map(|a| bare.strip_prefix(a));
    let line = line.map_or(marked, |rest| rest.trim_start_matches(MARKS));
    let Some(rest) = line.strip_prefix(['1', '2', '3']) else {
        return Some(text);
    };
    let is_attached = line.len() == text.len();
    // "1.54" and "1,54" are not indices, and neither is "1 nm".
    let ends = match rest.chars().next() {
        Some(c) if c.is_ascii_digit() || c == '.' => false,
        Some(',') => is_attached || !rest[1..].starts_with(|c: char| c.is_ascii_digit()),
        _ => rest.contains(|c: char| c.is_ascii_digit()),
    };
    match ends {
        true => line.starts_with('1').then_some(rest),
        false => Some(text),
    }
}

/// The number at the start of a text, with a point or comma as decimal mark, and the text after it.
fn number_and_rest(text: &str) -> Option<(f64, &str)> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | 'e' | '-' | '+');
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let number = text[..end].trim_end_matches(['e', '-', '+', '.', ',']);
    // A second comma, or anything after the decimals, belongs to another cell.
    let number = match (number.find(','), number.find('.')) {
        (Some(comma), Some(point)) if point < comma => &number[..comma],
        (Some(_), Some(_)) => return None,
        (Some(comma), None) => {
            let decimals = &number[comma + 1..];
            &number[..decimals.find(',').map_or(number.len(), |i| comma + 1 + i)]
        }
        _ => number,
    };
    let value = number.replace(',', ".").parse().ok()?;
    Some((
        value,
        text[number.len()..].trim_start_matches([' ', '(', '[']),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angstrom(line: &str) -> Option<f64> {
        let found = stated_wavelength(line).map(Wavelength::as_angstrom);
        found.map(|value| (value * 1e6).round() / 1e6)
    }

    #[test]
    fn wavelengths_met_in_files() {
        for (line, value) in [
            ("wave_length 0.84", 0.84),
            ("Calibrated wavelength = 0.414581", 0.414581),
            ("USED_LAMBDA: 1.5406", 1.5406),
            ("wavelength_angstrom: 0.496", 0.496),
            ("Wavelength: 3.1e-11 m", 0.31),
            ("wavelength 0.154 nm", 1.54),
            ("wavelength [nm]: 0.154", 1.54),
            ("Wavelength (pm) = 154", 1.54),
            ("#lambda1: 1.540598", 1.540598),
            ("Wavelength1=1.5406", 1.5406),
            ("Wavelength 1: 1.5406", 1.5406),
            ("Wavelength Alpha1: 1.5406", 1.5406),
            ("Wavelength Ka1 1.5406", 1.5406),
            ("K-Alpha1 wavelength,1.54060", 1.5406),
            ("Wavelength;1,5406", 1.5406),
            ("Wavelength,1.5406,1.5444", 1.5406),
            ("λ = 1.5406 Å", 1.5406),
            ("Wavelength (Cu) : 1.54", 1.54),
            ("Wavelength: 1", 1.0),
            ("x-ray wavelength of 1.2 Å", 1.2),
            ("Wavelength (CuKa1): 1.54056", 1.54056),
            ("Wavelength Cu Kα1 = 1.5406", 1.5406),
            ("wavelength used for refinement 0.4127", 0.4127),
            ("\"Wavelength\",\"0.7093\"", 0.7093),
        ] {
            assert_eq!(angstrom(line), Some(value), "{line}");
        }
    }

    #[test]
    fn what_is_no_wavelength() {
        for line in [
            "wavelength unknown",
            "run 3",
            "detector: Lambda 2M",
            "Lambda 750K",
            "Lambda ratio = 0.5",
            "wavelength range 0.5 to 6",
            "lambda max = 3.0",
            "wavelength set 3",
            "lambda/2 = 0.7",
            "Wavelength 2: 1.5444",
            "lambda2 = 1.5444",
            "K-Alpha2 wavelength,1.54443",
            "K-Beta wavelength: 1.3922",
            "Wavelength CuKa2: 1.5444",
            "wavelength 1",
            "Wavelength,S1",
        ] {
            assert_eq!(angstrom(line), None, "{line}");
        }
    }
}
