/// Membership of an item in a group.
///
/// The position is measured along the line from the mean of the group of the item to the mean of
/// another group: 0 at the mean of its own group, ½ in the middle, 1 at the mean of the other. The
/// other group is the one whose line passes nearest to the item.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Member {
    /// Group of the item, from 0.
    pub group: usize,
    /// Other group. `None` if there is only one group.
    pub other: Option<usize>,
    /// Position between the two means, from 0 to 1. 0 if there is only one group.
    pub position: f64,
}

impl Member {
    /// Confidence of the membership: 1 − [`position`](Self::position), from 0 to 1.
    pub fn confidence(&self) -> f64 {
        1.0 - self.position
    }

    /// Whether the item lies between its group and [`other`](Self::other): its position is `limit`
    /// or more.
    pub fn is_between(&self, limit: f64) -> bool {
        self.other.is_some() && self.position >= limit
    }

    /// Membership of an item with these squared distances to the means. `apart` contains the squared
    /// distances between the means of `group` and of all groups.
    pub(crate) fn new(group: usize, squares: &[f64], apart: &[f64]) -> Self {
        let mut found = Self {
            group,
            other: None,
            position: 0.0,
        };
        let mut best = f64::NEG_INFINITY;
        for other in (0..squares.len()).filter(|&g| g != group) {
            let (position, nearer) = along(squares[group], squares[other], apart[other]);
            if nearer > best {
                best = nearer;
                found.other = Some(other);
                found.position = position;
            }
        }
        found
    }
}

/// Position of the nearest point of the line between two means, and by how much its squared distance
/// from the item is below that of the first mean. Arguments: the squared distances to both means and
/// between them.
fn along(own: f64, other: f64, apart: f64) -> (f64, f64) {
    if apart <= 0.0 {
        return (0.0, 0.0);
    }
    let free = 0.5 + 0.5 * (own - other) / apart;
    let position = free.clamp(0.0, 1.0);
    (position, position * (2.0 * free - position) * apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_nearest_point_of_the_line() {
        // An item at (x, y), means at (0, 0) and (4, 0).
        for (x, y, position, nearer) in [
            (1.0, 2.0, 0.25, 1.0),
            (-1.0, 0.5, 0.0, 0.0),
            (6.0, 0.0, 1.0, 32.0),
        ] {
            let (own, other) = (x * x + y * y, (x - 4.0) * (x - 4.0) + y * y);
            let found: (f64, f64) = along(own, other, 16.0);
            assert!((found.0 - position).abs() < 1e-12 && (found.1 - nearer).abs() < 1e-12);
        }
        assert_eq!(along(3.0, 3.0, 0.0), (0.0, 0.0));
    }

    #[test]
    fn the_other_group_is_that_of_the_nearest_line() {
        // Means at (0, 0), (4, 0) and (0, 4); the item at (1, 0.1).
        let squares = [1.01, 9.01, 16.21];
        let member = Member::new(0, &squares, &[0.0, 16.0, 16.0]);
        assert_eq!((member.group, member.other), (0, Some(1)));
        assert!((member.position - 0.25).abs() < 1e-12 && member.is_between(0.25 - 1e-9));
        assert!((member.confidence() - 0.75).abs() < 1e-12 && !member.is_between(0.3));
        let alone = Member::new(0, &[2.0], &[0.0]);
        assert_eq!(
            (alone.other, alone.position, alone.is_between(0.0)),
            (None, 0.0, false)
        );
    }
}
