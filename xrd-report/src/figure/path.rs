//! Path on the latent plane, with the decoded patterns along the path.

use xrd_core::{Latent2, TwoThetaGrid};

use super::axis::extent;
use super::marker::circle;
use super::palette::{BLACK, PALE_GREY, VERMILLION, sequential};
use super::panel::{LABEL_SIZE, Panel, Quantity, TICK_SIZE, X_AXIS_HEIGHT};
use super::pattern::{pattern_path, points_between, strongest_tenth};
use super::plane::{draw_plane, place};
use super::svg::{Anchor, Frame, Stroke, Svg, WIDTH};
use super::text::{Text, formula, shortened};

const TOP: f64 = 14.0;
const BOTTOM: f64 = 134.0;
/// Height of the patterns.
const STACK: f64 = 170.0;
/// Height of the highest peak above its baseline, in distances between baselines.
const REACH: f64 = 2.5;
/// Left edge of the patterns; the name of their axis is left of it.
const LEFT: f64 = 18.0;
const ROOM: f64 = 30.0;
const MARKED: Stroke = Stroke::solid(VERMILLION, 0.8);

/// Step of a path on the latent plane, with the pattern decoded at this step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// Text next to the pattern, such as the value of a label.
    pub name: String,
    /// Point on the latent plane.
    pub point: Latent2,
    /// Decoded intensities, one per grid point. The intensities of all steps have the same unit.
    pub intensities: &'a [f32],
}

impl<'a> Step<'a> {
    /// Returns a step. The argument `name` is the text next to the pattern, `point` is the latent
    /// point, and `intensities` are the decoded intensities.
    pub fn new(name: impl Into<String>, point: Latent2, intensities: &'a [f32]) -> Self {
        Self {
            name: name.into(),
            point,
            intensities,
        }
    }
}

/// Draws a path on the latent plane, and the decoded patterns along the path.
///
/// The upper panel shows the path and, in grey, the points in the argument `known`, for example
/// the points of the training patterns. The lower panel shows the patterns above each other, with
/// the first step at the bottom. The 2θ axis of the lower panel covers only a tenth of the grid:
/// the tenth in which the first pattern has the largest sum of intensities. Cost: O(steps · grid
/// points).
///
/// ```
/// use xrd_core::{Latent2, TwoThetaGrid};
/// use xrd_report::{Step, path};
///
/// let grid = TwoThetaGrid::new(20.0, 0.1, 5)?;
/// let steps = [
///     Step::new("0.5", Latent2::new(0.2, 0.0), &[0.0, 1.0, 0.2, 0.0, 0.0]),
///     Step::new("0.75", Latent2::new(0.4, 0.0), &[0.0, 0.4, 0.8, 0.1, 0.0]),
/// ];
///
/// let svg = path(&grid, &[Latent2::new(1.0, 0.0)], &steps, "Ti from 0.5 to 0.75");
/// assert!(svg.contains("Ti from 0.5 to 0.75") && svg.contains(">0.75<"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn path(grid: &TwoThetaGrid, known: &[Latent2], steps: &[Step<'_>], title: &str) -> String {
    let mut svg = Svg::default();
    let text = formula(&shortened(title, WIDTH - 16.0, LABEL_SIZE));
    svg.text((8.0, 9.0), Anchor::Start, LABEL_SIZE, &text);
    draw_path(&mut svg, known, steps);
    let top = BOTTOM + X_AXIS_HEIGHT + 6.0;
    draw_patterns(&mut svg, grid, steps, (top, top + STACK));
    svg.finish(top + STACK + X_AXIS_HEIGHT + 2.0, title)
}

fn draw_path(svg: &mut Svg, known: &[Latent2], steps: &[Step<'_>]) {
    let points: Vec<Latent2> = steps.iter().map(|s| s.point).collect();
    let panel = draw_plane(svg, (TOP, BOTTOM), known, &points);
    let places: Vec<(f64, f64)> = points.iter().filter_map(|p| place(&panel, *p)).collect();
    for pair in places.windows(2) {
        svg.line(pair[0], pair[1], &MARKED);
    }
    for (k, p) in places.iter().enumerate() {
        svg.shape(
            &circle(*p, 1.9),
            &color(k, places.len()),
            &Stroke::solid(BLACK, 0.4),
        );
    }
}

fn draw_patterns(
    svg: &mut Svg,
    grid: &TwoThetaGrid,
    steps: &[Step<'_>],
    (top, bottom): (f64, f64),
) {
    let zoom = steps.first().map_or((grid.start(), grid.last()), |s| {
        strongest_tenth(grid, s.intensities)
    });
    let points = points_between(grid, zoom);
    let values = steps
        .iter()
        .flat_map(|s| s.intensities.get(points.clone()).unwrap_or(&[]));
    let highest = extent(values.map(|v| f64::from(*v))).map_or(1.0, |r| r.1.max(1e-30));
    let rise = (bottom - top) / (steps.len() as f64 - 1.0 + REACH).max(1.0);
    for (k, step) in steps.iter().enumerate().rev() {
        let foot = bottom - rise * k as f64 - 2.0;
        let frame = Frame {
            left: LEFT,
            right: WIDTH - ROOM,
            top: foot - REACH * rise + 4.0,
            bottom: foot,
        };
        let panel = Panel::new(frame, Some(zoom), Some((0.0, highest)));
        svg.line(
            (frame.left, foot),
            (frame.right, foot),
            &Stroke::solid(PALE_GREY, 0.4),
        );
        let curve = pattern_path(&panel, grid, step.intensities, points.clone());
        svg.path(&curve, &Stroke::solid(BLACK, 0.5));
        svg.shape(
            &circle((frame.right + 4.0, foot), 1.9),
            &color(k, steps.len()),
            &Stroke::solid(BLACK, 0.4),
        );
        let name = Text::plain(&shortened(&step.name, ROOM - 9.0, TICK_SIZE));
        svg.text(
            (frame.right + 8.0, foot + 0.36 * TICK_SIZE),
            Anchor::Start,
            TICK_SIZE,
            &name,
        );
    }
    let whole = Frame {
        left: LEFT,
        right: WIDTH - ROOM,
        top,
        bottom,
    };
    let panel = Panel::new(whole, Some(zoom), Some((0.0, 1.0)));
    panel.draw_x_axis(svg, 6, Some(&Quantity::two_theta()));
    let name = Text::plain("Intensity (arb. units), shifted");
    svg.upward_text((LEFT - 6.0, (top + bottom) / 2.0), LABEL_SIZE, &name);
    svg.line(
        (whole.left, bottom),
        (whole.right, bottom),
        &Stroke::solid(BLACK, 0.5),
    );
}

/// The colour of a step between the first and the last.
fn color(k: usize, steps: usize) -> String {
    let [r, g, b] = sequential(k as f64 / (steps.max(2) - 1) as f64);
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    #[test]
    fn every_step_has_a_point_and_a_pattern() {
        let grid = TwoThetaGrid::new(10.0, 0.1, 200).unwrap();
        let patterns: Vec<Vec<f32>> = (0..4)
            .map(|k| {
                (0..200)
                    .map(|i| (-((i - 90 - k) as f32).powi(2) / 9.0).exp())
                    .collect()
            })
            .collect();
        let step =
            |(k, pattern): (usize, &Vec<f32>)| (Latent2::new(k as f64, 0.5), pattern.clone());
        let made: Vec<(Latent2, Vec<f32>)> = patterns.iter().enumerate().map(step).collect();
        let steps: Vec<Step> = made
            .iter()
            .map(|(point, intensities)| Step {
                name: format!("{}", point.x),
                point: *point,
                intensities,
            })
            .collect();
        let known = [Latent2::new(-1.0, 0.0), Latent2::new(f64::NAN, 0.0)];
        let file = path(&grid, &known, &steps, "p from 0 to <3>");
        assert_sound(&file);
        assert_eq!(file, path(&grid, &known, &steps, "p from 0 to <3>"));
        // On the plane and next to the patterns.
        assert_eq!(file.matches("#440154").count(), 2);
        assert_sound(&path(&grid, &[], &[], ""));
    }
}
