//! Ensembles: estimates of the same patterns by several networks.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::known_points::{Estimated, KnownPoints};

/// Estimates of patterns by one network.
#[non_exhaustive]
pub struct NetworkEstimates {
    /// Known points in the latent space of the network.
    pub known: KnownPoints,
    /// Estimates, one per pattern.
    pub estimated: Vec<Estimated>,
    /// Leave-one-out errors of the known points ([`left_out_errors`](crate::left_out_errors)), one
    /// row per point. Empty if prediction intervals are not needed.
    pub left_out: Vec<Vec<f64>>,
}

impl NetworkEstimates {
    /// Returns estimates without leave-one-out errors.
    pub fn new(known: KnownPoints, estimated: Vec<Estimated>) -> Self {
        Self {
            known,
            estimated,
            left_out: Vec::new(),
        }
    }

    /// Sets the leave-one-out errors of the known points, one row per point.
    #[must_use]
    pub fn with_left_out(mut self, errors: Vec<Vec<f64>>) -> Self {
        self.left_out = errors;
        self
    }
}

/// Returns the mean estimates of all networks, and the mean leave-one-out errors of their known
/// points. The errors include only those known points whose names occur in all networks.
///
/// Only the label values of the estimates are averaged. All other fields are copied from the
/// estimates of the first network.
///
/// The intervals of the first network, if it has any, are moved with the values.
///
/// # Errors
/// [`Error::OtherLabels`] if the labels of a network differ from the labels of the first network,
/// [`Error::OtherPatterns`] if the patterns differ.
///
/// # Panics
/// If `networks` is empty.
pub fn ensemble_mean(networks: &[NetworkEstimates]) -> Result<(Vec<Estimated>, Vec<Vec<f64>>)> {
    let columns = |network: &NetworkEstimates| network.known.labels().columns().to_vec();
    if let Some(other) = networks
        .iter()
        .find(|p| columns(p) != columns(&networks[0]))
    {
        let (found, expected) = (columns(other).join(", "), columns(&networks[0]).join(", "));
        return Err(Error::OtherLabels { found, expected });
    }
    if networks.iter().any(|p| !p.names().eq(networks[0].names())) {
        return Err(Error::OtherPatterns);
    }
    let of_row = |i: usize| {
        let values = networks
            .iter()
            .map(|p| p.estimated[i].estimate.values.as_slice());
        let mut row = networks[0].estimated[i].clone();
        let mean = mean_of(values);
        for (c, ends) in row.intervals.iter_mut().enumerate() {
            let shift = mean[c] - row.estimate.values[c];
            *ends = ends.map(|ends| ends.map(|end| end + shift));
        }
        row.estimate.values = mean;
        row
    };
    let rows = (0..networks[0].estimated.len()).map(of_row).collect();
    let by_name: Vec<HashMap<&String, &[f64]>> = networks
        .iter()
        .map(NetworkEstimates::left_out_by_name)
        .collect();
    let of_name = |name: &String| {
        let errors: Option<Vec<&[f64]>> = by_name.iter().map(|p| p.get(name).copied()).collect();
        errors.map(|errors| mean_of(errors.into_iter()))
    };
    let errors = networks[0].known.names.iter().filter_map(of_name).collect();
    Ok((rows, errors))
}

/// Returns the index of the label on which the networks disagree most about a pattern, and the
/// smallest and largest estimate of this label.
///
/// The argument `row` is the index of the pattern. The argument `half_widths` contains the half
/// width of the prediction interval of each label. The networks disagree on a label if the smallest
/// and the largest estimate differ by more than the width of this interval. `None` if the networks
/// do not disagree on any label.
pub fn largest_disagreement(
    networks: &[NetworkEstimates],
    row: usize,
    half_widths: &[Option<f64>],
) -> Option<(usize, [f64; 2])> {
    let of_label = |c: usize| {
        let values = networks.iter().map(|p| p.estimated[row].estimate.values[c]);
        let none = [f64::INFINITY, f64::NEG_INFINITY];
        let ends = values.fold(none, |[low, high], v| [low.min(v), high.max(v)]);
        (c, ends)
    };
    let width = |[low, high]: [f64; 2]| high - low;
    let labels = (0..half_widths.len()).map(of_label);
    labels
        .filter(|(c, ends)| half_widths[*c].is_some_and(|half| width(*ends) > 2.0 * half))
        .max_by(|a, b| width(a.1).total_cmp(&width(b.1)))
}

impl NetworkEstimates {
    /// Returns the names of the patterns that are estimated.
    fn names(&self) -> impl Iterator<Item = &String> {
        self.estimated.iter().map(|e| &e.name)
    }

    fn left_out_by_name(&self) -> HashMap<&String, &[f64]> {
        let errors = self.left_out.iter().map(Vec::as_slice);
        self.known.names.iter().zip(errors).collect()
    }
}

/// Returns the mean of rows of equal length, column by column.
pub(crate) fn mean_of<'a>(rows: impl Iterator<Item = &'a [f64]>) -> Vec<f64> {
    let (mut count, mut sums) = (0.0, Vec::new());
    for row in rows {
        count += 1.0;
        sums.resize(row.len(), 0.0);
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums.into_iter().map(|sum| sum / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_points::Query;
    use crate::latents::Latents;
    use xrd_core::{Labels, Latent2};
    use xrd_latent::NearestNeighbours;

    /// Returns the estimate of a network at the second of three known points.
    fn network(names: [&str; 3], values: [f64; 3], left_out: [f64; 3]) -> NetworkEstimates {
        let points = [0.0, 1.0, 2.0].map(|x| Latent2::new(x, x * x));
        let latents = Latents::on_plane(points.to_vec());
        let labels = Labels::new(vec!["p".to_owned()], values.to_vec()).unwrap();
        let known = KnownPoints::new(names.map(str::to_owned).to_vec(), latents, labels).unwrap();
        let asked = Query {
            names: &["new".to_owned()],
            latents: &Latents::on_plane(vec![points[1]]),
            residuals: &[0.0],
            truth: None,
        };
        NetworkEstimates {
            estimated: known
                .estimate(&asked, &NearestNeighbours::default())
                .unwrap(),
            left_out: left_out.map(|e| vec![e]).to_vec(),
            known,
        }
    }

    #[test]
    fn errors_are_the_mean_of_points_that_all_networks_share() {
        let networks = [
            network(["a", "b", "c"], [0.0, 1.0, 2.0], [0.1, 0.2, -0.3]),
            network(["c", "d", "a"], [0.0, 4.0, 2.0], [0.5, 9.0, 0.3]),
        ];
        let (rows, errors) = ensemble_mean(&networks).unwrap();
        assert_eq!(rows[0].estimate.values, [2.5]);
        // The own interval of the first network moves with the mean, from 1 to 2.5.
        let mut own = networks;
        own[0].estimated[0].intervals = vec![Some([0.5, 1.25])];
        let (moved, _) = ensemble_mean(&own).unwrap();
        assert_eq!(moved[0].intervals, [Some([2.0, 2.75])]);
        let networks = own;
        assert_eq!(errors, [[0.2], [0.1]]);
        let apart = |half: f64| largest_disagreement(&networks, 0, &[Some(half)]);
        assert_eq!(apart(1.49), Some((0, [1.0, 4.0])));
        assert_eq!(
            (apart(1.5), largest_disagreement(&networks, 0, &[None])),
            (None, None)
        );
        assert_eq!(largest_disagreement(&networks[..1], 0, &[Some(0.0)]), None);
    }
}
