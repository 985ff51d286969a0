//! The answer about one pattern, as text and as JSON.

use serde_json::{Value, json};
use xrd_study::xrd_symmetry::{
    Classification, CrystalSystem, DecidingLine, Explanation, ExtinctionGroup, Probabilities,
    Refusal, Settings,
};

use crate::prepared::PreparedScan;

/// Number of space groups and of lines that are listed.
const LISTED: usize = 5;

/// Number of lines in JSON.
const MOST_LINES: usize = 10;

/// Least change of a probability by a mask that is printed.
const LEAST_CHANGE: f64 = 0.01;

/// The classification of a pattern.
pub(super) struct Answer<'a> {
    pub(super) name: &'a str,
    pub(super) scan: &'a PreparedScan,
    pub(super) found: &'a Classification,
    /// Lines that decided, if they were asked for.
    pub(super) explained: Option<&'a Explanation>,
    /// Whether space groups of one extinction group are merged.
    pub(super) is_merged: bool,
    /// Settings of the model, with the limits that were asked for.
    pub(super) settings: &'a Settings,
}

impl Answer<'_> {
    /// Probability that decides whether the pattern is refused: of the likeliest space group, or of the likeliest
    /// extinction group.
    pub(super) fn certainty(&self) -> f64 {
        match self.is_merged {
            true => self.extinction_groups().first().map_or(0.0, |g| g.1),
            false => self.probabilities().certainty(),
        }
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.settings
            .refusal(self.certainty(), self.found.unexplained)
    }

    /// Why the pattern is refused, in a few words.
    pub(super) fn refused_words(&self) -> Option<String> {
        Some(match self.refusal()? {
            Refusal::Uncertain => {
                let certainty = percent(self.certainty());
                let kind = if self.is_merged {
                    "extinction"
                } else {
                    "space"
                };
                format!("not certain enough (the likeliest {kind} group has {certainty})")
            }
            Refusal::Unexplained => {
                let share = percent(self.found.unexplained);
                format!(
                    "not answered ({share} of the peaks by height are not in the nearest known structure, perhaps a mixture)"
                )
            }
        })
    }

    fn extinction_groups(&self) -> Vec<(ExtinctionGroup, f64)> {
        let mut groups = self.probabilities().extinction_groups();
        groups.truncate(LISTED);
        groups
    }

    /// Lines whose mask changes the probability of the likeliest space group, the most first.
    pub(super) fn deciding(&self) -> impl Iterator<Item = &DecidingLine> {
        let lines = self.explained.iter().flat_map(|e| &e.lines);
        let decided = lines.filter(|l| l.space_group <= -LEAST_CHANGE);
        decided.take(LISTED)
    }

    /// Angle of a line in degrees, for the wavelength of the scan.
    pub(super) fn own_angle(&self, line: &DecidingLine) -> f64 {
        self.scan.own_angle(line.peak.two_theta_deg)
    }

    pub(super) fn probabilities(&self) -> &Probabilities {
        &self.found.probabilities
    }

    pub(super) fn to_json(&self, model: &str) -> Value {
        let probabilities = self.probabilities();
        let (system, probability) = probabilities.crystal_system();
        let systems = CrystalSystem::ALL
            .into_iter()
            .zip(probabilities.crystal_systems());
        let all = systems.map(|(s, p)| (s.name().to_owned(), json!(rounded(p))));
        let groups = probabilities.most_likely(LISTED).into_iter();
        let groups = groups.map(|(group, p)| {
            json!({"number": group.number(), "symbol": group.symbol(), "probability": rounded(p)})
        });
        let extinction = probabilities.extinction_groups();
        let extinction = extinction
            .first()
            .map(|(group, p)| json!({"symbol": group.symbol(), "probability": rounded(*p)}));
        let mut json = json!({
            "pattern": self.name,
            "refused": self.refusal().is_some(),
            "refused_because": self.refusal().map(reason),
            "crystal_system": {
                "name": system.name(),
                "probability": rounded(probability),
                "all": Value::Object(all.collect()),
            },
            "space_groups": groups.collect::<Vec<_>>(),
            "extinction_group": extinction,
            "similarity": rounded(self.found.similarity),
            "unexplained": rounded(self.found.unexplained),
            "assumed_wavelength": self.scan.is_wavelength_assumed,
            "model": model,
        });
        if self.is_merged {
            let groups = self.extinction_groups().into_iter();
            json["extinction_groups"] = groups.map(merged).collect();
        }
        if let Some(explained) = self.explained {
            let lines = explained.lines.iter().take(MOST_LINES);
            json["lines"] = lines.map(|l| self.line(l)).collect();
        }
        json
    }

    fn line(&self, line: &DecidingLine) -> Value {
        json!({
            "two_theta_deg": rounded(self.own_angle(line)),
            "d_angstrom": rounded(line.peak.d_angstrom),
            "space_group_change": rounded(line.space_group),
            "crystal_system_change": rounded(line.crystal_system),
        })
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let probabilities = self.probabilities();
        let (system, probability) = probabilities.crystal_system();
        let mut first = format!(
            "{}: {} ({})",
            self.name,
            system.name(),
            percent(probability)
        );
        if let Some(words) = self.refused_words() {
            first = format!(
                "{}: {words}; perhaps {} ({})",
                self.name,
                system.name(),
                percent(probability)
            );
        }
        if self.scan.is_wavelength_assumed {
            first += ", wavelength assumed to be Cu Ka1 (--wavelength)";
        }
        let groups = probabilities.most_likely(LISTED).into_iter();
        let groups = groups.map(|(g, p)| format!("{} {} {}", g.number(), g.symbol(), percent(p)));
        let mut lines = vec![
            first,
            format!("  space groups: {}", groups.collect::<Vec<_>>().join(", ")),
        ];
        let extinction = self.extinction_groups().into_iter();
        match self.is_merged {
            true => lines.extend(extinction.map(|group| format!("  {}", merged_words(group)))),
            false => {
                let words = extinction.take(3);
                let words = words.map(|(e, p)| format!("{} {}", e.symbol(), percent(p)));
                let words = words.collect::<Vec<_>>().join(", ");
                lines.push(format!("  extinction groups: {words}"));
            }
        }
        lines.push(format!(
            "  similarity of the nearest known structure: {:.3}, peaks without its lines: {}",
            self.found.similarity,
            percent(self.found.unexplained)
        ));
        if self.explained.is_some() {
            lines.push(self.decided_words());
        }
        lines
    }

    /// Sentence about the lines that decided.
    fn decided_words(&self) -> String {
        let whole = self.probabilities().certainty();
        let word = |(k, line): (usize, &DecidingLine)| {
            let words = if k == 0 { "without it " } else { "" };
            let without = percent(whole + line.space_group);
            format!("{:.2}° ({words}{without})", self.own_angle(line))
        };
        let words: Vec<String> = self.deciding().enumerate().map(word).collect();
        match words.is_empty() {
            true => "  decided by no single line".to_owned(),
            false => format!("  decided by lines at {}", words.join(", ")),
        }
    }
}

/// Word for a reason in JSON and in the table.
pub(super) fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Uncertain => "uncertain",
        Refusal::Unexplained => "unexplained",
    }
}

/// An extinction group and its space groups.
fn merged((group, probability): (ExtinctionGroup, f64)) -> Value {
    let numbers: Vec<u16> = group.space_groups().map(|g| g.number()).collect();
    json!({"symbol": group.symbol(), "probability": rounded(probability), "space_groups": numbers})
}

fn merged_words((group, probability): (ExtinctionGroup, f64)) -> String {
    let symbols: Vec<&str> = group.space_groups().map(|g| g.symbol()).collect();
    let (symbol, symbols) = (group.symbol(), symbols.join(", "));
    format!(
        "extinction group {symbol} {}: {symbols}",
        percent(probability)
    )
}

pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}
