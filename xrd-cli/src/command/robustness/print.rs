//! Table and verdicts of a robustness test.

use anyhow::Result;
use xrd_study::{
    DisturbanceKind, ROBUST_R2, RobustMethod, RobustnessReport, RobustnessRow, RobustnessVerdict,
    UndisturbedReport,
};

use crate::output::say;

/// Width of a column of the table.
const WIDTH: usize = 26;

/// Prints R² and δ for each disturbance and method, then the verdicts.
pub(super) fn print(report: &RobustnessReport) -> Result<()> {
    say(&format!(
        "R2 of {} of disturbed held-out patterns ± standard error over {} splits; in brackets the median of δ,",
        report.label, report.splits
    ))?;
    say("the sum over the labels of the squared errors")?;
    let names = RobustMethod::ALL.map(|m| format!("{:>WIDTH$}", m.name()));
    say(&format!("{:<22}{}", "", names.concat()))?;
    let kinds = [&[DisturbanceKind::None][..], &DisturbanceKind::ALL].concat();
    for kind in kinds {
        for &size in kind.sizes() {
            let row = |method| report.row((kind, size), method, &report.label);
            let cells = RobustMethod::ALL.map(|m| row(m).map(cell));
            let cells: String = cells.into_iter().flatten().collect();
            if !cells.is_empty() {
                say(&format!(
                    "{:<13}{:>9}{cells}",
                    kind.name(),
                    kind.size_text(size)
                ))?;
            }
        }
    }
    report
        .notes
        .iter()
        .try_for_each(|note| say(&format!("note: {note}")))?;
    report.verdicts.iter().try_for_each(|v| say(&verdict(v)))?;
    report
        .undisturbed
        .iter()
        .try_for_each(|u| say(&undisturbed(u)))?;
    let counted =
        |is: fn(&RobustnessVerdict) -> bool| report.verdicts.iter().filter(|v| is(v)).count();
    say(&format!(
        "plane with effects: R2 of {ROBUST_R2} or more under {} of {} disturbances, better than both raw methods under {}",
        counted(|v| v.holds),
        report.verdicts.len(),
        counted(|v| v.better_than_raw)
    ))
}

fn cell(row: &RobustnessRow) -> String {
    let r2 = match (row.r2_mean, row.r2_se) {
        (Some(mean), Some(se)) => format!("{mean:.3} ± {se:.3}"),
        (Some(mean), None) => format!("{mean:.3}"),
        _ => "none".to_owned(),
    };
    let delta = row
        .delta_mean
        .map_or(String::new(), |d| format!(" ({d:.1e})"));
    format!("{:>WIDTH$}", r2 + &delta)
}

fn verdict(v: &RobustnessVerdict) -> String {
    let than_raw = match v.better_than_raw {
        true => "better than",
        false => "not better than both of",
    };
    format!(
        "{} {}: R2 {:.3} on the plane with effects, {} {ROBUST_R2}, {than_raw} raw neighbours {:.3} and PCA + ridge {:.3}",
        v.disturbance.name(),
        v.disturbance.size_text(v.size),
        v.r2,
        if v.holds { "at least" } else { "below" },
        v.neighbours,
        v.ridge
    )
}

fn undisturbed(u: &UndisturbedReport) -> String {
    let judged = match u.loses_nothing {
        Some(true) => ": no loss beyond two standard errors",
        Some(false) => ": a loss beyond two standard errors",
        None => "",
    };
    let se = u
        .difference_se
        .map_or(String::new(), |se| format!(" ± {se:.4}"));
    format!(
        "undisturbed: R2 {:.4} on the plane with effects, {:.4} without, difference {:+.4}{se}{judged}",
        u.with_effects,
        u.without_effects,
        u.with_effects - u.without_effects
    )
}
