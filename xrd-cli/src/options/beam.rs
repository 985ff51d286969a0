//! Options of the simulated X-ray beam.

use clap::Args;
use xrd_core::Wavelength;
use xrd_sim::{Diffraction, Polarization, TubeLine};

use super::values::{not_negative, positive};

/// Wavelength, polarisation and scattering factors.
#[derive(Args, Clone, Debug)]
pub(crate) struct Beam {
    /// Wavelength in Å, or a line of an X-ray tube. Lines are Cr, Fe, Co, Cu, Mo or Ag with Ka
    /// (mean), Ka1, Ka2 or Kb, as in CuKa1 (International Tables C, 2004, table 4.2.2.1).
    /// [default for simulate: 1.540593, or that of the tube in --effects, or 0.496 for the built-in
    /// series; default for sensitivity: that of the model, if its patterns stated one]
    #[arg(long, value_name = "X|LINE", value_parser = wavelength)]
    wavelength: Option<Wavelength>,
    /// Isotropic displacement parameter B in Å², for atoms without one
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = not_negative)]
    b_iso: f64,
    /// Angle 2θ in degrees of the monochromator crystal, which polarises the beam (26.4 for
    /// graphite and copper)
    #[arg(long, value_name = "X", value_parser = monochromator)]
    monochromator: Option<Polarization>,
    /// Horizontally polarised share of a synchrotron beam, scattered upwards (0.5 to 1)
    #[arg(long, value_name = "X", value_parser = synchrotron, conflicts_with = "monochromator")]
    synchrotron: Option<Polarization>,
    /// Use anomalous dispersion: form factors with f' and f'' (0.0955 to 4.13 Å)
    #[arg(long)]
    dispersion: bool,
}

impl Beam {
    /// Whether the wavelength is given.
    pub(crate) fn has_wavelength(&self) -> bool {
        self.wavelength.is_some()
    }

    /// The settings for the library, with the wavelength `otherwise` if none is given.
    pub(crate) fn diffraction(&self, otherwise: Wavelength) -> Diffraction {
        let mut diffraction = Diffraction::new(self.wavelength.unwrap_or(otherwise));
        diffraction.b_iso = self.b_iso;
        diffraction.dispersion = self.dispersion;
        let polarization = self.monochromator.or(self.synchrotron);
        diffraction.polarization = polarization.unwrap_or(Polarization::UNPOLARIZED);
        diffraction
    }
}

/// Reads a wavelength: a number in Å or the name of a line.
pub(super) fn wavelength(text: &str) -> Result<Wavelength, String> {
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let line = text.parse::<TubeLine>();
        return line.map(TubeLine::wavelength).map_err(|e| e.to_string());
    }
    Wavelength::angstrom(positive(text)?).map_err(|e| e.to_string())
}

fn monochromator(text: &str) -> Result<Polarization, String> {
    Polarization::monochromator(not_negative(text)?).map_err(|e| e.to_string())
}

fn synchrotron(text: &str) -> Result<Polarization, String> {
    Polarization::synchrotron(not_negative(text)?).map_err(|e| e.to_string())
}
