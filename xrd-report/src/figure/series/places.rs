//! Patterns at their places on a sample.

use super::super::axis::{Extent, extent, padded};
use super::super::legend;
use super::super::marker::circle;
use super::super::panel::{Panel, Quantity, X_AXIS_HEIGHT, draw_title};
use super::super::samples::Samples;
use super::super::svg::{Frame, Svg};
use super::super::text::{formula, shortened};
use super::RIM;
use super::coloured::Colours;

const LEFT: f64 = 40.0;
const TOP: f64 = 13.0;
/// Width and height of a panel.
const SIDE: f64 = 140.0;
const GAP: f64 = 14.0;
const TICKS: usize = 5;
/// Ratio of the ranges of two coordinates up to which both are drawn to the same scale.
const SAME_SCALE: f64 = 2.5;

/// Draws patterns at their places on a sample, such as a wafer.
///
/// Panel (a) shows the category of each place, for example its group. Each further panel shows a number
/// as a colour, such as a latent coordinate or the distance from the neighbours. `names` are the names of
/// the two coordinates, and `at` contains the places. `numbers` contains the name and the values of each
/// further panel, one value per place. If the ranges of the coordinates are similar, both have the same
/// scale. Cost: O(places).
///
/// ```
/// use xrd_report::{Samples, places};
/// let names = ["group 1", "group 2"].map(str::to_owned);
/// let samples = Samples::new(&[0, 0, 1], &names);
/// let at = [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0]];
/// let svg = places(["x (mm)", "y (mm)"], &at, &samples, &[("step", &[0.1, 0.2, 0.9])]);
/// assert!(svg.contains("group 2") && svg.contains("x (mm)") && svg.contains("step"));
/// ```
pub fn places(
    names: [&str; 2],
    at: &[[f64; 2]],
    samples: &Samples<'_>,
    numbers: &[(&str, &[f64])],
) -> String {
    let mut svg = Svg::default();
    let size = radius(at);
    let last = numbers.len();
    for k in 0..=last {
        let top = TOP + k as f64 * (SIDE + GAP);
        let panel = panel(at, top);
        let title = match k.checked_sub(1) {
            None => {
                for (i, place) in at.iter().enumerate() {
                    let at = panel.at(place[0], place[1]);
                    samples.marker(i, size).draw(&mut svg, at);
                }
                "group"
            }
            Some(n) => draw_numbers(&mut svg, &panel, at, numbers[n], size),
        };
        panel.draw_box(&mut svg);
        let name = |axis: usize| Quantity::new(formula(&shortened(names[axis], SIDE, 7.5)), "");
        panel.draw_x_axis(&mut svg, TICKS, (k == last).then_some(&name(0)));
        panel.draw_y_axis(&mut svg, TICKS, &name(1));
        draw_title(&mut svg, (LEFT, top - 4.0), k, title);
    }
    let top = TOP + last as f64 * (SIDE + GAP) + SIDE + X_AXIS_HEIGHT;
    let entries = match samples.names {
        [] | [_] => Vec::new(),
        _ => samples.legend(),
    };
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, "Patterns at their places on the sample")
}

fn draw_numbers<'a>(
    svg: &mut Svg,
    panel: &Panel,
    at: &[[f64; 2]],
    (name, values): (&'a str, &[f64]),
    size: f64,
) -> &'a str {
    let colours = Colours::of(values.iter().copied());
    for (place, value) in at.iter().zip(values) {
        let d = circle(panel.at(place[0], place[1]), size);
        svg.shape(&d, &colours.color(*value), &RIM);
    }
    let frame = panel.frame();
    let bar = Frame {
        left: frame.right + 6.0,
        right: frame.right + 13.0,
        ..frame
    };
    colours.draw_bar(svg, bar, name);
    name
}

fn panel(at: &[[f64; 2]], top: f64) -> Panel {
    let frame = Frame {
        left: LEFT,
        right: LEFT + SIDE,
        top,
        bottom: top + SIDE,
    };
    let [x, y] = ranges(at);
    Panel::new(frame, x, y)
}

/// Ranges of the two coordinates; equally wide if they are similar.
fn ranges(at: &[[f64; 2]]) -> [Extent; 2] {
    let of = |axis: usize| extent(at.iter().map(|p| p[axis]));
    let (Some(x), Some(y)) = (of(0), of(1)) else {
        return [None, None];
    };
    let width = |r: (f64, f64)| r.1 - r.0;
    let widest = width(x).max(width(y));
    let narrowest = width(x).min(width(y));
    let same = narrowest > 0.0 && widest <= SAME_SCALE * narrowest;
    let grown = |r: (f64, f64)| {
        let more = if same { (widest - width(r)) / 2.0 } else { 0.0 };
        Some(padded((r.0 - more, r.1 + more), 0.08, 0.08))
    };
    [grown(x), grown(y)]
}

/// Radius of a place, so that neighbours on a grid do not overlap.
fn radius(at: &[[f64; 2]]) -> f64 {
    let per_side = (at.len() as f64).sqrt().max(1.0);
    (0.4 * SIDE / 1.16 / per_side).clamp(0.5, 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::{assert_sound, names};

    #[test]
    fn each_panel_has_every_place() {
        let at: Vec<[f64; 2]> = (0..30)
            .map(|i| [f64::from(i % 6), f64::from(i / 6)])
            .collect();
        let category: Vec<usize> = (0..30).map(|i| i / 15).collect();
        let names = names(&["group 1", "group 2"]);
        let samples = Samples::new(&category, &names);
        let steps: Vec<f64> = (0..30).map(f64::from).collect();
        let file = places(["x", "y"], &at, &samples, &[("a & b", &steps)]);
        assert_sound(&file);
        let rims = file.matches("stroke-width=\".3\"").count();
        assert_eq!(rims, at.len(), "{file}");
        assert!(file.contains("a &amp; b"));
        for at in [&[][..], &at[..1], &[[1.0, 1.0]; 4]] {
            let values = vec![0.5; at.len()];
            assert_sound(&places(["x", "y"], at, &samples, &[("s", &values)]));
        }
    }

    #[test]
    fn similar_ranges_have_the_same_scale() {
        let width = |r: Extent| r.map(|(low, high)| high - low).unwrap();
        let [x, y] = ranges(&[[0.0, 0.0], [10.0, 6.0]]);
        assert!((width(x) - width(y)).abs() < 1e-12);
        let [x, y] = ranges(&[[0.0, 0.0], [1000.0, 6.0]]);
        assert!(width(x) > 100.0 * width(y));
    }
}
