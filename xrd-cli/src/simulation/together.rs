//! Patterns of all structures in one file.

use std::collections::HashMap;

use anyhow::{Result, bail};
use rayon::prelude::*;
use xrd_core::{Labels, PatternSet, Scale};
use xrd_sim::Instrument;
use xrd_sim::smfe12::{Arrangement, LABELS};

use super::label::{Label, without_absent};
use super::recipe::{Recipe, Simulated};
use super::structures::ReadStructure;
use xrd_study::Table;

/// Patterns and labels of all structures that could be simulated.
pub(crate) struct Together {
    pub(crate) names: Vec<String>,
    /// The intensities, pattern after pattern.
    pub(crate) intensities: Vec<f32>,
    pub(crate) labels: Table,
}

/// The patterns as a set, and their labels.
pub(crate) fn set_of(recipe: &Recipe, together: Together) -> Result<(PatternSet, Table)> {
    // Each pattern was scaled by its own factor to a maximum of 1, so the common scale is arbitrary.
    let Instrument {
        grid, diffraction, ..
    } = recipe.instrument;
    let wavelength = Some(diffraction.wavelength);
    let (names, intensities) = (together.names, together.intensities);
    let set = PatternSet::new(grid, Scale::ARBITRARY, wavelength, names, intensities)?;
    Ok((set, together.labels))
}

/// Refuses two structures with one name. Structures that cannot be read are ignored.
pub(crate) fn check_names(read: &[ReadStructure]) -> Result<()> {
    let mut taken = HashMap::new();
    for of in read.iter().filter(|r| r.structure.is_ok()) {
        if let Some(first) = taken.insert(&of.name, &of.source) {
            let (name, second) = (&of.name, &of.source);
            bail!(
                "two structures are called '{name}': {first} and {second} (names must be unique)"
            );
        }
    }
    Ok(())
}

/// Collects the patterns. Structures that failed are skipped with a note; it is an error if all
/// failed.
pub(crate) fn together(recipe: &Recipe, all: Vec<Simulated>) -> Result<Together> {
    let mut names = Vec::new();
    let mut intensities = Vec::new();
    let mut labels = Table {
        header: std::iter::once("name".to_owned())
            .chain(Label::columns())
            .collect(),
        rows: Vec::new(),
    };
    let mut failures = Vec::new();
    for simulated in all {
        match simulated.patterns {
            // Reading errors already name the file.
            Err(error) if error.is::<xrd_io::Error>() => failures.push(error),
            Err(error) => failures.push(error.context(simulated.source)),
            Ok((label, patterns)) => {
                for name in recipe.names(&simulated.name) {
                    let cells = std::iter::once(name.clone()).chain(label.cells());
                    labels.rows.push(cells.collect());
                    names.push(name);
                }
                intensities.extend(patterns.into_iter().flatten());
            }
        }
    }
    if names.is_empty()
        && let Some(first) = failures.drain(..).next()
    {
        return Err(first);
    }
    for failure in failures {
        eprintln!("note: left out: {failure:#}");
    }
    Ok(Together {
        names,
        intensities,
        labels: without_absent(labels),
    })
}

/// The patterns of the built-in series with effects.
pub(crate) fn measured_series(
    recipe: &Recipe,
    arrangements: &[Arrangement],
) -> Result<(PatternSet, Labels)> {
    let one = |(index, arrangement): (usize, &Arrangement)| {
        let pattern = recipe.pattern(&arrangement.structure()?, index)?;
        Ok((arrangement.name(), pattern))
    };
    let patterns = arrangements
        .par_iter()
        .enumerate()
        .map(one)
        .collect::<Result<Vec<_>>>()?;
    let (names, rows): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
    let Instrument {
        grid, diffraction, ..
    } = recipe.instrument;
    let wavelength = Some(diffraction.wavelength);
    let set = PatternSet::new(grid, Scale::ARBITRARY, wavelength, names, rows.concat())?;
    let columns = LABELS.map(str::to_owned).to_vec();
    let values = arrangements.iter().flat_map(|a| a.composition.labels());
    Ok((set, Labels::new(columns, values.collect())?))
}
