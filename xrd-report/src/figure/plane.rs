//! Latent plane with the known points in grey, below arrows and paths.

use xrd_core::Latent2;

use super::axis::{extent, padded};
use super::feature_space::coordinate;
use super::marker::circle;
use super::palette::{GREY, WHITE};
use super::panel::Panel;
use super::svg::{Frame, Stroke, Svg, WIDTH};

const LEFT: f64 = 38.0;
const TICKS: usize = 5;
/// Margin on each side, as a fraction of the extent.
const PADDING: f64 = 0.08;

/// Draws a panel of the whole width from `top` to `bottom`. Its range contains the `known` points and the
/// `others`.
pub(super) fn draw_plane(
    svg: &mut Svg,
    (top, bottom): (f64, f64),
    known: &[Latent2],
    others: &[Latent2],
) -> Panel {
    let range = |of: fn(&Latent2) -> f64| {
        extent(known.iter().chain(others).map(of)).map(|r| padded(r, PADDING, PADDING))
    };
    let frame = Frame {
        left: LEFT,
        right: WIDTH - 8.0,
        top,
        bottom,
    };
    let panel = Panel::new(frame, range(|p| p.x), range(|p| p.y));
    panel.draw_box(svg);
    panel.draw_x_axis(svg, TICKS, Some(&coordinate(1)));
    panel.draw_y_axis(svg, TICKS, &coordinate(2));
    for point in known.iter().filter_map(|p| place(&panel, *p)) {
        svg.shape(&circle(point, 1.3), WHITE, &Stroke::solid(GREY, 0.5));
    }
    panel
}

/// Returns the position of a point on the page; `None` if the point is not finite.
pub(super) fn place(panel: &Panel, point: Latent2) -> Option<(f64, f64)> {
    point.is_finite().then(|| panel.at(point.x, point.y))
}
