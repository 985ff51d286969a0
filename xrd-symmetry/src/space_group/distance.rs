//! Distances on the graph of maximal subgroups, by breadth-first search.

use std::collections::VecDeque;
use std::sync::LazyLock;

use super::{COUNT, SpaceGroup};

/// Neighbours of each group: its maximal subgroups and its minimal supergroups.
static NEIGHBOURS: LazyLock<Vec<Vec<SpaceGroup>>> = LazyLock::new(|| {
    let mut neighbours = vec![Vec::new(); COUNT];
    for group in SpaceGroup::all() {
        for subgroup in group.maximal_subgroups() {
            neighbours[group.index()].push(subgroup);
            neighbours[subgroup.index()].push(group);
        }
    }
    neighbours
});

pub(super) fn distance(from: SpaceGroup, to: SpaceGroup) -> usize {
    let mut steps = [usize::MAX; COUNT];
    steps[from.index()] = 0;
    let mut queue = VecDeque::from([from]);
    while let Some(group) = queue.pop_front() {
        let next = steps[group.index()] + 1;
        if group == to {
            break;
        }
        for &neighbour in &NEIGHBOURS[group.index()] {
            if steps[neighbour.index()] == usize::MAX {
                steps[neighbour.index()] = next;
                queue.push_back(neighbour);
            }
        }
    }
    steps[to.index()]
}
