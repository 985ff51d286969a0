//! Columns: one point a line, the angle first unless headings say otherwise.
//!
//! ```text
//! # any comment, as well after ! ' ; // or within /* */       wavelength and names are looked for
//! 1.5406                                                      a wavelength alone, or nothing
//! 2theta  intensity  sigma                                    names, or nothing
//! 10.00   123        11.1                                     axis, intensity, more columns
//! 10.02   130        11.4
//! ```
//!
//! The first intensity column is taken. A third column counts as the standard deviation where it
//! is named so, or is unnamed and plausible; else it is left out with a warning.

use xrd_core::{IntensityUnit, Wavelength};

use super::{Content, Format};
use crate::column_names::{Role, role, stated_scale, stated_wavelength};
use crate::error::{Error, Place, Result, shorten};
use crate::patterns::ReadOptions;
use crate::scan::{AxisKind, Draft, SigmaOrigin};
use crate::source::Source;
use crate::table::{Line, Table};

pub(super) const FORMAT: Format = Format::new("columns", |source| {
        let text = source.text();
        text.is_some_and(|text| Table::of(text).heading_len().is_some())
    }, read);

fn read(source: &Source, _: &ReadOptions) -> Result<Content> {
    let table = Table::of(source.require_text()?);
    let headings = table.heading_len().unwrap_or(0);
    let (headings, mut rows) = table.lines.split_at(headings);
    let first_line = rows.first().and_then(|line| lone_wavelength(&table, line, rows));
    if first_line.is_some() {
        rows = &rows[1..];
    }
    let width = rows.first().map_or(0, |line| table.cells(line).len());
    let names = names(&table, headings, width);
    refuse_labels(source, headings.last(), &names)?;
    let columns = Columns::of(source, rows.first(), &names, width)?;
    let mut draft = columns.read(source, &table, rows)?;
    let stated = || headings.iter().chain(&table.comments).find_map(|l| stated_wavelength(l.text));
    draft.metadata.radiation.wavelength = first_line.or_else(stated);
    if table.comments.iter().any(|l| l.text.contains("Scantype:")) {
        // The export of a Bruker program, which divides by the time per step.
        draft.scale.unit = IntensityUnit::CountsPerSecond;
    }
    stated_scale(&mut draft.scale, table.comments.iter().map(|l| l.text));
    let scan = draft.build(source, |i| Place::Line(rows[i].number))?;
    Ok(Content::Scans(vec![scan]))
}

/// The wavelength of a first line that holds nothing else.
fn lone_wavelength(table: &Table, line: &Line, rows: &[Line]) -> Option<Wavelength> {
    let cells = table.cells(line);
    let more = rows.get(1).is_some_and(|next| table.cells(next).len() > 1);
    match cells.as_slice() {
        [cell] if more => {
            let value = table.number(cell).filter(|v| (0.05..=10.0).contains(v))?;
            Wavelength::angstrom(value).ok()
        }
        _ => None,
    }
}

/// The names of the columns: the first heading, else the last comment, that has one each.
fn names(table: &Table, headings: &[Line], width: usize) -> Vec<String> {
    let named = |line: &Line| {
        let cells = table.cells(line);
        let fits = cells.len() == width && width > 1;
        fits.then(|| cells.into_iter().map(|c| c.into_owned()).collect::<Vec<_>>())
    };
    // A note such as "wavelength: 1.54" is not a list of names.
    let is_name = |n: &String| !n.contains([':', '=']) && table.number(n).is_none();
    let known = |names: &Vec<String>| {
        names.iter().all(is_name) && names.iter().any(|n| role(n) != Role::Unknown)
    };
    headings
        .iter()
        .find_map(named)
        .or_else(|| table.comments.iter().rev().take(3).find_map(|l| named(l).filter(known)))
        .unwrap_or_default()
}

fn refuse_labels(source: &Source, heading: Option<&Line>, names: &[String]) -> Result<()> {
    let Some(heading) = heading.filter(|_| names.iter().any(|n| crate::labels::is_name_column(n)))
    else {
        return Ok(());
    };
    Err(Error::malformed(
        source.path,
        Place::Line(heading.number),
        format!("a table with the columns {}", shorten(&names.join(", "))),
        "a pattern, not labels",
    ))
}

/// Which column holds what, from 0.
struct Columns {
    axis: usize,
    axis_kind: AxisKind,
    intensity: usize,
    unit: IntensityUnit,
    sigma: Option<usize>,
    /// Whether a name says that `sigma` is one.
    sigma_is_named: bool,
    width: usize,
    warnings: Vec<String>,
}

impl Columns {
    fn of(source: &Source, first: Option<&Line>, names: &[String], width: usize) -> Result<Self> {
        if width < 2 {
            return Err(Error::malformed(
                source.path,
                first.map_or(Place::File, |l| Place::Line(l.number)),
                "one column",
                "an angle and an intensity a line",
            ));
        }
        let roles: Vec<Role> = names.iter().map(|n| role(n)).collect();
        let axis = roles.iter().position(|r| matches!(r, Role::Axis(_))).unwrap_or(0);
        let intensity = (0..width)
            .find(|&i| matches!(roles.get(i), Some(Role::Intensity(_))))
            .or_else(|| (0..width).find(|&i| i != axis))
            .unwrap_or(1);
        let sigma_is_named = roles.get(intensity + 1) == Some(&Role::Sigma);
        let unnamed = roles.iter().all(|r| *r == Role::Unknown);
        let sigma = (sigma_is_named || (unnamed && width == 3 && axis == 0)).then_some(intensity + 1);
        let mut columns = Self {
            axis,
            axis_kind: AxisKind::TwoThetaDeg,
            intensity,
            unit: IntensityUnit::Arbitrary,
            sigma,
            sigma_is_named,
            width,
            warnings: vec![],
        };
        if let Some(Role::Axis(kind)) = roles.get(axis) {
            columns.axis_kind = kind.clone();
        }
        if let Some(Role::Intensity(unit)) = roles.get(intensity) {
            columns.unit = *unit;
        }
        columns.note_unused(names);
        Ok(columns)
    }

    fn note_unused(&mut self, names: &[String]) {
        let used = [Some(self.axis), Some(self.intensity), self.sigma];
        let unused = |i: &usize| !used.contains(&Some(*i));
        let name = |i: usize| names.get(i).map_or((i + 1).to_string(), |n| shorten(n));
        let list: Vec<String> = (0..self.width).filter(unused).map(name).collect();
        if !list.is_empty() {
            let warning = format!("not used: column {}", list.join(", "));
            self.warnings.push(warning);
        }
    }

    fn read(mut self, source: &Source, table: &Table, rows: &[Line]) -> Result<Draft> {
        let mut axis = Vec::with_capacity(rows.len());
        let mut intensities = Vec::with_capacity(rows.len());
        let mut sigma = Vec::new();
        for line in rows {
            let cells = table.cells(line);
            if cells.len() != self.width {
                return Err(Error::malformed(
                    source.path,
                    Place::Line(line.number),
                    format!("{} values", cells.len()),
                    format!("{} as in line {}", self.width, rows[0].number),
                ));
            }
            let finite = |i: usize| {
                let number = table.number(&cells[i]).filter(|v| v.is_finite());
                number.ok_or_else(|| Error::not_a_number(source.path, line.number, i + 1, &cells[i]))
            };
            axis.push(finite(self.axis)?);
            intensities.push(finite(self.intensity)?);
            if let Some(i) = self.sigma {
                sigma.push(table.number(&cells[i]).unwrap_or(f64::NAN));
            }
        }
        let sigma = self.take_sigma(source, &intensities, sigma);
        if axis.len() < 2 {
            let place = rows.first().map_or(Place::File, |l| Place::Line(l.number));
            return Err(Error::malformed(source.path, place, "one point", "at least 2"));
        }
        let mut draft = Draft::new(source, self.axis_kind, axis, intensities);
        draft.sigma = sigma.map(|values| (values, SigmaOrigin::Stated));
        draft.scale.unit = self.unit;
        draft.warnings = self.warnings;
        Ok(draft)
    }

    fn take_sigma(
        &mut self,
        source: &Source,
        intensities: &[f64],
        sigma: Vec<f64>,
    ) -> Option<Vec<f64>> {
        self.sigma?;
        let trusted = self.sigma_is_named || source.has_extension("xye");
        if is_sigma(&sigma) && (trusted || is_like_noise(intensities, &sigma)) {
            return Some(sigma);
        }
        let column = self.intensity + 2;
        let warning = format!("not used: column {column}, which is no standard deviation");
        self.warnings.push(warning);
        None
    }
}

/// Finite, nowhere negative, not all zero.
fn is_sigma(values: &[f64]) -> bool {
    values.iter().all(|v| v.is_finite() && *v >= 0.0) && values.iter().any(|v| *v > 0.0)
}

/// Whether the typical value is at most ten times the noise that neighbouring intensities show:
/// a background is far above it.
fn is_like_noise(intensities: &[f64], sigma: &[f64]) -> bool {
    let steps = intensities.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let noise = median(steps.collect()) / (2f64.sqrt() * 0.6745);
    median(sigma.to_vec()) <= 10.0 * noise
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn read_text(text: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.xy"), text.as_bytes().to_vec());
        match super::super::read(&source, &ReadOptions::default())?.1 {
            Content::Scans(mut scans) => Ok(scans.remove(0)),
            Content::Matrix(_) => panic!("read as a matrix: {text:?}"),
        }
    }

    fn refusal(text: &str) -> String {
        read_text(text).unwrap_err().to_string()
    }

    #[test]
    fn all_separators_give_the_same_scan() {
        let plain = read_text("10 1.5\n10.5 2.5\n11 3\n").unwrap();
        assert_eq!(plain.axis(), [10.0, 10.5, 11.0]);
        assert_eq!(plain.intensities(), [1.5, 2.5, 3.0]);
        for text in [
            "10\t1.5\r\n10.5\t2.5\r\n11\t3\r\n",
            "10,1.5\r10.5,2.5\r11,3",
            "10;1,5\n10,5;2,5\n11;3\n",
            "\u{feff}# by hand\n 10  1,5\n 10,5  2,5\n 11,0  3,0\n",
            "/* several\nlines */\n10 1.5\n// more\n10.5 2.5\n! more\n11 3",
        ] {
            assert_eq!(read_text(text).unwrap(), plain, "{text:?}");
        }
    }

    #[test]
    fn names_tell_columns() {
        let scan = read_text("sigma counts 2theta\n1 5 10\n2 6 11\n1 7 12\n").unwrap();
        assert_eq!(scan.axis(), [10.0, 11.0, 12.0]);
        assert_eq!(scan.intensities(), [5.0, 6.0, 7.0]);
        assert_eq!(scan.unit(), IntensityUnit::Counts);
        let scan = read_text("# wave_length 0.84\n# ttheta IntUP sIntUP IntDOWN sIntDOWN\n4 9 3 8 2\n5 7 2 9 3\n");
        let scan = scan.unwrap();
        assert_eq!(scan.sigma(), Some([3.0, 2.0].as_slice()));
        assert_eq!(scan.wavelength().map(Wavelength::as_angstrom), Some(0.84));
        assert_eq!(scan.warnings(), ["not used: column IntDOWN, sIntDOWN"]);
        let scan = read_text("q_A^-1 I\n1 9\n2 7\n").unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::QPerAngstrom);
    }

    #[test]
    fn a_first_line_may_be_a_wavelength() {
        let scan = read_text("1.5285\n8.01 2085.5 40.1\n8.02 2037.1 39.6\n").unwrap();
        assert_eq!(scan.wavelength().map(Wavelength::as_angstrom), Some(1.5285));
        assert_eq!(scan.axis(), [8.01, 8.02]);
    }

    #[test]
    fn a_third_column_is_sigma_only_where_it_looks_like_it() {
        let file = |third: fn(usize, f64) -> f64| {
            let line = |i: usize| {
                let y = 1000.0 + (i * 7919 % 61) as f64;
                format!("{} {y} {}\n", 10 + i, third(i, y))
            };
            (0..50).map(line).collect::<String>()
        };
        assert!(read_text(&file(|_, y| y.sqrt())).unwrap().sigma().is_some());
        for not_sigma in [
            file(|_, _| 0.0),
            file(|_, _| f64::NAN),
            file(|_, _| -1.0),
            file(|_, y| y - 20.0),
        ] {
            let scan = read_text(&not_sigma).unwrap();
            assert_eq!(scan.sigma(), None);
            assert_eq!(scan.warnings().len(), 1);
        }
    }

    #[test]
    fn a_falling_axis_stays_as_it_is() {
        let scan = read_text("# d I\n3 30\n2 20\n1 10\n").unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::DAngstrom);
        assert_eq!((scan.axis(), scan.intensities()), ([3.0, 2.0, 1.0].as_slice(), [30.0, 20.0, 10.0].as_slice()));
        assert_eq!(scan.warnings(), ["the axis falls"]);
    }

    #[test]
    fn refusals_name_the_place() {
        assert_eq!(refusal("10 1\n11 abc\n12 3\n"), "a.xy: line 2, column 2: 'abc' is not a number");
        assert_eq!(refusal("10 1\n11 2\n12 NaN\n"), "a.xy: line 3, column 2: 'NaN' is not a finite number");
        assert_eq!(refusal("10 1\n11 inf\n"), "a.xy: line 2, column 2: 'inf' is not a finite number");
        assert_eq!(refusal("10 1\n11 2 3\n12 3\n"), "a.xy: line 2: 3 values (expected 2 as in line 1)");
        assert!(refusal("10 1\n").contains("at least 2"));
        assert!(refusal("10\n11\n12\n").contains("one column"));
        assert!(refusal("").contains("is empty"));
        assert!(refusal("nothing here\n").contains("no line of numbers"));
        assert!(refusal("sample,Fe\na,1\nb,2\n").contains("not labels"));
    }
}
