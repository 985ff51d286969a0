//! Crystal systems that were found in a set of patterns, and the certainty of each answer.

use xrd_core::CrystalSystem;

use super::legend::{self, Entry, Symbol};
use super::palette::{BLACK, BLUE, GREY, PALE_GREY, VERMILLION, WHITE};
use super::panel::{Panel, Quantity, TICK_SIZE, X_AXIS_HEIGHT};
use super::svg::{Anchor, Frame, Stroke, Svg, WIDTH};
use super::text::{Text, shortened};

/// Height of a row, and share of it that its bar fills.
const ROW: f64 = 10.0;
const BAR: f64 = 0.7;
const SYMBOL_SIZE: f64 = 5.4;

/// Space for the names of patterns, and largest number of patterns with a row each.
const NAMES: f64 = 100.0;
const MOST_ROWS: usize = 60;

const THRESHOLD: Stroke = Stroke::solid(VERMILLION, 0.6).dashed("2 1");

/// Answer about the space group of one pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundGroup {
    /// Name of the pattern.
    pub pattern: String,
    /// Likeliest crystal system.
    pub crystal_system: CrystalSystem,
    /// Symbol of the likeliest group.
    pub symbol: String,
    /// Probability of this group, 0 to 1.
    pub certainty: f64,
    /// Whether the answer is refused.
    pub is_refused: bool,
}

/// Draws how many patterns have each crystal system, and, for 60 patterns or fewer, the certainty of each answer.
/// Returns the text of an SVG file.
///
/// `threshold` is the certainty below which answers are refused.
pub fn found_groups(found: &[FoundGroup], threshold: f64) -> String {
    let mut svg = Svg::default();
    let mut bottom = draw_systems(&mut svg, found);
    if found.len() <= MOST_ROWS && !found.is_empty() {
        bottom = draw_certainty(&mut svg, bottom + 6.0, (found, threshold));
    }
    let dot = |fill, rim, text: &str| Entry {
        symbol: Symbol::Dot { fill, rim },
        text: Text::plain(text),
    };
    let mut entries = vec![
        dot(BLUE, BLUE, "answered"),
        dot(PALE_GREY, GREY, "not certain enough"),
    ];
    if found.len() <= MOST_ROWS {
        entries.push(Entry {
            symbol: Symbol::Line(THRESHOLD),
            text: Text::plain("threshold"),
        });
    }
    let height = bottom + legend::draw(&mut svg, bottom, &entries);
    svg.finish(
        height + 2.0,
        "Crystal systems and space groups that were found",
    )
}

/// Bars of the numbers of patterns. Returns the lower end.
fn draw_systems(svg: &mut Svg, found: &[FoundGroup]) -> f64 {
    let count = |system, is_refused| {
        let of = |f: &&FoundGroup| f.crystal_system == system && f.is_refused == is_refused;
        found.iter().filter(of).count() as f64
    };
    let systems = CrystalSystem::ALL;
    let rows = systems.map(|s| [count(s, false), count(s, true)]);
    let most = rows.iter().map(|r| r[0] + r[1]).fold(1.0, f64::max);
    let panel = panel(6.0, systems.len(), 1.05 * most);
    for (k, (system, [answered, refused])) in systems.iter().zip(rows).enumerate() {
        name(svg, &panel, k, &Text::plain(system.name()));
        bar(svg, &panel, k, (0.0, answered, BLUE));
        bar(svg, &panel, k, (answered, answered + refused, PALE_GREY));
    }
    axes(svg, &panel, "Patterns")
}

/// Bars of the certainties. Returns the lower end.
fn draw_certainty(svg: &mut Svg, top: f64, (found, threshold): (&[FoundGroup], f64)) -> f64 {
    let panel = panel(top, found.len(), 1.0);
    for (k, one) in found.iter().enumerate() {
        let pattern = shortened(&one.pattern, NAMES - 10.0, TICK_SIZE);
        name(svg, &panel, k, &Text::plain(&pattern));
        let color = if one.is_refused { PALE_GREY } else { BLUE };
        bar(svg, &panel, k, (0.0, one.certainty.clamp(0.0, 1.0), color));
        let at = (panel.frame().left + 2.0, baseline(&panel, k));
        let symbol = Text::plain(&one.symbol);
        // A white symbol needs a bar behind it.
        let room = panel.x.at(one.certainty) - at.0;
        let is_white = !one.is_refused && room > symbol.width(SYMBOL_SIZE);
        let symbol = symbol.in_color(if is_white { WHITE } else { BLACK });
        svg.text(at, Anchor::Start, SYMBOL_SIZE, &symbol);
    }
    let Frame { top, bottom, .. } = panel.frame();
    let x = panel.x.at(threshold.clamp(0.0, 1.0));
    svg.line((x, top), (x, bottom), &THRESHOLD);
    axes(svg, &panel, "Probability of the likeliest space group")
}

fn panel(top: f64, rows: usize, most: f64) -> Panel {
    let frame = Frame {
        left: NAMES,
        right: WIDTH - 12.0,
        top,
        bottom: top + ROW * rows as f64,
    };
    Panel::new(frame, Some((0.0, most)), Some((0.0, rows as f64)))
}

fn baseline(panel: &Panel, row: usize) -> f64 {
    panel.frame().top + ROW * (row as f64 + 0.5) + 0.36 * TICK_SIZE
}

fn name(svg: &mut Svg, panel: &Panel, row: usize, text: &Text) {
    let at = (panel.frame().left - 4.0, baseline(panel, row));
    svg.text(at, Anchor::End, TICK_SIZE, text);
}

fn bar(svg: &mut Svg, panel: &Panel, row: usize, (from, to, color): (f64, f64, &str)) {
    if to > from {
        let middle = panel.frame().top + ROW * (row as f64 + 0.5);
        let frame = Frame {
            left: panel.x.at(from),
            right: panel.x.at(to),
            top: middle - BAR * ROW / 2.0,
            bottom: middle + BAR * ROW / 2.0,
        };
        svg.rectangle(&frame, color);
    }
}

/// Draws frame and axis. Returns the lower end of the text.
fn axes(svg: &mut Svg, panel: &Panel, text: &str) -> f64 {
    panel.draw_box(svg);
    panel.draw_x_axis(svg, 6, Some(&Quantity::new(Text::plain(text), "")));
    panel.frame().bottom + X_AXIS_HEIGHT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    fn found(count: usize) -> Vec<FoundGroup> {
        let one = |i: usize| FoundGroup {
            pattern: format!("scans/<{i}>.xy"),
            crystal_system: CrystalSystem::ALL[i % 7],
            symbol: "P2_1/c".to_owned(),
            certainty: (i % 11) as f64 / 10.0,
            is_refused: i % 11 < 5,
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn each_of_a_few_patterns_has_a_row_and_many_have_none() {
        let few = found_groups(&found(9), 0.5);
        assert_sound(&few);
        assert!(few.contains("scans/&lt;3&gt;.xy") && few.contains("P2_1/c"));
        let many = found_groups(&found(500), 0.5);
        assert_sound(&many);
        assert!(!many.contains("scans/") && many.contains("monoclinic"));
        assert_sound(&found_groups(&[], f64::NAN));
    }
}
