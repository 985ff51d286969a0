use xrd_core::Labels;

use crate::error::{Error, Result, check_coordinates, check_values, same_length};
use crate::estimate::{Basis, Estimate};
use crate::estimator::{Choice, Estimator};
use crate::places::{Place, merge};

/// Points with known labels (known points) in a latent space with any number of dimensions.
///
/// For a latent space with two dimensions, see [`LabelledPlane`](crate::LabelledPlane). A plane
/// takes points of the type [`Latent2`](xrd_core::Latent2) and can compute maps of its labels.
///
/// # Example
/// ```
/// use xrd_core::Labels;
/// use xrd_latent::{LabelledSpace, NearestNeighbours};
///
/// let labels = Labels::new(vec!["Ti".to_owned()], vec![0.0, 1.0, 5.0])?;
/// let points = vec![0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 9.0, 9.0, 9.0];
/// let space = LabelledSpace::new(3, points, labels)?;
/// let estimate = space.estimate(&[0.4, 0.0, 0.1], &NearestNeighbours::default().with_neighbours(2))?;
/// assert_eq!(estimate.values, [0.5]);
/// assert!(estimate.is_inside());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LabelledSpace {
    dimensions: usize,
    coordinates: Vec<f64>,
    labels: Labels,
    places: Vec<Place>,
}

impl LabelledSpace {
    /// Creates a space from known points, with one row of labels per point.
    ///
    /// The argument `coordinates` contains all coordinates of the first point, then all
    /// coordinates of the second point, and so on. The argument `dimensions` is the number of
    /// coordinates of each point.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no points or no dimensions.
    /// - [`Error::Length`] if the last point is incomplete, or if there is not exactly one row of
    ///   labels per point.
    /// - [`Error::Value`] for a number that is not finite or has an absolute value above 1e100.
    pub fn new(dimensions: usize, coordinates: Vec<f64>, labels: Labels) -> Result<Self> {
        let what = match (dimensions, coordinates.len()) {
            (0, _) => Some("dimensions"),
            (_, 0) => Some("points"),
            _ => None,
        };
        if let Some(what) = what {
            return Err(Error::Empty { what });
        }
        let points = coordinates.len().div_ceil(dimensions);
        same_length("coordinates", coordinates.len(), points * dimensions)?;
        same_length("rows of labels", labels.len(), points)?;
        check_coordinates(&coordinates)?;
        check_values("label value", labels.rows().flatten())?;
        let places = merge((dimensions, &coordinates), &labels, 0..points);
        Ok(Self {
            dimensions,
            coordinates,
            labels,
            places,
        })
    }

    /// Number of coordinates of each point.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Coordinates of the known points, one slice per point.
    pub fn points(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.coordinates.chunks_exact(self.dimensions)
    }

    /// Labels of the known points, one row per point.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Estimates each label at the point `p`.
    ///
    /// If `p` lies exactly at a known point, every estimator returns the labels of this known
    /// point. If several known points lie at `p`, the estimate is the mean of their labels.
    ///
    /// # Errors
    /// - [`Error::Length`] if the number of coordinates of `p` differs from the number of
    ///   dimensions.
    /// - [`Error::Value`] for a coordinate that is not finite or has an absolute value above 1e100.
    /// - Any error that [`Estimator::check`] returns.
    pub fn estimate(&self, p: &[f64], estimator: &dyn Estimator) -> Result<Estimate> {
        estimator.check(self.dimensions)?;
        same_length("coordinates", p.len(), self.dimensions)?;
        check_coordinates(p)?;
        Ok(estimate_among(&self.places, p, estimator))
    }

    /// Estimates the labels of each known point from all other known points (leave-one-out).
    ///
    /// The result has one estimate per known point, in the order of the points. A known point is
    /// never used for its own estimate. If other known points have exactly the same coordinates,
    /// the estimate is the mean of the labels of these other points ([`Basis::Coincident`]).
    ///
    /// Cost: O(n² log n) for n points, plus the cost of n estimates.
    ///
    /// # Errors
    /// - [`Error::Length`] if there is only one point.
    /// - Any error that [`Estimator::check`] returns.
    pub fn leave_one_out(&self, estimator: &dyn Estimator) -> Result<Vec<Estimate>> {
        estimator.check(self.dimensions)?;
        let points = self.labels.len();
        if points < 2 {
            same_length("points", points, 2)?;
        }
        let all = (self.dimensions, &self.coordinates[..]);
        let estimate = |i: usize| {
            let places = merge(all, &self.labels, (0..points).filter(|&j| j != i));
            estimate_among(
                &places,
                &self.coordinates[i * self.dimensions..][..self.dimensions],
                estimator,
            )
        };
        Ok((0..points).map(estimate).collect())
    }
}

/// Estimate at `p` from at least one place.
fn estimate_among(places: &[Place], p: &[f64], estimator: &dyn Estimator) -> Estimate {
    match place_at(places, p) {
        Some(place) => Estimate {
            values: place.values.clone(),
            basis: Basis::Coincident {
                points: place.members.clone(),
            },
        },
        None => estimator.choose(places, p).estimate(places),
    }
}

/// Estimated labels at `p`, or `None` if the estimate is a fallback.
pub(crate) fn inside_values(
    places: &[Place],
    p: &[f64],
    estimator: &dyn Estimator,
) -> Option<Vec<f64>> {
    if let Some(place) = place_at(places, p) {
        return Some(place.values.clone());
    }
    let choice: Choice = estimator.choose_inside(places, p)?;
    Some(choice.values(places))
}

/// Place with exactly the coordinates `p`.
fn place_at<'a>(places: &'a [Place], p: &[f64]) -> Option<&'a Place> {
    places.iter().find(|place| place.coordinates == p)
}
