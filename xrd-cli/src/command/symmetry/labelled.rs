//! Measured patterns with known space groups.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use xrd_core::TwoThetaGrid;
use xrd_study::xrd_symmetry::SpaceGroup;
use xrd_study::{DataSource, Dataset, Inputs, LabelledFiles, Observer};

use crate::options::Reading;
use crate::output::print_notes;

/// Options for patterns with known space groups.
#[derive(Args, Clone, Debug)]
pub(crate) struct Labelled {
    /// Patterns with known space groups: a matrix, one scan, or a folder of scans
    #[arg(long, value_name = "FILE|DIR")]
    patterns: PathBuf,
    /// Table of labels, with a column of pattern names, or with one row per pattern of a matrix
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// Column of --labels with the number of the space group
    #[arg(long, value_name = "COL", default_value = "space_group")]
    label_columns: String,
    #[command(flatten)]
    reading: Reading,
}

impl Labelled {
    /// The files and folders that are read.
    pub(crate) fn inputs(&self) -> Inputs {
        let files = [&self.patterns, &self.labels].into_iter();
        Inputs::new(files.chain(&self.reading.axis))
    }

    /// Reads the patterns and the space group of each, and prints notes. Patterns are interpolated to `grid`, if
    /// it is given.
    pub(crate) fn read(
        &self,
        grid: Option<TwoThetaGrid>,
        observer: &dyn Observer,
    ) -> Result<(Dataset, Vec<SpaceGroup>)> {
        self.read_with(grid, None, observer)
    }

    /// Reads a column of text as well, which becomes the only classes of the dataset.
    pub(crate) fn read_with(
        &self,
        grid: Option<TwoThetaGrid>,
        text: Option<&String>,
        observer: &dyn Observer,
    ) -> Result<(Dataset, Vec<SpaceGroup>)> {
        let mut reading = self.reading.reading();
        if let Some(grid) = grid {
            reading.resample = true;
            reading.grid = Some(grid);
        }
        let columns = std::iter::once(&self.label_columns).chain(text);
        let mut files = LabelledFiles::with_facts(&self.patterns, Vec::new())
            .with_label_columns(columns.cloned().collect())
            .with_reading(reading);
        files.labels = Some(self.labels.clone());
        let data = Dataset::load(&DataSource::from(files), observer)?;
        print_notes(&data.notes);
        let groups = self.space_groups(&data)?;
        Ok((data, groups))
    }

    fn space_groups(&self, data: &Dataset) -> Result<Vec<SpaceGroup>> {
        let (table, column) = (self.labels.display(), &self.label_columns);
        let Some(numbers) = data.labels.column(column) else {
            bail!("{table}: column '{column}' does not contain numbers of space groups");
        };
        let one = |(number, name): (f64, &String)| {
            let whole = (number.fract() == 0.0).then_some(number as u16);
            let group = SpaceGroup::from_number(whole.unwrap_or(0));
            group.with_context(|| format!("{table}: '{column}' of '{name}' is {number}"))
        };
        numbers.into_iter().zip(data.set.names()).map(one).collect()
    }
}
