//! Series of patterns along a variable of the experiment, or at places on a sample.

mod chosen;
mod natural;
mod ramp;
mod recognised;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::experiment::SeriesChoice;
use crate::report::SeriesReport;
use crate::sequence::{SamplePlaces, Sequence, sample_places, sequence};

pub(crate) use recognised::ambiguous;

/// Series of the patterns of a study.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// Values of each variable: one value per pattern, for one or two variables.
    pub values: Vec<Vec<f64>>,
    /// Changes of the patterns.
    pub changes: SeriesChanges,
    /// Names and origin of the variables, and the transitions.
    pub report: SeriesReport,
}

/// Changes of patterns along one variable, or between places on a sample.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SeriesChanges {
    /// Patterns in the order of one variable.
    Along(Sequence),
    /// Patterns at places that two variables give.
    Places(SamplePlaces),
}

/// Origin of the variables of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Labels,
    Table,
    Headers,
    FileNames,
    Order,
}

/// Variables of a series with their values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variables {
    pub(crate) names: Vec<String>,
    pub(crate) origin: Origin,
    pub(crate) recognised: bool,
    /// One value per pattern for each variable.
    pub(crate) values: Vec<Vec<f64>>,
}

impl Origin {
    fn words(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Table => "table",
            Self::Headers => "headers",
            Self::FileNames => "file names",
            Self::Order => "order",
        }
    }
}

impl Variables {
    /// Returns the variables that the experiment names, or those that are recognised. `None` if there
    /// is no series.
    ///
    /// # Errors
    /// [`Error::NoVariable`](crate::Error::NoVariable),
    /// [`Error::NoSeriesValue`](crate::Error::NoSeriesValue),
    /// [`Error::ConstantSeries`](crate::Error::ConstantSeries), and
    /// [`Error::NoFact`](crate::Error::NoFact) for a pattern without a fact.
    pub(crate) fn of(choice: &SeriesChoice, data: &Dataset) -> Result<Option<Self>> {
        match choice {
            SeriesChoice::None => Ok(None),
            SeriesChoice::Auto => Ok(recognised::recognised(data)),
            SeriesChoice::Named(names) => chosen::named(names, data).map(Some),
        }
    }

    /// Whether the only label is the variable.
    pub(crate) fn is_only_label(&self, columns: &[String]) -> bool {
        self.origin == Origin::Labels && self.names == columns
    }

    /// Returns the number of different values, or of different places.
    pub(crate) fn different(&self) -> usize {
        let patterns = self.values.first().map_or(0, Vec::len);
        let at = |i: usize| self.values.iter().map(move |v| v[i].to_bits());
        let mut all: Vec<Vec<u64>> = (0..patterns).map(|i| at(i).collect()).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Compares the patterns along one variable, or at the places that two variables give. `points` has
    /// one point per pattern.
    ///
    /// # Errors
    /// Any error of [`sequence`].
    pub(crate) fn compare(self, data: &Dataset, points: &[Vec<f64>]) -> Result<Series> {
        let mut report = SeriesReport {
            source: self.origin.words().to_owned(),
            recognised: self.recognised,
            variables: self.names,
            ..SeriesReport::default()
        };
        let changes = match &self.values[..] {
            [x, y] => {
                let found = sample_places(&data.set, [x, y], points)?;
                report.places = Some(found.report.clone());
                SeriesChanges::Places(found)
            }
            values => {
                let values = values.first().map_or(&[][..], Vec::as_slice);
                let found = sequence(&data.set, values, points)?;
                report.sequence = Some(found.report.clone());
                SeriesChanges::Along(found)
            }
        };
        Ok(Series {
            values: self.values,
            changes,
            report,
        })
    }
}

#[cfg(test)]
mod tests;
