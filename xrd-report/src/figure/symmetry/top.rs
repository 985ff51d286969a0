//! Share of patterns whose space group is among the first answers.

use xrd_study::symmetry::SymmetryReport;

use super::{FIRST, SECOND, draw_axes, line_entry, title, wide};
use crate::figure::curve::unthinned_path;
use crate::figure::legend;
use crate::figure::marker::circle;
use crate::figure::panel::{Panel, X_AXIS_HEIGHT};
use crate::figure::svg::{Stroke, Svg};

pub(super) fn draw(report: &SymmetryReport) -> String {
    let frame = wide(6.0, 112.0);
    let panel = Panel::new(frame, Some((0.5, 10.5)), Some((0.0, 1.0)));
    let mut svg = Svg::default();
    let curves = [
        (Some(&report.all), FIRST, "all patterns"),
        (
            report.repeated_once.as_ref(),
            SECOND,
            "repeated patterns once",
        ),
    ];
    let mut entries = Vec::new();
    for (score, stroke, name) in curves {
        let Some(score) = score else { continue };
        let place = |(n, share): (usize, &f64)| panel.at(n as f64 + 1.0, *share);
        let places: Vec<_> = score.top.iter().enumerate().map(place).collect();
        svg.path(&unthinned_path(&places), &stroke);
        let dots: String = places.iter().map(|p| circle(*p, 1.4)).collect();
        svg.shape(&dots, stroke.color, &Stroke::solid(stroke.color, 0.2));
        entries.push(line_entry(stroke, name));
    }
    draw_axes(
        &mut svg,
        &panel,
        "Number of answers n",
        "Space group among the first n",
    );
    let top = frame.bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(
        height + 2.0,
        &title("Space group among the first answers", report),
    )
}
