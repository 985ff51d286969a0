//! Deserialization with checks.

use serde::Deserialize;

use crate::schedule::Course;
use crate::{Error, Result};

/// Fields of a schedule before they are checked by its constructors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    course: Course,
    warm_up: f64,
}

impl TryFrom<Schedule> for crate::Schedule {
    type Error = Error;

    fn try_from(read: Schedule) -> Result<Self> {
        let schedule = match read.course {
            Course::Constant => Self::CONSTANT,
            Course::Step { every, factor } => Self::step(every, factor)?,
            Course::Cosine { down_to } => Self::cosine(down_to)?,
        };
        schedule.with_warm_up(read.warm_up)
    }
}

/// Writes NaN as a missing number, because JSON has no NaN.
pub(crate) mod nan_as_none {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        (!value.is_nan()).then_some(value).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
    }
}
