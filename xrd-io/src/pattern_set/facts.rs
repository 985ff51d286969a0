//! Facts that files state about their patterns.

use crate::scan::{Metadata, TimePerStep};

/// Facts about one pattern, as its file states them. They can be labels.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Facts {
    /// The name of the sample.
    pub sample: Option<String>,
    /// The operator's comment.
    pub comment: Option<String>,
    /// The start of the scan, in the format of the file.
    pub date: Option<String>,
    /// The temperature in K.
    pub temperature_k: Option<f64>,
    /// The mean counting time per point in seconds, after preparation.
    pub time_per_step_s: Option<f64>,
}

impl From<&Metadata> for Facts {
    fn from(metadata: &Metadata) -> Self {
        Self {
            sample: metadata.sample.clone(),
            comment: metadata.comment.clone(),
            date: metadata.date.clone(),
            temperature_k: metadata.temperature_k,
            time_per_step_s: metadata.time_per_step.as_ref().and_then(mean),
        }
    }
}

fn mean(time: &TimePerStep) -> Option<f64> {
    match time {
        TimePerStep::Same(seconds) => Some(*seconds),
        TimePerStep::Each(each) if each.is_empty() => None,
        TimePerStep::Each(each) => Some(each.iter().sum::<f64>() / each.len() as f64),
    }
}
