//! Names and values that look like a variable of a series.

/// Smallest number of different values of a variable that is recognised.
const FEWEST: usize = 4;

/// Kind of a variable, from its name. Kinds are in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Temperature,
    Pressure,
    Place,
    Other,
    Time,
    /// First coordinate of a place on a sample.
    X,
    /// Second coordinate of a place on a sample.
    Y,
}

/// Words that name a variable, with their kinds.
const WORDS: [(&str, Kind); 21] = [
    ("temperature", Kind::Temperature),
    ("temp", Kind::Temperature),
    ("t", Kind::Temperature),
    ("pressure", Kind::Pressure),
    ("position", Kind::Place),
    ("pos", Kind::Place),
    ("depth", Kind::Place),
    ("distance", Kind::Place),
    ("voltage", Kind::Other),
    ("potential", Kind::Other),
    ("charge", Kind::Other),
    ("capacity", Kind::Other),
    ("cycle", Kind::Other),
    ("dose", Kind::Other),
    ("strain", Kind::Other),
    ("stress", Kind::Other),
    ("load", Kind::Other),
    ("humidity", Kind::Other),
    ("frame", Kind::Time),
    ("time", Kind::Time),
    ("elapsed", Kind::Time),
];

/// Words that may stand next to `x` or `y` in the name of a coordinate.
const OF_PLACES: [&str; 15] = [
    "pos",
    "position",
    "coord",
    "coordinate",
    "stage",
    "motor",
    "sample",
    "wafer",
    "nm",
    "um",
    "µm",
    "mm",
    "cm",
    "m",
    "in",
];

/// Returns the kind of a variable with this name. The unit may follow in brackets, or after a slash, an
/// underscore or a blank. `x` and `y` are coordinates, also next to a unit or to a word such as `pos`.
pub(super) fn kind(name: &str) -> Option<Kind> {
    if let Some(kind) = coordinate(name) {
        return Some(kind);
    }
    let end = |c: char| "([{/_,".contains(c) || c.is_whitespace();
    let base = name.trim().split(end).next().unwrap_or_default();
    let base = base.to_lowercase();
    let found = WORDS.iter().find(|(word, _)| *word == base);
    match found {
        // A small t may be a time.
        Some((_, Kind::Temperature)) if base == "t" && is_time_unit(name) => Some(Kind::Time),
        other => other.map(|(_, kind)| *kind),
    }
}

/// Returns X or Y for the name of a coordinate.
fn coordinate(name: &str) -> Option<Kind> {
    let name = name.to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric());
    let (axis, others): (Vec<&str>, Vec<&str>) = words
        .filter(|word| !word.is_empty())
        .partition(|word| ["x", "y"].contains(word));
    let is_one = others.iter().all(|word| OF_PLACES.contains(word));
    match &axis[..] {
        ["x"] if is_one => Some(Kind::X),
        ["y"] if is_one => Some(Kind::Y),
        _ => None,
    }
}

fn is_time_unit(name: &str) -> bool {
    let unit = name.trim().get(1..).unwrap_or_default();
    let unit = unit.trim_matches(|c: char| !c.is_alphanumeric());
    ["s", "sec", "min", "h", "hr", "hours", "ms"].contains(&unit.to_lowercase().as_str())
}

/// Whether the values can be those of a series: at least 4 are different, and patterns have two equal
/// values at most on average.
pub(super) fn is_ramp(values: &[f64]) -> bool {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted.len() >= FEWEST && 2 * sorted.len() >= values.len()
}

/// Whether one variable grows, or falls, wherever the other grows.
pub(super) fn same_order(a: &[f64], b: &[f64]) -> bool {
    let mut order: Vec<usize> = (0..a.len().min(b.len())).collect();
    order.sort_by(|&i, &j| a[i].total_cmp(&a[j]).then(b[i].total_cmp(&b[j])));
    let pairs = || order.windows(2).map(|w| b[w[1]] - b[w[0]]);
    pairs().all(|step| step >= 0.0) || pairs().all(|step| step <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_known_by_their_names() {
        for name in ["T", "T_C", "temperature_K", "Temp. ", "T (K)", "t/°C"] {
            let found = kind(name.trim_end_matches(". "));
            assert_eq!(found, Some(Kind::Temperature), "{name}");
        }
        for name in ["time", "Time (min)", "t_s", "t (min)", "time_s"] {
            assert_eq!(kind(name), Some(Kind::Time), "{name}");
        }
        assert_eq!((kind("x"), kind("y_mm")), (Some(Kind::X), Some(Kind::Y)));
        let both = [kind("pos_x"), kind("Y (mm)"), kind("x_Ti")];
        assert_eq!(both, [Some(Kind::X), Some(Kind::Y), None]);
        for name in ["Ti", "p", "", "composition", "Te", "xx", "thickness"] {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn a_ramp_has_different_values() {
        assert!(is_ramp(&[1.0, 2.0, 3.0, 4.0, 4.0]));
        assert!(!is_ramp(&[1.0, 2.0, 3.0]) && !is_ramp(&[]));
        assert!(!is_ramp(&[1.0, 2.0, 3.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]));
        assert!(same_order(&[3.0, 1.0, 2.0], &[30.0, 10.0, 20.0]));
        assert!(same_order(&[3.0, 1.0, 2.0], &[-3.0, 0.0, -1.0]));
        assert!(!same_order(&[3.0, 1.0, 2.0], &[3.0, 2.0, 1.0]));
    }
}
