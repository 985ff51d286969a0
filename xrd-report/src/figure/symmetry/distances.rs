//! Distances of answers from the true space groups.

use xrd_study::symmetry::SymmetryReport;

use super::{FIRST, SECOND, dot_entry, draw_axes, line_entry, rectangle, title, wide};
use crate::figure::curve::unthinned_path;
use crate::figure::legend;
use crate::figure::marker::circle;
use crate::figure::panel::{Panel, X_AXIS_HEIGHT};
use crate::figure::svg::{Stroke, Svg};

/// Half the width of a bar.
const HALF: f64 = 0.32;

pub(super) fn draw(report: &SymmetryReport) -> String {
    let rows = &report.distances;
    let total = report.all.patterns.max(1) as f64;
    let last = rows.last().map_or(1, |row| row.distance.max(1)) as f64;
    let shares = rows
        .iter()
        .flat_map(|r| [r.answers as f64 / total, r.random / total]);
    let most = shares.fold(0.05, f64::max);
    let frame = wide(6.0, 100.0);
    let panel = Panel::new(frame, Some((-0.6, last + 0.6)), Some((0.0, 1.06 * most)));
    let mut svg = Svg::default();
    for row in rows.iter().filter(|row| row.answers > 0) {
        let (at, share) = (row.distance as f64, row.answers as f64 / total);
        let bar = rectangle(&panel, (at - HALF, 0.0), (at + HALF, share));
        svg.rectangle(&bar, FIRST.color);
    }
    let wrong = rows.iter().filter(|row| row.distance > 0);
    let places: Vec<_> = wrong
        .map(|row| panel.at(row.distance as f64, row.random / total))
        .collect();
    svg.path(&unthinned_path(&places), &SECOND);
    let dots: String = places.iter().map(|p| circle(*p, 1.4)).collect();
    svg.shape(&dots, SECOND.color, &Stroke::solid(SECOND.color, 0.2));
    let x = "Distance on the graph of maximal subgroups";
    draw_axes(&mut svg, &panel, x, "Share of patterns");
    let top = frame.bottom + X_AXIS_HEIGHT;
    let entries = [
        dot_entry(FIRST.color, "answers (0: right)"),
        line_entry(SECOND, "if wrong answers were random"),
    ];
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(
        height + 2.0,
        &title("Distances from the true space group", report),
    )
}
