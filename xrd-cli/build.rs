//! Sets the version string of the program, with the commit if it is known.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let version = env!("CARGO_PKG_VERSION");
    let version = match packaged().or_else(checked_out) {
        Some(commit) => format!("{version} ({})", &commit[..12.min(commit.len())]),
        None => version.to_owned(),
    };
    println!("cargo:rustc-env=XRD_VERSION={version}");
}

/// The commit that `cargo package` wrote into the archive.
fn packaged() -> Option<String> {
    let info = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = info.split_once("\"sha1\"")?;
    hash(rest.split('"').nth(1)?)
}

/// The commit of the repository that contains this folder, if it is the xrd repository and not one
/// into which the sources were copied.
fn checked_out() -> Option<String> {
    let git = Path::new("../.git");
    if !git.exists() || !Path::new("../xrd-core").exists() {
        return None;
    }
    // This file grows with every commit and checkout. A linked work tree has it elsewhere.
    let log = git.join("logs/HEAD");
    if log.exists() {
        println!("cargo:rerun-if-changed={}", log.display());
    }
    let output = Command::new("git").args(["rev-parse", "HEAD"]).output();
    hash(String::from_utf8(output.ok()?.stdout).ok()?.trim())
}

fn hash(text: &str) -> Option<String> {
    let is_hash = text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}
