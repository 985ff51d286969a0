//! Answers from what the package ships: symmetry, known structures, predicted patterns.

use std::sync::{Arc, OnceLock};

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use xrd_core::{Pattern, Scale, TwoThetaGrid, Wavelength};
use xrd_identify::{Identification, Library, Match, Prepared, Search};
use xrd_predict::{Formula, Origin, Predictor};
use xrd_study::predict::predicted_patterns;
use xrd_symmetry::{CrystalSystem, Model, Refusal};

use crate::arrays::vector;
use crate::errors::{OrRaise, value_error};
use crate::structure::Structure;
use crate::threads::pool;
use crate::watch::watched;

/// The lines of known structures, read once.
static LIBRARY: OnceLock<Arc<Library>> = OnceLock::new();

/// The networks for symmetry, read once.
static MODEL: OnceLock<Arc<Model>> = OnceLock::new();

/// The predictor, read once.
static PREDICTOR: OnceLock<Arc<Predictor>> = OnceLock::new();

/// Number of structures that are compared closely at least.
const CANDIDATES: usize = 100;

fn library() -> Arc<Library> {
    LIBRARY
        .get_or_init(|| Arc::new(xrd_line_lists::library()))
        .clone()
}

fn model() -> PyResult<Arc<Model>> {
    if let Some(model) = MODEL.get() {
        return Ok(model.clone());
    }
    let model = Arc::new(Model::shipped().or_raise()?);
    Ok(MODEL.get_or_init(|| model).clone())
}

fn predictor() -> PyResult<Arc<Predictor>> {
    if let Some(predictor) = PREDICTOR.get() {
        return Ok(predictor.clone());
    }
    let predictor = Arc::new(Predictor::shipped().or_raise()?);
    Ok(PREDICTOR.get_or_init(|| predictor).clone())
}

/// Grid, intensities and wavelength in Å of a pattern.
type Given<'py> = ((f64, f64, usize), PyReadonlyArray1<'py, f32>, f64);

fn prepared((grid, intensities, wavelength): Given<'_>) -> PyResult<Prepared> {
    let (start, step, len) = grid;
    let values = intensities.as_slice()?.to_vec();
    if values.len() != len {
        return Err(value_error(format!(
            "{} intensities for {len} angles (expected as many)",
            values.len()
        )));
    }
    let grid = TwoThetaGrid::new(start, step, len).or_raise()?;
    let wavelength = Wavelength::angstrom(wavelength).or_raise()?;
    let pattern = Pattern::new(grid, Scale::ARBITRARY, values).or_raise()?;
    Prepared::of(&pattern.with_wavelength(Some(wavelength))).or_raise()
}

/// Crystal system and space group of each pattern.
#[pyfunction]
#[pyo3(signature = (patterns, listed, threshold, threads))]
pub(crate) fn classify<'py>(
    py: Python<'py>,
    patterns: Vec<Given<'py>>,
    listed: usize,
    threshold: Option<f64>,
    threads: Option<usize>,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let patterns = patterns
        .into_iter()
        .map(prepared)
        .collect::<PyResult<Vec<_>>>()?;
    let pool = pool(threads)?;
    let (found, settings) = watched(py, None, move |_| {
        let model = model()?;
        let found = pool
            .install(|| model.classify(&patterns, &library()))
            .or_raise()?;
        Ok((found, model.settings().clone()))
    })?;
    let described = |answer: &xrd_symmetry::Classification| {
        let probabilities = &answer.probabilities;
        let mut limits = settings.clone();
        limits.threshold = threshold.unwrap_or(limits.threshold);
        let refused = limits.refusal(probabilities.certainty(), answer.unexplained);
        let dict = PyDict::new(py);
        let reason = refused.map(|refusal| match refusal {
            Refusal::Uncertain => "uncertain",
            Refusal::Unexplained => "unexplained",
        });
        dict.set_item("refused", reason)?;
        dict.set_item("certainty", probabilities.certainty())?;
        let systems = PyDict::new(py);
        for (system, probability) in CrystalSystem::ALL
            .into_iter()
            .zip(probabilities.crystal_systems())
        {
            systems.set_item(system.name(), probability)?;
        }
        dict.set_item("crystal_systems", systems)?;
        let groups = probabilities.most_likely(listed).into_iter();
        let groups = groups.map(|(group, p)| (group.number(), group.symbol().to_owned(), p));
        dict.set_item("space_groups", groups.collect::<Vec<_>>())?;
        let groups = probabilities.extinction_groups().into_iter().take(listed);
        let groups = groups.map(|(group, p)| (group.symbol().to_owned(), p));
        dict.set_item("extinction_groups", groups.collect::<Vec<_>>())?;
        dict.set_item("similarity", answer.similarity)?;
        dict.set_item("unexplained", answer.unexplained)?;
        Ok(dict)
    };
    found.iter().map(described).collect()
}

/// The nearest known structures of a pattern, and of a mixture if it has several phases.
#[pyfunction]
#[pyo3(signature = (pattern, top, phases, threads))]
pub(crate) fn identify<'py>(
    py: Python<'py>,
    pattern: Given<'py>,
    top: usize,
    phases: usize,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    if !(1..=5).contains(&phases) {
        return Err(value_error(format!("phases {phases} (expected 1 to 5)")));
    }
    let pattern = prepared(pattern)?;
    let pool = pool(threads)?;
    let candidates = CANDIDATES.max(2 * top);
    let (alone, mixture) = watched(py, None, move |_| {
        let (library, search) = (library(), Search { candidates });
        Ok(pool.install(|| match phases {
            1 => (library.identify(&pattern, &search), None),
            _ => {
                let mixture = library.phases(&pattern, &search, phases);
                (mixture.alone, Some((mixture.similarity, mixture.phases)))
            }
        }))
    })?;
    let dict = PyDict::new(py);
    dict.set_item("fwhm", alone.fwhm_deg)?;
    dict.set_item("peaks", alone.peaks.len())?;
    let matches = alone.matches.iter().take(top);
    let matches = matches.map(|found| described(py, &alone, found, None));
    dict.set_item("structures", matches.collect::<PyResult<Vec<_>>>()?)?;
    let (similarity, phases) = mixture.unwrap_or_default();
    let phases = phases
        .iter()
        .map(|p| described(py, &alone, &p.found, Some(p.share)));
    dict.set_item("phases", phases.collect::<PyResult<Vec<_>>>()?)?;
    dict.set_item("similarity", similarity)?;
    Ok(dict)
}

fn described<'py>(
    py: Python<'py>,
    alone: &Identification,
    found: &Match,
    share: Option<f64>,
) -> PyResult<Bound<'py, PyDict>> {
    let library = library();
    let dict = PyDict::new(py);
    if let Some(title) = library.title(found.index) {
        dict.set_item("name", title.name)?;
        dict.set_item("formula", title.formula)?;
        dict.set_item("space_group", title.space_group)?;
        dict.set_item("source", title.source)?;
    }
    dict.set_item("similarity", found.similarity)?;
    dict.set_item("strain", found.shifts.strain)?;
    dict.set_item("zero_shift", found.shifts.zero_shift_deg)?;
    dict.set_item("displacement", found.shifts.displacement_deg)?;
    let lines = alone.lines(&library, found);
    let lines = lines
        .iter()
        .map(|l| (l.two_theta_deg, l.d_angstrom, l.intensity, l.is_found));
    dict.set_item("lines", lines.collect::<Vec<_>>())?;
    if let Some(share) = share {
        dict.set_item("intensity_share", share)?;
    }
    Ok(dict)
}

/// Likely structures of a formula with their patterns, the likeliest first.
#[pyfunction]
#[pyo3(signature = (formula, candidates, threads))]
pub(crate) fn predict<'py>(
    py: Python<'py>,
    formula: &str,
    candidates: usize,
    threads: Option<usize>,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let formula: Formula = formula
        .parse()
        .map_err(|error| value_error(format!("'{formula}' is not a formula: {error}")))?;
    let pool = pool(threads)?;
    let found = watched(py, None, move |_| {
        let predictor = predictor()?;
        Ok(pool.install(|| predicted_patterns(&predictor, &formula, candidates)))
    })?;
    let one = |of: xrd_study::predict::PredictedPattern| {
        let dict = PyDict::new(py);
        let (candidate, drawn) = (of.candidate, of.drawn);
        dict.set_item("probability", candidate.probability)?;
        dict.set_item("space_group", candidate.space_group)?;
        dict.set_item("prototype", candidate.prototype)?;
        dict.set_item("prototype_formula", candidate.prototype_formula.to_string())?;
        let origin = match candidate.origin {
            Origin::Known => "known",
            Origin::OtherStoichiometry => "other stoichiometry",
            _ => "substituted",
        };
        dict.set_item("origin", origin)?;
        dict.set_item(
            "structure",
            Structure(Arc::new(candidate.structure)).into_pyobject(py)?,
        )?;
        dict.set_item(
            "two_theta",
            vector(py, drawn.pattern.grid().angles().collect::<Vec<f64>>()),
        )?;
        dict.set_item("intensities", vector(py, drawn.pattern.into_intensities()))?;
        Ok(dict)
    };
    found.into_iter().map(one).collect()
}
