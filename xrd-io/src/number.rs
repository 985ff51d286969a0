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

/// A point of an axis without the noise of computing it: rounded to 1e-9 (degrees, Å⁻¹, …).
pub(crate) fn clean_angle(angle: f64) -> f64 {
    (angle * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

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
