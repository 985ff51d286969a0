//! Categories of the points of a figure.

use xrd_core::Latent2;

use super::legend::{Entry, SIZE, Symbol};
use super::marker::Marker;
use super::svg::Svg;
use super::text::{formula, shortened};

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
}

/// Largest number of categories in the legend; further ones are only counted.
const MOST_LISTED: usize = 24;
/// Largest width of a name in points; two columns fit.
const LONGEST_NAME: f64 = 98.0;

impl<'a> Samples<'a> {
    /// Returns the categories of training points. The argument `category` has one entry per point.
    /// To set test points, call [`with_test`](Self::with_test).
    pub fn new(category: &'a [usize], names: &'a [String]) -> Self {
        Self {
            category,
            names,
            test: &[],
        }
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
        let size = if points.len() > 200 { 1.6 } else { 2.1 };
        for test in [false, true] {
            for (i, &point) in points.iter().enumerate() {
                if let (true, Some(at)) = (self.is_test(i) == test, place(point)) {
                    draw(&self.marker(i, size), svg, at);
                }
            }
        }
    }

    /// Returns one entry per category, and the meaning of filled and open markers.
    pub(crate) fn legend(&self) -> Vec<Entry> {
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
        if self.test.contains(&true) {
            entries.push(Entry::note("filled: training, open: test"));
        }
        entries
    }
}

fn marker(category: usize, filled: bool) -> Symbol {
    Symbol::Marker(Marker {
        category,
        filled,
        size: 2.3,
    })
}
