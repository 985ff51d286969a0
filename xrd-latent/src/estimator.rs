use std::fmt::Debug;

use crate::error::{Error, Result};
use crate::estimate::{Basis, Estimate, FallbackReason};
use crate::hull::{nearest_on_corners, nearest_on_hull};
use crate::nearby::{STRAIGHT, Vector};
use crate::places::{Place, Places};
use xrd_core::Latent2;

/// Method that estimates labels at a point P from known points.
///
/// An estimator only chooses known points and their weights. A
/// [`LabelledPlane`](crate::LabelledPlane) or [`LabelledSpace`](crate::LabelledSpace) performs the
/// other steps. Before the choice, it checks the points and merges points with exactly the same
/// coordinates into one [`Place`]. After the choice, it computes the weighted mean of the labels.
///
/// Every estimator must satisfy these rules:
/// - The order of the known points has no effect on the choice.
/// - A rotation, shift or uniform scaling of the space has no effect on the choice. There is one
///   exception: if known points are at exactly the same distance from P, an estimator may choose
///   between them by their coordinates.
/// - If P does not lie inside the known points, [`Choice::is_inside`] is false. The estimate is
///   then called a fallback. Each estimator defines what "inside" means, for example inside the
///   convex hull of the known points.
///
/// # Example
/// ```
/// use xrd_core::{Labels, Latent2};
/// use xrd_latent::{Choice, Estimator, LabelledPlane, Places, Result};
///
/// /// Labels of the nearest place.
/// #[derive(Debug)]
/// struct Nearest;
///
/// impl Estimator for Nearest {
///     fn name(&self) -> &'static str {
///         "nearest"
///     }
///     fn check(&self, _dimensions: usize) -> Result<()> {
///         Ok(())
///     }
///     fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
///         let nearest = places.nearest(p).take(1);
///         let shares = nearest.map(|(_distance, place)| (place, 1.0)).collect();
///         Choice::Weighted { shares, inside: true }
///     }
/// }
///
/// let points = [(0.0, 0.0), (1.0, 0.0)].map(|(x, y)| Latent2::new(x, y));
/// let labels = Labels::new(vec!["Ti".to_owned()], vec![0.0, 1.0])?;
/// let plane = LabelledPlane::new(points.to_vec(), labels)?;
/// assert_eq!(plane.estimate_with(Latent2::new(0.7, 0.1), &Nearest)?.values, [1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Estimator: Debug + Send + Sync {
    /// Name of the estimator, as used in error messages.
    fn name(&self) -> &'static str;

    /// Checks that the settings are valid and that the estimator works in this number of
    /// dimensions.
    ///
    /// # Errors
    /// - [`Error::Dimensions`] if the estimator does not work in this number of dimensions.
    /// - Other errors, such as [`Error::Neighbours`], for invalid settings.
    fn check(&self, dimensions: usize) -> Result<()>;

    /// Chooses the places from which the estimate at the point `p` is computed, and their weights.
    ///
    /// The caller guarantees that:
    /// - there is at least one place;
    /// - no place is at the point `p`;
    /// - [`check`](Self::check) has returned `Ok`.
    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice;

    /// Returns the result of [`choose`](Self::choose), or `None` if this result is a fallback.
    ///
    /// A choice is a fallback if [`Choice::is_inside`] is false. The default implementation calls
    /// `choose`. Override this method if the estimator can detect a fallback without computing the
    /// fallback.
    fn choose_inside(&self, places: &Places<'_>, p: &[f64]) -> Option<Choice> {
        Some(self.choose(places, p)).filter(Choice::is_inside)
    }
}

/// Places that an [`Estimator`] chooses for a point P, and their weights.
///
/// A place is given by its index in the [`Places`] that the estimator receives. Each variant
/// corresponds to the variant of [`Basis`] with the same name. In a triangle ABC, the weight of A
/// is `1 − s − t`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Choice {
    /// Triangle ABC that contains P. Points on the sides of the triangle count as inside.
    Triangle {
        /// Corners A, B, C, from the nearest to the farthest.
        places: [usize; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// Triangle ABC that does not contain P. This choice is a fallback.
    Extrapolated {
        /// Corners A, B, C.
        places: [usize; 3],
        /// Weight of B.
        s: f64,
        /// Weight of C.
        t: f64,
    },
    /// Segment between two places. The labels are interpolated at N, the point of the segment
    /// nearest to P. This choice is a fallback.
    Nearest {
        /// Reason why no triangle of places contains P.
        reason: FallbackReason,
        /// First end of the segment.
        from: usize,
        /// Other end of the segment. If N is a place, the fields `to` and `from` are equal.
        to: usize,
        /// Position of N on the segment: 0 at the place `from`, 1 at the place `to`.
        t: f64,
        /// Distance from P to N.
        distance: f64,
    },
    /// Several places, for a weighted mean of their labels.
    Weighted {
        /// Index and weight of each place. No weight is negative, and at least one weight is
        /// positive. The weights need not sum to 1.
        shares: Vec<(usize, f64)>,
        /// Whether P lies inside the known points, as the estimator defines it. If not, the choice
        /// is a fallback.
        inside: bool,
    },
}

impl Choice {
    /// Whether P lies inside the known points. If not, the choice is a fallback.
    ///
    /// The result is true for a triangle, false for an extrapolation or a segment, and the field
    /// `inside` for a weighted mean.
    pub fn is_inside(&self) -> bool {
        match self {
            Self::Triangle { .. } => true,
            Self::Extrapolated { .. } | Self::Nearest { .. } => false,
            Self::Weighted { inside, .. } => *inside,
        }
    }

    /// Estimated labels.
    pub(crate) fn values(&self, places: &Places<'_>) -> Vec<f64> {
        let three = |i: [usize; 3], s, t| interpolate(i.map(|i| places.place(i)), s, t);
        match self {
            Self::Triangle { places, s, t } | Self::Extrapolated { places, s, t } => {
                three(*places, *s, *t)
            }
            Self::Nearest { from, to, t, .. } => three([*from, *to, *to], *t, 0.0),
            Self::Weighted { shares, .. } => mixed(places, shares),
        }
    }

    /// Estimate of the labels, together with its basis.
    pub(crate) fn estimate(self, places: &Places<'_>) -> Estimate {
        let values = self.values(places);
        let members = |i: usize| places.place(i).members.clone();
        let basis = match self {
            Self::Triangle { places, s, t } => Basis::Triangle {
                corners: places.map(members),
                s,
                t,
            },
            Self::Extrapolated { places, s, t } => Basis::Extrapolated {
                corners: places.map(members),
                s,
                t,
            },
            Self::Nearest {
                reason,
                from,
                to,
                t,
                distance,
            } => Basis::Nearest {
                reason,
                from: members(from),
                to: members(to),
                t,
                distance,
            },
            Self::Weighted { mut shares, inside } => {
                shares.retain(|(_, weight)| *weight > 0.0);
                shares.sort_by(|a, b| b.1.total_cmp(&a.1));
                let total: f64 = shares.iter().map(|(_, weight)| weight).sum();
                Basis::Weighted {
                    corners: shares.iter().map(|(i, _)| members(*i)).collect(),
                    weights: shares.iter().map(|(_, weight)| weight / total).collect(),
                    inside,
                }
            }
        };
        Estimate { values, basis }
    }
}

/// Eq. (2) of Utimula et al. (2022) for each label.
fn interpolate([a, b, c]: [&Place; 3], s: f64, t: f64) -> Vec<f64> {
    let others = b.values.iter().zip(&c.values);
    let value = |(a, (b, c)): (&f64, (&f64, &f64))| a + s * (b - a) + t * (c - a);
    a.values.iter().zip(others).map(value).collect()
}

/// Weighted mean of each label. The mean of equal labels is exact, because differences are summed.
fn mixed(places: &Places<'_>, shares: &[(usize, f64)]) -> Vec<f64> {
    let total: f64 = shares.iter().map(|(_, weight)| weight).sum();
    let first = shares.first().map_or(0, |(place, _)| *place);
    let value = |c: usize| {
        let base = places.place(first).values[c];
        let excess = shares
            .iter()
            .map(|(i, weight)| weight / total * (places.place(*i).values[c] - base));
        base + excess.sum::<f64>()
    };
    (0..places.place(first).values.len()).map(value).collect()
}

/// Fails unless there are two dimensions.
pub(crate) fn only_planes(estimator: &'static str, dimensions: usize) -> Result<()> {
    if dimensions == 2 {
        return Ok(());
    }
    Err(Error::Dimensions {
        estimator,
        found: dimensions,
    })
}

/// Fallback outside the convex hull: the nearest point on the border of the hull, between two
/// places.
pub(crate) fn on_hull(places: &Places<'_>, p: Latent2) -> Choice {
    let (from, to, t, distance) = nearest_on_border(places, p);
    Choice::Nearest {
        reason: why_no_triangle(places),
        from,
        to,
        t,
        distance,
    }
}

/// Ends of the segment of the border of the hull that is nearest to P, position of the point
/// nearest to P on this segment, and its distance.
///
/// Cost: O(n).
pub(crate) fn nearest_on_border(places: &Places<'_>, p: Latent2) -> (usize, usize, f64, f64) {
    let (sites, points): (Vec<usize>, Vec<Latent2>) =
        places.iter().map(|(i, place)| (i, place.point)).unzip();
    let on = match places.hull() {
        Some(hull) => nearest_on_corners(&points, hull, p),
        None => nearest_on_hull(&points, p),
    };
    (sites[on.from], sites[on.to], on.t, on.distance)
}

/// Reason for a fallback: all places lie on the line through the first and the last place, or P is
/// outside the hull.
pub(crate) fn why_no_triangle(places: &Places<'_>) -> FallbackReason {
    let mut points = places.iter().map(|(_, place)| place.point);
    let first = points.next().unwrap_or_default();
    let last = places.last().point;
    let along = Vector::between(first, last);
    let on_line = |point: Latent2| {
        let way = Vector::between(first, point);
        way.cross(along).abs() <= STRAIGHT * way.length() * along.length()
    };
    if points.all(on_line) {
        return FallbackReason::NoTriangle;
    }
    FallbackReason::OutsideHull
}
