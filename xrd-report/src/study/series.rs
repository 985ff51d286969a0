//! Figures of the series of a study.

use xrd_core::Latent2;
use xrd_study::{OutputFolder, SamplePlaces, Sequence, Series, SeriesChanges, Study};

use crate::error::Result;
use crate::figure::{self, Samples};
use crate::files::FigureFiles;

/// Returns the patterns in the order of the rows of the waterfall, and the variable if they are in its
/// order: its name, and the value of each pattern. The largest value is at the top.
pub(super) fn rows(study: &Study) -> (Vec<usize>, Option<(&str, &[f64])>) {
    let along = study.series.as_ref().and_then(|found| {
        let SeriesChanges::Along(sequence) = &found.changes else {
            return None;
        };
        let name = found.report.variables.first()?;
        Some((sequence, (name.as_str(), found.values.first()?.as_slice())))
    });
    match along {
        Some((sequence, variable)) => {
            let rows = sequence.patterns.iter().rev().flatten().copied();
            (rows.collect(), Some(variable))
        }
        None => ((0..study.data.set.len()).collect(), None),
    }
}

/// Draws the figures of the series, if there is one.
pub(super) fn draw(study: &Study, files: &FigureFiles, out: &mut OutputFolder) -> Result<()> {
    let Some(found) = &study.series else {
        return Ok(());
    };
    match &found.changes {
        SeriesChanges::Along(sequence) => draw_along(study, (found, sequence), files, out),
        SeriesChanges::Places(places) => draw_places(study, (found, places), files, out),
        _ => Ok(()),
    }
}

fn draw_along(
    study: &Study,
    (found, sequence): (&Series, &Sequence),
    files: &FigureFiles,
    out: &mut OutputFolder,
) -> Result<()> {
    let variable = found.report.variables.first().map_or("", String::as_str);
    let points = means(study, &sequence.patterns);
    let figure = figure::series(variable, sequence, &points);
    files.write(out, "series", &figure)?;
    let plane = &study.run.after.points;
    let mean = |rows: &Vec<usize>| {
        let n = rows.len().max(1) as f64;
        let sum = |of: fn(&Latent2) -> f64| rows.iter().map(|&i| of(&plane[i])).sum::<f64>() / n;
        Latent2::new(sum(|p| p.x), sum(|p| p.y))
    };
    let on_plane: Vec<Latent2> = sequence.patterns.iter().map(mean).collect();
    let figure = figure::series_path(variable, &sequence.values, &on_plane);
    files.write(out, "series_path", &figure)
}

fn draw_places(
    study: &Study,
    (found, places): (&Series, &SamplePlaces),
    files: &FigureFiles,
    out: &mut OutputFolder,
) -> Result<()> {
    let names = |k: usize| found.report.variables.get(k).map_or("", String::as_str);
    let groups = &study.groups.groups;
    let category: Vec<usize> = places
        .patterns
        .iter()
        .map(|rows| rows.first().map_or(0, |&i| groups.members[i].group))
        .collect();
    let group_names: Vec<String> = (1..=groups.number())
        .map(|n| format!("group {n}"))
        .collect();
    let first: Vec<f64> = means(study, &places.patterns)
        .iter()
        .map(|p| p.first().copied().unwrap_or_default())
        .collect();
    let numbers: [(&str, &[f64]); 2] = [
        ("latent coordinate 1", &first),
        ("distance from the neighbours", &places.steps),
    ];
    let samples = Samples::new(&category, &group_names);
    let figure = figure::places([names(0), names(1)], &places.places, &samples, &numbers);
    files.write(out, "places", &figure)
}

/// Returns the mean latent point of the patterns of each value.
fn means(study: &Study, patterns: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let all: Vec<&[f64]> = study.run.after.rows().collect();
    let mean = |rows: &Vec<usize>| {
        let dimensions = study.run.after.dimensions();
        let n = rows.len().max(1) as f64;
        let axis = |d: usize| rows.iter().map(|&i| all[i][d]).sum::<f64>() / n;
        (0..dimensions).map(axis).collect()
    };
    patterns.iter().map(mean).collect()
}
