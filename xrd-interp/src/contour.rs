use xrd_core::{Latent2, LatentMap};

use crate::error::{Error, Result};
use crate::join::join;
use crate::polyline::Polyline;

/// Finds the contour lines (isolines) of a map at a level, by marching squares with linear
/// interpolation.
///
/// A node of the map is called high if its value is at least the level, and low if its value is
/// below the level. Four neighbouring nodes are the corners of a cell. A contour line crosses each
/// edge between a high node and a low node of a cell. At the crossing, linear interpolation along
/// the edge gives the level. Special cases:
/// - Neighbouring nodes may all be exactly at the level (a plateau). Where a plateau borders on
///   low nodes, a contour runs through the outermost nodes of the plateau. Where a plateau borders
///   on higher nodes, there is no contour.
/// - A single node that is exactly at the level, with only low nodes around it, gives a closed
///   line of one point.
/// - A cell may have two high nodes at opposite corners and two low nodes at the other corners.
///   Two lines then pass through the cell, and each line cuts off one corner. If the mean of the
///   four values is at least the level, each line cuts off one low node. Otherwise each line cuts
///   off one high node.
///
/// No line passes through a cell that has a node with an unknown value ([`None`]). Lines therefore
/// end at such cells and at the border of the map. If no line crosses any edge, the result is
/// empty.
///
/// The result lists open lines before closed lines. Within each of these groups, lines are sorted
/// by the edge on which they start. Edges along x come before edges along y, and both are ordered
/// row by row. A closed line does not repeat its first point. If consecutive points are equal,
/// only one of them is kept.
///
/// Cost: O(nodes).
///
/// # Errors
/// [`Error::Level`] for a level that is not finite.
///
/// # Example
/// ```
/// use xrd_core::{Latent2, LatentMap, LatentGrid};
/// let grid = LatentGrid::new(Latent2::new(-1.0, -1.0), Latent2::new(1.0, 1.0), 41, 41)?;
/// let hill = grid.points().map(|p| Some(1.0 - p.x * p.x - p.y * p.y)).collect();
/// let lines = xrd_interp::contour(&LatentMap::new(grid, hill)?, 0.75)?;
/// assert_eq!(lines.len(), 1);
/// assert!(lines[0].is_closed());
/// assert!((lines[0].length() - std::f64::consts::PI).abs() < 0.02);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// W. E. Lorensen, H. E. Cline, Comput. Graph. 21, 163 (1987). Marching squares are the
/// two-dimensional case of the method of this paper.
pub fn contour(map: &LatentMap, level: f64) -> Result<Vec<Polyline>> {
    if !level.is_finite() {
        return Err(Error::Level { level });
    }
    let edges = Edges { map };
    let lines = join(&segments(&edges, level));
    let points = |line: &[usize]| line.iter().map(|&e| edges.crossing(e, level)).collect();
    Ok(lines
        .iter()
        .map(|line| Polyline::from_crossings(points(&line.stops), line.closed))
        .collect())
}

/// Numbered edges between neighbouring nodes: first the edges along x, row by row, then the edges
/// along y.
struct Edges<'a> {
    map: &'a LatentMap,
}

/// Node as (column, row).
type Node = (usize, usize);

impl Edges<'_> {
    fn columns(&self) -> usize {
        self.map.grid().columns()
    }

    /// Index of the edge from a node to the next node along x.
    fn in_x(&self, (i, j): Node) -> usize {
        j * self.columns() + i
    }

    /// Index of the edge from a node to the next node along y.
    fn in_y(&self, node: Node) -> usize {
        self.columns() * self.map.grid().rows() + self.in_x(node)
    }

    /// The two nodes of an edge.
    fn ends(&self, edge: usize) -> [Node; 2] {
        let nodes = self.columns() * self.map.grid().rows();
        let (i, j) = (edge % nodes % self.columns(), edge % nodes / self.columns());
        let end = if edge < nodes { (i + 1, j) } else { (i, j + 1) };
        [(i, j), end]
    }

    /// Point on an edge where the interpolated value is the level.
    fn crossing(&self, edge: usize, level: f64) -> Latent2 {
        let [(i, j), (k, l)] = self.ends(edge);
        let (a, b) = (self.map.grid().point(i, j), self.map.grid().point(k, l));
        let value = |i, j| self.map.value(i, j).unwrap_or(level);
        // With halved values the differences of the largest numbers are finite.
        let (low, high) = (value(i, j) / 2.0, value(k, l) / 2.0);
        let f = ((level / 2.0 - low) / (high - low)).clamp(0.0, 1.0);
        Latent2::new(a.x + f * (b.x - a.x), a.y + f * (b.y - a.y))
    }
}

/// Line segments of all cells, each from edge to edge.
fn segments(edges: &Edges, level: f64) -> Vec<[usize; 2]> {
    let (columns, rows) = (edges.columns(), edges.map.grid().rows());
    let cells = (0..rows - 1).flat_map(|j| (0..columns - 1).map(move |i| (i, j)));
    cells
        .flat_map(|cell| segments_of_cell(edges, cell, level))
        .collect()
}

fn segments_of_cell(edges: &Edges, (i, j): Node, level: f64) -> Vec<[usize; 2]> {
    let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
    let values = corners.map(|(i, j)| edges.map.value(i, j));
    let [Some(a), Some(b), Some(c), Some(d)] = values else {
        return Vec::new();
    };
    let values = [a, b, c, d];
    // Sides in the order of the corners that they start from, counter-clockwise.
    let sides = [
        edges.in_x((i, j)),
        edges.in_y((i + 1, j)),
        edges.in_x((i, j + 1)),
        edges.in_y((i, j)),
    ];
    let above = values.map(|v| v >= level);
    let crossed: Vec<usize> = (0..4).filter(|&k| above[k] != above[(k + 1) % 4]).collect();
    match crossed[..] {
        [] => Vec::new(),
        [k, l] => vec![[sides[k], sides[l]]],
        _ => {
            let mean: f64 = values.iter().map(|v| v / 4.0).sum();
            // Each line cuts off one corner whose value is on the other side of the level than the mean.
            let cut = usize::from(above[0] == (mean >= level));
            let corner = |k: usize| [sides[(k + 3) % 4], sides[k]];
            vec![corner(cut), corner(cut + 2)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xrd_core::LatentGrid;

    fn at(x: f64, y: f64) -> Latent2 {
        Latent2::new(x, y)
    }

    fn map(columns: usize, rows: usize, value: impl Fn(Latent2) -> Option<f64>) -> LatentMap {
        let grid = LatentGrid::new(at(-1.0, -1.0), at(1.0, 1.0), columns, rows).unwrap();
        LatentMap::new(grid, grid.points().map(value).collect()).unwrap()
    }

    /// Map with 2 to 8 nodes per side on [0, n − 1] and small integer values, some unknown.
    fn rough_map() -> impl Strategy<Value = LatentMap> {
        (2usize..9, 2usize..9).prop_flat_map(|(columns, rows)| {
            let value =
                prop_oneof![9 => (0i32..5).prop_map(|v| Some(f64::from(v))), 1 => Just(None)];
            prop::collection::vec(value, columns * rows).prop_map(move |values| {
                let high = at((columns - 1) as f64, (rows - 1) as f64);
                let grid = LatentGrid::new(at(0.0, 0.0), high, columns, rows).unwrap();
                LatentMap::new(grid, values).unwrap()
            })
        })
    }

    /// Value at a point on an edge of a map with unit steps.
    fn along_edges(map: &LatentMap, p: Latent2) -> f64 {
        let (i, j) = (p.x.floor() as usize, p.y.floor() as usize);
        let (fx, fy) = (p.x - p.x.floor(), p.y - p.y.floor());
        assert!(fx == 0.0 || fy == 0.0, "{p:?} is on no edge");
        let known = |i, j| map.value(i, j).expect("lines run between known nodes");
        let from = known(i, j);
        if fx > 0.0 {
            return from + fx * (known(i + 1, j) - from);
        }
        if fy > 0.0 {
            return from + fy * (known(i, j + 1) - from);
        }
        from
    }

    /// Points where the level is crossed, edge by edge, on edges of cells without an unknown node.
    fn naive_crossings(map: &LatentMap, level: f64) -> Vec<Latent2> {
        let (columns, rows) = (map.grid().columns(), map.grid().rows());
        let cell = |i: usize, j: usize| {
            let inside = i + 1 < columns && j + 1 < rows;
            let known = |(i, j)| map.value(i, j).is_some();
            inside
                && [(i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1)]
                    .into_iter()
                    .all(known)
        };
        let mut found = Vec::new();
        for (i, j) in (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j))) {
            let neighbours = [
                ((i + 1, j), cell(i, j) || (j > 0 && cell(i, j - 1))),
                ((i, j + 1), cell(i, j) || (i > 0 && cell(i - 1, j))),
            ];
            for ((k, l), used) in neighbours {
                if !used || k >= columns || l >= rows {
                    continue;
                }
                let (a, b) = (map.value(i, j).unwrap(), map.value(k, l).unwrap());
                if (a >= level) != (b >= level) {
                    let f = (level - a) / (b - a);
                    let (dx, dy) = ((k - i) as f64, (l - j) as f64);
                    found.push(at(i as f64 + f * dx, j as f64 + f * dy));
                }
            }
        }
        found
    }

    fn is_near(points: &[Latent2], p: Latent2) -> bool {
        points.iter().any(|q| q.distance(p) < 1e-9)
    }

    proptest! {
        #[test]
        fn every_point_interpolates_back(map in rough_map(), level in prop_oneof![
            0.0..5.0f64, (0i32..5).prop_map(f64::from),
        ]) {
            let lines = contour(&map, level).unwrap();
            let points: Vec<Latent2> = lines.iter().flat_map(|l| l.points()).copied().collect();
            for &p in &points {
                prop_assert!((along_edges(&map, p) - level).abs() < 1e-9);
            }
            let expected = naive_crossings(&map, level);
            prop_assert!(expected.iter().all(|&p| is_near(&points, p)));
            prop_assert!(points.iter().all(|&p| is_near(&expected, p)));
            // Away from the nodes each crossing is one point of one line.
            if level.fract() != 0.0 {
                prop_assert_eq!(points.len(), expected.len());
            }
        }

        #[test]
        fn a_plane_has_a_straight_line(
            (a, b) in (-3.0..3.0f64, -3.0..3.0f64), level in -1.0..1.0f64, n in 2usize..30,
        ) {
            prop_assume!(a.abs() + b.abs() > 0.1);
            let map = map(n, n + 3, |p| Some(a * p.x + b * p.y));
            let lines = contour(&map, level).unwrap();
            prop_assert!(lines.len() <= 1);
            for line in &lines {
                prop_assert!(!line.is_closed());
                let [first, .., last] = line.points() else { return Ok(()) };
                prop_assert!((line.length() - first.distance(*last)).abs() < 1e-9);
                for p in line.points() {
                    prop_assert!((a * p.x + b * p.y - level).abs() < 1e-9);
                }
            }
        }

        #[test]
        fn a_bowl_has_a_circle(radius in 0.2..0.9f64, n in 40usize..80) {
            let lines = contour(&map(n, n, |p| Some(p.x * p.x + p.y * p.y)), radius * radius).unwrap();
            prop_assert_eq!(lines.len(), 1);
            prop_assert!(lines[0].is_closed());
            let expected = std::f64::consts::TAU * radius;
            prop_assert!((lines[0].length() / expected - 1.0).abs() < 0.01);
        }
    }

    #[test]
    fn lines_do_not_enter_the_unknown() {
        let half = map(21, 21, |p| (p.x <= 1e-9).then_some(p.y));
        let lines = contour(&half, 0.05).unwrap();
        assert_eq!(lines.len(), 1);
        assert!((lines[0].length() - 1.0).abs() < 1e-9);
        let hole = map(21, 21, |p| (p.x.abs() > 0.11).then_some(p.y));
        assert_eq!(contour(&hole, 0.05).unwrap().len(), 2);
    }

    #[test]
    fn a_plateau_at_the_level_is_above() {
        // Rows of 0, 1, 1, 2: only the row of ones next to 0 borders on lower nodes.
        let steps = LatentMap::new(
            LatentGrid::new(at(0.0, 0.0), at(2.0, 3.0), 3, 4).unwrap(),
            [0.0, 1.0, 1.0, 2.0]
                .iter()
                .flat_map(|&v| [Some(v); 3])
                .collect(),
        );
        let lines = contour(&steps.unwrap(), 1.0).unwrap();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].points().iter().all(|p| p.y == 1.0));
        assert_eq!(lines[0].length(), 2.0);
        let flat = map(3, 3, |_| Some(1.0));
        assert_eq!(contour(&flat, 1.0), Ok(vec![]));
    }

    #[test]
    fn a_summit_at_the_level_is_one_point() {
        let summit = map(3, 3, |p| Some(f64::from(p == at(0.0, 0.0))));
        let lines = contour(&summit, 1.0).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (lines[0].points(), lines[0].length()),
            (&[at(0.0, 0.0)][..], 0.0)
        );
        assert!(lines[0].is_closed());
    }

    #[test]
    fn the_mean_decides_a_saddle() {
        let saddle = |high: f64| {
            let grid = LatentGrid::new(at(0.0, 0.0), at(1.0, 1.0), 2, 2).unwrap();
            let values = vec![Some(high), Some(0.0), Some(0.0), Some(high)];
            contour(&LatentMap::new(grid, values).unwrap(), 1.0).unwrap()
        };
        let cuts_off = |lines: &[Polyline], corner: Latent2| {
            lines
                .iter()
                .any(|l| l.points().iter().all(|p| p.distance(corner) < 0.75))
        };
        // Mean 1.5: the high corners are connected, and each line goes around a low one.
        let connected = saddle(3.0);
        assert_eq!(connected.len(), 2);
        assert!(cuts_off(&connected, at(1.0, 0.0)) && cuts_off(&connected, at(0.0, 1.0)));
        let separated = saddle(1.6);
        assert_eq!(separated.len(), 2);
        assert!(cuts_off(&separated, at(0.0, 0.0)) && cuts_off(&separated, at(1.0, 1.0)));
    }

    #[test]
    fn the_largest_numbers_cross_somewhere() {
        let map = map(2, 3, |p| Some(if p.y > 0.5 { f64::MAX } else { -f64::MAX }));
        let lines = contour(&map, 0.0).unwrap();
        assert!(lines[0].points().iter().all(|p| (p.y - 0.5).abs() < 1e-9));
    }

    #[test]
    fn no_line_is_no_error_but_no_level_is() {
        let map = map(4, 4, |p| Some(p.x));
        assert_eq!(contour(&map, 7.0), Ok(vec![]));
        for level in [f64::NAN, f64::INFINITY] {
            assert!(matches!(contour(&map, level), Err(Error::Level { .. })));
        }
    }
}
