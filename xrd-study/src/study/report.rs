//! Construction of the report from the results of the seeds.

use indexmap::IndexMap;
use xrd_ae::{Decay, Ending, Warning};
use xrd_latent::Summary;
use xrd_relevance::PeakRelevance;

use super::curve::CurveComparison;
use super::estimation::PAPER_LIMIT;
use super::generation::{Difference, Generated};
use super::limits::limits;
use super::relevance::{Relevance, STRONG};
use super::run::{CRITERION, Run, SeedFigures};
use super::series::{CANDIDATES, Indexing};
use super::verdicts::Verdict;
use super::{Judged, Plan, REPORTED_LINES};
use crate::dataset::Origin;
use crate::error::Result;
use crate::experiment::{DataSource, TargetComposition, schedule_name};
use crate::groups::PatternGroups;
use crate::maps::Maps;
use crate::note::Note;
use crate::outliers::Outliers;
use crate::reference::Reference;
use crate::report::{
    CandidateReport, ClassificationReport, DatasetReport, EstimationReport, GenerationReport,
    GenerationSummary, GroupsReport, IntervalsReport, LabelReport, LineReport, MethodReport,
    PeakReport, RelevanceReport, STUDY_SCHEMA, SeedGenerationReport, SeedReport, SeedScores,
    StudyReport, SummaryReport, TrainingReport, Versions,
};
use crate::series::Series;

/// Results in addition to those of the seeds.
pub(super) struct Found<'a> {
    pub(super) relevance: &'a Relevance,
    /// Lines of the built-in series.
    pub(super) lines: Option<&'a Judged>,
    pub(super) intervals: IntervalsReport,
    pub(super) maps: Option<&'a Maps>,
    pub(super) groups: &'a PatternGroups,
    pub(super) outliers: Option<&'a Outliers>,
    pub(super) series: Option<&'a Series>,
    /// Reference structures, and notes on their files.
    pub(super) references: (&'a [Reference], &'a [Note]),
    pub(super) classification: &'a [ClassificationReport],
}

pub(super) fn build(
    plan: &Plan<'_>,
    seeds: &[SeedFigures],
    chosen: &Run,
    found: Found<'_>,
) -> Result<StudyReport> {
    let indexing = Indexing::of(plan.data, found.relevance.pattern)?;
    let generated = chosen.generated.iter();
    let targets: Vec<String> = plan
        .targets
        .iter()
        .map(TargetComposition::to_string)
        .collect();
    Ok(StudyReport {
        dataset: dataset(plan),
        training: training(plan, chosen),
        estimation: estimation(plan, chosen)?,
        relevance: relevance(plan, &found, indexing.as_ref()),
        generation_rule: plan.experiment.generation_rule.name().to_owned(),
        generation: generated
            .map(|g| generation(g, plan.data.labels.columns()))
            .collect::<Result<_>>()?,
        seed: chosen.seed,
        seed_criterion: CRITERION.to_owned(),
        seeds: seeds.iter().map(|seed| one_seed(seed, &targets)).collect(),
        summary: summary(seeds, &targets),
        quick: plan.experiment.quick,
        limits: limits(plan, &chosen.split),
        notes: notes(plan, found.references.1),
        versions: Versions {
            xrd: String::new(),
            study_json: STUDY_SCHEMA,
        },
        intervals: found.intervals,
        maps: found.maps.map(Maps::report),
        groups: Some(groups(plan, found.groups)?),
        classification: found.classification.to_vec(),
        outliers: found.outliers.map(|found| found.report.clone()),
        series: found.series.map(|found| found.report.clone()),
        references: found.references.0.iter().map(Reference::report).collect(),
        experiment: Some(plan.experiment.clone()),
        files: Vec::new(),
    })
}

fn notes(plan: &Plan<'_>, about_references: &[Note]) -> Vec<String> {
    let all = plan.data.notes.iter().chain(about_references);
    all.map(Note::to_string).collect()
}

fn groups(plan: &Plan<'_>, found: &PatternGroups) -> Result<GroupsReport> {
    Ok(GroupsReport {
        agreement: found.agreement(&plan.data.classes, &plan.data.labels)?,
        ..found.report()
    })
}

fn dataset(plan: &Plan<'_>) -> DatasetReport {
    let data = plan.data;
    let grid = data.set.grid();
    let left_out = plan.left_out.iter().map(|l| l.target.to_string());
    let (origin, fwhm_deg) = match &data.origin {
        Origin::Series { instrument, .. } => (
            "built-in series Sm(1-y)Zr(y)Fe(12-x)Ti(x)",
            Some(instrument.profile.fwhm_deg()),
        ),
        Origin::Files => ("files", None),
    };
    DatasetReport {
        origin: origin.to_owned(),
        patterns: data.set.len(),
        points: grid.len(),
        two_theta_start: grid.start(),
        two_theta_step: grid.step(),
        wavelength_angstrom: data.set.wavelength().map(|w| w.as_angstrom()),
        intensity_scale: data.set.scale().to_string(),
        preparation: data.preparation.clone(),
        left_out: left_out.collect(),
        labels: data.labels.columns().to_vec(),
        fwhm_deg,
        dataset_seed: match plan.experiment.data {
            DataSource::Series { seed, .. } => Some(seed),
            DataSource::Files { .. } => None,
        },
    }
}

fn training(plan: &Plan<'_>, run: &Run) -> TrainingReport {
    let (settings, config) = (&plan.experiment.settings, &run.config);
    let stopping = config.early_stopping;
    let ending = match run.history.ending {
        Ending::LastEpoch => "last epoch",
        Ending::NoImprovement => "no improvement",
        _ => "left",
    };
    let watched = match run.validation_patterns {
        0 => "test patterns",
        _ => "validation patterns",
    };
    TrainingReport {
        hidden: settings.hidden.clone(),
        latent_dimensions: settings.latent,
        epochs: run.history.epochs.len(),
        epochs_asked: config.epochs,
        ending: ending.to_owned(),
        best_epoch: run.history.best_epoch,
        batch: config.batch,
        loss: settings.loss_name().to_owned(),
        learning_rate: config.learning_rate,
        schedule: schedule_name(&config.schedule),
        warm_up_epochs: config.schedule.warm_up(),
        weight_decay: config.weight_decay,
        decoupled_decay: config.decay == Decay::Decoupled,
        full_first_rate: settings.full_first_rate(),
        clip_norm: config.clip,
        strain: config.strain,
        label_weight: config.label_weight,
        border_weight: config.border_weight,
        patience: stopping.map(|s| s.patience),
        min_improvement: stopping.map(|s| s.min_improvement),
        watched: stopping.map(|_| watched.to_owned()),
        scaling: settings.scaling_name().to_owned(),
        train_patterns: run.split.train.len(),
        validation_patterns: run.validation_patterns,
        test_patterns: run.split.test.len(),
        seconds: run.seconds,
        ms_per_epoch: run.history.ms_per_epoch(),
        threads: run.threads,
        train_mse: run.train.mse,
        test_mse: run.test.mse,
        explained_variance_train: finite(run.train.explained_variance),
        explained_variance_test: finite(run.test.explained_variance),
        saturated_fraction: run.saturated,
        warnings: texts(&run.history.warnings)
            .into_iter()
            .chain(at_border(run.saturated))
            .collect(),
    }
}

/// Largest fraction of the points at the border of the latent space without a warning.
const MOST_AT_BORDER: f64 = 0.1;

/// Returns a warning if many points are at the border, where patterns are hard to tell apart.
fn at_border(saturated: f64) -> Option<String> {
    (saturated > MOST_AT_BORDER).then(|| {
        format!(
            "{:.0} % of the points are at the border of the latent space (expected at most {:.0} %); try a \
             larger weight of the border loss, more epochs or another seed",
            100.0 * saturated,
            100.0 * MOST_AT_BORDER,
        )
    })
}

fn texts(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(Warning::to_string).collect()
}

/// Returns the scores of each label, of all estimates and of those that are inside.
fn per_label(all: &Summary, inside: Option<&Summary>) -> IndexMap<String, LabelReport> {
    let label = |i: usize| {
        let score = &all.per_label[i];
        let within = inside.map(|s| &s.per_label[i]);
        let report = LabelReport {
            mae: score.mean_absolute_error,
            r2: score.r_squared,
            mae_inside: within.map(|s| s.mean_absolute_error),
            r2_inside: within.and_then(|s| s.r_squared),
        };
        (score.name.clone(), report)
    };
    (0..all.per_label.len()).map(label).collect()
}

fn method(found: &xrd_regression::Comparison) -> MethodReport {
    MethodReport {
        labels: found.labels.clone(),
        method: found.candidate.to_string(),
        error: found.error,
        averaged: found.averaged,
    }
}

fn estimation(plan: &Plan<'_>, run: &Run) -> Result<EstimationReport> {
    let Some(scores) = &run.scores else {
        return Ok(EstimationReport::default());
    };
    let (all, inside) = (&scores.all, scores.inside.as_ref());
    let on_plane = scores.in_latent_space.as_ref();
    let estimator = match on_plane {
        Some(_) => plan.estimator.to_string(),
        // Also where there were too few samples for a regression.
        None if run.curve.as_ref().is_some_and(CurveComparison::is_better) => "curve".to_owned(),
        None => plan.experiment.in_latent_space()?.to_string(),
    };
    Ok(EstimationReport {
        estimator,
        methods: run.comparisons.iter().map(method).collect(),
        curve: run.curve.as_ref().map(CurveComparison::report),
        on_plane: on_plane.map_or(IndexMap::new(), |s| per_label(s, None)),
        count: all.count,
        inside: all.inside,
        delta_sorted: all.delta_sorted.clone(),
        delta_median: all.delta_median,
        delta_worst: all.delta_worst,
        delta_sorted_inside: inside.map(|s| s.delta_sorted.clone()),
        delta_median_inside: inside.map(|s| s.delta_median),
        delta_worst_inside: inside.map(|s| s.delta_worst),
        within_limit: within_limit(&all.delta_sorted),
        one_composition_fraction: scores.comparison.one_composition,
        nearest_pattern_delta_sorted: scores.comparison.nearest_pattern.clone(),
        leave_one_out_delta_mean: scores.leave_one_out,
        per_label: per_label(all, inside),
    })
}

fn within_limit(deltas: &[f64]) -> usize {
    deltas.iter().filter(|d| **d <= PAPER_LIMIT).count()
}

fn relevance(plan: &Plan<'_>, all: &Found<'_>, indexing: Option<&Indexing>) -> RelevanceReport {
    let found = all.relevance;
    let peak = |r: &PeakRelevance| PeakReport {
        two_theta: round(r.peak.two_theta),
        hkl: indexing.and_then(|i| i.hkl_at(r.peak.two_theta)),
        relative_intensity: r.peak.relative_intensity,
        intensity_rank: r.intensity_rank,
        dev: r.dev,
        relative_dev: r.relative_dev,
        relevance_rank: r.relevance_rank,
        ratio: r.ratio(),
    };
    let candidate = |hkl: [i32; 3]| {
        let angle = indexing.and_then(|i| i.angle_of(hkl))?;
        let near = |r: &&PeakRelevance| (r.peak.two_theta - angle).abs() < 0.1;
        let nearest = found.ranked.iter().filter(near).min_by(|a, b| {
            let away = |r: &PeakRelevance| (r.peak.two_theta - angle).abs();
            away(a).total_cmp(&away(b))
        });
        Some(CandidateReport {
            hkl,
            expected_two_theta: round(angle),
            peak: nearest.map(peak),
        })
    };
    let lines = all.lines.map(|judged| lines(judged, found.pattern));
    RelevanceReport {
        pattern: plan.data.set.names()[found.pattern].clone(),
        composition: plan.data.describe(found.pattern),
        window_deg: found.window_deg,
        seconds: found.seconds,
        windows: found.sweep.dev.len(),
        largest_dev: found.sweep.largest_dev(),
        peaks: found.ranked.len(),
        strong_from: STRONG,
        strongest_irrelevant: found.strongest_irrelevant.iter().map(peak).collect(),
        candidates: CANDIDATES.into_iter().filter_map(candidate).collect(),
        lines: lines.unwrap_or_default(),
    }
}

/// Returns the strong lines with the lowest relevance, the weak lines with the highest relevance,
/// and the candidates.
fn lines(judged: &Judged, shown: usize) -> Vec<LineReport> {
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
    let mut listed: Vec<usize> = strong.chain(weak).map(|v| v.family).collect();
    let named = judged
        .verdicts
        .iter()
        .filter(|v| CANDIDATES.contains(&family(v).hkl));
    for v in named {
        if !listed.contains(&v.family) {
            listed.push(v.family);
        }
    }
    let one = |f: usize| {
        let v = &judged.verdicts[f];
        LineReport {
            hkl: family(v).hkl,
            two_theta: round(lines.two_theta(f, shown)),
            multiplicity: family(v).multiplicity,
            relative_intensity: family(v).relative_intensity,
            intensity_rank: v.intensity_rank,
            relative_dev_mean: v.mean,
            relative_dev_sd: v.sd,
            relevance_rank: v.relevance_rank,
            ratio: v.ratio,
            verdict: v.word.to_owned(),
            seeds_agreeing: v.agreeing,
        }
    };
    listed.into_iter().map(one).collect()
}

fn generation(generated: &Generated, columns: &[String]) -> Result<GenerationReport> {
    let decoded = generated.pattern.decoded.as_ref();
    let [own, blend, strained] = generated.distances()?.map(Option::unwrap_or_default);
    let contour = &generated.pattern.contour;
    let labels = generated.pattern.labels.iter().flatten();
    Ok(GenerationReport {
        target: generated.pattern.target.to_string(),
        points_on_contour: contour.iter().map(|line| line.points().len()).sum(),
        contour_lines: contour.len(),
        decoded_point: decoded.map(|(p, _)| [p.x, p.y]),
        labels: columns.iter().cloned().zip(labels.copied()).collect(),
        largest_difference: generated.pattern.largest_difference,
        file: decoded.map(|_| format!("generated/{}", generated.file_name())),
        truth_patterns: generated.truth.patterns,
        truth_spread: generated.truth.spread,
        pearson_truth: own.pearson,
        pearson_blend: blend.pearson,
        cosine_truth: own.cosine,
        cosine_blend: blend.cosine,
        rwp_truth: own.r_weighted_profile,
        rwp_blend: blend.r_weighted_profile,
        relative_difference_truth: own.relative_difference,
        relative_difference_blend: blend.relative_difference,
        relative_difference_strained_blend: strained.relative_difference,
        peak_position_error_truth: own.peak_position_error,
        peak_position_error_blend: blend.peak_position_error,
        peak_position_error_strained_blend: strained.peak_position_error,
    })
}

fn one_seed(seed: &SeedFigures, targets: &[String]) -> SeedReport {
    let generation = targets.iter().zip(&seed.differences);
    let generation = generation.map(|(target, [own, blend, strained])| SeedGenerationReport {
        target: target.clone(),
        relative_difference_truth: own.relative,
        relative_difference_blend: blend.relative,
        relative_difference_strained_blend: strained.relative,
        peak_position_error_truth: own.peak_positions,
        peak_position_error_blend: blend.peak_positions,
        peak_position_error_strained_blend: strained.peak_positions,
    });
    let deltas = seed.scores.as_ref().map(|s| s.all.delta_sorted.clone());
    SeedReport {
        seed: seed.seed,
        epochs: seed.epochs,
        best_epoch: seed.best_epoch,
        delta_sorted: deltas.unwrap_or_default(),
        generation: generation.collect(),
        warnings: texts(&seed.warnings),
        scores: scores(seed),
    }
}

/// Returns the numbers of a seed that are summarised over the seeds.
fn scores(seed: &SeedFigures) -> SeedScores {
    let of_network = SeedScores {
        explained_variance_train: finite(seed.train.explained_variance),
        explained_variance_test: finite(seed.test.explained_variance),
        saturated_fraction: finite(seed.saturated),
        ms_per_epoch: finite(seed.ms_per_epoch),
        ..SeedScores::default()
    };
    let Some(scores) = &seed.scores else {
        return of_network;
    };
    let (all, comparison) = (&scores.all, &scores.comparison);
    let nearest = &comparison.nearest_pattern;
    SeedScores {
        inside: Some(all.inside as f64),
        delta_median: finite(all.delta_median),
        delta_worst: finite(all.delta_worst),
        within_limit: Some(within_limit(&all.delta_sorted) as f64),
        one_composition_fraction: finite(comparison.one_composition),
        nearest_pattern_within_limit: (!nearest.is_empty()).then(|| within_limit(nearest) as f64),
        nearest_pattern_delta_worst: nearest.first().copied().and_then(finite),
        leave_one_out_delta_mean: finite(scores.leave_one_out),
        ..of_network
    }
}

/// Returns mean, sample standard deviation and median over the seeds.
fn summary(seeds: &[SeedFigures], targets: &[String]) -> SummaryReport {
    let all: Vec<SeedScores> = seeds.iter().map(scores).collect();
    let generation = targets.iter().enumerate().map(|(t, target)| {
        let spread = |of: fn(&Difference) -> Option<f64>| {
            [0, 1, 2].map(|which| {
                let all = seeds.iter().map(|s| of(&s.differences[t][which]));
                Spread::of(all.filter(Option::is_some).collect())
            })
        };
        let [own, blend, strained] = spread(|d| d.relative);
        let positions = spread(|d| d.peak_positions);
        let with = seeds
            .iter()
            .filter(|s| s.differences[t][0].relative.is_some());
        GenerationSummary {
            target: target.clone(),
            seeds: with.count(),
            relative_difference_truth_mean: own.mean,
            relative_difference_truth_sd: own.sd,
            relative_difference_truth_median: own.median,
            relative_difference_blend_mean: blend.mean,
            relative_difference_blend_sd: blend.sd,
            relative_difference_blend_median: blend.median,
            relative_difference_strained_blend_mean: strained.mean,
            peak_position_error_truth_mean: positions[0].mean,
            peak_position_error_truth_sd: positions[0].sd,
            peak_position_error_blend_mean: positions[1].mean,
            peak_position_error_strained_blend_mean: positions[2].mean,
        }
    });
    SummaryReport {
        mean: SeedScores::over(&all, |values| Spread::of(values).mean),
        sd: SeedScores::over(&all, |values| Spread::of(values).sd),
        median: SeedScores::over(&all, |values| Spread::of(values).median),
        generation: generation.collect(),
    }
}

/// Mean, standard deviation and median of numbers. `None` if a number is missing or not finite.
struct Spread {
    mean: Option<f64>,
    /// Sample standard deviation. `None` for a single number.
    sd: Option<f64>,
    median: Option<f64>,
}

impl Spread {
    fn of(values: Vec<Option<f64>>) -> Self {
        let finite_values: Option<Vec<f64>> =
            values.into_iter().map(|v| v.and_then(finite)).collect();
        let mut values = finite_values.unwrap_or_default();
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

/// Rounds an angle to 1e-6 degree.
fn round(angle: f64) -> f64 {
    (angle * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_points_at_the_border_are_a_warning() {
        assert_eq!(at_border(0.1), None);
        let warning = at_border(0.88).unwrap();
        assert!(warning.starts_with("88 % of the points") && warning.contains("border loss"));
    }

    #[test]
    fn numbers_are_summarised_or_none_is_given() {
        let of = |values: &[f64]| {
            let spread = Spread::of(values.iter().copied().map(Some).collect());
            (spread.mean, spread.sd, spread.median)
        };
        let even = of(&[4.0, 1.0, 2.0, 9.0]);
        assert_eq!((even.0, even.2), (Some(4.0), Some(3.0)));
        assert!((even.1.unwrap() - (38f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(of(&[5.0, 1.0, 0.0]).2, Some(1.0));
        assert_eq!(of(&[7.0]), (Some(7.0), None, Some(7.0)));
        assert_eq!(of(&[1.0, f64::NAN, 2.0]), (None, None, None));
        assert_eq!(Spread::of(vec![Some(1.0), None]).mean, None);
    }
}
