//! Compares the public items of each crate with the lists in docs/api, so that a review sees every change.
//! Also checks that every public type is `Send` and `Sync`.
//!
//! ```text
//! cargo test --workspace --test repository -- --ignored
//! XRD_WRITE_API=1 cargo test --workspace --test repository -- --ignored    writes the lists again
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARIES: [&str; 15] = [
    "xrd-core",
    "xrd-io",
    "xrd-sim",
    "xrd-ae",
    "xrd-nn",
    "xrd-latent",
    "xrd-relevance",
    "xrd-interp",
    "xrd-regression",
    "xrd-identify",
    "xrd-line-lists",
    "xrd-symmetry",
    "xrd-predict",
    "xrd-study",
    "xrd-report",
];

/// The version of rustdoc's JSON format from which the lists are made; other toolchains have other versions.
const FORM: &str = "\"format_version\":57}";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Builds the documentation of all libraries with all features as JSON. Returns its folder.
fn document() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["doc", "--no-deps", "--all-features", "--quiet"]);
    for name in LIBRARIES {
        cargo.args(["-p", name]);
    }
    // The folder of the tests is inside the target folder.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    cargo.arg("--target-dir").arg(target);
    cargo.env("RUSTDOC", root().join("tools/rustdoc-json"));
    let done = cargo.current_dir(root()).status().unwrap();
    assert!(done.success());
    target.join("doc")
}

fn list(json: &Path, with_auto_traits: bool) -> String {
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(!with_auto_traits)
        .omit_auto_derived_impls(true)
        .build()
        .unwrap();
    api.items().map(|item| format!("{item}\n")).collect()
}

/// Every public type can go to another thread and be shared with it.
fn no_type_is_bound_to_a_thread(json: &Path) {
    let items = list(json, true);
    let lines = || items.lines();
    let types = lines().filter(|l| l.contains("pub struct ") || l.contains("pub enum "));
    let types = types.count();
    for marker in ["core::marker::Send for", "core::marker::Sync for"] {
        let told = lines().filter(|l| l.starts_with("impl") && l.contains(marker));
        let (bound, free): (Vec<_>, Vec<_>) = told.partition(|l| l.contains('!'));
        assert!(bound.is_empty(), "{bound:#?}");
        assert!(
            lines().next().is_some() && free.len() >= types,
            "{} of {types}",
            free.len()
        );
    }
}

#[test]
#[ignore = "a minute to document all crates: cargo test --workspace --test repository -- --ignored"]
fn public_items_are_those_listed() {
    let folder = document();
    for name in LIBRARIES {
        let json = folder.join(format!("{}.json", name.replace('-', "_")));
        assert!(
            std::fs::read_to_string(&json).unwrap().ends_with(FORM),
            "the rustdoc of this toolchain does not write {FORM}: take the version of public-api that \
             reads what it writes, and write the lists again"
        );
        no_type_is_bound_to_a_thread(&json);
        let found = list(&json, false);
        let path = root().join("docs/api").join(format!("{name}.txt"));
        if std::env::var_os("XRD_WRITE_API").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let listed = std::fs::read_to_string(&path)
            .unwrap()
            .replace("\r\n", "\n");
        let differs = |a: &str, b: &str| -> Vec<String> {
            let there: std::collections::HashSet<&str> = b.lines().collect();
            let gone = a.lines().filter(|l| !there.contains(l));
            gone.map(str::to_owned).collect()
        };
        assert!(
            found == listed,
            "{name} differs from docs/api/{name}.txt, which XRD_WRITE_API=1 writes again\n\
             new: {:#?}\ngone: {:#?}",
            differs(&found, &listed),
            differs(&listed, &found)
        );
    }
}
