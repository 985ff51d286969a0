//! The autoencoder.

use std::sync::Arc;

use numpy::{PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use xrd_ae::{Autoencoder, History, Progress, Training, TrainingData};
use xrd_core::{Labels, Latent2, PatternSet, Scale, TwoThetaGrid, Wavelength};
use xrd_study::{PatternDisturbance, Settings};

use crate::arrays::{matrix, vector};
use crate::errors::{OrRaise, value_error};
use crate::threads::pool;
use crate::watch::{Watch, watched};

/// A trained network.
#[pyclass(frozen, module = "xrd._xrd")]
pub(crate) struct Network(pub(crate) Arc<Autoencoder>);

/// Names of labels and their values, one row per pattern.
pub(crate) type NamedLabels<'py> = (Vec<String>, PyReadonlyArray2<'py, f64>);

/// Number of patterns that are encoded between two looks at signals.
const CHUNK: usize = 1024;

#[pymethods]
impl Network {
    /// Reads a model from the bytes of its file.
    #[new]
    fn new(bytes: &[u8]) -> PyResult<Self> {
        Ok(Self(Arc::new(Autoencoder::from_bytes(bytes).or_raise()?)))
    }

    /// Trains a network. Returns it with the history of its training.
    #[staticmethod]
    #[pyo3(signature = (patterns, grid, wavelength, settings, seed, labels, start, threads, progress))]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the estimator"
    )]
    fn fit<'py>(
        py: Python<'py>,
        patterns: PyReadonlyArray2<'py, f32>,
        grid: (f64, f64, usize),
        wavelength: Option<f64>,
        settings: &str,
        seed: u64,
        labels: Option<NamedLabels<'py>>,
        start: Option<&Self>,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Self, Bound<'py, PyDict>)> {
        let settings: Settings = serde_json::from_str(settings).or_raise()?;
        let set = pattern_set(&patterns, grid, wavelength)?;
        let labels = labels.map(as_labels).transpose()?;
        let pool = pool(threads)?;
        let start = start.map(|network| network.0.as_ref().clone());
        let trained = watched(py, progress, move |watch| {
            pool.install(|| train(&settings, seed, set, labels, start, watch))
        });
        let (model, history) = trained?;
        Ok((Self(Arc::new(model)), described(py, &history)?))
    }

    /// The points of patterns.
    fn encode<'py>(
        &self,
        py: Python<'py>,
        patterns: PyReadonlyArray2<'py, f32>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let model = &self.0;
        let rows = patterns.shape_of().0;
        let latent = model.config().latent;
        let points = if rows * patterns.shape_of().1 * latent > 1 << 22 {
            let (model, set) = (model.clone(), self.set(&patterns)?);
            let pool = pool(None)?;
            watched(py, None, move |watch| {
                pool.install(|| encoded(&model, &set, watch))
            })?
        } else {
            let set = self.set(&patterns)?;
            py.detach(|| model.latent_coordinates(&set)).or_raise()?
        };
        matrix(py, points, rows)
    }

    /// The patterns of points of the plane.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        points: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let (rows, columns) = points.shape_of();
        if columns != 2 || self.0.config().latent != 2 {
            let latent = self.0.config().latent;
            return Err(value_error(format!(
                "{columns} coordinates for a latent space of {latent} (only points of a plane can be decoded)"
            )));
        }
        let points: Vec<Latent2> = points
            .as_slice()?
            .chunks(2)
            .map(|p| Latent2::new(p[0], p[1]))
            .collect();
        let patterns = py.detach(|| self.0.decode_many(&points)).or_raise()?;
        matrix(py, patterns, rows)
    }

    /// The patterns that are decoded from the points of patterns.
    fn reconstruct<'py>(
        &self,
        py: Python<'py>,
        patterns: PyReadonlyArray2<'py, f32>,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let rows = patterns.shape_of().0;
        let set = self.set(&patterns)?;
        let found = py.detach(|| self.0.reconstruct(&set)).or_raise()?;
        matrix(py, found, rows)
    }

    /// The model as the bytes of a safetensors file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.0.to_bytes().or_raise()?))
    }

    /// The angles of its patterns in degrees.
    #[getter]
    fn two_theta<'py>(&self, py: Python<'py>) -> Bound<'py, numpy::PyArray1<f64>> {
        vector(py, self.0.grid().angles().collect())
    }

    /// The first angle, the step and the number of angles.
    #[getter]
    fn grid(&self) -> (f64, f64, usize) {
        let grid = self.0.grid();
        (grid.start(), grid.step(), grid.len())
    }

    /// The wavelength of its patterns in Å, if they stated one.
    #[getter]
    fn wavelength(&self) -> Option<f64> {
        self.0.wavelength().map(|w| w.as_angstrom())
    }

    /// The widths of the hidden layers.
    #[getter]
    fn hidden(&self) -> Vec<usize> {
        self.0.config().hidden.clone()
    }

    /// The number of dimensions of the latent space.
    #[getter]
    fn latent(&self) -> usize {
        self.0.config().latent
    }

    /// The steps by which its training patterns were prepared.
    #[getter]
    fn preparation(&self) -> Vec<String> {
        self.0.preparation().to_vec()
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyBytes>,)> {
        Ok((self.to_bytes(py)?,))
    }
}

impl Network {
    /// Patterns of this network.
    pub(crate) fn set(&self, patterns: &PyReadonlyArray2<'_, f32>) -> PyResult<PatternSet> {
        let (_, points) = patterns.shape_of();
        let grid = *self.0.grid();
        if points != grid.len() {
            let expected = grid.len();
            return Err(value_error(format!(
                "patterns have {points} points (expected {expected}, those of the network)"
            )));
        }
        let block = patterns.as_slice()?.to_vec();
        PatternSet::unnamed(grid, block).or_raise()
    }
}

/// The shape of a matrix.
trait ShapeOf {
    fn shape_of(&self) -> (usize, usize);
}

impl<T: numpy::Element> ShapeOf for PyReadonlyArray2<'_, T> {
    fn shape_of(&self) -> (usize, usize) {
        let shape = self.as_array().dim();
        (shape.0, shape.1)
    }
}

/// Patterns of arrays.
pub(crate) fn pattern_set(
    patterns: &PyReadonlyArray2<'_, f32>,
    grid: (f64, f64, usize),
    wavelength: Option<f64>,
) -> PyResult<PatternSet> {
    let (start, step, len) = grid;
    let grid = TwoThetaGrid::new(start, step, len).or_raise()?;
    let (rows, points) = patterns.shape_of();
    if points != len {
        return Err(value_error(format!(
            "patterns have {points} points for {len} angles (expected as many)"
        )));
    }
    let names = (1..=rows).map(|n| n.to_string()).collect();
    let wavelength = wavelength
        .map(|w| Wavelength::angstrom(w).or_raise())
        .transpose()?;
    let block = patterns.as_slice()?.to_vec();
    PatternSet::new(grid, Scale::ARBITRARY, wavelength, names, block).or_raise()
}

pub(crate) fn as_labels((names, values): NamedLabels<'_>) -> PyResult<Labels> {
    Labels::new(names, values.as_slice()?.to_vec()).or_raise()
}

fn train(
    settings: &Settings,
    seed: u64,
    set: PatternSet,
    labels: Option<Labels>,
    start: Option<Autoencoder>,
    watch: &Watch,
) -> PyResult<(Autoencoder, History)> {
    let model = match start {
        Some(model) => model,
        None => Autoencoder::initialise(&settings.network(seed), &set).or_raise()?,
    };
    let config = settings.training(seed).or_raise()?;
    let disturbance = PatternDisturbance::of(settings, &set, &config).or_raise()?;
    let data = TrainingData::new(&set)
        .with_labels(labels.as_ref())
        .with_disturbance(PatternDisturbance::as_dyn(&disturbance));
    watch.set_total(config.epochs as u64);
    let mut training = Training::new(model, &config, data).or_raise()?;
    loop {
        match training.step().or_raise()? {
            Progress::Epoch(_) => watch.advance(1),
            Progress::Batch => {}
            Progress::Over => break,
        }
        watch.check()?;
    }
    training.finish().or_raise()
}

fn encoded(model: &Autoencoder, set: &PatternSet, watch: &Watch) -> PyResult<Vec<f64>> {
    let mut points = Vec::new();
    for start in (0..set.len()).step_by(CHUNK) {
        watch.check()?;
        let rows: Vec<usize> = (start..set.len().min(start + CHUNK)).collect();
        let part = set.select(&rows).or_raise()?;
        points.extend(model.latent_coordinates(&part).or_raise()?);
    }
    Ok(points)
}

fn described<'py>(py: Python<'py>, history: &History) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    let epochs = &history.epochs;
    dict.set_item(
        "train_loss",
        vector(py, epochs.iter().map(|e| e.train_loss).collect()),
    )?;
    dict.set_item(
        "learning_rate",
        vector(py, epochs.iter().map(|e| e.learning_rate).collect()),
    )?;
    dict.set_item("best_epoch", history.best_epoch)?;
    let warnings = history.warnings.iter().map(ToString::to_string);
    dict.set_item("warnings", warnings.collect::<Vec<_>>())?;
    Ok(dict)
}

/// Keeps one-dimensional arrays of patterns, for explanations.
pub(crate) fn one_pattern<'a>(
    network: &Network,
    pattern: &'a PyReadonlyArray1<'_, f32>,
) -> PyResult<&'a [f32]> {
    let values = pattern.as_slice()?;
    let expected = network.0.grid().len();
    match values.len() == expected {
        true => Ok(values),
        false => Err(value_error(format!(
            "the pattern has {} points (expected {expected}, those of the network)",
            values.len()
        ))),
    }
}
