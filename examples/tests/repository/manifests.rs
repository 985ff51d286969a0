//! Checks of the manifest, licences and README of every published crate.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn packages() -> Vec<Value> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root)
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = metadata["packages"].as_array().unwrap();
    // `publish = false` is an empty list of registries.
    let published = all.iter().filter(|p| p["publish"].is_null());
    published.cloned().collect()
}

fn folder(package: &Value) -> &Path {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap()
}

#[test]
fn metadata_is_complete() {
    let packages = packages();
    assert_eq!(packages.len(), 16);
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        for key in ["description", "repository", "rust_version", "license"] {
            assert!(package[key].is_string(), "{name}: no {key}");
        }
        assert_eq!(package["repository"], packages[0]["repository"], "{name}");
        assert_eq!(package["documentation"], format!("https://docs.rs/{name}"));
        assert_eq!(package["readme"], "README.md", "{name}");
        for key in ["keywords", "categories"] {
            let count = package[key].as_array().unwrap().len();
            assert!((1..=5).contains(&count), "{name}: {count} {key}");
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            // A dependency without a version cannot be published.
            assert_ne!(dependency["req"], "*", "{name}: {}", dependency["name"]);
        }
    }
}

#[test]
fn licences_are_those_of_the_repository() {
    for package in packages() {
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let read = |path: &Path| std::fs::read_to_string(path.join(file)).unwrap();
            let here = folder(&package);
            assert_eq!(read(here), read(&here.join("..")), "{}", here.display());
        }
    }
}

#[test]
fn features_give_their_reason() {
    for package in packages() {
        let manifest = std::fs::read_to_string(folder(&package).join("Cargo.toml")).unwrap();
        for feature in package["features"].as_object().unwrap().keys() {
            let line = |l: &str| l.starts_with(&format!("{feature} = ["));
            let lines: Vec<&str> = manifest.lines().collect();
            let at = lines.iter().position(|l| line(l)).unwrap();
            assert!(
                lines[at - 1].starts_with("# "),
                "{}: {feature}",
                package["name"]
            );
        }
    }
}

#[test]
fn readmes_answer_what_a_reader_asks() {
    for package in &packages() {
        let name = &package["name"];
        let text = std::fs::read_to_string(folder(package).join("README.md")).unwrap();
        let parts = text.split("```").collect::<Vec<_>>();
        // The example of the program is for the shell.
        if *name != "xrd-cli" {
            assert!(parts[1].starts_with("rust\n"), "{name}: no example");
            assert!(
                parts[1].contains("assert"),
                "{name}: an example without an answer"
            );
        }
        assert!(parts[0].contains("?**"), "{name}: no question");
        for heading in [
            "## Goals, in order",
            "## Non-goals",
            "## How it is verified",
            "## Similar ",
            "## How to cite",
        ] {
            assert!(text.contains(heading), "{name}: no {heading}");
        }
    }
}
