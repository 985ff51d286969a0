//! Path of a series on the latent plane.

use xrd_core::Latent2;

use super::super::axis::{extent, padded};
use super::super::curve;
use super::super::feature_space::coordinate;
use super::super::legend::{self, Entry};
use super::super::marker::circle;
use super::super::panel::{Panel, X_AXIS_HEIGHT};
use super::super::svg::{Frame, Svg};
use super::coloured::Colours;
use super::{RIM, THROUGH};

const MAP: Frame = Frame {
    left: 36.0,
    right: 194.0,
    top: 6.0,
    bottom: 148.0,
};
const BAR: Frame = Frame {
    left: 200.0,
    right: 207.0,
    ..MAP
};
const TICKS: usize = 5;

/// Draws the points of a series on the latent plane, with a line through them in the order of the
/// variable.
///
/// `values` contains the values of the variable in ascending order, and `points` one point per value. The
/// colour of a point shows its value. The argument `variable` is the name of the variable. Points that
/// are not finite are skipped. Cost: O(points).
///
/// ```
/// use xrd_core::Latent2;
/// let points = [Latent2::new(0.0, 0.1), Latent2::new(0.4, 0.2), Latent2::new(0.5, 0.6)];
/// let svg = xrd_report::series_path("T (K)", &[300.0, 350.0, 400.0], &points);
/// assert!(svg.contains("T (K)") && svg.contains("first value"));
/// ```
pub fn series_path(variable: &str, values: &[f64], points: &[Latent2]) -> String {
    let mut svg = Svg::default();
    let range =
        |of: fn(&Latent2) -> f64| extent(points.iter().map(of)).map(|r| padded(r, 0.08, 0.08));
    let panel = Panel::new(MAP, range(|p| p.x), range(|p| p.y));
    let pairs = values.iter().zip(points).filter(|(_, p)| p.is_finite());
    let places: Vec<(f64, (f64, f64))> = pairs.map(|(v, p)| (*v, panel.at(p.x, p.y))).collect();
    let line: Vec<(f64, f64)> = places.iter().map(|(_, at)| *at).collect();
    svg.path(&curve::unthinned_path(&line), &THROUGH);
    let colours = Colours::of(values.iter().copied());
    let size = if places.len() > 200 { 1.4 } else { 2.1 };
    for (value, at) in &places {
        svg.shape(&circle(*at, size), &colours.color(*value), &RIM);
    }
    if let Some((_, first)) = places.first() {
        svg.path(&circle(*first, 2.0 * size), &RIM);
    }
    panel.draw_box(&mut svg);
    panel.draw_x_axis(&mut svg, TICKS, Some(&coordinate(1)));
    panel.draw_y_axis(&mut svg, TICKS, &coordinate(2));
    colours.draw_bar(&mut svg, BAR, variable);
    let top = MAP.bottom + X_AXIS_HEIGHT;
    let entries = [Entry::note(
        "line: in the order of the variable; ring: first value",
    )];
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, "Path of the series on the latent plane")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    #[test]
    fn every_point_has_the_colour_of_its_value() {
        let points: Vec<Latent2> = (0..9)
            .map(|i| Latent2::new(f64::from(i), f64::from(i * i)))
            .collect();
        let values: Vec<f64> = (0..9).map(f64::from).collect();
        let file = series_path("T <C>", &values, &points);
        assert_sound(&file);
        assert_eq!(file.matches("#440154").count(), 1);
        assert_eq!(file.matches("#fde725").count(), 1);
        for points in [&[][..], &points[..1], &[Latent2::new(f64::NAN, 0.0); 3]] {
            assert_sound(&series_path("T", &values[..points.len()], points));
        }
    }
}
