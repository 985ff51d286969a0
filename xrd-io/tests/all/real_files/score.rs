//! Score of the reader of each format, compared with four other readers.
//!
//! `XRD_WRITE_SCORES=1 cargo test -p xrd-io --all-features -- --ignored score --nocapture` prints
//! the table and writes `docs/formats.md`. Without the variable, the table is compared with the
//! readings.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use xrd_io::{Scan, read_scans};

use super::{files, is_that_of_docs, kinds};

const TABLE: &str = "docs/formats.md";

const HEAD: &str = "\
# How well each format is read

The table counts readings of files from instruments and programs of many makers: right, wrong,
refused. A reading is right if all points of the first scan agree: angles within 5e-4 degrees,
intensities within 2e-5 of the largest one. Under `not_a_pattern` the right result is a refusal, and
no results of the other programs are recorded. Their results on the same files are recorded with the
files (xylib 199a1ed, geddes 1.0.2, GSAS-II 013259a, FAIRmat's readers 0.0.10). They were not tried
on six files that were made from format descriptions. Where the expected result comes from one of
these programs, that program is right by construction.

This command writes the table; without the variable it checks the table:
`XRD_WRITE_SCORES=1 cargo test -p xrd-io --all-features -- --ignored score`.

";

/// The other readers: display name, and name in the records.
const PEERS: [(&str, &str); 4] = [
    ("xylib", "xylib"),
    ("geddes", "geddes"),
    ("GSAS-II", "gsas2"),
    ("FAIRmat", "fairmat"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    Right,
    Wrong,
    Refused,
}

/// Numbers of right, wrong and refused readings.
#[derive(Clone, Copy, Default)]
struct Score([usize; 3]);

impl Score {
    fn add(&mut self, reading: Reading) {
        self.0[reading as usize] += 1;
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            [0, 0, 0] => f.write_str("–"),
            [right, wrong, refused] => write!(f, "{right} / {wrong} / {refused}"),
        }
    }
}

/// Scores of this crate and of the other readers, and the number of files.
type Row = (usize, Score, [Score; PEERS.len()]);

fn record_of(path: &Path, suffix: &str) -> Option<String> {
    std::fs::read_to_string(format!("{}{suffix}", path.display())).ok()
}

/// The difference from the recorded table of the first scan.
fn difference(scan: &Scan, table: &str) -> Option<String> {
    let row = |line: &str| {
        let mut numbers = line.split(',').map(|n| n.parse::<f64>().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    };
    let rows: Vec<(f64, f64)> = table.lines().skip(1).map(row).collect();
    if rows.len() != scan.axis().len() {
        let points = scan.axis().len();
        return Some(format!("{points} points (expected {})", rows.len()));
    }
    let largest = rows.iter().fold(0.0f64, |m, (_, y)| m.max(y.abs()));
    let points = scan.axis().iter().zip(scan.intensities());
    points.zip(&rows).find_map(|((x, y), (u, v))| {
        // The record has nine digits.
        let same = |a: f64, b: f64, limit: f64| (a - b).abs() <= limit.max(1e-7 * b.abs());
        let is_same = same(*x, *u, 5e-4) && same(*y, *v, 2e-5 * largest);
        (!is_same).then(|| format!("{x} {y} (expected {u} {v})"))
    })
}

/// The reading of this crate, and its error if it is wrong.
fn ours(path: &Path, table: Option<&str>) -> (Reading, String) {
    match (read_scans(path), table) {
        (Err(_), None) => (Reading::Right, String::new()),
        (Ok(_), None) => (Reading::Wrong, "read".to_owned()),
        (Err(e), Some(_)) => (Reading::Refused, e.to_string()),
        (Ok(scans), Some(table)) => match difference(&scans[0], table) {
            Some(difference) => (Reading::Wrong, difference),
            None => (Reading::Right, String::new()),
        },
    }
}

/// The recorded reading of another reader.
fn theirs(record: &Value, peer: &str) -> Option<Reading> {
    let agrees = record["agreeing_peers"].as_array()?;
    if agrees.iter().any(|name| name == peer) {
        Some(Reading::Right)
    } else if record["peers_failing"].get(peer).is_some() {
        Some(Reading::Refused)
    } else if record["kind"] == "synthetic" {
        None
    } else if peer == "geddes" || record["metadata_seen_by_peers"].get(peer).is_some() {
        // Geddes provides no metadata that could be recorded.
        Some(Reading::Wrong)
    } else {
        Some(Reading::Refused)
    }
}

/// One row per format, and all errors of this crate.
fn scores() -> (BTreeMap<String, Row>, Vec<String>) {
    let (mut rows, mut faults) = (BTreeMap::<String, Row>::new(), Vec::new());
    for kind in kinds() {
        let name = kind.file_name().unwrap().to_string_lossy().into_owned();
        for file in files(&kind) {
            let table = record_of(&file, ".expected.csv");
            if table.is_none() && name != "not_a_pattern" {
                continue;
            }
            let (count, here, others) = rows.entry(name.clone()).or_default();
            *count += 1;
            let (reading, fault) = ours(&file, table.as_deref());
            here.add(reading);
            if reading != Reading::Right {
                faults.push(format!("{}: {fault}", file.display()));
            }
            let record = record_of(&file, ".expected.json").unwrap_or_default();
            let record: Value = serde_json::from_str(&record).unwrap_or_default();
            for (score, (_, peer)) in others.iter_mut().zip(PEERS) {
                theirs(&record, peer).into_iter().for_each(|r| score.add(r));
            }
        }
    }
    (rows, faults)
}

fn line(name: &str, (files, here, others): &Row) -> String {
    let others = others.map(|score| format!(" {score} |")).concat();
    format!("| {name} | {files} | {here} |{others}\n")
}

fn table(rows: &BTreeMap<String, Row>) -> String {
    let mut all = Row::default();
    let plus = |to: &mut Score, from: Score| to.0.iter_mut().zip(from.0).for_each(|(a, b)| *a += b);
    for (files, here, others) in rows.values() {
        all.0 += files;
        plus(&mut all.1, *here);
        all.2.iter_mut().zip(others).for_each(|(a, b)| plus(a, *b));
    }
    let names = PEERS.map(|(name, _)| format!(" {name} |")).concat();
    let head = format!("| format | files | xrd-io |{names}\n|---|---|---|---|---|---|---|\n");
    let lines: String = rows.iter().map(|(name, row)| line(name, row)).collect();
    head + &lines + &line("**all**", &all)
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn every_file_is_read_right_and_the_table_says_so() {
    let (rows, faults) = scores();
    assert!(!rows.is_empty(), "no file has a record beside it");
    println!("{}", table(&rows));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("XRD_WRITE_SCORES").is_some() {
        std::fs::write(&path, format!("{HEAD}{}", table(&rows))).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    // Other collections contain other files.
    if is_that_of_docs() {
        assert!(written.contains(&table(&rows)), "{TABLE} is out of date");
    }
}
