//! CIF 1.1 as blocks of named values and loops, whatever they mean.
//!
//! ```text
//! data_name              a block
//! _tag value             one value: a word, or text in ' ' or " ", or lines between ; and ;
//! loop_ _tag_a _tag_b    a table: the names of its columns,
//!   1 2                  then its values in rows
//!   3 4
//! # comment
//! ```
//!
//! The dots of later dictionaries are read as underscores, so that `_cell.length_a` is
//! `_cell_length_a`. What breaks the rules is read as far as it makes sense.

mod token;

use std::collections::HashMap;

use token::{Token, tokens};

/// A value and its line, from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Value<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
    /// Whether it stood in quotes, so that `?` and `.` are just characters.
    quoted: bool,
}

impl<'a> Value<'a> {
    /// The text, unless it says that there is none: `?` or `.`.
    pub(crate) fn known(self) -> Option<&'a str> {
        let unknown = !self.quoted && matches!(self.text, "?" | ".");
        (!unknown).then(|| self.text.trim())
    }
}

/// A data block.
#[derive(Debug, Default)]
pub(crate) struct Block<'a> {
    /// By tag in lower case.
    columns: HashMap<String, Column<'a>>,
    /// Of each loop, the line it begins in and whether its values fill whole rows.
    loops: Vec<(usize, bool)>,
}

#[derive(Debug)]
struct Column<'a> {
    values: Vec<Value<'a>>,
    /// The loop it is in.
    in_loop: Option<usize>,
}

impl<'a> Block<'a> {
    /// The first value under a tag.
    pub(crate) fn value(&self, tag: &str) -> Option<Value<'a>> {
        self.columns.get(tag)?.values.first().copied()
    }

    /// The first value known under one of several tags.
    pub(crate) fn any(&self, tags: &[&str]) -> Option<Value<'a>> {
        let values = tags.iter().filter_map(|tag| self.value(tag));
        values.into_iter().find(|v| v.known().is_some())
    }

    /// All values under a tag, in the order of its loop.
    pub(crate) fn column(&self, tag: &str) -> Option<&[Value<'a>]> {
        Some(self.columns.get(tag)?.values.as_slice())
    }

    /// The line of the loop that a tag is in, if its values do not fill whole rows.
    pub(crate) fn ragged(&self, tag: &str) -> Option<usize> {
        let (line, whole) = self.loops[self.columns.get(tag)?.in_loop?];
        (!whole).then_some(line)
    }

    /// Whether there is a tag that begins so.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.columns.keys().any(|tag| tag.starts_with(prefix))
    }

    fn push(&mut self, tag: &str, values: Vec<Value<'a>>, in_loop: Option<usize>) {
        // Of a tag given twice the first counts.
        let column = Column { values, in_loop };
        self.columns.entry(canonical(tag)).or_insert(column);
    }

    fn push_loop(&mut self, line: usize, tags: &[&str], values: &[Value<'a>]) {
        let width = tags.len();
        if width == 0 {
            return;
        }
        self.loops.push((line, values.len().is_multiple_of(width)));
        let rows = values.len() / width * width;
        for (i, tag) in tags.iter().enumerate() {
            let column = values[..rows].iter().skip(i).step_by(width).copied();
            self.push(tag, column.collect(), Some(self.loops.len() - 1));
        }
    }
}

fn canonical(tag: &str) -> String {
    tag.to_ascii_lowercase().replace('.', "_")
}

/// The blocks of a text. O(length).
pub(crate) fn parse(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut tokens = tokens(text).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Data => blocks.push(Block::default()),
            Token::Tag(tag) => {
                let value = tokens.next_if(Token::is_value).and_then(Token::into_value);
                if let (Some(block), Some(value)) = (blocks.last_mut(), value) {
                    block.push(tag, vec![value], None);
                }
            }
            Token::Loop(line) => {
                let (mut tags, mut values) = (Vec::new(), Vec::new());
                while let Some(Token::Tag(tag)) = tokens.next_if(Token::is_tag) {
                    tags.push(tag);
                }
                while let Some(Token::Value(value)) = tokens.next_if(Token::is_value) {
                    values.push(value);
                }
                if let Some(block) = blocks.last_mut() {
                    block.push_loop(line, &tags, &values);
                }
            }
            // A value without a tag, as it follows a quote that is not closed.
            Token::Value(_) => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_values_and_loops() {
        let blocks = parse("data_a _X.y 'it''s' _n ?\nloop_ _p _q 1 2 3 4\ndata_b _x 1 _x 2");
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[0].value("_n").unwrap().known(), None);
        let column = blocks[0].column("_q").unwrap();
        assert_eq!(
            column.iter().map(|v| v.text).collect::<Vec<_>>(),
            ["2", "4"]
        );
        assert_eq!(blocks[0].ragged("_q"), None);
        assert_eq!(blocks[1].value("_x").unwrap().text, "1");
        assert_eq!(blocks[0].any(&["_n", "_p"]).unwrap().line, 2);
    }

    #[test]
    fn ragged_loops_are_known() {
        let blocks = parse("data_a\nloop_ _p _q 1 2 3\n");
        assert_eq!(blocks[0].ragged("_p"), Some(2));
        assert_eq!(blocks[0].column("_p").unwrap().len(), 1);
    }
}
