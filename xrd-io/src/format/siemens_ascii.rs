//! Siemens ASCII `.RAW` of DIFFRAC 500. Every line ends with a carriage return only.
//!
//! ```text
//! .RAW
//! 05-MAR-97\0\0\0            the date; zeros may pad a field
//! 09:05:25                   the time
//! SIO2 50 + AL2O3 50 WT%     the sample
//!  …                         ten lines of numbers: generator, slits, …
//! CU                         the anode
//!  …
//! **                         or 0
//! 1.541871                   wavelengths in Å: the mean of Kα, Kα1, Kα2, Kβ
//! 1.540598
//! 1.544418
//! 1.539062
//!    5.000                   start
//!    0.050                   step
//!   1941 1                   points, ?
//!  12.00                     time per step? not used
//!  …                         lines that are blank or contain one number
//!      70.                   one intensity per line
//! ```
//!
//! The lines after the header are blank, or contain the largest intensity between blank lines. The
//! intensities follow the last blank line.
//!
//! Source: one file from MAUD, whose largest intensity equals the stated value.

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::SiemensAscii,
    |source| source.bytes().starts_with(b".RAW\r") || source.bytes().starts_with(b".RAW\n"),
    read,
);

fn read(source: &Source) -> Result<Content> {
    let lines = lines(source.bytes());
    let Some(mark) = end_of_head(&lines) else {
        let found = "no line ** or 0 after the header";
        let expected = "wavelengths after it";
        return Err(Error::malformed(source.path, Place::File, found, expected));
    };
    let after = &lines[mark + 1..];
    let number = |i: usize| {
        let text = after.get(i).map_or("", String::as_str);
        let first = text
            .split_whitespace()
            .next()
            .and_then(|word| word.parse::<f64>().ok());
        first.filter(|v| v.is_finite()).ok_or_else(|| {
            let found = format!("'{}'", shorten(text));
            let expected = "wavelengths, start, step and points after **";
            Error::malformed(source.path, Place::Line(mark + 2 + i), found, expected)
        })
    };
    let (start, step, points) = (number(4)?, number(5)?, number(6)?.max(0.0) as usize);
    let values = intensities(source, after, mark + 2, points)?;
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, (start, step), values);
    draft
        .metadata
        .radiation
        .set_angstrom(number(1).ok(), number(2).ok());
    let text = |i: usize| lines.get(i).cloned().filter(|t| !t.is_empty());
    draft.metadata.date = text(1).map(|date| format!("{date} {}", text(2).unwrap_or_default()));
    draft.metadata.sample = text(3);
    draft.metadata.radiation.anode = lines[..mark].iter().find_map(|line| anode(line));
    decide_unit(&mut draft, None);
    draft.warn_if_cut(points);
    Ok(Content::Scans(vec![draft.build(source, |_| Place::File)?]))
}

/// The line that ends the header: `**`, or a 0 before four wavelengths.
fn end_of_head(lines: &[String]) -> Option<usize> {
    let is_wavelength = |line: &String| line.parse().is_ok_and(|v: f64| (0.2..5.0).contains(&v));
    let has_wavelengths = |i: usize| {
        let next = lines.get(i + 1..i + 5);
        next.is_some_and(|next| next.iter().all(is_wavelength))
    };
    let is_end = |i: &usize| lines[*i] == "**" || lines[*i] == "0" && has_wavelengths(*i);
    (0..lines.len()).find(is_end)
}

/// The lines, without padding.
fn lines(bytes: &[u8]) -> Vec<String> {
    let clean = |line: &[u8]| {
        String::from_utf8_lossy(line)
            .replace('\0', " ")
            .trim()
            .to_owned()
    };
    bytes
        .split(|b| matches!(b, b'\r' | b'\n'))
        .map(clean)
        .collect()
}

/// The numbers after the last blank line among the first lines, which contain the header.
fn intensities(source: &Source, after: &[String], first: usize, points: usize) -> Result<Vec<f64>> {
    const HEAD: usize = 7;
    const MOST: usize = 40;
    let end = after.len().min(MOST);
    let blank = (HEAD.min(end)..end)
        .rev()
        .find(|&i| after[i].is_empty() && i + 1 < after.len());
    let begin = blank.map_or(HEAD.min(after.len()), |i| i + 1);
    let mut values = Vec::new();
    for (i, line) in after[begin..].iter().enumerate() {
        if line.is_empty() || values.len() == points {
            break;
        }
        let value = line.parse().ok().filter(|v: &f64| v.is_finite());
        let error = || Error::not_a_number(source.path, first + begin + i, 1, line);
        values.push(value.ok_or_else(error)?);
    }
    Ok(values)
}

/// The anode, if a line states one.
fn anode(line: &str) -> Option<String> {
    let known = ["Cu", "Co", "Fe", "Cr", "Mo", "Ag", "W", "Ni"];
    let found = known.iter().find(|name| name.eq_ignore_ascii_case(line));
    found.map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn file() -> String {
        let head = ".RAW\r05-MAR-97\0\0\0\r09:05:25\ra sample  \r 1\r 2\rCU\r 2\r**\r\
            1.541871\r1.540598\r1.544418\r1.539062\r 5.000\r 0.050\r 3 1\r 12.00\r \r \r 73.\r \r \r";
        head.to_owned() + " 70.\r 46.\r 73.\r"
    }

    fn read_text(text: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.raw"), text.as_bytes().to_vec());
        assert!((READER.recognises)(&source));
        match read(&source)? {
            Content::Scans(mut scans) => Ok(scans.remove(0)),
            Content::Matrix(_) => unreachable!("a scan"),
        }
    }

    #[test]
    fn head_and_intensities() {
        let scan = read_text(&file()).unwrap();
        assert_eq!(scan.axis(), [5.0, 5.05, 5.1]);
        assert_eq!(scan.intensities(), [70.0, 46.0, 73.0]);
        let about = scan.metadata();
        assert_eq!(about.radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(about.date.as_deref(), Some("05-MAR-97 09:05:25"));
        assert_eq!(
            about.radiation.wavelength.map(|w| w.as_angstrom()),
            Some(1.540598)
        );
        assert_eq!(scan.warnings().len(), 0);
    }

    #[test]
    fn cut_short_and_broken() {
        let cut = read_text(file().strip_suffix(" 73.\r").unwrap()).unwrap();
        assert_eq!(cut.warnings(), ["cut short: 2 of 3 points found"]);
        let error = read_text(&file().replace("\r 5.000", "\r x"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 14: 'x'"), "{error}");
        assert!(
            read_text(".RAW\r1\r")
                .unwrap_err()
                .to_string()
                .contains("no line **")
        );
    }

    #[test]
    fn a_zero_may_end_the_header() {
        let scan = read_text(&file().replace("\r**\r", "\r 0\r")).unwrap();
        assert_eq!(scan.axis(), [5.0, 5.05, 5.1]);
        let wavelength = scan.wavelength().map(|w| w.as_angstrom());
        assert_eq!(wavelength, Some(1.540598));
    }
}
