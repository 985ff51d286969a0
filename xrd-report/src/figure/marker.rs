//! Markers of categories: combinations of a shape and a colour.

use super::palette::{BLACK, CATEGORIES, WHITE};
use super::svg::{Stroke, Svg, num};

/// Corners of each shape about its centre, for a size of 1, with y downwards.
///
/// The shapes have about the same area. The first shape has no corners and is the circle.
const SHAPES: [&[(f64, f64)]; 8] = [
    &[],
    &[(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)],
    &[(0.0, -1.28), (1.17, 0.77), (-1.17, 0.77)],
    &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
    &[(0.0, 1.28), (1.17, -0.77), (-1.17, -0.77)],
    &[(1.28, 0.0), (-0.77, 1.17), (-0.77, -1.17)],
    &STAR,
    &[(-1.28, 0.0), (0.77, 1.17), (0.77, -1.17)],
];

const STAR: [(f64, f64); 10] = [
    (0.0, -1.5),
    (0.38, -0.52),
    (1.43, -0.46),
    (0.61, 0.2),
    (0.88, 1.21),
    (0.0, 0.64),
    (-0.88, 1.21),
    (-0.61, 0.2),
    (-1.43, -0.46),
    (-0.38, -0.52),
];

/// Number of different markers. Further categories repeat them.
///
/// The numbers of shapes and colours have no common divisor, so that incrementing both together yields
/// every pair once.
#[cfg(test)]
pub(crate) const DISTINCT: usize = SHAPES.len() * CATEGORIES.len();

/// Marker of a category: filled for training points, open for test points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Marker {
    pub(crate) category: usize,
    pub(crate) filled: bool,
    /// Radius of the circle of the same area, in points.
    pub(crate) size: f64,
    /// Colour of a circle that shows a value instead of the category.
    pub(crate) value_color: Option<&'static str>,
}

impl Marker {
    pub(crate) fn color(&self) -> &'static str {
        let own = CATEGORIES[self.category % CATEGORIES.len()];
        self.value_color.unwrap_or(own)
    }

    fn shape(&self) -> &'static [(f64, f64)] {
        match self.value_color {
            Some(_) => &[],
            None => SHAPES[self.category % SHAPES.len()],
        }
    }

    /// Draws the marker at a position on the page.
    pub(crate) fn draw(&self, svg: &mut Svg, at: (f64, f64)) {
        let d = outline(self.shape(), at, self.size);
        if self.filled {
            svg.shape(&d, self.color(), &Stroke::solid(WHITE, 0.25));
        } else {
            svg.shape(&d, WHITE, &Stroke::solid(self.color(), 0.8));
        }
    }

    /// Draws the marker with an outline that is visible on any background.
    pub(crate) fn draw_on_color(&self, svg: &mut Svg, at: (f64, f64)) {
        let d = outline(self.shape(), at, self.size);
        svg.shape(&d, WHITE, &Stroke::solid(WHITE, 1.9));
        if self.filled {
            svg.shape(&d, self.color(), &Stroke::solid(BLACK, 0.4));
        } else {
            svg.shape(&d, WHITE, &Stroke::solid(self.color(), 0.9));
        }
    }
}

/// Returns a circle as path data.
pub(crate) fn circle((x, y): (f64, f64), radius: f64) -> String {
    let (r, d) = (num(radius), num(2.0 * radius));
    format!(
        "M{} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z",
        num(x - radius),
        num(y)
    )
}

fn outline(corners: &[(f64, f64)], (x, y): (f64, f64), size: f64) -> String {
    if corners.is_empty() {
        return circle((x, y), size);
    }
    let place = |&(dx, dy): &(f64, f64)| format!("{} {}", num(x + size * dx), num(y + size * dy));
    let places: Vec<String> = corners.iter().map(place).collect();
    format!("M{}z", places.join("L"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_category_has_a_sign_of_its_own() {
        let signs: BTreeSet<_> = (0..DISTINCT)
            .map(|category| (category % SHAPES.len(), category % CATEGORIES.len()))
            .collect();
        assert_eq!(signs.len(), DISTINCT);
    }

    /// A category has the same marker in figures and on the page.
    #[test]
    fn the_page_has_the_same_shapes() {
        let script = include_str!("../page/chart.js");
        let (_, list) = script.split_once("const SHAPES = [").unwrap();
        let (list, _) = list.split_once("\n];").unwrap();
        let rows = list.lines().map(|l| l.trim().trim_end_matches(','));
        let shapes: Vec<Vec<(f64, f64)>> = rows
            .filter(|l| !l.is_empty())
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(shapes, SHAPES.map(<[_]>::to_vec));
    }

    #[test]
    fn any_category_can_be_drawn() {
        let mut svg = Svg::default();
        for category in [0, 3, 55, usize::MAX] {
            for filled in [true, false] {
                let marker = Marker {
                    category,
                    filled,
                    size: 2.0,
                    value_color: None,
                };
                marker.draw(&mut svg, (1.0, 2.0));
                marker.draw_on_color(&mut svg, (1.0, 2.0));
            }
        }
        assert_eq!(svg.finish(9.0, "").matches("<path").count(), 24);
    }
}
