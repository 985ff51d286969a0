use super::find::Groups;
use super::means::GroupMeans;
use super::member::Member;
use super::settings::GroupSettings;
use crate::error::{Error, Result, same_length};
use crate::maps::Distances;

/// Largest number of points that are all grouped by [`Groups::of_points`]. The computing time grows
/// with the square of the number.
pub const MOST_GROUPED: usize = 2000;

/// Indices of the items that are grouped, of `items` items: all, or [`MOST_GROUPED`] evenly spaced
/// ones.
pub fn grouped_rows(items: usize) -> Vec<usize> {
    let most = items.min(MOST_GROUPED);
    (0..most).map(|i| i * items / most).collect()
}

impl Groups {
    /// Finds groups of points by their Euclidean distances.
    ///
    /// Of more than [`MOST_GROUPED`] points, the evenly spaced sample [`grouped_rows`] is grouped.
    /// Every other point gets the group with the nearest mean. The items of `parts` and of the tree
    /// are positions in this sample; memberships and medoids are those of all points.
    ///
    /// # Errors
    /// Returns the same errors as [`of_distances`](Self::of_distances), and
    /// [`Error::Length`] or [`Error::Value`] for points
    /// with different numbers of coordinates or coordinates that are not finite.
    pub fn of_points(
        points: &[Vec<f64>],
        settings: &GroupSettings,
        parts: &[Vec<usize>],
    ) -> Result<Self> {
        let rows = grouped_rows(points.len());
        let sample: Vec<Vec<f64>> = rows.iter().map(|&i| points[i].clone()).collect();
        let groups = Self::of_distances(&Distances::of_points(&sample)?, settings, parts)?;
        let group: Vec<usize> = groups.members.iter().map(|m| m.group).collect();
        let means = GroupMeans::new(&sample, &group)?;
        let members = points.iter().map(|p| means.member(p));
        groups.spread_over(rows, members.collect::<Result<_>>()?)
    }

    /// Extends the groups of a sample to all items. `rows` contains the index of each grouped item,
    /// and `members` the membership of every item. Grouped items keep the membership that they have.
    ///
    /// # Errors
    /// - [`Error::Length`] if there is not one row per grouped item.
    /// - [`Error::Index`] if a row is not smaller than the number of items.
    pub fn spread_over(mut self, rows: Vec<usize>, members: Vec<Member>) -> Result<Self> {
        let items = members.len();
        same_length("rows", rows.len(), self.members.len())?;
        if let Some(&item) = rows.iter().find(|&&row| row >= items) {
            return Err(Error::Index { item, items });
        }
        let known = std::mem::replace(&mut self.members, members);
        for (&row, member) in rows.iter().zip(known) {
            self.members[row] = member;
        }
        self.medoids.iter_mut().for_each(|m| *m = rows[*m]);
        self.grouped = rows;
        Ok(self)
    }
}
