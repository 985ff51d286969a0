//! Numbers as text: read whatever the locale, written so that reading gives them back.

/// The number a cell holds, infinities and NaN included; `None` for anything else.
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

fn parse_point(cell: &str) -> Option<f64> {
    cell.parse()
        .ok()
        .or_else(|| cell.contains(['d', 'D']).then(|| fortran(cell))?)
}

/// Fortran's double precision, as in `1.5D+02`.
fn fortran(cell: &str) -> Option<f64> {
    cell.replacen(['d', 'D'], "e", 1).parse().ok()
}

/// The number that bytes begin with, with `mark` between its whole and its decimal digits, and how
/// many bytes it is; `None` where they begin with none.
///
/// Up to 15 digits are m / 10^k with both exact in a float, so that the quotient is the nearest
/// float (Clinger's fast path); anything else goes to the general parser. O(length of the number).
///
/// # References
/// W. D. Clinger (1990), How to read floating point numbers accurately,
/// doi:10.1145/93542.93557.
#[inline]
pub(crate) fn parse_prefix(bytes: &[u8], mark: u8) -> Option<(f64, usize)> {
    let is_negative = bytes.first() == Some(&b'-');
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let (mut digits, mut at) = digits(0, bytes, start);
    let (mut count, mut decimals) = (at - start, 0);
    if bytes.get(at) == Some(&mark) {
        let from = at + 1;
        (digits, at) = self::digits(digits, bytes, from);
        decimals = at - from;
        count += decimals;
    }
    let is_plain = (1..=15).contains(&count) && !matches!(bytes.get(at), Some(b'e' | b'E'));
    if !is_plain {
        return any_prefix(bytes, mark);
    }
    let value = digits as f64 / POWERS_OF_TEN[decimals];
    Some((if is_negative { -value } else { value }, at))
}

const POWERS_OF_TEN: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Digits from a place on, after those before; too many of them give nonsense, not a fault.
#[inline]
fn digits(before: u64, bytes: &[u8], mut at: usize) -> (u64, usize) {
    let mut value = before;
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (value, at)
}

/// The same for any number: with an exponent, with many digits, NaN.
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

/// A point of an axis without the noise of computing it: rounded to 1e-9 (degrees, Å⁻¹, …).
pub(crate) fn clean_angle(angle: f64) -> f64 {
    (angle * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_prefix_is_what_the_standard_library_reads(
            text in "[-+]?[0-9]{0,18}(\\.[0-9]{0,9})?([eE][-+]?[0-9]{1,2})?",
            rest in "[ ;\n]?",
        ) {
            let bytes = |text: &str| (text.to_owned() + &rest).into_bytes();
            let expected = text.parse::<f64>().ok().map(|value| (value, text.len()));
            let found = parse_prefix(&bytes(&text), b'.');
            // A number with a broken exponent ends before it.
            prop_assume!(expected.is_some() || found.is_none());
            prop_assert_eq!(found, expected);
            let comma = parse_prefix(&bytes(&text.replace('.', ",")), b',');
            prop_assert_eq!(comma, expected);
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
