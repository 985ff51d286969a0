//! Simulated patterns.

use std::sync::Arc;

use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use rayon::prelude::*;
use xrd_sim::{PatternKey, RandomEffects, measure, simulate};

use crate::arrays::{matrix, vector};
use crate::errors::{OrRaise, value_error};
use crate::instrument::{Effects, Instrument};
use crate::structure::Structure;
use crate::threads::pool;
use crate::watch::watched;

/// The pattern of one structure.
#[pyfunction]
#[pyo3(signature = (structure, instrument, effects, seed, id))]
pub(crate) fn simulate_one<'py>(
    py: Python<'py>,
    structure: &Structure,
    instrument: &Instrument,
    effects: Option<&Effects>,
    seed: u64,
    id: u64,
) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let effects = effects.map(|effects| &effects.effects);
    let key = PatternKey::new(seed, id);
    let pattern = py.detach(|| pattern(&structure.0, &instrument.0, effects, key))?;
    Ok(vector(py, pattern))
}

/// The patterns of many structures, one per row, each with the random numbers of its id.
#[pyfunction]
#[pyo3(signature = (structures, instrument, effects, seed, ids, threads, progress))]
#[expect(
    clippy::too_many_arguments,
    reason = "each is an argument of the function of the package"
)]
pub(crate) fn simulate_many<'py>(
    py: Python<'py>,
    structures: Vec<Bound<'py, Structure>>,
    instrument: &Instrument,
    effects: Option<&Effects>,
    seed: u64,
    ids: Vec<u64>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let rows = structures.len();
    if ids.len() != rows {
        return Err(value_error(format!(
            "{} ids for {rows} structures (expected as many)",
            ids.len()
        )));
    }
    let structures: Vec<_> = structures.iter().map(|of| of.get().0.clone()).collect();
    let (instrument, effects) = (instrument.0, effects.map(|effects| effects.effects.clone()));
    let points = instrument.grid.len();
    let block = reserved(rows, points)?;
    // One thread needs no pool, so that a worker process that was forked starts none.
    let pool = if threads == Some(1) {
        None
    } else {
        Some(pool(threads)?)
    };
    let block = watched(py, progress, move |watch| {
        watch.set_total(rows as u64);
        let one = |structure: &Arc<xrd_core::Structure>, id: u64| {
            watch.check()?;
            let row = pattern(
                structure,
                &instrument,
                effects.as_ref(),
                PatternKey::new(seed, id),
            );
            watch.advance(1);
            row.map_err(|error| numbered(error, id))
        };
        let mut block = block;
        let fill = |(row, (structure, id)): (&mut [f32], (&Arc<xrd_core::Structure>, &u64))| {
            row.copy_from_slice(&one(structure, *id)?);
            PyResult::Ok(())
        };
        block.resize(rows * points, 0.0);
        match pool {
            None => block
                .chunks_mut(points)
                .zip(structures.iter().zip(&ids))
                .try_for_each(fill)?,
            Some(pool) => pool.install(|| {
                let of = structures.par_iter().zip(&ids);
                block.par_chunks_mut(points).zip(of).try_for_each(fill)
            })?,
        }
        Ok(block)
    })?;
    matrix(py, block, rows)
}

/// Miller indices, and numbers of each reflection.
type Reflections<'py> = (Bound<'py, PyArray2<i32>>, Bound<'py, PyArray2<f64>>);

/// The reflections of a structure between two angles: Miller indices, then 2θ in degrees, d in Å, intensity and
/// multiplicity, one row each.
#[pyfunction]
#[pyo3(signature = (structure, instrument))]
pub(crate) fn reflections<'py>(
    py: Python<'py>,
    structure: &Structure,
    instrument: &Instrument,
) -> PyResult<Reflections<'py>> {
    let (grid, diffraction) = (instrument.0.grid, instrument.0.diffraction);
    let range = grid.start().max(0.0)..=grid.last();
    let found = py
        .detach(|| xrd_sim::reflections(&structure.0, &diffraction, range))
        .or_raise()?;
    let indices = found.iter().flat_map(|of| of.hkl).collect();
    let numbers = found.iter().flat_map(|of| {
        [
            of.two_theta_deg,
            of.d_angstrom,
            of.intensity,
            of.multiplicity as f64,
        ]
    });
    let numbers = numbers.collect();
    Ok((
        matrix(py, indices, found.len())?,
        matrix(py, numbers, found.len())?,
    ))
}

fn pattern(
    structure: &xrd_core::Structure,
    instrument: &xrd_sim::Instrument,
    effects: Option<&RandomEffects>,
    key: PatternKey,
) -> PyResult<Vec<f32>> {
    let pattern = match effects {
        Some(effects) if !effects.is_none() => {
            let effects = effects.draw(key).or_raise()?;
            measure(structure, instrument, &effects, key)
        }
        _ => simulate(
            structure,
            &instrument.diffraction,
            &instrument.grid,
            &instrument.profile,
        ),
    };
    Ok(pattern.or_raise()?.into_intensities())
}

/// An empty vector with place for all patterns, or an exception if memory does not suffice.
fn reserved(rows: usize, points: usize) -> PyResult<Vec<f32>> {
    let mut block = Vec::new();
    let numbers = rows.checked_mul(points);
    let place = numbers.and_then(|numbers| block.try_reserve_exact(numbers).ok());
    place.ok_or_else(|| {
        pyo3::exceptions::PyMemoryError::new_err(format!(
            "{rows} patterns of {points} points need more memory than there is"
        ))
    })?;
    Ok(block)
}

/// The exception with the id of the pattern, for lists.
fn numbered(error: PyErr, id: u64) -> PyErr {
    Python::attach(
        |py| match error.is_instance_of::<pyo3::exceptions::PyValueError>(py) {
            true => value_error(format!("structure {id}: {}", error.value(py))),
            false => error,
        },
    )
}
