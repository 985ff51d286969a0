//! Steps that change the axis.

use std::f64::consts::PI;
use std::sync::Arc;

use xrd_core::{IntensityUnit, TwoThetaGrid, Wavelength};

use super::super::{AxisKind, Radiation, Scan, TimePerStep};
use crate::error::Result;
use crate::prepare::{Combine, Step, places, rebin};

impl Scan {
    pub(super) fn shift_zero(&mut self, deg: f64) -> Result<()> {
        self.require_two_theta()?;
        self.axis.iter_mut().for_each(|x| *x += deg);
        Ok(())
    }

    /// Converts the axis to 2θ at a wavelength.
    pub(super) fn change_wavelength(&mut self, wavelength: Wavelength) -> Result<()> {
        let two_theta = self.two_theta_at(wavelength)?;
        let before = two_theta.len();
        let reached: Vec<usize> = (0..before).filter(|&i| two_theta[i].is_finite()).collect();
        if reached.len() < before {
            let lost = before - reached.len();
            self.warn(&format!(
                "left out: {lost} points that {wavelength} does not reach"
            ));
        }
        self.axis = two_theta;
        self.axis_kind = AxisKind::TwoThetaDeg;
        self.keep(&reached);
        let radiation = &mut Arc::make_mut(&mut self.metadata).radiation;
        let stretch = radiation
            .wavelength
            .map(|w| wavelength.as_angstrom() / w.as_angstrom());
        let k_alpha2 = radiation.k_alpha2.zip(stretch);
        *radiation = Radiation {
            wavelength: Some(wavelength),
            k_alpha2: k_alpha2.and_then(|(w, s)| Wavelength::angstrom(w.as_angstrom() * s).ok()),
            k_alpha2_ratio: radiation.k_alpha2_ratio,
            anode: None,
        };
        if reached.is_empty() {
            return Err(self.cannot(
                Step::ToWavelength(wavelength),
                "this wavelength reaches no point of the scan",
            ));
        }
        self.rise()
    }

    /// 2θ in degrees of every point at a wavelength; NaN for points that it cannot reach.
    fn two_theta_at(&self, wavelength: Wavelength) -> Result<Vec<f64>> {
        let lambda = wavelength.as_angstrom();
        let sin_theta: Box<dyn Fn(f64) -> f64> = match &self.axis_kind {
            AxisKind::QPerAngstrom => Box::new(move |q| q * lambda / (4.0 * PI)),
            AxisKind::QPerNanometre => Box::new(move |q| q * lambda / (40.0 * PI)),
            AxisKind::DAngstrom => Box::new(move |d| lambda / (2.0 * d)),
            _ => {
                self.require_two_theta()?;
                let own = self.wavelength().ok_or_else(|| {
                    self.cannot(
                        Step::ToWavelength(wavelength),
                        "the file states no wavelength",
                    )
                })?;
                let stretch = lambda / own.as_angstrom();
                Box::new(move |x| stretch * (x.to_radians() / 2.0).sin())
            }
        };
        let two_theta = |x: &f64| 2.0 * sin_theta(*x).asin().to_degrees();
        Ok(self.axis.iter().map(two_theta).collect())
    }

    pub(super) fn rebin(&mut self, width: f64, counts: Combine) -> Result<()> {
        // The time of a mean of counts is a mean, so that their quotient stays the rate. The time of
        // a rate is the sum, which says how well the rate is known.
        let (combine, time_rule) = match self.unit() {
            IntensityUnit::Counts => (counts, counts),
            _ => (Combine::Mean, Combine::Sum),
        };
        let rebinned = rebin(&self.axis, &self.intensities, self.sigma(), width, combine)?;
        if let Some(time) = &self.metadata.time_per_step {
            let each: Option<Vec<f64>> = (0..self.axis.len()).map(|i| time.at(i)).collect();
            let summed = each.map(|each| rebin(&self.axis, &each, None, width, time_rule));
            let summed = summed
                .transpose()?
                .map(|r| TimePerStep::Each(r.intensities));
            Arc::make_mut(&mut self.metadata).time_per_step = summed;
        }
        self.axis = rebinned.axis;
        self.set_intensities(rebinned.intensities, rebinned.sigma);
        Ok(())
    }

    /// Interpolates onto a grid. Standard deviations are those of the weighted mean of two points.
    pub(super) fn interpolate(&mut self, grid: &TwoThetaGrid) -> Result<()> {
        self.require_two_theta()?;
        let places = places(&self.name, &self.axis, grid)?;
        let between = |list: &[f64]| places.iter().map(|p| p.between(list)).collect::<Vec<_>>();
        let intensities = between(&self.intensities);
        let spread = |list: &[f64]| places.iter().map(|p| p.spread(list)).collect();
        let sigma = self.sigma().map(spread);
        let time = &mut Arc::make_mut(&mut self.metadata).time_per_step;
        if let Some(TimePerStep::Each(each)) = time {
            *time = (each.len() == self.axis.len()).then(|| TimePerStep::Each(between(each)));
        }
        self.axis = grid.angles().collect();
        self.set_intensities(intensities, sigma);
        Ok(())
    }

    pub(super) fn crop(&mut self, from: f64, to: f64) -> Result<()> {
        // The ends are meant to include points of the axis in spite of rounding.
        let slack = 1e-9 * from.abs().max(to.abs());
        let inside = |&i: &usize| (from - slack..=to + slack).contains(&self.axis[i]);
        let kept: Vec<usize> = (0..self.axis.len()).filter(inside).collect();
        if let ([first, .., last], true) = (self.axis.as_slice(), kept.is_empty()) {
            let found = format!("no point from {from} to {to} in {first} to {last}");
            return Err(self.cannot(Step::Crop { from, to }, &found));
        }
        self.keep(&kept);
        Ok(())
    }
}
