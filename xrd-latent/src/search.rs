//! Search for the triangle of known points that contains a point.

use xrd_core::Latent2;

use crate::estimate::FallbackReason;
use crate::estimator::{Choice, on_hull};
use crate::hull::{OnSegment, nearest_on};
use crate::nearby::{Near, nearest_first, see_all, surround};
use crate::nearest_triangle::{NearestTriangle, TriangleRule};
use crate::places::Place;
use crate::triangle::{Triple, inner_product, least_sum, shares, shares_anywhere};

/// Choice of the rule at `p`, or a fallback.
pub(crate) fn choose(places: &[Place], p: &[f64], options: &NearestTriangle) -> Choice {
    let p = Latent2::new(p[0], p[1]);
    let mut near = Vec::with_capacity(places.len());
    see_all(places, p, &mut near);
    match (found(&mut near, options), options.rule) {
        (Some(triple), _) => triangle(&near, triple),
        (None, TriangleRule::ThreeNearest) => outside_three(places, p, &mut near),
        (None, _) => on_hull(places, p),
    }
}

/// Choice of the rule at `p`, or `None` where `choose` gives a fallback.
pub(crate) fn choose_inside(
    places: &[Place],
    p: &[f64],
    options: &NearestTriangle,
) -> Option<Choice> {
    let mut near = Vec::with_capacity(places.len());
    see_all(places, Latent2::new(p[0], p[1]), &mut near);
    found(&mut near, options).map(|triple| triangle(&near, triple))
}

/// Triple that the rule chooses, or `None` if no such triple surrounds P.
fn found(near: &mut [Near], options: &NearestTriangle) -> Option<Triple> {
    match options.rule {
        TriangleRule::LeastSum => least_sum(near, options.neighbours),
        TriangleRule::InnerProduct => inner_product(near, options.neighbours),
        TriangleRule::ThreeNearest => match nearest_first(near, 3) {
            [a, b, c] if surround(a, b, c) => Some([0, 1, 2]),
            _ => None,
        },
    }
}

/// Choice of three places that surround P, in order of distance.
pub(crate) fn triangle(near: &[Near], triple: Triple) -> Choice {
    let [a, b, c] = triple.map(|i| &near[i]);
    let (s, t) = shares(a, b, c);
    let places = triple.map(|i| near[i].site);
    Choice::Triangle { places, s, t }
}

/// Fallback outside the triangle of the three nearest places: extrapolation by Eq. (2). If the
/// three places lie on one line, the fallback is the point nearest to P on the segments between
/// them.
fn outside_three(places: &[Place], p: Latent2, near: &mut [Near]) -> Choice {
    let near = nearest_first(near, 3);
    if let [a, b, c] = near {
        let abc = [a, b, c].map(|near| near.site);
        if let Some((s, t)) = shares_anywhere(p, abc.map(|i| places[i].point)) {
            return Choice::Extrapolated { places: abc, s, t };
        }
    }
    let place = on_nearest_three(places, p, near);
    Choice::Nearest {
        reason: FallbackReason::NoTriangle,
        from: place.from,
        to: place.to,
        t: place.t,
        distance: place.distance,
    }
}

fn on_nearest_three(places: &[Place], p: Latent2, near: &[Near]) -> OnSegment {
    let at = |i: usize| near[i.min(near.len() - 1)].site;
    let sides = [(at(0), at(1)), (at(0), at(2)), (at(1), at(2))];
    let points: Vec<Latent2> = places.iter().map(|place| place.point).collect();
    nearest_on(&points, sides.into_iter(), p)
}
