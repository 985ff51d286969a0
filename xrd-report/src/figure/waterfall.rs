//! Patterns one below the other, as colours over the angle.

use xrd_core::PatternSet;
use xrd_latent::groups::Dendrogram;

use super::axis::{Scale, extent};
use super::curve::unthinned_path;
use super::legend::{self, Entry};
use super::palette::BLACK;
use super::panel::{LABEL_SIZE, Panel, Quantity, TICK_SIZE, X_AXIS_HEIGHT};
use super::png::{self, TOP as BRIGHTEST};
use super::reference::{self, ReferenceLines};
use super::samples::Samples;
use super::svg::{Anchor, Frame, Stroke, Svg};
use super::text::{Text, formula, grouped, shortened};

const TOP: f64 = 6.0;
/// Height of the rows of few patterns, and of all rows together.
const ROW: f64 = 6.0;
const SHORTEST: f64 = 90.0;
const TALLEST: f64 = 220.0;
const LEFT: f64 = 20.0;
const RIGHT: f64 = 233.0;
/// Width of the tree, and of the strip of colours of the categories.
const TREE: f64 = 56.0;
const STRIP: f64 = 5.0;
const GAP: f64 = 1.5;
/// Width of the values of a variable, and the smallest distance between two.
const NUMBERS: f64 = 17.0;
const APART: f64 = 8.0;
const BRANCH: Stroke = Stroke::solid(BLACK, 0.4);

/// Largest number of pixels in a row. A pixel shows the largest intensity of its angles.
const MOST_COLUMNS: usize = 800;

/// Largest number of patterns that the figures of a study show as rows.
pub(crate) const MOST_ROWS: usize = 400;

/// Patterns of a figure, one below the other.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Waterfall<'a> {
    /// The patterns in the order of the rows, the first at the top.
    pub patterns: &'a PatternSet,
    /// Categories of the patterns, drawn as a strip of colours.
    pub samples: Samples<'a>,
    /// Tree of the patterns, drawn at the left. Its leaves are in the order of the rows. It may have
    /// more leaves than there are rows, if the rows are an evenly spaced part of them.
    pub tree: Option<&'a Dendrogram>,
    /// Number of patterns of which the rows are an evenly spaced part.
    pub of: usize,
    /// Name of the variable in whose order the rows are, and its value in each row.
    pub variable: Option<(&'a str, &'a [f64])>,
    /// Reference structures, whose lines are drawn as ticks below the patterns.
    pub references: &'a [ReferenceLines],
}

impl<'a> Waterfall<'a> {
    /// Returns patterns without a tree. The argument `samples` contains the category of each pattern.
    pub fn new(patterns: &'a PatternSet, samples: Samples<'a>) -> Self {
        Self {
            of: patterns.len(),
            patterns,
            samples,
            tree: None,
            variable: None,
            references: &[],
        }
    }

    /// Sets the tree of the patterns.
    #[must_use]
    pub fn with_tree(mut self, tree: &'a Dendrogram) -> Self {
        self.tree = Some(tree);
        self
    }

    /// Sets the name of the variable in whose order the rows are, and its value in each row. Some values
    /// are written next to the rows.
    #[must_use]
    pub fn with_variable(mut self, name: &'a str, values: &'a [f64]) -> Self {
        self.variable = Some((name, values));
        self
    }

    /// Sets the reference structures.
    #[must_use]
    pub fn with_references(mut self, references: &'a [ReferenceLines]) -> Self {
        self.references = references;
        self
    }

    /// Sets the number of patterns of which the rows are an evenly spaced part.
    #[must_use]
    pub fn with_part_of(mut self, patterns: usize) -> Self {
        self.of = patterns;
        self
    }
}

/// Draws patterns one below the other. The colour shows the square root of the intensity. Each pattern
/// is scaled to its own range, so that weak and strong patterns can be compared.
///
/// Cost: O(patterns · points).
///
/// ```
/// use xrd_core::{PatternSet, TwoThetaGrid};
/// use xrd_report::{Samples, Waterfall, waterfall};
///
/// let grid = TwoThetaGrid::new(10.0, 0.5, 4)?;
/// let patterns = PatternSet::unnamed(grid, vec![0.0, 9.0, 1.0, 0.0, 0.0, 1.0, 9.0, 0.0])?;
/// let names = ["group 1", "group 2"].map(str::to_owned);
/// let svg = waterfall(&Waterfall::new(&patterns, Samples::new(&[0, 1], &names)));
/// assert!(svg.contains("group 2") && svg.contains("<image"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn waterfall(shown: &Waterfall<'_>) -> String {
    let mut svg = Svg::default();
    let (grid, rows) = (shown.patterns.grid(), shown.patterns.len());
    let bottom = TOP + (ROW * rows as f64).clamp(SHORTEST, TALLEST);
    let tree = if shown.tree.is_some() { TREE } else { 0.0 };
    let start = LEFT
        + if shown.variable.is_some() {
            NUMBERS
        } else {
            0.0
        };
    let frame = Frame {
        left: start + tree + STRIP + GAP,
        right: RIGHT,
        top: TOP,
        bottom,
    };
    let half = grid.step() / 2.0;
    let last = grid.angle(grid.len() - 1);
    let panel = Panel::new(frame, Some((grid.start() - half, last + half)), None);
    let (pixels, width) = pixels(shown.patterns);
    svg.image(&frame, &png::data_uri(&pixels, width));
    panel.draw_box(&mut svg);
    let whole = reference::draw(&mut svg, &panel, shown.references);
    whole.draw_box(&mut svg);
    whole.draw_x_axis(&mut svg, 6, Some(&Quantity::two_theta()));
    let strip = Frame {
        left: start + tree,
        right: start + tree + STRIP,
        ..frame
    };
    draw_strip(&mut svg, strip, shown);
    if let Some(tree) = shown.tree {
        draw_tree(
            &mut svg,
            Frame {
                left: start,
                right: strip.left - GAP,
                ..frame
            },
            tree,
        );
    }
    let middle = (frame.top + frame.bottom) / 2.0;
    let name = shown.variable.map_or("Pattern", |(name, _)| name);
    let name = formula(&shortened(name, bottom - TOP, LABEL_SIZE));
    svg.upward_text((LEFT - 8.0, middle), LABEL_SIZE, &name);
    if let Some((_, values)) = shown.variable {
        draw_values(&mut svg, frame, start, values);
    }
    let top = whole.frame().bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries(shown));
    svg.finish(height + 2.0, "Patterns one below the other")
}

/// Palette indices row by row from the top, and the length of a row.
fn pixels(patterns: &PatternSet) -> (Vec<u8>, usize) {
    let points = patterns.grid().len();
    let per_pixel = points.div_ceil(MOST_COLUMNS);
    let row = |i: usize| {
        let values = patterns.intensities(i);
        let low = values.iter().copied().fold(f32::INFINITY, f32::min);
        let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let range = (high - low).max(f32::MIN_POSITIVE);
        let pixel = move |some: &[f32]| {
            let most = some.iter().copied().fold(low, f32::max);
            (((most - low) / range).sqrt() * f32::from(BRIGHTEST)).round() as u8
        };
        values.chunks(per_pixel).map(pixel).collect::<Vec<u8>>()
    };
    let rows: Vec<u8> = (0..patterns.len()).flat_map(row).collect();
    (rows, points.div_ceil(per_pixel))
}

/// Writes round values of the variable where they lie between the rows.
fn draw_values(svg: &mut Svg, frame: Frame, right: f64, values: &[f64]) {
    let height = (frame.bottom - frame.top) / values.len().max(1) as f64;
    let range = extent(values.iter().copied());
    let size = range.map_or(0.0, |(low, high)| high - low);
    let mut last: Option<f64> = None;
    for tick in Scale::linear(range, (frame.bottom, frame.top))
        .ticks(6)
        .major
    {
        let Some(row) = row_of(values, tick.value) else {
            continue;
        };
        let y = frame.top + height * (row + 0.5);
        if last.is_some_and(|last| (y - last).abs() < APART) {
            continue;
        }
        last = Some(y);
        svg.line((right - 1.6, y), (right, y), &BRANCH);
        let text = Text::number(&rounded(tick.value, size));
        let at = (right - 2.6, y + 0.36 * TICK_SIZE);
        svg.text(at, Anchor::End, TICK_SIZE, &text);
    }
}

/// Returns the place of a value among the rows, whose values rise or fall. A place between two rows is
/// interpolated.
fn row_of(values: &[f64], value: f64) -> Option<f64> {
    if values == [value] {
        return Some(0.0);
    }
    let pairs = values.windows(2).enumerate();
    let mut places = pairs.filter_map(|(row, w)| {
        let share = (value - w[0]) / (w[1] - w[0]);
        (0.0..=1.0).contains(&share).then_some(row as f64 + share)
    });
    places.next()
}

/// Returns a value with as many digits as a range of values needs.
fn rounded(value: f64, range: f64) -> String {
    let digits = (2.0 - range.max(1e-12).log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Draws the category of each row, neighbours of one category as one rectangle.
fn draw_strip(svg: &mut Svg, frame: Frame, shown: &Waterfall<'_>) {
    let rows = shown.patterns.len();
    let at = |row: usize| frame.top + (frame.bottom - frame.top) * row as f64 / rows.max(1) as f64;
    let color = |row: usize| shown.samples.marker(row, 1.0).color();
    let mut first = 0;
    for row in 1..=rows {
        if row == rows || color(row) != color(first) {
            let part = Frame {
                top: at(first),
                bottom: at(row),
                ..frame
            };
            svg.rectangle(&part, color(first));
            first = row;
        }
    }
}

/// Draws the tree, its root at the left. A merge is as far from the leaves as its height says.
fn draw_tree(svg: &mut Svg, frame: Frame, tree: &Dendrogram) {
    let order = tree.leaf_order();
    let highest = tree.merges().last().map_or(0.0, |m| m.height);
    let row = (frame.bottom - frame.top) / order.len().max(1) as f64;
    let mut places = vec![(frame.right, 0.0); order.len()];
    for (place, &leaf) in order.iter().enumerate() {
        places[leaf].1 = frame.top + row * (place as f64 + 0.5);
    }
    let mut paths = String::new();
    for merge in tree.merges() {
        let (a, b) = (places[merge.first], places[merge.second]);
        let share = if highest > 0.0 {
            merge.height / highest
        } else {
            0.0
        };
        let x = frame.right - share * (frame.right - frame.left);
        paths += &unthinned_path(&[a, (x, a.1), (x, b.1), b]);
        places.push((x, (a.1 + b.1) / 2.0));
    }
    svg.path(&paths, &BRANCH);
}

fn entries(shown: &Waterfall<'_>) -> Vec<Entry> {
    let mut entries = match shown.samples.names {
        [] | [_] => Vec::new(),
        _ => shown.samples.legend(),
    };
    entries.extend(reference::entries(shown.references));
    let rows = shown.patterns.len();
    if rows < shown.of {
        let (rows, of) = (grouped(rows), grouped(shown.of));
        entries.push(Entry::note(&format!(
            "{rows} evenly spaced patterns of {of}"
        )));
    }
    entries.push(Entry::note(
        "colour: √ intensity, each pattern on a scale of its own",
    ));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::{assert_sound, names};
    use xrd_core::TwoThetaGrid;
    use xrd_latent::{groups::ward, maps::Distances};

    fn set(rows: usize, points: usize) -> PatternSet {
        let grid = TwoThetaGrid::new(10.0, 0.02, points).unwrap();
        let value = |k: usize| ((k * 7919) % 101) as f32;
        PatternSet::unnamed(grid, (0..rows * points).map(value).collect()).unwrap()
    }

    #[test]
    fn a_line_keeps_its_colour_however_narrow_it_is() {
        let grid = TwoThetaGrid::new(0.0, 0.01, 5000).unwrap();
        let mut line = vec![1.0; 5000];
        line[3333] = 5.0;
        let (pixels, width) = pixels(&PatternSet::unnamed(grid, line).unwrap());
        assert_eq!((pixels.len(), width), (715, 715));
        assert_eq!(pixels.iter().filter(|p| **p == BRIGHTEST).count(), 1);
        assert_eq!(pixels.iter().filter(|p| **p == 0).count(), 714);
    }

    #[test]
    fn trees_and_categories_are_drawn() {
        let points: Vec<Vec<f64>> = [0.0, 5.0, 1.0, 6.0].map(|x| vec![x]).to_vec();
        let tree = ward(&Distances::of_points(&points).unwrap()).unwrap();
        let (set, names) = (set(4, 30), names(&["group 1", "a & b"]));
        let samples = Samples::new(&[0, 0, 1, 1], &names);
        let file = waterfall(&Waterfall::new(&set, samples).with_tree(&tree));
        assert_sound(&file);
        assert!(file.contains("a &amp; b") && !file.contains("evenly"));
        assert_eq!(file.matches("<rect").count(), 3);
        let part = waterfall(&Waterfall::new(&set, samples).with_part_of(4000));
        assert!(part.contains("4 evenly spaced patterns of 4,000"));
    }

    #[test]
    fn rows_of_a_series_have_values() {
        let (set, values) = (set(40, 30), (0..40).map(|i| 700.0 - 10.0 * f64::from(i)));
        let values: Vec<f64> = values.collect();
        let shown = Waterfall::new(&set, Samples::default()).with_variable("T (K)", &values);
        let file = waterfall(&shown);
        assert_sound(&file);
        assert!(file.contains("T (K)") && !file.contains(">Pattern<"));
        assert!(file.contains(">400<") && file.contains(">600<"), "{file}");
        assert_eq!(row_of(&[4.0, 2.0, 2.0, 1.0], 3.0), Some(0.5));
        assert_eq!(row_of(&[4.0, 2.0], 5.0), None);
        assert_eq!(rounded(300.0, 700.0), "300");
        assert_eq!(rounded(0.123_456, 0.5), "0.123");
    }

    #[test]
    fn references_are_ticks_below_the_patterns() {
        let (set, names) = (set(4, 30), names(&["a", "b"]));
        let shown = Waterfall::new(&set, Samples::new(&[0, 1, 0, 1], &names));
        let lines = [ReferenceLines::new("NaCl", vec![(10.2, 1.0, [2, 0, 0])])];
        let file = waterfall(&shown.with_references(&lines));
        assert_sound(&file);
        assert!(file.contains("NaCl") && file.contains(">200<"));
        assert!(!waterfall(&shown).contains(">200<"));
    }

    #[test]
    fn poor_sets_are_drawn_without_fail() {
        for (rows, points) in [(1, 2), (1, 3000), (300, 2)] {
            let set = set(rows, points);
            assert_sound(&waterfall(&Waterfall::new(&set, Samples::default())));
        }
        let grid = TwoThetaGrid::new(10.0, 0.1, 3).unwrap();
        let flat = PatternSet::unnamed(grid, vec![2.0; 6]).unwrap();
        assert_sound(&waterfall(&Waterfall::new(&flat, Samples::default())));
    }
}
