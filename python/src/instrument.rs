//! The instrument of a simulation, and the effects on its patterns.

use numpy::PyArray1;
use pyo3::prelude::*;
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_sim::{Diffraction, Polarization, Profile, RandomEffects, Shape, TubeLine};

use crate::arrays::vector;
use crate::errors::{OrRaise, exception, value_error};

/// A diffractometer: angles, wavelength and line profile.
#[pyclass(frozen, module = "xrd._xrd")]
pub(crate) struct Instrument(pub(crate) xrd_sim::Instrument);

#[pymethods]
impl Instrument {
    /// `grid` is the first angle, the step and the number of points.
    #[new]
    #[pyo3(signature = (grid, wavelength, fwhm, eta, b_iso, polarization, dispersion))]
    fn new(
        grid: (f64, f64, usize),
        wavelength: f64,
        fwhm: f64,
        eta: f64,
        b_iso: f64,
        polarization: (Option<f64>, Option<f64>),
        dispersion: bool,
    ) -> PyResult<Self> {
        let (start, step, points) = grid;
        if points > 10_000_000 {
            return Err(value_error(format!(
                "{points} angles (expected at most 10000000)"
            )));
        }
        let grid = TwoThetaGrid::new(start, step, points).or_raise()?;
        let wavelength = Wavelength::angstrom(wavelength).or_raise()?;
        let polarization = match polarization {
            (Some(_), Some(_)) => {
                return Err(value_error(
                    "monochromator and synchrotron cannot both be given",
                ));
            }
            (Some(angle), None) => Polarization::monochromator(angle).or_raise()?,
            (None, Some(share)) => Polarization::synchrotron(share).or_raise()?,
            (None, None) => Polarization::UNPOLARIZED,
        };
        let diffraction = Diffraction::new(wavelength)
            .with_b_iso(b_iso)
            .with_dispersion(dispersion)
            .with_polarization(polarization);
        let profile = Profile::new(Shape::PseudoVoigt { eta }, fwhm).or_raise()?;
        Ok(Self(xrd_sim::Instrument::new(grid, diffraction, profile)))
    }

    /// The angles 2θ in degrees.
    #[getter]
    fn two_theta<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.0.grid.angles().collect())
    }

    /// The wavelength in Å.
    #[getter]
    fn wavelength(&self) -> f64 {
        self.0.diffraction.wavelength.as_angstrom()
    }

    /// The wavelength in Å of a line of an X-ray tube.
    #[staticmethod]
    fn tube_line(name: &str) -> PyResult<f64> {
        let line: TubeLine = name.parse().map_err(exception)?;
        Ok(line.wavelength().as_angstrom())
    }
}

/// Random effects of instrument and specimen.
#[pyclass(frozen, module = "xrd._xrd")]
pub(crate) struct Effects {
    pub(crate) effects: RandomEffects,
    /// JSON or TOML, for pickling.
    text: String,
    is_json: bool,
}

#[pymethods]
impl Effects {
    /// Reads tables of effects from JSON or TOML.
    #[new]
    fn new(text: String, is_json: bool) -> PyResult<Self> {
        let effects = match is_json {
            true => serde_json::from_str(&text).map_err(exception)?,
            false => toml::from_str(&text).map_err(exception)?,
        };
        Ok(Self {
            effects,
            text,
            is_json,
        })
    }

    /// The effects of a laboratory diffractometer, as for `xrd simulate --effects laboratory`.
    #[staticmethod]
    fn laboratory() -> PyResult<Self> {
        Self::new(include_str!("laboratory.toml").to_owned(), false)
    }

    /// The wavelength in Å of the tube, if the effects name one.
    #[getter]
    fn wavelength(&self) -> Option<f64> {
        let anode = self.effects.anode()?;
        Some(anode.k_alpha1().as_angstrom())
    }

    /// The names of phases that have tables of their own.
    #[getter]
    fn phases(&self) -> Vec<String> {
        self.effects.phase_names().map(str::to_owned).collect()
    }

    fn __getnewargs__(&self) -> (&str, bool) {
        (&self.text, self.is_json)
    }
}

/// A TOML text as JSON.
#[pyfunction]
pub(crate) fn toml_as_json(text: &str) -> PyResult<String> {
    let value: serde_json::Value = toml::from_str(text).or_raise()?;
    Ok(value.to_string())
}

/// Named effects for training patterns, `mild` or `laboratory`, as JSON.
#[pyfunction]
pub(crate) fn training_effects(name: &str) -> PyResult<String> {
    let effects = match name {
        "mild" => xrd_study::mild_effects(),
        "laboratory" => xrd_study::laboratory_effects(),
        _ => {
            return Err(value_error(format!(
                "'{name}' are no effects (expected mild or laboratory)"
            )));
        }
    };
    serde_json::to_string(&effects).or_raise()
}
