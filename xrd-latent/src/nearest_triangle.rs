//! The paper's estimate: a triangle of near known points.

use crate::error::{Error, Result};
use crate::estimator::{Choice, Estimator, only_planes};
use crate::places::Place;
use crate::search;

/// How an estimate picks its three known points A, B and C.
///
/// "Near" means among the `neighbours` nearest distinct points; that number is doubled until
/// the rule finds a triangle or the points are exhausted. P counts as lying in the closed
/// triangle ABC if going around from A to B to C and back never turns the other way as seen
/// from P; a turn whose sine is below 1e-9 counts as straight. This is s, t >= 0 and
/// s + t <= 1 with a tolerance of 1e-9 times the distance from P to a corner, whatever the
/// scale of the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TriangleRule {
    /// Of the near triples whose closed triangle contains P, the one with the least sum of
    /// squared distances to P. Equal sums are told apart by the coordinates of the points.
    #[default]
    LeastSum,
    /// The three nearest distinct points, P inside or not. Outside, Eq. (2) is evaluated all
    /// the same and marked [`Basis::Extrapolated`](crate::Basis::Extrapolated); s and t grow without bound as the three
    /// near a line.
    ThreeNearest,
    /// A is the nearest distinct point; of the near pairs B, C whose closed triangle ABC
    /// contains P, the one with the greatest AB·AP + AC·AP. This tends to large triangles.
    InnerProduct,
}

/// Linear interpolation in a triangle of near known points: with AP = s·AB + t·AC,
/// `Q_P = Q_A + s·(Q_B − Q_A) + t·(Q_C − Q_A)` for each label Q. On planes only.
///
/// The default is [`TriangleRule::LeastSum`] among 12 neighbours. A linear field is reproduced
/// inside the hull. Where there is no triangle the estimate is a fallback and says so; see
/// [`Basis`](crate::Basis).
///
/// Cost for n points, k of them near: O(n) to look around; the search takes O(k²) where points
/// lie in clusters or at random, with O(k³) as the limit. Outside the hull O(n).
///
/// # References
/// Utimula et al., Adv. Theory Simul. 2022, Eqs. (1) and (2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearestTriangle {
    /// How many nearest distinct points are tried first; at least 3.
    pub neighbours: usize,
    /// Which triangle is taken.
    pub rule: TriangleRule,
}

impl Default for NearestTriangle {
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
