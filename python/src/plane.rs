//! Estimates of labels from labelled points.

use numpy::{PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use rayon::prelude::*;
use xrd_core::Labels;
use xrd_latent::{Estimate, LabelledSpace, conformal_radius};
use xrd_study::NamedEstimator;

use crate::arrays::{matrix, vector};
use crate::errors::{OrRaise, value_error};
use crate::threads::pool;
use crate::watch::{Watch, watched};

/// Estimates at points, one row each, and whether each is inside the known points.
type Estimates<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<bool>>);

/// Estimates labels at `queries` from labelled points; without queries, at each point from all others.
#[pyfunction]
#[pyo3(signature = (points, labels, queries, estimator, threads))]
pub(crate) fn estimate<'py>(
    py: Python<'py>,
    points: PyReadonlyArray2<'py, f64>,
    labels: PyReadonlyArray2<'py, f64>,
    queries: Option<PyReadonlyArray2<'py, f64>>,
    estimator: Option<&str>,
    threads: Option<usize>,
) -> PyResult<Estimates<'py>> {
    let dimensions = points.as_array().ncols();
    let columns = labels.as_array().ncols();
    if points.as_array().nrows() != labels.as_array().nrows() {
        let (points, labels) = (points.as_array().nrows(), labels.as_array().nrows());
        return Err(value_error(format!(
            "{labels} rows of labels for {points} points (expected as many)"
        )));
    }
    let names = (0..columns).map(|i| format!("y{i}")).collect();
    let labels = Labels::new(names, labels.as_slice()?.to_vec()).or_raise()?;
    let space = LabelledSpace::new(dimensions, points.as_slice()?.to_vec(), labels).or_raise()?;
    let given = estimator
        .map(|name| name.parse::<NamedEstimator>().or_raise())
        .transpose()?;
    let estimator = NamedEstimator::in_latent_space(given.as_ref(), dimensions).or_raise()?;
    let queries = match queries {
        None => None,
        Some(queries) if queries.as_array().ncols() == dimensions => {
            Some(queries.as_slice()?.to_vec())
        }
        Some(queries) => {
            let found = queries.as_array().ncols();
            return Err(value_error(format!(
                "{found} coordinates (expected {dimensions}, those of the known points)"
            )));
        }
    };
    let rows = queries
        .as_ref()
        .map_or(space.len(), |q| q.len() / dimensions.max(1));
    // Few estimates are faster than a thread.
    let found = if rows <= 16 {
        py.detach(|| {
            of_all(
                &space,
                queries.as_deref(),
                &estimator,
                rows,
                &Watch::default(),
            )
        })?
    } else {
        let pool = pool(threads)?;
        watched(py, None, move |watch| {
            pool.install(|| of_all(&space, queries.as_deref(), &estimator, rows, watch))
        })?
    };
    let inside = found.iter().map(Estimate::is_inside).collect();
    let values = found
        .into_iter()
        .flat_map(|estimate| estimate.values)
        .collect();
    Ok((matrix(py, values, rows)?, vector(py, inside)))
}

fn of_all(
    space: &LabelledSpace,
    queries: Option<&[f64]>,
    estimator: &NamedEstimator,
    rows: usize,
    watch: &Watch,
) -> PyResult<Vec<Estimate>> {
    let dimensions = space.dimensions();
    let one = |row: usize| {
        watch.check()?;
        match queries {
            Some(queries) => space.estimate(
                &queries[row * dimensions..(row + 1) * dimensions],
                &**estimator,
            ),
            None => space.estimate_without(row, &**estimator),
        }
        .or_raise()
    };
    match rows <= 16 {
        true => (0..rows).map(one).collect(),
        false => (0..rows).into_par_iter().map(one).collect(),
    }
}

/// Half the width of an interval that contains a share of new errors, from known errors; None if there are too few.
#[pyfunction]
pub(crate) fn interval_radius(
    errors: PyReadonlyArray1<'_, f64>,
    share: f64,
) -> PyResult<Option<f64>> {
    conformal_radius(errors.as_slice()?, share).or_raise()
}
