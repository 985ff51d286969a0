//! Deserialisation of lines through their constructor, which refuses invalid lines.

use serde::Deserialize;
use xrd_core::Latent2;

use crate::Error;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Polyline {
    points: Vec<Latent2>,
    closed: bool,
}

impl TryFrom<Polyline> for crate::Polyline {
    type Error = Error;

    fn try_from(read: Polyline) -> Result<Self, Error> {
        Self::new(read.points, read.closed)
    }
}
