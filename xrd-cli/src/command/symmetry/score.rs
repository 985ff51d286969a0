//! `xrd symmetry score`: accuracy of the classifier on patterns with known space groups.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use xrd_core::{Pattern, Wavelength};
use xrd_identify::{Library, Prepared};
use xrd_study::symmetry::{SymmetryAnswers, SymmetryReport, repeated_patterns};
use xrd_study::xrd_symmetry::{Model, Probabilities};
use xrd_study::{Dataset, Stage};

use super::labelled::Labelled;
use super::scores::{Beside, score_answers};
use super::shipped;
use crate::options::{Pictures, Threads};
use crate::output;
use crate::prepared::WAVELENGTH;
use crate::progress::Terminal;

/// Score the classifier on patterns with known space groups: accuracy, refusal, calibration, and figures.
///
/// Beside the classifier, the table has the most frequent class, and the nearest known structure (the answer of a
/// search without networks). Patterns without a wavelength are assumed to be measured with Cu Ka1.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd symmetry score --patterns scans/ --labels groups.csv --out scores
  xrd symmetry score --patterns scans/ --labels groups.csv --formula-column formula")]
pub(crate) struct Score {
    #[command(flatten)]
    labelled: Labelled,
    /// Column of --labels with chemical formulas: patterns with a formula are answered again without the known
    /// structures of the same elements (hydrogen aside)
    #[arg(long, value_name = "COL")]
    formula_column: Option<String>,
    /// Folder for symmetry.json and the figures
    #[arg(long, value_name = "DIR", default_value = "symmetry")]
    out: PathBuf,
    /// Model file, instead of the model in the program
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print symmetry.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Score {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        pool.install(|| self.run_on_threads())
    }

    fn run_on_threads(&self) -> Result<()> {
        let observer = Terminal::default();
        let out = output::open(&self.out)?.protecting(self.labelled.inputs(), &[])?;
        let files = self.pictures.files()?;
        let (data, truths) =
            self.labelled
                .read_with(None, self.formula_column.as_ref(), &observer)?;
        let wavelength = match data.set.wavelength() {
            Some(wavelength) => wavelength,
            None => Wavelength::angstrom(WAVELENGTH)?,
        };
        let intensities = (0..data.set.len()).map(|i| Ok(data.set.intensities(i)?.into_owned()));
        let intensities = intensities.collect::<Result<Vec<Vec<f32>>>>()?;
        let repeated = repeated_patterns(&intensities)?;
        let grid = *data.set.grid();
        let prepare = |(y, name): (Vec<f32>, &String)| {
            let pattern = Pattern::new(grid, data.set.scale(), y)?;
            let pattern = pattern.with_wavelength(Some(wavelength));
            Prepared::of(&pattern).with_context(|| name.clone())
        };
        let patterns = intensities.into_iter().zip(data.set.names());
        let patterns = patterns.map(prepare).collect::<Result<Vec<_>>>()?;
        let formulas = self.formulas(&data)?;
        let (model, library) = (shipped(self.model.as_deref())?, xrd_line_lists::library());
        let found = observer.stage(Stage::Estimating, || model.classify(&patterns, &library))?;
        let nearest = observer.stage(Stage::Comparing, || {
            model.nearest_groups(&patterns, &library)
        });
        let left_out = left_out(&model, &patterns, &library, &formulas)?;
        let probabilities = found.iter().map(|c| c.probabilities.clone());
        let probabilities: Vec<Probabilities> = probabilities.collect();
        let similarities: Vec<f64> = found.iter().map(|c| c.similarity).collect();
        let answers = SymmetryAnswers::new("measured", model.name(), &probabilities, &truths)
            .with_repeated(&repeated)
            .with_similarities(&similarities)
            .with_nearest(&nearest)
            .with_left_out(&left_out);
        let report = SymmetryReport::new(&answers)?;
        score_answers(vec![(report, Beside::default())], out, &files, self.json)
    }
    /// Elements of each pattern, without hydrogen; none without a formula.
    fn formulas(&self, data: &Dataset) -> Result<Vec<BTreeSet<String>>> {
        let Some(column) = &self.formula_column else {
            return Ok(Vec::new());
        };
        let Some(classes) = data.classes.iter().find(|c| c.column == *column) else {
            bail!("--formula-column: column '{column}' does not contain formulas");
        };
        let names: Vec<_> = classes.names.iter().map(|n| elements(n)).collect();
        Ok(classes.of.iter().map(|c| names[*c].clone()).collect())
    }
}

/// Answers about the patterns with known elements, without the known structures of these elements.
fn left_out(
    model: &Model,
    patterns: &[Prepared],
    library: &Library,
    formulas: &[BTreeSet<String>],
) -> Result<Vec<(usize, Probabilities)>> {
    let known = formulas.iter().enumerate().filter(|(_, f)| !f.is_empty());
    let known: Vec<usize> = known.map(|(i, _)| i).collect();
    let chosen: Vec<Prepared> = known.iter().map(|i| patterns[*i].clone()).collect();
    let title = |i| library.title(i).map_or("", |t| t.formula);
    let of_entries: Vec<_> = (0..library.len()).map(|i| elements(title(i))).collect();
    let is_allowed = |i: usize, entry: usize| of_entries[entry] != formulas[known[i]];
    let found = model.classify_of(&chosen, library, is_allowed)?;
    let probabilities = found.into_iter().map(|c| c.probabilities);
    Ok(known.into_iter().zip(probabilities).collect())
}

/// Symbols of the elements of a formula, without hydrogen and deuterium.
fn elements(formula: &str) -> BTreeSet<String> {
    let letters: Vec<char> = formula.chars().collect();
    let starts = (0..letters.len()).filter(|i| letters[*i].is_ascii_uppercase());
    let symbol = |i: usize| {
        let second = letters.get(i + 1).filter(|c| c.is_ascii_lowercase());
        std::iter::once(&letters[i]).chain(second).collect()
    };
    let symbols = starts.map(symbol);
    symbols.filter(|s: &String| s != "H" && s != "D").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_hydrogen_do_not_count() {
        for formula in ["Zn3(PO6)2", "P2 Zn2.91 O12", "Zn3 P2 O8 (H2 O)4"] {
            assert_eq!(
                elements(formula),
                ["O", "P", "Zn"].map(str::to_owned).into()
            );
        }
        assert!(elements("").is_empty() && elements("3.5").is_empty());
    }
}
