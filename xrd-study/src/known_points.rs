//! Known points of the latent space, and estimates from them.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, Latent2};
use xrd_io::{LabelTable, read_labels};
use xrd_latent::{Basis, Estimate, Estimator, LabelledPlane, LabelledSpace, delta};

use crate::digest::digest;
use crate::error::{Error, Result};
use crate::latents::{self, Latents};
use crate::novelty::loneliest;

/// Columns of a latent table that are not labels. The case matters: Y is an element.
const NO_LABELS: [&str; 8] = [
    "name", "x", "y", "split", "x_before", "y_before", "residual", MODEL,
];

/// Name of the column of a latent table that contains the name of the model.
pub const MODEL: &str = "model";

/// Refuses a label whose name clashes with another column of a latent table.
pub(crate) fn check_label_names(columns: &[String]) -> Result<()> {
    let is_own = |c: &&String| NO_LABELS.contains(&c.as_str()) || c.starts_with("latent_");
    match columns.iter().find(is_own) {
        Some(c) => Err(Error::LabelName { label: c.clone() }),
        None => Ok(()),
    }
}

/// Returns the name of a model: a letter and the hash of its file. Because of the letter, programs
/// do not read the name as a number.
///
/// # Errors
/// [`Error::Network`] if the model cannot be serialised.
pub fn model_name(model: &Autoencoder) -> Result<String> {
    let bytes = model.to_bytes()?;
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, b| (word << 8) | u64::from(*b));
    Ok(format!("m{:016x}", digest(bytes.chunks(8).map(word))))
}

/// Latent table (`latent.csv`): the points of patterns with their labels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LatentTable {
    /// Name of each pattern.
    pub names: Vec<String>,
    /// Point of each pattern.
    pub latents: Latents,
    /// Labels of each pattern.
    pub labels: Labels,
    /// Flag of each pattern: true for a test pattern.
    pub test: Vec<bool>,
    /// Residual of each pattern, |pattern − reconstruction| / |pattern|. `None` if the table has no
    /// such column.
    pub residuals: Option<Vec<f64>>,
}

impl LatentTable {
    /// Reads a latent table: the columns name, x and y, the labels, and the optional columns split
    /// and residual.
    ///
    /// # Errors
    /// [`Error::Reading`], [`Error::NoColumn`], [`Error::NotANumber`]; [`Error::OtherModel`] if the
    /// table belongs to a different model.
    pub fn read(path: &Path, model: &Autoencoder) -> Result<Self> {
        let table = read_labels(path)?;
        let exact = |name: &str| table.columns().iter().position(|c| c == name);
        if let Some(column) = exact(MODEL) {
            let own = model_name(model)?;
            if let Some(row) = (0..table.len()).find(|&row| table.cell(row, column) != own) {
                return Err(Error::OtherModel {
                    path: path.to_owned(),
                    line: table.line(row),
                    found: table.cell(row, column).to_owned(),
                    expected: own,
                });
            }
        }
        let missing = |name: &str| Error::NoColumn {
            path: path.to_owned(),
            column: name.to_owned(),
        };
        let column = |name: &str| exact(name).ok_or_else(|| missing(name));
        let x = numbers(&table, column("x")?)?;
        let y = numbers(&table, column("y")?)?;
        let names = table.name_column().ok_or_else(|| missing("name"))?;
        let coordinates: Vec<String> = (0..)
            .map(latents::column)
            .take_while(|name| exact(name).is_some())
            .collect();
        let own = NO_LABELS
            .into_iter()
            .chain(coordinates.iter().map(String::as_str));
        let no_labels: Vec<usize> = own.filter_map(exact).chain([names]).collect();
        let points = x
            .into_iter()
            .zip(y)
            .map(|(x, y)| Latent2::new(x, y))
            .collect();
        let columns = coordinates
            .iter()
            .map(|name| numbers(&table, column(name)?));
        let columns: Vec<Vec<f64>> = columns.collect::<Result<_>>()?;
        let split = exact("split");
        let is_test = |i: usize| split.is_some_and(|s| table.cell(i, s) == "test");
        Ok(Self {
            names: (0..table.len())
                .map(|i| table.cell(i, names).to_owned())
                .collect(),
            latents: match columns.len() {
                0 => Latents::on_plane(points),
                _ => Latents::from_columns(points, &columns),
            },
            labels: table.labels_without(&no_labels)?,
            test: (0..table.len()).map(is_test).collect(),
            residuals: exact("residual").map(|c| numbers(&table, c)).transpose()?,
        })
    }
}

/// Points of the latent space with known labels.
#[non_exhaustive]
pub struct KnownPoints {
    /// Name of each point.
    pub names: Vec<String>,
    /// Points on the latent plane, with labels.
    pub plane: LabelledPlane,
    /// Points in the latent space, from which labels are estimated. With two dimensions, the latent
    /// space is the latent plane.
    pub space: LabelledSpace,
    /// Largest distance from a known point to its nearest neighbour.
    loneliest: f64,
    /// Largest residual of the known patterns, if residuals are known.
    worst_residual: Option<f64>,
}

/// Patterns whose labels are to be estimated.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Query<'a> {
    /// Name of each pattern.
    pub names: &'a [String],
    /// Point of each pattern.
    pub latents: &'a Latents,
    /// Residual of each pattern: |pattern − reconstruction| / |pattern|.
    pub residuals: &'a [f64],
    /// True labels, if they are known.
    pub truth: Option<&'a Labels>,
}

impl<'a> Query<'a> {
    /// Returns a query for patterns with unknown labels. Each pattern has one name, one point and
    /// one residual.
    pub fn new(names: &'a [String], latents: &'a Latents, residuals: &'a [f64]) -> Self {
        Self {
            names,
            latents,
            residuals,
            truth: None,
        }
    }

    /// Sets the true labels.
    #[must_use]
    pub fn with_truth(mut self, truth: &'a Labels) -> Self {
        self.truth = Some(truth);
        self
    }
}

impl KnownPoints {
    /// Returns known points with one name and one row of labels per point.
    ///
    /// # Errors
    /// [`Error::Latent`] if the numbers of points and labels differ, or if a point is not finite.
    pub fn new(names: Vec<String>, latents: Latents, labels: Labels) -> Result<Self> {
        let coordinates = latents.coordinates().to_vec();
        let space = LabelledSpace::new(latents.dimensions(), coordinates, labels.clone())?;
        Ok(Self {
            names,
            loneliest: loneliest(&space),
            worst_residual: None,
            space,
            plane: LabelledPlane::new(latents.points, labels)?,
        })
    }

    /// Reads the training patterns of a latent table as known points.
    ///
    /// # Errors
    /// Any error of [`LatentTable::read`] or [`new`](Self::new); [`Error::NoKnownPoints`] if the
    /// table has no training pattern.
    pub fn read(path: &Path, model: &Autoencoder) -> Result<Self> {
        let table = LatentTable::read(path, model)?;
        let rows: Vec<usize> = (0..table.names.len()).filter(|&i| !table.test[i]).collect();
        if rows.is_empty() {
            let path = path.to_owned();
            return Err(Error::NoKnownPoints { path });
        }
        let known = Self::new(
            rows.iter().map(|&i| table.names[i].clone()).collect(),
            table.latents.select(&rows),
            table.labels.select(&rows),
        )?;
        Ok(match &table.residuals {
            None => known,
            Some(residuals) => known.with_residuals(rows.iter().map(|&i| residuals[i])),
        })
    }

    /// Sets the residuals of the known patterns.
    #[must_use]
    pub fn with_residuals(mut self, residuals: impl Iterator<Item = f64>) -> Self {
        self.worst_residual = residuals.max_by(f64::total_cmp);
        self
    }

    /// Returns the labels of the points.
    pub fn labels(&self) -> &Labels {
        self.plane.labels()
    }

    /// Estimates the labels of patterns, and flags patterns that differ from the known patterns.
    ///
    /// # Errors
    /// [`Error::Dimensions`] if the points have a different number of coordinates,
    /// [`Error::Latent`] if a label cannot be estimated.
    ///
    /// Cost of the estimator for each pattern. The patterns are distributed over the threads of the
    /// current rayon pool.
    pub fn estimate(&self, query: &Query<'_>, estimator: &dyn Estimator) -> Result<Vec<Estimated>> {
        let (model, known) = (query.latents.dimensions(), self.space.dimensions());
        if model != known {
            return Err(Error::Dimensions { known, model });
        }
        let points: Vec<&[f64]> = query.latents.rows().collect();
        let one = |i: usize| {
            let (residual, point) = (query.residuals[i], points[i]);
            let distance = self.space.nearest_distance(point)?;
            Ok(Estimated {
                name: query.names[i].clone(),
                estimate: self.space.estimate(point, estimator)?,
                truth: query.truth.map(|t| t.row(i).to_vec()),
                half_widths: vec![None; self.labels().columns().len()],
                distance,
                far: distance > self.loneliest,
                residual,
                unlike: self.worst_residual.map(|worst| residual > worst),
            })
        };
        let patterns = query.names.len().min(points.len());
        (0..patterns).into_par_iter().map(one).collect()
    }
}

fn numbers(table: &LabelTable, column: usize) -> Result<Vec<f64>> {
    let number = |row: usize| {
        let cell = table.cell(row, column);
        let value = cell.parse::<f64>().ok().filter(|v| v.is_finite());
        value.ok_or_else(|| Error::NotANumber {
            path: table.path().to_owned(),
            line: table.line(row),
            cell: cell.to_owned(),
        })
    };
    (0..table.len()).map(number).collect()
}

/// Estimated labels of a pattern.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Estimated {
    /// Name of the pattern.
    pub name: String,
    /// Estimated labels, and the known points from which they were computed.
    pub estimate: Estimate,
    /// True labels, if they are known.
    pub truth: Option<Vec<f64>>,
    /// Half width of the prediction interval of each label, in units of the label. `None` if there
    /// is no interval.
    pub half_widths: Vec<Option<f64>>,
    /// Distance to the nearest known point in the latent space.
    pub distance: f64,
    /// Whether `distance` is larger than the distance of every known point to its nearest neighbour
    /// among the known points.
    pub far: bool,
    /// Residual |pattern − reconstruction| / |pattern|.
    pub residual: f64,
    /// Whether `residual` is larger than the residual of every known pattern. `None` if the
    /// residuals of the known patterns are not available.
    pub unlike: Option<bool>,
}

/// Names of the known points from which an estimate was computed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedBasis {
    /// Kind of the estimate: `triangle`, `coincident`, `extrapolated`, `nearest-on-hull` or `weighted`.
    pub kind: &'static str,
    /// Names of the known points, at most three, which are the vertices A, B and C. The names of
    /// coincident points are joined by `+`.
    pub vertices: Vec<String>,
    /// Coefficient s in P = A + s·(B − A) + t·(C − A), where P is the point of the pattern.
    pub s: Option<f64>,
    /// Coefficient t in the formula of `s`. For an estimate on the convex hull, coefficient t in P
    /// = A + t·(B − A).
    pub t: Option<f64>,
}

impl Estimated {
    /// Returns the lower and the upper limit of the prediction interval of a label.
    pub fn interval(&self, label: usize) -> Option<[f64; 2]> {
        let (value, half) = (self.estimate.values[label], self.half_widths[label]?);
        Some([value - half, value + half])
    }

    /// Returns delta, the sum over all labels of the squared difference between the estimated and
    /// the true label (Utimula et al. 2022, equation 3). `None` if the true labels are unknown.
    pub fn delta(&self) -> Option<f64> {
        let truth = self.truth.as_ref()?;
        delta(&self.estimate.values, truth).ok()
    }

    /// Returns the names of the known points from which the estimate was computed. `known` are the
    /// names of all known points.
    pub fn basis(&self, known: &[String]) -> NamedBasis {
        let basis = &self.estimate.basis;
        let (kind, s, t) = match basis {
            Basis::Triangle { s, t, .. } => ("triangle", Some(*s), Some(*t)),
            Basis::Coincident { .. } => ("coincident", None, None),
            Basis::Extrapolated { s, t, .. } => ("extrapolated", Some(*s), Some(*t)),
            Basis::Nearest { t, .. } => ("nearest-on-hull", None, Some(*t)),
            Basis::Weighted { .. } => ("weighted", None, None),
            _ => ("other", None, None),
        };
        let name = |corner: &[usize]| {
            let names: Vec<&str> = corner.iter().map(|&i| known[i].as_str()).collect();
            names.join("+")
        };
        let corners = basis.corners();
        NamedBasis {
            kind,
            vertices: corners.into_iter().take(3).map(name).collect(),
            s,
            t,
        }
    }
}
