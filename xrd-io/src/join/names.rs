//! Forms in which pattern names and table cells may be written.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Normalises texts to composed characters: a letter and its accent become one character, as on
/// most systems.
pub(super) fn composed<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let one = |text: &'a str| match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    };
    texts.map(one).collect()
}

/// Row indices by each form of the name in a cell.
#[derive(Default)]
pub(super) struct Index<'a> {
    exact: HashMap<&'a str, Vec<usize>>,
    /// Rows by the cell with and without its folders and its extension.
    short: HashMap<&'a str, Vec<usize>>,
    /// Rows by the cell with and without its folders and the extension of a pattern file.
    of_files: HashMap<&'a str, Vec<usize>>,
    /// Like `short`, but only for cells that contain no folder.
    bare_short: HashMap<&'a str, Vec<usize>>,
    bare_of_files: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(cells: &'a [Cow<str>]) -> Self {
        let mut index = Self::default();
        for (row, cell) in cells.iter().enumerate() {
            let (cell, base) = (cell.as_ref(), base(cell));
            let short = [cell, base, stem(cell), stem(base)];
            let of_files = [cell, base, file_stem(cell), file_stem(base)];
            put(&mut index.exact, &[cell], row);
            put(&mut index.short, &short, row);
            put(&mut index.of_files, &of_files, row);
            if base == cell {
                put(&mut index.bare_short, &short, row);
                put(&mut index.bare_of_files, &of_files, row);
            }
        }
        index
    }

    /// The rows that match a name best.
    pub(super) fn rows(&self, name: &str) -> &[usize] {
        let mut found = self.ways(name).into_iter().filter(|rows| !rows.is_empty());
        found.next().unwrap_or_default()
    }

    /// The rows that match a name, best match first. Folders and extensions are ignored on both
    /// sides only if the cell contains no folder, or if both extensions are those of pattern files.
    pub(super) fn ways(&self, name: &str) -> [&[usize]; 5] {
        let of_file = file_stem(name);
        let ways = [
            self.exact.get(name),
            self.short.get(name),
            self.bare_short.get(base(name)),
            self.of_files.get(of_file),
            self.bare_of_files.get(base(of_file)),
        ];
        ways.map(|rows| rows.map_or(&[][..], Vec::as_slice))
    }
}

fn put<'a>(map: &mut HashMap<&'a str, Vec<usize>>, names: &[&'a str], row: usize) {
    for name in names {
        let rows = map.entry(name).or_default();
        if rows.last() != Some(&row) {
            rows.push(row);
        }
    }
}

/// A name without its folders.
pub(super) fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A name without its extension. The text after the last dot is an extension only if it is short
/// and starts with a letter: Fe11.5 has no extension.
pub(super) fn stem(name: &str) -> &str {
    let is_extension = |text: &str| {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
        plain && text.len() <= 5 && text.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    without_extension(without_packing(name), is_extension)
}

/// A name without the extension of a pattern file, if it has one.
pub(super) fn file_stem(name: &str) -> &str {
    let is_extension = |text: &str| EXTENSIONS.iter().any(|e| text.eq_ignore_ascii_case(e));
    without_extension(without_packing(name), is_extension)
}

fn without_packing(name: &str) -> &str {
    without_extension(name, |text| ["gz", "bz2"].contains(&text))
}

fn without_extension(name: &str, is_extension: impl Fn(&str) -> bool) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !base(stem).is_empty() && is_extension(extension) => stem,
        _ => name,
    }
}

/// Extensions of pattern files.
#[rustfmt::skip]
const EXTENSIONS: [&str; 42] = [
    "asc", "brml", "chi", "cif", "cpi", "csv", "dat", "dbw", "dif", "esd", "fxy", "fxye", "gsa",
    "gsas", "gss", "h5", "hdf5", "int", "json", "mdi", "npy", "npz", "nxs", "prf", "ras", "rasx",
    "raw", "rd", "sd", "std", "tsv", "txt", "udf", "uxd", "x_y", "xlsx", "xml", "xrdml", "xy",
    "xyd", "xye", "xyn",
];
