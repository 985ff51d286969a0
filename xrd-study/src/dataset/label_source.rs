//! Labels from facts that files state: numbers in their names, and entries of their headers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use xrd_core::Labels;
use xrd_io::{Facts, ReadPatterns};

use super::date::seconds;
use crate::error::{Error, Result};

/// Source of labels other than a table.
///
/// A source can be written as text in three forms:
///
/// - a template for file names, such as `T{T_C}C`,
/// - an entry of the file headers, such as `header:temperature`,
/// - an entry of the file headers with a template for its text, such as `header:sample:x{x}`.
///
/// The braces of a template contain the name of the label, and stand for a number.
///
/// # Example
/// ```
/// use xrd_study::LabelSource;
/// let source: LabelSource = "T{T_C}C".parse()?;
/// assert_eq!(source.columns(), ["T_C"]);
/// let source: LabelSource = "header:temperature".parse()?;
/// assert_eq!(source.columns(), ["temperature_K"]);
/// # Ok::<(), xrd_study::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelSource {
    entry: Entry,
    numbers: Option<NumberPattern>,
}

/// What is searched for numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Name,
    Temperature,
    Time,
    TimePerStep,
    Sample,
    Comment,
}

/// Entries of headers by name, each with the column that it becomes. Entries without a column are
/// text and need a pattern.
const ENTRIES: [(&str, Entry, &str); 5] = [
    ("temperature", Entry::Temperature, "temperature_K"),
    ("time", Entry::Time, "time_s"),
    ("time-per-step", Entry::TimePerStep, "time_per_step_s"),
    ("sample", Entry::Sample, ""),
    ("comment", Entry::Comment, ""),
];

impl LabelSource {
    /// Returns the names of the labels.
    pub fn columns(&self) -> Vec<String> {
        match &self.numbers {
            Some(pattern) => pattern.names().map(str::to_owned).collect(),
            None => ENTRIES
                .iter()
                .filter(|(_, entry, _)| *entry == self.entry)
                .map(|(_, _, column)| (*column).to_owned())
                .collect(),
        }
    }

    /// Returns the labels of a pattern with this name and these facts.
    fn values(&self, name: &str, facts: &Facts) -> Option<Vec<f64>> {
        let found = |text: &str| self.numbers.as_ref()?.find(text);
        let one = |value: Option<f64>| value.map(|v| vec![v]);
        match self.entry {
            Entry::Name => found(name),
            Entry::Sample => found(facts.sample.as_deref()?),
            Entry::Comment => found(facts.comment.as_deref()?),
            Entry::Temperature => one(facts.temperature_k),
            Entry::TimePerStep => one(facts.time_per_step_s),
            Entry::Time => one(seconds(facts.date.as_deref()?)),
        }
    }

    /// Returns the text of the error for a pattern without such a fact.
    fn missing(&self) -> String {
        match (self.entry, &self.numbers) {
            (Entry::Name, Some(pattern)) => format!("its name has no number as in '{pattern}'"),
            (Entry::Time, _) => "its file states no time that can be read".to_owned(),
            _ => format!("its file states nothing for '{self}'"),
        }
    }
}

impl FromStr for LabelSource {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = |expected: &'static str| Error::LabelSource {
            found: text.to_owned(),
            expected,
        };
        let Some(rest) = text.strip_prefix("header:") else {
            let expected = "text with {NAME} in the place of a number, or header:ENTRY";
            let numbers = NumberPattern::new(text).ok_or_else(|| refuse(expected))?;
            return Ok(Self {
                entry: Entry::Name,
                numbers: Some(numbers),
            });
        };
        let (word, pattern) = match rest.split_once(':') {
            Some((word, pattern)) => (word, Some(pattern)),
            None => (rest, None),
        };
        let known = ENTRIES.iter().find(|(name, ..)| *name == word);
        let (_, entry, column) = known.ok_or_else(|| {
            refuse("header:temperature, time, time-per-step, sample:PATTERN or comment:PATTERN")
        })?;
        let needs = refuse("a pattern for text entries only, as in header:sample:x{x}");
        let numbers = match (pattern, column.is_empty()) {
            (None, false) => None,
            (Some(pattern), true) => Some(NumberPattern::new(pattern).ok_or(needs)?),
            _ => return Err(needs),
        };
        Ok(Self {
            entry: *entry,
            numbers,
        })
    }
}

impl fmt::Display for LabelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = ENTRIES.iter().find(|(_, entry, _)| *entry == self.entry);
        match (word, &self.numbers) {
            (None, Some(pattern)) => write!(f, "{pattern}"),
            (Some((word, ..)), Some(pattern)) => write!(f, "header:{word}:{pattern}"),
            (word, None) => write!(f, "header:{}", word.map_or("", |(word, ..)| word)),
        }
    }
}

impl TryFrom<String> for LabelSource {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<LabelSource> for String {
    fn from(source: LabelSource) -> Self {
        source.to_string()
    }
}

/// Text in which names stand for numbers, as in `T{T_C}C`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NumberPattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Number(String),
}

impl NumberPattern {
    /// Returns `None` unless the text has names in braces, with text between any two of them.
    fn new(text: &str) -> Option<Self> {
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

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Number(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Returns the numbers at the first place of a text that fits the pattern. A minus is a sign
    /// only after text of the pattern; otherwise it separates, as in `NaCl-30C`.
    fn find(&self, text: &str) -> Option<Vec<f64>> {
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

/// Returns the labels of patterns from facts.
///
/// # Errors
/// [`Error::NoFact`] for a pattern without one of the facts.
pub(crate) fn labels_from(sources: &[LabelSource], read: &ReadPatterns) -> Result<Labels> {
    let columns: Vec<String> = sources.iter().flat_map(LabelSource::columns).collect();
    let nothing = Facts::default();
    let mut values = Vec::with_capacity(columns.len() * read.set.len());
    for (i, name) in read.set.names().iter().enumerate() {
        let facts = read.facts.get(i).unwrap_or(&nothing);
        for source in sources {
            let found = source.values(name, facts);
            values.extend(found.ok_or_else(|| Error::NoFact {
                pattern: name.clone(),
                missing: source.missing(),
            })?);
        }
    }
    let times = sources.iter().any(|source| source.entry == Entry::Time);
    if let Some(column) = columns.iter().position(|c| c == "time_s").filter(|_| times) {
        from_first(&mut values, column, columns.len());
    }
    Labels::new(columns, values).map_err(|e| Error::from(e).at("labels"))
}

/// Subtracts the smallest value of a column.
fn from_first(values: &mut [f64], column: usize, width: usize) {
    let of_column = values.iter().skip(column).step_by(width);
    let first = of_column.copied().fold(f64::INFINITY, f64::min);
    let of_column = values.iter_mut().skip(column).step_by(width);
    of_column.for_each(|v| *v -= first);
}

/// Returns the sample of each pattern as its file states it.
///
/// # Errors
/// [`Error::NoFact`] for a pattern whose file states none.
pub(crate) fn stated_samples(read: &ReadPatterns) -> Result<Vec<String>> {
    let names = read.set.names().iter().enumerate();
    let sample = |(i, name): (usize, &String)| {
        let stated = read.facts.get(i).and_then(|facts| facts.sample.clone());
        stated.ok_or_else(|| Error::NoFact {
            pattern: name.clone(),
            missing: "its file states no sample".to_owned(),
        })
    };
    names.map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(pattern: &str, text: &str) -> Option<Vec<f64>> {
        let source: LabelSource = pattern.parse().unwrap();
        assert_eq!(source.to_string(), pattern);
        source.values(text, &Facts::default())
    }

    #[test]
    fn numbers_are_found_where_the_pattern_fits_first() {
        let name = "NaCl_CrCl3_pdf_ramp2_000_T030.00C_q";
        assert_eq!(numbers("T{T_C}C", name), Some(vec![30.0]));
        assert_eq!(numbers("ramp{ramp}_{n}_", name), Some(vec![2.0, 0.0]));
        assert_eq!(numbers("{first}", name), Some(vec![3.0]));
        assert_eq!(numbers("P{P}", name), None);
        assert_eq!(numbers("x{x}", "Fe_x0.25.scan"), Some(vec![0.25]));
        assert_eq!(numbers("x{x}", "µ_x7."), Some(vec![7.0]));
    }

    #[test]
    fn a_minus_is_a_sign_only_where_the_pattern_says_so() {
        assert_eq!(numbers("T{T}C", "T-30C"), Some(vec![-30.0]));
        assert_eq!(numbers("{T}C", "NaCl-30C"), Some(vec![30.0]));
        assert_eq!(numbers("{T}C", "1.30C"), Some(vec![1.3]));
    }

    #[test]
    fn headers_become_columns() {
        let mut facts = Facts::default();
        facts.temperature_k = Some(300.0);
        facts.sample = Some("Fe x=0.5".to_owned());
        let values = |text: &str| {
            let source: LabelSource = text.parse().unwrap();
            (source.columns(), source.values("", &facts))
        };
        let one = |name: &str, value: Option<f64>| (vec![name.to_owned()], value.map(|v| vec![v]));
        assert_eq!(
            values("header:temperature"),
            one("temperature_K", Some(300.0))
        );
        assert_eq!(values("header:sample:x={x}"), one("x", Some(0.5)));
        assert_eq!(values("header:time"), one("time_s", None));
    }

    #[test]
    fn what_names_no_number_is_refused() {
        for text in [
            "",
            "T",
            "{}",
            "T{T",
            "T}",
            "{a}{b}",
            "header:",
            "header:sample",
            "header:temperature:{T}",
            "header:colour",
            "header:sample:x",
        ] {
            assert!(text.parse::<LabelSource>().is_err(), "{text}");
        }
    }
}
