//! From a pattern of any instrument to one that can be compared.

use std::collections::VecDeque;
use std::ops::Range;

use xrd_core::{Pattern, TwoThetaGrid, Wavelength};

use crate::{Error, Result};

/// First angle of the axis in degrees.
pub(crate) const START_DEG: f64 = 5.0;

/// Step of this axis in degrees.
pub(crate) const STEP_DEG: f64 = 0.04;

/// Number of points: 5.00° to 89.96°.
pub(crate) const POINTS: usize = 2125;

/// Wavelength of this axis in Å: Cu Kα1.
pub(crate) const WAVELENGTH: f64 = 1.540_593;

/// Least number of points that a pattern must cover: 15°.
const LEAST: usize = 375;

/// Half the window of the background in points: 3.0° in total.
const BACKGROUND: usize = 37;

/// Half the window that is averaged before the background is searched, so that a single low count is
/// not taken for it.
const LEVEL: usize = 4;

/// Half the window over which the sizes of second differences are averaged.
const NOISE: usize = 5;

/// Factor from the noise to what is subtracted beside the background. The mean size of a second difference of
/// independent numbers is 1.95 standard deviations, and the least of such means within the window is about two
/// thirds of it, so that about two standard deviations are subtracted. Factors from 0 to 4 standard deviations
/// were compared on simulated patterns of structures that are not in the library.
const ABOVE_NOISE: f32 = 1.53;

/// Factor from the noise to its standard deviation, from the same mean sizes.
const DEVIATION: f32 = ABOVE_NOISE / 2.0;

/// Returns the axis of prepared patterns: 5.00° to 89.96° in steps of 0.04° (2,125 points), for the wavelength
/// 1.540593 Å (Cu Kα1).
///
/// # Errors
/// No error is expected.
pub fn axis() -> Result<(TwoThetaGrid, Wavelength)> {
    let invalid = |_| Error::NoWavelength;
    let grid = TwoThetaGrid::new(START_DEG, STEP_DEG, POINTS).map_err(invalid)?;
    Ok((grid, Wavelength::angstrom(WAVELENGTH).map_err(invalid)?))
}

/// Pattern without background on a fixed axis, as libraries and networks read it: 2,125 numbers of 0 to 1.
///
/// Intensities are averaged over the bins of the [`axis`](fn@crate::axis), and smoothed with the weights ¼, ½ and ¼.
/// A background is subtracted: the lowest mean of nine points within ±1.5°, averaged over the same window. About
/// two standard deviations of the counting noise are subtracted as well, because the square root would make the
/// noise of a quick scan as large as its weak lines; the noise is estimated from the second differences of the
/// points before smoothing. Negative rests are set to 0, the highest point is scaled to 1, and the square root is
/// taken, which makes weak lines visible. Angles that were not measured are 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    values: Vec<f32>,
    measured: Range<usize>,
    /// Standard deviation of the noise before smoothing at each measured point, relative to the highest
    /// intensity.
    noise: Vec<f32>,
}

impl Prepared {
    /// Number of points of the axis: 2,125.
    pub const POINTS: usize = POINTS;

    /// Prepares a pattern of any range, step and wavelength.
    ///
    /// Lattice spacings decide about the bin, so that the wavelength of the pattern does not matter.
    ///
    /// # Errors
    /// - [`Error::NoWavelength`] if the pattern has no wavelength.
    /// - [`Error::Range`] unless it covers 15° of the axis.
    /// - [`Error::NoLines`] if nothing is above the background.
    pub fn of(pattern: &Pattern) -> Result<Self> {
        let wavelength = pattern.wavelength().ok_or(Error::NoWavelength)?;
        let ratio = wavelength.as_angstrom() / WAVELENGTH;
        let grid = pattern.grid();
        // Angle of the pattern at an angle of the axis.
        let own = |deg: f64| 2.0 * ((deg / 2.0).to_radians().sin() * ratio).asin().to_degrees();
        let integral = Integral::new(grid.start(), grid.step(), pattern.intensities());
        let edge = |i: usize| own(START_DEG + (i as f64 - 0.5) * STEP_DEG);
        // An angle that the wavelength cannot reach is NaN, and not covered.
        let is_covered = |i: usize| edge(i) >= integral.start && edge(i + 1) <= integral.end();
        let first = (0..POINTS).find(|i| is_covered(*i)).unwrap_or(POINTS);
        let last = (first..POINTS).find(|i| !is_covered(*i)).unwrap_or(POINTS);
        let mut values = vec![0.0; POINTS];
        for (i, value) in values.iter_mut().enumerate().take(last).skip(first) {
            let [a, b] = [edge(i), edge(i + 1)];
            *value = ((integral.to(b) - integral.to(a)) / (b - a)) as f32;
        }
        Self::within(values, first..last)
    }

    /// Prepares intensities that are already on the [`axis`](fn@crate::axis).
    ///
    /// `values` has one intensity per point of the axis. Only the points in `measured` count, as if the others
    /// had not been measured.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there are 2,125 intensities.
    /// - [`Error::Range`] unless `measured` has 375 points (15°) or more, all of them on the axis.
    /// - [`Error::NoLines`] if nothing is above the background.
    pub fn within(mut values: Vec<f32>, measured: Range<usize>) -> Result<Self> {
        let angle = |i: usize| START_DEG + i as f64 * STEP_DEG;
        if values.len() != POINTS {
            return Err(Error::Length {
                found: values.len(),
            });
        }
        if measured.len() < LEAST || measured.end > POINTS {
            return Err(Error::Range {
                from: angle(measured.start),
                to: angle(measured.end.max(1) - 1),
            });
        }
        values[..measured.start].fill(0.0);
        values[measured.end..].fill(0.0);
        let part = &mut values[measured.clone()];
        part.iter_mut().for_each(|v| *v = v.max(0.0));
        let noise = noise(part);
        smooth(part);
        let background = least_nearby(&running_mean(part, LEVEL));
        for ((value, level), noise) in part.iter_mut().zip(background).zip(&noise) {
            *value = (*value - level - ABOVE_NOISE * noise).max(0.0);
        }
        let top = part.iter().copied().fold(0.0, f32::max);
        if top <= 0.0 || !top.is_finite() {
            return Err(Error::NoLines);
        }
        part.iter_mut().for_each(|v| *v = (*v / top).sqrt());
        Ok(Self {
            values,
            measured,
            noise: noise.iter().map(|n| DEVIATION * n / top).collect(),
        })
    }

    /// The pattern with other values, whose highest intensity is `top` times that of this pattern.
    pub(crate) fn with_values(&self, values: Vec<f32>, top: f32) -> Self {
        Self {
            values,
            measured: self.measured(),
            noise: self.noise.iter().map(|n| n / top).collect(),
        }
    }

    /// Standard deviation of the noise before smoothing at each measured point, relative to the highest intensity.
    pub(crate) fn noise(&self) -> &[f32] {
        &self.noise
    }

    /// Returns the numbers, one per point of the axis.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Returns the points of the axis that were measured.
    pub fn measured(&self) -> Range<usize> {
        self.measured.clone()
    }
}

/// Integral of a polygon of intensities.
struct Integral<'a> {
    start: f64,
    step: f64,
    values: &'a [f32],
    /// Integral from the first point to each point.
    sums: Vec<f64>,
}

impl<'a> Integral<'a> {
    fn new(start: f64, step: f64, values: &'a [f32]) -> Self {
        let mut sums = vec![0.0];
        for pair in values.windows(2) {
            let area = (f64::from(pair[0]) + f64::from(pair[1])) / 2.0 * step;
            sums.push(sums[sums.len() - 1] + area);
        }
        Self {
            start,
            step,
            values,
            sums,
        }
    }

    fn end(&self) -> f64 {
        self.start + self.step * (self.values.len() - 1) as f64
    }

    /// Integral up to an angle within the range.
    fn to(&self, angle: f64) -> f64 {
        let last = self.values.len().saturating_sub(2);
        let place = (angle - self.start) / self.step;
        let i = (place.max(0.0) as usize).min(last);
        let share = place - i as f64;
        let [a, b] = [0, 1].map(|k| f64::from(self.values[(i + k).min(self.values.len() - 1)]));
        self.sums[i] + self.step * share * (a + (b - a) * share / 2.0)
    }
}

/// Mean of the points at most `half` points away.
fn running_mean(values: &[f32], half: usize) -> Vec<f32> {
    let mut sums = vec![0.0f64];
    for v in values {
        sums.push(sums[sums.len() - 1] + f64::from(*v));
    }
    let mean = |i: usize| {
        let window = i.saturating_sub(half)..(i + half + 1).min(values.len());
        ((sums[window.end] - sums[window.start]) / window.len() as f64) as f32
    };
    (0..values.len()).map(mean).collect()
}

/// Mean size of the second differences where it is least nearby: there are no lines, but noise.
fn noise(values: &[f32]) -> Vec<f32> {
    let size = |i: usize| {
        let middle = i.clamp(1, values.len() - 2);
        (values[middle - 1] - 2.0 * values[middle] + values[middle + 1]).abs()
    };
    let sizes: Vec<f32> = (0..values.len()).map(size).collect();
    least_nearby(&running_mean(&sizes, NOISE))
}

/// Weights ¼, ½ and ¼. The ends stay as they are.
fn smooth(values: &mut [f32]) {
    let raw = values.to_vec();
    for (value, w) in values[1..].iter_mut().zip(raw.windows(3)) {
        *value = 0.25 * (w[0] + w[2]) + 0.5 * w[1];
    }
}

/// Least of the points within the window of the background, averaged over the same window.
fn least_nearby(values: &[f32]) -> Vec<f32> {
    running_mean(&running_minimum(values, BACKGROUND), BACKGROUND)
}

/// Least of the points at most `half` points away. Cost: O(points), with a queue of rising values.
fn running_minimum(values: &[f32], half: usize) -> Vec<f32> {
    let mut queue: VecDeque<usize> = VecDeque::new();
    let mut next = 0;
    let mut least = Vec::with_capacity(values.len());
    for i in 0..values.len() {
        while next < (i + half + 1).min(values.len()) {
            while queue
                .back()
                .is_some_and(|last| values[*last] >= values[next])
            {
                queue.pop_back();
            }
            queue.push_back(next);
            next += 1;
        }
        while queue.front().is_some_and(|first| first + half < i) {
            queue.pop_front();
        }
        least.push(queue.front().map_or(0.0, |first| values[*first]));
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_the_naive_twin() {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 20) as f32 / 64.0
        };
        for len in [1, 2, 5, 40, 200] {
            let values: Vec<f32> = (0..len).map(|_| next()).collect();
            for half in [0, 1, 3, 37, 300] {
                let window = |i: usize| &values[i.saturating_sub(half)..(i + half + 1).min(len)];
                let least = |i| window(i).iter().copied().fold(f32::INFINITY, f32::min);
                let mean = |i| window(i).iter().sum::<f32>() / window(i).len() as f32;
                assert_eq!(
                    running_minimum(&values, half),
                    (0..len).map(least).collect::<Vec<_>>()
                );
                for (i, found) in running_mean(&values, half).into_iter().enumerate() {
                    assert!((found - mean(i)).abs() < 1e-3, "{found} {}", mean(i));
                }
            }
        }
    }

    #[test]
    fn the_integral_is_that_of_the_polygon() {
        let values = [1.0, 3.0, 2.0, 2.0];
        let integral = Integral::new(10.0, 0.5, &values);
        for (angle, expected) in [
            (10.0, 0.0),
            (10.25, 0.375),
            (10.5, 1.0),
            (11.0, 2.25),
            (11.5, 3.25),
        ] {
            assert!((integral.to(angle) - expected).abs() < 1e-12, "{angle}");
        }
    }
}
