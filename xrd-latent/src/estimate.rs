/// Estimated labels at a point P, and the known points from which they were computed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// Estimated labels, one value per label column.
    pub values: Vec<f64>,
    /// Known points from which the values were computed, and their weights.
    pub basis: Basis,
}

impl Estimate {
    /// Whether P lies inside the known points. If not, the estimate is called a fallback.
    ///
    /// A fallback can differ strongly from the true labels. The variant of [`Basis`] decides
    /// whether P lies inside:
    /// - [`Basis::Triangle`] and [`Basis::Coincident`]: P lies inside.
    /// - [`Basis::Extrapolated`] and [`Basis::Nearest`]: P does not lie inside.
    /// - [`Basis::Weighted`]: the field `inside` is the result.
    pub fn is_inside(&self) -> bool {
        match self.basis {
            Basis::Triangle { .. } | Basis::Coincident { .. } => true,
            Basis::Extrapolated { .. } | Basis::Nearest { .. } => false,
            Basis::Weighted { inside, .. } => inside,
        }
    }
}

/// Known points from which an estimate at a point P was computed, and their weights.
///
/// The estimate is computed from positions called corners. Usually one known point lies at each
/// corner. Known points with exactly the same coordinates lie at the same corner, and the mean of
/// their labels is used. The method [`merges_points`](Self::merges_points) then returns `true`.
///
/// A corner is stored as the list of the known points at its position. The numbers in this list are
/// indices in the list of all known points, in ascending order.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Basis {
    /// Linear interpolation in a triangle ABC that contains P.
    ///
    /// The weights s and t are defined by `P = A + s·(B − A) + t·(C − A)`. The weights satisfy
    /// `s >= 0`, `t >= 0` and `s + t <= 1`. The estimate of each label Q is
    /// `Q(A) + s·(Q(B) − Q(A)) + t·(Q(C) − Q(A))`. A is the corner nearest to P, and C is the
    /// corner farthest from P.
    Triangle {
        /// Corners A, B, C.
        corners: [Vec<usize>; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// Known points that lie exactly at P. The estimate of each label is the mean over these
    /// points.
    Coincident {
        /// Indices of the known points at P, in ascending order.
        points: Vec<usize>,
    },
    /// Fallback: linear extrapolation from a triangle ABC that does not contain P.
    ///
    /// Only [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest) extrapolates. The
    /// formulas are the same as for [`Basis::Triangle`], but at least one of s, t and 1 − s − t is
    /// negative.
    Extrapolated {
        /// Corners A, B, C.
        corners: [Vec<usize>; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// Fallback: estimate at a point N on a segment between two corners.
    ///
    /// N is the point of the segment nearest to P. If A and B are the positions of the corners in
    /// the fields `from` and `to`, then N = A + t·(B − A). The labels are interpolated linearly
    /// between these two corners. Usually the segment lies on the border of the [convex
    /// hull](crate::convex_hull) of the known points. The estimate is then continuous across this
    /// border.
    ///
    /// [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest) uses this fallback only
    /// if the three known points nearest to P lie on one line, or if there are fewer than three
    /// known points. The segment then connects two of these points.
    Nearest {
        /// Reason why no triangle of known points contains P.
        reason: FallbackReason,
        /// First end of the segment.
        from: Vec<usize>,
        /// Other end of the segment. If N is a known point, the fields `to` and `from` are equal.
        to: Vec<usize>,
        /// Position of N on the segment: 0 at the corner `from`, 1 at the corner `to`.
        t: f64,
        /// Distance from P to N.
        distance: f64,
    },
    /// Weighted mean of the labels of several corners.
    ///
    /// All weights are positive, and their sum is 1. The estimate therefore stays within the range
    /// of the labels.
    Weighted {
        /// Corners, from the largest to the smallest weight.
        corners: Vec<Vec<usize>>,
        /// Weights of the corners, in the same order.
        weights: Vec<f64>,
        /// Whether P lies inside the known points. If not, the estimate is a fallback.
        ///
        /// In two dimensions, P lies inside if the [convex hull](crate::convex_hull) of the known
        /// points contains P. Points on the border of the hull lie inside. If all known points lie
        /// on one line, P never lies inside.
        ///
        /// In any other number of dimensions, only the known points nearest to P are considered.
        /// Let k be the number of neighbours of the estimator. The number of considered points is
        /// k, but at least three. P lies inside if its distance to the nearest known point is at
        /// most the largest distance between two of the considered points. The convex hull is not
        /// used here, because in many dimensions almost every new point lies outside the hull.
        ///
        /// [`ClusterMean`](crate::ClusterMean) has a different definition. Each new
        /// [`Estimator`](crate::Estimator) can have its own definition.
        inside: bool,
    },
}

impl Basis {
    /// Corners of the estimate: three for a triangle, one or two for a segment, one for coincident
    /// points, and any number for a weighted mean.
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

    /// Weight of each corner, in the order of [`corners`](Self::corners). The sum of the weights is
    /// 1.
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

    /// Whether several known points lie at the same corner. The estimate then uses the mean of
    /// their labels.
    pub fn merges_points(&self) -> bool {
        self.corners().iter().any(|corner| corner.len() > 1)
    }
}

/// Reason why no triangle of known points contains P.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum FallbackReason {
    /// P lies outside the convex hull of the known points.
    OutsideHull,
    /// All known points lie on one line, or there are fewer than three distinct known points.
    ///
    /// With the rule [`TriangleRule::ThreeNearest`](crate::TriangleRule::ThreeNearest), this
    /// reason means that the three known points nearest to P lie on one line. Other known points
    /// may lie elsewhere.
    NoTriangle,
}
