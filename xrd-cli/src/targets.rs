//! Patterns generated for a wanted value of a label.

use anyhow::{Result, bail};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, Latent2, PaintedMap, PlaneGrid};
use xrd_interp::{Polyline, contour, generate, mean_pattern, points_along};
use xrd_latent::EstimateOptions;

use crate::options::Target;
use crate::plane::KnownPoints;

/// Nodes of a painted map in each direction.
const MAP_NODES: usize = 160;

/// How far a map reaches beyond the known points, as a share of their extent.
const MAP_MARGIN: f64 = 0.05;

/// Points decoded along a contour.
const POINTS_ON_CONTOUR: usize = 64;

/// One map a label column.
pub(crate) fn paint(known: &KnownPoints) -> Result<Vec<PaintedMap>> {
    let grid = PlaneGrid::around(known.plane.points(), MAP_MARGIN, MAP_NODES, MAP_NODES)?;
    Ok(known.plane.paint(&grid, &EstimateOptions::default())?)
}

/// A pattern for a wanted value, and how it came about.
pub(crate) struct GeneratedPattern {
    pub(crate) target: Target,
    /// The contour of the value on the map of its column.
    pub(crate) contour: Vec<Polyline>,
    /// The points of the contour that were decoded.
    pub(crate) points: Vec<Latent2>,
    /// The mean of the decoded patterns; none where the plane has no such contour.
    pub(crate) intensities: Option<Vec<f32>>,
}

/// Follows the contour of each target and decodes it.
pub(crate) fn generate_targets(
    model: &Autoencoder,
    labels: &Labels,
    maps: &[PaintedMap],
    targets: &[Target],
) -> Result<Vec<GeneratedPattern>> {
    check_targets(targets, labels.columns())?;
    let one = |target: &Target| {
        let column = labels.column_index(&target.column).unwrap_or_default();
        let contour = contour(&maps[column], target.value)?;
        let points = points_along(&contour, POINTS_ON_CONTOUR);
        let intensities = match points.is_empty() {
            true => None,
            false => Some(mean_pattern(&generate(model, &points)?)?),
        };
        Ok(GeneratedPattern {
            target: target.clone(),
            contour,
            points,
            intensities,
        })
    };
    targets.iter().map(one).collect()
}

/// A file name for what belongs to a target, as in `Ti=0.75.xy`, with nothing in it that a file
/// system may not take.
pub(crate) fn file_name(target: &Target, extension: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "=.-+_".contains(c) {
            c
        } else {
            '_'
        }
    };
    let stem: String = target.to_string().chars().map(safe).collect();
    format!("{stem}.{extension}")
}

/// Fails for a target of a column that there is not.
pub(crate) fn check_targets(targets: &[Target], columns: &[String]) -> Result<()> {
    match targets.iter().find(|t| !columns.contains(&t.column)) {
        Some(t) => bail!(
            "target {t}: no label '{}' (there are {})",
            t.column,
            columns.join(", ")
        ),
        None => Ok(()),
    }
}

/// The two neighbouring compositions of a target: the label rows next below and next above it in
/// its column, of several such pairs the one whose other labels are nearest. None at the ends.
pub(crate) fn neighbours(labels: &Labels, target: &Target) -> Option<(Vec<f64>, Vec<f64>)> {
    let column = labels.column_index(&target.column)?;
    let value = |row: &[f64]| row[column];
    let below = labels
        .rows()
        .map(value)
        .filter(|v| *v < target.value)
        .fold(f64::MIN, f64::max);
    let above = labels
        .rows()
        .map(value)
        .filter(|v| *v > target.value)
        .fold(f64::MAX, f64::min);
    let rows_at = |v: f64| labels.rows().filter(move |row| row[column] == v);
    let distance =
        |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum() };
    rows_at(below)
        .flat_map(|a| rows_at(above).map(move |b| (a, b)))
        .min_by(|p, q| distance(p.0, p.1).total_cmp(&distance(q.0, q.1)))
        .map(|(a, b)| (a.to_vec(), b.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_differ_in_as_little_else_as_possible() {
        let columns = vec!["Zr".to_owned(), "Ti".to_owned()];
        let values = vec![0.0, 0.0, 0.0, 0.5, 0.25, 1.0, 0.0, 1.0, 0.0, 1.5];
        let labels = Labels::new(columns, values).unwrap();
        let target = |value| Target {
            column: "Ti".into(),
            value,
        };
        let (below, above) = neighbours(&labels, &target(0.75)).unwrap();
        assert_eq!((below, above), (vec![0.0, 0.5], vec![0.0, 1.0]));
        assert!(neighbours(&labels, &target(2.0)).is_none());
        assert!(check_targets(&[target(1.0)], &["Fe".to_owned()]).is_err());
    }
}
