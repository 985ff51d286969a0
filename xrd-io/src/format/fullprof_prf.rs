//! Profiles that FullProf writes after a refinement: the observed pattern with the calculated one.
//!
//! ```text
//! a title  CELL: 8.48 5.40 6.96 90 90 90  SPGR: P n m a    columns, for WinPLOTR
//!  1   2910  1.91200  1.91200 -0.08796                     phases, points, two wavelengths, zero
//!   211  0  0                                              reflections of each phase
//! 2Theta  Yobs  Ycal  Yobs-Ycal  Backg  Posr  (hkl)  K
//! 10.00   220   218   2          200    11.2 -50 ( 1 0 1) 0 1     reflections next to the first points
//! 10.05   214   216  -2          200
//!
//! a title  CELL: 8.48 5.40 6.96 90 90 90  SPGR: P n m a    blocks, for other programs
//! 3111   1.0000  -0.0880
//!  155.450  10.000  0.05000  8  0                          end, start, step
//!  1   2910  1.91200  1.91200 -0.08796                     as above
//!   211  0                                                 reflections, regions left out
//!  220.00  214.00  219.00                                  observed, eight of F8.2
//!  218.00  216.00  217.00                                  calculated; then the reflections
//! ```
//!
//! The wavelength is read; the calculated pattern is not.
//!
//! Sources: FullProf manual (2001), "PRF files"; one file of each kind.

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::lines::{Line, lines};
use super::stream;
use crate::column_names::{Role, role};
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::FullProfProfile,
    |source| source.text().is_some_and(|text| Kind::of(text).is_some()),
    read,
);

/// The content after the header, and its line number, from 0.
enum Kind {
    /// The names of the columns.
    Columns(usize, Vec<String>),
    Blocks,
}

impl Kind {
    fn of(text: &str) -> Option<Self> {
        const MOST_LINES: usize = 60;
        let mut head = lines(text).take(MOST_LINES);
        if lines(text).nth(1)?.text.trim_start().starts_with("3111 ") {
            return Some(Self::Blocks);
        }
        head.find_map(|line| {
            let names: Vec<String> = line.text.split_whitespace().map(str::to_owned).collect();
            let has = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
            let is_head = has("yobs") && has("ycal") && (has("posr") || has("(hkl)"));
            is_head.then_some(Self::Columns(line.number, names))
        })
    }
}

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let mut draft = match Kind::of(text) {
        Some(Kind::Columns(first, names)) => of_columns(source, text, first, &names)?,
        Some(Kind::Blocks) => of_blocks(source, text)?,
        None => return Ok(Content::Scans(vec![])),
    };
    let title = lines(text).next().map_or("", |line| line.text);
    let title = title.split("CELL:").next().unwrap_or(title).trim();
    draft.metadata.sample = Some(title.to_owned()).filter(|t| !t.is_empty());
    draft.warn("not used: the calculated pattern");
    Ok(Content::Scans(vec![draft.build(source, |_| Place::File)?]))
}

/// The numbers of phases, points and wavelengths, if a line states them.
fn of_refinement(line: &str) -> Option<(usize, f64)> {
    let [phases, points, first, second, _, ..] = *stream::numbers(line)? else {
        return None;
    };
    let is_count = |v: f64| v >= 1.0 && v.fract() == 0.0 && v < 1e9;
    let is_wavelength = |v: f64| (0.05..=10.0).contains(&v);
    let fits =
        is_count(phases) && is_count(points) && is_wavelength(first) && is_wavelength(second);
    fits.then_some((points as usize, first))
}

/// Sets the wavelength, and adds a warning if the file has fewer points than stated.
fn state(draft: &mut Draft, (points, wavelength): (usize, f64)) {
    let radiation = &mut draft.metadata.radiation;
    radiation.set_angstrom(Some(wavelength), None);
    draft.warn_if_cut(points);
}

fn of_columns(source: &Source, text: &str, first: usize, names: &[String]) -> Result<Draft> {
    let at = |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name));
    let observed = at("yobs").unwrap_or(1);
    let (mut axis, mut intensities) = (Vec::new(), Vec::new());
    for line in lines(text).skip(first) {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let number = |i: usize| words.get(i).and_then(|w| crate::number::parse(w, false));
        match (number(0), number(observed)) {
            (Some(x), Some(y)) => {
                axis.push(x);
                intensities.push(y);
            }
            _ if words.is_empty() || line.is_open => {}
            _ => {
                return Err(malformed(
                    source,
                    line,
                    "an angle and an observed intensity",
                ));
            }
        }
    }
    let kind = match role(names.first().map_or("", String::as_str)) {
        Role::Axis(kind) => kind,
        _ => AxisKind::TwoThetaDeg,
    };
    let mut draft = Draft::new(source, kind, axis, intensities);
    let stated = lines(text)
        .take(first)
        .find_map(|line| of_refinement(line.text));
    if let Some(stated) = stated {
        state(&mut draft, stated);
    }
    Ok(draft)
}

fn of_blocks(source: &Source, text: &str) -> Result<Draft> {
    const WIDTH: usize = 8;
    let mut lines = lines(text).skip(2);
    let mut next = |expected: &str| {
        let line = lines.next();
        line.ok_or_else(|| Error::malformed(source.path, Place::File, "no line", expected))
    };
    let expected = "end, start and step";
    let line = next(expected)?;
    let [end, start, step, ..] = *stream::numbers(line.text).unwrap_or_default() else {
        return Err(malformed(source, line, expected));
    };
    let expected = "phases, points and wavelengths";
    let line = next(expected)?;
    let (points, wavelength) =
        of_refinement(line.text).ok_or_else(|| malformed(source, line, expected))?;
    let steps = (end - start) / step;
    if !(step > 0.0 && (steps + 1.0 - points as f64).abs() < 1.5) {
        let expected = "as many points as the range has steps";
        return Err(malformed(source, line, expected));
    }
    let line = next("reflections of each phase")?;
    let counts = stream::numbers(line.text).unwrap_or_default();
    let regions = counts.last().map_or(0, |n| n.clamp(0.0, 1e3) as usize);
    let mut intensities = Vec::new();
    for line in lines.skip(regions) {
        let is_full = intensities.len() >= points;
        if is_full || line.text.trim().is_empty() {
            break;
        }
        let fields = line.text.trim_end().as_bytes().chunks(WIDTH);
        for field in fields.take(points - intensities.len()) {
            let is_cut = line.is_open && field.len() < WIDTH;
            let text = std::str::from_utf8(field).unwrap_or_default();
            match crate::number::parse(text, false) {
                Some(value) if !is_cut => intensities.push(value),
                _ if line.is_open => {}
                _ => {
                    return Err(malformed(
                        source,
                        line,
                        "intensities in columns of 8 characters",
                    ));
                }
            }
        }
    }
    let axis = (start, step);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, intensities);
    state(&mut draft, (points, wavelength));
    Ok(draft)
}

fn malformed(source: &Source, line: Line, expected: &str) -> Error {
    let found = format!("'{}'", crate::error::shorten(line.text.trim()));
    Error::malformed(source.path, Place::Line(line.number), found, expected)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn scan(text: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.prf"), text.as_bytes().to_vec());
        match crate::format::read(&source)? {
            (Format::FullProfProfile, Content::Scans(mut scans)) => Ok(scans.remove(0)),
            (other, _) => panic!("read as {other}"),
        }
    }

    const HEAD: &str = " PbSO4 D1A      CELL:  8.47 5.39 6.95 90.0 90.0 90.0   SPGR: P n m a\n";
    const REFINED: &str = "  1    10   1.91200   1.91300  -0.08796   0.00000\n";

    fn columns() -> String {
        let rows: String = (0..10)
            .map(|i| {
                let reflection = if i < 3 {
                    "\t 11.2\t-50\t( 1 0 1)\t0\t1"
                } else {
                    ""
                };
                format!(
                    " {:.2}\t{}\t218.0\t2.0\t200.0{reflection}\n",
                    10.0 + 0.05 * f64::from(i),
                    220 + i
                )
            })
            .collect();
        let names = " 2Theta\tYobs\tYcal\tYobs-Ycal\tBackg\tPosr\t(hkl)\tK\n";
        format!("{HEAD}{REFINED}    3    0    0\n{names}{rows}")
    }

    fn blocks() -> String {
        let block = |from: u32| {
            let fields: Vec<String> = (0..10).map(|i| format!("{:8.2}", from + i)).collect();
            format!("{}\n{}\n", fields[..8].concat(), fields[8..].concat())
        };
        let range = "  10.450  10.000 0.05000       8       0\n";
        format!(
            "{HEAD}3111   1.0000  -0.0880\n{range}{REFINED}   3    0\n{}{}",
            block(220),
            block(218)
        )
    }

    #[test]
    fn what_was_observed_is_read() {
        for text in [columns(), blocks()] {
            let scan = scan(&text).unwrap();
            assert_eq!((scan.axis()[0], scan.axis()[9]), (10.0, 10.45));
            assert_eq!(scan.intensities()[..3], [220.0, 221.0, 222.0]);
            assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(1.912));
            assert_eq!(scan.metadata().sample.as_deref(), Some("PbSO4 D1A"));
            assert_eq!(scan.warnings(), ["not used: the calculated pattern"]);
        }
    }

    #[test]
    fn cut_short_it_gives_what_is_there() {
        let text = blocks();
        let cut = scan(&text[..text.find("  223").unwrap() + 4]).unwrap();
        assert_eq!(cut.intensities(), [220.0, 221.0, 222.0]);
        assert_eq!(cut.warnings()[0], "cut short: 3 of 10 points found");
        let refusal = scan(&text.replace("  10.450", "  99.450"))
            .unwrap_err()
            .to_string();
        assert!(refusal.contains("line 4"), "{refusal}");
    }
}
