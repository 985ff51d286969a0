//! Decoding of bytes into text in any common encoding.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::threads;

/// Decodes bytes as text. Otherwise returns the bytes and the offset of the first byte that cannot
/// be part of a text.
///
/// UTF-8 and UTF-16 are recognised by their byte-order marks, and UTF-16 without a mark by its zero
/// bytes. Otherwise the text is UTF-8 if that is valid, else Shift-JIS if that is valid and
/// contains two-byte characters, else Windows-1252, which includes Latin-1 and accepts every byte.
/// Zeros and DOS end-of-file marks at the end are ignored.
pub(super) fn decode(mut bytes: Vec<u8>) -> Result<String, (Vec<u8>, usize)> {
    if let Some(encoding) = utf16(&bytes) {
        return Ok(encoding.decode_with_bom_removal(&bytes).0.into_owned());
    }
    let padding = bytes
        .iter()
        .rev()
        .take_while(|b| matches!(**b, 0 | END_OF_FILE))
        .count();
    let text = &bytes[..bytes.len() - padding];
    if let Some(offset) = first_never_in_text(text) {
        return Err((bytes, offset));
    }
    if text.is_empty() && padding > 0 {
        return Err((bytes, 0));
    }
    bytes.truncate(bytes.len() - padding);
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).or_else(|error| {
        let bytes = error.into_bytes();
        Ok(of_one_region(&bytes)
            .decode_without_bom_handling(&bytes)
            .0
            .into_owned())
    })
}

/// The bytes with blanks in place of those that cannot be part of a text, if all of these are in the
/// header: in one of the first lines, with at least two lines of ASCII after it.
pub(super) fn without_junk_in_header(bytes: &[u8]) -> Option<Vec<u8>> {
    const MOST_LINES: usize = 10;
    const LONGEST: usize = 4000;
    let is_padding = |b: &u8| matches!(*b, 0 | END_OF_FILE);
    let end = bytes.len() - bytes.iter().rev().take_while(|b| is_padding(b)).count();
    let text = &bytes[..end];
    let last = text.iter().rposition(|b| never_in_text(*b))?;
    let is_end = |b: &u8| matches!(*b, b'\n' | b'\r');
    let rest = &text[last + text[last..].iter().position(is_end)?..];
    let lines = |part: &[u8]| part.split(is_end).filter(|line| !line.is_empty()).count();
    let is_header = last < LONGEST && lines(&text[..=last]) <= MOST_LINES;
    let clean = |b: &u8| if never_in_text(*b) { b' ' } else { *b };
    (is_header && rest.is_ascii() && lines(rest) >= 2).then(|| text.iter().map(clean).collect())
}

/// Ctrl-Z.
const END_OF_FILE: u8 = 0x1a;

/// The UTF-16 variant shown by a byte-order mark, or by a zero next to each of the first
/// characters.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [a, 0, b, 0, c, 0, d, 0, ..] if [a, b, c, d].iter().all(|b| is_ascii_text(**b)) => {
            Some(UTF_16LE)
        }
        [0, a, 0, b, 0, c, 0, d, ..] if [a, b, c, d].iter().all(|b| is_ascii_text(**b)) => {
            Some(UTF_16BE)
        }
        _ => None,
    }
}

fn of_one_region(bytes: &[u8]) -> &'static Encoding {
    let two_byte = |pair: &[u8]| {
        matches!(pair[0], 0x81..=0x9f) && matches!(pair[1], 0x40..=0x7e | 0x80..=0xfc)
    };
    let is_shift_jis = bytes.windows(2).any(two_byte)
        && SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some();
    if is_shift_jis {
        SHIFT_JIS
    } else {
        WINDOWS_1252
    }
}

fn is_ascii_text(byte: u8) -> bool {
    byte < 0x80 && byte != 0x7f && !never_in_text(byte)
}

/// The offset of the first byte that cannot be part of a text. Bytes are checked in blocks, so that
/// the compiler can vectorise the check. The blocks of long texts are shared among the threads of
/// the caller. Cost: O(length).
fn first_never_in_text(bytes: &[u8]) -> Option<usize> {
    const PIECE: usize = 256;
    const SHARE: usize = 1 << 19;
    let holds_one = |piece: &[u8]| piece.iter().fold(false, |any, b| any | never_in_text(*b));
    let is_of_none = |share: &[u8]| share.chunks(PIECE).any(holds_one);
    let share = match bytes.len() <= SHARE {
        true => is_of_none(bytes).then_some(0),
        false => threads::first(bytes.len().div_ceil(SHARE), |i| {
            is_of_none(&bytes[i * SHARE..bytes.len().min((i + 1) * SHARE)])
        }),
    }?;
    let within = bytes[share * SHARE..]
        .iter()
        .position(|b| never_in_text(*b))?;
    Some(share * SHARE + within)
}

/// Whether a byte is a control character other than white space, escape and the DOS end-of-file
/// mark.
fn never_in_text(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a | 0x1b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        decode(bytes.to_vec()).ok()
    }

    #[test]
    fn marks_and_encodings() {
        assert_eq!(text(b"\xef\xbb\xbf1 2").as_deref(), Some("1 2"));
        assert_eq!(text(b"\xff\xfe1\0 \0").as_deref(), Some("1 "));
        assert_eq!(text(b"\xfe\xff\x001\0 ").as_deref(), Some("1 "));
        assert_eq!(text(b"1\0 \x002\0\n\0").as_deref(), Some("1 2\n"));
        assert_eq!(text(b"\x001\0 \x002\0\n").as_deref(), Some("1 2\n"));
        assert_eq!(text(b"1 2\n\x1a\0").as_deref(), Some("1 2\n"));
        assert_eq!(text(b"2\xb0 3").as_deref(), Some("2\u{b0} 3"));
        assert_eq!(text(b"\"2\x83\xc6\"").as_deref(), Some("\"2θ\""));
        assert_eq!(
            text(b"half a character \xce").as_deref(),
            Some("half a character Î")
        );
    }

    #[test]
    fn the_first_byte_of_no_text_is_found_in_long_texts() {
        for places in [vec![], vec![700_000], vec![3], vec![1 << 20, 1_500_000]] {
            let mut bytes = vec![b'1'; 2_000_000];
            places.iter().for_each(|i| bytes[*i] = 1);
            assert_eq!(first_never_in_text(&bytes), places.first().copied());
        }
    }

    #[test]
    fn only_junk_in_a_header_is_left_out() {
        let clean = |bytes: &[u8]| without_junk_in_header(bytes);
        assert_eq!(
            clean(b"a\0\x01b\n1 2\n3 4\n\0").as_deref(),
            Some(&b"a  b\n1 2\n3 4\n"[..])
        );
        for other in [&b"a\0b"[..], b"a\n1 2\n3 \x014\n", b"1 2\n3 4\n", b""] {
            assert_eq!(clean(other), None, "{other:?}");
        }
    }

    #[test]
    fn zeros_at_the_end_only_are_padding() {
        assert_eq!(text(b"1 2\0\0").as_deref(), Some("1 2"));
        assert_eq!(
            decode(b"1 \x002\0".to_vec()),
            Err((b"1 \x002\0".to_vec(), 2))
        );
        assert_eq!(decode(vec![0; 3]), Err((vec![0; 3], 0)));
        assert_eq!(text(b"").as_deref(), Some(""));
    }
}
