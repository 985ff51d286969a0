//! Patterns along the variable of a series.

mod coloured;
mod path;
mod places;

use xrd_study::Sequence;

use super::axis::{extent, padded};
use super::curve;
use super::legend::{self, Entry, Symbol};
use super::marker::circle;
use super::palette::{BLACK, BLUE, GREY, VERMILLION};
use super::panel::{Panel, Quantity, X_AXIS_HEIGHT, draw_title};
use super::svg::{Frame, Stroke, Svg, WIDTH};
use super::text::{Text, formula, shortened};

pub use path::series_path;
pub use places::places;

const LEFT: f64 = 42.0;
const RIGHT: f64 = WIDTH - 8.0;
const TOP: f64 = 13.0;
/// Height of a panel, and the distance to the next.
const HEIGHT: f64 = 46.0;
const GAP: f64 = 16.0;
const TICKS: usize = 4;
/// Pale colour of the interval of a transition.
const SHADE: &str = "#f6ddcf";
const LINE: Stroke = Stroke::solid(BLUE, 0.8);
const SECOND: Stroke = Stroke::solid(VERMILLION, 0.8).dashed("3 1.2");
const MARK: Stroke = Stroke::solid(VERMILLION, 0.7);

/// Draws how patterns change along a variable, such as temperature or time.
///
/// The panels show the speed of the change relative to the usual speed, the residual of each value from
/// its neighbours, the position along the path of the patterns, and the first two coordinates of the
/// points. Transitions are lines, and their intervals are shaded. The argument `variable` is the name
/// of the variable. `points` has one point per value, or is empty. Cost: O(values).
///
/// ```
/// let mut found = xrd_study::Sequence::default();
/// found.values = vec![300.0, 310.0, 320.0];
/// found.steps = vec![0.1, 0.4];
/// found.positions = vec![0.0, 0.2, 1.0];
/// found.residuals = vec![None, Some(0.1), None];
/// let svg = xrd_report::series("T (K)", &found, &[]);
/// assert!(svg.contains("T (K)") && svg.contains("position along the path"));
/// ```
pub fn series(variable: &str, found: &Sequence, points: &[Vec<f64>]) -> String {
    let mut svg = Svg::default();
    let mut panels = vec![
        Shown::new("speed of change", "Speed / usual", speeds(found)),
        Shown::new("distance from the neighbours", "Residual", residuals(found)),
        Shown::new("position along the path", "Position", positions(found)),
    ];
    if !points.is_empty() {
        panels.push(coordinates(found, points));
    }
    let x = extent(found.values.iter().copied()).map(|r| padded(r, 0.02, 0.02));
    let last = panels.len() - 1;
    for (k, shown) in panels.iter().enumerate() {
        let top = TOP + k as f64 * (HEIGHT + GAP);
        let frame = Frame {
            left: LEFT,
            right: RIGHT,
            top,
            bottom: top + HEIGHT,
        };
        let panel = Panel::new(frame, x, shown.range());
        shade(&mut svg, &panel, found);
        shown.draw(&mut svg, &panel);
        panel.draw_box(&mut svg);
        let name = Quantity::new(formula(&shortened(variable, RIGHT - LEFT, 7.5)), "");
        panel.draw_x_axis(&mut svg, 6, (k == last).then_some(&name));
        panel.draw_y_axis(&mut svg, TICKS, &Quantity::new(Text::plain(shown.axis), ""));
        draw_title(&mut svg, (LEFT, top - 4.0), k, shown.title);
    }
    let bottom = TOP + last as f64 * (HEIGHT + GAP) + HEIGHT;
    let top = bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries(found, points));
    svg.finish(height + 2.0, "Patterns along the variable of the series")
}

/// Content of a panel: one or two curves over the variable.
struct Shown {
    title: &'static str,
    axis: &'static str,
    curves: Vec<(Vec<(f64, f64)>, Stroke)>,
    from_zero: bool,
}

impl Shown {
    fn new(title: &'static str, axis: &'static str, points: Vec<(f64, f64)>) -> Self {
        Self {
            title,
            axis,
            curves: vec![(points, LINE)],
            from_zero: true,
        }
    }

    fn range(&self) -> super::axis::Extent {
        let all = self.curves.iter().flat_map(|(points, _)| points);
        let (low, high) = extent(all.map(|p| p.1))?;
        Some(match self.from_zero {
            true => padded((low.min(0.0), high), 0.0, 0.08),
            false => padded((low, high), 0.08, 0.08),
        })
    }

    fn draw(&self, svg: &mut Svg, panel: &Panel) {
        for (points, stroke) in &self.curves {
            let places: Vec<(f64, f64)> = points.iter().map(|p| panel.at(p.0, p.1)).collect();
            svg.path(&curve::path(places.iter().copied()), stroke);
            if places.len() <= 60 {
                let marks: String = places.iter().map(|p| circle(*p, 1.1)).collect();
                svg.shape(&marks, stroke.color, &Stroke::solid(stroke.color, 0.2));
            }
        }
    }
}

/// Speeds between neighbouring values, at the middle between them. Without a usual speed, they are not
/// scaled.
fn speeds(found: &Sequence) -> Vec<(f64, f64)> {
    let usual = found.report.usual_speed.filter(|v| *v > 0.0).unwrap_or(1.0);
    let pairs = found.values.windows(2).zip(&found.steps);
    pairs
        .map(|(v, step)| ((v[0] + v[1]) / 2.0, step / (v[1] - v[0]) / usual))
        .collect()
}

fn residuals(found: &Sequence) -> Vec<(f64, f64)> {
    let pairs = found.values.iter().zip(&found.residuals);
    pairs.filter_map(|(v, r)| Some((*v, (*r)?))).collect()
}

fn positions(found: &Sequence) -> Vec<(f64, f64)> {
    let pairs = found.values.iter().zip(&found.positions);
    pairs.map(|(v, p)| (*v, *p)).collect()
}

fn coordinates(found: &Sequence, points: &[Vec<f64>]) -> Shown {
    let of = |axis: usize| -> Vec<(f64, f64)> {
        let pairs = found.values.iter().zip(points);
        pairs
            .filter_map(|(v, p)| Some((*v, *p.get(axis)?)))
            .collect()
    };
    Shown {
        title: "latent coordinates",
        axis: "Coordinate",
        curves: vec![(of(0), LINE), (of(1), SECOND)],
        from_zero: false,
    }
}

/// Shades the intervals of the transitions, and marks their values.
fn shade(svg: &mut Svg, panel: &Panel, found: &Sequence) {
    let Frame { top, bottom, .. } = panel.frame();
    for transition in &found.report.transitions {
        let [from, to, at] =
            [transition.from, transition.to, transition.value].map(|v| panel.x.at(v));
        let frame = Frame {
            left: from.min(to),
            right: from.max(to).max(from + 0.5),
            top,
            bottom,
        };
        svg.rectangle(&frame, SHADE);
        svg.line((at, top), (at, bottom), &MARK);
    }
}

fn entries(found: &Sequence, points: &[Vec<f64>]) -> Vec<Entry> {
    let line = |stroke, text: &str| Entry {
        symbol: Symbol::Line(stroke),
        text: Text::plain(text),
    };
    let mut entries = Vec::new();
    if !points.is_empty() {
        entries.push(line(LINE, "coordinate 1"));
        entries.push(line(SECOND, "coordinate 2"));
    }
    match found.report.transitions.is_empty() {
        true => entries.push(Entry::note("no transition found")),
        false => {
            entries.push(line(MARK, "transition"));
            entries.push(Entry::note("shaded: 95 % interval of a transition"));
        }
    }
    entries
}

/// Outline of points on a colour.
const RIM: Stroke = Stroke::solid(BLACK, 0.3);
/// Line through the points of a series.
const THROUGH: Stroke = Stroke::solid(GREY, 0.5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;
    use xrd_study::TransitionReport;

    fn found(values: usize) -> Sequence {
        let mut found = Sequence::default();
        found.values = (0..values).map(|i| 300.0 + 10.0 * i as f64).collect();
        found.steps = vec![0.1; values.saturating_sub(1)];
        found.positions = (0..values).map(|i| i as f64 / values as f64).collect();
        found.residuals = vec![Some(0.2); values];
        found
    }

    #[test]
    fn transitions_are_shaded_in_every_panel() {
        let mut found = found(20);
        let mut transition = TransitionReport::default();
        (transition.value, transition.from, transition.to) = (400.0, 390.0, 415.0);
        found.report.transitions = vec![transition];
        let points: Vec<Vec<f64>> = found.values.iter().map(|v| vec![*v, 1.0]).collect();
        let file = series("T & p (K)", &found, &points);
        assert_sound(&file);
        assert_eq!(file.matches(SHADE).count(), 4);
        assert!(file.contains("T &amp; p") && file.contains("latent coordinates"));
        assert!(series("T", &found, &[]).contains("95 % interval"));
    }

    #[test]
    fn poor_series_are_drawn_without_fail() {
        for values in [0, 1, 2, 3000] {
            let file = series("", &found(values), &[]);
            assert_sound(&file);
            assert!(file.contains("no transition found") && file.len() < 100_000);
        }
    }
}
