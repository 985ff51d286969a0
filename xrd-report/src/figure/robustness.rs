//! R² of estimates of disturbed patterns against the size of the disturbance.

use super::curve::unthinned_path;
use super::legend::{self, Entry, Symbol};
use super::marker::circle;
use super::palette::{BLUE, GREY, ORANGE, SKY_BLUE, VERMILLION};
use super::panel::{Panel, Quantity, TICK_SIZE, draw_title, y_axis_width};
use super::svg::{Anchor, Frame, Stroke, Svg, WIDTH};
use super::text::Text;

const TOP: f64 = 13.0;
const HEIGHT: f64 = 62.0;
/// Height of the sizes below a panel, and space between rows of panels.
const SIZES: f64 = 11.0;
const GAP: f64 = 4.0;
const COLUMNS: usize = 2;
const TICKS: usize = 5;
/// Radius of a dot, in points.
const DOT: f64 = 1.1;
/// Smallest R² on the vertical axis.
const LOWEST: f64 = 0.0;
/// Upper end of the vertical axis, so that lines at 1 are visible.
const HIGHEST: f64 = 1.05;
const TARGET: Stroke = Stroke::solid(GREY, 0.5).dashed("2 1.5");
const STROKES: [Stroke; 4] = [
    Stroke::solid(BLUE, 1.0),
    Stroke::solid(SKY_BLUE, 0.8).dashed("3 1.2"),
    Stroke::solid(VERMILLION, 0.8),
    Stroke::solid(ORANGE, 0.8).dashed("1 1.2"),
];

/// R² of several methods under one disturbance. The function [`robustness`](fn@crate::robustness)
/// draws one panel per disturbance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Disturbed {
    /// Title of the panel, as in "zero shift (°)".
    pub title: String,
    /// Sizes of the disturbance as text, from the weakest to the strongest. Long texts overlap.
    pub sizes: Vec<String>,
    /// R² of each method, one list per method with one value per size. `None` where R² is not
    /// defined.
    pub r2: Vec<Vec<Option<f64>>>,
}

impl Disturbed {
    /// Returns a panel.
    pub fn new(title: impl Into<String>, sizes: Vec<String>, r2: Vec<Vec<Option<f64>>>) -> Self {
        Self {
            title: title.into(),
            sizes,
            r2,
        }
    }
}

/// Plots R² of the estimates of disturbed patterns against the size of the disturbance. The figure
/// has one panel per entry of the argument `panels`, with one line per method.
///
/// The argument `label` is the name of the label, and `methods` are the names of the methods. Four
/// methods are drawn at most. The sizes have equal distances. The vertical axes are from 0 to 1; a
/// line ends where R² falls below 0. The dashed line is the argument `target`. Cost: O(values).
///
/// ```
/// use xrd_report::{Disturbed, robustness};
///
/// let r2 = vec![vec![Some(0.99), Some(0.95)], vec![Some(0.99), Some(-0.3)]];
/// let sizes = ["0.01°", "0.02°"].map(str::to_owned).to_vec();
/// let methods = ["with effects", "without effects"];
/// let svg = robustness("Ti", &methods, &[Disturbed::new("zero shift", sizes, r2)], 0.95);
/// assert!(svg.contains("zero shift") && svg.contains("0.02°"));
/// ```
pub fn robustness(label: &str, methods: &[&str], panels: &[Disturbed], target: f64) -> String {
    let mut svg = Svg::default();
    let unit = Panel::new(
        Frame {
            left: 0.0,
            right: 1.0,
            top: 0.0,
            bottom: HEIGHT,
        },
        None,
        Some((LOWEST, HIGHEST)),
    );
    let margin = y_axis_width(&unit.y, TICKS);
    let width = (WIDTH - COLUMNS as f64 * (margin + GAP)) / COLUMNS as f64;
    let row_height = TOP + HEIGHT + SIZES + GAP;
    for (k, disturbed) in panels.iter().enumerate() {
        let left = margin + (k % COLUMNS) as f64 * (width + margin + GAP);
        let top = (k / COLUMNS) as f64 * row_height + TOP;
        let frame = Frame {
            left,
            right: left + width,
            top,
            bottom: top + HEIGHT,
        };
        let last = disturbed.sizes.len().max(1) as f64;
        let panel = Panel::new(frame, Some((0.5, last + 0.5)), Some((LOWEST, HIGHEST)));
        draw_panel(&mut svg, &panel, disturbed, (label, target));
        draw_title(
            &mut svg,
            (left - 0.8 * margin, top - 4.0),
            k,
            &disturbed.title,
        );
    }
    let top = row_height * panels.len().div_ceil(COLUMNS) as f64;
    let height = top + legend::draw(&mut svg, top, &entries(methods, target));
    svg.finish(
        height + 2.0,
        &format!("R² of {label} of disturbed patterns"),
    )
}

fn draw_panel(svg: &mut Svg, panel: &Panel, disturbed: &Disturbed, (label, target): (&str, f64)) {
    let ends = [panel.x.low(), panel.x.high()].map(|x| panel.at(x, target));
    if panel.y.contains(target) {
        svg.line(ends[0], ends[1], &TARGET);
    }
    for (r2, stroke) in disturbed.r2.iter().zip(&STROKES).rev() {
        for run in visible_runs(r2) {
            let places: Vec<(f64, f64)> = run.iter().map(|&(x, y)| panel.at(x, y)).collect();
            svg.path(&unthinned_path(&places), stroke);
        }
        let dots = points(r2).filter(|p| p.1 >= LOWEST);
        let dots: String = dots.map(|(x, y)| circle(panel.at(x, y), DOT)).collect();
        svg.shape(&dots, stroke.color, &Stroke::solid(stroke.color, 0.2));
    }
    panel.draw_box(svg);
    let bottom = panel.frame().bottom;
    for (k, size) in disturbed.sizes.iter().enumerate() {
        let (x, _) = panel.at(1.0 + k as f64, LOWEST);
        svg.text(
            (x, bottom + 8.0),
            Anchor::Middle,
            TICK_SIZE,
            &Text::plain(size),
        );
    }
    let quantity = Quantity::new(Text::plain(&format!("R² of {label}")), "");
    panel.draw_y_axis(svg, TICKS, &quantity);
}

/// Returns the number of each size, from 1, with its R². Undefined values are skipped, and R² is at
/// most 1.
fn points(r2: &[Option<f64>]) -> impl Iterator<Item = (f64, f64)> {
    let numbered = r2.iter().enumerate();
    numbered.filter_map(|(k, r2)| {
        let value = r2.filter(|v| v.is_finite())?;
        Some((1.0 + k as f64, value.clamp(-1e6, 1.0)))
    })
}

/// Returns the lines between neighbouring points, cut at the lower end of the axis.
fn visible_runs(r2: &[Option<f64>]) -> Vec<[(f64, f64); 2]> {
    let all: Vec<(f64, f64)> = points(r2).collect();
    let cut = |from: (f64, f64), to: (f64, f64)| match from.1 < LOWEST {
        true => {
            let share = (LOWEST - from.1) / (to.1 - from.1);
            (from.0 + share * (to.0 - from.0), LOWEST)
        }
        false => from,
    };
    let is_visible = |pair: &&[(f64, f64)]| pair.iter().any(|p| p.1 >= LOWEST);
    let pairs = all.windows(2).filter(is_visible);
    pairs.map(|p| [cut(p[0], p[1]), cut(p[1], p[0])]).collect()
}

fn entries(methods: &[&str], target: f64) -> Vec<Entry> {
    let line = |stroke, text: &str| Entry {
        symbol: Symbol::Line(stroke),
        text: Text::plain(text),
    };
    let own = methods
        .iter()
        .zip(STROKES)
        .map(|(name, stroke)| line(stroke, name));
    own.chain([line(TARGET, &format!("R² = {target}"))])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    fn disturbed(r2: Vec<Vec<Option<f64>>>) -> Disturbed {
        let sizes = ["1 %", "2 %", "<3>"].map(str::to_owned).to_vec();
        Disturbed::new("back<ground", sizes, r2)
    }

    #[test]
    fn lines_are_cut_where_they_leave_the_panel() {
        let r2 = [Some(1.0), Some(0.5), Some(-0.5)];
        let runs = visible_runs(&r2);
        assert_eq!(runs, [[(1.0, 1.0), (2.0, 0.5)], [(2.0, 0.5), (2.5, 0.0)]]);
        assert!(visible_runs(&[Some(-1.0), Some(-2.0)]).is_empty());
        assert_eq!(
            visible_runs(&[Some(0.5), None, Some(0.7)]),
            [[(1.0, 0.5), (3.0, 0.7)]]
        );
    }

    #[test]
    fn each_method_has_a_line_and_a_dot_per_size() {
        let two = vec![
            vec![Some(0.9), Some(0.8), Some(0.7)],
            vec![Some(0.5), None, Some(-2.0)],
        ];
        let file = robustness(
            "Ti",
            &["a", "b & c"],
            &[disturbed(two.clone()), disturbed(two)],
            0.95,
        );
        assert_sound(&file);
        assert!(file.contains("(b)") && file.contains("&lt;3&gt;") && file.contains("b &amp; c"));
        assert!(file.contains("R² of Ti") && file.contains("R² = 0.95"));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let bad = vec![vec![Some(f64::NAN), Some(f64::NEG_INFINITY), Some(1e308)]; 9];
        for panels in [vec![disturbed(bad)], vec![disturbed(Vec::new())], vec![]] {
            assert_sound(&robustness("", &["m"; 9], &panels, 2.0));
        }
    }
}
