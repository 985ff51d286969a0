//! Limits of label values: the fractions of a composition, and ranges that a user states.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use xrd_core::Labels;

use crate::error::{Error, Result};
use crate::known_points::Estimated;

/// Range of the values of a label, written as `T=0:` or `x=0:1`. An end that is not stated is
/// infinite.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelRange {
    /// Name of the label.
    pub column: String,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

impl fmt::Display for LabelRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |v: f64| match v.is_finite() {
            true => v.to_string(),
            false => String::new(),
        };
        write!(f, "{}={}:{}", self.column, end(self.low), end(self.high))
    }
}

impl FromStr for LabelRange {
    type Err = Error;

    /// Reads a range from text of the form `COLUMN=LOW:HIGH`, where one of the two numbers may be
    /// missing.
    fn from_str(text: &str) -> Result<Self> {
        const EXPECTED: Error = Error::Expected("LABEL=LOW:HIGH, such as T=0: or x=0:1");
        let (column, range) = text.rsplit_once('=').ok_or(EXPECTED)?;
        let (low, high) = range.split_once(':').ok_or(EXPECTED)?;
        let end = |text: &str, missing: f64| match text.trim() {
            "" => Ok(missing),
            text => {
                let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
                value.ok_or(EXPECTED)
            }
        };
        let (low, high) = (end(low, f64::NEG_INFINITY)?, end(high, f64::INFINITY)?);
        let named = !column.is_empty() && low < high && (low.is_finite() || high.is_finite());
        let column = column.to_owned();
        match named {
            true => Ok(Self { column, low, high }),
            false => Err(EXPECTED),
        }
    }
}

impl Serialize for LabelRange {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        crate::experiment::text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for LabelRange {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        crate::experiment::text::deserialize(from)
    }
}

/// Limits of the values of each label. Estimates and their intervals do not exceed the limits.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelLimits(Vec<[f64; 2]>);

impl LabelLimits {
    /// Returns the limits of labels. Each label of a composition
    /// ([`find_compositions`](xrd_regression::find_compositions)) is limited to the range from 0 to
    /// the sum of its labels. A label with a range in the argument `ranges`
    /// has the limits of this range. All other labels have no limits.
    ///
    /// # Errors
    /// [`Error::NoRange`] if a range names no label.
    pub fn of(labels: &Labels, ranges: &[LabelRange]) -> Result<Self> {
        let mut limits = vec![[f64::NEG_INFINITY, f64::INFINITY]; labels.columns().len()];
        for (columns, total) in xrd_regression::find_compositions(labels) {
            columns.iter().for_each(|&c| limits[c] = [0.0, total]);
        }
        for range in ranges {
            let column = labels.columns().iter().position(|c| *c == range.column);
            let column = column.ok_or_else(|| Error::NoRange {
                range: range.to_string(),
                known: labels.columns().to_vec(),
            })?;
            limits[column] = [range.low, range.high];
        }
        Ok(Self(limits))
    }

    /// Returns the smallest and the largest value of each label, which may be infinite.
    pub fn ranges(&self) -> &[[f64; 2]] {
        &self.0
    }

    /// Moves the values and the intervals of estimates to the nearest value within the limits.
    pub fn apply_to(&self, estimated: &mut [Estimated]) {
        for row in estimated {
            self.limit(&mut row.estimate.values, &mut row.intervals);
        }
    }

    /// Moves the values and intervals of one pattern to the nearest value within the limits.
    pub(crate) fn limit(&self, values: &mut [f64], intervals: &mut [Option<[f64; 2]>]) {
        for (c, &[low, high]) in self.0.iter().enumerate() {
            values[c] = values[c].clamp(low, high);
            intervals[c] = intervals[c].map(|ends| ends.map(|v| v.clamp(low, high)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        for text in ["T=0:", "x=0:1", "a=b=:2.5", "T=-3:"] {
            assert_eq!(text.parse::<LabelRange>().unwrap().to_string(), text);
        }
        for text in [
            "", "T", "T=", "T=:", "T=1", "T=2:1", "T=0:x", "=0:1", "T=inf:",
        ] {
            let refused = text.parse::<LabelRange>().unwrap_err();
            assert!(refused.to_string().contains("LABEL=LOW:HIGH"), "{text}");
        }
    }

    #[test]
    fn limits_are_those_of_compositions_and_of_ranges() {
        let names = ["T", "a", "b"].map(str::to_owned).to_vec();
        let labels = Labels::new(names, vec![300.0, 0.2, 0.8, 310.0, 0.5, 0.5]).unwrap();
        let range: LabelRange = "T=0:".parse().unwrap();
        let limits = LabelLimits::of(&labels, &[range]).unwrap();
        assert_eq!(limits.0, [[0.0, f64::INFINITY], [0.0, 1.0], [0.0, 1.0]]);
        let other: LabelRange = "U=0:".parse().unwrap();
        let refused = LabelLimits::of(&labels, &[other]).unwrap_err();
        assert!(matches!(refused, Error::NoRange { .. }), "{refused}");
    }
}
