//! The answer about one pattern, as text and as JSON.

use serde_json::{Value, json};
use xrd_study::xrd_symmetry::{Classification, CrystalSystem, Probabilities};

/// Number of space groups that are listed.
const LISTED: usize = 5;

/// The classification of a pattern.
pub(super) struct Answer<'a> {
    name: &'a str,
    found: &'a Classification,
    is_refused: bool,
    is_wavelength_assumed: bool,
}

impl<'a> Answer<'a> {
    pub(super) fn new(
        name: &'a str,
        found: &'a Classification,
        is_refused: bool,
        is_wavelength_assumed: bool,
    ) -> Self {
        Self {
            name,
            found,
            is_refused,
            is_wavelength_assumed,
        }
    }

    fn probabilities(&self) -> &Probabilities {
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
        json!({
            "pattern": self.name,
            "refused": self.is_refused,
            "crystal_system": {
                "name": system.name(),
                "probability": rounded(probability),
                "all": Value::Object(all.collect()),
            },
            "space_groups": groups.collect::<Vec<_>>(),
            "extinction_group": extinction,
            "similarity": rounded(self.found.similarity),
            "assumed_wavelength": self.is_wavelength_assumed,
            "model": model,
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
        if self.is_refused {
            let certainty = percent(probabilities.certainty());
            first = format!(
                "{}: not certain enough (the likeliest space group has {certainty}); perhaps {} ({})",
                self.name,
                system.name(),
                percent(probability)
            );
        }
        if self.is_wavelength_assumed {
            first += ", wavelength assumed to be Cu Ka1 (--wavelength)";
        }
        let groups = probabilities.most_likely(LISTED).into_iter();
        let groups = groups.map(|(g, p)| format!("{} {} {}", g.number(), g.symbol(), percent(p)));
        let mut lines = vec![
            first,
            format!("  space groups: {}", groups.collect::<Vec<_>>().join(", ")),
        ];
        let extinction = probabilities.extinction_groups().into_iter().take(3);
        let extinction = extinction.map(|(e, p)| format!("{} {}", e.symbol(), percent(p)));
        lines.push(format!(
            "  extinction groups: {}",
            extinction.collect::<Vec<_>>().join(", ")
        ));
        lines.push(format!(
            "  similarity of the nearest known structure: {:.3}",
            self.found.similarity
        ));
        lines
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}
