//! Convex polygon that is cut by lines, one after another.

use crate::nearby::Vector;

/// Half-plane `normal · x <= offset`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    normal: Vector,
    offset: f64,
}

impl Line {
    /// Half-plane of the points that are nearer to `own` than to `other`.
    pub(crate) fn bisector(own: Vector, other: Vector) -> Self {
        Self {
            normal: Vector {
                x: other.x - own.x,
                y: other.y - own.y,
            },
            offset: (other.dot(other) - own.dot(own)) / 2.0,
        }
    }

    /// Distance of a point beyond the border, in units of the length of the normal.
    fn beyond(&self, place: Vector) -> f64 {
        self.normal.dot(place) - self.offset
    }

    /// Intersection of two borders. It is not finite if the borders are parallel.
    fn crossing(&self, other: &Self) -> Vector {
        let whole = self.normal.cross(other.normal);
        let (a, b) = (self, other);
        Vector {
            x: (a.offset * b.normal.y - b.offset * a.normal.y) / whole,
            y: (a.normal.x * b.offset - b.normal.x * a.offset) / whole,
        }
    }
}

/// Side of a cell.
#[derive(Clone, Copy, Debug)]
struct Side {
    line: Line,
    /// Index of the neighbour on the other side, or `None` for a side of the initial square.
    neighbour: Option<usize>,
    start: Vector,
}

/// Convex polygon with its sides in counter-clockwise order.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    sides: Vec<Side>,
}

impl Cell {
    /// Square around the origin with sides of length 2·`half`.
    pub(crate) fn square(half: f64) -> Self {
        let side = |(x, y): (f64, f64)| Side {
            line: Line {
                normal: Vector { x, y },
                offset: half,
            },
            neighbour: None,
            // The corner before the middle of the side, in counter-clockwise order.
            start: Vector {
                x: half * (x + y),
                y: half * (y - x),
            },
        };
        let normals = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        Self {
            sides: normals.map(side).to_vec(),
        }
    }

    /// Removes the part of the polygon beyond a line.
    pub(crate) fn cut(&mut self, line: Line, neighbour: usize) {
        let n = self.sides.len();
        let beyond: Vec<f64> = self.sides.iter().map(|s| line.beyond(s.start)).collect();
        if beyond.iter().all(|b| *b <= 0.0) {
            return;
        }
        let mut kept = Vec::with_capacity(n + 1);
        for i in 0..n {
            let (from, to) = (beyond[i], beyond[(i + 1) % n]);
            let (side, end) = (self.sides[i], self.sides[(i + 1) % n].start);
            let crossing = || crossing(&side, end, &line, from / (from - to));
            match (from <= 0.0, to <= 0.0) {
                (true, true) => kept.push(side),
                (true, false) => {
                    kept.push(side);
                    kept.push(Side {
                        line,
                        neighbour: Some(neighbour),
                        start: crossing(),
                    });
                }
                (false, true) => kept.push(Side {
                    start: crossing(),
                    ..side
                }),
                (false, false) => {}
            }
        }
        self.sides = kept;
    }

    /// Corners in counter-clockwise order.
    pub(crate) fn corners(&self) -> impl Iterator<Item = Vector> + '_ {
        self.sides.iter().map(|side| side.start)
    }

    /// Distance from the origin to the farthest corner.
    pub(crate) fn radius(&self) -> f64 {
        let lengths = self.sides.iter().map(|s| s.start.length());
        lengths.fold(0.0, f64::max)
    }

    /// Neighbours of all sides in ascending order, or `None` if a side of the square remains.
    pub(crate) fn neighbours(&self) -> Option<Vec<usize>> {
        let all: Option<Vec<usize>> = self.sides.iter().map(|s| s.neighbour).collect();
        let mut all = all?;
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    pub(crate) fn area(&self) -> f64 {
        let [first, rest @ ..] = &self.sides[..] else {
            return 0.0;
        };
        let corners: Vec<Vector> = rest
            .iter()
            .map(|s| Vector {
                x: s.start.x - first.start.x,
                y: s.start.y - first.start.y,
            })
            .collect();
        let doubled: f64 = corners.windows(2).map(|w| w[0].cross(w[1])).sum();
        // Rounding may make a vanishing area negative.
        (doubled / 2.0).max(0.0)
    }
}

/// Intersection of a line with a side.
///
/// The intersection is computed from the two lines, which is exact except for rounding. For nearly
/// parallel lines this intersection may lie off the side. Then the point at the fraction `share` of
/// the side is returned.
fn crossing(side: &Side, end: Vector, line: &Line, share: f64) -> Vector {
    let crossing = side.line.crossing(line);
    let (a, b) = (side.start, end);
    let between = |v: f64, a: f64, b: f64| a.min(b) <= v && v <= a.max(b);
    if between(crossing.x, a.x, b.x) && between(crossing.y, a.y, b.y) {
        return crossing;
    }
    Vector {
        x: a.x + share * (b.x - a.x),
        y: a.y + share * (b.y - a.y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Vector {
        Vector { x, y }
    }

    #[test]
    fn a_square_is_cut_to_a_triangle_and_to_nothing() {
        let mut cell = Cell::square(4.0);
        assert_eq!((cell.area(), cell.neighbours()), (64.0, None));
        cell.cut(Line::bisector(at(0.0, 0.0), at(9.0, 0.0)), 7);
        assert_eq!(cell.area(), 64.0);
        // x + y <= 1, then x >= -1 and y >= -1: the triangle with sides of 3, inside the square.
        cell.cut(Line::bisector(at(0.0, 0.0), at(1.0, 1.0)), 0);
        cell.cut(Line::bisector(at(0.0, 0.0), at(-2.0, 0.0)), 1);
        cell.cut(Line::bisector(at(0.0, 0.0), at(0.0, -2.0)), 2);
        assert!((cell.area() - 4.5).abs() < 1e-12);
        assert_eq!(cell.neighbours(), Some(vec![0, 1, 2]));
        assert!((cell.radius() - 5f64.sqrt()).abs() < 1e-12);
        cell.cut(Line::bisector(at(9.0, 9.0), at(0.0, 0.0)), 3);
        assert_eq!((cell.area(), cell.radius()), (0.0, 0.0));
    }

    #[test]
    fn lines_that_cross_beyond_a_side_are_cut_by_its_share() {
        let line = |x: f64, y: f64, offset: f64| Line {
            normal: at(x, y),
            offset,
        };
        let side = Side {
            line: line(0.0, -1.0, 0.0),
            neighbour: None,
            start: at(0.0, 0.0),
        };
        let place = |upright: f64| {
            let crossing = crossing(&side, at(4.0, 0.0), &line(1.0, 0.0, upright), 0.25);
            (crossing.x, crossing.y)
        };
        assert_eq!(place(3.0), (3.0, 0.0));
        for outside in [-6.0, 10.0] {
            assert_eq!(place(outside), (1.0, 0.0));
        }
    }
}
