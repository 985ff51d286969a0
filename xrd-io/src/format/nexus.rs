//! NeXus: an HDF5 file whose groups state their type in `NX_class`.
//!
//! ```text
//! /…/NXdata          signal="data"  axes=[".", "binning"]   the names of its data sets
//!   data             (scans, points) or (points)            in older files the data set has signal=1
//!   binning          (points)  units="deg"  long_name="two_theta (degrees)"
//!   data_errors      as data
//! anywhere           wavelength, k_alpha_one, k_alpha_two, xray_tube_material, count_time,
//!                    start_time, NXsample/name
//! ```
//!
//! Each entry is read separately. If an entry has several NXdata groups, a group over 2θ is
//! preferred, then the group named by `default`. If an axis has one value more than there are
//! points, its values are the limits of bins. Data of more than two dimensions are read as scans
//! along the last dimension. Points that are NaN are dropped. Angles in radians are converted. Sources: the NeXus manual (NXdata,
//! NXmonopd, NXxrd_pan), checked on a file of DAWN.

use super::content::FormatReader;
use super::kind::Format;
use crate::source::is_hdf5;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Nexus,
    |source| is_hdf5(source.bytes()),
    reading::read,
);

#[cfg(not(feature = "nexus"))]
mod reading {
    use super::super::content::Content;
    use crate::error::{Error, Result};
    use crate::source::Source;

    pub(super) fn read(source: &Source) -> Result<Content> {
        Err(Error::MissingFeature {
            path: source.path.to_owned(),
            what: "an HDF5 file",
            feature: "nexus",
        })
    }
}

#[cfg(feature = "nexus")]
mod reading;
#[cfg(feature = "nexus")]
mod values;
