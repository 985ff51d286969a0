//! CIF syntax: data blocks with named values and loops, independent of their meaning.
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
//! CIF 2.0 is supported in part. Text between triple quotes is one value. If the first line is
//! `#\#CIF_2.0`, text between brackets is one value too. Dots in the tags of later dictionaries are
//! read as underscores, so `_cell.length_a` means `_cell_length_a`. Save frames are skipped. Text
//! that violates the syntax is read as far as possible.
//!
//! Source: S. R. Hall, F. H. Allen and I. D. Brown, Acta Cryst. A47, 655 (1991); J. C. Bollinger
//! et al., J. Appl. Cryst. 49, 277 (2016).

mod number;
mod token;

use std::cmp::Ordering;

pub(crate) use number::number;
use token::{Token, tokens};

/// A value and its line number, from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Value<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: u32,
    /// Whether the value was quoted. In quotes, `?` and `.` are ordinary characters.
    quoted: bool,
}

impl<'a> Value<'a> {
    /// The text, unless it is `?` (unknown) or `.` (not applicable).
    pub(crate) fn known(self) -> Option<&'a str> {
        let unknown = !self.quoted && matches!(self.text, "?" | ".");
        (!unknown).then(|| self.text.trim())
    }

    /// Whether the value is `.`, which means "not applicable".
    pub(crate) fn is_dot(self) -> bool {
        !self.quoted && self.text == "."
    }
}

/// A data block.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) name: &'a str,
    pub(crate) line: u32,
    /// The items sorted by tag; equal tags keep the order of the file.
    items: Vec<Item<'a>>,
    values: Vec<Value<'a>>,
    /// Extra values after a tag outside loops that already has its value. Each is stored with this
    /// tag.
    strays: Vec<(&'a str, Value<'a>)>,
}

/// A tag and the positions of its values. The values are at `first`, `first + width`, …, `rows` in
/// total.
#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    tag: &'a str,
    first: u32,
    width: u32,
    rows: u32,
    /// The loop that contains the tag.
    in_loop: Option<Loop>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Loop {
    line: u32,
    /// The number of values in the block before this loop. It identifies the loop together with the
    /// number of rows, because a line may hold several loops.
    start: u32,
    rows: u32,
    /// The number of values left over after the last complete row.
    left_over: u32,
}

impl<'a> Block<'a> {
    fn new(name: &'a str, line: u32) -> Self {
        Self {
            name,
            line,
            items: Vec::new(),
            values: Vec::new(),
            strays: Vec::new(),
        }
    }

    /// The first known value under one of several tags, tried in order.
    pub(crate) fn any(&self, tags: &[&str]) -> Option<Value<'a>> {
        let known = |tag: &&str| self.column(tag)?.iter().find(|v| v.known().is_some());
        tags.iter().find_map(known)
    }

    /// The text of the first known value under one of several tags, tried in order.
    pub(crate) fn text(&self, tags: &[&str]) -> Option<&'a str> {
        self.any(tags).and_then(Value::known)
    }

    /// The first known text under one of several tags, with the rest of its line. This recovers a
    /// value without quotes, as in `_tag P 21/c`.
    pub(crate) fn line_of(&self, tags: &[&str]) -> Option<String> {
        let is_known = |tag: &&&str| self.text(&[**tag]).is_some();
        let tag = tags.iter().find(is_known)?;
        let first = self.any(&[*tag])?;
        let of_line = self.strays_of(tag).filter(|v| v.line == first.line);
        let words = first.known().into_iter().chain(of_line.map(|v| v.text));
        Some(words.collect::<Vec<_>>().join(" "))
    }

    /// Extra values after tags outside loops that already have a value, each with its tag.
    pub(crate) fn strays(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.strays.iter().copied()
    }

    fn strays_of(&self, tag: &str) -> impl Iterator<Item = Value<'a>> {
        let same = self.strays().filter(move |(t, _)| compare(t, tag).is_eq());
        same.map(|(_, value)| value)
    }

    /// The line numbers of the loops that give values to a tag; empty for a tag outside loops.
    pub(crate) fn loops_of(&self, tag: &str) -> Vec<u32> {
        let loops = self.equal(tag).iter().filter_map(|i| i.in_loop);
        let mut found: Vec<Loop> = loops.filter(|l| l.rows > 0).collect();
        found.dedup();
        found.iter().map(|l| l.line).collect()
    }

    /// All values of a tag, in the order of its loop.
    pub(crate) fn column(&self, tag: &str) -> Option<Column<'_, 'a>> {
        self.equal(tag).first().map(|item| self.column_of(item))
    }

    /// The loop that contains a tag. All tags outside loops belong to one table.
    pub(crate) fn table(&self, tag: &str) -> Option<Table<'_, 'a>> {
        self.tables(tag).next()
    }

    /// All loops that contain a tag. All values outside loops count as one loop.
    pub(crate) fn tables(&self, tag: &str) -> impl Iterator<Item = Table<'_, 'a>> {
        let items = self.equal(tag).chunk_by(|a, b| a.in_loop == b.in_loop);
        let first = items.filter_map(|items| items.first());
        first.map(|item| Table {
            block: self,
            item: *item,
        })
    }

    /// Whether any tag with this prefix has a value. The prefix is in lower case, with underscores
    /// for dots.
    pub(crate) fn states(&self, prefix: &str) -> bool {
        let at = self
            .items
            .partition_point(|i| compare(i.tag, prefix).is_lt());
        let begins = |i: &&Item| begins(i.tag, prefix);
        let mut items = self.items[at..].iter().take_while(begins);
        items.any(|i| self.column_of(i).iter().any(|v| v.known().is_some()))
    }

    fn equal(&self, tag: &str) -> &[Item<'a>] {
        let start = self.items.partition_point(|i| compare(i.tag, tag).is_lt());
        let end = self.items.partition_point(|i| compare(i.tag, tag).is_le());
        &self.items[start..end]
    }

    fn column_of(&self, item: &Item) -> Column<'_, 'a> {
        let (first, width) = (item.first as usize, item.width as usize);
        let after_last = (item.rows as usize * width).saturating_sub(width - 1);
        Column {
            values: self
                .values
                .get(first..first + after_last)
                .unwrap_or_default(),
            width,
        }
    }

    /// Assigns the values from `first` on to tags, row by row.
    fn assign(&mut self, line: Option<u32>, tags: &[&'a str], first: usize) {
        let (width, count) = (tags.len() as u32, (self.values.len() - first) as u32);
        let Some(rows) = count.checked_div(width) else {
            return;
        };
        let left_over = count % width;
        let start = first as u32;
        let places = (start..).zip(tags);
        self.items.extend(places.map(|(first, tag)| Item {
            tag,
            first,
            width,
            rows,
            in_loop: line.map(|line| Loop {
                line,
                start,
                rows,
                left_over,
            }),
        }));
    }
}

/// The values of one tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'b, 'a> {
    /// The slice from the first to the last value. It includes the values of other columns in
    /// between.
    values: &'b [Value<'a>],
    width: usize,
}

impl<'b, 'a> Column<'b, 'a> {
    pub(crate) fn get(self, row: usize) -> Option<Value<'a>> {
        self.values.get(row.checked_mul(self.width)?).copied()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Value<'a>> + 'b {
        self.values.iter().step_by(self.width).copied()
    }
}

/// A loop, or all values outside loops as a table of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'b, 'a> {
    block: &'b Block<'a>,
    item: Item<'a>,
}

impl<'b, 'a> Table<'b, 'a> {
    /// The number of complete rows.
    pub(crate) fn rows(self) -> usize {
        self.item.rows as usize
    }

    /// The line number of the loop.
    pub(crate) fn line(self) -> Option<u32> {
        self.item.in_loop.map(|l| l.line)
    }

    /// The line number of the loop, and the number of values left over after its last complete row.
    pub(crate) fn left_over(self) -> Option<(u32, u32)> {
        let found = self.item.in_loop.filter(|l| l.left_over > 0);
        found.map(|l| (l.line, l.left_over))
    }

    /// The column of a tag, if this table contains it.
    pub(crate) fn column(self, tag: &str) -> Option<Column<'b, 'a>> {
        let mut items = self.block.equal(tag).iter();
        let item = items.find(|i| i.in_loop == self.item.in_loop)?;
        Some(self.block.column_of(item))
    }
}

/// A tag in lower case, with underscores for dots.
fn canonical(tag: &str) -> impl Iterator<Item = u8> {
    let plain = |b: u8| {
        if b == b'.' {
            b'_'
        } else {
            b.to_ascii_lowercase()
        }
    };
    tag.bytes().map(plain)
}

fn compare(a: &str, b: &str) -> Ordering {
    canonical(a).cmp(canonical(b))
}

/// Parses the blocks of a text. Cost: O(length · log tags).
///
/// Returns no block for a text of 4 GB or more.
pub(crate) fn parse(text: &str) -> Vec<Block<'_>> {
    let mut parser = Parser::default();
    if u32::try_from(text.len()).is_ok() {
        tokens(text).for_each(|token| parser.take(token));
    }
    parser.end_of_values();
    for block in &mut parser.blocks {
        block.items.sort_by(|a, b| compare(a.tag, b.tag));
    }
    parser.blocks
}

/// Finds the first tag before the first `data_` line that starts with one of `words`. The words are
/// in lower case, with underscores for dots. Returns the tag and its line number.
pub(crate) fn before_first_block<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, u32)> {
    let mut tokens = tokens(text).take_while(|t| !matches!(t, Token::Data(..)));
    tokens.find_map(|token| match token {
        Token::Tag(tag, line) if words.iter().any(|w| begins(tag, w)) => Some((tag, line)),
        _ => None,
    })
}

/// Whether a tag starts with a word, compared in lower case with underscores for dots.
pub(crate) fn begins(tag: &str, word: &str) -> bool {
    let mut tag = canonical(tag);
    word.bytes().all(|b| tag.next() == Some(b))
}

#[derive(Default)]
struct Parser<'a> {
    blocks: Vec<Block<'a>>,
    in_frame: bool,
    /// The line number of the loop being read.
    in_loop: Option<u32>,
    /// The tags that still need values, and the number of values before the first of these.
    tags: Vec<&'a str>,
    first: usize,
    /// The last tag outside loops, if it already has a value.
    full: Option<&'a str>,
}

impl<'a> Parser<'a> {
    fn take(&mut self, token: Token<'a>) {
        match token {
            Token::Value(value) => self.value(value),
            Token::Tag(tag, _) => {
                if self.in_loop.is_none() || self.has_values() {
                    self.end_of_values();
                }
                self.full = None;
                self.tags.push(tag);
            }
            Token::Loop(line) => {
                self.end_of_values();
                self.full = None;
                self.in_loop = Some(line);
            }
            Token::Save(name) => {
                self.end_of_values();
                self.full = None;
                self.in_frame = !name.is_empty();
            }
            Token::Data(name, line) => {
                self.end_of_values();
                self.full = None;
                self.in_frame = false;
                self.first = 0;
                self.blocks.push(Block::new(name, line));
            }
        }
    }

    /// Adds a value for the pending tags. A second value for one tag means that a quote is missing
    /// or not closed.
    fn value(&mut self, value: Value<'a>) {
        let Some(block) = self.blocks.last_mut().filter(|_| !self.in_frame) else {
            return self.end_of_values_outside_loops();
        };
        if let Some(full) = self.full {
            block.strays.push((full, value));
            return;
        }
        block.values.push(value);
        if self.in_loop.is_none() {
            self.full = self.tags.first().copied();
        }
        self.end_of_values_outside_loops();
    }

    fn end_of_values_outside_loops(&mut self) {
        if self.in_loop.is_none() {
            self.end_of_values();
        }
    }

    fn has_values(&self) -> bool {
        let block = self.blocks.last();
        block.is_some_and(|b| b.values.len() > self.first)
    }

    /// Assigns the values read so far to the pending tags.
    fn end_of_values(&mut self) {
        if let Some(block) = self.blocks.last_mut() {
            if !self.in_frame {
                block.assign(self.in_loop, &self.tags, self.first);
            }
            self.first = block.values.len();
        }
        self.in_loop = None;
        self.tags.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(column: Option<Column<'_, 'a>>) -> Vec<&'a str> {
        column.unwrap().iter().map(|v| v.text).collect()
    }

    #[test]
    fn blocks_values_and_loops() {
        let blocks = parse("data_a _X.y 'it''s' _n ?\nloop_ _p _q 1 2 3 4\ndata_b _x 1 _x 2");
        assert_eq!(blocks.len(), 2);
        let a = &blocks[0];
        assert_eq!((a.name, a.line, blocks[1].name), ("a", 1, "b"));
        assert_eq!(a.text(&["_n"]), None);
        assert_eq!(a.text(&["_x_y"]), Some("it''s"));
        assert_eq!(texts(a.column("_q")), ["2", "4"]);
        assert_eq!(a.any(&["_n", "_p"]).unwrap().line, 2);
        assert_eq!(a.column("_p").unwrap().get(1).unwrap().text, "3");
        assert_eq!(a.column("_p").unwrap().get(2), None);
        assert_eq!(blocks[1].text(&["_x"]), Some("1"));
        assert!(a.states("_x_") && !a.states("_x_z") && !a.states("_n"));
    }

    #[test]
    fn a_table_holds_the_columns_of_its_loop_alone() {
        let blocks = parse("data_a _z 0\nloop_ _l _p A 1 B 2\nloop_ _l _q B 3");
        let (p, q) = (blocks[0].table("_p"), blocks[0].table("_q"));
        assert_eq!(texts(p.unwrap().column("_l")), ["A", "B"]);
        assert_eq!(texts(q.unwrap().column("_l")), ["B"]);
        assert!(p.unwrap().column("_q").is_none());
        assert_eq!((p.unwrap().rows(), q.unwrap().rows()), (2, 1));
        let scalars = blocks[0].table("_z").unwrap();
        assert!(scalars.column("_l").is_none());
    }

    #[test]
    fn loops_of_one_line_are_different() {
        let blocks = parse("data_a loop_ _p 1 2 loop_ _q 3 4 5 loop_ _r loop_ _s 6");
        let of = |table: &str, tag: &str| {
            let column = blocks[0].table(table).unwrap().column(tag);
            column.map(|column| column.iter().count())
        };
        assert_eq!((of("_q", "_q"), of("_q", "_p")), (Some(3), None));
        assert_eq!((of("_s", "_s"), of("_s", "_r")), (Some(1), None));
    }

    #[test]
    fn what_is_left_over_of_a_loop_is_known() {
        let blocks = parse("data_a\nloop_ _p _q 1 2 3\nloop_ _r\nloop_ _s _t 1\n_u 5 stray _v 6");
        let left = |tag| blocks[0].table(tag).unwrap().left_over();
        assert_eq!(
            (left("_p"), left("_s"), left("_u")),
            (Some((2, 1)), Some((4, 1)), None)
        );
        assert_eq!(texts(blocks[0].column("_p")), ["1"]);
        assert_eq!(
            (texts(blocks[0].column("_r")).len(), blocks[0].text(&["_v"])),
            (0, Some("6"))
        );
    }

    #[test]
    fn frames_and_what_has_no_block_are_left_out() {
        let blocks = parse("_x 1 data_a save_f _y 2 save_ _z 3");
        assert_eq!(blocks[0].text(&["_z"]), Some("3"));
        assert!(blocks[0].column("_y").is_none() && blocks[0].column("_x").is_none());
        let before = |text| before_first_block(text, &["_x_"]);
        assert_eq!(before("# _a\n_x 1\n_X.a 2 data_a _y 2"), Some(("_X.a", 3)));
        assert_eq!(before("_x 1 data_a _x_a 1"), None);
    }

    #[test]
    fn values_beyond_the_one_of_a_tag_are_known() {
        let blocks =
            parse("data_a stray _n P 21/c 'x y'\n1 _p 2 loop_ _q 3 4 save_f _r 5 6 save_ 7");
        let strays: Vec<_> = blocks[0].strays().map(|(tag, v)| (tag, v.text)).collect();
        assert_eq!(strays, [("_n", "21/c"), ("_n", "x y"), ("_n", "1")]);
        let line = blocks[0].line_of(&["_m", "_N"]);
        assert_eq!(line.as_deref(), Some("P 21/c x y"));
        assert_eq!(blocks[0].text(&["_p"]), Some("2"));
        assert_eq!(blocks[0].line_of(&["_m"]), None);
    }

    #[test]
    fn loops_of_one_tag_are_told_apart() {
        let blocks = parse("data_a\nloop_ _p _p 1 2\nloop_ _p 3\nloop_ _p\nloop_ _q 4 _p 5");
        assert_eq!(blocks[0].loops_of("_p"), [2, 3]);
        assert!(blocks[0].loops_of("_x").is_empty());
    }
}
