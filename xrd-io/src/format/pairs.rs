//! Scans side by side, each with an axis of its own, as spreadsheets and plotting programs hold
//! them.
//!
//! ```text
//! sample 1,,sample 2,             names, or nothing
//! 2Theta,I,2Theta,I               names, or nothing
//! 10.00,26,10.01,31
//! 10.02,24,10.03,29
//! 10.04,28,,                      a shorter scan ends earlier
//! ```
//!
//! Every other column has to be an axis: named so beside an intensity, or uniform and rising.
//!
//! Source: no standard; tables as people keep them.

use std::borrow::Cow;

use super::{Content, Format};
use crate::column_names::{Role, is_unit, role};
use crate::error::{Error, Place, Result};
use crate::patterns::ReadOptions;
use crate::scan::{AxisKind, Draft, Scan};
use crate::source::Source;
use crate::table::{Line, Table};

pub(super) const FORMAT: Format = Format::new(
    "scans side by side",
    |source| {
        source
            .head()
            .is_some_and(|table| Layout::of(&table).is_some())
    },
    read,
);

/// How the columns are shared out.
struct Layout {
    /// How many lines come before the first row.
    headings: usize,
    /// How many scans there are.
    pairs: usize,
    /// The roles of the columns, where they are named.
    roles: Vec<Role>,
}

impl Layout {
    fn of(table: &Table) -> Option<Self> {
        const FEWEST_ROWS: usize = 5;
        const MOST_COLUMNS: usize = 128;
        let (headings, 0) = table.first_row() else {
            return None;
        };
        let (before, rows) = table.lines.split_at(headings);
        let width = table.cells(rows.first()?).len();
        if !(4..=MOST_COLUMNS).contains(&width)
            || !width.is_multiple_of(2)
            || rows.len() < FEWEST_ROWS
        {
            return None;
        }
        let roles = before.iter().rev().map(|line| {
            let roles = table.cells(line).iter().map(|name| role(name)).collect();
            Some(roles).filter(|roles: &Vec<Role>| roles.len() == width)
        });
        let roles = roles.flatten().find(|roles| are_pairs(roles));
        let layout = Self {
            headings,
            pairs: width / 2,
            roles: roles.unwrap_or_default(),
        };
        let is_named = !layout.roles.is_empty();
        let axes = axes(table, rows, layout.pairs);
        let is_axis = |values: &Vec<f64>| is_axis(values, is_named);
        axes.iter().all(is_axis).then_some(layout)
    }
}

/// The numbers of every other column, each up to its first cell that is none. Rows are split once.
fn axes(table: &Table, rows: &[Line], pairs: usize) -> Vec<Vec<f64>> {
    let mut axes = vec![Vec::new(); pairs];
    let mut has_ended = vec![false; pairs];
    for line in rows {
        let cells = table.cells(line);
        for (i, axis) in axes.iter_mut().enumerate() {
            match cells.get(2 * i).and_then(|cell| table.number(cell)) {
                Some(value) if !has_ended[i] => axis.push(value),
                _ => has_ended[i] = true,
            }
        }
    }
    axes
}

/// Whether a column rises, and is uniform where no name says that it is an axis.
fn is_axis(values: &[f64], is_named: bool) -> bool {
    let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mean = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
    // Counting rows is no axis.
    let regular = |step: &f64| (step - mean).abs() <= 0.01 * mean && mean != 1.0;
    let rises = steps.iter().all(|step| *step > 0.0);
    values.len() > 2 && rises && (is_named || steps.iter().all(regular))
}

/// Whether names are an axis and something else in turn, the intensity of the first known.
fn are_pairs(roles: &[Role]) -> bool {
    let mut pairs = roles.chunks_exact(2);
    let is_pair = |pair: &[Role]| {
        let intensity = matches!(pair[1], Role::Intensity(_) | Role::Unknown);
        matches!(pair[0], Role::Axis(_)) && intensity
    };
    pairs.all(is_pair)
}

fn read(source: &Source, _: &ReadOptions) -> Result<Content> {
    let table = Table::of(source.require_text()?);
    let Some(layout) = Layout::of(&table) else {
        let found = "columns that are no pairs";
        return Err(Error::malformed(
            source.path,
            Place::File,
            found,
            "axes and intensities",
        ));
    };
    let (before, rows) = table.lines.split_at(layout.headings);
    let mut columns = vec![Columns::default(); layout.pairs];
    for line in rows {
        let cells = table.cells(line);
        for (pair, columns) in columns.iter_mut().enumerate() {
            columns.take(source, &table, line.number, (pair, &cells))?;
        }
    }
    let scan = |(pair, columns): (usize, Columns)| {
        let kind = match layout.roles.get(2 * pair) {
            Some(Role::Axis(kind)) => kind.clone(),
            _ => AxisKind::TwoThetaDeg,
        };
        let mut draft = Draft::new(source, kind, columns.axis, columns.intensities);
        if let Some(Role::Intensity(unit)) = layout.roles.get(2 * pair + 1) {
            draft.scale.unit = *unit;
        }
        draft.metadata.sample = sample(&table, before, pair);
        draft.build(source, |i| {
            let line = columns.lines.get(i);
            line.map_or(Place::File, |l| Place::Line(*l))
        })
    };
    let scans: Result<Vec<Scan>> = columns.into_iter().enumerate().map(scan).collect();
    scans.map(Content::Scans)
}

/// The two columns of a scan.
#[derive(Clone, Default)]
struct Columns {
    axis: Vec<f64>,
    intensities: Vec<f64>,
    /// The line of each point.
    lines: Vec<usize>,
}

impl Columns {
    /// Takes the point of a row; none where both cells are empty.
    fn take(
        &mut self,
        source: &Source,
        table: &Table,
        line: usize,
        (pair, cells): (usize, &[Cow<str>]),
    ) -> Result<()> {
        let cell = |i: usize| cells.get(2 * pair + i).map_or("", Cow::as_ref);
        if cell(0).is_empty() && cell(1).is_empty() {
            return Ok(());
        }
        let number = |i: usize| {
            let value = table.number(cell(i)).filter(|v| v.is_finite());
            let error = || Error::not_a_number(source.path, line, 2 * pair + i + 1, cell(i));
            value.ok_or_else(error)
        };
        self.axis.push(number(0)?);
        self.intensities.push(number(1)?);
        self.lines.push(line);
        Ok(())
    }
}

/// The name above a pair that is of no column.
fn sample(table: &Table, before: &[Line], pair: usize) -> Option<String> {
    before.iter().find_map(|line| {
        let cells = table.cells(line);
        let names = cells.get(2 * pair..2 * pair + 2)?;
        let is_name =
            |name: &&Cow<str>| !name.is_empty() && role(name) == Role::Unknown && !is_unit(name);
        names.iter().find(is_name).map(|name| name.to_string())
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn scans(text: &str) -> Vec<Scan> {
        let source = Source::new(Path::new("a.csv"), text.as_bytes().to_vec());
        match super::super::read(&source, &ReadOptions::default()) {
            Ok((_, Content::Scans(scans))) => scans,
            _ => vec![],
        }
    }

    const ROWS: &str = "10,5,20,3\n10.5,6,20.2,2\n11,4,20.4,4\n11.5,5,20.6,3\n12,7,20.8,1\n";

    #[test]
    fn each_with_its_axis() {
        for head in [
            "",
            "2Theta,I,2Theta,I\n",
            "s1,,s2,\nangle,counts,angle,counts\n",
        ] {
            let scans = scans(&format!("{head}{ROWS}"));
            assert_eq!(scans.len(), 2, "{head:?}");
            assert_eq!(scans[1].axis(), [20.0, 20.2, 20.4, 20.6, 20.8]);
            assert_eq!(scans[1].intensities(), [3.0, 2.0, 4.0, 3.0, 1.0]);
        }
        let named = scans(&format!("s1,,s2,\nx,y,x,y\n{ROWS}"));
        assert_eq!(named[1].metadata().sample.as_deref(), Some("s2"));
        let units = scans(&format!("x,y,x,y\ndegree,counts,degree,counts\n{ROWS}"));
        assert_eq!(
            (units.len(), units[0].metadata().sample.as_deref()),
            (2, None)
        );
    }

    #[test]
    fn some_end_earlier() {
        let scans = scans(&format!("x,y,x,y\n{ROWS}12.5,6,,\n13,5,,\n"));
        assert_eq!((scans[0].axis().len(), scans[1].axis().len()), (7, 5));
    }

    #[test]
    fn patterns_on_one_axis_are_none() {
        for text in [
            "10,5,6,3\n10.5,6,5,2\n11,4,7,4\n11.5,5,5,3\n12,7,6,1\n",
            "2theta,a,b,c\n10,5,6,3\n10.5,6,7,2\n11,4,8,4\n11.5,5,9,3\n12,7,10,1\n",
            "x,y,sy,d\n10,5,6,3\n10.5,6,7,2\n11,4,8,4\n11.5,5,9,3\n12,7,10,1\n",
        ] {
            let source = Source::new(Path::new("a.csv"), text.as_bytes().to_vec());
            assert!(!(FORMAT.recognises)(&source), "{text}");
        }
    }
}
