use xrd_core::Labels;

use crate::error::{Error, Result, check_coordinates, check_values, same_length};
use crate::estimate::{Basis, Estimate};
use crate::estimator::{Choice, Estimator};
use crate::places::{AllPlaces, Places};

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
    places: AllPlaces,
    /// Index of the place of each point.
    place_of: Vec<usize>,
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
        let places = AllPlaces::new(dimensions, &coordinates, &labels);
        let mut place_of = vec![0; points];
        for (i, place) in places.view().iter() {
            place.members.iter().for_each(|&point| place_of[point] = i);
        }
        Ok(Self {
            place_of,
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

    pub(crate) fn places(&self) -> &AllPlaces {
        &self.places
    }

    /// Number of known points, at least 1.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no known points. This is never the case.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
    /// The result has one estimate per known point, in the order of the points, as returned by
    /// [`estimate_without`](Self::estimate_without).
    ///
    /// Cost: n estimates for n points.
    ///
    /// # Errors
    /// - [`Error::Length`] if there is only one point.
    /// - Any error that [`Estimator::check`] returns.
    pub fn leave_one_out(&self, estimator: &dyn Estimator) -> Result<Vec<Estimate>> {
        let points = 0..self.len();
        points
            .map(|i| self.estimate_without(i, estimator))
            .collect()
    }

    /// Estimates the labels of the known point with this index from all other known points.
    ///
    /// The known point itself is not used. Other known points may have exactly the same
    /// coordinates. In this case the estimate is the mean of their labels ([`Basis::Coincident`]).
    ///
    /// # Errors
    /// - [`Error::Length`] if there is only one point.
    /// - Any error that [`Estimator::check`] returns.
    ///
    /// # Panics
    /// If no known point has this index.
    pub fn estimate_without(&self, index: usize, estimator: &dyn Estimator) -> Result<Estimate> {
        estimator.check(self.dimensions)?;
        if self.len() < 2 {
            same_length("points", self.len(), 2)?;
        }
        let own = self.place_of[index];
        let place = self.places.place(own);
        if place.members.len() > 1 {
            let rest = place.without(&self.labels, index);
            return Ok(Estimate {
                values: rest.values,
                basis: Basis::Coincident {
                    points: rest.members,
                },
            });
        }
        let others = self.places.without(own);
        Ok(estimator
            .choose(&others, &place.coordinates)
            .estimate(&others))
    }

    /// Distance from `p` to the nearest known point.
    ///
    /// # Errors
    /// - [`Error::Length`] if the number of coordinates of `p` differs from the number of
    ///   dimensions.
    /// - [`Error::Value`] for a coordinate that is not finite or has an absolute value above 1e100.
    pub fn nearest_distance(&self, p: &[f64]) -> Result<f64> {
        same_length("coordinates", p.len(), self.dimensions)?;
        check_coordinates(p)?;
        Ok(nearest_distance(&self.places.view(), p).unwrap_or(0.0))
    }

    /// Distance from the known point with this index to the nearest other known point, or `None` if
    /// there is only one known point.
    ///
    /// # Panics
    /// If no known point has this index.
    pub fn nearest_distance_without(&self, index: usize) -> Option<f64> {
        let own = self.place_of[index];
        let place = self.places.place(own);
        match place.members.len() {
            1 => nearest_distance(&self.places.without(own), &place.coordinates),
            _ => Some(0.0),
        }
    }
}

/// Distance from `p` to the nearest place.
fn nearest_distance(places: &Places<'_>, p: &[f64]) -> Option<f64> {
    let mut near = places.ascending(places.squared(p));
    let nearest = near.find(|(_, i)| places.contains(*i));
    nearest.map(|(squared, _)| squared.sqrt())
}

/// Estimate at `p`.
fn estimate_among(all: &AllPlaces, p: &[f64], estimator: &dyn Estimator) -> Estimate {
    let places = all.view();
    match all.find(p).map(|i| places.place(i)) {
        Some(place) => Estimate {
            values: place.values.clone(),
            basis: Basis::Coincident {
                points: place.members.clone(),
            },
        },
        None => estimator.choose(&places, p).estimate(&places),
    }
}

/// Estimated labels at `p`, or `None` if the estimate is a fallback.
pub(crate) fn inside_values(
    all: &AllPlaces,
    p: &[f64],
    estimator: &dyn Estimator,
) -> Option<Vec<f64>> {
    let places = all.view();
    if let Some(place) = all.find(p) {
        return Some(places.place(place).values.clone());
    }
    let choice: Choice = estimator.choose_inside(&places, p)?;
    Some(choice.values(&places))
}
