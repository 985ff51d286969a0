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
/// # Targets with one label
/// A pattern lies between two neighbouring compositions. One of them has the next smaller value of
/// the label among the known points, and the other has the next larger value. If several pairs of
/// compositions have these two values, the function uses the pair whose other labels differ least
/// from each other. The centre of a composition is the mean of its known points on the latent
/// plane. If known points have exactly the target value, only the centre of their composition is
/// used. If several compositions have the target value, it is the one with the most patterns.
///
/// - [`GenerationRule::Between`] decodes the two centres, and returns the
///   [strained blend](xrd_interp::strained_blend) of the decoded patterns. Its latent point is that
///   to which the network encodes the blend.
/// - [`GenerationRule::Strained`] decodes this latent point.
/// - [`GenerationRule::Contour`] decodes the point of the contour that is nearest to the position
///   interpolated between the two centres, or the centre itself if there is only one. The contour
///   consists of the lines on the map of the label where the estimate equals the target value. Its
///   nearest point is chosen because other points can lie in regions without patterns, or in
///   regions where the other labels differ.
///
/// # Targets with several labels
/// Every rule decodes the point that agrees best with the target: the root mean square of
/// (estimate − value)/range over the labels of the target is smallest, where the range is that of
/// the label among the known points. The nodes of the maps and the known points are compared. Of the
/// points where it exceeds the smallest one by at most 0.01, the function selects the point nearest
/// to the known points with the most similar labels. A local search with smaller and smaller steps
/// then improves it further. If a label at this point differs from its value by more than [`FAR`], no
/// pattern is generated. (Mixtures of neighbours were tried for such targets on two measured sets,
/// and agreed less with left-out samples.)
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
enum Place {
    /// At a point.
    At(Latent2),
    /// Between the centres of compositions.
    Between(Corners),
}

impl Generating<'_> {
    fn one(&self, target: &TargetComposition) -> Result<GeneratedPattern> {
        let agreement = Agreement::new(self.known, target);
        let labels_at = |p| self.known.plane.estimate_with(p, self.estimator);
        let (contour, place) = match target.single() {
            Some(label) => self.beside_contour(label)?,
            None => {
                let best = agreement.best_point(self.maps, self.estimator)?;
                (Vec::new(), best.map(Place::At))
            }
        };
        let decoded = place.map(|place| self.decoded(&place)).transpose()?;
        let point = decoded.as_ref().map(|(point, _)| *point);
        let labels = point.map(labels_at).transpose()?.map(|e| e.values);
        let largest = labels.as_ref().map(|labels| agreement.largest(labels));
        let is_far = target.single().is_none() && largest.is_some_and(|d| d > FAR);
        Ok(GeneratedPattern {
            target: target.clone(),
            contour,
            decoded: decoded.filter(|_| !is_far),
            labels,
            largest_difference: largest,
        })
    }

    /// Returns the contour of a value, and the place of its pattern.
    fn beside_contour(&self, target: &Target) -> Result<(Vec<Polyline>, Option<Place>)> {
        let column = self.known.labels().column_index(&target.column);
        let contour = contour(&self.maps[column.unwrap_or_default()], target.value)?;
        let corners = Corners::beside(self.known, target);
        let place = match (self.rule, corners) {
            (_, None) => None,
            (GenerationRule::Contour, Some(corners)) => match corners.only() {
                Some(corner) => Some(corner),
                None => nearest_point_on(&contour, corners.middle()),
            }
            .map(Place::At),
            (GenerationRule::Between | GenerationRule::Strained, Some(corners)) => {
                Some(Place::Between(corners))
            }
        };
        Ok((contour, place))
    }

    /// Returns the latent point and the pattern.
    fn decoded(&self, place: &Place) -> Result<(Latent2, Vec<f32>)> {
        let decode = |p| Ok::<_, Error>((p, self.model.decode(p)?));
        let corners = match place {
            Place::At(point) => return decode(*point),
            Place::Between(corners) => corners,
        };
        let mixture = corners.mixture(self.model)?;
        let point = self.model.encode(&mixture)?;
        match self.rule {
            GenerationRule::Strained => decode(point),
            _ => Ok((point, mixture)),
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
