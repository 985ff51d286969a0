//! `xrd maps`: its output with and without a model.

use crate::support::workplace::{PATTERNS, Workplace};
use serde_json::Value;

const MAPS: &str = "maps --patterns scans --labels labels.csv --group batch";

#[test]
fn the_plane_of_a_model_stands_beside_the_maps_without_one() {
    let place = Workplace::with_samples();
    place.done("train --patterns scans --hidden 8,4 --epochs 300 --threads 1 --out m.safetensors");
    // Three samples from two batches have the same labels.
    let shared = (0..PATTERNS).map(|k| format!("s{k:02},{},b{}\n", k % 3, k / 2));
    place.write(
        "labels.csv",
        &("name,p,batch\n".to_owned() + &shared.collect::<String>()),
    );
    let printed = place.done(&format!(
        "{MAPS} --model m.safetensors --neighbours 4 --out with"
    ));
    place.done(&format!("{MAPS} --neighbours 4 --out without --threads 3"));
    let read = |folder: &str| -> Value {
        serde_json::from_str(&place.read(&format!("{folder}/maps.json"))).unwrap()
    };
    let (with, without) = (read("with"), read("without"));
    let names = |json: &Value| -> Vec<String> {
        let maps = json["maps"].as_array().unwrap().iter();
        maps.map(|m| m["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&with), ["autoencoder", "PCA", "metric MDS"]);
    assert_eq!(names(&without), ["PCA", "metric MDS"]);
    // The network does not influence the other maps.
    assert_eq!(with["maps"][1], without["maps"][0]);
    assert_eq!(with["maps"][2], without["maps"][1]);
    assert_eq!(
        (&with["neighbours"], &with["compositions"]),
        (&4.into(), &3.into())
    );
    for map in with["maps"].as_array().unwrap() {
        // The set has two peaks that follow two labels, so a plane can represent it.
        assert!(map["trustworthiness"].as_f64().unwrap() > 0.8, "{map}");
        assert!(map["silhouette"].as_f64().unwrap() < 0.5, "{map}");
    }
    assert!(with["maps"][1]["explained_variance"].as_f64().unwrap() > 0.5);
    assert!(with["maps"][2]["stress"].as_f64().unwrap() < 0.5);
    assert!(
        printed.contains("autoencoder") && printed.contains("all angles"),
        "{printed}"
    );
    let table = place.read("with/maps.csv");
    let header = "name,autoencoder x,autoencoder y,PCA x,PCA y,metric MDS x,metric MDS y,p";
    assert_eq!(
        (table.lines().next(), table.lines().count()),
        (Some(header), PATTERNS + 1)
    );
    let figure = place.read("with/maps.svg");
    assert!(figure.contains("metric MDS") && figure.contains("ARI"));
}

#[test]
fn what_makes_no_map_is_refused() {
    let place = Workplace::with_samples();
    place.done("train --patterns scans --hidden 8,4 --epochs 2 --threads 1 --out m.safetensors");
    let refused = |more: &str, expected: &str| {
        let run = place.xrd(&format!("{MAPS} {more}"));
        assert_eq!(run.status, Some(2), "{more}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(!place.path("maps").exists());
    };
    refused("--model none.safetensors", "none.safetensors");
    refused(
        "--model m.safetensors --crop 22:40",
        "--resample interpolates",
    );
    refused("--neighbours 0", "whole number");
}
