//! Notes about the structure files of a simulation.

/// Number of files whose notes are printed. Other files with notes are only counted.
const MOST_FILES: usize = 5;

/// Number of notes printed per file.
const MOST_OF_A_FILE: usize = 5;

/// Notes about files, printed together.
#[derive(Default)]
pub(crate) struct Notes {
    lines: Vec<String>,
    files: usize,
}

impl Notes {
    /// Adds the notes about one file.
    pub(crate) fn add(&mut self, of_file: &[String]) {
        if of_file.is_empty() {
            return;
        }
        self.files += 1;
        if self.files > MOST_FILES {
            return;
        }
        let told = of_file.iter().take(MOST_OF_A_FILE).cloned();
        self.lines.extend(told);
        if let Some(more) = of_file.len().checked_sub(MOST_OF_A_FILE).filter(|n| *n > 0) {
            self.lines
                .push(format!("and {more} more about this file (see xrd info)"));
        }
    }

    /// The notes, one per line.
    pub(crate) fn lines(mut self) -> Vec<String> {
        if let Some(more) = self.files.checked_sub(MOST_FILES).filter(|n| *n > 0) {
            let files = if more == 1 { "file" } else { "files" };
            self.lines
                .push(format!("notes about {more} more {files} (see xrd info)"));
        }
        self.lines
    }

    /// Prints the notes on stderr.
    pub(crate) fn tell(self) {
        self.lines()
            .iter()
            .for_each(|line| eprintln!("note: {line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_many_files_are_few_lines() {
        let mut notes = Notes::default();
        notes.add(&[]);
        assert!(Notes::default().lines().is_empty());
        let of = |file: &str, count: usize| -> Vec<String> {
            (0..count).map(|i| format!("{file}: {i}")).collect()
        };
        notes.add(&of("a", 7));
        (0..6).for_each(|_| notes.add(&of("b", 2)));
        let lines = notes.lines();
        assert_eq!(lines[..2], ["a: 0", "a: 1"]);
        assert_eq!(lines[5], "and 2 more about this file (see xrd info)");
        assert_eq!(lines.len(), 6 + 4 * 2 + 1);
        assert_eq!(
            lines.last().unwrap(),
            "notes about 2 more files (see xrd info)"
        );
    }
}
