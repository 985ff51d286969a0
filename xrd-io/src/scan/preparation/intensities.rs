//! Steps that change intensities but not the axis.

use std::sync::Arc;

use xrd_core::{IntensityUnit, Scale};

use super::super::{Scan, TimePerStep, UnitEvidence};
use crate::error::Result;
use crate::prepare::{Doublet, Step, savitzky_golay, spikes, strip_ka2, typical_noise};

/// Largest number of positions named in a warning.
const NAMED: usize = 5;

impl Scan {
    pub(super) fn despike(&mut self, threshold: f64) {
        let found = match self.one_count() {
            Some(one) => spikes(&self.intensities, threshold, |y| (y.max(one) * one).sqrt()),
            None => {
                let noise = typical_noise(&self.intensities);
                spikes(&self.intensities, threshold, |_| noise)
            }
        };
        for &i in &found {
            self.intensities[i] = 0.5 * (self.intensities[i - 1] + self.intensities[i + 1]);
            if let Some((sigma, _)) = &mut self.sigma {
                sigma[i] = 0.5 * sigma[i - 1].hypot(sigma[i + 1]);
            }
        }
        if !found.is_empty() {
            let places = found.iter().take(NAMED).map(|&i| self.axis[i].to_string());
            let places = places.collect::<Vec<_>>().join(", ");
            let more = if found.len() > NAMED { ", ..." } else { "" };
            self.warn(&format!(
                "spikes replaced: {}, at {places}{more}",
                found.len()
            ));
        }
    }

    /// The intensity of a single count, if known.
    fn one_count(&self) -> Option<f64> {
        match (self.unit(), &self.metadata.time_per_step) {
            (IntensityUnit::Counts, _) => Some(self.scale.factor),
            (IntensityUnit::CountsPerSecond, Some(TimePerStep::Same(t))) if *t > 0.0 => {
                Some(self.scale.factor / t)
            }
            _ => None,
        }
    }

    pub(super) fn strip_ka2(&mut self, given: Option<Doublet>) -> Result<Step> {
        self.require_two_theta()?;
        let doublet = match given {
            Some(doublet) => doublet,
            None => self.doublet()?,
        };
        let (stripped, sigma) = strip_ka2(&self.axis, &self.intensities, self.sigma(), &doublet);
        self.set_intensities(stripped, sigma);
        let radiation = &mut Arc::make_mut(&mut self.metadata).radiation;
        radiation.wavelength = Some(doublet.ka1());
        (radiation.k_alpha2, radiation.k_alpha2_ratio) = (None, Some(0.0));
        Ok(Step::StripKa2(Some(doublet)))
    }

    /// The wavelengths and the ratio stated in the file.
    fn doublet(&self) -> Result<Doublet> {
        let radiation = &self.metadata.radiation;
        let stated = (
            radiation.wavelength,
            radiation.k_alpha2,
            radiation.k_alpha2_ratio,
        );
        match stated {
            (Some(ka1), Some(ka2), Some(ratio)) => Doublet::new(ka1, ka2, ratio),
            (Some(_), Some(_), None) => Err(self.cannot(
                Step::StripKa2(None),
                "the file states no ratio of K-alpha-2",
            )),
            _ => Err(self.cannot(
                Step::StripKa2(None),
                "the file states no K-alpha-1 and K-alpha-2",
            )),
        }
    }

    pub(super) fn smooth(&mut self, window: usize, degree: usize) -> Result<()> {
        self.step()?;
        let (smooth, sigma) = savitzky_golay(&self.intensities, self.sigma(), window, degree)?;
        self.set_intensities(smooth, sigma);
        Ok(())
    }

    pub(super) fn subtract(&mut self, background: &[f64]) {
        let pairs = self.intensities.iter_mut().zip(background);
        pairs.for_each(|(y, b)| *y -= b);
    }

    pub(super) fn scale_by(&mut self, factor: f64) {
        self.intensities.iter_mut().for_each(|y| *y *= factor);
        if let Some((sigma, _)) = &mut self.sigma {
            sigma.iter_mut().for_each(|s| *s *= factor);
        }
        self.scale.factor *= factor;
    }

    /// Replaces intensities by their square roots. In the propagation of errors, an intensity below
    /// its standard deviation is replaced by the standard deviation.
    pub(super) fn take_square_root(&mut self) {
        if let Some((sigma, _)) = &mut self.sigma {
            for (s, y) in sigma.iter_mut().zip(&self.intensities) {
                let root = y.max(*s).sqrt();
                *s = if root > 0.0 { *s / (2.0 * root) } else { 0.0 };
            }
        }
        let intensities = self.intensities.iter_mut();
        intensities.for_each(|y| *y = y.max(0.0).sqrt());
        self.scale = Scale::ARBITRARY;
        self.unit_evidence = UnitEvidence::Concluded("square root taken".to_owned());
    }

    pub(super) fn scale_to_maximum(&mut self) -> Result<()> {
        let largest = self.intensities.iter().copied().fold(f64::MIN, f64::max);
        if largest <= 0.0 {
            let found = format!("the largest intensity is {largest}");
            return Err(self.cannot(Step::ScaleToMaximum, &found));
        }
        self.scale_by(1.0 / largest);
        self.scale = Scale::ARBITRARY;
        self.unit_evidence = UnitEvidence::Concluded("scaled to a maximum of 1".to_owned());
        Ok(())
    }
}
