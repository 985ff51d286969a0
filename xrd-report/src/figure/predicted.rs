//! Predicted patterns of a formula, one below the other.

use xrd_core::Pattern;

use super::palette::BLUE;
use super::panel::{LABEL_SIZE, Panel, Quantity, TICK_SIZE, X_AXIS_HEIGHT};
use super::pattern::{intensity_range, pattern_path, whole_axis};
use super::svg::{Anchor, Frame, Stroke, Svg};
use super::text::{formula, shortened};

const TOP: f64 = 18.0;
const LEFT: f64 = 8.0;
const RIGHT: f64 = 233.0;
/// Height of the title of a row, and of its curve.
const TITLE: f64 = 10.0;
const ROW: f64 = 34.0;
const CURVE: Stroke = Stroke::solid(BLUE, 0.6);

/// Draws predicted patterns of a formula, each with a title, the first at the top. Every pattern is scaled to its
/// own maximum. Returns the text of an SVG file.
///
/// Cost: O(patterns · points).
///
/// ```
/// use xrd_core::{Pattern, Scale, TwoThetaGrid};
/// use xrd_report::predicted;
///
/// let grid = TwoThetaGrid::new(10.0, 0.5, 4)?;
/// let pattern = Pattern::new(grid, Scale::ARBITRARY, vec![0.0, 9.0, 1.0, 0.0])?;
/// let svg = predicted("CsInBr3", &[(&pattern, "62 %, cubic 221")]);
/// assert!(svg.contains("cubic 221"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn predicted(title: &str, patterns: &[(&Pattern, &str)]) -> String {
    let mut svg = Svg::default();
    let heading = formula(&shortened(title, RIGHT - LEFT, LABEL_SIZE));
    svg.text((LEFT, 9.0), Anchor::Start, LABEL_SIZE, &heading);
    let mut top = TOP;
    for (number, (pattern, name)) in (1..).zip(patterns) {
        let name = shortened(&format!("{number}: {name}"), RIGHT - LEFT, TICK_SIZE);
        svg.text((LEFT, top + 5.0), Anchor::Start, TICK_SIZE, &formula(&name));
        let frame = Frame {
            left: LEFT,
            right: RIGHT,
            top: top + TITLE,
            bottom: top + TITLE + ROW,
        };
        let values = pattern.intensities();
        let range = intensity_range(values.iter().map(|y| f64::from(*y)));
        let panel = Panel::new(frame, Some(whole_axis(pattern.grid())), range);
        svg.path(
            &pattern_path(&panel, pattern.grid(), values, 0..values.len()),
            &CURVE,
        );
        panel.draw_box(&mut svg);
        let is_last = number == patterns.len();
        let quantity = is_last.then(Quantity::two_theta);
        panel.draw_x_axis(&mut svg, 9, quantity.as_ref());
        top = frame.bottom + 4.0;
    }
    svg.finish(top + X_AXIS_HEIGHT, title)
}
