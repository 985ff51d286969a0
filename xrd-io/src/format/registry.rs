//! The list of readers, in the order in which they are tried, and reading with the right one.

use super::content::{CUT, Content, FormatReader, no_scan};
use super::kind::Format;
#[cfg(feature = "archives")]
use super::{brml, npz, rasx, scan_npz, xlsx};
use super::{
    bruker_raw1, bruker_raw2, bruker_raw3, bruker_raw4, bruker_raw4_text, bruker_uxd, chi, columns,
    cpi, foreign, fullprof_prf, gaps, gsas, ill, matrix, mdi, nexus, no_pattern, not_read, npy,
    opxrd, panalytical_csv, pdcif, philips_rd, philips_udf, ras, rigaku_asc, side_by_side,
    siemens_ascii, start_step_end, stoe_raw, venezia, wrapped, xrdml,
};
use crate::error::{Error, Result, shorten};
use crate::scan::Scan;
use crate::source::Source;
use crate::table::lines_of;

/// All readers, in the order in which they are tried.
const READERS: &[FormatReader] = &[
    // Recognised by their first bytes.
    bruker_raw1::READER,
    bruker_raw2::READER,
    bruker_raw3::READER,
    bruker_raw4::READER,
    stoe_raw::READER,
    philips_rd::READER,
    nexus::READER,
    npy::READER,
    // Recognised by the members of an archive.
    #[cfg(feature = "archives")]
    scan_npz::READER,
    #[cfg(feature = "archives")]
    npz::READER,
    #[cfg(feature = "archives")]
    brml::READER,
    #[cfg(feature = "archives")]
    rasx::READER,
    #[cfg(feature = "archives")]
    xlsx::READER,
    // Recognised by their first words.
    xrdml::READER,
    pdcif::READER,
    bruker_raw4_text::READER,
    bruker_uxd::READER,
    philips_udf::READER,
    ras::READER,
    rigaku_asc::READER,
    panalytical_csv::READER,
    cpi::READER,
    siemens_ascii::READER,
    opxrd::READER,
    // Recognised by a line within.
    gsas::READER,
    foreign::READER,
    // Recognised and refused.
    not_read::READER,
    // Recognised by their first lines.
    chi::READER,
    mdi::READER,
    fullprof_prf::READER,
    ill::READER,
    start_step_end::READER,
    venezia::READER,
    no_pattern::READER,
    // Anything else that consists of numbers.
    gaps::READER,
    side_by_side::READER,
    wrapped::READER,
    matrix::READER,
    columns::READER,
];

/// The format of a file; `None` if it is not supported.
pub(crate) fn detect(source: &Source) -> Option<Format> {
    let reader = READERS.iter().find(|reader| (reader.recognises)(source))?;
    reader.format
}

/// Whether a file is a zip archive of no known format, which may hold files of patterns.
#[cfg(feature = "archives")]
pub(crate) fn is_archive_of_files(source: &Source) -> bool {
    source.bytes().starts_with(b"PK\x03\x04") && detect(source).is_none()
}

/// Reads a file of any format.
#[cfg(test)]
pub(crate) fn read(source: &Source) -> Result<(Format, Content)> {
    read_as(source, None)
}

/// Reads a file of any format, or only of the required format if there is one.
pub(crate) fn read_as(source: &Source, required: Option<Format>) -> Result<(Format, Content)> {
    let reader = find(source, required)?;
    let mut content = (reader.read)(source)?;
    let Some(format) = reader.format else {
        return Err(no_scan(source, "a file without a scan".to_owned()));
    };
    content.assume_unit_of_q();
    if let Content::Scans(scans) = &mut content {
        if scans.is_empty() {
            return Err(no_scan(source, format!("{format} without a scan")));
        }
        number(scans);
        if source.is_cut() {
            scans.iter_mut().for_each(|scan| scan.warn(CUT));
        }
    }
    // Siemens ASCII pads its header with zeros.
    if let Some(junk) = source.junk().filter(|_| format != Format::SiemensAscii) {
        content.warn(&junk);
    }
    Ok((format, content))
}

fn find(source: &Source, required: Option<Format>) -> Result<&'static FormatReader> {
    #[cfg(not(feature = "archives"))]
    refuse_archive(source)?;
    let is_wanted = |reader: &&FormatReader| required.is_none() || reader.format == required;
    let mut readers = READERS.iter().filter(is_wanted);
    match (readers.find(|r| (r.recognises)(source)), required) {
        (Some(reader), _) => Ok(reader),
        (None, Some(format)) => Err(Error::Unsupported {
            path: source.path.to_owned(),
            what: "the file is not of the required format".to_owned(),
            expected: format.to_string(),
        }),
        (None, None) => {
            let text = source.require_text()?;
            Err(Error::Unsupported {
                path: source.path.to_owned(),
                what: not_understood(text),
                expected: format!("one of {}", Format::names().join(", ")),
            })
        }
    }
}

/// The first line of a text of no known format.
fn not_understood(text: &str) -> String {
    let first = lines_of(text).find(|line| !line.text.is_empty());
    let (number, line) = first.map_or((1, ""), |line| (line.number, line.text));
    format!(
        "line {number} is not understood: '{}', and no line of numbers follows",
        shorten(line)
    )
}

/// Refuses a zip archive, because it may be of several formats.
#[cfg(not(feature = "archives"))]
fn refuse_archive(source: &Source) -> Result<()> {
    match source.bytes().starts_with(b"PK\x03\x04") {
        true => Err(Error::MissingFeature {
            path: source.path.to_owned(),
            what: "a zip archive",
            feature: "archives",
        }),
        false => Ok(()),
    }
}

/// Numbers the names of several scans of one file: `a_1`, `a_2`, …
fn number(scans: &mut [Scan]) {
    if scans.len() > 1 {
        for (i, scan) in scans.iter_mut().enumerate() {
            scan.set_name(format!("{}_{}", scan.name(), i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_reader_in_the_order_of_the_list() {
        let of_archives = [
            Format::NpzOfScans,
            Format::Npz,
            Format::BrukerBrml,
            Format::RigakuRasx,
            Format::ExcelWorkbook,
        ];
        let formats: Vec<Format> = READERS.iter().filter_map(|r| r.format).collect();
        let is_here = |f: &Format| cfg!(feature = "archives") || !of_archives.contains(f);
        let expected: Vec<Format> = Format::ALL.iter().copied().filter(is_here).collect();
        assert_eq!(formats, expected);
    }
}
