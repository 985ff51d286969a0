//! The whole study, from patterns to figures.

mod estimation;
mod figures;
mod generation;
mod relevance;
mod report;
mod run;
mod samples;
mod series;

use std::path::Path;

use anyhow::Result;

use crate::dataset::Dataset;
use crate::options::{Target, Threads, Training};
use crate::output::OutputFolder;
use crate::split::Split;
use crate::tables;
use crate::targets::{generate_targets, paint};

pub(crate) use run::SeedRun;
pub(crate) use series::default_targets;

use run::{choose, train_seeds};

/// What a study is asked to do.
pub(crate) struct Plan<'a> {
    pub(crate) training: &'a Training,
    pub(crate) seeds: usize,
    /// One split a seed.
    pub(crate) splits: Vec<Split>,
    pub(crate) targets: Vec<Target>,
    pub(crate) window_deg: f64,
    pub(crate) dataset_seed: u64,
    pub(crate) quick: bool,
    pub(crate) threads: &'a Threads,
}

/// Trains, analyses, and writes everything into the folder. Gives the report.
pub(crate) fn study(
    data: &Dataset,
    plan: &Plan<'_>,
    mut out: OutputFolder,
) -> Result<serde_json::Value> {
    let pool = plan.threads.pool()?;
    let runs = train_seeds(data, plan)?;
    let chosen = &runs[choose(&runs)];
    let analysis = pool.install(|| analyse(data, plan, chosen))?;
    let report = report::build(data, plan, &runs, chosen, &analysis)?;
    write_tables(data, chosen, &analysis, &mut out)?;
    figures::write(data, chosen, &analysis, &mut out)?;
    let json = report.to_json(out.files());
    let text = serde_json::to_string_pretty(&json)?;
    out.write_text("study.json", &(text + "\n"))?;
    out.commit()?;
    Ok(json)
}

/// What is found with one trained network.
struct Analysis {
    maps: Vec<xrd_core::PaintedMap>,
    relevance: relevance::Relevance,
    generated: Vec<generation::Generated>,
}

fn analyse(data: &Dataset, plan: &Plan<'_>, run: &SeedRun) -> Result<Analysis> {
    let maps = paint(&run.known)?;
    let patterns = generate_targets(&run.model, &run.known, &maps, &plan.targets)?;
    Ok(Analysis {
        relevance: relevance::analyse(data, run, plan.window_deg)?,
        generated: generation::judge(data, run, plan.dataset_seed, patterns)?,
        maps,
    })
}

fn write_tables(
    data: &Dataset,
    run: &SeedRun,
    analysis: &Analysis,
    out: &mut OutputFolder,
) -> Result<()> {
    let names = data.set.names();
    let split = (0..names.len()).map(|i| {
        let word = if run.split.is_test(i) {
            "test"
        } else {
            "train"
        };
        word.to_owned()
    });
    let before = |f: fn(&xrd_core::Latent2) -> f64| -> Vec<String> {
        run.before.iter().map(|p| f(p).to_string()).collect()
    };
    let more = [
        ("split", split.collect()),
        ("x_before", before(|p| p.x)),
        ("y_before", before(|p| p.y)),
    ];
    let latent = tables::latent(names, &run.after, Some(&data.labels), &more);
    out.write("latent.csv", |f| latent.write(f))?;
    let columns = data.labels.columns();
    let estimates = tables::estimates(&run.estimated, columns, &run.known.names);
    out.write("estimates.csv", |f| estimates.write(f))?;
    out.write("history.csv", |f| tables::history(&run.history).write(f))?;
    let intensities = data.set.intensities(analysis.relevance.pattern);
    let relevance = tables::relevance(&analysis.relevance.sweep, intensities);
    out.write("relevance.csv", |f| relevance.write(f))?;
    for generated in &analysis.generated {
        if let Some(pattern) = generated.as_pattern(run)? {
            let name = Path::new("generated").join(generated.file_name());
            out.write(name, |f| xrd_io::write_xy(f, &pattern))?;
        }
    }
    let model = run.model.to_bytes()?;
    out.write("model.safetensors", |f| f.write_all(&model))
}
