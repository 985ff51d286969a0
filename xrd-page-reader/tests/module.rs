//! The module in the repository belongs to the present sources.
//!
//! ```text
//! tools/page-reader.sh    builds the module again and writes the digest of its sources
//! ```

#![allow(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Crates whose code is in the module.
const CRATES: [&str; 4] = ["xrd-core", "xrd-io", "xrd-latent", "xrd-page-reader"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file of a folder and of those below it, except files of tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The code of a file, without comments that fill lines, and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let code = text.split("\n#[cfg(test)]\nmod tests {").next();
    let is_comment = |line: &&str| line.trim_start().starts_with("//");
    let lines = code.unwrap_or_default().lines().filter(|l| !is_comment(l));
    lines.map(|line| format!("{line}\n")).collect()
}

fn digest() -> String {
    let mut files = Vec::new();
    for name in CRATES {
        sources(&root().join(name).join("src"), &mut files);
        files.push(root().join(name).join("Cargo.toml"));
    }
    let key = |path: &PathBuf| path.to_string_lossy().replace('\\', "/");
    files.sort_by_key(key);
    let mut sum = Sha256::new();
    for file in &files {
        sum.update(code(&std::fs::read_to_string(file).unwrap()));
    }
    let bytes = sum.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_module_belongs_to_its_sources() {
    let path = root().join("xrd-report/src/page/reader.digest");
    let found = format!("{}\n", digest());
    if std::env::var_os("XRD_WRITE_DIGEST").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        written.trim(),
        found.trim(),
        "{} changed after the module was built: tools/page-reader.sh builds it again",
        CRATES.join(", ")
    );
}

#[test]
fn comments_and_tests_do_not_count() {
    let text = "//! A file.\nfn one() {\n    // Why.\n}\n\n#[cfg(test)]\nmod tests {\n}\n";
    assert_eq!(code(text), "fn one() {\n}\n");
    assert_eq!(code("a\r\n\r\nb\r\n"), "a\n\nb\n");
}
