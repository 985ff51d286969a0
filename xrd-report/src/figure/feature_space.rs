//! Latent plane before and after training.

use xrd_core::Latent2;

use super::axis::{Extent, Scale, extent, padded};
use super::legend;
use super::marker::Marker;
use super::panel::{Panel, Quantity, X_AXIS_HEIGHT, draw_title, y_axis_width};
use super::samples::Samples;
use super::svg::{Frame, Svg, WIDTH};
use super::text::{Text, grouped};

const TOP: f64 = 13.0;
const BOTTOM: f64 = 113.0;
const GAP: f64 = 3.0;
const Y_TICKS: usize = 5;

/// Draws the patterns as points on the latent plane, before and after training.
///
/// Panel (a) shows the points before training, and panel (b) shows the points after training. The
/// argument `epochs` is the number of epochs, which the title of panel (b) states. The slices
/// `before` and `after` contain one point per pattern. Both slices have the same order of
/// patterns. Each panel has its own axes. Points that are not finite are skipped. Cost: O(points).
///
/// ```
/// use xrd_core::Latent2;
/// use xrd_report::{Samples, feature_space};
///
/// let before = [Latent2::new(0.0, 0.1), Latent2::new(0.1, 0.0)];
/// let after = [Latent2::new(-2.0, 1.0), Latent2::new(3.0, 1.5)];
/// let names = ["SmFe12".to_owned(), "SmFe11Ti".to_owned()];
/// let samples = Samples::new(&[0, 1], &names).with_test(&[false, true]);
///
/// let svg = feature_space(&before, &after, 1000, &samples);
/// assert!(svg.starts_with("<svg ") && svg.contains("after 1,000 epochs"));
/// ```
pub fn feature_space(
    before: &[Latent2],
    after: &[Latent2],
    epochs: usize,
    samples: &Samples<'_>,
) -> String {
    let mut svg = Svg::default();
    let [left, right] = frames([before, after]);
    draw_panel(&mut svg, left, before, samples);
    draw_panel(&mut svg, right, after, samples);
    draw_title(&mut svg, (left.left, TOP - 4.0), 0, "before training");
    let after = format!("after {} epochs", grouped(epochs));
    draw_title(&mut svg, (right.left, TOP - 4.0), 1, &after);
    let top = BOTTOM + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &samples.legend());
    svg.finish(height + 2.0, "Feature space before and after training")
}

/// Returns two panels of equal width side by side, with room for their axis labels.
fn frames(points: [&[Latent2]; 2]) -> [Frame; 2] {
    let margins = points.map(|points| {
        let y = plane_extent(points, |p| p.y);
        y_axis_width(&Scale::linear(y, (BOTTOM, TOP)), Y_TICKS)
    });
    let width = (WIDTH - margins[0] - margins[1] - 3.0 * GAP) / 2.0;
    let frame = |left: f64| Frame {
        left,
        right: left + width,
        top: TOP,
        bottom: BOTTOM,
    };
    let first = frame(margins[0]);
    [first, frame(first.right + 2.0 * GAP + margins[1])]
}

fn draw_panel(svg: &mut Svg, frame: Frame, points: &[Latent2], samples: &Samples<'_>) {
    let (x, y) = (plane_extent(points, |p| p.x), plane_extent(points, |p| p.y));
    let panel = Panel::new(frame, x, y);
    let place = |p: Latent2| p.is_finite().then(|| panel.at(p.x, p.y));
    panel.draw_box(svg);
    panel.draw_x_axis(svg, 4, Some(&coordinate(1)));
    panel.draw_y_axis(svg, Y_TICKS, &coordinate(2));
    samples.draw(svg, points, place, Marker::draw);
}

/// Returns the range of a coordinate of the points, with a margin.
fn plane_extent(points: &[Latent2], coordinate: impl Fn(&Latent2) -> f64) -> Extent {
    let finite = points.iter().filter(|p| p.is_finite());
    extent(finite.map(coordinate)).map(|range| padded(range, 0.07, 0.07))
}

/// Returns the name of a latent axis.
pub(crate) fn coordinate(number: usize) -> Quantity {
    Quantity::new(Text::plain(&format!("Latent coordinate {number}")), "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::{assert_sound, names};

    #[test]
    fn every_point_is_drawn_in_both_panels() {
        let points: Vec<Latent2> = (0..30).map(|k| Latent2::new(f64::from(k), 1.0)).collect();
        let category: Vec<usize> = (0..30).map(|k| k % 3).collect();
        let names = names(&["SmFe12", "a<b & c>d", ""]);
        let samples = Samples {
            category: &category,
            names: &names,
            test: &[],
            ..Samples::default()
        };
        let count = |svg: &str| svg.matches("stroke=\"#ffffff\"").count();
        let file = feature_space(&points, &points, 1000, &samples);
        assert_sound(&file);
        assert_eq!(count(&file), 60 + 3);
        assert!(file.contains("a&lt;b &amp; c&gt;d") && file.contains("after 1,000 epochs"));
        assert_eq!(file, feature_space(&points, &points, 1000, &samples));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let one = [Latent2::new(0.5, 0.5)];
        let bad = [
            Latent2::new(f64::NAN, 0.0),
            Latent2::new(1.0, f64::INFINITY),
        ];
        let many = names(&["x"; 80]);
        for (points, names) in [(&[][..], &[][..]), (&one, &many), (&bad, &many)] {
            let samples = Samples {
                category: &[7],
                names,
                test: &[true],
                ..Samples::default()
            };
            assert_sound(&feature_space(points, &one, 0, &samples));
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
