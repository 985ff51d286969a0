//! Numbers rounded for people.

/// Fewest digits that are kept after the point, and fewest digits that are kept in all.
const DECIMALS: i32 = 3;
const DIGITS: i32 = 4;

/// Returns a number as text with three digits after the point, or with four significant digits if
/// these are more. Zeros at the end are left out.
///
/// Numbers from 0.0001 to 10¹⁵ are written without an exponent.
///
/// # Example
/// ```
/// use xrd_study::composition::rounded;
/// assert_eq!(rounded(10.100000000000001), "10.1");
/// assert_eq!(rounded(1.0 / 3.0), "0.3333");
/// assert_eq!(rounded(0.001234), "0.001234");
/// assert_eq!(rounded(1234.56), "1234.56");
/// ```
pub fn rounded(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-4..1e15).contains(&size) => {
            let text = format!("{value:.3e}");
            text.parse().map_or(text, |v: f64| format!("{v:e}"))
        }
        size => {
            let before = size.log10().floor() as i32 + 1;
            with_decimals(value, DECIMALS.max(DIGITS - before) as usize)
        }
    }
}

/// Returns a number as text with at most so many digits after the point, without zeros at the end.
pub(crate) fn with_decimals(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    match text {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_near_enough() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (10.100000000000001, "10.1"),
            (-0.30000000000000004, "-0.3"),
            (11.875, "11.875"),
            (298.15, "298.15"),
            (99.99999999, "100"),
            (0.00012346, "0.0001235"),
            (1.5e-9, "1.5e-9"),
            (2e20, "2e20"),
            (12_345_678.0, "12345678"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(rounded(value), text);
        }
        for k in 1..2000 {
            let value = 1.001f64.powi(k * 7 - 7000);
            let back: f64 = rounded(value).parse().unwrap();
            assert!((back - value).abs() <= 5.1e-4 * value, "{value}");
        }
    }
}
