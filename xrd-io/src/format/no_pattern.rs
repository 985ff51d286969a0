//! Tables that do not contain a pattern, recognised by their column names: lists of peaks, results
//! of refinements, temperature logs.
//!
//! ```text
//! Pos. [°2Th.]  Height [cts]  FWHM [°2Th.]  d-spacing [Å]  Rel. Int. [%]      HighScore
//! #  2-Theta  d(A)  BG  Height  I%  Area  I%  FWHM                            Jade
//! Angle  d Value  Net Intensity  Gross Intensity  Rel. Intensity              EVA
//! Time (s), Temperature (C)
//! ```
//!
//! The last headings and the last comment before the first row are examined.

use std::borrow::Cow;

use super::content::{Content, FormatReader, no_scan};
use crate::column_names::{Role, role};
use crate::error::{Result, shorten};
use crate::scan::AxisKind;
use crate::source::Source;
use crate::table::Table;

pub(super) const READER: FormatReader =
    FormatReader::refusing(|source| what(source).is_some(), read);

fn read(source: &Source) -> Result<Content> {
    Err(no_scan(source, what(source).unwrap_or_default()))
}

/// The content of a table, if its names show that it is not a pattern.
fn what(source: &Source) -> Option<String> {
    let table = source.head()?;
    let first = table.heading_len()?;
    let row = table.lines.get(first)?;
    let before = |number: usize| number < row.number;
    let headings = table.lines[..first].iter().rev();
    let comment = table.comments.iter().rev().find(|l| before(l.number));
    let peaks = |text: &str| {
        let names = cells(&table, text);
        let listed = shorten(&names.join(", "));
        lists_peaks(text, &names).then(|| format!("a list of peaks with the columns {listed}"))
    };
    let named = |text: &str| {
        let names = cells(&table, text);
        let listed = || shorten(&names.join(", "));
        let width = table.cells(row).len();
        let fits = names.len() == width || names.len() == width + 1;
        // "Date: 05/01/2024" and "Voltage,40kV" belong to the header.
        let is_value = |name: &Cow<str>| {
            name.ends_with([':', '=']) || name.starts_with(|c: char| c.is_ascii_digit())
        };
        (fits && !names.iter().any(is_value) && is_of_something_else(&table, &names))
            .then(|| format!("a table with the columns {}", listed()))
    };
    let last = || headings.clone().next().or(comment);
    // The units of the columns may be on separate lines.
    let mut near = headings.clone().take(3).chain(comment);
    near.find_map(|line| peaks(line.text))
        .or_else(|| last().and_then(|line| named(line.text)))
        .or_else(|| comment.and_then(|line| named(line.text)))
        .or_else(|| lists_indices(&table, first).then(|| "a list of reflections".to_owned()))
}

fn cells<'a>(table: &Table<'a>, text: &'a str) -> Vec<Cow<'a, str>> {
    table.dialect.split(text)
}

/// Whether a table lists peaks: it has their widths, or relative intensities next to their d.
fn lists_peaks(text: &str, names: &[Cow<str>]) -> bool {
    const FEWEST: usize = 3;
    let letters = |c: &char| c.is_alphanumeric() || matches!(c, '%' | '/');
    let compact: String = text.to_lowercase().chars().filter(letters).collect();
    let has = |words: &[&str]| words.iter().any(|word| compact.contains(word));
    let width = has(&["fwhm", "breadth", "halfwidth", "halbwertsbreite"]);
    let relative = has(&["relint", "irel", "i/i0", "i/imax", "i%", "relativeint"]);
    let spacing = has(&["dspac", "dvalue", "dwert", "da", "d/a", "dang", "då"]);
    let position = has(&[
        "2th", "2θ", "twoth", "angle", "pos", "tth", "winkel", "2teta",
    ]);
    let is_prose = names.iter().any(|name| name.ends_with([':', '=']));
    names.len() >= FEWEST && !is_prose && position && (width || relative && spacing)
}

/// Whether no column is an axis or an intensity, and at least one column has the name of another
/// quantity.
fn is_of_something_else(table: &Table, names: &[Cow<str>]) -> bool {
    const QUANTITIES: [&str; 30] = [
        "magnetic",
        "moment",
        "timestamp",
        "date",
        "temperature",
        "temp",
        "time",
        "pressure",
        "volume",
        "vol",
        "rwp",
        "rp",
        "rexp",
        "gof",
        "chi2",
        "wavenumber",
        "raman",
        "voltage",
        "potential",
        "current",
        "frequency",
        "field",
        "mass",
        "depth",
        "thickness",
        "concentration",
        "phase",
        "atom",
        "occ",
        "occupancy",
    ];
    let word = |name: &str| {
        let letters = name.trim().chars().take_while(|c| c.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    let is_known = |name: &Cow<str>| {
        let is_axis = |kind: &AxisKind| !matches!(kind, AxisKind::Other { .. });
        match role(name) {
            Role::Axis(kind) => is_axis(&kind),
            Role::Intensity(_) => true,
            _ => table.number(name).is_some(),
        }
    };
    let quantity = |name: &Cow<str>| QUANTITIES.contains(&word(name).as_str());
    let is_other = names.iter().any(quantity) || are_of_cells(names);
    are_of_places(names) || names.len() > 1 && !names.iter().any(is_known) && is_other
}

/// Whether the names indicate a list of points in space.
fn are_of_places(names: &[Cow<str>]) -> bool {
    let first = names.iter().take(3).map(|name| name.trim().to_lowercase());
    names.len() > 3 && first.eq(["x", "y", "z"])
}

/// Whether the names indicate a list of unit cells. Such a list has a length, and an angle or the
/// volume.
fn are_of_cells(names: &[Cow<str>]) -> bool {
    let has = |words: &[&str]| {
        let is_one = |name: &Cow<str>| words.contains(&name.trim().to_lowercase().as_str());
        names.iter().any(is_one)
    };
    has(&["a", "b", "c"]) && has(&["alpha", "beta", "gamma", "v"])
}

/// Whether rows without names list reflections. This is so if three adjacent columns contain small
/// whole numbers such as h, k and l, either at the start or in longer rows, and the first column is
/// not the axis of a scan.
fn lists_indices(table: &Table, first: usize) -> bool {
    const FEWEST: usize = 6;
    const LARGEST: f64 = 60.0;
    let numbers = |text: &str| -> Option<Vec<f64>> {
        let cells = cells(table, text);
        cells.iter().map(|cell| table.number(cell)).collect()
    };
    let rows: Option<Vec<_>> = table.lines[first..]
        .iter()
        .map(|l| numbers(l.text))
        .collect();
    let Some(rows) = rows.filter(|rows| rows.len() >= FEWEST) else {
        return false;
    };
    let width = rows[0].len();
    const NARROWEST: usize = 4;
    if width < NARROWEST || rows.iter().any(|row| row.len() != width) {
        return false;
    }
    let is_index = |v: &f64| v.fract() == 0.0 && v.abs() <= LARGEST;
    let small = |i: usize| rows.iter().all(|row| row[i..i + 3].iter().all(is_index));
    let steps = rows.windows(2).map(|pair| pair[1][0] - pair[0][0]);
    let (least, most) = steps.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), step| {
        (least.min(step), most.max(step))
    });
    let is_stepped = least > 0.0 && most < 3.0 * least;
    let within = width >= FEWEST && (1..=width - 3).any(small);
    !is_stepped && (small(0) || within)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn told(text: &str) -> Option<String> {
        what(&Source::new(Path::new("a.txt"), text.as_bytes().to_vec()))
    }

    #[test]
    fn peaks() {
        for names in [
            "Pos. [\u{b0}2Th.],Height [cts],FWHM Left [\u{b0}2Th.],d-spacing [\u{c5}],Rel. Int. [%]",
            "# 2-Theta,d(A),Height,I%,FWHM",
            "Angle,d Value,Net Intensity,Gross Intensity,Rel. Intensity",
            "2theta [\u{b0}],d [\u{c5}],I/I0,FWHM,x",
        ] {
            let text = format!("a title\n{names}\n20.1,4.4,100,5,6\n21.3,4.1,90,5,6\n");
            assert!(told(&text).is_some_and(|t| t.contains("peaks")), "{names}");
        }
        let dif = "R040031\n20.85 16.2 4.25 1 0 0 6\n26.64 100 3.34 1 0 1 6\n36.54 6.8 2.45 1 1 0 6\n\
            39.46 7.8 2.28 1 0 2 6\n40.29 3.6 2.23 1 1 1 6\n42.45 5.4 2.12 2 0 0 6\n";
        assert_eq!(told(dif).as_deref(), Some("a list of reflections"));
        let hkl: String = (1..20)
            .map(|i| format!("{:4}{:4}{:4}{:8.2}{:8.2}\n", i % 3, i % 4, i % 5, 7.0, 0.5))
            .collect();
        assert_eq!(told(&hkl).as_deref(), Some("a list of reflections"));
        let with_units = "# Strongest peaks\n no. 2Theta d I/I1 FWHM\n (deg) (A) (deg)\n1 26.6 3.3 100 0.1\n\
            2 20.8 4.2 22 0.1\n";
        assert!(told(with_units).is_some_and(|t| t.contains("peaks")));
    }

    #[test]
    fn results_and_logs() {
        for text in [
            "Time (s),Temperature (C)\n0,25\n10,26\n",
            "# Temperature a\n300 5.4\n310 5.5\n",
            "run,temperature,a,volume,rwp\n1,300,5.1,132,10\n2,310,5.2,133,9\n",
            "timestamp,sensor1,sensor2\n1600000000,25.1,26\n1600000010,25.2,26\n",
            "Magnetic Field (Oe),Moment (emu)\n-5,0.1\n-4,0.2\n",
            "X Y Z data\n0 90 0 34.2\n1.57 89.9 0 43.3\n",
            "T a alpha V\n300 5.4 90 157.1\n310 5.5 90 157.2\n",
        ] {
            assert!(told(text).is_some_and(|t| t.contains("a table")), "{text}");
        }
    }

    #[test]
    fn patterns_are_none_of_these() {
        for text in [
            "2theta,intensity\n10,5\n10.5,6\n",
            "Temperature,Intensity\n10,5\n10.5,6\n",
            "2theta,300K,310K\n10,5,5\n10.5,6,5\n",
            "2theta,a,c,v\n10,5,5,1\n10.5,6,5,1\n",
            "10 5 6 3\n11 4 5 3\n12 3 7 4\n13 5 6 3\n14 5 4 3\n15 4 3 2\n",
            "# measured at a temperature of 300 K, FWHM: 0.1, angle: 3\n10 5\n10.5 6\n",
            "angle d intensity\n10 8.8 5\n10.5 8.4 6\n",
            "Date: 05/01/2024\n10 5\n10.5 6\n11 7\n",
            "# Temperature: 300K\n10 5\n10.5 6\n11 7\n",
            "Voltage,40kV\n10,5\n10.5,6\n11,7\n",
            "Phase: SiO2\n10 5\n10.5 6\n11 7\n",
            "10 1 2 3 4 5\n11 3 2 1 4 4\n12 3 4 5 6 7\n13 1 1 1 1 1\n14 2 2 2 2 2\n15 3 3 3 3 3\n",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
