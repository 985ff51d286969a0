//! The answer about one pattern, as text and as JSON.

use serde_json::{Value, json};
use xrd_identify::{Library, Match, Peak, Prepared, Search};

use xrd_report::recognised;

use crate::candidate::{Candidate, candidates, figure, peaks, rounded};
use crate::prepared::PreparedScan;

/// The nearest known structures of a pattern.
pub(super) struct Answer {
    candidates: Vec<Candidate>,
    phases: Option<Phases>,
    fwhm_deg: f64,
    peaks: usize,
    pub(super) is_wavelength_assumed: bool,
    /// Figure, if one is asked for.
    pub(super) figure: Option<String>,
}

/// The phases of a mixture.
struct Phases {
    similarity: f64,
    phases: Vec<(f64, Candidate)>,
    unmatched: Vec<Peak>,
}

impl Answer {
    pub(super) fn of(
        library: &Library,
        pattern: &Prepared,
        search: &Search,
        phases: usize,
        top: usize,
    ) -> Self {
        let (found, phases) = match phases {
            1 => (library.identify(pattern, search), None),
            _ => {
                let mixture = library.phases(pattern, search, phases);
                let all: Vec<&Match> = mixture.phases.iter().map(|p| &p.found).collect();
                let unmatched = mixture.alone.unmatched(library, &all);
                let one = |p: &xrd_identify::Phase| {
                    (p.share, Candidate::of(library, &mixture.alone, &p.found))
                };
                let phases = Phases {
                    similarity: mixture.similarity,
                    phases: mixture.phases.iter().map(one).collect(),
                    unmatched,
                };
                (mixture.alone, Some(phases))
            }
        };
        Self {
            candidates: candidates(library, &found, top),
            phases,
            fwhm_deg: found.fwhm_deg,
            peaks: found.peaks.len(),
            is_wavelength_assumed: false,
            figure: None,
        }
    }

    /// Draws a scan above the lines of the nearest structures, or of the phases of a mixture.
    pub(super) fn draw(&self, name: &str, scan: &PreparedScan) -> anyhow::Result<String> {
        let (candidates, left_over): (Vec<&Candidate>, _) = match &self.phases {
            Some(phases) => (
                phases.phases.iter().map(|p| &p.1).collect(),
                &phases.unmatched[..],
            ),
            None => {
                let first = self.candidates.first();
                let left_over = first.map_or(&[][..], |c| &c.unmatched);
                (self.candidates.iter().collect(), left_over)
            }
        };
        Ok(recognised(&figure(
            name.to_owned(),
            scan,
            &candidates,
            left_over,
        )?))
    }

    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({
            "assumed_wavelength": self.is_wavelength_assumed,
            "fwhm_deg": rounded(self.fwhm_deg),
            "peaks": self.peaks,
            "structures": self.candidates.iter().map(Candidate::to_json).collect::<Vec<_>>(),
        });
        if let Some(phases) = &self.phases {
            json["phases"] = json!({
                "similarity": rounded(phases.similarity),
                "phases": phases.phases.iter().map(|(share, candidate)| {
                    let mut json = candidate.to_json();
                    json["intensity_share"] = json!(rounded(*share));
                    json
                }).collect::<Vec<_>>(),
                "unmatched_peaks": peaks(&phases.unmatched),
            });
        }
        json
    }

    /// Lines of text about the pattern `name`.
    pub(super) fn lines(&self, name: &str) -> Vec<String> {
        let mut lines = vec![format!("{name}: {} peaks", self.peaks)];
        if self.is_wavelength_assumed {
            lines[0] += ", wavelength assumed to be Cu Ka1 (--wavelength)";
        }
        if let Some(phases) = &self.phases {
            let (n, similarity) = (phases.phases.len(), phases.similarity);
            let word = if n == 1 { "phase" } else { "phases" };
            lines.push(format!(
                "  {n} {word}, similarity {similarity:.3}, {} peaks of none of them:",
                phases.unmatched.len()
            ));
            for (share, candidate) in &phases.phases {
                let share = 100.0 * share;
                lines.push(format!(
                    "    {share:.0} % of the intensity: {}",
                    candidate.words()
                ));
            }
            lines.push("  as a single phase:".to_owned());
        }
        let indent = if self.phases.is_some() { "    " } else { "  " };
        let words = self.candidates.iter().map(Candidate::words);
        lines.extend(words.map(|words| format!("{indent}{words}")));
        lines
    }
}
