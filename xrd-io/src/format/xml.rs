//! XML written by instruments, complete or truncated.

use std::borrow::Cow;
use std::path::Path;

use roxmltree::{Document, Node, TextPos};

use crate::error::{Error, Place, Result, shorten};

/// Largest depth of nested elements. Real files have a depth of about ten.
const DEEPEST: usize = 200;
/// Largest size of one tag in bytes. Real tags have a few hundred bytes. The time to compare all
/// attribute names grows with the square of this size.
const LONGEST_TAG: usize = 8192;

/// The text of an XML document, completed if it was truncated.
pub(super) struct Xml<'a> {
    path: &'a Path,
    text: Cow<'a, str>,
    /// The position at which a truncated text ends; `None` if the text is complete.
    cut: Option<usize>,
}

impl<'a> Xml<'a> {
    /// Completes a text. If it ends within elements, an incomplete tag and an incomplete word at
    /// its end are dropped, and the elements are closed. Cost: O(length).
    ///
    /// # Errors
    /// [`Error::Malformed`] for elements nested too deeply, and for tags that are too long.
    pub(super) fn new(path: &'a Path, text: &'a str) -> Result<Self> {
        let mut open: Vec<&str> = Vec::new();
        let mut at = 0;
        while let Some(markup_start) = text[at..].find('<') {
            let markup = &text[at + markup_start..];
            let Some(length) = markup_length(markup) else {
                return Ok(Self::close(path, &text[..at + markup_start], &open));
            };
            let refuse = |found, expected| {
                let place = Place::Byte(at + markup_start);
                Error::malformed(path, place, found, expected)
            };
            match markup.as_bytes()[1] {
                b'/' => drop(open.pop()),
                b'?' | b'!' => {}
                _ if length > LONGEST_TAG => {
                    let found = format!("a tag of {length} bytes");
                    return Err(refuse(found, format!("at most {LONGEST_TAG}")));
                }
                _ if markup[..length].ends_with("/>") => {}
                _ => open.push(name(&markup[1..length])),
            }
            if open.len() > DEEPEST {
                let found = format!("{} elements in each other", open.len());
                return Err(refuse(found, format!("at most {DEEPEST}")));
            }
            at += markup_start + length;
        }
        if open.is_empty() {
            return Ok(Self {
                path,
                text: text.into(),
                cut: None,
            });
        }
        let end = text
            .rfind(['<', '>', ' ', '\t', '\n', '\r'])
            .map_or(0, |i| i + 1);
        Ok(Self::close(path, &text[..end], &open))
    }

    fn close(path: &'a Path, text: &str, open: &[&str]) -> Self {
        let mut whole = text.to_owned();
        for name in open.iter().rev() {
            whole.push_str(&format!("</{name}>"));
        }
        Self {
            path,
            text: whole.into(),
            cut: Some(text.len()),
        }
    }

    /// The parsed document. Positions in it are lines and columns of characters.
    ///
    /// # Errors
    /// [`Error::Malformed`] for invalid XML, and for XML that defines its own entities.
    pub(super) fn document(&self) -> Result<Document<'_>> {
        Document::parse(&self.text).map_err(|e| {
            let found = shorten(&e.to_string());
            Error::malformed(self.path, place(e.pos()), found, "well-formed XML")
        })
    }

    /// Whether the text is truncated.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// Whether the text is truncated within an element.
    pub(super) fn is_cut_in(&self, node: Node) -> bool {
        self.cut.is_some_and(|cut| node.range().end > cut)
    }

    /// The numbers in the text of an element, separated by white space.
    ///
    /// # Errors
    /// [`Error::NotANumber`] with the position.
    pub(super) fn numbers(&self, node: Node) -> Result<Vec<f64>> {
        let text = node.text().unwrap_or_default();
        let words = text.split_ascii_whitespace();
        words
            .enumerate()
            .map(|(i, word)| self.number(node, i, word))
            .collect()
    }

    fn number(&self, node: Node, index: usize, word: &str) -> Result<f64> {
        word.parse().map_err(|_| {
            let found = format!(
                "'{}' as number {} of {}",
                shorten(word),
                index + 1,
                name_of(node)
            );
            Error::malformed(self.path, self.place(node), found, "a number")
        })
    }

    /// The position of an element.
    pub(super) fn place(&self, node: Node) -> Place {
        place(node.document().text_pos_at(node.range().start))
    }

    pub(super) fn malformed(
        &self,
        node: Node,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Error {
        Error::malformed(self.path, self.place(node), found, expected)
    }
}

fn place(position: TextPos) -> Place {
    Place::Cell {
        line: position.row as usize,
        column: position.col as usize,
    }
}

/// The length of the markup at the start of a text; `None` if the markup does not end.
fn markup_length(text: &str) -> Option<usize> {
    let up_to = |end: &str| text.find(end).map(|i| i + end.len());
    if text.starts_with("<!--") {
        return up_to("-->");
    }
    if text.starts_with("<![CDATA[") {
        return up_to("]]>");
    }
    if text.starts_with("<?") {
        return up_to("?>");
    }
    let mut quote = None;
    for (i, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(i + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn name(markup: &str) -> &str {
    let end = markup.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    &markup[..end.unwrap_or(markup.len())]
}

/// The name of an element, without its namespace prefix.
pub(super) fn name_of<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

/// The child elements with a name.
pub(super) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    node.children()
        .filter(move |child| child.is_element() && name_of(*child) == name)
}

/// The first element at a path of names below an element.
pub(super) fn find<'a, 'i: 'a>(node: Node<'a, 'i>, path: &[&str]) -> Option<Node<'a, 'i>> {
    path.iter().try_fold(node, |node, name| {
        node.children()
            .find(|child| child.is_element() && name_of(*child) == *name)
    })
}

/// The text of the element at a path, if it is not empty.
pub(super) fn text<'a>(node: Node<'a, '_>, path: &[&str]) -> Option<&'a str> {
    let text = find(node, path)?.text()?.trim();
    Some(text).filter(|text| !text.is_empty())
}

/// The number at a path, if there is one.
pub(super) fn number(node: Node, path: &[&str]) -> Option<f64> {
    text(node, path)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, read: impl Fn(&Xml, Node) -> T) -> T {
        let xml = Xml::new(Path::new("a.xml"), text).unwrap();
        let document = xml.document().unwrap();
        read(&xml, document.root_element())
    }

    #[test]
    fn elements_by_their_path() {
        let text_xml = "<n:a xmlns:n='u'><b>\n<c k='1>2'> x </c><c/></b><!-- <d> --><?e?></n:a>";
        with(text_xml, |xml, root| {
            assert!(!xml.is_cut());
            assert_eq!(name_of(root), "a");
            assert_eq!(text(root, &["b", "c"]), Some("x"));
            assert_eq!(number(root, &["b", "c"]), None);
            assert_eq!(find(root, &["b", "d"]), None);
            let b = find(root, &["b"]).unwrap();
            assert_eq!(children(b, "c").count(), 2);
            let c = find(b, &["c"]).unwrap();
            assert_eq!(xml.place(c), Place::Cell { line: 2, column: 1 });
        });
    }

    #[test]
    fn what_is_cut_short_ends_with_whole_words() {
        let whole = "<a x='1'><b>1 2 30</b><c>4</c></a>";
        for end in 10..whole.len() - 3 {
            let xml = Xml::new(Path::new("a.xml"), &whole[..end]).unwrap();
            let document = xml.document().unwrap();
            let root = document.root_element();
            assert!(xml.is_cut() && xml.is_cut_in(root), "{end}");
            let Some(b) = find(root, &["b"]) else {
                continue;
            };
            let numbers = xml.numbers(b).unwrap();
            assert!([1.0, 2.0, 30.0].starts_with(&numbers), "{end}: {numbers:?}");
            assert_eq!(xml.is_cut_in(b), end < 22, "{end}");
            assert!(numbers.len() == 3 || xml.is_cut_in(b), "{end}: {numbers:?}");
        }
    }

    #[test]
    fn what_is_no_xml_is_refused_with_its_place() {
        let refusal = |text: &str| {
            let xml = match Xml::new(Path::new("a.xml"), text) {
                Ok(xml) => xml,
                Err(e) => return e.to_string(),
            };
            xml.document().unwrap_err().to_string()
        };
        assert!(refusal("<a>\n<b></c></a>").starts_with("a.xml: line 2, column "));
        assert!(refusal("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>").contains("well-formed"));
        assert!(refusal(&"<a>".repeat(1000)).contains("201 elements in each other"));
        let tag = format!("<a{}/>", " b=''".repeat(9000));
        assert!(refusal(&tag).contains("a tag of 45004 bytes"));
        let wrong = with("<a>1 x</a>", |xml, root| {
            xml.numbers(root).unwrap_err().to_string()
        });
        assert_eq!(
            wrong,
            "a.xml: line 1, column 1: 'x' as number 2 of a (expected a number)"
        );
    }
}
