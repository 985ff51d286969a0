use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xrd_nn::ndarray::{Array2, ArrayView2};
use xrd_predict::{Baseline, Known, PaperNetwork, Reduced};

use super::published::{LEARNING_RATES, batch_sizes, published_match, tuned};
use super::saved::{steps, train_within};
use super::training::of_network;
use super::{DatasetFacts, PaperDataset, PaperLoss, PaperPlan, PaperScore, PaperSplit};
use crate::error::{Error, Result};
use crate::session::{Observer, Running, Saving, Stage};

/// Table of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8")]
pub enum TableNumber {
    /// Distances of predicted patterns, after training with Pearson's correlation.
    Two,
    /// Peak match for four loss functions.
    Three,
    /// Peak match for depths, learning rates and batch sizes, of ABC3.
    Four,
    /// Peak match for depths, learning rates and batch sizes, of ternary formulas.
    Five,
}

impl From<TableNumber> for u8 {
    fn from(number: TableNumber) -> Self {
        match number {
            TableNumber::Two => 2,
            TableNumber::Three => 3,
            TableNumber::Four => 4,
            TableNumber::Five => 5,
        }
    }
}

/// Settings of all trainings of a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperSettings {
    /// Largest number of epochs.
    pub epochs: usize,
    /// Number of epochs without a lower loss of the validation part after which a training ends.
    pub patience: usize,
    /// Filters and dropout of the network. The number of blocks is that of the table.
    pub network: PaperNetwork,
    /// Largest number of training formulas. `null` is no limit.
    pub most_formulas: Option<usize>,
    /// Seed of the split and of all trainings.
    pub seed: u64,
}

impl Default for PaperSettings {
    /// 100 epochs, a patience of 10 epochs, the network of the paper and all formulas. The paper states no epochs and no
    /// patience.
    fn default() -> Self {
        Self {
            epochs: 100,
            patience: 10,
            network: PaperNetwork::default(),
            most_formulas: None,
            seed: 0,
        }
    }
}

/// One training of a table.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PaperRow {
    /// Plan of the training.
    pub plan: PaperPlan,
    /// Number of epochs.
    pub epochs: usize,
    /// Number of the epoch with the lowest validation loss, whose network is scored. 0 is the untrained network.
    pub best_epoch: usize,
    /// Whether a loss was not finite, which ended the training.
    pub has_diverged: bool,
    /// Peak match of the paper (2° from 0° to 180°). `null` in Table 2.
    pub published_match: Option<f64>,
    /// Scores on the test part.
    pub score: PaperScore,
}

/// Scores of a prediction that needs no network.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PaperBaseline {
    /// Formulas.
    pub dataset: PaperDataset,
    /// Name of the prediction.
    pub method: String,
    /// Scores on the test part.
    pub score: PaperScore,
}

/// Table of the paper, computed from known structures.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PaperTable {
    /// Number of the table.
    pub table: TableNumber,
    /// Settings of all trainings.
    pub settings: PaperSettings,
    /// Numbers of formulas.
    pub datasets: Vec<DatasetFacts>,
    /// One row per training, in the order of the paper.
    pub rows: Vec<PaperRow>,
    /// Predictions without a network.
    pub baselines: Vec<PaperBaseline>,
}

impl TableNumber {
    fn datasets(self) -> &'static [PaperDataset] {
        match self {
            Self::Two | Self::Three => &PaperDataset::ALL,
            Self::Four => &[PaperDataset::Abc3],
            Self::Five => &[PaperDataset::Ternary],
        }
    }

    /// Trainings of the table with the values of the paper.
    fn plans(self, settings: &PaperSettings) -> Vec<(PaperPlan, Option<f64>)> {
        let best = |dataset: PaperDataset, loss| PaperPlan {
            dataset,
            network: settings.network,
            loss,
            epochs: settings.epochs,
            patience: settings.patience,
            batch: match dataset {
                PaperDataset::Abc3 => 64,
                PaperDataset::Ternary => 128,
            },
            learning_rate: LEARNING_RATES[0],
            seed: settings.seed,
        };
        match self {
            Self::Two => (PaperDataset::ALL.iter())
                .map(|d| (best(*d, PaperLoss::Pearson), None))
                .collect(),
            Self::Three => (PaperDataset::ALL.iter())
                .flat_map(|d| PaperLoss::ALL.map(|loss| (*d, loss)))
                .map(|(d, loss)| (best(d, loss), Some(published_match(d, loss))))
                .collect(),
            Self::Four | Self::Five => {
                let plan = best(self.datasets()[0], PaperLoss::Pearson);
                grid(&plan)
            }
        }
    }
}

/// Trainings of Table 4 or 5, by rows, with the values of the paper.
fn grid(plan: &PaperPlan) -> Vec<(PaperPlan, Option<f64>)> {
    let sizes = batch_sizes(plan.dataset);
    let cell = |i: usize| {
        let (row, rate, batch) = (i / 12, i / 3 % 4, i % 3);
        let mut plan = *plan;
        plan.network.blocks = PaperNetwork::BLOCKS[row];
        (plan.learning_rate, plan.batch) = (LEARNING_RATES[rate], sizes[batch]);
        (plan, Some(tuned(plan.dataset, row, rate, batch)))
    };
    (0..48).map(cell).collect()
}

/// Computes a table of the paper from known structures, on the threads of rayon's current pool.
///
/// Trainings are saved in the folder [`Saving::path`], one file each, and are continued or used again with
/// [`Saving::resume`], also by another table with the same training. The files are not removed; see
/// [`remove_trainings`]. The stage [`Stage::Training`] has one step per batch of all trainings.
///
/// # Errors
/// - Any error of [`PaperSplit::new`] and [`train`](super::train).
/// - [`Error::Interrupted`] if the observer stops the trainings.
pub fn paper_table(
    known: &[Known],
    table: TableNumber,
    settings: &PaperSettings,
    saving: &Saving,
    observer: &dyn Observer,
) -> Result<PaperTable> {
    let plans = table.plans(settings);
    plans.iter().try_for_each(|(plan, _)| plan.check())?;
    let folder = &saving.path;
    std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    let splits = table.datasets().iter().map(|dataset| {
        let (most, seed) = (settings.most_formulas, settings.seed);
        PaperSplit::new(known, *dataset, most, seed, observer)
    });
    let splits = splits.collect::<Result<Vec<_>>>()?;
    let split = |dataset: PaperDataset| splits.iter().find(|s| s.facts.dataset == dataset);
    let split = |dataset| split(dataset).ok_or(Error::Expected("formulas of the table"));
    let mut total = 0;
    for (plan, _) in &plans {
        total += steps(plan, &split(plan.dataset)?.training);
    }
    let running = Running::new(observer, Stage::Training, total);
    let mut rows = Vec::new();
    for (plan, published) in plans {
        let parts = split(plan.dataset)?;
        let mut saving = saving.clone();
        saving.path = file_of(&plan, folder);
        let (training, validation) = (&parts.training, &parts.validation);
        let done = train_within(&plan, training, validation, &saving, observer, &running)?;
        let network = done.best_network()?;
        let predicted = network.predict(parts.test.set.inputs.view());
        let predicted = predicted.map_err(of_network)?;
        rows.push(PaperRow {
            epochs: done.history().len(),
            best_epoch: done.best_epoch(),
            has_diverged: done.has_diverged(),
            published_match: published,
            score: scored(predicted.view(), parts, table)?,
            plan,
        });
    }
    drop(running);
    let baselines = splits.iter().map(|s| baselines(s, table));
    Ok(PaperTable {
        table,
        settings: *settings,
        datasets: splits.iter().map(|s| s.facts).collect(),
        rows,
        baselines: baselines.collect::<Result<Vec<_>>>()?.concat(),
    })
}

fn file_of(plan: &PaperPlan, folder: &Path) -> PathBuf {
    folder.join(format!("{}.training", plan.name()))
}

/// Removes the saved trainings of a table, and their folder if nothing else is in it.
///
/// # Errors
/// [`Error::File`] if a file exists and cannot be removed.
pub fn remove_trainings(
    table: TableNumber,
    settings: &PaperSettings,
    saving: &Saving,
) -> Result<()> {
    for (plan, _) in table.plans(settings) {
        let file = file_of(&plan, &saving.path);
        match std::fs::remove_file(&file) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::file(&file, e));
            }
            _ => {}
        }
    }
    // A folder with other files stays.
    std::fs::remove_dir(&saving.path).ok();
    Ok(())
}

fn scored(
    predicted: ArrayView2<'_, f32>,
    parts: &PaperSplit,
    table: TableNumber,
) -> Result<PaperScore> {
    PaperScore::new(predicted, &parts.test, table == TableNumber::Two)
}

/// Scores of mean patterns of the training formulas.
fn baselines(parts: &PaperSplit, table: TableNumber) -> Result<Vec<PaperBaseline>> {
    let training = &parts.training;
    let patterns = training.targets.rows().into_iter();
    let patterns: Vec<Vec<f32>> = patterns.map(|row| row.to_vec()).collect();
    let baseline = Baseline::new(training.formulas.clone(), patterns)?;
    let formulas = &parts.test.set.formulas;
    let scored = |method: &str, predict: &dyn Fn(&Reduced) -> Vec<f32>| -> Result<_> {
        let rows: Vec<f32> = formulas.iter().flat_map(predict).collect();
        let shape = parts.test.set.targets.dim();
        let rows = Array2::from_shape_vec(shape, rows);
        let rows = rows.map_err(|_| Error::Expected("patterns of one length"))?;
        Ok(PaperBaseline {
            dataset: parts.facts.dataset,
            method: method.to_owned(),
            score: scored(rows.view(), parts, table)?,
        })
    };
    let anonymous = |f: &Reduced| baseline.mean_of_anonymous(f).to_vec();
    let mut all = vec![scored("mean pattern", &|_| baseline.mean().to_vec())?];
    if parts.facts.dataset == PaperDataset::Ternary {
        all.push(scored("mean of the anonymous formula", &anonymous)?);
    }
    all.push(scored("mean of the 5 nearest compositions", &|f| {
        baseline.nearest(f, 5)
    })?);
    Ok(all)
}
