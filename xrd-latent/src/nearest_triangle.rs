//! Estimator of the paper: linear interpolation in a triangle of near known points.

use crate::error::{Error, Result};
use crate::estimator::{Choice, Estimator, only_planes};
use crate::places::Place;
use crate::search;

/// Rule by which [`NearestTriangle`] chooses the three known points A, B and C for a point P.
///
/// Coincident known points count as one point. A known point is near if it is one of the
/// [`NearestTriangle::neighbours`] known points that are nearest to P. This number is doubled until
/// the rule finds a triangle or all known points are near.
///
/// The position of P is written as `P = A + s·(B − A) + t·(C − A)`. P lies in the closed triangle
/// ABC if s >= 0, t >= 0 and s + t <= 1. This condition is checked with a small tolerance: A point
/// slightly outside counts as inside if its distance to a side is below about 1e-9 times its
/// distance to a corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TriangleRule {
    /// A, B and C are the near points around P with the smallest sum of squared distances to P. If
    /// two sums are equal, the coordinates of the points decide.
    #[default]
    LeastSum,
    /// A, B and C are the three nearest points, even if P lies outside their triangle.
    ///
    /// If P lies outside the triangle, the estimate is an extrapolation by Eq. (2). It is a
    /// fallback with the basis [`Basis::Extrapolated`](crate::Basis::Extrapolated). If the three
    /// points lie almost on one line, s and t can be arbitrarily large.
    ThreeNearest,
    /// A is the nearest point. B and C are the two near points with the largest sum of scalar
    /// products AB·AP + AC·AP for which the closed triangle ABC contains P. This rule tends to
    /// choose large triangles.
    InnerProduct,
}

/// Estimator of the paper: linear interpolation in a triangle of near known points, in two
/// dimensions only.
///
/// A [`TriangleRule`] chooses the known points A, B and C for a point P. The position of P defines
/// two numbers s and t by `P = A + s·(B − A) + t·(C − A)`. The estimate of each label Q is
/// `Q_P = Q_A + s·(Q_B − Q_A) + t·(Q_C − Q_A)`. Labels that are linear in the coordinates are
/// reproduced inside the convex hull. If no triangle contains P, the estimate is a fallback; see
/// [`Basis`](crate::Basis). The default is [`TriangleRule::LeastSum`] with 12 neighbours.
///
/// Cost for n known points and k near points: O(n) to find the near points, then O(k²) for
/// clustered or random points and O(k³) in the worst case. Outside the convex hull the cost is
/// O(n).
///
/// # References
/// Utimula et al., Adv. Theory Simul. 2022, Eqs. (1) and (2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearestTriangle {
    /// Number of nearest known points that are searched first, at least 3. Coincident points count
    /// as one.
    pub neighbours: usize,
    /// Rule that chooses the triangle.
    pub rule: TriangleRule,
}

impl NearestTriangle {
    /// Sets the number of nearest known points that are searched first, at least 3. Coincident
    /// points count as one.
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
    /// The rule [`TriangleRule::LeastSum`] with 12 neighbours.
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
