//! Accuracy after each epoch.

use xrd_study::symmetry::paper::{EpochAccuracy, PaperEpoch};

use super::{draw_axes, line_entry, wide};
use crate::figure::curve::unthinned_path;
use crate::figure::legend;
use crate::figure::palette::{BLUE, GREY, ORANGE, VERMILLION};
use crate::figure::panel::{Panel, X_AXIS_HEIGHT, draw_title};
use crate::figure::svg::{Stroke, Svg};

const HEIGHT: f64 = 70.0;
const TITLE: f64 = 15.0;
const STROKES: [Stroke; 4] = [
    Stroke::solid(BLUE, 0.9),
    Stroke::solid(VERMILLION, 0.9).dashed("3 1.2"),
    Stroke::solid(ORANGE, 0.9).dashed("1 1.2"),
    Stroke::solid(GREY, 0.9),
];

/// Accuracy that a panel shows.
type Value = fn(&EpochAccuracy) -> f64;

pub(super) fn draw(history: &[PaperEpoch]) -> String {
    let names: Vec<&str> = match history.first() {
        Some(epoch) => epoch
            .accuracies
            .iter()
            .map(|a| a.patterns.as_str())
            .collect(),
        None => Vec::new(),
    };
    let panels: [(&str, Value); 2] = [
        ("crystal systems", |a| a.crystal_system),
        ("space groups", |a| a.space_group),
    ];
    let mut svg = Svg::default();
    let last = history.len().max(2) as f64;
    for (k, (title, value)) in panels.into_iter().enumerate() {
        let top = TITLE + k as f64 * (TITLE + HEIGHT + X_AXIS_HEIGHT + 2.0);
        let panel = Panel::new(wide(top, HEIGHT), Some((0.5, last + 0.5)), Some((0.0, 1.0)));
        for (set, stroke) in STROKES.iter().enumerate().take(names.len()) {
            let accuracies = history.iter().enumerate();
            let points = accuracies
                .filter_map(|(e, epoch)| Some((e as f64 + 1.0, value(epoch.accuracies.get(set)?))));
            let places: Vec<_> = points.map(|(x, y)| panel.at(x, y)).collect();
            svg.path(&unthinned_path(&places), stroke);
        }
        draw_axes(&mut svg, &panel, "Epoch", "Accuracy");
        draw_title(&mut svg, (4.0, top - 6.0), k, title);
    }
    let top = 2.0 * (TITLE + HEIGHT + X_AXIS_HEIGHT + 2.0);
    let entries: Vec<_> = names
        .iter()
        .zip(STROKES)
        .map(|(name, stroke)| line_entry(stroke, &format!("{name} patterns")))
        .collect();
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, "Accuracy after each epoch")
}
