//! The answer about one pattern, as text and as JSON.

use serde_json::{Value, json};
use xrd_core::CrystalSystem;
use xrd_identify::{FoundLine, Identification, Library, Match, Peak, Prepared, Search, Title};

/// The nearest known structures of a pattern.
pub(super) struct Answer {
    candidates: Vec<Candidate>,
    phases: Option<Phases>,
    fwhm_deg: f64,
    peaks: usize,
    pub(super) is_wavelength_assumed: bool,
}

/// The phases of a mixture.
struct Phases {
    similarity: f64,
    phases: Vec<(f64, Candidate)>,
    unmatched: Vec<Peak>,
}

/// A structure, or several of one name and space group.
struct Candidate {
    name: String,
    formula: String,
    space_group: u16,
    source: String,
    /// Number of such structures among the candidates.
    entries: usize,
    found: Match,
    lines: Vec<FoundLine>,
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
        }
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

/// The best candidates, one per name (or formula) and space group.
fn candidates(library: &Library, found: &Identification, top: usize) -> Vec<Candidate> {
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
    fn of(library: &Library, all: &Identification, found: &Match) -> Self {
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

    fn system(&self) -> &'static str {
        CrystalSystem::of_space_group(self.space_group).map_or("", |s| s.name())
    }

    fn found_lines(&self) -> usize {
        self.lines.iter().filter(|l| l.is_found).count()
    }

    fn words(&self) -> String {
        let name = match &self.name[..] {
            "" => self.formula.clone(),
            name => format!("{name} ({})", self.formula),
        };
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

    fn to_json(&self) -> Value {
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

fn peaks(peaks: &[Peak]) -> Vec<Value> {
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
fn rounded(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}
