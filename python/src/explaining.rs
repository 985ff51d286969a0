//! Relevance of angles, and patterns for label values.

use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use xrd_core::{Labels, Latent2};
use xrd_relevance::{PeakOptions, Sweep, SweepOptions, find_peaks, rank, sweep, sweep_with};
use xrd_study::{
    GenerationRule, KnownPoints, Latents, NamedEstimator, TargetComposition, generate_targets,
    paint,
};

use crate::arrays::{matrix, vector};
use crate::errors::{OrRaise, value_error};
use crate::model::{NamedLabels, Network, as_labels, one_pattern};
use crate::threads::pool;
use crate::watch::watched;

/// How far the point of a pattern moves when a window of angles is masked, and the peaks by relevance.
#[pyfunction]
pub(crate) fn relevance<'py>(
    py: Python<'py>,
    network: &Network,
    pattern: PyReadonlyArray1<'py, f32>,
    window: Option<f64>,
    step: Option<f64>,
    instead: Option<PyReadonlyArray1<'py, f32>>,
) -> PyResult<Bound<'py, PyDict>> {
    let model = network.0.clone();
    let grid = *model.grid();
    let intensities = one_pattern(network, &pattern)?.to_vec();
    let instead = instead
        .map(|of| Ok::<_, PyErr>(one_pattern(network, &of)?.to_vec()))
        .transpose()?;
    let default = SweepOptions::default();
    let window = window.unwrap_or(default.window_deg.max(grid.step()));
    let options = default.with_window_deg(window).with_step_deg(step);
    let pool = pool(None)?;
    let (swept, ranked) = watched(py, None, move |_| {
        let swept: Sweep = pool
            .install(|| match &instead {
                None => sweep(&*model, &intensities, &options),
                Some(instead) => sweep_with(&*model, &intensities, instead, &options),
            })
            .or_raise()?;
        let peaks =
            find_peaks(&grid, &intensities, &PeakOptions::above_noise(&intensities)).or_raise()?;
        let ranked = rank(&peaks, &swept).or_raise()?;
        Ok((swept, ranked))
    })?;
    let dict = PyDict::new(py);
    dict.set_item("two_theta", vector(py, swept.two_theta))?;
    dict.set_item("dev", vector(py, swept.dev))?;
    let moved: Vec<f64> = swept.displacement.iter().flat_map(|d| [d.x, d.y]).collect();
    let windows = swept.displacement.len();
    dict.set_item("displacement", matrix(py, moved, windows)?)?;
    let row = |of: &xrd_relevance::PeakRelevance| {
        let ranks = [of.relevance_rank as f64, of.intensity_rank as f64];
        [
            of.peak.two_theta,
            of.dev,
            of.relative_dev,
            ranks[0],
            of.peak.relative_intensity,
            ranks[1],
        ]
    };
    let table: Vec<f64> = ranked.iter().flat_map(row).collect();
    dict.set_item("peaks", matrix(py, table, ranked.len())?)?;
    Ok(dict)
}

/// Patterns for values of labels: for each target the pattern and its point, or None.
#[pyfunction]
#[pyo3(signature = (network, points, labels, targets, rule, estimator))]
pub(crate) fn generate<'py>(
    py: Python<'py>,
    network: &Network,
    points: PyReadonlyArray2<'py, f64>,
    labels: NamedLabels<'py>,
    targets: Vec<String>,
    rule: &str,
    estimator: Option<&str>,
) -> PyResult<Vec<Option<Generated<'py>>>> {
    let model = network.0.clone();
    if model.config().latent != 2 || points.as_array().ncols() != 2 {
        return Err(value_error(
            "patterns are generated from the points of a plane (a latent space of 2 dimensions)",
        ));
    }
    let rule = match rule {
        "between" => GenerationRule::Between,
        "strained" => GenerationRule::Strained,
        "contour" => GenerationRule::Contour,
        _ => {
            return Err(value_error(format!(
                "'{rule}' is not a rule (expected between, strained or contour)"
            )));
        }
    };
    let points = points
        .as_slice()?
        .chunks(2)
        .map(|p| Latent2::new(p[0], p[1]))
        .collect();
    let labels: Labels = as_labels(labels)?;
    let targets = targets
        .iter()
        .map(|target| target.parse::<TargetComposition>().or_raise());
    let targets = targets.collect::<PyResult<Vec<_>>>()?;
    let given = estimator
        .map(|name| name.parse::<NamedEstimator>().or_raise())
        .transpose()?;
    let estimator = NamedEstimator::in_latent_space(given.as_ref(), 2).or_raise()?;
    let names = (1..=labels.len()).map(|n| n.to_string()).collect();
    let known = KnownPoints::new(names, Latents::on_plane(points), labels).or_raise()?;
    let pool = pool(None)?;
    let generated = watched(py, None, move |_| {
        pool.install(|| {
            let maps = paint(&known, &*estimator).or_raise()?;
            generate_targets(&model, (&known, &*estimator), &maps, &targets, rule).or_raise()
        })
    })?;
    let described = |of: xrd_study::GeneratedPattern| {
        let (point, intensities) = of.decoded?;
        Some((vector(py, intensities), (point.x, point.y), of.labels))
    };
    Ok(generated.into_iter().map(described).collect())
}

/// A pattern, its point of the plane and the labels estimated there.
type Generated<'py> = (
    Bound<'py, numpy::PyArray1<f32>>,
    (f64, f64),
    Option<Vec<f64>>,
);
