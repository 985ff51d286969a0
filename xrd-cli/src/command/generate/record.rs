//! Lines, tables and JSON about generated patterns.

use serde_json::{Map, Value, json};
use xrd_core::Latent2;
use xrd_study::{GeneratedPattern, Table, TargetComposition};

/// Generated pattern with its file.
pub(super) struct Record<'a> {
    pub(super) target: &'a TargetComposition,
    pub(super) point: Latent2,
    pub(super) file: String,
    /// Estimated labels at the point.
    pub(super) labels: &'a [f64],
    pub(super) largest_difference: Option<f64>,
}

impl<'a> Record<'a> {
    /// `None` if there is no pattern.
    pub(super) fn new(generated: &'a GeneratedPattern, file: String) -> Option<Self> {
        Some(Self {
            target: &generated.target,
            point: generated.decoded.as_ref()?.0,
            file,
            labels: generated.labels.as_deref()?,
            largest_difference: generated.largest_difference,
        })
    }

    pub(super) fn to_line(&self, columns: &[String]) -> String {
        format!(
            "{}: decoded at ({:.4}, {:.4}), {}; labels there: {}",
            self.target,
            self.point.x,
            self.point.y,
            self.file,
            labels_there(self.target, columns, self.labels),
        )
    }

    pub(super) fn to_json(&self, columns: &[String]) -> Value {
        let asked = self.target.targets().iter();
        let asked: Map<String, Value> = asked.map(|t| (t.column.clone(), t.value.into())).collect();
        let labels = columns.iter().cloned().zip(self.labels.iter().copied());
        let labels: Map<String, Value> = labels.map(|(c, v)| (c, v.into())).collect();
        json!({
            "target": self.target.to_string(),
            "asked": asked,
            "file": self.file,
            "x": self.point.x,
            "y": self.point.y,
            "labels": labels,
            "largest_difference": self.largest_difference,
        })
    }

    /// Point and estimated labels, as cells of a table.
    fn cells(&self) -> impl Iterator<Item = String> {
        let numbers = [self.point.x, self.point.y].into_iter();
        let numbers = numbers.chain(self.labels.iter().copied());
        numbers.map(|v| v.to_string())
    }
}

/// The estimated labels at a point. A label of the target is followed by its difference from the
/// value that was asked for.
pub(super) fn labels_there(
    target: &TargetComposition,
    columns: &[String],
    labels: &[f64],
) -> String {
    let one = |(column, value): (&String, &f64)| {
        let asked = target.targets().iter().find(|t| t.column == *column);
        let off = asked.map_or(String::new(), |t| {
            format!(" ({:+.4})", clean(value - t.value))
        });
        format!("{column} = {:.4}{off}", clean(*value))
    };
    let all: Vec<String> = columns.iter().zip(labels).map(one).collect();
    all.join(", ")
}

/// A value that is printed as zero has no sign.
fn clean(value: f64) -> f64 {
    if value.abs() < 5e-5 { 0.0 } else { value }
}

/// The table of a path: the value of the label, the point, and the estimated labels.
pub(super) fn path_table(column: &str, columns: &[String], records: &[Record<'_>]) -> Table {
    let value = |r: &Record<'_>| {
        r.target
            .single()
            .map_or(String::new(), |t| t.value.to_string())
    };
    table(column, columns, records, value)
}

/// The table of several targets: the name of the pattern, the point, and the estimated labels.
pub(super) fn targets_table(columns: &[String], records: &[Record<'_>]) -> Table {
    let name = |r: &Record<'_>| r.file.trim_end_matches(".xy").to_owned();
    table("name", columns, records, name)
}

fn table(
    first: &str,
    columns: &[String],
    records: &[Record<'_>],
    cell: impl Fn(&Record<'_>) -> String,
) -> Table {
    let fixed = [first, "x", "y"].map(str::to_owned).into_iter();
    let estimated = columns.iter().map(|c| format!("{c}_estimated"));
    let row = |r: &Record<'_>| std::iter::once(cell(r)).chain(r.cells()).collect();
    Table {
        header: fixed.chain(estimated).collect(),
        rows: records.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_those_of_the_labels_asked_for() {
        let target: TargetComposition = "V=0.3,Mn=0.5".parse().unwrap();
        let columns = ["Mn", "Nb", "V"].map(str::to_owned);
        assert_eq!(
            labels_there(&target, &columns, &[0.45, -0.00001, 0.3]),
            "Mn = 0.4500 (-0.0500), Nb = 0.0000, V = 0.3000 (+0.0000)"
        );
    }
}
