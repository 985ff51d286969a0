//! Application of preparation steps to a scan.

use std::sync::Arc;

use super::{Scan, SigmaOrigin, TimePerStep};
use crate::error::{Error, Result};
use crate::prepare::{Step, arpls, snip};

mod axis;
mod intensities;
#[cfg(test)]
mod tests;

impl Scan {
    /// Applies preparation steps in the given order and records them with the scan.
    ///
    /// A decreasing axis is reversed first. If the scan has no standard deviations, they are then
    /// calculated from [counting statistics](Self::counting_sigma), if possible. The standard
    /// deviations are propagated through every step.
    ///
    /// # Example
    /// ```
    /// use xrd_io::prepare::Step;
    /// let path = std::env::temp_dir().join(format!("xrd-io-prepare-{}.xy", std::process::id()));
    /// std::fs::write(&path, "10 4\n10.1 4\n10.2 9\n10.3 4\n10.4 4\n")?;
    /// let scan = xrd_io::read_scan(&path, 1)?;
    /// std::fs::remove_file(&path)?;
    /// let prepared = scan.prepare(&[Step::Snip { half_width: 0.2 }])?;
    /// assert!((prepared.intensities()[2] - 5.0).abs() < 1e-9);
    /// assert_eq!(prepared.preparation(), [Step::Snip { half_width: 0.2 }]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::CannotPrepare`] if a step cannot be applied; the error states the reason.
    /// - [`Error::NotTwoTheta`] or [`Error::NotPowder`] if a step needs a powder pattern over 2θ.
    /// - [`Error::NoGrid`] if the axis is irregular.
    pub fn prepare(&self, steps: &[Step]) -> Result<Self> {
        let mut scan = self.clone();
        if steps.is_empty() {
            return Ok(scan);
        }
        scan.rise()?;
        if scan.sigma.is_none() {
            scan.sigma = scan.counting_sigma().map(|s| (s, SigmaOrigin::Counting));
        }
        for step in steps {
            let done = scan.apply(*step).map_err(|e| scan.with_name(*step, e))?;
            scan.require_finite(*step)?;
            scan.preparation.push(done);
        }
        Ok(scan)
    }

    /// The preparation steps that were applied to the scan, in order. A step that took values from
    /// the file, such as wavelengths, is listed with these values.
    pub fn preparation(&self) -> &[Step] {
        &self.preparation
    }

    /// Applies a step and returns it with the values that it took from the file.
    fn apply(&mut self, step: Step) -> Result<Step> {
        match step {
            Step::Despike { threshold } => self.despike(threshold),
            Step::ZeroShift { deg } => self.shift_zero(deg)?,
            Step::StripKa2(given) => return self.strip_ka2(given),
            Step::Smooth { window, degree } => self.smooth(window, degree)?,
            Step::Snip { half_width } => {
                let points = (half_width / self.step()?).round() as usize;
                self.subtract(&snip(&self.intensities, points));
            }
            Step::ArPls { lambda } => {
                self.step()?;
                self.subtract(&arpls(&self.intensities, lambda));
            }
            Step::ToWavelength(wavelength) => self.change_wavelength(wavelength)?,
            Step::Rebin { width, counts } => self.rebin(width, counts)?,
            Step::Resample(grid) => self.interpolate(&grid)?,
            Step::Crop { from, to } => self.crop(from, to)?,
            Step::SquareRoot => self.take_square_root(),
            Step::Scale { factor } => self.scale_by(factor),
            Step::ScaleToMaximum => self.scale_to_maximum()?,
        }
        Ok(step)
    }

    /// Keeps the points at these indices.
    fn keep(&mut self, places: &[usize]) {
        let kept = |list: &[f64]| places.iter().map(|&i| list[i]).collect::<Vec<_>>();
        self.axis = kept(&self.axis);
        self.intensities = kept(&self.intensities);
        if let Some((sigma, _)) = &mut self.sigma {
            *sigma = kept(sigma);
        }
        if let Some(TimePerStep::Each(times)) = &mut Arc::make_mut(&mut self.metadata).time_per_step
        {
            *times = places
                .iter()
                .filter_map(|&i| times.get(i).copied())
                .collect();
        }
    }

    fn set_intensities(&mut self, intensities: Vec<f64>, sigma: Option<Vec<f64>>) {
        self.intensities = intensities;
        let origin = self.sigma_origin();
        self.sigma = sigma.zip(origin);
    }

    /// The step of the axis, which must be uniform to 5 %.
    fn step(&self) -> Result<f64> {
        let [first, .., last] = self.axis[..] else {
            let reason = xrd_core::Error::Length {
                what: "points",
                found: 1,
                expected: 2,
            };
            return Err(self.no_grid(reason));
        };
        let step = (last - first) / (self.axis.len() - 1) as f64;
        let off = |(i, x): &(usize, &f64)| (*x - first - step * *i as f64).abs() > 0.05 * step;
        match self.axis.iter().enumerate().find(off) {
            None => Ok(step),
            Some((index, &found)) => {
                let expected = first + step * index as f64;
                Err(self.no_grid(xrd_core::Error::NotUniform {
                    index,
                    found,
                    expected,
                }))
            }
        }
    }

    /// Reverses a decreasing axis; refuses one that both increases and decreases.
    fn rise(&mut self) -> Result<()> {
        if self.is_falling() {
            let backwards: Vec<usize> = (0..self.axis.len()).rev().collect();
            self.keep(&backwards);
        }
        self.require_rising()
    }

    /// Adds the name of this scan to an error of a function that does not know it.
    fn with_name(&self, step: Step, error: Error) -> Error {
        match error {
            Error::Argument { .. } => self.cannot(step, &error.to_string()),
            other => other,
        }
    }

    fn require_finite(&self, step: Step) -> Result<()> {
        let finite = |list: &[f64]| list.iter().all(|v| v.is_finite());
        if finite(&self.axis) && finite(&self.intensities) && self.sigma().is_none_or(finite) {
            return Ok(());
        }
        Err(self.cannot(step, "a value is too large"))
    }

    fn cannot(&self, step: Step, found: &str) -> Error {
        Error::CannotPrepare {
            name: self.name.clone(),
            step: step.to_string(),
            found: found.to_owned(),
        }
    }
}
