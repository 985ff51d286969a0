/// Estimated labels at a point P, and the known points that the estimate is computed from.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// Estimated labels, one value per label column.
    pub values: Vec<f64>,
    /// Known points and weights that the values are computed from.
    pub basis: Basis,
}

impl Estimate {
    /// Whether P lies inside the known points.
    ///
    /// P lies inside if it is in a triangle of known points or exactly at a known point. For a
    /// weighted mean, see [`Basis::Weighted`]. Every other estimate is a fallback: an estimate at a
    /// point that does not lie inside the known points.
    pub fn is_inside(&self) -> bool {
        match self.basis {
            Basis::Triangle { .. } | Basis::Coincident { .. } => true,
            Basis::Extrapolated { .. } | Basis::Nearest { .. } => false,
            Basis::Weighted { inside, .. } => inside,
        }
    }
}

/// Known points and weights that an estimate at a point P is computed from.
///
/// A corner is one position. It is given as a list of the known points at this position, usually
/// only one. Each known point is given by its index in the list of known points. The indices of a
/// corner are in ascending order. For a corner of several points, the mean of their labels is
/// used, and [`merges_points`](Self::merges_points) returns true.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Basis {
    /// P lies in the closed triangle ABC: `P = A + s·(B − A) + t·(C − A)` with `s, t >= 0` and
    /// `s + t <= 1`. Each label is interpolated by the same formula. A is the nearest corner to P,
    /// and C is the farthest.
    Triangle {
        /// Corners A, B, C.
        corners: [Vec<usize>; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// P lies exactly on these known points.
    Coincident {
        /// Indices of the points, in ascending order.
        points: Vec<usize>,
    },
    /// Fallback of [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest). P lies
    /// outside the triangle, so at least one of s, t and 1 − s − t is negative.
    Extrapolated {
        /// Corners A, B, C.
        corners: [Vec<usize>; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// Fallback to the point nearest to P on a segment between two known points. The nearest point
    /// is `from + t·(to − from)`, and the labels are interpolated linearly along the segment.
    ///
    /// The segments are the border of the convex hull. The estimate is therefore continuous across
    /// the border and stays within the range of the labels. With
    /// [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest), the segments are the
    /// sides between the three nearest points, if these lie on one line.
    Nearest {
        /// Reason why there is no triangle.
        reason: FallbackReason,
        /// First end of the segment.
        from: Vec<usize>,
        /// Other end of the segment. It equals `from` if the nearest point is a known point.
        to: Vec<usize>,
        /// Fraction of the way from `from` to `to` at which the nearest point lies.
        t: f64,
        /// Distance from P to the nearest point.
        distance: f64,
    },
    /// Weighted mean of known points. The weights are positive and sum to 1, so the estimate stays
    /// within the range of the labels.
    Weighted {
        /// Corners in descending order of weight.
        corners: Vec<Vec<usize>>,
        /// Weights, one per corner.
        weights: Vec<f64>,
        /// Whether P lies inside the known points. If not, the estimate is a fallback.
        ///
        /// In two dimensions, P lies inside if P is in the closed convex hull of the known points.
        /// In other dimensions, the k known points nearest to P are used (at least three). P lies
        /// inside if the distance from P to the nearest of these points is at most the largest
        /// distance between any two of them. The convex hull is not used in this case, because it
        /// contains almost no volume in many dimensions.
        ///
        /// [`ClusterMean`](crate::ClusterMean) has its own definition, and so can other estimators.
        inside: bool,
    },
}

impl Basis {
    /// Corners of the estimate: three for a triangle, two for a segment, one for a single position,
    /// and any number for a weighted mean.
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

    /// Weight of each corner in the estimate. The weights sum to 1.
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

    /// Whether at least one corner consists of several coincident points.
    pub fn merges_points(&self) -> bool {
        self.corners().iter().any(|corner| corner.len() > 1)
    }
}

/// Reason why there is no triangle around P.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum FallbackReason {
    /// P lies outside the convex hull of the known points.
    OutsideHull,
    /// All known points lie on one line, or there are fewer than three distinct known points. For
    /// [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest), this condition is checked
    /// for the three nearest known points.
    NoTriangle,
}
