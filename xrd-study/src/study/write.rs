//! Files of a study: tables, patterns, model and report.

use std::path::Path;

use super::{Judged, Study, line_tables};
use crate::dataset::{Classes, Patterns};
use crate::error::{Error, Result};
use crate::known_points::{MODEL, model_name};
use crate::output::OutputFolder;
use crate::tables;

/// Name of the file with the patterns of a study. `xrd-report` makes `report.html` from this file.
pub const PATTERNS_FILE: &str = "patterns.npz";

/// Name of the file with the report of a study.
pub const STUDY_FILE: &str = "study.json";

/// Largest number of intensities in that file: 336 patterns of 11,900 points.
const MOST_INTENSITIES: usize = 4_000_000;

impl Study {
    /// Writes the tables, the model and the patterns. [`write_report`](Self::write_report) writes
    /// the report, and the crate `xrd-report` writes the figures and `report.html`.
    ///
    /// # Errors
    /// Any error of [`OutputFolder::write`]; [`Error::Network`] if the model cannot be serialised.
    pub fn write(&self, out: &mut OutputFolder) -> Result<()> {
        self.write_tables(out)?;
        if let columns @ [_, ..] = self.data.labels.columns() {
            let held_out = tables::held_out(self.held_out.iter(), columns);
            out.write("held_out.csv", |f| held_out.write(f))?;
        }
        if let Some(judged) = &self.lines {
            judged.write(self, out)?;
        }
        let kept = kept_patterns(&self.data.set, |i| self.run.split.is_test(i));
        let patterns = self.data.set.select(&kept)?;
        out.write(PATTERNS_FILE, |f| xrd_io::write::set_npz(f, &patterns, &[]))
    }

    fn write_tables(&self, out: &mut OutputFolder) -> Result<()> {
        let (run, names) = (&self.run, self.data.set.names());
        let split = (0..names.len()).map(|i| match run.split.is_test(i) {
            true => "test".to_owned(),
            false => "train".to_owned(),
        });
        let before = |f: fn(&xrd_core::Latent2) -> f64| -> Vec<String> {
            run.before.points.iter().map(|p| f(p).to_string()).collect()
        };
        let of_class = |c: &Classes| -> Vec<String> {
            (0..names.len()).map(|i| c.name(i).to_owned()).collect()
        };
        let classes = self.data.classes.iter();
        let mut more: Vec<(&str, Vec<String>)> =
            classes.map(|c| (c.column.as_str(), of_class(c))).collect();
        more.extend([
            ("split", split.collect()),
            ("x_before", before(|p| p.x)),
            ("y_before", before(|p| p.y)),
            (
                "residual",
                run.residuals.iter().map(f64::to_string).collect(),
            ),
            (MODEL, vec![model_name(&self.model)?; names.len()]),
        ]);
        let latent = tables::latent(names, &run.after, Some(&self.data.labels), &more);
        out.write("latent.csv", |f| latent.write(f))?;
        let columns = self.data.labels.columns();
        if !columns.is_empty() {
            let estimates = tables::estimates(&run.estimated, columns, &run.known);
            out.write("estimates.csv", |f| estimates.write(f))?;
        }
        let groups = tables::groups(&self.groups);
        out.write("groups.csv", |f| groups.write(f))?;
        if let Some(found) = &self.outliers {
            let outliers = tables::outliers(&found.report);
            out.write("outliers.csv", |f| outliers.write(f))?;
        }
        if let Some(series) = &self.series {
            let table = tables::series(series, names);
            out.write("series.csv", |f| table.write(f))?;
        }
        if let Some(table) = self.classification.table() {
            out.write("classes.csv", |f| table.write(f))?;
        }
        if !self.references.is_empty() {
            let lines = tables::references(&self.references);
            out.write("references.csv", |f| lines.write(f))?;
        }
        out.write("history.csv", |f| tables::history(&run.history).write(f))?;
        let intensities = self.data.set.intensities(self.relevance.pattern)?;
        let table = tables::relevance(&self.relevance.sweep, &intensities);
        out.write("relevance.csv", |f| table.write(f))?;
        for generated in &run.generated {
            if let Some(pattern) = generated.as_pattern(&self.model)? {
                let name = Path::new("generated").join(generated.file_name());
                out.write(name, |f| xrd_io::write::pattern_xy(f, &pattern))?;
            }
        }
        let model = self.model.to_bytes()?;
        out.write("model.safetensors", |f| f.write_all(&model))
    }

    /// Writes the report `study.json`. Call this method last, after
    /// [`list_files`](Self::list_files).
    ///
    /// # Errors
    /// Any error of [`OutputFolder::write`] and
    /// [`StudyReport::to_json`](crate::StudyReport::to_json).
    pub fn write_report(&self, out: &mut OutputFolder) -> Result<()> {
        let text = self.report.to_json()?;
        out.write_text(STUDY_FILE, &(text + "\n"))
    }

    /// Sets the list of files in the report. The list contains the files written so far, and the
    /// file names in the argument `more`.
    pub fn list_files(&mut self, out: &OutputFolder, more: &[&str]) {
        let shown = |file: &Path| file.to_string_lossy().replace('\\', "/");
        let written = out.files().iter().map(|file| shown(file));
        self.report.files = written
            .chain(more.iter().map(|f| (*f).to_owned()))
            .collect();
    }
}

/// Returns the largest number of patterns in the file.
pub(super) fn most_kept(set: &Patterns) -> usize {
    (MOST_INTENSITIES / set.grid().len().max(1)).max(1)
}

/// Returns the indices of the patterns for the file: all, or as many as fit, test patterns first.
fn kept_patterns(set: &Patterns, is_test: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..set.len()).collect();
    rows.sort_by_key(|&i| !is_test(i));
    rows.truncate(most_kept(set));
    rows.sort_unstable();
    rows
}

impl Judged {
    fn write(&self, study: &Study, out: &mut OutputFolder) -> Result<()> {
        let (data, run, lines) = (&study.data, &study.run, &self.lines);
        let seeds = study.experiment.seeds.count;
        let reflections = line_tables::reflections(data, lines);
        out.write("reflections.csv", |f| reflections.write(f))?;
        let shown = study.relevance.pattern;
        let peaks = line_tables::peaks(run, (shown, seeds), lines, &self.verdicts);
        out.write("peaks.csv", |f| peaks.write(f))?;
        let by_composition = line_tables::by_composition(data, run, lines);
        out.write("peaks_by_composition.csv", |f| by_composition.write(f))
    }
}

impl crate::report::StudyReport {
    /// Returns the report as the JSON text of `study.json`.
    ///
    /// # Errors
    /// [`Error::ToJson`]; no valid report causes this error.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(Error::ToJson)
    }

    /// Reads a file `study.json` of this version or of an older version.
    ///
    /// # Errors
    /// [`Error::File`] if the file cannot be read, [`Error::Json`] if the file does not contain
    /// valid JSON, [`Error::NoStudy`] if the JSON is not the report of a study.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::file(file, e))?;
        let report: Self = serde_json::from_str(&text).map_err(|e| Error::json(file, e))?;
        if report.versions.study_json == 0 {
            let path = file.to_owned();
            return Err(Error::NoStudy { path });
        }
        Ok(report)
    }
}
