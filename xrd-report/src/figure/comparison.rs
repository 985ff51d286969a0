//! Reconstructed or generated pattern compared with a true pattern.

use std::ops::Range;

use xrd_core::TwoThetaGrid;

use super::axis::{Extent, extent};
use super::legend::{self, Entry, Symbol};
use super::palette::{BLACK, GREY, ORANGE, PALE_GREY, SKY_BLUE, VERMILLION};
use super::panel::{LABEL_SIZE, Panel, Quantity, X_AXIS_HEIGHT};
use super::pattern::{intensity_range, pattern_path, points_between, strongest_tenth, whole_axis};
use super::reference::{self, ReferenceLines};
use super::svg::{Anchor, Frame, Stroke, Svg};
use super::text::{Text, formula, shortened};

const LEFT: f64 = 38.0;
const RIGHT: f64 = 231.0;
/// Broad light line under a thin dark line, so that both are visible where they coincide.
const REFERENCE: Stroke = Stroke::solid(SKY_BLUE, 1.3);
const MODEL: Stroke = Stroke::solid(BLACK, 0.5);
const BLEND: Stroke = Stroke::solid(ORANGE, 0.8).dashed("2 1");
const DIFFERENCE: Stroke = Stroke::solid(VERMILLION, 0.5);
const ZERO: Stroke = Stroke::solid(GREY, 0.3);

/// Generated pattern, and the patterns for comparison. All patterns have the same grid and the
/// same unit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Generated<'a> {
    /// Intensities of the decoded pattern, one per grid point.
    pub generated: &'a [f32],
    /// Intensities of the true pattern of the same composition; `None` if unknown.
    pub truth: Option<&'a [f32]>,
    /// Intensities of a linear blend for comparison. A linear blend is a weighted mean of the
    /// patterns of the two neighbouring compositions. With `None`, no blend is drawn.
    pub blend: Option<&'a [f32]>,
    /// Range of 2θ that the lowest panel magnifies: the lower and the upper limit in degrees. With
    /// `None`, the panel magnifies one tenth of the 2θ axis: the tenth with the largest sum of
    /// intensities.
    pub zoom_deg: Option<(f64, f64)>,
    /// Reference structures, whose lines are drawn as ticks below the patterns.
    pub references: &'a [ReferenceLines],
}

impl<'a> Generated<'a> {
    /// Returns a generated pattern that is not compared with other patterns.
    pub fn new(generated: &'a [f32]) -> Self {
        Self {
            generated,
            truth: None,
            blend: None,
            zoom_deg: None,
            references: &[],
        }
    }

    /// Sets the reference structures.
    #[must_use]
    pub fn with_references(mut self, references: &'a [ReferenceLines]) -> Self {
        self.references = references;
        self
    }

    /// Sets the true pattern.
    #[must_use]
    pub fn with_truth(mut self, truth: Option<&'a [f32]>) -> Self {
        self.truth = truth;
        self
    }

    /// Sets the linear blend: a weighted mean of the patterns of the two neighbouring
    /// compositions.
    #[must_use]
    pub fn with_blend(mut self, blend: Option<&'a [f32]>) -> Self {
        self.blend = blend;
        self
    }

    /// Sets the range of 2θ that the lowest panel magnifies. The two numbers are the lower and the
    /// upper limit in degrees.
    #[must_use]
    pub fn with_zoom_deg(mut self, range: (f64, f64)) -> Self {
        self.zoom_deg = Some(range);
        self
    }
}

/// Pattern and its reconstruction by the autoencoder. Both have the same grid and the same unit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reproduced<'a> {
    /// Intensities of the pattern, one per grid point.
    pub given: &'a [f32],
    /// Intensities of the reconstruction, one per grid point.
    pub reproduced: &'a [f32],
    /// Reference structures, whose lines are drawn as ticks below the patterns.
    pub references: &'a [ReferenceLines],
}

impl<'a> Reproduced<'a> {
    /// Returns a pattern and its reconstruction, without references.
    pub fn new(given: &'a [f32], reproduced: &'a [f32]) -> Self {
        Self {
            given,
            reproduced,
            references: &[],
        }
    }

    /// Sets the reference structures.
    #[must_use]
    pub fn with_references(mut self, references: &'a [ReferenceLines]) -> Self {
        self.references = references;
        self
    }
}

/// Draws a pattern, its reconstruction by the autoencoder, and their difference.
///
/// The lowest panel magnifies one tenth of the 2θ axis: the tenth with the largest sum of
/// intensities. Cost: O(grid points).
///
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_report::{Reproduced, reproduction};
///
/// let grid = TwoThetaGrid::new(20.0, 0.1, 5)?;
/// let (given, reproduced) = ([0.0, 1.0, 5.0, 1.0, 0.0], [0.1, 0.9, 4.8, 1.1, 0.0]);
///
/// let svg = reproduction(&grid, &Reproduced::new(&given, &reproduced), "SmFe12, test pattern 3");
/// assert!(svg.contains(">reproduced<") && svg.contains(">difference<"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn reproduction(grid: &TwoThetaGrid, patterns: &Reproduced<'_>, title: &str) -> String {
    let comparison = Comparison {
        grid,
        title,
        model: ("reproduced", patterns.reproduced),
        reference: Some(("pattern", patterns.given)),
        blend: None,
        zoom: strongest_tenth(grid, patterns.given),
        references: patterns.references,
    };
    comparison.draw()
}

/// Draws a generated pattern and, for comparison, the true pattern and a blend, if these are
/// given.
///
/// If the true pattern is given, a panel shows the difference of the generated and the true
/// pattern. The lowest panel magnifies the range [`Generated::zoom_deg`]. Cost: O(grid points).
///
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_report::{Generated, generated};
///
/// let grid = TwoThetaGrid::new(20.0, 0.1, 5)?;
/// let patterns = Generated::new(&[0.1, 0.9, 4.8, 1.1, 0.0])
///     .with_truth(Some(&[0.0, 1.0, 5.0, 1.0, 0.0]))
///     .with_zoom_deg((20.1, 20.3));
///
/// let svg = generated(&grid, &patterns, "Ti = 0.75");
/// assert!(svg.contains(">generated<") && svg.contains(">true<"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn generated(grid: &TwoThetaGrid, patterns: &Generated<'_>, title: &str) -> String {
    let strongest = || strongest_tenth(grid, patterns.truth.unwrap_or(patterns.generated));
    let comparison = Comparison {
        grid,
        title,
        model: ("generated", patterns.generated),
        reference: patterns.truth.map(|truth| ("true", truth)),
        blend: patterns.blend,
        zoom: patterns
            .zoom_deg
            .filter(|zoom| zoom.0 < zoom.1)
            .unwrap_or_else(strongest),
        references: patterns.references,
    };
    comparison.draw()
}

struct Comparison<'a> {
    grid: &'a TwoThetaGrid,
    title: &'a str,
    model: (&'static str, &'a [f32]),
    reference: Option<(&'static str, &'a [f32])>,
    blend: Option<&'a [f32]>,
    zoom: (f64, f64),
    references: &'a [ReferenceLines],
}

impl Comparison<'_> {
    fn draw(&self) -> String {
        let mut svg = Svg::default();
        let title = formula(&shortened(self.title, RIGHT - 8.0, LABEL_SIZE));
        svg.text((8.0, 9.0), Anchor::Start, LABEL_SIZE, &title);
        let mut bottom = self.draw_whole(&mut svg, (14.0, 96.0));
        if self.reference.is_some() {
            bottom = self.draw_difference(&mut svg, (bottom + 7.0, bottom + 37.0));
        }
        let top = bottom + X_AXIS_HEIGHT + 5.0;
        bottom = self.draw_zoom(&mut svg, (top, top + 83.0));
        let top = bottom + X_AXIS_HEIGHT;
        let height = top + legend::draw(&mut svg, top, &self.entries());
        svg.finish(height + 2.0, self.title)
    }

    fn draw_whole(&self, svg: &mut Svg, (top, bottom): (f64, f64)) -> f64 {
        let panel = self.panel((top, bottom), whole_axis(self.grid), 0..self.grid.len());
        let band = Frame {
            left: panel.x.at(self.zoom.0.max(panel.x.low())),
            right: panel.x.at(self.zoom.1.min(panel.x.high())),
            ..panel.frame()
        };
        if band.left < band.right {
            svg.rectangle(&band, PALE_GREY);
        }
        self.draw_curves(svg, &panel, 0..self.grid.len());
        let numbers = self.reference.is_none().then(Quantity::two_theta);
        panel.draw_box(svg);
        let whole = reference::draw(svg, &panel, self.references);
        whole.draw_box(svg);
        whole.draw_x_axis(svg, 6, numbers.as_ref());
        panel.draw_y_axis(svg, 5, &Quantity::intensity());
        whole.frame().bottom
    }

    fn draw_difference(&self, svg: &mut Svg, (top, bottom): (f64, f64)) -> f64 {
        let difference = self.difference();
        let frame = frame(top, bottom);
        let panel = Panel::new(
            frame,
            Some(whole_axis(self.grid)),
            self.difference_range(&difference),
        );
        let zero = panel.y.at(0.0);
        svg.line((LEFT, zero), (RIGHT, zero), &ZERO);
        let path = pattern_path(&panel, self.grid, &difference, 0..self.grid.len());
        svg.path(&path, &DIFFERENCE);
        panel.draw_box(svg);
        panel.draw_x_axis(svg, 6, Some(&Quantity::two_theta()));
        panel.draw_y_axis(svg, 3, &Quantity::new(Text::plain("Diff."), ""));
        bottom
    }

    fn draw_zoom(&self, svg: &mut Svg, (top, bottom): (f64, f64)) -> f64 {
        let points = points_between(self.grid, self.zoom);
        let panel = self.panel((top, bottom), self.zoom, points.clone());
        self.draw_curves(svg, &panel, points);
        panel.draw_box(svg);
        let whole = reference::draw(svg, &panel, self.references);
        whole.draw_box(svg);
        whole.draw_x_axis(svg, 6, Some(&Quantity::two_theta()));
        panel.draw_y_axis(svg, 5, &Quantity::intensity());
        whole.frame().bottom
    }

    /// Returns a panel whose intensity axis contains all curves between two angles.
    fn panel(&self, page: (f64, f64), axis: (f64, f64), points: Range<usize>) -> Panel {
        let curves = self.curves();
        let shown = curves.iter().flat_map(|(_, values, _)| {
            let end = points.end.min(values.len());
            &values[points.start.min(end)..end]
        });
        let intensity = intensity_range(shown.map(|&v| f64::from(v)));
        Panel::new(frame(page.0, page.1), Some(axis), intensity)
    }

    fn draw_curves(&self, svg: &mut Svg, panel: &Panel, points: Range<usize>) {
        for (_, values, stroke) in self.curves() {
            let path = pattern_path(panel, self.grid, values, points.clone());
            svg.path(&path, &stroke);
        }
    }

    /// Returns all curves in the order of drawing.
    fn curves(&self) -> Vec<(&'static str, &[f32], Stroke)> {
        let reference = self
            .reference
            .map(|(name, values)| (name, values, REFERENCE));
        let blend = self.blend.map(|values| ("linear blend", values, BLEND));
        let model = Some((self.model.0, self.model.1, MODEL));
        [reference, blend, model].into_iter().flatten().collect()
    }

    fn difference(&self) -> Vec<f32> {
        let reference = self.reference.map_or(&[][..], |(_, values)| values);
        let pairs = self.model.1.iter().zip(reference);
        pairs.map(|(model, reference)| model - reference).collect()
    }

    /// Returns the range of the difference: symmetric about zero, and wide enough that a negligible
    /// difference looks small.
    fn difference_range(&self, difference: &[f32]) -> Extent {
        let greatest = |values: &[f32]| {
            let range = extent(values.iter().map(|&v| f64::from(v)));
            range.map_or(0.0, |(low, high)| low.abs().max(high.abs()))
        };
        let reference = self.reference.map_or(0.0, |(_, values)| greatest(values));
        let half = (1.15 * greatest(difference)).max(0.05 * reference);
        let half = if half > 0.0 { half } else { 1.15 };
        Some((-half, half))
    }

    fn entries(&self) -> Vec<Entry> {
        let line = |stroke: Stroke, name: &str| Entry {
            symbol: Symbol::Line(stroke),
            text: Text::plain(name),
        };
        let curves = self.curves();
        let mut entries: Vec<Entry> = curves.iter().map(|&(name, _, s)| line(s, name)).collect();
        if self.reference.is_some() {
            entries.push(line(DIFFERENCE, "difference"));
        }
        entries.extend(reference::entries(self.references));
        entries.push(Entry::note("lowest panel: the shaded range"));
        entries
    }
}

fn frame(top: f64, bottom: f64) -> Frame {
    Frame {
        left: LEFT,
        right: RIGHT,
        top,
        bottom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    fn grid(len: usize) -> TwoThetaGrid {
        TwoThetaGrid::new(1.0, 0.01, len).unwrap()
    }

    fn peak(len: usize, center: usize) -> Vec<f32> {
        let distance = |i: usize| (i as f32 - center as f32) / 5.0;
        (0..len).map(|i| (-distance(i).powi(2)).exp()).collect()
    }

    #[test]
    fn all_curves_are_drawn_and_named() {
        let (grid, a, b) = (grid(1000), peak(1000, 400), peak(1000, 410));
        let file = reproduction(&grid, &Reproduced::new(&a, &b), "SmFe12 <1>");
        assert_sound(&file);
        for name in [">pattern", "reproduced", "difference", "&lt;1&gt;"] {
            assert!(file.contains(name), "{name}");
        }
        let lines = [ReferenceLines::new("CsCl", vec![(5.0, 1.0, [1, 1, 0])])];
        let shown = Reproduced::new(&a, &b).with_references(&lines);
        let file = reproduction(&grid, &shown, "t");
        assert_sound(&file);
        assert_eq!(
            (file.contains("CsCl"), file.matches(">110<").count()),
            (true, 2)
        );
        let mut patterns = Generated {
            generated: &a,
            truth: Some(&b),
            blend: Some(&b),
            zoom_deg: Some((2.0, 4.0)),
            references: &lines,
        };
        assert!(generated(&grid, &patterns, "t").contains("CsCl"));
        let file = generated(&grid, &patterns, "t");
        assert_sound(&file);
        assert!(file.contains(">true<") && file.contains(">linear blend<"));
        (patterns.truth, patterns.blend) = (None, None);
        let file = generated(&grid, &patterns, "t");
        assert_sound(&file);
        assert!(!file.contains(">true<") && !file.contains("difference"));
    }

    #[test]
    fn the_paper_grid_stays_a_small_file() {
        let noise = |i: usize| ((i * 7919) % 1013) as f32;
        let pattern: Vec<f32> = (0..11_900).map(noise).collect();
        let peak = peak(11_900, 400);
        let shown = Reproduced::new(&pattern, &peak);
        let file = reproduction(&grid(11_900), &shown, "noise");
        assert!(file.len() < 300_000, "{}", file.len());
        assert_eq!(file, reproduction(&grid(11_900), &shown, "noise"));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let not_finite = vec![f32::NAN, f32::INFINITY, 1.0, f32::MAX, f32::MIN];
        for values in [vec![], vec![0.0; 50], vec![3.0; 50], vec![1.0], not_finite] {
            for len in [1, 7, 50] {
                for reproduced in [&[][..], &values] {
                    let shown = Reproduced::new(&values, reproduced);
                    assert_sound(&reproduction(&grid(len), &shown, ""));
                }
                let patterns = Generated {
                    generated: &values,
                    truth: Some(&[]),
                    blend: None,
                    zoom_deg: Some((150.0, 160.0)),
                    references: &[],
                };
                assert_sound(&generated(&grid(len), &patterns, "x"));
            }
        }
    }
}
