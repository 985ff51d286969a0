use super::relocation::relocated;
use super::ward::ward;
use crate::error::{Error, Result};
use crate::maps::{Distances, adjusted_rand_index};

/// Mean agreement of each grouping with the groups found in parts of the items.
///
/// `groupings` contains numbers of groups and the group of each item. The result is `None` for a
/// number that no part has enough items for.
pub(crate) fn stabilities(
    distances: &Distances,
    groupings: &[(usize, Vec<usize>)],
    parts: &[Vec<usize>],
) -> Result<Vec<Option<f64>>> {
    let mut sums = vec![(0.0, 0usize); groupings.len()];
    for part in parts {
        check(part, distances.len())?;
        let within = distances.select(part);
        let tree = ward(&within)?;
        for ((number, group), (sum, count)) in groupings.iter().zip(&mut sums) {
            if *number > part.len() {
                continue;
            }
            let found = relocated(&within, tree.cut(*number), *number);
            let of_all: Vec<usize> = part.iter().map(|&i| group[i]).collect();
            *sum += adjusted_rand_index(&of_all, &found)?;
            *count += 1;
        }
    }
    let mean = |(sum, count): (f64, usize)| (count > 0).then(|| sum / count as f64);
    Ok(sums.into_iter().map(mean).collect())
}

/// Fails if the part is empty or names an item that does not exist.
fn check(part: &[usize], items: usize) -> Result<()> {
    if part.is_empty() {
        return Err(Error::Empty {
            what: "items in a part",
        });
    }
    match part.iter().find(|&&i| i >= items) {
        Some(&item) => Err(Error::Index { item, items }),
        None => Ok(()),
    }
}
