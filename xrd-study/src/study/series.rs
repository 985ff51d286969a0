//! What is known of the built-in series and of no other dataset: hkl, and patterns between.

use xrd_sim::smfe12::{self, Composition, average_crystal, conventional_hkl, draw};
use xrd_sim::{Instrument, Reflection, reflections};

use super::Plan;
use crate::dataset::{Dataset, Origin};
use crate::error::Result;
use crate::experiment::{DataSource, Target};
use crate::split::Split;

/// At most so many arrangements stand for the truth of a composition.
const TRUTH_ARRANGEMENTS: usize = 40;

/// Candidates for the peak that the paper found irrelevant and calls (0,0,1), without saying in
/// which axes: (110), which is (001) in primitive ones, and (002).
pub(super) const CANDIDATES: [[i32; 3]; 2] = [[1, 1, 0], [0, 0, 2]];

/// The targets when the user names none: compositions between those of the set.
pub(super) fn default_targets(data: &Dataset) -> Vec<Target> {
    if matches!(data.origin, Origin::Files) {
        return Vec::new();
    }
    let target = |value| Target {
        column: "Ti".to_owned(),
        value,
    };
    [0.25, 0.75, 1.25, 1.75].map(target).to_vec()
}

/// The pattern shown in figures: the first test pattern; of the series one of x = 1.5, which the
/// paper shows, where the test patterns have one.
pub(super) fn shown_pattern(data: &Dataset, split: &Split) -> usize {
    let wanted = |i: &usize| match &data.origin {
        Origin::Series { arrangements, .. } => {
            arrangements[*i].composition == Composition::Titanium(6)
        }
        Origin::Files => true,
    };
    let test = || split.test.iter().copied();
    test()
        .find(|i| wanted(i))
        .or_else(|| test().next())
        .unwrap_or_default()
}

/// Simulated patterns of a target's composition, where the series has it.
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

/// The indices of a plane in conventional axes.
pub(super) fn conventional(hkl: [i32; 3]) -> [i32; 3] {
    conventional_hkl(hkl)
}

/// Reflections that all arrangements of a composition of the built-in series share, in conventional
/// axes.
pub struct Indexing {
    lines: Vec<Reflection>,
    instrument: Instrument,
}

impl Indexing {
    /// None where the pattern is not of the series.
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

    /// Indices of the strongest line within a line's width of an angle in degrees.
    pub fn hkl_at(&self, two_theta: f64) -> Option<[i32; 3]> {
        let near = self
            .lines
            .iter()
            .filter(|r| (r.two_theta_deg - two_theta).abs() <= self.instrument.profile.fwhm_deg());
        near.max_by(|a, b| a.intensity.total_cmp(&b.intensity))
            .map(|r| conventional_hkl(r.hkl))
    }

    /// Angle of a family of planes in degrees.
    pub fn angle_of(&self, hkl: [i32; 3]) -> Option<f64> {
        let line = self.lines.iter().find(|r| conventional_hkl(r.hkl) == hkl);
        line.map(|r| r.two_theta_deg)
    }
}
