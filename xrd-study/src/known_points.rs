//! Known points of the latent space, and estimates from them.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, Latent2};
use xrd_io::{LabelTable, read_labels};
use xrd_latent::{Basis, Estimate, Estimator, LabelledPlane, LabelledSpace, delta};

use crate::dataset::Classes;
use crate::digest::digest;
use crate::error::{Error, Result};
use crate::latents::{self, Latents};
use crate::novelty::loneliest;

/// Columns of a latent table that are not labels. The case matters: Y is an element.
const NO_LABELS: [&str; 8] = [
    "name", "x", "y", "split", "x_before", "y_before", "residual", MODEL,
];

/// Name of the column of a [`LatentTable`] that contains the name of the model.
pub const MODEL: &str = "model";

/// Refuses a label whose name clashes with another column of a latent table.
pub(crate) fn check_label_names(columns: &[String]) -> Result<()> {
    let is_own = |c: &&String| NO_LABELS.contains(&c.as_str()) || c.starts_with("latent_");
    match columns.iter().find(is_own) {
        Some(c) => Err(Error::LabelName { label: c.clone() }),
        None => Ok(()),
    }
}

/// Returns the name of a model: the letter m, followed by a hash of the model file. Because of the
/// letter, other programs do not mistake the name for a number.
///
/// # Errors
/// [`Error::Network`] if the model cannot be serialised.
pub fn model_name(model: &Autoencoder) -> Result<String> {
    let bytes = model.to_bytes()?;
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, b| (word << 8) | u64::from(*b));
    Ok(format!("m{:016x}", digest(bytes.chunks(8).map(word))))
}

/// Latent table (`latent.csv`), which contains the latent points of patterns with their labels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LatentTable {
    /// Name of each pattern.
    pub names: Vec<String>,
    /// Latent points, one per pattern.
    pub latents: Latents,
    /// Labels, one row per pattern.
    pub labels: Labels,
    /// Labels that are text.
    pub classes: Vec<Classes>,
    /// Flags, one per pattern: true for a test pattern.
    pub test: Vec<bool>,
    /// [Residuals](crate::residuals), one per pattern. `None` if the table has no column
    /// `residual`.
    pub residuals: Option<Vec<f64>>,
}

impl LatentTable {
    /// Reads a latent table. The required columns are `name`, `x` and `y`. The optional columns are
    /// `split`, `residual`, `model`, and the latent coordinates `latent_1`, `latent_2` and so on.
    /// The columns `x_before` and `y_before` are ignored. All other columns are labels:
    /// numbers, or texts as classes.
    ///
    /// # Errors
    /// - [`Error::Reading`] if the table cannot be read.
    /// - [`Error::NoColumn`] if a required column is missing.
    /// - [`Error::NotANumber`] for a coordinate or residual that is not a finite number.
    /// - [`Error::OtherModel`] if the table belongs to a different model.
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
        let without = NO_LABELS
            .into_iter()
            .chain(coordinates.iter().map(String::as_str));
        let no_labels: Vec<usize> = without.filter_map(exact).chain([names]).collect();
        let points = x
            .into_iter()
            .zip(y)
            .map(|(x, y)| Latent2::new(x, y))
            .collect();
        let columns = coordinates
            .iter()
            .map(|name| numbers(&table, column(name)?));
        let columns: Vec<Vec<f64>> = columns.collect::<Result<_>>()?;
        let own = (0..table.columns().len()).filter(|c| !no_labels.contains(c));
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
            labels: match own.clone().all(|c| table.is_text(c)) {
                true => Labels::none(table.len()),
                false => table.labels_without(&no_labels)?,
            },
            classes: own
                .filter(|&c| table.is_text(c))
                .map(|c| Classes::new(&table.columns()[c], &cells(&table, c)))
                .collect(),
            test: (0..table.len()).map(is_test).collect(),
            residuals: exact("residual").map(|c| numbers(&table, c)).transpose()?,
        })
    }
}

fn cells(table: &LabelTable, column: usize) -> Vec<&str> {
    (0..table.len())
        .map(|row| table.cell(row, column))
        .collect()
}

/// Known points: latent points with known labels, usually the points of the training patterns.
#[non_exhaustive]
pub struct KnownPoints {
    /// Name of each point.
    pub names: Vec<String>,
    /// Points on the latent plane ([`Latents::points`]), with labels.
    pub plane: LabelledPlane,
    /// Points in the latent space, with labels. Labels of other patterns are estimated from these
    /// points. A latent space of two dimensions is the latent plane.
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
    /// Latent points, one per pattern.
    pub latents: &'a Latents,
    /// [Residuals](crate::residuals), one per pattern.
    pub residuals: &'a [f64],
    /// True labels, if they are known.
    pub truth: Option<&'a Labels>,
}

impl<'a> Query<'a> {
    /// Returns a query for patterns with unknown labels. The arguments contain one name, one latent
    /// point and one residual per pattern.
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
    /// Returns known points. The arguments contain one name, one latent point and one row of labels
    /// per point.
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
    /// Any error of [`LatentTable::read`] or [`new`](Self::new); [`Error::Unlabelled`] if the table
    /// has no numeric labels, [`Error::NoKnownPoints`] if it has no training pattern.
    pub fn read(path: &Path, model: &Autoencoder) -> Result<Self> {
        let table = LatentTable::read(path, model)?;
        if table.labels.columns().is_empty() {
            return Err(Error::Unlabelled.at(path.display()));
        }
        let none = || Error::NoKnownPoints {
            path: path.to_owned(),
        };
        Self::of(&table)?.ok_or_else(none)
    }

    /// Returns the training patterns of a latent table as known points. `None` if the table has no
    /// training pattern.
    ///
    /// # Errors
    /// Any error of [`new`](Self::new).
    pub fn of(table: &LatentTable) -> Result<Option<Self>> {
        let rows: Vec<usize> = (0..table.names.len()).filter(|&i| !table.test[i]).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let known = Self::new(
            rows.iter().map(|&i| table.names[i].clone()).collect(),
            table.latents.select(&rows),
            table.labels.select(&rows),
        )?;
        Ok(Some(match &table.residuals {
            None => known,
            Some(residuals) => known.with_residuals(rows.iter().map(|&i| residuals[i])),
        }))
    }

    /// Sets the [residuals](crate::residuals) of the patterns of the known points.
    /// [`Estimated::unlike`] needs these residuals.
    #[must_use]
    pub fn with_residuals(mut self, residuals: impl Iterator<Item = f64>) -> Self {
        self.worst_residual = residuals.max_by(f64::total_cmp);
        self
    }

    /// Returns the largest distance from a known point to the nearest other known point.
    /// [`Estimated::far`] compares with it. 0 for a single point.
    pub fn loneliest(&self) -> f64 {
        self.loneliest
    }

    /// Returns the largest residual of the known patterns. [`Estimated::unlike`] compares with it.
    /// `None` if the residuals are not known.
    pub fn worst_residual(&self) -> Option<f64> {
        self.worst_residual
    }

    /// Returns the labels of the points.
    pub fn labels(&self) -> &Labels {
        self.plane.labels()
    }

    /// Estimates the labels of patterns. Also flags patterns that differ from the patterns of the
    /// known points ([`Estimated::far`], [`Estimated::unlike`]).
    ///
    /// # Errors
    /// [`Error::Dimensions`] if the latent points of the query do not have as many coordinates as
    /// the known points, [`Error::Latent`] if a label cannot be estimated.
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
                intervals: vec![None; self.labels().columns().len()],
                in_latent_space: None,
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
    /// Estimated labels, with the known points that were used and their weights.
    pub estimate: Estimate,
    /// True labels, if they are known.
    pub truth: Option<Vec<f64>>,
    /// Estimated labels from the latent space. `None` unless the field `estimate` contains the
    /// labels of a [regression](crate::PatternRegression), as with the estimator `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_latent_space: Option<Vec<f64>>,
    /// Lower and upper limits of the prediction intervals, one pair per label, in units of the
    /// label. `None` for a label without an interval.
    pub intervals: Vec<Option<[f64; 2]>>,
    /// Distance from the latent point of the pattern to the nearest known point.
    pub distance: f64,
    /// Whether the pattern is far from the known points. Each known point has a distance to the
    /// nearest other known point. The pattern is far if `distance` is larger than the largest of
    /// these distances.
    pub far: bool,
    /// [Residual](crate::residuals) of the pattern. If `estimate` contains the labels of a
    /// regression, this is the field [`xrd_regression::Estimate::residual`].
    pub residual: f64,
    /// Whether the pattern is unlike the known patterns, which are the patterns of the known
    /// points. The pattern is unlike if `residual` is larger than the largest residual of the known
    /// patterns. `None` if the residuals of the known patterns are not available. If `estimate`
    /// contains the labels of a regression, this is the field [`xrd_regression::Estimate::unlike`].
    pub unlike: Option<bool>,
}

/// Names of the known points from which an estimate was computed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedBasis {
    /// Kind of the estimate: `triangle`, `coincident`, `extrapolated`, `nearest-on-hull` or
    /// `weighted`. Each kind is a variant of [`Basis`]; `nearest-on-hull` is [`Basis::Nearest`].
    pub kind: &'static str,
    /// Names of at most three known points, called A, B and C. For `weighted`, these are the points
    /// with the largest weights. The names of coincident points are joined by `+`.
    pub vertices: Vec<String>,
    /// Coefficient s in P = A + s·(B − A) + t·(C − A), where P is the latent point of the pattern.
    /// `None` for estimates without a triangle.
    pub s: Option<f64>,
    /// Coefficient t. For estimates with a triangle, t is the coefficient in the formula of `s`.
    /// For `nearest-on-hull`, the point A + t·(B − A) is the point of the hull that is nearest to
    /// P. `None` for other kinds.
    pub t: Option<f64>,
}

impl Estimated {
    /// Returns the lower and the upper limit of the prediction interval of a label. `None` if there
    /// is no interval. The argument `label` is the index of the label.
    pub fn interval(&self, label: usize) -> Option<[f64; 2]> {
        self.intervals[label]
    }

    /// Returns half the width of the prediction interval of a label. `None` if there is no
    /// interval. The argument `label` is the index of the label.
    pub fn half_width(&self, label: usize) -> Option<f64> {
        self.interval(label).map(|[low, high]| (high - low) / 2.0)
    }

    /// Returns delta, the sum over all labels of the squared difference between the estimated and
    /// the true label (Utimula et al. 2022, equation 3). `None` if the true labels are unknown.
    pub fn delta(&self) -> Option<f64> {
        let truth = self.truth.as_ref()?;
        delta(&self.estimate.values, truth).ok()
    }

    /// Returns the names of the known points from which the estimate was computed. The argument
    /// `known` contains the names of all known points.
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
