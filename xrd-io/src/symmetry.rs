use moyo::data::{HallSymbolEntry, Setting, hall_symbol_entry};

/// A symmetry operation on fractional coordinates: x' = R x + t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Operation {
    pub(crate) rotation: [[f64; 3]; 3],
    pub(crate) translation: [f64; 3],
}

impl Operation {
    pub(crate) const IDENTITY: Self = Self {
        rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        translation: [0.0; 3],
    };

    /// The image of a point.
    pub(crate) fn apply(&self, x: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|i| {
            let r = self.rotation[i];
            r[0] * x[0] + r[1] * x[1] + r[2] * x[2] + self.translation[i]
        })
    }

    /// An operation as text, such as `1/2-x, y+0.25, -z`; `None` where it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rows = text.split(',').map(parse_row);
        let mut operation = Self::IDENTITY;
        for i in 0..3 {
            (operation.rotation[i], operation.translation[i]) = rows.next()??;
        }
        let none_left = rows.next().is_none();
        let [a, b, c] = operation.rotation;
        let minor = |i: usize, j: usize| b[i] * c[j] - b[j] * c[i];
        let determinant = a[0] * minor(1, 2) - a[1] * minor(0, 2) + a[2] * minor(0, 1);
        (none_left && (determinant.abs() - 1.0).abs() < 1e-9).then_some(operation)
    }
}

/// One coordinate of an operation: the factors of x, y, z, and the shift.
fn parse_row(text: &str) -> Option<([f64; 3], f64)> {
    let (mut factors, mut shift) = ([0.0; 3], 0.0);
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '*')
        .collect();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let sign = if rest.starts_with('-') { -1.0 } else { 1.0 };
        rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (term, after) = rest.split_at(end);
        let axis = |c: char| "xyz".find(c.to_ascii_lowercase());
        match term.char_indices().find_map(|(i, c)| Some((i, axis(c)?))) {
            Some((i, axis)) => factors[axis] += sign * one_or(&term.replacen(&term[i..=i], "", 1))?,
            None => shift += sign * fraction(term)?,
        }
        rest = after;
    }
    (!text.is_empty()).then_some((factors, shift))
}

fn one_or(text: &str) -> Option<f64> {
    if text.is_empty() {
        Some(1.0)
    } else {
        fraction(text)
    }
}

fn fraction(text: &str) -> Option<f64> {
    let number = |t: &str| t.parse::<f64>().ok().filter(|v| v.is_finite());
    match text.split_once('/') {
        None => number(text),
        Some((above, below)) => Some(number(above)? / number(below).filter(|b| *b != 0.0)?),
    }
}

/// What a file says of its space group where it lists no operations.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SpaceGroup<'a> {
    pub(crate) hall: Option<&'a str>,
    pub(crate) hermann_mauguin: Option<&'a str>,
    pub(crate) number: Option<i32>,
    /// Whether the cell has the rhombohedral axes that some trigonal groups may have.
    pub(crate) rhombohedral_axes: bool,
}

impl SpaceGroup<'_> {
    /// The operations of the group, by Hall symbol, else by Hermann-Mauguin symbol, else by
    /// number.
    ///
    /// Where these leave several settings, hexagonal or rhombohedral axes follow from the cell;
    /// else the standard setting is taken: unique axis b, cell choice 1, origin choice 2.
    pub(crate) fn operations(&self) -> Option<Vec<Operation>> {
        let hall_number = self.hall_number()?;
        // The crate gives the setting by its number, and with it the group.
        let all = moyo::data::operations_from_number(1, Setting::HallNumber(hall_number), false);
        let convert = |op: &moyo::base::Operation| Operation {
            rotation: op.rotation_as_array().map(|row| row.map(f64::from)),
            translation: op.translation_as_array(),
        };
        Some(all.ok()?.iter().map(convert).collect())
    }

    fn hall_number(&self) -> Option<i32> {
        let settings: Vec<HallSymbolEntry> = (1..=530).filter_map(hall_symbol_entry).collect();
        let by_hall = |e: &&HallSymbolEntry| self.hall.is_some_and(|h| same(h, e.hall_symbol));
        if let Some(entry) = settings.iter().find(by_hall) {
            return Some(entry.hall_number);
        }
        let by_name = |e: &&HallSymbolEntry| self.hermann_mauguin.is_some_and(|n| is_named(e, n));
        let mut fitting: Vec<&HallSymbolEntry> = settings.iter().filter(by_name).collect();
        if fitting.is_empty() {
            let by_number = |e: &&HallSymbolEntry| self.number == Some(e.number);
            fitting = settings.iter().filter(by_number).collect();
        }
        let axes = if self.rhombohedral_axes { "R" } else { "H" };
        if let Some(entry) = fitting.iter().find(|e| e.setting == axes) {
            return Some(entry.hall_number);
        }
        let standard = Setting::Standard.hall_numbers();
        let preferred = fitting.iter().find(|e| standard.contains(&e.hall_number));
        preferred.or(fitting.first()).map(|e| e.hall_number)
    }
}

/// The number of the first cubic group.
const FIRST_CUBIC: i32 = 195;

/// Whether a Hermann-Mauguin symbol, with or without its setting after a colon, is that of an
/// entry.
fn is_named(entry: &HallSymbolEntry, name: &str) -> bool {
    let (name, setting) = name.split_once(':').unwrap_or((name, ""));
    let setting = setting.trim();
    let full = entry.hm_full.split(['=', ':']).next().unwrap_or_default();
    // Older symbols of cubic groups, as in F m 3 m, leave the minus out.
    let old = entry.hm_short.replace("-3", "3");
    let named = [entry.hm_short, full].iter().any(|n| same(n, name))
        || (entry.number >= FIRST_CUBIC && same(&old, name));
    named && (setting.is_empty() || entry.setting.eq_ignore_ascii_case(setting))
}

/// Whether two symbols are the same but for spaces, underscores and case.
fn same(a: &str, b: &str) -> bool {
    let plain = |s: &str| -> String {
        let kept = s.chars().filter(|c| !c.is_whitespace() && *c != '_');
        kept.flat_map(char::to_lowercase).collect()
    };
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_as_files_write_them() {
        let image = |text: &str| Operation::parse(text).map(|op| op.apply([0.1, 0.2, 0.3]));
        let near = |text: &str, expected: [f64; 3]| {
            let found = image(text).unwrap();
            assert!(
                found
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-12),
                "{text}"
            );
        };
        near("x,y,z", [0.1, 0.2, 0.3]);
        near("-Y, X-Y, Z+1/3", [-0.2, -0.1, 0.3 + 1.0 / 3.0]);
        near("1/2-x, +y+0.25, .5-z", [0.4, 0.45, 0.2]);
        near("x, y, z-1/2", [0.1, 0.2, -0.2]);
        near("1*x, y, z", [0.1, 0.2, 0.3]);
        for broken in [
            "",
            "x,y",
            "x,y,z,x",
            "x,y,a",
            "x,y,x",
            "x,,z",
            "x,y,z+1/0",
            "2x,y,z",
            "é,y,z",
        ] {
            assert_eq!(image(broken), None, "{broken}");
        }
    }

    fn count(hermann_mauguin: Option<&str>, number: Option<i32>) -> Option<usize> {
        let group = SpaceGroup {
            hermann_mauguin,
            number,
            ..Default::default()
        };
        group.operations().map(|ops| ops.len())
    }

    #[test]
    fn groups_by_name_and_number() {
        assert_eq!(count(Some("F d -3 m :1"), None), Some(192));
        assert_eq!(count(Some("Fd-3m"), None), Some(192));
        assert_eq!(count(Some("P 1 21/c 1"), None), Some(4));
        assert_eq!(count(Some("Fm3m"), None), Some(192));
        assert_eq!(count(Some("I4/mmm"), None), Some(32));
        assert_eq!(count(None, Some(139)), Some(32));
        assert_eq!(count(Some("nonsense"), Some(2)), Some(2));
        assert_eq!(count(Some("nonsense"), None), None);
        assert_eq!(count(None, Some(231)), None);
        for number in 1..=230 {
            assert!(
                count(None, Some(number)).is_some_and(|n| n >= 1),
                "{number}"
            );
        }
    }

    #[test]
    fn rhombohedral_axes_follow_the_cell() {
        let count = |rhombohedral_axes| {
            let group = SpaceGroup {
                number: Some(166),
                rhombohedral_axes,
                ..Default::default()
            };
            group.operations().unwrap().len()
        };
        assert_eq!((count(false), count(true)), (36, 12));
    }
}
