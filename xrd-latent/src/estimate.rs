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
    /// the same and marked [`Basis::Extrapolated`]; s and t grow without bound as the three
    /// near a line.
    ThreeNearest,
    /// A is the nearest distinct point; of the near pairs B, C whose closed triangle ABC
    /// contains P, the one with the greatest AB·AP + AC·AP. This tends to large triangles.
    InnerProduct,
}

/// How estimates are made; the default is [`TriangleRule::LeastSum`] among 12 neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EstimateOptions {
    /// How many nearest distinct points are tried first; at least 3.
    pub neighbours: usize,
    /// Which triangle is taken.
    pub rule: TriangleRule,
}

impl Default for EstimateOptions {
    fn default() -> Self {
        Self {
            neighbours: 12,
            rule: TriangleRule::LeastSum,
        }
    }
}

/// What is estimated at a point P of the plane, and from which known points.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// One value a label column.
    pub values: Vec<f64>,
    /// Where the values come from.
    pub basis: Basis,
}

impl Estimate {
    /// Whether P lies among the known points: in a triangle of them, or on one of them.
    /// Everything else is a fallback.
    pub fn is_inside(&self) -> bool {
        matches!(
            self.basis,
            Basis::Triangle { .. } | Basis::Coincident { .. }
        )
    }
}

/// The known points behind an estimate.
///
/// A corner is the list of all known points at one place, ascending, as numbers in the list
/// the plane was made from. It holds more than one number where points coincide exactly; then
/// the mean of their labels counts, and [`merges_points`](Self::merges_points) tells.
#[derive(Clone, Debug, PartialEq)]
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
    /// Fallback of [`TriangleRule::ThreeNearest`]: P lies outside the triangle, s or t or
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
}

impl Basis {
    /// The corners: three for a triangle, two for a segment, one for a single place.
    pub fn corners(&self) -> Vec<&[usize]> {
        match self {
            Self::Triangle { corners, .. } | Self::Extrapolated { corners, .. } => {
                corners.iter().map(Vec::as_slice).collect()
            }
            Self::Coincident { points } => vec![points],
            Self::Nearest { from, to, .. } if from == to => vec![from],
            Self::Nearest { from, to, .. } => vec![from, to],
        }
    }

    /// Whether a corner stands for the mean of several coincident points.
    pub fn merges_points(&self) -> bool {
        self.corners().iter().any(|corner| corner.len() > 1)
    }
}

/// Why there is no triangle around P.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FallbackReason {
    /// P lies outside the convex hull of the known points.
    OutsideHull,
    /// The points in question lie on one line, or there are fewer than three places.
    NoTriangle,
}
