//! Estimator along a curve through the known points.

use crate::error::Result;
use crate::estimator::{Choice, Estimator};
use crate::neighbours::distance;
use crate::places::Places;

/// Estimator along the curve through the known points in the order of their labels.
///
/// This estimator is for patterns of a series, such as a temperature ramp, whose points lie on a curve. It
/// works in any number of dimensions. The known points are connected by straight segments in ascending
/// order of the first label. Known points with equal labels count as one vertex at their mean position. The
/// labels at a point P are interpolated linearly at N, the point of the curve nearest to P. If two
/// segments are equally near, the one with the smaller labels is used.
///
/// P lies inside if its distance from N is at most the length of a segment that contains N, or a tenth of
/// the length of the curve. If N is an end of the curve, or if there is only one vertex, P lies inside if
/// its distance from N is at most the largest distance of a known point of this vertex from its mean
/// position. In all other cases the estimate is a fallback. Along the curve, the estimate grows with the
/// position.
///
/// Labels other than the first are interpolated too, but they do not influence the order.
///
/// Cost: O(n·d) for n points in d dimensions.
///
/// # Example
/// ```
/// use xrd_core::{Labels, Latent2};
/// use xrd_latent::{AlongCurve, LabelledPlane};
///
/// let points = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)].map(|(x, y)| Latent2::new(x, y));
/// let labels = Labels::new(vec!["T".to_owned()], vec![300.0, 400.0, 500.0])?;
/// let plane = LabelledPlane::new(points.to_vec(), labels)?;
/// let estimate = plane.estimate_with(Latent2::new(0.5, 0.1), &AlongCurve)?;
/// assert_eq!(estimate.values, [350.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlongCurve;

/// Vertex of the curve: places with equal first labels.
struct Vertex {
    places: Vec<usize>,
    at: Vec<f64>,
    /// Largest distance of a place from the vertex.
    radius: f64,
}

/// Point of the curve nearest to P.
#[derive(Clone, Copy)]
struct Nearest {
    /// Index of the vertex before the point, and the position between it and the next.
    from: usize,
    t: f64,
    distance: f64,
}

impl Estimator for AlongCurve {
    fn name(&self) -> &'static str {
        "along the curve"
    }

    fn check(&self, _dimensions: usize) -> Result<()> {
        Ok(())
    }

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        let vertices = vertices(places);
        let nearest = nearest(&vertices, p);
        let ends = [
            (nearest.from, 1.0 - nearest.t),
            (nearest.from + 1, nearest.t),
        ];
        let shares = ends.into_iter().filter(|(_, share)| *share > 0.0);
        let shares = shares.flat_map(|(v, share)| {
            let of = &vertices[v].places;
            let each = share / of.len() as f64;
            of.iter().map(move |&place| (place, each))
        });
        Choice::Weighted {
            shares: shares.collect(),
            inside: is_inside(&vertices, nearest),
        }
    }
}

/// Returns the vertices in ascending order of the first label.
fn vertices(places: &Places<'_>) -> Vec<Vertex> {
    let label = |i: usize| places.place(i).values().first().copied().unwrap_or(0.0);
    let order: Vec<usize> = places.by_label().collect();
    let groups = order.chunk_by(|&a, &b| label(a) == label(b));
    groups.map(|group| vertex(places, group)).collect()
}

fn vertex(places: &Places<'_>, group: &[usize]) -> Vertex {
    let of = |i: usize| places.place(i).coordinates();
    let first = of(group[0]);
    let n = group.len() as f64;
    // A sum of differences keeps a single place exact.
    let mean = |axis: usize| {
        let excess: f64 = group.iter().map(|&i| of(i)[axis] - first[axis]).sum();
        first[axis] + excess / n
    };
    let at: Vec<f64> = (0..first.len()).map(mean).collect();
    let away = group.iter().map(|&i| distance(of(i), &at));
    Vertex {
        radius: away.fold(0.0, f64::max),
        places: group.to_vec(),
        at,
    }
}

/// Returns the point of the curve that is nearest to P, the first of several.
fn nearest(vertices: &[Vertex], p: &[f64]) -> Nearest {
    let mut best = Nearest {
        from: 0,
        t: 0.0,
        distance: vertices.first().map_or(0.0, |v| distance(&v.at, p)),
    };
    for (from, pair) in vertices.windows(2).enumerate() {
        let t = position(&pair[0].at, &pair[1].at, p);
        let on = |(a, b): (&f64, &f64)| if t == 1.0 { *b } else { a + t * (b - a) };
        let at: Vec<f64> = pair[0].at.iter().zip(&pair[1].at).map(on).collect();
        let distance = distance(&at, p);
        if distance < best.distance {
            best = Nearest { from, t, distance };
        }
    }
    best
}

/// Returns the position of the point of the segment AB nearest to P: 0 at A, 1 at B.
fn position(a: &[f64], b: &[f64], p: &[f64]) -> f64 {
    let length = distance(a, b);
    if length == 0.0 {
        return 0.0;
    }
    let axes = a.iter().zip(b).zip(p);
    let along: f64 = axes
        .map(|((a, b), p)| ((b - a) / length) * ((p - a) / length))
        .sum();
    along.clamp(0.0, 1.0)
}

fn is_inside(vertices: &[Vertex], nearest: Nearest) -> bool {
    let vertex = nearest.from + usize::from(nearest.t == 1.0);
    let is_end = [0.0, 1.0].contains(&nearest.t) && (vertex == 0 || vertex + 1 == vertices.len());
    if is_end {
        return nearest.distance <= vertices[vertex].radius;
    }
    let lengths = vertices.windows(2).map(|v| distance(&v[0].at, &v[1].at));
    let lengths: Vec<f64> = lengths.collect();
    // A vertex belongs to the segments on both sides.
    let first = nearest.from - usize::from(nearest.t == 0.0 && nearest.from > 0);
    let last = nearest.from + usize::from(nearest.t == 1.0);
    let own = lengths.iter().skip(first).take(last + 1 - first);
    let reach = own.copied().fold(0.0, f64::max);
    nearest.distance <= reach.max(lengths.iter().sum::<f64>() / 10.0)
}
