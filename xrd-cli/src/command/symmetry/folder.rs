//! Table, figures and page of the answers about a set of patterns.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use xrd_identify::Library;
use xrd_report::{
    ANSWERS_FILE, ANSWERS_PAGE, FigureFiles, FoundGroup, answers_page, found_groups, recognised,
};
use xrd_study::xrd_symmetry::Settings;
use xrd_study::{Inputs, OutputFolder, Table};

use super::answer::{Answer, percent, reason, rounded};
use crate::candidate::{Candidate, candidates, figure, figure_name, short_name};
use crate::output::{self, pretty};

/// Columns of the table.
const COLUMNS: [&str; 21] = [
    "pattern",
    "refused",
    "crystal_system",
    "crystal_system_probability",
    "space_group",
    "symbol",
    "space_group_probability",
    "extinction_group",
    "extinction_group_probability",
    "decided_by_deg",
    "nearest_structure",
    "nearest_formula",
    "nearest_space_group",
    "similarity",
    "unexplained",
    "refused_because",
    "lines_found",
    "lines_expected",
    "peaks_left_over",
    "figure",
    "error",
];

/// Output folder for answers.
pub(super) struct Folder {
    out: OutputFolder,
    files: FigureFiles,
    table: Table,
    answers: Vec<Value>,
    found: Vec<FoundGroup>,
    /// Figures by name.
    figures: Vec<(String, String)>,
}

impl Folder {
    pub(super) fn open(folder: &Path, inputs: Inputs, files: FigureFiles) -> Result<Self> {
        Ok(Self {
            out: output::open(folder)?.protecting(inputs, &[ANSWERS_FILE, ANSWERS_PAGE])?,
            files,
            table: Table {
                header: COLUMNS.map(str::to_owned).to_vec(),
                rows: Vec::new(),
            },
            answers: Vec::new(),
            found: Vec::new(),
            figures: Vec::new(),
        })
    }

    /// Adds the answer about a pattern, and draws it above the lines of the nearest structure.
    pub(super) fn add(&mut self, answer: &Answer, json: &Value, library: &Library) -> Result<()> {
        let nearest = answer.explained.map(|e| candidates(library, &e.nearest, 1));
        let nearest = nearest.and_then(|c| c.into_iter().next());
        let name = self.draw(answer, nearest.as_ref())?;
        let (group, certainty) = answer.probabilities().most_likely(1)[0];
        self.found.push(FoundGroup {
            pattern: short_name(answer.name),
            crystal_system: answer.probabilities().crystal_system().0,
            symbol: group.symbol().to_owned(),
            certainty,
            is_refused: answer.refusal().is_some(),
        });
        self.table.rows.push(row(answer, nearest.as_ref(), &name));
        let mut json = json.clone();
        json["nearest"] = nearest.map_or(Value::Null, |n| n.to_json());
        json["figure"] = json!(name);
        self.answers.push(json);
        Ok(())
    }

    /// Adds a pattern that cannot be read.
    pub(super) fn add_error(&mut self, pattern: &str, json: &Value) {
        let error = json["error"].as_str().unwrap_or_default();
        let mut row = vec![String::new(); COLUMNS.len()];
        row[0] = pattern.to_owned();
        row[COLUMNS.len() - 1] = error.to_owned();
        self.table.rows.push(row);
        self.answers.push(json.clone());
    }

    /// Draws the figure of a pattern, and returns its name.
    fn draw(&mut self, answer: &Answer, nearest: Option<&Candidate>) -> Result<String> {
        let (system, probability) = answer.probabilities().crystal_system();
        let (group, certainty) = answer.probabilities().most_likely(1)[0];
        let system = format!("{} ({})", system.name(), percent(probability));
        // Longer titles do not fit. The text below the figure says why a pattern is refused.
        let said = match answer.refusal() {
            Some(_) => format!("perhaps {system}"),
            None => format!(
                "{system}, {} {} ({})",
                group.number(),
                group.symbol(),
                percent(certainty)
            ),
        };
        let title = format!("{}: {said}", short_name(answer.name));
        let left_over = nearest.map_or(&[][..], |n| &n.unmatched);
        let nearest: Vec<&Candidate> = nearest.into_iter().collect();
        let mut data = figure(title, answer.scan, &nearest, left_over)?;
        let own = |l: &_| answer.own_angle(l);
        data.deciding = answer.deciding().map(own).collect();
        let svg = recognised(&data);
        let name = format!("answers/{}", figure_name(answer.name));
        let before = self.out.files().len();
        self.files.write(&mut self.out, &name, &svg)?;
        // A second figure of this name got a number.
        let name = self.out.files()[before].display().to_string();
        self.figures.push((name.clone(), svg));
        Ok(name)
    }

    /// Writes table, answers, figure and page, and moves all files into the folder.
    pub(super) fn finish(mut self, model: &str, settings: &Settings) -> Result<()> {
        let figure = found_groups(&self.found, settings.threshold);
        self.files.write(&mut self.out, "answers", &figure)?;
        self.out.write("answers.csv", |to| self.table.write(to))?;
        let answers = json!({
            "version": crate::VERSION,
            "model": model,
            "threshold": rounded(settings.threshold),
            "most_unexplained": rounded(settings.most_unexplained),
            "patterns": self.answers,
        });
        let page = answers_page(&answers, &self.figures)?;
        self.out.write_text(ANSWERS_PAGE, &page)?;
        self.out
            .write_text(ANSWERS_FILE, &format!("{}\n", pretty(&answers)?))?;
        Ok(self.out.commit()?)
    }
}

/// Row of the table about a pattern.
fn row(answer: &Answer, nearest: Option<&Candidate>, figure: &str) -> Vec<String> {
    let probabilities = answer.probabilities();
    let (system, system_probability) = probabilities.crystal_system();
    let (group, probability) = probabilities.most_likely(1)[0];
    let (extinction, extinction_probability) = probabilities.extinction_groups()[0];
    let own = |l: &_| format!("{:.2}", answer.own_angle(l));
    let decided: Vec<String> = answer.deciding().map(own).collect();
    let text = |of: fn(&Candidate) -> String| nearest.map(of).unwrap_or_default();
    vec![
        answer.name.to_owned(),
        answer.refusal().is_some().to_string(),
        system.name().to_owned(),
        rounded(system_probability).to_string(),
        group.number().to_string(),
        group.symbol().to_owned(),
        rounded(probability).to_string(),
        extinction.symbol().to_owned(),
        rounded(extinction_probability).to_string(),
        decided.join(" "),
        text(|n| n.name.clone()),
        text(|n| n.formula.clone()),
        text(|n| n.space_group.to_string()),
        rounded(answer.found.similarity).to_string(),
        rounded(answer.found.unexplained).to_string(),
        answer.refusal().map_or("", reason).to_owned(),
        text(|n| n.found_lines().to_string()),
        text(|n| n.lines.len().to_string()),
        text(|n| n.unmatched.len().to_string()),
        figure.to_owned(),
        String::new(),
    ]
}
