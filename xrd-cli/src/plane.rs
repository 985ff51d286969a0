//! Known points of the plane, and estimates from them.

use std::path::Path;

use anyhow::{Context, Result, bail};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, Latent2};
use xrd_io::{LabelTable, read_labels};
use xrd_latent::{Basis, Estimate, Estimator, LabelledPlane, LabelledSpace, delta};

use crate::digest::digest;
use crate::latents::{self, Latents};
use crate::novelty::{loneliest, nearest_distance};

/// Columns of a latent table that are no labels, in these very letters: Y is an element.
const NO_LABELS: [&str; 8] = [
    "name", "x", "y", "split", "x_before", "y_before", "residual", MODEL,
];

/// The column that says which model put the points where they are.
pub(crate) const MODEL: &str = "model";

/// Fails for a label that a latent table could not tell from a column of its own.
pub(crate) fn check_label_names(columns: &[String]) -> Result<()> {
    let is_own = |c: &&String| NO_LABELS.contains(&c.as_str()) || c.starts_with("latent_");
    match columns.iter().find(is_own) {
        Some(c) => bail!("label '{c}' is called as a column of latent.csv is: rename it"),
        None => Ok(()),
    }
}

/// What tells a model from others: the hash of its file, behind a letter, so that no program takes
/// it for a number.
pub(crate) fn model_name(model: &Autoencoder) -> Result<String> {
    let bytes = model.to_bytes()?;
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, b| (word << 8) | u64::from(*b));
    Ok(format!("m{:016x}", digest(bytes.chunks(8).map(word))))
}

/// The rows of a latent table: points with what is known of them.
pub(crate) struct LatentTable {
    pub(crate) names: Vec<String>,
    pub(crate) latents: Latents,
    pub(crate) labels: Labels,
    /// Whether a row is marked as a test pattern.
    pub(crate) test: Vec<bool>,
    /// How badly the network reproduces each pattern; none in tables that do not say.
    pub(crate) residuals: Option<Vec<f64>>,
}

impl LatentTable {
    /// Reads name, x, y, labels, and the split where there is one.
    ///
    /// # Errors
    /// For points of another model too, in tables that say of which they are.
    pub(crate) fn read(path: &Path, model: &Autoencoder) -> Result<Self> {
        let table = read_labels(path)?;
        let exact = |name: &str| table.columns().iter().position(|c| c == name);
        if let Some(column) = exact(MODEL) {
            let own = model_name(model)?;
            if let Some(row) = (0..table.len()).find(|&row| table.cell(row, column) != own) {
                bail!(
                    "{}: line {}: a point of model {}, not of this one, {own} (xrd encode makes them anew)",
                    path.display(),
                    table.line(row),
                    table.cell(row, column)
                );
            }
        }
        let column = |name: &str| {
            exact(name).with_context(|| format!("{}: no column '{name}'", path.display()))
        };
        let x = numbers(&table, column("x")?)?;
        let y = numbers(&table, column("y")?)?;
        let names = table
            .name_column()
            .with_context(|| format!("{}: no column 'name'", path.display()))?;
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

/// Points whose labels are known, with their names.
pub(crate) struct KnownPoints {
    pub(crate) names: Vec<String>,
    pub(crate) plane: LabelledPlane,
    /// The same in the latent space, where they are estimated from; the plane itself, where that
    /// has two dimensions.
    pub(crate) space: LabelledSpace,
    /// The largest distance from one of them to its nearest neighbour.
    loneliest: f64,
    /// How badly the network reproduces the worst of them, where that is known.
    worst_residual: Option<f64>,
}

/// Patterns whose labels are asked for.
pub(crate) struct Asked<'a> {
    pub(crate) names: &'a [String],
    pub(crate) latents: &'a Latents,
    /// How badly the network reproduces each.
    pub(crate) residuals: &'a [f64],
    pub(crate) truth: Option<&'a Labels>,
}

impl KnownPoints {
    pub(crate) fn new(names: Vec<String>, latents: Latents, labels: Labels) -> Result<Self> {
        let coordinates = latents.coordinates().to_vec();
        Ok(Self {
            names,
            loneliest: loneliest(latents.rows()),
            worst_residual: None,
            space: LabelledSpace::new(latents.dimensions(), coordinates, labels.clone())?,
            plane: LabelledPlane::new(latents.points, labels)?,
        })
    }

    /// The points of a latent table (name, x, y, labels); those marked as test are left out.
    ///
    /// # Errors
    /// Those of [`LatentTable::read`], and where no point is left.
    pub(crate) fn read(path: &Path, model: &Autoencoder) -> Result<Self> {
        let table = LatentTable::read(path, model)?;
        let rows: Vec<usize> = (0..table.names.len()).filter(|&i| !table.test[i]).collect();
        if rows.is_empty() {
            bail!("{}: no known points", path.display());
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

    /// The same with how badly the network reproduces the known patterns.
    pub(crate) fn with_residuals(mut self, residuals: impl Iterator<Item = f64>) -> Self {
        self.worst_residual = residuals.max_by(f64::total_cmp);
        self
    }

    /// The labels of these points.
    pub(crate) fn labels(&self) -> &Labels {
        self.plane.labels()
    }

    /// Estimates the labels of points, to be held against the truth where it is given.
    pub(crate) fn estimate(
        &self,
        asked: &Asked<'_>,
        estimator: &dyn Estimator,
    ) -> Result<Vec<Estimated>> {
        let (found, expected) = (asked.latents.dimensions(), self.space.dimensions());
        if found != expected {
            bail!("the known points have {expected} latent coordinates, the model has {found}");
        }
        let one = |((i, name), point): ((usize, &String), &[f64])| {
            let residual = asked.residuals[i];
            let distance = nearest_distance(point, self.space.points()).unwrap_or(0.0);
            Ok(Estimated {
                name: name.clone(),
                estimate: self.space.estimate(point, estimator)?,
                truth: asked.truth.map(|t| t.row(i).to_vec()),
                half_widths: vec![None; self.labels().columns().len()],
                distance,
                far: distance > self.loneliest,
                residual,
                unlike: self.worst_residual.map(|worst| residual > worst),
            })
        };
        let names = asked.names.iter().enumerate();
        names.zip(asked.latents.rows()).map(one).collect()
    }
}

fn numbers(table: &LabelTable, column: usize) -> Result<Vec<f64>> {
    let number = |row: usize| {
        let cell = table.cell(row, column);
        cell.parse::<f64>()
            .ok()
            .filter(|v| v.is_finite())
            .with_context(|| {
                format!(
                    "{}: line {}: '{cell}' is not a number",
                    table.path().display(),
                    table.line(row)
                )
            })
    };
    (0..table.len()).map(number).collect()
}

/// An estimate, with the truth where it is known.
#[derive(Clone)]
pub(crate) struct Estimated {
    pub(crate) name: String,
    pub(crate) estimate: Estimate,
    pub(crate) truth: Option<Vec<f64>>,
    /// Of the interval around each label; none where too little is known.
    pub(crate) half_widths: Vec<Option<f64>>,
    /// To the nearest known point.
    pub(crate) distance: f64,
    /// Whether that is more than any known point has to its neighbour.
    pub(crate) far: bool,
    /// |pattern − reproduction| / |pattern|.
    pub(crate) residual: f64,
    /// Whether that is more than of any known pattern, where that is known.
    pub(crate) unlike: Option<bool>,
}

impl Estimated {
    /// The ends of the interval around a label.
    pub(crate) fn interval(&self, label: usize) -> Option<[f64; 2]> {
        let (value, half) = (self.estimate.values[label], self.half_widths[label]?);
        Some([value - half, value + half])
    }

    /// distance, far, residual, unlike as cells of a table.
    pub(crate) fn novelty_cells(&self) -> [String; 4] {
        let unlike = self.unlike.map_or(String::new(), |u| u.to_string());
        let (distance, residual) = (self.distance.to_string(), self.residual.to_string());
        [distance, self.far.to_string(), residual, unlike]
    }

    /// Eq. (3) of the paper, over all label columns.
    pub(crate) fn delta(&self) -> Option<f64> {
        let truth = self.truth.as_ref()?;
        delta(&self.estimate.values, truth).ok()
    }

    /// inside, basis, three vertices, s, t as cells of a table.
    pub(crate) fn basis_cells(&self, known: &[String]) -> Vec<String> {
        let basis = &self.estimate.basis;
        let (word, s, t) = match basis {
            Basis::Triangle { s, t, .. } => ("triangle", Some(*s), Some(*t)),
            Basis::Coincident { .. } => ("coincident", None, None),
            Basis::Extrapolated { s, t, .. } => ("extrapolated", Some(*s), Some(*t)),
            Basis::Nearest { t, .. } => ("nearest-on-hull", None, Some(*t)),
            Basis::Weighted { .. } => ("weighted", None, None),
            _ => ("other", None, None),
        };
        let name = |corner: &&[usize]| {
            let names: Vec<&str> = corner.iter().map(|&i| known[i].as_str()).collect();
            names.join("+")
        };
        let corners = basis.corners();
        let mut cells = vec![self.estimate.is_inside().to_string(), word.to_owned()];
        cells.extend((0..3).map(|i| corners.get(i).map_or(String::new(), name)));
        let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
        cells.extend([number(s), number(t)]);
        cells
    }
}
