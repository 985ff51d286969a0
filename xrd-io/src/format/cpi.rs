//! Sietronics CPI: one value per line.
//!
//! ```text
//! SIETRONICS XRD SCAN
//! 5.00                        start
//! 24.95                       end
//! 0.050                       step
//! Cu                          the anode
//! 1.54056                     its wavelength in Å
//! 1-1-1998                    the date
//! 0.600                       ?
//! HH117 CaO:Nb2O5 batch .1    the sample
//! SCANDATA                    other lines may precede it
//! 73                          one intensity per line
//! ```
//!
//! Sources: DASH (`Load_cpi_File`), PyXRD.

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use super::steps::{StatedAxis, decimals};
use super::stream;
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;
use crate::table::{Line, lines_of};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::SietronicsCpi,
    |source| {
        const MARK: &str = "SIETRONICS XRD SCAN";
        let start = source
            .text()
            .unwrap_or_default()
            .trim_start()
            .get(..MARK.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(MARK))
    },
    read,
);

fn read(source: &Source) -> Result<Content> {
    let mut lines = lines_of(source.require_text()?).skip_while(|line| line.text.is_empty());
    let head: Vec<Line> = lines
        .by_ref()
        .take_while(|line| !line.text.eq_ignore_ascii_case("SCANDATA"))
        .collect();
    let text = |i: usize| {
        let text = head.get(i).map(|line| line.text.to_owned());
        text.filter(|t| !t.is_empty())
    };
    let number = |i: usize| {
        let (place, found) = match head.get(i) {
            Some(line) => (
                Place::Line(line.number),
                format!("'{}'", shorten(line.text)),
            ),
            None => (Place::File, "the end of the file".to_owned()),
        };
        let value = head.get(i).and_then(|line| line.text.parse::<f64>().ok());
        value.filter(|v| v.is_finite()).ok_or_else(|| {
            Error::malformed(
                source.path,
                place,
                found,
                "start, end and step in lines 2 to 4",
            )
        })
    };
    let (start, end, step) = (number(1)?, number(2)?, number(3)?);
    let values = stream::read(source, lines)?.values;
    let stated = StatedAxis {
        first: start,
        last: end,
        step,
        decimals: text(3).as_deref().and_then(decimals),
    };
    let mean = stated.step_unannounced(values.len(), false);
    let step = mean.unwrap_or(step);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, (start, step), values);
    draft.metadata.radiation.anode = text(4);
    draft.metadata.radiation.set_angstrom(number(5).ok(), None);
    draft.metadata.date = text(6);
    draft.metadata.sample = text(8);
    decide_unit(&mut draft, None);
    let announced = ((end - start) / step).round() + 1.0;
    draft.warn_if_cut(if announced < 1e9 {
        announced as usize
    } else {
        0
    });
    Ok(Content::Scans(vec![draft.build(source, |_| Place::File)?]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn read_text(text: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.cpi"), text.as_bytes().to_vec());
        assert!((READER.recognises)(&source), "{text}");
        match read(&source)? {
            Content::Scans(mut scans) => Ok(scans.remove(0)),
            Content::Matrix(_) => unreachable!("a scan"),
        }
    }

    const FILE: &str = "SIETRONICS XRD SCAN\r\n5.00\r\n5.10\r\n0.050\r\nCu\r\n1.54056\r\n1-1-1998\r\n\
        0.600\r\na sample\r\nSCANDATA\r\n73\r\n89\r\n83\r\n";

    #[test]
    fn one_thing_a_line() {
        let scan = read_text(FILE).unwrap();
        assert_eq!(
            (scan.axis(), scan.intensities()),
            ([5.0, 5.05, 5.1].as_slice(), [73.0, 89.0, 83.0].as_slice())
        );
        assert_eq!(scan.metadata().sample.as_deref(), Some("a sample"));
        assert_eq!(
            (scan.metadata().date.as_deref(), scan.warnings().len()),
            (Some("1-1-1998"), 0)
        );
        let blank = FILE.replace("1-1-1998", "").to_lowercase();
        let scan = read_text(&blank).unwrap();
        assert_eq!(
            (scan.axis().len(), scan.metadata().date.as_deref()),
            (3, None)
        );
        assert_eq!(scan.metadata().sample.as_deref(), Some("a sample"));
        let rounded = FILE
            .replace("5.00", "5.013")
            .replace("5.10", "15.488")
            .replace("0.050", "0.026")
            .replace("73\r\n", &"73\r\n".repeat(398));
        let scan = read_text(&rounded).unwrap();
        assert_eq!((scan.axis()[399], scan.warnings().len()), (15.488, 0));
        let cut = read_text(FILE.strip_suffix("83\r\n").unwrap()).unwrap();
        assert_eq!(cut.warnings(), ["cut short: 2 of 3 points found"]);
        let error = read_text(&FILE.replace("0.050", "x"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "a.cpi: line 4: 'x' (expected start, end and step in lines 2 to 4)"
        );
    }
}
