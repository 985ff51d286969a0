//! Gradient boosting on histograms of features (J. H. Friedman, Ann. Stat. 29, 1189 (2001); second-order leaves:
//! T. Chen, C. Guestrin, KDD 2016) with the cross-entropy as the loss.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Node, Trees, logistic, value};

/// Largest number of intervals of a feature.
const INTERVALS: usize = 96;

/// Settings of boosted trees.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TreeSettings {
    /// Number of trees.
    pub(crate) trees: usize,
    /// Largest number of leaves of a tree.
    pub(crate) leaves: usize,
    /// Factor of the values of leaves.
    pub(crate) rate: f64,
    /// Smallest number of candidates of a leaf.
    pub(crate) least: usize,
    /// Penalty on squares of values of leaves.
    pub(crate) penalty: f64,
    /// Share of lists that each tree learns from.
    pub(crate) lists: f64,
    /// Share of features that each tree uses.
    pub(crate) features: f64,
    /// Seed of both choices.
    pub(crate) seed: u64,
}

/// Features as numbers of intervals, feature by feature.
struct Table {
    codes: Vec<Vec<u8>>,
    /// Upper ends of the intervals except the last.
    ends: Vec<Vec<f32>>,
}

/// Sums over the candidates of an interval or a node: gradients, second derivatives, number.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    slope: f64,
    curvature: f64,
    count: f64,
}

/// A leaf that may be divided.
struct Open {
    rows: Vec<u32>,
    sums: Sums,
    histograms: Vec<[Sums; INTERVALS]>,
    /// Gain, place of the feature among the used ones, and interval.
    best: Option<(f64, usize, usize)>,
    /// Number of the node while the tree grows.
    node: usize,
}

enum Growing {
    Leaf(f64),
    Split {
        feature: usize,
        interval: usize,
        sides: [usize; 2],
    },
}

impl Trees {
    /// Learns expected values between 0 and 1 from candidates in lists: `lengths` has the number of candidates of
    /// each list. The result is the same to the last bit for any number of threads.
    ///
    /// Cost: O(trees · candidates · features · log(leaves)).
    pub(crate) fn fit(
        rows: &[&[f32]],
        wanted: &[f64],
        lengths: &[usize],
        settings: &TreeSettings,
    ) -> Self {
        let Some(width) = rows.first().map(|r| r.len()) else {
            return Self::default();
        };
        let table = Table::new(rows, width);
        let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let mean = (wanted.iter().sum::<f64>() / rows.len() as f64).clamp(1e-6, 1.0 - 1e-6);
        let mut trees = vec![vec![Node::Leaf((mean / (1.0 - mean)).ln() as f32)]];
        let mut scores = vec![(mean / (1.0 - mean)).ln(); rows.len()];
        for _ in 0..settings.trees {
            let slopes: Vec<[f64; 2]> = scores.iter().zip(wanted).map(slope).collect();
            let chosen = chosen_rows(lengths, settings.lists, &mut rng);
            let mut features: Vec<usize> = (0..width).collect();
            features.shuffle(&mut rng);
            let used = (settings.features * width as f64).ceil() as usize;
            features.truncate(used.max(1));
            features.sort_unstable();
            let tree = table.tree(&grow(&table, &slopes, chosen, &features, settings));
            let step = |(score, row): (&mut f64, &&[f32])| *score += value(&tree, row);
            scores.par_iter_mut().zip(rows).for_each(step);
            trees.push(tree);
        }
        Self { trees }
    }
}

/// First and second derivative of the cross-entropy.
fn slope((score, wanted): (&f64, &f64)) -> [f64; 2] {
    let p = logistic(*score);
    [p - wanted, (p * (1.0 - p)).max(1e-6)]
}

/// Rows of a random share of the lists.
fn chosen_rows(lengths: &[usize], share: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut chosen: Vec<u32> = Vec::new();
    let mut row = 0;
    for length in lengths {
        let next = row + *length as u32;
        if rng.random::<f64>() < share {
            chosen.extend(row..next);
        }
        row = next;
    }
    chosen
}

impl Table {
    fn new(rows: &[&[f32]], width: usize) -> Self {
        let ends: Vec<Vec<f32>> = (0..width)
            .into_par_iter()
            .map(|j| {
                let mut values: Vec<f32> = rows.iter().map(|r| r[j]).collect();
                values.sort_unstable_by(f32::total_cmp);
                let at = |k: usize| values[k * (values.len() - 1) / INTERVALS];
                let mut ends: Vec<f32> = (1..INTERVALS).map(at).collect();
                ends.dedup();
                ends
            })
            .collect();
        let code = |(j, ends): (usize, &Vec<f32>)| -> Vec<u8> {
            let of = |r: &&[f32]| ends.partition_point(|end| *end < r[j]) as u8;
            rows.iter().map(of).collect()
        };
        let codes = ends.par_iter().enumerate().map(code).collect();
        Self { codes, ends }
    }

    fn histograms(
        &self,
        slopes: &[[f64; 2]],
        rows: &[u32],
        features: &[usize],
    ) -> Vec<[Sums; INTERVALS]> {
        let one = |j: &usize| {
            let mut sums = [Sums::default(); INTERVALS];
            for row in rows {
                let row = *row as usize;
                let sum = &mut sums[usize::from(self.codes[*j][row])];
                sum.add(slopes[row]);
            }
            sums
        };
        features.par_iter().map(one).collect()
    }

    /// A grown tree with thresholds, and the lower side of each split right after it.
    fn tree(&self, grown: &[Growing]) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(grown.len());
        self.write(grown, 0, &mut nodes);
        nodes
    }

    fn write(&self, grown: &[Growing], at: usize, nodes: &mut Vec<Node>) {
        match &grown[at] {
            Growing::Leaf(value) => nodes.push(Node::Leaf(*value as f32)),
            Growing::Split {
                feature,
                interval,
                sides,
            } => {
                let place = nodes.len();
                nodes.push(Node::Leaf(0.0));
                self.write(grown, sides[0], nodes);
                let other = nodes.len() as u16;
                self.write(grown, sides[1], nodes);
                nodes[place] = Node::Split {
                    feature: *feature as u16,
                    threshold: self.ends[*feature][*interval],
                    other,
                };
            }
        }
    }
}

impl Sums {
    fn add(&mut self, [slope, curvature]: [f64; 2]) {
        self.slope += slope;
        self.curvature += curvature;
        self.count += 1.0;
    }

    fn minus(self, other: Self) -> Self {
        Self {
            slope: self.slope - other.slope,
            curvature: self.curvature - other.curvature,
            count: self.count - other.count,
        }
    }

    fn gain(self, penalty: f64) -> f64 {
        self.slope * self.slope / (self.curvature + penalty)
    }
}

impl Open {
    fn new(
        rows: Vec<u32>,
        slopes: &[[f64; 2]],
        histograms: Vec<[Sums; INTERVALS]>,
        node: usize,
        settings: &TreeSettings,
    ) -> Self {
        let mut sums = Sums::default();
        rows.iter().for_each(|r| sums.add(slopes[*r as usize]));
        let mut open = Self {
            rows,
            sums,
            histograms,
            best: None,
            node,
        };
        open.best = open.best_split(settings);
        open
    }

    fn best_split(&self, settings: &TreeSettings) -> Option<(f64, usize, usize)> {
        let whole = self.sums.gain(settings.penalty);
        let least = settings.least.max(1) as f64;
        let mut best: Option<(f64, usize, usize)> = None;
        for (place, histogram) in self.histograms.iter().enumerate() {
            let mut low = Sums::default();
            for (interval, sums) in histogram[..INTERVALS - 1].iter().enumerate() {
                if sums.count == 0.0 {
                    continue;
                }
                low.slope += sums.slope;
                low.curvature += sums.curvature;
                low.count += sums.count;
                let high = self.sums.minus(low);
                if low.count < least || high.count < least {
                    continue;
                }
                let gain = low.gain(settings.penalty) + high.gain(settings.penalty) - whole;
                if gain > 1e-9 && best.is_none_or(|b| gain > b.0) {
                    best = Some((gain, place, interval));
                }
            }
        }
        best
    }
}

/// Divides the leaf with the largest gain until there are enough leaves.
fn grow(
    table: &Table,
    slopes: &[[f64; 2]],
    rows: Vec<u32>,
    features: &[usize],
    settings: &TreeSettings,
) -> Vec<Growing> {
    let histograms = table.histograms(slopes, &rows, features);
    let mut open = vec![Open::new(rows, slopes, histograms, 0, settings)];
    let mut nodes = vec![Growing::Leaf(0.0)];
    while open.len() < settings.leaves {
        let gain = |o: &Open| o.best.map_or(0.0, |b| b.0);
        let most = (0..open.len()).max_by(|a, b| gain(&open[*a]).total_cmp(&gain(&open[*b])));
        let Some((at, (_, place, interval))) = most.and_then(|i| Some((i, open[i].best?))) else {
            break;
        };
        let parent = open.swap_remove(at);
        let codes = &table.codes[features[place]];
        let is_low = |r: &u32| usize::from(codes[*r as usize]) <= interval;
        let (low, high): (Vec<u32>, Vec<u32>) = parent.rows.iter().copied().partition(is_low);
        // Only the histograms of the smaller side are counted.
        let is_low_smaller = low.len() <= high.len();
        let small = table.histograms(slopes, if is_low_smaller { &low } else { &high }, features);
        let pairs = parent.histograms.iter().zip(&small);
        let rest = pairs.map(|(all, part)| std::array::from_fn(|k| all[k].minus(part[k])));
        let rest: Vec<[Sums; INTERVALS]> = rest.collect();
        let (of_low, of_high) = match is_low_smaller {
            true => (small, rest),
            false => (rest, small),
        };
        let sides = [nodes.len(), nodes.len() + 1];
        nodes[parent.node] = Growing::Split {
            feature: features[place],
            interval,
            sides,
        };
        nodes.extend([Growing::Leaf(0.0), Growing::Leaf(0.0)]);
        open.push(Open::new(low, slopes, of_low, sides[0], settings));
        open.push(Open::new(high, slopes, of_high, sides[1], settings));
    }
    for leaf in open {
        let value = -leaf.sums.slope / (leaf.sums.curvature + settings.penalty);
        nodes[leaf.node] = Growing::Leaf(settings.rate * value);
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> TreeSettings {
        TreeSettings {
            trees: 200,
            leaves: 8,
            rate: 0.1,
            least: 5,
            penalty: 1.0,
            lists: 0.8,
            features: 0.7,
            seed: 0,
        }
    }

    fn rows() -> (Vec<Vec<f32>>, Vec<f64>) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let rows: Vec<Vec<f32>> = (0..2000)
            .map(|_| (0..3).map(|_| rng.random::<f32>()).collect())
            .collect();
        // The third feature has no influence; the first two act together.
        let of = |r: &Vec<f32>| {
            if (r[0] > 0.5) == (r[1] > 0.3) {
                0.9
            } else {
                0.2
            }
        };
        let wanted = rows.iter().map(of).collect();
        (rows, wanted)
    }

    #[test]
    fn expected_values_are_learned() {
        let (rows, wanted) = rows();
        let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let trees = Trees::fit(&all[..1000], &wanted[..1000], &[10; 100], &settings());
        let errors = all[1000..].iter().zip(&wanted[1000..]);
        let mean = errors
            .map(|(r, w)| (trees.expected(r) - w).abs())
            .sum::<f64>()
            / 1000.0;
        assert!(mean < 0.04, "{mean}");
    }

    #[test]
    fn trees_do_not_depend_on_the_number_of_threads() {
        let (rows, wanted) = rows();
        let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let fit = || Trees::fit(&all, &wanted, &[20; 100], &settings());
            pool.map(|p| p.install(fit)).unwrap_or_default()
        };
        assert_eq!(on(1), on(4));
        assert_eq!(on(1).trees.len(), 201);
    }

    #[test]
    fn few_candidates_give_their_mean() {
        let trees = Trees::fit(&[&[0.0], &[1.0]], &[0.0, 1.0], &[2], &settings());
        assert!((trees.expected(&[1.0]) - 0.5).abs() < 0.01);
        assert_eq!(Trees::fit(&[], &[], &[], &settings()), Trees::default());
    }
}
