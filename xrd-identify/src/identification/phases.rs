use rayon::prelude::*;

use super::{Match, Search};
use crate::fit::{Fitted, Look, draw};
use crate::peaks::Peaks;
use crate::preparation::POINTS;
use crate::{Identification, Library, Prepared};

/// One phase of a mixture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Phase {
    /// Entry, the similarity of its lines to what the other phases leave, and its shifts.
    pub found: Match,
    /// Share of the intensity of the pattern. It is not a share by weight.
    pub share: f64,
}

/// Entries that explain a pattern together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Phases {
    /// Phases, the largest share first.
    pub phases: Vec<Phase>,
    /// Cosine between the intensities of the pattern and of all phases to the power 0.65, 0 to 1.
    pub similarity: f64,
    /// Peaks of the pattern, and its best single entries.
    pub alone: Identification,
}

/// Number of first phases from which the search continues.
const BEGINNINGS: usize = 6;

/// Number of entries that are tried as the next phase.
const NEXT: usize = 4;

/// Number of candidates of a further phase whose shifts are fitted.
const CANDIDATES: usize = 30;

/// Least gain in similarity for which a phase is added.
const GAIN: f64 = 0.01;

/// Cosine of drawn entries above which two entries are one beginning.
const ALIKE: f64 = 0.9;

/// Some phases with drawn lines.
#[derive(Clone)]
struct Mixture {
    found: Vec<Match>,
    drawn: Vec<Vec<f32>>,
    shares: Vec<f64>,
    similarity: f64,
}

impl Library {
    /// Finds up to `most` entries that explain a pattern together.
    ///
    /// The search continues from the best entries that differ. The intensities that the phases so far explain are
    /// subtracted, the rest is ranked and fitted like a pattern, and the intensities of all phases are
    /// fitted together. A phase is added if it raises the similarity by 0.01 or more.
    ///
    /// Cost: that of [`identify`](Self::identify), and about six times that of
    /// [`neighbours`](Self::neighbours) per further phase.
    pub fn phases(&self, pattern: &Prepared, search: &Search, most: usize) -> Phases {
        let alone = self.identify(pattern, search);
        let fitted = Fitted::new(pattern, alone.fwhm_deg);
        let look = alone.look;
        let measured = pattern.measured();
        let single = |m: &Match| Mixture {
            drawn: vec![draw(self.codes(m.index), &m.shifts, look, &measured)],
            found: vec![m.clone()],
            shares: vec![1.0],
            similarity: m.similarity,
        };
        let mut beginnings: Vec<Mixture> = Vec::new();
        for mixture in alone.matches.iter().map(single) {
            let is_new = |b: &Mixture| cosine(&b.drawn[0], &mixture.drawn[0]) < ALIKE;
            if beginnings.iter().all(is_new) {
                beginnings.push(mixture);
            }
            if beginnings.len() == BEGINNINGS {
                break;
            }
        }
        let mut best = beginnings.first().cloned();
        for _ in 1..most {
            let continued = beginnings.par_iter();
            let continued = continued.flat_map_iter(|b| self.continued(pattern, &fitted, look, b));
            let mut next: Vec<Mixture> = continued.collect();
            next.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
            let (Some(first), Some(before)) = (next.first(), &best) else {
                break;
            };
            if first.similarity < before.similarity + GAIN {
                break;
            }
            best = Some(first.clone());
            next.truncate(BEGINNINGS);
            beginnings = next;
        }
        Phases {
            similarity: best.as_ref().map_or(0.0, |b| b.similarity),
            phases: best.map_or_else(Vec::new, in_order),
            alone,
        }
    }

    /// Mixtures with one more phase.
    fn continued(
        &self,
        pattern: &Prepared,
        fitted: &Fitted,
        look: Look,
        mixture: &Mixture,
    ) -> Vec<Mixture> {
        let measured = pattern.measured();
        let rest = Prepared::unexplained(pattern, &mixture.explained(pattern));
        let Some(rest) = rest else {
            return Vec::new();
        };
        let fwhm_deg = look
            .fwhm_deg
            .min(Peaks::of(&rest).fwhm_deg.max(0.5 * look.fwhm_deg));
        let of_rest = Fitted::new(&rest, fwhm_deg);
        let is_new = |i: usize| mixture.found.iter().all(|m| m.index != i);
        let candidates = self.neighbours_of(&rest, CANDIDATES, is_new);
        let matches = self.fitted(&of_rest, look, &candidates);
        let one = |m: Match| {
            let mut next = mixture.clone();
            next.drawn
                .push(draw(self.codes(m.index), &m.shifts, look, &measured));
            next.found.push(m);
            next.shares = shares(pattern, &next.drawn);
            next.similarity = fitted.similarity(&sum(&next.drawn, &next.shares));
            next
        };
        matches.into_iter().take(NEXT).map(one).collect()
    }
}

impl Mixture {
    /// Intensities that the phases explain, with a share that does not take lines of other phases.
    fn explained(&self, pattern: &Prepared) -> Vec<f32> {
        let all = sum(&self.drawn, &self.shares);
        // Ratio of pattern and phases where the phases are strong, as a weighted quantile: other phases only
        // add to it.
        let mut ratios: Vec<(f32, f32)> = all
            .iter()
            .zip(pattern.values())
            .filter(|(a, _)| **a > 0.0)
            .map(|(a, v)| (v * v / a, *a))
            .collect();
        ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = 0.5 * ratios.iter().map(|r| r.1).sum::<f32>();
        let mut so_far = 0.0;
        let place = ratios.iter().position(|r| {
            so_far += r.1;
            so_far >= half
        });
        let scale = place.map_or(0.0, |p| ratios[p].0);
        all.into_iter().map(|a| a * scale).collect()
    }
}

impl Prepared {
    /// Pattern without explained intensities, or `None` if nothing is left.
    fn unexplained(pattern: &Self, explained: &[f32]) -> Option<Self> {
        let rest = pattern.values().iter().zip(explained);
        let rest: Vec<f32> = rest.map(|(v, e)| (v * v - e).max(0.0)).collect();
        let top = rest.iter().copied().fold(0.0, f32::max);
        let roots = rest.iter().map(|r| (r / top).sqrt()).collect();
        (top > 1e-4).then(|| pattern.with_values(roots, top))
    }
}

fn sum(drawn: &[Vec<f32>], shares: &[f64]) -> Vec<f32> {
    let mut total = vec![0.0; POINTS];
    for (one, share) in drawn.iter().zip(shares) {
        let share = *share as f32;
        total.iter_mut().zip(one).for_each(|(t, o)| *t += share * o);
    }
    total
}

/// Shares of the phases whose sum has the roots nearest to the pattern.
///
/// At the least squares of v − √(Σ c R), Σ v R/√(Σ c R) equals Σ R for each phase R. Each share is multiplied by the
/// ratio of both until they are equal.
fn shares(pattern: &Prepared, drawn: &[Vec<f32>]) -> Vec<f64> {
    let mut shares = vec![1.0 / drawn.len() as f64; drawn.len()];
    for _ in 0..30 {
        let roots: Vec<f32> = sum(drawn, &shares).iter().map(|t| t.sqrt()).collect();
        for (share, one) in shares.iter_mut().zip(drawn) {
            let (mut have, mut want) = (0.0f64, 0.0f64);
            for ((r, root), v) in one.iter().zip(&roots).zip(pattern.values()) {
                if *root > 0.0 {
                    have += f64::from(*r);
                    want += f64::from(v * r / root);
                }
            }
            if have > 0.0 {
                *share *= want / have;
            }
        }
    }
    shares
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let root = |x: f32, y: f32| f64::from((x * y).sqrt());
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| root(*x, *y)).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt().max(1e-12)
}

/// Phases of a mixture, the largest share first.
fn in_order(mixture: Mixture) -> Vec<Phase> {
    let area = |(drawn, share): (&Vec<f32>, &f64)| {
        share * drawn.iter().map(|d| f64::from(*d)).sum::<f64>()
    };
    let areas: Vec<f64> = mixture
        .drawn
        .iter()
        .zip(&mixture.shares)
        .map(area)
        .collect();
    let total = areas.iter().sum::<f64>().max(1e-12);
    let phases = mixture.found.into_iter().zip(&areas);
    let mut phases: Vec<Phase> = phases
        .map(|(found, area)| Phase {
            found,
            share: area / total,
        })
        .collect();
    phases.sort_by(|a, b| b.share.total_cmp(&a.share));
    phases
}
