//! Share of right answers against the certainty.

use xrd_study::symmetry::SymmetryReport;

use super::{COMPARISON, FIRST, draw_axes, line_entry, share, title};
use crate::figure::curve::unthinned_path;
use crate::figure::legend::{self, Entry};
use crate::figure::marker::circle;
use crate::figure::panel::{Panel, X_AXIS_HEIGHT};
use crate::figure::svg::{Frame, Stroke, Svg, WIDTH};

/// Radius of the circle of a bin with all answers, in points.
const LARGEST: f64 = 9.0;
const SIDE: f64 = 150.0;

pub(super) fn draw(report: &SymmetryReport) -> String {
    let left = (WIDTH - SIDE) / 2.0 + 10.0;
    let frame = Frame {
        left,
        right: left + SIDE,
        top: 6.0,
        bottom: 6.0 + SIDE,
    };
    let unit = Some((0.0, 1.0));
    let panel = Panel::new(frame, unit, unit);
    let mut svg = Svg::default();
    svg.line(panel.at(0.0, 0.0), panel.at(1.0, 1.0), &COMPARISON);
    let total = report.reliability.iter().map(|b| b.answers).sum();
    let points = report.reliability.iter().filter_map(|bin| {
        let at = panel.at(bin.certainty?, bin.right?);
        Some((at, (LARGEST * share(bin.answers, total).sqrt()).max(1.0)))
    });
    let points: Vec<_> = points.collect();
    let line: Vec<_> = points.iter().map(|(at, _)| *at).collect();
    svg.path(&unthinned_path(&line), &FIRST);
    let circles: String = points
        .iter()
        .map(|(at, radius)| circle(*at, *radius))
        .collect();
    svg.area(&circles, FIRST.color, 0.6);
    svg.path(&circles, &Stroke::solid(FIRST.color, 0.4));
    draw_axes(
        &mut svg,
        &panel,
        "Certainty of the space group",
        "Share of right answers",
    );
    let top = frame.bottom + X_AXIS_HEIGHT;
    let error = report.all.calibration_error;
    let entries = [
        line_entry(FIRST, "answers; the area shows their number"),
        line_entry(COMPARISON, "right as often as certain"),
        Entry::note(&format!("expected calibration error: {error:.3}")),
    ];
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, &title("Reliability of the certainty", report))
}
