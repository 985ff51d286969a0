//! Legend below the panels.

use super::marker::{Marker, circle};
use super::palette::WHITE;
use super::png;
use super::svg::{Anchor, Frame, Stroke, Svg, WIDTH};
use super::text::Text;
use xrd_study::composition::rounded;

/// Symbol of an entry before its text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Symbol {
    Marker(Marker),
    Line(Stroke),
    Circle(Stroke),
    Dot {
        fill: &'static str,
        rim: &'static str,
    },
    /// Colours of values from `low` to `high`, after the text, in a row of their own.
    Bar {
        low: f64,
        high: f64,
    },
    /// Short upright line, as those of reference structures.
    Tick(&'static str),
    /// No symbol: the entry is a note in a row of its own.
    None,
}

/// One symbol and its meaning.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) symbol: Symbol,
    pub(crate) text: Text,
}

/// Size of the text, in points.
pub(crate) const SIZE: f64 = 7.0;
const ROW: f64 = 9.5;
const MARGIN: f64 = 8.0;
/// Length of a colour bar, and the space before and after its numbers.
const BAR: f64 = 70.0;
const SPACE: f64 = 3.0;

impl Entry {
    /// Returns a note on the whole figure.
    pub(crate) fn note(text: &str) -> Self {
        Self {
            symbol: Symbol::None,
            text: Text::plain(text),
        }
    }
}

/// Draws the legend from `top` downwards and returns its height.
///
/// Entries fill as many columns as fit, column by column. Entries wider than half the page and notes
/// follow below, one per row.
pub(crate) fn draw(svg: &mut Svg, top: f64, entries: &[Entry]) -> f64 {
    let room = WIDTH - 2.0 * MARGIN;
    let has_own_row =
        |e: &&Entry| matches!(e.symbol, Symbol::None | Symbol::Bar { .. }) || width(e) > room / 2.0;
    let (long, short): (Vec<_>, Vec<_>) = entries.iter().partition(has_own_row);
    let column = short.iter().map(|e| width(e)).fold(1.0, f64::max);
    let columns = ((room / column) as usize).clamp(1, short.len().max(1));
    let rows = short.len().div_ceil(columns);
    let spread = (room / columns as f64).min(column + 20.0);
    let left = (WIDTH - spread * columns as f64) / 2.0;
    for (k, entry) in short.iter().enumerate() {
        let at = (
            left + spread * (k / rows) as f64,
            top + ROW * ((k % rows) as f64 + 0.7),
        );
        draw_entry(svg, at, entry);
    }
    let longest = long.iter().map(|e| width(e)).fold(0.0, f64::max);
    let left = match short.is_empty() {
        true => (WIDTH - longest) / 2.0,
        false => left.min(WIDTH - MARGIN - longest),
    };
    let left = left.max(MARGIN);
    for (k, entry) in long.iter().enumerate() {
        draw_entry(svg, (left, top + ROW * ((rows + k) as f64 + 0.7)), entry);
    }
    ROW * (rows + long.len()) as f64
}

fn width(entry: &Entry) -> f64 {
    symbol_width(&entry.symbol) + entry.text.width(SIZE) + 6.0
}

fn symbol_width(symbol: &Symbol) -> f64 {
    match symbol {
        Symbol::Marker(_) | Symbol::Circle(_) | Symbol::Dot { .. } => 8.0,
        Symbol::Line(_) => 18.0,
        Symbol::Tick(_) => 5.0,
        Symbol::Bar { low, high } => {
            4.0 * SPACE + BAR + number(*low).width(SIZE) + number(*high).width(SIZE)
        }
        Symbol::None => 0.0,
    }
}

fn number(value: f64) -> Text {
    Text::number(&rounded(value))
}

/// Draws the text, the smallest value, the colours, and the largest value.
fn draw_bar(svg: &mut Svg, (x, y): (f64, f64), text: &Text, (low, high): (f64, f64)) {
    let low = number(low);
    svg.text((x, y), Anchor::Start, SIZE, text);
    let end = x + text.width(SIZE) + 2.0 * SPACE + low.width(SIZE);
    svg.text((end, y), Anchor::End, SIZE, &low);
    let frame = Frame {
        left: end + SPACE,
        right: end + SPACE + BAR,
        top: y - 0.8 * SIZE,
        bottom: y,
    };
    let colors: Vec<u8> = (0..=png::TOP).collect();
    svg.image(&frame, &png::data_uri(&colors, colors.len()));
    svg.text((frame.right + SPACE, y), Anchor::Start, SIZE, &number(high));
}

fn draw_entry(svg: &mut Svg, (x, y): (f64, f64), entry: &Entry) {
    let middle = y - 0.35 * SIZE;
    if let Symbol::Bar { low, high } = entry.symbol {
        return draw_bar(svg, (x, y), &entry.text, (low, high));
    }
    match &entry.symbol {
        Symbol::Marker(marker) => marker.draw(svg, (x + 3.0, middle)),
        Symbol::Line(stroke) => svg.line((x, middle), (x + 14.0, middle), stroke),
        Symbol::Circle(stroke) => svg.shape(&circle((x + 3.0, middle), 1.6), WHITE, stroke),
        Symbol::Dot { fill, rim } => {
            let d = circle((x + 3.0, middle), 1.2);
            svg.shape(&d, fill, &Stroke::solid(rim, 0.5));
        }
        Symbol::Tick(color) => {
            let stroke = Stroke::solid(color, 0.9);
            svg.line((x + 1.5, y), (x + 1.5, y - 0.75 * SIZE), &stroke);
        }
        Symbol::Bar { .. } | Symbol::None => {}
    }
    let start = x + symbol_width(&entry.symbol);
    svg.text((start, y), Anchor::Start, SIZE, &entry.text);
}
