//! k-d tree: a division of points into nested boxes, for searches that visit few of the points.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Largest number of points in a box that is not divided.
const LEAF: usize = 8;

/// Points divided into nested boxes. Points are given by their indices.
///
/// # References
/// J. L. Bentley, "Multidimensional binary search trees used for associative searching", Commun.
/// ACM 18, 509 (1975).
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    dimensions: usize,
    /// Indices of the points. Each box contains the points of a range of this list.
    order: Vec<usize>,
    nodes: Vec<Node>,
    /// Smallest and largest coordinates of each box: `dimensions` lower limits, then `dimensions`
    /// upper limits.
    limits: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Node {
    points: Range<usize>,
    /// The two halves of the box, or `None` if the box is not divided.
    halves: Option<[usize; 2]>,
}

/// Smallest box around some points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds<'a> {
    pub(crate) low: &'a [f64],
    pub(crate) high: &'a [f64],
}

/// Quantity by which a search sorts points, in ascending order.
pub(crate) trait Measure {
    /// Quantity of a point.
    fn of(&self, point: usize) -> f64;

    /// Lower limit of the quantity for all points in a box.
    fn least(&self, bounds: Bounds<'_>) -> f64;
}

impl Tree {
    /// Divides points. `at` returns the coordinates of each of the `count` points.
    ///
    /// Cost: O(n log² n) for n points.
    pub(crate) fn new<'a>(
        dimensions: usize,
        count: usize,
        at: impl Fn(usize) -> &'a [f64],
    ) -> Self {
        let mut tree = Self {
            dimensions,
            order: (0..count).collect(),
            nodes: Vec::new(),
            limits: Vec::new(),
        };
        if count > 0 {
            tree.divide(0..count, &at);
        }
        tree
    }

    fn divide<'a>(&mut self, points: Range<usize>, at: &impl Fn(usize) -> &'a [f64]) -> usize {
        let node = self.nodes.len();
        let count = points.len();
        let axis = self.enclose(&points, at);
        self.nodes.push(Node {
            points: points.clone(),
            halves: None,
        });
        if count > LEAF {
            let middle = count / 2;
            self.order[points.clone()]
                .select_nth_unstable_by(middle, |&i, &j| at(i)[axis].total_cmp(&at(j)[axis]));
            let middle = points.start + middle;
            let halves = [points.start..middle, middle..points.end];
            self.nodes[node].halves = Some(halves.map(|half| self.divide(half, at)));
        }
        node
    }

    /// Adds the limits of the box around some points. Returns the axis of its longest side.
    fn enclose<'a>(&mut self, points: &Range<usize>, at: &impl Fn(usize) -> &'a [f64]) -> usize {
        let of = |axis: usize| self.order[points.clone()].iter().map(move |&i| at(i)[axis]);
        let low: Vec<f64> = (0..self.dimensions)
            .map(|axis| of(axis).fold(f64::INFINITY, f64::min))
            .collect();
        let high: Vec<f64> = (0..self.dimensions)
            .map(|axis| of(axis).fold(f64::NEG_INFINITY, f64::max))
            .collect();
        let side = |axis: &usize| high[*axis] - low[*axis];
        let longest = (0..self.dimensions).max_by(|a, b| side(a).total_cmp(&side(b)));
        let longest = longest.unwrap_or(0);
        self.limits.extend(low);
        self.limits.extend(high);
        longest
    }

    fn bounds(&self, node: usize) -> Bounds<'_> {
        let all = &self.limits[2 * node * self.dimensions..][..2 * self.dimensions];
        let (low, high) = all.split_at(self.dimensions);
        Bounds { low, high }
    }

    /// Visits all points in ascending order of a measure. Points with equal measures are visited in
    /// ascending order of their indices.
    pub(crate) fn ascending<M: Measure>(&self, measure: M) -> Ascending<'_, M> {
        let mut search = Ascending {
            tree: self,
            measure,
            waiting: BinaryHeap::new(),
        };
        if !self.nodes.is_empty() {
            search.push_node(0);
        }
        search
    }

    /// Number of points before a point in ascending order of a measure. `most` is an upper limit of
    /// the measure for all points in a box.
    pub(crate) fn count_before<M: Measure>(
        &self,
        measure: &M,
        most: impl Fn(Bounds<'_>) -> f64,
        (value, index): (f64, usize),
    ) -> usize {
        let mut count = 0;
        let mut open = Vec::from([0]);
        while let Some(node) = open.pop() {
            let Node { points, halves } = &self.nodes[node];
            let bounds = self.bounds(node);
            if measure.least(bounds) > value {
                continue;
            }
            if most(bounds) < value {
                count += points.len();
                continue;
            }
            match halves {
                Some(halves) => open.extend(halves),
                None => {
                    let is_before = |&&i: &&usize| {
                        let by_value = measure.of(i).total_cmp(&value);
                        by_value.then(i.cmp(&index)).is_lt()
                    };
                    count += self.order[points.clone()].iter().filter(is_before).count();
                }
            }
        }
        count
    }
}

/// Points in ascending order of a measure.
pub(crate) struct Ascending<'a, M> {
    tree: &'a Tree,
    measure: M,
    waiting: BinaryHeap<Waiting>,
}

/// Box or point that waits for its turn.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    /// Measure of the point, or lower limit for the box.
    value: f64,
    is_point: bool,
    index: usize,
}

impl<M: Measure> Ascending<'_, M> {
    /// Returns the next point and its measure. Points of boxes for which `skips` returns true are
    /// skipped.
    pub(crate) fn next_outside(
        &mut self,
        skips: impl Fn(Bounds<'_>) -> bool,
    ) -> Option<(f64, usize)> {
        while let Some(first) = self.waiting.pop() {
            if first.is_point {
                return Some((first.value, first.index));
            }
            if skips(self.tree.bounds(first.index)) {
                continue;
            }
            let Node { points, halves } = &self.tree.nodes[first.index];
            match halves {
                Some(halves) => halves.iter().for_each(|&half| self.push_node(half)),
                None => {
                    let points = self.tree.order[points.clone()].iter();
                    self.waiting.extend(points.map(|&index| Waiting {
                        value: self.measure.of(index),
                        is_point: true,
                        index,
                    }));
                }
            }
        }
        None
    }

    fn push_node(&mut self, node: usize) {
        self.waiting.push(Waiting {
            value: self.measure.least(self.tree.bounds(node)),
            is_point: false,
            index: node,
        });
    }
}

impl<M: Measure> Iterator for Ascending<'_, M> {
    type Item = (f64, usize);

    fn next(&mut self) -> Option<Self::Item> {
        self.next_outside(|_| false)
    }
}

/// The heap returns the greatest entry first: the smallest value, boxes before points of the same
/// value, points by ascending indices.
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = other.value.total_cmp(&self.value);
        let boxes_first = other.is_point.cmp(&self.is_point);
        by_value
            .then(boxes_first)
            .then(other.index.cmp(&self.index))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::Squared;
    use proptest::prelude::*;

    fn points() -> impl Strategy<Value = Vec<[f64; 2]>> {
        let node = prop::array::uniform2((-4i32..5).prop_map(f64::from));
        let free = prop::array::uniform2(-1.0..1.0f64);
        prop_oneof![
            prop::collection::vec(node, 1..120),
            prop::collection::vec(free, 1..120)
        ]
    }

    proptest! {
        /// All points in the order of sorting them, and each point counted.
        #[test]
        fn the_order_is_that_of_sorting(points in points(), p in prop::array::uniform2(-2.0..2.0f64)) {
            let at = |i: usize| &points[i][..];
            let tree = Tree::new(2, points.len(), at);
            let measure = || Squared { p: &p, at };
            let mut sorted: Vec<(f64, usize)> =
                (0..points.len()).map(|i| (measure().of(i), i)).collect();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            prop_assert_eq!(tree.ascending(measure()).collect::<Vec<_>>(), sorted.clone());
            for (rank, found) in sorted.into_iter().enumerate() {
                let most = |bounds: Bounds<'_>| Squared { p: &p, at }.most(bounds);
                prop_assert_eq!(tree.count_before(&measure(), most, found), rank);
            }
        }

        /// Skipped boxes hide none of the points outside them.
        #[test]
        fn boxes_can_be_skipped(points in points(), limit in -1.0..1.0f64) {
            let at = |i: usize| &points[i][..];
            let tree = Tree::new(2, points.len(), at);
            let mut search = tree.ascending(Squared { p: &[0.0, 0.0], at });
            let mut found = Vec::new();
            while let Some((_, i)) = search.next_outside(|b| b.high[0] < limit) {
                found.push(i);
            }
            for i in (0..points.len()).filter(|&i| points[i][0] >= limit) {
                prop_assert!(found.contains(&i));
            }
        }
    }

    #[test]
    fn no_points_have_no_order() {
        let tree = Tree::new(3, 0, |_| &[]);
        let at = |_: usize| &[][..];
        assert_eq!(tree.ascending(Squared { p: &[0.0; 3], at }).next(), None);
    }
}
