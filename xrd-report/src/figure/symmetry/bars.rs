//! Accuracies of classes of patterns as horizontal bars.

use xrd_study::symmetry::SymmetryReport;

use super::{dot_entry, rectangle, share, title};
use crate::figure::legend;
use crate::figure::palette::{BLUE, SKY_BLUE};
use crate::figure::panel::{Panel, Quantity, TICK_SIZE, X_AXIS_HEIGHT};
use crate::figure::svg::{Anchor, Frame, Svg, WIDTH};
use crate::figure::text::Text;

/// Height of the bars of a class, and of the room for them.
const ROW: f64 = 15.0;
const BAR: f64 = 0.36;

/// Class of patterns with its accuracies.
struct Row {
    name: String,
    patterns: usize,
    crystal_system: f64,
    space_group: f64,
}

pub(super) fn crystal_systems(report: &SymmetryReport) -> String {
    let row = |r: &xrd_study::symmetry::SystemRow| Row {
        name: r.crystal_system.clone(),
        patterns: r.patterns,
        crystal_system: share(r.right_crystal_system, r.patterns),
        space_group: share(r.right_space_group, r.patterns),
    };
    let rows: Vec<Row> = report.crystal_systems.iter().map(row).collect();
    draw(&rows, &title("Accuracy of the crystal systems", report))
}

pub(super) fn similarity(report: &SymmetryReport) -> String {
    let row = |r: &xrd_study::symmetry::SimilarityRow| Row {
        name: format!("similarity {} to {}", r.from, r.to),
        patterns: r.patterns,
        crystal_system: r.crystal_system,
        space_group: r.space_group,
    };
    let rows: Vec<Row> = report.similarity.iter().map(row).collect();
    draw(&rows, &title("Accuracy by similarity", report))
}

fn draw(rows: &[Row], title: &str) -> String {
    let named = |row: &Row| Text::plain(&format!("{} ({})", row.name, row.patterns));
    let names = rows.iter().map(|row| named(row).width(TICK_SIZE));
    let left = names.fold(30.0, f64::max) + 8.0;
    let frame = Frame {
        left,
        right: WIDTH - 12.0,
        top: 6.0,
        bottom: 6.0 + ROW * rows.len().max(1) as f64,
    };
    let count = rows.len().max(1) as f64;
    let panel = Panel::new(frame, Some((0.0, 1.0)), Some((0.0, count)));
    let mut svg = Svg::default();
    for (k, row) in rows.iter().enumerate() {
        let middle = count - k as f64 - 0.5;
        for (from, value, color) in [
            (middle, row.crystal_system, SKY_BLUE),
            (middle - BAR, row.space_group, BLUE),
        ] {
            if row.patterns > 0 && value > 0.0 {
                let bar = rectangle(&panel, (0.0, from), (value, from + BAR));
                svg.rectangle(&bar, color);
            }
        }
        let at = (left - 4.0, panel.at(0.0, middle).1 + 0.36 * TICK_SIZE);
        svg.text(at, Anchor::End, TICK_SIZE, &named(row));
    }
    panel.draw_box(&mut svg);
    let accuracy = Quantity::new(Text::plain("Accuracy"), "");
    panel.draw_x_axis(&mut svg, 6, Some(&accuracy));
    let top = frame.bottom + X_AXIS_HEIGHT;
    let entries = [
        dot_entry(SKY_BLUE, "crystal system"),
        dot_entry(BLUE, "space group"),
        legend::Entry::note("in brackets: number of patterns"),
    ];
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, title)
}
