//! Generation of patterns for target values of labels.

mod agreement;
mod corners;
mod neighbours;

use serde::{Deserialize, Serialize};
use xrd_ae::Autoencoder;
use xrd_core::{Decoder, Encoder, Latent2, LatentGrid, LatentMap};
use xrd_interp::{Polyline, contour, nearest_point_on};
use xrd_latent::Estimator;

use crate::error::{Error, Result};
use crate::experiment::{GenerationRule, Target, TargetComposition};
use crate::known_points::KnownPoints;
use crate::session::{Observer, Silent, Stage, steps};
use agreement::Agreement;
use corners::Corners;
pub(crate) use neighbours::Neighbours;

/// Number of nodes of a painted map in each direction.
const MAP_NODES: usize = 160;

/// Margin of a map around the known points, as a fraction of their extent.
const MAP_MARGIN: f64 = 0.05;

/// Computes one map per label. A map contains the estimated label on a grid of 160 × 160 points of
/// the latent plane. The grid covers all known points.
///
/// # Errors
/// [`Error::Latent`] if a label cannot be estimated.
///
/// Cost: 25,600 estimates, which are distributed over the threads of the current rayon pool.
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

/// Largest difference of a label from its target value, as a fraction of the range of the label
/// among the known points, up to which a point of the plane is near a target.
pub const NEAR: f64 = 0.05;

/// Largest such difference for which a pattern of a target with several labels is generated.
pub const FAR: f64 = 0.2;

/// Pattern that is generated for a target, with the contour of the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GeneratedPattern {
    /// Labels and values.
    pub target: TargetComposition,
    /// Contour: the lines on the map of the label where the estimate equals the target value. Empty
    /// for a target with several labels.
    pub contour: Vec<Polyline>,
    /// Latent point, and the intensities of the pattern that is generated from this point. `None`
    /// if there is no latent point for the target, for example because there is no contour.
    pub decoded: Option<(Latent2, Vec<f32>)>,
    /// All labels estimated at the latent point, in the order of the labels of the known points. For
    /// a target with several labels that no point comes near, these are the labels of the point
    /// that agrees best. `None` if there is no such point.
    #[serde(default)]
    pub labels: Option<Vec<f64>>,
    /// Largest difference of `labels` from the values of the target, as a fraction of the range of
    /// the label among the known points. See [`NEAR`]. `None` if `labels` is `None`.
    #[serde(default)]
    pub largest_difference: Option<f64>,
}

/// Generates one pattern per target. The argument `rule` is the rule by which it is generated.
///
/// # Corners and the middle
/// A pattern lies between the corners of its target: points of the latent plane with weights.
///
/// For a target with one label, the corners are the centres of the two neighbouring compositions.
/// One of them has the next smaller value of the label among the known points, and the other has the
/// next larger value. If several pairs of compositions have these two values, the function uses the
/// pair whose other labels differ least from each other. The centre of a composition is the mean of
/// its known points on the latent plane. If known points have exactly the target value, their
/// centre is the only corner. If several compositions have the target value, the composition with
/// the most patterns is used.
///
/// For a target with several labels, the corners are the centres of the compositions with the
/// nearest labels, weighted by their distances ([`InverseDistance`](xrd_latent::InverseDistance)).
/// Differences of a label are divided by its range among the known points.
///
/// # Rules
/// - [`GenerationRule::Between`] decodes the corners, and returns the
///   [strained mixture](xrd_interp::strained_mixture) of the decoded patterns. Its latent point is
///   that to which the network encodes the mixture.
/// - [`GenerationRule::Strained`] decodes this latent point.
/// - [`GenerationRule::Contour`] decodes a point that agrees with the target: for one label the
///   point of the contour that is nearest to the weighted mean of the corners, or the corner itself
///   if there is only one. The contour consists of the lines on the map of a label where the
///   estimate equals the target value. Its nearest point is chosen because other points can lie in
///   regions without patterns, or in regions where the other labels differ. For several labels it is
///   the point that agrees best: the root mean square of (estimate − value)/range over the labels is
///   smallest. The nodes of the maps and the known points are compared. Of the points where it
///   exceeds the smallest one by at most 0.01, the function selects the point nearest to the known
///   points with the most similar labels, and improves it by a local search.
///
/// If a label of a target with several labels differs from its value by more than [`FAR`] — at this
/// point, or in the mean of the corners — no pattern is generated.
///
/// The argument `maps` is the result of [`paint`] with the same known points and estimator.
///
/// # Errors
/// [`Error::NoLabel`] for an unknown label, [`Error::Interpolation`] if a contour or a mixture cannot
/// be computed, [`Error::Network`] if a pattern cannot be decoded.
pub fn generate_targets(
    model: &Autoencoder,
    (known, estimator): (&KnownPoints, &dyn Estimator),
    maps: &[LatentMap],
    targets: &[TargetComposition],
    rule: GenerationRule,
) -> Result<Vec<GeneratedPattern>> {
    check_targets(targets, known.labels().columns())?;
    let generating = Generating {
        model,
        known,
        estimator,
        maps,
        rule,
    };
    targets.iter().map(|t| generating.one(t)).collect()
}

/// Returns the range of the values of a label for which patterns are generated. With
/// [`GenerationRule::Contour`] it is the range of the map of the label: `maps` is the result of
/// [`paint`]. Values of known points are also generated if they lie outside. With the other rules it
/// is the range of the known points. `None` for an unknown label, or for a map without values.
pub fn reachable_range(
    known: &KnownPoints,
    maps: &[LatentMap],
    label: &str,
    rule: GenerationRule,
) -> Option<[f64; 2]> {
    let column = known.labels().column_index(label)?;
    let values: Vec<f64> = match rule {
        GenerationRule::Contour => maps[column].values().iter().flatten().copied().collect(),
        GenerationRule::Between | GenerationRule::Strained => {
            known.labels().rows().map(|row| row[column]).collect()
        }
    };
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.into_iter().reduce(f64::max)?;
    Some([low, high])
}

/// What patterns are generated from.
struct Generating<'a> {
    model: &'a Autoencoder,
    known: &'a KnownPoints,
    estimator: &'a dyn Estimator,
    maps: &'a [LatentMap],
    rule: GenerationRule,
}

/// Where the pattern of a target lies.
#[derive(Default)]
struct Place {
    contour: Vec<Polyline>,
    /// Point that agrees with the target, for the rule that decodes it.
    point: Option<Latent2>,
    /// `None` if a neighbouring composition is missing.
    corners: Option<Corners>,
}

impl Generating<'_> {
    fn one(&self, target: &TargetComposition) -> Result<GeneratedPattern> {
        let agreement = Agreement::new(self.known, target);
        let place = match target.single() {
            Some(label) => self.beside_contour(label)?,
            None => self.near_labels(target, &agreement)?,
        };
        let intended = self.labels_of(&place)?;
        let differs = intended.as_ref().map(|labels| agreement.largest(labels));
        let is_far = target.single().is_none() && differs.is_some_and(|d| d > FAR);
        let decoded = match is_far {
            true => None,
            false => self.decoded(&place)?,
        };
        let labels = match &decoded {
            Some((point, _)) => Some(self.labels_at(*point)?),
            None => intended,
        };
        Ok(GeneratedPattern {
            target: target.clone(),
            contour: place.contour,
            decoded,
            largest_difference: labels.as_ref().map(|labels| agreement.largest(labels)),
            labels,
        })
    }

    fn labels_at(&self, point: Latent2) -> Result<Vec<f64>> {
        let plane = &self.known.plane;
        Ok(plane.estimate_with(point, self.estimator)?.values)
    }

    /// Returns the labels of a place: those estimated at its point, or the mean of its corners.
    fn labels_of(&self, place: &Place) -> Result<Option<Vec<f64>>> {
        match (self.rule, &place.corners) {
            (GenerationRule::Contour, _) => place.point.map(|p| self.labels_at(p)).transpose(),
            (_, corners) => Ok(corners.as_ref().map(|c| c.labels().to_vec())),
        }
    }

    /// Returns the place of a value of one label.
    fn beside_contour(&self, target: &Target) -> Result<Place> {
        let column = self.known.labels().column_index(&target.column);
        let contour = contour(&self.maps[column.unwrap_or_default()], target.value)?;
        let corners = Corners::beside(self.known, target);
        let point = corners.as_ref().and_then(|corners| match corners.only() {
            Some(corner) => Some(corner),
            None => nearest_point_on(&contour, corners.middle()),
        });
        Ok(Place {
            contour,
            point,
            corners,
        })
    }

    /// Returns the place of the values of several labels.
    fn near_labels(&self, target: &TargetComposition, agreement: &Agreement<'_>) -> Result<Place> {
        if self.rule == GenerationRule::Contour {
            return Ok(Place {
                point: agreement.best_point(self.maps, self.estimator)?,
                ..Place::default()
            });
        }
        Ok(Place {
            corners: Some(Corners::near(self.known, target)?),
            ..Place::default()
        })
    }

    /// Returns the latent point and the pattern.
    fn decoded(&self, place: &Place) -> Result<Option<(Latent2, Vec<f32>)>> {
        let decoded = |p| Ok::<_, Error>((p, self.model.decode(p)?));
        if self.rule == GenerationRule::Contour {
            return place.point.map(decoded).transpose();
        }
        let Some(corners) = &place.corners else {
            return Ok(None);
        };
        let mixture = corners.mixture(self.model)?;
        let point = self.model.encode(&mixture)?;
        match self.rule {
            GenerationRule::Between => Ok(Some((point, mixture))),
            _ => Ok(Some(decoded(point)?)),
        }
    }
}

/// Returns a file name for the pattern of a target, such as `Ti=0.75.xy` or `Mn=0.5_V=0.3.xy`.
pub fn file_name(target: &TargetComposition, extension: &str) -> String {
    format!("{}.{extension}", safe_name(&target.to_string()))
}

/// Returns the text with every character replaced by `_`, except letters, digits and `=.-+_`. The
/// result is a valid file name on all common file systems.
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

/// Checks that the labels of each target exist.
///
/// # Errors
/// [`Error::NoLabel`] for an unknown label.
pub fn check_targets(targets: &[TargetComposition], columns: &[String]) -> Result<()> {
    let mut labels = targets.iter().flat_map(TargetComposition::targets);
    labels.try_for_each(|target| check_label(target, columns))
}

/// Checks that the label of a target exists.
pub(crate) fn check_label(target: &Target, columns: &[String]) -> Result<()> {
    match columns.contains(&target.column) {
        true => Ok(()),
        false => Err(Error::NoLabel {
            target: target.clone(),
            known: columns.to_vec(),
        }),
    }
}
