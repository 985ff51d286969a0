//! The settings of the 230 space groups, and look-up by name or number.
//!
//! Source of the table: the Hall symbol database of the crate `moyo`, after S. R. Hall and
//! R. W. Grosse-Kunstleve, International Tables B (2010), table A1.4.2.7.

use std::sync::LazyLock;

use moyo::data::{HallSymbolEntry, hall_symbol_entry};

use super::hall;
use super::operation::{Operation, generate, same_group, same_group_elsewhere};

/// A space group setting: the group with its choice of axes and origin.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    entry: HallSymbolEntry,
    /// The lattice letter, if it differs from the letter of the table entry.
    centring: Option<char>,
}

impl Setting {
    /// The number of the group; `None` for an unusual lattice letter.
    pub(crate) fn number(&self) -> Option<u8> {
        let number = u8::try_from(self.entry.number).ok();
        number.filter(|_| self.centring.is_none())
    }

    /// The full Hermann-Mauguin symbol, as in `P 1 21/c 1` or `F d -3 m:2`.
    pub(crate) fn name(&self) -> String {
        let entry = &self.entry;
        let mut name = match entry.number {
            3..=15 => entry.hm_full,
            _ => entry.hm_short,
        }
        .replace('_', "");
        if let Some(letter) = self.centring {
            name.replace_range(..1, letter.encode_utf8(&mut [0; 4]));
        }
        match entry.setting.chars().next() {
            Some(choice @ ('1' | '2' | 'H' | 'R')) => format!("{name}:{choice}"),
            _ => name,
        }
    }

    pub(crate) fn hall(&self) -> &'static str {
        self.entry.hall_symbol
    }

    /// The operations modulo lattice translations, including those of the centring.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        let all = hall::operations(self.hall()).unwrap_or_default();
        let letter = self.centring.map(String::from).unwrap_or_default();
        match hall::centring(&letter) {
            Some(shifts) => generate(&[all, shifts].concat(), 4 * 192).unwrap_or_default(),
            None => all,
        }
    }

    /// The other settings of the group. Settings with the same cell choice come first. The list is
    /// empty for an unusual lattice letter.
    pub(crate) fn others(&self, angles: Option<[f64; 3]>) -> Vec<Self> {
        if self.centring.is_some() {
            return Vec::new();
        }
        let mut others = by_number(self.entry.number, angles);
        others.retain(|s| s.entry.hall_number != self.entry.hall_number);
        // In b1, b2 … -c3 the digit is the cell choice.
        let choice = |s: &Self| s.entry.setting.trim_start_matches(['-', 'a', 'b', 'c']);
        others.sort_by_key(|s| choice(s) != choice(self));
        others
    }

    /// Whether this is the default setting: unique axis b, cell choice 1, origin choice 2,
    /// hexagonal axes.
    fn is_standard(&self) -> bool {
        matches!(self.entry.setting, "" | "b" | "b1" | "2" | "H")
    }

    /// Whether a cell with these angles in degrees can have this setting.
    fn fits(&self, angles: [f64; 3]) -> bool {
        let off: Vec<bool> = angles.iter().map(|a| (a - 90.0).abs() > 0.01).collect();
        let hexagonal = !off[0] && !off[1] && (angles[2] - 120.0).abs() < 0.01;
        match (self.entry.number, self.entry.setting) {
            (3..=15, setting) => match setting.trim_start_matches('-').chars().next() {
                Some('a') => !off[1] && !off[2],
                Some('b') => !off[0] && !off[2],
                _ => !off[0] && !off[1],
            },
            (_, "H") => hexagonal,
            (_, "R") => !hexagonal,
            _ => true,
        }
    }

    #[cfg(test)]
    pub(super) fn tabulated() -> impl Iterator<Item = &'static Self> {
        settings()
    }

    #[cfg(test)]
    pub(super) fn tabulated_operations(&self) -> Vec<Operation> {
        let setting = moyo::data::Setting::HallNumber(self.entry.hall_number);
        let all = moyo::data::operations_from_number(1, setting, false).unwrap();
        let convert = |op: &moyo::base::Operation| Operation {
            rotation: op.rotation_as_array().map(|row| row.map(f64::from)),
            translation: op.translation_as_array(),
        };
        all.iter().map(convert).collect()
    }
}

/// A setting of the table with its names.
struct Row {
    setting: Setting,
    /// The names of this setting, apart from origin and axes.
    names: Vec<String>,
    /// The name shared by all settings of the group.
    short_name: String,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let entries = (1..=530).filter_map(hall_symbol_entry);
    let row = |entry: HallSymbolEntry| Row {
        names: names(&entry),
        short_name: plain(entry.hm_short),
        setting: Setting {
            entry,
            centring: None,
        },
    };
    entries.map(row).collect()
});

/// The operations of all tabulated settings.
static OPERATIONS: LazyLock<Vec<Vec<Operation>>> =
    LazyLock::new(|| settings().map(|s| s.operations()).collect());

fn settings() -> impl Iterator<Item = &'static Setting> {
    TABLE.iter().map(|row| &row.setting)
}

/// The operations of a Hall symbol, tabulated or not.
pub(crate) fn by_hall(symbol: &str) -> Option<Vec<Operation>> {
    let spaced = symbol.replace('_', " ");
    let found = hall::operations(&spaced);
    found.or_else(|| {
        let same = |s: &&Setting| plain(s.hall()) == plain(symbol);
        Some(settings().find(same)?.operations())
    })
}

/// The settings with a space group number, most likely first.
pub(crate) fn by_number(number: i32, angles: Option<[f64; 3]>) -> Vec<Setting> {
    let all = settings().filter(|s| s.entry.number == number);
    ranked(all.cloned().collect(), angles)
}

/// The settings that a Hermann-Mauguin symbol may refer to, most likely first; empty if the symbol
/// is not known.
///
/// The symbol may be short or full. The setting may follow after a colon, after a blank, or in
/// words, as in `F d -3 m :1`, `R -3 m H` or `P 4/n (origin choice 2)`. Blanks, the minus of cubic
/// groups and the 1 of monoclinic groups may be omitted. Screw axes may be written as `21`, `2_1`,
/// `2(1)` or `2~1~`, and the glide plane e as a, b or c. If the table has no group with the lattice
/// letter, as in `C -1`, the symbol means the primitive group with this centring added.
pub(crate) fn by_name(name: &str, angles: Option<[f64; 3]>) -> Vec<Setting> {
    let (name, choice) = split_choice(name);
    let mut named = named(&name);
    if named.is_empty() {
        named = recentred(&name);
    }
    if let Some(choice) = choice {
        let chosen = |s: &&Setting| s.entry.setting.to_ascii_lowercase() == choice;
        let starts = |s: &&Setting| s.entry.setting.to_ascii_lowercase().starts_with(&choice);
        let exact: Vec<Setting> = named.iter().filter(chosen).cloned().collect();
        let loose: Vec<Setting> = named.iter().filter(starts).cloned().collect();
        let kept = if exact.is_empty() { loose } else { exact };
        if !kept.is_empty() {
            return ranked(kept, angles);
        }
    }
    ranked(named, angles)
}

/// Sorts settings and removes settings that do not fit the angles, unless none fits. The standard
/// setting and the second origin choice come first.
fn ranked(mut settings: Vec<Setting>, angles: Option<[f64; 3]>) -> Vec<Setting> {
    let fits = |s: &Setting| angles.is_none_or(|angles| s.fits(angles));
    if settings.iter().any(fits) {
        settings.retain(fits);
    }
    settings.sort_by_key(|s| (!s.is_standard(), s.entry.setting.starts_with('1')));
    settings
}

fn named(name: &str) -> Vec<Setting> {
    let name = plain(name);
    let found = |is: &dyn Fn(&Row) -> bool| -> Vec<Setting> {
        let rows = TABLE.iter().filter(|row| is(row));
        rows.map(|row| row.setting.clone()).collect()
    };
    let literal = found(&|row| row.names.contains(&name));
    if literal.is_empty() {
        return found(&|row| row.short_name == name);
    }
    literal
}

/// The names of this setting, apart from origin and axes.
fn names(entry: &HallSymbolEntry) -> Vec<String> {
    let full = plain(entry.hm_full);
    let short = plain(entry.hm_short);
    match entry.number {
        // P 1 21/c 1 is also written P 21/c.
        3..=15 => {
            let words: Vec<&str> = entry.hm_full.split(' ').filter(|w| *w != "1").collect();
            vec![full, plain(&words.join(" "))]
        }
        // Older symbols of cubic groups omit the minus, as in F m 3 m.
        195.. => {
            let old = short.replacen("-3", "3", 1);
            vec![full, short, old]
        }
        _ => {
            let old = OLD_NAMES.iter().filter(|(n, _)| *n == entry.hall_number);
            let old = old.map(|(_, name)| plain(name));
            [full, short].into_iter().chain(old).collect()
        }
    }
}

/// Settings made from a primitive group for a name with another lattice letter.
fn recentred(name: &str) -> Vec<Setting> {
    let mut letters = name.trim_start().chars();
    let letter = letters.next().map(|c| c.to_ascii_uppercase());
    let Some(letter @ ('A' | 'B' | 'C' | 'F' | 'I')) = letter else {
        return Vec::new();
    };
    let centring = Some(letter);
    let primitive = named(&format!("P{}", letters.as_str()));
    let with = |s: Setting| Setting { centring, ..s };
    primitive.into_iter().map(with).collect()
}

/// Splits off the setting after a name, in lower case.
fn split_choice(name: &str) -> (String, Option<String>) {
    let lower = name.to_ascii_lowercase();
    let worded = [
        ("origin choice 1", "1"),
        ("origin choice 2", "2"),
        ("hexagonal", "h"),
        ("rhombohedral", "r"),
    ];
    if let Some((words, choice)) = worded.iter().find(|(words, _)| lower.contains(words)) {
        let at = lower.find(words).unwrap_or(lower.len());
        let bare = name[..at].trim_end_matches([' ', '(', ':', '{']);
        return (bare.to_owned(), Some((*choice).to_owned()));
    }
    if let Some((bare, choice)) = name.split_once(':') {
        let choice = choice.trim().to_ascii_lowercase();
        return (bare.to_owned(), (!choice.is_empty()).then_some(choice));
    }
    // Suffixes of the Inorganic Crystal Structure Database.
    let suffixes = [('Z', "2"), ('S', "1"), ('H', "h"), ('R', "r")];
    let ending = name.trim_end();
    let body = &ending[..ending.len() - ending.chars().last().map_or(0, char::len_utf8)];
    match suffixes.iter().find(|(s, _)| ending.ends_with(*s)) {
        Some((_, choice)) if body.len() > 1 => (body.to_owned(), Some((*choice).to_owned())),
        _ => (name.to_owned(), None),
    }
}

/// A symbol in lower case, without blanks and subscript marks.
fn plain(symbol: &str) -> String {
    let kept = symbol
        .chars()
        .filter(|c| !c.is_whitespace() && !"_()~'\"".contains(*c));
    kept.flat_map(char::to_lowercase).collect()
}

/// The setting with these operations: a tabulated one, a primitive one with another lattice letter, or
/// one with another origin.
pub(crate) fn of_operations(operations: &[Operation]) -> Option<Setting> {
    let tabulated = || settings().zip(OPERATIONS.iter());
    let is_same = |(_, own): &(&Setting, &Vec<Operation>)| {
        own.len() == operations.len() && same_group(own, operations)
    };
    let is_elsewhere = |(_, own): &(&Setting, &Vec<Operation>)| {
        same_rotations(own, operations) && same_group_elsewhere(own, operations)
    };
    let found = tabulated()
        .find(is_same)
        .map(|(setting, _)| setting.clone());
    found.or_else(|| recentred_of(operations)).or_else(|| {
        tabulated()
            .find(is_elsewhere)
            .map(|(setting, _)| setting.clone())
    })
}

/// The primitive group with another lattice letter that has these operations.
fn recentred_of(operations: &[Operation]) -> Option<Setting> {
    let primitive = || {
        let all = settings().zip(OPERATIONS.iter());
        all.filter(|(s, _)| s.name().starts_with('P'))
    };
    let mut letters = [('A', 2), ('B', 2), ('C', 2), ('I', 2), ('F', 4)].into_iter();
    letters.find_map(|(letter, factor)| {
        // The order of a subgroup divides that of the group. Only few groups remain to be generated.
        let is_possible = |(_, own): &(&Setting, &Vec<Operation>)| {
            let order = operations.len();
            order >= factor * own.len() && order.is_multiple_of(own.len())
        };
        let with_letter = |(setting, _): (&Setting, _)| Setting {
            centring: Some(letter),
            ..setting.clone()
        };
        let mut possible = primitive().filter(is_possible).map(with_letter);
        possible.find(|s| same_group(&s.operations(), operations))
    })
}

fn same_rotations(a: &[Operation], b: &[Operation]) -> bool {
    let bare = |list: &[Operation]| -> Vec<Operation> {
        let without = |o: &Operation| Operation {
            translation: [0.0; 3],
            ..*o
        };
        list.iter().map(without).collect()
    };
    a.len() == b.len() && same_group(&bare(a), &bare(b))
}

/// The settings with the code of axes and origin that a file states, such as `2`, `h` or `b1`; all
/// settings if none has this code.
pub(crate) fn chosen(settings: Vec<Setting>, code: Option<&str>) -> Vec<Setting> {
    let Some(code) = code else {
        return settings;
    };
    let has_code = |s: &&Setting| s.entry.setting.eq_ignore_ascii_case(code.trim());
    let with: Vec<Setting> = settings.iter().filter(has_code).cloned().collect();
    if with.is_empty() { settings } else { with }
}

/// Symbols of International Tables A (1983) for settings whose symbols now contain an e, by Hall
/// number.
const OLD_NAMES: [(i32, &str); 37] = [
    (191, "A b m 2"),
    (192, "B m a 2"),
    (193, "B 2 c m"),
    (194, "C 2 m b"),
    (195, "C m 2 a"),
    (196, "A c 2 m"),
    (203, "A b a 2"),
    (204, "B b a 2"),
    (205, "B 2 c b"),
    (206, "C 2 c b"),
    (207, "C c 2 a"),
    (208, "A c 2 a"),
    (304, "C m c a"),
    (305, "C c m b"),
    (306, "A b m a"),
    (307, "A c a m"),
    (307, "A b a m"),
    (308, "B b c m"),
    (309, "B m a b"),
    (316, "C m m a"),
    (317, "C m m b"),
    (318, "A b m m"),
    (319, "A c m m"),
    (320, "B m c m"),
    (321, "B m a m"),
    (322, "C c c a"),
    (323, "C c c a"),
    (324, "C c c b"),
    (325, "C c c b"),
    (326, "A b a a"),
    (327, "A b a a"),
    (328, "A c a a"),
    (329, "A c a a"),
    (330, "B b c b"),
    (331, "B b c b"),
    (332, "B b a b"),
    (333, "B b a b"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn first(name: &str) -> Option<(Option<u8>, usize, String)> {
        let setting = by_name(name, None).into_iter().next()?;
        Some((setting.number(), setting.operations().len(), setting.name()))
    }

    fn is(name: &str, number: u8, order: usize, full: &str) {
        let expected = (Some(number), order, full.to_owned());
        assert_eq!(first(name), Some(expected), "{name}");
    }

    #[test]
    fn names_as_files_write_them() {
        is("F d -3 m :1", 227, 192, "F d -3 m:1");
        is("Fd-3m", 227, 192, "F d -3 m:2");
        is("F d 3 m S", 227, 192, "F d -3 m:1");
        is("P 1 21/c 1", 14, 4, "P 1 21/c 1");
        is("P2(1)/n", 14, 4, "P 1 21/n 1");
        is("P2~1~/c", 14, 4, "P 1 21/c 1");
        is("P 1 1 21/b", 14, 4, "P 1 1 21/b");
        is("P 2_1 2_1 2_1", 19, 4, "P 21 21 21");
        is("I4/mmm", 139, 32, "I 4/m m m");
        is("C m c a", 64, 16, "C m c e");
        is("P b n m", 62, 8, "P b n m");
        is("P 21 n b", 33, 4, "P 21 n b");
        is("P 4/n m m (origin choice 1)", 129, 16, "P 4/n m m:1");
        is("R -3 m :R", 166, 12, "R -3 m:R");
        is("R-3mH", 166, 36, "R -3 m:H");
        is("R 3 m (hexagonal axes)", 160, 18, "R 3 m:H");
        is("R 3 c {rhombohedral axes}", 161, 6, "R 3 c:R");
        is("P n a a", 56, 8, "P n a a");
        is("I 1 2/a 1", 15, 8, "I 1 2/a 1");
        is("P 63/m", 176, 12, "P 63/m");
        is("P 2/m 2/m 2/m", 47, 8, "P m m m");
        for none in ["", "nonsense", "P", "X 1", "é", "::", "H"] {
            assert_eq!(first(none), None, "{none}");
        }
    }

    #[test]
    fn unusual_lattice_letters_add_their_centring() {
        for (name, order) in [("C -1", 4), ("I -1", 4), ("F 1", 4), ("F 4/m m m", 64)] {
            let (number, found, full) = first(name).unwrap();
            assert_eq!((number, found, full.as_str()), (None, order, name));
        }
    }

    #[test]
    fn every_name_of_the_table_finds_its_setting() {
        for setting in settings() {
            let found = by_name(&setting.name(), None);
            let same = |s: &Setting| s.entry.hall_number == setting.entry.hall_number;
            // For group 68, the same symbol and origin belong to two settings.
            let clear = setting.number() != Some(68);
            assert!(!clear || found.iter().any(same), "{}", setting.name());
            assert!(!clear || found.len() <= 2, "{}", setting.name());
        }
        for (hall_number, name) in OLD_NAMES {
            let found = by_name(name, None);
            assert!(
                found.iter().any(|s| s.entry.hall_number == hall_number),
                "{name}"
            );
        }
    }

    #[test]
    fn the_angles_of_the_cell_choose_axes() {
        let named = |name, angles| by_name(name, Some(angles))[0].name();
        assert_eq!(named("R -3 m", [90.0, 90.0, 120.0]), "R -3 m:H");
        assert_eq!(named("R -3 m", [57.2, 57.2, 57.2]), "R -3 m:R");
        assert_eq!(named("P 21/b", [90.0, 90.0, 101.0]), "P 1 1 21/b");
        assert_eq!(named("C 2/c", [90.0, 99.0, 90.0]), "C 1 2/c 1");
        let numbered = |number, angles| by_number(number, Some(angles))[0].name();
        assert_eq!(numbered(14, [90.0, 90.0, 101.0]), "P 1 1 21/a");
        assert_eq!(numbered(14, [90.0, 101.0, 90.0]), "P 1 21/c 1");
        assert!(by_number(231, None).is_empty());
        for number in 1..=230 {
            assert!(by_number(number, None)[0].is_standard(), "{number}");
        }
    }

    #[test]
    fn centred_groups_are_found_by_their_operations() {
        let primitive = settings().filter(|s| s.name().starts_with('P'));
        // Every eleventh group with every letter: all of them would take seconds.
        for (setting, letter) in primitive
            .step_by(11)
            .flat_map(|s| "ABCIF".chars().map(move |l| (s, l)))
        {
            let centred = Setting {
                centring: Some(letter),
                ..setting.clone()
            };
            let operations = centred.operations();
            let found = of_operations(&operations).unwrap();
            assert!(
                same_group(&found.operations(), &operations),
                "{}",
                centred.name()
            );
        }
    }

    #[test]
    fn groups_are_found_by_their_operations() {
        let setting = &by_name("F d -3 m:1", None)[0];
        assert_eq!(
            of_operations(&setting.operations()).unwrap().name(),
            "F d -3 m:1"
        );
        let inverted = |text| Operation::parse(text).unwrap();
        let centred = [
            "x,y,z",
            "-x,-y,-z",
            "x+1/2,y+1/2,z+1/2",
            "-x+1/2,-y+1/2,-z+1/2",
        ];
        assert_eq!(
            of_operations(&centred.map(inverted)).unwrap().name(),
            "I -1"
        );
        let elsewhere = ["x,y,z", "-x+1/3,-y,-z"].map(inverted);
        assert_eq!(of_operations(&elsewhere).unwrap().name(), "P -1");
        assert!(of_operations(&[Operation::shift([0.3, 0.0, 0.0])]).is_none());
        assert_eq!(by_hall("-P 2ybc").unwrap().len(), 4);
        assert_eq!(by_hall("-P_2ybc").unwrap().len(), 4);
        assert_eq!(by_hall("-P2ybc").unwrap().len(), 4);
        assert!(by_hall("nonsense").is_none());
    }
}
