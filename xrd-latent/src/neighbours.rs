//! Estimators that take weighted means of the nearest known points: k nearest neighbours and
//! inverse distance.

use xrd_core::Latent2;

use crate::error::{Error, Result};
use crate::estimator::{Choice, Estimator};
use crate::places::Places;

/// Estimator that takes the mean labels of the k known points nearest to a point P (k-NN).
///
/// This estimator works in any number of dimensions. The k points have equal weights. Known points
/// with exactly the same coordinates count as one point with the mean of their labels. If two
/// points are at exactly the same distance, the point with the smaller first coordinate is chosen.
/// If these coordinates are equal too, the next coordinate decides, and so on. A rotation of the
/// points can change the estimate only if such equal distances occur.
///
/// The estimate jumps where one neighbour replaces another. Near the border of the [convex
/// hull](crate::convex_hull) the estimate is biased, because most neighbours lie on one side of P.
/// If P does not lie inside the known points, the estimate is a fallback. The field `inside` of
/// [`Basis::Weighted`](crate::Basis::Weighted) defines when P lies inside.
///
/// Cost: about O(log n + k²·d) for n points in few dimensions d, and O(n·d + k²·d) at most.
///
/// # References
/// T. M. Cover, P. E. Hart, "Nearest neighbor pattern classification", IEEE Trans. Inf. Theory 13,
/// 21 (1967).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearestNeighbours {
    /// Number of neighbours k, at least 1.
    pub neighbours: usize,
}

impl NearestNeighbours {
    /// Sets the number of neighbours k, at least 1.
    #[must_use]
    pub fn with_neighbours(mut self, neighbours: usize) -> Self {
        self.neighbours = neighbours;
        self
    }
}

impl Default for NearestNeighbours {
    /// Default with 5 neighbours.
    fn default() -> Self {
        Self { neighbours: 5 }
    }
}

/// Estimator that takes a weighted mean of the k known points nearest to a point P (Shepard).
///
/// This estimator works in any number of dimensions. The weight of a known point decreases with its
/// distance from P. Known points with exactly the same coordinates count as one point with the mean
/// of their labels.
///
/// A known point at distance d from P has the weight `((R − d) / (R·d))^power`. R is the distance
/// from P to the (k + 1)-th nearest known point. The weight falls to 0 at the distance R, so the
/// estimate does not jump where one neighbour replaces another. If the k nearest points are all at
/// the distance R, the formula gives the weight 0 for every point. The k points then have equal
/// weights instead. If there are at most k known points, the weight is `1 / d^power`. At a known
/// point, the estimate equals the labels of this point.
///
/// If P does not lie inside the known points, the estimate is a fallback. The field `inside` of
/// [`Basis::Weighted`](crate::Basis::Weighted) defines when P lies inside.
///
/// Cost: about O(log n + k²·d) for n points in few dimensions d, and O(n·d + k²·d) at most.
///
/// # References
/// D. Shepard, "A two-dimensional interpolation function for irregularly-spaced data", Proc. 23rd
/// ACM Nat. Conf., 517 (1968). The formula of the weights is from R. Franke, G. Nielson, "Smooth
/// interpolation of large sets of scattered data", Int. J. Numer. Meth. Eng. 15, 1691 (1980).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct InverseDistance {
    /// Exponent in the formula of the weights, greater than 0.
    pub power: f64,
    /// Number of neighbours k, at least 1.
    pub neighbours: usize,
}

impl InverseDistance {
    /// Sets the exponent in the formula of the weights, greater than 0.
    #[must_use]
    pub fn with_power(mut self, power: f64) -> Self {
        self.power = power;
        self
    }

    /// Sets the number of neighbours k, at least 1.
    #[must_use]
    pub fn with_neighbours(mut self, neighbours: usize) -> Self {
        self.neighbours = neighbours;
        self
    }
}

impl Default for InverseDistance {
    /// Default with 12 neighbours and the exponent 2.
    fn default() -> Self {
        Self {
            power: 2.0,
            neighbours: 12,
        }
    }
}

impl Estimator for NearestNeighbours {
    fn name(&self) -> &'static str {
        "nearest neighbours"
    }

    fn check(&self, _dimensions: usize) -> Result<()> {
        at_least_one(self.neighbours)
    }

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        let near = nearest(places, p, self.neighbours.max(3));
        let k = self.neighbours.min(near.len());
        Choice::Weighted {
            shares: near[..k].iter().map(|&(_, place)| (place, 1.0)).collect(),
            inside: is_inside(places, p, &near, k),
        }
    }
}

impl Estimator for InverseDistance {
    fn name(&self) -> &'static str {
        "inverse distance"
    }

    fn check(&self, _dimensions: usize) -> Result<()> {
        at_least_one(self.neighbours)?;
        if self.power > 0.0 && self.power.is_finite() {
            return Ok(());
        }
        Err(Error::Power { found: self.power })
    }

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        let near = nearest(places, p, self.neighbours.saturating_add(1).max(3));
        let k = self.neighbours.min(near.len());
        let weight = |d: f64| self.weight(d, near[0].0, near.get(k).map(|next| next.0));
        let of_place = |&(d, place): &(f64, usize)| (place, weight(d));
        Choice::Weighted {
            shares: near[..k].iter().map(of_place).collect(),
            inside: is_inside(places, p, &near, k),
        }
    }
}

impl InverseDistance {
    /// Weight at distance `d`, divided by the weight of the nearest place. The distance `nearest`
    /// is not 0.
    fn weight(&self, d: f64, nearest: f64, reach: Option<f64>) -> f64 {
        let tapered = match reach {
            // All k places are at the same distance.
            Some(reach) if reach <= nearest => 1.0,
            Some(reach) => (reach - d) / (reach - nearest),
            None => 1.0,
        };
        (tapered * (nearest / d)).powf(self.power)
    }
}

fn at_least_one(neighbours: usize) -> Result<()> {
    if neighbours >= 1 {
        return Ok(());
    }
    Err(Error::Neighbours {
        found: neighbours,
        least: 1,
    })
}

/// Distances and indices of the `k` nearest places, from the nearest to the farthest. Places at the
/// same distance are in the order of their coordinates.
fn nearest(places: &Places<'_>, p: &[f64], k: usize) -> Vec<(f64, usize)> {
    places.nearest(p).take(k).collect()
}

/// Euclidean distance, computed without overflow or underflow of the squares.
pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
    length(|| a.iter().zip(b).map(|(a, b)| (a - b).abs()))
}

/// Length of a vector, from the absolute values of its components.
pub(crate) fn length<I: Iterator<Item = f64>>(components: impl Fn() -> I) -> f64 {
    let largest = components().fold(0.0, f64::max);
    if largest == 0.0 {
        return 0.0;
    }
    largest
        * components()
            .map(|d| (d / largest).powi(2))
            .sum::<f64>()
            .sqrt()
}

/// Whether P lies inside the places, as defined at [`Basis::Weighted`](crate::Basis::Weighted).
fn is_inside(places: &Places<'_>, p: &[f64], near: &[(f64, usize)], k: usize) -> bool {
    if let [x, y] = *p {
        return places.surround(Latent2::new(x, y));
    }
    let near = &near[..k.max(3).min(near.len())];
    let place = |i: &(f64, usize)| places.place(i.1).coordinates();
    let pairs = near.iter().flat_map(|a| near.iter().map(move |b| (a, b)));
    let widest = pairs.map(|(a, b)| distance(place(a), place(b)));
    near[0].0 <= widest.fold(0.0, f64::max)
}
