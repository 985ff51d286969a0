//! Accuracy of each space group against its abundance.

use xrd_study::symmetry::{SpaceGroupRow, SymmetryReport};
use xrd_study::xrd_symmetry::CrystalSystem;

use super::{dot_entry, draw_axes, share, title, wide};
use crate::figure::legend::{self, Entry};
use crate::figure::marker::circle;
use crate::figure::palette::{CATEGORIES, WHITE};
use crate::figure::panel::{Panel, X_AXIS_HEIGHT};
use crate::figure::svg::{Stroke, Svg};

/// Radii of the circles of the most abundant group and of the smallest ones, in points.
const LARGEST: f64 = 8.0;
const SMALLEST: f64 = 0.9;

pub(super) fn draw(report: &SymmetryReport) -> String {
    let frame = wide(6.0, 118.0);
    let panel = Panel::new(frame, Some((-8.0, 238.0)), Some((-0.08, 1.1)));
    let mut rows: Vec<&SpaceGroupRow> = report.space_groups.iter().collect();
    // Small circles are drawn last, so that none is hidden.
    rows.sort_by_key(|row| std::cmp::Reverse(abundance(row)));
    let most = rows.first().map_or(1, |row| abundance(row).max(1));
    let mut svg = Svg::default();
    for row in rows {
        let radius = LARGEST * share(abundance(row), most).sqrt();
        let at = panel.at(f64::from(row.number), share(row.right, row.patterns));
        let d = circle(at, radius.max(SMALLEST));
        let color = color(&row.crystal_system);
        svg.area(&d, color, 0.45);
        svg.path(&d, &Stroke::solid(WHITE, 0.8));
        svg.path(&d, &Stroke::solid(color, 0.4));
    }
    draw_axes(&mut svg, &panel, "Number of the space group", "Accuracy");
    let top = frame.bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries(report));
    svg.finish(height + 2.0, &title("Accuracy of the space groups", report))
}

/// Number of training structures or, if it is not known, of patterns of the set.
fn abundance(row: &SpaceGroupRow) -> usize {
    row.training_structures.unwrap_or(row.patterns)
}

fn color(system: &str) -> &'static str {
    let place = CrystalSystem::ALL.iter().position(|s| s.name() == system);
    CATEGORIES[place.unwrap_or(0) % CATEGORIES.len()]
}

fn entries(report: &SymmetryReport) -> Vec<Entry> {
    let is_known = report
        .space_groups
        .iter()
        .any(|r| r.training_structures.is_some());
    let area = match is_known {
        true => "area of a circle: number of training structures",
        false => "area of a circle: number of patterns",
    };
    let systems = CrystalSystem::ALL
        .iter()
        .map(|s| dot_entry(color(s.name()), s.name()));
    systems.chain([Entry::note(area)]).collect()
}
