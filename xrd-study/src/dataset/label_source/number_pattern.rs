//! Patterns that find numbers in text.

use std::fmt;

/// Text in which names stand for numbers, as in `T{T_C}C`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberPattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Number(String),
}

impl NumberPattern {
    /// Returns `None` unless the text has names in braces, with text between any two of them.
    pub(super) fn new(text: &str) -> Option<Self> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let follows = matches!(parts.last(), Some(Part::Number(_)));
            if name.trim().is_empty() || name.contains('{') || (before.is_empty() && follows) {
                return None;
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Number(name.trim().to_owned()));
            rest = after;
        }
        if parts.is_empty() || rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Some(Self(parts))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Number(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Returns the numbers at the first place of a text that fits the pattern. A minus is a sign
    /// only after text of the pattern; otherwise it separates, as in `NaCl-30C`.
    pub(super) fn find(&self, text: &str) -> Option<Vec<f64>> {
        let inside_number = |at: usize| {
            let before = text[..at].chars().next_back();
            let starts = matches!(self.0.first(), Some(Part::Number(_)));
            starts && before.is_some_and(|c| c.is_ascii_digit() || c == '.')
        };
        let places = text.char_indices().map(|(at, _)| at);
        places
            .filter(|&at| !inside_number(at))
            .find_map(|at| self.fit(&text[at..]))
    }

    /// Returns the numbers if a text begins as the pattern says.
    fn fit(&self, text: &str) -> Option<Vec<f64>> {
        let (mut rest, mut numbers) = (text, Vec::new());
        for (i, part) in self.0.iter().enumerate() {
            match part {
                Part::Text(expected) => rest = rest.strip_prefix(expected.as_str())?,
                Part::Number(_) => {
                    let length = number_length(rest, i > 0)?;
                    numbers.push(rest[..length].parse().ok()?);
                    rest = &rest[length..];
                }
            }
        }
        Some(numbers)
    }
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Number(name) => write!(f, "{{{name}}}"),
        })
    }
}

/// Returns the length of the decimal number at the start of a text.
fn number_length(text: &str, with_sign: bool) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text[from..].bytes();
        rest.take_while(u8::is_ascii_digit).count()
    };
    let sign = usize::from(with_sign && text.starts_with(['-', '+']));
    let whole = digits(sign);
    let point = sign + whole;
    let fraction = match text[point..].starts_with('.') {
        true => digits(point + 1),
        false => 0,
    };
    match (whole, fraction) {
        (0, _) => None,
        (_, 0) => Some(point),
        _ => Some(point + 1 + fraction),
    }
}
