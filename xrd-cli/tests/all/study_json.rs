//! `study.json` agrees with the types of the library, and the tables agree with their documentation.

use serde_json::Value;
use xrd_study::StudyReport;

use crate::support::workplace::Workplace;

const DOCUMENT: &str = include_str!("../../docs/study-json.md");

/// The cells of the table rows between a heading and the next heading of its level.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|l| l.starts_with("| `"));
    let cells = |row: &'static str| row.trim_matches('|').split(" |").map(str::trim).collect();
    rows.map(cells).collect()
}

/// Reports of studies with different contents.
fn reports() -> Vec<Value> {
    let place = Workplace::with_samples();
    place.write("test.txt", "s00\n");
    let study = "study --patterns scans --labels labels.csv --hidden 8,4 --epochs 3 --json";
    [
        "--seeds 2 --target p=0.4 --target p=99",
        "--test test.txt --series order",
        "--label-columns p --series p,q",
        "--label-columns p --series p",
    ]
    .map(|more| serde_json::from_str(&place.done(&format!("{study} {more}"))).unwrap())
    .into()
}

#[test]
fn a_report_is_read_and_written_without_a_change() {
    for report in reports() {
        let read: StudyReport = serde_json::from_value(report.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), report);
        assert!(read.experiment.is_some() && !read.versions.xrd.is_empty());
    }
}

#[test]
fn every_column_of_the_tables_is_documented() {
    let place = Workplace::with_samples();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    let options =
        "--hidden 8,4 --epochs 2 --label-weight 1 --series p --wavelength 1.5 --reference NaCl.cif";
    place.done(&format!(
        "study --patterns scans --labels labels.csv {options}"
    ));
    for name in [
        "latent.csv",
        "estimates.csv",
        "held_out.csv",
        "groups.csv",
        "outliers.csv",
        "series.csv",
        "references.csv",
        "history.csv",
        "relevance.csv",
    ] {
        let documented = rows(name);
        let names = documented.iter().map(|row| row[0].trim_matches('`'));
        // Columns of labels: one per label, or a true and an estimated one.
        let expected = names.collect::<Vec<_>>().join(",");
        let expected = expected.replace(
            "LABEL_true,LABEL_estimated,LABEL_low,LABEL_high",
            "p_true,p_estimated,p_low,p_high,q_true,q_estimated,q_low,q_high",
        );
        let expected = expected.replace(
            "LABEL_true,LABEL_estimated",
            "p_true,p_estimated,q_true,q_estimated",
        );
        let expected = expected.replace("LABEL", "p,q");
        let text = place.read(&format!("out/{name}"));
        assert_eq!(text.lines().next(), Some(expected.as_str()), "{name}");
    }
}
