//! Bytes and files give the same; so does a required format.

use std::fs;
use std::path::Path;

use xrd_io::{Format, ReadOptions};

use crate::corpus::fuzz_crate;
use crate::damage::files_below;
use crate::parsers::archive;

fn words<T: std::fmt::Debug>(result: xrd_io::Result<T>) -> String {
    result.map_or_else(|e| e.to_string(), |value| format!("{value:?}"))
}

/// The seeds, and the archives that some of them describe.
fn check(path: &Path, bytes: &[u8]) -> Option<Format> {
    let options = ReadOptions::default();
    fs::write(path, bytes).unwrap();
    let of_file = words(xrd_io::read_file(path, &options));
    let read = xrd_io::read_bytes(path, bytes, &options);
    let format = read.as_ref().ok().map(|read| read.format);
    assert_eq!(words(read), of_file, "{}", path.display());
    let read = xrd_io::read_from(path, bytes, &options);
    assert_eq!(words(read), of_file, "{}", path.display());
    let patterns = |read: xrd_io::Result<xrd_io::ReadPatterns>| words(read);
    assert_eq!(
        patterns(xrd_io::read_patterns_bytes(path, bytes, &options)),
        patterns(xrd_io::read_patterns(path, &options))
    );
    let listed = words(xrd_io::list_bytes(path, bytes, &options));
    assert_eq!(listed, words(xrd_io::list(path)));
    let labels = words(xrd_io::read_labels_bytes(path, bytes));
    assert_eq!(labels, words(xrd_io::read_labels(path)));
    let crystals = words(xrd_io::read_crystals_bytes(path, bytes));
    assert_eq!(crystals, words(xrd_io::read_crystals(path)));
    if let Some(format) = format {
        assert_eq!(xrd_io::detect(path, bytes), Some(format));
        let required = ReadOptions::default().with_format(format);
        let again = words(xrd_io::read_bytes(path, bytes, &required));
        assert_eq!(again, of_file);
    }
    format
}

#[test]
fn seeds() {
    let Some(fuzz) = fuzz_crate() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut formats = std::collections::BTreeSet::new();
    for seed in files_below(fuzz.join("seeds")) {
        let bytes = fs::read(&seed).unwrap();
        let path = folder.path().join(seed.file_name().unwrap());
        formats.extend(check(&path, &bytes));
        if bytes.starts_with(b"@") {
            formats.extend(check(&path, &archive(&bytes)));
        }
    }
    let without = [Format::Nexus, Format::Npy];
    let missing = Format::ALL.iter().filter(|f| !formats.contains(f));
    assert!(
        missing.clone().all(|f| without.contains(f)),
        "{:?}",
        missing.collect::<Vec<_>>()
    );
}

#[test]
fn packed_bytes() {
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"10 1\n10.5 2\n11 3\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let format = check(&folder.path().join("a.xy.gz"), &packed.finish().unwrap());
    assert_eq!(format, Some(Format::Columns));
}

#[test]
fn another_format_than_the_required_one_is_refused() {
    let options = ReadOptions::default().with_format(Format::BrukerRaw4);
    let refused = xrd_io::read_bytes("a.xy", b"10 1\n11 2\n", &options).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a.xy: the file is not of the required format (expected Bruker RAW 4)"
    );
    let matrix = b"name,10,10.5\na,1,2\nb,3,4\n";
    let options = ReadOptions::default();
    let read = xrd_io::read_bytes("m.csv", matrix, &options).unwrap();
    assert_eq!((read.format, read.scans.len()), (Format::Matrix, 2));
}
