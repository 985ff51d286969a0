//! Labels from facts that files state: numbers in their names, and entries of their headers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use xrd_core::Labels;
use xrd_io::{Facts, ReadPatterns};

use super::date::seconds;
use crate::error::{Error, Result};

mod number_pattern;

use number_pattern::NumberPattern;

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

/// Returns the labels of patterns from facts.
///
/// # Errors
/// [`Error::NoFact`] for a pattern without one of the facts.
pub(crate) fn labels_from(sources: &[LabelSource], read: &ReadPatterns) -> Result<Labels> {
    labels_of(sources, read.set.names(), &read.facts)
}

/// Returns the labels of patterns with these names and facts. `facts` may be empty.
///
/// # Errors
/// [`Error::NoFact`] for a pattern without one of the facts.
pub(crate) fn labels_of(
    sources: &[LabelSource],
    names: &[String],
    facts: &[Facts],
) -> Result<Labels> {
    let columns: Vec<String> = sources.iter().flat_map(LabelSource::columns).collect();
    let nothing = Facts::default();
    let mut values = Vec::with_capacity(columns.len() * names.len());
    for (i, name) in names.iter().enumerate() {
        let facts = facts.get(i).unwrap_or(&nothing);
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
