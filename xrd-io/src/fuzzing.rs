//! One parser at a time, from bytes: what the fuzz targets call, and the test that replays what
//! they found.

use std::io::{Cursor, Write};
use std::path::Path;

use xrd_core::TwoThetaGrid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::error::Result;
use crate::labels::LabelTable;
use crate::source::Source;
use crate::{ReadOptions, Scan, StructureLine, format, structure};

/// The parsers beside those of the formats of patterns.
const OTHERS: [&str; 5] = ["any", "structure", "labels", "structure_line", "npy_rows"];

/// The names of all parsers: those of the formats in lower case with `_` for spaces, and
/// a few more.
pub fn parsers() -> Vec<String> {
    let formats = crate::format_names().into_iter().map(slug);
    formats.chain(OTHERS.map(str::to_owned)).collect()
}

fn slug(name: &str) -> String {
    name.to_ascii_lowercase().replace(' ', "_")
}

/// Parses the bytes of a file of this name by one parser, with all that follows from it.
///
/// # Errors
/// What the parser says.
pub fn parse(parser: &str, path: &Path, bytes: &[u8]) -> Result<()> {
    let options = ReadOptions {
        grid: TwoThetaGrid::new(10.0, 0.5, 3).ok(),
        ..ReadOptions::default()
    };
    match parser {
        "any" => use_scans(&Source::unpacked(path, bytes.to_vec())?, None, &options),
        "structure" => {
            let source = Source::new(path, bytes.to_vec());
            let crystals = structure::read_source(&source)?;
            crystals.iter().try_for_each(|c| c.structure().map(drop))
        }
        "labels" => {
            let source = Source::new(path, bytes.to_vec());
            LabelTable::parse(&source)?.labels(&[]).map(drop)
        }
        "structure_line" => {
            let text = String::from_utf8_lossy(bytes);
            StructureLine::new(path, 1, text.into_owned())
                .parse()
                .map(drop)
        }
        "npy_rows" => format::locate_rows(path, bytes).map(drop),
        of_archives if ARCHIVES.contains(&of_archives) && !bytes.starts_with(b"PK") => use_scans(
            &Source::new(path, archive(bytes)),
            Some(of_archives),
            &options,
        ),
        format => use_scans(&Source::new(path, bytes.to_vec()), Some(format), &options),
    }
}

fn use_scans(source: &Source, format: Option<&str>, options: &ReadOptions) -> Result<()> {
    let named = |name: &str| format.is_none_or(|format| slug(name) == format);
    let listed = format::list_as(source, options, named);
    let read = format::read_as(source, options, named);
    assert!(
        read.is_err() || listed.is_ok(),
        "what can be read can be listed"
    );
    let scans = match read?.1 {
        format::Content::Scans(scans) => scans,
        format::Content::Matrix(matrix) => matrix.scans(source)?,
    };
    let mut warnings = scans.iter().flat_map(Scan::warnings);
    assert!(
        warnings.all(|warning| !warning.contains('\n')),
        "a warning is a line"
    );
    scans
        .iter()
        .try_for_each(|scan| scan.to_pattern().map(drop))
}

const ARCHIVES: [&str; 5] = [
    "npz",
    "npz_of_scans",
    "bruker_brml",
    "rigaku_rasx",
    "excel_workbook",
];

/// The archive that bytes describe, so that they need no checksums: what follows each line end
/// and `@` is the name of a member, a line end, and its content.
pub fn archive(bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut rest = bytes.strip_prefix(b"@").unwrap_or(bytes);
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == b"\n@");
        let member = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[], |end| &rest[end + 2..]);
        let name_end = member
            .iter()
            .position(|b| *b == b'\n')
            .unwrap_or(member.len());
        let name = String::from_utf8_lossy(&member[..name_end]);
        let stored =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let content = member.get(name_end + 1..).unwrap_or_default();
        // A name that comes twice is refused, and its content left out.
        if writer.start_file(name, stored).is_ok() && writer.write_all(content).is_err() {
            break;
        }
    }
    writer.finish().map(Cursor::into_inner).unwrap_or_default()
}
