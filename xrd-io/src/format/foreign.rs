//! Text formats that are known by their first lines and not read: without this they would be
//! taken for columns with odd headings.
//!
//! A format that becomes readable loses its line here.

use super::{Content, Format};
use crate::error::{Error, Result};
use crate::patterns::ReadOptions;
use crate::source::Source;

pub(super) const FORMAT: Format = Format::new("", |source| source.text().and_then(name).is_some(), read);

/// What the first word of the first line that says something tells.
const FIRST_WORDS: [(&str, &str); 6] = [
    ("# 3DExplore", "a pole figure of 3D Explore"),
    ("<", "an XML file"),
    ("SampleIdent,", "a Philips UDF file"),
    ("_FILEVERSION", "a Bruker UXD file"),
    ("data_", "a CIF"),
    ("##", "a JCAMP-DX file"),
];

fn name(text: &str) -> Option<&'static str> {
    if text.lines().take(50).any(is_bank) {
        return Some("a GSAS file");
    }
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && (known_comment(line) || !line.starts_with(['#', ';'])))?;
    let known = FIRST_WORDS.iter().find(|(word, _)| first.starts_with(word));
    known.map(|(_, name)| *name)
}

/// The line `BANK number channels records type …` before the intensities of a GSAS file.
fn is_bank(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let numbers = |words: std::str::SplitWhitespace| words.take(3).all(|w| w.parse::<u32>().is_ok());
    words.next() == Some("BANK") && words.clone().count() > 3 && numbers(words)
}

fn known_comment(line: &str) -> bool {
    line.starts_with("##") || line.starts_with("# 3DExplore")
}

fn read(source: &Source, _: &ReadOptions) -> Result<Content> {
    let what = source.text().and_then(name).unwrap_or_default();
    Err(Error::Unsupported {
        path: source.path.to_owned(),
        what: format!("{what} is not read"),
        expected: format!("one of {}", super::format_names().join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_by_their_first_words() {
        assert_eq!(name("; c\n_FILEVERSION=2\n"), Some("a Bruker UXD file"));
        assert_eq!(name("# c\n\ndata_a\n"), Some("a CIF"));
        assert_eq!(name("<?xml version=\"1.0\"?>"), Some("an XML file"));
        assert_eq!(name("a title\nBANK 1 400 80 CONST 500 5 0 0 ESD\n1 2\n"), Some("a GSAS file"));
        assert_eq!(name("10 20\n"), None);
        assert_eq!(name(""), None);
    }
}
