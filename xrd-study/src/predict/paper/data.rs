use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_nn::ndarray::Array2;
use xrd_predict::peaks::Peak;
use xrd_predict::{COLUMNS, Known, NETWORK_POINTS, ROWS, Reduced, network_input, split};

use crate::error::{Error, Result};
use crate::predict::{DrawnPattern, PatternRange, draw_pattern};
use crate::session::{Observer, Stage};

/// Maximum of a pattern that the network learns.
pub(super) const MAXIMUM: f32 = 100.0;
/// Share of the test part.
const TEST: f64 = 0.2;
/// Share of the validation part among the other formulas: 10 % of all.
const VALIDATION: f64 = 0.125;

/// Formulas of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperDataset {
    /// Three elements in the amounts 1:1:3.
    Abc3,
    /// Three elements.
    Ternary,
}

impl PaperDataset {
    /// Both sets.
    pub const ALL: [Self; 2] = [Self::Abc3, Self::Ternary];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abc3 => "ABC3",
            Self::Ternary => "Ternary",
        }
    }

    fn contains(self, formula: &Reduced) -> bool {
        match self {
            Self::Abc3 => formula.anonymous().counts() == [1, 1, 3],
            Self::Ternary => formula.elements().len() == 3,
        }
    }
}

/// Formulas with the inputs and targets of the network.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PaperSet {
    /// Formulas.
    pub formulas: Vec<Reduced>,
    /// Inputs of the network [formulas, 840].
    pub inputs: Array2<f32>,
    /// Patterns with the maximum 100 [formulas, 1024].
    pub targets: Array2<f32>,
}

/// Test formulas.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PaperTest {
    /// Formulas with their inputs and targets.
    pub set: PaperSet,
    /// Peaks of each pattern from 0° to 180°.
    pub paper_peaks: Vec<Vec<Peak>>,
    /// Peaks from 5° to 90° of all known structures of each formula, that of the target first.
    pub measured_peaks: Vec<Vec<Vec<Peak>>>,
}

/// Numbers of formulas.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct DatasetFacts {
    /// Set of formulas.
    pub dataset: PaperDataset,
    /// Number of training formulas.
    pub training: usize,
    /// Number of validation formulas.
    pub validation: usize,
    /// Number of test formulas.
    pub test: usize,
    /// Number of formulas that are left out, because the matrix has no place for them or they have no lines.
    pub left_out: usize,
}

/// Training, validation and test part of a set of formulas.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PaperSplit {
    /// Numbers of formulas.
    pub facts: DatasetFacts,
    /// Training part.
    pub training: PaperSet,
    /// Validation part, by which the training is stopped.
    pub validation: PaperSet,
    /// Test part.
    pub test: PaperTest,
}

impl PaperSplit {
    /// Splits the formulas of known structures, and simulates their patterns on the threads of rayon's current pool.
    ///
    /// The test part has 20 % of the formulas, the validation part 10 %. If there are more than `most` training
    /// formulas, a share of them is used, and the same share of the validation part. All choices follow from the seed.
    ///
    /// # Errors
    /// [`Error::Expected`] if a part has no formula. [`Error::Stopped`] if the observer stops the work.
    pub fn new(
        known: &[Known],
        dataset: PaperDataset,
        most: Option<usize>,
        seed: u64,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let mut structures: BTreeMap<&Reduced, Vec<&Known>> = BTreeMap::new();
        for k in known.iter().filter(|k| dataset.contains(k.formula())) {
            structures.entry(k.formula()).or_default().push(k);
        }
        let all: Vec<Reduced> = structures.keys().map(|f| (*f).clone()).collect();
        let test = split::by_formula(&all, TEST, seed);
        let rest = without(&all, &test);
        let validation = split::by_formula(&rest, VALIDATION, seed.wrapping_add(1));
        let training: BTreeSet<Reduced> = without(&rest, &validation).into_iter().collect();
        let share = most.map_or(1.0, |most| most as f64 / training.len().max(1) as f64);
        let thinned = |part: BTreeSet<Reduced>| {
            let part: Vec<Reduced> = part.into_iter().collect();
            split::by_formula(&part, share, seed.wrapping_add(2))
        };
        let parts = [thinned(training), thinned(validation), test];
        let count = parts.iter().map(BTreeSet::len).sum::<usize>();
        observer.begin(Stage::Simulating, count as u64);
        let drawn = parts
            .iter()
            .map(|part| drawn(part, &structures, observer))
            .collect::<Result<Vec<_>>>();
        observer.end(Stage::Simulating);
        let [training, validation, test] =
            <[Vec<Drawn>; 3]>::try_from(drawn?).map_err(|_| Error::Expected("three parts"))?;
        let used = training.len() + validation.len() + test.len();
        let facts = DatasetFacts {
            dataset,
            training: training.len(),
            validation: validation.len(),
            test: test.len(),
            left_out: count - used,
        };
        if [facts.training, facts.validation, facts.test].contains(&0) {
            return Err(Error::Expected(
                "at least ten formulas with three elements, and ten of them 1:1:3",
            ));
        }
        Ok(Self {
            facts,
            training: set(&training)?,
            validation: set(&validation)?,
            test: test_part(&test, &structures)?,
        })
    }
}

fn without(all: &[Reduced], chosen: &BTreeSet<Reduced>) -> Vec<Reduced> {
    let is_left = |f: &&Reduced| !chosen.contains(f);
    all.iter().filter(is_left).cloned().collect()
}

/// Formula with its input and its pattern.
struct Drawn {
    formula: Reduced,
    input: Vec<f32>,
    drawn: DrawnPattern,
}

/// Formulas that can be encoded and have lines.
fn drawn(
    part: &BTreeSet<Reduced>,
    structures: &BTreeMap<&Reduced, Vec<&Known>>,
    observer: &dyn Observer,
) -> Result<Vec<Drawn>> {
    let one = |formula: &Reduced| {
        if observer.should_stop() {
            return Err(Error::Stopped);
        }
        observer.advance(Stage::Simulating, 1);
        let first = structures[formula][0].structure();
        let drawn = draw_pattern(first, PatternRange::Paper);
        let (Ok(input), Ok(drawn)) = (network_input(formula), drawn) else {
            return Ok(None);
        };
        let formula = formula.clone();
        Ok(Some(Drawn {
            formula,
            input,
            drawn,
        }))
    };
    let part: Vec<&Reduced> = part.iter().collect();
    let found: Result<Vec<_>> = part.into_par_iter().map(one).collect();
    Ok(found?.into_iter().flatten().collect())
}

fn set(of: &[Drawn]) -> Result<PaperSet> {
    let matrix = |width: usize, row: &dyn Fn(&Drawn) -> Vec<f32>| {
        let values: Vec<f32> = of.iter().flat_map(row).collect();
        Array2::from_shape_vec((of.len(), width), values)
            .map_err(|_| Error::Expected("patterns of one length"))
    };
    let scaled = |d: &Drawn| -> Vec<f32> {
        let values = d.drawn.pattern.intensities().iter();
        values.map(|y| MAXIMUM * y).collect()
    };
    Ok(PaperSet {
        formulas: of.iter().map(|d| d.formula.clone()).collect(),
        inputs: matrix(COLUMNS * ROWS, &|d| d.input.clone())?,
        targets: matrix(NETWORK_POINTS, &scaled)?,
    })
}

fn test_part(of: &[Drawn], structures: &BTreeMap<&Reduced, Vec<&Known>>) -> Result<PaperTest> {
    let measured = |d: &Drawn| -> Vec<Vec<Peak>> {
        let polymorphs = structures[&d.formula].iter();
        let peaks = polymorphs.map(|k| {
            let drawn = draw_pattern(k.structure(), PatternRange::Measured);
            drawn.map_or_else(|_| Vec::new(), |d| d.peaks)
        });
        peaks.collect()
    };
    Ok(PaperTest {
        set: set(of)?,
        paper_peaks: of.iter().map(|d| d.drawn.peaks.clone()).collect(),
        measured_peaks: of.par_iter().map(measured).collect(),
    })
}
