/// What is estimated at a point P of the plane, and from which known points.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// One value a label column.
    pub values: Vec<f64>,
    /// Where the values come from.
    pub basis: Basis,
}

impl Estimate {
    /// Whether P lies among the known points: in a triangle of them, on one of them, or as
    /// [`Basis::Weighted`] tells. Everything else is a fallback.
    pub fn is_inside(&self) -> bool {
        match self.basis {
            Basis::Triangle { .. } | Basis::Coincident { .. } => true,
            Basis::Extrapolated { .. } | Basis::Nearest { .. } => false,
            Basis::Weighted { inside, .. } => inside,
        }
    }
}

/// The known points behind an estimate.
///
/// A corner is the list of all known points at one place, ascending, as numbers in the list
/// the plane was made from. It holds more than one number where points coincide exactly; then
/// the mean of their labels counts, and [`merges_points`](Self::merges_points) tells.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Basis {
    /// P lies in the closed triangle ABC: `P = A + s·(B − A) + t·(C − A)` with `s, t >= 0` and
    /// `s + t <= 1`, and so for each label. A is the nearest to P, C the farthest.
    Triangle {
        /// A, B, C.
        corners: [Vec<usize>; 3],
        /// Share of B.
        s: f64,
        /// Share of C.
        t: f64,
    },
    /// P lies exactly on these known points.
    Coincident {
        /// The points, ascending.
        points: Vec<usize>,
    },
    /// Fallback of [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest): P lies outside the triangle, s or t or
    /// 1 − s − t is negative.
    Extrapolated {
        /// A, B, C.
        corners: [Vec<usize>; 3],
        /// Share of B.
        s: f64,
        /// Share of C.
        t: f64,
    },
    /// Fallback: the labels at the point nearest to P on a segment between two known points,
    /// `from + t·(to − from)`. The segments are those along the convex hull, so that the
    /// estimate is continuous where P leaves the hull and never leaves the range of the labels.
    Nearest {
        /// Why there is no triangle.
        reason: FallbackReason,
        /// One end of the segment.
        from: Vec<usize>,
        /// The other end; the same as `from` where that place is a known point.
        to: Vec<usize>,
        /// Place on the segment, 0 to 1.
        t: f64,
        /// Distance from P to that place.
        distance: f64,
    },
    /// The weighted mean of known points. Weights are positive and sum to 1, so that the
    /// estimate never leaves the range of the labels.
    Weighted {
        /// Those of the greatest weight first, of equal ones the nearest to P.
        corners: Vec<Vec<usize>>,
        /// One a corner.
        weights: Vec<f64>,
        /// On a plane, whether P lies in the closed convex hull of all known points. In other
        /// spaces a hull of some hundred points has next to nothing inside; there, whether the
        /// nearest known point is no farther from P than the near ones are from each other at
        /// most.
        inside: bool,
    },
}

impl Basis {
    /// The corners: three for a triangle, two for a segment, one for a single place, any number
    /// for a weighted mean.
    pub fn corners(&self) -> Vec<&[usize]> {
        match self {
            Self::Triangle { corners, .. } | Self::Extrapolated { corners, .. } => {
                corners.iter().map(Vec::as_slice).collect()
            }
            Self::Weighted { corners, .. } => corners.iter().map(Vec::as_slice).collect(),
            Self::Coincident { points } => vec![points],
            Self::Nearest { from, to, .. } if from == to => vec![from],
            Self::Nearest { from, to, .. } => vec![from, to],
        }
    }

    /// The weight of each corner in the estimate; they sum to 1.
    pub fn weights(&self) -> Vec<f64> {
        match self {
            Self::Triangle { s, t, .. } | Self::Extrapolated { s, t, .. } => {
                vec![1.0 - s - t, *s, *t]
            }
            Self::Weighted { weights, .. } => weights.clone(),
            Self::Coincident { .. } => vec![1.0],
            Self::Nearest { from, to, .. } if from == to => vec![1.0],
            Self::Nearest { t, .. } => vec![1.0 - t, *t],
        }
    }

    /// Whether a corner stands for the mean of several coincident points.
    pub fn merges_points(&self) -> bool {
        self.corners().iter().any(|corner| corner.len() > 1)
    }
}

/// Why there is no triangle around P.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum FallbackReason {
    /// P lies outside the convex hull of the known points.
    OutsideHull,
    /// The points in question lie on one line, or there are fewer than three places.
    NoTriangle,
}
