//! Reading any file ends quickly, with bounded memory and a short message, whatever the file
//! claims.
//!
//! This is a separate program because it replaces the allocator; the other tests use that of the
//! system. `XRD_LIMITS=4` makes the texts four times as long. The default is 64 kB after each
//! beginning, and one megabyte of a single kind of item.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "made/allocations.rs"]
mod allocations;
#[path = "made/clock.rs"]
mod clock;
#[path = "made/hostile.rs"]
mod hostile;

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use xrd_io::{Error, ReadOptions};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Read = fn(&Path) -> Result<(), Error>;

const OF_SCANS: [(&str, Read); 3] = [
    ("scans", |path| xrd_io::read_scans(path).map(drop)),
    ("list", |path| xrd_io::list(path).map(drop)),
    ("patterns", |path| {
        xrd_io::read_patterns(path, &ReadOptions::default()).map(drop)
    }),
];

const READERS: [(&str, Read); 3] = [
    OF_SCANS[0],
    ("structure", |path| xrd_io::read_structure(path).map(drop)),
    ("labels", |path| {
        xrd_io::read_labels(path)
            .and_then(|t| t.labels(&[]))
            .map(drop)
    }),
];

/// Reads a file in several ways, within the limits, and returns the message of the first reader.
fn check(what: &str, bytes: &[u8], readers: &[(&str, Read)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dat");
    std::fs::write(&path, bytes).unwrap();
    let most = 50 * bytes.len() + (64 << 20);
    let said = readers.iter().map(|(reader, read)| {
        let ((result, memory), time) = clock::timed(|| allocations::measured(|| read(&path)));
        let message = result.map_or_else(|e| e.to_string(), |()| String::new());
        assert!(
            time < clock::LONGEST && memory <= most,
            "{reader} of {what}: {time:?}, {memory} bytes for {}",
            bytes.len()
        );
        assert!(
            !message.contains('\n') && message.len() < 1000,
            "{reader} of {what}: {message:?}"
        );
        message
    });
    let said: Vec<String> = said.collect();
    said.into_iter().next().unwrap_or_default()
}

/// This number of kilobytes, multiplied by `XRD_LIMITS`.
fn kilobytes(least: usize) -> usize {
    let asked = std::env::var("XRD_LIMITS").ok();
    (least << 10) * asked.and_then(|n| n.parse().ok()).unwrap_or(1)
}

#[test]
fn texts_that_begin_like_a_format() {
    for (what, text) in hostile::texts(kilobytes(16)) {
        check(&what, text.as_bytes(), &READERS);
    }
}

#[test]
fn much_of_one_thing() {
    let size = kilobytes(256);
    for (what, text) in hostile::bare_texts(size) {
        check(&what, text.as_bytes(), &READERS);
    }
    for (what, text) in hostile::many_scans(size) {
        check(&what, text.as_bytes(), &READERS);
        check(&what, text.as_bytes(), &OF_SCANS);
    }
    for bytes in [
        &b"\0"[..],
        b"\xff",
        b"\xff\xfe",
        b"\xc3",
        b"1\0",
        b"\x83\xc6",
    ] {
        check(
            &format!("many {bytes:?}"),
            &bytes.repeat(size / bytes.len()),
            &READERS,
        );
    }
}

/// Each row is split once, not once for each of the scans that it contains.
#[test]
fn scans_side_by_side() {
    let cell = |row: usize, scan: usize| format!("{},{row}", 10.0 + (row + scan) as f64 / 64.0);
    let line = |row: usize| {
        (0..64)
            .map(|scan| cell(row, scan))
            .collect::<Vec<_>>()
            .join(",")
    };
    let lines: Vec<String> = (0..5000).map(line).collect();
    check("64 scans", lines.join("\n").as_bytes(), &OF_SCANS);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(vec![]));
    let options = SimpleFileOptions::default();
    for (name, content) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn bombs() {
    for piece in ["\0", "1 2\n", "<a>", "data_a\n_b c\n"] {
        let text = piece.repeat((80 << 20) / piece.len()).into_bytes();
        let bomb = gzip(&text);
        let said = check("a gzip bomb", &bomb, &READERS);
        assert!(said.contains("more than"), "{said}");
        check("a bomb in a bomb", &gzip(&bomb), &READERS);
        for (name, beside) in [
            ("Data0/Profile0.txt", "Data0/MesurementConditions0.xml"),
            ("Experiment0/RawData0.xml", "Experiment0/DataContainer.xml"),
            ("xl/sharedStrings.xml", "xl/workbook.xml"),
            ("intensities.npy", "two_theta.npy"),
        ] {
            check(
                "a zip bomb",
                &zip(&[(name, &text), (beside, b"")]),
                &OF_SCANS,
            );
            let inner = zip(&[(name, &text)]);
            check(
                "a zip in a zip",
                &zip(&[(name, &inner), (beside, &inner)]),
                &OF_SCANS,
            );
        }
    }
}
