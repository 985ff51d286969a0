//! Sensitivity of the latent point of a pattern to small changes of the crystal and the
//! measurement.

use xrd_ae::Autoencoder;
use xrd_core::{Encoder, Latent2, PatternSet, Scale, Structure};
use xrd_sim::{
    Effects, Instrument, ParameterKind, PatternKey, Profile, Shape, ZeroShift, free_parameters,
    measure,
};

use crate::error::Result;

/// Relative change of the line width.
const RELATIVE_WIDTH: f64 = 0.1;
/// Change of the background, in units of the highest line.
const BACKGROUND: f64 = 0.01;
/// Change of the zero shift in degrees.
const ZERO_SHIFT_DEG: f64 = 0.01;

/// Kind of a parameter of the crystal or the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Length or angle of the unit cell.
    Cell,
    /// Coordinate of an atom.
    Coordinate,
    /// Occupancy of an atomic site.
    Occupancy,
    /// Atomic displacement parameter B = 8π²U.
    Displacement,
    /// Parameter of the measurement, such as the zero shift.
    Measurement,
}

/// Small change of one parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SmallChange {
    /// Name of the parameter.
    pub name: String,
    /// Kind of the parameter.
    pub cause: Cause,
    /// Unit of `amount`, such as `angstrom`.
    pub unit: &'static str,
    /// Amount of the change.
    pub amount: f64,
}

/// A change with the patterns before and after it.
struct Step {
    change: SmallChange,
    /// Amounts and patterns before and after.
    ends: [(f64, Vec<f32>); 2],
}

/// Effect of a small change on a pattern and its latent point.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Effect {
    /// The change.
    pub change: SmallChange,
    /// Displacement vector of the latent point on the latent plane.
    pub moved: Latent2,
    /// Relative change of the pattern: |pattern after − pattern before| / |pattern|, where |…| is
    /// the Euclidean norm.
    pub pattern: f64,
    /// Nonlinearity of the displacement: 2·|(A + B)/2 − P| / |A − B|. P is the latent point without
    /// a change. A and B are the latent points after half of the change in the negative and in the
    /// positive direction. The value is 0 if P is the midpoint of A and B. `None` if the parameter
    /// can be changed in one direction only, or if A equals B.
    pub bend: Option<f64>,
}

impl SmallChange {
    /// Returns the change as text, for example "c + 0.1 %".
    pub fn words(&self) -> String {
        let Self { name, amount, .. } = self;
        match self.unit {
            "relative" => format!("{name} + {} %", 100.0 * amount),
            "degrees" => format!("{name} + {amount}°"),
            "angstrom" => format!("{name} + {amount} Å"),
            "angstrom^2" => format!("{name} + {amount} Å²"),
            "of the highest line" => format!("{name} + {} % of max.", 100.0 * amount),
            _ => format!("{name} + {amount}"),
        }
    }
}

impl Effect {
    /// Returns the length of the displacement on the latent plane.
    pub fn length(&self) -> f64 {
        self.moved.x.hypot(self.moved.y)
    }
}

fn cause(kind: ParameterKind) -> Cause {
    match kind {
        ParameterKind::Length | ParameterKind::Angle => Cause::Cell,
        ParameterKind::Coordinate => Cause::Coordinate,
        ParameterKind::Occupancy => Cause::Occupancy,
        ParameterKind::Displacement => Cause::Displacement,
    }
}

/// Computes how the latent point of a structure moves when a parameter changes slightly.
///
/// The function simulates the pattern of the structure and encodes this pattern. The function then
/// changes one parameter at a time. The parameters are the free parameters of the crystal, the line
/// width, the background and the zero shift. The result is the latent point of the structure and
/// one [`Effect`] per parameter. The effects with the longest displacement come first.
///
/// The argument `tolerance` is the tolerance in Å of the search for the symmetry of the structure.
///
/// # Errors
/// [`Error::Simulation`](crate::Error::Simulation) if a parameter cannot be changed; the error
/// contains the name of the parameter. [`Error::Network`](crate::Error::Network) if the grid of the
/// instrument differs from the grid of the model.
pub fn sensitivity(
    model: &Autoencoder,
    structure: &Structure,
    instrument: &Instrument,
    tolerance: f64,
) -> Result<(Latent2, Vec<Effect>)> {
    let plain = pattern(structure, instrument, &Effects::default())?;
    let steps = steps(structure, instrument, tolerance, &plain)?;
    let patterns = steps.iter().flat_map(|s| s.ends.iter().map(|(_, p)| p));
    let block: Vec<f32> = std::iter::once(&plain)
        .chain(patterns)
        .flatten()
        .copied()
        .collect();
    let names = (0..=2 * steps.len()).map(|i| i.to_string()).collect();
    let wavelength = Some(instrument.diffraction.wavelength);
    let set = PatternSet::new(instrument.grid, Scale::ARBITRARY, wavelength, names, block)?;
    let points = model.encode_set(&set)?;
    let at = points[0];
    let size = length(plain.iter().map(|v| f64::from(*v)));
    let effect = |(i, step): (usize, Step)| {
        let (low, high) = (points[2 * i + 1], points[2 * i + 2]);
        let moved = Latent2::new(high.x - low.x, high.y - low.y);
        let middle = Latent2::new((low.x + high.x) / 2.0, (low.y + high.y) / 2.0);
        let [(from, a), (to, b)] = &step.ends;
        let both_ways = *from < 0.0 && *to > 0.0 && low != high;
        let pairs = a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b));
        Effect {
            change: step.change,
            moved,
            pattern: length(pairs) / size,
            bend: both_ways.then(|| 2.0 * at.distance(middle) / low.distance(high)),
        }
    };
    let mut effects: Vec<Effect> = steps.into_iter().enumerate().map(effect).collect();
    effects.sort_by(|a, b| b.length().total_cmp(&a.length()));
    Ok((at, effects))
}

fn steps(
    structure: &Structure,
    instrument: &Instrument,
    tolerance: f64,
    plain: &[f32],
) -> Result<Vec<Step>> {
    let none = Effects::default();
    let mut steps = Vec::new();
    for free in free_parameters(structure, tolerance, &instrument.diffraction)? {
        let kind = free.kind();
        let change = SmallChange {
            name: free.name().to_owned(),
            cause: cause(kind),
            unit: kind.unit(),
            amount: kind.usual_change(),
        };
        let changed = |amount| pattern(&free.changed(structure, amount)?, instrument, &none);
        steps.push(step(change, plain, changed)?);
    }
    let measurement = |name: &str, unit, amount| SmallChange {
        name: name.to_owned(),
        cause: Cause::Measurement,
        unit,
        amount,
    };
    let width = |amount| {
        let (shape, fwhm) = (instrument.profile.eta(), instrument.profile.fwhm_deg());
        let profile = Profile::new(Shape::PseudoVoigt { eta: shape }, (1.0 + amount) * fwhm)?;
        let wider = instrument.with_profile(profile);
        pattern(structure, &wider, &none)
    };
    let change = measurement("line width", "relative", RELATIVE_WIDTH);
    steps.push(step(change, plain, width)?);
    let background = |amount: f64| Ok(plain.iter().map(|v| v + amount as f32).collect());
    let change = measurement("background", "of the highest line", BACKGROUND);
    steps.push(step(change, plain, background)?);
    let shift = |amount| {
        let shifted = Effects::default().with_zero_shift(ZeroShift::new(amount)?);
        pattern(structure, instrument, &shifted)
    };
    let change = measurement("zero shift", "degrees", ZERO_SHIFT_DEG);
    steps.push(step(change, plain, shift)?);
    Ok(steps)
}

/// Applies half of a change in both directions, or all of it in the only direction that is
/// possible.
fn step(
    change: SmallChange,
    plain: &[f32],
    changed: impl Fn(f64) -> Result<Vec<f32>>,
) -> Result<Step> {
    let (amount, half) = (change.amount, change.amount / 2.0);
    let ends = match (changed(-half), changed(half)) {
        (Ok(below), Ok(above)) => [(-half, below), (half, above)],
        (Err(_), Ok(_)) => [(0.0, plain.to_vec()), (amount, changed(amount)?)],
        (Ok(_), Err(_)) => [(-amount, changed(-amount)?), (0.0, plain.to_vec())],
        (Err(e), Err(_)) => return Err(e.at(change.name)),
    };
    Ok(Step { change, ends })
}

fn pattern(structure: &Structure, instrument: &Instrument, effects: &Effects) -> Result<Vec<f32>> {
    let key = PatternKey::new(0, 0);
    Ok(measure(structure, instrument, effects, key)?
        .intensities()
        .to_vec())
}

fn length(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}
