//! The summary of a study: the numbers of `study.json` that a user looks for first.

mod series;

use xrd_study::{
    ClassificationReport, DOES_NOT_MATTER, EstimationReport, GenerationReport, GroupReport,
    GroupsReport, LineReport, MATTERS, NEAR, OutlierReport, OutliersReport, REPORTED_LINES,
    StudyReport, TrainingReport,
};

/// Number of test patterns below which scores are said to be from few.
const FEW_TEST_PATTERNS: usize = 20;

/// The lines of the summary.
pub(super) fn summary(report: &StudyReport) -> Vec<String> {
    let mut lines = trained(&report.training);
    lines.extend(report.groups.iter().flat_map(grouped));
    lines.extend(report.series.iter().flat_map(series::series));
    lines.extend(report.classification.iter().map(classified));
    lines.extend(report.outliers.iter().flat_map(odd_ones));
    lines.extend(estimated(&report.estimation));
    lines.extend(relevant(report));
    lines.extend(report.generation.iter().map(generated));
    if report.seeds.len() > 1 {
        lines.extend(over_seeds(report));
    }
    lines.extend(report.limits.iter().map(|limit| format!("note: {limit}")));
    lines
}

fn trained(t: &TrainingReport) -> Vec<String> {
    let mut lines = vec![
        format!(
            "trained on {} patterns for {} epochs in {:.0} s ({:.1} ms per epoch)",
            t.train_patterns, t.epochs, t.seconds, t.ms_per_epoch,
        ),
        format!(
            "explained variance {} (test {}), {:.1} % of the points at the border of the plane",
            number(t.explained_variance_train),
            number(t.explained_variance_test),
            100.0 * t.saturated_fraction,
        ),
    ];
    if t.saturated_fraction > 0.0 {
        lines.push(
            "  border: a coordinate beyond 0.99 of the range from -1 to 1; patterns there are hard to tell apart"
                .to_owned(),
        );
    }
    lines.extend(at_border(t));
    if t.label_weight != 0.0 {
        lines.push(format!(
            "the labels of the training patterns are part of the loss, with the weight {}",
            t.label_weight,
        ));
    }
    if t.watched.as_deref() == Some("test patterns") {
        lines.push(
            "the end of training was chosen by the test patterns, so the results below are too good \
             (--validation-fraction holds back other patterns for this)"
                .to_owned(),
        );
    }
    lines
}

/// Largest share of the points at the border without a warning.
const MOST_AT_BORDER: f64 = 0.1;

/// A warning if the points waste the plane, and what to change.
fn at_border(t: &TrainingReport) -> Option<String> {
    let more = match t.border_weight {
        0.0 => "--border-weight 0.1",
        _ => "a larger --border-weight",
    };
    (t.saturated_fraction > MOST_AT_BORDER).then(|| {
        format!(
            "warning: {:.0} % of the points are at the border of the plane (expected at most {:.0} %); try \
             {more}, more epochs or another --seed",
            100.0 * t.saturated_fraction,
            100.0 * MOST_AT_BORDER,
        )
    })
}

/// Largest number of groups and of outliers that are listed.
const MOST_LISTED: usize = 10;

/// The groups of the patterns.
fn grouped(g: &GroupsReport) -> Vec<String> {
    if g.number == 1 {
        return vec!["groups: one; no number of groups is well separated and stable".to_owned()];
    }
    let mut lines = vec![format!(
        "{} groups: silhouette {} (1: well separated), stability {} (1: the same in parts of the patterns)",
        g.number,
        number(g.silhouette),
        number(g.stability),
    )];
    let angles = |group: &GroupReport| {
        let windows = group.windows.iter().take(3);
        let angles: Vec<String> = windows.map(|w| format!("{:.2}°", w.peak_deg)).collect();
        match angles.is_empty() {
            true => String::new(),
            false => format!(", differs from the others at {}", angles.join(", ")),
        }
    };
    lines.extend(g.groups.iter().take(MOST_LISTED).map(|group| {
        format!(
            "  group {}: {} patterns, most representative {}{}",
            group.number,
            group.size,
            group.medoid,
            angles(group)
        )
    }));
    if g.groups.len() > MOST_LISTED {
        lines.push(format!(
            "  and {} more, in groups.csv",
            g.groups.len() - MOST_LISTED
        ));
    }
    lines.extend(g.agreement.iter().map(|a| {
        format!(
            "  groups and {}: adjusted Rand index {:.2} (1: the same, 0: random), purity {:.2}",
            a.label, a.adjusted_rand_index, a.purity
        )
    }));
    if !g.between.is_empty() {
        lines.push(format!(
            "  {} patterns are between two groups, as mixtures are (column between of groups.csv)",
            g.between.len()
        ));
    }
    lines
}

/// How well the classes of the test patterns are estimated.
fn classified(c: &ClassificationReport) -> String {
    let few = match c.count < FEW_TEST_PATTERNS {
        true => " (few)",
        false => "",
    };
    format!(
        "{} of {} test patterns{few}: accuracy {:.2}, mean over the classes {:.2} (always the most frequent \
         class: {:.2}), by {}",
        c.label, c.count, c.accuracy, c.balanced_accuracy, c.majority_accuracy, c.method
    )
}

/// The patterns that differ from all others.
fn odd_ones(found: &OutliersReport) -> Vec<String> {
    if found.outliers.is_empty() {
        return Vec::new();
    }
    let line = |one: &OutlierReport| {
        format!(
            "  {}: {} at {:.2}° to {:.2}° (score {:.1})",
            one.pattern,
            one.reason.words(),
            one.from_deg,
            one.to_deg,
            one.score
        )
    };
    let head = format!(
        "outliers: {} of {} patterns differ from all others (score 1: the threshold)",
        found.outliers.len(),
        found.patterns
    );
    let mut lines = vec![head];
    lines.extend(found.outliers.iter().take(MOST_LISTED).map(line));
    if found.outliers.len() > MOST_LISTED {
        let more = found.outliers.len() - MOST_LISTED;
        lines.push(format!("  and {more} more, in outliers.csv"));
    }
    lines
}

/// The methods of the regression that are averaged, for each group of labels.
fn methods(e: &EstimationReport) -> Vec<String> {
    let groups = e.methods.chunk_by(|a, b| a.labels == b.labels);
    let line = |group: &[xrd_study::MethodReport]| {
        let best = group.iter().find(|m| m.averaged)?;
        let count = group.iter().filter(|m| m.averaged).count();
        let of = match count {
            1 => String::new(),
            n => format!("mean of {n} methods, best "),
        };
        Some(format!(
            "{} estimated from the patterns themselves: {of}{} (cross-validated error {:.3} of the \
             standard deviation)",
            group[0].labels.join(", "),
            best.method,
            best.error
        ))
    };
    groups.filter_map(line).collect()
}

fn estimated(e: &EstimationReport) -> Vec<String> {
    if e.count == 0 {
        return Vec::new();
    }
    let deltas = format!(
        "{} of {} test patterns are inside the known points; delta, the squared error summed over \
         the labels: median {}, worst {}",
        e.inside,
        e.count,
        small(e.delta_median),
        small(e.delta_worst),
    );
    let label = |(name, score): (&String, &xrd_study::LabelReport)| {
        let r2 = match score.r2 {
            Some(r2) => format!("{r2:<7.4}"),
            None => "-      ".to_owned(),
        };
        format!("  {name:<10} R2 {r2} mean error {:.4}", score.mae)
    };
    let label = |one: (&String, &xrd_study::LabelReport)| match e.on_plane.get(one.0) {
        Some(plane) => format!(
            "{}  (on the plane R2 {}, mean error {:.4})",
            label(one),
            number(plane.r2),
            plane.mae
        ),
        None => label(one),
    };
    let few = match e.count {
        0..FEW_TEST_PATTERNS => "; these are few (xrd score tests every pattern in turn)",
        _ => "",
    };
    let from = format!(
        "R2 (1: perfect, 0: no better than the mean label) and mean error are from {} test patterns{few}",
        e.count
    );
    [deltas, from]
        .into_iter()
        .chain(methods(e))
        .chain(e.per_label.iter().map(label))
        .collect()
}

/// The lines that matter, if they have indices.
fn relevant(report: &StudyReport) -> Vec<String> {
    let relevance = &report.relevance;
    let lines = &relevance.lines;
    if lines.is_empty() {
        return Vec::new();
    }
    let strong_from = relevance.strong_from;
    let is_strong = |l: &&LineReport| l.relative_intensity >= strong_from;
    let is_candidate = |l: &&LineReport| relevance.candidates.iter().any(|c| c.hkl == l.hkl);
    let seeds = report.seeds.len();
    let row = |l: &LineReport| one_line(l, seeds);
    let mean = match seeds {
        0 | 1 => String::new(),
        _ => format!(", mean over {seeds} seeds"),
    };
    let mut said = vec![
        format!(
            "lines over all patterns{mean}; intensity and relevance as shares of their largest values:"
        ),
        "  relevance: Dev, the distance that the point moves when the line is masked, mean over patterns"
            .to_owned(),
        "        hkl   2theta  intensity  relevance   ratio  (seeds that agree)".to_owned(),
        format!(
            "  strong lines (from {strong_from}) with the smallest ratio; {DOES_NOT_MATTER} or less: does not matter"
        ),
    ];
    said.extend(lines.iter().filter(is_strong).take(REPORTED_LINES).map(row));
    said.push(format!(
        "  weak lines with the largest ratio; {MATTERS} or more: matters"
    ));
    let weak = lines.iter().filter(|l| !is_strong(l)).take(REPORTED_LINES);
    said.extend(weak.map(row));
    said.push("  candidates for the paper's (0 0 1)".to_owned());
    said.extend(lines.iter().filter(is_candidate).map(row));
    said
}

fn one_line(line: &LineReport, seeds: usize) -> String {
    let [h, k, l] = line.hkl;
    let verdict = match line.verdict.as_str() {
        "" => "neither",
        verdict => verdict,
    };
    format!(
        "{:>11} {:7.2}° {:>10.4} {:>10.4} {:>7.4}  {verdict} ({} of {seeds})",
        format!("({h} {k} {l})"),
        line.two_theta,
        line.relative_intensity,
        line.relative_dev_mean,
        line.ratio,
        line.seeds_agreeing,
    )
}

fn generated(g: &GenerationReport) -> String {
    let target = &g.target;
    if g.decoded_point.is_none() && !g.labels.is_empty() {
        return format!("generated {target}: nothing, because no point of the map comes near");
    }
    if g.decoded_point.is_none() {
        return format!(
            "generated {target}: nothing, because this value does not occur on the map"
        );
    }
    if g.relative_difference_truth.is_none() {
        let there = labels_there(g);
        return format!("generated {target}{there}; no known pattern to compare with");
    }
    format!(
        "generated {target}: R = |generated - true| / |true| = {} (blend of the neighbours {}), \
         Pearson {} ({})",
        number(g.relative_difference_truth),
        number(g.relative_difference_blend),
        number(g.pearson_truth),
        number(g.pearson_blend),
    )
}

/// The labels at the decoded point, and a remark if they are not near the target.
fn labels_there(g: &GenerationReport) -> String {
    if g.labels.is_empty() {
        return String::new();
    }
    let labels = g.labels.iter().map(|(name, v)| format!("{name} = {v:.4}"));
    let labels: Vec<String> = labels.collect();
    let apart = match g.largest_difference {
        Some(d) if d > NEAR => format!(
            " (apart by up to {:.0} % of the range of a label)",
            100.0 * d
        ),
        _ => String::new(),
    };
    format!(", labels there: {}{apart}", labels.join(", "))
}

fn over_seeds(report: &StudyReport) -> Vec<String> {
    let summary = &report.summary;
    let seeds = report.seeds.len();
    let mut said = vec![format!(
        "over {seeds} seeds: mean (sd) median; the numbers above are for seed {}, except those of lines",
        report.seed
    )];
    let spreads = summary.sd.named().into_iter().zip(summary.median.named());
    for ((name, mean), ((_, sd), (_, median))) in summary.mean.named().into_iter().zip(spreads) {
        let (mean, sd, median) = (number(mean), number(sd), number(median));
        said.push(format!("  {name:<30} {mean} ({sd}) {median}"));
    }
    for g in &summary.generation {
        let figures = |[mean, sd, median]: [Option<f64>; 3]| {
            format!("{} ({}) {}", number(mean), number(sd), number(median))
        };
        // On the maps of the other seeds this value does not occur.
        let of = match g.seeds {
            with if with < seeds => format!(" ({with} seeds)"),
            _ => String::new(),
        };
        said.push(format!(
            "  generated {}{of}: R {}, of the blend {}",
            g.target,
            figures([
                g.relative_difference_truth_mean,
                g.relative_difference_truth_sd,
                g.relative_difference_truth_median,
            ]),
            figures([
                g.relative_difference_blend_mean,
                g.relative_difference_blend_sd,
                g.relative_difference_blend_median,
            ]),
        ));
    }
    said
}

fn number(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |x| format!("{x:.4}"))
}

fn small(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        x => format!("{x:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use xrd_study::{
        CandidateReport, GenerationSummary, LabelReport, RelevanceReport, SeedReport, SummaryReport,
    };

    use super::*;

    /// A report whose other fields have their defaults.
    macro_rules! report {
        ($kind:ident { $($field:ident: $value:expr),* $(,)? }) => {{
            let mut report = $kind::default();
            $(report.$field = $value;)*
            report
        }};
    }

    fn three_seeds() -> Vec<SeedReport> {
        vec![SeedReport::default(); 3]
    }

    #[test]
    fn lines_are_listed_in_groups_and_candidates_again() {
        let line = |hkl: [i32; 3], intensity: f64, word: &str| {
            report!(LineReport {
                hkl: hkl,
                two_theta: 10.5,
                relative_intensity: intensity,
                relative_dev_mean: 0.02,
                ratio: 0.02 / intensity,
                verdict: word.to_owned(),
                seeds_agreeing: 2,
            })
        };
        let candidate = |hkl| report!(CandidateReport { hkl: hkl });
        let report = report!(StudyReport {
            seeds: three_seeds(),
            relevance: report!(RelevanceReport {
                strong_from: 0.1,
                candidates: vec![candidate([0, 0, 2]), candidate([1, 1, 0])],
                lines: vec![
                    line([3, 1, 0], 0.4, "strong, does not matter"),
                    line([1, 1, 0], 0.02, ""),
                    line([0, 0, 2], 0.2, "strong, does not matter"),
                ],
            }),
        });
        let said = relevant(&report);
        let places = |hkl: &str| said.iter().filter(|l| l.contains(hkl)).count();
        assert_eq!(
            (places("(3 1 0)"), places("(1 1 0)"), places("(0 0 2)")),
            (1, 2, 2)
        );
        assert!(
            said[4].ends_with(
                "10.50°     0.4000     0.0200  0.0500  strong, does not matter (2 of 3)"
            )
        );
        assert!(relevant(&StudyReport::default()).is_empty());
    }

    #[test]
    fn seeds_without_a_generated_pattern_are_counted() {
        let of = |seeds: usize| {
            let generation = vec![report!(GenerationSummary {
                target: "p=0.3".to_owned(),
                seeds: seeds,
                relative_difference_truth_mean: Some(0.1),
            })];
            let report = report!(StudyReport {
                seed: 1,
                seeds: three_seeds(),
                summary: report!(SummaryReport {
                    generation: generation,
                }),
            });
            over_seeds(&report).pop().unwrap()
        };
        assert!(of(3).starts_with("  generated p=0.3: R 0.1000 "));
        assert!(of(2).starts_with("  generated p=0.3 (2 seeds): R 0.1000 "));
    }

    #[test]
    fn the_border_is_explained_if_points_are_there() {
        let inside = trained(&TrainingReport::default());
        assert_eq!(inside.len(), 2);
        let at_border = trained(&report!(TrainingReport {
            saturated_fraction: 0.1,
        }));
        assert!(at_border[2].contains("border: a coordinate beyond 0.99"));
    }

    #[test]
    fn scores_from_many_test_patterns_are_not_called_few() {
        let said = estimated(&report!(EstimationReport { count: 20 }));
        assert!(
            said[1].ends_with("are from 20 test patterns"),
            "{}",
            said[1]
        );
    }

    #[test]
    fn missing_figures_are_named() {
        let nothing = report!(GenerationReport {
            target: "p=9".to_owned(),
        });
        let alone = report!(GenerationReport {
            target: "p=0.3".to_owned(),
            decoded_point: Some([0.0, 1.0]),
        });
        let apart = report!(GenerationReport {
            target: "p=0.3,q=1".to_owned(),
            decoded_point: Some([0.0, 1.0]),
            labels: [("p".to_owned(), 0.4), ("q".to_owned(), 1.0)].into(),
            largest_difference: Some(0.1),
        });
        let expected = "labels there: p = 0.4000, q = 1.0000 (apart by up to 10 % of the range";
        assert!(
            generated(&apart).contains(expected),
            "{}",
            generated(&apart)
        );
        assert!(generated(&nothing).contains("p=9: nothing"));
        assert!(generated(&alone).contains("p=0.3; no known pattern"));
        let estimation = report!(EstimationReport {
            inside: 1,
            count: 2,
            delta_worst: 0.0123,
            per_label: [("Zr".to_owned(), LabelReport::default())].into(),
        });
        let said = estimated(&estimation);
        assert!(said[0].ends_with("median 0, worst 1.2e-2"), "{}", said[0]);
        let few = "are from 2 test patterns; these are few (xrd score tests every pattern in turn)";
        assert!(said[1].ends_with(few), "{}", said[1]);
        assert_eq!(
            said[2].split_whitespace().collect::<Vec<_>>(),
            ["Zr", "R2", "-", "mean", "error", "0.0000"]
        );
    }
}
