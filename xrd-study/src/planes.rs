//! Estimates of the same patterns on several planes, taken together.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::known_points::{Estimated, KnownPoints};

/// Estimates of patterns on one plane.
pub struct Plane {
    /// Known points of the plane.
    pub known: KnownPoints,
    /// Estimates, one per pattern.
    pub estimated: Vec<Estimated>,
    /// Errors of the estimates of its known points, each left out in turn; empty where they are not
    /// needed.
    pub left_out: Vec<Vec<f64>>,
}

/// Mean of the estimates of all planes, and mean errors of the points that all planes know by name.
/// Everything except the labels is that of the first plane.
///
/// # Errors
/// [`Error::OtherLabels`], [`Error::OtherPatterns`] for planes with other labels or patterns than the
/// first.
///
/// # Panics
/// Without a plane.
pub fn mean_of_planes(planes: &[Plane]) -> Result<(Vec<Estimated>, Vec<Vec<f64>>)> {
    let columns = |plane: &Plane| plane.known.labels().columns().to_vec();
    if let Some(other) = planes.iter().find(|p| columns(p) != columns(&planes[0])) {
        let (found, expected) = (columns(other).join(", "), columns(&planes[0]).join(", "));
        return Err(Error::OtherLabels { found, expected });
    }
    if planes.iter().any(|p| !p.names().eq(planes[0].names())) {
        return Err(Error::OtherPatterns);
    }
    let of_row = |i: usize| {
        let values = planes
            .iter()
            .map(|p| p.estimated[i].estimate.values.as_slice());
        let mut row = planes[0].estimated[i].clone();
        row.estimate.values = mean_of(values);
        row
    };
    let rows = (0..planes[0].estimated.len()).map(of_row).collect();
    let by_name: Vec<HashMap<&String, &[f64]>> =
        planes.iter().map(Plane::left_out_by_name).collect();
    let of_name = |name: &String| {
        let errors: Option<Vec<&[f64]>> = by_name.iter().map(|p| p.get(name).copied()).collect();
        errors.map(|errors| mean_of(errors.into_iter()))
    };
    let errors = planes[0].known.names.iter().filter_map(of_name).collect();
    Ok((rows, errors))
}

/// Label on which planes differ most about a pattern, among those on which they differ by more than
/// the interval is wide, with its least and its greatest value; none where every interval is wider.
pub fn widest_apart(
    planes: &[Plane],
    row: usize,
    half_widths: &[Option<f64>],
) -> Option<(usize, [f64; 2])> {
    let of_label = |c: usize| {
        let values = planes.iter().map(|p| p.estimated[row].estimate.values[c]);
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

impl Plane {
    /// Of the patterns that are estimated.
    fn names(&self) -> impl Iterator<Item = &String> {
        self.estimated.iter().map(|e| &e.name)
    }

    fn left_out_by_name(&self) -> HashMap<&String, &[f64]> {
        let errors = self.left_out.iter().map(Vec::as_slice);
        self.known.names.iter().zip(errors).collect()
    }
}

/// The mean of rows of one length, column by column.
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
    use crate::known_points::Asked;
    use crate::latents::Latents;
    use xrd_core::{Labels, Latent2};
    use xrd_latent::NearestNeighbours;

    /// A plane with a label of three known points, asked about the place of one of them.
    fn plane(names: [&str; 3], values: [f64; 3], left_out: [f64; 3]) -> Plane {
        let points = [0.0, 1.0, 2.0].map(|x| Latent2::new(x, x * x));
        let latents = Latents::on_plane(points.to_vec());
        let labels = Labels::new(vec!["p".to_owned()], values.to_vec()).unwrap();
        let known = KnownPoints::new(names.map(str::to_owned).to_vec(), latents, labels).unwrap();
        let asked = Asked {
            names: &["new".to_owned()],
            latents: &Latents::on_plane(vec![points[1]]),
            residuals: &[0.0],
            truth: None,
        };
        Plane {
            estimated: known
                .estimate(&asked, &NearestNeighbours::default())
                .unwrap(),
            left_out: left_out.map(|e| vec![e]).to_vec(),
            known,
        }
    }

    #[test]
    fn errors_are_the_mean_of_points_that_all_planes_know() {
        let planes = [
            plane(["a", "b", "c"], [0.0, 1.0, 2.0], [0.1, 0.2, -0.3]),
            plane(["c", "d", "a"], [0.0, 4.0, 2.0], [0.5, 9.0, 0.3]),
        ];
        let (rows, errors) = mean_of_planes(&planes).unwrap();
        assert_eq!(rows[0].estimate.values, [2.5]);
        assert_eq!(errors, [[0.2], [0.1]]);
        let apart = |half: f64| widest_apart(&planes, 0, &[Some(half)]);
        assert_eq!(apart(1.49), Some((0, [1.0, 4.0])));
        assert_eq!(
            (apart(1.5), widest_apart(&planes, 0, &[None])),
            (None, None)
        );
        assert_eq!(widest_apart(&planes[..1], 0, &[Some(0.0)]), None);
    }
}
