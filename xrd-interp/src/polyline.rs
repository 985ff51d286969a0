use xrd_core::Latent2;

use crate::error::{Error, Result};

/// Open or closed line of straight segments between points of the latent plane.
///
/// A polyline has at least one point, and every point is finite. A closed line has another segment
/// from its last point to its first point. The list of points does not repeat the first point.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Polyline"))]
pub struct Polyline {
    points: Vec<Latent2>,
    closed: bool,
}

impl Polyline {
    /// Creates a line through `points` in the given order.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no points.
    /// - [`Error::Point`] for a point that is not finite.
    pub fn new(points: Vec<Latent2>, closed: bool) -> Result<Self> {
        if points.is_empty() {
            return Err(Error::Empty {
                what: "points of the line",
            });
        }
        if let Some(index) = points.iter().position(|p| !p.is_finite()) {
            let Latent2 { x, y } = points[index];
            return Err(Error::Point { index, x, y });
        }
        Ok(Self { points, closed })
    }

    /// Line through the crossings of a contour. Of equal consecutive points, only one is kept.
    pub(crate) fn from_crossings(mut points: Vec<Latent2>, closed: bool) -> Self {
        points.dedup();
        while closed && points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        Self { points, closed }
    }

    /// Points of the line. The first point of a closed line is not repeated.
    pub fn points(&self) -> &[Latent2] {
        &self.points
    }

    /// Whether the line is closed by a segment from its last point to its first point.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Length of the line. The length of a closed line includes the segment from the last point to
    /// the first point.
    pub fn length(&self) -> f64 {
        self.pieces().map(|(a, b)| a.distance(b)).sum()
    }

    /// Point at a fraction of the length of the line. The argument `share` is this fraction, from
    /// 0 to 1.
    ///
    /// For 0, the result is the first point. For 1, the result is the last point of an open line,
    /// or the first point of a closed line. A fraction below 0 counts as 0. A fraction above 1 and
    /// NaN count as 1.
    pub fn at(&self, share: f64) -> Latent2 {
        let share = if share.is_nan() { 1.0 } else { share };
        self.at_length(share.clamp(0.0, 1.0) * self.length())
    }

    /// Point of this line that is nearest to `p`. If several points have the same distance, the
    /// first of them is returned.
    pub fn nearest(&self, p: Latent2) -> Latent2 {
        let nearer = |best: Latent2, place: Latent2| {
            let is_nearer = p.distance(place) < p.distance(best);
            if is_nearer { place } else { best }
        };
        self.pieces()
            .map(|(a, b)| nearest_between(a, b, p))
            .fold(self.points[0], nearer)
    }

    /// Point at a distance along the line, or the end of the line if the line is shorter.
    fn at_length(&self, mut length: f64) -> Latent2 {
        for (a, b) in self.pieces() {
            let piece = a.distance(b);
            if length <= piece && piece > 0.0 {
                return between(a, b, length / piece);
            }
            length -= piece;
        }
        self.end()
    }

    fn end(&self) -> Latent2 {
        let last = self.points.len() - 1;
        self.points[if self.closed { 0 } else { last }]
    }

    /// Straight segments of the line.
    fn pieces(&self) -> impl Iterator<Item = (Latent2, Latent2)> + '_ {
        let n = self.points.len();
        let count = if self.closed { n } else { n - 1 };
        (0..count).map(move |i| (self.points[i], self.points[(i + 1) % n]))
    }
}

fn between(a: Latent2, b: Latent2, share: f64) -> Latent2 {
    Latent2::new(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y))
}

fn nearest_between(a: Latent2, b: Latent2, p: Latent2) -> Latent2 {
    let length = a.distance(b);
    if length == 0.0 {
        return a;
    }
    // Unit vectors avoid underflow and overflow of the squares.
    let (ux, uy) = ((b.x - a.x) / length, (b.y - a.y) / length);
    let along = (p.x - a.x) * ux + (p.y - a.y) * uy;
    between(a, b, (along / length).clamp(0.0, 1.0))
}

/// Returns points that are evenly spaced along several lines. The argument `n` is the number of
/// points.
///
/// The lines are joined in their order in the argument `lines`. For k = 0, …, n − 1, the points lie
/// at the fractions (k + ½)/n of the total length. If every line has length 0, the result is the
/// list of the first points of the lines, in the order of the lines, repeated until there are n
/// points. If there are no lines, the result is empty.
///
/// Cost: O(n × p), where p is the total number of points of the lines.
pub fn points_along(lines: &[Polyline], n: usize) -> Vec<Latent2> {
    let lengths: Vec<f64> = lines.iter().map(Polyline::length).collect();
    let whole: f64 = lengths.iter().sum();
    if whole == 0.0 {
        let starts = lines.iter().map(|line| line.points[0]);
        return starts.cycle().take(n).collect();
    }
    let point = |k: usize| at_length_of_all(lines, &lengths, whole * (k as f64 + 0.5) / n as f64);
    (0..n).map(point).collect()
}

fn at_length_of_all(lines: &[Polyline], lengths: &[f64], mut length: f64) -> Latent2 {
    let mut end = lines[0].end();
    for (line, &of_line) in lines.iter().zip(lengths) {
        if length <= of_line && of_line > 0.0 {
            return line.at_length(length);
        }
        length -= of_line;
        end = line.end();
    }
    end
}

/// Point on one of several lines that is nearest to `p`.
///
/// If several points have the same distance, the first of them is returned. The result is `None` if
/// there are no lines.
///
/// Cost: O(number of points of the lines).
pub fn nearest_point_on(lines: &[Polyline], p: Latent2) -> Option<Latent2> {
    let places = lines.iter().map(|line| line.nearest(p));
    places.min_by(|a, b| p.distance(*a).total_cmp(&p.distance(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(points: &[(f64, f64)], closed: bool) -> Polyline {
        let points = points.iter().map(|&(x, y)| Latent2::new(x, y)).collect();
        Polyline::new(points, closed).unwrap()
    }

    fn lines() -> impl Strategy<Value = Vec<Polyline>> {
        let points = prop::collection::vec((-1.0..1.0f64, -1.0..1.0f64), 1..8);
        let line = (points, any::<bool>()).prop_map(|(points, closed)| line(&points, closed));
        prop::collection::vec(line, 1..4)
    }

    proptest! {
        #[test]
        fn points_are_on_the_lines_and_evenly_spread(lines in lines(), n in 1usize..30) {
            let points = points_along(&lines, n);
            prop_assert_eq!(points.len(), n);
            for &p in &points {
                prop_assert!(nearest_point_on(&lines, p).unwrap().distance(p) < 1e-9);
            }
            // Neighbouring points on one line are at most a step apart.
            if let [line] = &lines[..] {
                let step = line.length() / n as f64;
                for pair in points.windows(2) {
                    prop_assert!(pair[0].distance(pair[1]) <= step + 1e-9);
                }
                for (k, p) in points.iter().enumerate() {
                    let share = (k as f64 + 0.5) / n as f64;
                    prop_assert!(line.at(share).distance(*p) < 1e-9);
                }
            }
        }

        #[test]
        fn the_nearest_point_is_nearer_than_any_other(lines in lines(), p in (-2.0..2.0f64, -2.0..2.0f64)) {
            let p = Latent2::new(p.0, p.1);
            let distance = nearest_point_on(&lines, p).unwrap().distance(p);
            for other in points_along(&lines, 100) {
                prop_assert!(distance <= other.distance(p) + 1e-9);
            }
        }
    }

    #[test]
    fn a_closed_line_runs_home() {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let (open, closed) = (line(&corners, false), line(&corners, true));
        assert_eq!((open.length(), closed.length()), (3.0, 4.0));
        assert_eq!(open.at(0.5), Latent2::new(1.0, 0.5));
        assert_eq!(closed.at(0.875), Latent2::new(0.0, 0.5));
        assert_eq!(closed.at(1.0), closed.at(0.0));
        assert_eq!(open.at(f64::NAN), Latent2::new(0.0, 1.0));
        assert_eq!(open.at(-3.0), Latent2::new(0.0, 0.0));
        let near = closed.nearest(Latent2::new(-1.0, 0.25));
        assert_eq!(near, Latent2::new(0.0, 0.25));
    }

    #[test]
    fn single_points_take_turns() {
        let dots = [line(&[(1.0, 2.0)], true), line(&[(3.0, 4.0)], false)];
        let xs: Vec<f64> = points_along(&dots, 3).iter().map(|p| p.x).collect();
        assert_eq!(xs, [1.0, 3.0, 1.0]);
        assert_eq!(points_along(&[], 3), []);
        assert_eq!(points_along(&dots, 0), []);
        assert_eq!(nearest_point_on(&[], Latent2::default()), None);
    }

    #[test]
    fn refuses_what_is_no_line() {
        assert!(matches!(
            Polyline::new(vec![], true),
            Err(Error::Empty { .. })
        ));
        let points = vec![Latent2::default(), Latent2::new(0.0, f64::NAN)];
        let refused = Polyline::new(points, false);
        assert!(matches!(refused, Err(Error::Point { index: 1, .. })));
    }
}
