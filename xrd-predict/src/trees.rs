//! Boosted regression trees.

mod fit;

pub(crate) use fit::TreeSettings;

/// A node of a tree: a split, or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node {
    /// Values of a feature up to the threshold go to the next node, others to node `other`.
    Split {
        feature: u16,
        threshold: f32,
        other: u16,
    },
    Leaf(f32),
}

/// Sum of trees: the logarithm of the odds of a candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trees {
    /// Nodes of each tree, the root first and the lower side of a split right after it.
    pub(crate) trees: Vec<Vec<Node>>,
}

impl Trees {
    /// Expected value, between 0 and 1, of a candidate with finite features.
    ///
    /// Cost: O(trees · depth).
    pub(crate) fn expected(&self, features: &[f32]) -> f64 {
        logistic(self.trees.iter().map(|t| value(t, features)).sum())
    }
}

/// Value of the leaf of a candidate. A tree that is cut off gives 0.
fn value(tree: &[Node], features: &[f32]) -> f64 {
    let mut at = 0;
    // The sides of a split come after it, so that the walk ends.
    while let Some(node) = tree.get(at) {
        match *node {
            Node::Leaf(value) => return value.into(),
            Node::Split {
                feature,
                threshold,
                other,
            } => {
                let x = features.get(usize::from(feature)).copied().unwrap_or(0.0);
                at = if x <= threshold {
                    at + 1
                } else {
                    usize::from(other).max(at + 1)
                };
            }
        }
    }
    0.0
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
