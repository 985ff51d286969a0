//! Types of `robustness.json` and `robustness.csv`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::condition::DisturbanceKind;
use crate::error::{Error, Result};
use crate::experiment::Experiment;
use crate::tables::Table;

/// File name of the report of a robustness test in its folder.
pub const ROBUSTNESS_FILE: &str = "robustness.json";

/// R² that the plane should keep under the judged disturbances.
pub const ROBUST_R2: f64 = 0.95;

/// Method that estimates the labels of disturbed patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RobustMethod {
    /// The latent points of a network that was trained with the effects of the settings.
    PlaneWithEffects,
    /// The latent points of a network that was trained without effects, with the same seed, split and
    /// other settings.
    PlaneWithoutEffects,
    /// The nearest raw patterns ([`Baselines::neighbours`](crate::Baselines::neighbours)).
    RawNeighbours,
    /// Ridge regression on principal components of raw patterns
    /// ([`Baselines::ridge`](crate::Baselines::ridge)).
    RawRidge,
}

impl RobustMethod {
    /// All methods.
    pub const ALL: [Self; 4] = [
        Self::PlaneWithEffects,
        Self::PlaneWithoutEffects,
        Self::RawNeighbours,
        Self::RawRidge,
    ];

    /// Returns the name, as in `robustness.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlaneWithEffects => "plane, with effects",
            Self::PlaneWithoutEffects => "plane, without effects",
            Self::RawNeighbours => "raw, neighbours",
            Self::RawRidge => "raw, PCA + ridge",
        }
    }
}

/// Report of a robustness test (`robustness.json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RobustnessReport {
    /// Number of patterns.
    pub patterns: usize,
    /// Number of intensities per pattern.
    pub points: usize,
    /// Preparation steps that were applied when the patterns were read, in order. The disturbances
    /// are applied to prepared patterns.
    pub preparation: Vec<String>,
    /// Names of the labels.
    pub labels: Vec<String>,
    /// Name of the label of the verdicts.
    pub label: String,
    /// Number of random splits.
    pub splits: usize,
    /// Number of held-out patterns per split that are disturbed.
    pub held_out: usize,
    /// Full width at half maximum of the lines in degrees, measured on the patterns.
    pub fwhm_deg: f64,
    /// Radius of the goniometer in mm, for the displacement of the specimen.
    pub radius_mm: f64,
    /// Name of the estimator in the latent space.
    pub estimator: String,
    /// Notes on how the files were read, on samples of patterns and on missing disturbances.
    pub notes: Vec<String>,
    /// Version of the program; empty if the library is used without the program.
    pub version: String,
    /// The experiment.
    pub experiment: Option<Experiment>,
    /// Scores, with one row per disturbance, size, method and label.
    pub scores: Vec<RobustnessRow>,
    /// Verdicts on the judged size of each disturbance.
    pub verdicts: Vec<RobustnessVerdict>,
    /// Undisturbed patterns on the planes with and without effects. `None` if R² is not defined.
    pub undisturbed: Option<UndisturbedReport>,
}

/// Scores of one method for one label under one disturbance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RobustnessRow {
    /// Kind of the disturbance.
    pub disturbance: DisturbanceKind,
    /// Size of the disturbance, in the unit of its kind.
    pub size: f64,
    /// The method.
    pub method: RobustMethod,
    /// Name of the label.
    pub label: String,
    /// Number of splits with a defined R².
    pub splits: usize,
    /// Coefficient of determination R² of the held-out patterns of a split, averaged over the splits.
    /// `None` if R² is not defined in any split.
    pub r2_mean: Option<f64>,
    /// Standard error of this mean. `None` for fewer than two splits.
    pub r2_se: Option<f64>,
    /// Median over the held-out patterns of a split of δ, the sum over all labels of the squared
    /// errors; averaged over the splits. It is the same for all labels.
    pub delta_mean: Option<f64>,
    /// Standard error of this mean. `None` for fewer than two splits.
    pub delta_se: Option<f64>,
}

/// Verdict on the plane with effects under a disturbance of the judged size
/// ([`DisturbanceKind::judged_size`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RobustnessVerdict {
    /// Kind of the disturbance.
    pub disturbance: DisturbanceKind,
    /// Size of the disturbance, in the unit of its kind.
    pub size: f64,
    /// Mean R² of the plane with effects.
    pub r2: f64,
    /// Standard error of this mean. `None` for fewer than two splits.
    pub r2_se: Option<f64>,
    /// Mean R² of the nearest raw patterns.
    pub neighbours: f64,
    /// Mean R² of ridge regression on principal components of raw patterns.
    pub ridge: f64,
    /// Whether R² is at least [`ROBUST_R2`].
    pub holds: bool,
    /// Whether R² is larger than that of both methods on raw patterns.
    pub better_than_raw: bool,
}

/// Undisturbed patterns on the planes with and without effects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndisturbedReport {
    /// Mean R² of the plane with effects.
    pub with_effects: f64,
    /// Mean R² of the plane without effects.
    pub without_effects: f64,
    /// Standard error of the difference of both, over the splits. `None` for fewer than two splits.
    pub difference_se: Option<f64>,
    /// Whether effects cost at most two standard errors. `None` for fewer than two splits.
    pub loses_nothing: Option<bool>,
}

impl RobustnessReport {
    /// Reads the report from a file `robustness.json`.
    ///
    /// # Errors
    /// [`Error::File`] if the file cannot be read, [`Error::Json`] if it is not such a report.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::file(file, e))?;
        serde_json::from_str(&text).map_err(|e| Error::json(file, e))
    }

    /// Returns the row of a method and a label under a disturbance.
    pub fn row(
        &self,
        (disturbance, size): (DisturbanceKind, f64),
        method: RobustMethod,
        label: &str,
    ) -> Option<&RobustnessRow> {
        self.scores.iter().find(|row| {
            row.disturbance == disturbance
                && row.size == size
                && row.method == method
                && row.label == label
        })
    }

    /// Returns the scores as a table (`robustness.csv`).
    pub fn table(&self) -> Table {
        let cell = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
        let header = [
            "disturbance",
            "size",
            "method",
            "label",
            "splits",
            "r2_mean",
            "r2_se",
            "delta_mean",
            "delta_se",
        ];
        let of = |row: &RobustnessRow| {
            vec![
                row.disturbance.name().to_owned(),
                row.size.to_string(),
                row.method.name().to_owned(),
                row.label.clone(),
                row.splits.to_string(),
                cell(row.r2_mean),
                cell(row.r2_se),
                cell(row.delta_mean),
                cell(row.delta_se),
            ]
        };
        Table {
            header: header.map(str::to_owned).to_vec(),
            rows: self.scores.iter().map(of).collect(),
        }
    }
}
