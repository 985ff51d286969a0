//! Compositions of three components in a triangle.

use super::curve::unthinned_path;
use super::legend::{self, Entry, Symbol};
use super::marker::Marker;
use super::palette::{BLACK, PALE_GREY};
use super::panel::{LABEL_SIZE, TICK_SIZE};
use super::samples::Samples;
use super::svg::{Anchor, Stroke, Svg, WIDTH};
use super::text::{Text, formula, shortened};
use xrd_core::Latent2;
use xrd_study::composition::rounded;

const TOP: f64 = 16.0;
/// Length of a side in points.
const SIDE: f64 = 176.0;
const TICK: f64 = 3.0;
const EDGE: Stroke = Stroke::solid(BLACK, 0.6);
const GRID: Stroke = Stroke::solid(PALE_GREY, 0.5);
const ERROR: Stroke = Stroke::solid(BLACK, 0.6);
/// Number of parts of a side.
const PARTS: usize = 5;
/// Largest widths of the names of the corners in points.
const LONGEST_NAMES: [f64; 3] = [220.0, 114.0, 114.0];

/// Compositions of three components.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ternary<'a> {
    /// Names of the components at the top, at the lower left and at the lower right.
    pub corners: [&'a str; 3],
    /// Sum of the amounts of a composition, such as 1 or 100, for the numbers at the sides.
    pub total: f64,
    /// Amounts of the three components of each pattern. They are divided by their sum.
    pub points: &'a [[f64; 3]],
    /// Categories or values of the patterns.
    pub samples: Samples<'a>,
    /// True and estimated amounts of test patterns, drawn as a line from one to the other.
    pub estimates: &'a [([f64; 3], [f64; 3])],
}

impl<'a> Ternary<'a> {
    /// Returns compositions whose amounts sum to 1, without estimates.
    pub fn new(corners: [&'a str; 3], points: &'a [[f64; 3]], samples: Samples<'a>) -> Self {
        Self {
            corners,
            total: 1.0,
            points,
            samples,
            estimates: &[],
        }
    }

    /// Sets the sum of the amounts.
    #[must_use]
    pub fn with_total(mut self, total: f64) -> Self {
        self.total = total;
        self
    }

    /// Sets true and estimated amounts of test patterns.
    #[must_use]
    pub fn with_estimates(mut self, estimates: &'a [([f64; 3], [f64; 3])]) -> Self {
        self.estimates = estimates;
        self
    }
}

/// Draws compositions of three components as points in a triangle.
///
/// A pattern of one component alone is at the corner of that component, and a pattern of equal amounts
/// is at the centre. The numbers at a side belong to the lines that start there. Points whose amounts are
/// not finite or do not have a positive sum are skipped. Cost: O(points).
///
/// ```
/// use xrd_report::{Samples, Ternary, ternary};
///
/// let points = [[1.0, 0.0, 0.0], [0.2, 0.3, 0.5]];
/// let names = ["group 1".to_owned()];
/// let shown = Ternary::new(["Fe", "Ga", "Pd"], &points, Samples::new(&[0, 0], &names));
/// let svg = ternary(&shown.with_estimates(&[([0.2, 0.3, 0.5], [0.25, 0.3, 0.45])]));
/// assert!(svg.contains(">Pd<") && svg.contains("estimated"));
/// ```
pub fn ternary(shown: &Ternary<'_>) -> String {
    let mut svg = Svg::default();
    draw_grid(&mut svg, shown.total);
    let corners = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(at);
    let [top, left, right] = corners;
    svg.path(&unthinned_path(&[top, left, right, top]), &EDGE);
    draw_names(&mut svg, shown.corners, corners);
    draw_estimates(&mut svg, shown.estimates);
    let on_page = |amounts: &[f64; 3]| match place(*amounts) {
        Some((x, y)) => Latent2::new(x, y),
        None => Latent2::new(f64::NAN, f64::NAN),
    };
    let points: Vec<Latent2> = shown.points.iter().map(on_page).collect();
    let keep = |p: Latent2| p.is_finite().then_some((p.x, p.y));
    shown.samples.draw(&mut svg, &points, keep, Marker::draw);
    let below = left.1 + 2.0 * TICK_SIZE + 14.0;
    let height = below + legend::draw(&mut svg, below, &entries(shown));
    svg.finish(
        height + 2.0,
        &format!("Compositions of {}", shown.corners.join(", ")),
    )
}

/// Position of amounts on the page. `None` unless they are finite and their sum is positive.
fn place(amounts: [f64; 3]) -> Option<(f64, f64)> {
    let sum: f64 = amounts.iter().sum();
    let usable = sum.is_finite() && sum > 0.0 && amounts.iter().all(|a| a.is_finite());
    usable.then(|| at(amounts.map(|a| a / sum)))
}

/// Position of fractions on the page: the first component at the top, the second at the lower left.
fn at([a, _, c]: [f64; 3]) -> (f64, f64) {
    let height = SIDE * 0.75f64.sqrt();
    let left = (WIDTH - SIDE) / 2.0;
    (left + SIDE * (c + a / 2.0), TOP + height * (1.0 - a))
}

/// Draws the lines of equal amount of each component, and their numbers. A line goes beyond the side at
/// which its number is.
fn draw_grid(svg: &mut Svg, total: f64) {
    // Outwards along the lines of each component, with y downwards.
    let slope = 0.75f64.sqrt();
    let outwards = [(-1.0, 0.0), (0.5, slope), (0.5, -slope)];
    let anchors = [Anchor::End, Anchor::Middle, Anchor::Start];
    for k in 1..PARTS {
        let f = k as f64 / PARTS as f64;
        let rest = 1.0 - f;
        let lines = [
            ([f, 0.0, rest], [f, rest, 0.0]),
            ([rest, f, 0.0], [0.0, f, rest]),
            ([0.0, rest, f], [rest, 0.0, f]),
        ];
        let text = Text::plain(&rounded(f * total));
        for (((from, to), (dx, dy)), anchor) in lines.into_iter().zip(outwards).zip(anchors) {
            let (from, to) = (at(from), at(to));
            svg.line(from, to, &GRID);
            let end = (to.0 + TICK * dx, to.1 + TICK * dy);
            svg.line(to, end, &EDGE);
            let number = (end.0 + 2.2 * dx, end.1 + 0.36 * TICK_SIZE + 4.2 * dy);
            svg.text(number, anchor, TICK_SIZE, &text);
        }
    }
}

fn draw_names(svg: &mut Svg, names: [&str; 3], corners: [(f64, f64); 3]) {
    let text = |(name, longest)| formula(&shortened(name, longest, LABEL_SIZE));
    let texts = names.into_iter().zip(LONGEST_NAMES).map(text);
    let below = 2.0 * TICK_SIZE + 6.0;
    for (k, ((x, y), text)) in corners.into_iter().zip(texts).enumerate() {
        let y = if k == 0 { y - 5.0 } else { y + below };
        // A long name stays on the page.
        let half = text.width(LABEL_SIZE) / 2.0 + 2.0;
        let x = x.max(half).min(WIDTH - half);
        svg.text((x, y), Anchor::Middle, LABEL_SIZE, &text);
    }
}

fn draw_estimates(svg: &mut Svg, estimates: &[([f64; 3], [f64; 3])]) {
    for (truth, estimated) in estimates {
        if let (Some(from), Some(to)) = (place(*truth), place(estimated.map(|a| a.max(0.0)))) {
            svg.line(from, to, &ERROR);
        }
    }
}

fn entries(shown: &Ternary<'_>) -> Vec<Entry> {
    let mut entries = shown.samples.legend();
    if !shown.estimates.is_empty() {
        entries.push(Entry {
            symbol: Symbol::Line(ERROR),
            text: Text::plain("test pattern: from true to estimated"),
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::{assert_sound, names};

    #[test]
    fn corners_centre_and_sides_are_where_they_belong() {
        let [top, left, right] =
            [[5.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]].map(|p| place(p).unwrap());
        assert!((top.0 - WIDTH / 2.0).abs() < 1e-9 && (top.1 - TOP).abs() < 1e-9);
        assert!((left.1 - right.1).abs() < 1e-9 && (right.0 - left.0 - SIDE).abs() < 1e-9);
        let length = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
        assert!(
            (length(top, left) - SIDE).abs() < 1e-9 && (length(top, right) - SIDE).abs() < 1e-9
        );
        let centre = place([1.0; 3]).unwrap();
        for corner in [top, left, right] {
            assert!((length(centre, corner) - SIDE / 3f64.sqrt()).abs() < 1e-9);
        }
        let middle = place([0.0, 50.0, 50.0]).unwrap();
        assert!(
            ((left.0 + right.0) / 2.0 - middle.0).abs() < 1e-9 && (middle.1 - left.1).abs() < 1e-9
        );
        for wrong in [
            [0.0; 3],
            [f64::NAN, 0.5, 0.5],
            [f64::INFINITY, 0.0, 0.0],
            [-1.0, 0.5, 0.2],
        ] {
            assert_eq!(place(wrong), None);
        }
    }

    #[test]
    fn points_estimates_and_percentages_are_drawn() {
        let points = [[1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [f64::NAN; 3]];
        let names = names(&["group 1", "a < b"]);
        let samples = Samples::new(&[0, 1, 1], &names).with_test(&[false, true, false]);
        let shown = Ternary::new(
            ["Bi2O3", "a rather long name of a component", "Pd & x"],
            &points,
            samples,
        );
        let file = ternary(&shown);
        assert_sound(&file);
        assert_eq!(file.matches("stroke=\"#ffffff\"").count(), 1 + 2);
        assert!(file.contains(">0.4<") && !file.contains("estimated"));
        let estimates = [(points[1], [0.1, -0.1, 1.0]), (points[2], points[0])];
        let file = ternary(&shown.with_total(100.0).with_estimates(&estimates));
        assert_sound(&file);
        assert!(file.contains(">40<") && file.contains("from true to estimated"));
    }
}
