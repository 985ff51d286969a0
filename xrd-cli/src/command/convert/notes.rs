//! Notes about the files of a conversion, each text once.

use std::path::{Path, PathBuf};

use xrd_io::Scan;
use xrd_study::Note;

use crate::output::print_note;

/// A note about a file, or about one of its scans.
pub(super) struct FileNote {
    file: PathBuf,
    scan: Option<String>,
    text: String,
}

impl FileNote {
    pub(super) fn of_file(file: &Path, text: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            scan: None,
            text: text.into(),
        }
    }

    /// The warnings of a scan. The scan is named if the file has several.
    pub(super) fn all(file: &Path, scan: &Scan, is_one_of_several: bool) -> Vec<Self> {
        let name = is_one_of_several.then(|| scan.name().to_owned());
        let note = |text: &String| Self {
            file: file.to_owned(),
            scan: name.clone(),
            text: text.clone(),
        };
        scan.warnings().iter().map(note).collect()
    }
}

/// Prints notes. Notes of one text are one line with their number.
pub(super) fn print(notes: Vec<FileNote>) {
    for line in lines(notes) {
        print_note(&Note::from(line));
    }
}

fn lines(notes: Vec<FileNote>) -> Vec<String> {
    let mut groups: Vec<Vec<FileNote>> = Vec::new();
    for note in notes {
        match groups.iter_mut().find(|group| group[0].text == note.text) {
            Some(group) => group.push(note),
            None => groups.push(vec![note]),
        }
    }
    groups.iter().map(|group| line(group)).collect()
}

fn line(group: &[FileNote]) -> String {
    let FileNote { file, scan, text } = &group[0];
    let first = file.display();
    let others = group.iter().filter(|note| note.file != *file).count();
    match (others, group.len(), scan) {
        (0, 1, Some(scan)) => format!("{first}: {scan}: {text}"),
        (0, 1, None) => format!("{first}: {text}"),
        (0, scans, _) => format!("{first}: {scans} scans: {text}"),
        (others, ..) => format!("{first} and {others} more: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_one_text_are_one_line() {
        let note = |file: &str, scan: Option<&str>, text: &str| FileNote {
            file: file.into(),
            scan: scan.map(str::to_owned),
            text: text.to_owned(),
        };
        let of_scans = (1..=153).map(|i| note("a", Some(&format!("a_{i}")), "x"));
        let mut notes: Vec<FileNote> = of_scans.collect();
        notes.push(note("a", Some("a_7"), "y"));
        assert_eq!(lines(notes), ["a: 153 scans: x", "a: a_7: y"]);
        let files = vec![
            note("a", None, "x"),
            note("b", None, "x"),
            note("c", None, "z"),
        ];
        assert_eq!(lines(files), ["a and 1 more: x", "c: z"]);
    }
}
