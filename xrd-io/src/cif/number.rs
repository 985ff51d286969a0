/// A number of a CIF with its standard uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    /// The uncertainty, such as 0.02 for the 2 in `1.23(2)`; `None` if none is written.
    pub(crate) uncertainty: Option<f64>,
}

/// Parses a finite number such as `-.5`, `1.`, `1.5e-3`, `1.23(2)` or `12(3)`.
pub(crate) fn number(text: &str) -> Option<Number> {
    let (digits, rest) = text.split_at(text.find('(').unwrap_or(text.len()));
    let value = decimal(digits)?;
    let uncertainty = match rest.strip_prefix('(') {
        // Some files have an empty uncertainty, as in `1.23()`, or lack the closing bracket.
        Some(rest) => {
            let inside = rest.strip_suffix(')').unwrap_or(rest);
            in_last_place(digits, inside)
        }
        None => None,
    };
    let numeric = rest
        .bytes()
        .all(|b| b.is_ascii_digit() || b"().".contains(&b));
    numeric.then_some(Number { value, uncertainty })
}

fn decimal(text: &str) -> Option<f64> {
    let text = text.trim_start_matches('+');
    let numeric = |b: u8| b.is_ascii_digit() || b"+-.eEdD".contains(&b);
    if !text.bytes().all(numeric) {
        return None;
    }
    let value = crate::number::parse(text, false)?;
    value.is_finite().then_some(value)
}

/// The uncertainty in brackets. With a decimal point it is used as it is; otherwise it is in units
/// of the last digit.
fn in_last_place(digits: &str, inside: &str) -> Option<f64> {
    let uncertainty: f64 = inside.parse().ok().filter(|u: &f64| u.is_finite())?;
    if inside.contains('.') {
        return Some(uncertainty);
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let places = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
    let exponent = exponent.parse::<i32>().ok()? - i32::try_from(places).ok()?;
    // The parser is used because computed powers of ten differ between platforms.
    format!("{uncertainty}e{exponent}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(f64, Option<f64>)> {
        number(text).map(|n| (n.value, n.uncertainty))
    }

    #[test]
    fn numbers_as_files_write_them() {
        assert_eq!(read("5.431(1)"), Some((5.431, Some(0.001))));
        assert_eq!(read("-.5"), Some((-0.5, None)));
        assert_eq!(read("+1."), Some((1.0, None)));
        assert_eq!(read("12(3)"), Some((12.0, Some(3.0))));
        assert_eq!(read("12.0(1.5)"), Some((12.0, Some(1.5))));
        assert_eq!(read("1.2e3(4)").map(|n| n.1), Some(Some(400.0)));
        assert_eq!(read("1.2D1"), Some((12.0, None)));
        assert_eq!(read("1.23()"), Some((1.23, None)));
        assert_eq!(read("1.23(4"), Some((1.23, Some(0.04))));
        for none in [
            "", "a", "1/4", "(3)", "1.2(x)", "inf", "NaN", "1.2 3", "1e999", "é", "--1",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
