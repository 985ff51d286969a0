//! Generation of patterns for target values of labels.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xrd_ae::Autoencoder;
use xrd_core::{Decoder, Encoder, Labels, Latent2, LatentGrid, LatentMap};
use xrd_interp::{Polyline, contour, nearest_point_on, strained_blend};
use xrd_latent::Estimator;

use crate::error::{Error, Result};
use crate::experiment::{DecodedPoint, Target};
use crate::known_points::KnownPoints;
use crate::session::{Observer, Silent, Stage, steps};

/// Number of nodes of a painted map in each direction.
const MAP_NODES: usize = 160;

/// Margin of a map around the known points, as a fraction of their extent.
const MAP_MARGIN: f64 = 0.05;

/// Computes one map of estimates per label, on 160 × 160 nodes around the known points.
///
/// # Errors
/// [`Error::Latent`].
///
/// Cost of 25,600 estimates, which are distributed over the threads of the current rayon pool.
pub fn paint(known: &KnownPoints, estimator: &dyn Estimator) -> Result<Vec<LatentMap>> {
    paint_observed(known, estimator, &Silent)
}

/// [`paint`] with progress.
pub(crate) fn paint_observed(
    known: &KnownPoints,
    estimator: &dyn Estimator,
    observer: &dyn Observer,
) -> Result<Vec<LatentMap>> {
    let grid = LatentGrid::around(known.plane.points(), MAP_MARGIN, MAP_NODES, MAP_NODES)?;
    let nodes: Vec<Latent2> = grid.points().collect();
    let values = steps(observer, Stage::Painting, nodes.len(), |i| {
        Ok(known.plane.inside_values(nodes[i], estimator)?)
    })?;
    Ok(known.plane.maps(&grid, &values)?)
}

/// Pattern that is generated for a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GeneratedPattern {
    /// Label and value.
    pub target: Target,
    /// Contour of the target value on the map of its label.
    pub contour: Vec<Polyline>,
    /// Decoded point and its intensities; `None` if there is no contour, or no neighbouring
    /// composition on one side of the target.
    pub decoded: Option<(Latent2, Vec<f32>)>,
}

/// Finds the contour of each target value, and decodes one point per target.
///
/// A contour may also cross regions of the latent plane without patterns, and regions where the
/// other labels differ. The position between the centres of the two neighbouring compositions is
/// therefore interpolated, and the point of the contour that is nearest to this position is
/// decoded. If known patterns have the target value, the map is flat there and has no contour. Of
/// the compositions with this value, the one with the most patterns is then chosen, and its centre
/// is decoded.
///
/// # Errors
/// [`Error::NoLabel`], [`Error::Interpolation`], [`Error::Network`].
pub fn generate_targets(
    model: &Autoencoder,
    known: &KnownPoints,
    maps: &[LatentMap],
    targets: &[Target],
    decoded_point: DecodedPoint,
) -> Result<Vec<GeneratedPattern>> {
    check_targets(targets, known.labels().columns())?;
    let one = |target: &Target| {
        let column = known
            .labels()
            .column_index(&target.column)
            .unwrap_or_default();
        let contour = contour(&maps[column], target.value)?;
        let point = match decoded_point {
            DecodedPoint::Contour => centres(known, target).and_then(|c| match c.is_one() {
                true => Some(c.below),
                false => nearest_point_on(&contour, c.between()),
            }),
            DecodedPoint::Strained => {
                let centres = centres(known, target);
                centres.map(|c| strained_point(model, &c)).transpose()?
            }
        };
        let decoded = point
            .map(|p| Ok::<_, Error>((p, model.decode(p)?)))
            .transpose()?;
        Ok(GeneratedPattern {
            target: target.clone(),
            contour,
            decoded,
        })
    };
    targets.iter().map(one).collect()
}

/// Centres of the points of the two neighbouring compositions.
struct Centres {
    below: Latent2,
    above: Latent2,
    /// Fraction of the upper one.
    fraction: f64,
}

impl Centres {
    /// Whether the target is a known composition.
    fn is_one(&self) -> bool {
        self.fraction == 0.0
    }

    fn between(&self) -> Latent2 {
        let (a, b, s) = (self.below, self.above, self.fraction);
        Latent2::new(a.x + s * (b.x - a.x), a.y + s * (b.y - a.y))
    }
}

/// Returns the encoded strained blend of the patterns decoded at the two centres.
fn strained_point(model: &Autoencoder, centres: &Centres) -> Result<Latent2> {
    let (below, above) = (model.decode(centres.below)?, model.decode(centres.above)?);
    let blend = strained_blend(model.grid(), &below, &above, centres.fraction)?;
    Ok(model.encode(&blend)?)
}

fn centres(known: &KnownPoints, target: &Target) -> Option<Centres> {
    let labels = known.labels();
    let pair = Neighbours::itself(labels, target).or_else(|| Neighbours::of(labels, target))?;
    let centre = |row: &[f64]| {
        let rows = known.labels().rows().zip(known.plane.points());
        let (mut sum, mut n) = (Latent2::default(), 0.0);
        for (_, p) in rows.filter(|(r, _)| *r == row) {
            (sum, n) = (Latent2::new(sum.x + p.x, sum.y + p.y), n + 1.0);
        }
        Latent2::new(sum.x / n, sum.y / n)
    };
    Some(Centres {
        below: centre(&pair.below),
        above: centre(&pair.above),
        fraction: pair.fraction,
    })
}

/// Returns the file name for a target, such as `Ti=0.75.xy`.
pub fn file_name(target: &Target, extension: &str) -> String {
    format!("{}.{extension}", safe_name(&target.to_string()))
}

/// Replaces characters that some file systems do not allow by `_`.
pub fn safe_name(stem: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "=.-+_".contains(c) {
            c
        } else {
            '_'
        }
    };
    stem.chars().map(safe).collect()
}

/// Checks that the label of each target exists.
///
/// # Errors
/// [`Error::NoLabel`] for an unknown label.
pub fn check_targets(targets: &[Target], columns: &[String]) -> Result<()> {
    match targets.iter().find(|t| !columns.contains(&t.column)) {
        Some(target) => Err(Error::NoLabel {
            target: target.clone(),
            known: columns.to_vec(),
        }),
        None => Ok(()),
    }
}

/// The two compositions next below and next above a target.
#[derive(Debug, PartialEq)]
pub(crate) struct Neighbours {
    /// Labels of the composition next below the target.
    pub(crate) below: Vec<f64>,
    /// Labels of the composition next above.
    pub(crate) above: Vec<f64>,
    /// Fraction of the upper one that gives the target.
    pub(crate) fraction: f64,
}

impl Neighbours {
    /// Returns a known target value as its own neighbour on both sides, with the labels that most
    /// patterns of this value have.
    fn itself(labels: &Labels, target: &Target) -> Option<Self> {
        let column = labels.column_index(&target.column)?;
        let known: Vec<&[f64]> = labels
            .rows()
            .filter(|row| row[column] == target.value)
            .collect();
        let mut times: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        for row in &known {
            *times.entry(key(row)).or_default() += 1;
        }
        known
            .iter()
            .max_by_key(|row| times[&key(row)])
            .map(|row| Self {
                below: row.to_vec(),
                above: row.to_vec(),
                fraction: 0.0,
            })
    }

    /// Returns the labels next below and next above a target. Of several pairs it is the one whose
    /// other labels differ least. `None` beyond the known values.
    pub(crate) fn of(labels: &Labels, target: &Target) -> Option<Self> {
        let column = labels.column_index(&target.column)?;
        let values = || labels.rows().map(|row| row[column]);
        let low = values()
            .filter(|v| *v < target.value)
            .fold(f64::MIN, f64::max);
        let high = values()
            .filter(|v| *v > target.value)
            .fold(f64::MAX, f64::min);
        let rows_at = |v: f64| different(labels.rows().filter(|row| row[column] == v));
        let distance =
            |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum() };
        let (lower, upper) = (rows_at(low), rows_at(high));
        let pairs = lower
            .iter()
            .flat_map(|a| upper.iter().map(move |b| (*a, *b)));
        pairs
            .min_by(|p, q| distance(p.0, p.1).total_cmp(&distance(q.0, q.1)))
            .map(|(below, above)| Self {
                below: below.to_vec(),
                above: above.to_vec(),
                fraction: (target.value - low) / (high - low),
            })
    }
}

/// Returns the rows that differ from all earlier ones.
fn different<'a>(rows: impl Iterator<Item = &'a [f64]>) -> Vec<&'a [f64]> {
    let mut seen = BTreeSet::new();
    rows.filter(|row| seen.insert(key(row))).collect()
}

/// Returns a key that is equal for equal rows.
fn key(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| (v + 0.0).to_bits()).collect()
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
        let expected = Neighbours {
            below: vec![0.0, 0.5],
            above: vec![0.0, 1.0],
            fraction: 0.5,
        };
        assert_eq!(Neighbours::of(&labels, &target(0.75)), Some(expected));
        assert_eq!(Neighbours::of(&labels, &target(2.0)), None);
        let itself = Neighbours::itself(&labels, &target(1.5)).unwrap();
        assert_eq!((itself.below, itself.fraction), (vec![0.0, 1.5], 0.0));
        assert_eq!(Neighbours::itself(&labels, &target(0.75)), None);
        assert!(check_targets(&[target(1.0)], &["Fe".to_owned()]).is_err());
    }
}
