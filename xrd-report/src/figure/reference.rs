//! Lines of reference structures, as ticks below a panel.

use super::axis::Scale;
use super::legend::{Entry, SIZE, Symbol};
use super::palette::CATEGORIES;
use super::panel::Panel;
use super::svg::{Anchor, Stroke, Svg};
use super::text::{Text, formula, shortened};

/// Height of one reference: indices above ticks.
const ROW: f64 = 12.0;
const TICK: f64 = 5.0;
const SHORTEST: f64 = 1.2;
const INDEX_SIZE: f64 = 4.6;

/// Largest number of references that are drawn, and of the lines of each.
const MOST_REFERENCES: usize = 8;
const MOST_LINES: usize = 400;

/// Largest number of lines with indices, and the smallest intensity of such a line.
const MOST_INDICES: usize = 8;
const STRONG: f64 = 0.05;

/// Largest width of a name in the legend, in points.
const LONGEST_NAME: f64 = 95.0;

/// Position of the first colour among those of the categories. The first two are those of the categories
/// that occur most often.
const FIRST_COLOR: usize = 2;

/// Lines of a reference structure for a figure. They are drawn as ticks below the patterns, in one colour
/// per reference. The strongest lines have their indices.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ReferenceLines {
    /// Name of the structure or phase.
    pub name: String,
    /// Angle 2θ in degrees, intensity relative to the strongest line, and indices hkl of each line.
    pub lines: Vec<(f64, f64, [i32; 3])>,
}

impl ReferenceLines {
    /// Returns the lines of a reference. Each line is its angle 2θ in degrees, its intensity relative to
    /// the strongest line, and its indices hkl.
    pub fn new(name: impl Into<String>, lines: Vec<(f64, f64, [i32; 3])>) -> Self {
        let name = name.into();
        Self { name, lines }
    }

    /// Returns the lines between the ends of an axis, the strongest first.
    fn shown(&self, axis: &Scale) -> Vec<(f64, f64, [i32; 3])> {
        let inside = |line: &&(f64, f64, [i32; 3])| axis.contains(line.0) && line.1.is_finite();
        let mut shown: Vec<_> = self.lines.iter().filter(inside).copied().collect();
        shown.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
        shown.truncate(MOST_LINES);
        shown
    }
}

/// Returns the height of the ticks of all references.
pub(crate) fn height(references: &[ReferenceLines]) -> f64 {
    ROW * references.len().min(MOST_REFERENCES) as f64
}

/// Draws the ticks of all references below a panel. Returns the panel that includes them.
pub(crate) fn draw(svg: &mut Svg, panel: &Panel, references: &[ReferenceLines]) -> Panel {
    let mut bottom = panel.frame().bottom;
    for (k, reference) in references.iter().take(MOST_REFERENCES).enumerate() {
        bottom += ROW;
        draw_one(svg, &panel.x, bottom - 1.0, (reference, color(k)));
    }
    panel.extended_below(height(references))
}

fn draw_one(
    svg: &mut Svg,
    x: &Scale,
    bottom: f64,
    (reference, color): (&ReferenceLines, &'static str),
) {
    let shown = reference.shown(x);
    let stroke = Stroke::solid(color, 0.6);
    let tick = |line: &(f64, f64, [i32; 3])| {
        let length = SHORTEST + (TICK - SHORTEST) * line.1.clamp(0.0, 1.0).sqrt();
        let (x, y) = (super::svg::num(x.at(line.0)), super::svg::num(bottom));
        format!("M{x} {y}v-{}", super::svg::num(length))
    };
    svg.path(&shown.iter().map(tick).collect::<String>(), &stroke);
    for (at, text) in indices(&shown, x) {
        let text = text.in_color(color);
        svg.text((at, bottom - TICK - 0.8), Anchor::Middle, INDEX_SIZE, &text);
    }
}

/// Positions and texts of the indices of the strongest lines, as far as there is room.
fn indices(shown: &[(f64, f64, [i32; 3])], x: &Scale) -> Vec<(f64, Text)> {
    let mut placed: Vec<(f64, f64, Text)> = Vec::new();
    let (left, right) = x.page();
    for (angle, _, hkl) in shown.iter().filter(|line| line.1 >= STRONG) {
        let text = index_text(*hkl);
        let half = text.width(INDEX_SIZE) / 2.0 + 0.8;
        let at = x.at(*angle);
        let inside = at - half >= left && at + half <= right;
        let free = placed
            .iter()
            .all(|(other, width, _)| (other - at).abs() >= width + half);
        if inside && free && placed.len() < MOST_INDICES {
            placed.push((at, half, text));
        }
    }
    placed.into_iter().map(|(at, _, text)| (at, text)).collect()
}

/// Indices as text: together if they are digits, else with spaces.
fn index_text(hkl: [i32; 3]) -> Text {
    let between = match hkl.iter().all(|i| (0..10).contains(i)) {
        true => "",
        false => " ",
    };
    Text::number(&hkl.map(|i| i.to_string()).join(between))
}

fn color(k: usize) -> &'static str {
    CATEGORIES[(k + FIRST_COLOR) % CATEGORIES.len()]
}

/// Returns the entries of the legend: the name of each reference in its colour.
pub(crate) fn entries(references: &[ReferenceLines]) -> Vec<Entry> {
    let shown = references.iter().take(MOST_REFERENCES).enumerate();
    let entry = |(k, reference): (usize, &ReferenceLines)| Entry {
        symbol: Symbol::Tick(color(k)),
        text: formula(&shortened(&reference.name, LONGEST_NAME, SIZE)).in_color(color(k)),
    };
    let mut entries: Vec<Entry> = shown.map(entry).collect();
    if references.len() > MOST_REFERENCES {
        let more = references.len() - MOST_REFERENCES;
        entries.push(Entry::note(&format!("and {more} more references")));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;
    use crate::figure::svg::Frame;

    fn panel() -> Panel {
        let frame = Frame {
            left: 20.0,
            right: 220.0,
            top: 0.0,
            bottom: 50.0,
        };
        Panel::new(frame, Some((10.0, 60.0)), None)
    }

    fn drawn(references: &[ReferenceLines]) -> String {
        let mut svg = Svg::default();
        let below = draw(&mut svg, &panel(), references);
        assert_eq!(below.frame().bottom, 50.0 + height(references));
        super::super::legend::draw(&mut svg, below.frame().bottom, &entries(references));
        svg.finish(200.0, "")
    }

    #[test]
    fn lines_in_the_range_are_ticks_and_the_strongest_have_indices() {
        let lines = vec![
            (20.0, 1.0, [1, 1, 0]),
            (20.5, 0.9, [0, 0, 2]),
            (40.0, 0.3, [1, -1, 10]),
            (50.0, 0.01, [3, 0, 0]),
            (90.0, 0.8, [4, 0, 0]),
        ];
        let file = drawn(&[ReferenceLines::new("NaCl & more", lines)]);
        assert_sound(&file);
        assert_eq!(file.matches("v-").count(), 4);
        assert!(file.contains(">110<") && file.contains(">1 −1 10<"));
        // No room next to a stronger line, too weak, and outside the range.
        assert!(!file.contains(">002<") && !file.contains(">300<") && !file.contains(">400<"));
        assert!(file.contains("NaCl &amp; more"));
        assert!(file.contains(&format!("x=\"{}\"", super::super::svg::num(60.0))));
    }

    #[test]
    fn poor_references_are_drawn_without_fail() {
        assert_eq!(height(&[]), 0.0);
        let wrong = vec![
            (f64::NAN, 1.0, [0; 3]),
            (20.0, f64::NAN, [1; 3]),
            (30.0, -1.0, [2; 3]),
        ];
        let many =
            vec![ReferenceLines::new("a long name that does not fit into a column", wrong); 11];
        let file = drawn(&many);
        assert_sound(&file);
        assert!(file.contains("and 3 more references"));
    }
}
