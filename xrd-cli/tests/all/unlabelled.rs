//! Patterns without labels, and labels that are text.

use crate::support::workplace::Workplace;
use serde_json::Value;

const SMALL: &str = "--hidden 16,8 --epochs 5 --threads 1";

fn report(place: &Workplace, folder: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{folder}/study.json"))).unwrap()
}

#[test]
fn a_folder_without_labels_is_studied() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("study scans {SMALL} --out out"));
    assert!(printed.contains("explained variance"), "{printed}");
    assert!(!printed.contains("estimated"), "{printed}");
    let found = report(&place, "out");
    assert_eq!(found["dataset"]["labels"], serde_json::json!([]));
    assert_eq!(found["estimation"]["count"], 0);
    assert!(found["training"]["label_weight"].is_null());
    assert_eq!(found["training"]["border_weight"], 0.1);
    let head = place.read("out/latent.csv");
    let head = head.lines().next().unwrap();
    assert_eq!(head, "name,x,y,split,x_before,y_before,residual,model");
    assert!(!place.path("out/estimates.csv").exists());
    assert!(place.path("out/report.html").exists());
    place.done("report out");
}

#[test]
fn classes_are_labels_that_are_text() {
    let place = Workplace::with_samples();
    let labels = place.read("labels.csv");
    let mut rows = labels.lines();
    let name = |row: &str| row.split(',').next().unwrap().to_owned();
    let mut table = format!("{},phase\n", name(rows.next().unwrap()));
    for (i, row) in rows.enumerate() {
        let phase = if i % 2 == 0 { "rutile" } else { " anatase" };
        table += &format!("{},{phase}\n", name(row));
    }
    place.write("phases.csv", &table);
    place.done(&format!(
        "study scans --labels phases.csv {SMALL} --out out"
    ));
    let latent = place.read("out/latent.csv");
    assert!(latent.starts_with("name,x,y,phase,split,"), "{latent}");
    assert!(latent.contains(",rutile,train,") && latent.contains(",anatase,"));
    let space = place.read("out/feature_space.svg");
    assert!(space.contains("rutile") && space.contains("anatase"));
    let maps = &report(&place, "out")["maps"];
    assert!(maps["maps"][0]["silhouette"].is_number(), "{maps}");
}

#[test]
fn work_that_needs_labels_says_how_to_give_them() {
    let place = Workplace::with_samples();
    for command in ["score scans", "tune scans"] {
        let said = place.xrd(&format!("{command} {SMALL} --out out")).stderr;
        assert!(
            said.contains("no labels that are numbers (--labels, --label-from)"),
            "{said}"
        );
    }
    place.done(&format!("study scans {SMALL} --out out"));
    let estimate = "estimate --model out/model.safetensors --known out/latent.csv --patterns scans";
    let said = place.xrd(estimate).stderr;
    assert!(said.contains("no labels that are numbers"), "{said}");
}

#[test]
fn groups_are_found_without_labels() {
    let place = Workplace::new();
    let line = |at: f64, i: usize| (-((i as f64 - at) / 3.0).powi(2)).exp();
    let mut table = String::from("two_theta");
    (0..120).for_each(|i| table += &format!(",{:.1}", 10.0 + 0.2 * i as f64));
    for k in 0..24 {
        let at = [30.0, 80.0][k % 2] + 0.05 * k as f64;
        table += &format!("\np{k}");
        (0..120).for_each(|i| table += &format!(",{:.3}", 100.0 * line(at, i) + 5.0));
    }
    place.write("set.csv", &(table + "\n"));
    let printed = place.done(&format!("study set.csv {SMALL} --out out"));
    assert!(printed.contains("2 groups: silhouette"), "{printed}");
    assert!(
        printed.contains("group 1: 12 patterns, most representative p"),
        "{printed}"
    );
    let groups = place.read("out/groups.csv");
    assert!(groups.starts_with("name,group,medoid,between,other_group,position\np0,"));
    let of = |row: &str| row.split(',').nth(1).unwrap().to_owned();
    let of: Vec<String> = groups.lines().skip(1).map(of).collect();
    assert!((0..24).all(|k| of[k] == of[k % 2]) && of[0] != of[1]);
    let found = report(&place, "out");
    assert_eq!(found["groups"]["number"], 2);
    assert_eq!(found["groups"]["groups"][0]["size"], 12);
    for figure in ["out/waterfall.svg", "out/groups.svg"] {
        assert!(place.read(figure).contains("group 2"), "{figure}");
    }
    assert!(place.read("out/feature_space.svg").contains("group 2"));
}

#[test]
fn the_smallest_sets_have_an_answer_or_a_clear_error() {
    let place = Workplace::new();
    let angles: Vec<String> = (0..50)
        .map(|i| format!("{:.1}", 10.0 + 0.2 * f64::from(i)))
        .collect();
    let set = |rows: &[usize]| {
        let mut table = format!("two_theta,{}\n", angles.join(","));
        for (k, &at) in rows.iter().enumerate() {
            let cells = (0..50).map(|i| if i == at { "9" } else { "1" });
            table += &format!("p{k},{}\n", cells.collect::<Vec<_>>().join(","));
        }
        table
    };
    let run = |rows: &[usize], out: &str| {
        place.write("set.csv", &set(rows));
        place.xrd(&format!("study set.csv {SMALL} --out {out}"))
    };
    let one = run(&[10], "one");
    assert_eq!(
        (one.status, one.stderr.trim().lines().count()),
        (Some(2), 1),
        "{}",
        one.stderr
    );
    let pair = run(&[10, 30], "pair");
    assert_eq!(pair.status, Some(2));
    assert!(
        pair.stderr.contains("at least 4 patterns"),
        "{}",
        pair.stderr
    );
    let equal = run(&[10; 6], "equal");
    let ends = [Some(0), Some(2)].contains(&equal.status);
    assert!(
        ends && equal.stderr.matches("xrd: ").count() <= 1,
        "{}",
        equal.stderr
    );
    let two = run(&[10, 30, 10, 30, 10, 10, 30], "two");
    assert_eq!(two.status, Some(0), "{}", two.stderr);
}
