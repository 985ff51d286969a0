//! Groups of an atom with hydrogen in place of an element.

use super::Reading;

impl Reading {
    /// The heavy atom of a group with hydrogen: `OH`, `H2O`, `Wat`, `NH3`, `NH4+`, `CH2`. `None` for
    /// any other symbol, and for the elements Nh and Bh.
    pub(super) fn of_group(symbol: &str) -> Option<Self> {
        const HEAVY: [char; 6] = ['O', 'N', 'C', 'B', 'S', 'P'];
        if matches!(symbol, "Nh" | "Bh") {
            return None;
        }
        let upper = symbol.trim_end_matches(['+', '-']).to_ascii_uppercase();
        let is_count = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let of = |heavy: &char| {
            let mut letters = [0; 4];
            let heavy: &str = heavy.encode_utf8(&mut letters);
            let after = upper
                .strip_prefix(heavy)
                .and_then(|rest| rest.strip_prefix('H'));
            // HO and HF are metals.
            let before = upper
                .strip_prefix('H')
                .and_then(|rest| rest.strip_suffix(heavy));
            let before = before.filter(|count| !count.is_empty());
            after.or(before).is_some_and(is_count)
        };
        let is_water =
            upper.starts_with("WAT") || upper.starts_with("OW") || upper.starts_with("H2O");
        let heavy = if is_water {
            Some('O')
        } else {
            HEAVY.into_iter().find(of)
        };
        let reading = Self::of(&heavy?.to_string())?;
        Some(Self {
            is_group: true,
            ..reading
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_their_heavy_atoms() {
        let atom = |symbol| Reading::of_group(symbol).map(|reading| reading.symbol);
        for (group, heavy) in [
            ("NH3", "N"),
            ("NH4", "N"),
            ("NH4+", "N"),
            ("OH", "O"),
            ("OH-", "O"),
            ("Wat", "O"),
            ("OW1", "O"),
            ("CH3", "C"),
            ("H3O", "O"),
            ("BH4", "B"),
        ] {
            assert_eq!(atom(group), Some(heavy), "{group}");
        }
        for element in [
            "HO", "HF", "Nh", "Bh", "Hs", "N", "H", "C12", "CO", "", "O2-",
        ] {
            assert_eq!(atom(element), None, "{element}");
        }
    }
}
