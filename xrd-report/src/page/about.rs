//! Data of a study for the page: points, labels, maps, patterns and the report.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, LatentMap};
use xrd_interp::contour;
use xrd_latent::Estimator;
use xrd_study::composition::{categories, describe};
use xrd_study::rayon::prelude::*;
use xrd_study::{
    KnownPoints, LatentTable, NamedEstimator, PATTERNS_FILE, Reading, StudyReport, Target, paint,
    read,
};

use super::pack;
use crate::error::{Error, Result};

/// Table of the reflections of each composition.
const REFLECTIONS_FILE: &str = "reflections.csv";

/// Largest number of compositions that are classes.
const MOST_COMPOSITIONS: usize = 12;

/// Number of levels over the range of a map.
const MAP_LEVELS: f64 = 65_534.0;

/// Level of a node of a map without a value.
const NO_VALUE: u16 = u16::MAX;

pub(super) struct About {
    /// JSON for the script.
    pub(super) text: String,
    /// Errors of the leave-one-out estimates of the training points, one row per point.
    pub(super) left_out_errors: Vec<Vec<f64>>,
    /// Maps of the labels, concatenated: levels 0 to 65534 over the range of each map.
    pub(super) maps: Vec<u16>,
    /// Patterns, concatenated, as [`pack::levels`].
    pub(super) patterns: Vec<u16>,
}

/// Makes the data. The argument `omitted` contains the names and sizes of files that the page does not
/// contain, and `robustness` the results of a robustness test.
pub(super) fn about(
    folder: &Path,
    study: &StudyReport,
    model: &Autoencoder,
    (network, omitted, robustness): (&Value, &[(String, u64)], Option<Value>),
) -> Result<About> {
    let path = folder.join("latent.csv");
    let table = LatentTable::read(&path, model)?;
    let none = || xrd_study::Error::NoKnownPoints { path };
    let known = KnownPoints::of(&table)?.ok_or_else(none)?;
    let labels = &table.labels;
    let estimator = estimator_of(study)?;
    let maps = paint(&known, &*estimator)?;
    let from_others = from_others(&known, &table, &*estimator)?;
    let (patterns, packed) = patterns(folder, &table, model)?;
    let (ranges, map_words): (Vec<_>, Vec<_>) = maps.iter().map(map_words).unzip();
    let grid = model.grid();
    let text = json!({
        "study": without_timings(study)?,
        "labels": labels.columns(),
        "points": {
            "name": table.names,
            "x": table.latents.points.iter().map(|p| short(p.x)).collect::<Vec<_>>(),
            "y": table.latents.points.iter().map(|p| short(p.y)).collect::<Vec<_>>(),
            "test": table.test,
            "labels": labels.rows().collect::<Vec<_>>(),
            "formula": formulas(folder, &table),
            "from_others": from_others,
        },
        "classes": classes(study, &table),
        "maps": maps.first().map(|map| json!({
            "low": [map.grid().low().x, map.grid().low().y],
            "high": [map.grid().high().x, map.grid().high().y],
            "columns": map.grid().columns(),
            "rows": map.grid().rows(),
            "ranges": ranges,
        })),
        "contours": contours(study, labels, &maps)?,
        "grid": { "start": grid.start(), "step": grid.step(), "points": grid.len() },
        "omitted": omitted,
        "robustness": robustness,
        "wavelength": model.wavelength().map(|w| w.as_angstrom()),
        "patterns": patterns,
        "network": network,
    });
    Ok(About {
        text: serde_json::to_string(&text)?,
        left_out_errors: errors(&from_others, labels),
        maps: map_words.concat(),
        patterns: packed,
    })
}

/// Returns the ways to divide the points into classes: each label that is text, the compositions if
/// they are few, and the groups. The class of a point without a group is `null`.
fn classes(study: &StudyReport, table: &LatentTable) -> Vec<Value> {
    let one = |title: &str, names: &[String], of: Value| json!({ "title": title, "names": names, "of": of });
    let texts = table.classes.iter();
    let mut found: Vec<Value> = texts
        .map(|c| one(&c.column, &c.names, json!(c.of)))
        .collect();
    if has_few_compositions(&table.labels) {
        let (of, names) = categories(&table.labels);
        found.push(one("composition", &names, json!(of)));
    }
    let groups = study.groups.as_ref().map_or(&[][..], |g| &g.groups);
    if groups.len() > 1 {
        let members = groups.iter().enumerate();
        let of: HashMap<&str, usize> = members
            .flat_map(|(g, group)| group.members.iter().map(move |name| (name.as_str(), g)))
            .collect();
        let of: Vec<_> = table.names.iter().map(|n| of.get(n.as_str())).collect();
        let names: Vec<String> = groups
            .iter()
            .map(|g| format!("group {}", g.number))
            .collect();
        found.push(one("group", &names, json!(of)));
    }
    found
}

/// Returns whether several labels have so few combinations of values that each can be a class.
fn has_few_compositions(labels: &Labels) -> bool {
    let mut known: Vec<&[f64]> = Vec::new();
    let is_one_of_few = |row| {
        if !known.contains(&row) {
            known.push(row);
        }
        known.len() <= MOST_COMPOSITIONS
    };
    labels.columns().len() > 1 && labels.rows().all(is_one_of_few)
}

/// Returns the estimator of the study in the latent space. Reports of studies without labels and of older
/// versions do not name it.
pub(super) fn estimator_of(study: &StudyReport) -> Result<NamedEstimator> {
    let wrong = |e: xrd_study::Error| e.at("estimation.estimator");
    let named: Option<NamedEstimator> = match study.estimation.estimator.as_str() {
        "" => None,
        name => Some(name.parse().map_err(wrong)?),
    };
    let dimensions = study.training.latent_dimensions;
    NamedEstimator::in_latent_space(named.as_ref(), dimensions).map_err(|e| wrong(e).into())
}

/// Returns the report without timings, which differ between equal studies, and without the members of
/// groups, which are in a table.
fn without_timings(study: &StudyReport) -> Result<Value> {
    let mut study = serde_json::to_value(study)?;
    let seeds = study["seeds"].as_array().map_or(0, Vec::len);
    let mut objects: Vec<String> = ["/training", "/relevance"].map(str::to_owned).to_vec();
    objects.extend(["mean", "sd", "median"].map(|of| format!("/summary/{of}")));
    objects.extend((0..seeds).map(|i| format!("/seeds/{i}")));
    for object in objects {
        if let Some(Value::Object(fields)) = study.pointer_mut(&object) {
            for timing in ["seconds", "ms_per_epoch", "threads"] {
                fields.remove(timing);
            }
        }
    }
    if let Some(Value::Array(groups)) = study.pointer_mut("/groups/groups") {
        for group in groups.iter_mut().filter_map(Value::as_object_mut) {
            group.remove("members");
        }
    }
    Ok(study)
}

/// Returns a coordinate with the digits that single precision has. Networks compute in single
/// precision.
fn short(coordinate: f64) -> f64 {
    let text = (coordinate as f32).to_string();
    text.parse().unwrap_or(coordinate)
}

/// Returns an estimate with six digits. The page shows four.
fn rounded(estimate: f64) -> f64 {
    format!("{estimate:.5e}").parse().unwrap_or(estimate)
}

/// Returns the name of the composition of each point, for the list of its reflections. Empty if the
/// study has no such list.
fn formulas(folder: &Path, table: &LatentTable) -> Vec<String> {
    let (labels, classes) = (&table.labels, &table.classes);
    if !folder.join(REFLECTIONS_FILE).is_file() {
        return Vec::new();
    }
    (0..labels.len())
        .map(|i| describe(classes, labels, i))
        .collect()
}

/// Returns the leave-one-out estimates of the training points, with six digits. `None` for test points.
fn from_others(
    known: &KnownPoints,
    table: &LatentTable,
    estimator: &dyn Estimator,
) -> Result<Vec<Option<Vec<f64>>>> {
    if known.names.len() < 2 || table.labels.columns().is_empty() {
        return Ok(vec![None; table.names.len()]);
    }
    let space = &known.space;
    let values = |i| {
        let values = space.estimate_without(i, estimator)?.values;
        Ok(values.into_iter().map(rounded).collect())
    };
    let left_out: Result<Vec<Vec<f64>>> = (0..space.len()).into_par_iter().map(values).collect();
    let mut next = left_out?.into_iter();
    let one = |test: &bool| (!test).then(|| next.next()).flatten();
    Ok(table.test.iter().map(one).collect())
}

/// Returns the differences between estimates and labels. Points without an estimate are skipped.
fn errors(estimates: &[Option<Vec<f64>>], labels: &Labels) -> Vec<Vec<f64>> {
    let rows = estimates.iter().zip(labels.rows());
    let error = |(found, truth): (&Option<Vec<f64>>, &[f64])| {
        let pairs = found.as_ref()?.iter().zip(truth);
        Some(pairs.map(|(found, truth)| found - truth).collect())
    };
    rows.filter_map(error).collect()
}

/// Returns the range of a map, and its values as levels.
fn map_words(map: &LatentMap) -> (Option<[f64; 2]>, Vec<u16>) {
    let known = || map.values().iter().flatten().copied();
    let (low, high) = (
        known().fold(f64::MAX, f64::min),
        known().fold(f64::MIN, f64::max),
    );
    if low > high {
        return (None, vec![NO_VALUE; map.values().len()]);
    }
    let width = if high > low { high - low } else { 1.0 };
    let word = |v: &Option<f64>| {
        v.map_or(NO_VALUE, |v| {
            ((v - low) / width * MAP_LEVELS).round() as u16
        })
    };
    (Some([low, high]), map.values().iter().map(word).collect())
}

/// Returns the contour lines of each target of the study.
fn contours(study: &StudyReport, labels: &Labels, maps: &[LatentMap]) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for text in study.generation.iter().map(|g| &g.target) {
        let target = text.parse::<Target>().ok();
        let column = target.as_ref().and_then(|t| labels.column_index(&t.column));
        let (Some(target), Some(column)) = (target, column) else {
            continue;
        };
        for line in contour(&maps[column], target.value)? {
            let points: Vec<[f64; 2]> = line.points().iter().map(|p| [p.x, p.y]).collect();
            let closed = line.is_closed();
            found.push(
                json!({ "label": column, "target": text, "points": points, "closed": closed }),
            );
        }
    }
    Ok(found)
}

/// Returns the indices of the points with a pattern, the scale of the levels of each pattern, and the
/// levels.
fn patterns(folder: &Path, table: &LatentTable, model: &Autoencoder) -> Result<(Value, Vec<u16>)> {
    let path = folder.join(PATTERNS_FILE);
    let read = read(&path, &Reading::default(), None, &[])?;
    if !read.set.grid().same_as(model.grid()) {
        return Err(Error::OtherGrid {
            path,
            found: *read.set.grid(),
            expected: *model.grid(),
        });
    }
    let row_of: HashMap<&str, usize> = table.names.iter().map(String::as_str).zip(0..).collect();
    let (mut rows, mut low, mut level, mut words) = (vec![], vec![], vec![], vec![]);
    for (i, name) in read.set.names().iter().enumerate() {
        let row = row_of.get(name.as_str()).copied();
        rows.push(row.ok_or_else(|| Error::NoPoint {
            path: path.clone(),
            name: name.clone(),
        })?);
        let (least, height) = pack::levels(read.set.intensities(i), &mut words);
        low.push(least);
        level.push(height);
    }
    let value =
        json!({ "rows": rows, "low": low, "level": level, "unit": read.set.scale().to_string() });
    Ok((value, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_are_classes_only_if_they_are_few() {
        let columns = ["Fe", "Ti"].map(str::to_owned).to_vec();
        let labels = |different: usize| {
            let rows = (0..40).flat_map(|i| [12.0, (i % different) as f64]);
            Labels::new(columns.clone(), rows.collect()).unwrap()
        };
        assert!(has_few_compositions(&labels(MOST_COMPOSITIONS)));
        assert!(!has_few_compositions(&labels(MOST_COMPOSITIONS + 1)));
        let one = Labels::new(vec!["T".to_owned()], vec![1.0, 2.0, 1.0]).unwrap();
        assert!(!has_few_compositions(&one), "its own colours show it");
    }

    #[test]
    fn numbers_have_no_more_digits_than_they_need() {
        let coordinate = f64::from(0.903_550_2_f32);
        assert_ne!(coordinate.to_string().len(), 10);
        assert_eq!(short(coordinate).to_string(), "0.9035502");
        assert_eq!(short(coordinate) as f32, 0.903_550_2_f32);
        for (estimate, shown) in [
            (1.0 / 3.0, 0.333333),
            (0.5, 0.5),
            (-1.23456789e-9, -1.23457e-9),
        ] {
            assert_eq!(rounded(estimate), shown);
        }
        assert!(rounded(f64::NAN).is_nan());
    }
}
