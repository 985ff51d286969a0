//! Estimates from the known points, and the group of a pattern.

use serde::Serialize;
use xrd_core::Labels;
use xrd_io::prepare::Lines;
use xrd_latent::groups::GroupMeans;
use xrd_latent::{Basis, Estimator, LabelledSpace};

use crate::estimator::estimator;
use crate::study::{Known, Study};

/// Estimated labels of a pattern, and how it compares with the known patterns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimated {
    /// Estimated labels, within their limits.
    pub values: Vec<f64>,
    /// Lower and upper limits of the intervals. `None` for a label without an interval.
    pub intervals: Vec<Option<[f64; 2]>>,
    /// Whether the point is inside the known points.
    pub inside: bool,
    /// Known points of the estimate, at most three, those with the largest weights first.
    pub from: Vec<usize>,
    /// Distance to the nearest known point.
    pub distance: f64,
    /// Whether the point is farther from the known points than any of them from its neighbour.
    pub far: bool,
    /// Whether the residual is larger than that of any known pattern. `None` if those are unknown.
    pub unlike: Option<bool>,
    /// Group of the pattern. `None` if the study has no groups.
    pub group: Option<GroupOf>,
}

/// Group of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GroupOf {
    /// Number of the group, from 1.
    pub number: usize,
    /// Number of the other group between which and its own the pattern lies.
    pub other: Option<usize>,
    /// Position between the means of both, from 0 to 1.
    pub position: f64,
}

/// Known points of a study and its groups.
pub(crate) struct KnownPoints {
    space: LabelledSpace,
    estimator: Box<dyn Estimator>,
    about: Known,
    groups: Option<GroupMeans>,
    lines: Lines,
}

impl KnownPoints {
    /// Takes the known points from the description of a study.
    pub(crate) fn new(study: Study) -> Result<Self, String> {
        let about = study.known;
        let words = |e: xrd_latent::Error| e.to_string();
        let points = about.coordinates.len() / about.dimensions.max(1);
        let labels = match about.columns.is_empty() {
            true => Labels::none(points),
            false => Labels::new(about.columns.clone(), about.labels.clone())
                .map_err(|e| e.to_string())?,
        };
        let space = LabelledSpace::new(about.dimensions, about.coordinates.clone(), labels);
        let numbers: Vec<usize> = (0..study.groups.len()).collect();
        let groups = (!numbers.is_empty()).then(|| GroupMeans::new(&study.groups, &numbers));
        let unknown = || format!("estimator '{}' is unknown", about.estimator);
        Ok(Self {
            space: space.map_err(words)?,
            estimator: estimator(&about.estimator).ok_or_else(unknown)?,
            groups: groups.transpose().map_err(words)?,
            lines: Lines::new(&study.grid),
            about,
        })
    }

    /// Estimates the labels at a point, as `xrd estimate` does.
    pub(crate) fn estimate(&self, point: &[f64], residual: f64) -> Result<Estimated, String> {
        let words = |e: xrd_latent::Error| e.to_string();
        let found = self.space.estimate(point, &*self.estimator);
        let found = found.map_err(words)?;
        let distance = self.space.nearest_distance(point).map_err(words)?;
        let mut estimated = Estimated {
            intervals: self.intervals(&found.values),
            inside: found.is_inside(),
            from: from(&found.basis),
            values: found.values,
            distance,
            far: distance > self.about.loneliest,
            unlike: self.about.worst_residual.map(|worst| residual > worst),
            group: None,
        };
        self.limit(&mut estimated);
        Ok(estimated)
    }

    fn intervals(&self, values: &[f64]) -> Vec<Option<[f64; 2]>> {
        let pairs = values.iter().zip(&self.about.half_widths);
        pairs
            .map(|(v, half)| half.map(|h| [v - h, v + h]))
            .collect()
    }

    /// Moves values and intervals to the nearest value within the limits of the labels.
    fn limit(&self, estimated: &mut Estimated) {
        let values = estimated.values.iter_mut().zip(&mut estimated.intervals);
        for ((value, interval), limits) in values.zip(&self.about.limits) {
            *value = within(*value, limits);
            *interval = interval.map(|ends| ends.map(|v| within(v, limits)));
        }
    }

    /// Returns the group with the nearest mean.
    pub(crate) fn group(&self, intensities: &[f32]) -> Result<Option<GroupOf>, String> {
        let Some(groups) = &self.groups else {
            return Ok(None);
        };
        let member = groups.member(&self.lines.of(intensities));
        let member = member.map_err(|e| e.to_string())?;
        Ok(Some(GroupOf {
            number: member.group + 1,
            other: member.other.map(|g| g + 1),
            position: member.position,
        }))
    }
}

fn within(value: f64, [low, high]: &[Option<f64>; 2]) -> f64 {
    value
        .max(low.unwrap_or(f64::MIN))
        .min(high.unwrap_or(f64::MAX))
}

/// Known points of an estimate. Of points at the same place the first is taken.
fn from(basis: &Basis) -> Vec<usize> {
    let first = |corner: &Vec<usize>| corner.first().copied();
    match basis {
        Basis::Triangle { corners, .. } | Basis::Extrapolated { corners, .. } => {
            corners.iter().filter_map(first).collect()
        }
        Basis::Coincident { points } => points.iter().copied().take(1).collect(),
        Basis::Nearest { from, to, .. } if from == to => first(from).into_iter().collect(),
        Basis::Nearest { from, to, .. } => [from, to].into_iter().filter_map(first).collect(),
        Basis::Weighted { corners, .. } => corners.iter().take(3).filter_map(first).collect(),
        _ => Vec::new(),
    }
}
