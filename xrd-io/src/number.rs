//! Numbers as text: parsed independently of the locale, and written so that parsing returns the
//! same number.

use crate::threads;

/// The number in a cell, including infinities and NaN; `None` for anything else.
pub(crate) fn parse(cell: &str, decimal_comma: bool) -> Option<f64> {
    let cell = cell.trim();
    if !decimal_comma {
        return parse_point(cell);
    }
    if cell.contains('.') || cell.matches(',').count() > 1 {
        return None;
    }
    parse_point(&cell.replace(',', "."))
}

/// Parses a number and ignores a standard uncertainty after it, as in `0.82(5)`.
pub(crate) fn parse_value(cell: &str, decimal_comma: bool) -> Option<f64> {
    let parts = cell.trim_end().strip_suffix(')');
    let value = match parts.and_then(|c| c.split_once('(')) {
        Some((value, digits)) if is_uncertainty(digits) => value,
        _ => cell,
    };
    parse(value, decimal_comma)
}

fn is_uncertainty(text: &str) -> bool {
    let of_number = |b: u8| b.is_ascii_digit() || b == b'.' || b == b',';
    text.bytes().all(of_number) && text.bytes().any(|b| b.is_ascii_digit())
}

fn parse_point(cell: &str) -> Option<f64> {
    cell.parse()
        .ok()
        .or_else(|| cell.contains(['d', 'D']).then(|| fortran(cell))?)
}

/// Parses Fortran double precision, as in `1.5D+02`.
fn fortran(cell: &str) -> Option<f64> {
    cell.replacen(['d', 'D'], "e", 1).parse().ok()
}

/// Parses the number at the start of some bytes, with `mark` as the decimal mark. Returns the
/// number and its length in bytes; `None` if the bytes do not start with a number. Cost: O(length
/// of the number).
#[inline]
pub(crate) fn parse_prefix(bytes: &[u8], mark: u8) -> Option<(f64, usize)> {
    if let Some((value, rest)) = short_prefix(bytes, mark) {
        return Some((value, bytes.len() - rest.len()));
    }
    let is_negative = bytes.first() == Some(&b'-');
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let (digits, decimals, end) = match one_by_one(bytes, start, mark) {
        Some(plain) if !matches!(bytes.get(plain.2), Some(b'e' | b'E')) => plain,
        _ => return any_prefix(bytes, mark),
    };
    let value = digits as f64 / POWERS_OF_TEN[decimals];
    Some((if is_negative { -value } else { value }, end))
}

const POWERS_OF_TEN: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Fast version of [`parse_prefix`] for the most common form of numbers. Returns the number and the
/// bytes after it. It handles numbers without sign or exponent, with up to seven digits on each
/// side of the mark, if at least eight bytes can be read from the start of each side. Returns
/// `None` for any other number.
///
/// All digits of one side are processed at once, as one word. The number is m / 10^k, where both m
/// and 10^k are exact floats, so the quotient is the nearest float (Clinger's fast path). Cost:
/// O(1).
///
/// # References
/// W. D. Clinger (1990), How to read floating point numbers accurately,
/// doi:10.1145/93542.93557. D. Lemire (2021), Number parsing at a gigabyte per second,
/// doi:10.1002/spe.2984.
#[inline(always)]
pub(crate) fn short_prefix(bytes: &[u8], mark: u8) -> Option<(f64, &[u8])> {
    let (whole, bits) = digits_of(bytes)?;
    let (next, after) = bytes.get((bits / 8) as usize..)?.split_first()?;
    if *next != mark {
        let rest = &bytes[(bits / 8) as usize..];
        let is_plain = bits > 0 && !matches!(next, b'e' | b'E');
        return is_plain.then(|| (number_of(whole) as f64, rest));
    }
    let (decimal, more) = digits_of(after)?;
    let decimals = (more / 8) as usize;
    let digits = match bits + more {
        0 => return None,
        1..=64 => number_of((whole >> more) | decimal),
        _ => number_of(whole) * TENS[decimals] + number_of(decimal),
    };
    let rest = after.get(decimals..)?;
    let is_plain = !matches!(rest.first(), Some(b'e' | b'E'));
    is_plain.then(|| (digits as f64 / POWERS_OF_TEN[decimals], rest))
}

const TENS: [i64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The values of up to seven leading digits, one per byte, with the last digit in the highest byte,
/// and their length in bits. `None` if there are more digits or fewer than eight bytes.
#[inline(always)]
fn digits_of(bytes: &[u8]) -> Option<(u64, u32)> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let values = u64::from_le_bytes(*bytes.first_chunk()?) ^ (EACH * u64::from(b'0'));
    // In each byte above 9 the high bit is set; the result is right up to the first such byte.
    let others = (values.wrapping_add(EACH * (0x80 - 10)) | values) & (EACH * 0x80);
    if others == 0 {
        return None;
    }
    let bits = others.trailing_zeros() & 0x38;
    Some(((values << 1) << (63 - bits), bits))
}

/// The number formed by eight digits, one per byte, with the last digit in the highest byte.
/// Neighbouring digits are joined into pairs, pairs into groups of four, and these groups into
/// eight digits.
#[inline(always)]
fn number_of(digits: u64) -> i64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let second = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    (first.wrapping_add(second) >> 32) as i64
}

/// Reads one to fifteen digits from `start`. Returns them as a whole number, the number of
/// decimals, and the end position.
fn one_by_one(bytes: &[u8], start: usize, mark: u8) -> Option<(u64, usize, usize)> {
    let (mut digits, mut at) = digits(0, bytes, start);
    let (mut count, mut decimals) = (at - start, 0);
    if bytes.get(at) == Some(&mark) {
        let from = at + 1;
        (digits, at) = self::digits(digits, bytes, from);
        decimals = at - from;
        count += decimals;
    }
    (1..=15).contains(&count).then_some((digits, decimals, at))
}

/// Appends the digits from a position to `before`. Too many digits overflow silently, without a
/// panic.
fn digits(before: u64, bytes: &[u8], mut at: usize) -> (u64, usize) {
    let mut value = before;
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (value, at)
}

/// General version of [`parse_prefix`], for numbers with an exponent, many digits, or NaN.
#[cold]
fn any_prefix(bytes: &[u8], mark: u8) -> Option<(f64, usize)> {
    if mark == b'.' {
        return fast_float2::parse_partial(bytes).ok();
    }
    let of_number = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'e' | b'E');
    let length = bytes
        .iter()
        .take_while(|b| of_number(b) || **b == mark)
        .count();
    let mut number = bytes[..length].to_vec();
    number
        .iter_mut()
        .filter(|b| **b == mark)
        .take(1)
        .for_each(|b| *b = b'.');
    fast_float2::parse_partial(&number).ok()
}

/// Rounds a point of an axis to 1e-9 (degrees, Å⁻¹, …), which removes rounding noise.
pub(crate) fn clean_angle(angle: f64) -> f64 {
    (angle * 1e9).round() / 1e9
}

/// Number of values checked together, so that the compiler can vectorise the check.
const PIECE: usize = 256;

/// Number of values above which a separate thread saves time.
const SHARE: usize = 1 << 16;

/// Whether a condition holds for all values. Long slices are split among the threads of the caller.
/// Cost: O(values).
pub(crate) fn all(values: &[f64], holds: impl Fn(f64) -> bool + Sync) -> bool {
    let of_piece = |piece: &[f64]| piece.iter().fold(true, |all, v| all & holds(*v));
    let of_share = |share: &[f64]| share.chunks(PIECE).all(of_piece);
    match values.len() <= SHARE {
        true => of_share(values),
        false => {
            let shares = values.len().div_ceil(SHARE);
            threads::all(shares, |i| of_share(share(values, i)))
        }
    }
}

/// The values of the piece with index `i`.
fn share(values: &[f64], i: usize) -> &[f64] {
    &values[i * SHARE..values.len().min((i + 1) * SHARE)]
}

/// Whether each value is larger than the one before. Long slices are split among threads too. Cost:
/// O(values).
pub(crate) fn is_rising(values: &[f64]) -> bool {
    let Some(after) = values.get(1..) else {
        return true;
    };
    let of_piece = |(piece, after): (&[f64], &[f64])| {
        let pairs = piece.iter().zip(after);
        pairs.fold(true, |all, (a, b)| all & (a < b))
    };
    let of_share = |(share, after): (&[f64], &[f64])| {
        share.chunks(PIECE).zip(after.chunks(PIECE)).all(of_piece)
    };
    match after.len() <= SHARE {
        true => of_share((values, after)),
        false => {
            let shares = after.len().div_ceil(SHARE);
            threads::all(shares, |i| of_share((share(values, i), share(after, i))))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_prefix_is_what_the_standard_library_reads(
            text in "[-+]?[0-9]{0,18}(\\.[0-9]{0,9})?([eE][-+]?[0-9]{1,2})?",
            rest in "([ ;\n][ 0-9.]{0,9})?",
        ) {
            let bytes = |text: &str| (text.to_owned() + &rest).into_bytes();
            let expected = text.parse::<f64>().ok().map(|value| (value, text.len()));
            let found = parse_prefix(&bytes(&text), b'.');
            // A number with a broken exponent ends before the exponent.
            prop_assume!(expected.is_some() || found.is_none());
            prop_assert_eq!(found, expected);
            let comma = parse_prefix(&bytes(&text.replace('.', ",")), b',');
            prop_assert_eq!(comma, expected);
        }
    }

    proptest! {
        #[test]
        fn words_and_single_bytes_tell_the_same(
            text in "[0-9]{0,9}([.,]?[0-9]{0,9})?",
            after in proptest::collection::vec(any::<u8>(), 0..20),
        ) {
            let bytes = [text.into_bytes(), after].concat();
            if let Some((value, rest)) = short_prefix(&bytes, b'.') {
                let (digits, decimals, end) = one_by_one(&bytes, 0, b'.').unwrap();
                prop_assert_eq!(value, digits as f64 / 10f64.powi(decimals as i32));
                prop_assert_eq!(rest, &bytes[end..]);
            }
        }
    }

    #[test]
    fn most_numbers_are_short() {
        for (text, length) in [
            ("104.9999 1003\n", 8),
            ("1003\n10.02 5\n", 4),
            (".5 10.02 5", 2),
        ] {
            let value = text[..length].parse().unwrap();
            let rest = &text.as_bytes()[length..];
            assert_eq!(short_prefix(text.as_bytes(), b'.'), Some((value, rest)));
        }
        for other in [
            "-1.5 10.02",
            "12345678 10.02",
            "1.5e3 10.02",
            "1e3 10.02",
            "1.5 ",
        ] {
            assert_eq!(short_prefix(other.as_bytes(), b'.'), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn pieces_tell_what_all_values_do(values in proptest::collection::vec(0u8..4, 0..600)) {
            // Some of the lists are long enough to be split among threads.
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let values = values.repeat(if values.len() > 590 { 120 } else { 1 });
            prop_assert_eq!(all(&values, |v| v < 3.0), values.iter().all(|v| *v < 3.0));
            let rising: Vec<f64> = (0..values.len()).map(|i| i as f64 * 1.5 + values[i]).collect();
            for list in [&values, &rising] {
                prop_assert_eq!(is_rising(list), list.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }

    #[test]
    fn a_prefix_ends_where_the_number_does() {
        assert_eq!(parse_prefix(b"1.5x", b'.'), Some((1.5, 3)));
        assert_eq!(parse_prefix(b"1,5", b'.'), Some((1.0, 1)));
        assert_eq!(parse_prefix(b"1,5,7e3", b','), Some((1.5, 3)));
        assert_eq!(parse_prefix(b"1.5", b','), Some((1.0, 1)));
        assert_eq!(parse_prefix(b"-.5 ", b'.'), Some((-0.5, 3)));
        assert_eq!(
            parse_prefix(b"12345678901234567890", b'.'),
            Some((1.2345678901234567e19, 20))
        );
        for none in ["", "-", ".", "x", "e5"] {
            assert_eq!(parse_prefix(none.as_bytes(), b'.'), None, "{none}");
        }
    }

    #[test]
    fn an_uncertainty_may_follow() {
        assert_eq!(parse_value("0.82(5)", false), Some(0.82));
        assert_eq!(parse_value("1,5 (1,2) ", true), Some(1.5));
        for text in ["0.82()", "0.82(a)", "(5)", "0.82(5", "0.82(5)x", "a(5)"] {
            assert_eq!(parse_value(text, false), None, "{text}");
        }
    }

    #[test]
    fn points_commas_and_exponents() {
        assert_eq!(parse(" 1.5e2", false), Some(150.0));
        assert_eq!(parse("1.5D+02", false), Some(150.0));
        assert_eq!(parse("1,5", true), Some(1.5));
        assert_eq!(parse("1,5", false), None);
        assert_eq!(parse("1.234,5", true), None);
        assert!(parse("NaN", false).is_some_and(f64::is_nan));
        assert_eq!(parse("d", false), None);
        assert_eq!(parse("", false), None);
    }
}
