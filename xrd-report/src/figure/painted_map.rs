//! Quantity as colours over the latent plane.

use xrd_core::{Latent2, LatentMap};

use super::axis::{Scale, extent};
use super::curve::unthinned_path;
use super::feature_space::coordinate;
use super::legend::{self, Entry, Symbol};
use super::marker::Marker;
use super::palette::{BLACK, WHITE};
use super::panel::{LABEL_SIZE, Panel, Quantity, X_AXIS_HEIGHT};
use super::png::{self, TOP, UNKNOWN};
use super::samples::Samples;
use super::svg::{Frame, Stroke, Svg};
use super::text::{Text, formula, shortened};

const MAP: Frame = Frame {
    left: 36.0,
    right: 196.0,
    top: 6.0,
    bottom: 148.0,
};
const BAR: Frame = Frame {
    left: 202.0,
    right: 209.0,
    ..MAP
};
const CONTOUR: Stroke = Stroke::solid(BLACK, 0.8);
const CONTOUR_RIM: Stroke = Stroke::solid(WHITE, 1.8);

/// Largest number of pixels of the embedded picture, which keeps the file below 300 kB.
const MOST_PIXELS: usize = 160_000;

/// Map of a quantity over the latent plane, with points and lines to draw on it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Painted<'a> {
    /// Values of the quantity at the nodes of a grid on the latent plane. The values are drawn as
    /// colours. Nodes without a value are light grey.
    pub map: &'a LatentMap,
    /// Name and unit of the quantity, as in "Ti per formula unit".
    pub label: &'a str,
    /// Points to draw on the map, usually the points of patterns. Points outside the map are
    /// skipped.
    pub points: &'a [Latent2],
    /// Categories of the points, or their values of the quantity of the map, which are drawn in the
    /// colours of the map.
    pub samples: Samples<'a>,
    /// Lines to draw on the map, such as the contour lines of a label value. To close a line,
    /// repeat its first point at the end. Segments outside the map are skipped.
    pub contours: &'a [Vec<Latent2>],
    /// Text in the legend for the lines, for example "Ti = 0.75".
    pub contour_label: &'a str,
}

impl<'a> Painted<'a> {
    /// Returns a map without points and lines. The argument `label` is the name and unit of the
    /// quantity of the map.
    pub fn new(map: &'a LatentMap, label: &'a str) -> Self {
        Self {
            map,
            label,
            points: &[],
            samples: Samples::default(),
            contours: &[],
            contour_label: "",
        }
    }

    /// Sets the points on the map and their categories.
    #[must_use]
    pub fn with_points(mut self, points: &'a [Latent2], samples: Samples<'a>) -> Self {
        (self.points, self.samples) = (points, samples);
        self
    }

    /// Sets the lines on the map and their text in the legend.
    #[must_use]
    pub fn with_contours(mut self, lines: &'a [Vec<Latent2>], label: &'a str) -> Self {
        (self.contours, self.contour_label) = (lines, label);
        self
    }
}

/// Draws a map of a quantity as colours over the latent plane, with points and lines on it.
///
/// The colours are a PNG picture inside the SVG file, with one pixel per node of the map. If the
/// map has more than 160,000 nodes, only every second (or third, …) node of each row and column is
/// drawn. Cost: O(columns · rows).
///
/// ```
/// use xrd_core::{Latent2, LatentMap, LatentGrid};
/// use xrd_report::{Painted, Samples, painted_map};
///
/// let grid = LatentGrid::new(Latent2::new(-1.0, -1.0), Latent2::new(1.0, 1.0), 21, 21)?;
/// let map = LatentMap::new(grid, grid.points().map(|p| Some(1.0 + p.x)).collect())?;
/// let contours = [vec![Latent2::new(0.25, -1.0), Latent2::new(0.25, 1.0)]];
///
/// let points = [Latent2::new(0.0, 0.5)];
/// let names = ["SmFe11Ti".to_owned()];
/// let painted = Painted::new(&map, "Ti per formula unit")
///     .with_points(&points, Samples::new(&[0], &names))
///     .with_contours(&contours, "Ti = 1.25");
/// let svg = painted_map(&painted);
/// assert!(svg.contains("Ti per formula unit") && svg.contains("Ti = 1.25"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn painted_map(painted: &Painted<'_>) -> String {
    let mut svg = Svg::default();
    let values = extent(painted.map.values().iter().flatten().copied());
    let bar = Panel::new(BAR, Some((0.0, 1.0)), values);
    let panel = draw_map(&mut svg, painted.map, &bar.y);
    draw_contours(&mut svg, &panel, painted.contours);
    let place = |p: Latent2| {
        let inside = panel.x.contains(p.x) && panel.y.contains(p.y);
        inside.then(|| panel.at(p.x, p.y))
    };
    // A point is drawn in the colour of its value on the map.
    let samples = painted.samples.with_range((bar.y.low(), bar.y.high()));
    let points = painted.points;
    samples.draw(&mut svg, points, place, Marker::draw_on_color);
    draw_axes(&mut svg, &panel);
    if values.is_some() {
        draw_bar(&mut svg, &bar, painted.label);
    }
    let top = MAP.bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries(painted));
    svg.finish(height + 2.0, &format!("Map of {}", painted.label))
}

/// Draws the colours and returns their panel. Each node is the centre of its pixel.
fn draw_map(svg: &mut Svg, map: &LatentMap, colors: &Scale) -> Panel {
    let (grid, (low, high)) = (map.grid(), (map.grid().low(), map.grid().high()));
    let half = |size: f64, nodes: usize| 0.5 * size / (nodes - 1) as f64;
    let dx = half(high.x - low.x, grid.columns());
    let dy = half(high.y - low.y, grid.rows());
    let x = Some((low.x - dx, high.x + dx));
    let panel = Panel::new(MAP, x, Some((low.y - dy, high.y + dy)));
    let (pixels, width) = pixels(map, colors);
    svg.image(&MAP, &png::data_uri(&pixels, width));
    panel
}

/// Palette indices row by row from the top, and the length of a row.
///
/// Of a map with more nodes than [`MOST_PIXELS`], every second or third and so on is shown.
fn pixels(map: &LatentMap, colors: &Scale) -> (Vec<u8>, usize) {
    let (columns, rows) = (map.grid().columns(), map.grid().rows());
    let mut stride = 1;
    while columns.div_ceil(stride) * rows.div_ceil(stride) > MOST_PIXELS {
        stride += 1;
    }
    let shown = |n: usize| (0..n).step_by(stride);
    let pixels = shown(rows)
        .rev()
        .flat_map(|j| shown(columns).map(move |i| color_index(map.value(i, j), colors)));
    (pixels.collect(), columns.div_ceil(stride))
}

fn color_index(value: Option<f64>, colors: &Scale) -> u8 {
    let Some(value) = value else { return UNKNOWN };
    let share = (value - colors.low()) / (colors.high() - colors.low());
    (share * f64::from(TOP)).round() as u8
}

fn draw_contours(svg: &mut Svg, panel: &Panel, contours: &[Vec<Latent2>]) {
    let inside = |p: &Latent2| panel.x.contains(p.x) && panel.y.contains(p.y);
    let paths: Vec<String> = contours
        .iter()
        .flat_map(|line| line.split(|p| !inside(p)))
        .map(|run| run.iter().map(|p| panel.at(p.x, p.y)).collect::<Vec<_>>())
        .map(|places| unthinned_path(&places))
        .collect();
    // All rims come first, so that none crosses another contour.
    for stroke in [CONTOUR_RIM, CONTOUR] {
        svg.path(&paths.concat(), &stroke);
    }
}

fn draw_axes(svg: &mut Svg, panel: &Panel) {
    panel.draw_box(svg);
    panel.draw_x_axis(svg, 5, Some(&coordinate(1)));
    panel.draw_y_axis(svg, 5, &coordinate(2));
}

/// Draws the colours with their values.
fn draw_bar(svg: &mut Svg, bar: &Panel, label: &str) {
    let colors: Vec<u8> = (0..=TOP).rev().collect();
    svg.image(&BAR, &png::data_uri(&colors, 1));
    bar.draw_box(svg);
    let label = shortened(label, BAR.bottom - BAR.top, LABEL_SIZE);
    bar.draw_right_axis(svg, 5, &Quantity::new(formula(&label), ""));
}

fn entries(painted: &Painted<'_>) -> Vec<Entry> {
    let mut entries = painted.samples.legend();
    entries.retain(|entry| !matches!(entry.symbol, Symbol::Bar { .. }));
    if !painted.samples.values.is_empty() {
        entries.push(Entry::note("colour of a point: its own value"));
    }
    if !painted.contours.is_empty() {
        let contour = Entry {
            symbol: Symbol::Line(CONTOUR),
            text: Text::plain(&shortened(painted.contour_label, 200.0, legend::SIZE)),
        };
        entries.push(contour);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::{assert_sound, names};
    use xrd_core::LatentGrid;

    fn map(columns: usize, rows: usize, value: impl Fn(Latent2) -> Option<f64>) -> LatentMap {
        let (low, high) = (Latent2::new(-1.0, -1.0), Latent2::new(1.0, 1.0));
        let grid = LatentGrid::new(low, high, columns, rows).unwrap();
        LatentMap::new(grid, grid.points().map(value).collect()).unwrap()
    }

    fn painted<'a>(map: &'a LatentMap, points: &'a [Latent2], names: &'a [String]) -> Painted<'a> {
        Painted {
            map,
            label: "Ti & <Zr>",
            points,
            samples: Samples {
                category: &[],
                names,
                test: &[],
                ..Samples::default()
            },
            contours: &[],
            contour_label: "Ti = 0.75",
        }
    }

    #[test]
    fn the_picture_is_upright() {
        let map = map(2, 2, |p| {
            (p.y > 0.0 || p.x < 0.0).then_some(p.x + 2.0 * p.y)
        });
        // Top row: y = 1, x = -1 and 1; bottom row: y = -1.
        let colors = Scale::linear(Some((-3.0, 3.0)), (0.0, 1.0));
        let (pixels, width) = pixels(&map, &colors);
        assert_eq!((pixels, width), (vec![169, TOP, 0, UNKNOWN], 2));
    }

    #[test]
    fn a_large_map_stays_a_small_file() {
        let map = map(1501, 700, |p| Some(p.x * p.y));
        let file = painted_map(&painted(&map, &[], &[]));
        assert!(file.len() < 300_000, "{}", file.len());
    }

    #[test]
    fn points_and_contours_off_the_map_are_left_out() {
        let map = map(9, 9, |p| Some(p.x));
        let points = [
            Latent2::new(0.0, 0.0),
            Latent2::new(9.0, 0.0),
            Latent2::new(f64::NAN, 0.0),
        ];
        let names = names(&["SmFe12"]);
        let mut figure = painted(&map, &points, &names);
        let rims = |file: &str| file.matches("stroke-width=\"1.9\"").count();
        let file = painted_map(&figure);
        assert_sound(&file);
        assert_eq!(rims(&file), 1);
        let contours = [
            vec![points[0], points[1], points[0], points[2], points[0]],
            vec![],
        ];
        figure.contours = &contours;
        let file = painted_map(&figure);
        assert_sound(&file);
        assert!(file.contains("Ti = 0.75") && file.contains("Ti &amp; &lt;Zr&gt;"));
        assert_eq!(file, painted_map(&figure));
    }

    #[test]
    fn poor_maps_are_drawn_without_fail() {
        for value in [None, Some(0.0), Some(5.0)] {
            let map = map(2, 3, |_| value);
            assert_sound(&painted_map(&painted(&map, &[], &[])));
        }
        let wide = map(3, 3, |p| Some(p.x * 1e-200));
        assert_sound(&painted_map(&painted(&wide, &[], &[])));
    }
}
