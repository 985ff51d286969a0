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
