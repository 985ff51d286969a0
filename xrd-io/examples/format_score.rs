//! Reads all files of a collection with recorded values. Prints how many of each format are right,
//! wrong and refused, next to the results of other readers.
//!
//! ```text
//! cargo run --release -p xrd-io --features nexus --example format_score -- \
//!     ../shared/data/patterns > xrd-io/docs/formats.md
//! ```
//!
//! The collection has one folder per format. `FILE.expected.csv` next to a file holds its first scan.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Numbers of right, wrong and refused files.
#[derive(Clone, Copy, Default)]
struct Score([usize; 3]);

/// Numbers of right, wrong and failing files for other readers, measured by the authors of the
/// collection in 2026: xylib 199a1ed, geddes 1.0.2, GSAS-II 013259a, fairmat-readers-xrd 0.0.10. They
/// used the whole collection, of which about half the files are available here.
const PEERS: &[(&str, [[usize; 3]; 4])] = &[
    ("bruker_brml", [[0, 0, 6], [6, 0, 0], [5, 1, 0], [4, 0, 2]]),
    ("bruker_raw1", [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]]),
    ("bruker_raw2", [[1, 0, 0], [0, 0, 1], [1, 0, 0], [0, 0, 1]]),
    (
        "bruker_raw3",
        [[15, 0, 0], [14, 0, 1], [15, 0, 0], [0, 0, 15]],
    ),
    ("bruker_raw4", [[5, 1, 0], [6, 0, 0], [4, 0, 2], [1, 3, 2]]),
    (
        "bruker_uxd",
        [[14, 0, 0], [3, 0, 11], [0, 0, 14], [0, 0, 14]],
    ),
    ("chi", [[2, 1, 1], [2, 0, 2], [1, 0, 3], [0, 0, 4]]),
    ("csv", [[8, 1, 0], [6, 0, 3], [5, 1, 3], [0, 0, 9]]),
    ("fullprof_dat", [[3, 0, 0], [0, 0, 3], [3, 0, 0], [0, 0, 3]]),
    ("gsas", [[0, 23, 0], [12, 0, 11], [9, 14, 0], [0, 0, 23]]),
    ("json_opxrd", [[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]]),
    (
        "multicolumn_dat",
        [[2, 1, 0], [2, 0, 1], [0, 3, 0], [0, 0, 3]],
    ),
    ("nexus", [[0, 0, 2], [0, 0, 2], [0, 0, 2], [0, 0, 2]]),
    (
        "panalytical_asc",
        [[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]],
    ),
    (
        "panalytical_csv",
        [[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]],
    ),
    (
        "panalytical_udf",
        [[4, 0, 0], [0, 0, 4], [0, 0, 4], [0, 0, 4]],
    ),
    (
        "panalytical_xrdml",
        [[17, 0, 11], [24, 0, 4], [22, 1, 5], [24, 0, 4]],
    ),
    ("pdcif", [[1, 2, 1], [3, 0, 1], [0, 0, 4], [0, 0, 4]]),
    ("philips_rd", [[0, 0, 4], [0, 0, 4], [0, 0, 4], [0, 0, 4]]),
    ("prn", [[3, 0, 0], [3, 0, 0], [0, 0, 3], [0, 0, 3]]),
    ("riet7_dat", [[2, 0, 0], [0, 0, 2], [1, 0, 1], [0, 0, 2]]),
    ("rigaku_asc", [[0, 3, 0], [0, 0, 3], [0, 0, 3], [0, 0, 3]]),
    (
        "rigaku_ras",
        [[10, 4, 0], [5, 0, 9], [14, 0, 0], [0, 0, 14]],
    ),
    ("rigaku_rasx", [[0, 0, 7], [7, 0, 0], [7, 0, 0], [7, 0, 0]]),
    (
        "siemens_ascii_raw",
        [[0, 0, 2], [0, 0, 2], [0, 0, 2], [0, 0, 2]],
    ),
    ("stoe_raw", [[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]]),
    ("txt", [[5, 0, 0], [4, 1, 0], [3, 0, 2], [0, 0, 5]]),
    ("venezia_dat", [[0, 0, 2], [0, 0, 2], [0, 0, 2], [0, 0, 2]]),
    ("xy", [[28, 0, 0], [27, 1, 0], [24, 3, 1], [0, 0, 28]]),
    ("xye", [[23, 2, 0], [24, 0, 1], [14, 6, 5], [0, 0, 25]]),
];

const HEAD: &str = "\
# Pattern formats, and how well they are read

Printed by `cargo run --release -p xrd-io --features nexus --example format_score -- FOLDER`, where
FOLDER has one folder of real files with recorded values per format. A file is right if all points
of its first scan agree: x within 5e-4 (or within the eight recorded digits) and y within 2e-5 of the
largest y. A file without a scan (`not_a_pattern`) is right if it is refused.

The first three columns count files of this run. The numbers of the other readers (right / wrong
values / fails) come with the collection. Its authors measured them in 2026 on all of its 222 real
files, of which about half are available here; synthetic files are not included. Readers: xylib
199a1ed, geddes 1.0.2, GSAS-II 013259a, fairmat-readers-xrd 0.0.10. Where the recorded values come
from one of these readers, that reader is right by construction: xylib for most of RAW 1 and 3, UXD
and start-step-end, geddes for RAW 4, BRML and columns.

| format | right | wrong | refused | xylib | geddes | GSAS-II | fairmat |
|---|---|---|---|---|---|---|---|";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("usage: format_score FOLDER")?;
    let mut scores = BTreeMap::new();
    let mut told = Vec::new();
    for format in sorted(Path::new(&folder))? {
        if format.is_dir() {
            let name = name_of(&format);
            for file in sorted(&format)? {
                add(
                    &file,
                    scores.entry(name.clone()).or_insert(Score::default()),
                    &mut told,
                );
            }
        }
    }
    println!("{HEAD}");
    let mut total = Score::default();
    for (format, Score(score)) in scores
        .into_iter()
        .filter(|(_, s)| s.0.iter().sum::<usize>() > 0)
    {
        let peers = PEERS.iter().find(|(name, _)| *name == format);
        let cell = |p: [usize; 3]| format!("{}/{}/{}", p[0], p[1], p[2]);
        let cells = peers.map_or([const { String::new() }; 4], |(_, p)| p.map(cell));
        println!(
            "| {format} | {} | {} | {} | {} |",
            score[0],
            score[1],
            score[2],
            cells.join(" | ")
        );
        (0..3).for_each(|i| total.0[i] += score[i]);
    }
    let [right, wrong, refused] = total.0;
    println!(
        "| **all** | {right} | {wrong} | {refused} | 146/38/38 | 150/2/70 | 128/29/65 | 36/3/183 |"
    );
    told.iter().for_each(|line| eprintln!("{line}"));
    Ok(())
}

/// Reads one file and compares it with what is recorded of it.
fn add(file: &Path, score: &mut Score, told: &mut Vec<String>) {
    let expected = PathBuf::from(format!("{}.expected.csv", file.display()));
    let is_none = file
        .parent()
        .is_some_and(|folder| name_of(folder) == "not_a_pattern");
    if name_of(file).contains(".expected.") || !(is_none || expected.exists()) {
        return;
    }
    let (place, why) = match xrd_io::read_scans(file) {
        Err(_) if is_none => (0, None),
        Err(why) => (2, Some(why.to_string())),
        Ok(_) if is_none => (1, Some(format!("{}: not refused", file.display()))),
        Ok(scans) => match difference(&scans[0], &expected) {
            None => (0, None),
            Some(why) => (1, Some(format!("{}: {why}", file.display()))),
        },
    };
    score.0[place] += 1;
    told.extend(why);
}

fn difference(scan: &xrd_io::Scan, expected: &Path) -> Option<String> {
    let text = std::fs::read_to_string(expected).unwrap_or_default();
    let row = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.parse::<f64>().ok());
        Some((cells.next()??, cells.next()??))
    };
    let rows: Vec<(f64, f64)> = text.lines().skip(1).filter_map(row).collect();
    let points = scan.axis().len();
    if points != rows.len() {
        return Some(format!("{points} points, {} expected", rows.len()));
    }
    let top = rows.iter().fold(0.0f64, |top, (_, y)| top.max(y.abs()));
    let found = scan.axis().iter().zip(scan.intensities()).zip(&rows);
    let off = |((x, y), (u, v)): &((&f64, &f64), &(f64, f64))| {
        (*x - u).abs() > 5e-4f64.max(6e-8 * u.abs()) || (*y - v).abs() > 2e-5 * top
    };
    let at = found.clone().position(|point| off(&point))?;
    Some(format!("point {at} differs"))
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = folder.read_dir()?.map(|entry| entry.map(|e| e.path()));
    let mut paths = entries.collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
