/// Estimated labels at a point P, and the known points that they come from.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// Estimated labels, one value per column.
    pub values: Vec<f64>,
    /// Known points behind the values.
    pub basis: Basis,
}

impl Estimate {
    /// Whether the estimate is an interpolation: P lies in a triangle of known points, on a known
    /// point, or inside as defined at [`Basis::Weighted`]. Every other estimate is a fallback.
    pub fn is_inside(&self) -> bool {
        match self.basis {
            Basis::Triangle { .. } | Basis::Coincident { .. } => true,
            Basis::Extrapolated { .. } | Basis::Nearest { .. } => false,
            Basis::Weighted { inside, .. } => inside,
        }
    }
}

/// Known points behind an estimate.
///
/// A corner is the list of all known points at one place. Points are given by their numbers in the
/// list of known points, ascending. A corner has more than one number if points coincide exactly.
/// Then the mean of their labels is used, and [`merges_points`](Self::merges_points) returns true.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Basis {
    /// P lies in the closed triangle ABC: `P = A + s·(B − A) + t·(C − A)` with `s, t >= 0` and
    /// `s + t <= 1`. The same formula gives each label. A is the corner nearest to P, C the
    /// farthest.
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
        /// Numbers of the points, ascending.
        points: Vec<usize>,
    },
    /// Fallback of [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest): P lies
    /// outside the triangle, so s, t or 1 − s − t is negative.
    Extrapolated {
        /// Corners A, B, C.
        corners: [Vec<usize>; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// Fallback: the labels at the point `from + t·(to − from)`, which is the point nearest to P on
    /// the segments along the convex hull. The estimate is continuous across the hull and stays
    /// within the range of the labels.
    Nearest {
        /// Reason why there is no triangle.
        reason: FallbackReason,
        /// First end of the segment.
        from: Vec<usize>,
        /// Other end of the segment; equal to `from` if the nearest point is a known point.
        to: Vec<usize>,
        /// Position on the segment, 0 to 1.
        t: f64,
        /// Distance from P to this position.
        distance: f64,
    },
    /// Weighted mean of known points. The weights are positive and sum to 1, so the estimate stays
    /// within the range of the labels.
    Weighted {
        /// Corners in descending order of weight; for equal weights the nearest to P first.
        corners: Vec<Vec<usize>>,
        /// Weights, one per corner.
        weights: Vec<f64>,
        /// Whether P lies inside the known points.
        ///
        /// In two dimensions this is their closed convex hull. In more dimensions the convex hull
        /// of some hundred points contains almost no volume. There P is inside if its distance to
        /// the nearest known point is at most the largest distance between the near ones.
        inside: bool,
    },
}

impl Basis {
    /// Corners: three for a triangle, two for a segment, one for a single place, any number for a
    /// weighted mean.
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

    /// Whether a corner is the mean of several coincident points.
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
    /// The points considered lie on one line, or there are fewer than three places.
    NoTriangle,
}
