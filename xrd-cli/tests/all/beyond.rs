//! Beyond the paper: more latent dimensions, paths, `xrd fit`, `--leave-out`, `xrd sensitivity`.

use crate::support::trained::{STUDY, TINY, column, report, with_model};
use crate::support::workplace::{PATTERNS, Workplace};
use serde_json::Value;

#[test]
fn more_latent_dimensions_go_through_every_step() {
    let place = Workplace::with_samples();
    place.done(&format!(
        "{STUDY} --latent 3 --estimator knn --target p=0.4 --out out"
    ));
    let study = report(&place, "out");
    assert_eq!(study["training"]["latent_dimensions"], 3);
    assert_eq!(study["estimation"]["estimator"], "knn");
    let history = place.read("out/history.csv");
    assert!(
        history
            .lines()
            .next()
            .unwrap()
            .ends_with("x_saturated,y_saturated,3_saturated,label_loss")
    );
    let known = "--model out/model.safetensors --known out/latent.csv";
    place.done(&format!("estimate {known} --patterns scans --out e.csv"));
    let (study, step) = (place.read("out/estimates.csv"), place.read("e.csv"));
    let all = column(&step, "name");
    for (i, name) in column(&study, "name").into_iter().enumerate() {
        let j = all.iter().position(|n| *n == name).unwrap();
        for cell in ["p_estimated", "basis", "vertex_a", "distance"] {
            assert_eq!(column(&study, cell)[i], column(&step, cell)[j], "{cell}");
        }
        assert_eq!(column(&study, "basis")[i], "weighted");
    }
    place.done("encode --model out/model.safetensors --patterns scans --out l.csv");
    let (study, step) = (place.read("out/latent.csv"), place.read("l.csv"));
    for axis in ["x", "latent_1", "latent_2", "latent_3"] {
        assert_eq!(column(&study, axis), column(&step, axis));
    }
    place.done(&format!("generate {known} --target p=0.4 --out again"));
    let generated = |out: &str| place.read(&format!("{out}/p=0.4.xy"));
    assert_eq!(generated("again"), generated("out/generated"));
    place.done("report out");

    let triangle = place.xrd(&format!(
        "estimate {known} --patterns scans --estimator triangle"
    ));
    assert_eq!(triangle.status, Some(2));
    let expected = "(--estimator)";
    assert!(triangle.stderr.contains(expected), "{}", triangle.stderr);
    assert_eq!(place.xrd(&format!("{STUDY} --latent 1")).status, Some(2));
    // A model with two dimensions refuses points with three.
    place.done(&format!(
        "train --patterns scans {TINY} --out m.safetensors"
    ));
    let says_nothing = place.read("out/latent.csv").replace(",model,", ",whose,");
    place.write("old.csv", &says_nothing);
    let known = "--model m.safetensors --known old.csv";
    let other = place.xrd(&format!("estimate {known} --patterns scans"));
    assert_eq!(other.status, Some(2));
    let expected = "known points have 3 latent coordinates (expected 2, as the model)";
    assert!(other.stderr.contains(expected), "{}", other.stderr);
}

#[test]
fn a_path_is_a_series_of_generated_patterns() {
    let place = with_model();
    let known = "--model m.safetensors --known latent.csv";
    place.done(&format!("generate {known} --path p=0.2:0.8:4 --out series"));
    let table = place.read("series/path.csv");
    assert_eq!(column(&table, "p"), ["0.2", "0.4", "0.6", "0.8"]);
    place.done(&format!("generate {known} --target p=0.4 --out one"));
    assert_eq!(place.read("series/p=0.4.xy"), place.read("one/p=0.4.xy"));
    assert!(place.read("series/path.svg").contains("p from 0.2 to 0.8"));
    // --png also writes PNG, if there is a font and the program was built with the feature.
    let drawn = place.xrd(&format!(
        "generate {known} --path p=0.2:0.8:4 --png --out drawn"
    ));
    match drawn.status {
        Some(0) => {
            let png = std::fs::read(place.path("drawn/path.png")).unwrap();
            assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
        }
        _ if cfg!(feature = "png") => assert!(drawn.stderr.contains("no font"), "{}", drawn.stderr),
        _ => assert!(drawn.stderr.contains("--features png"), "{}", drawn.stderr),
    }
    let both = place.xrd(&format!(
        "generate {known} --path p=0.2:0.8:4 --target p=0.4"
    ));
    assert_eq!(both.status, Some(2));
    let neither = place.xrd(&format!("generate {known}"));
    assert_eq!(neither.status, Some(2));
}

#[test]
fn a_path_beyond_the_map_is_generated_as_far_as_it_goes() {
    let place = with_model();
    let known = "--model m.safetensors --known latent.csv";
    let run = place.xrd(&format!("generate {known} --path p=0.4:9:3 --out series"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let expected =
        "note: --path p from 0.4 to 9: 2 of 3 values are left out, because the map reaches p = ";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
    assert_eq!(column(&place.read("series/path.csv"), "p"), ["0.4"]);
    assert!(!place.path("series/p=9.xy").exists());
}

#[test]
fn several_labels_are_one_composition() {
    let place = with_model();
    let known = "--model m.safetensors --known latent.csv";
    // The labels of a known pattern, which is found again.
    let latent = place.read("latent.csv");
    let cell = |name: &str| column(&latent, name)[7].to_owned();
    let target = format!("p={},q={}", cell("p"), cell("q"));
    let printed = place.done(&format!(
        "generate {known} --target {target} --target p=0.4 --out g"
    ));
    assert!(printed.contains("(+0.0000), q = "), "{printed}");
    let table = place.read("g/generated.csv");
    assert_eq!(
        table.lines().next(),
        Some("name,x,y,p_estimated,q_estimated")
    );
    let name = target.replace(',', "_");
    assert_eq!(column(&table, "name"), [name.as_str(), "p=0.4"]);
    assert_eq!(column(&table, "x")[0], cell("x"));
    assert!(place.path(&format!("g/{name}.xy")).exists());
    let json = place.done(&format!(
        "generate {known} --target {target} --out g --json"
    ));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["largest_difference"], 0.0);
    assert_eq!(
        json[0]["labels"]["q"].to_string(),
        json[0]["asked"]["q"].to_string()
    );
    // A study generates it, too, and reports the labels at its point.
    place.done(&format!(
        "{STUDY} --target p=0.4,q=0.5 --target p=0.4 --out out"
    ));
    let generation = report(&place, "out")["generation"].clone();
    assert_eq!(generation[0]["target"], "p=0.4,q=0.5");
    assert_eq!(generation[0]["points_on_contour"], 0);
    assert_eq!(
        generation[0]["decoded_point"].is_null(),
        generation[0]["file"].is_null()
    );
    assert!(generation[0]["labels"]["p"].is_number() && generation[1]["labels"]["q"].is_number());
}

/// Every column of a table is described in `docs/tables.md`, in its section.
fn assert_described(file: &str, table: &str) {
    let docs = include_str!("../../docs/tables.md");
    let section = docs.split("\n## ").find(|s| s.starts_with(file)).unwrap();
    for name in table.lines().next().unwrap().split(',') {
        assert!(section.contains(&format!("`{name}`")), "{file}: {name}");
    }
}

#[test]
fn a_decoded_pattern_is_fitted_where_it_was_decoded() {
    let place = with_model();
    let known = "--model m.safetensors --known latent.csv";
    place.done(&format!("generate {known} --target p=0.4 --out one"));
    let fit = format!("fit {known} --patterns");
    let found = place.done(&format!("{fit} one/p=0.4.xy --out back --json"));
    let found: Value = serde_json::from_str(&found).unwrap();
    let number = |name: &str| found[0][name].as_f64().unwrap();
    assert!(number("residual") < 1e-3 && number("residual") <= number("residual_encoded"));
    // The pattern decoded at this point is written.
    place.done("convert back/p=0.4.xy decoded.csv");
    place.done(&format!("{fit} scans --out all"));
    let table = place.read("all/fit.csv");
    assert_described("fit.csv", &table);
    assert_eq!(column(&table, "name").len(), PATTERNS);
    let pairs = column(&table, "residual")
        .into_iter()
        .zip(column(&table, "residual_encoded"));
    for (fitted, encoded) in pairs {
        assert!(fitted.parse::<f64>().unwrap() <= encoded.parse::<f64>().unwrap() + 1e-6);
    }
}

#[test]
fn a_value_left_out_is_in_no_training_and_is_generated() {
    let place = Workplace::with_samples();
    let labels = place.read("labels.csv");
    let value = column(&labels, "p")[9].to_owned();
    let same = column(&labels, "p").iter().filter(|v| **v == value).count();
    place.done(&format!("{STUDY} --leave-out p={value} --out out"));
    let study = report(&place, "out");
    assert_eq!(study["dataset"]["patterns"], PATTERNS - same);
    assert_eq!(
        study["dataset"]["left_out"],
        serde_json::json!([format!("p={value}")])
    );
    let generated = &study["generation"][0];
    assert_eq!(generated["truth_patterns"], same);
    assert!(generated["relative_difference_truth"].as_f64().unwrap() > 0.0);
    assert_eq!(study["summary"]["generation"][0]["seeds"], 1);
    let missing = place.xrd(&format!("{STUDY} --leave-out p=77"));
    assert_eq!(missing.status, Some(2));
    let expected = "p=77: no pattern has this value (--leave-out)";
    assert!(missing.stderr.contains(expected), "{}", missing.stderr);
}

#[test]
fn the_axes_are_told_by_small_changes_of_a_crystal() {
    let place = with_model();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    let ask = "sensitivity --model m.safetensors --wavelength 0.8 --fwhm-deg 1.5";
    let salt = "--structure NaCl.cif --known latent.csv";
    let printed = place.done(&format!("{ask} {salt} --json"));
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let table = place.read("sensitivity/sensitivity.csv");
    assert_described("sensitivity.csv", &table);
    let mut names = column(&table, "parameter");
    let lengths: Vec<f64> = column(&table, "length")
        .iter()
        .map(|v| v.parse().unwrap())
        .collect();
    assert!(
        lengths.is_sorted_by(|a, b| a >= b) && lengths[0] > 0.0,
        "{table}"
    );
    for (step, name) in printed["steps"].as_array().unwrap().iter().zip(&names) {
        assert_eq!(step["parameter"], *name);
        let (dx, dy) = (step["dx"].as_f64().unwrap(), step["dy"].as_f64().unwrap());
        assert_eq!(step["length"], dx.hypot(dy));
        assert!(step["pattern_change"].as_f64().unwrap() > 0.0);
    }
    names.sort_unstable();
    let expected = [
        "B of Cl 4b",
        "B of Na 4a",
        "a",
        "background",
        "line width",
        "occupancy of Cl 4b",
        "occupancy of Na 4a",
        "zero shift",
    ];
    assert_eq!(names, expected);
    let figure = place.read("sensitivity/sensitivity.svg");
    assert!(figure.contains("a + 0.1 %"));
    // The move for a is the difference between the points of two changed crystals.
    let steps = printed["steps"].as_array().unwrap();
    let of_a = steps.iter().find(|s| s["parameter"] == "a").unwrap();
    let [below, above] = [-0.0005, 0.0005].map(|change: f64| {
        let length = (5.64 * (1.0 + change)).to_string();
        place.write(
            "other.cif",
            &include_str!("support/NaCl.cif").replace("5.64", &length),
        );
        let other = place.done(&format!("{ask} --structure other.cif --json --out other"));
        serde_json::from_str::<Value>(&other).unwrap()
    });
    for (axis, way) in [("x", "dx"), ("y", "dy")] {
        let apart = above[axis].as_f64().unwrap() - below[axis].as_f64().unwrap();
        let way = of_a[way].as_f64().unwrap();
        assert!(
            (apart - way).abs() < 1e-4 * lengths[0],
            "{axis}: {apart} {way}"
        );
    }
    // The crystal of the series is the default; it has mixed sites and free coordinates.
    place.done(&format!("{ask} --ti 0.5 --out series"));
    let table = place.read("series/sensitivity.csv");
    assert!(column(&table, "parameter").contains(&"Ti for Fe on 8i"));

    assert_eq!(place.xrd(&format!("{ask} --ti 0.3")).status, Some(2));
    place.done(&format!(
        "train --patterns scans {TINY} --sqrt --out m.safetensors"
    ));
    let prepared = place.xrd(ask);
    assert_eq!(prepared.status, Some(2));
    let expected = "prepared (sqrt)";
    assert!(prepared.stderr.contains(expected), "{}", prepared.stderr);
}
