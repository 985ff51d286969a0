//! One parser at a time, from bytes: for the fuzz targets, and for the tests that replay their
//! findings.

use std::io::{Cursor, Write};
use std::path::Path;

use xrd_io::xrd_core::TwoThetaGrid;
use xrd_io::{Format, ReadOptions, Result, StructureLine};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The parsers other than those of the formats of patterns.
const OTHERS: [&str; 5] = ["any", "structure", "labels", "structure_line", "npy_rows"];

/// The names of all parsers: those of the formats in lower case with `_` for spaces, and
/// a few more.
#[allow(dead_code, reason = "the fuzz targets name theirs")]
pub(crate) fn names() -> Vec<String> {
    let formats = Format::ALL.iter().map(|format| slug(*format));
    formats.chain(OTHERS.map(str::to_owned)).collect()
}

fn slug(format: Format) -> String {
    format.name().to_ascii_lowercase().replace(' ', "_")
}

/// Parses the bytes of a file of this name by one parser, and uses the result.
pub(crate) fn parse(parser: &str, path: &Path, bytes: &[u8]) -> Result<()> {
    let grid = TwoThetaGrid::new(10.0, 0.5, 3).ok();
    let options = ReadOptions::default().with_grid(grid);
    match parser {
        "any" => use_scans(path, bytes, &options),
        "structure" => {
            let crystals = xrd_io::read_crystals_bytes(path, bytes)?;
            crystals.iter().try_for_each(|c| c.structure().map(drop))
        }
        "labels" => {
            let table = xrd_io::read_labels_bytes(path, bytes)?;
            table.labels(&[]).map(drop)
        }
        "structure_line" => {
            let text = String::from_utf8_lossy(bytes);
            StructureLine::new(path, 1, text).parse().map(drop)
        }
        "npy_rows" => xrd_io::locate_rows_bytes(path, bytes, &options).map(drop),
        of_archives if ARCHIVES.contains(&of_archives) && !bytes.starts_with(b"PK") => use_scans(
            path,
            &archive(bytes),
            &options.with_format(of_archives.parse::<Format>()?),
        ),
        format => use_scans(path, bytes, &options.with_format(format.parse::<Format>()?)),
    }
}

fn use_scans(path: &Path, bytes: &[u8], options: &ReadOptions) -> Result<()> {
    let listed = xrd_io::list_bytes(path, bytes, options);
    let read = xrd_io::read_bytes(path, bytes, options);
    assert!(
        read.is_err() || listed.is_ok(),
        "what can be read can be listed"
    );
    let scans = read?.scans;
    let mut warnings = scans.iter().flat_map(xrd_io::Scan::warnings);
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
pub(crate) fn archive(bytes: &[u8]) -> Vec<u8> {
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
