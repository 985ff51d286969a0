use super::dendrogram::Dendrogram;
use crate::error::Result;
use crate::maps::Distances;

/// Hierarchical clustering by Ward's method.
///
/// At first every item is a branch. The two branches whose merge increases the sum of the squared
/// distances to the means least are merged, until one branch is left. The height of a merge is
/// √(2 a·b / (a + b)) times the distance of the means, for branches of a and b items, as in SciPy and
/// R (`ward.D2`). Two items are merged at their distance.
///
/// Distances need not be Euclidean. The formula of Lance and Williams, which updates the distances,
/// is used for any distances. The heights never decrease.
///
/// Cost: time O(n²), and one copy of the distances, for n items (chains of nearest neighbours).
///
/// # Errors
/// [`Error::Empty`](crate::Error::Empty) if there are no items.
///
/// # References
/// J. H. Ward, J. Am. Stat. Assoc. 58, 236 (1963); G. N. Lance, W. T. Williams, Comput. J. 9, 373
/// (1967); F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms", Comput.
/// J. 26, 354 (1983).
pub fn ward(distances: &Distances) -> Result<Dendrogram> {
    distances.check_some()?;
    let mut branches = Branches::new(distances);
    let mut pairs = Vec::with_capacity(distances.len() - 1);
    let mut chain: Vec<usize> = Vec::new();
    while pairs.len() + 1 < distances.len() {
        let last = match chain.last() {
            Some(&last) => last,
            None => {
                chain.push(branches.first());
                continue;
            }
        };
        let before = chain.len().checked_sub(2).map(|i| chain[i]);
        let nearest = branches.nearest(last, before);
        if Some(nearest) == before {
            chain.truncate(chain.len() - 2);
            let height = branches.square(last, nearest).sqrt();
            pairs.push((last, nearest, height));
            branches.merge(last, nearest);
        } else {
            chain.push(nearest);
        }
    }
    Ok(Dendrogram::of_pairs(distances.len(), pairs))
}

/// Squared distances between branches. A branch is named by one of its items.
struct Branches {
    n: usize,
    squares: Vec<f64>,
    /// Number of items, 0 after the branch was merged into another.
    sizes: Vec<usize>,
}

impl Branches {
    fn new(distances: &Distances) -> Self {
        let n = distances.len();
        let squares = (0..n).flat_map(|i| distances.row(i).iter().map(|d| d * d));
        Self {
            n,
            squares: squares.collect(),
            sizes: vec![1; n],
        }
    }

    fn square(&self, i: usize, j: usize) -> f64 {
        self.squares[i * self.n + j]
    }

    fn alive(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.n).filter(|&i| self.sizes[i] > 0)
    }

    fn first(&self) -> usize {
        self.alive().next().unwrap_or(0)
    }

    /// Nearest other branch. Of branches at the same distance, `preferred` is taken, so that the
    /// chain ends, and otherwise the first.
    fn nearest(&self, of: usize, preferred: Option<usize>) -> usize {
        let mut best = preferred.unwrap_or(of);
        let mut least = preferred.map_or(f64::INFINITY, |p| self.square(of, p));
        for other in self.alive().filter(|&i| i != of) {
            if self.square(of, other) < least {
                (best, least) = (other, self.square(of, other));
            }
        }
        best
    }

    /// Merges branch `gone` into branch `kept`.
    fn merge(&mut self, kept: usize, gone: usize) {
        let (a, b) = (self.sizes[kept] as f64, self.sizes[gone] as f64);
        let between = self.square(kept, gone);
        let others: Vec<usize> = self.alive().filter(|&i| i != kept && i != gone).collect();
        for other in others {
            let c = self.sizes[other] as f64;
            let sum = (a + c) * self.square(kept, other) + (b + c) * self.square(gone, other);
            let square = (sum - c * between) / (a + b + c);
            self.squares[kept * self.n + other] = square;
            self.squares[other * self.n + kept] = square;
        }
        self.sizes[kept] += self.sizes[gone];
        self.sizes[gone] = 0;
    }
}
