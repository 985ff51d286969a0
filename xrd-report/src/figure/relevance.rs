//! Relevance of the angles of a pattern.

use xrd_core::TwoThetaGrid;

use super::axis::{Extent, extent, padded};
use super::curve;
use super::legend::{self, Entry, Symbol};
use super::marker::circle;
use super::palette::{BLACK, GREY, PALE_GREY, VERMILLION, WHITE};
use super::panel::{LABEL_SIZE, Panel, Quantity, X_AXIS_HEIGHT};
use super::pattern::{intensity_range, pattern_path, points_between, strongest_tenth, whole_axis};
use super::svg::{Anchor, Frame, Stroke, Svg};
use super::text::{Text, formula, shortened};

const LEFT: f64 = 34.0;
const RIGHT: f64 = 207.0;
const PATTERN: Stroke = Stroke::solid(BLACK, 0.5);
const DEV: Stroke = Stroke::solid(VERMILLION, 0.5);
const CIRCLE: Stroke = Stroke::solid(VERMILLION, 0.45);
const SHAFT: Stroke = Stroke::solid(GREY, 0.4).dashed("1.2 1");
/// Height above the curves for letters and the bends of their arrows.
const HEADROOM: f64 = 14.0;

/// Width of a column in points. Only the largest value of each column is drawn.
const CIRCLE_COLUMN: f64 = 1.2;
const CIRCLE_RADIUS: f64 = 1.0;

/// Draws a pattern and the relevance Dev(2θ) of its angles, and marks peaks with letters.
///
/// Dev(2θ) is the distance by which the latent point of the pattern moves if the intensities in a
/// narrow window are set to zero. The window starts at 2θ.
///
/// The upper panel shows the whole pattern, and the middle panel shows Dev. The lowest panel
/// magnifies both curves in one tenth of the 2θ axis: the tenth with the largest sum of
/// intensities. If marked peaks lie near this range, the range is extended to include these peaks.
///
/// Each entry of the slice `dev` is an angle 2θ in degrees and the value of Dev in units of the
/// latent plane. These entries are in the order of 2θ. Each entry of the slice `marked` is the
/// angle 2θ of a peak in degrees and the text of this peak in the legend. Cost: O(grid points +
/// entries).
///
/// # Shapes
/// The slice `intensity` has one value per grid point, in any unit. The slices `dev` and `marked`
/// may have any length.
///
/// ```
/// use xrd_core::TwoThetaGrid;
///
/// let grid = TwoThetaGrid::new(20.0, 0.1, 5)?;
/// let dev = [(20.1, 0.02), (20.2, 0.01)];
/// let marked = [(20.2, "(110), ratio 0.1".to_owned())];
///
/// let svg = xrd_report::relevance(&grid, &[0.0, 1.0, 5.0, 1.0, 0.0], &dev, &marked);
/// assert!(svg.contains("20.20°") && svg.contains("(110), ratio 0.1"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn relevance(
    grid: &TwoThetaGrid,
    intensity: &[f32],
    dev: &[(f64, f64)],
    marked: &[(f64, String)],
) -> String {
    let figure = Figure {
        grid,
        intensity,
        dev,
        marked,
    };
    figure.draw()
}

struct Figure<'a> {
    grid: &'a TwoThetaGrid,
    intensity: &'a [f32],
    dev: &'a [(f64, f64)],
    marked: &'a [(f64, String)],
}

impl Figure<'_> {
    fn draw(&self) -> String {
        let mut svg = Svg::default();
        let whole = whole_axis(self.grid);
        let zoom = self.zoom();
        let upper = self.intensity_panel((6.0, 78.0), whole);
        shade(&mut svg, &upper, zoom);
        self.draw_pattern(&mut svg, &upper, whole);
        upper.draw_box(&mut svg);
        upper.draw_x_axis(&mut svg, 6, None);
        upper.draw_y_axis(&mut svg, 5, &Quantity::intensity());
        let lower = self.dev_panel((85.0, 131.0), whole, 0.0);
        shade(&mut svg, &lower, zoom);
        self.draw_dev_line(&mut svg, &lower);
        lower.draw_box(&mut svg);
        lower.draw_x_axis(&mut svg, 6, Some(&Quantity::two_theta()));
        lower.draw_y_axis(&mut svg, 4, &dev_quantity());
        self.draw_zoom(&mut svg, (158.0, 243.0), zoom);
        let top = 243.0 + X_AXIS_HEIGHT;
        let height = top + legend::draw(&mut svg, top, &self.entries());
        svg.finish(height + 2.0, "Relevance of each angle")
    }

    fn draw_zoom(&self, svg: &mut Svg, page: (f64, f64), zoom: (f64, f64)) {
        let intensity = self.intensity_panel(page, zoom);
        let dev = self.dev_panel(page, zoom, self.headroom());
        self.draw_pattern(svg, &intensity, zoom);
        self.draw_dev_circles(svg, &dev);
        intensity.draw_box(svg);
        intensity.draw_x_axis(svg, 6, Some(&Quantity::two_theta()));
        intensity.draw_y_axis(svg, 5, &Quantity::intensity());
        dev.draw_right_axis(svg, 5, &dev_quantity());
    }

    fn intensity_panel(&self, page: (f64, f64), axis: (f64, f64)) -> Panel {
        let points = points_between(self.grid, axis);
        let end = points.end.min(self.intensity.len());
        let shown = &self.intensity[points.start.min(end)..end];
        let range = intensity_range(shown.iter().map(|&v| f64::from(v)));
        Panel::new(
            frame(page),
            Some(axis),
            with_headroom(range, page, self.headroom()),
        )
    }

    fn dev_panel(&self, page: (f64, f64), axis: (f64, f64), headroom: f64) -> Panel {
        let shown = self.dev.iter().filter(|d| (axis.0..=axis.1).contains(&d.0));
        let range = intensity_range(shown.map(|d| d.1));
        Panel::new(
            frame(page),
            Some(axis),
            with_headroom(range, page, headroom),
        )
    }

    /// Returns the height above the curves for the letters of marked peaks, if there are any.
    fn headroom(&self) -> f64 {
        if self.marked.is_empty() {
            0.0
        } else {
            HEADROOM
        }
    }

    /// Returns the strongest tenth of the axis, extended to marked peaks near it, but to less than a fifth
    /// of the axis.
    fn zoom(&self) -> (f64, f64) {
        let strongest = strongest_tenth(self.grid, self.intensity);
        let widest = 0.2 * (self.grid.step() * self.grid.len() as f64);
        let margin = 0.1 * (strongest.1 - strongest.0);
        self.marked.iter().fold(strongest, |zoom, (angle, _)| {
            let wider = (zoom.0.min(angle - margin), zoom.1.max(angle + margin));
            if wider.1 - wider.0 <= widest {
                wider
            } else {
                zoom
            }
        })
    }

    fn draw_pattern(&self, svg: &mut Svg, panel: &Panel, axis: (f64, f64)) {
        let points = points_between(self.grid, axis);
        svg.path(
            &pattern_path(panel, self.grid, self.intensity, points),
            &PATTERN,
        );
        self.draw_marks(svg, panel);
    }

    fn draw_dev_line(&self, svg: &mut Svg, panel: &Panel) {
        let shown = self.dev.iter().filter(|d| panel.x.contains(d.0));
        svg.path(&curve::path(shown.map(|d| panel.at(d.0, d.1))), &DEV);
    }

    /// Draws one open circle per column, at its largest Dev.
    fn draw_dev_circles(&self, svg: &mut Svg, panel: &Panel) {
        let shown = self
            .dev
            .iter()
            .filter(|d| panel.x.contains(d.0) && d.1.is_finite());
        let places: Vec<_> = shown.map(|d| panel.at(d.0, d.1)).collect();
        for (x, y) in highest(&places) {
            svg.shape(&circle((x, y), CIRCLE_RADIUS), WHITE, &CIRCLE);
        }
    }

    /// Draws a letter for each marked peak at the top of the panel, with an arrow to the peak.
    fn draw_marks(&self, svg: &mut Svg, panel: &Panel) {
        let marked = self.marked.iter().map(|mark| mark.0).enumerate();
        let mut shown: Vec<(usize, f64)> = marked.filter(|m| panel.x.contains(m.1)).collect();
        shown.sort_by(|a, b| a.1.total_cmp(&b.1));
        let top = panel.frame().top + LABEL_SIZE;
        let mut free = panel.frame().left;
        for (k, angle) in shown {
            let x = panel.x.at(angle);
            // Letters of neighbouring peaks are moved apart, and their arrows are bent.
            let aside = x.min(panel.frame().right - 3.5).max(free + 3.5);
            free = aside + 3.5;
            let tip = panel.y.at(self.height_near(angle)) - 1.2;
            draw_arrow(svg, &[(aside, top + 1.2), (x, top + 4.2), (x, tip)]);
            svg.text(
                (aside, top),
                Anchor::Middle,
                LABEL_SIZE,
                &Text::bold(&letter(k)),
            );
        }
    }

    /// Returns the largest intensity within 0.1° of an angle, which is the top of the peak.
    fn height_near(&self, angle: f64) -> f64 {
        let points = points_between(self.grid, (angle - 0.1, angle + 0.1));
        let end = points.end.min(self.intensity.len());
        let shown = &self.intensity[points.start.min(end)..end];
        extent(shown.iter().map(|&v| f64::from(v))).map_or(0.0, |range| range.1)
    }

    fn entries(&self) -> Vec<Entry> {
        let entry = |symbol, text| Entry { symbol, text };
        let mut entries = vec![
            entry(Symbol::Line(PATTERN), Text::plain("pattern")),
            entry(
                Symbol::Circle(CIRCLE),
                Text::plain("Dev").and(of_two_theta()),
            ),
        ];
        entries.push(Entry::note("lowest panel: the shaded range"));
        if !self.marked.is_empty() {
            let ratio = "ratio: Dev over intensity, as shares of the largest";
            entries.push(Entry::note(ratio));
        }
        for (k, (angle, text)) in self.marked.iter().enumerate() {
            if !angle.is_finite() {
                continue;
            }
            let name = Text::bold(&letter(k)).and(Text::plain(&format!("  {angle:.2}°  ")));
            entries.push(entry(
                Symbol::None,
                name.and(formula(&shortened(text, 170.0, legend::SIZE))),
            ));
        }
        entries
    }
}

/// Returns the highest point of each column of the page, with y downwards.
fn highest(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let column = |p: &(f64, f64)| (p.0 / CIRCLE_COLUMN).floor();
    places
        .chunk_by(|a, b| column(a) == column(b))
        .filter_map(|run| run.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)))
        .collect()
}

/// Extends a range of data by `headroom` points above, in a panel from `top` to `bottom`.
fn with_headroom(range: Extent, (top, bottom): (f64, f64), headroom: f64) -> Extent {
    range.map(|range| padded(range, 0.0, headroom / (bottom - top - headroom)))
}

fn shade(svg: &mut Svg, panel: &Panel, (from, to): (f64, f64)) {
    let band = Frame {
        left: panel.x.at(from.max(panel.x.low())),
        right: panel.x.at(to.min(panel.x.high())),
        ..panel.frame()
    };
    svg.rectangle(&band, PALE_GREY);
}

/// Returns a line with an arrow head at its last point, which lies below the previous one.
fn draw_arrow(svg: &mut Svg, places: &[(f64, f64); 3]) {
    let (x, tip) = places[2];
    let head = [(x - 1.0, tip - 2.0), (x, tip), (x + 1.0, tip - 2.0)];
    svg.path(&curve::unthinned_path(places), &SHAFT);
    svg.path(&curve::unthinned_path(&head), &PATTERN);
}

/// Returns the letter of a marked peak: a, b, … z, then numbers.
fn letter(k: usize) -> String {
    match u8::try_from(k) {
        Ok(k @ 0..=25) => char::from(b'a' + k).to_string(),
        _ => (k + 1).to_string(),
    }
}

fn of_two_theta() -> Text {
    Text::plain("(")
        .and(Text::two_theta())
        .and(Text::plain(")"))
}

fn dev_quantity() -> Quantity {
    Quantity::new(Text::plain("Dev"), "")
}

fn frame((top, bottom): (f64, f64)) -> Frame {
    Frame {
        left: LEFT,
        right: RIGHT,
        top,
        bottom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    #[test]
    fn circles_keep_the_greatest_of_each_column() {
        let place = |k: usize| (0.01 * k as f64, ((k * 7919) % 1013) as f64);
        let places: Vec<_> = (0..10_000).map(place).collect();
        let kept = highest(&places);
        assert!(kept.len() <= 85);
        let top = |p: &[(f64, f64)]| p.iter().fold(f64::MAX, |m, q| m.min(q.1));
        assert_eq!(top(&kept), top(&places));
        for run in places.chunk_by(|a, b| (a.0 / 1.2).floor() == (b.0 / 1.2).floor()) {
            assert!(kept.iter().any(|k| run.contains(k) && k.1 == top(run)));
        }
    }

    #[test]
    fn marked_peaks_have_letters_and_a_key() {
        let grid = TwoThetaGrid::new(1.0, 0.01, 11_900).unwrap();
        let mut intensity = vec![0.0_f32; 11_900];
        intensity[1100] = 1.0;
        let dev: Vec<(f64, f64)> = grid.angles().map(|a| (a, 1e-4 * a)).collect();
        let marked = [
            (12.0, "(002) & <>".to_owned()),
            (12.05, "SmFe12".to_owned()),
        ];
        let file = relevance(&grid, &intensity, &dev, &marked);
        assert_sound(&file);
        assert!(file.contains("12.05°") && file.contains("(002) &amp; &lt;&gt;"));
        assert!(file.len() < 300_000, "{}", file.len());
        assert_eq!(file, relevance(&grid, &intensity, &dev, &marked));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let marked: Vec<(f64, String)> = [f64::NAN, 0.0, 1.0, 1.0, 500.0]
            .map(|a| (a, String::new()))
            .to_vec();
        let dev = [
            (1.0, 0.0),
            (1.1, f64::NAN),
            (f64::NAN, 1.0),
            (1.2, f64::INFINITY),
        ];
        for len in [1, 2, 50] {
            let grid = TwoThetaGrid::new(1.0, 0.1, len).unwrap();
            for intensity in [&[][..], &[0.0; 50], &[2.0; 50], &[f32::NAN, -1.0]] {
                assert_sound(&relevance(&grid, intensity, &[], &[]));
                assert_sound(&relevance(&grid, intensity, &dev, &marked));
            }
        }
    }

    #[test]
    fn the_magnified_range_takes_in_marked_peaks_near_it() {
        let grid = TwoThetaGrid::new(0.0, 0.1, 1000).unwrap();
        let mut intensity = vec![0.0; 1000];
        intensity[100..150].fill(1.0);
        let zoom = |angles: &[f64]| {
            let marked: Vec<_> = angles.iter().map(|&a| (a, String::new())).collect();
            let figure = Figure {
                grid: &grid,
                intensity: &intensity,
                dev: &[],
                marked: &marked,
            };
            figure.zoom()
        };
        let bare = zoom(&[]);
        assert_eq!(zoom(&[90.0, f64::NAN]), bare);
        let wide = zoom(&[4.0]);
        assert!(bare.0 > 4.0 && wide.0 < 4.0 && wide.1 == bare.1);
    }

    #[test]
    fn letters_go_on_as_numbers() {
        assert_eq!([0, 25, 26, 300].map(letter), ["a", "z", "27", "301"]);
    }
}
