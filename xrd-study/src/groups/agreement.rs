//! Agreement of groups with known classes.

use xrd_core::Labels;
use xrd_latent::maps::{adjusted_rand_index, purity};

use super::PatternGroups;
use crate::composition::{MOST_COMPOSITIONS, different};
use crate::dataset::Classes;
use crate::error::Result;
use crate::report::GroupAgreementReport;

impl PatternGroups {
    /// Compares the groups with the classes of each label: with each label that is text, and with each
    /// numeric label of 2 to 12 different values. The groups do not use the labels.
    ///
    /// # Errors
    /// [`Error::Latent`](crate::Error::Latent) if there is not one label per pattern.
    pub fn agreement(
        &self,
        classes: &[Classes],
        labels: &Labels,
    ) -> Result<Vec<GroupAgreementReport>> {
        let group: Vec<usize> = self.groups.members.iter().map(|m| m.group).collect();
        let compare = |(label, of, classes): (String, Vec<usize>, usize)| {
            Ok(GroupAgreementReport {
                label,
                classes,
                adjusted_rand_index: adjusted_rand_index(&group, &of)?,
                purity: purity(&group, &of)?,
            })
        };
        let texts = classes
            .iter()
            .map(|c| (c.column.clone(), c.of.clone(), c.names.len()));
        let numbers = (0..labels.columns().len()).filter_map(|c| few_values(labels, c));
        texts.chain(numbers).map(compare).collect()
    }
}

/// Name, classes and number of classes of a numeric label with few values.
fn few_values(labels: &Labels, column: usize) -> Option<(String, Vec<usize>, usize)> {
    let values: Vec<f64> = labels.rows().map(|row| row[column]).collect();
    let different = different(&values);
    let few = 2..=MOST_COMPOSITIONS.min(values.len() / 2);
    let class = |v: &f64| different.partition_point(|d| d < v);
    few.contains(&different.len()).then(|| {
        let of = values.iter().map(class).collect();
        (labels.columns()[column].clone(), of, different.len())
    })
}
