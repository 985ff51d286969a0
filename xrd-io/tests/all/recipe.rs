//! Checks that the file of every format follows the rules in CONTRIBUTING.

use std::path::Path;

/// Files for content that is not read, and files shared by several formats.
const NO_LAYOUT: [&str; 3] = ["no_pattern.rs", "not_read.rs", "foreign.rs"];

#[test]
fn every_format_draws_its_layout_and_names_its_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/format");
    let mut formats = 0;
    for file in folder.read_dir().unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if !text.contains("const READER: FormatReader") || NO_LAYOUT.contains(&&*name) {
            continue;
        }
        let head = text.lines().take_while(|line| line.starts_with("//!"));
        let head: String = head.map(|line| format!("{line}\n")).collect();
        assert!(head.contains("```text"), "{name} draws no layout");
        assert!(head.contains("ource"), "{name} names no source");
        formats += 1;
    }
    assert_eq!(formats, xrd_io::Format::ALL.len());
}
