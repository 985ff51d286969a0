//! Points whose colour shows a number, with a bar of the colours.

use super::super::axis::{Extent, extent};
use super::super::palette::sequential;
use super::super::panel::{LABEL_SIZE, Panel, Quantity};
use super::super::png::{self, TOP};
use super::super::svg::{Frame, Svg};
use super::super::text::{formula, shortened};

/// Colours of numbers, from the smallest to the largest.
pub(super) struct Colours {
    range: Extent,
}

impl Colours {
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        Self {
            range: extent(values),
        }
    }

    /// Returns the colour of a number in SVG notation.
    pub(super) fn color(&self, value: f64) -> String {
        let fraction = match self.range {
            Some((low, high)) if high > low => (value - low) / (high - low),
            _ => 0.5,
        };
        let [r, g, b] = sequential(fraction);
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Draws a bar of the colours at the right of a panel, with the numbers and their name.
    pub(super) fn draw_bar(&self, svg: &mut Svg, frame: Frame, name: &str) {
        let panel = Panel::new(frame, Some((0.0, 1.0)), self.range);
        let colors: Vec<u8> = (0..=TOP).rev().collect();
        svg.image(&frame, &png::data_uri(&colors, 1));
        panel.draw_box(svg);
        let name = shortened(name, frame.bottom - frame.top, LABEL_SIZE);
        panel.draw_right_axis(svg, 5, &Quantity::new(formula(&name), ""));
    }
}
