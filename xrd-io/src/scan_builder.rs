//! Scans built from numbers in memory.

use std::path::Path;

use xrd_core::{IntensityUnit, Scale, Wavelength};

use crate::column_names::unit_word;
use crate::error::{Error, Place, Result};
use crate::prepare::Step;
use crate::scan::{AxisKind, Draft, Metadata, Scan, SigmaOrigin, TimePerStep, UnitEvidence};

/// Builder of a [`Scan`] from an axis and intensities; see [`Scan::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ScanBuilder {
    name: String,
    axis_kind: AxisKind,
    axis: Vec<f64>,
    intensities: Vec<f64>,
    sigma: Option<Vec<f64>>,
    scale: Scale,
    not_powder: Option<String>,
    metadata: Metadata,
    preparation: Vec<Step>,
}

impl Scan {
    /// Returns a builder for a scan with one intensity per axis value.
    ///
    /// The intensities are in arbitrary units unless [`ScanBuilder::unit`] sets another unit.
    ///
    /// # Example
    /// ```
    /// use xrd_io::xrd_core::{IntensityUnit, Wavelength};
    /// use xrd_io::{AxisKind, ReadOptions, Scan, read_bytes, write};
    /// let scan = Scan::builder("quartz", AxisKind::TwoThetaDeg, [20.0, 20.5, 21.0], [4.0, 90.0, 7.0])
    ///     .unit(IntensityUnit::Counts)
    ///     .wavelength(Wavelength::angstrom(1.5406)?)
    ///     .build()?;
    /// let mut file = Vec::new();
    /// write::xrdml(&mut file, &[scan.clone()])?;
    /// let back = read_bytes("quartz.xrdml", &file, &ReadOptions::default())?;
    /// assert_eq!(back.scans[0].intensities(), scan.intensities());
    /// assert_eq!(back.scans[0].wavelength(), scan.wavelength());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(
        name: impl Into<String>,
        axis_kind: AxisKind,
        axis: impl Into<Vec<f64>>,
        intensities: impl Into<Vec<f64>>,
    ) -> ScanBuilder {
        ScanBuilder {
            name: name.into(),
            axis_kind,
            axis: axis.into(),
            intensities: intensities.into(),
            sigma: None,
            scale: Scale::ARBITRARY,
            not_powder: None,
            metadata: Metadata::default(),
            preparation: Vec::new(),
        }
    }
}

impl ScanBuilder {
    /// Sets the standard deviations of the intensities.
    pub fn sigma(mut self, sigma: impl Into<Vec<f64>>) -> Self {
        self.sigma = Some(sigma.into());
        self
    }

    /// Sets the unit of the intensities.
    pub fn unit(mut self, unit: IntensityUnit) -> Self {
        self.scale.unit = unit;
        self
    }

    /// Sets the scale of the intensities: their unit, and the factor by which they were multiplied.
    pub fn scale(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// Sets the metadata, which include the wavelength. A wavelength that was set before is lost.
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Sets the wavelength. For an X-ray tube, give the wavelength of Kα1.
    pub fn wavelength(mut self, wavelength: Wavelength) -> Self {
        self.metadata.radiation.wavelength = Some(wavelength);
        self
    }

    /// Marks the scan as a measurement other than a powder pattern. The argument `what` names the
    /// kind of measurement, such as "a pole figure".
    pub fn not_powder(mut self, what: impl Into<String>) -> Self {
        self.not_powder = Some(what.into());
        self
    }

    /// Sets the preparation steps, in order, that were already applied to the intensities.
    pub fn preparation(mut self, steps: impl Into<Vec<Step>>) -> Self {
        self.preparation = steps.into();
        self
    }

    /// Checks all values and returns the scan.
    ///
    /// The scan gets a warning if its axis is not increasing, and another one if its counting times
    /// differ between points.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the name of the scan in these cases:
    ///
    /// - The name is empty or has control characters.
    /// - The axis or the intensities are empty, or they differ in length.
    /// - A number is not finite.
    /// - A standard deviation, time, factor or temperature is impossible.
    pub fn build(self) -> Result<Scan> {
        self.check_name()?;
        self.check_length("intensities", self.intensities.len())?;
        self.check_all("axis", &self.axis, "a finite number", |_| true)?;
        self.check_all("intensity", &self.intensities, "a finite number", |_| true)?;
        self.check_sigma()?;
        self.check_metadata()?;
        let mut draft = Draft::named(self.name, self.axis_kind, self.axis, self.intensities);
        draft.sigma = self.sigma.map(|sigma| (sigma, SigmaOrigin::Stated));
        draft.scale = self.scale;
        if self.scale.unit != IntensityUnit::Arbitrary {
            draft.unit_evidence = UnitEvidence::Stated(unit_word(self.scale.unit).to_owned());
        }
        draft.not_powder = self.not_powder;
        draft.metadata = self.metadata;
        draft.preparation = self.preparation;
        let path = draft.name.clone();
        draft.build_at(Path::new(&path), |_| Place::File)
    }

    fn refuse(&self, found: impl Into<String>, expected: &str) -> Error {
        Error::malformed(Path::new(&self.name), Place::File, found, expected)
    }

    fn check_name(&self) -> Result<()> {
        match self.name.is_empty() || self.name.chars().any(char::is_control) {
            true => Err(self.refuse(
                format!("the name of the scan is {:?}", self.name),
                "a name without control characters",
            )),
            false => Ok(()),
        }
    }

    fn check_length(&self, what: &str, length: usize) -> Result<()> {
        let points = self.axis.len();
        match length == points {
            true => Ok(()),
            false => Err(self.refuse(
                format!("{length} {what} on {points} points of the axis"),
                "as many of both",
            )),
        }
    }

    /// Refuses the first value that is not finite or not valid.
    fn check_all(
        &self,
        what: &str,
        values: &[f64],
        expected: &str,
        is_valid: impl Fn(f64) -> bool,
    ) -> Result<()> {
        let bad = |v: &f64| !v.is_finite() || !is_valid(*v);
        match values.iter().position(bad) {
            None => Ok(()),
            Some(i) => Err(self.refuse(format!("{what} {i} is {}", values[i]), expected)),
        }
    }

    fn check_sigma(&self) -> Result<()> {
        let Some(sigma) = &self.sigma else {
            return Ok(());
        };
        self.check_length("standard deviations", sigma.len())?;
        let expected = "a finite number, 0 or more";
        self.check_all("standard deviation", sigma, expected, |s| s >= 0.0)?;
        match sigma.iter().all(|s| *s == 0.0) && !sigma.is_empty() {
            true => Err(self.refuse("all standard deviations are 0", "some above 0")),
            false => Ok(()),
        }
    }

    fn check_metadata(&self) -> Result<()> {
        let positive = |what: &str, values: &[f64]| {
            self.check_all(what, values, "a finite number above 0", |v| v > 0.0)
        };
        positive("factor of the scale", &[self.scale.factor])?;
        positive("temperature", self.metadata.temperature_k.as_slice())?;
        let ratio = self.metadata.radiation.k_alpha2_ratio;
        let expected = "a finite number, 0 or more";
        self.check_all("ratio of Kα2", ratio.as_slice(), expected, |v| v >= 0.0)?;
        match &self.metadata.time_per_step {
            None => Ok(()),
            Some(TimePerStep::Same(time)) => positive("time per step", &[*time]),
            Some(TimePerStep::Each(times)) => {
                self.check_length("times per step", times.len())?;
                positive("time per step", times)
            }
        }
    }
}
