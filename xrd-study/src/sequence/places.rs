//! Patterns at places on a sample, such as a wafer.

use super::{distance, mean, means, scores};
use crate::dataset::Patterns;
use crate::error::Result;
use crate::outliers::bins::Bins;
use crate::outliers::order::median;
use crate::report::PlacesReport;
use crate::sample::sample;
use crate::sequence::MOST_SEQUENCE_VALUES;

/// Number of neighbours of a place. Others that are hardly farther away are neighbours too.
const NEIGHBOURS: usize = 3;

/// Largest distance of a neighbour, relative to the third nearest place.
const HARDLY_FARTHER: f64 = 1.2;

/// Patterns at places that two variables give, such as the coordinates on a wafer.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SamplePlaces {
    /// Different places, in ascending order of the first and then of the second coordinate.
    pub places: Vec<[f64; 2]>,
    /// Indices of the patterns of each place.
    pub patterns: Vec<Vec<usize>>,
    /// Mean distance between the pattern of each place and the patterns of its neighbours, along the
    /// principal components. 0 for a single place.
    pub steps: Vec<f64>,
    /// Mean distance between the point of each place and the points of its neighbours, such as those of
    /// the latent space. Empty if no points were given.
    pub point_steps: Vec<f64>,
    /// Numbers of the report.
    pub report: PlacesReport,
}

/// Compares the pattern of each place with those of its neighbours.
///
/// Each coordinate is divided by its range and multiplied by the number of its different values, so that
/// neighbours on a grid are at the distance 1 in both directions. The neighbours of a place are the three
/// nearest places, and all others that are less than a fifth farther away than the third.
///
/// `values` has one value per pattern for each coordinate. `points` has one point per pattern, or is
/// empty. Patterns of one place are averaged. Above [`MOST_SEQUENCE_VALUES`] places, an evenly spaced
/// sample is used.
///
/// Cost: O(patterns · angles + places² · angles).
///
/// # Errors
/// Those of [`sequence`](fn@crate::sequence).
pub fn sample_places(
    set: &Patterns,
    values: [&[f64]; 2],
    points: &[Vec<f64>],
) -> Result<SamplePlaces> {
    for axis in values {
        super::check(set.len(), axis, points)?;
    }
    let (places, patterns) = grouped(values);
    if places.is_empty() {
        return Ok(SamplePlaces::default());
    }
    let bins = Bins::of(set)?;
    let scores = scores(&means(set, &bins, &patterns)?)?;
    let neighbours = neighbours(&places);
    let of_points = |at: Vec<Vec<f64>>| steps(&at, &neighbours);
    let columns = scores.column_iter().map(|c| c.iter().copied().collect());
    let steps = of_points(columns.collect());
    let mean_point = |rows: &Vec<usize>| mean(rows.iter().map(|&i| points[i].as_slice()));
    let point_steps = match points.is_empty() {
        true => Vec::new(),
        false => of_points(patterns.iter().map(mean_point).collect()),
    };
    let report = report(set, (&patterns, &steps), scores.nrows());
    Ok(SamplePlaces {
        places,
        patterns,
        steps,
        point_steps,
        report,
    })
}

/// Different places in ascending order, with the indices of their patterns. Of too many places, a sample.
fn grouped([x, y]: [&[f64]; 2]) -> (Vec<[f64; 2]>, Vec<Vec<usize>>) {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]).then(y[a].total_cmp(&y[b])));
    let groups: Vec<&[usize]> = order
        .chunk_by(|&a, &b| x[a] == x[b] && y[a] == y[b])
        .collect();
    let all: Vec<usize> = (0..groups.len()).collect();
    let chosen = sample(&all, MOST_SEQUENCE_VALUES);
    let patterns: Vec<Vec<usize>> = chosen.into_iter().map(|g| groups[g].to_vec()).collect();
    let places = patterns.iter().map(|rows| [x[rows[0]], y[rows[0]]]);
    (places.collect(), patterns)
}

/// Indices of the neighbours of each place.
fn neighbours(places: &[[f64; 2]]) -> Vec<Vec<usize>> {
    let scale = [0, 1].map(|axis| {
        let mut values: Vec<f64> = places.iter().map(|p| p[axis]).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let range = values.last().unwrap_or(&0.0) - values.first().unwrap_or(&0.0);
        let steps = values.len().saturating_sub(1) as f64;
        if range > 0.0 { steps / range } else { 0.0 }
    });
    let scaled: Vec<Vec<f64>> = places
        .iter()
        .map(|p| vec![p[0] * scale[0], p[1] * scale[1]])
        .collect();
    let of = |i: usize| {
        let others = (0..scaled.len()).filter(|&j| j != i);
        let mut near: Vec<(f64, usize)> = others
            .map(|j| (distance(&scaled[i], &scaled[j]), j))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let reach = near.get(NEIGHBOURS - 1).or(near.last());
        let reach = reach.map_or(0.0, |(d, _)| HARDLY_FARTHER * d);
        let near = near.into_iter().take_while(|(d, _)| *d <= reach);
        near.map(|(_, j)| j).collect()
    };
    (0..places.len()).map(of).collect()
}

/// Mean distance of each point from its neighbours.
fn steps(points: &[Vec<f64>], neighbours: &[Vec<usize>]) -> Vec<f64> {
    let step = |(point, near): (&Vec<f64>, &Vec<usize>)| {
        let sum: f64 = near.iter().map(|&j| distance(point, &points[j])).sum();
        sum / near.len().max(1) as f64
    };
    points.iter().zip(neighbours).map(step).collect()
}

fn report(
    set: &Patterns,
    (patterns, steps): (&[Vec<usize>], &[f64]),
    components: usize,
) -> PlacesReport {
    let usual = median(steps.to_vec());
    let largest = (0..steps.len()).max_by(|&a, &b| steps[a].total_cmp(&steps[b]));
    let largest = largest.filter(|_| steps.len() > 1);
    PlacesReport {
        places: steps.len(),
        components,
        usual_step: largest.map(|_| usual),
        largest_step_at: largest.map(|i| set.names()[patterns[i][0]].clone()),
        largest_step: largest.filter(|_| usual > 0.0).map(|i| steps[i] / usual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a grid, the neighbours are those to the left, right, above and below, also if the two
    /// coordinates have different units.
    #[test]
    fn neighbours_on_a_grid_are_the_nearest_in_both_directions() {
        let places: Vec<[f64; 2]> = (0..25)
            .map(|i| [f64::from(i / 5), 100.0 * f64::from(i % 5)])
            .collect();
        let found = neighbours(&places);
        let mut middle = found[12].clone();
        middle.sort_unstable();
        assert_eq!(middle, [7, 11, 13, 17]);
        assert_eq!(found[0].len(), 3);
        assert!(neighbours(&places[..1])[0].is_empty() && neighbours(&[]).is_empty());
    }

    #[test]
    fn patterns_of_one_place_belong_together() {
        let (x, y) = ([1.0, 0.0, 1.0], [2.0, 5.0, 2.0]);
        let (places, patterns) = grouped([&x, &y]);
        assert_eq!(places, [[0.0, 5.0], [1.0, 2.0]]);
        assert_eq!(patterns, [vec![1], vec![0, 2]]);
    }
}
