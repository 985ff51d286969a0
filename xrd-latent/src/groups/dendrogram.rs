/// Tree of items, as a list of merges in the order of their heights.
///
/// # Example
/// ```
/// use xrd_latent::{groups::ward, maps::Distances};
///
/// let points = [0.0, 5.0, 1.0].map(|x| vec![x]);
/// let tree = ward(&Distances::of_points(&points)?)?;
/// assert_eq!(tree.leaf_order(), [0, 2, 1]);
/// assert_eq!(tree.cut(2), [0, 1, 0]);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dendrogram {
    items: usize,
    merges: Vec<Merge>,
}

/// Merge of two branches of a [`Dendrogram`].
///
/// A number below the number n of items is an item. The number n + m is the branch that merge m
/// made.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Merge {
    /// Branch with the lowest item of the two.
    pub first: usize,
    /// Other branch.
    pub second: usize,
    /// Height of the merge, in the unit of the distances. It is never below that of an earlier
    /// merge.
    pub height: f64,
    /// Number of items below the merge.
    pub size: usize,
}

impl Dendrogram {
    /// Creates a tree from pairs of items and heights. Each pair names one item of each of the two
    /// branches that are merged.
    pub(crate) fn of_pairs(items: usize, mut pairs: Vec<(usize, usize, f64)>) -> Self {
        // Merges of equal height stay in the order in which they were found, which is one that a
        // tree allows.
        pairs.sort_by(|a, b| a.2.total_cmp(&b.2));
        let mut forest = Forest::new(items);
        let merges = pairs
            .into_iter()
            .map(|(a, b, height)| forest.merge(a, b, height))
            .collect();
        Self { items, merges }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.items
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// Merges in the order of their heights, one fewer than items.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// Items in an order in which no branches of a drawing cross. Of two branches, the one with the
    /// lowest item comes first.
    pub fn leaf_order(&self) -> Vec<usize> {
        let top = self.merges.len().checked_sub(1).map(|m| self.items + m);
        let mut waiting: Vec<usize> = top.map_or((0..self.items).collect(), |top| vec![top]);
        let mut order = Vec::with_capacity(self.items);
        while let Some(branch) = waiting.pop() {
            match branch.checked_sub(self.items) {
                Some(merge) => {
                    waiting.extend([self.merges[merge].second, self.merges[merge].first]);
                }
                None => order.push(branch),
            }
        }
        order
    }

    /// Group of each item after the tree is cut into `number` groups, or one group per item if
    /// there are fewer items. Groups are numbered in the order of their first items. 0 groups count
    /// as one.
    ///
    /// Cost: O(n) for n items.
    pub fn cut(&self, number: usize) -> Vec<usize> {
        let kept = self.items.saturating_sub(number.max(1));
        let mut above: Vec<usize> = (0..self.items + kept).collect();
        for (m, merge) in self.merges.iter().take(kept).enumerate() {
            above[merge.first] = self.items + m;
            above[merge.second] = self.items + m;
        }
        // Later branches lie above earlier ones.
        for branch in (0..above.len()).rev() {
            above[branch] = above[above[branch]];
        }
        numbered(&above[..self.items])
    }
}

/// Groups numbered from 0 in the order of their first items.
pub(crate) fn numbered(groups: &[usize]) -> Vec<usize> {
    let mut names = std::collections::BTreeMap::new();
    let mut number = |group: &usize| {
        let next = names.len();
        *names.entry(*group).or_insert(next)
    };
    groups.iter().map(&mut number).collect()
}

/// Branches while a tree is built.
struct Forest {
    /// Item above each item, or itself at the top.
    above: Vec<usize>,
    /// Branch, lowest item and size of the tree below each top item.
    branches: Vec<(usize, usize, usize)>,
    next: usize,
}

impl Forest {
    fn new(items: usize) -> Self {
        Self {
            above: (0..items).collect(),
            branches: (0..items).map(|i| (i, i, 1)).collect(),
            next: items,
        }
    }

    fn top(&mut self, mut item: usize) -> usize {
        while self.above[item] != item {
            self.above[item] = self.above[self.above[item]];
            item = self.above[item];
        }
        item
    }

    fn merge(&mut self, a: usize, b: usize, height: f64) -> Merge {
        let (a, b) = (self.top(a), self.top(b));
        let (one, other) = (self.branches[a], self.branches[b]);
        let (first, second) = match one.1 < other.1 {
            true => (one, other),
            false => (other, one),
        };
        self.above[b] = a;
        self.branches[a] = (self.next, first.1, one.2 + other.2);
        self.next += 1;
        Merge {
            first: first.0,
            second: second.0,
            height,
            size: one.2 + other.2,
        }
    }
}
