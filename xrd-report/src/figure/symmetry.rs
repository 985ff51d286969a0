//! Figures of a classifier of space groups.

mod bars;
mod certainty;
mod confusion;
mod distances;
mod groups;
mod history;
mod reliability;
mod top;

use xrd_study::symmetry::SymmetryReport;
use xrd_study::symmetry::paper::PaperEpoch;

use super::legend::{Entry, Symbol};
use super::palette::{BLUE, GREY, VERMILLION};
use super::panel::{Panel, Quantity};
use super::svg::{Frame, Stroke, Svg, WIDTH};
use super::text::Text;

/// Lines for the first and the second quantity of a figure, and for a comparison.
const FIRST: Stroke = Stroke::solid(BLUE, 0.9);
const SECOND: Stroke = Stroke::solid(VERMILLION, 0.9).dashed("3 1.2");
const COMPARISON: Stroke = Stroke::solid(GREY, 0.6).dashed("2 1.5");

/// Draws the figures of a classifier of space groups. Returns a name without extension and the text of an SVG file
/// for each.
///
/// - `top`: share of patterns whose space group is among the first 1 to 10 answers
/// - `certainty`: right and wrong answers by certainty, and the share of right answers if some are refused
/// - `space-groups`: accuracy of each space group; the area of a circle shows its abundance
/// - `confusion`: true and answered space groups
/// - `distances`: distances from the true space group on the graph of maximal subgroups
/// - `crystal-systems`: accuracy of each crystal system
/// - `reliability`: share of right answers against the certainty
/// - `similarity`: accuracy by similarity of the nearest known structure, if it is known
///
/// Cost: O(size of the report).
pub fn draw_symmetry(report: &SymmetryReport) -> Vec<(String, String)> {
    let mut figures = vec![
        ("top", top::draw(report)),
        ("certainty", certainty::draw(report)),
        ("space-groups", groups::draw(report)),
        ("confusion", confusion::draw(report)),
        ("distances", distances::draw(report)),
        ("crystal-systems", bars::crystal_systems(report)),
        ("reliability", reliability::draw(report)),
    ];
    if !report.similarity.is_empty() {
        figures.push(("similarity", bars::similarity(report)));
    }
    let named = |(name, figure): (&str, String)| (name.to_owned(), figure);
    figures.into_iter().map(named).collect()
}

/// Draws the accuracy after each epoch of a training, for crystal systems and space groups. Returns the text of an
/// SVG file.
///
/// Four sets of patterns are drawn at most. Cost: O(epochs).
pub fn draw_symmetry_history(history: &[PaperEpoch]) -> String {
    history::draw(history)
}

/// Frame of a panel across the page.
fn wide(top: f64, height: f64) -> Frame {
    Frame {
        left: 40.0,
        right: WIDTH - 10.0,
        top,
        bottom: top + height,
    }
}

/// Draws the frame and both axes of a panel. The vertical axis is a share.
fn draw_axes(svg: &mut Svg, panel: &Panel, x: &str, y: &str) {
    panel.draw_box(svg);
    panel.draw_x_axis(svg, 6, Some(&Quantity::new(Text::plain(x), "")));
    panel.draw_y_axis(svg, 5, &Quantity::new(Text::plain(y), ""));
}

fn line_entry(stroke: Stroke, text: &str) -> Entry {
    Entry {
        symbol: Symbol::Line(stroke),
        text: Text::plain(text),
    }
}

/// Entry of a filled area.
fn dot_entry(fill: &'static str, text: &str) -> Entry {
    Entry {
        symbol: Symbol::Dot { fill, rim: fill },
        text: Text::plain(text),
    }
}

/// Rectangle between two corners of a panel.
fn rectangle(panel: &Panel, low: (f64, f64), high: (f64, f64)) -> Frame {
    let (left, bottom) = panel.at(low.0, low.1);
    let (right, top) = panel.at(high.0, high.1);
    Frame {
        left,
        right,
        top,
        bottom,
    }
}

/// Title for screen readers.
fn title(what: &str, report: &SymmetryReport) -> String {
    format!(
        "{what}: {} on {} patterns",
        report.classifier, report.patterns
    )
}

fn share(count: usize, of: usize) -> f64 {
    count as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests;
