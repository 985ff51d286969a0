//! The plane beside the maps that are drawn of patterns today: principal components, and distances
//! between shapes scaled to a plane. None of them knows a label.

use anyhow::Result;
use serde_json::{Value, json};
use xrd_core::{Latent2, PatternSet};
use xrd_latent::{
    Distances, PrincipalComponents, adjusted_rand_index, clusters, continuity, metric_scaling,
    silhouette, trustworthiness,
};

use crate::dataset::Dataset;
use crate::figure::MapPanel;
use crate::score::composition_of;

/// Neighbours that trust and continuity look at, unless there are too few patterns.
pub(crate) const NEIGHBOURS: usize = 10;

/// More patterns than this take long, as time grows with the cube of their number.
pub(crate) const MOST: usize = 3000;

/// Maps of the same patterns, and how good they are.
pub(crate) struct Maps {
    /// None where there are too few patterns to have neighbours and strangers.
    neighbours: Option<usize>,
    /// How many compositions there are.
    compositions: usize,
    /// Of the patterns themselves, all angles, no map.
    angles: Agreement,
    pub(crate) maps: Vec<Map>,
}

/// A map of patterns.
pub(crate) struct Map {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<Latent2>,
    /// Share of the variance that principal components hold.
    explained: Option<f64>,
    /// Of scaled distances.
    stress: Option<f64>,
    /// Against Euclidean distances of patterns.
    euclidean: Option<Faithful>,
    /// Against 1 − r of patterns.
    shapes: Option<Faithful>,
    agreement: Agreement,
}

#[derive(Clone, Copy)]
struct Faithful {
    trustworthiness: f64,
    continuity: f64,
}

/// How well compositions are apart; none where nearly every pattern has its own.
#[derive(Clone, Copy)]
struct Agreement {
    silhouette: Option<f64>,
    /// Of as many k-means clusters as there are compositions.
    adjusted_rand: Option<f64>,
}

/// What maps are held against.
struct Truth {
    neighbours: Option<usize>,
    /// The composition of each pattern, where some share one.
    groups: Option<Vec<usize>>,
    compositions: usize,
    euclidean: Distances,
    shapes: Distances,
}

impl Truth {
    fn of(data: &Dataset, neighbours: usize) -> Result<Self> {
        let (groups, patterns) = (composition_of(&data.labels), data.set.len());
        let compositions = groups.iter().max().map_or(0, |last| last + 1);
        // Strangers are at least as many as neighbours.
        let most = patterns.saturating_sub(1) / 2;
        Ok(Self {
            neighbours: Some(neighbours.min(most)).filter(|k| *k > 0),
            groups: (2 * compositions <= patterns && compositions > 1).then_some(groups),
            compositions,
            euclidean: Distances::of_patterns(&data.set)?,
            shapes: Distances::of_shapes(&data.set)?,
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

    fn map(&self, name: &'static str, points: Vec<Vec<f64>>) -> Result<Map> {
        let distances = Distances::of_points(&points)?;
        Ok(Map {
            name,
            points: points.iter().map(|p| Latent2::new(p[0], p[1])).collect(),
            explained: None,
            stress: None,
            euclidean: self.faithful(&self.euclidean, &distances)?,
            shapes: self.faithful(&self.shapes, &distances)?,
            agreement: self.agreement(&distances, &points)?,
        })
    }
}

/// The maps of a set: that of a network where its points are given, and those that need none.
pub(crate) fn maps(data: &Dataset, own: Option<&[Latent2]>, neighbours: usize) -> Result<Maps> {
    let truth = Truth::of(data, neighbours)?;
    let mut maps = Vec::new();
    if let Some(own) = own {
        let points = own.iter().map(|p| vec![p.x, p.y]).collect();
        maps.push(truth.map("autoencoder", points)?);
    }
    let components = PrincipalComponents::of_patterns(&data.set, data.set.len())?;
    let of_two: f64 = components.variances.iter().take(2).sum();
    maps.push(Map {
        explained: (components.total > 0.0).then(|| of_two / components.total),
        ..truth.map("PCA", plane_of(&components, &data.set, 2))?
    });
    let scaled = metric_scaling(&truth.shapes, 2)?;
    maps.push(Map {
        stress: Some(scaled.stress),
        ..truth.map("metric MDS", scaled.points)?
    });
    let all = plane_of(&components, &data.set, components.variances.len().max(1));
    Ok(Maps {
        neighbours: truth.neighbours,
        compositions: truth.compositions,
        angles: truth.agreement(&truth.euclidean, &all)?,
        maps,
    })
}

/// The patterns along so many components; all at one place where they are equal.
fn plane_of(
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
    /// The scores, without the points.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "neighbours": self.neighbours,
            "compositions": self.compositions,
            "maps": self.maps.iter().map(Map::to_json).collect::<Vec<_>>(),
            "angles": {
                "silhouette": self.angles.silhouette,
                "adjusted_rand_index": self.angles.adjusted_rand,
            },
        })
    }

    /// The panels of their figure.
    pub(crate) fn panels(&self) -> Vec<MapPanel<'_>> {
        self.maps.iter().map(Map::panel).collect()
    }

    /// The scores as lines of text.
    pub(crate) fn lines(&self) -> Vec<String> {
        let neighbours = self.neighbours.unwrap_or_default();
        let mut lines = vec![
            format!(
                "{:<28}{:^24}{:^24}{:^24}",
                format!("{neighbours} neighbours"),
                "by distance",
                "by shape (1 - r)",
                format!("{} compositions", self.compositions)
            ),
            format!(
                "{:<28}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}",
                "", "trust", "continuity", "trust", "continuity", "silhouette", "ARI"
            ),
        ];
        lines.extend(self.maps.iter().map(Map::line));
        lines.push(row("all angles, no map", [None; 4], self.angles));
        lines
    }
}

impl Map {
    fn to_json(&self) -> Value {
        let of = |faithful: Option<Faithful>, what: fn(Faithful) -> f64| faithful.map(what);
        json!({
            "name": self.name,
            "explained_variance": self.explained,
            "stress": self.stress,
            "trustworthiness": of(self.euclidean, |f| f.trustworthiness),
            "continuity": of(self.euclidean, |f| f.continuity),
            "trustworthiness_of_shapes": of(self.shapes, |f| f.trustworthiness),
            "continuity_of_shapes": of(self.shapes, |f| f.continuity),
            "silhouette": self.agreement.silhouette,
            "adjusted_rand_index": self.agreement.adjusted_rand,
        })
    }

    fn line(&self) -> String {
        let name = match (self.explained, self.stress) {
            (Some(share), _) => format!("{}, {:.0} % of variance", self.name, 100.0 * share),
            (_, Some(stress)) => format!("{}, stress {stress:.3}", self.name),
            _ => self.name.to_owned(),
        };
        let pair = |f: Option<Faithful>| [f.map(|f| f.trustworthiness), f.map(|f| f.continuity)];
        let [a, b] = [pair(self.euclidean), pair(self.shapes)];
        row(&name, [a[0], a[1], b[0], b[1]], self.agreement)
    }

    /// Its panel in a figure.
    fn panel(&self) -> MapPanel<'_> {
        MapPanel {
            name: self.name,
            points: &self.points,
            captions: self.captions(),
        }
    }

    /// Two lines below the map in a figure.
    fn captions(&self) -> [String; 2] {
        let number = |v: Option<f64>| v.map_or("–".to_owned(), |v| format!("{v:.2}"));
        let faithful = self.euclidean;
        [
            format!(
                "T {}, C {}",
                number(faithful.map(|f| f.trustworthiness)),
                number(faithful.map(|f| f.continuity))
            ),
            format!(
                "S {}, ARI {}",
                number(self.agreement.silhouette),
                number(self.agreement.adjusted_rand)
            ),
        ]
    }
}

fn row(name: &str, faithful: [Option<f64>; 4], agreement: Agreement) -> String {
    let cells = faithful
        .into_iter()
        .chain([agreement.silhouette, agreement.adjusted_rand]);
    let cell = |v: Option<f64>| format!("{:>12}", v.map_or("-".to_owned(), |v| format!("{v:.3}")));
    format!("{name:<28}{}", cells.map(cell).collect::<String>())
}
