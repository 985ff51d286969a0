//! Search for the triangle of known points that contains a point.

use xrd_core::Latent2;

use crate::estimate::FallbackReason;
use crate::estimator::{Choice, on_hull};
use crate::hull::nearest_on;
use crate::nearby::{Near, NearestFirst, surround};
use crate::nearest_triangle::{NearestTriangle, TriangleRule};
use crate::places::Places;
use crate::triangle::{inner_product, least_sum, shares, shares_anywhere};

/// Choice of the rule at `p`, or a fallback.
pub(crate) fn choose(places: &Places<'_>, p: &[f64], options: &NearestTriangle) -> Choice {
    let at = Latent2::new(p[0], p[1]);
    match (choose_inside(places, p, options), options.rule) {
        (Some(choice), _) => choice,
        (None, TriangleRule::ThreeNearest) => outside_three(places, at),
        (None, _) => on_hull(places, at),
    }
}

/// Choice of the rule at `p`, or `None` where `choose` gives a fallback.
pub(crate) fn choose_inside(
    places: &Places<'_>,
    p: &[f64],
    options: &NearestTriangle,
) -> Option<Choice> {
    let p = Latent2::new(p[0], p[1]);
    let found = match options.rule {
        TriangleRule::LeastSum => least_sum(places, p, options.neighbours),
        TriangleRule::InnerProduct => inner_product(places, p, options.neighbours),
        TriangleRule::ThreeNearest => {
            nearest_three(places, p).filter(|[a, b, c]| surround(a, b, c))
        }
    };
    found.map(triangle)
}

/// Choice of three places that surround P, in order of distance.
pub(crate) fn triangle([a, b, c]: [Near; 3]) -> Choice {
    let (s, t) = shares(&a, &b, &c);
    let places = [a, b, c].map(|near| near.site);
    Choice::Triangle { places, s, t }
}

/// The three places nearest to P, if there are so many.
fn nearest_three(places: &Places<'_>, p: Latent2) -> Option<[Near; 3]> {
    let at = [p.x, p.y];
    let mut near = NearestFirst::among(places, &at);
    near.first(3).try_into().ok()
}

/// Fallback outside the triangle of the three nearest places: extrapolation by Eq. (2). If the
/// three places lie on one line, the fallback is the point nearest to P on the segments between
/// them.
fn outside_three(places: &Places<'_>, p: Latent2) -> Choice {
    let at = [p.x, p.y];
    let mut near = NearestFirst::among(places, &at);
    let near: Vec<usize> = near.first(3).iter().map(|near| near.site).collect();
    let points: Vec<Latent2> = near.iter().map(|&i| places.place(i).point).collect();
    if let ([a, b, c], [i, j, k]) = (&points[..], &near[..])
        && let Some((s, t)) = shares_anywhere(p, [*a, *b, *c])
    {
        let places = [*i, *j, *k];
        return Choice::Extrapolated { places, s, t };
    }
    let at = |i: usize| i.min(points.len() - 1);
    let sides = [(at(0), at(1)), (at(0), at(2)), (at(1), at(2))];
    let on = nearest_on(&points, sides.into_iter(), p);
    Choice::Nearest {
        reason: FallbackReason::NoTriangle,
        from: near[on.from],
        to: near[on.to],
        t: on.t,
        distance: on.distance,
    }
}
