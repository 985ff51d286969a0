//! Data with which the page reads new files: the module that reads them, and the facts of the study that
//! it needs.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};
use xrd_ae::Autoencoder;
use xrd_study::{
    DataSource, Intervals, KnownPoints, LabelLimits, LatentTable, NamedEstimator, PATTERNS_FILE,
    Patterns, Reading, StudyReport, mean_lines, options_as_trained, read,
};

use super::about::estimator_of;
use crate::error::Result;

/// The crate `xrd-page-reader` as a WebAssembly module, gzipped. `tools/page-reader.sh` writes it.
pub(super) const MODULE: &[u8] = include_bytes!("reader.wasm.gz");

/// Number of quantiles of the residuals of the training patterns.
const QUANTILES: usize = 101;

/// Largest coordinate of a mean line is 1; the page has six decimals.
const DECIMALS: f64 = 1e6;

/// Returns the facts of a study as JSON. The field `study` is for the module, the others for the script.
/// `left_out` contains the errors of the leave-one-out estimates of the known points.
pub(super) fn facts(
    folder: &Path,
    study: &StudyReport,
    model: &Autoencoder,
    left_out: &[Vec<f64>],
) -> Result<String> {
    let path = folder.join("latent.csv");
    let table = LatentTable::read(&path, model)?;
    let none = || xrd_study::Error::NoKnownPoints { path };
    let known = KnownPoints::of(&table)?.ok_or_else(none)?;
    let facts = Facts {
        study,
        model,
        table: &table,
        known: &known,
        estimator: &estimator_of(study)?,
        patterns: &patterns_of(folder)?,
        left_out,
    };
    Ok(serde_json::to_string(&facts.to_json()?)?)
}

/// Patterns on the page.
fn patterns_of(folder: &Path) -> Result<Patterns> {
    let read = read(&folder.join(PATTERNS_FILE), &Reading::default(), None, &[])?;
    Ok(read.set.into())
}

struct Facts<'a> {
    study: &'a StudyReport,
    model: &'a Autoencoder,
    table: &'a LatentTable,
    known: &'a KnownPoints,
    estimator: &'a NamedEstimator,
    patterns: &'a Patterns,
    left_out: &'a [Vec<f64>],
}

impl Facts<'_> {
    fn to_json(&self) -> Result<Value> {
        let wavelength = self.model.wavelength();
        Ok(json!({
            "study": {
                "options": options_as_trained(self.model, &self.reading())?,
                "grid": self.model.grid(),
                "wavelength": wavelength,
                "known": self.known_points()?,
                "groups": self.groups()?,
            },
            "residuals": self.quantiles(),
            "preparation": self.model.preparation(),
        }))
    }

    /// Options for reading: those of the study. Patterns are interpolated to the grid of the model.
    fn reading(&self) -> Reading {
        let own = match self.study.experiment.as_ref().map(|e| &e.data) {
            Some(DataSource::Files(files)) => files.reading.clone(),
            _ => Reading::default(),
        };
        Reading::default()
            .with_grid(*self.model.grid())
            .with_axis_kind(own.axis_kind)
            .with_wavelength(own.wavelength.or(self.model.wavelength()))
    }

    /// Returns facts of the known points. The script adds their labels, and their coordinates if the
    /// latent space is the plane, which the page contains anyway.
    fn known_points(&self) -> Result<Value> {
        let (space, labels) = (&self.known.space, self.known.labels());
        let coordinates = || -> Vec<f32> { space.points().flatten().map(|v| *v as f32).collect() };
        let ranges = self.study.experiment.as_ref().map(|e| &e.label_ranges[..]);
        let limits = LabelLimits::of(labels, ranges.unwrap_or_default())?;
        let end = |v: f64| v.is_finite().then_some(v);
        let limits: Vec<_> = limits.ranges().iter().map(|r| r.map(end)).collect();
        Ok(json!({
            "dimensions": space.dimensions(),
            "coordinates": (space.dimensions() > 2).then(coordinates),
            "columns": labels.columns(),
            "estimator": self.estimator.to_string(),
            "loneliest": self.known.loneliest(),
            "worst_residual": self.known.worst_residual(),
            "limits": limits,
            "half_widths": self.half_widths()?,
        }))
    }

    /// Returns half widths of the intervals, as those of `xrd estimate`. A network that was trained with
    /// the labels has none.
    fn half_widths(&self) -> Result<Vec<Option<f64>>> {
        let columns = self.known.labels().columns().len();
        let knows_labels = self.model.training().is_some_and(|t| t.label_weight > 0.0);
        let errors = if knows_labels { &[] } else { self.left_out };
        Ok(Intervals::from_left_out_errors(errors, columns)?.half_widths)
    }

    /// Returns the mean lines of each group of the patterns on the page. None if a group has no pattern
    /// there.
    fn groups(&self) -> Result<Vec<Vec<f64>>> {
        let Some(found) = &self.study.groups else {
            return Ok(Vec::new());
        };
        let members = found.groups.iter().enumerate();
        let of: HashMap<&str, usize> = members
            .flat_map(|(g, group)| group.members.iter().map(move |name| (name.as_str(), g)))
            .collect();
        let names = self.patterns.names().iter().enumerate();
        let (rows, group): (Vec<usize>, Vec<usize>) = names
            .filter_map(|(i, name)| Some((i, *of.get(name.as_str())?)))
            .unzip();
        let is_whole = (0..found.groups.len()).all(|g| group.contains(&g));
        if found.compared_by != "lines" || !is_whole || group.is_empty() {
            return Ok(Vec::new());
        }
        let means = mean_lines(&self.patterns.select(&rows)?.into(), &group)?;
        let short = |v: f64| (v * DECIMALS).round() / DECIMALS;
        let rounded = |mean: Vec<f64>| mean.into_iter().map(short).collect();
        Ok(means.into_iter().map(rounded).collect())
    }

    /// Returns quantiles of the residuals of the training patterns. Empty if they are not known.
    fn quantiles(&self) -> Vec<f32> {
        let rows = self.table.residuals.iter().flatten().zip(&self.table.test);
        let mut sorted: Vec<f64> = rows.filter(|(_, test)| !**test).map(|(r, _)| *r).collect();
        sorted.sort_by(f64::total_cmp);
        let Some(last) = sorted.len().checked_sub(1) else {
            return Vec::new();
        };
        let at = |k: usize| sorted[k * last / (QUANTILES - 1)] as f32;
        (0..QUANTILES).map(at).collect()
    }
}
