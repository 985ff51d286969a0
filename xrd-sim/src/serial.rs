//! Unchecked twins of checked types. Values are deserialised as unchecked twins and then converted,
//! so that invalid values are refused.

use serde::Deserialize;

use crate::error::within;
use crate::{Error, Result, Shape};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    eta: f64,
    fwhm_deg: f64,
}

impl TryFrom<Profile> for crate::Profile {
    type Error = Error;

    fn try_from(read: Profile) -> Result<Self> {
        Self::new(Shape::PseudoVoigt { eta: read.eta }, read.fwhm_deg)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QGrid {
    start: f64,
    step: f64,
    len: usize,
}

impl TryFrom<QGrid> for crate::QGrid {
    type Error = Error;

    fn try_from(read: QGrid) -> Result<Self> {
        Self::new(read.start, read.step, read.len)
    }
}

/// Ratio K.
#[derive(Deserialize)]
pub(crate) struct Polarization(f64);

impl TryFrom<Polarization> for crate::Polarization {
    type Error = Error;

    fn try_from(read: Polarization) -> Result<Self> {
        within("polarisation ratio K", read.0, 0.0..=1.0, "0 to 1").map(Self)
    }
}
