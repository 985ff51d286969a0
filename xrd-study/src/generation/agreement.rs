//! Point of the plane whose estimates agree best with the values of several labels.

use xrd_core::{Latent2, LatentGrid, LatentMap};
use xrd_latent::Estimator;

use crate::error::Result;
use crate::experiment::TargetComposition;
use crate::known_points::KnownPoints;

/// Points whose difference exceeds the smallest one by at most this much agree about equally well.
/// It is a fraction of the range of a label, somewhat more than a label changes from node to node.
const EQUAL: f64 = 0.01;

/// Number of times that the step of the local search is halved.
const HALVINGS: usize = 8;

/// Largest number of steps of the local search.
const MOST_STEPS: usize = 200;

/// Comparison of labels with the values of a target.
pub(super) struct Agreement<'a> {
    known: &'a KnownPoints,
    /// Index, target value, and range among the known points of each label of the target.
    wanted: Vec<(usize, f64, f64)>,
}

impl<'a> Agreement<'a> {
    pub(super) fn new(known: &'a KnownPoints, target: &TargetComposition) -> Self {
        let wanted = |label: &crate::Target| {
            let column = known.labels().column_index(&label.column)?;
            Some((column, label.value, range(known, column)))
        };
        let wanted = target.targets().iter().filter_map(wanted).collect();
        Self { known, wanted }
    }

    /// Returns the largest difference of a label from its target value, as a fraction of the range
    /// of this label.
    pub(super) fn largest(&self, labels: &[f64]) -> f64 {
        let differences = self.differences(|column| labels[column]);
        differences.map(f64::abs).fold(0.0, f64::max)
    }

    /// Returns the root mean square difference.
    fn difference(&self, label: impl Fn(usize) -> f64) -> f64 {
        let squares: f64 = self.differences(label).map(|d| d * d).sum();
        (squares / self.wanted.len().max(1) as f64).sqrt()
    }

    fn differences(&self, label: impl Fn(usize) -> f64) -> impl Iterator<Item = f64> {
        let wanted = self.wanted.iter();
        wanted.map(move |&(column, value, range)| (label(column) - value) / range)
    }

    /// Returns the point that agrees best. Of points that agree about equally well, it is the one
    /// nearest to the known points with the most similar labels. `None` if no node of the maps has a
    /// value, and no known point is inside.
    pub(super) fn best_point(
        &self,
        maps: &[LatentMap],
        estimator: &dyn Estimator,
    ) -> Result<Option<Latent2>> {
        let Some(map) = maps.first() else {
            return Ok(None);
        };
        let mut candidates = self.nodes(map.grid(), maps);
        let least = smallest(&candidates);
        candidates.extend(self.known_points(least, estimator)?);
        let equal = smallest(&candidates) + EQUAL;
        let similar = self.most_similar();
        let distance = |p: Latent2| (p.x - similar.x).powi(2) + (p.y - similar.y).powi(2);
        let found = candidates
            .into_iter()
            .filter(|(_, difference)| *difference <= equal)
            .min_by(|a, b| distance(a.0).total_cmp(&distance(b.0)));
        found
            .map(|start| self.refined(start, map.grid(), estimator))
            .transpose()
    }

    /// Returns the nodes of the maps with their differences.
    fn nodes(&self, grid: &LatentGrid, maps: &[LatentMap]) -> Vec<(Latent2, f64)> {
        let known = |i: &usize| maps.iter().all(|map| map.values()[*i].is_some());
        let label = |i: usize, c: usize| maps[c].values()[i].unwrap_or_default();
        let all = grid.points().enumerate();
        all.filter(|(i, _)| known(i))
            .map(|(i, p)| (p, self.difference(|c| label(i, c))))
            .collect()
    }

    /// Returns the known points whose labels agree at least as well as the best node, with the
    /// differences of the estimates there.
    fn known_points(&self, least: f64, estimator: &dyn Estimator) -> Result<Vec<(Latent2, f64)>> {
        let rows = self.known.labels().rows().zip(self.known.plane.points());
        let near = rows.filter(|(row, _)| self.difference(|c| row[c]) <= least);
        let one = |(_, &p)| Ok(self.at(p, estimator)?.map(|difference| (p, difference)));
        near.map(one).filter_map(Result::transpose).collect()
    }

    /// Returns the difference at a point. `None` outside the known points.
    fn at(&self, p: Latent2, estimator: &dyn Estimator) -> Result<Option<f64>> {
        let labels = self.known.plane.inside_values(p, estimator)?;
        Ok(labels.map(|labels| self.difference(|c| labels[c])))
    }

    /// Returns the centre of the known points with the most similar labels.
    fn most_similar(&self) -> Latent2 {
        let rows = self.known.labels().rows();
        let differences: Vec<f64> = rows.map(|row| self.difference(|c| row[c])).collect();
        let least = differences.iter().copied().fold(f64::INFINITY, f64::min);
        let points = self.known.plane.points().iter().zip(&differences);
        let (mut sum, mut n) = (Latent2::default(), 0.0);
        for (p, _) in points.filter(|(_, d)| **d == least) {
            (sum, n) = (Latent2::new(sum.x + p.x, sum.y + p.y), n + 1.0);
        }
        Latent2::new(sum.x / n, sum.y / n)
    }

    /// Moves a point by ever smaller steps as long as the difference becomes smaller. The first step
    /// is the distance of two nodes.
    fn refined(
        &self,
        (mut point, mut least): (Latent2, f64),
        grid: &LatentGrid,
        estimator: &dyn Estimator,
    ) -> Result<Latent2> {
        let (mut dx, mut dy) = steps(grid);
        let mut halved = 0;
        for _ in 0..MOST_STEPS {
            if least == 0.0 || halved == HALVINGS {
                break;
            }
            let mut better = None;
            for p in around(point, dx, dy) {
                if let Some(found) = self.at(p, estimator)?.filter(|found| *found < least) {
                    (better, least) = (Some(p), found);
                }
            }
            match better {
                Some(p) => point = p,
                None => (dx, dy, halved) = (dx / 2.0, dy / 2.0, halved + 1),
            }
        }
        Ok(point)
    }
}

/// Returns the range of a label among the known points. For a constant label it is the size of the
/// label.
fn range(known: &KnownPoints, column: usize) -> f64 {
    let values = || known.labels().rows().map(|row| row[column]);
    let (low, high) = (
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    match high > low {
        true => high - low,
        false if high != 0.0 => high.abs(),
        false => 1.0,
    }
}

fn smallest(candidates: &[(Latent2, f64)]) -> f64 {
    let differences = candidates.iter().map(|(_, difference)| *difference);
    differences.fold(f64::INFINITY, f64::min)
}

/// Returns the distances of neighbouring nodes along x and y.
fn steps(grid: &LatentGrid) -> (f64, f64) {
    let (low, next) = (grid.point(0, 0), grid.point(1, 1));
    (next.x - low.x, next.y - low.y)
}

/// Returns the eight points around a point.
fn around(p: Latent2, dx: f64, dy: f64) -> impl Iterator<Item = Latent2> {
    let offsets = [-1.0, 0.0, 1.0];
    let all = offsets
        .into_iter()
        .flat_map(move |i| offsets.map(|j| (i, j)));
    all.filter(|&(i, j)| i != 0.0 || j != 0.0)
        .map(move |(i, j)| Latent2::new(p.x + i * dx, p.y + j * dy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::paint;
    use crate::latents::Latents;
    use xrd_core::Labels;
    use xrd_latent::NearestTriangle;

    /// A 6 × 6 grid of points on which `a` = x, `b` = y and `c` = x + 2y.
    fn known() -> KnownPoints {
        let points: Vec<Latent2> = (0..36)
            .map(|i| Latent2::new(f64::from(i % 6) / 5.0, f64::from(i / 6) / 5.0))
            .collect();
        let values = points.iter().flat_map(|p| [p.x, p.y, p.x + 2.0 * p.y]);
        let columns = ["a", "b", "c"].map(str::to_owned).to_vec();
        let labels = Labels::new(columns, values.collect()).unwrap();
        let names = (0..36).map(|i| format!("s{i}")).collect();
        KnownPoints::new(names, Latents::on_plane(points), labels).unwrap()
    }

    fn point(known: &KnownPoints, target: &str) -> (Latent2, f64) {
        let estimator = NearestTriangle::default();
        let maps = paint(known, &estimator).unwrap();
        let target = target.parse().unwrap();
        let agreement = Agreement::new(known, &target);
        let point = agreement.best_point(&maps, &estimator).unwrap().unwrap();
        let labels = known.plane.estimate(point).unwrap().values;
        (point, agreement.largest(&labels))
    }

    #[test]
    fn two_labels_are_one_point_of_the_plane() {
        let known = known();
        for (target, x, y) in [
            ("a=0.33,b=0.71", 0.33, 0.71),
            ("a=0.5,c=1.1", 0.5, 0.3),
            ("c=1.1,b=0.3,a=0.5", 0.5, 0.3),
            // A known point is found exactly.
            ("a=0.4,b=0.6", 0.4, 0.6),
        ] {
            let (p, off) = point(&known, target);
            assert!((p.x - x).abs() < 2e-4 && (p.y - y).abs() < 2e-4, "{p:?}");
            assert!(off < 2e-4, "{off}");
        }
        let (p, _) = point(&known, "a=0.4,b=0.6");
        assert!(known.plane.points().contains(&p));
    }

    #[test]
    fn a_target_that_no_point_has_is_the_best_compromise() {
        // a + 2b = c everywhere; the scaled least squares are a = 0.5 + 0.45/11, and so on.
        let (p, off) = point(&known(), "a=0.5,b=0.5,c=1.8");
        let difference = |x: f64, y: f64| {
            (x - 0.5).powi(2) + (y - 0.5).powi(2) + ((x + 2.0 * y - 1.8) / 3.0).powi(2)
        };
        for (dx, dy) in [(0.002, 0.0), (-0.002, 0.0), (0.0, 0.002), (0.0, -0.002)] {
            assert!(difference(p.x, p.y) < difference(p.x + dx, p.y + dy));
        }
        assert!(off > 0.02 && off < 0.1, "{off}");
        let (p, off) = point(&known(), "a=3,b=0.5");
        assert!((p.x - 1.0).abs() < 0.02 && off > 1.9, "{p:?} {off}");
    }

    #[test]
    fn of_equal_places_the_one_at_similar_known_points_is_taken() {
        // Along x, the label a rises from 0 to 1 and falls again; b tells the halves apart only
        // where points are known. Between them, a = 0.5 occurs twice.
        let xs = [0.0, 0.9, 1.0, 1.1, 2.0];
        let points: Vec<Latent2> = xs
            .iter()
            .flat_map(|&x| [0.0, 1.0].map(|y| Latent2::new(x, y)))
            .collect();
        let values = points.iter().flat_map(|p| [1.0 - (p.x - 1.0).abs(), p.y]);
        let columns = ["a", "b"].map(str::to_owned).to_vec();
        let labels = Labels::new(columns, values.collect()).unwrap();
        let names = (0..10).map(|i| format!("s{i}")).collect();
        let known = KnownPoints::new(names, Latents::on_plane(points), labels).unwrap();
        let (p, off) = point(&known, "a=0.88,b=0.5");
        assert!(off < 0.02 && (p.y - 0.5).abs() < 0.01, "{p:?} {off}");
        let same = point(&known, "b=0.5,a=0.88").0;
        assert_eq!(p, same);
    }
}
