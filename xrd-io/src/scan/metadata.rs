use std::fmt;

use xrd_core::Wavelength;

/// Radiation of a measurement, as stated in the file.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Radiation {
    /// The element of the anode, such as "Cu".
    pub anode: Option<String>,
    /// The wavelength of the beam. For a tube, this is the wavelength of Kα1, unless the
    /// measurement used another emission line.
    pub wavelength: Option<Wavelength>,
    /// The wavelength of Kα2.
    pub k_alpha2: Option<Wavelength>,
    /// The intensity ratio Kα2/Kα1. It is 0 if a monochromator removes Kα2.
    pub k_alpha2_ratio: Option<f64>,
}

impl Radiation {
    /// Sets the element of the anode.
    pub fn with_anode(mut self, anode: impl Into<String>) -> Self {
        self.anode = Some(anode.into());
        self
    }

    /// Sets the wavelength.
    pub fn with_wavelength(mut self, wavelength: Wavelength) -> Self {
        self.wavelength = Some(wavelength);
        self
    }

    /// Sets the wavelength of Kα2 and the intensity ratio Kα2/Kα1.
    pub fn with_k_alpha2(mut self, wavelength: Wavelength, ratio: f64) -> Self {
        self.k_alpha2 = Some(wavelength);
        self.k_alpha2_ratio = Some(ratio);
        self
    }

    /// Sets wavelengths in Å from a file. Impossible values, such as 0, are ignored.
    pub(crate) fn set_angstrom(&mut self, wavelength: Option<f64>, k_alpha2: Option<f64>) {
        let valid = |value: f64| Wavelength::angstrom(value).ok();
        self.wavelength = wavelength.and_then(valid);
        self.k_alpha2 = k_alpha2.and_then(valid);
    }

    /// Sets the wavelength used, in Å, if it belongs to an emission line other than Kα. A
    /// wavelength within 1 % of Kα1 counts as Kα.
    pub(crate) fn set_used_angstrom(&mut self, used: f64) {
        const OF_TUBES: std::ops::RangeInclusive<f64> = 0.1..=5.0;
        let Some(used) = Wavelength::angstrom(used)
            .ok()
            .filter(|_| OF_TUBES.contains(&used))
        else {
            return;
        };
        let is_same = |own: Wavelength| (used.as_angstrom() / own.as_angstrom() - 1.0).abs() < 0.01;
        if !self.wavelength.is_some_and(is_same) {
            self.wavelength = Some(used);
            self.k_alpha2 = None;
            self.k_alpha2_ratio = None;
        }
    }
}

/// Counting time per point, in seconds.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TimePerStep {
    /// The same time for all points.
    Same(f64),
    /// One time per point.
    Each(Vec<f64>),
}

impl TimePerStep {
    /// The time at the point with index `point`, in seconds; `None` if there is no such point.
    pub fn at(&self, point: usize) -> Option<f64> {
        match self {
            Self::Same(seconds) => Some(*seconds),
            Self::Each(seconds) => seconds.get(point).copied(),
        }
    }
}

/// Metadata of a measurement, as stated in the file. Texts are copied from the file without quotes,
/// and without white space at the start and the end.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Metadata {
    /// The name of the sample.
    pub sample: Option<String>,
    /// The operator's comment.
    pub comment: Option<String>,
    /// The date and time at which the scan started, as written in the file.
    pub date: Option<String>,
    /// The name of the instrument.
    pub instrument: Option<String>,
    /// The temperature in K.
    pub temperature_k: Option<f64>,
    /// The name of the axis or axes that moved during the scan, as written in the file, such as
    /// "Gonio" or "TwoThetaOmega".
    pub drive: Option<String>,
    /// The counting time per point.
    pub time_per_step: Option<TimePerStep>,
    /// The radiation.
    pub radiation: Radiation,
}

impl Metadata {
    /// Sets the name of the sample.
    pub fn with_sample(mut self, sample: impl Into<String>) -> Self {
        self.sample = Some(sample.into());
        self
    }

    /// Sets the operator's comment.
    pub fn with_comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Sets the date and time at which the scan started.
    pub fn with_date(mut self, date: impl Into<String>) -> Self {
        self.date = Some(date.into());
        self
    }

    /// Sets the name of the instrument.
    pub fn with_instrument(mut self, instrument: impl Into<String>) -> Self {
        self.instrument = Some(instrument.into());
        self
    }

    /// Sets the name of the axis or axes that moved during the scan.
    pub fn with_drive(mut self, drive: impl Into<String>) -> Self {
        self.drive = Some(drive.into());
        self
    }

    /// Sets the temperature in K.
    pub fn with_temperature_k(mut self, temperature_k: f64) -> Self {
        self.temperature_k = Some(temperature_k);
        self
    }

    /// Sets the counting time per point.
    pub fn with_time_per_step(mut self, time: TimePerStep) -> Self {
        self.time_per_step = Some(time);
        self
    }

    /// Sets the radiation.
    pub fn with_radiation(mut self, radiation: Radiation) -> Self {
        self.radiation = radiation;
        self
    }
}

/// Evidence for the unit of the intensities, found during reading.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum UnitEvidence {
    /// The file states the unit. The value is the unit as written in the file.
    Stated(String),
    /// The format allows only one unit.
    Format,
    /// The unit was derived from other information. The value is a text that describes this
    /// information.
    Concluded(String),
    /// There is no evidence, so arbitrary units are assumed.
    None,
}

impl fmt::Display for UnitEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stated(words) => write!(f, "stated: {words}"),
            Self::Format => f.write_str("the only unit of the format"),
            Self::Concluded(why) => f.write_str(why),
            Self::None => f.write_str("not stated"),
        }
    }
}

/// Origin of standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SigmaOrigin {
    /// The file, or the caller of [`ScanBuilder::sigma`](crate::ScanBuilder::sigma), states the
    /// standard deviations.
    Stated,
    /// The standard deviations were calculated from the counts, for example as √y. Some formats
    /// define another rule for this.
    Counting,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_points() {
        assert_eq!(TimePerStep::Same(2.0).at(7), Some(2.0));
        let each = TimePerStep::Each(vec![1.0, 3.0]);
        assert_eq!((each.at(1), each.at(2)), (Some(3.0), None));
    }

    #[test]
    fn what_cannot_be_a_wavelength_is_left_out() {
        let mut radiation = Radiation::default();
        radiation.set_angstrom(Some(0.0), Some(1.5444));
        assert_eq!(radiation.wavelength, None);
        assert_eq!(radiation.k_alpha2, Wavelength::angstrom(1.5444).ok());
    }

    #[test]
    fn evidence_of_a_unit_is_told_in_words() {
        let shown = [
            UnitEvidence::Stated("Counts/s".to_owned()),
            UnitEvidence::Format,
            UnitEvidence::Concluded("all are whole numbers".to_owned()),
            UnitEvidence::None,
        ]
        .map(|evidence| evidence.to_string());
        let expected = [
            "stated: Counts/s",
            "the only unit of the format",
            "all are whole numbers",
            "not stated",
        ];
        assert_eq!(shown, expected);
    }
}
