//! Column names with units: "d (Å)", "d/Å", "d_A", and rows of units below a row of names.

/// Units of axes and of intensities, in lower case.
const UNITS: [&str; 47] = [
    "deg",
    "deg.",
    "degree",
    "degrees",
    "°",
    "rad",
    "radian",
    "radians",
    "a",
    "å",
    "ang",
    "angstrom",
    "angstroms",
    "nm",
    "pm",
    "1/a",
    "a-1",
    "a^-1",
    "1/å",
    "å-1",
    "å^-1",
    "å⁻¹",
    "a⁻¹",
    "1/nm",
    "nm-1",
    "nm^-1",
    "nm⁻¹",
    "counts",
    "count",
    "cts",
    "cps",
    "counts/s",
    "cts/s",
    "c/s",
    "a.u.",
    "a.u",
    "au",
    "arb. units",
    "arb.units",
    "arb.",
    "arb",
    "%",
    "us",
    "µs",
    "μs",
    "usec",
    "s",
];

/// Units that never belong to the axis of a powder pattern.
const FOREIGN: [&str; 38] = [
    "ev", "kev", "mev", "k", "c", "°c", "gpa", "mpa", "kbar", "bar", "pa", "s", "sec", "ms", "min",
    "h", "hz", "khz", "mhz", "ghz", "oe", "t", "v", "mv", "ma", "mm", "cm", "um", "µm", "μm", "px",
    "pixel", "ppm", "cm-1", "cm^-1", "cm⁻¹", "1/cm", "m",
];

/// Units that indicate an axis even without a name.
const TELLING: [&str; 18] = [
    "ev", "kev", "mev", "gpa", "ms", "hz", "khz", "mhz", "ghz", "oe", "mm", "um", "px", "ppm",
    "cm-1", "cm^-1", "cm⁻¹", "1/cm",
];

/// Splits a name into quantity and unit, in lower case; the unit is empty if there is none.
pub(super) fn parts(name: &str) -> (&str, &str) {
    const CLOSE: [char; 3] = [')', ']', '}'];
    const MARKS: [char; 5] = [' ', '\t', '_', '/', ','];
    if let Some(open) = name.find(['(', '[', '{']).filter(|open| *open > 0) {
        let (quantity, rest) = name.split_at(open);
        let unit = &rest[1..rest.rfind(CLOSE).unwrap_or(rest.len()).max(1)];
        return (quantity.trim_matches(MARKS), unit.trim());
    }
    for mark in ['/', ',', '_', ' '] {
        let parts = name.split_once(mark).filter(|(_, unit)| is_unit(unit));
        if let Some((quantity, unit)) = parts {
            return (quantity.trim(), unit.trim());
        }
    }
    (name.trim(), "")
}

/// Whether a text is a unit, with or without brackets.
pub(crate) fn is_unit(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let bare = text.trim_matches(['(', ')', '[', ']']).trim();
    UNITS.contains(&bare) || FOREIGN.contains(&bare) || text.starts_with('[') && text.ends_with(']')
}

/// Whether a unit belongs to another kind of measurement.
pub(super) fn is_foreign(unit: &str) -> bool {
    FOREIGN.contains(&unit)
}

/// Whether a name is only a unit, and one of another kind of measurement.
pub(super) fn is_telling(name: &str) -> bool {
    TELLING.contains(&name)
}

/// Whether the cells below names are their units: each is a unit or empty, and not all are empty.
pub(crate) fn are_units<T: AsRef<str>>(cells: &[T]) -> bool {
    let is_blank = |cell: &T| matches!(cell.as_ref().trim(), "" | "-");
    cells
        .iter()
        .all(|cell| is_blank(cell) || is_unit(cell.as_ref()))
        && !cells.iter().all(is_blank)
}

/// A name followed by the unit written below it.
pub(crate) fn with_unit(name: &str, unit: &str) -> String {
    let bare = unit.trim().trim_matches(['(', ')', '[', ']']).trim();
    match bare {
        "" | "-" => name.to_owned(),
        unit => format!("{name} ({unit})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_may_follow_in_many_ways() {
        for name in ["d(å)", "d (å)", "d [å]", "d/å", "d_å", "d, å", "d å"] {
            assert_eq!(parts(name), ("d", "å"), "{name}");
        }
        assert_eq!(parts("counts/intensity"), ("counts/intensity", ""));
        assert_eq!(parts("theta-2theta"), ("theta-2theta", ""));
        assert_eq!(parts("a("), ("a", ""));
    }

    #[test]
    fn rows_of_units() {
        assert!(are_units(&["[°]", "[°]", "[Counts]"]));
        assert!(are_units(&["1/nm", "a.u.", ""]));
        assert!(!are_units(&["2theta", "counts"]));
        assert!(!are_units(&["", "-"]));
        assert_eq!(with_unit("Q", "[1/nm]"), "Q (1/nm)");
        assert_eq!(with_unit("Q", ""), "Q");
    }
}
