//! The answer about one formula: its files, lines and JSON.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use xrd_core::{CrystalSystem, Structure};
use xrd_report::{FigureFiles, predicted};
use xrd_study::OutputFolder;
use xrd_study::predict::PredictedPattern;
use xrd_study::xrd_predict::{Formula, Origin};

/// Names of files, each given once.
#[derive(Default)]
pub(super) struct FileNames(BTreeSet<String>);

impl FileNames {
    /// A name for a formula, of letters and digits.
    fn of(&mut self, formula: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let name: String = formula.chars().take(60).map(plain).collect();
        let numbered = (2..).map(|n| format!("{name}-again{n}"));
        let mut all = std::iter::once(name.clone()).chain(numbered);
        all.find(|n| self.0.insert(n.to_lowercase()))
            .unwrap_or(name)
    }
}

/// Names of the files of an answer.
pub(super) struct Written {
    patterns: Vec<String>,
    structures: Vec<String>,
    figure: String,
}

/// Predictions for one formula.
pub(super) struct Answer<'a> {
    formula: &'a Formula,
    found: &'a [PredictedPattern],
    similarities: Option<&'a [f64]>,
}

impl<'a> Answer<'a> {
    pub(super) fn new(
        formula: &'a Formula,
        found: &'a [PredictedPattern],
        similarities: Option<&'a [f64]>,
    ) -> Self {
        Self {
            formula,
            found,
            similarities,
        }
    }

    /// Writes the patterns, structures and the figure.
    pub(super) fn write(
        &self,
        out: &mut OutputFolder,
        names: &mut FileNames,
        figures: &FigureFiles,
    ) -> Result<Written> {
        let name = names.of(self.formula.text());
        let (mut patterns, mut structures) = (Vec::new(), Vec::new());
        for (number, one) in (1..).zip(self.found) {
            let (xy, cif) = (
                format!("{name}-{number}.xy"),
                format!("{name}-{number}.cif"),
            );
            out.write(&xy, |f| xrd_io::write::pattern_xy(f, &one.drawn.pattern))?;
            let notes = self.notes(one);
            let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
            let block = format!("{name}_{number}");
            out.write(&cif, |f| {
                xrd_io::write::cif(f, &block, &notes, &one.candidate.structure)
            })?;
            patterns.push(xy);
            structures.push(cif);
        }
        let titles: Vec<String> = self.found.iter().map(title).collect();
        let rows = self.found.iter().zip(&titles);
        let rows: Vec<_> = rows
            .map(|(p, title)| (&p.drawn.pattern, title.as_str()))
            .collect();
        figures.write(out, &name, &predicted(self.formula.text(), &rows))?;
        Ok(Written {
            patterns,
            structures,
            figure: format!("{name}.svg"),
        })
    }

    /// Comments of a CIF.
    fn notes(&self, one: &PredictedPattern) -> Vec<String> {
        let c = &one.candidate;
        let origin = match c.origin {
            Origin::Known => format!("Known structure {} of {}.", c.prototype, self.formula),
            _ => format!(
                "HYPOTHESIS, not a measured or computed structure: made from {} ({}) by substitution, probability {:.3}.",
                c.prototype, c.prototype_formula, c.probability
            ),
        };
        let mut notes = vec![
            origin,
            format!(
                "Space group number {}; all atoms of the primitive cell are listed in P1.",
                c.space_group
            ),
            "Structures of the Materials Project, CC BY 4.0.".to_owned(),
        ];
        if c.origin == Origin::OtherStoichiometry {
            notes.push(format!("The composition is only near to {}.", self.formula));
        }
        notes
    }

    /// The answer as JSON. Paths of files begin with the folder.
    pub(super) fn to_json(&self, folder: &Path, written: &Written) -> Value {
        let path = |name: &String| folder.join(name).display().to_string();
        let one = |(i, p): (usize, &PredictedPattern)| {
            let c = &p.candidate;
            let mut value = json!({
                "probability": rounded(c.probability, 1e4),
                "origin": word(c.origin),
                "prototype": c.prototype,
                "prototype_formula": c.prototype_formula.to_string(),
                "space_group": c.space_group,
                "crystal_system": system(c.space_group),
                "cell": cell(&c.structure).map(|x| rounded(x, 1e5)),
                "pattern": path(&written.patterns[i]),
                "structure": path(&written.structures[i]),
            });
            if let Some(similarities) = self.similarities {
                value["similarity"] = json!(rounded(similarities[i], 1e4));
            }
            value
        };
        let candidates: Vec<Value> = self.found.iter().enumerate().map(one).collect();
        let likely = self.likely_system();
        json!({
            "formula": self.formula.text(),
            "crystal_system": likely.as_ref().map(|(s, _)| s),
            "figure": path(&written.figure),
            "candidates": candidates,
        })
    }

    /// The crystal system with the largest sum of probabilities, and its share.
    fn likely_system(&self) -> Option<(&'static str, f64)> {
        let sum = |name: &str| -> f64 {
            let same = self
                .found
                .iter()
                .filter(|p| system(p.candidate.space_group) == name);
            same.map(|p| p.candidate.probability).sum()
        };
        let all: f64 = self.found.iter().map(|p| p.candidate.probability).sum();
        let sums = CrystalSystem::ALL.map(|s| (s.name(), sum(s.name())));
        let best = sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        (all > 0.0).then(|| (best.0, best.1 / all))
    }

    /// The answer as lines of text.
    pub(super) fn lines(&self, written: &Written) -> Vec<String> {
        let first = match self.likely_system() {
            None => format!(
                "{}: no candidate has lines between 5° and 90°",
                self.formula
            ),
            Some((system, share)) => {
                let share = 100.0 * share;
                format!(
                    "{}: probably {system} ({share:.0} % of the candidates)",
                    self.formula
                )
            }
        };
        let mut lines = vec![first];
        for (i, one) in self.found.iter().enumerate() {
            let similarity = self
                .similarities
                .map(|s| format!(", similarity {:.3}", s[i]));
            let similarity = similarity.unwrap_or_default();
            let (xy, cif) = (&written.patterns[i], &written.structures[i]);
            lines.push(format!("  {}{similarity}: {xy}, {cif}", title(one)));
        }
        lines
    }
}

/// A candidate in a few words.
fn title(one: &PredictedPattern) -> String {
    let c = &one.candidate;
    let percent = 100.0 * c.probability;
    let origin = match c.origin {
        Origin::Known => format!("known {}", c.prototype),
        Origin::OtherStoichiometry => {
            format!(
                "{percent:.0} %, other amounts, as {} ({})",
                c.prototype_formula, c.prototype
            )
        }
        _ => format!(
            "{percent:.0} %, as {} ({})",
            c.prototype_formula, c.prototype
        ),
    };
    format!("{origin}, {} {}", system(c.space_group), c.space_group)
}

fn word(origin: Origin) -> &'static str {
    match origin {
        Origin::Known => "known",
        Origin::OtherStoichiometry => "other stoichiometry",
        _ => "substituted",
    }
}

fn system(space_group: u16) -> &'static str {
    CrystalSystem::of_space_group(space_group).map_or("unknown", CrystalSystem::name)
}

/// Lengths in Å and angles in degrees.
fn cell(structure: &Structure) -> [f64; 6] {
    let vectors = structure.lattice().vectors();
    let [a, b, c] = structure.lattice().lengths();
    let angle = |i: usize, j: usize| {
        let dot: f64 = (0..3).map(|k| vectors[i][k] * vectors[j][k]).sum();
        let lengths = [a, b, c];
        (dot / (lengths[i] * lengths[j]))
            .clamp(-1.0, 1.0)
            .acos()
            .to_degrees()
    };
    [a, b, c, angle(1, 2), angle(0, 2), angle(0, 1)]
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}
