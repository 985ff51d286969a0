//! Scores as text, table and JSON.

use anyhow::Result;
use serde_json::{Value, json};

use super::tally::{Row, Spread};
use super::{Guess, Guesses, Plan, Scheme, by_networks};
use crate::dataset::Dataset;
use crate::figure::{self, Scatter, Scored};
use crate::output::say;
use crate::tables::{self, HeldOut, Table};
use crate::targets::safe_name;

/// Prints R² by scheme and method, a column a label.
pub(crate) fn print(rows: &[Row]) -> Result<()> {
    let mut scheme = None;
    let by_method = rows.chunk_by(|a, b| a.scheme == b.scheme && a.method == b.method);
    for labels in by_method {
        let first = &labels[0];
        if scheme != Some(first.scheme) {
            scheme = Some(first.scheme);
            let names = labels.iter().map(|row| format!("{:>15}", row.label));
            let names: String = names.collect();
            say(&format!(
                "{:<20}{names}  outside    far unlike  90 % intervals hold",
                first.scheme.to_string()
            ))?;
        }
        let r2: String = labels
            .iter()
            .map(|row| format!("{:>15}", shown(row.r2)))
            .collect();
        let covered: Vec<String> = labels.iter().map(|row| percent(row.covered)).collect();
        let marks = [Some(1.0 - first.inside), first.far, first.unlike].map(percent);
        say(&format!(
            "  {:<18}{r2}  {:>7} {:>6} {:>6}  {}",
            first.method,
            marks[0],
            marks[1],
            marks[2],
            covered.join(" ")
        ))?;
    }
    Ok(())
}

fn shown(spread: Spread) -> String {
    match (spread.mean, spread.sd) {
        (Some(mean), Some(sd)) => format!("{mean:.3} ± {sd:.3}"),
        (Some(mean), None) => format!("{mean:.3}        "),
        _ => "none        ".to_owned(),
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |s| format!("{:.0} %", 100.0 * s))
}

/// The scores as a table.
pub(crate) fn table(rows: &[Row]) -> Table {
    let cell = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let header = [
        "scheme",
        "method",
        "label",
        "seeds",
        "estimates",
        "r2_mean",
        "r2_sd",
        "mae_mean",
        "mae_sd",
        "inside",
        "far",
        "unlike",
        "covered",
        "half_width",
        "covered_left_out",
    ];
    let of = |row: &Row| {
        vec![
            row.scheme.to_string(),
            row.method.clone(),
            row.label.clone(),
            row.seeds.to_string(),
            row.estimates.to_string(),
            cell(row.r2.mean),
            cell(row.r2.sd),
            cell(row.mae.mean),
            cell(row.mae.sd),
            row.inside.to_string(),
            cell(row.far),
            cell(row.unlike),
            cell(row.covered),
            cell(row.half_width),
            cell(row.covered_left_out),
        ]
    };
    Table {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.iter().map(of).collect(),
    }
}

/// The scores as JSON, with what they were made with.
pub(crate) fn to_json(data: &Dataset, plan: &Plan<'_>, rows: &[Row]) -> Value {
    let of = |row: &Row| {
        json!({
            "scheme": row.scheme.to_string(),
            "method": row.method,
            "label": row.label,
            "seeds": row.seeds,
            "estimates": row.estimates,
            "r2_mean": row.r2.mean,
            "r2_sd": row.r2.sd,
            "mae_mean": row.mae.mean,
            "mae_sd": row.mae.sd,
            "inside": row.inside,
            "far": row.far,
            "unlike": row.unlike,
            "covered": row.covered,
            "half_width": row.half_width,
            "covered_left_out": row.covered_left_out,
        })
    };
    let training = plan.training;
    json!({
        "patterns": data.set.len(),
        "points": data.set.grid().len(),
        "preparation": data.preparation,
        "labels": data.labels.columns(),
        "parts": plan.parts,
        "best_of": plan.best_of,
        "seed": training.seed,
        "hidden": training.hidden.0,
        "latent_dimensions": training.latent,
        "epochs": training.epochs,
        "batch": training.batch,
        "learning_rate": training.lr,
        "weight_decay": training.weight_decay,
        "full_first_rate": training.full_first_rate,
        "scaling": training.scaling.to_string(),
        "notes": data.notes,
        "version": crate::VERSION,
        "scores": rows.iter().map(of).collect::<Vec<_>>(),
    })
}

/// A figure a label that differs from pattern to pattern, with its name: the estimates by the
/// estimator asked for, a panel a scheme.
pub(crate) fn figures(
    data: &Dataset,
    plan: &Plan<'_>,
    guesses: &[Guesses],
    rows: &[Row],
) -> Vec<(String, String)> {
    let method = by_networks(1, plan.training.latent, plan.estimator);
    let columns = data.labels.columns().iter().enumerate();
    let differs = |c: usize| {
        data.labels
            .rows()
            .any(|row| row[c] != data.labels.row(0)[c])
    };
    let one = |(c, label): (usize, &String)| {
        let panel = |of: &Guesses| {
            let (_, seeds) = of.methods.iter().find(|(name, _)| *name == method)?;
            let is_own =
                |r: &&Row| r.scheme == of.scheme && r.method == method && r.label == *label;
            let row = rows.iter().find(is_own)?;
            let scatter = |g: &Guess| Scatter {
                truth: data.labels.row(g.pattern)[c],
                estimated: g.values[c],
                inside: g.inside,
            };
            Some(Scored {
                title: match row.r2.mean {
                    Some(r2) => {
                        let r2 = format!("{r2:.3}").replace('-', "\u{2212}");
                        format!("{}, R² {r2}", of.scheme)
                    }
                    None => of.scheme.to_string(),
                },
                estimates: seeds.iter().flatten().map(scatter).collect(),
                half_width: row.half_width,
            })
        };
        let panels: Vec<Scored> = guesses.iter().filter_map(panel).collect();
        let name = format!("scores_{}", safe_name(label));
        (name, figure::scores(label, &panels))
    };
    columns.filter(|(c, _)| differs(*c)).map(one).collect()
}

/// The estimates of patterns that were left out, by the estimator asked for, of folds where there
/// are folds: what intervals of new estimates are made from.
pub(crate) fn held_out(data: &Dataset, plan: &Plan<'_>, guesses: &[Guesses]) -> Table {
    let of_folds = guesses.iter().find(|g| g.scheme == Scheme::Folds);
    let chosen = of_folds.or(guesses.first()).and_then(|g| {
        let wanted = by_networks(1, plan.training.latent, plan.estimator);
        g.methods.iter().find(|(name, _)| *name == wanted)
    });
    let seeds = chosen
        .iter()
        .flat_map(|(_, seeds)| seeds.iter().enumerate());
    let rows: Vec<HeldOut> = seeds
        .flat_map(|(seed, guesses)| guesses.iter().map(move |guess| (seed, guess)))
        .map(|(seed, guess)| HeldOut {
            name: data.set.names()[guess.pattern].clone(),
            seed: plan.training.seed + seed as u64,
            truth: data.labels.row(guess.pattern).to_vec(),
            estimated: guess.values.clone(),
        })
        .collect();
    tables::held_out(rows.iter(), data.labels.columns())
}
