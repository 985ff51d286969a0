//! Tables of labels: matching of rows to patterns, choice of columns, and notes.

use crate::support::trained::{self, column};
use crate::support::workplace::{PATTERNS, Workplace};
use serde_json::Value;

/// The small set, also as a matrix with names.
fn place() -> Workplace {
    let place = Workplace::with_samples();
    let text = place.read("matrix.csv");
    let line = |(i, line): (usize, &str)| match i {
        0 => format!("name,{line}\n"),
        _ => format!("s{:02},{line}\n", i - 1),
    };
    let named: String = text.lines().enumerate().map(line).collect();
    place.write("named.csv", &named);
    place
}

/// A table with these columns, the last pattern first.
fn write_reversed(place: &Workplace, name: &str, head: &str, row: impl Fn(usize) -> String) {
    let rows: Vec<String> = (0..PATTERNS).rev().map(row).collect();
    place.write(name, &format!("{head}\n{}\n", rows.join("\n")));
}

/// The names with their labels, and the notes, from `xrd maps`, which needs no training.
fn joined(place: &Workplace, patterns: &str, labels: &str) -> (Vec<String>, Vec<String>) {
    let run = place.xrd(&format!("maps --patterns {patterns} --labels {labels}"));
    assert_eq!(run.status, Some(0), "{labels}: {}", run.stderr);
    let maps: Value = serde_json::from_str(&place.read("maps/maps.json")).unwrap();
    let notes = maps["notes"].as_array().unwrap().iter();
    let notes: Vec<String> = notes.map(|n| n.as_str().unwrap().to_owned()).collect();
    for note in &notes {
        assert!(run.stderr.contains(&format!("note: {note}")), "{note}");
    }
    let table = place.read("maps/maps.csv");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        [&cells[..1], &cells[5..]].concat().join(",")
    };
    (table.lines().map(line).collect(), notes)
}

#[test]
fn names_join_under_any_heading() {
    let place = place();
    let row = |k: usize| format!("s{k:02},{k}");
    for (name, head) in [("id.csv", "ID,p"), ("probe.csv", "Sample name,p")] {
        write_reversed(&place, name, head, row);
        for patterns in ["named.csv", "scans"] {
            let (lines, notes) = joined(&place, patterns, name);
            assert_eq!((&lines[0][..], &lines[3][..]), ("name,p", "s02,2"));
            assert_eq!(notes, [""; 0]);
        }
    }
    write_reversed(&place, "some.csv", "ID,p", |k| format!("s{:02},{k}", k + 1));
    let run = place.xrd("maps --patterns named.csv --labels some.csv");
    let expected = "some.csv: column 'ID': no row for pattern s00; no pattern for row s24";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[test]
fn a_join_by_order_is_told() {
    let place = place();
    let (lines, notes) = joined(&place, "named.csv", "order.csv");
    assert_eq!(lines[0], "name,p,q");
    let expected = "order.csv: no column holds the names of the patterns; rows are matched with patterns by order";
    assert_eq!(notes, [expected]);
    // Patterns without names can only be matched by order.
    let (_, notes) = joined(&place, "matrix.csv", "order.csv");
    assert_eq!(notes, [""; 0]);
}

#[test]
fn a_column_of_numbers_may_name_patterns() {
    let place = place();
    let named = place.read("named.csv").replace("\ns", "\n9");
    place.write("numbers.csv", &named);
    write_reversed(&place, "t.csv", "T,p", |k| format!("9{k:02},{k}"));
    let (lines, notes) = joined(&place, "numbers.csv", "t.csv");
    assert_eq!((&lines[0][..], &lines[3][..]), ("name,p", "902,2"));
    let expected = "t.csv: column 'T' holds the names of the patterns and is not a label";
    assert_eq!(notes, [expected]);
}

#[test]
fn files_with_dots_in_their_names_are_told_apart() {
    let place = place();
    for k in 0..PATTERNS {
        let scan = place.read(&format!("scans/s{k:02}.xy"));
        place.write(&format!("dots/s{k:02}.a.xy"), &scan);
    }
    write_reversed(&place, "own.csv", "name,p", |k| format!("s{k:02}.a.xy,{k}"));
    assert_eq!(joined(&place, "dots", "own.csv").0[3], "s02.a,2");
    write_reversed(&place, "other.csv", "name,p", |k| format!("s{k:02}.b,{k}"));
    let run = place.xrd("maps --patterns dots --labels other.csv");
    assert!(run.stderr.contains("pattern s00.a"), "{}", run.stderr);
}

#[test]
fn yttrium_is_a_label_beside_the_coordinate_y() {
    let place = place();
    place.change_line("labels.csv", 1, |_| "name,Y,X,batch".to_owned());
    let tiny = "--hidden 8,4 --epochs 3 --threads 1";
    place.done(&format!("{} --target Y=0.5", trained::STUDY));
    assert_eq!(
        trained::report(&place, "out")["dataset"]["labels"],
        serde_json::json!(["Y", "X"])
    );
    let latent = place.read("out/latent.csv");
    assert_ne!(column(&latent, "Y"), column(&latent, "y"));
    let known = "--model out/model.safetensors --known out/latent.csv";
    place.done(&format!(
        "estimate {known} --estimator triangle --patterns scans --out e.csv"
    ));
    let estimates = place.read("e.csv");
    let train = column(&latent, "split").iter().position(|s| *s == "train");
    let row = train.unwrap();
    let [estimated, truth] =
        [(&estimates, "Y_estimated"), (&latent, "Y")].map(|(t, c)| column(t, c)[row]);
    assert_eq!(estimated, truth);
    place.done(&format!("generate {known} --target Y=0.5 --out g"));
    place.done("report out");
    place.done(&format!(
        "score --patterns scans --labels labels.csv {tiny} --seeds 1"
    ));
    // Names in capital letters are not coordinates.
    place.write("capital.csv", &latent.replacen("name,x,y,", "name,U,V,", 1));
    let known = "--model out/model.safetensors --known capital.csv";
    let run = place.xrd(&format!("estimate {known} --patterns scans --out f.csv"));
    assert!(run.stderr.contains("no column 'x'"), "{}", run.stderr);
}

#[test]
fn numbers_about_structures_are_no_labels() {
    let place = Workplace::new();
    let line = |i: usize| {
        let a = 3.5 + 0.05 * i as f64;
        let second = if i.is_multiple_of(2) { "Cl" } else { "Br" };
        format!(
            r#"{{"id": "s-{i}", "cell": [{a}, {a}, {a}, 90, 90, 90], "species": ["Cs", "{second}"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}}"#
        )
    };
    let lines: Vec<String> = (0..6).map(line).collect();
    place.write("s.jsonl", &lines.join("\n"));
    let range = "simulate s.jsonl --from 20 --to 60 --step 0.1 --fwhm-deg 0.5";
    place.done(&format!("{range} --format npz --out few"));
    let (lines, notes) = joined(&place, "few/patterns.npz", "few/labels.csv");
    assert_eq!(
        (&lines[0][..], &lines[1][..]),
        ("name,Cl,Br,Cs", "s-0,0.5,0,0.5")
    );
    let no_label = |file: &str, name: &str| {
        format!("{file}: column '{name}' describes the sample and is not a label")
    };
    assert_eq!(notes, [no_label("few/labels.csv", "space_group")]);
    place.done(&format!("{range} --format shards --out many"));
    let (lines, notes) = joined(&place, "many", "many/shard-00000.csv");
    assert_eq!(lines[0], "name,Cl,Br,Cs");
    let shard = "many/shard-00000.csv";
    assert_eq!(
        notes,
        ["pattern", "space_group"].map(|c| no_label(shard, c))
    );
}

#[test]
fn numbers_that_are_taken_for_text_are_told() {
    let place = place();
    let row = |k: usize| {
        let share = match k.is_multiple_of(2) {
            true => "<0.01",
            false => "",
        };
        format!("s{k:02},0.{k:02}(5),{k}%,{share},bcc,2b-{k}")
    };
    write_reversed(&place, "l.csv", "name,Fe,Ga,Pd,phase,batch", row);
    let (lines, notes) = joined(&place, "scans", "l.csv --group batch");
    assert_eq!((&lines[0][..], &lines[3][..]), ("name,Fe", "s02,0.02"));
    let expected = [
        "l.csv: column 'Ga' is read as text (line 2: '23%')",
        "l.csv: column 'Pd' is read as text (line 2: '')",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn labels_are_chosen_by_name() {
    let place = place();
    let (lines, notes) = joined(&place, "scans", "labels.csv --label-columns q");
    assert_eq!((&lines[0][..], notes.len()), ("name,q", 0));
    let (lines, _) = joined(
        &place,
        "scans",
        "labels.csv --label-columns q,p --group batch",
    );
    assert_eq!(lines[0], "name,q,p");
    // A column of texts is a class, not a number.
    let (lines, _) = joined(&place, "scans", "labels.csv --label-columns p,batch");
    assert_eq!(lines[0], "name,p");
    write_reversed(&place, "index.csv", ",name,p", |k| {
        format!("{},s{k:02},1", 24 - k)
    });
    assert_eq!(joined(&place, "scans", "index.csv").0[0], "name,p");
    let refused = |arguments: &str, expected: &str| {
        let run = place.xrd(arguments);
        assert_eq!(run.status, Some(2), "xrd {arguments}");
        assert!(run.stderr.contains(expected), "{arguments}: {}", run.stderr);
    };
    let maps = "maps --patterns scans --labels labels.csv --label-columns";
    refused(&format!("{maps} Zr"), "no column called 'Zr'");
    refused("maps --label-columns Ti", "--patterns");
    write_reversed(&place, "index.csv", ",name,p", |k| format!("{k},s{k:02},1"));
    refused(
        "maps --patterns scans --labels index.csv",
        "index.csv: line 1, column 1: a column without a name",
    );
    place.done(&format!(
        "train --patterns scans {} --out m.safetensors",
        trained::TINY
    ));
    let encode = "encode --model m.safetensors --patterns scans";
    place.done(&format!("{encode} --labels labels.csv --label-columns q"));
    assert!(
        place
            .read("latent.csv")
            .starts_with("name,x,y,q,residual,model\n")
    );
    refused(&format!("{encode} --label-columns q"), "--labels");
}
