//! Estimated and true labels of held-out patterns.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::{Scale, extent, padded};
use super::legend::{self, Entry, Symbol};
use super::marker::circle;
use super::palette::{BLUE, GREY, VERMILLION, WHITE};
use super::panel::{Panel, Quantity, X_AXIS_HEIGHT, draw_title, y_axis_width};
use super::svg::{Frame, Stroke, Svg, WIDTH, hundredths};
use super::text::Text;

const TOP: f64 = 13.0;
const GAP: f64 = 3.0;
const COLUMNS: usize = 2;
const TICKS: usize = 5;
/// Radius of a dot, in points.
const DOT: f64 = 0.8;
/// Largest number of different true values for which equal estimates are drawn side by side.
const MOST_CROWDED: usize = 30;
const DIAGONAL: Stroke = Stroke::solid(GREY, 0.5);
const INTERVAL: Stroke = Stroke::solid(GREY, 0.5).dashed("2 1.5");

/// Estimates of one label in one cross-validation. The function [`scores`](fn@crate::scores) draws
/// these estimates as one panel of a figure.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scored {
    /// Title of the panel, as in "folds, R² 0.998".
    pub title: String,
    /// Estimates with their true values. Estimates that are not finite are skipped.
    pub estimates: Vec<Scatter>,
    /// Half the width of the 90 % prediction intervals, in units of the label. With `None`, no
    /// intervals are drawn.
    pub half_width: Option<f64>,
}

/// Estimated label of one pattern, with the true value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scatter {
    /// True value, in units of the label.
    pub truth: f64,
    /// Estimated value, in units of the label.
    pub estimated: f64,
    /// Whether the estimate is an interpolation between known points. Known points are the latent
    /// points of patterns with known labels. If interpolation is not possible, the estimate is,
    /// for example, the value of the nearest known point, and this field is `false`.
    pub inside: bool,
}

impl Scored {
    /// Returns a panel without prediction intervals.
    pub fn new(title: impl Into<String>, estimates: Vec<Scatter>) -> Self {
        Self {
            title: title.into(),
            estimates,
            half_width: None,
        }
    }

    /// Sets half the width of the 90 % prediction intervals, in units of the label.
    #[must_use]
    pub fn with_half_width(mut self, half_width: f64) -> Self {
        self.half_width = Some(half_width);
        self
    }
}

impl Scatter {
    /// Returns an estimate. The argument `inside` is described at [`Scatter::inside`].
    pub fn new(truth: f64, estimated: f64, inside: bool) -> Self {
        Self {
            truth,
            estimated,
            inside,
        }
    }
}

/// Plots the estimated values of a label against the true values. The figure has one panel per
/// entry of the argument `panels`.
///
/// The argument `label` is the name of the label. All axes have the same range. Each panel shows
/// the diagonal and the limits of the 90 % prediction intervals around the diagonal. If there are
/// at most 30 different true values, dots that would hide each other are drawn side by side. Cost:
/// O(n log n) for n estimates.
///
/// ```
/// use xrd_report::{Scatter, Scored, scores};
///
/// let estimates = vec![Scatter::new(0.0, 0.1, true), Scatter::new(1.0, 0.9, true)];
/// let folds = Scored::new("folds, R² 0.98", estimates).with_half_width(0.2);
///
/// let svg = scores("Ti", &[folds]);
/// assert!(svg.contains("Ti, estimated") && svg.contains("90 % intervals"));
/// ```
pub fn scores(label: &str, panels: &[Scored]) -> String {
    let mut svg = Svg::default();
    let range = range(panels);
    let scale = Scale::linear(Some(range), (100.0, 0.0));
    let margin = y_axis_width(&scale, TICKS);
    let side = (WIDTH - COLUMNS as f64 * (margin + GAP)) / COLUMNS as f64;
    let row_height = TOP + side + X_AXIS_HEIGHT + GAP;
    for (k, scored) in panels.iter().enumerate() {
        let (column, row) = (k % COLUMNS, k / COLUMNS);
        let left = margin + column as f64 * (side + margin + GAP);
        let top = row as f64 * row_height + TOP;
        let frame = Frame {
            left,
            right: left + side,
            top,
            bottom: top + side,
        };
        draw_panel(
            &mut svg,
            Panel::new(frame, Some(range), Some(range)),
            label,
            scored,
        );
        draw_title(&mut svg, (left - 0.8 * margin, top - 4.0), k, &scored.title);
    }
    let top = row_height * panels.len().div_ceil(COLUMNS) as f64;
    let height = top + legend::draw(&mut svg, top, &entries(panels));
    svg.finish(height + 2.0, &format!("Estimated against true {label}"))
}

/// Range of the data that all panels and both axes share.
fn range(panels: &[Scored]) -> (f64, f64) {
    let all = panels.iter().flat_map(|p| &p.estimates);
    let both = extent(all.flat_map(|e| [e.truth, e.estimated]));
    both.map_or((0.0, 1.0), |range| padded(range, 0.06, 0.06))
}

fn draw_panel(svg: &mut Svg, panel: Panel, label: &str, scored: &Scored) {
    let (low, high) = (panel.x.low(), panel.x.high());
    for (offset, stroke) in [
        (Some(0.0), DIAGONAL),
        (scored.half_width, INTERVAL),
        (scored.half_width.map(|h| -h), INTERVAL),
    ] {
        let Some(offset) = offset.filter(|o| o.abs() < high - low) else {
            continue;
        };
        // The part of y = x + offset inside the box.
        let (from, to) = ((low - offset).max(low), (high - offset).min(high));
        svg.line(
            panel.at(from, from + offset),
            panel.at(to, to + offset),
            &stroke,
        );
    }
    for inside in [true, false] {
        let (fill, rim) = dot(inside);
        let dots = places(&panel, &scored.estimates, inside);
        let d: String = dots.into_iter().map(|at| circle(at, DOT)).collect();
        svg.shape(&d, fill, &Stroke::solid(rim, 0.35));
    }
    panel.draw_box(svg);
    let quantity = |what: &str| Quantity::new(Text::plain(&format!("{label}, {what}")), "");
    panel.draw_x_axis(svg, TICKS, Some(&quantity("true")));
    panel.draw_y_axis(svg, TICKS, &quantity("estimated"));
}

fn dot(inside: bool) -> (&'static str, &'static str) {
    if inside {
        (BLUE, BLUE)
    } else {
        (WHITE, VERMILLION)
    }
}

/// Positions of the dots. Dots that would hide each other are placed side by side if there is room,
/// and no two dots have the same position.
fn places(panel: &Panel, estimates: &[Scatter], inside: bool) -> Vec<(f64, f64)> {
    let is_shown = |e: &&Scatter| panel.x.contains(e.truth) && panel.y.contains(e.estimated);
    let shown = || estimates.iter().filter(is_shown);
    let truths: BTreeSet<i64> = shown().map(|e| hundredths(panel.x.at(e.truth))).collect();
    let apart = truths
        .iter()
        .zip(truths.iter().skip(1))
        .map(|(a, b)| (b - a) as f64 / 100.0);
    // Half way to the next truth, and not over the sides of the panel.
    let sides = [panel.x.page().0, panel.x.page().1].map(hundredths);
    let to_side = truths
        .iter()
        .flat_map(|t| sides.map(|side| (t - side).abs() as f64 / 100.0));
    let room = match truths.len() {
        n if n > MOST_CROWDED => 0.0,
        _ => to_side.fold(apart.fold(20.0, f64::min) / 2.0, f64::min) - DOT,
    };
    let step = 1.6 * DOT;
    let most = (room / step).max(0.0) as usize;
    let mut crowd: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for estimate in shown().filter(|e| e.inside == inside) {
        let (x, y) = panel.at(estimate.truth, estimate.estimated);
        let before = crowd
            .entry((hundredths(x), (y / step).round() as i64))
            .or_default();
        // 0, 1, -1, 2, -2 and so on, and over again.
        let place = *before % (2 * most + 1);
        let aside = place.div_ceil(2) as f64 * if place % 2 == 1 { step } else { -step };
        *before += 1;
        if taken.insert((hundredths(x + aside), hundredths(y))) {
            found.push((x + aside, y));
        }
    }
    found
}

fn entries(panels: &[Scored]) -> Vec<Entry> {
    let line = |stroke, text: &str| Entry {
        symbol: Symbol::Line(stroke),
        text: Text::plain(text),
    };
    let circle = |inside: bool, text: &str| Entry {
        symbol: Symbol::Dot {
            fill: dot(inside).0,
            rim: dot(inside).1,
        },
        text: Text::plain(text),
    };
    let mut entries = vec![circle(true, "among known points")];
    if panels.iter().flat_map(|p| &p.estimates).any(|e| !e.inside) {
        entries.push(circle(false, "outside of them"));
    }
    if panels.iter().any(|p| p.half_width.is_some()) {
        entries.push(line(INTERVAL, "90 % intervals"));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    fn scored(estimates: Vec<Scatter>) -> Scored {
        Scored {
            title: "folds <a>".to_owned(),
            estimates,
            half_width: Some(0.2),
        }
    }

    fn scatter(truth: f64, estimated: f64, inside: bool) -> Scatter {
        Scatter {
            truth,
            estimated,
            inside,
        }
    }

    #[test]
    fn equal_estimates_stand_side_by_side() {
        let two = |k: u32| scatter(f64::from(k % 2), f64::from(k % 2), k > 3);
        let file = scores("Ti", &[scored((0..12).map(two).collect()), scored(vec![])]);
        assert_sound(&file);
        // Each has a dot of its own: every second of these is at another truth.
        assert_eq!(file.matches("a.8 .8 0 1 0 1.6").count(), 12);
        assert!(file.contains(&format!("stroke=\"{VERMILLION}\"")));
        assert!(file.contains("(b)") && file.contains("&lt;a&gt;") && file.contains("Ti, true"));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let bad = [f64::NAN, f64::INFINITY, 1e308, -1e308, 0.0];
        let all = bad.iter().flat_map(|a| bad.map(|b| scatter(*a, b, true)));
        for estimates in [all.collect(), vec![scatter(1.0, 1.0, false)], vec![]] {
            let mut one = scored(estimates);
            assert_sound(&scores("", &[one.clone()]));
            one.half_width = Some(f64::MAX);
            assert_sound(&scores("x", &[one]));
        }
        assert_sound(&scores("x", &[]));
    }
}
