//! Files of patterns, labels and structures.

use std::path::PathBuf;

use numpy::{PyArray2, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use xrd_core::{IntensityUnit, Scale, TwoThetaGrid, Wavelength};
use xrd_io::prepare::Step;
use xrd_io::{AxisKind, ByOrder, ReadOptions, ReadPatterns, Scan, ScanFile, SigmaOrigin};

use crate::arrays::{matrix, vector};
use crate::errors::{OrRaise, value_error};
use crate::structure::Structure;
use crate::threads::pool;
use crate::watch::watched;

/// A file or folder, or the bytes of a file with a name for messages.
#[derive(FromPyObject)]
pub(crate) enum Source {
    Bytes(Vec<u8>, String),
    Path(PathBuf),
}

/// How files are read: name of the format, kind of the axis, wavelength in Å, preparation steps, grid.
type Options = (
    Option<String>,
    Option<String>,
    Option<f64>,
    Vec<String>,
    Option<(f64, f64, usize)>,
    bool,
);

fn read_options(options: Options) -> PyResult<ReadOptions> {
    let (format, axis, wavelength, steps, grid, resample) = options;
    let format = format
        .map(|name| name.parse::<xrd_io::Format>().or_raise())
        .transpose()?;
    let axis = axis.map(|name| axis_kind(&name)).transpose()?;
    let wavelength = wavelength
        .map(|w| Wavelength::angstrom(w).or_raise())
        .transpose()?;
    let steps = parsed_steps(&steps)?;
    let grid = grid
        .map(|(start, step, len)| TwoThetaGrid::new(start, step, len).or_raise())
        .transpose()?;
    Ok(ReadOptions::default()
        .with_format(format)
        .with_axis_kind(axis)
        .with_wavelength(wavelength)
        .with_prepare(steps)
        .with_resample(grid)
        .with_common_grid(resample))
}

fn parsed_steps(steps: &[String]) -> PyResult<Vec<Step>> {
    steps.iter().map(|step| step.parse().or_raise()).collect()
}

fn axis_kind(name: &str) -> PyResult<AxisKind> {
    match name {
        "two_theta" => Ok(AxisKind::TwoThetaDeg),
        "q" => Ok(AxisKind::QPerAngstrom),
        "q_nm" => Ok(AxisKind::QPerNanometre),
        "d" => Ok(AxisKind::DAngstrom),
        _ => Err(value_error(format!(
            "'{name}' is not an axis (expected two_theta, q, q_nm or d)"
        ))),
    }
}

fn axis_name(kind: &AxisKind) -> String {
    match kind {
        AxisKind::TwoThetaDeg => "two_theta".to_owned(),
        AxisKind::QPerAngstrom => "q".to_owned(),
        AxisKind::QPerNanometre => "q_nm".to_owned(),
        AxisKind::DAngstrom => "d".to_owned(),
        other => other.name().to_owned(),
    }
}

pub(crate) fn unit_name(unit: IntensityUnit) -> &'static str {
    match unit {
        IntensityUnit::Counts => "counts",
        IntensityUnit::CountsPerSecond => "counts per second",
        _ => "arbitrary",
    }
}

/// The scans of a file, each as a dictionary.
#[pyfunction]
pub(crate) fn read_scans<'py>(
    py: Python<'py>,
    source: Source,
    options: Options,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let options = read_options(options)?;
    let read = move || -> xrd_io::Result<ScanFile> {
        match &source {
            Source::Path(path) => xrd_io::read_file(path, &options),
            Source::Bytes(bytes, name) => xrd_io::read_bytes(name, bytes, &options),
        }
    };
    let file = watched(py, None, move |_| pool(None)?.install(read).or_raise())?;
    file.scans
        .iter()
        .map(|scan| described(py, scan, file.format.name()))
        .collect()
}

/// A scan that was prepared and brought to a grid: axis, intensities and standard deviations as before, then prepared.
#[pyfunction]
pub(crate) fn convert_scan<'py>(
    py: Python<'py>,
    axis: (String, PyReadonlyArray1<'py, f64>),
    intensities: PyReadonlyArray1<'py, f64>,
    wavelength: Option<f64>,
    steps: Vec<String>,
    grid: Option<(f64, f64, usize)>,
) -> PyResult<Bound<'py, PyDict>> {
    let (kind, angles) = axis;
    let points = (
        angles.as_slice()?.to_vec(),
        intensities.as_slice()?.to_vec(),
    );
    let mut scan =
        Scan::builder("scan", axis_kind(&kind)?, points.0, points.1).scale(Scale::ARBITRARY);
    if let Some(wavelength) = wavelength {
        scan = scan.wavelength(Wavelength::angstrom(wavelength).or_raise()?);
    }
    let steps = parsed_steps(&steps)?;
    let scan = scan.build().or_raise()?.prepare(&steps).or_raise()?;
    let Some((start, step, len)) = grid else {
        return described(py, &scan, "");
    };
    let grid = TwoThetaGrid::new(start, step, len).or_raise()?;
    let pattern = scan.resample(&grid).or_raise()?;
    let resampled = PyDict::new(py);
    resampled.set_item("axis", vector(py, grid.angles().collect::<Vec<f64>>()))?;
    resampled.set_item("axis_kind", "two_theta")?;
    let intensities: Vec<f64> = pattern
        .intensities()
        .iter()
        .map(|y| f64::from(*y))
        .collect();
    resampled.set_item("intensities", vector(py, intensities))?;
    resampled.set_item("sigma", py.None())?;
    resampled.set_item("wavelength", pattern.wavelength().map(|w| w.as_angstrom()))?;
    Ok(resampled)
}

fn described<'py>(py: Python<'py>, scan: &Scan, format: &str) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("name", scan.name())?;
    dict.set_item("axis", vector(py, scan.axis().to_vec()))?;
    dict.set_item("axis_kind", axis_name(scan.axis_kind()))?;
    dict.set_item("intensities", vector(py, scan.intensities().to_vec()))?;
    dict.set_item(
        "sigma",
        scan.sigma().map(|sigma| vector(py, sigma.to_vec())),
    )?;
    let origin = match scan.sigma_origin() {
        Some(SigmaOrigin::Stated) => Some("stated"),
        Some(_) => Some("counting"),
        None => None,
    };
    dict.set_item("sigma_origin", origin)?;
    dict.set_item("unit", unit_name(scan.unit()))?;
    dict.set_item("wavelength", scan.wavelength().map(|w| w.as_angstrom()))?;
    dict.set_item("not_powder", scan.not_powder())?;
    dict.set_item("format", format)?;
    dict.set_item(
        "metadata",
        serde_json::to_string(scan.metadata()).unwrap_or_default(),
    )?;
    let steps = scan.preparation().iter().map(Step::to_string);
    dict.set_item("preparation", steps.collect::<Vec<_>>())?;
    dict.set_item("warnings", scan.warnings())?;
    Ok(dict)
}

/// The patterns of a matrix (a file or its bytes) as a dictionary.
#[pyfunction]
pub(crate) fn read_patterns<'py>(
    py: Python<'py>,
    source: Source,
    options: Options,
) -> PyResult<Bound<'py, PyDict>> {
    let options = read_options(options)?;
    let read = move || match &source {
        Source::Path(path) => xrd_io::read_patterns(path, &options),
        Source::Bytes(bytes, name) => xrd_io::read_patterns_bytes(name, bytes, &options),
    };
    let patterns = watched(py, None, move |_| pool(None)?.install(read).or_raise())?;
    described_set(py, patterns)
}

/// The patterns of a folder as a dictionary. The files `exclude` are not read.
#[pyfunction]
pub(crate) fn read_folder<'py>(
    py: Python<'py>,
    folder: PathBuf,
    options: Options,
    exclude: Vec<PathBuf>,
) -> PyResult<Bound<'py, PyDict>> {
    let options = read_options(options)?.with_exclude(exclude);
    let read = move || xrd_io::read_patterns(folder, &options);
    let patterns = watched(py, None, move |_| pool(None)?.install(read).or_raise())?;
    described_set(py, patterns)
}

/// When rows of a table belong to patterns by their order.
const ORDERS: [(ByOrder, &str); 3] = [
    (ByOrder::Never, "never"),
    (ByOrder::WithoutNames, "without names"),
    (ByOrder::Always, "always"),
];

fn described_set(py: Python<'_>, read: ReadPatterns) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    let set = &read.set;
    let rule = read.by_order();
    let order = ORDERS.into_iter().find(|(of, _)| *of == rule);
    dict.set_item("by_order", order.map(|(_, name)| name))?;
    dict.set_item(
        "two_theta",
        vector(py, set.grid().angles().collect::<Vec<f64>>()),
    )?;
    dict.set_item("intensities", matrix(py, set.block().to_vec(), set.len())?)?;
    dict.set_item("names", set.names())?;
    dict.set_item("wavelength", set.wavelength().map(|w| w.as_angstrom()))?;
    dict.set_item("unit", unit_name(set.scale().unit))?;
    let facts = PyDict::new(py);
    macro_rules! fact {
        ($($name:ident),*) => {$(
            facts.set_item(stringify!($name), read.facts.iter().map(|of| of.$name.clone()).collect::<Vec<_>>())?;
        )*};
    }
    fact!(sample, comment, date, temperature_k, time_per_step_s);
    dict.set_item("facts", facts)?;
    let skipped = read
        .skipped
        .iter()
        .map(|(path, error)| (path.display().to_string(), error.to_string()));
    dict.set_item("skipped", skipped.collect::<Vec<_>>())?;
    dict.set_item(
        "preparation",
        read.preparation
            .iter()
            .map(Step::to_string)
            .collect::<Vec<_>>(),
    )?;
    dict.set_item("warnings", &read.warnings)?;
    Ok(dict)
}

/// A table of labels for patterns with these names: the names of its columns and one row per pattern.
#[pyfunction]
pub(crate) fn read_labels<'py>(
    py: Python<'py>,
    path: PathBuf,
    names: Vec<String>,
    columns: Vec<String>,
    by_order: &str,
) -> PyResult<(Vec<String>, Bound<'py, PyArray2<f64>>)> {
    let by_order = ORDERS.into_iter().find(|(_, name)| *name == by_order);
    let by_order = by_order.map_or(ByOrder::Never, |(rule, _)| rule);
    let labels = py.detach(|| {
        let table = xrd_io::read_labels(path)?;
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        xrd_io::join(&table, &names, by_order, &columns)
    });
    let labels = labels.or_raise()?;
    let values: Vec<f64> = labels.rows().flatten().copied().collect();
    Ok((labels.columns().to_vec(), matrix(py, values, labels.len())?))
}

/// The crystal structures of a file (CIF, POSCAR), each with its name and the warnings about it.
#[pyfunction]
pub(crate) fn read_structures(
    py: Python<'_>,
    source: Source,
) -> PyResult<Vec<(String, Structure, Vec<String>)>> {
    let crystals = py.detach(|| match &source {
        Source::Path(path) => xrd_io::read_crystals(path),
        Source::Bytes(bytes, name) => xrd_io::read_crystals_bytes(name, bytes),
    });
    let described = |crystal: xrd_io::Crystal| {
        let structure = crystal.structure().or_raise()?;
        Ok((
            crystal.name().to_owned(),
            Structure(structure.into()),
            crystal.warnings().to_vec(),
        ))
    };
    crystals.or_raise()?.into_iter().map(described).collect()
}

/// The first angle, the step and the number of angles of a uniform axis.
#[pyfunction]
pub(crate) fn uniform_grid(angles: PyReadonlyArray1<'_, f64>) -> PyResult<(f64, f64, usize)> {
    let grid = TwoThetaGrid::from_angles(angles.as_slice()?).or_raise()?;
    Ok((grid.start(), grid.step(), grid.len()))
}
