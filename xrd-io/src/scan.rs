//! A scan as measured, and its conversion to a pattern.

use std::borrow::Cow;
use std::sync::Arc;

use xrd_core::{IntensityUnit, Pattern, Scale, TwoThetaGrid, Wavelength};

use crate::error::{Error, Result};
use crate::prepare::{self, Step};

mod axis_kind;
mod draft;
mod metadata;
mod preparation;

pub use axis_kind::AxisKind;
use draft::not_powder_warning;
pub(crate) use draft::{BLANK, Draft};
pub use metadata::{Metadata, Radiation, SigmaOrigin, TimePerStep, UnitEvidence};

/// The warning for an axis that no file names and that cannot be 2θ.
pub(crate) const BEYOND: &str =
    "the axis goes beyond 180, so it is not two-theta; the file does not name it";

/// The start of a warning that the kind of the axis is assumed.
pub(crate) const ASSUMED_AXIS: &str = "the axis is assumed to be ";

/// The warning that the kind of the axis is assumed, and why.
pub(crate) fn assumed(kind: &AxisKind, why: &str) -> String {
    format!("{ASSUMED_AXIS}{kind}: {why}")
}

/// Axis and intensities.
type Points<'a> = (Cow<'a, [f64]>, Cow<'a, [f64]>);

/// Measured intensities over an axis of any [kind](AxisKind), in the order of the file.
///
/// [`to_pattern`](Self::to_pattern) and [`resample`](Self::resample) convert a scan to a pattern,
/// which has a uniform 2θ axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    name: String,
    axis_kind: AxisKind,
    /// Whether the kind of the axis is assumed, not stated by the file.
    axis_is_assumed: bool,
    axis: Vec<f64>,
    intensities: Vec<f64>,
    sigma: Option<(Vec<f64>, SigmaOrigin)>,
    scale: Scale,
    unit_evidence: UnitEvidence,
    not_powder: Option<String>,
    /// Shared between scans, because most scans of one file have the same metadata.
    metadata: Arc<Metadata>,
    preparation: Vec<Step>,
    warnings: Vec<String>,
}

impl Scan {
    /// The name of the scan. This is the file name without folder and extension. If the file holds
    /// several scans, a number is added, as in `a_2`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn warn(&mut self, warning: &str) {
        self.warnings.push(warning.to_owned());
    }

    pub(crate) fn set_name(&mut self, name: String) {
        self.name = name;
    }

    /// The kind of the axis.
    pub fn axis_kind(&self) -> &AxisKind {
        &self.axis_kind
    }

    /// Whether the kind of the axis is assumed, not stated by the file.
    pub(crate) fn axis_is_assumed(&self) -> bool {
        self.axis_is_assumed
    }

    /// Replaces an axis that the file does not state, and what was concluded from it.
    pub(crate) fn set_axis_kind(&mut self, kind: AxisKind) {
        if let Some(what) = self.axis_kind.not_powder() {
            self.not_powder.take_if(|own| *own == what);
            self.warnings.retain(|w| *w != not_powder_warning(&what));
        }
        self.warnings
            .retain(|w| w != BEYOND && !w.starts_with(ASSUMED_AXIS));
        if let (None, Some(what)) = (&self.not_powder, kind.not_powder()) {
            self.warnings.push(not_powder_warning(&what));
            self.not_powder = Some(what);
        }
        self.axis_is_assumed = false;
        self.axis_kind = kind;
    }

    /// Reads q without a unit as q in 1/Å, and adds a warning.
    pub(crate) fn assume_unit_of_q(&mut self) {
        if self.axis_kind == AxisKind::other("q", "") {
            self.set_axis_kind(AxisKind::QPerAngstrom);
            self.axis_is_assumed = true;
            self.warn(&assumed(&self.axis_kind, "the file states no unit of q"));
        }
    }

    pub(crate) fn set_wavelength(&mut self, wavelength: Wavelength) {
        Arc::make_mut(&mut self.metadata).radiation.wavelength = Some(wavelength);
    }

    /// The axis values in the order of the file. There is at least one, and all are finite. In most
    /// files the values are increasing.
    pub fn axis(&self) -> &[f64] {
        &self.axis
    }

    /// The intensities, one per axis value. All are finite.
    pub fn intensities(&self) -> &[f64] {
        &self.intensities
    }

    /// The standard deviations of the intensities, if they are known. They are finite, none is
    /// negative, and not all are zero.
    pub fn sigma(&self) -> Option<&[f64]> {
        self.sigma.as_ref().map(|(values, _)| values.as_slice())
    }

    /// The origin of the standard deviations; `None` if there are no standard deviations.
    pub fn sigma_origin(&self) -> Option<SigmaOrigin> {
        self.sigma.as_ref().map(|(_, origin)| *origin)
    }

    /// Calculates standard deviations by Poisson statistics.
    ///
    /// The standard deviation is √y for counts y, and √(y / t) for counts per second y with time
    /// per step t. A point with less than one count is treated as one count. Returns `None` for
    /// other units, and for counts per second if the time per step is not known.
    pub fn counting_sigma(&self) -> Option<Vec<f64>> {
        let time = |i| match self.unit() {
            IntensityUnit::Counts => Some(1.0),
            IntensityUnit::CountsPerSecond => self.metadata.time_per_step.as_ref()?.at(i),
            _ => None,
        };
        let sigma = |(i, y): (usize, &f64)| {
            let t = time(i).filter(|t| *t > 0.0)? * self.scale.factor.recip();
            Some((y * t).max(1.0).sqrt() / t)
        };
        self.intensities.iter().enumerate().map(sigma).collect()
    }

    /// The unit of the intensities.
    pub fn unit(&self) -> IntensityUnit {
        self.scale.unit
    }

    /// The evidence for the unit of the intensities: how the unit was found.
    pub fn unit_evidence(&self) -> &UnitEvidence {
        &self.unit_evidence
    }

    /// The unit of the intensities, and the factor by which they were multiplied after the
    /// measurement.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The wavelength, if it is known. For an X-ray tube, this is usually the wavelength of Kα1;
    /// see [`Radiation::wavelength`](crate::Radiation::wavelength).
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.metadata.radiation.wavelength
    }

    /// The metadata of the measurement, such as sample, date and radiation.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The kind of measurement, such as "a pole figure", if the scan is not a powder pattern at one
    /// wavelength. `None` for a powder pattern.
    pub fn not_powder(&self) -> Option<&str> {
        self.not_powder.as_deref()
    }

    /// The warnings for the user, for example about unused columns, missing points or an unusual
    /// order of the points.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Converts the scan to a pattern. The axis must be 2θ, and its steps must be equal within 5 %.
    /// A decreasing axis is reversed.
    ///
    /// # Errors
    /// [`Error::NotPowder`] or [`Error::NotTwoTheta`] if the scan is not a powder pattern over 2θ;
    /// [`Error::NoGrid`] if the axis is not uniform.
    pub fn to_pattern(&self) -> Result<Pattern> {
        let (axis, values) = self.rising()?;
        let mut grid = TwoThetaGrid::from_angles(&axis).map_err(|e| self.no_grid(e))?;
        if let Some(Step::Resample(given)) = self.preparation.last() {
            // The grid as it was given, without the rounding errors of its angles.
            grid = if given.same_as(&grid) { *given } else { grid };
        }
        let intensities = values.iter().map(|&v| v as f32).collect();
        self.pattern_on(grid, intensities)
    }

    /// Resamples the scan onto a grid by linear interpolation between its points.
    ///
    /// If the grid has larger steps than the scan, some points of the scan are not used;
    /// intensities are not summed. Cost: O(points + grid).
    ///
    /// # Errors
    /// - [`Error::NotPowder`] or [`Error::NotTwoTheta`] if the scan is not a powder pattern over
    ///   2θ.
    /// - [`Error::NoGrid`] if the axis neither increases nor decreases throughout.
    /// - [`Error::Extrapolation`] if the grid reaches beyond the scan.
    pub fn resample(&self, grid: &TwoThetaGrid) -> Result<Pattern> {
        let (axis, values) = self.rising()?;
        let values = prepare::interpolate(&self.name, &axis, &values, grid)?;
        self.pattern_on(*grid, values)
    }

    /// The points in order of increasing 2θ.
    fn rising(&self) -> Result<Points<'_>> {
        self.require_two_theta()?;
        let turned = |list: &[f64]| list.iter().rev().copied().collect::<Vec<_>>();
        if self.is_falling() {
            return Ok((turned(&self.axis).into(), turned(&self.intensities).into()));
        }
        self.require_rising()?;
        Ok((Cow::from(&self.axis), Cow::from(&self.intensities)))
    }

    /// Whether the axis increases from each point to the next.
    pub(crate) fn is_rising(&self) -> bool {
        self.axis.windows(2).all(|pair| pair[1] > pair[0])
    }

    fn is_falling(&self) -> bool {
        self.axis.windows(2).all(|pair| pair[1] < pair[0])
    }

    fn require_rising(&self) -> Result<()> {
        match self.axis.windows(2).find(|pair| pair[1] <= pair[0]) {
            None => Ok(()),
            Some(pair) => Err(self.no_grid(xrd_core::Error::OutOfRange {
                what: "two-theta step",
                value: pair[1] - pair[0],
                expected: "> 0 degrees",
            })),
        }
    }

    fn pattern_on(&self, grid: TwoThetaGrid, intensities: Vec<f32>) -> Result<Pattern> {
        let pattern = Pattern::new(grid, self.scale, intensities).map_err(|e| self.no_grid(e))?;
        Ok(pattern.with_wavelength(self.wavelength()))
    }

    fn require_two_theta(&self) -> Result<()> {
        if let Some(what) = &self.not_powder {
            return Err(Error::NotPowder {
                name: self.name.clone(),
                what: what.clone(),
            });
        }
        match &self.axis_kind {
            AxisKind::TwoThetaDeg => Ok(()),
            other => Err(Error::NotTwoTheta {
                name: self.name.clone(),
                axis: other.to_string(),
            }),
        }
    }

    fn no_grid(&self, reason: xrd_core::Error) -> Error {
        Error::NoGrid {
            name: self.name.clone(),
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::error::Place;
    use crate::source::Source;

    fn draft(axis: &[f64]) -> Draft {
        let source = Source::new(Path::new("a.xy"), vec![]);
        let intensities = axis.iter().map(|x| 2.0 * x).collect();
        let mut draft = Draft::new(&source, AxisKind::TwoThetaDeg, axis.to_vec(), intensities);
        draft.unit(IntensityUnit::Counts, UnitEvidence::Format);
        draft
    }

    fn build(draft: Draft) -> Scan {
        let source = Source::new(Path::new("a.xy"), vec![]);
        draft.build(&source, |_| Place::File).unwrap()
    }

    fn scan(axis: &[f64]) -> Scan {
        build(draft(axis))
    }

    #[test]
    fn the_door_names_the_point_that_is_off() {
        let pattern = scan(&[10.0, 10.5, 11.0]).to_pattern().unwrap();
        assert_eq!(pattern.intensities(), [20.0, 21.0, 22.0]);
        assert_eq!(pattern.scale().unit, IntensityUnit::Counts);
        assert_eq!(scan(&[11.0, 10.5, 10.0]).to_pattern().unwrap(), pattern);
        let message = scan(&[10.0, 10.7, 11.0])
            .to_pattern()
            .unwrap_err()
            .to_string();
        assert!(message.contains("point 1 is 10.7"), "{message}");
        assert!(message.contains("resample"), "{message}");
        let mut huge = draft(&[1.0, 2.0]);
        huge.intensities[1] = 1e39;
        assert!(build(huge).to_pattern().is_err());
        assert!(scan(&[1.0, 3.0, 2.0]).to_pattern().is_err());
        assert!(scan(&[1.0]).to_pattern().is_err());
    }

    #[test]
    fn the_door_is_shut_for_what_is_no_pattern() {
        let with = |change: fn(&mut Draft)| {
            let mut draft = draft(&[1.0, 2.0]);
            change(&mut draft);
            build(draft).to_pattern().unwrap_err().to_string()
        };
        assert_eq!(
            with(|d| d.not_powder = Some("a pole figure".to_owned())),
            "a: not a powder pattern but a pole figure"
        );
        let phi = with(|d| d.axis_kind = AxisKind::PhiDeg);
        assert_eq!(
            phi,
            "a: not a powder pattern but a scan over phi in degrees"
        );
        let q = with(|d| d.axis_kind = AxisKind::QPerAngstrom);
        assert_eq!(
            q,
            "a: the axis is q in 1/angstrom (expected two-theta in degrees)"
        );
    }

    #[test]
    fn an_irregular_line_is_a_line_on_any_grid() {
        let grid = TwoThetaGrid::new(10.1, 0.2, 5).unwrap();
        let pattern = scan(&[10.0, 10.7, 10.8, 11.0]).resample(&grid).unwrap();
        let expected = grid.angles().map(|t| 2.0 * t as f32);
        let near = |(a, b): (&f32, f32)| (a - b).abs() < 1e-5;
        assert!(pattern.intensities().iter().zip(expected).all(near));
    }

    #[test]
    fn counting_statistics_need_counts() {
        let counts = scan(&[2.0, 8.0]);
        assert_eq!(counts.counting_sigma(), Some(vec![2.0, 4.0]));
        let rate = |time| {
            let mut draft = draft(&[2.0, 8.0]);
            draft.unit(IntensityUnit::CountsPerSecond, UnitEvidence::Format);
            draft.metadata.time_per_step = time;
            build(draft).counting_sigma()
        };
        assert_eq!(rate(Some(TimePerStep::Same(4.0))), Some(vec![1.0, 2.0]));
        let each = TimePerStep::Each(vec![4.0, 1.0]);
        assert_eq!(rate(Some(each)), Some(vec![1.0, 4.0]));
        assert_eq!(rate(None), None);
        assert_eq!(rate(Some(TimePerStep::Each(vec![4.0]))), None);
    }
}
