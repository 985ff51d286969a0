//! A pattern with the lines of known structures and the lines that decided about its space group.

use super::curve;
use super::legend::{self, Entry, Symbol};
use super::palette::{BLACK, BLUE, GREY, VERMILLION};
use super::panel::{Panel, Quantity, X_AXIS_HEIGHT};
use super::svg::{Anchor, Frame, Stroke, Svg, WIDTH, num};
use super::text::{Text, formula, shortened};

/// Height of the curve, and of the row of a structure: its name above ticks.
const CURVE: f64 = 96.0;
const ROW: f64 = 14.0;
const TICK: f64 = 5.5;
const SHORTEST: f64 = 1.5;
const NAME_SIZE: f64 = 5.4;

/// Height above the curve for the angles of lines that decided.
const HEADROOM: f64 = 1.12;

/// Largest number of structures.
const MOST: usize = 8;

const PATTERN: Stroke = Stroke::solid(BLACK, 0.5);
const DECIDING: Stroke = Stroke::solid(VERMILLION, 0.5).dashed("1.5 1");
/// Colour of lines that the pattern does not have.
const MISSING: &str = VERMILLION;

/// Pattern that was compared with known structures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognised {
    /// Title above the figure, such as the answer.
    pub title: String,
    /// Angles 2θ in degrees, ascending.
    pub angles: Vec<f64>,
    /// Height of the pattern at each angle, such as the root of the intensity above the background.
    pub heights: Vec<f32>,
    /// Angles of the lines that decided about the answer.
    pub deciding: Vec<f64>,
    /// Known structures, the nearest first. Eight are drawn.
    pub structures: Vec<RecognisedStructure>,
    /// Angles of peaks that no line of the first structure explains.
    pub left_over: Vec<f64>,
}

/// Known structure whose lines are compared with a pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecognisedStructure {
    /// Name with all that the figure says about the structure.
    pub name: String,
    /// Angle 2θ in degrees of each line, its intensity relative to the strongest, and whether the pattern has it.
    pub lines: Vec<(f64, f64, bool)>,
}

/// Draws a pattern above the lines of known structures. Returns the text of an SVG file.
///
/// Lines that the pattern has are blue, those that it lacks are red, and peaks that the first structure does not
/// explain have a grey mark below. Lines that decided are dashed, with their angles. Cost: O(points + lines).
///
/// # Shapes
/// `heights` has one value per angle; further values of the longer list are ignored.
pub fn recognised(figure: &Recognised) -> String {
    let mut svg = Svg::default();
    let title = shortened(&figure.title, WIDTH - 16.0, legend::SIZE);
    svg.text(
        (8.0, 9.0),
        Anchor::Start,
        legend::SIZE,
        &Text::plain(&title),
    );
    let frame = Frame {
        left: 34.0,
        right: WIDTH - 8.0,
        top: 14.0,
        bottom: 14.0 + CURVE,
    };
    let range = figure
        .angles
        .first()
        .copied()
        .zip(figure.angles.last().copied());
    let top = figure.heights.iter().copied().filter(|h| h.is_finite());
    let top = f64::from(top.fold(0.0, f32::max));
    let heights = (top > 0.0).then_some((0.0, HEADROOM * top));
    let panel = Panel::new(frame, range, heights);
    draw_deciding(&mut svg, &panel, &figure.deciding);
    let points = figure.angles.iter().zip(&figure.heights);
    let path = curve::path(points.map(|(x, y)| panel.at(*x, f64::from(*y))));
    svg.path(&path, &PATTERN);
    let root = Quantity::new(Text::plain("Root of intensity"), "");
    panel.draw_y_axis(&mut svg, 4, &root);
    let mut bottom = frame.bottom;
    if !figure.left_over.is_empty() {
        bottom += TICK + 1.0;
        let marks = figure.left_over.iter().map(|x| (*x, 0.3));
        draw_ticks(&mut svg, &panel, bottom - 0.5, marks, GREY);
    }
    for structure in figure.structures.iter().take(MOST) {
        bottom += ROW;
        draw_structure(&mut svg, &panel, bottom - 1.0, structure);
    }
    let all = panel.extended_below(bottom - frame.bottom);
    all.draw_box(&mut svg);
    all.draw_x_axis(&mut svg, 6, Some(&Quantity::two_theta()));
    let top = bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries(figure));
    svg.finish(height + 2.0, &figure.title)
}

/// Dashed lines with their angles, as far as there is room.
fn draw_deciding(svg: &mut Svg, panel: &Panel, angles: &[f64]) {
    let Frame { top, bottom, .. } = panel.frame();
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for angle in angles.iter().filter(|a| panel.x.contains(**a)) {
        let x = panel.x.at(*angle);
        svg.line((x, top + 7.5), (x, bottom), &DECIDING);
        let text = Text::plain(&format!("{angle:.1}°")).in_color(VERMILLION);
        let half = text.width(NAME_SIZE) / 2.0 + 0.8;
        if placed
            .iter()
            .all(|(at, width)| (at - x).abs() > width + half)
        {
            svg.text((x, top + 6.0), Anchor::Middle, NAME_SIZE, &text);
            placed.push((x, half));
        }
    }
}

fn draw_structure(svg: &mut Svg, panel: &Panel, bottom: f64, structure: &RecognisedStructure) {
    for (is_found, color) in [(true, BLUE), (false, MISSING)] {
        let lines = structure.lines.iter().filter(|l| l.2 == is_found);
        draw_ticks(svg, panel, bottom, lines.map(|l| (l.0, l.1)), color);
    }
    let name = shortened(&structure.name, WIDTH - 48.0, NAME_SIZE);
    let left = panel.frame().left + 2.0;
    let at = (left, bottom - TICK - 1.8);
    svg.text(at, Anchor::Start, NAME_SIZE, &formula(&name));
}

/// Ticks at angles within the panel, longer for higher intensities.
fn draw_ticks(
    svg: &mut Svg,
    panel: &Panel,
    bottom: f64,
    lines: impl Iterator<Item = (f64, f64)>,
    color: &'static str,
) {
    let shown = lines.filter(|(x, i)| panel.x.contains(*x) && i.is_finite());
    let tick = |(x, intensity): (f64, f64)| {
        let length = SHORTEST + (TICK - SHORTEST) * intensity.clamp(0.0, 1.0).sqrt();
        let (x, y) = (num(panel.x.at(x)), num(bottom));
        format!("M{x} {y}v-{}", num(length))
    };
    svg.path(
        &shown.map(tick).collect::<String>(),
        &Stroke::solid(color, 0.6),
    );
}

fn entries(figure: &Recognised) -> Vec<Entry> {
    let entry = |symbol, text: &str| Entry {
        symbol,
        text: Text::plain(text),
    };
    let lines: Vec<_> = figure.structures.iter().flat_map(|s| &s.lines).collect();
    [
        (true, Symbol::Line(PATTERN), "pattern without background"),
        (
            !figure.deciding.is_empty(),
            Symbol::Line(DECIDING),
            "lines that decided",
        ),
        (
            lines.iter().any(|l| l.2),
            Symbol::Tick(BLUE),
            "line that the pattern has",
        ),
        (
            lines.iter().any(|l| !l.2),
            Symbol::Tick(MISSING),
            "line that it lacks",
        ),
        (
            !figure.left_over.is_empty(),
            Symbol::Tick(GREY),
            "peak that is left over",
        ),
    ]
    .into_iter()
    .filter(|(is_shown, _, _)| *is_shown)
    .map(|(_, symbol, text)| entry(symbol, text))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    fn figure() -> Recognised {
        let angles: Vec<f64> = (0..1000).map(|i| 10.0 + 0.05 * f64::from(i)).collect();
        let height = |x: &f64| (-(x - 30.0).powi(2)).exp() as f32;
        Recognised {
            title: "scan.xy: cubic (98 %) & more".to_owned(),
            heights: angles.iter().map(height).collect(),
            angles,
            deciding: vec![30.0, 30.2, 95.0],
            structures: vec![RecognisedStructure {
                name: "Halite (NaCl)".to_owned(),
                lines: vec![(30.0, 1.0, true), (40.0, 0.2, false), (99.0, 0.5, true)],
            }],
            left_over: vec![45.0],
        }
    }

    #[test]
    fn lines_within_the_range_are_drawn_and_near_angles_do_not_overlap() {
        let file = recognised(&figure());
        assert_sound(&file);
        assert!(file.contains("30.0°") && !file.contains("30.2°") && !file.contains("95.0°"));
        // A found line, a missing one and a peak that is left over; the line at 99° is outside.
        assert_eq!(file.matches("v-").count(), 3, "{file}");
        for text in ["Halite", "&amp; more", "line that it lacks", "left over"] {
            assert!(file.contains(text), "{text}");
        }
    }

    #[test]
    fn poor_data_are_drawn_without_fail() {
        assert_sound(&recognised(&Recognised::default()));
        let mut poor = figure();
        poor.heights = vec![f32::NAN; 3];
        poor.deciding = vec![f64::NAN];
        poor.structures = vec![RecognisedStructure::default(); 20];
        poor.left_over = vec![f64::INFINITY];
        assert_sound(&recognised(&poor));
    }
}
