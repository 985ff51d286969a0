//! Rules that choose three places.

use xrd_core::Latent2;

use crate::hull::Side;
use crate::nearby::{Near, NearestFirst, STRAIGHT, Vector, enough_to_surround, surround};
use crate::places::Places;
use crate::wide::{self, Wide};

/// Indices of three places in the list of near places.
pub(crate) type Triple = [usize; 3];

/// Number of near places up to which all triples are tried, unless the caller asks for more.
const FEW: usize = 96;

/// Three places around P with the smallest sum of squared distances, among the `neighbours` nearest
/// places. This number is doubled until three such places are found.
///
/// Cost: about O(log n + k²) for k near places, clustered or random, and O(k³) in the worst case.
pub(crate) fn least_sum(places: &Places<'_>, p: Latent2, neighbours: usize) -> Option<[Near; 3]> {
    growing(places, p, neighbours, wide::least_sum, |nearest| {
        let needed = enough_to_surround(nearest)?;
        least_sum_among(nearest, needed)
    })
}

/// Triple A, B, C around P, where A is the nearest place. Of the `neighbours` nearest places, B and
/// C are the pair with the largest AB·AP + AC·AP. This number is doubled until a pair is found.
///
/// Cost: about O(log n + k²) for k near places.
pub(crate) fn inner_product(
    places: &Places<'_>,
    p: Latent2,
    neighbours: usize,
) -> Option<[Near; 3]> {
    growing(
        places,
        p,
        neighbours,
        |_, _, _| Wide::Unclear,
        |nearest| {
            enough_to_surround(nearest)?;
            inner_product_among(nearest)
        },
    )
}

/// Result of `pick` for the `k` nearest places. The number `k` is doubled until there is a result
/// or all places are used. Above [`FEW`], the search `wide` is tried first; it has the same result.
fn growing(
    places: &Places<'_>,
    p: Latent2,
    mut k: usize,
    wide: impl Fn(&Places<'_>, Latent2, usize) -> Wide,
    pick: impl Fn(&[Near]) -> Option<Triple>,
) -> Option<[Near; 3]> {
    // Outside the hull of all places there is no triangle.
    if places.side(p) == Side::Outside {
        return None;
    }
    let at = [p.x, p.y];
    let mut near = NearestFirst::among(places, &at);
    let mut is_tried = false;
    loop {
        let nearest = near.first(k);
        let found = pick(nearest);
        if found.is_some() || k >= places.len() {
            return found.map(|triple| triple.map(|i| nearest[i]));
        }
        k *= 2;
        if k > FEW && !is_tried {
            is_tried = true;
            if let Wide::Clear(found) = wide(places, p, k) {
                return found;
            }
        }
    }
}

/// [`least_sum`] for places sorted by distance. The first `needed` places surround P.
///
/// In any triple that surrounds P, the farthest place C has index `needed - 1` or higher. The other
/// two places are on different sides of the line from C through P.
pub(crate) fn least_sum_among(near: &[Near], needed: usize) -> Option<Triple> {
    let d = |i: usize| near[i].squared_distance;
    let (mut best, mut least) = (None, f64::INFINITY);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for c in needed - 1..near.len() {
        // Distances ascend, so this sum is a lower bound for all later triples, here and below.
        if d(0) + d(1) + d(c) >= least {
            break;
        }
        split(near, c, &mut left, &mut right);
        for &a in &left {
            let shorter = |b: &usize| d(a) + d(*b) + d(c) < least;
            if !right.first().is_some_and(shorter) {
                break;
            }
            let fits = |&&b: &&usize| surround(&near[a], &near[b], &near[c]);
            if let Some(&b) = right.iter().take_while(|b| shorter(b)).find(fits) {
                (best, least) = (Some([a.min(b), a.max(b), c]), d(a) + d(b) + d(c));
            }
        }
    }
    best
}

/// Splits the places before `c` into places left and places right of the line from `c` through P.
///
/// If a place lies on this line and P lies between it and `c`, the place is put into both lists.
/// Other places on this line are put into neither list.
fn split(near: &[Near], c: usize, left: &mut Vec<usize>, right: &mut Vec<usize>) {
    left.clear();
    right.clear();
    let from = near[c].direction;
    for (i, site) in near[..c].iter().enumerate() {
        let turn = from.turn(site.direction);
        let behind = turn == 0.0 && from.dot(site.direction) < 0.0;
        if turn > 0.0 || behind {
            left.push(i);
        }
        if turn < 0.0 || behind {
            right.push(i);
        }
    }
}

/// [`inner_product`] for places sorted by distance.
fn inner_product_among(near: &[Near]) -> Option<Triple> {
    let a = near.first()?;
    // AB·AP = |AP|² - PA·PB, so the largest sum has the smallest PA·PB + PA·PC; |PA| is common.
    let product = |i: usize| a.direction.dot(near[i].direction) * near[i].distance;
    let (mut best, mut least) = (None, f64::INFINITY);
    for c in 2..near.len() {
        for b in 1..c {
            let sum = product(b) + product(c);
            if sum < least && surround(a, &near[b], &near[c]) {
                (best, least) = (Some([0, b, c]), sum);
            }
        }
    }
    best
}

/// Weights s and t of P in the triangle of three places A, B, C that surround P. A is the nearest
/// place.
///
/// The weight of A is proportional to the area of the triangle PBC, and so to sin(BPC) / |PA|. The
/// sine is 0 for directions that count as parallel, so no weight is negative.
pub(crate) fn shares(a: &Near, b: &Near, c: &Near) -> (f64, f64) {
    let sine = |u: &Near, v: &Near| u.direction.turn(v.direction).abs();
    let of_a = sine(b, c);
    let of_b = sine(c, a) * (a.distance / b.distance);
    let of_c = sine(a, b) * (a.distance / c.distance);
    let s = of_b / (of_a + of_b + of_c);
    let t = of_c / (of_a + of_b + of_c);
    (s, t.min(1.0 - s))
}

/// Weights s and t of P in any triangle ABC, or `None` if A, B and C lie on one line.
pub(crate) fn shares_anywhere(p: Latent2, [a, b, c]: [Latent2; 3]) -> Option<(f64, f64)> {
    let [ab, ac, ap] = [b, c, p].map(|to| Vector::between(a, to));
    let whole = ab.cross(ac);
    if whole.abs() <= STRAIGHT * ab.length() * ac.length() {
        return None;
    }
    Some((ap.cross(ac) / whole, ab.cross(ap) / whole))
}
