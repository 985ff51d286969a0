//! What a study of many patterns computes from a sample, or leaves out.

use super::write::most_kept;
use super::{MOST_COMPARED, Plan};
use crate::sample::MOST_COMPARED_IN_PAIRS;
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
