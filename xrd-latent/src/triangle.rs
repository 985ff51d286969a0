//! Rules that choose three sites.

use xrd_core::Latent2;

use crate::nearby::{Near, STRAIGHT, Vector, enough_to_surround, nearest_first, surround};

/// Positions of three sites in the list of near sites.
pub(crate) type Triple = [usize; 3];

/// The triple around P with the least sum of squared distances, among the `neighbours` nearest sites.
/// Their number is doubled until there is a triple.
///
/// Cost: O(n) to find the near sites; for k of them O(k²) if clustered or random, O(k³) in the worst
/// case.
pub(crate) fn least_sum(near: &mut [Near], neighbours: usize) -> Option<Triple> {
    growing(near, neighbours, |nearest| {
        let needed = enough_to_surround(nearest)?;
        least_sum_among(nearest, needed)
    })
}

/// The nearest site A, and the pair B, C with the largest AB·AP + AC·AP such that ABC surrounds P,
/// among the `neighbours` nearest sites. Their number is doubled until there is such a pair.
///
/// Cost: O(n) to find the near sites and O(k²) for k of them.
pub(crate) fn inner_product(near: &mut [Near], neighbours: usize) -> Option<Triple> {
    growing(near, neighbours, |nearest| {
        enough_to_surround(nearest)?;
        inner_product_among(nearest)
    })
}

/// Result of `pick` among the `k` nearest sites. k is doubled until there is a result or all sites
/// are used. The sites are sorted as far as needed.
fn growing(
    near: &mut [Near],
    mut k: usize,
    pick: impl Fn(&[Near]) -> Option<Triple>,
) -> Option<Triple> {
    // Outside the hull of all sites there is no triangle.
    enough_to_surround(near)?;
    loop {
        let found = pick(nearest_first(near, k));
        if found.is_some() || k >= near.len() {
            return found;
        }
        k *= 2;
    }
}

/// [`least_sum`] among sites sorted by distance, of which the first `needed` surround P.
///
/// Any triple that surrounds P has its farthest site C at `needed - 1` or later, and its other two
/// sites on different sides of the line from C through P.
fn least_sum_among(near: &[Near], needed: usize) -> Option<Triple> {
    let d = |i: usize| near[i].squared_distance;
    let (mut best, mut least) = (None, f64::INFINITY);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for c in needed - 1..near.len() {
        // Distances ascend, so this sum is a lower bound for all that follow. The same holds below.
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

/// Splits the sites before `c` into those left and those right of the line from `c` through P.
///
/// Sites on the line are on both sides if they are behind P as seen from `c`, else on neither.
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

/// [`inner_product`] among sites sorted by distance.
fn inner_product_among(near: &[Near]) -> Option<Triple> {
    let a = near.first()?;
    // AB·AP = |AP|² - PA·PB, so the largest sum has the least PA·PB + PA·PC; |PA| is common.
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

/// s and t of P in the triangle of three sites that surround it, of which A is the nearest.
///
/// The share of A is proportional to the area of PBC, and so to sin(BPC) / |PA|. Sines of turns that
/// count as straight are 0, so the shares are never negative.
pub(crate) fn shares(a: &Near, b: &Near, c: &Near) -> (f64, f64) {
    let sine = |u: &Near, v: &Near| u.direction.turn(v.direction).abs();
    let of_a = sine(b, c);
    let of_b = sine(c, a) * (a.distance / b.distance);
    let of_c = sine(a, b) * (a.distance / c.distance);
    let s = of_b / (of_a + of_b + of_c);
    let t = of_c / (of_a + of_b + of_c);
    (s, t.min(1.0 - s))
}

/// s and t of P in any triangle ABC; `None` if A, B and C lie on one line.
pub(crate) fn shares_anywhere(p: Latent2, [a, b, c]: [Latent2; 3]) -> Option<(f64, f64)> {
    let [ab, ac, ap] = [b, c, p].map(|to| Vector::between(a, to));
    let whole = ab.cross(ac);
    if whole.abs() <= STRAIGHT * ab.length() * ac.length() {
        return None;
    }
    Some((ap.cross(ac) / whole, ab.cross(ap) / whole))
}
