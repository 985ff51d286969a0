//! Mean pattern of each group, its spread, and the angles that distinguish it.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_io::prepare::Lines;

use super::windows::{AngleWindow, Moments, windows};
use crate::dataset::Patterns;
use crate::error::Result;

/// Mean pattern of a group, its spread, and the angles that distinguish the group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupProfile {
    /// Mean of the grouped patterns of the group at each angle, each divided by its highest
    /// intensity.
    pub mean: Vec<f64>,
    /// Standard deviation of these patterns at each angle. 0 for a group of one pattern.
    pub spread: Vec<f64>,
    /// Windows of angles that distinguish the group from all others, the clearest first. None if
    /// there is only one group.
    pub windows: Vec<AngleWindow>,
}

/// Profiles of the groups of the patterns `rows`.
pub(super) fn profiles(
    patterns: &Patterns,
    rows: &[usize],
    group: &[usize],
    groups: usize,
) -> Result<Vec<GroupProfile>> {
    let (grid, lines) = (*patterns.grid(), Lines::new(patterns.grid()));
    let of = |g: usize| {
        let own = rows.iter().zip(group).filter(|(_, own)| **own == g);
        let (mut relative, mut own_lines) = (Moments::default(), Moments::default());
        for (&i, _) in own {
            let intensities = patterns.intensities(i)?;
            own_lines.add(&lines.of(&intensities));
            relative.add(&relative_to_highest(&intensities));
        }
        Ok((relative, own_lines))
    };
    let moments: Vec<(Moments, Moments)> =
        (0..groups).into_par_iter().map(of).collect::<Result<_>>()?;
    let all_lines: Vec<&Moments> = moments.iter().map(|(_, lines)| lines).collect();
    let profile = |(g, (relative, _)): (usize, &(Moments, Moments))| GroupProfile {
        mean: relative.mean.clone(),
        spread: relative.spread(),
        windows: windows(&all_lines, g, |i| grid.angle(lines.angle(i))),
    };
    Ok(moments.iter().enumerate().map(profile).collect())
}

fn relative_to_highest(intensities: &[f32]) -> Vec<f64> {
    let highest = intensities.iter().copied().fold(0.0f32, f32::max);
    let scale = match highest > 0.0 {
        true => 1.0 / f64::from(highest),
        false => 1.0,
    };
    intensities.iter().map(|&v| f64::from(v) * scale).collect()
}
