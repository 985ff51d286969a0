//! The paper's estimator: linear interpolation in a triangle of near known points.

use crate::error::{Error, Result};
use crate::estimator::{Choice, Estimator, only_planes};
use crate::places::Place;
use crate::search;

/// Rule by which [`NearestTriangle`] chooses its three known points A, B and C.
///
/// "Near" means among the `neighbours` nearest distinct points. This number is doubled until the
/// rule finds a triangle or all points are used.
///
/// P lies in the closed triangle ABC if the directions from P to A, B, C and back to A always turn
/// the same way. A turn whose sine is below 1e-9 counts as straight. This is the condition s, t >=
/// 0 and s + t <= 1 with a tolerance of 1e-9 times the distance from P to a corner, whatever the
/// scale of the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TriangleRule {
    /// The near triangle around P with the least sum of squared distances from P to its corners.
    /// For equal sums the coordinates of the points decide.
    #[default]
    LeastSum,
    /// The three nearest distinct points, whether P is inside their triangle or not.
    ///
    /// If P is outside, Eq. (2) extrapolates and the estimate is marked
    /// [`Basis::Extrapolated`](crate::Basis::Extrapolated). For three points close to one line, s
    /// and t can be arbitrarily large.
    ThreeNearest,
    /// A is the nearest distinct point. B and C are the near pair with the largest AB·AP + AC·AP
    /// such that the closed triangle ABC contains P. This rule tends to choose large triangles.
    InnerProduct,
}

/// Estimator of the paper: linear interpolation in a triangle of near known points. Two dimensions
/// only.
///
/// With AP = s·AB + t·AC, the estimate is `Q_P = Q_A + s·(Q_B − Q_A) + t·(Q_C − Q_A)` for each
/// label Q. A linear field is reproduced inside the convex hull. Without a triangle around P the
/// estimate is marked as a fallback; see [`Basis`](crate::Basis). The default is
/// [`TriangleRule::LeastSum`] among 12 neighbours.
///
/// Cost for n points, of which k are near: O(n) to find the near points, then O(k²) for clustered
/// or random points and O(k³) in the worst case. Outside the hull O(n).
///
/// # References
/// Utimula et al., Adv. Theory Simul. 2022, Eqs. (1) and (2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearestTriangle {
    /// Number of nearest distinct points that are searched first, at least 3.
    pub neighbours: usize,
    /// Rule that chooses the triangle.
    pub rule: TriangleRule,
}

impl NearestTriangle {
    /// Sets the number of nearest distinct points that are searched first, at least 3.
    #[must_use]
    pub fn with_neighbours(mut self, neighbours: usize) -> Self {
        self.neighbours = neighbours;
        self
    }

    /// Sets the rule that chooses the triangle.
    #[must_use]
    pub fn with_rule(mut self, rule: TriangleRule) -> Self {
        self.rule = rule;
        self
    }
}

impl Default for NearestTriangle {
    /// [`TriangleRule::LeastSum`] among 12 neighbours.
    fn default() -> Self {
        Self {
            neighbours: 12,
            rule: TriangleRule::LeastSum,
        }
    }
}

impl Estimator for NearestTriangle {
    fn name(&self) -> &'static str {
        "nearest triangle"
    }

    fn check(&self, dimensions: usize) -> Result<()> {
        only_planes(self.name(), dimensions)?;
        if self.neighbours >= 3 {
            return Ok(());
        }
        Err(Error::Neighbours {
            found: self.neighbours,
            least: 3,
        })
    }

    fn choose(&self, places: &[Place], p: &[f64]) -> Choice {
        search::choose(places, p, self)
    }

    fn choose_inside(&self, places: &[Place], p: &[f64]) -> Option<Choice> {
        search::choose_inside(places, p, self)
    }
}
