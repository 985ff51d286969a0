//! Lines of a pattern that are masked, to see what depends on them.

use std::ops::Range;

use crate::fit::{Fitted, draw};
use crate::lines::place;
use crate::preparation::POINTS;
use crate::{Identification, Library, Neighbour, Peak, Prepared};

/// Window of angles with one visible line of a pattern, or with lines that are too near to each other to be masked
/// alone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LineWindow {
    /// Highest peak of the window.
    pub peak: Peak,
    /// Points of the axis.
    pub points: Range<usize>,
}

/// Reach of a window on each side of its peaks, in full widths at half maximum.
const REACH: f64 = 1.5;

impl Prepared {
    /// Returns the pattern with background instead of the points of a window: their values are 0.
    ///
    /// The other values stay, also if the highest line is masked. Points outside the axis are ignored.
    #[must_use]
    pub fn masked(&self, window: Range<usize>) -> Self {
        let mut values = self.values().to_vec();
        mask(&mut values, &window);
        self.with_values(values, 1.0)
    }
}

fn mask(values: &mut [f32], window: &Range<usize>) {
    let end = window.end.min(values.len());
    values[window.start.min(end)..end].fill(0.0);
}

impl Identification {
    /// Largest number of windows.
    pub const MOST_WINDOWS: usize = 60;

    /// Returns windows around the peaks, in the order of angles.
    ///
    /// A window reaches 1.5 full widths at half maximum from its peaks, but not beyond the middle between two
    /// windows. Peaks nearer than a width are in one window, and so are lines of Kα1 and Kα2. The windows of the 60
    /// highest peaks are kept.
    pub fn windows(&self) -> Vec<LineWindow> {
        let groups = self.groups();
        let reach = REACH * self.fwhm_deg;
        let window = |k: usize| {
            let (first, last) = ends(groups[k]);
            let mut from = first - reach;
            let mut to = last + reach + self.companion_deg(last);
            if k > 0 {
                from = from.max((ends(groups[k - 1]).1 + first) / 2.0);
            }
            if let Some(next) = groups.get(k + 1) {
                to = to.min((last + ends(next).0) / 2.0);
            }
            let point = |deg: f64| place(deg).ceil().clamp(0.0, POINTS as f64) as usize;
            let highest = |a: &&Peak, b: &&Peak| a.height.total_cmp(&b.height);
            let peak = groups[k].iter().max_by(highest).copied();
            peak.map(|peak| LineWindow {
                peak,
                points: point(from)..point(to),
            })
        };
        let mut windows: Vec<LineWindow> = (0..groups.len()).filter_map(window).collect();
        windows.sort_by(|a, b| b.peak.height.total_cmp(&a.peak.height));
        windows.truncate(Self::MOST_WINDOWS);
        windows.sort_by_key(|w| w.points.start);
        windows
    }

    /// Peaks that are masked together: those nearer to the first than a width.
    fn groups(&self) -> Vec<&[Peak]> {
        let (mut groups, mut rest) = (Vec::new(), &self.peaks[..]);
        while let Some(first) = rest.first() {
            let first = first.two_theta_deg;
            let reach = first + self.fwhm_deg + self.companion_deg(first);
            let (group, later) = rest.split_at(rest.partition_point(|p| p.two_theta_deg < reach));
            groups.push(group);
            rest = later;
        }
        groups
    }
}

/// Angles of the first and the last of some peaks.
fn ends(peaks: &[Peak]) -> (f64, f64) {
    let angle = |peak: Option<&Peak>| peak.map_or(0.0, |p| p.two_theta_deg);
    (angle(peaks.first()), angle(peaks.last()))
}

impl Library {
    /// Returns the matches of a pattern with the similarities that they have if a window of the pattern is masked
    /// ([`Prepared::masked`]), for each window. The order of the matches is kept, and so are their fitted
    /// shifts.
    ///
    /// `found` is the identification of the pattern in this library. Cost: O(matches · points) per window, about
    /// 0.1 ms.
    pub fn neighbours_masked(
        &self,
        pattern: &Prepared,
        found: &Identification,
        windows: &[Range<usize>],
    ) -> Vec<Vec<Neighbour>> {
        let fitted = Fitted::new(pattern, found.fwhm_deg);
        let look = found.look;
        let draw = |m: &crate::Match| {
            fitted.drawn(&draw(
                self.codes(m.index),
                &m.shifts,
                look,
                &fitted.measured(),
            ))
        };
        let drawn: Vec<Vec<f32>> = found.matches.iter().map(draw).collect();
        let of_window = |window: &Range<usize>| {
            let measured = fitted.smooth(&pattern.masked(window.clone()));
            let matches = found.matches.iter().zip(&drawn);
            let one = |(m, drawn): (&crate::Match, &Vec<f32>)| Neighbour {
                index: m.index,
                similarity: fitted.product(&measured, drawn),
            };
            matches.map(one).collect()
        };
        windows.iter().map(of_window).collect()
    }
}
