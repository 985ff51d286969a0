//! Right and wrong answers by certainty, and the curve of refused answers.

use xrd_study::symmetry::SymmetryReport;

use super::{COMPARISON, FIRST, SECOND, draw_axes, line_entry, rectangle, title, wide};
use crate::figure::axis::Extent;
use crate::figure::curve::unthinned_path;
use crate::figure::legend::{self, Entry, Symbol};
use crate::figure::palette::{BLUE, VERMILLION};
use crate::figure::panel::{Panel, X_AXIS_HEIGHT, draw_title};
use crate::figure::svg::Svg;
use crate::figure::text::Text;

const HEIGHT: f64 = 78.0;
const TITLE: f64 = 15.0;

pub(super) fn draw(report: &SymmetryReport) -> String {
    let mut svg = Svg::default();
    let below = histogram(&mut svg, report, TITLE);
    let bottom = refusal(&mut svg, report, below + TITLE + 4.0);
    svg.finish(bottom + 2.0, &title("Certainty of the space group", report))
}

/// Draws the histogram and its legend, and returns its lower end.
fn histogram(svg: &mut Svg, report: &SymmetryReport, top: f64) -> f64 {
    let bins = &report.certainty;
    let most = bins.iter().map(|b| b.right.max(b.wrong)).max().unwrap_or(0);
    let counts: Extent = Some((0.0, 1.06 * most.max(1) as f64));
    let panel = Panel::new(wide(top, HEIGHT), Some((0.0, 1.0)), counts);
    for bin in bins {
        // Two bars per bin, with a gap.
        let width = (bin.to - bin.from) * 0.42;
        let middle = (bin.from + bin.to) / 2.0;
        let bars = [
            (middle - width, bin.right, BLUE),
            (middle, bin.wrong, VERMILLION),
        ];
        for (left, count, color) in bars.into_iter().filter(|(_, count, _)| *count > 0) {
            let frame = rectangle(&panel, (left, 0.0), (left + width, count as f64));
            svg.rectangle(&frame, color);
        }
    }
    draw_axes(svg, &panel, "Certainty of the space group", "Patterns");
    draw_title(svg, (4.0, top - 6.0), 0, "right and wrong answers");
    let legend_top = top + HEIGHT + X_AXIS_HEIGHT;
    let entry = |color, text| Entry {
        symbol: Symbol::Tick(color),
        text: Text::plain(text),
    };
    let entries = [entry(BLUE, "right"), entry(VERMILLION, "wrong")];
    legend_top + legend::draw(svg, legend_top, &entries)
}

/// Draws the curves of refused answers and their legend, and returns its lower end.
fn refusal(svg: &mut Svg, report: &SymmetryReport, top: f64) -> f64 {
    let unit = Some((0.0, 1.0));
    let panel = Panel::new(wide(top, HEIGHT), unit, unit);
    svg.line(panel.at(0.5, 0.0), panel.at(0.5, 1.0), &COMPARISON);
    let points = || report.refusal.iter().rev();
    let right: Vec<_> = points()
        .map(|p| panel.at(1.0 - p.answered, p.right))
        .collect();
    let threshold: Vec<_> = points()
        .map(|p| panel.at(1.0 - p.answered, p.threshold))
        .collect();
    svg.path(&unthinned_path(&threshold), &SECOND);
    svg.path(&unthinned_path(&right), &FIRST);
    draw_axes(svg, &panel, "Share of patterns refused", "Share");
    draw_title(
        svg,
        (4.0, top - 6.0),
        1,
        "the least certain answers refused",
    );
    let entries = [
        line_entry(FIRST, "right space groups of the others"),
        line_entry(SECOND, "least certainty"),
        line_entry(COMPARISON, "half refused"),
    ];
    let legend_top = top + HEIGHT + X_AXIS_HEIGHT;
    legend_top + legend::draw(svg, legend_top, &entries)
}
