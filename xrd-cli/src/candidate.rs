//! Known structures that agree with a pattern, as text and as JSON.

use std::path::Path;

use serde_json::{Value, json};
use xrd_core::CrystalSystem;
use xrd_identify::{FoundLine, Identification, Library, Match, Peak, Title, axis};
use xrd_report::{Recognised, RecognisedStructure};
use xrd_study::safe_name;

use crate::prepared::PreparedScan;

/// A structure, or several of one name and space group.
pub(crate) struct Candidate {
    pub(crate) name: String,
    pub(crate) formula: String,
    pub(crate) space_group: u16,
    source: String,
    /// Number of such structures among the candidates.
    entries: usize,
    pub(crate) found: Match,
    pub(crate) lines: Vec<FoundLine>,
    pub(crate) unmatched: Vec<Peak>,
}

/// The best candidates, one per name (or formula) and space group.
pub(crate) fn candidates(library: &Library, found: &Identification, top: usize) -> Vec<Candidate> {
    let key = |title: &Title| {
        let name = if title.name.is_empty() {
            title.formula
        } else {
            title.name
        };
        (name.to_owned(), title.space_group)
    };
    let mut keys = Vec::new();
    let mut counts: Vec<(usize, &Match)> = Vec::new();
    for m in &found.matches {
        let Some(title) = library.title(m.index) else {
            continue;
        };
        match keys.iter().position(|k| *k == key(&title)) {
            Some(place) => counts[place].0 += 1,
            None => {
                keys.push(key(&title));
                counts.push((1, m));
            }
        }
    }
    counts
        .into_iter()
        .take(top)
        .map(|(entries, m)| Candidate {
            entries,
            ..Candidate::of(library, found, m)
        })
        .collect()
}

impl Candidate {
    pub(crate) fn of(library: &Library, all: &Identification, found: &Match) -> Self {
        let title = library.title(found.index);
        let text = |of: fn(Title<'_>) -> &str| title.map_or("", of).to_owned();
        Self {
            name: text(|t| t.name),
            formula: text(|t| t.formula),
            source: text(|t| t.source),
            space_group: title.map_or(0, |t| t.space_group),
            entries: 1,
            found: found.clone(),
            lines: all.lines(library, found),
            unmatched: all.unmatched(library, &[found]),
        }
    }

    pub(crate) fn system(&self) -> &'static str {
        CrystalSystem::of_space_group(self.space_group).map_or("", |s| s.name())
    }

    pub(crate) fn found_lines(&self) -> usize {
        self.lines.iter().filter(|l| l.is_found).count()
    }

    /// Name with the formula.
    pub(crate) fn full_name(&self) -> String {
        match &self.name[..] {
            "" => self.formula.clone(),
            name => format!("{name} ({})", self.formula),
        }
    }

    pub(crate) fn words(&self) -> String {
        let name = self.full_name();
        let shifts = self.found.shifts;
        let others = match self.entries {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        format!(
            "{name}: space group {} ({}), similarity {:.3}, {} of {} lines found, {} peaks left over, \
             zero shift {:+.3}°, displacement {:+.3}°, lattice {:+.2} % ({}{others})",
            self.space_group,
            self.system(),
            self.found.similarity,
            self.found_lines(),
            self.lines.len(),
            self.unmatched.len(),
            shifts.zero_shift_deg,
            shifts.displacement_deg,
            100.0 * shifts.strain,
            self.source,
        )
    }

    pub(crate) fn to_json(&self) -> Value {
        let shifts = self.found.shifts;
        let line = |l: &FoundLine| {
            json!({
                "two_theta_deg": rounded(l.two_theta_deg),
                "d_angstrom": rounded(l.d_angstrom),
                "intensity": rounded(l.intensity),
                "found": l.is_found,
            })
        };
        json!({
            "name": self.name,
            "formula": self.formula,
            "space_group": self.space_group,
            "crystal_system": self.system(),
            "source": self.source,
            "entries": self.entries,
            "similarity": rounded(self.found.similarity),
            "zero_shift_deg": rounded(shifts.zero_shift_deg),
            "displacement_deg": rounded(shifts.displacement_deg),
            "lattice_change": rounded(shifts.strain),
            "lines": self.lines.iter().map(line).collect::<Vec<_>>(),
            "unmatched_peaks": peaks(&self.unmatched),
        })
    }
}

pub(crate) fn peaks(peaks: &[Peak]) -> Vec<Value> {
    let one = |p: &Peak| {
        json!({
            "two_theta_deg": rounded(p.two_theta_deg),
            "d_angstrom": rounded(p.d_angstrom),
            "height": rounded(p.height),
        })
    };
    peaks.iter().map(one).collect()
}

/// Five decimals.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}

/// Figure of a scan above the lines of candidates, on the axis of the scan.
pub(crate) fn figure(
    title: String,
    scan: &PreparedScan,
    candidates: &[&Candidate],
    left_over: &[Peak],
) -> anyhow::Result<Recognised> {
    let (grid, _) = axis()?;
    let measured = scan.pattern.measured();
    let structure = |candidate: &&Candidate| RecognisedStructure {
        name: format!(
            "{}, space group {}, similarity {:.2}",
            candidate.full_name(),
            candidate.space_group,
            candidate.found.similarity
        ),
        lines: candidate
            .lines
            .iter()
            .map(|l| (scan.own_angle(l.two_theta_deg), l.intensity, l.is_found))
            .collect(),
    };
    let own = |p: &Peak| scan.own_angle(p.two_theta_deg);
    Ok(Recognised {
        title,
        angles: measured
            .clone()
            .map(|i| scan.own_angle(grid.angle(i)))
            .collect(),
        heights: scan.pattern.values()[measured].to_vec(),
        deciding: Vec::new(),
        structures: candidates.iter().map(structure).collect(),
        left_over: left_over.iter().map(own).collect(),
    })
}

/// Name of a pattern without its folder.
pub(crate) fn short_name(pattern: &str) -> String {
    let file = Path::new(pattern).file_name().unwrap_or_default();
    file.to_string_lossy().into_owned()
}

/// Name of the figure of a pattern, without extension.
pub(crate) fn figure_name(pattern: &str) -> String {
    safe_name(&short_name(pattern))
}
