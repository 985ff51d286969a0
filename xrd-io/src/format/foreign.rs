//! Unsupported text formats that are recognised by their first lines. Otherwise these files would
//! be read as columns with unusual headings.
//!
//! When a format becomes supported, its entry here must be removed.

use super::content::{Content, FormatReader};
use super::kind::Format;
use crate::error::{Error, Result};
use crate::source::Source;

pub(super) const READER: FormatReader =
    FormatReader::refusing(|source| source.text().and_then(name).is_some(), read);

/// Formats by the first word of the first content line.
const FIRST_WORDS: [(&str, &str); 3] = [
    ("# 3DExplore", "a pole figure of 3D Explore"),
    ("<", "an XML file"),
    ("##TITLE=", "a JCAMP-DX file"),
];

fn name(text: &str) -> Option<&'static str> {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && (known_comment(line) || !line.starts_with(['#', ';'])))?;
    let known = FIRST_WORDS.iter().find(|(word, _)| first.starts_with(word));
    known.map(|(_, name)| *name)
}

fn known_comment(line: &str) -> bool {
    line.starts_with("##") || line.starts_with("# 3DExplore")
}

fn read(source: &Source) -> Result<Content> {
    let what = source.text().and_then(name).unwrap_or_default();
    Err(Error::Unsupported {
        path: source.path.to_owned(),
        what: format!("{what} is not read"),
        expected: format!("one of {}", Format::names().join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_by_their_first_words() {
        let pole_figure = "# 3DExplore\n1 2\n";
        assert_eq!(name(pole_figure), Some("a pole figure of 3D Explore"));
        assert_eq!(name("##TITLE=a\n"), Some("a JCAMP-DX file"));
        assert_eq!(name("<?xml version=\"1.0\"?>"), Some("an XML file"));
        assert_eq!(name("10 20\n"), None);
        assert_eq!(name(""), None);
    }
}
