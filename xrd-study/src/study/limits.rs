//! What a study of many patterns computes from a sample, or leaves out.

use xrd_latent::groups::MOST_GROUPED;

use super::write::most_kept;
use super::{MOST_COMPARED, MOST_SEARCHED, Plan};
use crate::sample::{MOST_COMPARED_IN_PAIRS, fitted_to};
use crate::sequence::MOST_SEQUENCE_VALUES;
use crate::series::Variables;
use crate::split::Split;

/// Whether a study skips the comparison of raw patterns: a quick trial with many patterns.
pub(super) fn skips_raw_patterns(plan: &Plan<'_>, split: &Split) -> bool {
    plan.experiment.quick && split.train.len() > MOST_COMPARED_IN_PAIRS
}

/// Returns one sentence for each result that a study computes from a sample, or leaves out, because
/// of the number of patterns.
pub(super) fn limits(plan: &Plan<'_>, split: &Split) -> Vec<String> {
    let (patterns, train) = (plan.data.set.len(), split.train.len());
    let mut found = Vec::new();
    if skips_raw_patterns(plan, split) {
        found.push("no comparison with the nearest raw patterns, in a quick trial".to_owned());
    } else if train > MOST_COMPARED_IN_PAIRS {
        found.push(format!(
            "nearest raw patterns: among {MOST_COMPARED_IN_PAIRS} evenly spaced training patterns of {train}"
        ));
    }
    if plan.estimator.is_auto() && !plan.data.labels.columns().is_empty() {
        found.extend(fitted_to(train, ""));
    }
    if patterns > MOST_GROUPED {
        found.push(format!(
            "groups: found in {MOST_GROUPED} evenly spaced patterns of {patterns}; each other pattern has the \
             group with the nearest mean"
        ));
    }
    let values = plan.variables.as_ref().map_or(0, Variables::different);
    if values > MOST_SEQUENCE_VALUES {
        found.push(format!(
            "series: {MOST_SEQUENCE_VALUES} evenly spaced values of {values}"
        ));
    }
    if patterns > MOST_SEARCHED {
        found.push(format!(
            "no search for outliers, above {MOST_SEARCHED} patterns"
        ));
    }
    if patterns > MOST_COMPARED {
        found.push(format!(
            "no comparison with other maps, above {MOST_COMPARED} patterns"
        ));
    }
    let kept = most_kept(&plan.data.set);
    if patterns > kept {
        found.push(format!(
            "patterns in files and on the page: {kept} of {patterns}, test patterns first"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{DataSource, Experiment};
    use crate::limits::LabelLimits;
    use crate::samples;

    #[test]
    fn a_small_study_has_no_limits_and_a_large_one_tells_them() {
        let data = samples::dataset(|_, v| v);
        let of = |quick: bool, train: usize| {
            let experiment = Experiment::new(DataSource::series(0.1, 0)).with_quick(quick);
            let plan = Plan {
                experiment: &experiment,
                data: &data,
                estimator: &experiment.estimator().unwrap(),
                splits: Vec::new(),
                targets: Vec::new(),
                left_out: Vec::new(),
                variables: Variables::of(&experiment.series, &data).unwrap(),
                limits: LabelLimits::of(&data.labels, &[]).unwrap(),
            };
            let split = Split {
                train: (0..train).collect(),
                test: Vec::new(),
            };
            (limits(&plan, &split), skips_raw_patterns(&plan, &split))
        };
        assert_eq!(of(true, 1000), (Vec::new(), false));
        assert!(!of(true, 2000).1);
        let (told, skips) = of(false, 2001);
        assert!(told[0].starts_with("nearest raw patterns: among 2000") && !skips);
        let (told, skips) = of(true, 2001);
        assert!(told[0].contains("in a quick trial") && skips);
    }
}
