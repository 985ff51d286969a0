//! Printing and drawing of the scores of a classifier of space groups.

use anyhow::Result;
use xrd_report::{FigureFiles, draw_symmetry};
use xrd_study::OutputFolder;
use xrd_study::symmetry::paper::Published;
use xrd_study::symmetry::{REFUSAL_THRESHOLD, SYMMETRY_FILE, SymmetryReport, SymmetryScore};

use crate::output::{pretty, say};

/// Values of a paper that are printed beside ours, as shares from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside {
    pub(crate) space_group: Option<f64>,
    pub(crate) crystal_system: Option<f64>,
    pub(crate) surer_half: Option<f64>,
    pub(crate) answered: Option<f64>,
    pub(crate) centrosymmetric: Option<f64>,
}

impl Beside {
    /// Values of Vecsei et al. (2019) for simulated test patterns.
    pub(crate) fn simulated(published: &Published) -> Self {
        Self {
            space_group: Some(published.test_space_group),
            crystal_system: Some(published.test_crystal_system),
            ..Self::default()
        }
    }

    /// Values of Vecsei et al. (2019) for measured patterns.
    pub(crate) fn measured(published: &Published) -> Self {
        Self {
            space_group: Some(published.measured_space_group),
            crystal_system: Some(published.measured_crystal_system),
            surer_half: Some(published.measured_surer_half),
            answered: Some(1.0 - published.measured_refused),
            centrosymmetric: Some(published.measured_centrosymmetric),
        }
    }
}

/// Writes reports and their figures to an output folder, commits the folder, and prints the reports as tables or
/// as JSON.
///
/// The figures of several sets of patterns have the name of the set in front.
pub(crate) fn score_answers(
    reports: Vec<(SymmetryReport, Beside)>,
    mut out: OutputFolder,
    files: &FigureFiles,
    json: bool,
) -> Result<()> {
    let (mut reports, beside): (Vec<_>, Vec<_>) = reports.into_iter().unzip();
    for report in &mut reports {
        report.version = crate::VERSION.to_owned();
    }
    for report in &reports {
        let prefix = match reports.len() {
            1 => String::new(),
            _ => format!("{}-", xrd_study::safe_name(&report.patterns)),
        };
        for (name, figure) in draw_symmetry(report) {
            files.write(&mut out, &format!("{prefix}{name}"), &figure)?;
        }
    }
    let text = pretty(&reports)?;
    out.write_text(SYMMETRY_FILE, &format!("{text}\n"))?;
    out.commit()?;
    if json {
        return say(&text);
    }
    reports
        .iter()
        .zip(&beside)
        .try_for_each(|(r, b)| print(r, b))
}

fn print(report: &SymmetryReport, beside: &Beside) -> Result<()> {
    say(&format!(
        "{}: {} patterns, classifier {}",
        report.patterns, report.all.patterns, report.classifier
    ))?;
    say(&line(
        "",
        ["all", "repeated once", "paper"].map(str::to_owned),
    ))?;
    for (name, value, paper) in rows(beside) {
        let once = report.repeated_once.as_ref().and_then(&value);
        say(&line(&name, [value(&report.all), once, paper].map(percent)))?;
    }
    if let Some(restricted) = &report.centrosymmetric {
        let name = format!("only centrosymmetric groups ({})", restricted.patterns);
        let values = [Some(restricted.space_group), None, beside.centrosymmetric];
        say(&line(&name, values.map(percent)))?;
    }
    let majority = &report.majority;
    say(&format!(
        "majority class: space group {} {}, {} {}",
        majority.space_group,
        percent(Some(majority.space_group_share)),
        majority.crystal_system,
        percent(Some(majority.crystal_system_share)),
    ))?;
    if let Some(nearest) = &report.nearest {
        say(&format!(
            "nearest known structure: space group {}, crystal system {}",
            percent(Some(nearest.space_group)),
            percent(Some(nearest.crystal_system)),
        ))?;
    }
    if let Some(row) = &report.left_out {
        let patterns = row.with_own.patterns;
        let head = format!("with a formula ({patterns} patterns)");
        say(&line(
            &head,
            ["group", "system", "surer half"].map(str::to_owned),
        ))?;
        for (name, score) in [
            ("  all known structures", &row.with_own),
            ("  without those of the same elements", &row.without_own),
        ] {
            let values = [
                score.space_group,
                score.crystal_system,
                score.surer_half_space_group,
            ];
            say(&line(name, values.map(|v| percent(Some(v)))))?;
        }
    }
    say(&format!(
        "calibration error {:.3}; mean distance of wrong space groups {}, of random ones {}",
        report.all.calibration_error,
        report
            .all
            .mean_distance
            .map_or("-".to_owned(), |d| format!("{d:.2}")),
        random_distance(report).map_or("-".to_owned(), |d| format!("{d:.2}")),
    ))?;
    say(&line(
        "by crystal system",
        ["patterns", "system", "space group"].map(str::to_owned),
    ))?;
    for row in &report.crystal_systems {
        let share = |right: usize| (row.patterns > 0).then(|| right as f64 / row.patterns as f64);
        let values = [
            row.patterns.to_string(),
            percent(share(row.right_crystal_system)),
            percent(share(row.right_space_group)),
        ];
        say(&line(&format!("  {}", row.crystal_system), values))?;
    }
    if !report.similarity.is_empty() {
        let head = ["patterns", "system", "space group"].map(str::to_owned);
        say(&line("by similarity of the nearest structure", head))?;
    }
    for row in &report.similarity {
        let values = [
            row.patterns.to_string(),
            percent(Some(row.crystal_system)),
            percent(Some(row.space_group)),
        ];
        say(&line(&format!("  {} to {}", row.from, row.to), values))?;
    }
    Ok(())
}

/// Value of a score that a row of the table shows.
type Value = fn(&SymmetryScore) -> Option<f64>;

/// Rows of the table: name, value, and value of the paper.
fn rows(beside: &Beside) -> Vec<(String, Value, Option<f64>)> {
    let row = |name: &str, value: Value, paper| (name.to_owned(), value, paper);
    vec![
        row("space group", |s| Some(s.space_group), beside.space_group),
        row(
            "crystal system",
            |s| Some(s.crystal_system),
            beside.crystal_system,
        ),
        row("extinction group", |s| Some(s.extinction_group), None),
        row(
            "space group among the first 5",
            |s| s.top.get(4).copied(),
            None,
        ),
        row(
            "space group among the first 10",
            |s| s.top.get(9).copied(),
            None,
        ),
        row(
            "space group, surer half",
            |s| Some(s.surer_half_space_group),
            beside.surer_half,
        ),
        row(
            "crystal system, surer half",
            |s| Some(s.surer_half_crystal_system),
            None,
        ),
        (
            format!("answered at certainty {REFUSAL_THRESHOLD}"),
            |s| Some(s.answered),
            beside.answered,
        ),
        row("  right of these", |s| s.right_of_answered, None),
    ]
}

/// Mean distance of random wrong answers.
fn random_distance(report: &SymmetryReport) -> Option<f64> {
    let wrong = report.distances.iter().filter(|row| row.distance > 0);
    let (sum, steps) = wrong.fold((0.0, 0.0), |(sum, steps), row| {
        (sum + row.random, steps + row.random * row.distance as f64)
    });
    (sum > 0.0).then(|| steps / sum)
}

fn line(name: &str, values: [String; 3]) -> String {
    let [a, b, c] = values;
    format!("{name:<38}{a:>10}{b:>15}{c:>12}")
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |s| format!("{:.1} %", 100.0 * s))
}
