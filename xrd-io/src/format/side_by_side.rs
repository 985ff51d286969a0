//! Scans side by side, each with its own axis, as written by spreadsheets and plotting programs.
//!
//! ```text
//! sample 1,,sample 2,             names; optional
//! 2Theta,I,2Theta,I               names; optional
//! 10.00,26,10.01,31
//! 10.02,24,10.03,29
//! 10.04,28,,                      a shorter scan ends earlier; with blanks in place of commas, the
//!                                 place in the line says which scan goes on
//! ```
//!
//! Each scan has two columns, or three if the names show that the third column holds standard
//! deviations or values that are not used. The first column of a scan must be an axis. Either its
//! name says so and a column of intensities follows, or its values are uniform and increasing.
//!
//! Source: tables of users. There is no standard.

use std::borrow::Cow;
use std::ops::Range;

use super::columns::is_sigma;
use super::content::{Content, FormatReader};
use super::kind::Format;
use crate::column_names::{Role, axis_factor, is_unit, role};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Scan, SigmaOrigin};
use crate::source::Source;
use crate::table::{Line, Table};

mod places;

use places::Places;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::ScansSideBySide,
    |source| {
        let text = source.text().unwrap_or_default();
        source
            .head()
            .is_some_and(|table| Layout::of(text, &table).is_some())
    },
    read,
);

/// Assignment of columns to scans.
struct Layout {
    /// The number of lines before the first row.
    headings: usize,
    /// The number of scans.
    scans: usize,
    /// The number of columns per scan.
    each: usize,
    /// The column names; empty if there are none.
    names: Vec<String>,
    /// Where the columns are, if blanks separate them.
    places: Places,
}

impl Layout {
    fn of(text: &str, table: &Table) -> Option<Self> {
        const FEWEST_ROWS: usize = 5;
        const MOST_COLUMNS: usize = 128;
        let (headings, 0) = table.first_row() else {
            return None;
        };
        let (before, rows) = table.lines.split_at(headings);
        let width = table.cells(rows.first()?).len();
        if !(4..=MOST_COLUMNS).contains(&width) || rows.len() < FEWEST_ROWS {
            return None;
        }
        let named = before.iter().rev().find_map(|line| {
            let names = table.cells(line).into_iter().map(Cow::into_owned);
            let names: Vec<String> = names.collect();
            let each = columns_of_each(&names).filter(|_| names.len() == width)?;
            Some((names, each))
        });
        let (names, each) = named.unwrap_or((Vec::new(), 2));
        if !width.is_multiple_of(each) {
            return None;
        }
        let layout = Self {
            headings,
            scans: width / each,
            each,
            names,
            places: Places::of(text, table, rows.first()?),
        };
        let is_named = !layout.names.is_empty();
        let axes = layout.axes(text, table, rows);
        let is_axis = |values: &Vec<f64>| is_axis(values, is_named);
        axes.iter().all(is_axis).then_some(layout)
    }

    /// The numbers in the first column of each scan, up to the first cell that is not a number.
    /// Each row is split once.
    fn axes(&self, text: &str, table: &Table, rows: &[Line]) -> Vec<Vec<f64>> {
        let mut axes = vec![Vec::new(); self.scans];
        let mut has_ended = vec![false; self.scans];
        for line in rows {
            let cells = self.places.split(text, table, line);
            for (i, axis) in axes.iter_mut().enumerate() {
                match cells.get(self.each * i).and_then(|cell| table.number(cell)) {
                    Some(value) if !has_ended[i] => axis.push(value),
                    _ => has_ended[i] = true,
                }
            }
        }
        axes
    }

    /// The role of a column of a scan.
    fn role(&self, scan: usize, column: usize) -> Role {
        let name = self.names.get(self.each * scan + column);
        name.map_or(Role::Unknown, |name| role(name))
    }

    /// The cells of a scan in a row; missing cells are empty.
    fn cells<'a>(&self, scan: usize, cells: &'a [Cow<str>]) -> [&'a str; 3] {
        [0, 1, 2].map(|column| {
            let cell = cells.get(self.each * scan + column);
            cell.filter(|_| column < self.each).map_or("", Cow::as_ref)
        })
    }
}

/// The number of columns per scan, derived from the names.
fn columns_of_each(names: &[String]) -> Option<usize> {
    let roles: Vec<Role> = names.iter().map(|name| role(name)).collect();
    let is_scan = |roles: &[Role]| {
        matches!(
            roles,
            [Role::Axis(_), Role::Intensity(_) | Role::Unknown]
                | [Role::Axis(_), Role::Intensity(_), Role::Sigma | Role::Other]
        )
    };
    [2, 3].into_iter().find(|each| {
        let mut scans = roles.chunks(*each);
        scans.all(is_scan)
    })
}

/// Whether a column is increasing, and also uniform if no name says that it is an axis.
fn is_axis(values: &[f64], is_named: bool) -> bool {
    let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mean = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
    // Row numbers are not an axis.
    let regular = |step: &f64| (step - mean).abs() <= 0.01 * mean && mean != 1.0;
    let rises = steps.iter().all(|step| *step > 0.0);
    values.len() > 2 && rises && (is_named || steps.iter().all(regular))
}

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let table = Table::of(text);
    let Some(layout) = Layout::of(text, &table) else {
        let found = "columns that are not scans side by side";
        let expected = "axes and intensities";
        return Err(Error::malformed(source.path, Place::File, found, expected));
    };
    let (before, rows) = table.lines.split_at(layout.headings);
    let mut columns = vec![Columns::default(); layout.scans];
    for line in rows {
        let cells = layout.places.split(text, &table, line);
        for (scan, columns) in columns.iter_mut().enumerate() {
            let first = layout.each * scan;
            let cells = layout.cells(scan, &cells);
            columns.take(source, &table, line.number, (first, cells))?;
        }
    }
    let scan = |(i, columns): (usize, Columns)| {
        let kind = match layout.role(i, 0) {
            Role::Axis(kind) => kind,
            _ => AxisKind::TwoThetaDeg,
        };
        let factor = match layout.names.get(layout.each * i) {
            Some(name) => axis_factor(&kind, name),
            None => 1.0,
        };
        let axis = columns.axis.iter().map(|x| factor * x).collect();
        let mut draft = Draft::new(source, kind, axis, columns.intensities);
        if let Role::Intensity(unit) = layout.role(i, 1) {
            draft.scale.unit = unit;
        }
        if layout.each == 3 {
            let name = &layout.names[layout.each * i + 2];
            match layout.role(i, 2) {
                Role::Sigma if is_sigma(&columns.third) => {
                    draft.sigma = Some((columns.third, SigmaOrigin::Stated));
                }
                _ => draft.warn(format!("not used: column {}", shorten(name))),
            }
        }
        draft.metadata.sample = sample(&table, before, layout.each * i..layout.each * (i + 1));
        draft.build(source, |i| {
            let line = columns.lines.get(i);
            line.map_or(Place::File, |l| Place::Line(*l))
        })
    };
    let scans: Result<Vec<Scan>> = columns.into_iter().enumerate().map(scan).collect();
    scans.map(Content::Scans)
}

/// The columns of a scan.
#[derive(Clone, Default)]
struct Columns {
    axis: Vec<f64>,
    intensities: Vec<f64>,
    /// The values of the third column; NaN for missing numbers.
    third: Vec<f64>,
    /// The line of each point.
    lines: Vec<usize>,
}

impl Columns {
    /// Adds the point of a row in the columns starting at `first`, unless the cells of axis and
    /// intensity are empty.
    fn take(
        &mut self,
        source: &Source,
        table: &Table,
        line: usize,
        (first, cells): (usize, [&str; 3]),
    ) -> Result<()> {
        if cells[0].is_empty() && cells[1].is_empty() {
            return Ok(());
        }
        let number = |i: usize| {
            let value = table.number(cells[i]).filter(|v| v.is_finite());
            let error = || Error::not_a_number(source.path, line, first + i + 1, cells[i]);
            value.ok_or_else(error)
        };
        self.axis.push(number(0)?);
        self.intensities.push(number(1)?);
        self.third.push(table.number(cells[2]).unwrap_or(f64::NAN));
        self.lines.push(line);
        Ok(())
    }
}

/// The sample name on a line above the columns of a scan. It is not a column name.
fn sample(table: &Table, before: &[Line], columns: Range<usize>) -> Option<String> {
    before.iter().find_map(|line| {
        let cells = table.cells(line);
        let names = cells.get(columns.clone())?;
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
        match crate::format::read(&source) {
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
    fn names_may_give_each_three_columns() {
        let rows = "10,5,2,20,3,1\n10.5,6,2,20.2,2,1\n11,4,2,20.4,4,2\n11.5,5,2,20.6,3,1\n\
            12,7,2.5,20.8,1,1\n12.5,6,2,,,\n";
        let sigma = scans(&format!("2Theta,I,err,2Theta,I,err\n{rows}"));
        assert_eq!(sigma.len(), 2);
        assert_eq!(sigma[0].axis().len(), 6);
        assert_eq!(sigma[1].sigma(), Some([1.0, 1.0, 2.0, 1.0, 1.0].as_slice()));
        let fit = scans(&format!("a,,,b,,\n2theta,obs,calc,2theta,obs,calc\n{rows}"));
        assert_eq!(fit[1].intensities(), [3.0, 2.0, 4.0, 3.0, 1.0]);
        assert_eq!(fit[1].metadata().sample.as_deref(), Some("b"));
        assert_eq!(
            (fit[1].sigma(), fit[1].warnings()[0].as_str()),
            (None, "not used: column calc")
        );
    }

    #[test]
    fn some_end_earlier() {
        let scans = scans(&format!("x,y,x,y\n{ROWS}12.5,6,,\n13,5,,\n"));
        assert_eq!((scans[0].axis().len(), scans[1].axis().len()), (7, 5));
        let row = |i: i32| match i {
            0..6 => format!(
                "{:6.1}{i:6}{:8.2}{i:6}\n",
                10.0 + 0.5 * f64::from(i),
                9.25 + 0.5 * f64::from(i)
            ),
            _ => format!("{:12}{:8.2}{i:6}\n", "", 9.25 + 0.5 * f64::from(i)),
        };
        let blanks = self::scans(&(0..9).map(row).collect::<String>());
        assert_eq!((blanks[0].axis().len(), blanks[1].axis().len()), (6, 9));
        assert_eq!(blanks[1].axis()[8], 13.25);
    }

    #[test]
    fn patterns_on_one_axis_are_none() {
        for text in [
            "10,5,6,3\n10.5,6,5,2\n11,4,7,4\n11.5,5,5,3\n12,7,6,1\n",
            "2theta,a,b,c\n10,5,6,3\n10.5,6,7,2\n11,4,8,4\n11.5,5,9,3\n12,7,10,1\n",
            "x,y,sy,d\n10,5,6,3\n10.5,6,7,2\n11,4,8,4\n11.5,5,9,3\n12,7,10,1\n",
        ] {
            let source = Source::new(Path::new("a.csv"), text.as_bytes().to_vec());
            assert!(!(READER.recognises)(&source), "{text}");
        }
    }
}
