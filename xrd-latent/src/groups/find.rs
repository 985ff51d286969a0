use super::dendrogram::Dendrogram;
use super::member::Member;
use super::relocation::{ToMeans, relocated, sizes};
use super::settings::GroupSettings;
use super::stability::stabilities;
use super::ward::ward;
use crate::error::{Error, Result};
use crate::maps::{Distances, silhouette};

/// Groups of items. The group with the most grouped items has the index 0.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Groups {
    /// Indices of the items that were grouped: all items, or a sample, to which the other items were
    /// compared.
    pub grouped: Vec<usize>,
    /// Tree of the grouped items. Its items are positions in [`grouped`](Self::grouped).
    pub tree: Dendrogram,
    /// Numbers of groups that were tried, in ascending order.
    pub tried: Vec<NumberTried>,
    /// Membership of each item.
    pub members: Vec<Member>,
    /// Medoid of each group: the grouped item with the smallest sum of distances to the grouped items
    /// of its group.
    pub medoids: Vec<usize>,
}

/// Scores of a number of groups.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NumberTried {
    /// Number of groups.
    pub number: usize,
    /// Mean silhouette, from −1 to 1. 0 if it is not defined.
    pub silhouette: f64,
    /// Mean adjusted Rand index with the groups found in parts of the items, at most 1. `None` without
    /// parts, or if every part has fewer items than groups.
    pub stability: Option<f64>,
}

impl Groups {
    /// Finds groups of items from their distances, as the module documentation describes.
    ///
    /// `parts` contains parts of the items for the stability, for example 20 random choices of 70 %.
    /// Without parts the silhouette alone decides. Items with equal distances are no error: items
    /// that are all equal are one group.
    ///
    /// Cost: O(n² · k) for n items and all numbers of groups up to k, and as much for each part.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no items, if a part is empty or if
    ///   [`GroupSettings::number`] is 0.
    /// - [`Error::TooMany`] if [`GroupSettings::number`] exceeds the number of items.
    /// - [`Error::Index`] if a part contains an item that does not exist.
    pub fn of_distances(
        distances: &Distances,
        settings: &GroupSettings,
        parts: &[Vec<usize>],
    ) -> Result<Self> {
        let items = distances.len();
        let tree = ward(distances)?;
        let numbers = numbers(settings, items)?;
        let grouping = |number: usize| {
            let group = relocated(distances, tree.cut(number), number);
            (number, group)
        };
        let groupings: Vec<(usize, Vec<usize>)> = numbers.into_iter().map(grouping).collect();
        let tried = scores(distances, &groupings, parts)?;
        let chosen = match settings.number {
            Some(number) => Some(number),
            None => best(&tried, settings),
        };
        let found = groupings
            .into_iter()
            .find(|(number, _)| Some(*number) == chosen);
        let (number, group) = found.unwrap_or((1, vec![0; items]));
        let group = by_size(&group, number);
        Ok(Self {
            grouped: (0..items).collect(),
            members: members(distances, &group, number),
            medoids: medoids(distances, &group, number),
            tree,
            tried,
        })
    }

    /// Number of groups.
    pub fn number(&self) -> usize {
        self.medoids.len()
    }

    /// Items of a group in ascending order.
    pub fn items_of(&self, group: usize) -> Vec<usize> {
        let own = |&i: &usize| self.members[i].group == group;
        (0..self.members.len()).filter(own).collect()
    }

    /// Scores of the number of groups that was chosen. `None` for one group.
    pub fn chosen(&self) -> Option<NumberTried> {
        let chosen = |tried: &&NumberTried| tried.number == self.number();
        self.tried.iter().find(chosen).copied()
    }
}

/// Numbers of groups to try.
fn numbers(settings: &GroupSettings, items: usize) -> Result<Vec<usize>> {
    let what = "groups";
    let mut numbers: Vec<usize> = (2..=settings.most.min(items / 2)).collect();
    match settings.number {
        Some(0) => return Err(Error::Empty { what }),
        Some(found) if found > items => {
            let most = items;
            return Err(Error::TooMany { what, found, most });
        }
        Some(number) if number > 1 && !numbers.contains(&number) => numbers.push(number),
        _ => {}
    }
    Ok(numbers)
}

fn scores(
    distances: &Distances,
    groupings: &[(usize, Vec<usize>)],
    parts: &[Vec<usize>],
) -> Result<Vec<NumberTried>> {
    let stabilities = stabilities(distances, groupings, parts)?;
    let score = |((number, group), stability): (&(usize, Vec<usize>), Option<f64>)| {
        Ok(NumberTried {
            number: *number,
            silhouette: silhouette(distances, group)?.unwrap_or(0.0),
            stability,
        })
    };
    groupings.iter().zip(stabilities).map(score).collect()
}

/// Number with the highest silhouette among those that reach both limits. Of equal silhouettes the
/// smallest number is taken. If there are parts, a number larger than every part is not stable.
fn best(tried: &[NumberTried], settings: &GroupSettings) -> Option<usize> {
    let without_parts = tried.iter().all(|t| t.stability.is_none());
    let enough = |tried: &&NumberTried| {
        let reached = |s: f64| s >= settings.least_stability;
        let stable = without_parts || tried.stability.is_some_and(reached);
        stable && tried.silhouette >= settings.least_silhouette
    };
    let higher = |best: Option<NumberTried>, next: &NumberTried| match best {
        Some(best) if best.silhouette >= next.silhouette => Some(best),
        _ => Some(*next),
    };
    let best = tried.iter().filter(enough).fold(None, higher);
    best.map(|best| best.number)
}

/// Groups numbered by size, the largest first. Of equal sizes the one with the lowest item is first.
fn by_size(group: &[usize], groups: usize) -> Vec<usize> {
    let sizes = sizes(group, groups);
    let first = |g: usize| group.iter().position(|own| *own == g);
    let mut order: Vec<usize> = (0..groups).collect();
    order.sort_by_key(|&g| (std::cmp::Reverse(sizes[g]), first(g)));
    let mut place = vec![0; groups];
    order.iter().enumerate().for_each(|(at, &g)| place[g] = at);
    group.iter().map(|&g| place[g]).collect()
}

fn members(distances: &Distances, group: &[usize], groups: usize) -> Vec<Member> {
    let to = ToMeans::new(distances, group, groups);
    let apart = to.between(group);
    let member = |(i, &g): (usize, &usize)| Member::new(g, to.row(i), &apart[g]);
    group.iter().enumerate().map(member).collect()
}

fn medoids(distances: &Distances, group: &[usize], groups: usize) -> Vec<usize> {
    let mut best = vec![(f64::INFINITY, 0); groups];
    for (i, &own) in group.iter().enumerate() {
        let near = group.iter().zip(distances.row(i));
        let sum: f64 = near.filter(|(g, _)| **g == own).map(|(_, d)| d).sum();
        if sum < best[own].0 {
            best[own] = (sum, i);
        }
    }
    best.into_iter().map(|(_, i)| i).collect()
}
