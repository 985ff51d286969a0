//! Relevance of the lines of the built-in series.

use std::collections::BTreeMap;

use xrd_ae::Autoencoder;
use xrd_core::Latent2;
use xrd_relevance::{Part, replace_parts};
use xrd_sim::smfe12::{Composition, average_crystal, conventional_hkl};
use xrd_sim::{Instrument, Reflection, draw_pattern, reflections};

use crate::dataset::{Dataset, Origin};
use crate::error::Result;

/// Smallest intensity of a listed family of lattice planes in any composition, relative to the
/// strongest line.
const FAINTEST: f64 = 0.01;

/// Distance from a line, in line widths, within which intensity is attributed to it.
const WIDTHS: f64 = 10.0;

/// Lines that all arrangements of a composition share, in conventional axes.
pub(super) struct Lines {
    /// Families of lattice planes, by descending spacing.
    pub(super) families: Vec<Family>,
    /// Lines of each composition of the set.
    pub(super) compositions: Vec<Lined>,
    /// Index of the composition of each pattern.
    pub(super) composition_of: Vec<usize>,
}

/// A family of lattice planes.
pub(super) struct Family {
    pub(super) hkl: [i32; 3],
    pub(super) multiplicity: usize,
    /// Intensity relative to the strongest line, averaged over the patterns.
    pub(super) relative_intensity: f64,
}

/// Lines of one composition.
pub(super) struct Lined {
    /// Index of a pattern of the composition.
    pub(super) example: usize,
    /// Number of patterns of the composition.
    pub(super) patterns: usize,
    /// All reflections, by ascending angle.
    pub(super) reflections: Vec<Reflection>,
    /// Index of the reflection of each family.
    pub(super) of_family: Vec<usize>,
    /// Fraction of the intensity at each angle that belongs to each family.
    parts: Vec<Part>,
    /// Largest intensity.
    pub(super) strongest: f64,
}

impl Lines {
    /// Returns the lines of the built-in series. `None` for other patterns.
    pub(super) fn of(data: &Dataset) -> Result<Option<Self>> {
        let Origin::Series {
            instrument,
            arrangements,
        } = &data.origin
        else {
            return Ok(None);
        };
        let mut examples: BTreeMap<Composition, (usize, usize)> = BTreeMap::new();
        for (i, arrangement) in arrangements.iter().enumerate() {
            examples.entry(arrangement.composition).or_insert((i, 0)).1 += 1;
        }
        let mut compositions = Vec::new();
        for (composition, (example, patterns)) in &examples {
            let crystal = average_crystal(*composition)?;
            let range = instrument.grid.start()..=instrument.grid.last();
            let reflections = reflections(&crystal, &instrument.diffraction, range)?;
            let strongest = reflections.iter().map(|r| r.intensity).fold(0.0, f64::max);
            compositions.push(Lined {
                example: *example,
                patterns: *patterns,
                reflections,
                of_family: Vec::new(),
                parts: Vec::new(),
                strongest,
            });
        }
        let index = |c: &Composition| examples.keys().position(|e| e == c).unwrap_or_default();
        let composition_of = arrangements.iter().map(|a| index(&a.composition)).collect();
        let families = families(&compositions);
        for lined in &mut compositions {
            lined.find(&families, instrument)?;
        }
        Ok(Some(Self {
            families,
            compositions,
            composition_of,
        }))
    }

    /// Returns the displacement of the point of each pattern when all lines of a family are masked.
    ///
    /// # Shapes
    /// patterns × families
    pub(super) fn moves(&self, data: &Dataset, model: &Autoencoder) -> Result<Vec<Vec<Latent2>>> {
        let zeros = vec![0.0; data.set.grid().len()];
        let one = |(i, composition): (usize, &usize)| {
            let parts = &self.compositions[*composition].parts;
            Ok(replace_parts(
                model,
                &data.set.intensities(i)?,
                &zeros,
                parts,
            )?)
        };
        self.composition_of.iter().enumerate().map(one).collect()
    }

    /// Returns the angle of a family in the composition of a pattern, in degrees.
    pub(super) fn two_theta(&self, family: usize, pattern: usize) -> f64 {
        let lined = &self.compositions[self.composition_of[pattern]];
        lined.reflections[lined.of_family[family]].two_theta_deg
    }
}

/// Returns the mean length of the displacements over the patterns, one per family.
pub(super) fn mean_devs(moves: &[Vec<Latent2>]) -> Vec<f64> {
    let families = moves.first().map_or(0, Vec::len);
    let mean = |f: usize| {
        let lengths = moves.iter().map(|of| of[f].x.hypot(of[f].y));
        lengths.sum::<f64>() / moves.len() as f64
    };
    (0..families).map(mean).collect()
}

/// Returns the families that all compositions have and whose intensity reaches [`FAINTEST`] in one.
fn families(compositions: &[Lined]) -> Vec<Family> {
    let mut found: BTreeMap<[i32; 3], (usize, usize, f64, f64)> = BTreeMap::new();
    let patterns: usize = compositions.iter().map(|c| c.patterns).sum();
    for lined in compositions {
        for r in &lined.reflections {
            let hkl = conventional_hkl(r.hkl);
            let (count, multiplicity, mean, most) = found.entry(hkl).or_default();
            let relative = r.intensity / lined.strongest;
            *count += 1;
            *multiplicity = r.multiplicity;
            *mean += relative * lined.patterns as f64 / patterns as f64;
            *most = most.max(relative);
        }
    }
    let kept = found
        .into_iter()
        .filter(|(_, (count, _, _, most))| *count == compositions.len() && *most >= FAINTEST);
    let mut families: Vec<Family> = kept
        .map(|(hkl, (_, multiplicity, relative_intensity, _))| Family {
            hkl,
            multiplicity,
            relative_intensity,
        })
        .collect();
    if let Some(first) = compositions.first() {
        let angle = |f: &Family| {
            first
                .reflection(f.hkl)
                .map_or(f64::MAX, |(_, r)| r.two_theta_deg)
        };
        families.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    }
    families
}

impl Lined {
    fn reflection(&self, hkl: [i32; 3]) -> Option<(usize, &Reflection)> {
        let mut all = self.reflections.iter().enumerate();
        all.find(|(_, r)| conventional_hkl(r.hkl) == hkl)
    }

    /// Sets the reflection of each family and its fraction of the intensity at each angle.
    fn find(&mut self, families: &[Family], instrument: &Instrument) -> Result<()> {
        let whole = draw_pattern(&self.reflections, &instrument.grid, &instrument.profile)?;
        let of_family = families.iter().filter_map(|f| self.reflection(f.hkl));
        let found: Vec<(usize, Part)> = of_family
            .map(|(i, r)| (i, part(r, whole.intensities(), instrument)))
            .collect();
        (self.of_family, self.parts) = found.into_iter().unzip();
        Ok(())
    }
}

/// Returns the fraction of one line in the total intensity at each angle near the line.
fn part(line: &Reflection, all: &[f32], instrument: &Instrument) -> Part {
    let (grid, profile) = (&instrument.grid, &instrument.profile);
    let reach = (WIDTHS * profile.fwhm_deg()).min(profile.reach_deg());
    let points = grid.window(line.two_theta_deg - reach, 2.0 * reach);
    let share = |i: usize| {
        let own = line.intensity * profile.at(grid.angle(i) - line.two_theta_deg);
        match all[i] > 0.0 {
            true => (own / f64::from(all[i])).clamp(0.0, 1.0) as f32,
            false => 0.0,
        }
    };
    Part {
        start: points.start,
        shares: points.map(share).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_sim::smfe12::{self, paper_set};

    fn series() -> (Dataset, Lines) {
        let mut instrument = smfe12::instrument(0.1).unwrap();
        instrument.grid = xrd_core::TwoThetaGrid::new(1.0, 0.02, 1500).unwrap();
        let arrangements = paper_set(0).unwrap().into_iter().step_by(30).collect();
        let data = Dataset::series(instrument, arrangements, &crate::session::Silent).unwrap();
        let lines = Lines::of(&data).unwrap().unwrap();
        (data, lines)
    }

    #[test]
    fn lines_share_the_intensity_and_leave_little_to_others() {
        let (data, lines) = series();
        for lined in &lines.compositions {
            let mut sum = vec![0.0_f32; 1500];
            for part in &lined.parts {
                for (s, share) in sum[part.points()].iter_mut().zip(&part.shares) {
                    *s += share;
                }
            }
            assert!(sum.iter().all(|s| *s < 1.001), "the fractions exceed 1");
            let pattern = data.set.intensities(lined.example).unwrap();
            let (mut shared, mut all) = (0.0, 0.0);
            for (v, s) in pattern.iter().zip(&sum) {
                (shared, all) = (shared + v * s, all + v);
            }
            assert!(shared > 0.85 * all, "{shared} of {all}");
        }
    }

    #[test]
    fn the_families_are_those_of_a_body_centred_cell() {
        let (_, lines) = series();
        assert!(lines.families.len() > 10);
        assert!(
            lines
                .families
                .iter()
                .all(|f| f.hkl.iter().sum::<i32>() % 2 == 0)
        );
        let (mut angles, strongest) = (vec![], lines.families.iter().map(|f| f.relative_intensity));
        assert!(strongest.fold(0.0, f64::max) > 0.9);
        for (f, family) in lines.families.iter().enumerate() {
            angles.push(lines.two_theta(f, 0));
            let [h, k, l] = family.hkl;
            // A general plane of 4/mmm has multiplicity 16, a plane on a mirror less.
            let expected = match (h == k || k == 0, l == 0) {
                _ if h == 0 => 2,
                (true, true) => 4,
                (true, false) | (false, true) => 8,
                (false, false) => 16,
            };
            assert_eq!(family.multiplicity, expected, "{:?}", family.hkl);
        }
        assert!(angles.windows(2).all(|w| w[0] < w[1] + 0.2));
    }
}
