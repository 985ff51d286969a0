//! Search for three places around P if most near places lie on one side of P.
//!
//! Of all places in the same direction from P, only the nearest one matters. The search therefore
//! visits only places that see P from a new side, and skips boxes of places that do not.

use xrd_core::Latent2;

use crate::nearby::{Near, NearestFirst, STRAIGHT, Vector, see, surround};
use crate::places::Places;
use crate::tree::Bounds;

/// Result of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wide {
    /// Three places, from the nearest to the farthest, or `None` if no three places surround P.
    Clear(Option<[Near; 3]>),
    /// Rounding or equal distances could decide, so that all near places must be compared.
    Unclear,
}

/// Sine of an angle below which a place is too close to the line from the nearest place through P
/// for this search.
const CLOSE: f64 = 1e-7;

/// Relative difference below which two sums of distances are too close for this search.
const EQUAL: f64 = 1e-14;

/// The same three places as in [`least_sum`](crate::triangle::least_sum) with `k` neighbours.
///
/// Let A be the nearest place. If three places surround P, then A surrounds P together with two of
/// them. A is therefore one of the three places with the smallest sum. The other two are on
/// different sides of the line from A through P. On each side, a place matters only if no nearer
/// place lies farther around P, as seen from A. All triples of the places that matter are compared.
pub(crate) fn least_sum(places: &Places<'_>, p: Latent2, k: usize) -> Wide {
    let at = [p.x, p.y];
    let mut near = NearestFirst::among(places, &at);
    let &[a, second] = near.first(2) else {
        return Wide::Unclear;
    };
    let mut around = Around::new(a);
    let mut search = places.ascending(places.squared(&at));
    while let Some((squared, i)) = search.next_outside(|bounds| around.hides(bounds, p)) {
        if i == a.site || !places.contains(i) {
            continue;
        }
        if sum([&a, &second]) + squared > around.limit() {
            break;
        }
        if !around.add(see(i, places.place(i).point, p)) {
            return Wide::Unclear;
        }
    }
    around.best(second, k, |near| places.rank(p, near))
}

fn sum<const N: usize>(places: [&Near; N]) -> f64 {
    places.iter().map(|near| near.squared_distance).sum()
}

/// Places on both sides of the line from the nearest place A through P. On each side, every place
/// lies farther around P than the nearer places, as seen from A.
struct Around {
    a: Near,
    left: Vec<Near>,
    right: Vec<Near>,
    /// Triples around P, in ascending order of the third place. Each has a smaller sum than those
    /// before it, or an equal one.
    triples: Vec<[Near; 3]>,
}

impl Around {
    fn new(a: Near) -> Self {
        Self {
            a,
            left: Vec::new(),
            right: Vec::new(),
            triples: Vec::new(),
        }
    }

    /// Direction farthest to the left of A, and farthest to the right.
    fn ends(&self) -> [Vector; 2] {
        [&self.left, &self.right].map(|side| side.last().unwrap_or(&self.a).direction)
    }

    /// Limit of the sum of squared distances of triples that matter.
    fn limit(&self) -> f64 {
        let last = self.triples.last();
        last.map_or(f64::INFINITY, |[a, b, c]| (1.0 + EQUAL) * sum([a, b, c]))
    }

    /// Adds a place that is farther than all others, unless a nearer place lies farther around P.
    /// Returns false if the place lies almost exactly on the other side of P, as seen from A.
    fn add(&mut self, next: Near) -> bool {
        let along = self.a.direction;
        let aside = along.cross(next.direction);
        if aside.abs() < CLOSE {
            return along.dot(next.direction) > 0.0;
        }
        let sign = aside.signum();
        let [left, right] = self.ends();
        let (own, end, others) = match aside > 0.0 {
            true => (&mut self.left, left, &self.right),
            false => (&mut self.right, right, &self.left),
        };
        if sign * end.cross(next.direction) <= 0.0 {
            return true;
        }
        own.push(next);
        // Less than half a turn from this place to the other one, around the side away from A.
        let beyond = |other: &Near| sign * next.direction.cross(other.direction);
        let first = others.partition_point(|other| beyond(other) < -2.0 * STRAIGHT);
        let partner = others[first..].iter();
        let partner = partner.copied().find(|b| surround(&self.a, b, &next));
        if let Some(b) = partner
            && sum([&self.a, &b, &next]) <= self.limit()
        {
            self.triples.push([self.a, b, next]);
        }
        true
    }

    /// Returns the triple with the smallest sum among the `k` nearest places, where `k` is doubled
    /// until there is a triple. `rank` is the number of places that are nearer than a place.
    fn best(&self, second: Near, mut k: usize, rank: impl Fn(&Near) -> usize) -> Wide {
        let Some([.., first]) = self.triples.first() else {
            return Wide::Clear(None);
        };
        let rank_of_first = rank(first);
        while k <= rank_of_first {
            k *= 2;
        }
        let within = self.triples.partition_point(|[.., c]| rank(c) < k);
        let sums: Vec<f64> = self.triples[..within]
            .iter()
            .map(|[a, b, c]| sum([a, b, c]))
            .collect();
        let best = (0..within)
            .min_by(|&i, &j| sums[i].total_cmp(&sums[j]))
            .unwrap_or(0);
        let least = sums[best];
        let is_close = |&i: &usize| sums[i] <= (1.0 + EQUAL) * least;
        // Rounding of the sums could make another triple, or another place than A, as good.
        let ties = (0..within).filter(is_close).count() > 1;
        match ties || second.squared_distance - self.a.squared_distance <= EQUAL * least {
            true => Wide::Unclear,
            false => Wide::Clear(Some(self.triples[best])),
        }
    }

    /// Whether every place in a box is hidden.
    fn hides(&self, bounds: Bounds<'_>, p: Latent2) -> bool {
        let [left, right] = self.ends();
        let ([x0, x1], [y0, y1]) = (
            [bounds.low[0], bounds.high[0]].map(|x| x - p.x),
            [bounds.low[1], bounds.high[1]].map(|y| y - p.y),
        );
        let corners = [(x0, y0), (x0, y1), (x1, y0), (x1, y1)].map(|(x, y)| Vector { x, y });
        let all = |from: Vector, to: Vector| {
            let is_between = |v: &Vector| from.cross(*v) > 0.0 && v.cross(to) > 0.0;
            corners.iter().all(is_between)
        };
        let a = self.a.direction;
        // A sector of less than half a turn is convex.
        all(a, left) || all(right, a) || (right.cross(left) > 0.0 && all(right, left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nearby::enough_to_surround;
    use crate::places::AllPlaces;
    use crate::triangle::{self, least_sum_among};
    use proptest::prelude::*;
    use xrd_core::Labels;

    fn all(points: &[(f64, f64)]) -> AllPlaces {
        let labels = Labels::new(vec!["q".to_owned()], vec![0.0; points.len()]).unwrap();
        let coordinates: Vec<f64> = points.iter().flat_map(|&(x, y)| [x, y]).collect();
        AllPlaces::new(2, &coordinates, &labels)
    }

    /// All places sorted by distance, and the number of compared places doubled.
    fn naive(places: &Places<'_>, p: Latent2) -> Option<[Near; 3]> {
        let mut near = places.seen(p);
        near.sort_by(|a, b| {
            let by_distance = a.squared_distance.total_cmp(&b.squared_distance);
            by_distance.then(a.site.cmp(&b.site))
        });
        enough_to_surround(&near)?;
        let mut k = 12;
        loop {
            let nearest = &near[..k.min(near.len())];
            let needed = enough_to_surround(nearest);
            let found = needed.and_then(|needed| least_sum_among(nearest, needed));
            if found.is_some() || k >= near.len() {
                return found.map(|triple| triple.map(|i| nearest[i]));
            }
            k *= 2;
        }
    }

    fn sites(found: Option<[Near; 3]>) -> Option<[usize; 3]> {
        found.map(|three| three.map(|near| near.site))
    }

    /// Dense groups with few places between them, as the planes of networks have, and lattices.
    fn points() -> impl Strategy<Value = Vec<(f64, f64)>> {
        let free = || (-1.0..1.0f64, -1.0..1.0f64);
        let group = (free(), 0.001..0.3f64, prop::collection::vec(free(), 1..250)).prop_map(
            |((x, y), size, offsets)| -> Vec<(f64, f64)> {
                let at = |(dx, dy): (f64, f64)| (x + size * dx, y + size * dy);
                offsets.into_iter().map(at).collect()
            },
        );
        let groups = prop::collection::vec(group, 1..5).prop_map(|groups| groups.concat());
        let node = (0i32..16, 0i32..16).prop_map(|(x, y)| (f64::from(x), f64::from(y)));
        prop_oneof![
            4 => groups,
            1 => prop::collection::vec(node, 3..250),
            2 => prop::collection::vec((free(), free()), 3..250).prop_map(|v: Vec<_>| saturated(v.iter().map(|&((x, _), (y, _))| (x, y)))),
        ]
    }

    /// Points of a network in single precision, most of them at the border of the plane. Many points
    /// in the corners are almost equal.
    fn saturated(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
        let coordinate = |v: f64| f64::from(((16.0 * v).tanh()) as f32);
        points
            .map(|(x, y)| (coordinate(x), coordinate(y)))
            .collect()
    }

    /// Almost equal nearest places in a corner are clear: comparing all places would take seconds
    /// for thousands of them.
    #[test]
    fn a_saturated_plane_is_clear() {
        let share = |i: i32, by: f64| (f64::from(i) * by).fract() * 2.0 - 1.0;
        let points = (0..2000).map(|i| (share(i, 0.618), share(i, 0.755)));
        let all = all(&saturated(points));
        for i in 0..400 {
            let p = Latent2::new(0.9 * share(i, 0.414), 0.9 * share(i, 0.732));
            match least_sum(&all.view(), p, 12) {
                Wide::Clear(found) => assert_eq!(sites(found), sites(naive(&all.view(), p))),
                Wide::Unclear => panic!("unclear at {p:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn few_places_are_visited_and_the_choice_is_the_same(
            points in points(), (x, y) in (-1.2..1.2f64, -1.2..1.2f64), left_out in 0usize..1000,
        ) {
            let all = all(&points);
            let p = Latent2::new(x, y);
            if all.find(&[x, y]).is_none() {
                let places = all.view();
                let found = triangle::least_sum(&places, p, 12);
                prop_assert_eq!(sites(found), sites(naive(&places, p)));
                if let Wide::Clear(found) = least_sum(&places, p, 12) {
                    prop_assert_eq!(sites(found), sites(naive(&places, p)));
                }
            }
            // A place that is left out, seen from its own position.
            let i = left_out % all.len();
            let (others, p) = (all.without(i), all.place(i).point);
            let found = triangle::least_sum(&others, p, 12);
            prop_assert_eq!(sites(found), sites(naive(&others, p)));
        }

        #[test]
        fn the_side_of_the_hull_is_that_of_all_places(points in points(), (x, y) in (-1.2..1.2f64, -1.2..1.2f64)) {
            let all = all(&points);
            let (places, p) = (all.view(), Latent2::new(x, y));
            if all.find(&[x, y]).is_none() {
                let surrounded = enough_to_surround(&places.seen(p)).is_some();
                prop_assert_eq!(places.surround(p), surrounded);
            }
        }
    }

    /// A group on one side of P and single places on the other: the triangle is found without
    /// comparing the whole group, and it is not unclear.
    #[test]
    fn a_gap_in_the_plane_is_clear() {
        let group = (0..400).map(|i| (f64::from(i).sin() * 0.1, f64::from(i * i).cos() * 0.1));
        let points: Vec<(f64, f64)> = group.chain([(3.0, 0.4), (3.1, -0.7)]).collect();
        let all = all(&points);
        let p = Latent2::new(1.5, 0.03);
        match least_sum(&all.view(), p, 192) {
            Wide::Clear(found) => {
                assert!(found.is_some());
                assert_eq!(sites(found), sites(naive(&all.view(), p)));
            }
            Wide::Unclear => panic!("unclear"),
        }
    }
}
