use rayon::prelude::*;
use xrd_core::{Labels, Pattern, PatternSet, Scale, TwoThetaGrid, Wavelength};

use super::{Arrangement, LABELS};
use crate::{Diffraction, Instrument, Profile, Result, Shape, simulate};

/// Returns the instrument of the paper, with a given line width.
///
/// The wavelength is 0.496 Å. The axis is 1.00° <= 2θ < 120.00° in steps of 0.01° (11,900 points).
/// The displacement parameter B is 0.5 Å². The line profile is a pseudo-Voigt function with a
/// Lorentzian fraction η of 0.5. The argument `fwhm_deg` is its full width at half maximum in
/// degrees.
///
/// The paper does not state the line width. The program `xrd` uses 0.1° by default.
///
/// # Errors
/// [`Error::OutOfRange`](crate::Error) unless the width is greater than 0 and at most 10°.
pub fn instrument(fwhm_deg: f64) -> Result<Instrument> {
    Ok(Instrument::new(
        TwoThetaGrid::new(1.0, 0.01, 11_900)?,
        Diffraction::new(Wavelength::angstrom(0.496)?),
        Profile::new(Shape::PseudoVoigt { eta: 0.5 }, fwhm_deg)?,
    ))
}

/// Simulates the pattern of one arrangement, scaled to a maximum of 1.
///
/// # Errors
/// Any error of [`simulate`] and [`Composition::structure`](super::Composition::structure).
pub fn pattern(instrument: &Instrument, arrangement: &Arrangement) -> Result<Pattern> {
    let structure = arrangement.structure()?;
    simulate(
        &structure,
        &instrument.diffraction,
        &instrument.grid,
        &instrument.profile,
    )
}

/// Simulates the patterns of many arrangements in parallel and returns them with their labels.
///
/// The simulation uses the threads of the current pool of the crate `rayon`. After each pattern, it
/// calls the function `progress` once, from any thread.
///
/// Each pattern is scaled to a maximum of 1 by its own factor. The scale of the set is therefore
/// [`Scale::ARBITRARY`].
///
/// # Errors
/// Any error of [`pattern`].
pub fn patterns(
    instrument: &Instrument,
    arrangements: &[Arrangement],
    progress: impl Fn() + Sync,
) -> Result<(PatternSet, Labels)> {
    let one = |arrangement: &Arrangement| {
        let pattern = pattern(instrument, arrangement)?;
        progress();
        Ok(pattern.into_intensities())
    };
    let rows = arrangements.par_iter().map(one);
    let rows: Vec<Vec<f32>> = rows.collect::<Result<_>>()?;
    let set = PatternSet::new(
        instrument.grid,
        Scale::ARBITRARY,
        Some(instrument.diffraction.wavelength),
        arrangements.iter().map(Arrangement::name).collect(),
        rows.concat(),
    )?;
    let columns = LABELS.map(str::to_owned).to_vec();
    let values = arrangements.iter().flat_map(|a| a.composition.labels());
    Ok((set, Labels::new(columns, values.collect())?))
}
