//! Tables of studies and models, written as CSV.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use xrd_ae::{Axis, History};
use xrd_core::Labels;
use xrd_relevance::Sweep;
use xrd_sim::Reflection;

use crate::classifier::EstimatedClass;
use crate::groups::{BETWEEN_GROUPS, PatternGroups};
use crate::known_points::Estimated;
use crate::latents::{self, Latents};
use crate::maps::Maps;
use crate::reference::Reference;
use crate::report::{OutlierReport, OutliersReport};

mod series;

pub use series::series;

/// Table with a header. Each row contains one cell per column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// The cells, row by row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Writes the table as CSV (RFC 4180). Lines end with a line feed.
    ///
    /// # Errors
    /// Any error of the writer.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
            writeln!(to, "{}", cells.join(","))?;
        }
        Ok(())
    }
}

/// Returns a cell of a CSV file, quoted if necessary.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

fn texts<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// Returns the table `latent.csv` with the latent points of patterns
/// ([`LatentTable`](crate::LatentTable)).
///
/// The columns are: name, x and y on the latent plane, the labels, and the additional columns in
/// the argument `more`. If the latent space has more than two dimensions, the coordinates in the
/// latent space follow.
pub fn latent(
    names: &[String],
    latents: &Latents,
    labels: Option<&Labels>,
    more: &[(&str, Vec<String>)],
) -> Table {
    let mut header = texts(["name", "x", "y"]);
    header.extend(labels.iter().flat_map(|l| l.columns()).cloned());
    header.extend(more.iter().map(|(name, _)| (*name).to_owned()));
    let beyond = latents.dimensions() > 2;
    if beyond {
        header.extend((0..latents.dimensions()).map(latents::column));
    }
    let row = |(i, coordinates): (usize, &[f64])| {
        let point = latents.points[i];
        let mut row = vec![names[i].clone(), point.x.to_string(), point.y.to_string()];
        row.extend(labels.iter().flat_map(|l| l.row(i)).map(f64::to_string));
        row.extend(more.iter().map(|(_, cells)| cells[i].clone()));
        if beyond {
            row.extend(coordinates.iter().map(f64::to_string));
        }
        row
    };
    Table {
        rows: latents.rows().enumerate().map(row).collect(),
        header,
    }
}

/// Returns a table with the points of patterns on several maps. The columns are: name, x and y on
/// each map, and the labels.
pub fn maps(names: &[String], maps: &Maps, labels: &Labels) -> Table {
    let mut header = texts(["name"]);
    for map in &maps.maps {
        header.extend([format!("{} x", map.name), format!("{} y", map.name)]);
    }
    header.extend(labels.columns().iter().cloned());
    let row = |i: usize| {
        let coordinates = maps
            .maps
            .iter()
            .flat_map(|m| [m.points[i].x, m.points[i].y]);
        let pattern = maps.rows[i];
        let numbers = coordinates.chain(labels.row(pattern).iter().copied());
        let numbers = numbers.map(|v| v.to_string());
        std::iter::once(names[pattern].clone())
            .chain(numbers)
            .collect()
    };
    Table {
        rows: (0..maps.rows.len()).map(row).collect(),
        header,
    }
}

/// Returns a table with the labels of patterns. The columns are: name, and one column per label.
pub fn labels(names: &[String], labels: &Labels) -> Table {
    let row = |(name, row): (&String, &[f64])| {
        let values = row.iter().map(f64::to_string);
        std::iter::once(name.clone()).chain(values).collect()
    };
    let mut header = texts(["name"]);
    header.extend(labels.columns().iter().cloned());
    Table {
        rows: names.iter().zip(labels.rows()).map(row).collect(),
        header,
    }
}

/// Returns the table `estimates.csv` with estimated labels. If the true labels are known, the table
/// also contains the true labels and [delta](Estimated::delta). The argument `columns` contains the
/// names of the labels. The argument `known` contains the names of the known points.
pub fn estimates(rows: &[Estimated], columns: &[String], known: &[String]) -> Table {
    let with_truth = rows.iter().any(|r| r.truth.is_some());
    let mut header = texts(["name"]);
    for column in columns {
        if with_truth {
            header.push(format!("{column}_true"));
        }
        header.push(format!("{column}_estimated"));
        header.push(format!("{column}_low"));
        header.push(format!("{column}_high"));
    }
    if with_truth {
        header.extend(texts(["delta"]));
    }
    header.extend(texts([
        "inside", "basis", "vertex_a", "vertex_b", "vertex_c", "s", "t", "distance", "far",
        "residual", "unlike",
    ]));
    let row = |r: &Estimated| {
        let mut row = vec![r.name.clone()];
        for (i, value) in r.estimate.values.iter().enumerate() {
            if with_truth {
                row.push(r.truth.as_ref().map_or(String::new(), |t| t[i].to_string()));
            }
            row.push(value.to_string());
            let cell = |end: Option<f64>| end.map_or(String::new(), |v| v.to_string());
            let interval = r.interval(i);
            row.extend([cell(interval.map(|i| i[0])), cell(interval.map(|i| i[1]))]);
        }
        if with_truth {
            row.push(r.delta().map_or(String::new(), |d| d.to_string()));
        }
        row.extend(basis(r, known));
        let unlike = r.unlike.map_or(String::new(), |u| u.to_string());
        row.extend([r.distance.to_string(), r.far.to_string()]);
        row.extend([r.residual.to_string(), unlike]);
        row
    };
    Table {
        rows: rows.iter().map(row).collect(),
        header,
    }
}

/// Returns the cells of inside, basis, three vertices, s and t.
fn basis(estimated: &Estimated, known: &[String]) -> Vec<String> {
    let basis = estimated.basis(known);
    let mut cells = vec![
        estimated.estimate.is_inside().to_string(),
        basis.kind.to_owned(),
    ];
    cells.extend((0..3).map(|i| basis.vertices.get(i).cloned().unwrap_or_default()));
    let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    cells.extend([number(basis.s), number(basis.t)]);
    cells
}

/// Estimate of a test pattern by the network of one seed. This network was not trained on the
/// pattern.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeldOut {
    /// Name of the pattern.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// True labels.
    pub truth: Vec<f64>,
    /// Estimated labels.
    pub estimated: Vec<f64>,
}

/// Returns the table `held_out.csv` with the estimates of test patterns.
/// [`Intervals::from_table`](crate::Intervals::from_table) computes prediction intervals from this
/// table.
pub fn held_out<'a>(rows: impl Iterator<Item = &'a HeldOut>, columns: &[String]) -> Table {
    let mut header = texts(["name", "seed"]);
    for column in columns {
        header.extend([format!("{column}_true"), format!("{column}_estimated")]);
    }
    let row = |r: &HeldOut| {
        let mut row = vec![r.name.clone(), r.seed.to_string()];
        for (truth, estimated) in r.truth.iter().zip(&r.estimated) {
            row.extend([truth.to_string(), estimated.to_string()]);
        }
        row
    };
    Table {
        rows: rows.map(row).collect(),
        header,
    }
}

/// Returns the table `groups.csv` with the group of each pattern. The columns are: name, the number of
/// the group, whether the pattern is the medoid of the group (its most representative pattern), whether
/// it lies between two groups ([`BETWEEN_GROUPS`]), the other group, and the position on the line
/// between the means of both groups (0: mean of its own group, 0.5: middle).
pub fn groups(found: &PatternGroups) -> Table {
    let groups = &found.groups;
    let row = |(i, name): (usize, &String)| {
        let member = &groups.members[i];
        vec![
            name.clone(),
            (member.group + 1).to_string(),
            (groups.medoids[member.group] == i).to_string(),
            member.is_between(BETWEEN_GROUPS).to_string(),
            member.other.map_or(String::new(), |g| (g + 1).to_string()),
            member.position.to_string(),
        ]
    };
    Table {
        header: texts([
            "name",
            "group",
            "medoid",
            "between",
            "other_group",
            "position",
        ]),
        rows: found.names.iter().enumerate().map(row).collect(),
    }
}

/// Returns the table `outliers.csv` with the patterns that differ from all others, the most conspicuous
/// first. The columns are: name, score (at least 1), reason, the range of angles that deviates most, and
/// the most similar other pattern.
pub fn outliers(found: &OutliersReport) -> Table {
    let row = |one: &OutlierReport| {
        vec![
            one.pattern.clone(),
            one.score.to_string(),
            one.reason.words(),
            clean(one.from_deg).to_string(),
            clean(one.to_deg).to_string(),
            one.nearest.clone().unwrap_or_default(),
        ]
    };
    Table {
        header: texts(["name", "score", "reason", "from_deg", "to_deg", "nearest"]),
        rows: found.outliers.iter().map(row).collect(),
    }
}

/// Row of the table `classes.csv`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClassRow {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) truth: String,
    pub(crate) estimate: EstimatedClass,
}

/// Returns the table `classes.csv` with the estimated classes of test patterns. The columns are: name,
/// label, true class, estimated class, its share, and whether the pattern is unlike the known patterns.
pub(crate) fn classes(rows: &[ClassRow]) -> Table {
    let row = |row: &ClassRow| {
        vec![
            row.name.clone(),
            row.label.clone(),
            row.truth.clone(),
            row.estimate.class.clone(),
            figures(row.estimate.share),
            row.estimate.unlike.to_string(),
        ]
    };
    Table {
        header: texts(["name", "label", "true", "estimated", "share", "unlike"]),
        rows: rows.iter().map(row).collect(),
    }
}

/// Returns the table `references.csv` with the lines of reference structures. The columns are: name of
/// the reference, indices h, k and l, d spacing, multiplicity, angle 2θ, and intensity relative to the
/// strongest line of the reference.
pub fn references(references: &[Reference]) -> Table {
    let row = |name: &str, line: &Reflection| {
        let mut row = vec![name.to_owned()];
        row.extend(line.hkl.map(|i| i.to_string()));
        row.push(figures(line.d_angstrom));
        row.push(line.multiplicity.to_string());
        row.extend([line.two_theta_deg, line.intensity].map(figures));
        row
    };
    let rows = references
        .iter()
        .flat_map(|r| r.lines.iter().map(|line| row(&r.name, line)));
    Table {
        header: texts([
            "reference",
            "h",
            "k",
            "l",
            "d_angstrom",
            "multiplicity",
            "two_theta",
            "intensity",
        ]),
        rows: rows.collect(),
    }
}

/// Returns a number with six significant digits.
pub(crate) fn figures(value: f64) -> String {
    format!("{value:.5e}")
        .parse::<f64>()
        .unwrap_or(value)
        .to_string()
}

/// Returns the table `history.csv` with one row per epoch. The columns are the losses, the learning
/// rate, and the spread and saturation of each latent axis ([`PlaneUse`](xrd_ae::PlaneUse)). If
/// labels are part of the loss, the last column is the label loss.
pub fn history(history: &History) -> Table {
    let known = |loss: Option<f64>| loss.map_or(String::new(), |l| l.to_string());
    let rows = history.epochs.iter().map(|e| {
        let mut row = vec![
            e.epoch.to_string(),
            e.train_loss.to_string(),
            known(e.test_loss),
            known(e.validation_loss),
            e.learning_rate.to_string(),
        ];
        let plane = e.plane.spread.iter().chain(&e.plane.saturated);
        row.extend(plane.map(f64::to_string));
        row.extend(e.label_loss.map(|loss| loss.to_string()));
        row
    });
    let mut header = texts([
        "epoch",
        "train_loss",
        "test_loss",
        "validation_loss",
        "learning_rate",
    ]);
    let axes = history.epochs.first().map_or(2, |e| e.plane.spread.len());
    for of in ["spread", "saturated"] {
        header.extend((0..axes).map(|i| format!("{}_{of}", Axis(i))));
    }
    if history.epochs.iter().any(|e| e.label_loss.is_some()) {
        header.push("label_loss".to_owned());
    }
    Table {
        header,
        rows: rows.collect(),
    }
}

/// Returns the table `relevance.csv` with one row per angle. The columns are the angle, the
/// intensity, [Dev](crate::Relevance::sweep), and the displacement of the latent point (dx and dy).
pub fn relevance(sweep: &Sweep, intensities: &[f32]) -> Table {
    let rows = (0..sweep.dev.len()).map(|i| {
        vec![
            clean(sweep.two_theta[i]).to_string(),
            intensities[sweep.windows[i].start].to_string(),
            sweep.dev[i].to_string(),
            sweep.displacement[i].x.to_string(),
            sweep.displacement[i].y.to_string(),
        ]
    });
    Table {
        header: texts(["two_theta", "intensity", "dev", "dx", "dy"]),
        rows: rows.collect(),
    }
}

/// Rounds an angle to 1e-9 degree.
fn clean(angle: f64) -> f64 {
    (angle * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_would_break_a_row_are_quoted() {
        let table = Table {
            header: texts(["name", "x"]),
            rows: vec![texts(["a, \"b\"", "1"])],
        };
        let mut bytes = Vec::new();
        table.write(&mut bytes).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "name,x\n\"a, \"\"b\"\"\",1\n"
        );
    }
}
