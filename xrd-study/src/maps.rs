//! Comparison of the latent plane with other two-dimensional maps: principal components and metric
//! multidimensional scaling. No map uses labels.

use serde::{Deserialize, Serialize};
use xrd_core::{Latent2, PatternSet};
use xrd_latent::maps::{
    Distances, PrincipalComponents, adjusted_rand_index, clusters, continuity, metric_scaling,
    silhouette, trustworthiness,
};

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::folds::composition_of;
use crate::report::{MapReport, MapsReport, SeparationReport};
use crate::sample::sample;

/// Default number of neighbours for the scores trustworthiness and continuity.
pub const MAP_NEIGHBOURS: usize = 10;

/// Largest number of patterns that are all mapped. Of larger sets, [`MAP_SAMPLE`] patterns are
/// mapped. The computing time grows with the cube of the number of patterns.
pub const MOST_MAP_PATTERNS: usize = 3000;

/// Number of patterns that are mapped of larger sets.
pub const MAP_SAMPLE: usize = 500;

/// Maps of the same patterns by several methods, with scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Maps {
    /// Number of neighbours of the scores. `None` with fewer than 3 patterns.
    neighbours: Option<usize>,
    /// Number of compositions.
    compositions: usize,
    /// Separation of the compositions by all angles, without a map.
    angles: Agreement,
    /// Indices of the mapped patterns: all patterns, or an evenly spaced sample.
    #[serde(default)]
    pub rows: Vec<usize>,
    /// The maps.
    pub maps: Vec<Map>,
}

/// A two-dimensional map of patterns, with scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Map {
    /// Name of the map: `autoencoder`, `PCA` or `metric MDS`.
    pub name: String,
    /// Point of each pattern.
    pub points: Vec<Latent2>,
    /// Fraction of the variance that two principal components explain.
    explained: Option<f64>,
    /// Stress of metric scaling.
    stress: Option<f64>,
    /// Compared with Euclidean distances of patterns.
    euclidean: Option<Faithful>,
    /// Compared with 1 − r of patterns.
    shapes: Option<Faithful>,
    agreement: Agreement,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Faithful {
    trustworthiness: f64,
    continuity: f64,
}

/// Separation of compositions. `None` if half the patterns or more have compositions of their own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Agreement {
    silhouette: Option<f64>,
    /// Adjusted Rand index of k-means clusters, as many as compositions.
    adjusted_rand: Option<f64>,
}

/// Properties of the patterns with which maps are compared.
struct Truth {
    neighbours: Option<usize>,
    /// Index of the composition of each pattern, if compositions have several patterns.
    groups: Option<Vec<usize>>,
    compositions: usize,
    euclidean: Distances,
    shapes: Distances,
}

impl Truth {
    fn of(set: &PatternSet, groups: Vec<usize>, neighbours: usize) -> Result<Self> {
        let patterns = set.len();
        let compositions = groups.iter().max().map_or(0, |last| last + 1);
        // Each pattern has at least as many other patterns as neighbours.
        let most = patterns.saturating_sub(1) / 2;
        Ok(Self {
            neighbours: Some(neighbours.min(most)).filter(|k| *k > 0),
            groups: (2 * compositions <= patterns && compositions > 1).then_some(groups),
            compositions,
            euclidean: Distances::of_patterns(set)?,
            shapes: Distances::of_shapes(set)?,
        })
    }

    fn faithful(&self, truth: &Distances, map: &Distances) -> Result<Option<Faithful>> {
        let Some(k) = self.neighbours else {
            return Ok(None);
        };
        Ok(Some(Faithful {
            trustworthiness: trustworthiness(truth, map, k)?,
            continuity: continuity(truth, map, k)?,
        }))
    }

    fn agreement(&self, distances: &Distances, points: &[Vec<f64>]) -> Result<Agreement> {
        let Some(groups) = &self.groups else {
            return Ok(Agreement {
                silhouette: None,
                adjusted_rand: None,
            });
        };
        let found = clusters(points, self.compositions)?;
        Ok(Agreement {
            silhouette: silhouette(distances, groups)?,
            adjusted_rand: Some(adjusted_rand_index(groups, &found)?),
        })
    }

    fn map(&self, name: &str, points: Vec<Vec<f64>>) -> Result<Map> {
        let distances = Distances::of_points(&points)?;
        Ok(Map {
            name: name.to_owned(),
            points: points.iter().map(|p| Latent2::new(p[0], p[1])).collect(),
            explained: None,
            stress: None,
            euclidean: self.faithful(&self.euclidean, &distances)?,
            shapes: self.faithful(&self.shapes, &distances)?,
            agreement: self.agreement(&distances, &points)?,
        })
    }
}

/// Maps a set by principal components and by metric multidimensional scaling, and scores both maps.
/// If the points of a network are given, its map is scored too. Of more than [`MOST_MAP_PATTERNS`]
/// patterns, [`MAP_SAMPLE`] evenly spaced patterns are mapped; [`Maps::rows`] names them.
///
/// The argument `own` contains the points of the patterns on the latent plane. The argument
/// `neighbours` is the number of neighbours for the scores trustworthiness and continuity. A
/// smaller number is used if there are few patterns. [`MapReport`] describes the scores. The maps
/// do not use the labels. Only two scores use the labels: the silhouette and the adjusted Rand
/// index.
///
/// # Errors
/// [`Error::MapPatterns`] for fewer than 2 patterns, [`Error::Latent`],
/// [`Error::Network`] if patterns on disk cannot be read.
///
/// Cost O(patterns³ + patterns² · angles) for the mapped patterns.
pub fn compare_maps(data: &Dataset, own: Option<&[Latent2]>, neighbours: usize) -> Result<Maps> {
    let found = data.set.len();
    if found < 2 {
        return Err(Error::MapPatterns { found });
    }
    let all: Vec<usize> = (0..found).collect();
    let rows = match found > MOST_MAP_PATTERNS {
        true => sample(&all, MAP_SAMPLE),
        false => all,
    };
    let set = data.set.select(&rows)?;
    let groups = match &data.classes[..] {
        [classes, ..] => classes.select(&rows).of,
        [] => composition_of(&data.labels.select(&rows)),
    };
    let truth = Truth::of(&set, groups, neighbours)?;
    let mut maps = Vec::new();
    if let Some(own) = own {
        let points = rows.iter().map(|&i| vec![own[i].x, own[i].y]).collect();
        maps.push(truth.map("autoencoder", points)?);
    }
    let components = PrincipalComponents::of_patterns(&set, set.len())?;
    let of_two: f64 = components.variances.iter().take(2).sum();
    maps.push(Map {
        explained: (components.total > 0.0).then(|| of_two / components.total),
        ..truth.map("PCA", points_of(&components, &set, 2))?
    });
    let scaled = metric_scaling(&truth.shapes, 2)?;
    maps.push(Map {
        stress: Some(scaled.stress),
        ..truth.map("metric MDS", scaled.points)?
    });
    let all = points_of(&components, &set, components.variances.len().max(1));
    Ok(Maps {
        neighbours: truth.neighbours,
        compositions: truth.compositions,
        angles: truth.agreement(&truth.euclidean, &all)?,
        rows,
        maps,
    })
}

/// Points of the patterns along the first `dimensions` components, all 0 if the patterns are equal.
fn points_of(
    components: &PrincipalComponents,
    set: &PatternSet,
    dimensions: usize,
) -> Vec<Vec<f64>> {
    let points = components.points(dimensions);
    if points.is_empty() {
        return vec![vec![0.0; dimensions]; set.len()];
    }
    points
}

impl Maps {
    /// Returns the scores, without the points.
    pub fn report(&self) -> MapsReport {
        MapsReport {
            neighbours: self.neighbours,
            compositions: self.compositions,
            maps: self.maps.iter().map(Map::report).collect(),
            angles: SeparationReport {
                silhouette: self.angles.silhouette,
                adjusted_rand_index: self.angles.adjusted_rand,
            },
        }
    }
}

impl Map {
    fn report(&self) -> MapReport {
        MapReport {
            name: self.name.clone(),
            explained_variance: self.explained,
            stress: self.stress,
            trustworthiness: self.euclidean.map(|f| f.trustworthiness),
            continuity: self.euclidean.map(|f| f.continuity),
            trustworthiness_of_shapes: self.shapes.map(|f| f.trustworthiness),
            continuity_of_shapes: self.shapes.map(|f| f.continuity),
            silhouette: self.agreement.silhouette,
            adjusted_rand_index: self.agreement.adjusted_rand,
        }
    }
}
