//! Order of names in which numbers are compared as numbers.

use std::cmp::Ordering;

/// Returns the rank of each name, from 1. Equal names keep their order.
///
/// Cost: O(n log n) comparisons.
pub(super) fn ranks(names: &[String]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| compare(&names[a], &names[b]));
    let mut ranks = vec![0.0; names.len()];
    for (rank, &i) in order.iter().enumerate() {
        ranks[i] = (rank + 1) as f64;
    }
    ranks
}

/// Compares texts piece by piece. A piece is a run of digits, or one other character.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let ((first, rest_a), (second, rest_b)) = (piece(a), piece(b));
        let by_number = || {
            let [x, y] = [first, second].map(|digits| digits.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        };
        let order = match is_number(first) && is_number(second) {
            true => by_number().then(first.len().cmp(&second.len())),
            false => first.cmp(second),
        };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.len().cmp(&b.len())
}

fn is_number(piece: &str) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit())
}

/// Splits off the first piece of a text that is not empty.
fn piece(text: &str) -> (&str, &str) {
    let end = match is_number(text) {
        true => text.find(|c: char| !c.is_ascii_digit()),
        false => text.char_indices().nth(1).map(|(at, _)| at),
    };
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_as_numbers() {
        let mut names = ["b2", "a10", "a9", "a009", "a", "µ3", "a9b", "10", "9"];
        names.sort_by(|a, b| compare(a, b));
        let expected = ["9", "10", "a", "a9", "a9b", "a009", "a10", "b2", "µ3"];
        assert_eq!(names, expected);
        let ranks = ranks(&["s10".to_owned(), "s9".to_owned(), "s9".to_owned()]);
        assert_eq!(ranks, [3.0, 1.0, 2.0]);
    }
}
