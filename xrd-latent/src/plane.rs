use xrd_core::{Labels, Latent2, LatentGrid, LatentMap};

use crate::error::{Error, Result, check_point, same_length};
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::nearest_triangle::NearestTriangle;
use crate::space::{LabelledSpace, inside_values};

/// Points with known labels (known points) in the latent plane.
///
/// A plane is a [`LabelledSpace`] with two dimensions whose points have the type [`Latent2`].
/// Unlike a space, a plane can compute maps of its labels with [`paint`](Self::paint).
///
/// # Example
/// ```
/// use xrd_core::{Labels, Latent2};
/// use xrd_latent::{Basis, LabelledPlane};
///
/// let points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)].map(|(x, y)| Latent2::new(x, y));
/// let labels = Labels::new(vec!["Ti".to_owned()], vec![0.0, 1.0, 2.0])?;
/// let plane = LabelledPlane::new(points.to_vec(), labels)?;
///
/// let inside = plane.estimate(Latent2::new(0.25, 0.25))?;
/// assert_eq!(inside.values, [0.75]);
/// assert!(inside.is_inside());
///
/// let outside = plane.estimate(Latent2::new(2.0, -1.0))?;
/// assert_eq!(outside.values, [1.0]);
/// assert!(!outside.is_inside());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// Utimula et al., Adv. Theory Simul. (2022), Eqs. (1) to (3), Figs. 3 and 4.
#[derive(Clone, Debug)]
pub struct LabelledPlane {
    points: Vec<Latent2>,
    space: LabelledSpace,
}

impl LabelledPlane {
    /// Creates a plane from known points, with one row of labels per point.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no points.
    /// - [`Error::Length`] if there is not exactly one row of labels per point.
    /// - [`Error::Point`] for a coordinate that is not finite or has an absolute value above 1e100.
    /// - [`Error::Value`] for a label with an absolute value above 1e100.
    pub fn new(points: Vec<Latent2>, labels: Labels) -> Result<Self> {
        same_length("rows of labels", labels.len(), points.len())?;
        for (i, &point) in points.iter().enumerate() {
            check_point(i, point)?;
        }
        let coordinates = points.iter().flat_map(|p| [p.x, p.y]).collect();
        Ok(Self {
            space: LabelledSpace::new(2, coordinates, labels)?,
            points,
        })
    }

    /// Known points, in the order in which they were passed to [`new`](Self::new).
    pub fn points(&self) -> &[Latent2] {
        &self.points
    }

    /// Labels of the known points, one row per point.
    pub fn labels(&self) -> &Labels {
        self.space.labels()
    }

    /// Known points and labels of this plane as a [`LabelledSpace`] with two dimensions.
    pub fn as_space(&self) -> &LabelledSpace {
        &self.space
    }

    /// Estimates each label at the point `p` with the method of Utimula et al. (2022):
    /// [`NearestTriangle`] with default settings.
    ///
    /// # Errors
    /// [`Error::Point`] for a coordinate that is not finite or has an absolute value above 1e100.
    pub fn estimate(&self, p: Latent2) -> Result<Estimate> {
        self.estimate_with(p, &NearestTriangle::default())
    }

    /// Estimates each label at the point `p` with the given estimator.
    ///
    /// Known points with exactly the same coordinates count as one point with the mean of their
    /// labels. If `p` lies exactly at a known point, every estimator returns the labels of this
    /// known point. The estimate does not depend on the order of the known points.
    ///
    /// # Errors
    /// - [`Error::Point`] for a coordinate that is not finite or has an absolute value above 1e100.
    /// - Any error that [`Estimator::check`] returns.
    pub fn estimate_with(&self, p: Latent2, estimator: &dyn Estimator) -> Result<Estimate> {
        estimator.check(2)?;
        check_point(0, p)?;
        self.space.estimate(&[p.x, p.y], estimator)
    }

    /// Computes one map per label. The map of a label contains the estimate of this label at each
    /// node of the grid.
    ///
    /// The value of a node is `None` if its estimate is a fallback. A fallback is an estimate at a
    /// point that does not lie inside the known points; see [`Estimate::is_inside`].
    ///
    /// Cost: one estimate per node. With the default [`NearestTriangle`], a grid of 200 × 200 nodes
    /// over 150 known points takes less than a second.
    ///
    /// # Errors
    /// - [`Error::Point`] for a node with a coordinate whose absolute value is above 1e100.
    /// - Any error that [`Estimator::check`] returns.
    pub fn paint(&self, grid: &LatentGrid, estimator: &dyn Estimator) -> Result<Vec<LatentMap>> {
        estimator.check(2)?;
        let nodes = grid.points().enumerate();
        let nodes: Result<Vec<_>> = nodes
            .map(|(i, p)| {
                check_point(i, p)?;
                self.inside_values(p, estimator)
            })
            .collect();
        self.maps(grid, &nodes?)
    }

    /// Returns one map per label from the values at the nodes of the grid, as returned by
    /// [`inside_values`](Self::inside_values), in the order of [`LatentGrid::points`].
    ///
    /// [`paint`](Self::paint) combines both methods. A program with several threads can compute the
    /// values of several nodes at the same time.
    ///
    /// # Errors
    /// - [`Error::Length`] if a node does not have exactly one value per label.
    /// - [`Error::Map`] if the number of nodes differs from the number of nodes of the grid.
    pub fn maps(&self, grid: &LatentGrid, nodes: &[Option<Vec<f64>>]) -> Result<Vec<LatentMap>> {
        let labels = self.labels().columns().len();
        for node in nodes.iter().flatten() {
            same_length("values of a node", node.len(), labels)?;
        }
        let map = |c: usize| {
            let value = |node: &Option<Vec<f64>>| node.as_ref().map(|values| values[c]);
            LatentMap::new(*grid, nodes.iter().map(value).collect()).map_err(Error::Map)
        };
        (0..labels).map(map).collect()
    }

    /// Estimates each label at the point `p`, or returns `None` if the estimate is a fallback; see
    /// [`Estimate::is_inside`].
    ///
    /// # Errors
    /// Returns the same errors as [`estimate_with`](Self::estimate_with).
    pub fn inside_values(&self, p: Latent2, estimator: &dyn Estimator) -> Result<Option<Vec<f64>>> {
        estimator.check(2)?;
        check_point(0, p)?;
        Ok(inside_values(self.space.places(), &[p.x, p.y], estimator))
    }

    /// Estimates the labels of each known point from all other known points (leave-one-out).
    ///
    /// The result has one estimate per known point, in the order of the points. A known point is
    /// never used for its own estimate. If other known points have exactly the same coordinates,
    /// the estimate is the mean of the labels of these other points
    /// ([`Basis::Coincident`](crate::Basis::Coincident)).
    ///
    /// Cost: n estimates for n points.
    ///
    /// # Errors
    /// - [`Error::Length`] if there is only one point.
    /// - Any error that [`Estimator::check`] returns.
    pub fn leave_one_out(&self, estimator: &dyn Estimator) -> Result<Vec<Estimate>> {
        self.space.leave_one_out(estimator)
    }
}
