//! Serialisation of values as text, as on the command line.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serializer, de};

/// Serialisation of lists of such values.
pub(crate) mod list {
    use super::*;

    pub(crate) fn serialize<S: Serializer, T: Display>(
        all: &[T],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(T::to_string))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T>(from: D) -> Result<Vec<T>, D::Error>
    where
        T: FromStr<Err: Display>,
    {
        let texts = Vec::<String>::deserialize(from)?;
        let read = texts
            .iter()
            .map(|text| text.parse().map_err(|why| wrong(text, why)));
        read.collect()
    }
}

pub(crate) fn serialize<S: Serializer, T: Display>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T>(from: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(from)?;
    text.parse().map_err(|why| wrong(&text, why))
}

fn wrong<E: de::Error>(text: &str, why: impl Display) -> E {
    de::Error::custom(format_args!("'{text}': {why}"))
}
