//! Distances and directions of places from a point P.

use xrd_core::Latent2;

use crate::places::Places;

/// Largest sine of the angle between two directions that count as parallel.
pub(crate) const STRAIGHT: f64 = 1e-9;

/// Vector in the latent plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Vector {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Vector {
    pub(crate) fn between(from: Latent2, to: Latent2) -> Self {
        Self {
            x: to.x - from.x,
            y: to.y - from.y,
        }
    }

    pub(crate) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn length(self) -> f64 {
        let squared = self.dot(self);
        // The square root is several times as fast as `hypot`, which only the shortest vectors need.
        if squared > 1e-280 {
            squared.sqrt()
        } else {
            self.x.hypot(self.y)
        }
    }

    /// Sine of the angle from this unit vector to another. The sine is exactly 0 if the two
    /// directions count as parallel.
    pub(crate) fn turn(self, other: Self) -> f64 {
        let sine = self.cross(other);
        if sine.abs() < STRAIGHT { 0.0 } else { sine }
    }
}

/// Distance and direction of a place from P. The field `site` is the index of the place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Near {
    pub(crate) site: usize,
    pub(crate) distance: f64,
    pub(crate) squared_distance: f64,
    /// Unit vector from P to the place. It is zero if the place is at P.
    pub(crate) direction: Vector,
}

/// Places from the nearest to P to the farthest, found when they are needed. Places at the same
/// distance are in the order of their indices.
pub(crate) struct NearestFirst<I> {
    rest: I,
    found: Vec<Near>,
}

impl<'a> NearestFirst<()> {
    /// Prepares a search among all places.
    pub(crate) fn among(
        places: &Places<'a>,
        p: &'a [f64; 2],
    ) -> NearestFirst<impl Iterator<Item = Near> + use<'a>> {
        let places = *places;
        let at = Latent2::new(p[0], p[1]);
        let all = places.ascending(places.squared(p));
        let others = all.filter(move |(_, i)| places.contains(*i));
        NearestFirst {
            rest: others.map(move |(_, i)| see(i, places.place(i).point, at)),
            found: Vec::new(),
        }
    }
}

impl<I: Iterator<Item = Near>> NearestFirst<I> {
    /// Returns the `k` nearest places, or all places if there are fewer.
    pub(crate) fn first(&mut self, k: usize) -> &[Near] {
        let more = k.saturating_sub(self.found.len());
        self.found.extend(self.rest.by_ref().take(more));
        &self.found[..k.min(self.found.len())]
    }
}

/// Returns what is seen of a place from P.
pub(crate) fn see(site: usize, point: Latent2, p: Latent2) -> Near {
    let offset = Vector::between(p, point);
    let distance = offset.length();
    let unit = distance.max(f64::MIN_POSITIVE);
    Near {
        site,
        distance,
        squared_distance: offset.dot(offset),
        direction: Vector {
            x: offset.x / unit,
            y: offset.y / unit,
        },
    }
}

/// Whether P lies in the closed triangle of three places. This is the case if two conditions hold:
/// The angles between successive directions do not change sign. The places are not all on one side
/// of P.
pub(crate) fn surround(a: &Near, b: &Near, c: &Near) -> bool {
    let [u, v, w] = [a, b, c].map(|near| near.direction);
    let turns = [u.turn(v), v.turn(w), w.turn(u)];
    let one_way = turns.iter().all(|&t| t >= 0.0) || turns.iter().all(|&t| t <= 0.0);
    // For three unit vectors around the origin the products of pairs sum to at most -1. For a flat
    // triangle seen from one end the sum is +3.
    one_way && turns != [0.0; 3] && u.dot(v) + v.dot(w) + w.dot(u) < 0.0
}

/// Cone of the directions from P to the first places of a list.
///
/// The cone shows how many of the nearest places are needed so that three of them surround P. It
/// makes a search through all triples unnecessary.
enum Cone {
    Empty,
    /// All directions lie within less than half a turn, counter-clockwise from `low` to `high`.
    Open {
        low: Vector,
        high: Vector,
    },
    /// All directions lie on one line through P, on both sides of P.
    Line(Vector),
    Full,
}

impl Cone {
    fn with(self, u: Vector) -> Self {
        match self {
            Self::Empty => Self::Open { low: u, high: u },
            Self::Line(v) if v.turn(u) == 0.0 => self,
            Self::Open { low, high } => Self::widened(low, high, u),
            Self::Line(_) | Self::Full => Self::Full,
        }
    }

    fn widened(low: Vector, high: Vector, u: Vector) -> Self {
        let (after_low, before_high) = (low.turn(u), u.turn(high));
        let ray = low.turn(high) == 0.0;
        match (after_low >= 0.0, before_high >= 0.0) {
            _ if ray && after_low == 0.0 && low.dot(u) < 0.0 => Self::Line(low),
            (true, true) => Self::Open { low, high },
            _ if !ray && after_low <= 0.0 && before_high <= 0.0 => Self::Full,
            (false, _) => Self::Open { low: u, high },
            (true, false) => Self::Open { low, high: u },
        }
    }
}

/// Smallest n such that three of the first n places surround P, or `None` if there are no such
/// three places.
///
/// Cost: O(n) for n places.
pub(crate) fn enough_to_surround(near: &[Near]) -> Option<usize> {
    let mut cone = Cone::Empty;
    for (i, site) in near.iter().enumerate() {
        cone = cone.with(site.direction);
        if matches!(cone, Cone::Full) {
            return Some(i + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Result of [`enough_to_surround`] for places in these directions, in degrees.
    fn enough(degrees: &[f64]) -> Option<usize> {
        let near = |(site, degrees): (usize, &f64)| {
            let angle = degrees.to_radians();
            see(
                site,
                Latent2::new(angle.cos(), angle.sin()),
                Latent2::default(),
            )
        };
        let near: Vec<Near> = degrees.iter().enumerate().map(near).collect();
        enough_to_surround(&near)
    }

    #[test]
    fn sites_of_one_line_do_not_surround_a_point_on_it() {
        assert_eq!(enough(&[30.0, 210.0, 30.0, 210.0]), None);
        assert_eq!(enough(&[30.0, 210.0, 210.0, 90.0]), Some(4));
    }

    #[test]
    fn half_a_turn_and_more_surround() {
        assert_eq!(enough(&[0.0, 100.0, 50.0, 170.0]), None);
        assert_eq!(enough(&[0.0, 100.0, 190.0]), Some(3));
        assert_eq!(enough(&[0.0, 100.0, 50.0, 180.0]), Some(4));
        assert_eq!(enough(&[0.0, 100.0, 280.0]), Some(3));
        assert_eq!(enough(&[]), None);
    }
}
