//! Columns of text: one point per line. The axis is the first column unless the headings name
//! another one.
//!
//! ```text
//! # any comment, also after ! ' ; // or in /* */              may state the wavelength and names
//! 'Id: "" Anode: "Cu" Scantype: "..." TimePerStep: "96"       first line of a Diffrac.EVA export
//! 1.5406                                                      a wavelength alone; optional
//! 2theta  intensity  sigma                                    names; optional
//! 10.00   123        11.1                                     axis, intensity, more columns
//! 10.02   130        11.4
//! 10.00   119        10.9                                     back to the start: another scan
//! ```
//!
//! The first intensity column is used. A third column is read as standard deviations if its name
//! says so, or if it has no name and its values are plausible. Otherwise the third column is
//! ignored with a warning. Text after the last point and an incomplete last line are ignored with a
//! warning. Files written by this crate contain further comments of the form `# key: value`, see
//! `notes.rs`.
//!
//! Sources: files exported by Diffrac.EVA, HighScore, FIT2D, pyFAI, Mantid and GSAS-II, and the
//! .xye files of DASH and TOPAS. There is no specification.

use super::content::{Content, FormatReader};
use super::kind::Format;
use crate::error::{Error, Place, Result};
use crate::source::Source;
use crate::table::Table;

mod axis;
mod doubts;
mod eva;
mod frames;
mod head;
mod names;
mod plain;
mod rows;
mod scan;
mod sigma;
mod stated;
mod widths;
mod xydata;

use head::Head;
pub(super) use names::{names_a_pattern, told};
pub(super) use sigma::is_sigma;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Columns,
    |source| {
        source
            .head()
            .is_some_and(|table| table.heading_len().is_some())
    },
    read,
);

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let mut head = Head::of(
        source,
        &source.head().unwrap_or_else(|| Table::of_head(text)),
    )?;
    let rows = rows::read(source, text, &head.wanted)?;
    if rows.axis.len() < 2 {
        let found = format!("{} rows of numbers", rows.axis.len());
        return Err(Error::malformed(
            source.path,
            Place::File,
            found,
            "at least 2",
        ));
    }
    head.refuse_disorder(source, &rows)?;
    let frames = rows.frames();
    let exports = match head.is_eva {
        true => eva::all(text),
        false => Vec::new(),
    };
    let axes = Some(text).filter(|_| head.states_several);
    let axes = axes
        .and_then(stated::each)
        .filter(|axes| axes.len() == frames.len());
    let each = exports.len() == frames.len();
    let count = exports.len();
    let mut scans = Vec::with_capacity(frames.len());
    for (i, mut frame) in frames.into_iter().enumerate() {
        let export = exports.get(i).filter(|_| each && count > 1);
        if let Some(axes) = &axes {
            head.axis_kind = axes[i].clone();
        } else if head.states_several {
            let warning = "the header states several axes: the first is used for all scans";
            frame.warnings.push(warning.to_owned());
        }
        let mut scan = head.scan(source, frame, export)?;
        if count > 1 && !each {
            scan.warn(&format!(
                "{count} headers of Diffrac.EVA: the metadata of the first are used for all scans"
            ));
        }
        scans.push(scan);
    }
    Ok(Content::Scans(scans))
}

#[cfg(test)]
mod tests;
