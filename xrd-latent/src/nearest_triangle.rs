//! Estimator of Utimula et al. (2022): linear interpolation in a triangle of nearby known points.

use crate::error::{Error, Result};
use crate::estimator::{Choice, Estimator, only_planes};
use crate::places::Places;
use crate::search;

/// Rule by which [`NearestTriangle`] chooses three known points A, B and C for a point P.
///
/// Known points with exactly the same coordinates count as one point. The rules
/// [`LeastSum`](Self::LeastSum) and [`InnerProduct`](Self::InnerProduct) choose among the
/// triangles of near points. Near points are the known points nearest to P. At first, their number
/// is [`NearestTriangle::neighbours`]. If no triangle of near points contains P, their number is
/// doubled and the rule is applied again. The last attempt uses all known points.
///
/// A point on a side of a triangle counts as inside. Because of rounding errors, a point very close
/// to a side also counts as inside. Its distance to the side may be at most about 1e-9 times its
/// distance to the nearer end of this side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TriangleRule {
    /// Chooses the triangle of near points with the smallest sum of squared distances from P to its
    /// corners.
    ///
    /// Only triangles that contain P are compared. If two sums are equal, the coordinates of the
    /// corners decide.
    #[default]
    LeastSum,
    /// Chooses the three known points nearest to P, even if their triangle does not contain P.
    ///
    /// If the triangle does not contain P, the labels are extrapolated by Eq. (2) of Utimula et al.
    /// This estimate is a fallback; see [`Basis::Extrapolated`](crate::Basis::Extrapolated). If the
    /// three points lie almost on one line, the weights s and t can be arbitrarily large.
    ThreeNearest,
    /// Chooses the known point nearest to P as corner A, and two other near points as corners B and
    /// C.
    ///
    /// Of all pairs B and C whose triangle ABC contains P, the rule chooses the pair with the
    /// largest `AB·AP + AC·AP`. Here AB is the vector from A to B, and AB·AP is a scalar product.
    /// The rule tends to choose large triangles.
    InnerProduct,
}

/// Estimator by linear interpolation in a triangle of known points near a point P.
///
/// This estimator is the method of Utimula et al. The method works only in two dimensions. A
/// [`TriangleRule`] chooses three known points A, B and C. The equation
/// `P = A + s·(B − A) + t·(C − A)` defines two numbers s and t. The estimate of each label Q is
/// `Q(A) + s·(Q(B) − Q(A)) + t·(Q(C) − Q(A))`. If the triangle contains P, the estimate is exact
/// for every label that depends linearly on the coordinates.
///
/// If no triangle of known points contains P, the estimate is a fallback: the estimate at the
/// nearest point of the [convex hull](crate::convex_hull)
/// ([`Basis::Nearest`](crate::Basis::Nearest)). The rule [`TriangleRule::ThreeNearest`]
/// extrapolates instead.
///
/// The default is [`TriangleRule::LeastSum`] with 12 neighbours.
///
/// Cost: O(n) to find the k points near P among n known points, plus the search for the triangle.
/// The search costs O(k²) for clustered or random points and O(k³) in the worst case. Outside the
/// convex hull there is no search.
///
/// # References
/// Utimula et al., Adv. Theory Simul. (2022), Eqs. (1) and (2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearestTriangle {
    /// Number of known points near P that are searched first, at least 3. Known points with exactly
    /// the same coordinates count as one.
    pub neighbours: usize,
    /// Rule that chooses the triangle.
    pub rule: TriangleRule,
}

impl NearestTriangle {
    /// Sets the number of known points near P that are searched first, at least 3. Known points
    /// with exactly the same coordinates count as one.
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
    /// Rule [`TriangleRule::LeastSum`] with 12 neighbours.
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

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        search::choose(places, p, self)
    }

    fn choose_inside(&self, places: &Places<'_>, p: &[f64]) -> Option<Choice> {
        search::choose_inside(places, p, self)
    }
}
