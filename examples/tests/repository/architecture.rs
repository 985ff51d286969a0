//! Compares the crate graph of ARCHITECTURE.md with `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

type Graph = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The first code block of ARCHITECTURE.md: `crate -> crates it depends on`.
fn drawn() -> Graph {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let block = text.split("```").nth(1).unwrap();
    let edges = |line: &str| {
        let (from, to) = line.split_once("->").unwrap_or((line, ""));
        let to = to.split_whitespace().map(str::to_owned).collect();
        (from.trim().to_owned(), to)
    };
    block
        .lines()
        .skip(1)
        .filter(|l| !l.trim().is_empty())
        .map(edges)
        .collect()
}

/// The published crates of the workspace, each with its dependencies among them, of any kind.
fn built() -> Graph {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |p: &serde_json::Value| p["name"].as_str().unwrap().to_owned();
    // `publish = false` is an empty list of registries.
    let published: Vec<_> = packages.iter().filter(|p| p["publish"].is_null()).collect();
    let names: BTreeSet<String> = published.iter().map(|p| name(p)).collect();
    let edges = |p: &&serde_json::Value| {
        let own = name(p);
        let all = p["dependencies"].as_array().unwrap().iter().map(name);
        // A crate depends on itself only to enable a feature for its own tests.
        let siblings = all.filter(|d| names.contains(d) && *d != own).collect();
        (own, siblings)
    };
    published.iter().map(edges).collect()
}

#[test]
fn the_graph_is_as_drawn() {
    assert_eq!(drawn(), built());
}

#[test]
fn every_crate_has_its_line_in_the_readme() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    for name in built().keys() {
        assert!(text.contains(&format!("[`{name}`]({name})")), "{name}");
    }
}
