use xrd_core::{Labels, Latent2, PaintedMap, PlaneGrid};

use crate::error::{Error, Result, check_point, check_values, same_length};
use crate::estimate::{Estimate, EstimateOptions};
use crate::search::{estimate_among, inside_values};
use crate::sites::{Site, merge};

/// Points of the latent plane whose labels are known.
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
/// Utimula et al., Adv. Theory Simul. 2022, Eqs. (1) to (3), Figs. 3 and 4.
#[derive(Clone, Debug)]
pub struct LabelledPlane {
    points: Vec<Latent2>,
    labels: Labels,
    sites: Vec<Site>,
}

impl LabelledPlane {
    /// A plane of known points with one row of labels each.
    ///
    /// # Errors
    /// [`Error::Empty`] without points, [`Error::Length`] unless there is one row a point,
    /// [`Error::Point`] or [`Error::Value`] where a number is not finite or beyond 1e100.
    pub fn new(points: Vec<Latent2>, labels: Labels) -> Result<Self> {
        if points.is_empty() {
            return Err(Error::Empty { what: "points" });
        }
        same_length("rows of labels", labels.len(), points.len())?;
        for (i, &point) in points.iter().enumerate() {
            check_point(i, point)?;
        }
        check_values("label value", labels.rows().flatten())?;
        let sites = merge(&points, &labels, 0..points.len());
        Ok(Self {
            points,
            labels,
            sites,
        })
    }

    /// The known points.
    pub fn points(&self) -> &[Latent2] {
        &self.points
    }

    /// What is known of them.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Estimates every label at `p` with the default options.
    ///
    /// # Errors
    /// [`Error::Point`] unless `p` is finite and within 1e100.
    pub fn estimate(&self, p: Latent2) -> Result<Estimate> {
        self.estimate_with(p, &EstimateOptions::default())
    }

    /// Estimates every label at `p` by linear interpolation in a triangle of known points:
    /// with AP = s·AB + t·AC, `Q_P = Q_A + s·(Q_B − Q_A) + t·(Q_C − Q_A)`, Eqs. (1) and (2).
    ///
    /// A linear field is reproduced inside the hull of the points. Known points at one place
    /// count as one with the mean of their labels. Where there is no triangle the estimate is a
    /// fallback and says so; see [`Basis`](crate::Basis). The answer does not depend on the order of the
    /// points.
    ///
    /// Cost for n points, k of them near: O(n) to look around; the search takes O(k²) where
    /// points lie in clusters or at random, with O(k³) as the limit. Outside the hull O(n).
    ///
    /// # Errors
    /// [`Error::Point`] unless `p` is finite and within 1e100, [`Error::Neighbours`] for fewer
    /// than three.
    pub fn estimate_with(&self, p: Latent2, options: &EstimateOptions) -> Result<Estimate> {
        check_options(options)?;
        check_point(0, p)?;
        Ok(estimate_among(&self.sites, p, options))
    }

    /// Estimates at every node of a grid, one map a label column; `None` where the estimate
    /// would be a fallback.
    ///
    /// Cost: as one estimate a node; 200 × 200 nodes over 150 points take well under a second.
    ///
    /// # Errors
    /// [`Error::Neighbours`] for fewer than three, [`Error::Point`] for a grid beyond 1e100.
    pub fn paint(&self, grid: &PlaneGrid, options: &EstimateOptions) -> Result<Vec<PaintedMap>> {
        check_options(options)?;
        let mut columns = vec![Vec::new(); self.labels.columns().len()];
        let mut near = Vec::with_capacity(self.sites.len());
        for (i, p) in grid.points().enumerate() {
            check_point(i, p)?;
            let inside = inside_values(&self.sites, p, options, &mut near);
            for (c, column) in columns.iter_mut().enumerate() {
                column.push(inside.as_ref().map(|values| values[c]));
            }
        }
        let map = |values| PaintedMap::new(*grid, values).map_err(Error::Map);
        columns.into_iter().map(map).collect()
    }

    /// Estimates each known point from all others, in the order of the points.
    ///
    /// A point with others at its very place gets their mean ([`Basis::Coincident`](crate::Basis::Coincident)).
    ///
    /// Cost: O(n² log n), and the searches.
    ///
    /// # Errors
    /// [`Error::Length`] for a single point, [`Error::Neighbours`] for fewer than three.
    pub fn leave_one_out(&self, options: &EstimateOptions) -> Result<Vec<Estimate>> {
        check_options(options)?;
        if self.points.len() < 2 {
            same_length("points", self.points.len(), 2)?;
        }
        let estimate = |i: usize| {
            let others = (0..self.points.len()).filter(|&j| j != i);
            let sites = merge(&self.points, &self.labels, others);
            estimate_among(&sites, self.points[i], options)
        };
        Ok((0..self.points.len()).map(estimate).collect())
    }
}

fn check_options(options: &EstimateOptions) -> Result<()> {
    if options.neighbours >= 3 {
        return Ok(());
    }
    Err(Error::Neighbours {
        found: options.neighbours,
    })
}
