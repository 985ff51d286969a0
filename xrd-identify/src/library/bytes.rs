//! Libraries as bytes.
//!
//! ```text
//! 8 bytes   "XRDLINES"
//! u32       version, 1
//! u32       number of entries n
//! n times   u8 space group, u8 number of lines, u8 length of name, u8 of formula, u8 of source
//! bytes     lines of all entries: step of 1/d from the line before (7 bits per byte, the highest bit set if
//!           more follow, the lowest 7 bits first), then u8 height
//! bytes     texts of all entries: name, formula, source
//! ```
//!
//! Numbers are little-endian.

use super::{Library, Record};
use crate::lines::Code;
use crate::{Error, LineList, Result};

const MAGIC: &[u8; 8] = b"XRDLINES";
const VERSION: u32 = 1;
const HEAD: usize = 5;

impl Library {
    /// Returns the bytes of a file with all entries, about 170 bytes per entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.len() as u32).to_le_bytes());
        for (i, r) in self.records.iter().enumerate() {
            let lines = self.codes(i).len() as u8;
            bytes.extend([r.space_group, lines, r.name, r.formula, r.source]);
        }
        for i in 0..self.len() {
            let mut before = 0;
            for (position, height) in self.codes(i) {
                put(&mut bytes, position - before);
                bytes.push(*height);
                before = *position;
            }
        }
        bytes.extend(self.text.as_bytes());
        bytes
    }

    /// Reads a library from its bytes. Cost: O(lines).
    ///
    /// # Errors
    /// [`Error::File`] with the position if the bytes are not those of a library, or of a version that this
    /// crate does not know. Memory is only allocated for entries that are there.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(reader.wrong("other first bytes than XRDLINES", 0));
        }
        if reader.u32()? != VERSION {
            return Err(reader.wrong("another version than 1", 8));
        }
        let entries = reader.u32()? as usize;
        let heads_at = reader.at;
        let heads = reader.take(entries.saturating_mul(HEAD))?;
        let mut library = Self::default();
        let (mut text, mut codes) = (0u32, Vec::new());
        for (i, head) in heads.chunks_exact(HEAD).enumerate() {
            let [space_group, lines, name, formula, source] =
                [head[0], head[1], head[2], head[3], head[4]];
            if !(1..=230).contains(&space_group) {
                return Err(reader.wrong("a space group that is not 1 to 230", heads_at + i * HEAD));
            }
            let at = reader.at;
            codes.clear();
            reader.lines(usize::from(lines), &mut codes)?;
            LineList::from_codes(&codes).ok_or(reader.wrong("impossible lines", at))?;
            library.records.push(Record {
                text,
                name,
                formula,
                source,
                space_group,
                first_line: library.codes.len() as u32,
            });
            let length: u32 = [name, formula, source].map(u32::from).iter().sum();
            text = text.saturating_add(length);
            library.codes.extend_from_slice(&codes);
            library.index.push(&codes);
        }
        let at = reader.at;
        let texts = reader.take(text as usize)?;
        let texts = std::str::from_utf8(texts);
        library.text = texts
            .map_err(|e| reader.wrong("text that is not UTF-8", at + e.valid_up_to()))?
            .to_owned();
        if reader.at != bytes.len() {
            return Err(reader.wrong("bytes after the end", reader.at));
        }
        library.check_texts(at)?;
        Ok(library)
    }

    /// Checks that texts begin between characters.
    fn check_texts(&self, at: usize) -> Result<()> {
        let reason = "a text that ends within a character";
        for r in &self.records {
            let mut end = r.text as usize;
            for length in [r.name, r.formula, r.source] {
                end += usize::from(length);
                if !self.text.is_char_boundary(end) {
                    return Err(Error::File {
                        reason,
                        at: at + end,
                    });
                }
            }
        }
        Ok(())
    }
}

fn put(bytes: &mut Vec<u8>, mut step: u16) {
    while step >= 128 {
        bytes.push((step & 127) as u8 | 128);
        step >>= 7;
    }
    bytes.push(step as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn wrong(&self, reason: &'static str, at: usize) -> Error {
        Error::File { reason, at }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length);
        let part = end.and_then(|end| self.bytes.get(self.at..end));
        let part = part.ok_or(self.wrong("the end of the bytes", self.bytes.len()))?;
        self.at += length;
        Ok(part)
    }

    fn u32(&mut self) -> Result<u32> {
        let part = self.take(4)?;
        Ok(part.iter().rev().fold(0, |sum, b| sum << 8 | u32::from(*b)))
    }

    fn lines(&mut self, lines: usize, codes: &mut Vec<Code>) -> Result<()> {
        let mut position = 0u32;
        for _ in 0..lines {
            let (mut step, mut shift) = (0u32, 0);
            loop {
                let byte = self.take(1)?[0];
                step |= u32::from(byte & 127) << shift;
                shift += 7;
                match byte & 128 {
                    0 => break,
                    _ if shift < 21 => {}
                    _ => return Err(self.wrong("a step of 1/d that is too long", self.at)),
                }
            }
            position += step;
            let position = u16::try_from(position);
            let position = position.map_err(|_| self.wrong("a line beyond 90°", self.at))?;
            codes.push((position, self.take(1)?[0]));
        }
        Ok(())
    }
}
