//! `study.json`: every figure of a study. Its fields are described in `docs/study-json.md`.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};
use xrd_ae::{Decay, Ending, Warning};
use xrd_core::TwoThetaGrid;
use xrd_latent::Summary;
use xrd_relevance::PeakRelevance;

use super::estimation::PAPER_LIMIT;
use super::generation::{Difference, Generated};
use super::relevance::{Relevance, STRONG};
use super::run::{CRITERION, SeedFigures};
use super::series::{CANDIDATES, Indexing};
use super::verdicts::Verdict;
use super::{Judged, Plan, SeedRun, samples};
use crate::dataset::{Dataset, Origin};
use crate::maps::Maps;
use crate::options::Target;

/// The report, but for the list of files.
pub(crate) struct Report(Value);

impl Report {
    pub(crate) fn with_intervals(mut self, intervals: Value) -> Self {
        self.0["intervals"] = intervals;
        self
    }

    pub(crate) fn with_maps(mut self, maps: Option<&Maps>) -> Self {
        self.0["maps"] = maps.map_or(Value::Null, Maps::to_json);
        self
    }

    pub(crate) fn to_json(&self, files: &[PathBuf]) -> Value {
        let mut value = self.0.clone();
        value["files"] = files
            .iter()
            .map(|f| f.to_string_lossy().replace('\\', "/"))
            .collect();
        value
    }
}

/// What was found of the relevance of angles and of lines.
pub(crate) struct Found<'a> {
    pub(crate) relevance: &'a Relevance,
    /// Of the built-in series.
    pub(crate) lines: Option<&'a Judged>,
}

pub(crate) fn build(
    data: &Dataset,
    plan: &Plan<'_>,
    seeds: &[SeedFigures],
    chosen: &SeedRun,
    found: &Found<'_>,
) -> Result<Report> {
    let indexing = Indexing::of(data, found.relevance.pattern)?;
    let generated = chosen.generated.iter();
    let generation: Vec<Value> = generated.map(generation).collect::<Result<_>>()?;
    let targets: Vec<String> = plan.targets.iter().map(Target::to_string).collect();
    let one_seed = |figures: &SeedFigures| one_seed(figures, &targets);
    Ok(Report(json!({
        "dataset": dataset(data, plan),
        "training": training(plan, chosen),
        "estimation": estimation(plan, chosen),
        "relevance": relevance(data, found, indexing.as_ref()),
        "place": plan.place.name(),
        "generation": generation,
        "seed": chosen.seed,
        "seed_criterion": CRITERION,
        "seeds": seeds.iter().map(one_seed).collect::<Vec<_>>(),
        "summary": summary(seeds, &targets),
        "quick": plan.quick,
        "notes": data.notes,
        "versions": { "xrd": crate::VERSION, "study_json": 1 },
    })))
}

fn dataset(data: &Dataset, plan: &Plan<'_>) -> Value {
    let grid: &TwoThetaGrid = data.set.grid();
    let left_out: Vec<String> = plan.left_out.iter().map(|l| l.target.to_string()).collect();
    let (origin, fwhm, dataset_seed) = match &data.origin {
        Origin::Series { instrument, .. } => (
            "built-in series Sm(1-y)Zr(y)Fe(12-x)Ti(x)",
            Some(instrument.profile.fwhm_deg()),
            Some(plan.dataset_seed),
        ),
        Origin::Files => ("files", None, None),
    };
    json!({
        "origin": origin,
        "patterns": data.set.len(),
        "points": grid.len(),
        "two_theta_start": grid.start(),
        "two_theta_step": grid.step(),
        "wavelength_angstrom": data.set.wavelength().map(|w| w.as_angstrom()),
        "intensity_scale": data.set.scale().to_string(),
        "preparation": data.preparation,
        "left_out": left_out,
        "labels": data.labels.columns(),
        "fwhm_deg": fwhm,
        "dataset_seed": dataset_seed,
    })
}

fn training(plan: &Plan<'_>, run: &SeedRun) -> Value {
    let (settings, config) = (plan.training, &run.config);
    let stopping = config.early_stopping;
    json!({
        "hidden": settings.hidden.0,
        "latent_dimensions": settings.latent,
        "epochs": run.history.epochs.len(),
        "epochs_asked": config.epochs,
        "ending": match run.history.ending {
            Ending::LastEpoch => "last epoch",
            Ending::NoImprovement => "no improvement",
            _ => "left",
        },
        "best_epoch": run.history.best_epoch,
        "batch": config.batch,
        "loss": settings.loss_name(),
        "learning_rate": config.learning_rate,
        "schedule": settings.schedule.to_string(),
        "warm_up_epochs": config.schedule.warm_up(),
        "weight_decay": config.weight_decay,
        "decoupled_decay": config.decay == Decay::Decoupled,
        "full_first_rate": settings.full_first_rate,
        "clip_norm": config.clip,
        "strain": config.strain,
        "patience": stopping.map(|s| s.patience),
        "min_improvement": stopping.map(|s| s.min_improvement),
        "watched": stopping.map(|_| match run.validation_patterns {
            0 => "test patterns",
            _ => "validation patterns",
        }),
        "scaling": settings.scaling.to_string(),
        "train_patterns": run.split.train.len(),
        "validation_patterns": run.validation_patterns,
        "test_patterns": run.split.test.len(),
        "seconds": run.seconds,
        "ms_per_epoch": run.history.ms_per_epoch(),
        "threads": run.threads,
        "train_mse": run.train.mse,
        "test_mse": run.test.mse,
        "explained_variance_train": finite(run.train.explained_variance),
        "explained_variance_test": finite(run.test.explained_variance),
        "saturated_fraction": run.saturated,
        "warnings": texts(&run.history.warnings),
    })
}

fn texts(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(Warning::to_string).collect()
}

fn estimation(plan: &Plan<'_>, run: &SeedRun) -> Value {
    let (all, inside) = (&run.scores.all, run.scores.inside.as_ref());
    let per_label: serde_json::Map<String, Value> = (0..all.per_label.len())
        .map(|i| {
            let score = &all.per_label[i];
            let within = inside.map(|s| &s.per_label[i]);
            let value = json!({
                "mae": score.mean_absolute_error,
                "r2": score.r_squared,
                "mae_inside": within.map(|s| s.mean_absolute_error),
                "r2_inside": within.and_then(|s| s.r_squared),
            });
            (score.name.clone(), value)
        })
        .collect();
    json!({
        "estimator": plan.estimator.to_string(),
        "count": all.count,
        "inside": all.inside,
        "delta_sorted": all.delta_sorted,
        "delta_median": all.delta_median,
        "delta_worst": all.delta_worst,
        "delta_sorted_inside": inside.map(|s| &s.delta_sorted),
        "delta_median_inside": inside.map(|s| s.delta_median),
        "delta_worst_inside": inside.map(|s| s.delta_worst),
        "within_4e-3": within_limit(&all.delta_sorted),
        "one_composition_fraction": run.scores.comparison.one_composition,
        "nearest_pattern_delta_sorted": run.scores.comparison.nearest_pattern,
        "leave_one_out_delta_mean": run.scores.leave_one_out,
        "per_label": per_label,
    })
}

fn within_limit(deltas: &[f64]) -> usize {
    deltas.iter().filter(|d| **d <= PAPER_LIMIT).count()
}

fn relevance(data: &Dataset, all: &Found<'_>, indexing: Option<&Indexing>) -> Value {
    let found = all.relevance;
    let labels = &data.labels;
    let peak = |r: &PeakRelevance| {
        json!({
            "two_theta": round(r.peak.two_theta),
            "hkl": indexing.and_then(|i| i.hkl_at(r.peak.two_theta)),
            "relative_intensity": r.peak.relative_intensity,
            "intensity_rank": r.intensity_rank,
            "dev": r.dev,
            "relative_dev": r.relative_dev,
            "relevance_rank": r.relevance_rank,
            "ratio": r.ratio(),
        })
    };
    let candidate = |hkl: [i32; 3]| {
        let angle = indexing.and_then(|i| i.angle_of(hkl))?;
        let near = |r: &&PeakRelevance| (r.peak.two_theta - angle).abs() < 0.1;
        let nearest = found.ranked.iter().filter(near).min_by(|a, b| {
            let away = |r: &PeakRelevance| (r.peak.two_theta - angle).abs();
            away(a).total_cmp(&away(b))
        });
        let found = nearest.map_or(Value::Null, peak);
        Some(json!({ "hkl": hkl, "expected_two_theta": round(angle), "peak": found }))
    };
    json!({
        "pattern": data.set.names()[found.pattern],
        "composition": samples::name(labels.columns(), labels.row(found.pattern)),
        "window_deg": found.window_deg,
        "seconds": found.seconds,
        "windows": found.sweep.dev.len(),
        "largest_dev": found.sweep.largest_dev(),
        "peaks": found.ranked.len(),
        "strong_from": STRONG,
        "strongest_irrelevant": found.strongest_irrelevant.iter().map(peak).collect::<Vec<_>>(),
        "candidates": CANDIDATES.into_iter().filter_map(candidate).collect::<Vec<_>>(),
        "lines": all.lines.map_or(Vec::new(), |judged| lines(judged, found.pattern)),
    })
}

/// How many strong lines of least ratio, and weak ones of greatest, are reported.
pub(super) const REPORTED_LINES: usize = 5;

/// The strong lines that matter least, the weak ones that matter most, and the candidates.
fn lines(judged: &Judged, shown: usize) -> Vec<Value> {
    let lines = &judged.lines;
    let family = |v: &Verdict| &lines.families[v.family];
    let mut by_ratio: Vec<&Verdict> = judged.verdicts.iter().collect();
    by_ratio.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let is_strong = |v: &&&Verdict| family(v).relative_intensity >= STRONG;
    let strong = by_ratio.iter().filter(is_strong).take(REPORTED_LINES);
    let weak = by_ratio
        .iter()
        .rev()
        .filter(|v| !is_strong(v))
        .take(REPORTED_LINES);
    let mut places: Vec<usize> = strong.chain(weak).map(|v| v.family).collect();
    let named = judged
        .verdicts
        .iter()
        .filter(|v| CANDIDATES.contains(&family(v).hkl));
    for v in named {
        if !places.contains(&v.family) {
            places.push(v.family);
        }
    }
    let one = |f: usize| {
        let v = &judged.verdicts[f];
        json!({
            "hkl": family(v).hkl,
            "two_theta": round(lines.two_theta(f, shown)),
            "multiplicity": family(v).multiplicity,
            "relative_intensity": family(v).relative_intensity,
            "intensity_rank": v.intensity_rank,
            "relative_dev_mean": v.mean,
            "relative_dev_sd": v.sd,
            "relevance_rank": v.relevance_rank,
            "ratio": v.ratio,
            "verdict": v.word,
            "seeds_agreeing": v.agreeing,
        })
    };
    places.into_iter().map(one).collect()
}

fn generation(generated: &Generated) -> Result<Value> {
    let decoded = generated.pattern.decoded.as_ref();
    let [own, blend, strained] = generated.distances()?;
    let contour = &generated.pattern.contour;
    Ok(json!({
        "target": generated.pattern.target.to_string(),
        "points_on_contour": contour.iter().map(|line| line.points().len()).sum::<usize>(),
        "contour_lines": contour.len(),
        "decoded_point": decoded.map(|(p, _)| [p.x, p.y]),
        "file": decoded.map(|_| format!("generated/{}", generated.file_name())),
        "truth_patterns": generated.truth.patterns,
        "truth_spread": generated.truth.spread,
        "pearson_truth": own.as_ref().and_then(|d| d.pearson),
        "pearson_blend": blend.as_ref().and_then(|d| d.pearson),
        "cosine_truth": own.as_ref().and_then(|d| d.cosine),
        "cosine_blend": blend.as_ref().and_then(|d| d.cosine),
        "rwp_truth": own.as_ref().and_then(|d| d.r_weighted_profile),
        "rwp_blend": blend.as_ref().and_then(|d| d.r_weighted_profile),
        "relative_difference_truth": own.as_ref().and_then(|d| d.relative_difference),
        "relative_difference_blend": blend.as_ref().and_then(|d| d.relative_difference),
        "relative_difference_strained_blend":
            strained.as_ref().and_then(|d| d.relative_difference),
        "peak_position_error_truth": own.as_ref().and_then(|d| d.peak_position_error),
        "peak_position_error_blend": blend.as_ref().and_then(|d| d.peak_position_error),
        "peak_position_error_strained_blend":
            strained.as_ref().and_then(|d| d.peak_position_error),
    }))
}

fn one_seed(seed: &SeedFigures, targets: &[String]) -> Value {
    let generation = targets.iter().zip(&seed.differences);
    let generation = generation.map(|(target, [own, blend, strained])| {
        json!({
            "target": target,
            "relative_difference_truth": own.relative,
            "relative_difference_blend": blend.relative,
            "relative_difference_strained_blend": strained.relative,
            "peak_position_error_truth": own.peak_positions,
            "peak_position_error_blend": blend.peak_positions,
            "peak_position_error_strained_blend": strained.peak_positions,
        })
    });
    let mut value = json!({
        "seed": seed.seed,
        "epochs": seed.epochs,
        "best_epoch": seed.best_epoch,
        "delta_sorted": seed.scores.all.delta_sorted,
        "generation": generation.collect::<Vec<_>>(),
        "warnings": texts(&seed.warnings),
    });
    for (name, number) in scalars(seed) {
        value[name] = json!(number);
    }
    value
}

/// The figures that are summed up over seeds.
fn scalars(seed: &SeedFigures) -> Vec<(&'static str, f64)> {
    let Summary {
        inside,
        delta_median,
        delta_worst,
        ..
    } = seed.scores.all;
    let nearest = &seed.scores.comparison.nearest_pattern;
    vec![
        ("explained_variance_train", seed.train.explained_variance),
        ("explained_variance_test", seed.test.explained_variance),
        ("saturated_fraction", seed.saturated),
        ("inside", inside as f64),
        ("delta_median", delta_median),
        ("delta_worst", delta_worst),
        (
            "within_4e-3",
            within_limit(&seed.scores.all.delta_sorted) as f64,
        ),
        (
            "one_composition_fraction",
            seed.scores.comparison.one_composition,
        ),
        ("nearest_pattern_within_4e-3", within_limit(nearest) as f64),
        (
            "nearest_pattern_delta_worst",
            nearest.first().copied().unwrap_or(f64::NAN),
        ),
        ("leave_one_out_delta_mean", seed.scores.leave_one_out),
        ("ms_per_epoch", seed.ms_per_epoch),
    ]
}

/// Mean, sample standard deviation and median over the seeds.
fn summary(seeds: &[SeedFigures], targets: &[String]) -> Value {
    let columns: Vec<Vec<(&str, f64)>> = seeds.iter().map(scalars).collect();
    let [mut mean, mut sd, mut median] = [json!({}), json!({}), json!({})];
    for i in 0..columns[0].len() {
        let spread = Spread::of(columns.iter().map(|c| c[i].1).collect());
        let name = columns[0][i].0;
        mean[name] = json!(spread.mean);
        sd[name] = json!(spread.sd);
        median[name] = json!(spread.median);
    }
    let generation = targets.iter().enumerate().map(|(t, target)| {
        let spread = |of: fn(&Difference) -> Option<f64>| {
            [0, 1, 2].map(|which| {
                let all = seeds.iter().map(|s| of(&s.differences[t][which]));
                Spread::of(all.flatten().collect())
            })
        };
        let [own, blend, strained] = spread(|d| d.relative);
        let positions = spread(|d| d.peak_positions);
        json!({
            "target": target,
            "seeds": seeds.iter().filter(|s| s.differences[t][0].relative.is_some()).count(),
            "relative_difference_truth_mean": own.mean,
            "relative_difference_truth_sd": own.sd,
            "relative_difference_truth_median": own.median,
            "relative_difference_blend_mean": blend.mean,
            "relative_difference_blend_sd": blend.sd,
            "relative_difference_blend_median": blend.median,
            "relative_difference_strained_blend_mean": strained.mean,
            "peak_position_error_truth_mean": positions[0].mean,
            "peak_position_error_truth_sd": positions[0].sd,
            "peak_position_error_blend_mean": positions[1].mean,
            "peak_position_error_strained_blend_mean": positions[2].mean,
        })
    });
    let generation: Vec<Value> = generation.collect();
    json!({ "mean": mean, "sd": sd, "median": median, "generation": generation })
}

/// How numbers are spread; none where one of them is not finite.
struct Spread {
    mean: Option<f64>,
    /// Of the sample; none for a single number.
    sd: Option<f64>,
    median: Option<f64>,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let n = values.len();
        if n == 0 {
            let (mean, sd, median) = (None, None, None);
            return Self { mean, sd, median };
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let median = (values[(n - 1) / 2] + values[n / 2]) / 2.0;
        Self {
            mean: finite(mean),
            sd: (n > 1)
                .then(|| (squares / (n - 1) as f64).sqrt())
                .and_then(finite),
            median: finite(mean).and(finite(median)),
        }
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// An angle without the noise of its arithmetic.
fn round(angle: f64) -> f64 {
    (angle * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_summed_up_or_none_is_given() {
        let of = |values: &[f64]| {
            let spread = Spread::of(values.to_vec());
            (spread.mean, spread.sd, spread.median)
        };
        let even = of(&[4.0, 1.0, 2.0, 9.0]);
        assert_eq!((even.0, even.2), (Some(4.0), Some(3.0)));
        assert!((even.1.unwrap() - (38f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(of(&[5.0, 1.0, 0.0]).2, Some(1.0));
        assert_eq!(of(&[7.0]), (Some(7.0), None, Some(7.0)));
        assert_eq!(of(&[1.0, f64::NAN, 2.0]), (None, None, None));
    }
}
