use super::member::Member;
use super::relocation::sizes;
use crate::error::{Error, Result, check_coordinates, same_length};

/// Means of groups of points, to which other points are compared.
///
/// # Example
/// ```
/// use xrd_latent::groups::GroupMeans;
///
/// let points = [0.0, 2.0, 10.0].map(|x| vec![x]);
/// let means = GroupMeans::new(&points, &[0, 0, 1])?;
/// let member = means.member(&[4.0])?;
/// assert_eq!((member.group, member.other), (0, Some(1)));
/// assert!((member.position - 1.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupMeans {
    means: Vec<Vec<f64>>,
    /// Squared distances between the means.
    apart: Vec<Vec<f64>>,
}

impl GroupMeans {
    /// Computes the means of groups. `group` contains the group of each point; groups are numbered
    /// from 0, and each has a point.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no points, or if a group has none.
    /// - [`Error::Length`] if there is not one group per point, or if the points have different
    ///   numbers of coordinates.
    /// - [`Error::Value`] for a coordinate that is not finite or has an absolute value above 1e100.
    pub fn new(points: &[Vec<f64>], group: &[usize]) -> Result<Self> {
        let Some(last) = group.iter().max() else {
            return Err(Error::Empty { what: "points" });
        };
        same_length("groups", group.len(), points.len())?;
        let sizes = sizes(group, last + 1);
        if sizes.contains(&0) {
            return Err(Error::Empty {
                what: "points of a group",
            });
        }
        let mut means = vec![vec![0.0; points[0].len()]; sizes.len()];
        for (point, &g) in points.iter().zip(group) {
            same_length("coordinates", point.len(), points[0].len())?;
            check_coordinates(point)?;
            let add = |(m, v): (&mut f64, &f64)| *m += v / sizes[g] as f64;
            means[g].iter_mut().zip(point).for_each(add);
        }
        let to_all = |mean: &Vec<f64>| means.iter().map(|m| square(mean, m)).collect();
        let apart = means.iter().map(to_all).collect();
        Ok(Self { means, apart })
    }

    /// Coordinates of the mean of each group.
    pub fn means(&self) -> &[Vec<f64>] {
        &self.means
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.means.len()
    }

    /// Always false, because there is at least one group.
    pub fn is_empty(&self) -> bool {
        self.means.is_empty()
    }

    /// Membership of a point: the group with the nearest mean, and the position between this and
    /// another mean.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Value`], as for [`new`](Self::new).
    pub fn member(&self, point: &[f64]) -> Result<Member> {
        same_length("coordinates", point.len(), self.means[0].len())?;
        check_coordinates(point)?;
        let squares: Vec<f64> = self.means.iter().map(|m| square(point, m)).collect();
        let nearest = (0..squares.len()).min_by(|&a, &b| squares[a].total_cmp(&squares[b]));
        let group = nearest.unwrap_or(0);
        Ok(Member::new(group, &squares, &self.apart[group]))
    }
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
