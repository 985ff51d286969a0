//! Numbers of a line, in columns of fixed width or separated by blanks.

/// Whether a line cannot consist of right-aligned columns of eight characters. This is so if the
/// line ends within a column, and fixed columns would cut numbers that are separated by blanks.
pub(super) fn is_torn(line: &str, widths: &[usize]) -> bool {
    let bytes = line.as_bytes();
    let (mut at, mut torn) = (0, false);
    for width in widths.iter().cycle() {
        at += width;
        if at >= bytes.len() {
            break;
        }
        torn |= bytes[at - 1] != b' ' && bytes[at] != b' ';
    }
    torn && !bytes.len().is_multiple_of(8)
}

/// The values of a line with fixed columns. A blank column of two characters counts as 1.
pub(super) fn fixed(line: &str, widths: &[usize], is_open: bool) -> Option<Vec<f64>> {
    let (mut values, mut at) = (Vec::new(), 0);
    for &width in widths.iter().cycle() {
        if at >= line.len() {
            return Some(values);
        }
        let cell = line.get(at..(at + width).min(line.len()))?;
        at += width;
        if at > line.len() && is_open {
            return Some(values);
        }
        values.push(match cell.trim() {
            "" if width == 2 => 1.0,
            cell => number(cell)?,
        });
    }
    None
}

/// The numbers of a line separated by blanks.
pub(super) fn numbers(line: &str) -> Option<Vec<f64>> {
    line.split_whitespace().map(number).collect()
}

fn number(text: &str) -> Option<f64> {
    crate::number::parse(text, false).filter(|v| v.is_finite())
}
