//! Members of a truncated zip archive. The directory at its end is missing, but each member has its
//! own header.
//!
//! ```text
//! 0   "PK" 3 4
//! 6   u16  flags; bit 0: encrypted, bit 3: the lengths follow the data
//! 8   u16  method: 0 stored, 8 deflated
//! 18  u32  length of the data, u32 of the content
//! 26  u16  length of the name, u16 of the extra field before the data
//! 30  name
//! ```
//!
//! Source: PKWARE, APPNOTE.TXT 6.3.10, section 4.3.7.

use std::io::{self, Read};

use crate::source::unpack::read_within;

const HEADER: &[u8] = b"PK\x03\x04";
/// Signatures that may follow the data of a member: another header, the directory, or a data
/// descriptor.
const MARKS: [&[u8]; 3] = [HEADER, b"PK\x01\x02", b"PK\x07\x08"];

/// A member found by its own header.
pub(super) struct Local<'a> {
    pub(super) name: String,
    is_deflated: bool,
    data: &'a [u8],
    /// Whether the file ends within the data.
    pub(super) is_cut: bool,
}

/// All members found, in the order of the file. Cost: O(length).
pub(super) fn members(bytes: &[u8]) -> Vec<Local<'_>> {
    let (mut members, mut at) = (Vec::new(), 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.starts_with(HEADER)) {
        let Some((member, length)) = member(rest) else {
            break;
        };
        members.extend(member);
        at += length;
        // The lengths follow the data.
        let gap = bytes[at.min(bytes.len())..].windows(4).take(25);
        at += gap.into_iter().position(|w| w == HEADER).unwrap_or(0);
    }
    members
}

/// The member at the start of some bytes and its length. The member is `None` if its compression
/// method is unknown.
fn member(bytes: &[u8]) -> Option<(Option<Local<'_>>, usize)> {
    let short = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let (flags, method) = (short(6)?, short(8)?);
    let announced = u32::from_le_bytes(bytes.get(18..22)?.try_into().ok()?) as usize;
    let name_end = 30 + usize::from(short(26)?);
    let start = name_end + usize::from(short(28)?);
    let name = String::from_utf8_lossy(bytes.get(30..name_end)?).into_owned();
    let rest = bytes.get(start..)?;
    let length = match flags & 8 {
        0 => announced,
        _ => {
            let mark = |w: &[u8]| MARKS.contains(&w);
            rest.windows(4).position(mark).unwrap_or(rest.len() + 1)
        }
    };
    let local = Local {
        name,
        is_deflated: method == 8,
        data: &rest[..length.min(rest.len())],
        is_cut: length > rest.len(),
    };
    let is_known = flags & 1 == 0 && matches!(method, 0 | 8);
    Some((is_known.then_some(local), start + length))
}

impl Local<'_> {
    /// The content, or the part of it that the file contains.
    pub(super) fn read(&self, most: usize) -> io::Result<Vec<u8>> {
        match self.is_deflated {
            true => {
                let mut inflated = flate2::read::DeflateDecoder::new(self.data);
                read_within(Lenient(&mut inflated), most)
            }
            false => read_within(self.data, most),
        }
    }
}

/// Reader that ends without an error where the data end, even if they are incomplete.
struct Lenient<R>(R);

impl<R: Read> Read for Lenient<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.0.read(to) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            read => read,
        }
    }
}
