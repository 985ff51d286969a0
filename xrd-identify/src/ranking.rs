use std::ops::Range;

use rayon::prelude::*;

use crate::lines::{Code, decode, places};
use crate::preparation::{POINTS, STEP_DEG};
use crate::{Error, Library, Prepared, Result};

/// Settings of the comparison of many line lists with a pattern.
///
/// The lines of a structure are drawn as Gaussians, whose heights are a power of their intensities. The pattern
/// is taken to the same power and smoothed. The similarity is the cosine between both, over the measured
/// points: 1 for equal patterns, 0 for patterns without common lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// Power of the intensities, above 0 and up to 1; 0.5 is the square root.
    pub power: f64,
    /// Standard deviation in degrees of the Gaussian with which the pattern is smoothed, 0.04 to 1.
    pub smoothing_deg: f64,
    /// Standard deviation in degrees of the Gaussian of a line, 0.14 to 1. Products with narrower lines cannot be
    /// interpolated between the points of the axis to 1 %.
    pub line_deg: f64,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            power: 0.65,
            smoothing_deg: 0.25,
            line_deg: 0.35,
        }
    }
}

impl Ranking {
    fn check(&self) -> Result<()> {
        let within = |what, value: f64, range: std::ops::RangeInclusive<f64>, expected| match range
            .contains(&value)
        {
            true => Ok(()),
            false => Err(Error::OutOfRange {
                what,
                value,
                expected,
            }),
        };
        within(
            "power of the intensities",
            self.power,
            0.01..=1.0,
            "0.01 to 1",
        )?;
        let [smoothing, line] = [self.smoothing_deg, self.line_deg];
        within("smoothing", smoothing, 0.04..=1.0, "0.04° to 1°")?;
        within("width of a line", line, 0.14..=1.0, "0.14° to 1°")
    }

    fn line_points(&self) -> f64 {
        self.line_deg / STEP_DEG
    }
}

/// Entry of a library and its similarity to a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Neighbour {
    /// Index of the entry.
    pub index: usize,
    /// Similarity, 0 to 1.
    pub similarity: f64,
}

/// Lines of all entries, prepared for the comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    ranking: Ranking,
    /// First line of each entry, without the first entry.
    ends: Vec<u32>,
    lines: Vec<Drawn>,
}

/// Line as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drawn {
    /// Place on the axis in points.
    place: f32,
    height: f32,
    /// Squared norm of the lines of the entry up to this one.
    norm: f32,
}

impl Index {
    pub(crate) fn new(ranking: Ranking) -> Result<Self> {
        ranking.check()?;
        Ok(Self {
            ranking,
            ..Self::default()
        })
    }

    pub(crate) fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    /// Adds the lines of an entry. Lines closer than half the width of a drawn line are joined, because the
    /// root of a sum of intensities is not the sum of the roots.
    pub(crate) fn push(&mut self, codes: &[Code]) {
        let start = self.lines.len();
        let (width, places) = (self.ranking.line_points(), places());
        let mut group = [0.0; 3];
        for code in codes {
            let line = decode(*code);
            let at = f64::from(places[usize::from(code.0)]);
            if group[1] > 0.0 && at - group[2] > width {
                self.draw(start, group);
                group = [0.0; 3];
            }
            if group[1] == 0.0 {
                group[2] = at;
            }
            group[0] += at * line.intensity;
            group[1] += line.intensity;
        }
        if group[1] > 0.0 {
            self.draw(start, group);
        }
        self.ends.push(self.lines.len() as u32);
    }

    /// Draws a line: the sum of places times intensities, the sum of intensities.
    fn draw(&mut self, start: usize, [moment, intensity, _]: [f64; 3]) {
        let mut line = Drawn {
            place: (moment / intensity) as f32,
            height: power(intensity, self.ranking.power) as f32,
            norm: 0.0,
        };
        let before = &self.lines[start..];
        line.norm = before.last().map_or(0.0, |l| l.norm) + self.added(before, &line);
        self.lines.push(line);
    }

    /// Part of the squared norm that a line adds to those before it.
    fn added(&self, before: &[Drawn], line: &Drawn) -> f32 {
        let width = self.ranking.line_points() as f32;
        let near = before.iter().rev();
        let near = near.take_while(|l| line.place - l.place < 6.0 * width);
        let pairs = near.map(|l| l.height * overlap(line.place - l.place, width));
        line.height * (line.height * overlap(0.0, width) + 2.0 * pairs.sum::<f32>())
    }

    fn of(&self, entry: usize) -> &[Drawn] {
        let start = match entry {
            0 => 0,
            _ => self.ends[entry - 1],
        };
        &self.lines[start as usize..self.ends[entry] as usize]
    }

    /// Similarity of an entry to a pattern.
    fn similarity(&self, entry: usize, pattern: &Smoothed) -> f64 {
        let lines = self.of(entry);
        let [from, to] = [pattern.measured.start, pattern.measured.end].map(|p| p as f32 - 0.5);
        let first = lines.partition_point(|l| l.place < from);
        let last = first + lines[first..].partition_point(|l| l.place < to);
        if first == last {
            return 0.0;
        }
        let product: f32 = lines[first..last].iter().map(|l| pattern.product(l)).sum();
        let mut norm = lines[last - 1].norm;
        if first > 0 {
            norm -= lines[first - 1].norm + self.across(&lines[..first], &lines[first..last]);
        }
        match norm > 0.0 {
            true => f64::from((product / norm.sqrt()).clamp(0.0, 1.0)),
            false => 0.0,
        }
    }

    /// Part of the squared norm of pairs of one line before the measured range and one within.
    fn across(&self, before: &[Drawn], within: &[Drawn]) -> f32 {
        let width = self.ranking.line_points() as f32;
        let Some(edge) = before.last() else {
            return 0.0;
        };
        let near = within.iter();
        let near = near.take_while(|l| l.place - edge.place < 6.0 * width);
        let alone = |l: &Drawn| l.height * l.height * overlap(0.0, width);
        near.map(|l| self.added(before, l) - alone(l)).sum()
    }
}

/// Power of a number; the square root is faster than other powers.
fn power(value: f64, power: f64) -> f64 {
    match power == 0.5 {
        true => value.sqrt(),
        false => value.powf(power),
    }
}

/// Integral of the product of two Gaussians of height 1, `distance` points apart.
fn overlap(distance: f32, width: f32) -> f32 {
    let root = std::f32::consts::PI.sqrt();
    root * width * (-(distance / (2.0 * width)).powi(2)).exp()
}

/// Pattern that is smoothed, and then multiplied with the profile of a line at every point.
struct Smoothed {
    /// Value at every point and its difference to the next one, so that one access gives both.
    products: Vec<[f32; 2]>,
    measured: Range<usize>,
}

impl Smoothed {
    fn new(pattern: &Prepared, ranking: &Ranking) -> Self {
        // Values are roots of intensities.
        let power = (2.0 * ranking.power) as f32;
        let values: Vec<f32> = pattern.values().iter().map(|v| v.powf(power)).collect();
        let smooth = convolve(&values, ranking.smoothing_deg / STEP_DEG, true);
        let measured = pattern.measured();
        let squares = smooth[measured.clone()]
            .iter()
            .map(|v| f64::from(*v).powi(2));
        let norm = squares.sum::<f64>().sqrt() as f32;
        let mut products = convolve(&smooth, ranking.line_points(), false);
        products.iter_mut().for_each(|p| *p /= norm);
        let products = products.windows(2).map(|p| [p[0], p[1] - p[0]]);
        Self {
            products: products.collect(),
            measured,
        }
    }

    /// Product of the pattern with a line.
    fn product(&self, line: &Drawn) -> f32 {
        let i = point(line.place);
        let [value, rise] = self.products[i];
        line.height * (value + share(line.place, i) * rise)
    }
}

/// Value of a polygon at a place.
pub(crate) fn between(values: &[f32], place: f32) -> f32 {
    let i = point(place);
    values[i] + share(place, i) * (values[i + 1] - values[i])
}

/// Point before a place; that of the edge for places outside.
fn point(place: f32) -> usize {
    (place.max(0.0) as usize).min(POINTS - 2)
}

/// Way from a point to a place, up to the next point.
fn share(place: f32, point: usize) -> f32 {
    (place - point as f32).clamp(0.0, 1.0)
}

/// Convolution with a Gaussian of this standard deviation in points, of area 1 or of height 1.
pub(crate) fn convolve(values: &[f32], width: f64, has_area_1: bool) -> Vec<f32> {
    let reach = (4.0 * width).ceil() as usize;
    let mut kernel: Vec<f32> = (0..=reach)
        .map(|i| (-0.5 * (i as f64 / width).powi(2)).exp() as f32)
        .collect();
    if has_area_1 {
        let area = 2.0 * kernel.iter().sum::<f32>() - kernel[0];
        kernel.iter_mut().for_each(|k| *k /= area);
    }
    let mut result: Vec<f32> = values.iter().map(|v| v * kernel[0]).collect();
    for (shift, k) in kernel.iter().enumerate().skip(1) {
        let Some(rest) = values.get(shift..) else {
            break;
        };
        result.iter_mut().zip(rest).for_each(|(r, v)| *r += k * v);
        let later = result[shift..].iter_mut();
        later.zip(values).for_each(|(r, v)| *r += k * v);
    }
    result
}

impl Library {
    /// Returns the `n` entries that are most similar to a pattern, the most similar first.
    ///
    /// Lines outside the measured range do not count. Entries without a line in it have the similarity 0.
    /// Equal similarities are sorted by index. The entries are compared on the threads of rayon's current pool.
    ///
    /// Cost: O(lines of the library).
    pub fn neighbours(&self, pattern: &Prepared, n: usize) -> Vec<Neighbour> {
        self.neighbours_of(pattern, n, |_| true)
    }

    /// Returns the most similar entries for which `is_allowed` is true, as [`neighbours`](Self::neighbours).
    ///
    /// Entries of a pattern's own structure are left out this way when accuracy is measured.
    pub fn neighbours_of(
        &self,
        pattern: &Prepared,
        n: usize,
        is_allowed: impl Fn(usize) -> bool + Sync,
    ) -> Vec<Neighbour> {
        let smoothed = Smoothed::new(pattern, self.ranking());
        let one = |index: usize| Neighbour {
            index,
            similarity: self.index.similarity(index, &smoothed),
        };
        let allowed = (0..self.len()).into_par_iter().with_min_len(512);
        let mut all: Vec<Neighbour> = allowed.filter(|i| is_allowed(*i)).map(one).collect();
        let order = |a: &Neighbour, b: &Neighbour| {
            let falling = b.similarity.total_cmp(&a.similarity);
            falling.then(a.index.cmp(&b.index))
        };
        if n < all.len() && n > 0 {
            all.select_nth_unstable_by(n - 1, order);
        }
        all.truncate(n);
        all.sort_unstable_by(order);
        all
    }
}
