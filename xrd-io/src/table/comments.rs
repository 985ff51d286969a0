/// Separates comments from content, line by line.
#[derive(Default)]
pub(crate) struct Comments {
    in_block: bool,
}

impl Comments {
    /// Whether the next line is inside a comment of several lines.
    pub(crate) fn in_block(&self) -> bool {
        self.in_block
    }

    /// The text of a comment line without its mark; `None` if the line is not a comment.
    pub(crate) fn comment<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        if self.in_block || line.starts_with("/*") {
            self.in_block = !line.contains("*/");
            return Some(line.trim_matches(['/', '*', '#', ' ']));
        }
        if let Some(text) = line.strip_prefix("//") {
            return Some(text.trim());
        }
        if let Some(text) = line.strip_prefix(';') {
            return (!is_row(text)).then(|| text.trim());
        }
        line.strip_prefix(['#', '!', '\'']).map(str::trim)
    }
}

/// Whether the text after a semicolon is a row with an empty first cell, not a comment.
fn is_row(text: &str) -> bool {
    let number = |cell: &str| crate::number::parse(cell, cell.contains(',')).is_some();
    text.contains(';') && text.split(';').all(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark() {
        let mut state = Comments::default();
        for line in ["# a", "! a", "' a", "; a", "// a", "/* a */"] {
            assert_eq!(state.comment(line), Some("a"), "{line}");
        }
        assert_eq!(state.comment("1 2"), None);
        assert_eq!(state.comment(";10;10,5"), None);
    }

    #[test]
    fn blocks_reach_over_lines() {
        let mut state = Comments::default();
        assert_eq!(state.comment("/* a"), Some("a"));
        assert_eq!(state.comment("1 2"), Some("1 2"));
        assert_eq!(state.comment("# */"), Some(""));
        assert_eq!(state.comment("1 2"), None);
    }
}
