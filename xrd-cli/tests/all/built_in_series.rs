//! The built-in series: the files of its study, its tables of lines, and its simulation.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::workplace::Workplace;
use serde_json::Value;

/// Wavelength of the paper in Å.
const WAVELENGTH: f64 = 0.496;

const PATTERNS: f64 = 150.0;

type Row = BTreeMap<String, String>;

fn rows(place: &Workplace, file: &str) -> Vec<Row> {
    let text = place.read(file);
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let cells = line.split(',').map(str::to_owned);
        head.iter()
            .map(|name| (*name).to_owned())
            .zip(cells)
            .collect()
    };
    lines.map(row).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn hkl(row: &Row) -> [i32; 3] {
    ["h", "k", "l"].map(|index| row[index].parse().unwrap())
}

/// Tolerance of table values, which have six digits.
fn same(found: f64, expected: f64, scale: f64) {
    assert!(
        (found - expected).abs() <= 2e-5 * scale,
        "{found} {expected}"
    );
}

#[test]
fn a_study_of_few_epochs() {
    let place = Workplace::new();
    place.done("study --epochs 20 --out out");
    for file in [
        "study.json",
        "latent.csv",
        "estimates.csv",
        "history.csv",
        "relevance.csv",
        "model.safetensors",
        "feature_space.svg",
        "reproduction.svg",
        "loss.svg",
        "relevance.svg",
        "map_Ti.svg",
        "generated/Ti=0.75.xy",
        "patterns.npz",
        "report.html",
    ] {
        assert!(
            place.path("out").join(file).metadata().unwrap().len() > 0,
            "{file}"
        );
    }
    assert!(place.path("out/report.html").metadata().unwrap().len() < 12_000_000);
    lines_obey_bragg(&place);
    let families = peaks_are_ranked(&place);
    sets_are_averages_of_compositions(&place);
    let study: Value = serde_json::from_str(&place.read("out/study.json")).unwrap();
    reported_lines_are_those_of_the_table(&study, &families);
    generated_patterns_are_held_against_truth(&study);
}

fn lines_obey_bragg(place: &Workplace) {
    let mut strongest = BTreeMap::new();
    for row in rows(place, "out/reflections.csv") {
        let angle = (number(&row, "two_theta") / 2.0).to_radians();
        let wavelength = 2.0 * number(&row, "d_angstrom") * angle.sin();
        assert!((wavelength - WAVELENGTH).abs() < 1e-5, "{row:?}");
        assert_eq!(
            hkl(&row).iter().sum::<i32>() % 2,
            0,
            "the cell is body-centred"
        );
        let most: &mut f64 = strongest.entry(row["composition"].clone()).or_default();
        *most = most.max(number(&row, "intensity"));
    }
    assert_eq!(strongest.len(), 9);
    assert!(strongest.values().all(|most| *most == 1.0));
}

fn peaks_are_ranked(place: &Workplace) -> BTreeSet<[i32; 3]> {
    let peaks = rows(place, "out/peaks.csv");
    let whole: Vec<usize> = (1..=peaks.len()).collect();
    for (rank, of) in [
        ("intensity_rank", "relative_intensity"),
        ("relevance_rank", "relative_dev_mean"),
    ] {
        let value = |row: &Row| (row[rank].parse().unwrap(), number(row, of));
        let mut ranked: Vec<(usize, f64)> = peaks.iter().map(value).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        assert!(ranked.iter().map(|(rank, _)| rank).eq(&whole), "{rank}");
        assert!(ranked.is_sorted_by(|a, b| a.1 >= b.1), "{rank}");
        assert_eq!(ranked[0].1, 1.0, "relative to the largest");
    }
    for row in &peaks {
        same(
            number(row, "dx").hypot(number(row, "dy")),
            number(row, "dev"),
            1.0,
        );
        let ratio = number(row, "relative_dev_mean") / number(row, "relative_intensity");
        same(ratio, number(row, "ratio"), ratio);
    }
    peaks.iter().map(hkl).collect()
}

fn sets_are_averages_of_compositions(place: &Workplace) {
    let mut sums: BTreeMap<[i32; 3], [f64; 3]> = BTreeMap::new();
    for row in rows(place, "out/peaks_by_composition.csv") {
        let patterns = number(&row, "patterns");
        let sum = sums.entry(hkl(&row)).or_default();
        for (sum, column) in sum.iter_mut().zip(["dx", "dy", "dev"]) {
            *sum += patterns * number(&row, column);
        }
        assert!((1.0..PATTERNS).contains(&patterns));
    }
    for row in rows(place, "out/peaks.csv") {
        for (sum, column) in sums[&hkl(&row)].iter().zip(["set_dx", "set_dy", "set_dev"]) {
            same(number(&row, column), sum / PATTERNS, 1.0);
        }
    }
}

fn reported_lines_are_those_of_the_table(study: &Value, families: &BTreeSet<[i32; 3]>) {
    let lines = study["relevance"]["lines"].as_array().unwrap();
    let of = |line: &Value| serde_json::from_value::<[i32; 3]>(line["hkl"].clone()).unwrap();
    let reported: BTreeSet<[i32; 3]> = lines.iter().map(of).collect();
    assert_eq!(reported.len(), lines.len(), "each line is reported once");
    assert!(reported.is_subset(families));
    // Candidates for the paper's (0, 0, 1) in conventional axes.
    assert!(reported.contains(&[1, 1, 0]) && reported.contains(&[0, 0, 2]));
}

fn generated_patterns_are_held_against_truth(study: &Value) {
    let generation = study["generation"].as_array().unwrap();
    let targets: Vec<&str> = generation
        .iter()
        .map(|g| g["target"].as_str().unwrap())
        .collect();
    assert_eq!(targets, ["Ti=0.25", "Ti=0.75", "Ti=1.25", "Ti=1.75"]);
    for made in generation {
        assert!(made["truth_patterns"].as_u64().unwrap() > 0, "{made}");
        let blend = made["relative_difference_blend"].as_f64().unwrap();
        let strained = made["relative_difference_strained_blend"].as_f64().unwrap();
        // Moving lines give a smaller error than fading ones.
        assert!(0.0 < strained && strained < blend && blend < 0.2, "{made}");
    }
}

#[test]
fn effects_that_are_the_instrument_change_nothing() {
    let place = Workplace::new();
    place.write("same.toml", "[profile]\nfwhm_deg = 0.5\neta = 0.5\n");
    place.write("wider.toml", "[profile]\nfwhm_deg = 0.6\neta = 0.5\n");
    let range = "--from 20 --to 40 --step 0.1 --fwhm-deg 0.5 --eta 0.5";
    let files = |more: &str, out: &str| {
        place.done(&format!(
            "simulate --all Ti=0.5 {range} --xy {more} --out {out}"
        ));
        place.files(out)
    };
    let plain = files("", "plain");
    assert_eq!(
        plain.len(),
        13 + 2,
        "the arrangements, their labels, all in one"
    );
    assert!(plain == files("--effects same.toml", "same"));
    let wider = files("--effects wider.toml", "wider");
    assert!(plain.keys().eq(wider.keys()) && plain != wider);
    assert_eq!(plain["labels.csv"], wider["labels.csv"]);
}
