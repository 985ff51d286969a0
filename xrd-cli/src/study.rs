//! The whole study, from patterns to figures.

mod estimation;
mod figures;
mod generation;
mod intervals;
mod line_tables;
mod lines;
mod relevance;
mod report;
mod run;
mod samples;
mod series;
mod summary;
mod verdicts;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::dataset::{Dataset, LeftOut};
use crate::maps::{self, Maps};
use crate::options::{Named, Saving, Target, Threads, Training};
use crate::output::OutputFolder;
use crate::page;
use crate::plane::{MODEL, model_name};
use crate::split::Split;
use crate::tables;
use crate::targets::Place;

pub(crate) use run::SeedRun;
pub(crate) use samples::{categories, name};
pub(crate) use series::default_targets;
pub(crate) use summary::summary;

use generation::Truth;
use lines::Lines;
use relevance::Relevance;
use run::train_seeds;
use verdicts::Verdict;

/// What a study is asked to do.
pub(crate) struct Plan<'a> {
    pub(crate) training: &'a Training,
    pub(crate) saving: &'a Saving,
    /// The folder of trainings that are not finished.
    pub(crate) checkpoints: PathBuf,
    pub(crate) seeds: usize,
    pub(crate) estimator: &'a Named,
    /// One split a seed.
    pub(crate) splits: Vec<Split>,
    pub(crate) targets: Vec<Target>,
    /// Patterns of values that are among the targets and in no training.
    pub(crate) left_out: Vec<LeftOut>,
    /// Which point is decoded for each.
    pub(crate) place: Place,
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
    let truths = pool.install(|| Truth::all(data, plan))?;
    let (mut chosen, seeds) = train_seeds(data, plan, &truths)?;
    let labels = data.labels.columns();
    let of_chosen = intervals::of_seed(&seeds, chosen.seed, labels.len())?;
    of_chosen.put_to(&mut chosen.estimated);
    let intervals = intervals::report(&seeds, &of_chosen, labels)?;
    let relevance = pool.install(|| relevance::analyse(data, &chosen, plan.window_deg))?;
    let lines = Lines::of(data)?.map(|lines| Judged::of(lines, &seeds));
    let found = report::Found {
        relevance: &relevance,
        lines: lines.as_ref(),
    };
    let maps = maps_of(data, &chosen)?;
    let report = report::build(data, plan, &seeds, &chosen, &found)?
        .with_intervals(intervals)
        .with_maps(maps.as_ref());
    write_tables(data, &chosen, &relevance, &mut out)?;
    let held_out = seeds.iter().flat_map(|s| &s.held_out);
    let held_out = tables::held_out(held_out, labels);
    out.write("held_out.csv", |f| held_out.write(f))?;
    if let Some(judged) = &lines {
        judged.write(data, &chosen, relevance.pattern, &mut out)?;
    }
    figures::write(data, &chosen, &relevance, maps.as_ref(), &mut out)?;
    let patterns = page::shown_patterns(&data.set, |i| chosen.split.is_test(i));
    let patterns = data.set.select(&patterns)?;
    out.write(page::PATTERNS, |f| xrd_io::write_npz(f, &patterns))?;
    let own = [PathBuf::from(page::PAGE)];
    let json = report.to_json(&[out.files(), &own].concat());
    let page = pool.install(|| page::page(out.staging(), &json))?;
    out.write_text(page::PAGE, &page)?;
    let text = serde_json::to_string_pretty(&json)?;
    out.write_text("study.json", &(text + "\n"))?;
    out.commit()?;
    remove_saved(plan)?;
    Ok(json)
}

/// The plane beside other maps; none of more patterns than take no time.
fn maps_of(data: &Dataset, run: &SeedRun) -> Result<Option<Maps>> {
    const QUICK: usize = 400;
    if data.set.len() > QUICK {
        return Ok(None);
    }
    maps::maps(data, Some(&run.after.points), maps::NEIGHBOURS).map(Some)
}

/// The lines of the built-in series, and what the seeds say of them.
pub(crate) struct Judged {
    pub(crate) lines: Lines,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Judged {
    fn of(lines: Lines, seeds: &[run::SeedFigures]) -> Self {
        let devs: Vec<&[f64]> = seeds.iter().map(|s| s.line_devs.as_slice()).collect();
        let verdicts = verdicts::verdicts(&lines, &devs);
        Self { lines, verdicts }
    }

    fn write(
        &self,
        data: &Dataset,
        run: &SeedRun,
        shown: usize,
        out: &mut OutputFolder,
    ) -> Result<()> {
        let lines = &self.lines;
        let reflections = line_tables::reflections(data, lines);
        out.write("reflections.csv", |f| reflections.write(f))?;
        let peaks = line_tables::peaks(run, shown, lines, &self.verdicts);
        out.write("peaks.csv", |f| peaks.write(f))?;
        let by_composition = line_tables::by_composition(data, run, lines);
        out.write("peaks_by_composition.csv", |f| by_composition.write(f))
    }
}

/// Removes the trainings that were saved on the way.
fn remove_saved(plan: &Plan<'_>) -> Result<()> {
    let seeds = (0..plan.seeds as u64).map(|i| plan.training.seed + i);
    let mut saves = seeds.map(|seed| run::saves(plan, seed));
    saves.try_for_each(|saves| saves.remove())?;
    // A folder that holds something else stays.
    let _ = std::fs::remove_dir(&plan.checkpoints);
    Ok(())
}

fn write_tables(
    data: &Dataset,
    run: &SeedRun,
    relevance: &Relevance,
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
        run.before.points.iter().map(|p| f(p).to_string()).collect()
    };
    let more = [
        ("split", split.collect()),
        ("x_before", before(|p| p.x)),
        ("y_before", before(|p| p.y)),
        (
            "residual",
            run.residuals.iter().map(f64::to_string).collect(),
        ),
        (MODEL, vec![model_name(&run.model)?; names.len()]),
    ];
    let latent = tables::latent(names, &run.after, Some(&data.labels), &more);
    out.write("latent.csv", |f| latent.write(f))?;
    let columns = data.labels.columns();
    let estimates = tables::estimates(&run.estimated, columns, &run.known.names);
    out.write("estimates.csv", |f| estimates.write(f))?;
    out.write("history.csv", |f| tables::history(&run.history).write(f))?;
    let intensities = data.set.intensities(relevance.pattern);
    let table = tables::relevance(&relevance.sweep, intensities);
    out.write("relevance.csv", |f| table.write(f))?;
    for generated in &run.generated {
        if let Some(pattern) = generated.as_pattern(run)? {
            let name = Path::new("generated").join(generated.file_name());
            out.write(name, |f| xrd_io::write_xy(f, &pattern))?;
        }
    }
    let model = run.model.to_bytes()?;
    out.write("model.safetensors", |f| f.write_all(&model))
}
