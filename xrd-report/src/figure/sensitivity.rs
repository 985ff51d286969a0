//! Displacements of a latent point by small changes of the crystal or the measurement.

use xrd_core::Latent2;
use xrd_study::Cause;

use super::legend::{self, Entry, Symbol};
use super::marker::circle;
use super::palette::{BLACK, CATEGORIES, WHITE};
use super::panel::{LABEL_SIZE, TICK_SIZE, X_AXIS_HEIGHT};
use super::plane::{draw_plane, place};
use super::svg::{Anchor, Stroke, Svg, WIDTH};
use super::text::{Text, shortened};

const TOP: f64 = 8.0;
const BOTTOM: f64 = 168.0;
/// Height of a bar with its text.
const ROW: f64 = 9.0;
/// Left edge of the bars.
const BARS: f64 = 118.0;
/// Height of the heading above the bars.
const HEADING: f64 = 11.0;
/// Room for the number behind the longest bar.
const BEHIND: f64 = 26.0;
/// Largest number of arrows that are shown.
const SHOWN: usize = 20;
/// Number of arrows that have a number at their tip.
const NUMBERED: usize = 8;

/// Causes with their names. The position in the list determines the colour.
const CAUSES: [(Cause, &str); 5] = [
    (Cause::Cell, "cell"),
    (Cause::Coordinate, "coordinate"),
    (Cause::Occupancy, "occupancy"),
    (Cause::Displacement, "displacement"),
    (Cause::Measurement, "measurement"),
];

fn stroke(cause: Cause, width: f64) -> Stroke {
    let position = CAUSES.iter().position(|(c, _)| *c == cause);
    Stroke::solid(CATEGORIES[position.unwrap_or(CAUSES.len())], width)
}

/// Displacement of a latent point, caused by a small change of the crystal or of the measurement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Arrow {
    /// Name of the change, as in "c + 0.1 %".
    pub name: String,
    /// Kind of the changed quantity.
    pub cause: Cause,
    /// Displacement of the point: the coordinates after the change minus the coordinates before
    /// the change.
    pub moved: Latent2,
}

impl Arrow {
    /// Returns the arrow for one change.
    pub fn new(name: impl Into<String>, cause: Cause, moved: Latent2) -> Self {
        Self {
            name: name.into(),
            cause,
            moved,
        }
    }

    fn length(&self) -> f64 {
        let length = self.moved.x.hypot(self.moved.y);
        if length.is_finite() { length } else { 0.0 }
    }
}

/// Draws arrows that show how small changes displace a latent point, and lists the lengths of the
/// displacements.
///
/// All arrows start at the latent point, which is the argument `at`. The points in the argument
/// `known`, for example the points of the training patterns, are drawn in grey. Only the first 20
/// entries of the argument `arrows` are drawn and listed, so sort the arrows by descending length.
/// If even the longest arrow is short, all arrows are drawn 10, 100, … times as long, and the
/// legend states this factor. Cost: O(points + arrows).
///
/// ```
/// use xrd_core::Latent2;
/// use xrd_report::{Arrow, sensitivity};
/// use xrd_study::Cause;
///
/// let arrow = Arrow::new("c + 0.1 %", Cause::Cell, Latent2::new(0.03, 0.0));
/// let svg = sensitivity(&[Latent2::new(1.0, 0.0)], Latent2::new(0.0, 0.0), &[arrow]);
/// assert!(svg.contains("c + 0.1 %") && svg.contains("arrows 10 times as long"));
/// ```
pub fn sensitivity(known: &[Latent2], at: Latent2, arrows: &[Arrow]) -> String {
    let arrows = &arrows[..arrows.len().min(SHOWN)];
    let mut svg = Svg::default();
    let times = magnification(known, at, arrows);
    let ends: Vec<Latent2> = arrows.iter().map(|a| end(at, a, times)).collect();
    draw_arrows(&mut svg, known, at, (arrows, &ends));
    let mut y = BOTTOM + X_AXIS_HEIGHT + HEADING;
    let heading = |x: f64, text: &str| ((x, y), Text::plain(text));
    for (at, text) in [heading(8.0, "change"), heading(BARS, "moves the point by")] {
        svg.text(at, Anchor::Start, LABEL_SIZE, &text);
    }
    let longest = arrows
        .iter()
        .map(Arrow::length)
        .fold(f64::MIN_POSITIVE, f64::max);
    for (k, arrow) in arrows.iter().enumerate() {
        y += ROW;
        let text = format!(
            "{}  {}",
            k + 1,
            shortened(&arrow.name, BARS - 20.0, TICK_SIZE)
        );
        svg.text((8.0, y), Anchor::Start, TICK_SIZE, &Text::plain(&text));
        let length = (WIDTH - BARS - BEHIND) * arrow.length() / longest;
        let middle = y - 0.35 * TICK_SIZE;
        svg.line(
            (BARS, middle),
            (BARS + length, middle),
            &stroke(arrow.cause, 4.0),
        );
        let number = Text::number(&significant(arrow.length()));
        svg.text((BARS + length + 3.0, y), Anchor::Start, TICK_SIZE, &number);
    }
    let mut entries: Vec<Entry> = CAUSES
        .into_iter()
        .filter(|(cause, _)| arrows.iter().any(|a| a.cause == *cause))
        .map(|(cause, name)| Entry {
            symbol: Symbol::Line(stroke(cause, 1.5)),
            text: Text::plain(name),
        })
        .collect();
    if times > 1.0 {
        entries.push(Entry::note(&format!("arrows {times} times as long")));
    }
    let height = y + 6.0 + legend::draw(&mut svg, y + 6.0, &entries);
    svg.finish(height + 2.0, "How far small changes move a point")
}

fn end(at: Latent2, arrow: &Arrow, times: f64) -> Latent2 {
    Latent2::new(at.x + times * arrow.moved.x, at.y + times * arrow.moved.y)
}

/// Power of ten that makes the longest arrow readable next to the known points.
fn magnification(known: &[Latent2], at: Latent2, arrows: &[Arrow]) -> f64 {
    let longest = arrows.iter().map(Arrow::length).fold(0.0, f64::max);
    let away = known
        .iter()
        .map(|p| p.distance(at))
        .filter(|d| d.is_finite());
    let farthest = away.fold(0.0, f64::max);
    if longest <= 0.0 || farthest <= 0.0 {
        return 1.0;
    }
    let power = (0.9 * farthest / longest).log10().floor();
    10f64.powi((power as i32).clamp(0, 9))
}

fn draw_arrows(
    svg: &mut Svg,
    known: &[Latent2],
    at: Latent2,
    (arrows, ends): (&[Arrow], &[Latent2]),
) {
    let panel = draw_plane(svg, (TOP, BOTTOM), known, &[ends, &[at]].concat());
    let Some(from) = place(&panel, at) else {
        return;
    };
    for (k, (arrow, end)) in arrows.iter().zip(ends).enumerate().rev() {
        let Some(to) = place(&panel, *end) else {
            continue;
        };
        draw_arrow(svg, from, to, &stroke(arrow.cause, 1.1));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if k < NUMBERED && length > 6.0 {
            // Next to the tip, on alternating sides, so that no other arrow crosses the number.
            let aside = if k % 2 == 0 { 6.0 } else { -6.0 } / length;
            let beyond = (to.0 + aside * dy, to.1 - aside * dx);
            let baseline = (beyond.0, beyond.1 + 0.36 * LABEL_SIZE);
            let number = Text::bold(&(k + 1).to_string());
            svg.text(baseline, Anchor::Middle, LABEL_SIZE, &number);
        }
    }
    svg.shape(&circle(from, 1.6), BLACK, &Stroke::solid(WHITE, 0.4));
}

fn draw_arrow(svg: &mut Svg, from: (f64, f64), to: (f64, f64), stroke: &Stroke) {
    svg.line(from, to, stroke);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let head = (0.4 * length).min(4.0);
    if head > 0.5 {
        let (ux, uy) = (head * dx / length, head * dy / length);
        for side in [0.45, -0.45] {
            let barb = (to.0 - ux - side * uy, to.1 - uy + side * ux);
            svg.line(to, barb, stroke);
        }
    }
}

/// Two significant digits.
fn significant(value: f64) -> String {
    if value <= 0.0 {
        return "0".to_owned();
    }
    let decimals = (1 - value.log10().floor() as i32).clamp(0, 9) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    fn arrow(name: &str, cause: Cause, x: f64, y: f64) -> Arrow {
        Arrow {
            name: name.to_owned(),
            cause,
            moved: Latent2::new(x, y),
        }
    }

    #[test]
    fn every_step_has_a_bar_and_an_arrow() {
        let known = [Latent2::new(-1.0, 0.0), Latent2::new(0.5, 0.8)];
        let arrows = [
            arrow("c + 0.1 %", Cause::Cell, 0.03, 0.0),
            arrow("x of <Fe> 8i", Cause::Coordinate, 0.0, -0.01),
            arrow("zero shift", Cause::Measurement, 0.0, 0.0),
        ];
        let file = sensitivity(&known, Latent2::default(), &arrows);
        assert_sound(&file);
        assert!(file.contains("c + 0.1 %") && file.contains("&lt;Fe&gt;"));
        assert!(file.contains("arrows 10 times as long"), "{file}");
        assert_eq!(file, sensitivity(&known, Latent2::default(), &arrows));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let bad = Latent2::new(f64::NAN, 0.0);
        let infinite = arrow("x", Cause::Occupancy, f64::INFINITY, 0.0);
        for (known, at, arrows) in [
            (vec![], Latent2::default(), vec![]),
            (vec![bad], Latent2::default(), vec![infinite.clone()]),
            (vec![], bad, vec![infinite; 30]),
        ] {
            assert_sound(&sensitivity(&known, at, &arrows));
        }
        assert_eq!(significant(0.0), "0");
        assert_eq!(significant(0.01234), "0.012");
        assert_eq!(significant(123.4), "123");
    }
}
