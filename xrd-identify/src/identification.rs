use rayon::prelude::*;

use crate::fit::{Fitted, Look, draw};
use crate::lines::Code;
use crate::peaks::Peaks;
use crate::{Library, Neighbour, Peak, Prepared, Shifts};

mod phases;

pub use phases::{Phase, Phases};

/// Entry of a library that agrees with a pattern.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Match {
    /// Index of the entry.
    pub index: usize,
    /// Cosine between both intensities to the power 0.65, 0 to 1, after the shifts are fitted.
    pub similarity: f64,
    /// Fitted shifts.
    pub shifts: Shifts,
}

/// Line of an entry, and whether the pattern has it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundLine {
    /// Expected angle 2θ in degrees for Cu Kα1, with the fitted shifts.
    pub two_theta_deg: f64,
    /// Lattice spacing of the entry in Å.
    pub d_angstrom: f64,
    /// Intensity relative to the strongest line of the entry.
    pub intensity: f64,
    /// Whether the pattern has a peak there.
    pub is_found: bool,
}

/// Weakest line of an entry that a pattern should have, relative to the strongest.
const EXPECTED: f64 = 0.03;

/// Widths of the lines that are tried, relative to the median width of the peaks.
const WIDTHS: [f64; 3] = [1.0, 0.75, 1.33];

/// Entries that agree with a pattern.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identification {
    /// Entries, the most similar first.
    pub matches: Vec<Match>,
    /// Peaks of the pattern.
    pub peaks: Vec<Peak>,
    /// Typical full width at half maximum of its lines in degrees.
    pub fwhm_deg: f64,
    /// Whether the lines look like doublets of Kα1 and Kα2.
    pub has_k_alpha2: bool,
    /// How the lines are drawn.
    pub(crate) look: Look,
    measured: std::ops::Range<usize>,
}

impl Identification {
    /// Returns the matches as neighbours, for [`Votes`](crate::Votes).
    pub fn neighbours(&self) -> Vec<Neighbour> {
        let neighbour = |m: &Match| Neighbour {
            index: m.index,
            similarity: m.similarity,
        };
        self.matches.iter().map(neighbour).collect()
    }

    /// Returns the lines of a match that the pattern should have: those within its range with 3 % of the
    /// strongest intensity or more.
    pub fn lines(&self, library: &Library, found: &Match) -> Vec<FoundLine> {
        let Some(entry) = library.entry(found.index) else {
            return Vec::new();
        };
        let [from, to] =
            [self.measured.start, self.measured.end].map(|p| crate::lines::angle(p as f64 - 0.5));
        let expected = |line: crate::Line| FoundLine {
            two_theta_deg: found.shifts.two_theta_deg(line.inverse_d),
            d_angstrom: 1.0 / line.inverse_d,
            intensity: line.intensity,
            is_found: false,
        };
        let lines = entry.lines.lines().filter(|l| l.intensity >= EXPECTED);
        let mut lines: Vec<FoundLine> = lines.map(expected).collect();
        lines.retain(|l| (from..to).contains(&l.two_theta_deg));
        for line in &mut lines {
            line.is_found = self.peaks.iter().any(|p| self.agree(p, line.two_theta_deg));
        }
        lines
    }

    /// Returns the peaks that none of these matches has, with lines of any intensity.
    pub fn unmatched(&self, library: &Library, found: &[&Match]) -> Vec<Peak> {
        let mut angles = Vec::new();
        for m in found {
            let entry = library.entry(m.index);
            let lines = entry.iter().flat_map(|e| e.lines.lines());
            angles.extend(lines.map(|l| m.shifts.two_theta_deg(l.inverse_d)));
        }
        let is_matched = |p: &Peak| angles.iter().any(|a| self.agree(p, *a));
        let peaks = self.peaks.iter().copied();
        peaks.filter(|p| !is_matched(p)).collect()
    }

    /// Returns the share of the heights of all peaks that the best match does not explain: 0 if each peak is at one of
    /// its lines, 1 without peaks or matches. It is large for mixtures, and if the structure is not in the library.
    pub fn unexplained(&self, library: &Library) -> f64 {
        let height = |peaks: &[Peak]| peaks.iter().map(|p| p.height).sum::<f64>();
        let all = height(&self.peaks);
        match self.matches.first() {
            Some(best) if all > 0.0 => height(&self.unmatched(library, &[best])) / all,
            _ => 1.0,
        }
    }

    /// Whether a peak and a line are at one place, or the peak is the companion of Kα2.
    fn agree(&self, peak: &Peak, angle: f64) -> bool {
        let tolerance = 0.08 + 0.5 * self.fwhm_deg;
        let apart = peak.two_theta_deg - angle;
        apart > -tolerance && apart < tolerance + self.companion_deg(angle)
    }

    /// Distance in degrees of the line of Kα2 from that of Kα1; 0 without Kα2.
    pub(crate) fn companion_deg(&self, angle: f64) -> f64 {
        match self.has_k_alpha2 {
            true => 0.005 * (angle / 2.0).to_radians().tan().to_degrees(),
            false => 0.0,
        }
    }
}

/// Settings of an identification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Number of entries whose shifts are fitted: the most similar ones without shifts.
    pub candidates: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { candidates: 100 }
    }
}

impl Library {
    /// Finds the entries that agree best with a pattern.
    ///
    /// The most similar entries by [`neighbours`](Self::neighbours) are the candidates. For each of them a zero
    /// shift, a displacement of the specimen and a change of the lattice by up to ±1 % are fitted, and the
    /// similarity is computed again with lines of the width that those of the pattern have. The work is done on
    /// the threads of rayon's current pool.
    ///
    /// Cost: that of [`neighbours`](Self::neighbours), and about 1 ms per candidate.
    pub fn identify(&self, pattern: &Prepared, search: &Search) -> Identification {
        self.identify_of(pattern, search, |_| true)
    }

    /// Finds the entries that agree best with a pattern, among those for which `is_allowed` is true.
    pub fn identify_of(
        &self,
        pattern: &Prepared,
        search: &Search,
        is_allowed: impl Fn(usize) -> bool + Sync,
    ) -> Identification {
        let peaks = Peaks::of(pattern);
        let fitted = Fitted::new(pattern, peaks.fwhm_deg);
        let candidates = self.neighbours_of(pattern, search.candidates, is_allowed);
        let look = self.look(&fitted, &candidates);
        let matches = self.fitted(&fitted, look, &candidates);
        Identification {
            matches,
            peaks: peaks.all,
            fwhm_deg: peaks.fwhm_deg,
            look,
            has_k_alpha2: look.has_k_alpha2,
            measured: pattern.measured(),
        }
    }

    /// Width of the lines, as doublets or not, with which the best of a few candidates agrees best.
    fn look(&self, fitted: &Fitted, candidates: &[Neighbour]) -> Look {
        let few = &candidates[..candidates.len().min(8)];
        let shifted = few.par_iter().map(|neighbour| {
            let codes = self.codes(neighbour.index);
            (codes, fitted.shifts(codes))
        });
        let shifted: Vec<_> = shifted.collect();
        let similarity = |look: Look| {
            let of = |(codes, shifts): &(&[Code], Shifts)| {
                fitted.similarity(&draw(codes, shifts, look, &fitted.measured()))
            };
            shifted.par_iter().map(of).reduce(|| 0.0, f64::max)
        };
        let mut best = (f64::NEG_INFINITY, fitted.look(false));
        for has_k_alpha2 in [false, true] {
            for factor in WIDTHS {
                let mut look = fitted.look(has_k_alpha2);
                look.fwhm_deg *= factor;
                let found = similarity(look);
                if found > best.0 {
                    best = (found, look);
                }
            }
        }
        best.1
    }

    /// Candidates with fitted shifts, the most similar first.
    fn fitted(&self, fitted: &Fitted, look: Look, candidates: &[Neighbour]) -> Vec<Match> {
        let one = |neighbour: &Neighbour| {
            let codes = self.codes(neighbour.index);
            let shifts = fitted.shifts(codes);
            let drawn = draw(codes, &shifts, look, &fitted.measured());
            Match {
                index: neighbour.index,
                similarity: fitted.similarity(&drawn),
                shifts,
            }
        };
        let mut matches: Vec<Match> = candidates.par_iter().map(one).collect();
        matches.sort_by(|a, b| {
            let falling = b.similarity.total_cmp(&a.similarity);
            falling.then(a.index.cmp(&b.index))
        });
        matches
    }
}
