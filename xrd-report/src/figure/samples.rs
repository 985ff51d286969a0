//! Categories of the points of a figure.

use std::collections::BTreeMap;

use xrd_core::Latent2;

use super::axis::extent;
use super::legend::{Entry, SIZE, Symbol};
use super::marker::Marker;
use super::palette::level;
use super::svg::Svg;
use super::text::{formula, grouped, shortened};

/// Category of each point of a figure, for example a composition, and a flag for each test point.
///
/// Points beyond the end of the slice `category` have category 0. Points beyond the end of the
/// slice `test` are training points. The categories 0 to 55 have different markers, and higher
/// categories repeat these markers.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Samples<'a> {
    /// Category of each point, as an index into `names`.
    pub category: &'a [usize],
    /// Name of each category. The numbers in chemical formulas are drawn as subscripts.
    pub names: &'a [String],
    /// Flag for each point: `true` for a test point, `false` for a training point. The slice may
    /// be empty if there are no test points.
    pub test: &'a [bool],
    /// Value of each point, shown as the colour of a circle instead of the category. Empty for the
    /// categories.
    pub values: &'a [f64],
    /// Name of the quantity of the values, for the colour bar.
    pub label: &'a str,
    /// Values of the first and of the last colour.
    pub(crate) range: (f64, f64),
}

/// Largest number of categories in the legend; further ones are only counted.
const MOST_LISTED: usize = 24;
/// Largest number of points with a marker each; more points are dots.
const MOST_MARKERS: usize = 2000;
/// Number of dots in one element of the file.
const DOTS: usize = 32;
/// Largest width of a name in points; two columns fit.
const LONGEST_NAME: f64 = 98.0;

impl<'a> Samples<'a> {
    /// Returns the categories of training points. The argument `category` has one entry per point.
    /// To set test points, call [`with_test`](Self::with_test).
    pub fn new(category: &'a [usize], names: &'a [String]) -> Self {
        Self {
            category,
            names,
            ..Self::default()
        }
    }

    /// Sets one value per point, which is shown as a colour from dark blue (smallest) to yellow
    /// (largest). The argument `label` is the name of the quantity. Points beyond the end of the slice
    /// have the first colour.
    #[must_use]
    pub fn with_values(mut self, label: &'a str, values: &'a [f64]) -> Self {
        (self.label, self.values) = (label, values);
        self.range = extent(values.iter().copied()).unwrap_or_default();
        self
    }

    /// Sets the values of the first and of the last colour.
    pub(crate) fn with_range(mut self, range: (f64, f64)) -> Self {
        self.range = range;
        self
    }

    fn value_color(&self, i: usize) -> Option<&'static str> {
        if self.values.is_empty() {
            return None;
        }
        let (low, high) = self.range;
        let value = self.values.get(i).copied().unwrap_or(low);
        let width = if high > low { high - low } else { 1.0 };
        Some(level((value - low) / width))
    }

    /// Sets one flag per point: `true` for a test point, `false` for a training point.
    #[must_use]
    pub fn with_test(mut self, test: &'a [bool]) -> Self {
        self.test = test;
        self
    }

    /// Returns the marker of point `i`.
    pub(crate) fn marker(&self, i: usize, size: f64) -> Marker {
        Marker {
            category: self.category.get(i).copied().unwrap_or(0),
            filled: !self.is_test(i),
            size,
            value_color: self.value_color(i),
        }
    }

    fn is_test(&self, i: usize) -> bool {
        self.test.get(i).copied().unwrap_or(false)
    }

    /// Draws the points at the positions that `place` returns, the test points on top.
    pub(crate) fn draw(
        &self,
        svg: &mut Svg,
        points: &[Latent2],
        place: impl Fn(Latent2) -> Option<(f64, f64)>,
        draw: impl Fn(&Marker, &mut Svg, (f64, f64)),
    ) {
        if points.len() > MOST_MARKERS {
            return self.draw_dots(svg, points, place);
        }
        let size = if points.len() > 200 { 1.6 } else { 2.1 };
        for test in [false, true] {
            for (i, &point) in points.iter().enumerate() {
                if let (true, Some(at)) = (self.is_test(i) == test, place(point)) {
                    draw(&self.marker(i, size), svg, at);
                }
            }
        }
    }

    /// Draws many points as dots, which shrink and fade with the number of points. Test points are
    /// larger and on top.
    fn draw_dots(
        &self,
        svg: &mut Svg,
        points: &[Latent2],
        place: impl Fn(Latent2) -> Option<(f64, f64)>,
    ) {
        let share = (MOST_MARKERS as f64 / points.len() as f64).sqrt();
        let (side, opacity) = ((2.6 * share).max(0.4), share.max(0.3));
        for (test, side, opacity) in [(false, side, opacity), (true, 1.5 * side, 0.9)] {
            let mut by_color: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
            for (i, &point) in points.iter().enumerate() {
                if let (true, Some(at)) = (self.is_test(i) == test, place(point)) {
                    let color = self.marker(i, 1.0).color();
                    by_color.entry(color).or_default().push(at);
                }
            }
            // Points of one path do not shine through each other, so that a path has few.
            for (color, places) in by_color {
                for some in places.chunks(DOTS) {
                    svg.dots(some, side, color, opacity);
                }
            }
        }
    }

    /// Returns one entry per category or a colour bar, and the meaning of filled and open markers.
    pub(crate) fn legend(&self) -> Vec<Entry> {
        let mut entries = match self.values {
            [] => self.categories(),
            _ => vec![self.color_bar()],
        };
        if self.category.len() > MOST_MARKERS {
            let count = grouped(self.category.len());
            entries.push(Entry::note(&format!("all {count} points, as dots")));
            if self.test.contains(&true) {
                entries.push(Entry::note("larger dots on top: test"));
            }
        } else if self.test.contains(&true) {
            entries.push(Entry::note("filled: training, open: test"));
        }
        entries
    }

    fn categories(&self) -> Vec<Entry> {
        let listed = self.names.iter().take(MOST_LISTED).enumerate();
        let mut entries: Vec<Entry> = listed
            .map(|(category, name)| Entry {
                symbol: marker(category, true),
                text: formula(&shortened(name, LONGEST_NAME, SIZE)),
            })
            .collect();
        if self.names.len() > MOST_LISTED {
            let rest = self.names.len() - MOST_LISTED;
            entries.push(Entry::note(&format!("and {rest} more")));
        }
        entries
    }

    fn color_bar(&self) -> Entry {
        let (low, high) = self.range;
        Entry {
            symbol: Symbol::Bar { low, high },
            text: formula(&shortened(self.label, LONGEST_NAME, SIZE)),
        }
    }
}

fn marker(category: usize, filled: bool) -> Symbol {
    Symbol::Marker(Marker {
        category,
        filled,
        size: 2.3,
        value_color: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;
    use crate::figure::feature_space;

    #[test]
    fn values_are_colours_with_a_bar() {
        let points: Vec<Latent2> = (0..30).map(|i| Latent2::new(f64::from(i), 1.0)).collect();
        let values: Vec<f64> = (0..30).map(|i| 0.1 * f64::from(i)).collect();
        let category = vec![0; 30];
        let samples = Samples::new(&category, &[]).with_values("SiO2 & T", &values);
        let svg = feature_space(&points, &points, 1, &samples);
        assert_sound(&svg);
        for part in [
            "#440154", "#fde725", "SiO", " &amp; T", ">0<", ">2.9<", "<image",
        ] {
            assert!(svg.contains(part), "{part}");
        }
        let same = Samples::new(&category, &[]).with_values("x", &[5.0]);
        assert_sound(&feature_space(&points, &points, 1, &same));
    }

    /// Every point of a large set is in the file, as a dot, and the legend says so.
    #[test]
    fn many_points_are_dots_and_none_is_dropped() {
        let points: Vec<Latent2> = (0..3000)
            .map(|i| Latent2::new(f64::from(i % 60), f64::from(i / 60)))
            .collect();
        let category = vec![0; 3000];
        let test: Vec<bool> = (0..3000).map(|i| i % 10 == 0).collect();
        let names = ["all".to_owned()];
        let samples = Samples::new(&category, &names).with_test(&test);
        let svg = feature_space(&points, &points, 1, &samples);
        assert_sound(&svg);
        let dots: usize = svg
            .lines()
            .filter(|line| line.contains("fill-opacity"))
            .map(|line| line.matches('M').count())
            .sum();
        assert_eq!(dots, 2 * 3000);
        assert!(svg.contains("all 3,000 points, as dots"));
        assert!(svg.contains("larger dots on top: test"));
        let few = feature_space(
            &points[..2000],
            &points[..2000],
            1,
            &Samples::new(&category[..2000], &names),
        );
        assert!(!few.contains("fill-opacity") && !few.contains("as dots"));
    }
}
