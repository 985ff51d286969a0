//! From the known places to the estimate at one point.

use xrd_core::Latent2;

use crate::estimate::{Basis, Estimate, EstimateOptions, FallbackReason, TriangleRule};
use crate::hull::{OnSegment, nearest_on, nearest_on_hull};
use crate::nearby::{Near, STRAIGHT, Vector, nearest_first, see_all, surround};
use crate::sites::Site;
use crate::triangle::{Triple, inner_product, least_sum, shares, shares_anywhere};

/// What the rule found at a point.
enum Found {
    Coincident(usize),
    Triangle { sites: [usize; 3], s: f64, t: f64 },
    Extrapolated { sites: [usize; 3], s: f64, t: f64 },
    Nothing(FallbackReason),
}

/// The estimate at `p` from at least one place.
pub(crate) fn estimate_among(sites: &[Site], p: Latent2, options: &EstimateOptions) -> Estimate {
    let members = |i: usize| sites[i].members.clone();
    match search(sites, p, options, &mut Vec::new()) {
        Found::Coincident(site) => Estimate {
            values: sites[site].values.clone(),
            basis: Basis::Coincident {
                points: members(site),
            },
        },
        Found::Triangle { sites: abc, s, t } => Estimate {
            values: interpolate(abc.map(|i| &sites[i]), s, t),
            basis: Basis::Triangle {
                corners: abc.map(members),
                s,
                t,
            },
        },
        Found::Extrapolated { sites: abc, s, t } => Estimate {
            values: interpolate(abc.map(|i| &sites[i]), s, t),
            basis: Basis::Extrapolated {
                corners: abc.map(members),
                s,
                t,
            },
        },
        Found::Nothing(reason) => fallback(sites, p, options.rule, reason),
    }
}

/// Finds what the rule says at `p`; `near` is scratch space.
fn search(sites: &[Site], p: Latent2, options: &EstimateOptions, near: &mut Vec<Near>) -> Found {
    if let Some(site) = sites.iter().position(|site| site.point == p) {
        return Found::Coincident(site);
    }
    see_all(sites, p, near);
    let triple = match options.rule {
        TriangleRule::LeastSum => least_sum(near, options.neighbours),
        TriangleRule::InnerProduct => inner_product(near, options.neighbours),
        TriangleRule::ThreeNearest => return three_nearest(sites, p, near),
    };
    match triple {
        Some(triple) => triangle(near, triple),
        None => Found::Nothing(why_nothing(sites)),
    }
}

fn triangle(near: &[Near], triple: Triple) -> Found {
    let [a, b, c] = triple.map(|i| &near[i]);
    let (s, t) = shares(a, b, c);
    let sites = triple.map(|i| near[i].site);
    Found::Triangle { sites, s, t }
}

fn three_nearest(sites: &[Site], p: Latent2, near: &mut [Near]) -> Found {
    let [a, b, c] = nearest_first(near, 3) else {
        return Found::Nothing(FallbackReason::NoTriangle);
    };
    if surround(a, b, c) {
        return triangle(near, [0, 1, 2]);
    }
    let abc = [a, b, c].map(|near| near.site);
    match shares_anywhere(p, abc.map(|i| sites[i].point)) {
        Some((s, t)) => Found::Extrapolated { sites: abc, s, t },
        None => Found::Nothing(FallbackReason::NoTriangle),
    }
}

/// Whether P is outside, or all sites lie on the line through the first and the last of them.
fn why_nothing(sites: &[Site]) -> FallbackReason {
    let (first, last) = (sites[0].point, sites[sites.len() - 1].point);
    let along = Vector::between(first, last);
    let on_line = |site: &Site| {
        let way = Vector::between(first, site.point);
        way.cross(along).abs() <= STRAIGHT * way.length() * along.length()
    };
    if sites.iter().all(on_line) {
        return FallbackReason::NoTriangle;
    }
    FallbackReason::OutsideHull
}

/// The estimate at the nearest place between two known points: of the hull, or of the three
/// nearest where the rule knows no others.
fn fallback(sites: &[Site], p: Latent2, rule: TriangleRule, reason: FallbackReason) -> Estimate {
    let place = match rule {
        TriangleRule::ThreeNearest => on_nearest_three(sites, p),
        _ => nearest_on_hull(&points(sites), p),
    };
    let (from, to) = (&sites[place.from], &sites[place.to]);
    Estimate {
        values: interpolate([from, to, to], place.t, 0.0),
        basis: Basis::Nearest {
            reason,
            from: from.members.clone(),
            to: to.members.clone(),
            t: place.t,
            distance: place.distance,
        },
    }
}

fn on_nearest_three(sites: &[Site], p: Latent2) -> OnSegment {
    let mut near = Vec::new();
    see_all(sites, p, &mut near);
    let near = nearest_first(&mut near, 3);
    let at = |i: usize| near[i.min(near.len() - 1)].site;
    let sides = [(at(0), at(1)), (at(0), at(2)), (at(1), at(2))];
    nearest_on(&points(sites), sides.into_iter(), p)
}

fn points(sites: &[Site]) -> Vec<Latent2> {
    sites.iter().map(|site| site.point).collect()
}

/// Eq. (2) for every label.
fn interpolate([a, b, c]: [&Site; 3], s: f64, t: f64) -> Vec<f64> {
    let others = b.values.iter().zip(&c.values);
    let value = |(a, (b, c)): (&f64, (&f64, &f64))| a + s * (b - a) + t * (c - a);
    a.values.iter().zip(others).map(value).collect()
}

/// The values at `p`, unless they would be a fallback.
pub(crate) fn inside_values(
    sites: &[Site],
    p: Latent2,
    options: &EstimateOptions,
    near: &mut Vec<Near>,
) -> Option<Vec<f64>> {
    match search(sites, p, options, near) {
        Found::Coincident(site) => Some(sites[site].values.clone()),
        Found::Triangle { sites: abc, s, t } => Some(interpolate(abc.map(|i| &sites[i]), s, t)),
        Found::Extrapolated { .. } | Found::Nothing(_) => None,
    }
}
