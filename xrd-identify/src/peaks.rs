//! Lines of a pattern: their places, heights and widths.

use crate::Prepared;
use crate::lines::angle;
use crate::preparation::{STEP_DEG, WAVELENGTH};
use crate::ranking::convolve;

/// Line that is visible in a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Peak {
    /// Angle 2θ in degrees for Cu Kα1.
    pub two_theta_deg: f64,
    /// Lattice spacing in Å, if the angle is not shifted.
    pub d_angstrom: f64,
    /// Height above the background relative to the highest point of the pattern.
    pub height: f64,
}

/// Peaks of a pattern and the typical width of a line.
#[derive(Clone, Debug)]
pub(crate) struct Peaks {
    pub(crate) all: Vec<Peak>,
    /// Full width at half maximum in degrees.
    pub(crate) fwhm_deg: f64,
}

/// Lowest height of a peak relative to the highest point.
const LOWEST: f32 = 0.004;

/// Lowest height of a peak in standard deviations of the noise.
const ABOVE_NOISE: f32 = 5.0;

/// Lowest rise of a peak above the points beside it, in standard deviations of the noise before smoothing.
const RISE: f32 = 2.5;

/// Number of peaks that decide about the width.
const FOR_WIDTH: usize = 12;

/// Range of possible widths in degrees.
const WIDTHS: [f64; 2] = [0.06, 1.2];

impl Peaks {
    pub(crate) fn of(pattern: &Prepared) -> Self {
        let measured = pattern.measured();
        let values = &pattern.values()[measured.clone()];
        let heights: Vec<f32> = values.iter().map(|v| v * v).collect();
        let smooth = convolve(&heights, 1.5, true);
        let lowest = LOWEST.max(ABOVE_NOISE * noise(&smooth));
        let found = maxima(&smooth, pattern.noise(), lowest, 3);
        let mut order = found.clone();
        order.sort_by(|a, b| smooth[*b].total_cmp(&smooth[*a]).then(a.cmp(b)));
        let widths = order.iter().take(FOR_WIDTH);
        let mut widths: Vec<f64> = widths.filter_map(|i| width(&heights, *i)).collect();
        widths.sort_by(f64::total_cmp);
        let fwhm_deg = widths.get(widths.len() / 2).map_or(0.15, |w| w * STEP_DEG);
        let fwhm_deg = fwhm_deg.clamp(WIDTHS[0], WIDTHS[1]);
        let smooth = convolve(&heights, (0.35 * fwhm_deg / STEP_DEG).clamp(0.8, 3.0), true);
        let lowest = LOWEST.max(ABOVE_NOISE * noise(&smooth));
        let apart = (0.8 * fwhm_deg / STEP_DEG).round() as usize;
        let peak = |i: usize| {
            let two_theta_deg = angle(measured.start as f64 + summit(&smooth, i));
            let sine = (two_theta_deg / 2.0).to_radians().sin();
            Peak {
                two_theta_deg,
                d_angstrom: WAVELENGTH / (2.0 * sine),
                height: f64::from(smooth[i]),
            }
        };
        let all = maxima(&smooth, pattern.noise(), lowest, apart.max(2))
            .into_iter()
            .map(peak);
        Self {
            all: all.collect(),
            fwhm_deg,
        }
    }
}

/// Standard deviation of the noise, from the median of second differences.
fn noise(values: &[f32]) -> f32 {
    let mut second: Vec<f32> = values
        .windows(3)
        .map(|w| (w[0] - 2.0 * w[1] + w[2]).abs())
        .collect();
    second.sort_by(f32::total_cmp);
    second.get(second.len() / 2).copied().unwrap_or_default() / 0.6745
}

/// Points that are highest among those at most `apart` points away, rise above `lowest`, and above the least of these
/// points by more than the noise.
fn maxima(values: &[f32], noise: &[f32], lowest: f32, apart: usize) -> Vec<usize> {
    let is_highest = |i: usize| {
        let window = &values[i.saturating_sub(apart)..(i + apart + 1).min(values.len())];
        let least = window.iter().copied().fold(f32::INFINITY, f32::min);
        let top = window.iter().copied().fold(0.0, f32::max);
        let rise = (0.5 * lowest).max(RISE * noise[i]);
        values[i] > lowest && values[i] == top && values[i] - least > rise
    };
    let mut found: Vec<usize> = (0..values.len()).filter(|i| is_highest(*i)).collect();
    found.dedup_by(|b, a| *b - *a <= apart);
    found
}

/// Place of a maximum between points, from a parabola through three points.
fn summit(values: &[f32], i: usize) -> f64 {
    let (Some(before), Some(after)) = (i.checked_sub(1).map(|b| values[b]), values.get(i + 1))
    else {
        return i as f64;
    };
    let curvature = before - 2.0 * values[i] + after;
    match curvature < 0.0 {
        true => i as f64 + f64::from((0.5 * (before - after) / curvature).clamp(-0.5, 0.5)),
        false => i as f64,
    }
}

/// Full width at half maximum in points, unless a neighbouring line is in the way.
fn width(values: &[f32], i: usize) -> Option<f64> {
    let half = values[i] / 2.0;
    let crossing = |next: &dyn Fn(usize) -> Option<usize>| {
        let mut at = i;
        loop {
            let then = next(at)?;
            if values[then] <= half {
                let share = (values[at] - half) / (values[at] - values[then]).max(1e-9);
                return Some((at.abs_diff(i)) as f64 + f64::from(share));
            }
            at = then;
            if at.abs_diff(i) > 40 {
                return None;
            }
        }
    };
    let left = crossing(&|k| k.checked_sub(1))?;
    let right = crossing(&|k| (k + 1 < values.len()).then_some(k + 1))?;
    // A neighbour makes one side longer than the other.
    Some(2.0 * left.min(right))
}
