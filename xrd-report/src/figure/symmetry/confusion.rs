//! Matrix of true and answered space groups.

use std::collections::BTreeMap;

use xrd_study::symmetry::SymmetryReport;

use super::{share, title};
use crate::figure::axis::Scale;
use crate::figure::palette::GREY;
use crate::figure::panel::{Panel, Quantity, TICK_SIZE, X_AXIS_HEIGHT};
use crate::figure::png::{self, TOP, UNKNOWN};
use crate::figure::svg::{Anchor, Frame, Stroke, Svg, WIDTH};
use crate::figure::text::Text;

const GROUPS: usize = 230;
/// Last group of each crystal system but the cubic one.
const LAST: [f64; 6] = [2.0, 15.0, 74.0, 142.0, 167.0, 194.0];
const BORDER: Stroke = Stroke::solid(GREY, 0.25);
const MATRIX: Frame = Frame {
    left: 40.0,
    right: 228.0,
    top: 6.0,
    bottom: 194.0,
};
/// Height of the colour bar, and its distance from the axis.
const BAR: f64 = 6.0;
const BAR_GAP: f64 = 6.0;

pub(super) fn draw(report: &SymmetryReport) -> String {
    let range = Some((0.5, GROUPS as f64 + 0.5));
    let panel = Panel::new(MATRIX, range, range);
    let mut svg = Svg::default();
    svg.image(&MATRIX, &png::data_uri(&pixels(report), GROUPS));
    for last in LAST {
        let (x, y) = panel.at(last + 0.5, last + 0.5);
        svg.line((x, MATRIX.top), (x, MATRIX.bottom), &BORDER);
        svg.line((MATRIX.left, y), (MATRIX.right, y), &BORDER);
    }
    panel.draw_box(&mut svg);
    let quantity = |text| Quantity::new(Text::plain(text), "");
    panel.draw_x_axis(&mut svg, 6, Some(&quantity("Answered space group")));
    panel.draw_y_axis(&mut svg, 6, &quantity("True space group"));
    let bottom = draw_bar(&mut svg, MATRIX.bottom + X_AXIS_HEIGHT + BAR_GAP);
    svg.finish(
        bottom + 2.0,
        &title("True and answered space groups", report),
    )
}

/// Palette indices row by row from the top, which is the group 230. Dark cells are large shares. Empty cells are
/// light.
fn pixels(report: &SymmetryReport) -> Vec<u8> {
    let mut patterns = BTreeMap::new();
    for entry in &report.confusion {
        *patterns.entry(entry.truth).or_insert(0) += entry.patterns;
    }
    let mut pixels = vec![UNKNOWN; GROUPS * GROUPS];
    for entry in &report.confusion {
        let (row, column) = (usize::from(entry.truth), usize::from(entry.answer));
        if !(1..=GROUPS).contains(&row) || !(1..=GROUPS).contains(&column) {
            continue;
        }
        let share = share(entry.patterns, patterns[&entry.truth]);
        let index = f64::from(TOP) * (1.0 - share.clamp(0.0, 1.0));
        pixels[(GROUPS - row) * GROUPS + column - 1] = index.round() as u8;
    }
    pixels
}

/// Draws the colours of the shares, and returns the lower end.
fn draw_bar(svg: &mut Svg, top: f64) -> f64 {
    let frame = Frame {
        left: 0.5 * WIDTH,
        right: MATRIX.right,
        top,
        bottom: top + BAR,
    };
    let colors: Vec<u8> = (0..=TOP).rev().collect();
    svg.image(&frame, &png::data_uri(&colors, colors.len()));
    let scale = Scale::linear(Some((0.0, 1.0)), (frame.left, frame.right));
    let below = frame.bottom + TICK_SIZE + 1.5;
    for value in [0.0, 0.5, 1.0] {
        let text = Text::plain(&value.to_string());
        svg.text((scale.at(value), below), Anchor::Middle, TICK_SIZE, &text);
    }
    let text = Text::plain("share of the patterns of a group");
    let left = (frame.left - 5.0, frame.bottom - 0.5);
    svg.text(left, Anchor::End, TICK_SIZE, &text);
    below
}
