//! Lines of a pattern on which an answer depends.

use std::ops::Range;

use xrd_identify::{Identification, Library, LineWindow, Peak};

use crate::{Model, Prepared, Probabilities, Result};

/// Lines of a pattern on which the answer of a [`Model`] depends, and the nearest known structures.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// Lines, those whose mask changes the probability of the likeliest space group most first.
    pub lines: Vec<DecidingLine>,
    /// Nearest known structures: those that vote.
    pub nearest: Identification,
}

/// Line of a pattern, and changes of the answer if the line is masked.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct DecidingLine {
    /// Highest peak of the masked window.
    pub peak: Peak,
    /// Change of the probability of the likeliest space group; negative if the line is evidence for it.
    pub space_group: f64,
    /// Change of the probability of the likeliest crystal system.
    pub crystal_system: f64,
}

impl Model {
    /// Masks one line of a pattern after the other, and returns how the answer changes.
    ///
    /// The windows are those of [`Identification::windows`]. The lines in a window are replaced by background; the
    /// nearest structures and their fitted shifts stay those of the whole pattern. A space group can also be
    /// decided by lines that are absent, which no mask shows.
    ///
    /// Cost: as much as classifying one pattern, and three passes of the networks per window: 3 ms in all, for 60 windows at most.
    ///
    /// # Errors
    /// Any error of [`Model::classify`].
    pub fn explain(&self, pattern: &Prepared, library: &Library) -> Result<Explanation> {
        let nearest = library.identify(pattern, &self.settings().search());
        let windows = nearest.windows();
        // The first mask is empty, and gives the answer itself.
        let masks: Vec<Range<usize>> = std::iter::once(0..0)
            .chain(windows.iter().map(|w| w.points.clone()))
            .collect();
        let answers = self.masked(pattern, library, &nearest, &masks)?;
        let lines = lines(&answers, &windows);
        Ok(Explanation { lines, nearest })
    }

    /// Probabilities with each window masked.
    fn masked(
        &self,
        pattern: &Prepared,
        library: &Library,
        nearest: &Identification,
        masks: &[Range<usize>],
    ) -> Result<Vec<Probabilities>> {
        let patterns: Vec<Prepared> = masks.iter().map(|m| pattern.masked(m.clone())).collect();
        let networks = self.networks().probabilities(&patterns)?;
        let neighbours = library.neighbours_masked(pattern, nearest, masks);
        let combine = |(networks, neighbours): (Probabilities, Vec<_>)| {
            let votes = self.settings().votes(&neighbours, library)?;
            self.combine(&networks, votes)
        };
        networks.into_iter().zip(neighbours).map(combine).collect()
    }
}

/// Changes of the answers from the first one to that of each window.
fn lines(answers: &[Probabilities], windows: &[LineWindow]) -> Vec<DecidingLine> {
    let Some((whole, masked)) = answers.split_first() else {
        return Vec::new();
    };
    let (group, _) = whole.most_likely(1)[0];
    let (system, _) = whole.crystal_system();
    let of_system = |p: &Probabilities| p.crystal_systems()[system as usize];
    let line = |(window, masked): (&LineWindow, &Probabilities)| DecidingLine {
        peak: window.peak,
        space_group: masked.of(group) - whole.of(group),
        crystal_system: of_system(masked) - of_system(whole),
    };
    let mut lines: Vec<DecidingLine> = windows.iter().zip(masked).map(line).collect();
    lines.sort_by(|a, b| b.space_group.abs().total_cmp(&a.space_group.abs()));
    lines
}
