//! Warnings about many files, each text once.

use std::collections::HashMap;
use std::path::PathBuf;

/// The lines for warnings, each with its file. A text that several files or scans share is one line.
/// Cost: O(warnings).
pub(super) fn grouped(warnings: Vec<(PathBuf, String)>) -> Vec<String> {
    let mut places = HashMap::new();
    let mut groups: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for (path, text) in warnings {
        let place = *places.entry(text.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((text, Vec::new()));
        }
        groups[place].1.push(path);
    }
    groups
        .into_iter()
        .map(|(text, paths)| line(&text, paths))
        .collect()
}

fn line(text: &str, mut paths: Vec<PathBuf>) -> String {
    let scans = paths.len();
    paths.dedup();
    let first = paths[0].display();
    match (paths.len(), scans) {
        (1, 1) => format!("{first}: {text}"),
        (1, scans) => format!("{first}: {scans} scans: {text}"),
        (2, _) => format!("{first} and 1 other file: {text}"),
        (files, _) => format!("{first} and {} other files: {text}", files - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_many_share_is_one_line() {
        let of = |list: &[(&str, &str)]| {
            let pair = |(path, text): &(&str, &str)| (PathBuf::from(path), (*text).to_owned());
            grouped(list.iter().map(pair).collect())
        };
        assert_eq!(of(&[("a", "x"), ("b", "y")]), ["a: x", "b: y"]);
        assert_eq!(
            of(&[("a", "x"), ("a", "y"), ("a", "x")]),
            ["a: 2 scans: x", "a: y"]
        );
        let many = of(&[("a", "x"), ("b", "x"), ("b", "y"), ("c", "x")]);
        assert_eq!(many, ["a and 2 other files: x", "b: y"]);
        assert_eq!(of(&[("a", "x"), ("b", "x")]), ["a and 1 other file: x"]);
    }
}
