//! Properties of the built-in series alone: hkl indices, default targets and true patterns.

use xrd_sim::smfe12::{self, Composition, average_crystal, conventional_hkl, draw};
use xrd_sim::{Instrument, Reflection, reflections};

use super::Plan;
use crate::dataset::{Dataset, Origin};
use crate::error::Result;
use crate::experiment::{DataSource, Target, TargetComposition};
use crate::split::Split;

/// Largest number of arrangements whose mean is the true pattern of a composition.
const TRUTH_ARRANGEMENTS: usize = 40;

/// Candidates for the irrelevant peak that the paper calls (0,0,1). The paper does not state the
/// axes: the peak may be (110), which is (001) in primitive axes, or (002).
pub(super) const CANDIDATES: [[i32; 3]; 2] = [[1, 1, 0], [0, 0, 2]];

/// Returns the default targets: compositions halfway between those of the set.
pub(super) fn default_targets(data: &Dataset) -> Vec<TargetComposition> {
    if matches!(data.origin, Origin::Files) {
        return Vec::new();
    }
    [0.25, 0.75, 1.25, 1.75]
        .map(|value| Target::new("Ti", value).into())
        .to_vec()
}

/// Returns the index of the pattern in figures: the first test pattern, or for the series the first
/// test pattern with x = 1.5 as in the paper, if there is one.
pub(super) fn shown_pattern(data: &Dataset, split: &Split) -> usize {
    let is_shown = |i: &usize| match &data.origin {
        Origin::Series { arrangements, .. } => {
            arrangements[*i].composition == Composition::Titanium(6)
        }
        Origin::Files => true,
    };
    let test = || split.test.iter().copied();
    test()
        .find(|i| is_shown(i))
        .or_else(|| test().next())
        .unwrap_or_default()
}

/// Simulates patterns of the composition of a target, if the series has this composition.
pub(super) fn truth(plan: &Plan<'_>, target: &Target) -> Result<Option<Vec<Vec<f32>>>> {
    let Origin::Series { instrument, .. } = &plan.data.origin else {
        return Ok(None);
    };
    let DataSource::Series { seed, .. } = plan.experiment.data else {
        return Ok(None);
    };
    let ti = 4.0 * target.value;
    if target.column != "Ti" || ti.fract() != 0.0 || !(0.0..=16.0).contains(&ti) {
        return Ok(None);
    }
    let composition = Composition::Titanium(ti as usize);
    let arrangements = draw(composition, TRUTH_ARRANGEMENTS, seed)?;
    let (set, _) = smfe12::patterns(instrument, &arrangements, || ())?;
    Ok(Some(
        (0..set.len())
            .map(|i| set.intensities(i).to_vec())
            .collect(),
    ))
}

/// Returns the indices of a family of lattice planes in conventional axes.
pub(super) fn conventional(hkl: [i32; 3]) -> [i32; 3] {
    conventional_hkl(hkl)
}

/// Lines of one composition of the [built-in series](DataSource::Series), with their indices hkl in
/// the conventional cell.
pub struct Indexing {
    lines: Vec<Reflection>,
    instrument: Instrument,
}

impl Indexing {
    /// Returns the lines of the composition of a pattern. `None` except for the built-in series.
    pub(super) fn of(data: &Dataset, pattern: usize) -> Result<Option<Self>> {
        let Origin::Series {
            instrument,
            arrangements,
        } = &data.origin
        else {
            return Ok(None);
        };
        let crystal = average_crystal(arrangements[pattern].composition)?;
        let range = instrument.grid.start()..=instrument.grid.last();
        Ok(Some(Self {
            lines: reflections(&crystal, &instrument.diffraction, range)?,
            instrument: *instrument,
        }))
    }

    /// Returns the indices hkl of the strongest line within one line width of an angle 2θ in
    /// degrees. `None` if there is no such line.
    pub fn hkl_at(&self, two_theta: f64) -> Option<[i32; 3]> {
        let near = self
            .lines
            .iter()
            .filter(|r| (r.two_theta_deg - two_theta).abs() <= self.instrument.profile.fwhm_deg());
        near.max_by(|a, b| a.intensity.total_cmp(&b.intensity))
            .map(|r| conventional_hkl(r.hkl))
    }

    /// Returns the angle 2θ of a family of lattice planes in degrees. `None` if the family has no
    /// line on the grid.
    pub fn angle_of(&self, hkl: [i32; 3]) -> Option<f64> {
        let line = self.lines.iter().find(|r| conventional_hkl(r.hkl) == hkl);
        line.map(|r| r.two_theta_deg)
    }
}
